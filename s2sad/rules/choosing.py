"""Elements chosen, sorted, counted: each adjoint puts numbers where they came from.

Of equal elements, the first one in stable order has the derivative.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.ir.types import Type, array
from s2sad.rules.registry import adjoint, constant, declare, define
from s2sad.rules.results import Bound, fixed, literal, permuted, taken
from s2sad.runtime import (
    edges_part,
    histogram_places,
    places,
    put_along_axis,
    scattered,
    sources,
    unbroadcast,
    untake,
)


@adjoint(
    "numpy.take(a, indices, axis=None, out=None, mode='raise')",
    "a",
    taken,
    only={"out": (None,), "mode": ("raise", "clip", "wrap")},
)
def take(g, a, indices, axis, mode):
    if mode != "raise":
        at = np.take(places(a), indices, axis, mode=mode)
        return scattered(g, at, a)
    if axis is None:
        return untake(g, a, indices)
    return untake(g, a, indices, axis)


@adjoint("numpy.take_along_axis(arr, indices, axis=-1)", "arr", "array")
def take_along_axis(g, arr, indices, axis):
    return scattered(g, np.take_along_axis(places(arr), indices, axis), arr)


@adjoint(
    "numpy.compress(condition, a, axis=None, out=None)",
    "a",
    "array",
    flat=("condition",),
    only={"out": (None,)},
)
def compress(g, condition, a, axis):
    return scattered(g, np.compress(condition, places(a), axis), a)


@adjoint(
    "numpy.extract(condition, arr)",
    "arr",
    lambda bound: fixed(1)({}),
    flat=("condition",),
)
def extract(g, condition, arr):
    return scattered(g, np.extract(condition, places(arr)), arr)


@adjoint(
    "numpy.partition(a, kth, axis=-1, kind='introselect', order=None)",
    "a",
    permuted,
    only={"order": (None,)},
)
def partition(g, y, a, axis):
    return put_along_axis(g, a, sources(y, a, axis), axis)


@define("numpy.sort_complex(a)")
def sort_complex(a):
    return np.sort(a) + 0j


def unique_type(bound: Bound) -> Type:
    values = array(1, None, bound["ar"].type.dtype)
    names = ("return_index", "return_inverse", "return_counts")
    more = [array(None, None, "int") for n in names if literal(bound[n])]
    return Type("tuple", items=(values, *more)) if more else values


FLAGS = "return_index=False, return_inverse=False, return_counts=False"


@adjoint(
    f"numpy.unique(ar, {FLAGS}, axis=None, equal_nan=True, sorted=True)",
    "ar",
    unique_type,
    parts=("values", "indices", "inverse_indices", "counts"),
    only={
        "axis": (None,),
        "sorted": (True,),
        "return_index": (True, False),
        "return_inverse": (True, False),
        "return_counts": (True, False),
    },
)
def unique(g, ar, return_index, return_inverse, return_counts):
    first = np.unique(ar, return_index=True)[1]
    if return_index or return_inverse or return_counts:
        return scattered(g[0], first, ar)
    return scattered(g, first, ar)


@define("numpy.union1d(ar1, ar2)")
def union1d(ar1, ar2):
    return np.unique(np.concatenate([np.ravel(ar1), np.ravel(ar2)]))


@define(
    "numpy.cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None,"
    " aweights=None, dtype=None)",
    only={
        "dtype": (None,),
        "fweights": (None,),
        "bias": (True, False),
        "rowvar": (True, False),
    },
)
def cov(m, y, rowvar, bias, ddof, aweights):
    rows = np.atleast_2d(m)
    if not rowvar:
        rows = np.transpose(rows) if np.shape(rows)[0] != 1 else rows
    if y is not None:
        more = np.atleast_2d(y)
        if not rowvar:
            more = np.transpose(more) if np.shape(more)[0] != 1 else more
        rows = np.concatenate([rows, more])
    lost = (0 if bias else 1) if ddof is None else ddof
    if aweights is None:
        away = rows - np.mean(rows, 1, keepdims=True)
        free = np.shape(rows)[1] - lost
        return np.squeeze(away @ np.conjugate(away.T) / free)
    total = np.sum(aweights)
    away = rows - np.sum(rows * aweights, 1, keepdims=True) / total
    free = total - lost * np.sum(aweights * aweights) / total
    return np.squeeze((away * aweights) @ np.conjugate(away.T) / free)


@define(
    "numpy.corrcoef(x, y=None, rowvar=True, dtype=None)",
    only={"dtype": (None,), "rowvar": (True, False)},
)
def corrcoef(x, y, rowvar):
    c = np.cov(x, y, rowvar)
    scale = np.sqrt(np.diagonal(np.atleast_2d(c)))
    return np.reshape(c / np.outer(scale, scale), np.shape(c))


def histogram_type(bound: Bound) -> Type:
    counts = array(1, None, "int" if bound["weights"].type.kind == "none" else None)
    return Type("tuple", items=(counts, array(1, None, "float")))


@adjoint(
    "numpy.histogram(a, bins=10, range=None, density=None, weights=None)",
    "a",
    histogram_type,
    parts=("hist", "bin_edges"),
    only={"density": (None, False)},
)
def histogram(g, a, bins, range):
    """Counts are constant between jumps; the edges may be made of the extremes."""
    if g[1] is None:
        return np.zeros_like(a)
    return edges_part(g[1], a, bins, range)


@adjoint("numpy.histogram", "weights")
def histogram_weights(g, y, a, weights):
    if g[0] is None:
        return np.zeros_like(weights)
    part = np.append(g[0], 0.0)[histogram_places(a, y[1])]
    return unbroadcast(part, weights)


@adjoint("numpy.bincount(x, weights=None, minlength=0)", "weights", "array")
def bincount(g, x):
    return g[x]


declare("numpy.broadcast_shapes(*args)", "any")
declare("numpy.result_type(*arrays_and_dtypes)", "any")
declare("numpy.ndindex(*shape)", "any")
constant("numpy.isin(element, test_elements, assume_unique=False, invert=False)")
constant("numpy.array_equiv(a1, a2)", result="bool")
