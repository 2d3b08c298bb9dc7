"""Products with the Jacobian: `jvp` forwards, `vjp` backwards."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from s2sad.emit.compile import build, build_all
from s2sad.errors import KindError
from s2sad.forward import derive_forward
from s2sad.pairs import derive_pair
from s2sad.pipeline import Derivative, no_collection
from s2sad.runtime import match, require_apart, shadow_like
from s2sad.signature import (
    classes_of,
    conformed,
    has_attributes,
    has_derivative,
    known_types,
    names_of,
    source_for,
)

Function = Callable[..., Any]
#: derivatives made so far, by function; then by what they are and what they are for
_made: weakref.WeakKeyDictionary[Any, dict[Any, Any]] = weakref.WeakKeyDictionary()


def once(f: Function, key: Any, make: Callable[[], Any]) -> Any:
    """What `make` returns, made once for each function and key."""
    try:
        table = _made.setdefault(f, {})
    except TypeError:  # no weak references to it, or no hash: a bound method's object
        return make()
    if key not in table:
        table[key] = make()
    return table[key]


def finished(derivative: Derivative, f: Function) -> Function:
    """A derivative's text as a function, with what users may ask of it."""
    function: Any = build(derivative.module, derivative.source)
    text = derivative.module.text
    function.__doc__ = text.partition('"""')[2].partition('"""')[0]
    function.__source__ = text
    function.primal = f
    function.wrt = derivative.wrt
    function.tangents = derivative.tangents
    function.__types__ = derivative.types
    function.source_map = derivative.module.lines
    found: Function = function
    return found


def pushforward(
    f: Function, wrt: tuple[str, ...], args: Sequence[Any], count: int = 1
) -> Function:
    """The function of value and tangents, for arguments of such kinds."""
    names = names_of(f, len(args))
    known = known_types(names, args, containers=True)

    def make() -> Function:
        with no_collection():
            source = source_for(f, args)
            derivative = derive_forward(source, wrt=wrt, known=known, count=count)
        return finished(derivative, f)

    found: Function = once(
        f, ("jvp", wrt, count, classes_of(args), tuple(known.items())), make
    )
    return found


def slope(
    f: Function, place: int, args: Sequence[Any], seeds: dict[str, Any] | None = None
) -> Function:
    """The tangent of f alone, along one argument, for arguments of such kinds.

    `seeds` are keywords that f takes, being such a function itself.
    """
    names = names_of(f, len(args))
    known = {
        **known_types(names, args, containers=True),
        **known_types(list(seeds or {}), list((seeds or {}).values())),
    }

    def make() -> Function:
        with no_collection():
            derivative = derive_forward(
                source_for(f, args), wrt=names[place], with_value=False, known=known
            )
        return finished(derivative, f)

    found: Function = once(
        f, ("slope", place, classes_of(args), tuple(known.items())), make
    )
    return found


def jvp(f: Function, args: Sequence[Any], *tangents: Sequence[Any]) -> tuple[Any, ...]:
    """`(value, tangent)`: f at `args`, and its derivative along `tangents`.

    A tangent for each argument, of its structure and shape; None for one that stays.
    Several tuples of tangents give as many tangents of the result, from one sweep.
    The value of a function that returns nothing is what it changes in place.

    Raises S2sadError for what cannot be differentiated. Method: Griewank and Walther,
    Evaluating Derivatives (2008), section 3.1.

    >>> def area(w, h): return w * h
    >>> jvp(area, (3.0, 4.0), (1.0, 0.5))
    (12.0, 5.5)
    >>> jvp(area, (3.0, 4.0), (1.0, 0.0), (0.0, 1.0))
    (12.0, 4.0, 3.0)
    """
    args = tuple(args)
    names = names_of(f, len(args))
    if not tangents:
        raise TypeError("jvp needs tangents: jvp(f, args, tangents)")
    for row in tangents:
        if not isinstance(row, list | tuple) or len(row) != len(args):
            raise TypeError(
                f"a tangent for each of the {len(args)} arguments is needed"
            )
    wanted = [k for k in range(len(args)) if any(r[k] is not None for r in tangents)]
    for k in wanted:
        if not has_derivative(args[k]):
            raise KindError(
                f"{names[k]} has no derivative, and a tangent is given for it",
                hint="give None for arguments without a derivative",
            )
    if not wanted:
        raise TypeError("no argument has a tangent")
    function = pushforward(f, tuple(names[k] for k in wanted), args, len(tangents))
    keywords = function.__dict__["tangents"]
    given = []
    for row in tangents:
        for k in wanted:
            tangent = 0.0 if row[k] is None else row[k]
            if row[k] is None:
                tangent = zero_of(args[k])
            given.append(conformed(tangent, args[k], f"the tangent of {names[k]}"))
    result: tuple[Any, ...] = function(*args, **dict(zip(keywords, given, strict=True)))
    return result


