"""Rules called as plain Python, and what their cotangents ought to be."""

from __future__ import annotations

import importlib
import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.check import differences
from s2sad.check.structure import flatten, is_float
from s2sad.rules.registry import RULES, Rule, lookup

lookup("len")  # loads the families

METHODS: dict[str, Callable[..., Any]] = {
    "s2sad.flatten": lambda a: a.flatten(),
    "s2sad.item": lambda a, *index: a.item(*index),
    "s2sad.tolist": lambda a: a.tolist(),
    "numpy.astype": lambda x, dtype: x.astype(dtype),
    "numpy.matrix_transpose": lambda x: np.swapaxes(x, -1, -2),
    "operator.div": lambda a, b: a / b,
    "math.prod": lambda iterable, start=1: math.prod(iterable, start=start),
}


def real_function(name: str) -> Callable[..., Any]:
    """The library function that a rule is about."""
    if name in METHODS:
        return METHODS[name]
    first, *rest = name.split(".")
    found: Any = importlib.import_module(first if rest else "builtins")
    for part in rest or [first]:
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]


def bind(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Arguments by the rule's own names."""
    bound = dict(zip(rule.parameters, args, strict=False))
    assert len(args) <= len(rule.parameters)
    assert set(kwargs) <= set(rule.parameters)
    return {**rule.defaults, **bound, **kwargs}


def weights(y: Any, seed: int = 0) -> Any:
    """A cotangent for a result: its structure, numbers of order one."""
    if isinstance(y, list | tuple):
        return [weights(v, seed + k) for k, v in enumerate(y)]
    if np.ndim(y) == 0:
        return 0.7 + 0.1 * seed
    rng = np.random.default_rng(seed + np.size(y))
    return rng.uniform(0.5, 1.5, np.shape(y)).astype(runtime.float_dtype(y))


def pairing(y: Any, g: Any) -> Any:
    """The number whose gradient in y is g."""
    if isinstance(y, list | tuple):
        return sum(pairing(v, w) for v, w in zip(y, g, strict=True))
    return np.sum(np.real(y) * g)


def cotangent(rule: Rule, wrt: str, g: Any, y: Any, bound: dict[str, Any]) -> Any:
    """What the rule says, in one argument, as the compiler would use it."""
    values = {"y": y, **bound, "g": g}
    if callable(rule.adjoints.get(wrt)):
        return call(rule.adjoints[wrt], values)
    partial = rule.adjoints.get(wrt) or rule.partials[wrt]
    if isinstance(partial, str):
        names = {n: getattr(runtime, n) for n in runtime.__all__}
        term = eval(partial, {"np": np, "math": math, **names}, values)
    else:
        term = call(partial, values)
    return runtime.unbroadcast(term, bound[wrt])


def call(function: Callable[..., Any], values: dict[str, Any]) -> Any:
    return function(*(values[n] for n in inspect.signature(function).parameters))


def expected(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], at: int
) -> tuple[Any, float]:
    """The same by differences of the library function."""
    g = weights(function(*args, **kwargs))

    def number(*moved: Any) -> Any:
        return pairing(function(*moved, **kwargs), g)

    estimate = differences.gradient(number, args, at)
    return estimate.gradient, estimate.error


def agree(found: Any, gradient: Any, error: float, like: Any) -> None:
    """Equal numbers in equal shapes."""
    conformed = runtime.match(found, like)
    got, want = flatten(conformed), flatten(gradient)
    assert got.shape == want.shape
    if isinstance(like, np.ndarray):
        assert np.shape(found) == like.shape
    scale = max(1.0, float(np.max(np.abs(want), initial=0.0)))
    np.testing.assert_allclose(got, want, rtol=0, atol=max(2e-8 * scale, 20.0 * error))


def differentiable() -> dict[str, Rule]:
    return {n: r for n, r in RULES.items() if r.differentiable}


def narrow(value: Any) -> Any:
    """The same argument in single precision."""
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        return value.astype(np.float32)
    if isinstance(value, list | tuple):
        return type(value)(narrow(v) for v in value)
    return value


def has_float(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(has_float(v) for v in value)
    return is_float(value)
