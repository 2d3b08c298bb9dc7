"""grad, value_and_grad and source as their users meet them."""

from __future__ import annotations

import inspect
import linecache
import sys
import traceback

import numpy as np
import pytest
from oracle import assert_same_bits

import s2sad
from s2sad import grad, source, value_and_grad


def square(x):
    return x * x


def loss(w, X, y, *, scale=0.5):
    residual = X @ w - y
    return scale * np.sum(residual * residual)


def power(x: float, n: int = 3):
    return x**n


def log_of(x: float):
    return np.sum(x) * math_log(x)


def math_log(x: float):
    import math

    return math.log(x)


W = np.array([0.5, -1.0])
X = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 1.0]])
Y = np.array([1.0, 0.0, 2.0])


def by_hand(scale):
    return 2 * scale * X.T @ (X @ W - Y)


# --- functions and decorators -----------------------------------------------


def test_public_names():
    for name in ("grad", "value_and_grad", "source", "stages", "S2sadError"):
        assert name in s2sad.__all__
        assert hasattr(s2sad, name)


def test_as_functions():
    assert grad(square)(3.0) == 6.0
    assert value_and_grad(square)(3.0) == (9.0, 6.0)
    assert grad(power, wrt="x")(2.0) == 12.0


def test_as_decorators():
    @grad
    def bare(x):
        return x * x

    @grad()
    def called(x):
        return x * x

    @grad(wrt="y")
    def with_option(x, y):
        return x * y * y

    @value_and_grad
    def bare_value(x):
        return x * x

    @value_and_grad(wrt=("x", 1))
    def value_with_option(x, y):
        return x * y

    assert bare(3.0) == called(3.0) == 6.0
    assert with_option(2.0, 3.0) == 12.0
    assert bare_value(3.0) == (9.0, 6.0)
    assert value_with_option(2.0, 3.0) == (6.0, (3.0, 2.0))


def product(x, y, z):
    return x * y * z


@pytest.mark.parametrize(
    ("wrt", "expected"),
    [
        (0, 15.0),
        (2, 6.0),
        (-1, 6.0),
        ("y", 10.0),
        (("x",), (15.0,)),
        (("z", "x"), (6.0, 15.0)),
        ((0, "y", -1), (15.0, 10.0, 6.0)),
        ([0, 1], (15.0, 10.0)),
    ],
)
def test_wrt(wrt, expected):
    assert grad(product, wrt=wrt)(2.0, 3.0, 5.0) == expected
    assert value_and_grad(product, wrt=wrt)(2.0, 3.0, 5.0) == (30.0, expected)


def test_keyword_calls_and_defaults():
    dloss = grad(loss)
    np.testing.assert_allclose(dloss(W, X, Y), by_hand(0.5))
    np.testing.assert_allclose(dloss(y=Y, X=X, w=W), by_hand(0.5))
    np.testing.assert_allclose(dloss(W, X, y=Y, scale=2.0), by_hand(2.0))
    assert grad(power)(2.0) == 12.0
    assert grad(power)(2.0, 2) == grad(power)(n=2, x=2.0) == 4.0
    with pytest.raises(TypeError):
        grad(power)()
    with pytest.raises(TypeError):
        grad(power)(2.0, 3, 4)


def test_wrt_an_argument_with_a_default():
    @grad(wrt="scale")
    def scaled(x: float, scale: float = 2.0):
        return x * scale * scale

    assert scaled(3.0) == 12.0
    assert scaled(3.0, scale=5.0) == 30.0


def kinds(first, /, second, *, last=1.0):
    return first * second * last


def test_positional_and_keyword_only_parameters():
    assert grad(kinds)(2.0, 3.0) == 3.0
    assert grad(kinds, wrt=("last", 0))(2.0, second=3.0, last=7.0) == (6.0, 21.0)
    with pytest.raises(TypeError):
        grad(kinds)(first=2.0, second=3.0)


def test_the_seed_is_a_keyword():
    derivative = grad(square)
    seed = list(inspect.signature(derivative).parameters)[-1]
    assert derivative(3.0, **{seed: 2.0}) == 12.0
    value, gradient = value_and_grad(square)(3.0, **{seed: 2.0})
    assert (value, gradient) == (9.0, 12.0)


# --- what kind of thing a derivative is -------------------------------------


def test_signature():
    seedless = list(inspect.signature(grad(loss)).parameters.values())[:-1]
    assert seedless == list(inspect.signature(loss).parameters.values())
    seed = list(inspect.signature(grad(loss)).parameters.values())[-1]
    assert (seed.kind, seed.default) == (inspect.Parameter.KEYWORD_ONLY, 1.0)
    power_parameters = list(inspect.signature(grad(power)).parameters.values())
    assert [p.default for p in power_parameters][:2] == [inspect.Parameter.empty, 3]


