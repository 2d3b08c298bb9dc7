"""The oracles against hand-made derivatives, and against each other."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import oracle
import pytest
from corpus.registry import checks, load
from oracle import (
    OraclesDisagree,
    assert_close,
    assert_same_bits,
    reference_gradient,
    routes,
)

from s2sad.check import complexstep, differences, dual, dualnumber
from s2sad.check.structure import NotCovered, flatten

ROUTES = {
    "complexstep": complexstep.gradient,
    "dual": dual.gradient,
    "differences": lambda *request: differences.gradient(*request).gradient,
}


def lecture(x, y):
    return np.log(x) + x * y - np.sin(y)


def cubes(x):
    return np.sum(x**3)


def scalar_loop(x, n):
    for _ in range(n):
        x = x * x
    return x


def matrix_trace(a, b):
    return np.trace(a @ b)


A = np.array([[1.0, 2.0], [3.0, 4.0]])
B = np.array([[0.5, -1.0], [2.0, 0.3]])

KNOWN = [
    (lecture, (2.0, 5.0), 0, 5.5),
    (lecture, (2.0, 5.0), 1, 2.0 - math.cos(5.0)),
    (cubes, (A,), 0, 3.0 * A**2),
    (scalar_loop, (1.1, 3), 0, 8.0 * 1.1**7),
    (matrix_trace, (A, B), 0, B.T),
    (matrix_trace, (A, B), 1, A.T),
    (lambda d: d["a"] * d["b"][0], ({"a": 2.0, "b": [3.0, 1]},), 0, None),
]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(("f", "args", "argnum", "expected"), KNOWN[:-1])
def test_known_derivative(route, f, args, argnum, expected):
    assert_close(ROUTES[route](f, args, argnum), expected, rtol=1e-9)


@pytest.mark.parametrize("route", ROUTES)
def test_gradient_has_the_structure_of_the_argument(route):
    f, args, argnum, _ = KNOWN[-1]
    found = ROUTES[route](f, args, argnum)
    assert_close(found, {"a": 3.0, "b": [2.0, None]}, rtol=1e-9)


@pytest.mark.parametrize("route", ROUTES)
def test_arguments_are_not_changed(route):
    def spoils(x, items):
        items.append(x[0])
        x *= 2.0
        return x[0] * items[-1]

    x, items = np.array([3.0]), [1.0]
    assert_close(ROUTES[route](spoils, (x, items), 0), np.array([12.0]), 1e-9)
    assert x[0] == 3.0
    assert items == [1.0]


def test_differences_step_over_a_near_kink():
    estimate = differences.gradient(lambda x: abs(x - 1.001) + x * x, (1.0,))
    assert estimate.gradient == pytest.approx(1.0, abs=1e-8)


def test_differences_stay_inside_the_domain():
    estimate = differences.gradient(lambda x: math.sqrt(x) * x, (1e-3,))
    assert estimate.gradient == pytest.approx(1.5 * math.sqrt(1e-3), rel=1e-7)


def test_differences_report_their_error():
    good = differences.gradient(math.sin, (1.0,))
    assert abs(good.gradient - math.cos(1.0)) <= 100 * good.error + 1e-13
    jump = differences.gradient(lambda x: 1.0 if x > 0.3 else 0.0, (0.3,))
    assert jump.error > 1.0


def test_complex_step_refuses_what_is_not_analytic():
    for f in (abs, np.abs, lambda x: np.std(np.array([x, 1.0]))):
        with pytest.raises(NotCovered, match="not analytic"):
            complexstep.gradient(f, (-2.0,))
    with pytest.raises(NotCovered):
        complexstep.gradient(math.sin, (1.0,))


def test_complex_step_refuses_a_lost_imaginary_part():
    def stores(x):
        y = np.zeros(2)
        y[:] = x
        return y @ y

    with pytest.raises(NotCovered, match="imaginary"):
        complexstep.gradient(stores, (np.array([1.0, 2.0]),))


def test_dual_direction():
    value, slope = dual.run_dual(cubes, (A,), 0, B)
    assert value == cubes(A)
    assert slope == pytest.approx(np.sum(3.0 * A**2 * B))


@pytest.mark.parametrize("name", sorted(dualnumber.UNARY))
def test_dual_unary_rule(name):
    value, slope = dualnumber.UNARY[name]
    x = 1.3 if name == "arccosh" else 0.3
    found = slope(x, value(x))
    assert found == pytest.approx(differences.gradient(value, (x,)).gradient, rel=1e-8)


@pytest.mark.parametrize("name", sorted(dualnumber.BINARY))
def test_dual_binary_rule(name):
    value, *slopes = dualnumber.BINARY[name]
    for argnum, slope in enumerate(slopes):
        expected = differences.gradient(value, (2.3, 0.7), argnum).gradient
        assert slope(2.3, 0.7) == pytest.approx(expected, rel=1e-8, abs=1e-12)


def test_dual_refuses_casts_and_library_routines():
    for f in (lambda x: np.linalg.det(x * A), lambda x: x.astype(np.float64)[0, 0]):
        with pytest.raises(NotCovered):
            dual.gradient(f, (A,))


def test_dual_leaves_the_users_module_alone():
    before = dict(globals())
    dual.gradient(lecture, (2.0, 5.0))
    assert globals()["np"] is np
    assert before.keys() == globals().keys()


@dataclass
class Pair:
    a: float
    b: np.ndarray

    def product(self):
        return self.a * np.sum(self.b)


def test_dual_runs_methods_of_the_users_classes():
    def f(pair, x):
        made = Pair(math.exp(x), pair.b)
        return made.product() * pair.product()

    pair = Pair(2.0, np.array([1.0, 2.0]))
    found = reference_gradient(f, (pair, 0.5), 0)
    e = math.exp(0.5)
    assert_close(found, Pair(9.0 * e, np.full(2, 12.0 * e)), 1e-9)
    assert set(routes(f, (pair, 0.5), 1)) == {"dual"}


def test_float32_gradient_is_float32():
    found = reference_gradient(cubes, (A.astype(np.float32),), 0)
    assert found.dtype == np.float32
    assert_close(found, (3.0 * A**2).astype(np.float32))


def test_disagreement_is_an_error(monkeypatch):
    monkeypatch.setattr(oracle.dual, "gradient", lambda *request: 1.0001)
    with pytest.raises(OraclesDisagree):
        reference_gradient(lambda x: x, (2.0,), 0)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1.0, np.array([1.0])),
        (np.ones(2), np.ones((2, 1))),
        (np.ones(2), np.ones(2, dtype=np.float32)),
        ([1.0], (1.0,)),
        ({"a": 1.0}, {"b": 1.0}),
        (None, 0.0),
        (0, 0.0),
        (math.nan, 1.0),
        (np.array([1.0, 1e-3]), np.array([1.0, 1.001e-3])),
    ],
)
def test_assert_close_refuses(actual, expected):
    with pytest.raises(AssertionError):
        assert_close(actual, expected)


def test_assert_same_bits_sees_the_sign_of_zero():
    assert_same_bits([np.array([0.0, math.nan])], [np.array([0.0, math.nan])])
    with pytest.raises(AssertionError):
        assert_same_bits(np.array([0.0]), np.array([-0.0]))


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.id)
def test_corpus_has_a_reference(check):
    args = check.case.args(check.point)
    found = reference_gradient(check.case.f, args, check.argnum)
    assert np.all(np.isfinite(flatten(found)))
    assert_same_bits(args, check.case.args(check.point), "arguments")


@pytest.mark.parametrize("case", load(), ids=lambda case: case.name)
def test_corpus_is_deterministic(case):
    for point in range(len(case.points)):
        first, second = (case.f(*case.args(point)) for _ in range(2))
        assert np.size(first) == 1
        assert_same_bits(first, second)


def test_nearly_every_check_has_two_routes():
    alone = {
        check.id
        for check in checks()
        if not routes(check.case.f, check.case.args(check.point), check.argnum)
    }
    assert len(alone) <= 5, alone
