"""Tangents that take more than a line. `g` is the tangent of the first argument."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.basic import float_dtype
from s2sad.runtime.decompositions import (
    gaps,
    require_real_matrix,
    require_reduced,
    require_thin,
    turned,
)


def cumprod_tangent(g: Any, y: Any, a: Any, axis: int) -> Any:
    """The tangent of np.cumprod(a, axis), where a has zeros too."""
    x = np.asarray(a, float_dtype(a))
    g, y, x = (np.moveaxis(np.asarray(v), axis, 0) for v in (g, y, x))
    if np.all(x != 0):
        out = y * np.cumsum(g / x, 0)
    else:
        out = np.empty_like(y)
        out[:1] = g[:1]
        for k in range(1, len(x)):
            out[k] = out[k - 1] * x[k] + y[k - 1] * g[k]
    return np.moveaxis(out, 0, axis)


def solve_tangent(g: Any, y: Any, a: Any, b: Any) -> Any:
    """What the tangent of a contributes to that of np.linalg.solve(a, b), y."""
    if np.ndim(b) == 1:
        return -np.linalg.solve(a, np.matmul(g, y[..., None]))[..., 0]
    return -np.linalg.solve(a, np.matmul(g, y))


def cholesky_tangent(g: Any, y: Any) -> Any:
    """The tangent of np.linalg.cholesky(a), which reads the lower triangle."""
    require_real_matrix(y)
    low = np.tril(g)
    whole = low + np.swapaxes(np.tril(g, -1), -1, -2)
    left = np.linalg.solve(y, whole)
    middle = np.linalg.solve(y, np.swapaxes(left, -1, -2))
    half = 1.0 - 0.5 * np.eye(y.shape[-1], dtype=y.dtype)
    return np.matmul(y, np.tril(middle) * half)


def scaled_tangent(g: Any, v: Any) -> Any:
    """The tangent of vectors of length one, of the tangent g of any multiples of them.

    Of a complex vector, LAPACK makes the largest entry real.
    """
    along = np.sum(np.conj(v) * g, -2, keepdims=True)
    free = g - v * np.real(along)
    if not np.iscomplexobj(v):
        return free
    top = np.argmax(np.abs(v), -2)[..., None, :]
    at_top = np.arange(v.shape[-1])[:, None] == top
    largest, moved = (np.sum(m * at_top, -2, keepdims=True) for m in (v, free))
    return free - 1j * v * (np.imag(moved) / np.real(largest))


def svd_left(g: Any, u: Any, s: Any, v: Any) -> Any:
    """The tangent of u in u, s, v = np.linalg.svd(a, full_matrices=False)."""
    require_real_matrix(u)
    require_thin(u, v)
    size = s[..., None, :]
    inner = turned(u) @ g @ turned(v)
    turning = gaps(s * s) * (inner * size + turned(size) * turned(inner))
    outside = g @ turned(v) - u @ inner
    return u @ turning + outside / np.where(size == 0, 1.0, size)


def svd_right(g: Any, u: Any, s: Any, v: Any) -> Any:
    """The tangent of v in u, s, v = np.linalg.svd(a, full_matrices=False)."""
    return turned(svd_left(turned(g), turned(v), s, turned(u)))


def qr_tangent(g: Any, q: Any, r: Any) -> tuple[Any, Any]:
    """The tangents of q, r = np.linalg.qr(a)."""
    require_real_matrix(q)
    k = r.shape[-2]
    require_reduced(q, r)
    seen = turned(q) @ g
    solved = turned(np.linalg.solve(turned(r[..., :k]), turned(g[..., :k])))
    inner = turned(q) @ solved
    turning = np.tril(inner, -1) - turned(np.tril(inner, -1))
    return q @ (turning - inner) + solved, seen - turning @ r


def banded_product(bands: Any, y: Any, lo: int, up: int) -> Any:
    """The product of a matrix, stored as for scipy.linalg.solve_banded, with y."""
    out, n = np.zeros(np.shape(y), y.dtype), len(y)
    wide = np.reshape(y, (n, -1))
    for k in range(-lo, up + 1):  # the diagonal k above the main one
        at = np.arange(max(-k, 0), n - max(k, 0))
        out[at] += np.reshape(bands[up - k, at + k, None] * wide[at + k], out[at].shape)
    return out
