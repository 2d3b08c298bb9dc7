"""Arrays made, joined, cut, turned and copied: each adjoint moves numbers back."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.ir.types import Type, array
from s2sad.rules.registry import adjoint, constant, declare
from s2sad.rules.results import (
    Bound,
    at_least,
    filled,
    fixed,
    joined,
    kind_of_dtype,
    length_of,
    like,
    list_of_arrays,
    made_of,
    permuted,
    plus,
    ranked,
    same,
    shape_tuple,
    taken,
)
from s2sad.runtime import (
    is_array,
    on_diagonal,
    rank,
    split_flat,
    split_like,
    spread,
    unbroadcast,
    unpad,
    unrepeat,
    untake,
    untile,
)


def back(g, a):
    """The numbers stay in order: only the shape is another."""
    return np.reshape(g, np.shape(a))


def reshaped(bound: Bound) -> Type:
    return array(length_of(bound["shape"]), None, bound["a"].type.dtype)


adjoint("numpy.reshape(a, shape)", "a", reshaped, alias="a")(back)
adjoint("numpy.ravel(a)", "a", ranked(lambda n: 1), alias="a")(back)
adjoint("s2sad.flatten(a)", "a", ranked(lambda n: 1))(back)
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
    return np.transpose(g, np.argsort(axes))


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


@adjoint("numpy.rot90(m, k=1)", "m", permuted, alias="m")
def rot90(g, k):
    return np.rot90(g, -k)


@adjoint("numpy.roll(a, shift, axis=None)", "a", like)
def roll(g, shift, axis):
    if rank(shift) == 0:
        if axis is None:
            return np.roll(g, -shift)
        return np.roll(g, -shift, axis)
    return np.roll(g, np.negative(shift), axis)


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


def of_shape(bound: Bound) -> Type:
    value = next(iter(bound.values())).type
    return array(length_of(bound["shape"]), None, value.dtype)


@adjoint("numpy.broadcast_to(a, shape)", "a", of_shape, alias="a")
def broadcast_to(g, a):
    return unbroadcast(g, a)


@adjoint("numpy.pad(array, pad_width, mode='constant')", "array", permuted)
def pad(g, array, pad_width, mode):
    if mode == "constant":
        return unpad(g, array, pad_width)
    return unpad(g, array, pad_width, mode)


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


def through(g):
    """The same numbers, in another place or another precision."""
    return g


adjoint("numpy.array(object, dtype=None)", "object", made_of("object"))(through)
for name in ("asarray", "asanyarray"):
    adjoint(f"numpy.{name}(a, dtype=None)", "a", made_of("a"), alias="a")(through)


def contiguous_type(bound: Bound) -> Type:
    found: Type = made_of("a")(bound)
    return array(1, None, found.dtype) if found.ndim == 0 else found


def contiguous(g, a):
    """A number becomes an array of one."""
    if is_array(a):
        return g
    return np.reshape(g, np.shape(a))


for name in ("asfortranarray", "ascontiguousarray"):
    adjoint(f"numpy.{name}(a, dtype=None)", "a", contiguous_type, alias="a")(contiguous)
adjoint("numpy.copy(a)", "a", made_of("a"))(through)


@adjoint("numpy.astype(x, dtype, copy=True)", "x", same)
def astype(g, x):
    return unbroadcast(g, x)


@adjoint("s2sad.item(a, index=None)", "a", "num")
def item(g, a, index):
    if index is None:
        return spread(g, a)
    return untake(g, a, index)


@adjoint("s2sad.tolist(a)", "a", "any")
def tolist(g, a):
    return np.array(g, a.dtype)


@adjoint("numpy.full(shape, fill_value, dtype=None)", "fill_value", filled(None))
def full(g, fill_value):
    if rank(fill_value) == 0:
        return np.sum(g)
    return unbroadcast(g, fill_value)


@adjoint("numpy.full_like(a, fill_value, dtype=None)", "fill_value", same, flat=("a",))
def full_like(g, fill_value):
    if rank(fill_value) == 0:
        return np.sum(g)
    return unbroadcast(g, fill_value)


def linspace_type(bound: Bound) -> Type:
    ends = [bound["start"].type, bound["stop"].type]
    return array(1 if all(t.is_scalar for t in ends) else None, None, "float")


@adjoint("numpy.linspace(start, stop, num=50, endpoint=True)", "start", linspace_type)
def linspace_start(g, start, num, endpoint):
    if endpoint:
        if rank(g) == 1 and rank(start) == 0:
            return np.linspace(1.0, 0.0, num) @ g
        return unbroadcast(np.tensordot(np.linspace(1.0, 0.0, num), g, 1), start)
    weights = 1.0 - np.linspace(0.0, 1.0, num, False)
    return unbroadcast(np.tensordot(weights, g, 1), start)


@adjoint("numpy.linspace", "stop")
def linspace_stop(g, stop, num, endpoint):
    if endpoint:
        if rank(g) == 1 and rank(stop) == 0:
            return np.linspace(0.0, 1.0, num) @ g
        return unbroadcast(np.tensordot(np.linspace(0.0, 1.0, num), g, 1), stop)
    weights = np.linspace(0.0, 1.0, num, False)
    return unbroadcast(np.tensordot(weights, g, 1), stop)


def arange_type(bound: Bound) -> Type:
    kinds = {v.type.kind for k, v in bound.items() if k != "dtype"} - {"none"}
    dtype = "float" if "float" in kinds else "int" if kinds <= {"int"} else None
    return array(1, None, kind_of_dtype(bound["dtype"], dtype))


@adjoint("numpy.arange(start, stop=None, step=1, dtype=None)", "start", arange_type)
def arange_start(g, stop):
    if stop is None:
        return 0.0
    return np.sum(g)


@adjoint("numpy.arange", "step")
def arange_step(g):
    return np.arange(np.size(g)) @ g


@adjoint("numpy.take(a, indices, axis=None)", "a", taken)
def take(g, a, indices, axis):
    if axis is None:
        return untake(g, a, indices)
    return untake(g, a, indices, axis)


for name in ("zeros", "ones", "empty"):
    declare(f"numpy.{name}(shape, dtype=None)", filled())
    declare(f"numpy.{name}_like(a, dtype=None)", same)
declare("numpy.eye(N, M=None, k=0, dtype=None)", fixed(2, "float"))
declare("numpy.identity(n, dtype=None)", fixed(2, "float"))
declare("numpy.tri(N, M=None, k=0, dtype=None)", fixed(2, "float"))
for bits in (8, 16, 32, 64):
    declare(f"numpy.int{bits}(x=0)", "any")
    declare(f"numpy.uint{bits}(x=0)", "any")
declare("numpy.intp(x=0)", "any")
declare("numpy.bool(x=False)", "any")
declare("numpy.shape(a)", shape_tuple)
constant("numpy.ndim(a)", "numpy.size(a, axis=None)", result="int")
constant("numpy.isscalar(element)", "numpy.iscomplexobj(x)", result="bool")
constant("numpy.triu_indices(n, k=0)", "numpy.tril_indices(n, k=0)")
constant("numpy.diag_indices(n)", "numpy.indices(dimensions)", "numpy.ix_(*args)")
