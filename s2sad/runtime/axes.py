"""Cotangents of what works along the axes of an array."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.basic import float_dtype, spread, unbroadcast


def along(w: Any, a: Any, axis: Any) -> Any:
    """Weights, one for each place on an axis, laid along that axis of a."""
    if axis is None or np.ndim(w) == np.ndim(a):
        return w
    return np.reshape(
        w, [-1 if k == axis % np.ndim(a) else 1 for k in range(np.ndim(a))]
    )


def lined(x: Any, axis: Any) -> tuple[Any, ...]:
    """x with the axes flattened into the first one, and how to undo that."""
    axes = tuple(range(x.ndim)) if axis is None else tuple(np.ravel(axis).tolist())
    moved = np.moveaxis(x, axes, tuple(range(len(axes))))
    return np.reshape(moved, (-1, *moved.shape[len(axes) :])), moved.shape, axes


def unlined(flat: Any, shape: Any, axes: Any) -> Any:
    """The inverse of `lined`."""
    return np.moveaxis(np.reshape(flat, shape), tuple(range(len(axes))), axes)


def others(a: Any, axis: Any = None) -> Any:
    """At each element, the product of all the others along the axes."""
    flat, shape, axes = lined(np.asarray(a, float_dtype(a)), axis)
    left, right = np.ones_like(flat), np.ones_like(flat)
    np.cumprod(flat[:-1], 0, out=left[1:])
    np.cumprod(flat[:0:-1], 0, out=right[-2::-1])
    return unlined(left * right, shape, axes)


def cumprod_part(g: Any, y: Any, a: Any, axis: int) -> Any:
    """The cotangent of a in np.cumprod(a, axis)."""
    x = np.asarray(a, float_dtype(a))
    g, y, x = (np.moveaxis(v, axis, 0) for v in (g, y, x))
    if np.all(y != 0):
        out = np.cumsum((g * y)[::-1], 0)[::-1] / x
    else:
        out, later = np.empty_like(x), np.zeros_like(x[:1])
        for k in range(len(x) - 1, -1, -1):
            later = later + g[k]
            out[k] = (later * y[k - 1] if k else later)[0]
            later = later * x[k]
    return np.moveaxis(out, 0, axis)


def undiff(g: Any, n: int, axis: int) -> Any:
    """The cotangent of a in np.diff(a, n, axis)."""
    widths = [(0, 0)] * np.ndim(g)
    widths[axis] = (n, n)
    return (-1) ** n * np.diff(np.pad(g, widths), n, axis)


def median_part(a: Any, axis: Any = None) -> Any:
    """The derivative of np.median: one at the middle, or a half at the middle two."""
    x = np.asarray(a, float_dtype(a))
    flat, shape, axes = lined(x, axis)
    order = np.argsort(flat, 0, kind="stable")
    out = np.zeros_like(flat)
    for k in ((len(flat) - 1) // 2, len(flat) // 2):
        at = order[k : k + 1]
        np.put_along_axis(out, at, np.take_along_axis(out, at, 0) + 0.5, 0)
    return unlined(out, shape, axes)


def norm_part(g: Any, y: Any, x: Any, ord: Any, axis: Any, keepdims: bool) -> Any:
    """The cotangent of x in np.linalg.norm(x, ord, axis, keepdims)."""
    x = np.asarray(x, float_dtype(x))
    axes = tuple(range(x.ndim) if axis is None else np.ravel(axis).tolist())
    kept = np.shape(np.sum(x, axes, keepdims=True))
    g, y = (np.reshape(np.asarray(v, np.abs(x).dtype), kept) for v in (g, y))
    pair = len(axes) == 2 and ord is not None
    if ord in (None, "fro") or (ord == 2 and not pair):
        return g / (y + (y == 0)) * (np.conj(x) if np.iscomplexobj(x) else x)
    if ord in (2, -2, "nuc"):
        u, s, v = np.linalg.svd(np.moveaxis(x, axes, (-2, -1)), full_matrices=False)
        weight = np.sign(s)
        if ord != "nuc":
            weight = np.eye(s.shape[-1], dtype=s.dtype)[0 if ord == 2 else -1]
        part = np.conj(np.matmul(u * weight[..., None, :], v))
        return g * np.moveaxis(part, (-2, -1), axes)
    size = np.abs(x)
    way = np.conj(x) / (size + (size == 0)) if np.iscomplexobj(x) else np.sign(x)
    if pair:
        size = np.sum(size, axes[0 if abs(ord) == 1 else 1], keepdims=True)
    if pair or abs(ord) == np.inf:
        hit = (size == y).astype(size.dtype)
        if pair:
            count = np.sum(hit, axes[1 if abs(ord) == 1 else 0], keepdims=True)
        else:
            count = np.sum(hit, axes, keepdims=True)
        return g * way * (hit / count)
    if ord == 0:
        return np.zeros_like(x)
    if ord == 1:
        return g * way
    return g * way * (size / (y + (y == 0))) ** (ord - 1)


def on_diagonal(g: Any, a: Any, k: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The cotangent of a in np.diagonal, and in np.diag, either way."""
    if np.ndim(a) == 1:
        return np.diagonal(g, k).copy()
    out = np.zeros(np.shape(a), float_dtype(a))
    view = np.moveaxis(out, (axis1, axis2), (-2, -1))
    at = np.arange(np.diagonal(out, k, axis1, axis2).shape[-1])
    view[..., at + max(-k, 0), at + max(k, 0)] = g
    return out


def diagonal_of(g: Any, a: Any, k: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The cotangent of g in on_diagonal(g, a, k, axis1, axis2)."""
    return np.diag(g, k) if np.ndim(a) == 1 else np.diagonal(g, k, axis1, axis2)


def weights_part(g: Any, y: Any, a: Any, axis: Any, w: Any, keepdims: bool) -> Any:
    """The cotangent of the weights w in np.average(a, axis, w), which is y."""
    wide = along(w, a, axis)
    part = spread(g, a, axis, keepdims) * (a - spread(y, a, axis, keepdims))
    part = part / np.sum(wide, axis, keepdims=True)
    return np.reshape(unbroadcast(part, wide), np.shape(w))


def lay(v: Any, a: Any, axis: int) -> Any:
    """What np.diff puts before or after a: a number once for each line."""
    if np.ndim(v):
        return v
    return np.broadcast_to(v, [*np.shape(np.take(a, [0], axis))])
