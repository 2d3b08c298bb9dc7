"""Cotangents of distributions, distances and quadratures."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.errors import KindError
from s2sad.runtime.basic import unbroadcast
from s2sad.runtime.decompositions import one_triangle


def require_covariance(x: Any, cov: Any) -> None:
    """Refuse a number for the covariance, or for a vector."""
    if np.ndim(cov) != 2 or np.ndim(x) < 1:
        raise KindError(
            "multivariate_normal has a derivative for a matrix cov and vectors x",
            hint="pass cov as a matrix, such as c * np.eye(n)",
        )


def mvn_part(g: Any, x: Any, mean: Any, cov: Any) -> Any:
    """The cotangents of x, mean and cov in scipy.stats.multivariate_normal.logpdf.

    Of cov, which is symmetric, the lower triangle is read.
    """
    require_covariance(x, cov)
    away = x - (0.0 if mean is None else np.asarray(mean))
    rows = np.reshape(away, (-1, away.shape[-1]))
    inverse, weight = np.linalg.inv(cov), np.reshape(g, (-1, 1))
    solved = rows @ inverse.T
    bx = np.reshape(-weight * solved, away.shape)
    middle = 0.5 * (solved.T @ (weight * solved) - np.sum(weight) * inverse)
    bmean = None if mean is None else unbroadcast(-bx, mean)
    return unbroadcast(bx, x), bmean, one_triangle(middle, True)


def simpson_weights(n: int, x: Any, dx: Any) -> Any:
    """The weights of n samples in scipy.integrate.simpson."""
    h = np.full(n - 1, dx, float) if x is None else np.diff(x)
    w = np.zeros(n)
    if n == 2:
        return np.full(2, 0.5 * h[0])
    a, b = h[: (n - 1) // 2 * 2 : 2], h[1 : (n - 1) // 2 * 2 : 2]
    for start, part in ((0, 2 - b / a), (1, (a + b) ** 2 / (a * b)), (2, 2 - a / b)):
        w[start : start + 2 * len(a) : 2] += (a + b) / 6 * part
    if n % 2 == 0:
        p, q = h[-2], h[-1]
        w[-1] += (2 * q * q + 3 * p * q) / (6 * (p + q))
        w[-2] += (q * q + 3 * p * q) / (6 * p)
        w[-3] -= q**3 / (6 * p * (p + q))
    return w


def embedded(g: Any, a: Any, b: Any, mode: str) -> Any:
    """The cotangent of a full convolution of a and b, of which g is a part."""
    pairs = list(zip(np.shape(a), np.shape(b), strict=True))
    widths = []
    for (n, m), k in zip(pairs, g.shape, strict=True):
        start = {"full": 0, "same": (m - 1) // 2, "valid": min(n, m) - 1}[mode]
        widths.append((start, n + m - 1 - k - start))
    return np.pad(g, widths)


def lagged(g: Any, x: Any, count: int, axis: int) -> Any:
    """The sums of g[n] x[n - k] over n, for k below count."""
    g, x = np.moveaxis(g, axis, -1), np.moveaxis(np.asarray(x), axis, -1)
    n = x.shape[-1]
    found = [np.sum(g[..., k:] * x[..., : max(n - k, 0)]) for k in range(count)]
    return np.array(found)


def corners(shape: Any, at: Any) -> list[tuple[Any, Any]]:
    """The cells around places, and their weights; none outside."""
    at = np.reshape(at, (len(shape), -1))
    inside = np.all((at >= 0) & (at <= np.array(shape)[:, None] - 1), 0)
    low = np.floor(at).astype(int)
    found = []
    for corner in np.ndindex(*(2,) * len(shape)):
        index, weight = [], inside * 1.0
        for k, step in enumerate(corner):
            share = at[k] - low[k]
            weight = weight * (share if step else 1.0 - share)
            index.append(np.clip(low[k] + step, 0, shape[k] - 1))
        found.append((tuple(index), weight))
    return found


def linear_part(g: Any, a: Any, at: Any) -> Any:
    """The cotangent of a in scipy.ndimage.map_coordinates(a, at, order=1)."""
    out = np.zeros(np.shape(a))
    for index, weight in corners(np.shape(a), at):
        np.add.at(out, index, np.ravel(g) * weight)
    return unbroadcast(out, a)


def map_linearly(a: Any, at: Any) -> Any:
    """scipy.ndimage.map_coordinates(a, at, order=1)."""
    parts = [np.asarray(a)[index] * w for index, w in corners(np.shape(a), at)]
    return np.reshape(np.sum(np.array(parts), 0), np.shape(at)[1:])


def spline_slopes(x: Any, y: Any) -> Any:
    """The slopes at its knots of the cubic spline with no knot at the ends' seconds."""
    n, h = len(x), np.diff(x)
    if n < 4:
        raise KindError("a cubic spline has a derivative from four knots on")
    rate = np.diff(y) / h
    left, right = np.zeros((n, n)), np.zeros(n)
    for k in range(1, n - 1):
        left[k, k - 1 : k + 2] = h[k], 2 * (h[k - 1] + h[k]), h[k - 1]
        right[k] = 3 * (h[k] * rate[k - 1] + h[k - 1] * rate[k])
    first, last = h[0] + h[1], h[-1] + h[-2]
    left[0, :2], left[-1, -2:] = (h[1], first), (last, h[-2])
    right[0] = ((h[0] + 2 * first) * h[1] * rate[0] + h[0] ** 2 * rate[1]) / first
    right[-1] = h[-1] ** 2 * rate[-2] + (2 * last + h[-1]) * h[-2] * rate[-1]
    right[-1] = right[-1] / last
    return np.linalg.solve(left, right)


def spline_part(g: Any, x: Any, y: Any) -> Any:
    """The cotangent of y in spline_slopes(x, y), which is linear in it."""
    columns = np.eye(len(x))
    return np.array([spline_slopes(x, c) @ g for c in columns])
