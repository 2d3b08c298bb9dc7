"""Cotangents of elements that a function has moved, chosen or dropped."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.errors import KindError
from s2sad.runtime.basic import float_dtype, spread


def places(a: Any) -> Any:
    """The number of each element of a, in a's shape: what is done to a tells where."""
    return np.reshape(np.arange(np.size(a)), np.shape(a))


def scattered(g: Any, at: Any, a: Any) -> Any:
    """g added up where its elements come from: numbers of elements of a, or -1."""
    at, g = np.ravel(at), np.ravel(g)
    out = np.zeros(np.size(a), np.result_type(float_dtype(a), g.dtype))
    np.add.at(out, at[at >= 0], g[at >= 0])
    out = out.astype(float_dtype(a)) if out.dtype.kind != "c" else out
    return np.reshape(out, np.shape(a)) if np.ndim(a) else out[0]


def sources(y: Any, a: Any, axis: Any = -1) -> Any:
    """Where in a the elements of y are, which are a's in another order."""
    ranks = np.argsort(np.argsort(y, axis, kind="stable"), axis)
    return np.take_along_axis(np.argsort(a, axis, kind="stable"), ranks, axis)


def trimmed_places(a: Any, trim: str) -> Any:
    """What np.trim_zeros leaves of a vector."""
    if np.ndim(a) != 1:
        raise KindError("np.trim_zeros has a derivative for vectors only")
    at = np.flatnonzero(a)
    if not len(at):
        return at
    first = at[0] if "f" in trim.lower() else 0
    last = at[-1] + 1 if "b" in trim.lower() else len(a)
    return np.arange(first, last)


def histogram_places(a: Any, edges: Any) -> Any:
    """The bin that each number is counted in; the number of bins for none."""
    at = np.searchsorted(edges, a, "right") - 1
    at = np.where(np.equal(a, edges[-1]), len(edges) - 2, at)
    return np.where(at < 0, len(edges) - 1, at)


def edges_part(g: Any, a: Any, bins: Any, limits: Any) -> Any:
    """The cotangent of a in the edges of its histogram."""
    x = np.asarray(a, float_dtype(a))
    if np.ndim(bins) or limits is not None:
        return np.zeros_like(x)
    if isinstance(bins, str):
        raise KindError("a histogram's edges have a derivative for a number of bins")
    out, up = np.zeros_like(x), np.linspace(0.0, 1.0, bins + 1)
    for end, weight in ((np.min(x), 1.0 - up), (np.max(x), up)):
        hit = x == end
        out = out + spread(np.sum(g * weight) / np.sum(hit), x) * hit
    return out


def edges_tangent(g: Any, a: Any, bins: Any, limits: Any) -> Any:
    """The tangent of the edges of a's histogram."""
    x = np.asarray(a, float_dtype(a))
    if np.ndim(bins) or limits is not None:
        return np.zeros(len(bins) if np.ndim(bins) else bins + 1)
    if isinstance(bins, str):
        raise KindError("a histogram's edges have a derivative for a number of bins")
    up = np.linspace(0.0, 1.0, bins + 1)
    top, low = x == np.max(x), x == np.min(x)
    at_top, at_low = (np.sum(g * hit) / np.sum(hit) for hit in (top, low))
    return at_low * (1.0 - up) + at_top * up


def rolled_back(g: Any, axis: int, start: int) -> Any:
    """The cotangent of a in np.rollaxis(a, axis, start)."""
    axis, start = axis % g.ndim, start + g.ndim if start < 0 else start
    return np.moveaxis(g, start - (axis < start), axis)


def gathered(g: Any, at: Any, like: Any) -> Any:
    """The cotangent of c in scattered(c, at, a)."""
    at = np.ravel(at)
    part = np.where(at >= 0, np.ravel(g)[at], 0.0)
    return np.reshape(part, np.shape(like))
