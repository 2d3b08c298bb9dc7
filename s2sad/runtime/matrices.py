"""Cotangents of factors and functions of matrices that SciPy has."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.errors import KindError
from s2sad.runtime.decompositions import require_real_matrix, turned


def require_square(a: Any) -> None:
    """Refuse what is no square matrix, or no stack of them."""
    if np.ndim(a) < 2 or np.shape(a)[-1] != np.shape(a)[-2]:
        raise KindError(f"a derivative for square matrices; this is {np.shape(a)}")


def beside(a: Any, g: Any) -> Any:
    """The block matrix [[a, g], [0, a]]: f of it has the derivative of f(a) along g."""
    require_square(a)
    rows = np.concatenate([a, g], -1)
    return np.concatenate([rows, np.concatenate([np.zeros_like(a), a], -1)], -2)


def cho_part(g: Any, y: Any, z: Any, c: Any, lower: bool) -> Any:
    """The cotangent of c in y = scipy.linalg.cho_solve((c, lower), b); z is b's."""
    wide, column = (np.reshape(v, (len(c), -1)) for v in (z, y))
    part = -wide @ column.T
    part = part + part.T
    return np.tril(part @ np.tril(c)) if lower else np.triu(np.triu(c) @ part)


def lu_part(gl: Any, gu: Any, p: Any, lo: Any, up: Any) -> Any:
    """The cotangent of a = p lo up."""
    require_square(p)
    middle = np.zeros_like(up)
    if gl is not None:
        middle = middle + np.tril(turned(lo) @ gl, -1)
    if gu is not None:
        middle = middle + np.triu(gu @ turned(up))
    inner = turned(np.linalg.solve(up, turned(middle)))
    return p @ np.linalg.solve(turned(lo), inner)


def packed_lu(lu: Any, pivots: Any) -> Any:
    """p, lo, up of what scipy.linalg.lu_factor gives."""
    n = len(lu)
    order = np.arange(n)
    for k, other in enumerate(pivots):
        order[[k, other]] = order[[other, k]]
    one = np.eye(n, dtype=lu.dtype)
    return one[:, order], np.tril(lu, -1) + one, np.triu(lu)


def lu_factor_part(g: Any, lu: Any, pivots: Any) -> Any:
    """The cotangent of a in lu, pivots = scipy.linalg.lu_factor(a)."""
    p, lo, up = packed_lu(lu, pivots)
    return lu_part(np.tril(g, -1), np.triu(g), p, lo, up)


def lu_solve_part(y: Any, z: Any, lu: Any, pivots: Any) -> Any:
    """The cotangent of lu in y = scipy.linalg.lu_solve((lu, pivots), b); z is b's."""
    p, lo, up = packed_lu(lu, pivots)
    wide, column = (np.reshape(v, (len(lu), -1)) for v in (z, y))
    part = -p.T @ wide @ column.T
    return np.tril(part @ up.T, -1) + np.triu(lo.T @ part)


def triangle_part(z: Any, y: Any, lower: bool, unit: bool, transposed: bool) -> Any:
    """The cotangent of a in y = scipy.linalg.solve_triangular(a, b); z is b's."""
    wide, column = (np.reshape(v, (len(z), -1)) for v in (z, y))
    part = -(column @ wide.T if transposed else wide @ column.T)
    return np.tril(part, -1 if unit else 0) if lower else np.triu(part, int(unit))


def turned_bands(ab: Any, lo: int, up: int) -> Any:
    """The bands of the transpose, in the storage of scipy.linalg.solve_banded."""
    out, n = np.zeros((lo + up + 1, ab.shape[1]), ab.dtype), ab.shape[1]
    for k in range(-lo, up + 1):  # the diagonal k above the main one
        at = np.arange(max(k, 0), n + min(k, 0))
        out[lo + k, at - k] = ab[up - k, at]
    return out


def bands_part(z: Any, y: Any, lo: int, up: int) -> Any:
    """The cotangent of ab in y = scipy.linalg.solve_banded((lo, up), ab, b)."""
    wide, column = (np.reshape(v, (len(z), -1)) for v in (z, y))
    out, n = np.zeros((lo + up + 1, len(z)), z.dtype), len(z)
    for k in range(-lo, up + 1):
        at = np.arange(max(k, 0), n + min(k, 0))
        out[up - k, at] = -np.sum(wide[at - k] * column[at], 1)
    return out


def block_of(g: Any, arrays: Any, k: int) -> Any:
    """The cotangent of arrays[k] in scipy.linalg.block_diag(*arrays)."""
    shapes = [np.shape(np.atleast_2d(v)) for v in arrays]
    row, column = (sum(s[axis] for s in shapes[:k]) for axis in (0, 1))
    part = g[row : row + shapes[k][0], column : column + shapes[k][1]]
    return np.reshape(part, np.shape(arrays[k]))


def polar_part(gu: Any, gp: Any, up: Any, p: Any, syl: Any) -> Any:
    """The cotangent of a = up p, of what the Sylvester equation gives."""
    both = 0.0 if gp is None else 0.5 * (gp + gp.T)
    return up @ (2.0 * syl + both)


def polar_inner(gu: Any, gp: Any, up: Any, p: Any) -> Any:
    """The right side of the Sylvester equation of a polar decomposition."""
    require_square(up)
    require_real_matrix(up)
    x = np.zeros_like(p)
    if gu is not None:
        x = x + up.T @ gu
    if gp is not None:
        x = x - 0.5 * (gp + gp.T) @ p
    return 0.5 * (x - x.T)
