"""Arrays turned, moved, and in other shapes: each adjoint moves numbers back."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.ir.types import Type, array
from s2sad.rules.registry import adjoint, define
from s2sad.rules.results import (
    Bound,
    at_least,
    length_of,
    like,
    permuted,
    plus,
    ranked,
    same,
)
from s2sad.runtime import (
    on_diagonal,
    rank,
    rolled_back,
    unbroadcast,
)


def back(g, a):
    """The numbers stay in order: only the shape is another."""
    return np.reshape(g, np.shape(a))


def reshaped(bound: Bound) -> Type:
    return array(length_of(bound["shape"]), None, bound["a"].type.dtype)


def back_in_order(g, a, order):
    if order == "C":
        return np.reshape(g, np.shape(a))
    return np.reshape(g, np.shape(a), order)


ORDER = {"only": {"order": ("C", "F")}}
flat_type = ranked(lambda n: 1)
adjoint(
    "numpy.reshape(a, shape, order='C', copy=None)",
    "a",
    reshaped,
    alias="a",
    only={"order": ("C", "F"), "copy": (None,)},
)(back_in_order)
adjoint("numpy.ravel(a, order='C')", "a", flat_type, alias="a", **ORDER)(back_in_order)
adjoint("s2sad.flatten(a, order='C')", "a", flat_type, **ORDER)(back_in_order)
adjoint("numpy.squeeze(a, axis=None)", "a", "any", alias="a")(back)


def expanded(bound: Bound) -> Type:
    count = length_of(bound["axis"])
    return array() if count is None else ranked(plus(count))(bound)


adjoint("numpy.expand_dims(a, axis)", "a", expanded, alias="a")(back)
for n in (1, 2, 3):
    name = f"numpy.atleast_{n}d(a)"
    adjoint(name, "a", ranked(at_least(n)), alias="a")(back)


@adjoint("numpy.transpose(a, axes=None)", "a", permuted, alias="a")
def transpose(g, a, axes):
    if axes is None:
        if rank(a) == 2:
            return g.T
        return np.transpose(g)
    return np.moveaxis(g, range(np.ndim(g)), axes)


@adjoint("numpy.swapaxes(a, axis1, axis2)", "a", permuted, alias="a")
def swapaxes(g, axis1, axis2):
    return np.swapaxes(g, axis1, axis2)


@adjoint("numpy.moveaxis(a, source, destination)", "a", permuted, alias="a")
def moveaxis(g, source, destination):
    return np.moveaxis(g, destination, source)


@adjoint("numpy.matrix_transpose(x)", "x", permuted, alias="x")
def matrix_transpose(g):
    return np.swapaxes(g, -1, -2)


@adjoint("numpy.flip(m, axis=None)", "m", like, alias="m")
def flip(g, axis):
    if axis is None:
        return np.flip(g)
    return np.flip(g, axis)


@adjoint("numpy.fliplr(m)", "m", like, alias="m")
def fliplr(g):
    return np.fliplr(g)


@adjoint("numpy.flipud(m)", "m", like, alias="m")
def flipud(g):
    return np.flipud(g)


@adjoint("numpy.rot90(m, k=1, axes=(0, 1))", "m", permuted, alias="m")
def rot90(g, k, axes):
    if axes == (0, 1):
        return np.rot90(g, -k)
    return np.rot90(g, -k, axes)


@adjoint("numpy.rollaxis(a, axis, start=0)", "a", permuted, alias="a")
def rollaxis(g, axis, start):
    return rolled_back(g, axis, start)


@define("numpy.diagflat(v, k=0)")
def diagflat(v, k):
    return np.diag(np.ravel(v), k)


@adjoint("numpy.roll(a, shift, axis=None)", "a", like)
def roll(g, shift, axis):
    if rank(shift) == 0:
        if axis is None:
            return np.roll(g, -shift)
        return np.roll(g, -shift, axis)
    return np.roll(g, np.negative(shift), axis)


def of_shape(bound: Bound) -> Type:
    value = next(iter(bound.values())).type
    return array(length_of(bound["shape"]), None, value.dtype)


@adjoint("numpy.broadcast_to(a, shape)", "a", of_shape, alias="a")
def broadcast_to(g, a):
    return unbroadcast(g, a)


def diag_type(bound: Bound) -> Type:
    ndim = bound["v"].type.ndim
    return array({1: 2, 2: 1}.get(ndim or 0), None, bound["v"].type.dtype)


@adjoint("numpy.diag(v, k=0)", "v", diag_type, alias="v")
def diag(g, v, k):
    if rank(v) == 1:
        if k == 0:
            return np.diag(g)
        return np.diag(g, k)
    return on_diagonal(g, v, k)


@adjoint(
    "numpy.diagonal(a, offset=0, axis1=0, axis2=1)",
    "a",
    ranked(plus(-1)),
    alias="a",
)
def diagonal(g, a, offset, axis1, axis2):
    return on_diagonal(g, a, offset, axis1, axis2)


@adjoint("numpy.tril(m, k=0)", "m", same)
def tril(g, k):
    if k == 0:
        return np.tril(g)
    return np.tril(g, k)


@adjoint("numpy.triu(m, k=0)", "m", same)
def triu(g, k):
    if k == 0:
        return np.triu(g)
    return np.triu(g, k)
