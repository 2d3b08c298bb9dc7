"""Rules that users add: checked when they are added, used as the project's own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import KeywordError, NoRuleError, RuleError, UnsupportedError
from s2sad.rules import load, registry


class Compiled:
    """What a C extension or a compiler gives: callable, and without source."""

    __module__ = __name__

    def __init__(self, name: str, function: Any) -> None:
        self.__name__ = self.__qualname__ = name
        self.function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


softplus = Compiled("softplus", lambda x: np.logaddexp(0.0, x))
scale_rows = Compiled("scale_rows", lambda a, w: a * np.asarray(w)[:, None])
level = Compiled("level", lambda x: np.floor(3.0 * x))


def python_sum(x):
    total = 0.0
    for k in range(len(x)):
        total += x[k] * x[k]
    return total


def loss(x):
    return np.sum(softplus(x) * x)


def weighted(a, w):
    return np.sum(scale_rows(a, w) ** 2)


def stepped(x):
    return np.sum(level(x) * x)


def inside(x):
    return python_sum(x) * 2.0


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    load.everything()
    rules, own = dict(registry.RULES), dict(registry.OWN)
    refused = dict(registry.REFUSALS)
    yield
    for now, before in (
        (registry.RULES, rules),
        (registry.OWN, own),
        (registry.REFUSALS, refused),
    ):
        now.clear()
        now.update(before)  # type: ignore[attr-defined]


SAMPLES = [(0.3,), (np.array([-1.0, 2.0]),)]
X = np.array([0.4, -0.7, 1.2])


def test_elementwise():
    s2sad.elementwise(
        softplus, x="g / (1.0 + np.exp(-x))", samples=SAMPLES, signature="softplus(x)"
    )
    found = s2sad.grad(loss)(X)
    np.testing.assert_allclose(found, np.logaddexp(0.0, X) + X / (1.0 + np.exp(-X)))
    assert "softplus(x)" in s2sad.source(loss)


def test_a_wrong_rule_is_refused():
    with pytest.raises(RuleError, match="differences say") as refusal:
        s2sad.elementwise(softplus, x="g * x", samples=SAMPLES, signature="softplus(x)")
    assert "sample" in refusal.value.hint
    assert id(softplus) not in registry.OWN


def test_rule_with_a_body():
    samples = [(np.ones((2, 3)), np.array([0.5, 2.0]))]

    @s2sad.rule(scale_rows, "a", samples=samples, signature="scale_rows(a, w)")
    def scale_rows_a(g, w):
        return g * w[:, None]

    @s2sad.rule(scale_rows, "w", samples=samples)
    def scale_rows_w(g, a):
        return np.sum(g * a, 1)

    a, w = np.arange(6.0).reshape(2, 3), np.array([0.5, -1.0])
    ga, gw = s2sad.grad(weighted, wrt=("a", "w"))(a, w)
    np.testing.assert_allclose(ga, 2.0 * a * w[:, None] ** 2)
    np.testing.assert_allclose(gw, 2.0 * w * np.sum(a * a, 1))


def test_an_argument_without_a_rule_is_refused():
    samples = [(np.ones((2, 3)), np.array([0.5, 2.0]))]

    @s2sad.rule(scale_rows, "a", samples=samples, signature="scale_rows(a, w)")
    def scale_rows_a(g, w):
        return g * w[:, None]

    with pytest.raises(UnsupportedError, match="no derivative in its argument w"):
        s2sad.grad(weighted, wrt="w")


def test_a_rule_is_preferred_to_the_source():
    @s2sad.rule(python_sum, "x", samples=[(X,)], result="scalar")
    def python_sum_x(g, x):
        return 2.0 * g * x

    np.testing.assert_allclose(s2sad.grad(inside)(X), 4.0 * X)
    text = s2sad.source(inside)
    assert "for" not in text.replace("forward", "")


def test_zero_derivative():
    s2sad.zero_derivative(level, signature="level(x)")
    np.testing.assert_array_equal(s2sad.grad(stepped)(X), np.floor(3.0 * X))


def test_non_differentiable():
    s2sad.non_differentiable(python_sum, "it counts its calls")
    with pytest.raises(NoRuleError) as refusal:
        s2sad.grad(inside)
    assert refusal.value.hint == "it counts its calls"


@pytest.mark.parametrize("samples", [[], [(1,)], [()]])
def test_samples_must_check_it(samples):
    with pytest.raises(RuleError):
        s2sad.elementwise(softplus, x="g", samples=samples, signature="softplus(x)")


def test_shapes_are_checked():
    with pytest.raises(RuleError, match="shape"):

        @s2sad.rule(python_sum, "x", samples=[(X,)])
        def python_sum_x(g, x):
            return 2.0 * g * x[:1]


def test_a_function_without_a_signature():
    with pytest.raises(RuleError, match="parameters"):
        s2sad.elementwise(math.hypot, samples=SAMPLES, x="g")


def test_keywords_are_refused_as_for_any_rule():
    s2sad.elementwise(
        softplus, x="g / (1.0 + np.exp(-x))", samples=SAMPLES, signature="softplus(x)"
    )
    with pytest.raises(KeywordError):
        s2sad.grad(with_keyword)


def with_keyword(x):
    return softplus(x, order=2)
