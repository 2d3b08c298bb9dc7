"""Complex step: the derivative is Im f(x + ih) / h with h = 1e-30.

No difference is taken, so nothing cancels and the result is exact to rounding,
for programs whose every operation on the argument is analytic and keeps the
imaginary part. Others raise `NotCovered`: those that fail on complex numbers,
those that NumPy warns of casting away the imaginary part, and those that name an
operation that swallows it silently (`abs`, `norm`, `var`, ...).
"""

from __future__ import annotations

import copy
import inspect
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from s2sad.check.structure import (
    NotCovered,
    as_float,
    as_gradient,
    flatten,
    number,
    unflatten,
    widen,
)

STEP = 1e-30

#: Names of operations that accept complex numbers and are not analytic in them,
#: or that look at the type of what they get.
_NAMES = (
    "abs absolute fabs norm var std cov corrcoef vdot vecdot conj conjugate real imag"
    " angle sign heaviside isreal iscomplex isinstance type hypot copysign float"
    " nanvar nanstd real_if_close sort sorted argsort float64 astype dtype inv pinv"
    " eigh cholesky svd qr unique"
)
NOT_ANALYTIC = frozenset(_NAMES.split())


def gradient(f: Callable[..., Any], args: Sequence[Any], argnum: int = 0) -> Any:
    """The gradient of `f` in argument `argnum`, exact to rounding, or `NotCovered`.

    Example:
        >>> import numpy as np
        >>> gradient(lambda x: np.exp(x), (0.0,))
        1.0
    """
    swallowed = NOT_ANALYTIC & set(_names(f, set()))
    if swallowed:
        raise NotCovered(f"not analytic: {', '.join(sorted(swallowed))}")
    wide = [widen(a) for a in args]
    wide[argnum] = widen(as_float(args[argnum]))
    value = float(number(f(*copy.deepcopy(wide))))
    point = flatten(wide[argnum])
    slopes = np.zeros_like(point)
    for entry in range(point.size):
        moved = point.astype(np.complex128)
        moved[entry] += STEP * 1j
        fresh = copy.deepcopy(wide)
        fresh[argnum] = unflatten(wide[argnum], moved)
        result = complex(_run(f, fresh))
        if abs(result.real - value) > 1e-10 * max(1.0, abs(value)):
            raise NotCovered("took another path with a complex argument")
        slopes[entry] = result.imag / STEP
    return as_gradient(args[argnum], slopes)


def _run(f: Callable[..., Any], args: list[Any]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            return number(f(*args))
        except Exception as failure:
            raise NotCovered(f"fails on complex numbers: {failure}") from failure


def _names(thing: Any, seen: set[int]) -> Iterator[str]:
    """Every global, attribute and method name that a function's code mentions.

    Follows user functions and classes through globals and closures.
    """
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, types.CodeType):
        yield from thing.co_names
        for constant in thing.co_consts:
            yield from _names(constant, seen)
    elif isinstance(thing, types.FunctionType):
        if _is_library(thing.__module__):
            return
        mentioned = list(_names(thing.__code__, seen))
        yield from mentioned
        for name in mentioned:
            yield from _names(thing.__globals__.get(name), seen)
        for value in inspect.getclosurevars(thing).nonlocals.values():
            yield from _names(value, seen)
    elif isinstance(thing, type) and not _is_library(thing.__module__):
        for member in vars(thing).values():
            yield from _names(getattr(member, "fget", member), seen)
    elif isinstance(thing, types.BuiltinFunctionType | np.ufunc):
        yield thing.__name__


def _is_library(module: str | None) -> bool:
    return (module or "").partition(".")[0] in ("numpy", "scipy", "builtins")
