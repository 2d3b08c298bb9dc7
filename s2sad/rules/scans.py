"""What runs along an axis: sums, products, differences, convolutions, interpolation."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.ir.types import ANY, FLOAT, Type, array
from s2sad.rules.registry import adjoint, declare, define, refuse
from s2sad.rules.results import Bound, along_axis, fixed, permuted, same
from s2sad.runtime import (
    convolved,
    cumprod_part,
    extremes_part,
    gradient_part,
    interp_part,
    interp_slope,
    is_known,
    lay,
    rank,
    unbroadcast,
    undiff,
)

NO_OUT = {"only": {"out": (None,)}}


@adjoint("numpy.cumsum(a, axis=None, dtype=None, out=None)", "a", along_axis, **NO_OUT)
def cumsum(g, a, axis):
    if axis is None:
        if rank(a) == 1:
            return np.cumsum(g[::-1])[::-1]
        return np.reshape(np.cumsum(g[::-1])[::-1], np.shape(a))
    return np.flip(np.cumsum(np.flip(g, axis), axis), axis)


@adjoint("numpy.cumprod(a, axis=None, dtype=None, out=None)", "a", along_axis, **NO_OUT)
def cumprod(g, y, a, axis):
    if axis is None:
        return np.reshape(cumprod_part(g, y, np.ravel(a), 0), np.shape(a))
    return cumprod_part(g, y, a, axis)


@define(
    "numpy.cumulative_sum(x, axis=None, dtype=None, out=None, include_initial=False)",
    only={"out": (None,), "dtype": (None,), "include_initial": (True, False)},
)
def cumulative_sum(x, axis, include_initial):
    if include_initial:
        if axis is None:
            return np.insert(np.cumsum(x), 0, 0.0)
        return np.insert(np.cumsum(x, axis), 0, 0.0, axis)
    return np.cumsum(x, axis)


@define(
    "numpy.cumulative_prod(x, axis=None, dtype=None, out=None, include_initial=False)",
    only={"out": (None,), "dtype": (None,), "include_initial": (True, False)},
)
def cumulative_prod(x, axis, include_initial):
    if include_initial:
        if axis is None:
            return np.insert(np.cumprod(x), 0, 1.0)
        return np.insert(np.cumprod(x, axis), 0, 1.0, axis)
    return np.cumprod(x, axis)


@define(
    "numpy.add.accumulate(array, axis=0, dtype=None, out=None)",
    only={"out": (None,), "dtype": (None,)},
)
def add_accumulate(array, axis):
    return np.cumsum(array, axis)


@define(
    "numpy.multiply.accumulate(array, axis=0, dtype=None, out=None)",
    only={"out": (None,), "dtype": (None,)},
)
def multiply_accumulate(array, axis):
    return np.cumprod(array, axis)


@adjoint(
    "numpy.maximum.accumulate(array, axis=0, dtype=None, out=None)",
    "array",
    permuted,
    **NO_OUT,
)
def maximum_accumulate(g, y, array, axis):
    return extremes_part(g, y, array, axis)


@adjoint(
    "numpy.minimum.accumulate(array, axis=0, dtype=None, out=None)",
    "array",
    permuted,
    **NO_OUT,
)
def minimum_accumulate(g, y, array, axis):
    return extremes_part(g, y, array, axis)


@adjoint("numpy.diff(a, n=1, axis=-1, prepend=None, append=None)", "a", permuted)
def diff(g, a, n, axis, prepend, append):
    if prepend is None and append is None:
        if rank(a) == 1 and is_known(n) and n == 1:
            return -np.diff(np.pad(g, 1))
        return undiff(g, n, axis)
    first = 0 if prepend is None else np.shape(lay(prepend, a, axis))[axis]
    whole = undiff(g, n, axis)
    return np.take(whole, np.arange(first, first + np.shape(a)[axis]), axis)


@adjoint("numpy.diff", "prepend")
def diff_prepend(g, a, n, axis, prepend):
    many = np.shape(lay(prepend, a, axis))[axis]
    part = np.take(undiff(g, n, axis), np.arange(many), axis)
    return unbroadcast(part, prepend)


@adjoint("numpy.diff", "append")
def diff_append(g, a, n, axis, append):
    many = np.shape(lay(append, a, axis))[axis]
    part = np.take(undiff(g, n, axis), np.arange(-many, 0), axis)
    return unbroadcast(part, append)


@define("numpy.ediff1d(ary, to_end=None, to_begin=None)")
def ediff1d(ary, to_end, to_begin):
    steps = np.diff(np.ravel(ary))
    if to_begin is not None:
        steps = np.append(to_begin, steps)
    if to_end is not None:
        steps = np.append(steps, to_end)
    return steps


def gradient_type(bound: Bound) -> Type:
    kind = bound["f"].type
    if bound["axis"].type.kind == "int" or kind.ndim == 1:
        return array(kind.ndim, None, "float")
    return ANY


@adjoint(
    "numpy.gradient(f, h=None, h1=None, h2=None, axis=None, edge_order=1)",
    "f",
    gradient_type,
)
def gradient(g, f, h, h1, h2, axis, edge_order):
    if is_known(h) and h is None:
        return gradient_part(g, f, (), axis, edge_order)
    if is_known(h1) and h1 is None:
        return gradient_part(g, f, (h,), axis, edge_order)
    if is_known(h2) and h2 is None:
        return gradient_part(g, f, (h, h1), axis, edge_order)
    return gradient_part(g, f, (h, h1, h2), axis, edge_order)


@adjoint("numpy.unwrap(p, discont=None, axis=-1, period=6.283185307179586)", "p", same)
def unwrap(g):
    return g


def vector(bound: Bound) -> Type:
    return array(1)


@adjoint("numpy.convolve(a, v, mode='full')", "a", vector)
def convolve(g, a, v, mode):
    if mode == "full":
        return np.convolve(g, v[::-1], "valid")
    return np.convolve(convolved(g, len(a), len(v), mode), v[::-1], "valid")


@adjoint("numpy.convolve", "v")
def convolve_v(g, a, v, mode):
    if mode == "full":
        return np.convolve(g, a[::-1], "valid")
    return np.convolve(convolved(g, len(a), len(v), mode), a[::-1], "valid")


@adjoint("numpy.correlate(a, v, mode='valid')", "a", vector)
def correlate(g, a, v, mode):
    if mode == "full":
        return np.convolve(g, v, "valid")
    return np.convolve(convolved(g, len(a), len(v), mode, True), v, "valid")


@adjoint("numpy.correlate", "v")
def correlate_v(g, a, v, mode):
    if mode == "full":
        return np.convolve(g, a[::-1], "valid")[::-1]
    whole = convolved(g, len(a), len(v), mode, True)
    return np.convolve(whole, a[::-1], "valid")[::-1]


def interpolated(bound: Bound) -> Type:
    kind = bound["x"].type
    return FLOAT if kind.is_scalar else array(kind.ndim, kind.shape, "float")


PLACES = {"x": 0, "xp": 1, "fp": 2, "left": 3, "right": 4}


@adjoint(
    "numpy.interp(x, xp, fp, left=None, right=None, period=None)",
    "x",
    interpolated,
    only={"period": (None,)},
)
def interp(g, x, xp, fp):
    return g * interp_slope(x, xp, fp)


@adjoint("numpy.interp", "xp")
def interp_xp(g, x, xp, fp, left, right):
    return interp_part(g, x, xp, fp, left, right)[1]


@adjoint("numpy.interp", "fp")
def interp_fp(g, x, xp, fp, left, right):
    return interp_part(g, x, xp, fp, left, right)[2]


@adjoint("numpy.interp", "left")
def interp_left(g, x, xp, fp, left, right):
    return interp_part(g, x, xp, fp, left, right)[3]


@adjoint("numpy.interp", "right")
def interp_right(g, x, xp, fp, left, right):
    return interp_part(g, x, xp, fp, left, right)[4]


@define("numpy.trapezoid(y, x=None, dx=1.0, axis=-1)")
def trapezoid(y, x, dx, axis):
    last = is_known(axis) and axis == -1
    v = np.asarray(y) if last else np.moveaxis(y, axis, -1)
    pairs = v[..., 1:] + v[..., :-1]
    if x is None:
        return np.sum(dx * pairs / 2.0, -1)
    if last:
        return np.sum(np.diff(x) * pairs / 2.0, -1)
    t = np.moveaxis(x, axis if np.ndim(x) > 1 else 0, -1)
    return np.sum(np.diff(t) * pairs / 2.0, -1)


@adjoint(
    "numpy.sort(a, axis=-1, kind=None, order=None, stable=None)",
    "a",
    along_axis,
    only={"order": (None,)},
)
def sort(g, a, axis):
    if axis is None:
        order = np.argsort(a, None, kind="stable")
        return np.reshape(g[np.argsort(order)], np.shape(a))
    order = np.argsort(a, axis, kind="stable")
    if rank(a) == 1:
        return g[np.argsort(order)]
    return np.take_along_axis(g, np.argsort(order, axis), axis)


declare(
    "numpy.argsort(a, axis=-1, kind=None, order=None, stable=None)",
    lambda bound: fixed(None, "int")({}),
)
declare("numpy.lexsort(keys, axis=-1)", lambda bound: fixed(None, "int")({}))
declare(
    "numpy.argpartition(a, kth, axis=-1, kind='introselect', order=None)",
    lambda bound: fixed(None, "int")({}),
)
declare("numpy.searchsorted(a, v, side='left', sorter=None)", "any")
declare("numpy.digitize(x, bins, right=False)", "any")

refuse(
    "numpy.apply_along_axis",
    "how many axes its function's results have is not known: write the loop over rows",
)