def pair(
    f: Function, wrt: tuple[str, ...], args: Sequence[Any]
) -> tuple[Function, Function, bool]:
    """The forward and the reverse function for arguments of such kinds.

    And whether the second may be called again with what the first has saved.
    """
    names = names_of(f, len(args))
    known = known_types(names, args)

    def make() -> tuple[Function, Function, bool]:
        with no_collection():
            source = source_for(f, args)
            derived = derive_pair(source, wrt=wrt, known=known)
        built = build_all(derived.module, source)
        for name in (derived.forward, derived.reverse):
            built[name].__dict__["__source__"] = derived.module.text
        return built[derived.forward], built[derived.reverse], derived.reusable

    found: tuple[Function, Function, bool] = once(
        f, ("vjp", wrt, classes_of(args), tuple(known.items())), make
    )
    return found


def vjp(f: Function, *args: Any) -> tuple[Any, Function]:
    """`(value, pullback)`: f at `args`, and its derivative backwards.

    `pullback(cotangent)` is a tuple with one gradient an argument, None for one that
    holds no floats. The cotangent has the structure and shapes of the value. The
    pullback may be called any number of times; the forward sweep is run once. The
    value of a function that returns nothing is what it changes in place.

    Raises S2sadError for what cannot be differentiated. Method: Griewank and Walther,
    Evaluating Derivatives (2008), section 3.2.

    >>> def area(w, h): return w * h
    >>> value, pullback = vjp(area, 3.0, 4.0)
    >>> value, pullback(1.0)
    (12.0, (4.0, 3.0))
    """
    wanted = differentiated(args)
    names = names_of(f, len(args))
    if not wanted:
        raise KindError(
            "no argument holds a float", hint="pass 3.0, not 3, where a float is meant"
        )
    wrt = tuple(names[k] for k in wanted)
    forward, reverse, reusable = pair(f, wrt, args)
    if "require_apart(" in forward.__dict__["__source__"]:
        for k, one in enumerate(args):
            if isinstance(one, np.ndarray):
                require_apart(one, *args[k + 1 :])
    args = tuple(map(private, args))
    value, saved = forward(*args)
    value = private(value)
    if not reusable:
        saved = None

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        given = conformed(cotangent, value, "the cotangent")
        found = reverse(forward(*args)[1] if saved is None else saved, given)
        gradients = dict(
            zip(wanted, found if len(wanted) > 1 else [found], strict=True)
        )
        return tuple(
            match(private(gradients[k]), args[k]) if k in gradients else None
            for k in range(len(args))
        )

    return value, pullback


def differentiated(args: Sequence[Any]) -> list[int]:
    """The arguments that have gradients: those with floats; if none has, with ints."""
    found = [k for k, a in enumerate(args) if has_derivative(a)]
    floats = [k for k in found if not isinstance(args[k], int | np.integer)]
    return floats or found


def private(value: Any) -> Any:
    """A copy whose arrays nobody else can change."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(private(v) for v in value)
    if type(value) is dict:
        return {k: private(v) for k, v in value.items()}
    return copy.deepcopy(value) if has_attributes(value) else value


def zero_of(value: Any) -> Any:
    """A tangent of zeros."""
    if isinstance(value, tuple):
        return [zero_of(v) for v in value]
    return shadow_like(value)
