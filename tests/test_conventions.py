"""What a gradient is, and what it is where a function is not smooth.

Every row of the table in docs/conventions.md is a test; so is every sentence.
"""

from __future__ import annotations

import ast
import importlib.util
import re

import numpy as np
import pytest
from blocks import ROOT
from oracle import assert_same_bits

from s2sad import errors, grad, jvp, value_and_grad

TEXT = (ROOT / "docs" / "conventions.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(.+?)` \| `(.+?)` \| `(.+?)` \|", re.MULTILINE)
ROWS = ROW.findall(TEXT)


def number_or_array(text):
    value = ast.literal_eval(text.replace("inf", "1e999"))
    return np.array(value) if isinstance(value, list) else np.float64(value)


@pytest.fixture
def define(tmp_path):
    """A function of a file, as a user has it."""

    def made(text):
        path = tmp_path / "given.py"
        path.write_text(f"import math\n\nimport numpy as np\n\n\n{text}\n")
        spec = importlib.util.spec_from_file_location("given", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.f

    return made


def test_table_is_read():
    assert len(ROWS) >= 25
    assert len(ROWS) == len(re.findall(r"^\| `", TEXT, re.MULTILINE))


@pytest.mark.parametrize(("expression", "at", "gradient"), ROWS)
def test_row(define, expression, at, gradient):
    f = define(f"def f(x):\n    return {expression}")
    with np.errstate(all="ignore"):
        found = grad(f)(number_or_array(at))
    np.testing.assert_array_equal(found, number_or_array(gradient))


@pytest.mark.parametrize(("expression", "at", "gradient"), ROWS)
def test_row_in_forward_mode(define, expression, at, gradient):
    """Along each axis, the tangent is that entry of the gradient."""
    f, x = define(f"def f(x):\n    return {expression}"), number_or_array(at)
    want = number_or_array(gradient)
    for k in range(np.size(x)):
        axis = np.zeros_like(x)
        axis.reshape(-1)[k] = 1.0
        with np.errstate(all="ignore"):
            _, tangent = jvp(f, (x,), (axis if np.ndim(x) else 1.0,))
        np.testing.assert_array_equal(tangent, np.reshape(want, -1)[k])


# --- results ----------------------------------------------------------------


def total(x):
    return np.sum(x * x)


def square(x):
    return x * x


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (0,), (2, 0)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shape_and_dtype_are_the_argument_s(shape, dtype):
    x = np.full(shape, 1.5, dtype)
    found = grad(total)(x)
    assert np.shape(found) == shape
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, 2 * x)


def polynomial(parts):
    return parts[0] * parts[1] * parts[1]


@pytest.mark.parametrize("kind", [tuple, list])
def test_structure_is_the_argument_s(kind):
    found = grad(polynomial)(kind([2.0, 3.0]))
    assert type(found) is kind
    assert list(found) == [9.0, 12.0]


def cat(pets):
    return pets["cat"] ** 2


def test_dictionary():
    assert grad(cat)({"cat": 1.5, "dog": 1.0}) == {"cat": 3.0, "dog": 0.0}


def test_integers_in_a_structure_get_none():
    assert grad(cat)({"cat": 1.5, "legs": 4, "tame": True, "name": "Tom"}) == {
        "cat": 3.0,
        "legs": None,
        "tame": None,
        "name": None,
    }


@pytest.mark.parametrize("x", [3, True, np.int64(3), np.uint8(3), np.bool_(True)])
def test_an_integer_number_is_differentiated_as_a_float(x):
    found = grad(square)(x)
    assert isinstance(found, (float, np.floating))
    assert found == 2.0 * x


@pytest.mark.parametrize("dtype", [int, np.uint8, bool])
def test_an_integer_array_is_an_error(dtype):
    with pytest.raises(errors.DtypeError):
        grad(total)(np.array([1, 0, 1], dtype))


def unused(x, y):
    return y * y


@pytest.mark.parametrize("x", [1.0, np.ones(3), np.ones((2, 2), np.float32)])
def test_an_argument_that_does_not_matter_has_gradient_zero(x):
    found = grad(unused)(x, 3.0)
    assert np.shape(found) == np.shape(x)
    assert np.asarray(found).dtype == np.asarray(x).dtype
    assert np.all(np.equal(found, 0.0))


def rounded(x):
    return np.floor(x) + np.round(x)


def test_a_result_that_does_not_vary_has_gradient_zero():
    assert grad(rounded)(1.3) == 0.0


@pytest.mark.parametrize("x", [3.0, np.float64(3.0), np.array(3.0), np.array([3.0])])
def test_a_result_of_one_element_will_do(x):
    found = grad(square)(x)
    assert np.shape(found) == np.shape(x)
    assert found == 6.0


@pytest.mark.parametrize("shape", [(3,), (2, 2), (0,)])
def test_any_other_result_is_an_error_that_names_the_shape(shape):
    with pytest.raises(errors.ResultError, match=re.escape(str(shape))):
        grad(square)(np.ones(shape))


def in_place(x, y):
    x[0] = x[1] * y[0]
    y[:] = x
    return np.sum(x * y)


@pytest.mark.parametrize("derive", [grad, value_and_grad])
def test_arguments_hold_what_they_held(derive):
    args = (np.array([0.3, 0.8, -0.4]), np.array([1.0, 2.0, 3.0]))
    before = tuple(a.copy() for a in args)
    derive(in_place, wrt=("x", "y"))(*args)
    assert_same_bits(args, before)


def itself(x):
    return np.sum(x)


def weighted(x, w):
    return np.sum(x * w)


def test_the_gradient_shares_no_memory_with_an_argument():
    x, w = np.ones(3), np.arange(3.0)
    assert not np.shares_memory(grad(itself)(x), x)
    bx, bw = grad(weighted, wrt=(0, 1))(x, w)
    assert not any(np.shares_memory(b, a) for b in (bx, bw) for a in (x, w))
    assert not np.shares_memory(bx, bw)


def imaginary(x):
    return np.sum(np.exp(1j * x).real)


def test_complex_values_inside():
    x = np.array([0.3, 0.8])
    np.testing.assert_allclose(grad(imaginary)(x), -np.sin(x), rtol=1e-15)


def complex_result(x):
    return np.exp(1j * x)


def boolean_result(x):
    return x > 0.0


@pytest.mark.parametrize("f", [complex_result, boolean_result])
def test_a_complex_or_boolean_result_is_an_error(f):
    with pytest.raises(errors.ResultError):
        grad(f)(0.7)


def test_a_complex_argument_with_a_complex_result_is_an_error():
    with pytest.raises(errors.S2sadError):
        grad(square)(1.0 + 2.0j)


def busy(x):
    y = x.copy()
    for i in range(1, len(x)):
        y[i] += np.sin(y[i - 1]) * x[i]
    return np.sum(y * np.exp(-y))


def test_same_inputs_same_bits():
    x = np.linspace(-1.0, 2.0, 17)
    derivative = grad(busy)
    first = derivative(x)
    assert_same_bits(derivative(x), first)
    assert_same_bits(grad(busy)(x), first)


def guarded(x):
    return x if x > 0.0 else -x


def largest(x):
    return max(x, 1.0) + min(1.0, x)


def test_python_s_own_branches_are_those_that_python_takes():
    assert grad(guarded)(0.0) == -1.0
    assert grad(largest)(1.0) == 1.0  # max gives x, the first of equals; min gives 1.0
