"""Dual numbers run through the original code of a function.

Arguments become `Dual` numbers, arrays become object arrays of them, and the code
runs with `math`, `numpy` and `float` replaced by versions that know them. What
NumPy's object arrays cannot do (`np.linalg.solve`, `x.astype`, ...) raises
`NotCovered`; so does a run whose value is not the value of the function itself.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from s2sad.check.dualnumber import (
    BINARY,
    UNARY,
    Dual,
    apply_binary,
    apply_unary,
    as_dual,
)
from s2sad.check.rerun import Rerun
from s2sad.check.structure import (
    NotCovered,
    as_float,
    as_gradient,
    flatten,
    number,
    unflatten,
    widen,
)

#: NumPy 2 and `math` names of what the rules know under NumPy's first name.
ALIASES = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "atan2": "arctan2",
}


def lift(thing: Any) -> Any:
    """Float arrays become object arrays of duals; object arrays are completed.

    Elements that are still plain numbers (a program may store `0.0` into an array)
    are replaced where they stand, so views and aliases see it.
    """
    if isinstance(thing, (tuple, list)) and not hasattr(thing, "_fields"):
        for part in thing:
            if isinstance(part, np.ndarray) and part.dtype == object:
                lift(part)
        return type(thing)(map(_lift_new, thing))
    return _lift_new(thing)


def _lift_new(thing: Any) -> Any:
    if not isinstance(thing, np.ndarray):
        return thing
    if np.issubdtype(thing.dtype, np.floating):
        thing = thing.astype(object, order="K")
    if thing.dtype == object and thing.flags.writeable:
        for index in np.ndindex(thing.shape):
            element = thing[index]
            if element is None:
                thing[index] = Dual(math.nan)
            elif not isinstance(element, Dual) and as_dual(element) is not None:
                thing[index] = as_dual(element)
    return thing


def call_numpy(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """A NumPy function on duals: no float dtypes, and no float arrays out."""
    args = tuple(_object_dtype(lift(a)) for a in args)
    kwargs = {k: _object_dtype(lift(v)) for k, v in kwargs.items()}
    name = getattr(function, "__name__", "")
    if not kwargs and any(isinstance(a, Dual) for a in args):
        by_loop = _elementwise(name, args)
        if by_loop is not None:
            return by_loop
    return lift(function(*args, **kwargs))


def _object_dtype(argument: Any) -> Any:
    floats = (float, np.float64, np.float32, np.dtype(float), "float", "float64", "f8")
    is_type = isinstance(argument, (type, str, np.dtype))
    return object if is_type and argument in floats else argument


def call_math(function: Callable[..., Any], *args: Any) -> Any:
    """A function of `math`; plain numbers go to `math` itself."""
    if not any(isinstance(a, Dual) or _holds_duals(a) for a in args):
        return function(*args)
    name = function.__name__
    if name in ("fsum", "sumprod", "prod", "dist"):
        return _sequence(name, args)
    if name in ("floor", "ceil", "trunc"):
        return getattr(math, name)(args[0])
    if name == "log" and len(args) == 2:
        return _elementwise("log", args[:1]) / _elementwise("log", args[1:])
    result = _elementwise(name, args)
    if result is None:
        known = [a.value if isinstance(a, Dual) else a for a in args]
        if name in ("isnan", "isinf", "isfinite", "isclose"):
            return function(*known)
        raise NotCovered(f"math.{name} of a dual number")
    return result


def _holds_duals(argument: Any) -> bool:
    return isinstance(argument, (list, tuple, np.ndarray)) or hasattr(
        argument, "__next__"
    )


def _sequence(name: str, args: Sequence[Any]) -> Any:
    if name == "fsum":
        return sum(args[0])
    if name == "prod":
        return math.prod(args[0])
    if name == "sumprod":
        return sum(a * b for a, b in zip(*args, strict=True))
    squares = sum((a - b) ** 2 for a, b in zip(*args, strict=True))
    return squares**0.5


def _elementwise(name: str, args: Sequence[Any]) -> Any:
    """The rule for scalars, or None where there is none of that name."""
    name = ALIASES.get(name, name)
    duals = [as_dual(a) for a in args]
    known = [d for d in duals if d is not None]
    if len(known) != len(duals):
        return None
    if name in UNARY and len(known) == 1:
        return apply_unary(name, known[0])
    if name in BINARY and len(known) == 2:
        return apply_binary(name, *known)
    if name == "hypot":
        return sum(d * d for d in known) ** 0.5  # type: ignore[operator]
    return None


def as_dual_float(x: Any = 0.0) -> Any:
    """What `float(x)` means in a rerun: a dual number stays one."""
    if isinstance(x, np.ndarray) and x.dtype == object:
        x = number(x)
    return x if isinstance(x, Dual) else float(x)


def run_dual(
    f: Callable[..., Any], args: Sequence[Any], argnum: int, direction: Any
) -> tuple[float, float]:
    """Value of `f` and its derivative along `direction`, shaped like the argument.

    Runs the code of `f`, and of the user's helpers that it names, with `math`,
    `numpy` and `float` standing for versions that know dual numbers.

    Example:
        >>> run_dual(lambda x: math.sin(x) * x, (0.0,), 0, 1.0)
        (0.0, 0.0)
    """
    result = _run(f, args, argnum, list(flatten(as_float(direction))))
    return result.value, float(result.tangent)


def gradient(f: Callable[..., Any], args: Sequence[Any], argnum: int = 0) -> Any:
    """The gradient of `f`, exact to rounding, all directions in one run."""
    size = flatten(as_float(args[argnum])).size
    result = _run(f, args, argnum, list(np.eye(size)))
    return as_gradient(args[argnum], np.zeros(size) + result.tangent)


def _run(
    f: Callable[..., Any], args: Sequence[Any], argnum: int, tangents: list[Any]
) -> Dual:
    wide = [widen(as_float(a) if k == argnum else a) for k, a in enumerate(args)]
    value = float(number(f(*copy.deepcopy(wide))))
    rerun = Rerun(call_math, call_numpy, as_dual_float)
    lifted = []
    for position, argument in enumerate(wide):
        point = flatten(argument)
        seeds = tangents if position == argnum else [0.0] * point.size
        vector = np.empty(point.size, dtype=object)
        vector[:] = [Dual(float(v), t) for v, t in zip(point, seeds, strict=True)]
        lifted.append(rerun.adopt(unflatten(argument, vector)))
    try:
        result = as_dual(number(rerun.function(f)(*lifted)))
    except Exception as failure:
        raise NotCovered(f"fails on dual numbers: {failure}") from failure
    if result is None or abs(result.value - value) > 1e-10 * max(1.0, abs(value)):
        raise NotCovered("the run on dual numbers has another value")
    return result
