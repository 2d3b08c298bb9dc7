"""Arrays joined, cut, repeated, and elements chosen."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.ir.types import array
from s2sad.rules.registry import adjoint
from s2sad.rules.results import (
    UNKNOWN,
    joined,
    list_of_arrays,
    permuted,
)
from s2sad.runtime import (
    places,
    rank,
    scattered,
    split_flat,
    split_like,
    trimmed_places,
    unpad,
    unrepeat,
    untile,
)


@adjoint("numpy.concatenate(arrays, axis=0)", "arrays", joined("arrays"))
def concatenate(g, arrays, axis):
    if axis is None:
        return split_flat(g, arrays)
    return split_like(g, arrays, axis)


@adjoint("numpy.stack(arrays, axis=0)", "arrays", joined("arrays", 1))
def stack(g, axis):
    if axis == 0:
        return g
    return np.moveaxis(g, axis, 0)


@adjoint("numpy.vstack(tup)", "tup", lambda bound: array())
def vstack(g, tup):
    return split_like(g, tup, 0)


@adjoint("numpy.hstack(tup)", "tup", joined("tup"))
def hstack(g, tup):
    if rank(g) == 1:
        return split_like(g, tup, 0)
    return split_like(g, tup, int(np.ndim(g) > 1))


@adjoint("numpy.column_stack(tup)", "tup", lambda bound: array())
def column_stack(g, tup):
    return split_like(g, tup, 1)


@adjoint("numpy.dstack(tup)", "tup", lambda bound: array())
def dstack(g, tup):
    return split_like(g, tup, 2)


@adjoint("numpy.append(arr, values, axis=None)", "arr", "array")
def append(g, arr, values, axis):
    if axis is None:
        return np.reshape(g[: np.size(arr)], np.shape(arr))
    return split_like(g, [arr, values], axis)[0]


@adjoint("numpy.append", "values")
def append_values(g, arr, values, axis):
    if axis is None:
        return np.reshape(g[np.size(arr) :], np.shape(values))
    return split_like(g, [arr, values], axis)[1]


for name in ("split", "array_split"):

    @adjoint(
        f"numpy.{name}(ary, indices_or_sections, axis=0)",
        "ary",
        list_of_arrays,
        alias="ary",
    )
    def split(g, axis):
        return np.concatenate(g, axis)


@adjoint("numpy.tile(A, reps)", "A", "array")
def tile(g, A, reps):
    if rank(A) == 1 and rank(reps) == 0:
        return np.sum(np.reshape(g, (reps, np.size(A))), 0)
    return untile(g, A, reps)


@adjoint("numpy.repeat(a, repeats, axis=None)", "a", "array")
def repeat(g, a, repeats, axis):
    if axis is None:
        if rank(a) == 1 and rank(repeats) == 0:
            return np.sum(np.reshape(g, (np.size(a), repeats)), 1)
        return unrepeat(g, a, repeats)
    return unrepeat(g, a, repeats, axis)


@adjoint(
    "numpy.pad(array, pad_width, mode='constant', constant_values=0)",
    "array",
    permuted,
    only={"mode": ("constant", "edge", "reflect", "symmetric", "wrap", UNKNOWN)},
)
def pad(g, array, pad_width, mode):
    if mode == "constant":
        return unpad(g, array, pad_width)
    return unpad(g, array, pad_width, mode)


@adjoint("numpy.unstack(x, axis=0)", "x", list_of_arrays, alias="x")
def unstack(g, axis):
    return np.stack(g, axis)


@adjoint("numpy.hsplit(ary, indices_or_sections)", "ary", list_of_arrays, alias="ary")
def hsplit(g, ary):
    return np.concatenate(g, int(np.ndim(ary) > 1))


@adjoint("numpy.vsplit(ary, indices_or_sections)", "ary", list_of_arrays, alias="ary")
def vsplit(g):
    return np.concatenate(g, 0)


@adjoint("numpy.dsplit(ary, indices_or_sections)", "ary", list_of_arrays, alias="ary")
def dsplit(g):
    return np.concatenate(g, 2)


@adjoint("numpy.insert(arr, obj, values, axis=None)", "arr", "array")
def insert(g, arr, obj, axis):
    return scattered(g, np.insert(places(arr), obj, -1, axis), arr)


@adjoint("numpy.insert", "values")
def insert_values(g, arr, obj, values, axis):
    nowhere = np.full(np.shape(arr), -1)
    return scattered(g, np.insert(nowhere, obj, places(values), axis), values)


@adjoint("numpy.delete(arr, obj, axis=None)", "arr", "array")
def delete(g, arr, obj, axis):
    return scattered(g, np.delete(places(arr), obj, axis), arr)


@adjoint("numpy.resize(a, new_shape)", "a", "array")
def resize(g, a, new_shape):
    return scattered(g, np.resize(places(a), new_shape), a)


@adjoint(
    "numpy.trim_zeros(filt, trim='fb', axis=None)",
    "filt",
    "array",
    only={"axis": (None,)},
)
def trim_zeros(g, filt, trim):
    return scattered(g, trimmed_places(filt, trim), filt)
