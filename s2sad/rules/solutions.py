"""scipy.linalg: solutions of linear systems."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import TYPE_CHECKING

from s2sad.ir.types import ANY, Type, array
from s2sad.rules.products import solve_type
from s2sad.rules.registry import adjoint
from s2sad.rules.results import Bound
from s2sad.rules.short import mirrored
from s2sad.runtime import (
    bands_part,
    lstsq_part,
    one_triangle,
    solve_left,
    solve_right,
    triangle_part,
    turned_bands,
)

if TYPE_CHECKING:
    import scipy


SL = "scipy.linalg"
FREE = "overwrite_a=False, check_finite=True"
MATRIX = array(2)
GENERAL = (None, "gen", "general")
SYMMETRIC = ("pos", "positive definite", "sym", "symmetric")

CHO = "overwrite_b=False, check_finite=True"


def like_b(bound: Bound) -> Type:
    return array(bound["b"].type.ndim)


SOLVE = (
    "lower=False, overwrite_a=False, overwrite_b=False, check_finite=True,"
    " assume_a=None, transposed=False"
)


@adjoint(
    f"{SL}.solve(a, b, {SOLVE})",
    "a",
    solve_type,
    only={"assume_a": (*GENERAL, *SYMMETRIC), "transposed": (False,)},
)
def solve(g, y, a, b, assume_a, lower):
    """Of a symmetric matrix, one triangle is read."""
    if assume_a is None or assume_a == "gen" or assume_a == "general":
        return solve_left(g, y, a, b)
    return one_triangle(solve_left(g, y, mirrored(a, lower), b), lower)


@adjoint(f"{SL}.solve", "b")
def solve_b(g, a, b, assume_a, lower):
    if assume_a is None or assume_a == "gen" or assume_a == "general":
        return solve_right(g, a, b)
    return solve_right(g, mirrored(a, lower), b)


@adjoint(
    f"{SL}.solve_triangular(a, b, trans=0, lower=False, unit_diagonal=False, {CHO})",
    "a",
    solve_type,
    only={"trans": (0, 1, "N", "T"), "lower": (True, False)},
)
def solve_triangular(g, y, a, trans, lower, unit_diagonal):
    if trans == 0 or trans == "N":
        z = scipy.linalg.solve_triangular(a, g, 1, lower, unit_diagonal)
        return triangle_part(z, y, lower, unit_diagonal, False)
    z = scipy.linalg.solve_triangular(a, g, 0, lower, unit_diagonal)
    return triangle_part(z, y, lower, unit_diagonal, True)


@adjoint(f"{SL}.solve_triangular", "b")
def solve_triangular_b(g, a, trans, lower, unit_diagonal):
    if trans == 0 or trans == "N":
        return scipy.linalg.solve_triangular(a, g, 1, lower, unit_diagonal)
    return scipy.linalg.solve_triangular(a, g, 0, lower, unit_diagonal)


@adjoint(f"{SL}.solve_sylvester(a, b, q)", "a", lambda bound: MATRIX)
def solve_sylvester(g, y, a, b):
    return -scipy.linalg.solve_sylvester(a.T, b.T, g) @ y.T


@adjoint(f"{SL}.solve_sylvester", "b")
def solve_sylvester_b(g, y, a, b):
    return -y.T @ scipy.linalg.solve_sylvester(a.T, b.T, g)


@adjoint(f"{SL}.solve_sylvester", "q")
def solve_sylvester_q(g, a, b):
    return scipy.linalg.solve_sylvester(a.T, b.T, g)


@adjoint(f"{SL}.solve_banded(l_and_u, ab, b, overwrite_ab=False, {CHO})", "ab", like_b)
def solve_banded(g, y, l_and_u, ab):
    lower, upper = l_and_u
    bands = turned_bands(ab, lower, upper)
    z = scipy.linalg.solve_banded((upper, lower), bands, g)
    return bands_part(z, y, lower, upper)


@adjoint(f"{SL}.solve_banded", "b")
def solve_banded_b(g, l_and_u, ab):
    lower, upper = l_and_u
    bands = turned_bands(ab, lower, upper)
    return scipy.linalg.solve_banded((upper, lower), bands, g)


def lstsq_type(bound: Bound) -> Type:
    return Type("tuple", items=(like_b(bound), ANY, Type("int"), array(1)))


LSTSQ = (
    "cond=None, overwrite_a=False, overwrite_b=False, check_finite=True,"
    " lapack_driver=None"
)


@adjoint(
    f"{SL}.lstsq(a, b, {LSTSQ})",
    "a",
    lstsq_type,
    parts=("x", "residues", "rank", "s"),
)
def lstsq(g, a, b):
    return lstsq_part(g[0], g[1], g[3], a, b)[0]


@adjoint(f"{SL}.lstsq", "b")
def lstsq_b(g, a, b):
    return lstsq_part(g[0], g[1], g[3], a, b)[1]
