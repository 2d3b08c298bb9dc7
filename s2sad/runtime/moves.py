"""Cotangents of arrays joined, repeated, padded and taken from."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.basic import float_dtype


def split_like(g: Any, arrays: Any, axis: int = 0) -> Any:
    """The cotangents of arrays that were joined along an axis."""
    parts, start = [], 0
    for a in arrays:
        count = np.shape(a)[axis] if np.ndim(a) == np.ndim(g) else 1
        at = (slice(None),) * (axis % np.ndim(g)) + (slice(start, start + count),)
        parts.append(np.reshape(g[at], np.shape(a)))
        start += count
    return np.stack(parts) if isinstance(arrays, np.ndarray) else parts


def split_flat(g: Any, arrays: Any) -> Any:
    """The cotangents of arrays that were flattened and joined end to end."""
    ends = np.cumsum([np.size(a) for a in arrays])[:-1]
    pieces = zip(np.split(g, ends), arrays, strict=True)
    parts = [np.reshape(piece, np.shape(a)) for piece, a in pieces]
    return np.stack(parts) if isinstance(arrays, np.ndarray) else parts


def untile(g: Any, a: Any, reps: Any) -> Any:
    """The cotangent of a in np.tile(a, reps)."""
    times = np.ravel(reps).tolist()
    n = max(len(times), np.ndim(a))
    times = [1] * (n - len(times)) + times
    sizes = [1] * (n - np.ndim(a)) + list(np.shape(a))
    pairs = [k for pair in zip(times, sizes, strict=True) for k in pair]
    total = np.sum(np.reshape(g, pairs), tuple(range(0, 2 * n, 2)))
    return np.reshape(total, np.shape(a))


def unrepeat(g: Any, a: Any, repeats: Any, axis: Any = None) -> Any:
    """The cotangent of a in np.repeat(a, repeats, axis)."""
    count = np.size(a) if axis is None else np.shape(a)[axis]
    return untake(g, a, np.repeat(np.arange(count), repeats), axis)


def untake(g: Any, a: Any, indices: Any, axis: Any = None) -> Any:
    """The cotangent of a in np.take(a, indices, axis)."""
    out = np.zeros(np.shape(a), float_dtype(a))
    if axis is None:
        np.add.at(np.reshape(out, -1), indices, g)
    else:
        np.add.at(out, (slice(None),) * (axis % out.ndim) + (np.asarray(indices),), g)
    return out


def unpad(g: Any, a: Any, pad_width: Any, mode: Any = "constant") -> Any:
    """The cotangent of a in np.pad(a, pad_width, mode), for modes that copy."""
    if mode == "constant":
        return np.reshape(g[np.pad(np.ones(np.shape(a), bool), pad_width)], np.shape(a))
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        raise NotImplementedError(f"the derivative of np.pad with mode={mode!r}")
    at = np.reshape(np.arange(np.size(a)), np.shape(a))
    return untake(g, a, np.pad(at, pad_width, mode))
