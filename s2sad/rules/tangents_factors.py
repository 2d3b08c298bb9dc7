"""Forward rules of scipy.linalg: solutions, factors, functions of matrices."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from s2sad.rules.registry import linear, multilinear, tangent
from s2sad.rules.short import diagonals, mirrored, norm_slope, turned
from s2sad.runtime import (
    banded_product,
    beside,
    cholesky_tangent,
    cofactors,
    gaps,
    is_known,
    packed_lu,
    qr_tangent,
    rank,
    require_real_matrix,
    require_square,
    solve_tangent,
    svd_left,
    svd_right,
)

if TYPE_CHECKING:
    import scipy

SL = "scipy.linalg"


@tangent(f"{SL}.solve", "a")
def solve(g, y, a, b, assume_a, lower):
    """Of a symmetric matrix, one triangle is read."""
    if assume_a is None or assume_a == "gen" or assume_a == "general":
        if rank(a) == 2:
            return -np.linalg.solve(a, g @ y)
        return solve_tangent(g, y, a, b)
    return solve_tangent(mirrored(g, lower), y, mirrored(a, lower), b)


multilinear(f"{SL}.solve", "b")


@tangent(f"{SL}.inv", "a")
def inv(g, y):
    return -y @ g @ y


@tangent(f"{SL}.det", "a")
def det(g, a):
    if rank(a) == 2:
        return np.sum(cofactors(a) * g)
    return np.sum(cofactors(a) * g, (-1, -2))


@tangent(f"{SL}.cholesky", "a")
def cholesky(g, y, lower):
    if lower:
        return cholesky_tangent(g, y)
    return turned(cholesky_tangent(turned(g), turned(y)))


@tangent(f"{SL}.cho_factor", "a")
def cho_factor(g, y, lower):
    """The other triangle of the factor is left as it was."""
    if lower:
        return cholesky_tangent(g, np.tril(y[0])) + np.triu(g, 1), 0.0
    return cholesky_tangent(g.T, np.triu(y[0]).T).T + np.tril(g, -1), 0.0


@tangent(f"{SL}.cho_solve", "c_and_lower", listed=True)
def cho_solve(g, y, c_and_lower):
    c, lower = c_and_lower
    root = np.tril(c) if lower else np.triu(c).T
    step = np.tril(g[0]) if lower else np.triu(g[0]).T
    change = step @ (root.T @ y) + root @ (step.T @ y)
    return -scipy.linalg.cho_solve(c_and_lower, change)


multilinear(f"{SL}.cho_solve", "b")


@tangent(f"{SL}.lu_factor", "a")
def lu_factor(g, y):
    p, lo, up = packed_lu(y[0], y[1])
    inner = np.linalg.solve(up.T, np.linalg.solve(lo, p.T @ g).T).T
    return lo @ np.tril(inner, -1) + np.triu(inner) @ up, 0.0


@tangent(f"{SL}.lu_solve", "lu_and_piv", listed=True)
def lu_solve(g, y, lu_and_piv, trans):
    p, lo, up = packed_lu(lu_and_piv[0], lu_and_piv[1])
    low, high = np.tril(g[0], -1), np.triu(g[0])
    if trans == 0:
        change = p @ (low @ (up @ y) + lo @ (high @ y))
    else:
        change = up.T @ (low.T @ (p.T @ y)) + high.T @ (lo.T @ (p.T @ y))
    return -scipy.linalg.lu_solve(lu_and_piv, change, trans)


multilinear(f"{SL}.lu_solve", "b")


@tangent(f"{SL}.lu", "a")
def lu(g, y):
    p, lo, up = y
    require_square(p @ up)
    inner = np.linalg.solve(up.T, np.linalg.solve(lo, p.T @ g).T).T
    return np.zeros_like(p), lo @ np.tril(inner, -1), np.triu(inner) @ up


@tangent(f"{SL}.qr", "a")
def qr(g, y, mode, lwork):
    return qr_tangent(g, y[0], y[1])


@tangent(f"{SL}.svd", "a")
def svd(g, y, a, full_matrices, compute_uv, lapack_driver):
    require_real_matrix(a)
    if compute_uv:
        u, s, v = y
        size = diagonals(turned(u) @ g @ turned(v))
        return svd_left(g, u, s, v), size, svd_right(g, u, s, v)
    u, _, v = np.linalg.svd(a, False)
    return diagonals(turned(u) @ g @ turned(v))


@tangent(f"{SL}.svdvals", "a")
def svdvals(g, a):
    require_real_matrix(a)
    u, _, v = np.linalg.svd(a, False)
    return diagonals(turned(u) @ g @ turned(v))


@tangent(f"{SL}.eigh", "a")
def eigh(g, y, a, lower, eigvals_only, type, driver):
    require_real_matrix(a)
    if eigvals_only:
        v = np.linalg.eigh(a, "L" if lower else "U")[1]
        return diagonals(turned(v) @ mirrored(g, lower) @ v)
    w, v = y
    inner = turned(v) @ mirrored(g, lower) @ v
    return diagonals(inner), v @ (gaps(w) * inner)


@tangent(f"{SL}.expm", "A")
def expm(g, A):
    n = np.shape(A)[-1]
    return scipy.linalg.expm(beside(A, g))[..., :n, n:]


@tangent(f"{SL}.logm", "A")
def logm(g, A):
    n = np.shape(A)[-1]
    return scipy.linalg.logm(beside(A, g))[..., :n, n:]


@tangent(f"{SL}.sqrtm", "A")
def sqrtm(g, y):
    return scipy.linalg.solve_sylvester(y, y, g)


@tangent(f"{SL}.solve_triangular", "a")
def solve_triangular(g, y, a, trans, lower, unit_diagonal):
    if lower:
        part = np.tril(g, -1) if unit_diagonal else np.tril(g)
    else:
        part = np.triu(g, 1) if unit_diagonal else np.triu(g)
    change = part @ y if trans == 0 or trans == "N" else part.T @ y
    return -scipy.linalg.solve_triangular(a, change, trans, lower, unit_diagonal)


multilinear(f"{SL}.solve_triangular", "b")


@tangent(f"{SL}.solve_sylvester", "a")
def solve_sylvester(g, y, a, b):
    return -scipy.linalg.solve_sylvester(a, b, g @ y)


@tangent(f"{SL}.solve_sylvester", "b")
def solve_sylvester_b(g, y, a, b):
    return -scipy.linalg.solve_sylvester(a, b, y @ g)


multilinear(f"{SL}.solve_sylvester", "q")


@tangent(f"{SL}.solve_banded", "ab")
def solve_banded(g, y, l_and_u, ab):
    lower, upper = l_and_u
    return -scipy.linalg.solve_banded(l_and_u, ab, banded_product(g, y, lower, upper))


multilinear(f"{SL}.solve_banded", "b")
linear(f"{SL}.block_diag", "*")
linear(f"{SL}.toeplitz", "c", "r")


@tangent(f"{SL}.norm", "a")
def matrix_norm(g, y, a, ord, axis, keepdims):
    if is_known(ord) and ord is None and is_known(axis) and axis is None:
        if is_known(keepdims) and not keepdims:
            return np.sum(a * g) / (y + (y == 0))
    slope = norm_slope(y, a, ord, axis, keepdims)
    return np.sum(slope * g, axis, keepdims=keepdims)


@tangent(f"{SL}.lstsq", "a")
def lstsq_a(g, y, a, b, cond, lapack_driver):
    require_real_matrix(a)
    x, inverse = y[0], np.linalg.pinv(a)
    rest = b - a @ x
    kernel = g.T @ (inverse.T @ x)
    step = inverse @ (inverse.T @ (g.T @ rest) - g @ x)
    size = np.resize(-2.0 * np.sum(rest * (g @ x), 0), np.shape(y[1]))
    u, _, v = np.linalg.svd(a, False)
    change = np.diagonal(u.T @ g @ v.T)
    return step + kernel - inverse @ (a @ kernel), size, 0.0, change


@tangent(f"{SL}.lstsq", "b")
def lstsq_b(g, y, a, b, cond, lapack_driver):
    require_real_matrix(a)
    rest = b - a @ y[0]
    size = np.resize(2.0 * np.sum(rest * g, 0), np.shape(y[1]))
    return np.linalg.pinv(a) @ g, size, 0.0, np.zeros_like(y[3])


@tangent(f"{SL}.pinv", "a")
def pinv(g, y, a, atol, rtol):
    require_real_matrix(a)
    back = turned(y)
    left = y @ back @ turned(g)
    right = turned(g) @ back @ y
    return left - left @ a @ y + right - y @ a @ right - y @ g @ y


@tangent(f"{SL}.polar", "a")
def polar(g, y, a, side):
    """p is the root of a' a, or of a a'."""
    require_square(a)
    require_real_matrix(a)
    u, p = y
    if side == "right":
        square = g.T @ a
        step = scipy.linalg.solve_sylvester(p, p, square + square.T)
        return np.linalg.solve(p, (g - u @ step).T).T, step
    square = a @ g.T
    step = scipy.linalg.solve_sylvester(p, p, square + square.T)
    return np.linalg.solve(p, g - step @ u), step
