"""Reference gradients that no line of the compiler had a part in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from s2sad.check import complexstep, differences, dual
from s2sad.check.structure import (
    NotCovered,
    as_float,
    children,
    flatten,
    is_float,
    map_leaves,
)

EXACT_RTOL = 1e-10
DIFFERENCES_RTOL = 1e-7


class OraclesDisagree(AssertionError):
    """Two independent routes to one derivative give different numbers."""


def routes(f: Callable[..., Any], args: Sequence[Any], argnum: int) -> dict[str, Any]:
    """The gradient by every oracle that can run `f`: name -> gradient."""
    found: dict[str, Any] = {}
    for oracle in (complexstep, dual):
        try:
            name = oracle.__name__.rpartition(".")[2]
            found[name] = oracle.gradient(f, args, argnum)
        except NotCovered:
            continue
    return found


def reference_gradient(f: Callable[..., Any], args: Sequence[Any], argnum: int) -> Any:
    """The gradient by the best oracle that runs: complex step, dual, differences.

    Central differences always run beside the exact ones, and all that ran must
    agree. The result has the argument's structure, shapes and float dtypes.
    """
    exact = routes(f, args, argnum)
    estimate, error = differences.gradient(f, args, argnum)
    by_name = {**exact, "differences": estimate}
    names = list(by_name)
    best = flatten(by_name[names[0]])
    if not np.all(np.isfinite(best)):
        raise OraclesDisagree(f"not finite: {best}")
    scale = max(1.0, float(np.max(np.abs(best), initial=0.0)))
    if len(names) == 1 and error > DIFFERENCES_RTOL * scale:
        raise OraclesDisagree(f"differences alone, and their error is {error}")
    for name in names[1:]:
        other = flatten(by_name[name])
        bound = EXACT_RTOL * scale
        if name == "differences":
            bound = max(DIFFERENCES_RTOL * scale, 10.0 * error)
        if not np.all(np.abs(other - best) <= bound):
            raise OraclesDisagree(f"{names[0]} says {best}, {name} says {other}")
    return like(args[argnum], by_name[names[0]])


def like(argument: Any, gradient: Any) -> Any:
    """A float64 gradient cast to the float dtypes of the argument's leaves."""
    dtypes: list[np.dtype[Any]] = []
    map_leaves(
        as_float(argument),
        lambda leaf: dtypes.append(np.asarray(leaf).dtype),
        lambda leaf: None,
    )
    remaining = iter(dtypes)

    def cast(leaf: Any) -> Any:
        dtype = next(remaining)
        return leaf.astype(dtype) if isinstance(leaf, np.ndarray) else leaf

    return map_leaves(gradient, cast, lambda leaf: leaf)


def precision(args: Any) -> float:
    """The relative tolerance that arguments of these dtypes deserve."""
    found = [1e-6]

    def look(leaf: Any) -> None:
        if np.asarray(leaf).dtype.itemsize < 8:
            found.append(2e-4)

    map_leaves(list(args), look, lambda leaf: None)
    return max(found)


def assert_close(actual: Any, expected: Any, rtol: float = 1e-6) -> None:
    """Same structure, shapes and dtypes; entries within `rtol`.

    An entry may also be off by `rtol` hundredths of the greatest entry, which is
    what rounding in a sum of large terms can leave in a small one.
    """
    largest = float(np.max(np.abs(flatten(expected)), initial=0.0))
    _assert_close(actual, expected, rtol, max(1e-12, 0.01 * rtol * largest), "result")


def _assert_close(a: Any, e: Any, rtol: float, atol: float, place: str) -> None:
    parts = children(e)
    if parts is not None:
        assert type(a) is type(e), f"{place} is a {type(a)}, not a {type(e)}"
        others = children(a)
        assert others is not None and len(others) == len(parts), f"{place}: {a}"
        if isinstance(e, dict):
            assert list(a) == list(e), f"keys of {place}: {list(a)}"
        for k, (other, part) in enumerate(zip(others, parts, strict=True)):
            _assert_close(other, part, rtol, atol, f"{place}[{k}]")
    elif not is_float(e):
        assert a is None and e is None, f"{place} is {a!r}, not {e!r}"
    else:
        assert is_float(a), f"{place} is {a!r}, a {type(a).__name__}, not a float"
        assert np.shape(a) == np.shape(e), f"{place} has shape {np.shape(a)}"
        if isinstance(e, np.ndarray):
            # NumPy itself makes a scalar of every 0-d array that it computes.
            kinds = np.ndarray if e.ndim else np.ndarray | np.floating
            assert isinstance(a, kinds), f"{place} is a {type(a).__name__}"
            assert a.dtype == e.dtype, f"{place} has dtype {a.dtype}"
        np.testing.assert_allclose(
            a, e, rtol=rtol, atol=atol, equal_nan=False, err_msg=place
        )


def assert_same_bits(actual: Any, expected: Any, place: str = "value") -> None:
    """Same types, same contents, to the bit: arrays, containers, objects."""
    assert type(actual) is type(expected), f"{place}: {actual!r} for {expected!r}"
    parts = children(expected)
    if parts is not None:
        others = children(actual)
        assert others is not None and len(others) == len(parts), f"{place}: {actual}"
        if isinstance(expected, dict):
            assert list(actual) == list(expected), f"keys of {place}: {list(actual)}"
        for k, (other, part) in enumerate(zip(others, parts, strict=True)):
            assert_same_bits(other, part, f"{place}[{k}]")
    elif isinstance(expected, np.ndarray):
        assert actual.dtype == expected.dtype, f"{place} has dtype {actual.dtype}"
        assert actual.shape == expected.shape, f"{place} has shape {actual.shape}"
        assert actual.tobytes() == expected.tobytes(), f"{place}: {actual}"
    elif isinstance(expected, float):
        assert repr(actual) == repr(expected), f"{place}: {actual} for {expected}"
    elif not callable(expected):
        assert actual == expected, f"{place}: {actual!r} for {expected!r}"
