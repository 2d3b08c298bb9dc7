"""Forward rules of numpy.linalg: decompositions, solutions, powers.

Each is the differential of what defines the result. With m a middle matrix, such as
u' g v, the differentials of the factors are those parts of m that have their structure:
its triangles for triangular factors, its antisymmetric part for rotations.

M. Giles, Collected matrix derivative results for forward and reverse mode AD (2008).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.rules.registry import multilinear, tangent
from s2sad.rules.short import diagonals, mirrored, turned
from s2sad.runtime import (
    cholesky_tangent,
    cofactors,
    gaps,
    is_complex,
    power_part,
    qr_tangent,
    rank,
    require_real_matrix,
    scaled_tangent,
    solve_tangent,
    svd_left,
    svd_right,
)

NL = "numpy.linalg"


@tangent(f"{NL}.inv", "a")
def inv(g, y):
    return -y @ g @ y


@tangent(f"{NL}.solve", "a")
def solve_a(g, y, a, b):
    if rank(a) == 2:
        return -np.linalg.solve(a, g @ y)
    return solve_tangent(g, y, a, b)


@tangent(f"{NL}.solve", "b")
def solve_b(g, a):
    return np.linalg.solve(a, g)


@tangent(f"{NL}.det", "a")
def det(g, a):
    if rank(a) == 2:
        return np.sum(cofactors(a) * g)
    return np.sum(cofactors(a) * g, (-1, -2))


@tangent(f"{NL}.slogdet", "a")
def slogdet(g, a):
    if rank(a) == 2:
        change = np.trace(np.linalg.solve(a, g))
        return 0.0, np.real(change) if is_complex(a) else change
    change = np.trace(np.linalg.solve(a, g), 0, -2, -1)
    return np.zeros_like(change), change


@tangent(f"{NL}.cholesky", "a")
def cholesky(g, y, upper):
    if upper:
        return turned(cholesky_tangent(turned(g), turned(y)))
    return cholesky_tangent(g, y)


@tangent(f"{NL}.pinv", "a")
def pinv(g, y, a, rcond, rtol):
    require_real_matrix(a)
    back = turned(y)
    left = y @ back @ turned(g)
    right = turned(g) @ back @ y
    return left - left @ a @ y + right - y @ a @ right - y @ g @ y


@tangent(f"{NL}.eigh", "a")
def eigh(g, y, UPLO):
    w, v = y
    require_real_matrix(v)
    inner = turned(v) @ mirrored(g, UPLO == "L") @ v
    return diagonals(inner), v @ (gaps(w) * inner)


@tangent(f"{NL}.eigvalsh", "a")
def eigvalsh(g, a, UPLO):
    v = np.linalg.eigh(a, UPLO)[1]
    require_real_matrix(v)
    return diagonals(turned(v) @ mirrored(g, UPLO == "L") @ v)


@tangent(f"{NL}.eig", "a")
def eig(g, y):
    w, v = y
    inner = np.linalg.solve(v, g @ v)
    return diagonals(inner), scaled_tangent(v @ (gaps(w) * inner), v)


@tangent(f"{NL}.eigvals", "a")
def eigvals(g, a):
    v = np.linalg.eig(a)[1]
    return diagonals(np.linalg.solve(v, g @ v))


@tangent(f"{NL}.svd", "a")
def svd(g, y, a, full_matrices, compute_uv):
    require_real_matrix(a)
    if compute_uv:
        u, s, v = y
        size = diagonals(turned(u) @ g @ turned(v))
        return svd_left(g, u, s, v), size, svd_right(g, u, s, v)
    u, _, v = np.linalg.svd(a, False)
    return diagonals(turned(u) @ g @ turned(v))


@tangent(f"{NL}.svdvals", "x")
def svdvals(g, x):
    require_real_matrix(x)
    u, _, v = np.linalg.svd(x, False)
    return diagonals(turned(u) @ g @ turned(v))


@tangent(f"{NL}.qr", "a")
def qr(g, y, a, mode):
    if mode == "r":
        q, r = np.linalg.qr(a)
        return qr_tangent(g, q, r)[1]
    return qr_tangent(g, y[0], y[1])


@tangent(f"{NL}.lstsq", "a")
def lstsq_a(g, y, a, b, rcond):
    """Of the residuals too, and of the singular values."""
    require_real_matrix(a)
    x, inverse = y[0], np.linalg.pinv(a)
    rest = b - a @ x
    kernel = g.T @ (inverse.T @ x)
    step = inverse @ (inverse.T @ (g.T @ rest) - g @ x)
    size = np.resize(-2.0 * np.sum(rest * (g @ x), 0), np.shape(y[1]))
    u, _, v = np.linalg.svd(a, False)
    change = np.diagonal(u.T @ g @ v.T)
    return step + kernel - inverse @ (a @ kernel), size, 0.0, change


@tangent(f"{NL}.lstsq", "b")
def lstsq_b(g, y, a, b, rcond):
    require_real_matrix(a)
    rest = b - a @ y[0]
    size = np.resize(2.0 * np.sum(rest * g, 0), np.shape(y[1]))
    return np.linalg.pinv(a) @ g, size, 0.0, np.zeros_like(y[3])


@tangent(f"{NL}.matrix_power", "a")
def matrix_power(g, a, n):
    """The adjoint of a power of a is that of one of a', turned: the same sum."""
    if n < 0:
        inverse = np.linalg.inv(a)
        return -inverse @ power_part(g, turned(inverse), -n) @ inverse
    return power_part(g, turned(a), n)


multilinear(f"{NL}.multi_dot", "arrays", listed=True)
