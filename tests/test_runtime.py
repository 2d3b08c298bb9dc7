"""The helpers that emitted derivatives call."""

from __future__ import annotations

import inspect
import math
from collections import namedtuple
from typing import Any

import numpy as np
import pytest

from s2sad import runtime as rt
from s2sad.errors import DtypeError, ResultError


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "shape", [(3,), (1,), (2, 3), (2, 1), (1, 3), (1, 1), (4, 1, 3), (1, 1, 1), ()]
)
def test_unbroadcast_is_the_transpose_of_broadcasting(
    shape: tuple[int, ...], dtype: Any
) -> None:
    x = np.ones(shape, dtype)
    g = np.arange(24, dtype=np.float64).reshape(4, 2, 3)
    found = rt.unbroadcast(g, x)
    assert found.shape == shape
    assert found.dtype == dtype
    direction = np.random.default_rng(0).normal(size=shape)
    wide = np.broadcast_to(direction, g.shape)
    assert np.sum(found * direction) == pytest.approx(np.sum(g * wide), rel=1e-5)


def test_unbroadcast_gives_back_what_fits() -> None:
    g = np.ones((2, 3))
    assert rt.unbroadcast(g, np.zeros((2, 3))) is g


def test_unbroadcast_to_scalars_and_from_them() -> None:
    assert rt.unbroadcast(np.ones(3), 2.0) == 3.0
    assert rt.unbroadcast(np.ones(3), 2) == 3.0
    assert rt.unbroadcast(2.0, np.float64(1.0)) == 2.0
    assert rt.unbroadcast(2.0, 1) == 2.0
    np.testing.assert_array_equal(rt.unbroadcast(2.0, np.ones(3)), [2.0, 2.0, 2.0])
    np.testing.assert_array_equal(
        rt.unbroadcast(np.ones((2, 3)), np.arange(3)), [2.0] * 3
    )
    assert rt.unbroadcast(np.ones((0, 3)), np.ones(3)).tolist() == [0.0, 0.0, 0.0]
    assert rt.unbroadcast(np.ones((2, 0)), np.ones((2, 1))).tolist() == [[0.0], [0.0]]


def test_real_arguments_get_real_cotangents() -> None:
    found = rt.unbroadcast(np.array([1.0 + 2.0j, 3.0j]), np.ones(2))
    assert found.dtype == np.float64
    assert found.tolist() == [1.0, 0.0]
    assert rt.unbroadcast(1.0 + 2.0j, 1.0) == 1.0
    assert rt.unbroadcast(1.0 + 2.0j, 1.0j) == 1.0 + 2.0j
    z = np.ones(2) * 1j
    assert rt.unbroadcast(np.ones((3, 2)) * 1j, z).tolist() == [3j, 3j]


def test_spread() -> None:
    x = np.zeros((2, 3), np.float32)
    assert rt.spread(2.0, 1.0) == 2.0
    assert rt.spread(2.0, x).tolist() == [[2.0] * 3] * 2
    assert rt.spread(2.0, x).dtype == np.float32
    assert rt.spread(np.array([1.0, 2.0]), x, 1).tolist() == [[1.0] * 3, [2.0] * 3]
    assert rt.spread(np.array([[1.0], [2.0]]), x, 1, True)[:, 0].tolist() == [1.0, 2.0]
    assert rt.spread(3.0, x, (0, 1)).shape == (2, 3)
    assert rt.spread(1.0, [1.0, 2.0]).tolist() == [1.0, 1.0]
    assert rt.spread(1.0, np.array([1, 2])).dtype == np.float64
    out = rt.spread(1.0, x)
    out[0, 0] = 5.0  # a buffer of its own
    assert out[1, 1] == 1.0


def test_zeros_like_keeps_structure() -> None:
    found = rt.zeros_like({"a": (1.0, np.ones(2, np.float32)), "b": [2, np.arange(2)]})
    assert found["a"][0] == 0.0
    assert found["a"][1].dtype == np.float32
    assert found["b"][0] == 0.0
    assert found["b"][1].dtype == np.float64


def test_add_at() -> None:
    b = np.zeros(3)
    rt.add_at(b, np.array([0, 0, 2]), np.array([1.0, 2.0, 4.0]))
    rt.add_at(b, slice(1, 2), 5.0)
    rt.add_at(b, [1, 1], 1.0)
    rt.add_at(b, b > 100.0, 1.0)
    assert b.tolist() == [3.0, 7.0, 4.0]
    rows = np.zeros((2, 2))
    rt.add_at(rows, (np.array([0, 0]), 1), 1.0)
    assert rows.tolist() == [[0.0, 2.0], [0.0, 0.0]]
    listed: Any = [0.0, np.zeros(2)]
    rt.add_at(listed, 0, 2.0)
    rt.add_at(listed, 1, np.ones(2))
    assert listed[0] == 2.0
    assert listed[1].tolist() == [1.0, 1.0]
    named = {"k": 1.0}
    rt.add_at(named, "k", 2.0)
    assert named == {"k": 3.0}


def test_match() -> None:
    pair = namedtuple("pair", "u v")
    assert type(rt.match(np.float64(2.0), 1)) is float
    assert type(rt.match(np.array([2.0]), 1.0)) is float
    assert type(rt.match(2.0, np.float32(1.0))) is np.float32
    found = rt.match([np.ones(2), 3.0], pair(np.zeros(2, np.float32), 1.0))
    assert type(found) is pair
    assert found.u.dtype == np.float32
    assert rt.match({"a": 1.0}, {"a": 2.0}) == {"a": 1.0}
    assert rt.match(2.0, np.zeros(2)).tolist() == [2.0, 2.0]
    assert rt.match(1.0 + 1.0j, 1.0j) == 1.0 + 1.0j
    assert rt.match(1.0 + 1.0j, 1.0) == 1.0


