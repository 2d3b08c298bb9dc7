"""Second derivatives' verdict on one check of the corpus: four nestings, one oracle."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
from oracle import routes

from corpus.judge import Verdict, _one_line
from corpus.judge_forward import direction
from corpus.registry import Check
from s2sad.check.structure import as_float, flatten, unflatten, widen

STEP = 1e-4


class NoOracle(Exception):
    """Nothing exact runs the program, or it is not smooth here."""


Slopes = Callable[[float], np.ndarray]


def gradients(check: Check, along: Any) -> Slopes:
    """The exact gradient of the original function at each place on a line."""
    args = list(check.case.args(check.point))
    args[check.argnum] = widen(as_float(args[check.argnum]))
    point, v = flatten(args[check.argnum]), flatten(along)

    def moved(h: float) -> list[Any]:
        others = list(copy.deepcopy(args))
        others[check.argnum] = unflatten(args[check.argnum], point + h * v)
        return others

    def gradient(h: float) -> np.ndarray:
        found = routes(check.case.f, moved(h), check.argnum)
        if not found:
            raise NoOracle("no exact oracle")
        return flatten(next(iter(found.values())))

    here = float(np.reshape(check.case.f(*moved(0.0)), -1)[0])
    near = float(np.reshape(check.case.f(*moved(1e-9)), -1)[0])
    if abs(near - here) > 1e-5 * max(1.0, abs(here)):
        raise NoOracle("not continuous")
    return gradient


KNOWN: dict[str, Any] = {}


def reference(check: Check) -> np.ndarray:
    """H v, by differences of exact gradients of the original function."""
    if check.id not in KNOWN:
        try:
            KNOWN[check.id] = _reference(check)
        except NoOracle as reason:
            KNOWN[check.id] = reason
    if isinstance(KNOWN[check.id], NoOracle):
        raise KNOWN[check.id]
    found: np.ndarray = KNOWN[check.id]
    return found


def _reference(check: Check) -> np.ndarray:
    gradient = gradients(check, direction(check.case.args(check.point)[check.argnum]))

    def slope(h: float) -> np.ndarray:
        return (gradient(h) - gradient(-h)) / (2.0 * h)

    wide, near = slope(STEP), slope(0.5 * STEP)
    best = (4.0 * near - wide) / 3.0
    scale = max(1.0, float(np.max(np.abs(best), initial=0.0)))
    if not np.all(np.abs(wide - near) <= 1e-4 * scale):
        raise NoOracle("not smooth")
    return best


def nestings(check: Check, along: Any) -> dict[str, Callable[[], Any]]:
    """H v by forward over reverse and three others; forward over forward gives v'Hv."""
    import s2sad
    from s2sad.signature import conformed

    f, k = check.case.f, check.argnum
    args = check.case.args(check.point)
    tangents = [along if j == k else None for j in range(len(args))]

    mine = conformed(along, args[k], "the direction")

    def forward_over_reverse() -> Any:
        return s2sad.jvp(s2sad.grad(f, wrt=k), args, tangents)[1]

    def reverse_over_reverse() -> Any:
        _, pullback = s2sad.vjp(s2sad.grad(f, wrt=k), *args)
        return pullback(along)[k]

    def slope() -> Any:
        return s2sad.products.slope(f, k, args)

    def reverse_over_forward() -> Any:
        df = slope()
        seed = {df.tangents[0]: mine}
        return s2sad.grad(df, wrt=k)(*args, **seed)

    def forward_over_forward() -> Any:
        df = slope()
        seed = {df.tangents[0]: mine}
        twice = s2sad.products.slope(df, k, args, seed)
        return twice(*args, **seed, **{twice.tangents[0]: mine})

    return {
        "forward over reverse": forward_over_reverse,
        "reverse over reverse": reverse_over_reverse,
        "reverse over forward": reverse_over_forward,
        "forward over forward": forward_over_forward,
    }


def judge_second(check: Check, name: str) -> Verdict:
    """One nesting against the oracle."""
    from s2sad.errors import InternalError, S2sadError

    args = check.case.args(check.point)
    along = direction(args[check.argnum])
    try:
        want = reference(check)
    except NoOracle as reason:
        return Verdict("skipped", detail=str(reason))
    v = flatten(along)
    try:
        found = nestings(check, along)[name]()
        if name == "forward over forward":
            got, want = np.reshape(np.real(found), -1), np.array([v @ want])
        else:
            got = flatten(found)
            if found is None:
                return Verdict("skipped", detail="an int")
        narrow = any(np.asarray(a).dtype == np.float32 for a in _leaves(args))
        bound = (1e-3 if narrow else 1e-6) * max(
            1.0, float(np.max(np.abs(want), initial=0))
        )
        assert got.shape == want.shape, f"shape {got.shape}, not {want.shape}"
        assert np.all(np.abs(got - want) <= bound), f"{got[:4]}, oracle {want[:4]}"
    except AssertionError as failure:
        return Verdict("WRONG", detail=_one_line(failure))
    except InternalError as failure:
        return Verdict("CRASH", failure.code, _one_line(failure))
    except S2sadError as failure:
        place = f" (line {failure.at.line})" if failure.at else ""
        return Verdict("refused", failure.code, failure.message + place)
    except Exception as failure:
        kind = type(failure).__name__
        return Verdict("CRASH", detail=f"{kind}: {_one_line(failure)}")
    return Verdict("right")


def _leaves(args: Any) -> list[Any]:
    return [a for a in args if isinstance(a, np.ndarray | np.floating)]
