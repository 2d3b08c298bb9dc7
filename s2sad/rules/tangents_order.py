"""Forward rules of what chooses, counts and reduces: extremes, quantiles, deviations.

What chooses elements chooses their tangents; of equal extremes each has its share.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.rules.registry import tangent
from s2sad.rules.short import norm_slope
from s2sad.runtime import (
    along,
    edges_tangent,
    extremes_tangent,
    is_array,
    is_complex,
    is_known,
    median_part,
    norm_part,
    others,
    quantile_along,
    quantile_slope,
    quantile_weights,
    rank,
    sources,
    spread,
    trimmed_places,
    unbroadcast,
)


@tangent("numpy.average", "a")
def average(g, y, axis, weights, returned, keepdims):
    if returned:
        return np.average(g, axis, weights, keepdims=keepdims), np.zeros_like(y[1])
    return np.average(g, axis, weights, keepdims=keepdims)


@tangent("numpy.average", "weights")
def average_weights(g, y, a, axis, weights, returned, keepdims):
    if axis is None and is_known(keepdims) and not keepdims and not returned:
        return np.sum(g * (a - y)) / np.sum(weights)
    change = np.broadcast_to(along(g, a, axis), np.shape(a))
    full = np.broadcast_to(along(weights, a, axis), np.shape(a))
    total = np.sum(full, axis, keepdims=keepdims)
    mean = y[0] if returned else y
    away = change * (a - spread(mean, a, axis, keepdims))
    part = np.sum(away, axis, keepdims=keepdims) / total
    if returned:
        return part, np.sum(change, axis, keepdims=keepdims)
    return part


@tangent("numpy.var", "a")
def var(g, y, a, axis, ddof, keepdims, where):
    if is_known(where) and where and not is_complex(a):
        if axis is None:
            away = a - np.mean(a)
            if is_known(keepdims) and not keepdims:
                if is_known(ddof) and ddof == 0:
                    return 2.0 * np.mean(away * g)
            total = 2.0 * np.sum(away * g, keepdims=keepdims)
            return total / (np.size(a) - ddof)
        away = a - np.mean(a, axis, keepdims=True)
        free = np.size(a) / np.size(y) - ddof
        return 2.0 * np.sum(away * g, axis, keepdims=keepdims) / free
    used = np.broadcast_to(where, np.shape(a))
    away = (a - np.mean(a, axis, keepdims=True, where=used)) * used
    part = np.real(np.conjugate(away) * g) if is_complex(a) else away * g
    free = np.sum(used, axis, keepdims=keepdims)
    if not is_known(ddof) or ddof != 0:
        free = free - ddof
    return unbroadcast(2.0 * np.sum(part, axis, keepdims=keepdims) / free, y)


@tangent("numpy.std", "a")
def std(g, y, a, axis, ddof, keepdims, where):
    if is_known(where) and where and not is_complex(a):
        if axis is None:
            away = a - np.mean(a)
            if is_known(keepdims) and not keepdims:
                if is_known(ddof) and ddof == 0:
                    return np.mean(away * g) / (y + (y == 0))
            free = (np.size(a) - ddof) * (y + (y == 0))
            return np.sum(away * g, keepdims=keepdims) / free
        away = a - np.mean(a, axis, keepdims=True)
        free = np.size(a) / np.size(y) - ddof
        return np.sum(away * g, axis, keepdims=keepdims) / (free * (y + (y == 0)))
    used = np.broadcast_to(where, np.shape(a))
    away = (a - np.mean(a, axis, keepdims=True, where=used)) * used
    part = np.real(np.conjugate(away) * g) if is_complex(a) else away * g
    free = np.sum(used, axis, keepdims=keepdims)
    if not is_known(ddof) or ddof != 0:
        free = free - ddof
    total = np.sum(part, axis, keepdims=keepdims)
    return unbroadcast(total / (free * (y + (y == 0))), y)


@tangent("numpy.nanvar", "a")
def nanvar(g, y, a, axis, ddof, keepdims):
    there = ~np.isnan(a)
    away = np.where(there, a - np.nanmean(a, axis, keepdims=True), 0.0)
    free = np.sum(there, axis, keepdims=keepdims)
    if not is_known(ddof) or ddof != 0:
        free = free - ddof
    return unbroadcast(2.0 * np.sum(away * g, axis, keepdims=keepdims) / free, y)


@tangent("numpy.nanstd", "a")
def nanstd(g, y, a, axis, ddof, keepdims):
    there = ~np.isnan(a)
    away = np.where(there, a - np.nanmean(a, axis, keepdims=True), 0.0)
    free = np.sum(there, axis, keepdims=keepdims)
    if not is_known(ddof) or ddof != 0:
        free = free - ddof
    total = np.sum(away * g, axis, keepdims=keepdims)
    return unbroadcast(total / (free * (y + (y == 0))), y)


def extreme(g, y, a, axis, keepdims, initial, where):
    """The tangent where the extreme is; equal extremes share equally."""
    if initial is None and is_known(where) and where:
        if axis is None:
            hit = np.equal(a, y)
            return np.mean(g, keepdims=keepdims, where=hit)
        if keepdims:
            hit = np.equal(a, y)
            return np.mean(g, axis, keepdims=True, where=hit)
        hit = np.equal(a, np.expand_dims(y, axis))
        return np.mean(g, axis, where=hit)
    hit = np.equal(a, spread(y, a, axis, keepdims)) & where
    count = np.sum(hit, axis, keepdims=keepdims)
    if initial is not None:
        count = count + np.equal(initial, y)
    total = np.sum(g, axis, keepdims=keepdims, where=hit)
    return unbroadcast(total / np.maximum(count, 1), y)


def extreme_initial(g, y, a, axis, keepdims, initial, where):
    hit = np.equal(a, spread(y, a, axis, keepdims)) & where
    chosen = np.equal(initial, y)
    count = np.sum(hit, axis, keepdims=keepdims) + chosen
    return unbroadcast(g * chosen / np.maximum(count, 1), y)


def nan_extreme(g, y, a, axis, keepdims):
    """The same, where NaN is passed over: it equals nothing."""
    hit = np.equal(a, spread(y, a, axis, keepdims))
    return np.mean(g, axis, keepdims=keepdims, where=hit)


for name in ("max", "min"):
    tangent(f"numpy.{name}", "a")(extreme)
    tangent(f"numpy.{name}", "initial")(extreme_initial)
    tangent(f"numpy.nan{name}", "a")(nan_extreme)


@tangent("numpy.ptp", "a")
def ptp(g, a, axis, keepdims):
    top = np.equal(a, np.max(a, axis, keepdims=True))
    low = np.equal(a, np.min(a, axis, keepdims=True))
    at_top = np.mean(g, axis, keepdims=keepdims, where=top)
    return at_top - np.mean(g, axis, keepdims=keepdims, where=low)


def accumulated(g, y, array, axis):
    return extremes_tangent(g, y, array, axis)


tangent("numpy.maximum.accumulate", "array")(accumulated)
tangent("numpy.minimum.accumulate", "array")(accumulated)


@tangent("numpy.median", "a")
def median(g, a, axis, keepdims):
    return np.sum(g * median_part(a, axis), axis, keepdims=keepdims)


@tangent("numpy.nanmedian", "a")
def nanmedian(g, a, axis, keepdims):
    return np.sum(g * quantile_weights(a, 0.5, axis), axis, keepdims=keepdims)


def quantile(g, a, q, axis, method, keepdims):
    if rank(q) == 0:
        weights = quantile_weights(a, q, axis, method)
        return np.sum(g * weights, axis, keepdims=keepdims)
    return quantile_along(g, a, q, axis, method, keepdims)


def quantile_q(g, a, q, axis, method, keepdims):
    slope = quantile_slope(a, q, axis, method, keepdims)
    if rank(q) == 0:
        return g * slope
    return np.transpose(np.transpose(slope) * np.transpose(g))


for name in ("quantile", "nanquantile"):
    tangent(f"numpy.{name}", "a")(quantile)
    tangent(f"numpy.{name}", "q")(quantile_q)


@tangent("numpy.prod", "a")
def prod(g, a, axis, keepdims, initial, where):
    if is_known(where) and where and is_known(initial) and initial == 1:
        if axis is None:
            if is_known(keepdims) and not keepdims:
                return np.sum(g * others(a))
        return np.sum(g * others(a, axis), axis, keepdims=keepdims)
    used = np.broadcast_to(where, np.shape(a))
    rest = others(np.where(used, a, 1.0), axis) * used
    return initial * np.sum(g * rest, axis, keepdims=keepdims)


@tangent("numpy.prod", "initial")
def prod_initial(g, a, axis, keepdims, where):
    return g * np.prod(a, axis, keepdims=keepdims, where=where)


@tangent("math.prod", "iterable")
def math_prod(g, iterable, start):
    return start * np.sum(g * others(iterable))


@tangent("math.prod", "start")
def math_prod_start(g, iterable):
    return g * np.prod(iterable)


@tangent("numpy.logaddexp.reduce", "array")
def logaddexp(g, y, array, axis, keepdims):
    top = spread(y, array, axis, keepdims)
    return np.sum(g * np.exp(array - top), axis, keepdims=keepdims)


@tangent("numpy.linalg.norm", "x")
def norm(g, y, x, ord, axis, keepdims):
    if is_complex(x):
        part = norm_part(np.ones_like(y), y, x, ord, axis, keepdims)
        return np.sum(np.real(part * g), axis, keepdims=keepdims)
    if ord is None or ord == "fro":
        if axis is None:
            if is_known(keepdims) and not keepdims:
                if is_array(x):
                    return np.sum(x * g) / (y + (y == 0))
                return np.sum(np.multiply(x, g)) / (y + (y == 0))
        return np.sum(np.multiply(x, g), axis, keepdims=keepdims) / (y + (y == 0))
    slope = norm_slope(y, x, ord, axis, keepdims)
    return np.sum(slope * g, axis, keepdims=keepdims)


@tangent("numpy.sort", "a")
def sort(g, a, axis, kind, stable):
    order = np.argsort(a, axis, kind="stable")
    if rank(a) == 1:
        return g[order]
    return np.take_along_axis(g, order, axis)


@tangent("numpy.partition", "a")
def partition(g, y, a, kth, axis, kind):
    return np.take_along_axis(g, sources(y, a, axis), axis)


@tangent("numpy.unique", "ar")
def unique(g, ar, return_index, return_inverse, return_counts, equal_nan):
    values = np.ravel(g)[np.unique(ar, return_index=True)[1]]
    if return_index or return_inverse or return_counts:
        return values, 0.0, 0.0, 0.0
    return values


@tangent("numpy.extract", "arr")
def extract(g, condition):
    return np.ravel(g)[np.flatnonzero(condition)]


@tangent("numpy.trim_zeros", "filt")
def trim_zeros(g, filt, trim):
    return g[trimmed_places(filt, trim)]


@tangent("numpy.histogram", "a")
def histogram(g, y, a, bins, range, density, weights):
    """Counts are constant between jumps."""
    return np.zeros_like(y[0]), edges_tangent(g, a, bins, range)


@tangent("numpy.histogram", "weights")
def histogram_weights(g, y, a, bins, range, density):
    return np.histogram(a, bins, range, None, g)[0], np.zeros_like(y[1])
