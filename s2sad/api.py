"""The public functions: each a few lines over the pipeline."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, overload

from s2sad import pipeline
from s2sad.dispatch import by_class, by_name, classes_in, kinds_in
from s2sad.emit.compile import build
from s2sad.errors import (
    AmbiguousError,
    MutationError,
    S2sadError,
    UnsupportedError,
)
from s2sad.frontend.source import FunctionSource, from_function
from s2sad.signature import names_of

Wrt = int | str | tuple[int | str, ...]
Function = Callable[..., Any]
Like = Sequence[Any] | None


def _derivative(
    f: Function,
    wrt: Wrt,
    with_value: bool,
    like: Sequence[Any] | None = None,
    compile: str | None = None,
) -> Function:
    if isinstance(wrt, list):
        wrt = tuple(wrt)
    if compile is not None:
        return _compiled(f, wrt, with_value, like, compile)
    source = from_function(f)
    if like is not None:
        source = _told(f, source, like)

    def make(source: FunctionSource) -> Function:
        return _built(f, pipeline.derive(source, wrt=wrt, with_value=with_value))

    try:
        derivative = pipeline.derive(source, wrt=wrt, with_value=with_value)
    except S2sadError as error:
        kinds = isinstance(error, AmbiguousError | MutationError) and like is None
        if not (error.by_class or kinds):
            raise
        return by_class(f, source, make, None, error)
    general = _built(f, derivative)
    if not derivative.open and not (derivative.assumes and like is None):
        return general
    return by_class(f, source, make, general, None)


def _told(f: Function, source: FunctionSource, like: Sequence[Any]) -> FunctionSource:
    """A function's source, with what example arguments tell."""
    signature = inspect.signature(f)
    given = by_name(signature, list(signature.parameters), tuple(like), {})
    if not any(p.kind is p.VAR_POSITIONAL for p in signature.parameters.values()):
        names_of(f, len(like))
    return dataclasses.replace(source, types=kinds_in(given), classes=classes_in(given))


def _compiled(
    f: Function, wrt: Wrt, with_value: bool, like: Like, compile: str
) -> Function:
    """The derivative in machine code, for the kinds of arguments that it is given."""
    if compile != "numba":
        raise UnsupportedError(f"compile={compile!r}", hint="there is: numba")
    from s2sad.compiled.tier import Compiled

    derive = functools.partial(pipeline.derive, wrt=wrt, with_value=with_value)
    made = Compiled(_derivative(f, wrt, with_value), from_function(f), derive)
    return made if like is None else made.specialize(*like)


def _built(f: Function, derivative: pipeline.Derivative) -> Function:
    source = derivative.source
    function: Any = build(derivative.module, source)
    function.__doc__ = derivative.module.text.partition('"""')[2].partition('"""')[0]
    function.__source__ = derivative.module.text
    function.primal = f
    function.wrt = derivative.wrt
    function.source_map = derivative.module.lines
    function.__types__ = derivative.types
    found: Function = function
    return found


@overload
def grad(
    f: Function, *, wrt: Wrt = 0, like: Like = None, compile: str | None = None
) -> Function: ...
@overload
def grad(
    f: None = None, *, wrt: Wrt = 0, like: Like = None, compile: str | None = None
) -> Callable[[Function], Function]: ...
def grad(
    f: Function | None = None,
    *,
    wrt: Wrt = 0,
    like: Like = None,
    compile: str | None = None,
) -> Any:
    """The gradient of a scalar-valued function, as a function of the same arguments.

    `wrt` names the arguments to differentiate, by position or name; several give a
    tuple of gradients. Each gradient has the structure, shape and float dtype of its
    argument. The seed, the cotangent of the result, is a keyword of the derivative.
    As a decorator: `@grad` or `@grad(wrt="w")`. `like` are example arguments: the
    derivative is written for their kinds and ranks, shorter and faster, and refuses
    others when it runs. `compile="numba"` makes machine code of it, with loops for the
    array expressions, for the kinds of arguments that it is called with.

    Raises S2sadError, with the place and the reason, for what cannot be
    differentiated. Method: Griewank and Walther, Evaluating Derivatives (2008), ch. 3.

    >>> def square(x): return x * x
    >>> grad(square)(3.0)
    6.0
    """
    if f is None:
        return functools.partial(
            _derivative, wrt=wrt, with_value=False, like=like, compile=compile
        )
    return _derivative(f, wrt, False, like, compile)


@overload
def value_and_grad(
    f: Function, *, wrt: Wrt = 0, like: Like = None, compile: str | None = None
) -> Function: ...
@overload
def value_and_grad(
    f: None = None, *, wrt: Wrt = 0, like: Like = None, compile: str | None = None
) -> Callable[[Function], Function]: ...
def value_and_grad(
    f: Function | None = None,
    *,
    wrt: Wrt = 0,
    like: Like = None,
    compile: str | None = None,
) -> Any:
    """`(value, gradient)` in one sweep; fits `scipy.optimize.minimize(jac=True)`.

    >>> def square(x): return x * x
    >>> value_and_grad(square)(3.0)
    (9.0, 6.0)
    """
    if f is None:
        return functools.partial(
            _derivative, wrt=wrt, with_value=True, like=like, compile=compile
        )
    return _derivative(f, wrt, True, like, compile)


def source(
    f: Function,
    *,
    wrt: Wrt = 0,
    mode: str = "reverse",
    with_value: bool = False,
    standalone: bool = False,
    like: Like = None,
) -> str:
    """The text of a function's derivative: what `grad` would run.

    `mode` is "reverse", "forward" (what `derivative` would run; with_value, what `jvp`
    would) or "vjp" (a forward and a reverse function).

    >>> def square(x): return x * x
    >>> "2.0 * x" in source(square) or "x" in source(square)
    True
    """
    found = from_function(f)
    if like is not None:
        found = _told(f, found, like)
    derivative = pipeline.derive(found, wrt=wrt, with_value=with_value, mode=mode)
    return derivative.text(standalone)
