"""Sums, products, extremes and norms: whole, along axes, of what a mask lets through.

Equal extremes share the derivative equally. A standard deviation or a norm of zero has
derivative zero. What `where=` leaves out has derivative zero.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.rules.registry import adjoint, constant, declare
from s2sad.rules.results import (
    averaged,
    fixed,
    index_reduced,
    reduced,
    tested,
    traced,
    weighted,
)
from s2sad.rules.short import norm_slope
from s2sad.runtime import (
    along,
    is_array,
    is_complex,
    is_known,
    norm_part,
    on_diagonal,
    others,
    rank,
    spread,
    unbroadcast,
    weights_part,
)

#: An array for the result is the business of the store that it is.
NO_OUT = {"only": {"out": (None,)}}


@adjoint(
    "numpy.sum(a, axis=None, dtype=None, out=None, keepdims=False, initial=0,"
    " where=True)",
    "a",
    reduced,
    **NO_OUT,
)
def sum_(g, a, axis, keepdims, where):
    if is_known(where) and where:
        if axis is None:
            if is_known(keepdims) and not keepdims:
                return spread(g, a)
            return spread(g, a, axis, keepdims)
        if keepdims:
            return spread(g, a, axis, True)
        return spread(g, a, axis)
    return np.where(where, spread(g, a, axis, keepdims), 0.0)


@adjoint("numpy.sum", "initial")
def sum_initial(g):
    if rank(g) == 0:
        return g
    return np.sum(g)


@adjoint(
    "numpy.mean(a, axis=None, dtype=None, out=None, keepdims=False, where=True)",
    "a",
    averaged,
    **NO_OUT,
)
def mean(g, y, a, axis, keepdims, where):
    if is_known(where) and where:
        if axis is None and is_known(keepdims) and not keepdims:
            if is_array(a):
                return spread(g / a.size, a)
            return spread(g / np.size(a), a)
        if keepdims:
            return spread(g * (np.size(y) / np.size(a)), a, axis, True)
        return spread(g * (np.size(y) / np.size(a)), a, axis)
    used = np.broadcast_to(where, np.shape(a))
    part = spread(g / np.sum(used, axis, keepdims=keepdims), a, axis, keepdims)
    return unbroadcast(part * used, a)


@adjoint(
    "numpy.average(a, axis=None, weights=None, returned=False, keepdims=False)",
    "a",
    weighted,
    parts=("average", "sum_of_weights"),
)
def average(g, y, a, axis, weights, returned, keepdims):
    if returned:
        if g[0] is None:
            return np.zeros_like(a)
        g = g[0]
        y = y[0]
    if is_known(weights) and weights is None:
        if axis is None and is_known(keepdims) and not keepdims:
            return spread(g / np.size(a), a)
        return spread(g * (np.size(y) / np.size(a)), a, axis, keepdims)
    if axis is None:
        return np.multiply(g / np.sum(weights), weights)
    w = along(weights, a, axis)
    return spread(g, a, axis, keepdims) * (w / np.sum(w, axis, keepdims=True))


@adjoint("numpy.average", "weights")
def average_weights(g, y, a, axis, weights, returned, keepdims):
    if returned:
        if g[0] is None:
            return unbroadcast(spread(g[1], a, axis, keepdims), along(weights, a, axis))
        if g[1] is not None:
            part = weights_part(g[0], y[0], a, axis, weights, keepdims)
            more = spread(g[1], a, axis, keepdims)
            if axis is None:
                return part + more
            return part + np.reshape(
                unbroadcast(more, along(weights, a, axis)), np.shape(weights)
            )
        return weights_part(g[0], y[0], a, axis, weights, keepdims)
    if axis is None and is_known(keepdims) and not keepdims:
        return g / np.sum(weights) * np.subtract(a, y)
    return weights_part(g, y, a, axis, weights, keepdims)


@adjoint(
    "numpy.var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=True)",
    "a",
    averaged,
    **NO_OUT,
)
def var(g, y, a, axis, ddof, keepdims, where):
    if is_complex(a):
        used = np.broadcast_to(where, np.shape(a))
        free = np.sum(used, axis, keepdims=keepdims)
        if not is_known(ddof) or ddof != 0:
            free = free - ddof
        away = (a - np.mean(a, axis, keepdims=True, where=used)) * used
        return spread(2.0 * g / free, a, axis, keepdims) * np.conjugate(away)
    if is_known(where) and where:
        if axis is None and is_known(keepdims) and not keepdims:
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
    used = np.broadcast_to(where, np.shape(a))
    free = np.sum(used, axis, keepdims=keepdims)
    if not is_known(ddof) or ddof != 0:
        free = free - ddof
    away = (a - np.mean(a, axis, keepdims=True, where=used)) * used
    return unbroadcast(spread(2.0 * g / free, a, axis, keepdims) * away, a)


@adjoint(
    "numpy.std(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=True)",
    "a",
    averaged,
    **NO_OUT,
)
def std(g, y, a, axis, ddof, keepdims, where):
    if is_complex(a):
        used = np.broadcast_to(where, np.shape(a))
        free = np.sum(used, axis, keepdims=keepdims)
        if not is_known(ddof) or ddof != 0:
            free = free - ddof
        away = (a - np.mean(a, axis, keepdims=True, where=used)) * used
        slope = g / (free * (y + (y == 0)))
        return spread(slope, a, axis, keepdims) * np.conjugate(away)
    if is_known(where) and where:
        if axis is None and is_known(keepdims) and not keepdims:
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
    used = np.broadcast_to(where, np.shape(a))
    free = np.sum(used, axis, keepdims=keepdims)
    if not is_known(ddof) or ddof != 0:
        free = free - ddof
    away = (a - np.mean(a, axis, keepdims=True, where=used)) * used
    part = spread(g / (free * (y + (y == 0))), a, axis, keepdims)
    return unbroadcast(part * away, a)


def extreme(g, y, a, axis, keepdims, initial, where):
    """Equal extremes share equally; the initial value is one more of them."""
    if initial is None and is_known(where) and where:
        if axis is None and is_known(keepdims) and not keepdims:
            hit = a == y if is_array(a) else np.equal(a, y)
            return unbroadcast(spread(g / np.count_nonzero(hit), a) * hit, a)
        if keepdims:
            hit = np.equal(a, y)
            return spread(g / np.sum(hit, axis, keepdims=True), a, axis, True) * hit
        hit = np.equal(a, np.expand_dims(y, axis))
        return spread(g / np.sum(hit, axis), a, axis) * hit
    hit = np.equal(a, spread(y, a, axis, keepdims)) & where
    count = np.sum(hit, axis, keepdims=keepdims)
    if initial is not None:
        count = count + np.equal(initial, y)
    return unbroadcast(spread(g / np.maximum(count, 1), a, axis, keepdims) * hit, a)


def extreme_initial(g, y, a, axis, keepdims, initial, where):
    hit = np.equal(a, spread(y, a, axis, keepdims)) & where
    chosen = np.equal(initial, y)
    count = np.sum(hit, axis, keepdims=keepdims) + chosen
    return np.sum(g * chosen / np.maximum(count, 1))


def nan_extreme(g, y, a, axis, keepdims):
    """The same, where NaN is passed over: it equals nothing."""
    hit = np.equal(a, spread(y, a, axis, keepdims))
    count = np.sum(hit, axis, keepdims=keepdims)
    return unbroadcast(spread(g / np.maximum(count, 1), a, axis, keepdims) * hit, a)


for name in ("max", "min"):
    rest = "keepdims=False, initial=None, where=True"
    form = f"numpy.{name}(a, axis=None, out=None, {rest})"
    adjoint(form, "a", reduced, **NO_OUT)(extreme)
    adjoint(f"numpy.{name}", "initial")(extreme_initial)
    form = f"numpy.nan{name}(a, axis=None, out=None, keepdims=False)"
    adjoint(form, "a", reduced, **NO_OUT)(nan_extreme)


@adjoint("numpy.ptp(a, axis=None, out=None, keepdims=False)", "a", reduced, **NO_OUT)
def ptp(g, a, axis, keepdims):
    top = np.equal(a, np.max(a, axis, keepdims=True))
    low = np.equal(a, np.min(a, axis, keepdims=True))
    share_top = g / np.sum(top, axis, keepdims=keepdims)
    share_low = g / np.sum(low, axis, keepdims=keepdims)
    at_top = spread(share_top, a, axis, keepdims) * top
    return at_top - spread(share_low, a, axis, keepdims) * low


@adjoint(
    "numpy.prod(a, axis=None, dtype=None, out=None, keepdims=False, initial=1,"
    " where=True)",
    "a",
    reduced,
    **NO_OUT,
)
def prod(g, a, axis, keepdims, initial, where):
    if is_known(where) and where and is_known(initial) and initial == 1:
        if axis is None and is_known(keepdims) and not keepdims:
            return g * others(a)
        if keepdims:
            return g * others(a, axis)
        return spread(g, a, axis) * others(a, axis)
    used = np.broadcast_to(where, np.shape(a))
    rest = others(np.where(used, a, 1.0), axis)
    return spread(g * initial, a, axis, keepdims) * (rest * used)


@adjoint("numpy.prod", "initial")
def prod_initial(g, a, axis, keepdims, where):
    return np.sum(g * np.prod(a, axis, keepdims=keepdims, where=where))


@adjoint("math.prod(iterable, start=1)", "iterable", "num")
def math_prod(g, iterable, start):
    return g * start * others(iterable)


@adjoint("math.prod", "start")
def math_prod_start(g, iterable):
    return g * np.prod(iterable)


@adjoint("math.fsum(seq)", "seq", "scalar")
def fsum(g, seq):
    return spread(g, seq)


@adjoint(
    "numpy.trace(a, offset=0, axis1=0, axis2=1, dtype=None, out=None)",
    "a",
    traced,
    **NO_OUT,
)
def trace(g, a, offset, axis1, axis2):
    if rank(a) == 2 and axis1 == 0 and axis2 == 1:
        if is_known(offset) and offset == 0:
            return g * np.eye(a.shape[0], a.shape[1], dtype=a.dtype)
        return g * np.eye(a.shape[0], a.shape[1], offset, dtype=a.dtype)
    return on_diagonal(np.expand_dims(g, -1), a, offset, axis1, axis2)


@adjoint("numpy.linalg.norm(x, ord=None, axis=None, keepdims=False)", "x", averaged)
def norm(g, y, x, ord, axis, keepdims):
    if is_complex(x):
        return norm_part(g, y, x, ord, axis, keepdims)
    if ord is None or ord == "fro":
        if axis is None and is_known(keepdims) and not keepdims:
            if is_array(x):
                return g / (y + (y == 0)) * x
            return np.multiply(g / (y + (y == 0)), x)
        return spread(g / (y + (y == 0)), x, axis, keepdims) * x
    return spread(g, x, axis, keepdims) * norm_slope(y, x, ord, axis, keepdims)


for name in ["argmax", "argmin"]:
    form = f"numpy.{name}(a, axis=None, out=None, keepdims=False)"
    declare(form, index_reduced, **NO_OUT)
    declare(f"numpy.nan{name}(a, axis=None, out=None, keepdims=False)", index_reduced)
declare("numpy.count_nonzero(a, axis=None, keepdims=False)", index_reduced)
for name in ["all", "any"]:
    form = f"numpy.{name}(a, axis=None, out=None, keepdims=False, where=True)"
    declare(form, tested, **NO_OUT)
declare("numpy.argwhere(a)", lambda bound: fixed(2, "int")({}))
declare("numpy.flatnonzero(a)", lambda bound: fixed(1, "int")({}))
constant("numpy.nonzero(a)", "numpy.unravel_index(indices, shape, order='C')")
constant("numpy.ravel_multi_index(multi_index, dims, mode='raise', order='C')")
constant(
    "numpy.allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False)",
    "numpy.array_equal(a1, a2, equal_nan=False)",
    result="bool",
)
