"""The compiled tier: its loops, run as Python and by Numba, against the NumPy tier.

Most checks run the loops as plain Python, which takes no time to compile and looks at
every index. Numba compiles a handful here; tests/benchmarks/compiled.py has it compile
every program.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import warnings

import numpy as np
import pytest
from corpus.judge import _assert_apart
from corpus.registry import checks
from oracle import assert_close, assert_same_bits, precision
from test_programs import CHECKS

import s2sad
from s2sad import pipeline
from s2sad.check.structure import flatten
from s2sad.compiled.tier import Compiled
from s2sad.errors import CompileError, S2sadError
from s2sad.frontend.source import from_function


def interpreted(f, wrt, plain):
    """The derivative by its loops, as Python runs them."""
    derive = functools.partial(pipeline.derive, wrt=wrt)
    return Compiled(plain, from_function(f), derive, jit=False)


@contextlib.contextmanager
def quiet():
    """Neither tier stops for what is infinite on the way."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


@pytest.mark.parametrize("check", [*checks(), *CHECKS], ids=lambda check: check.id)
def test_loops_are_the_same(check):
    """Loops give what the NumPy tier gives, which test_corpus holds to the oracle."""
    args = check.case.args(check.point)
    try:
        plain = s2sad.grad(check.case.f, wrt=check.argnum)
        with quiet():
            expected = plain(*copy.deepcopy(args))
    except S2sadError:
        pytest.skip("refused by the NumPy tier")
    if not np.all(np.isfinite(flatten(expected))):
        pytest.skip("not finite in the NumPy tier")
    try:
        with quiet():
            found = interpreted(check.case.f, check.argnum, plain)(*args)
    except CompileError as refusal:
        pytest.skip(refusal.message)
    single = precision(args)
    assert_close(found, expected, max(1e-9, single if single > 1e-5 else 0))
    assert_same_bits(args, check.case.args(check.point), "arguments after the call")
    _assert_apart(found, args)
