"""Tangents that take more than a line. `g` is the tangent of the first argument."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.basic import float_dtype


def cumprod_tangent(g: Any, y: Any, a: Any, axis: Any = None) -> Any:
    """The tangent of np.cumprod(a, axis), where a has zeros too."""
    x = np.asarray(a, float_dtype(a))
    if axis is None:
        flat = cumprod_tangent(np.ravel(g), np.ravel(y), np.ravel(x), 0)
        return np.reshape(flat, np.shape(y))
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
    low = np.tril(g)
    whole = low + np.swapaxes(np.tril(g, -1), -1, -2)
    left = np.linalg.solve(y, whole)
    middle = np.linalg.solve(y, np.swapaxes(left, -1, -2))
    half = 1.0 - 0.5 * np.eye(y.shape[-1], dtype=y.dtype)
    return np.matmul(y, np.tril(middle) * half)
