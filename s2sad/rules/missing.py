"""Quantiles, and reductions that pass over NaN: what is NaN has derivative zero."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.ir.types import ANY, Type, array
from s2sad.rules.registry import adjoint, define
from s2sad.rules.results import Bound, averaged
from s2sad.runtime import (
    median_part,
    quantile_back,
    quantile_slope,
    quantile_weights,
    rank,
    spread,
    unbroadcast,
)

NO_OUT = {"only": {"out": (None,)}}
#: The methods that interpolate between order statistics, or take one.
METHODS = (
    *("linear", "lower", "higher", "midpoint", "nearest", "hazen", "weibull"),
    *("median_unbiased", "normal_unbiased", "interpolated_inverted_cdf"),
)


@adjoint(
    "numpy.median(a, axis=None, out=None, overwrite_input=False, keepdims=False)",
    "a",
    averaged,
    only={"out": (None,), "overwrite_input": (False,)},
)
def median(g, a, axis, keepdims):
    return spread(g, a, axis, keepdims) * median_part(a, axis)


@adjoint(
    "numpy.nanmedian(a, axis=None, out=None, overwrite_input=False, keepdims=False)",
    "a",
    averaged,
    only={"out": (None,), "overwrite_input": (False,)},
)
def nanmedian(g, a, axis, keepdims):
    return spread(g, a, axis, keepdims) * quantile_weights(a, 0.5, axis)


def quantiles(bound: Bound) -> Type:
    """One number, or an array with an axis for the quantiles before the others."""
    q = bound["q"].type
    if not q.is_scalar:
        return array() if q.kind in ("array", "list", "tuple") else ANY
    return averaged(bound)


REST = "axis=None, out=None, overwrite_input=False, method='linear', keepdims=False"
ONLY = {
    "out": (None,),
    "overwrite_input": (False,),
    "weights": (None,),
    "interpolation": (None,),
    "method": METHODS,
}


def quantile(g, a, q, axis, method, keepdims):
    if rank(q) == 0:
        return spread(g, a, axis, keepdims) * quantile_weights(a, q, axis, method)
    return quantile_back(g, a, q, axis, method, keepdims)


def quantile_q(g, a, q, axis, method, keepdims):
    slope = quantile_slope(a, q, axis, method, keepdims)
    if rank(q) == 0:
        return np.sum(g * slope)
    each = np.reshape(g * slope, (np.size(q), -1))
    return np.reshape(np.sum(each, 1), np.shape(q))


def percentile(a, q, axis, method, keepdims):
    return np.quantile(a, np.true_divide(q, 100.0), axis, None, False, method, keepdims)


def nanpercentile(a, q, axis, method, keepdims):
    share = np.true_divide(q, 100.0)
    return np.nanquantile(a, share, axis, None, False, method, keepdims)


for name, body in {"": percentile, "nan": nanpercentile}.items():
    form = f"numpy.{name}quantile(a, q, {REST}, weights=None, interpolation=None)"
    adjoint(form, "a", quantiles, only=ONLY)(quantile)
    adjoint(f"numpy.{name}quantile", "q")(quantile_q)
    form = f"numpy.{name}percentile(a, q, {REST}, weights=None, interpolation=None)"
    define(form, only=ONLY)(body)


@define(
    "numpy.nansum(a, axis=None, dtype=None, out=None, keepdims=False, initial=0,"
    " where=True)",
    **NO_OUT,
)
def nansum(a, axis, dtype, keepdims, initial, where):
    there = np.where(np.isnan(a), 0.0, a)
    return np.sum(there, axis, dtype, None, keepdims, initial, where)


@define(
    "numpy.nanprod(a, axis=None, dtype=None, out=None, keepdims=False, initial=1,"
    " where=True)",
    **NO_OUT,
)
def nanprod(a, axis, dtype, keepdims, initial, where):
    there = np.where(np.isnan(a), 1.0, a)
    return np.prod(there, axis, dtype, None, keepdims, initial, where)


@define("numpy.nancumsum(a, axis=None, dtype=None, out=None)", **NO_OUT)
def nancumsum(a, axis, dtype):
    return np.cumsum(np.where(np.isnan(a), 0.0, a), axis, dtype)


@define("numpy.nancumprod(a, axis=None, dtype=None, out=None)", **NO_OUT)
def nancumprod(a, axis, dtype):
    return np.cumprod(np.where(np.isnan(a), 1.0, a), axis, dtype)


@define(
    "numpy.nanmean(a, axis=None, dtype=None, out=None, keepdims=False)",
    only={"out": (None,), "dtype": (None,)},
)
def nanmean(a, axis, keepdims):
    return np.mean(a, axis, keepdims=keepdims, where=~np.isnan(a))


SPREAD = "axis=None, dtype=None, out=None, ddof=0, keepdims=False"


@adjoint(f"numpy.nanvar(a, {SPREAD})", "a", averaged, **NO_OUT)
def nanvar(g, a, axis, ddof, keepdims):
    there = ~np.isnan(a)
    free = np.sum(there, axis, keepdims=keepdims) - ddof
    away = np.where(there, a - np.nanmean(a, axis, keepdims=True), 0.0)
    return unbroadcast(spread(2.0 * g / free, a, axis, keepdims) * away, a)


@adjoint(f"numpy.nanstd(a, {SPREAD})", "a", averaged, **NO_OUT)
def nanstd(g, y, a, axis, ddof, keepdims):
    there = ~np.isnan(a)
    free = np.sum(there, axis, keepdims=keepdims) - ddof
    away = np.where(there, a - np.nanmean(a, axis, keepdims=True), 0.0)
    part = spread(g / (free * (y + (y == 0))), a, axis, keepdims)
    return unbroadcast(part * away, a)
