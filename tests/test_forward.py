"""Forward mode: every corpus program along a direction, against the oracle."""

from __future__ import annotations

import pytest
from corpus.judge_forward import judge_jvp
from corpus.refused import REFUSED, REFUSED_FORWARD
from corpus.registry import checks


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.id)
def test_tangent(check):
    verdict = judge_jvp(check)
    listed = check.id in REFUSED or check.case.name in REFUSED
    if listed and verdict.kind == "refused":
        return  # some are refused in reverse mode only
    if check.id in REFUSED_FORWARD:
        assert (verdict.kind, verdict.code) == ("refused", REFUSED_FORWARD[check.id])
        return
    assert verdict.kind == "right", f"{verdict.kind} {verdict.code} {verdict.detail}"
