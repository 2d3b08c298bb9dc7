"""Linear algebra: solutions, inverses, determinants, decompositions.

A function that reads one triangle of a symmetric matrix has its derivative in the
entries that it reads. Vectors of equal eigenvalues or singular values have none: what
depends on their choice is left out.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np

from s2sad.ir.types import ANY, FLOAT, Type, array
from s2sad.rules.products import solve_type
from s2sad.rules.registry import adjoint, declare, define
from s2sad.rules.results import Bound, literal, permuted
from s2sad.rules.short import turned
from s2sad.runtime import (
    chain_part,
    cholesky_part,
    cofactors,
    eig_part,
    eigh_part,
    is_known,
    lstsq_part,
    pinv_part,
    power_part,
    qr_part,
    rank,
    solve_left,
    solve_right,
    svd_part,
    unbroadcast,
)


def stacked(bound: Bound, less: int = 0) -> Type:
    """A matrix, or a vector, for each matrix in a stack of them."""
    kind = next(iter(bound.values())).type
    return array(None if kind.ndim is None else kind.ndim - less)


def vectors(bound: Bound) -> Type:
    return stacked(bound, 1)


def per_matrix(bound: Bound) -> Type:
    """A number for each matrix in a stack of them."""
    ndim = next(iter(bound.values())).type.ndim
    if ndim is None:
        return ANY
    return array(ndim - 2) if ndim > 2 else FLOAT


@adjoint("numpy.linalg.inv(a)", "a", permuted)
def inv(g, y, a):
    if rank(a) == 2:
        return -y.T @ g @ y.T
    flipped = np.swapaxes(y, -1, -2)
    return -flipped @ g @ flipped


@adjoint("numpy.linalg.det(a)", "a", per_matrix)
def det(g, a):
    if rank(a) == 2:
        return g * cofactors(a)
    return np.expand_dims(g, (-1, -2)) * cofactors(a)


def slogdet_type(bound: Bound) -> Type:
    part = per_matrix(bound)
    return Type("tuple", items=(part, part))


@adjoint("numpy.linalg.slogdet(a)", "a", slogdet_type, parts=("sign", "logabsdet"))
def slogdet(g, a):
    """The sign is constant."""
    if g[1] is None:
        return np.zeros_like(a)
    if rank(a) == 2:
        return g[1] * np.linalg.inv(a).T
    return np.expand_dims(g[1], (-1, -2)) * np.swapaxes(np.linalg.inv(a), -1, -2)


@adjoint("numpy.linalg.solve(a, b)", "a", solve_type)
def solve_a(g, y, a, b):
    if rank(a) == 2 and rank(b) == 1:
        return -np.outer(np.linalg.solve(a.T, g), y)
    if rank(a) == 2 and rank(b) == 2:
        return -np.linalg.solve(a.T, g) @ y.T
    return solve_left(g, y, a, b)


@adjoint("numpy.linalg.solve", "b")
def solve_b(g, a, b):
    if rank(a) == 2 and rank(b) == 1:
        return np.linalg.solve(a.T, g)
    if rank(a) == 2 and rank(b) == 2:
        return np.linalg.solve(a.T, g)
    return solve_right(g, a, b)


@adjoint(
    "numpy.linalg.cholesky(a, upper=False)",
    "a",
    permuted,
    only={"upper": (True, False)},
)
def cholesky(g, y, upper):
    if upper:
        return turned(cholesky_part(turned(g), turned(y)))
    return cholesky_part(g, y)


def eigh_type(bound: Bound) -> Type:
    return Type("tuple", items=(stacked(bound, 1), stacked(bound)))


EIG = ("eigenvalues", "eigenvectors")
UPLO = {"only": {"UPLO": ("L", "U")}}


@adjoint("numpy.linalg.eigh(a, UPLO='L')", "a", eigh_type, parts=EIG, **UPLO)
def eigh(g, y, UPLO):
    if UPLO == "L":
        return eigh_part(g[0], g[1], y[0], y[1])
    return eigh_part(g[0], g[1], y[0], y[1], False)


@adjoint("numpy.linalg.eigvalsh(a, UPLO='L')", "a", vectors, **UPLO)
def eigvalsh(g, a, UPLO):
    w, v = np.linalg.eigh(a, UPLO)
    return eigh_part(g, None, w, v, UPLO == "L")


def eig_type(bound: Bound) -> Type:
    """Complex, where one eigenvalue is."""
    kind = next(iter(bound.values())).type
    n = kind.ndim
    values = array(None if n is None else n - 1, None, "complex")
    return Type("tuple", items=(values, array(n, None, "complex")))


@adjoint("numpy.linalg.eig(a)", "a", eig_type, parts=EIG)
def eig(g, y, a):
    return unbroadcast(eig_part(g[0], g[1], y[0], y[1]), a)


def eigvals_type(bound: Bound) -> Type:
    items = eig_type(bound).items
    assert items is not None
    return items[0]


@adjoint("numpy.linalg.eigvals(a)", "a", eigvals_type)
def eigvals(g, a):
    w, v = np.linalg.eig(a)
    return unbroadcast(eig_part(g, None, w, v), a)


def svd_type(bound: Bound) -> Type:
    if literal(bound["compute_uv"]) is False:
        return stacked(bound, 1)
    return Type("tuple", items=(stacked(bound), stacked(bound, 1), stacked(bound)))


@adjoint(
    "numpy.linalg.svd(a, full_matrices=True, compute_uv=True, hermitian=False)",
    "a",
    svd_type,
    parts=("U", "S", "Vh"),
    only={"hermitian": (False,), "compute_uv": (True, False)},
)
def svd(g, y, a, compute_uv):
    if compute_uv:
        return svd_part(g[0], g[1], g[2], y[0], y[1], y[2])
    u, s, v = np.linalg.svd(a, full_matrices=False)
    return svd_part(None, g, None, u, s, v)


@adjoint("numpy.linalg.svdvals(x)", "x", vectors)
def svdvals(g, x):
    u, s, v = np.linalg.svd(x, full_matrices=False)
    return svd_part(None, g, None, u, s, v)


def qr_type(bound: Bound) -> Type:
    if literal(bound["mode"]) == "r":
        return stacked(bound)
    return Type("tuple", items=(stacked(bound), stacked(bound)))


@adjoint(
    "numpy.linalg.qr(a, mode='reduced')",
    "a",
    qr_type,
    parts=("Q", "R"),
    only={"mode": ("reduced", "complete", "r")},
)
def qr(g, y, a, mode):
    if mode == "r":
        q, r = np.linalg.qr(a)
        return qr_part(None, g, q, r, a)
    return qr_part(g[0], g[1], y[0], y[1], a)


@adjoint(
    "numpy.linalg.pinv(a, rcond=None, hermitian=False, rtol=None)",
    "a",
    permuted,
    only={"hermitian": (False,)},
)
def pinv(g, y, a):
    return pinv_part(g, y, a)


def lstsq_type(bound: Bound) -> Type:
    x = array(bound["b"].type.ndim)
    return Type("tuple", items=(x, array(1), Type("int"), array(1)))


@adjoint(
    "numpy.linalg.lstsq(a, b, rcond=None)",
    "a",
    lstsq_type,
    parts=("x", "residuals", "rank", "s"),
)
def lstsq(g, a, b):
    return lstsq_part(g[0], g[1], g[3], a, b)[0]


@adjoint("numpy.linalg.lstsq", "b")
def lstsq_b(g, a, b):
    return lstsq_part(g[0], g[1], g[3], a, b)[1]


@adjoint("numpy.linalg.matrix_power(a, n)", "a", permuted)
def matrix_power(g, a, n):
    if n < 0:
        inverse = np.linalg.inv(a)
        return -turned(inverse) @ power_part(g, inverse, -n) @ turned(inverse)
    return power_part(g, a, n)


@adjoint("numpy.linalg.multi_dot(arrays, out=None)", "arrays", only={"out": (None,)})
def multi_dot(g, arrays):
    return chain_part(g, arrays)


@define("numpy.linalg.cond(x, p=None)", only={"p": (None, str, int, float)})
def cond(x, p):
    if p is None or p == 2:
        s = np.linalg.svd(x, compute_uv=False)
        return s[..., 0] / s[..., -1]
    if p == -2:
        s = np.linalg.svd(x, compute_uv=False)
        return s[..., -1] / s[..., 0]
    inverse = np.linalg.inv(x)
    return np.linalg.norm(x, p, (-2, -1)) * np.linalg.norm(inverse, p, (-2, -1))


@define("numpy.linalg.tensorsolve(a, b, axes=None)", only={"axes": (None,)})
def tensorsolve(a, b):
    matrix = np.reshape(a, (np.size(b), np.size(b)))
    return np.reshape(np.linalg.solve(matrix, np.ravel(b)), np.shape(a)[np.ndim(b) :])


@define("numpy.linalg.tensorinv(a, ind=2)")
def tensorinv(a, ind):
    shape = np.shape(a)
    rows = math.prod(shape[:ind])
    return np.reshape(
        np.linalg.inv(np.reshape(a, (rows, rows))), shape[ind:] + shape[:ind]
    )


@define("numpy.linalg.matrix_norm(x, keepdims=False, ord='fro')")
def matrix_norm(x, keepdims, ord):
    return np.linalg.norm(x, ord, (-2, -1), keepdims)


@define(
    "numpy.linalg.vector_norm(x, axis=None, keepdims=False, ord=2)",
    only={"axis": (None, int), "keepdims": (True, False)},
)
def vector_norm(x, axis, keepdims, ord):
    if axis is None:
        if keepdims:
            whole = np.linalg.norm(np.ravel(x), ord)
            return np.reshape(whole, (1,) * np.ndim(x))
        return np.linalg.norm(np.ravel(x), ord)
    return np.linalg.norm(x, ord, axis, keepdims)


@adjoint("numpy.linalg.matrix_transpose(x)", "x", permuted, alias="x")
def matrix_transpose(g):
    return np.swapaxes(g, -1, -2)


@define("numpy.linalg.trace(x, offset=0, dtype=None)", only={"dtype": (None,)})
def trace(x, offset):
    return np.trace(x, offset, -2, -1)


@define("numpy.linalg.diagonal(x, offset=0)")
def diagonal(x, offset):
    return np.diagonal(x, offset, -2, -1)


@define("numpy.linalg.outer(x1, x2)")
def outer(x1, x2):
    return np.outer(x1, x2)


@define("numpy.linalg.cross(x1, x2, axis=-1)")
def cross(x1, x2, axis):
    return np.cross(x1, x2, axis=axis)


@define("numpy.linalg.matmul(x1, x2)")
def matmul(x1, x2):
    return np.matmul(x1, x2)


@define("numpy.linalg.tensordot(x1, x2, axes=2)")
def tensordot(x1, x2, axes):
    return np.tensordot(x1, x2, axes)


@define("numpy.linalg.vecdot(x1, x2, axis=-1)")
def vecdot(x1, x2, axis):
    if is_known(axis) and axis == -1:
        return np.sum(np.conjugate(x1) * x2, -1)
    left = np.moveaxis(x1, axis, -1)
    return np.sum(np.conjugate(left) * np.moveaxis(x2, axis, -1), -1)


@define("numpy.vecdot(x1, x2, axis=-1)")
def ufunc_vecdot(x1, x2, axis):
    if is_known(axis) and axis == -1:
        return np.sum(np.conjugate(x1) * x2, -1)
    left = np.moveaxis(x1, axis, -1)
    return np.sum(np.conjugate(left) * np.moveaxis(x2, axis, -1), -1)


@define("numpy.matvec(x1, x2)")
def matvec(x1, x2):
    return np.matmul(x1, x2[..., None])[..., 0]


@define("numpy.vecmat(x1, x2)")
def vecmat(x1, x2):
    return np.matmul(np.conjugate(x1)[..., None, :], x2)[..., 0, :]


declare("numpy.linalg.matrix_rank(A, tol=None, hermitian=False, rtol=None)", "any")
