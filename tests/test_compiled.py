"""The compiled tier: its loops, run as Python and by Numba, against the NumPy tier.

Most checks run the loops as plain Python, which takes no time to compile and looks at
every index. Numba compiles a handful here; tests/benchmarks/compiled.py has it compile
every program.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
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
from s2sad.cli import main
from s2sad.compiled.tier import Compiled, lowered
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


# -- what Numba makes of them --------------------------------------------------------


def smooth(x, steps, rate):
    """A stencil in place, a sum, and a loop whose length is an argument."""
    y = x.copy()
    for _ in range(steps):
        y[1:-1] += rate * (y[:-2] - 2.0 * y[1:-1] + y[2:])
    return np.sum(y * y)


SCALE = 3.0
WEIGHTS = np.array([1.0, 2.0, 3.0])


def weighted(x):
    return SCALE * np.sum(WEIGHTS * np.tanh(x))


def spread_out(x, y):
    """Which axes are of length 1 only a call can tell."""
    return np.sum(x * y)


def sliced(x, k):
    return np.sum(x[:k] * x)


def unusual(x):
    return np.sum(np.einsum("i,j->ij", x, x))


@pytest.fixture
def numba():
    return pytest.importorskip("numba")


def test_compiled_gradient(numba):
    x = np.linspace(0.0, 1.0, 9)
    df = s2sad.value_and_grad(smooth, wrt=("x", "rate"), compile="numba")
    value, gradient = df(x, 3, rate=0.1)
    expected, by_numpy = s2sad.value_and_grad(smooth, wrt=("x", "rate"))(x, 3, 0.1)
    np.testing.assert_allclose(value, expected, rtol=1e-13)
    assert_close(gradient, by_numpy, 1e-12)
    assert "for i in range(n - 2):" in df.__source__
    # zero trips, and a version for each combination of kinds
    assert_close(df(x, 0, 0.1)[1], (2.0 * x, 0.0), 1e-12)
    assert len(df.sources) == 1
    single = df(x.astype(np.float32), 3, 0.1)[1][0]
    assert single.dtype == np.float32
    assert len(df.sources) == 2


def test_seed_and_keywords(numba):
    df = s2sad.grad(spread_out, compile="numba")
    x = np.arange(3.0)
    name = list(inspect.signature(df).parameters)[-1]
    assert_close(df(y=x, x=x, **{name: 2.0}), 2.0 * x, 1e-12)


def test_globals_are_read_at_each_call(numba, monkeypatch):
    df = s2sad.grad(weighted, compile="numba")
    x = np.array([0.1, 0.2, 0.3])
    for scale in (3.0, 5.0):
        monkeypatch.setitem(weighted.__globals__, "SCALE", scale)
        assert_close(df(x), scale * WEIGHTS / np.cosh(x) ** 2, 1e-12)
    monkeypatch.setitem(weighted.__globals__, "WEIGHTS", -WEIGHTS)
    assert_close(df(x), -5.0 * np.abs(WEIGHTS) / np.cosh(x) ** 2, 1e-12)


def test_what_only_the_numpy_tier_can(numba):
    """An axis that turns out to be of length 1 is spread all the same."""
    x = np.array([1.0, 2.0, 3.0])
    df = s2sad.grad(sliced, compile="numba")
    assert_close(df(x, 3), s2sad.grad(sliced)(x, 3), 1e-12)
    assert_close(df(x, 1), s2sad.grad(sliced)(x, 1), 1e-12)
    with pytest.raises(ValueError, match="broadcast"):
        df(x, 2)


def test_specialize_and_like(numba):
    x = np.ones(4)
    df = s2sad.grad(spread_out, like=(x, x[:1]), compile="numba")
    assert len(df.sources) == 1
    assert_close(df(x, np.array([2.0])), 2.0 * x, 1e-12)
    assert df.specialize(x, x) is df
    assert len(df.sources) == 2
    inner = df.function_for(x, x)
    outer = numba.njit(lambda a, b: inner(a, b, 1.0) + 1.0)
    assert_close(outer(x, 2.0 * x), 2.0 * x + 1.0, 1e-12)


def test_refusals_name_the_line(numba):
    with pytest.raises(CompileError) as refusal:
        s2sad.grad(unusual, compile="numba")(np.ones(3))
    assert "einsum" in refusal.value.excerpt
    with pytest.raises(CompileError, match="a list"):
        s2sad.grad(spread_out, compile="numba")([1.0, 2.0], np.ones(2))
    with pytest.raises(S2sadError, match="fortran"):
        s2sad.grad(spread_out, compile="fortran")


def test_derivative_of_a_compiled_one(numba):
    def cube(x):
        return x**3

    df = s2sad.grad(cube, compile="numba")
    assert_close((df(2.0), s2sad.grad(df)(2.0)), (12.0, 12.0), 1e-12)
    with pytest.raises(CompileError, match="0 axes"):
        df(np.array(2.0))


def test_shared_memory_is_refused(numba):
    def shift(x, y):
        y[0] = x[1]
        return np.sum(x * y)

    x = np.arange(4.0)
    df = s2sad.grad(shift, compile="numba")
    with pytest.raises(S2sadError, match="shares memory"):
        df(x, x)


def test_text_needs_no_numba():
    made = lowered(smooth, (np.ones(5), 2, 0.1))
    assert made.module.text.startswith("import numba\n")
    assert "@numba.njit" in made.module.text
    assert "for" in made.ssa


def test_command_line(capsys, tmp_path):
    path = tmp_path / "m.py"
    path.write_text("def f(x):\n    return (x * x).sum()\n")
    arguments = [f"{path}:f", "--compile", "numba", "--at", "np.ones(3)"]
    assert main(arguments) == 0
    assert "for i in range(n):" in capsys.readouterr().out
    assert main([*arguments, "--format", "ssa"]) == 0
    assert main([*arguments, "--mode", "forward"]) == 2
