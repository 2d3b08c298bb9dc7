"""Jacobians and Hessians against differences; how often each sweep runs."""

from __future__ import annotations

import math

import numpy as np
import pytest

import s2sad
from s2sad.errors import KindError, WrtError

X = np.array([0.3, -0.7, 1.2])
A = np.array([[0.5, 0.2, -0.4], [0.1, 0.9, 0.3]])


def model(x, a):
    y = np.tanh(a @ x)
    return y * y, np.sum(x**3)


def many(x):
    return np.outer(np.sin(x), np.cos(x)) @ np.outer(x, x)


def bowl(x, a):
    y = a @ x
    s = 0.0
    for k in range(len(y)):
        s = s + math.exp(0.1 * y[k]) * y[k] ** 2
    return s


def differences(f, x, h=1e-6):
    columns = []
    for k in range(x.size):
        step = np.zeros(x.size)
        step[k] = h
        step = step.reshape(x.shape)
        columns.append((f(x + step) - f(x - step)) / (2 * h))
    return np.stack(columns, -1).reshape(*np.shape(columns[0]), *x.shape)


@pytest.mark.parametrize("mode", [None, "forward", "reverse"])
def test_jacobian(mode):
    found = s2sad.jacobian(many, mode=mode)(X)
    assert found.shape == (3, 3, 3)
    np.testing.assert_allclose(found, differences(many, X), atol=1e-8)


@pytest.mark.parametrize("mode", [None, "forward", "reverse"])
def test_of_several_results_in_several_arguments(mode):
    value, found = s2sad.value_and_jacobian(model, wrt=("x", "a"), mode=mode)(X, A)
    np.testing.assert_allclose(value[0], model(X, A)[0])
    for k in (0, 1):
        by_x = differences(lambda x, k=k: np.asarray(model(x, A)[k]), X)
        by_a = differences(lambda a, k=k: np.asarray(model(X, a)[k]), A)
        np.testing.assert_allclose(found[k][0], by_x, atol=1e-8)
        np.testing.assert_allclose(found[k][1], by_a, atol=1e-8)


def test_forward_sweep_once(monkeypatch):
    """100 results backwards: the forward half runs once, the reverse half 100 times."""
    from s2sad import jacobians

    runs = {"forward": 0, "reverse": 0}
    real = jacobians.pair

    def counted(*args):
        forward, reverse, reusable = real(*args)

        def run_forward(*a):
            runs["forward"] += 1
            return forward(*a)

        def run_reverse(*a):
            runs["reverse"] += 1
            return reverse(*a)

        return run_forward, run_reverse, reusable

    monkeypatch.setattr(jacobians, "pair", counted)
    w = np.random.default_rng(0).normal(size=(100, 120))
    found = s2sad.jacobian(lambda x: np.tanh(w @ x))(np.ones(120) * 0.01)
    want = (1 - np.tanh(w @ np.ones(120) * 0.01) ** 2)[:, None] * w
    np.testing.assert_allclose(found, want)
    assert runs == {"forward": 1, "reverse": 100}


def test_hessian():
    found = s2sad.hessian(bowl)(X, A)
    np.testing.assert_allclose(found, found.T, rtol=1e-12)
    want = differences(lambda x: s2sad.grad(bowl)(x, A), X)
    np.testing.assert_allclose(found, want, atol=1e-7)
    blocks = s2sad.hessian(bowl, wrt=("x", "a"))(X, A)
    np.testing.assert_allclose(blocks[0][0], found)
    np.testing.assert_allclose(
        blocks[0][1], np.moveaxis(blocks[1][0], -1, 0), rtol=1e-12
    )


def test_hvp():
    v = np.array([1.0, -2.0, 0.5])
    want = s2sad.hessian(bowl)(X, A) @ v
    np.testing.assert_allclose(s2sad.hvp(bowl)(X, v, A), want)
    other = s2sad.hvp(bowl, wrt="a")(A, np.ones((2, 3)), X)
    blocks = s2sad.hessian(bowl, wrt="a")(X, A)
    np.testing.assert_allclose(other, np.sum(blocks, (2, 3)))
    with pytest.raises(KindError):
        s2sad.hvp(bowl)(X, np.ones(2), A)


def test_derivative():
    assert s2sad.derivative(lambda x: x**3)(2.0) == 12.0
    x = np.linspace(-1.0, 1.0, 5)
    slope = s2sad.derivative(lambda x: np.sin(x) * x)
    np.testing.assert_allclose(slope(x), np.cos(x) * x + np.sin(x))
    curve = s2sad.derivative(slope)
    np.testing.assert_allclose(curve(x), 2 * np.cos(x) - np.sin(x) * x)

    @s2sad.derivative
    def cube(x):
        return x * x * x

    assert cube(2.0) == 12.0


def test_what_has_no_jacobian():
    with pytest.raises(KindError, match="a list"):
        s2sad.jacobian(lambda xs: xs[0])([1.0, 2.0])
    with pytest.raises(WrtError):
        s2sad.jacobian(many, wrt=3)(X)
    with pytest.raises(WrtError):
        s2sad.jacobian(many, wrt="y")(X)
    with pytest.raises(ValueError, match="sideways"):
        s2sad.jacobian(many, mode="sideways")


def test_numbers():
    assert s2sad.jacobian(lambda x, y: x * y, wrt=(0, 1))(2.0, 3.0) == (3.0, 2.0)
    assert s2sad.hessian(lambda x: x**3)(2.0) == 12.0
    assert s2sad.jacobian(lambda x: x * x, mode="forward")(np.zeros(0)).shape == (0, 0)
