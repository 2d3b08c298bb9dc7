"""Second derivatives by four nestings, third and fourth ones, against the oracle."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from corpus.judge_forward import direction
from corpus.judge_second import NoOracle, gradients, judge_second
from corpus.refused import REFUSED
from corpus.refused_second import BROKEN_FOURTH, BROKEN_SECOND, REFUSED_SECOND
from corpus.registry import Check, checks

import s2sad
from s2sad.check.structure import flatten, is_float
from s2sad.errors import S2sadError

NESTINGS = (
    "forward over reverse",
    "reverse over reverse",
    "reverse over forward",
    "forward over forward",
)
FIRST = [c for c in checks() if c.id not in REFUSED and c.case.name not in REFUSED]


@pytest.mark.parametrize("nesting", NESTINGS)
@pytest.mark.parametrize("check", FIRST, ids=lambda check: check.id)
def test_second(check: Check, nesting: str) -> None:
    verdict = judge_second(check, nesting)
    listed = REFUSED_SECOND.get(check.id, REFUSED_SECOND.get(check.case.name, ()))
    kind = "refused" if nesting in listed else "right"
    if nesting in BROKEN_SECOND.get(check.id, ()):
        kind = "CRASH"
    if verdict.kind != "skipped":
        assert verdict.kind == kind, f"{verdict.kind} {verdict.code} {verdict.detail}"


def test_every_listed_refusal_is_a_check() -> None:
    known = {c.id for c in FIRST} | {c.case.name for c in FIRST}
    assert set(REFUSED_SECOND) | set(BROKEN_SECOND) | set(BROKEN_FOURTH) <= known


#: steps that leave rounding and truncation both far below what is asked
THIRD, FOURTH = 4e-3, 2e-2


def higher(check: Check, v: Any) -> tuple[float, float]:
    """The third and the fourth derivative along v, by differences of gradients."""
    gradient, flat = gradients(check, v), flatten(v)

    def slope(t: float) -> float:
        return float(gradient(t) @ flat)

    def third(h: float) -> float:
        return (slope(h) - 2.0 * slope(0.0) + slope(-h)) / h**2

    def fourth(h: float) -> float:
        wide = slope(2 * h) - slope(-2 * h)
        return (wide - 2.0 * (slope(h) - slope(-h))) / (2.0 * h**3)

    found = []
    for estimate, h in ((third, THIRD), (fourth, FOURTH)):
        best, coarse = estimate(0.5 * h), estimate(h)
        if abs(best - coarse) > 1e-2 * max(1.0, abs(best)):
            raise NoOracle("too rough for differences")
        found.append((4.0 * best - coarse) / 3.0)
    return found[0], found[1]


def smooth(check: Check) -> bool:
    value = check.case.args(check.point)[check.argnum]
    narrow = np.asarray(value).dtype == np.float32 if is_float(value) else True
    return not narrow


SMOOTH = [c for c in FIRST if smooth(c) and c.point == 0]


def nested(check: Check, v: Any, order: int, modes: str) -> float:
    """A derivative along v by a word of f (forward) and r (reverse), inner first."""
    f, k = check.case.f, check.argnum
    args = check.case.args(check.point)
    seeds: dict[str, Any] = {}
    g: Any = f
    for place, mode in enumerate(modes):
        last = place == order - 1
        if mode == "f":
            g = s2sad.products.slope(g, k, args, seeds)
            seeds[g.tangents[0]] = v
        elif last:
            gradient = s2sad.grad(g, wrt=k)(*args, **seeds)
            return float(flatten(gradient) @ flatten(v))
        else:
            raise AssertionError("a gradient is no number: only the last may be one")
    return float(np.reshape(np.real(g(*args, **seeds)), -1)[0])


@pytest.mark.parametrize("check", SMOOTH, ids=lambda check: check.id)
def test_third_and_fourth(check: Check) -> None:
    v = direction(check.case.args(0)[check.argnum])
    try:
        third, fourth = higher(check, v)
    except NoOracle as reason:
        pytest.skip(str(reason))
    try:
        for want, words in ((third, ("fff", "ffr")), (fourth, ("ffff", "fffr"))):
            for word in words:
                got = nested(check, v, len(word), word)
                scale = max(1.0, abs(want))
                assert math.isclose(got, want, abs_tol=2e-3 * scale), (word, got, want)
            words_agree = [nested(check, v, len(w), w) for w in words]
            assert math.isclose(*words_agree, rel_tol=1e-7, abs_tol=1e-9 * scale)
    except S2sadError as refusal:
        pytest.skip(f"{refusal.code} {refusal.message}")


SCALAR = [c for c in SMOOTH if isinstance(c.case.args(0)[c.argnum], float)]


@pytest.mark.parametrize("check", SCALAR, ids=lambda check: check.id)
def test_gradients_of_gradients(check: Check) -> None:
    """grad(grad(grad(grad(f)))), reverse mode at each step."""
    k, args = check.argnum, check.case.args(0)
    try:
        third, fourth = higher(check, 1.0)
    except NoOracle as reason:
        pytest.skip(str(reason))
    found = []
    g: Any = check.case.f
    try:
        for _ in range(4):
            g = s2sad.grad(g, wrt=k)
            found.append(float(g(*args)))
    except S2sadError as refusal:
        pytest.skip(f"{refusal.code} {refusal.message}")
    except BROKEN_FOURTH.get(check.id, ()) as error:
        pytest.xfail(str(error))
    assert math.isclose(found[2], third, abs_tol=2e-3 * max(1.0, abs(third)))
    assert math.isclose(found[3], fourth, abs_tol=2e-3 * max(1.0, abs(fourth)))