def test_require_float() -> None:
    rt.require_float(np.ones(2, np.float32), "x")
    rt.require_float([np.arange(2), 1], "x")
    rt.require_float(3, "x")
    with pytest.raises(DtypeError, match="w is an array of int"):
        rt.require_float(np.arange(3), "w")
    with pytest.raises(DtypeError, match="bool"):
        rt.require_float(np.array([True]), "w")


def test_require_scalar() -> None:
    rt.require_scalar(1.0, np.float64(2.0), np.ones((1, 1)), np.array(2.0), 3)
    for bad, words in ((np.ones((2, 3)), r"\(2, 3\)"), ([1.0], "list"), (None, "None")):
        with pytest.raises(ResultError, match=words):
            rt.require_scalar(1.0, bad)


def test_digamma() -> None:
    for x in (0.1, 1.0, 2.5, 30.0, -0.5, -3.7):
        h = 1e-5 * max(1.0, abs(x))
        slope = (math.lgamma(x + h) - math.lgamma(x - h)) / (2.0 * h)
        assert rt.digamma(x) == pytest.approx(slope, rel=1e-6, abs=1e-7)
    assert rt.digamma(1.0) == pytest.approx(-0.5772156649015329, rel=1e-14)


def test_sinc_slope_near_zero() -> None:
    assert rt.sinc_slope(0.0) == 0.0
    below, above = rt.sinc_slope(np.array([0.0318309, 0.0318310]))
    assert above == pytest.approx(below, rel=1e-5)


def test_others_never_divides() -> None:
    assert rt.others([0.0, 2.0, 3.0]).tolist() == [6.0, 0.0, 0.0]
    assert rt.others(np.array([0.0, 0.0, 3.0])).tolist() == [0.0, 0.0, 0.0]
    assert rt.others(np.array([7.0])).tolist() == [1.0]
    assert rt.others(np.zeros(0)).shape == (0,)


@pytest.mark.parametrize(
    ("name", "args", "want"),
    [
        ("numpy.absolute", (np.array([0.0]),), [0.0]),
        ("numpy.maximum", (np.array([0.0]), 0.0), [0.5]),
        ("numpy.minimum", (np.array([1.0]), 1.0), [0.5]),
        ("numpy.fmax", (np.array([1.0]), 1.0), [0.5]),
        ("numpy.clip", (np.array([0.0, 1.0, 1.5]), 0.0, 1.0), [1.0, 1.0, 0.0]),
        ("numpy.sqrt", (np.array([0.0]),), [np.inf]),
        ("numpy.power", (np.array([0.0, 2.0]), 0), [0.0, 0.0]),
        ("numpy.power", (np.array([0.0, 0.0]), np.array([0.0, 1.5])), [0.0, 0.0]),
        ("numpy.power", (np.array([0.0]), 1.5), [0.0]),
        ("numpy.hypot", (np.array([0.0]), 0.0), [0.0]),
        ("numpy.sinc", (np.array([0.0]),), [0.0]),
        ("numpy.max", (np.array([1.0, 1.0, 0.0]),), [0.5, 0.5, 0.0]),
        ("numpy.prod", (np.array([0.0, 2.0, 3.0]),), [6.0, 0.0, 0.0]),
        ("numpy.linalg.norm", (np.zeros(2),), [0.0, 0.0]),
        ("numpy.std", (np.ones(3),), [0.0, 0.0, 0.0]),
    ],
)
def test_corners(name: str, args: tuple[Any, ...], want: list[float]) -> None:
    from rules import direct

    rule = direct.RULES[name]
    with np.errstate(divide="ignore"):
        y = direct.real_function(name)(*args)
        bound = direct.bind(rule, args, {})
        g = np.ones_like(y) if np.ndim(y) else 1.0
        found = direct.cotangent(rule, rule.parameters[0], g, y, bound)
    np.testing.assert_array_equal(found, want)


@pytest.mark.parametrize("name", ["conjugate", "real", "imag", "angle"])
def test_complex_parts(name: str) -> None:
    """Re(cotangent * dz) is the change of the real result, and of a complex one's."""
    from rules import direct

    rule = direct.RULES[f"numpy.{name}"]
    z, dz = 0.3 + 0.4j, (0.7 - 0.2j) * 1e-6
    function = direct.real_function(rule.name)
    change = function(z + dz) - function(z - dz)
    g = 0.5 + 0.2j if name == "conjugate" else 0.5
    bound = {**rule.defaults, rule.parameters[0]: np.array(z)}
    slope = direct.cotangent(rule, rule.parameters[0], g, function(z), bound)
    assert np.real(g * change) == pytest.approx(np.real(slope * 2.0 * dz), rel=1e-6)


@pytest.mark.parametrize("name", rt.__all__)
def test_helpers_can_be_copied(name: str) -> None:
    """Each has its source at hand, and uses nothing but NumPy and its like."""
    helper = getattr(rt, name)
    assert helper.__doc__
    assert helper.__module__ == "s2sad.runtime"
    assert inspect.getsource(helper).startswith("def ")
    used = set(inspect.getclosurevars(helper).globals)
    assert used <= {"np", "copy", "types", "__name__", *rt.__all__, *ERRORS}


ERRORS = {"DtypeError", "KindError", "ResultError"}
