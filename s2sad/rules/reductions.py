"""Sums, products, extremes, norms, and what runs along an axis."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.rules.registry import adjoint, constant, declare
from s2sad.rules.results import (
    averaged,
    fixed,
    index_reduced,
    permuted,
    reduced,
    same,
    tested,
    traced,
)
from s2sad.runtime import (
    along,
    cumprod_part,
    is_array,
    is_known,
    median_part,
    norm_part,
    on_diagonal,
    others,
    rank,
    spread,
    unbroadcast,
    undiff,
)


@adjoint("numpy.sum(a, axis=None, dtype=None, keepdims=False)", "a", reduced)
def sum_(g, a, axis, keepdims):
    if axis is None:
        return spread(g, a)
    if keepdims:
        return spread(g, a, axis, True)
    return spread(g, a, axis)


@adjoint("numpy.mean(a, axis=None, dtype=None, keepdims=False)", "a", averaged)
def mean(g, y, a, axis, keepdims):
    if axis is None:
        if is_array(a):
            return spread(g / a.size, a)
        return spread(g / np.size(a), a)
    if keepdims:
        return spread(g * (np.size(y) / np.size(a)), a, axis, True)
    return spread(g * (np.size(y) / np.size(a)), a, axis)


@adjoint("numpy.average(a, axis=None, weights=None)", "a", averaged)
def average(g, y, a, axis, weights):
    if is_known(weights) and weights is None:
        if axis is None:
            return spread(g / np.size(a), a)
        return spread(g * (np.size(y) / np.size(a)), a, axis)
    if axis is None:
        return g / np.sum(weights) * weights
    w = along(weights, a, axis)
    return spread(g, a, axis) * (w / np.sum(w, axis, keepdims=True))


@adjoint("numpy.average", "weights")
def average_weights(g, y, a, axis, weights):
    if axis is None:
        return g / np.sum(weights) * (a - y)
    w = along(weights, a, axis)
    part = spread(g, a, axis) * (a - spread(y, a, axis))
    part = part / np.sum(w, axis, keepdims=True)
    return np.reshape(unbroadcast(part, w), np.shape(weights))


@adjoint("numpy.var(a, axis=None, ddof=0, keepdims=False)", "a", averaged)
def var(g, y, a, axis, ddof, keepdims):
    if axis is None:
        if is_known(ddof) and ddof == 0:
            return 2.0 * g / np.size(a) * (a - np.mean(a))
        return 2.0 * g / (np.size(a) - ddof) * (a - np.mean(a))
    free = np.size(a) / np.size(y)
    if not is_known(ddof) or ddof != 0:
        free = free - ddof
    away = a - np.mean(a, axis, keepdims=True)
    if keepdims:
        return 2.0 * g / free * away
    return spread(2.0 * g / free, a, axis) * away


@adjoint("numpy.std(a, axis=None, ddof=0, keepdims=False)", "a", averaged)
def std(g, y, a, axis, ddof, keepdims):
    if axis is None:
        if is_known(ddof) and ddof == 0:
            return g / (np.size(a) * (y + (y == 0))) * (a - np.mean(a))
        return g / ((np.size(a) - ddof) * (y + (y == 0))) * (a - np.mean(a))
    free = np.size(a) / np.size(y)
    if not is_known(ddof) or ddof != 0:
        free = free - ddof
    slope = g / (free * (y + (y == 0)))
    away = a - np.mean(a, axis, keepdims=True)
    if keepdims:
        return slope * away
    return spread(slope, a, axis) * away


def extreme(g, y, a, axis, keepdims):
    """Equal extremes share equally."""
    if axis is None:
        hit = a == y if is_array(a) else np.equal(a, y)
        return unbroadcast(spread(g / np.count_nonzero(hit), a) * hit, a)
    if keepdims:
        hit = np.equal(a, y)
        return spread(g / np.sum(hit, axis, keepdims=True), a, axis, True) * hit
    hit = np.equal(a, np.expand_dims(y, axis))
    return spread(g / np.sum(hit, axis), a, axis) * hit


adjoint("numpy.max(a, axis=None, keepdims=False)", "a", reduced)(extreme)
adjoint("numpy.min(a, axis=None, keepdims=False)", "a", reduced)(extreme)


@adjoint("numpy.ptp(a, axis=None, keepdims=False)", "a", reduced)
def ptp(g, a, axis, keepdims):
    top = np.equal(a, np.max(a, axis, keepdims=True))
    low = np.equal(a, np.min(a, axis, keepdims=True))
    share_top = g / np.sum(top, axis, keepdims=keepdims)
    share_low = g / np.sum(low, axis, keepdims=keepdims)
    at_top = spread(share_top, a, axis, keepdims) * top
    return at_top - spread(share_low, a, axis, keepdims) * low


@adjoint("numpy.median(a, axis=None, keepdims=False)", "a", averaged)
def median(g, a, axis, keepdims):
    return spread(g, a, axis, keepdims) * median_part(a, axis)


@adjoint("numpy.prod(a, axis=None, dtype=None, keepdims=False)", "a", reduced)
def prod(g, a, axis, keepdims):
    if axis is None:
        return g * others(a)
    if keepdims:
        return g * others(a, axis)
    return spread(g, a, axis) * others(a, axis)


@adjoint("math.prod(iterable, start=1)", "iterable", "num")
def math_prod(g, iterable, start):
    return g * start * others(iterable)


@adjoint("math.prod", "start")
def math_prod_start(g, iterable):
    return g * np.prod(iterable)


@adjoint("math.fsum(seq)", "seq", "scalar")
def fsum(g, seq):
    return spread(g, seq)


def along_axis(bound):
    """A running sum: of the flattened array, unless there is an axis."""
    return fixed(1)(bound) if bound["axis"].type.kind == "none" else same(bound)


@adjoint("numpy.cumsum(a, axis=None, dtype=None)", "a", along_axis)
def cumsum(g, a, axis):
    if axis is None:
        if rank(a) == 1:
            return np.cumsum(g[::-1])[::-1]
        return np.reshape(np.cumsum(g[::-1])[::-1], np.shape(a))
    return np.flip(np.cumsum(np.flip(g, axis), axis), axis)


@adjoint("numpy.cumprod(a, axis=None, dtype=None)", "a", along_axis)
def cumprod(g, y, a, axis):
    return cumprod_part(g, y, a, axis)


@adjoint("numpy.diff(a, n=1, axis=-1)", "a", permuted)
def diff(g, a, n, axis):
    if rank(a) == 1 and is_known(n) and n == 1:
        return -np.diff(np.pad(g, 1))
    return undiff(g, n, axis)


@adjoint("numpy.trace(a, offset=0, axis1=0, axis2=1)", "a", traced)
def trace(g, a, offset, axis1, axis2):
    if rank(a) == 2 and axis1 == 0 and axis2 == 1:
        if is_known(offset) and offset == 0:
            return g * np.eye(a.shape[0], a.shape[1], dtype=a.dtype)
        return g * np.eye(a.shape[0], a.shape[1], offset, dtype=a.dtype)
    return on_diagonal(np.expand_dims(g, -1), a, offset, axis1, axis2)


@adjoint("numpy.linalg.norm(x, ord=None, axis=None, keepdims=False)", "x", averaged)
def norm(g, y, x, ord, axis, keepdims):
    if ord is None:
        if is_array(x) and (axis is None or keepdims):
            return g / (y + (y == 0)) * x
        if axis is None or keepdims:
            return np.multiply(g / (y + (y == 0)), x)
        return spread(g / (y + (y == 0)), x, axis) * x
    return norm_part(g, y, x, ord, axis, keepdims)


@adjoint("numpy.sort(a, axis=-1)", "a", same)
def sort(g, a, axis):
    order = np.argsort(a, axis, kind="stable")
    if rank(a) == 1:
        return g[np.argsort(order)]
    return np.take_along_axis(g, np.argsort(order, axis), axis)


for name in ["argmax", "argmin", "count_nonzero"]:
    declare(f"numpy.{name}(a, axis=None, keepdims=False)", index_reduced)
for name in ["all", "any"]:
    declare(f"numpy.{name}(a, axis=None, keepdims=False)", tested)
declare("numpy.argsort(a, axis=-1, kind=None)", lambda bound: fixed(None, "int")({}))
declare("numpy.searchsorted(a, v, side='left')", "any")
declare("numpy.argwhere(a)", lambda bound: fixed(2, "int")({}))
declare("numpy.flatnonzero(a)", lambda bound: fixed(1, "int")({}))
constant("numpy.nonzero(a)", "numpy.unravel_index(indices, shape)")
constant(
    "numpy.allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False)",
    "numpy.array_equal(a1, a2)",
    result="bool",
)