def test_it_is_a_function_and_wraps_nothing():
    derivative = grad(square)
    assert inspect.isfunction(derivative)
    assert not hasattr(derivative, "__wrapped__")
    assert derivative.__name__ == "dsquare"
    assert derivative.__qualname__ == "dsquare"
    assert derivative.__module__ == square.__module__
    assert derivative.__doc__ == "Gradient of square with respect to x."


def test_source():
    derivative = grad(square)
    assert derivative.__source__ == source(square)
    assert inspect.getsource(derivative).strip() in derivative.__source__
    assert inspect.getsource(derivative).startswith("def dsquare(x")
    assert value_and_grad(square).__source__ == source(square, with_value=True)
    assert grad(product, wrt="z").__source__ == source(product, wrt="z")


def test_the_text_runs_as_a_module():
    namespace = {}
    exec(source(loss, wrt="w"), namespace)
    np.testing.assert_allclose(namespace["dloss_dw"](W, X, Y), by_hand(0.5))


def test_linecache_and_tracebacks_show_the_text():
    derivative = grad(math_log)
    name = derivative.__code__.co_filename
    assert "".join(linecache.getlines(name)) == derivative.__source__
    try:
        value_and_grad(math_log)(-1.0)
    except ValueError as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
    assert "math.log(x)" in frame.line


def test_two_derivatives_have_two_files():
    one, two = grad(square), grad(product)
    assert one.__code__.co_filename != two.__code__.co_filename
    linecache.checkcache()
    assert "dsquare" in inspect.getsource(one)
    assert "dproduct" in inspect.getsource(two)


def test_the_user_s_module_gains_no_names():
    module = sys.modules[square.__module__]
    before = dict(vars(module))
    for f in (square, loss, product, log_of):
        derivative = grad(f)
        if f is square:
            derivative(2.0)
    assert vars(module).keys() == before.keys()


# --- names that are not arguments -------------------------------------------


def scaled_by(k):
    def scaled(x: float):
        return k * x * x

    def rebind(value):
        nonlocal k
        k = value

    return scaled, rebind


def test_closures_see_rebinding():
    scaled, rebind = scaled_by(3.0)
    derivative = grad(scaled)
    assert derivative(2.0) == 12.0
    rebind(5.0)
    assert derivative(2.0) == 20.0


FACTOR = 2.0


def with_global(x: float):
    return FACTOR * x


def test_globals_see_rebinding(monkeypatch):
    derivative = grad(with_global)
    assert derivative(1.0) == 2.0
    monkeypatch.setattr(sys.modules[__name__], "FACTOR", 7.0)
    assert derivative(1.0) == 7.0


def test_two_closures_of_one_function_do_not_mix():
    one, two = grad(scaled_by(1.0)[0]), grad(scaled_by(2.0)[0])
    assert (one(1.0), two(1.0), one(1.0)) == (2.0, 4.0, 2.0)


def test_a_lambda():
    assert grad(lambda x: x * x * x)(2.0) == 12.0


class Model:
    @staticmethod
    def square(x):
        return x * x


def test_a_static_method():
    assert grad(Model.square)(3.0) == 6.0


# --- arguments and results --------------------------------------------------


def overwrites(x, y):
    x[:] = x * y
    y[0] = 7.0
    return np.sum(x * y)


@pytest.mark.parametrize("derive", [grad, value_and_grad])
def test_the_caller_s_arrays_are_unchanged(derive):
    args = (np.array([0.3, 0.8]), np.array([1.0, 2.0]))
    before = tuple(a.copy() for a in args)
    derive(overwrites, wrt=("x", "y"))(*args)
    assert_same_bits(args, before)


def second_only(x, y):
    return np.sum(y * y)


@pytest.mark.parametrize("x", [2.0, np.ones(3), np.ones((2, 3)), np.zeros((0, 2))])
def test_an_unused_argument_has_a_gradient_of_zeros(x):
    found = grad(second_only)(x, np.ones(2))
    assert np.shape(found) == np.shape(x)
    assert not np.any(found)


def test_integer_numbers():
    assert grad(square)(3) == 6.0
    assert isinstance(grad(square)(3), float)
    assert value_and_grad(power)(2) == (8, 12.0)
    assert grad(product, wrt=(0, 1))(2, 3, 5) == (15.0, 10.0)


def test_scipy_minimizes():
    optimize = pytest.importorskip("scipy.optimize")
    found = optimize.minimize(
        value_and_grad(loss), np.zeros(2), args=(X, Y), jac=True, method="BFGS"
    )
    expected = np.linalg.lstsq(X, Y, rcond=None)[0]
    np.testing.assert_allclose(found.x, expected, rtol=1e-5)
    assert optimize.check_grad(loss, grad(loss), W, X, Y) < 1e-5


def test_the_gradient_of_a_gradient():
    assert grad(grad(square))(3.0) == 2.0
    assert grad(grad(grad(power)))(2.0) == 6.0
