"""Every differentiable rule against differences of the function it is about."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rules import direct
from rules.rows import ROWS

from s2sad import runtime
from s2sad.rules.registry import RULES

RULED = direct.differentiable()
CASES = [
    pytest.param(name, args, kwargs, at, wrt, id=f"{name}-{wrt}-{k}")
    for name, samples in ROWS.items()
    if name in RULED
    for k, (args, kwargs) in enumerate(samples)
    for at, wrt in enumerate(RULED[name].parameters)
    if wrt in RULED[name].differentiable
    and at < len(args)
    and direct.has_float(args[at])
]


def available(name: str) -> bool:
    """A rule may be about a function that only newer versions have."""
    try:
        direct.real_function(name)
    except AttributeError:
        return False
    return True


def test_rows_name_rules() -> None:
    assert not set(ROWS) - set(RULES)


@pytest.mark.parametrize(("name", "args", "kwargs", "at", "wrt"), CASES)
def test_cotangent(
    name: str, args: tuple[Any, ...], kwargs: dict[str, Any], at: int, wrt: str
) -> None:
    if not available(name):
        pytest.skip("not in this version")
    function, rule = direct.real_function(name), RULED[name]
    bound = direct.bind(rule, args, kwargs)
    y = function(*args, **kwargs)
    found = direct.cotangent(rule, wrt, direct.weights(y), y, bound)
    agree_at = args[at]
    if name in NO_DIFFERENCES:
        want: Any = runtime.zeros_like(agree_at)
        direct.agree(found, want, 0.0, agree_at)
        return
    want, error = direct.expected(function, args, kwargs, at)
    if name == "numpy.float32":
        error = 1e-4
    direct.agree(found, want, error, agree_at)


NO_DIFFERENCES = {"numpy.angle", "numpy.imag"}  # constant for real arguments

NARROW = [c for c in CASES if any(isinstance(a, np.ndarray) for a in c.values[1])]
WIDENS = {
    *("numpy.float64", "numpy.longdouble", "numpy.float_power", "numpy.astype"),
    *("numpy.full_like", "numpy.arange", "numpy.linspace", "numpy.full"),
}


@pytest.mark.parametrize(("name", "args", "kwargs", "at", "wrt"), NARROW)
def test_single_precision_stays(
    name: str, args: tuple[Any, ...], kwargs: dict[str, Any], at: int, wrt: str
) -> None:
    """Cotangents of float32 are float32, whatever scalars take part."""
    if name in WIDENS or not available(name):
        pytest.skip("the function itself widens")
    args = direct.narrow(args)
    kwargs = {k: direct.narrow(v) for k, v in kwargs.items()}
    if not all(_single(a) for a in args) or not _single(args[at]):
        pytest.skip("mixed precision")
    function, rule = direct.real_function(name), RULED[name]
    y = function(*args, **kwargs)
    if getattr(y, "dtype", np.float32) != np.float32:
        pytest.skip("the function itself widens")
    bound = direct.bind(rule, args, kwargs)
    found = direct.cotangent(rule, wrt, direct.weights(y), y, bound)
    if isinstance(args[at], np.ndarray) and args[at].ndim:
        assert found.dtype == np.float32


def _single(value: Any) -> bool:
    return not isinstance(value, list | tuple) or not direct.has_float(value)
