"""Every program of tests/programs, in every float argument, against the oracle."""

from __future__ import annotations

import copy
import importlib
import inspect
import pkgutil

import numpy as np
import programs
import pytest
from corpus.judge import judge
from corpus.registry import Case, Check
from oracle import assert_close, assert_same_bits
from programs.refused import BROKEN, REFUSED

import s2sad
from s2sad.check.structure import flatten

NAMES = sorted(
    module.name
    for module in pkgutil.iter_modules(programs.__path__)
    if module.name != "refused"
)


def load(name: str) -> Case:
    module = importlib.import_module(f"programs.{name}")
    args = module.data()
    names = list(inspect.signature(module.loss).parameters)
    chosen = getattr(module, "wrt", None)
    wrt = tuple(
        k
        for k, arg in enumerate(args)
        if (flatten(arg).size if chosen is None else names[k] in chosen)
    )
    return Case(name, module.loss, (args,), wrt, frozenset())


CASES = [load(name) for name in NAMES]
CHECKS = [Check(case, 0, argnum) for case in CASES for argnum in case.wrt]
PARTIAL = {listed.partition("-")[0] for listed in (*REFUSED, *BROKEN)}
WHOLE = [case for case in CASES if case.name not in PARTIAL]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_gradient(check):
    """Right against the oracle, arguments kept, and the same when called again."""
    verdict = judge(check)
    found = f"{verdict.kind} {verdict.code} {verdict.detail}"
    refused = REFUSED.get(check.id, REFUSED.get(check.case.name))
    if refused is not None:
        assert (verdict.kind, verdict.code) == ("refused", refused), found
    else:
        assert verdict.kind == BROKEN.get(check.id, "right"), found


@pytest.mark.parametrize("case", WHOLE, ids=lambda case: case.name)
def test_value_and_gradients_at_once(case):
    """One derivative in all arguments: the function's value, each one's gradient."""
    args = case.args(0)
    gradients = [s2sad.grad(case.f, wrt=k)(*args) for k in case.wrt]
    value, together = s2sad.value_and_grad(case.f, wrt=case.wrt)(*args)
    assert_same_bits(args, case.args(0), "arguments after the call")
    np.testing.assert_allclose(value, case.f(*copy.deepcopy(args)), rtol=1e-13)
    for one, alone in zip(together, gradients, strict=True):
        assert_close(one, alone, 1e-9)


def test_every_listed_refusal_is_a_check():
    known = {check.id for check in CHECKS}
    assert set(REFUSED) <= known | set(NAMES)
    assert set(BROKEN) <= known - set(REFUSED)


def test_size():
    assert len(NAMES) >= 36
