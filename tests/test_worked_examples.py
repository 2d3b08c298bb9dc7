"""The examples every text on automatic differentiation works through by hand.

`S2SAD_BLESS=1 pytest -k golden` writes what the command prints into the document.
"""

from __future__ import annotations

import importlib.util
import math

import numpy as np
import pytest
from blocks import ROOT, blocks, check_block, fenced

from s2sad import cli, grad, value_and_grad

DOCUMENT = ROOT / "docs" / "worked-examples.md"
FILE = ROOT / "docs" / "examples" / "worked.py"

spec = importlib.util.spec_from_file_location("worked_examples", FILE)
worked = importlib.util.module_from_spec(spec)
spec.loader.exec_module(worked)

REQUESTS = {
    "lecture": "--wrt x1,x2",
    "twice": "",
    "shared": "--wrt x,y",
    "wave": "",
    "product": "",
    "matrices": "--wrt X,W",
    "lookup": "",
}


# --- the numbers ------------------------------------------------------------


def test_lecture():
    value, (b1, b2) = value_and_grad(worked.lecture, wrt=(0, 1))(2.0, 5.0)
    assert round(value, 3) == 11.652
    assert b1 == 5.5
    assert round(b2, 3) == 1.716
    assert value == pytest.approx(math.log(2) + 10 - math.sin(5), rel=1e-15)
    assert b2 == pytest.approx(2 - math.cos(5), rel=1e-15)


@pytest.mark.parametrize("x", [-1.0, 0.0, 0.7])
def test_one_value_used_twice(x):
    value, b = value_and_grad(worked.twice)(x)
    e = math.exp(x)
    assert value == pytest.approx((e + 1) * e, rel=1e-15)
    assert b == pytest.approx(2 * e * e + e, rel=1e-15)


def test_a_product_and_its_exponential():
    value, (bx, by) = value_and_grad(worked.shared, wrt=("x", "y"))(1.0, 2.0)
    assert value == pytest.approx(2 + math.e**2, rel=1e-15)
    assert bx == pytest.approx(2 + 2 * math.e**2, rel=1e-15)
    assert by == pytest.approx(1 + math.e**2, rel=1e-15)


def test_wave():
    value, b = value_and_grad(worked.wave)(math.pi / 16)
    assert value == pytest.approx(math.pi / 16 - 1 / math.e, rel=1e-14)
    assert b == pytest.approx(1 + 8 / math.e, rel=1e-14)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_product_of_n_inputs(n):
    x = np.arange(1.0, n + 1.0)
    value, b = value_and_grad(worked.product)(x)
    assert value == math.factorial(n)
    np.testing.assert_allclose(b, math.factorial(n) / x, rtol=1e-15)


def test_product_with_a_zero_among_the_inputs():
    np.testing.assert_array_equal(
        grad(worked.product)(np.array([0.0, 2.0, 3.0])), [6.0, 0.0, 0.0]
    )


class Number(float):
    """A float that counts the multiplications and divisions it takes part in."""

    count = 0

    def __mul__(self, other):
        Number.count += 1
        return Number(float(self) * float(other))

    __rmul__ = __mul__

    def __truediv__(self, other):
        Number.count += 1
        return Number(float(self) / float(other))

    def __rtruediv__(self, other):
        Number.count += 1
        return Number(float(other) / float(self))

    def __pow__(self, other):
        raise AssertionError("a power, which counts as many multiplications")


class Numbers(np.ndarray):
    """An array whose elements count."""

    def __getitem__(self, key):
        found = super().__getitem__(key)
        return Number(found) if isinstance(found, float) else found

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if ufunc in (np.multiply, np.divide, np.power):
            Number.count += self.size
        plain = [np.asarray(i) if isinstance(i, Numbers) else i for i in inputs]
        if "out" in options:
            options["out"] = tuple(np.asarray(o) for o in options["out"])
        return getattr(ufunc, method)(*plain, **options)


def test_numbers_count():
    x = np.array([2.0, 3.0]).view(Numbers)
    Number.count = 0
    y = 1.0 * x[0] * x[1] / x[0]
    assert (float(y), Number.count) == (3.0, 3)
    x *= 2.0
    assert Number.count == 5


@pytest.mark.parametrize("n", [10, 100, 1000])
def test_the_whole_gradient_of_a_product_costs_3n_multiplications(n):
    x = np.linspace(0.99, 1.01, n)
    gradient = grad(worked.product)
    Number.count = 0
    worked.product(x.view(Numbers))
    assert Number.count == n
    Number.count = 0
    found = gradient(x.view(Numbers))
    assert n <= Number.count <= 3 * n
    np.testing.assert_allclose(np.asarray(found), np.prod(x) / x, rtol=1e-12)


def test_matrices():
    rng = np.random.default_rng(3)
    X, W, C = (rng.normal(size=shape) for shape in ((4, 3), (3, 2), (4, 2)))
    bX, bW = grad(worked.matrices, wrt=("X", "W"))(X, W, C)
    np.testing.assert_allclose(bX, C @ W.T, rtol=1e-14)
    np.testing.assert_allclose(bW, X.T @ C, rtol=1e-14)


def test_lookup():
    assert grad(worked.lookup)({"cat": 2.0, "dog": 3.0}) == {"cat": 1.0, "dog": 0.0}


# --- what the document shows ------------------------------------------------


def shown(name, form, capsys):
    """The command and what it prints, as Markdown."""
    options = " ".join(filter(None, [REQUESTS[name], "--format ssa" * (form == "ssa")]))
    command = f"docs/examples/worked.py:{name} {options}".strip()
    assert cli.main([f"{FILE}:{name}", *options.split(), "--color", "never"]) == 0
    printed = capsys.readouterr().out
    language = "text" if form == "ssa" else "python"
    return fenced(f"$ s2sad {command}", "console") + "\n" + fenced(printed, language)


@pytest.mark.parametrize("form", ["ssa", "adjoint"])
@pytest.mark.parametrize("name", REQUESTS)
def test_golden_document_shows_what_the_command_prints(name, form, capsys):
    check_block(DOCUMENT, f"{form}:{name}", shown(name, form, capsys))


def test_document_has_no_other_blocks():
    every = {f"{form}:{name}" for name in REQUESTS for form in ("ssa", "adjoint")}
    assert set(blocks(DOCUMENT)) == every


def test_document_shows_every_function_as_it_is():
    source, text = FILE.read_text(encoding="utf-8"), DOCUMENT.read_text("utf-8")
    for function in source.split("\n\n\n")[1:]:
        assert function.strip() in text
