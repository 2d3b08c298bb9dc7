"""Every corpus program, in every float argument, against the oracle."""

from __future__ import annotations

import importlib.util

import pytest
from corpus.judge import judge
from corpus.refused import REFUSED
from corpus.registry import checks

HAS_COMPILER = importlib.util.find_spec("s2sad.api") is not None


@pytest.mark.skipif(not HAS_COMPILER, reason="s2sad has no api module yet")
@pytest.mark.parametrize("check", checks(), ids=lambda check: check.id)
def test_gradient(check):
    verdict = judge(check)
    assert verdict.excused(check), f"{verdict.kind} {verdict.code} {verdict.detail}"


def test_every_listed_refusal_is_a_check():
    known = {check.id for check in checks()} | {c.case.name for c in checks()}
    assert set(REFUSED) <= known


def test_size_and_spread():
    """The corpus holds 300 programs and no theme is a token."""
    themes: dict[str, set[str]] = {}
    for check in checks():
        themes.setdefault(check.case.theme, set()).add(check.case.name)
    assert sum(map(len, themes.values())) >= 300
    assert min(map(len, themes.values())) >= 20


def test_ids_are_unique():
    ids = [check.id for check in checks()]
    assert len(ids) == len(set(ids))
