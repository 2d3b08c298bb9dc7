"""Central differences, extrapolated to step zero (Ridders 1982).

For every entry, central differences at steps h, h/2, h/4, ... are combined by
Richardson's rule into a triangular table; the entry that agrees best with its
neighbours is the estimate, and how well it agrees is its error. Small steps are
spoilt by rounding and large ones by curvature or by a branch that the step
crosses; both show as disagreement, so the table itself controls the step.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

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

FIRST_STEP = 0.02
ROWS = 9


class Estimate(NamedTuple):
    """A gradient and the greatest absolute error estimate over its entries."""

    gradient: Any
    error: float


def gradient(f: Callable[..., Any], args: Sequence[Any], argnum: int = 0) -> Estimate:
    """Estimate the gradient of the size-one result of `f` in argument `argnum`.

    The argument may be a float, an array of any rank, or lists, tuples, dicts and
    objects of those. Float32 arguments, all of them, are cast to float64 first:
    the derivative is that of the double precision function at the same point.
    `f` gets a deep copy of the arguments at every call, so it may change them.

    Example:
        >>> slope, error = gradient(lambda x, y: x * x * y, (3.0, 2.0), 0)
        >>> round(slope, 9), error < 1e-9
        (12.0, True)
    """
    wide = [widen(a) for a in args]
    wide[argnum] = widen(as_float(args[argnum]))
    point = flatten(wide[argnum])

    def along(entry: int, offset: float) -> float:
        moved = point.copy()
        moved[entry] += offset
        fresh = copy.deepcopy(wide)
        fresh[argnum] = unflatten(wide[argnum], moved)
        return float(number(f(*fresh)))

    slopes = np.zeros_like(point)
    worst = 0.0
    for entry in range(point.size):
        scale = max(0.1, abs(float(point[entry])))
        slope, error = _extrapolate(partial(along, entry), FIRST_STEP * scale)
        slopes[entry] = slope
        worst = max(worst, error)
    return Estimate(as_gradient(args[argnum], slopes), worst)


def _extrapolate(g: Callable[[float], float], step: float) -> tuple[float, float]:
    """The derivative of `g` at 0 and an estimate of its error."""
    best, best_error = math.nan, math.inf
    above: list[float] = []
    for row in range(ROWS):
        current = [_central(g, step / 2**row)]
        for column, previous in enumerate(above):
            factor = 4.0 ** (column + 1)
            refined = (factor * current[column] - previous) / (factor - 1.0)
            error = max(abs(refined - current[column]), abs(refined - previous))
            if error < best_error:
                best, best_error = refined, error
            current.append(refined)
        above = current
    if not math.isfinite(best):
        raise NotCovered("no two central differences are finite")
    return best, best_error


def _central(g: Callable[[float], float], h: float) -> float:
    """One central difference; nan where a step leaves the domain of `g`."""
    try:
        with np.errstate(all="ignore"):
            return (g(h) - g(-h)) / (2.0 * h)
    except (ArithmeticError, ValueError):
        return math.nan
