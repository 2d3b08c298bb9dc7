"""Jacobians and Hessians as arrays, and their products without them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from s2sad import api
from s2sad.dispatch import by_class
from s2sad.errors import KindError, S2sadError, WrtError
from s2sad.forward import derive_forward
from s2sad.frontend.source import FunctionSource, from_function
from s2sad.pipeline import Derivative, Wrt, no_collection
from s2sad.products import (
    Function,
    finished,
    once,
    pair,
    private,
    pushforward,
    slope,
)
from s2sad.signature import conformed, names_of

#: Directions that one forward sweep carries: more share the primal, and make long text.
DIRECTIONS = 4


def derivative(f: Function | None = None, *, wrt: int | str = 0) -> Any:
    """The derivative of a function of one number, by forward mode.

    Of an elementwise function of an array, the derivative of each element of the result
    in its own element of the argument. The direction is a keyword of the derivative.

    >>> def cube(x): return x * x * x
    >>> derivative(cube)(2.0), derivative(derivative(cube))(2.0)
    (12.0, 12.0)
    """
    if f is None:
        return functools.partial(derivative, wrt=wrt)
    function = f

    def make(source: FunctionSource) -> Function:
        return finished(derived(source), function)

    def derived(source: FunctionSource) -> Derivative:
        with no_collection():
            return derive_forward(source, wrt=wrt, with_value=False, ones=True)

    source = from_function(f)
    try:
        general = derived(source)
    except S2sadError as error:
        if not error.by_class:
            raise
        return by_class(f, source, make, None, error)
    made = finished(general, f)
    return by_class(f, source, make, made, None) if general.open else made


def jacobian(
    f: Function | None = None, *, wrt: Wrt = 0, mode: str | None = None
) -> Any:
    """The Jacobian of f, as a function of the same arguments.

    Of shape (*shape of the result, *shape of the argument); a tuple of them for several
    `wrt`, and for a result that is a tuple a tuple of those. Backwards, the forward
    sweep is run once and the reverse sweep for each element of the result; forwards,
    a sweep serves four elements of the arguments. `mode`, "forward" or "reverse", is
    chosen by the shapes unless given.

    Raises S2sadError for what cannot be differentiated, or has no Jacobian.

    >>> def polar(v): return np.array([v[0] * np.cos(v[1]), v[0] * np.sin(v[1])])
    >>> jacobian(polar)(np.array([2.0, 0.0]))
    array([[1., 0.],
           [0., 2.]])
    """
    if f is None:
        return functools.partial(jacobian, wrt=wrt, mode=mode)
    found = value_and_jacobian(f, wrt=wrt, mode=mode)

    @functools.wraps(f)
    def of(*args: Any) -> Any:
        return found(*args)[1]

    del of.__wrapped__
    return of


def value_and_jacobian(
    f: Function | None = None, *, wrt: Wrt = 0, mode: str | None = None
) -> Any:
    """`(value, Jacobian)`, of the same arguments: see `jacobian`."""
    if f is None:
        return functools.partial(value_and_jacobian, wrt=wrt, mode=mode)
    if mode not in (None, "forward", "reverse"):
        raise ValueError(f"mode={mode!r}: forward, reverse, or None to choose")
    function = f

    def of(*args: Any) -> tuple[Any, Any]:
        places = _places(function, wrt, args)
        sizes = sum(np.size(args[k]) for k in places)
        if mode == "forward":
            value, leaves, blocks = _forward(function, places, args)
        else:
            value, leaves, blocks = _reverse(function, places, args, sizes, mode)
        made = _packed(value, iter(_split(leaves, blocks, args, places, wrt)))
        return value, made

    return of


def hessian(f: Function | None = None, *, wrt: Wrt = 0) -> Any:
    """The Hessian of a scalar-valued function: forward mode over its gradient.

    Of shape (*shape of the argument, *shape of the argument); for several `wrt`, a
    tuple of tuples.

    >>> def bowl(x): return x @ x + x[0] * x[1]
    >>> hessian(bowl)(np.array([1.0, 2.0]))
    array([[2., 1.],
           [1., 2.]])
    """
    if f is None:
        return functools.partial(hessian, wrt=wrt)
    return jacobian(_gradient(f, wrt), wrt=wrt, mode="forward")


def hvp(f: Function | None = None, *, wrt: int | str = 0) -> Any:
    """The Hessian of f times a vector: a function of `(x, v, *rest)`.

    `x` is the argument that `wrt` names, `rest` are the others in their order, so that
    it fits `scipy.optimize.minimize(hessp=)`. Forward mode over the gradient: the
    Hessian is never formed, and the work is a small multiple of the gradient's.

    >>> def bowl(x): return x @ x + x[0] * x[1]
    >>> hvp(bowl)(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([2., 1.])
    """
    if f is None:
        return functools.partial(hvp, wrt=wrt)
    gradient = _gradient(f, wrt)
    name = gradient.wrt[0]  # type: ignore[attr-defined]
    place = _position(f, name)

    def product(x: Any, v: Any, *rest: Any) -> Any:
        args = (*rest[:place], x, *rest[place:])
        push: Any = slope(gradient, place, args)
        return push(*args, **{push.tangents[0]: conformed(v, x, "the vector")})

    product.__name__ = f"hvp_{getattr(f, '__name__', 'f')}"
    return product


def _gradient(f: Function, wrt: Wrt) -> Function:
    found: Function = once(f, ("grad", wrt), lambda: api.grad(f, wrt=wrt))
    return found


def _position(f: Function, name: str) -> int:
    return list(inspect.signature(f).parameters).index(name)


def _places(f: Function, wrt: Wrt, args: Sequence[Any]) -> list[int]:
    names = names_of(f, len(args))
    places = []
    for one in wrt if isinstance(wrt, tuple) else (wrt,):
        if isinstance(one, str):
            if one not in names:
                raise WrtError(f"no argument is given for {one!r}", hint=str(names))
            one = names.index(one)
        if not -len(args) <= one < len(args):
            raise WrtError(f"wrt={one}, but {len(args)} arguments are given")
        places.append(one % len(args))
    for k in places:
        if not isinstance(args[k], np.ndarray | float | int | np.number):
            raise KindError(
                f"{names[k]} is a {type(args[k]).__name__}: a Jacobian is of numbers"
                " and arrays",
                hint="vjp and jvp take any structure",
            )
    return places


def _leaves(value: Any) -> list[Any]:
    """The arrays and numbers that a result is made of."""
    if isinstance(value, list | tuple):
        return [leaf for part in value for leaf in _leaves(part)]
    if isinstance(value, np.ndarray | float | int | np.number):
        return [value]
    raise KindError(
        f"the result holds a {type(value).__name__}: a Jacobian is of numbers and"
        " arrays",
        hint="vjp and jvp take any structure",
    )


def _packed(value: Any, parts: Any) -> Any:
    """Parts in the structure of the result."""
    if isinstance(value, list | tuple):
        return tuple(_packed(v, parts) for v in value)
    return next(parts)


def _split(
    leaves: list[Any], whole: Any, args: Sequence[Any], places: list[int], wrt: Wrt
) -> list[Any]:
    """The matrix of all results by all arguments, cut into one Jacobian each."""
    found: list[Any] = []
    row = 0
    for leaf in leaves:
        column = 0
        parts = []
        for k in places:
            n, m = np.size(leaf), np.size(args[k])
            part = whole[row : row + n, column : column + m]
            shape = (*np.shape(leaf), *np.shape(args[k]))
            dtype = getattr(args[k], "dtype", np.dtype(float))
            if dtype.kind not in "fc":
                dtype = np.dtype(float)
            made = np.reshape(part, shape).astype(dtype)
            parts.append(made if shape else float(made))
            column += m
        row += np.size(leaf)
        found.append(tuple(parts) if isinstance(wrt, tuple) else parts[0])
    return found


def _forward(
    f: Function, places: list[int], args: Sequence[Any]
) -> tuple[Any, list[Any], Any]:
    """Column by column, several in one sweep."""
    names = names_of(f, len(args))
    wrt = tuple(names[k] for k in places)
    sizes = [np.size(args[k]) for k in places]
    total = sum(sizes)
    count = max(1, min(DIRECTIONS, total))
    push = pushforward(f, wrt, args, count)
    keywords = push.__dict__["tangents"]
    columns = []
    value: Any = None
    for start in range(0, max(total, 1), count):
        seeds = []
        for j in range(start, start + count):
            flat = np.zeros(total)
            if j < total:
                flat[j] = 1.0
            at = 0
            for k, size in zip(places, sizes, strict=True):
                seeds.append(_shaped(flat[at : at + size], args[k]))
                at += size
        value, *tangents = push(*args, **dict(zip(keywords, seeds, strict=True)))
        for tangent in tangents[: total - start]:
            columns.append(np.concatenate([np.ravel(t) for t in _leaves(tangent)]))
    leaves = _leaves(value)
    rows = sum(np.size(leaf) for leaf in leaves)
    whole = np.stack(columns, 1) if columns else np.zeros((rows, 0))
    return value, leaves, whole


def _shaped(numbers: Any, like: Any) -> Any:
    """Numbers in the shape and kind of an argument."""
    if isinstance(like, np.ndarray):
        return conformed(np.reshape(numbers, like.shape), like, "a direction")
    return float(numbers[0])


def _reverse(
    f: Function, places: list[int], args: Sequence[Any], size: int, mode: str | None
) -> tuple[Any, list[Any], Any]:
    """Row by row, all from one forward sweep; forwards after all, if there are many."""
    names = names_of(f, len(args))
    forward, reverse, reusable = pair(f, tuple(names[k] for k in places), args)
    mine = tuple(map(private, args))
    value, saved = forward(*mine)
    value = private(value)
    leaves = _leaves(value)
    rows = sum(np.size(leaf) for leaf in leaves)
    if mode is None and rows > size:
        return _forward(f, places, args)
    whole = np.zeros((rows, size))
    for j in range(rows):
        flat = np.zeros(rows)
        flat[j] = 1.0
        if not reusable and j:
            saved = forward(*mine)[1]
        found = reverse(saved, _seeded(value, iter(_cut(flat, leaves))))
        several = found if len(places) > 1 else (found,)
        parts = [
            np.ravel(np.broadcast_to(g, np.shape(args[k])))
            for g, k in zip(several, places, strict=True)
        ]
        whole[j] = np.concatenate(parts)
    return value, leaves, whole


def _cut(flat: Any, leaves: list[Any]) -> list[Any]:
    ends = np.cumsum([np.size(leaf) for leaf in leaves])[:-1]
    return [
        _shaped(part, leaf)
        for part, leaf in zip(np.split(flat, ends), leaves, strict=True)
    ]


def _seeded(value: Any, parts: Any) -> Any:
    """Cotangents in the structure of the result."""
    if isinstance(value, list | tuple):
        return type(value)(_seeded(v, parts) for v in value)
    return next(parts)
