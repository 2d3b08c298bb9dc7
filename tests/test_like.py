"""Derivatives written for the kinds and ranks of example arguments."""

import numpy as np
import pytest
from corpus.judge import Verdict
from corpus.refused import REFUSED
from corpus.registry import checks
from oracle import assert_close, precision

import s2sad
from s2sad.errors import KindError, ResultError, S2sadError


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.id)
def test_like_is_the_same(check):
    """Written for its arguments, a derivative gives what the general one gives."""
    args = check.case.args(check.point)
    if check.id in REFUSED or check.case.name in REFUSED:
        pytest.skip("the general one is refused")
    general = s2sad.grad(check.case.f, wrt=check.argnum)(*args)
    try:
        special = s2sad.grad(check.case.f, wrt=check.argnum, like=args)
        found = special(*check.case.args(check.point))
    except S2sadError as error:
        verdict = Verdict("refused", error.code, error.message)
        raise AssertionError(verdict) from error
    assert_close(found, general, max(1e-9, precision(args) if _single(args) else 0))


def _single(args) -> bool:
    return precision(args) > 1e-5


def seidel(a, n):
    a = a.copy()
    for _ in range(n):
        for i in range(1, len(a) - 1):
            a[i] = (a[i - 1] + a[i + 1]) / 2.0
    return np.sum(a * a)


def test_text_is_shorter():
    args = (np.arange(5.0), 2)
    text = s2sad.source(seidel, like=args)
    assert "unbroadcast" not in text
    assert "Written for a: float[1d], n: int." in text


def test_other_arguments_are_refused():
    derivative = s2sad.grad(seidel, like=(np.arange(5.0), 2))
    with pytest.raises(ResultError):
        derivative(np.ones((4, 3)), 2)


def scaled(x, y):
    return x * y + x


def test_numbers_and_arrays_are_told_apart():
    derivative = s2sad.grad(scaled, like=(2.0, 3.0))
    assert derivative(2.0, 4.0) == 5.0
    with pytest.raises((KindError, ResultError)):
        derivative(np.ones(3), 4.0)
