"""scipy.linalg: factors, functions of matrices."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from s2sad.ir.types import BOOL, Type, array
from s2sad.rules.linalg import per_matrix, stacked, vectors
from s2sad.rules.registry import adjoint
from s2sad.rules.results import Bound, averaged, literal, permuted
from s2sad.rules.short import norm_slope
from s2sad.rules.solutions import CHO, GENERAL, like_b
from s2sad.runtime import (
    beside,
    block_of,
    cho_part,
    cholesky_part,
    cofactors,
    eigh_part,
    is_known,
    lu_factor_part,
    lu_part,
    lu_solve_part,
    pinv_part,
    places,
    polar_inner,
    polar_part,
    qr_part,
    scattered,
    spread,
    svd_part,
    turned,
)

if TYPE_CHECKING:
    import scipy

SL = "scipy.linalg"
FREE = "overwrite_a=False, check_finite=True"
MATRIX = array(2)


@adjoint(
    f"{SL}.inv(a, {FREE}, assume_a=None, lower=False)",
    "a",
    permuted,
    only={"assume_a": GENERAL},
)
def inv(g, y):
    return -turned(y) @ g @ turned(y)


@adjoint(f"{SL}.det(a, {FREE})", "a", per_matrix)
def det(g, a):
    return np.expand_dims(g, (-1, -2)) * cofactors(a)


@adjoint(
    f"{SL}.cholesky(a, lower=False, {FREE})",
    "a",
    permuted,
    only={"lower": (True, False)},
)
def cholesky(g, y, lower):
    if lower:
        return cholesky_part(g, y)
    return turned(cholesky_part(turned(g), turned(y)))


@adjoint(
    f"{SL}.cho_factor(a, lower=False, {FREE})",
    "a",
    lambda bound: Type("tuple", items=(MATRIX, BOOL)),
    parts=("c", "lower"),
    only={"lower": (True, False)},
)
def cho_factor(g, y, lower):
    """The other triangle of the factor is left as it was."""
    if lower:
        part = cholesky_part(np.tril(g[0]), np.tril(y[0]))
        return part + np.triu(g[0], 1)
    part = cholesky_part(np.triu(g[0]).T, np.triu(y[0]).T)
    return part.T + np.tril(g[0], -1)


@adjoint(f"{SL}.cho_solve(c_and_lower, b, {CHO})", "c_and_lower", like_b)
def cho_solve(g, y, c_and_lower):
    z = scipy.linalg.cho_solve(c_and_lower, g)
    return cho_part(g, y, z, c_and_lower[0], c_and_lower[1]), 0.0


@adjoint(f"{SL}.cho_solve", "b")
def cho_solve_b(g, c_and_lower):
    return scipy.linalg.cho_solve(c_and_lower, g)


@adjoint(
    f"{SL}.lu_factor(a, {FREE})",
    "a",
    lambda bound: Type("tuple", items=(MATRIX, array(1, None, "int"))),
    parts=("lu", "piv"),
)
def lu_factor(g, y):
    return lu_factor_part(g[0], y[0], y[1])


@adjoint(
    f"{SL}.lu_solve(lu_and_piv, b, trans=0, {CHO})",
    "lu_and_piv",
    like_b,
    only={"trans": (0, 1)},
)
def lu_solve(g, y, lu_and_piv, trans):
    z = scipy.linalg.lu_solve(lu_and_piv, g, 1 - trans)
    if trans == 0:
        return lu_solve_part(y, z, lu_and_piv[0], lu_and_piv[1]), 0.0
    return lu_solve_part(z, y, lu_and_piv[0], lu_and_piv[1]), 0.0


@adjoint(f"{SL}.lu_solve", "b")
def lu_solve_b(g, lu_and_piv, trans):
    return scipy.linalg.lu_solve(lu_and_piv, g, 1 - trans)


@adjoint(
    f"{SL}.lu(a, permute_l=False, {FREE}, p_indices=False)",
    "a",
    lambda bound: Type("tuple", items=(array(2, None, "int"), MATRIX, MATRIX)),
    parts=("p", "l", "u"),
    only={"permute_l": (False,), "p_indices": (False,)},
)
def lu(g, y):
    return lu_part(g[1], g[2], y[0], y[1], y[2])


@adjoint(
    f"{SL}.qr(a, overwrite_a=False, lwork=None, mode='full', pivoting=False,"
    " check_finite=True)",
    "a",
    lambda bound: Type("tuple", items=(MATRIX, MATRIX)),
    parts=("Q", "R"),
    only={"mode": ("full", "economic"), "pivoting": (False,)},
)
def qr(g, y, a):
    return qr_part(g[0], g[1], y[0], y[1], a)


def svd_type(bound: Bound) -> Type:
    if literal(bound["compute_uv"]) is False:
        return stacked(bound, 1)
    return Type("tuple", items=(stacked(bound), stacked(bound, 1), stacked(bound)))


@adjoint(
    f"{SL}.svd(a, full_matrices=True, compute_uv=True, {FREE}, lapack_driver='gesdd')",
    "a",
    svd_type,
    parts=("U", "s", "Vh"),
    only={"compute_uv": (True, False)},
)
def svd(g, y, a, compute_uv):
    if compute_uv:
        return svd_part(g[0], g[1], g[2], y[0], y[1], y[2])
    u, s, v = np.linalg.svd(a, full_matrices=False)
    return svd_part(None, g, None, u, s, v)


@adjoint(f"{SL}.svdvals(a, {FREE})", "a", vectors)
def svdvals(g, a):
    u, s, v = np.linalg.svd(a, full_matrices=False)
    return svd_part(None, g, None, u, s, v)


def eigh_type(bound: Bound) -> Type:
    if literal(bound["eigvals_only"]) is True:
        return stacked(bound, 1)
    return Type("tuple", items=(stacked(bound, 1), stacked(bound)))


EIGH = (
    "b=None, lower=True, eigvals_only=False, overwrite_a=False, overwrite_b=False,"
    " type=1, check_finite=True, subset_by_index=None, subset_by_value=None,"
    " driver=None"
)


@adjoint(
    f"{SL}.eigh(a, {EIGH})",
    "a",
    eigh_type,
    parts=("w", "v"),
    only={
        "b": (None,),
        "lower": (True, False),
        "eigvals_only": (True, False),
        "subset_by_index": (None,),
        "subset_by_value": (None,),
    },
)
def eigh(g, y, a, lower, eigvals_only):
    if eigvals_only:
        w, v = np.linalg.eigh(a, "L" if lower else "U")
        return eigh_part(g, None, w, v, lower)
    return eigh_part(g[0], g[1], y[0], y[1], lower)


@adjoint(f"{SL}.expm(A)", "A", permuted)
def expm(g, A):
    n = np.shape(A)[-1]
    return scipy.linalg.expm(beside(turned(A), g))[..., :n, n:]


@adjoint(f"{SL}.logm(A, disp=True)", "A", permuted, only={"disp": (True,)})
def logm(g, A):
    n = np.shape(A)[-1]
    return scipy.linalg.logm(beside(turned(A), g))[..., :n, n:]


@adjoint(f"{SL}.sqrtm(A, disp=True)", "A", permuted, only={"disp": (True,)})
def sqrtm(g, y):
    return scipy.linalg.solve_sylvester(y.T, y.T, g)


@adjoint(f"{SL}.block_diag(*arrs)", "*", lambda bound: MATRIX)
def block_diag(g, args, k):
    return block_of(g, args, k)


@adjoint(f"{SL}.toeplitz(c, r=None)", "c", lambda bound: MATRIX)
def toeplitz(g, c, r):
    if r is None:
        return scattered(g, scipy.linalg.toeplitz(places(c)), c)
    elsewhere = np.full(np.shape(r), -1)
    return scattered(g, scipy.linalg.toeplitz(places(c), elsewhere), c)


@adjoint(f"{SL}.toeplitz", "r")
def toeplitz_r(g, c, r):
    elsewhere = np.full(np.shape(c), -1)
    return scattered(g, scipy.linalg.toeplitz(elsewhere, places(r)), r)


@adjoint(
    f"{SL}.norm(a, ord=None, axis=None, keepdims=False, check_finite=True)",
    "a",
    averaged,
)
def matrix_norm(g, y, a, ord, axis, keepdims):
    if is_known(ord) and ord is None and is_known(axis) and axis is None:
        if is_known(keepdims) and not keepdims:
            return np.multiply(g / (y + (y == 0)), a)
    return spread(g, a, axis, keepdims) * norm_slope(y, a, ord, axis, keepdims)


@adjoint(
    f"{SL}.pinv(a, atol=None, rtol=None, return_rank=False, check_finite=True)",
    "a",
    permuted,
    only={"return_rank": (False,)},
)
def pinv(g, y, a):
    return pinv_part(g, y, a)


@adjoint(
    f"{SL}.polar(a, side='right')",
    "a",
    lambda bound: Type("tuple", items=(MATRIX, MATRIX)),
    parts=("u", "p"),
    only={"side": ("left", "right")},
)
def polar(g, y, side):
    if side == "right":
        inner = polar_inner(g[0], g[1], y[0], y[1])
        half = scipy.linalg.solve_sylvester(y[1], y[1], inner)
        return polar_part(g[0], g[1], y[0], y[1], half)
    gu = None if g[0] is None else g[0].T
    inner = polar_inner(gu, g[1], y[0].T, y[1])
    half = scipy.linalg.solve_sylvester(y[1], y[1], inner)
    return polar_part(gu, g[1], y[0].T, y[1], half).T
