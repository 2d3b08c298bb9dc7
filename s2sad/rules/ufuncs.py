"""The methods of ufuncs: reduce and outer. (accumulate is in `scans`.)"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.rules.registry import adjoint, define
from s2sad.rules.results import reduced
from s2sad.runtime import spread

REST = "axis=0, dtype=None, out=None, keepdims=False"
NO_OUT = {"only": {"out": (None,)}}


@define(f"numpy.add.reduce(array, {REST}, initial=0, where=True)", **NO_OUT)
def add(array, axis, dtype, keepdims, initial, where):
    return np.sum(array, axis, dtype, None, keepdims, initial, where)


@define(f"numpy.multiply.reduce(array, {REST}, initial=1, where=True)", **NO_OUT)
def multiply(array, axis, dtype, keepdims, initial, where):
    return np.prod(array, axis, dtype, None, keepdims, initial, where)


@define(
    f"numpy.maximum.reduce(array, {REST}, initial=None, where=True)",
    only={"out": (None,), "dtype": (None,)},
)
def maximum(array, axis, keepdims, initial, where):
    if initial is None:
        return np.max(array, axis, keepdims=keepdims)
    return np.max(array, axis, None, keepdims, initial, where)


@define(
    f"numpy.minimum.reduce(array, {REST}, initial=None, where=True)",
    only={"out": (None,), "dtype": (None,)},
)
def minimum(array, axis, keepdims, initial, where):
    if initial is None:
        return np.min(array, axis, keepdims=keepdims)
    return np.min(array, axis, None, keepdims, initial, where)


@adjoint(f"numpy.logaddexp.reduce(array, {REST})", "array", reduced, **NO_OUT)
def logaddexp(g, y, array, axis, keepdims):
    top = spread(y, array, axis, keepdims)
    return spread(g, array, axis, keepdims) * np.exp(array - top)


@define("numpy.multiply.outer(A, B)")
def multiply_outer(A, B):
    return np.tensordot(A, B, 0)


@define("numpy.add.outer(A, B)")
def add_outer(A, B):
    return np.reshape(np.ravel(A)[:, None] + np.ravel(B), np.shape(A) + np.shape(B))


@define("numpy.subtract.outer(A, B)")
def subtract_outer(A, B):
    return np.reshape(np.ravel(A)[:, None] - np.ravel(B), np.shape(A) + np.shape(B))


@define("numpy.divide.outer(A, B)")
def divide_outer(A, B):
    return np.reshape(np.ravel(A)[:, None] / np.ravel(B), np.shape(A) + np.shape(B))
