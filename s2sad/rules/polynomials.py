"""Polynomials and windows."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.ir.infer import broadcast
from s2sad.ir.types import Type, array
from s2sad.rules.registry import adjoint, declare, define, linear, multilinear, tangent
from s2sad.rules.results import Bound, permuted
from s2sad.runtime import (
    poly_part,
    polyder_part,
    polydiv_part,
    polyint_part,
    polymul_part,
    rank,
    require_rank,
    roots_part,
    unbroadcast,
)


def at_points(bound: Bound) -> Type:
    """A series at every point."""
    return broadcast([bound["x"]])


def vector(bound: Bound) -> Type:
    return array(1)


@adjoint("numpy.polyval(p, x)", "x", at_points)
def polyval(g, p, x):
    return unbroadcast(g * np.polyval(np.polyder(p), x), x)


@adjoint("numpy.polyval", "p")
def polyval_p(g, p, x):
    return unbroadcast(np.ravel(g) @ np.vander(np.ravel(x), len(p)), p)


def power_slope(g, x, c):
    if rank(c) != 1:
        require_rank(c, 1)
    der = np.polynomial.polynomial.polyder(c)
    return g * np.polynomial.polynomial.polyval(x, der)


def power_coefficients(g, x, c):
    if rank(c) != 1:
        require_rank(c, 1)
    at = np.polynomial.polynomial.polyvander(np.ravel(x), len(c) - 1)
    return unbroadcast(np.ravel(g) @ at, c)


def chebyshev_slope(g, x, c):
    if rank(c) != 1:
        require_rank(c, 1)
    der = np.polynomial.chebyshev.chebder(c)
    return g * np.polynomial.chebyshev.chebval(x, der)


def chebyshev_coefficients(g, x, c):
    if rank(c) != 1:
        require_rank(c, 1)
    at = np.polynomial.chebyshev.chebvander(np.ravel(x), len(c) - 1)
    return unbroadcast(np.ravel(g) @ at, c)


def legendre_slope(g, x, c):
    if rank(c) != 1:
        require_rank(c, 1)
    der = np.polynomial.legendre.legder(c)
    return g * np.polynomial.legendre.legval(x, der)


def legendre_coefficients(g, x, c):
    if rank(c) != 1:
        require_rank(c, 1)
    at = np.polynomial.legendre.legvander(np.ravel(x), len(c) - 1)
    return unbroadcast(np.ravel(g) @ at, c)


def hermite_slope(g, x, c):
    if rank(c) != 1:
        require_rank(c, 1)
    der = np.polynomial.hermite.hermder(c)
    return g * np.polynomial.hermite.hermval(x, der)


def hermite_coefficients(g, x, c):
    if rank(c) != 1:
        require_rank(c, 1)
    at = np.polynomial.hermite.hermvander(np.ravel(x), len(c) - 1)
    return unbroadcast(np.ravel(g) @ at, c)


for name, slope, coefficients in (
    ("polynomial.polyval", power_slope, power_coefficients),
    ("chebyshev.chebval", chebyshev_slope, chebyshev_coefficients),
    ("legendre.legval", legendre_slope, legendre_coefficients),
    ("hermite.hermval", hermite_slope, hermite_coefficients),
):
    form = f"numpy.polynomial.{name}(x, c, tensor=True)"
    adjoint(form, "x", at_points)(slope)
    adjoint(f"numpy.polynomial.{name}", "c")(coefficients)
    tangent(f"numpy.polynomial.{name}", "x")(slope)
    multilinear(f"numpy.polynomial.{name}", "c")


for family, name in (
    ("polynomial", "poly"),
    ("chebyshev", "cheb"),
    ("legendre", "leg"),
    ("hermite", "herm"),
):
    form = f"numpy.polynomial.{family}.{name}"
    call = f"np.polynomial.{family}.{name}"
    slopes = f"{call}vander(x, max(deg - 1, 0)) @ {call}der(np.eye(deg + 1))"
    adjoint(f"{form}der(c)", "c", permuted)(
        f"unbroadcast({call}der(np.eye(len(c))).T @ g, c)"
    )
    linear(f"{form}der", "c")
    grid = adjoint(f"{form}vander(x, deg)", "x", lambda bound: array(2))
    grid(f"unbroadcast(np.sum(g * ({slopes}), -1), x)")
    tangent(f"{form}vander", "x")(f"unbroadcast(g[:, None] * ({slopes}), y)")


@adjoint("numpy.poly(seq_of_zeros)", "seq_of_zeros", vector)
def poly(g, seq_of_zeros):
    return poly_part(g, seq_of_zeros)


@adjoint("numpy.roots(p)", "p", lambda bound: array(1, None, "complex"))
def roots(g, y, p):
    return roots_part(g, y, p)


@adjoint("numpy.polyder(p, m=1)", "p", vector)
def polyder(g, p, m):
    return polyder_part(g, m)


@adjoint("numpy.polyint(p, m=1, k=None)", "p", vector)
def polyint(g, p, m):
    return polyint_part(g, m)


def tail(g, a1):
    """The last coefficients are those of the lowest powers."""
    return np.reshape(g[np.size(g) - np.size(a1) :], np.shape(a1))


def negative_tail(g, a2):
    return -np.reshape(g[np.size(g) - np.size(a2) :], np.shape(a2))


def second_tail(g, a2):
    return np.reshape(g[np.size(g) - np.size(a2) :], np.shape(a2))


adjoint("numpy.polyadd(a1, a2)", "a1", vector)(tail)
adjoint("numpy.polyadd", "a2")(second_tail)
adjoint("numpy.polysub(a1, a2)", "a1", vector)(tail)
adjoint("numpy.polysub", "a2")(negative_tail)


@adjoint("numpy.polymul(a1, a2)", "a1", vector)
def polymul(g, a1, a2):
    return polymul_part(g, a1, a2)


@adjoint("numpy.polymul", "a2")
def polymul_second(g, a1, a2):
    return polymul_part(g, a2, a1)


def two_vectors(bound: Bound) -> Type:
    return Type("tuple", items=(array(1), array(1)))


@adjoint("numpy.polydiv(u, v)", "u", two_vectors, parts=("quotient", "remainder"))
def polydiv(g, u, v):
    return polydiv_part(g[0], g[1], u, v)[0]


@adjoint("numpy.polydiv", "v")
def polydiv_v(g, u, v):
    return polydiv_part(g[0], g[1], u, v)[1]


@define(
    "numpy.polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False)",
    only={"rcond": (None,), "full": (False,), "cov": (False,)},
)
def polyfit(x, y, deg, w):
    left = np.vander(x, deg + 1)
    right = y
    if w is not None:
        left = left * w[:, None]
        right = np.transpose(np.transpose(y) * w)
    scale = np.sqrt(np.sum(left * left, 0))
    small = len(x) * 2.220446049250313e-16
    found = np.linalg.lstsq(left / scale, right, small)[0]
    return np.transpose(np.transpose(found) / scale)


@define("numpy.kaiser(M, beta)")
def kaiser(M, beta):
    half = (M - 1) / 2.0
    at = (np.arange(M) - half) / half
    return np.i0(beta * np.sqrt(1.0 - at * at)) / np.i0(beta)


for name in ("bartlett", "blackman", "hamming", "hanning"):
    declare(f"numpy.{name}(M)", lambda bound: array(1, None, "float"))
