"""`jvp` and `vjp`: structures, changed arguments, many calls, what is refused."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from oracle import reference_gradient

import s2sad
from s2sad.errors import KindError

X = np.array([0.3, -0.7, 1.2])
A = np.array([[0.5, 0.2, -0.4], [0.1, 0.9, 0.3]])


def several(x, a):
    y = a @ x
    return np.tanh(y), [np.sum(x * x), 3], x[0]


def in_place(c, a, b, alpha):
    c[:] += alpha * a @ b


def whole_in_place(c, a, b, alpha):
    c += alpha * a @ b


def both_change(x, y):
    x *= 2.0
    y[1:] = x[:-1] * y[:-1]


def returns_and_changes(x):
    x[0] = x[1] * x[1]
    return np.sum(x)


def steps(x, n=3, *, rate=0.1):
    u = x.copy()
    for _ in range(n):
        u[1:-1] += rate * (u[:-2] - 2.0 * u[1:-1] + u[2:]) * u[1:-1]
    return np.sum(u * u)


def test_results_in_their_structure():
    value, tangent = s2sad.jvp(several, (X, A), (np.ones(3), None))
    assert type(value) is tuple and type(tangent) is tuple
    assert type(tangent[1]) is list and tangent[1][1] == 0.0
    np.testing.assert_allclose(tangent[0], (1 - np.tanh(A @ X) ** 2) * A.sum(1))
    np.testing.assert_allclose(tangent[1][0], 2 * X.sum())
    assert tangent[2] == 1.0


def test_pullback_of_a_structure():
    value, pullback = s2sad.vjp(several, X, A)
    c = (np.array([1.0, -2.0]), [0.5, 0], 2.0)
    for _ in range(2):
        bx, ba = pullback(c)
        slope = (1 - np.tanh(A @ X) ** 2) * c[0]
        np.testing.assert_allclose(bx, A.T @ slope + 0.5 * 2 * X + [2.0, 0, 0])
        np.testing.assert_allclose(ba, np.outer(slope, X))
    assert value[1] == [np.sum(X * X), 3]


@pytest.mark.parametrize("f", [in_place, whole_in_place])
def test_changed_arguments_are_results(f):
    c, a, b = (np.random.default_rng(k).normal(size=(2, 2)) for k in range(3))
    kept = c.copy()
    value, tangent = s2sad.jvp(f, (c, a, b, 2.0), (np.ones((2, 2)), None, None, 1.0))
    np.testing.assert_allclose(value, c + 2.0 * a @ b)
    np.testing.assert_allclose(tangent, 1.0 + a @ b)
    value, pullback = s2sad.vjp(f, c, a, b, 2.0)
    bc, ba, bb, balpha = pullback(np.ones((2, 2)))
    np.testing.assert_allclose(bc, np.ones((2, 2)))
    np.testing.assert_allclose(ba, 2.0 * np.ones((2, 2)) @ b.T)
    np.testing.assert_allclose(bb, 2.0 * a.T @ np.ones((2, 2)))
    np.testing.assert_allclose(balpha, np.sum(a @ b))
    np.testing.assert_array_equal(c, kept)


def test_two_arguments_change():
    y = np.array([4.0, 5.0, 6.0])
    value, tangent = s2sad.jvp(both_change, (X, y), (X, y))
    np.testing.assert_allclose(value[0], 2 * X)
    np.testing.assert_allclose(value[1], [4.0, 2 * X[0] * 4.0, 2 * X[1] * 5.0])
    np.testing.assert_allclose(tangent[1], [4.0, *(2 * value[1][1:])])


def test_what_is_returned_is_the_value_otherwise():
    value, pullback = s2sad.vjp(returns_and_changes, X)
    assert np.isclose(value, X[1] ** 2 + X[1] + X[2])
    np.testing.assert_allclose(pullback(1.0)[0], [0.0, 2 * X[1] + 1, 1.0])


def test_pullback_outlives_changes():
    """Neither what the caller does to arguments and value, nor a call, matters."""
    x = np.linspace(0.0, 1.0, 6)
    want = reference_gradient(steps, (x.copy(),), 0)
    _, pullback = s2sad.vjp(steps, x)
    x[:] = 7.0
    for scale in (1.0, 3.0, 1.0):
        np.testing.assert_allclose(pullback(scale)[0], scale * want, rtol=1e-7)


def test_several_directions_in_one_sweep():
    rows = [(np.eye(3)[k], None) for k in range(3)]
    _, *tangents = s2sad.jvp(several, (X, A), *rows)
    for row, tangent in zip(rows, tangents, strict=True):
        _, one = s2sad.jvp(several, (X, A), row)
        np.testing.assert_allclose(tangent[0], one[0])
    text = s2sad.products.pushforward(several, ("x",), (X, A), 3).__source__
    assert text.count("np.tanh") == 1 and text.count("a @ x") == 1


def test_integers_and_nothing():
    _, pullback = s2sad.vjp(steps, X, 2)
    assert pullback(1.0)[1] is None
    with pytest.raises(KindError, match="no argument holds a float"):
        s2sad.vjp(several, [1, 2])
    with pytest.raises(KindError, match="n has no derivative"):
        s2sad.jvp(lambda x, n: x, (1.0, "a"), (1.0, 1.0))


@pytest.mark.parametrize(
    ("tangents", "error"),
    [((np.ones(2), None), KindError), ((None, None), TypeError), ((X,), TypeError)],
)
def test_tangents_must_fit(tangents, error):
    with pytest.raises(error):
        s2sad.jvp(several, (X, A), tangents)


def test_cotangents_must_fit():
    _, pullback = s2sad.vjp(several, X, A)
    with pytest.raises(KindError, match="the cotangent"):
        pullback((np.ones(3), [0.5, 0], 2.0))


def test_single_precision_stays():
    x = X.astype(np.float32)
    _, tangent = s2sad.jvp(lambda v: np.sin(v) * v, (x,), (np.ones(3),))
    assert tangent.dtype == np.float32
    _, pullback = s2sad.vjp(steps, x)
    assert pullback(1.0)[0].dtype == np.float32


def test_the_texts_can_be_read():
    text = s2sad.source(steps, mode="forward", with_value=True)
    assert text.startswith("import numpy as np")
    assert "def jvp_steps_dx(x, n=3, *, rate=0.1, dx):" in text
    pair = s2sad.source(steps, mode="vjp")
    assert "def steps_forward(x, n=3, *, rate=0.1):" in pair
    assert "def steps_reverse(saved, by" in pair
    d = s2sad.derivative(lambda x: x * x)
    assert inspect.getsource(d).startswith("def dlambda(x, *, dx=1.0):")
