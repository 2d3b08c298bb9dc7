"""Cotangents of order statistics, and of what runs along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.errors import KindError
from s2sad.runtime.axes import lined, unlined
from s2sad.runtime.basic import float_dtype, spread, unbroadcast


def in_order(x: Any, down: bool = False) -> Any:
    """The places of the items of a list in their order, as sorted() has it."""
    return sorted(range(len(x)), key=x.__getitem__, reverse=down)


def extreme_place(x: Any, least: bool = False) -> Any:
    """Where the greatest item of a list is, or the least: the first of equal ones."""
    return (min if least else max)(range(len(x)), key=x.__getitem__)


def quantile_place(q: Any, n: Any, method: str) -> Any:
    """Where between n sorted values a quantile lies, and its derivative in q."""
    shifts = {
        "linear": (1.0, 1.0),
        "hazen": (0.5, 0.5),
        "weibull": (0.0, 0.0),
        "median_unbiased": (1 / 3, 1 / 3),
        "normal_unbiased": (0.375, 0.375),
        "interpolated_inverted_cdf": (0.0, 1.0),
    }
    if method in shifts:
        alpha, beta = shifts[method]
        slope = n + 1.0 - alpha - beta
        return np.clip(q * slope + alpha - 1.0, 0.0, n - 1.0), slope
    place = q * (n - 1.0)
    if method == "midpoint":
        return 0.5 * (np.floor(place) + np.ceil(place)), 0.0 * n
    step = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}
    if method not in step:
        raise KindError(f"no derivative of the quantile method {method!r}")
    return step[method](place), 0.0 * n


def quantile_ends(a: Any, q: float, axis: Any, method: str) -> Any:
    """The sorted places between which a quantile lies, and how far it is from one.

    Then the derivative of that in q; and the axes as one, and how to undo that.
    """
    flat, shape, axes = lined(np.asarray(a, float_dtype(a)), axis)
    order = np.argsort(flat, 0, kind="stable")  # NaN comes last
    n = np.sum(~np.isnan(flat), 0)
    place, slope = quantile_place(q, n, method)
    low = np.floor(place).astype(int)
    ends = [
        np.take_along_axis(order, np.maximum(at, 0)[None], 0)
        for at in (low, np.minimum(low + 1, n - 1))
    ]
    return ends, place - low, slope, (flat, shape, axes)


def quantile_weights(
    a: Any, q: float, axis: Any = None, method: str = "linear", slopes: bool = False
) -> Any:
    """The derivative of np.quantile and np.nanquantile in a; or that of this in q."""
    (low, high), part, slope, (flat, shape, axes) = quantile_ends(a, q, axis, method)
    out = np.zeros_like(flat)
    for index, weight in ((low, 1.0 - part), (high, part)):
        change = weight if not slopes else slope if index is high else -slope
        more = np.take_along_axis(out, index, 0) + change
        np.put_along_axis(out, index, more.astype(out.dtype), 0)
    return unlined(out, shape, axes)


def quantile_slope(
    a: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """The derivative of np.quantile and np.nanquantile in q."""
    if np.ndim(q):
        parts = [quantile_slope(a, p, axis, method, keepdims) for p in np.ravel(q)]
        return np.reshape(np.stack(parts), np.shape(q) + np.shape(parts[0]))
    (low, high), _, slope, (flat, _, axes) = quantile_ends(a, q, axis, method)
    steps = np.take_along_axis(flat, high, 0) - np.take_along_axis(flat, low, 0)
    out = (slope * steps)[0]
    return np.expand_dims(out, axes) if keepdims else out


def quantile_back(
    g: Any, a: Any, q: Any, axis: Any, method: str, keepdims: bool
) -> Any:
    """The cotangent of a in np.quantile for several q."""
    out = np.zeros(np.shape(a), float_dtype(a))
    parts = np.reshape(g, (np.size(q), *np.shape(g)[np.ndim(q) :]))
    for part, p in zip(parts, np.ravel(q), strict=True):
        weights = quantile_weights(a, p, axis, method)
        out = out + spread(part, a, axis, keepdims) * weights
    return out


def quantile_along(
    g: Any, a: Any, q: Any, axis: Any, method: str, keepdims: bool
) -> Any:
    """The tangent of np.quantile for several q, along a tangent of a."""
    parts = [
        np.sum(g * quantile_weights(a, p, axis, method), axis, keepdims=keepdims)
        for p in np.ravel(q)
    ]
    return np.reshape(np.stack(parts), np.shape(q) + np.shape(parts[0]))


def extremes_part(g: Any, y: Any, a: Any, axis: int) -> Any:
    """The cotangent of a in np.maximum.accumulate(a, axis), which is y."""
    g, y, x = (np.moveaxis(np.asarray(v), axis, 0) for v in (g, y, a))
    out, later = np.zeros(x.shape, float_dtype(x)), np.zeros_like(x[:1], float_dtype(x))
    for k in range(len(x) - 1, 0, -1):
        later = later + g[k]
        taken = (x[k] == y[k]) * np.where(x[k] == y[k - 1], 0.5, 1.0)
        out[k] = (later * taken)[0]
        later = later - out[k]
    out[:1] = later + g[:1]
    return np.moveaxis(out, 0, axis)


def extremes_tangent(g: Any, y: Any, a: Any, axis: int) -> Any:
    """The tangent of np.maximum.accumulate(a, axis), which is y."""
    g, y, x = (np.moveaxis(np.asarray(v), axis, 0) for v in (g, y, a))
    out = np.array(g, float_dtype(x))
    for k in range(1, len(x)):
        taken = (x[k] == y[k]) * np.where(x[k] == y[k - 1], 0.5, 1.0)
        out[k] = taken * g[k] + (1.0 - taken) * out[k - 1]
    return np.moveaxis(out, 0, axis)


def gradient_part(g: Any, f: Any, spacing: Any, axis: Any, edge_order: int) -> Any:
    """The cotangent of f in np.gradient(f, *spacing, axis=axis)."""
    x = np.asarray(f, float_dtype(f))
    axes = tuple(range(x.ndim)) if axis is None else np.ravel(axis).tolist()
    parts = g if isinstance(g, list | tuple) else [g]
    steps = (
        list(spacing) * len(axes) if len(spacing) == 1 else spacing or [1.0] * len(axes)
    )
    out = np.zeros_like(x)
    for part, at, step in zip(parts, axes, steps, strict=True):
        n = x.shape[at]
        h = np.diff(step) if np.ndim(step) else np.full(n - 1, step, x.dtype)
        h = h.astype(x.dtype)
        c, b = np.moveaxis(np.asarray(part), at, -1), np.moveaxis(out, at, -1)
        left, right, inner = h[:-1], h[1:], c[..., 1:-1]
        b[..., :-2] -= inner * right / (left * (left + right))
        b[..., 1:-1] += inner * (right - left) / (left * right)
        b[..., 2:] += inner * left / (right * (left + right))
        for end, turned in ((0, 1), (n - 1, -1)):
            e, first = c[..., end], h[0 if turned == 1 else -1]
            weights = np.array([-1.0, 1.0, 0.0]) / first
            if edge_order == 2:
                second = h[1 if turned == 1 else -2]
                both = first + second
                weights = np.array(
                    [
                        -1 / first - 1 / both,
                        both / (first * second),
                        -first / (second * both),
                    ]
                )
            for k in range(edge_order + 1):
                b[..., end + turned * k] += turned * e * weights[k]
    return out


def gradient_again(g: Any, f: Any, spacing: Any, axis: Any, edge_order: Any) -> Any:
    """The cotangent of g in gradient_part(g, f, ...): the gradient, of g."""
    x = np.asarray(g, float_dtype(f))
    found = np.gradient(x, *spacing, axis=axis, edge_order=edge_order)
    return list(found) if isinstance(found, tuple) else found


def convolved(g: Any, n: int, m: int, mode: str, turned: bool = False) -> Any:
    """The cotangent of a full convolution of n and m numbers, of which g is a part."""
    short = min(n, m)
    if mode == "full":
        return g
    start = (short - 1) // 2 if mode == "same" else short - 1
    if turned and mode == "same" and m > n:
        start = short - 1 - start
    return np.pad(g, (start, n + m - 1 - start - len(g)))


def interp_places(x: Any, xp: Any) -> Any:
    """For np.interp: the interval that x lies in, how far, and whether it does."""
    x, xp = np.asarray(x, float), np.asarray(xp, float)
    at = np.clip(np.searchsorted(xp, x, "right") - 1, 0, len(xp) - 2)
    inside = (x >= xp[0]) & (x <= xp[-1])
    return at, (x - xp[at]) / (xp[at + 1] - xp[at]), inside


def interp_slope(x: Any, xp: Any, fp: Any) -> Any:
    """The derivative of np.interp in x: of the interval, and 0 outside of all."""
    at, _, inside = interp_places(x, xp)
    low, high = (np.asarray(v, float) for v in (xp, fp))
    return inside * (high[at + 1] - high[at]) / (low[at + 1] - low[at])


def interp_part(g: Any, x: Any, xp: Any, fp: Any, left: Any, right: Any) -> Any:
    """The cotangents of x, xp, fp, left and right in np.interp."""
    at, t, inside = interp_places(x, xp)
    low, high = (np.asarray(v, float) for v in (xp, fp))
    g = np.asarray(g)
    slope = (high[at + 1] - high[at]) / (low[at + 1] - low[at])
    below, above = np.asarray(x) < low[0], np.asarray(x) > low[-1]
    bxp, bfp = np.zeros(low.shape), np.zeros(high.shape)
    for k, weight in ((at, 1.0 - t), (at + 1, t)):
        np.add.at(bfp, k, g * inside * weight)
        np.add.at(bxp, k, -g * inside * slope * weight)
    bfp[0] += np.sum(g * below) if left is None else 0.0
    bfp[-1] += np.sum(g * above) if right is None else 0.0
    bx = unbroadcast(g * inside * slope, x)
    return bx, bxp, bfp, np.sum(g * below), np.sum(g * above)
