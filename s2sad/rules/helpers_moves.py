"""Helpers that are linear in their cotangent: the rule is what they are adjoint to."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.ir.infer import is_complex, roots_of
from s2sad.ir.types import Type, array
from s2sad.rules.registry import adjoint, linear
from s2sad.rules.results import Bound, like
from s2sad.runtime import (
    diagonal_of,
    extremes_part,
    extremes_tangent,
    fitted,
    gathered,
    gradient_again,
    gradient_part,
    join_flat,
    join_like,
    last_stored,
    linear_part,
    map_linearly,
    on_diagonal,
    quantile_along,
    quantile_back,
    rank,
    split_flat,
    split_like,
)


def second(bound: Bound) -> Type:
    """The type and shape of the second argument, and of the others together."""
    values = list(bound.values())[1:]
    values = [v for v in values if v.type.kind != "none"]
    kinds = [v.type for v in values]
    roots = frozenset().union(*(roots_of(v) for v in values))
    if all(k.is_scalar for k in kinds):
        return Type("float")
    dtype = "complex" if any(is_complex(v) for v in values) else None
    if len(kinds) == 1 and kinds[0].kind == "array":
        return array(kinds[0].ndim, roots, dtype or "float")
    return Type("any", shape=roots, dtype=dtype)


def through(g):
    """The same numbers."""
    return g


def linear_with(signature: str, wrt: str, back, result="any") -> None:
    """A helper that is linear in one argument, and its adjoint."""
    name = f"s2sad.runtime.{signature}"
    adjoint(name, wrt, result)(back)
    linear(name.partition("(")[0], wrt)


linear_with("copied(x)", "x", through, like)
linear_with("own(x)", "x", through)
adjoint("s2sad.runtime.plus(a, b)", "a")(through)
adjoint("s2sad.runtime.plus", "b")(through)
linear("s2sad.runtime.plus", "a", "b")
linear_with("match(c, x)", "c", through, second)
linear_with("cast(c, x)", "c", through)


def split_like_(g, c, arrays, axis):
    return join_like(g, c, arrays, axis)


def split_flat_(g, c):
    return join_flat(g, c)


def last_stored_(g, index, x):
    return last_stored(g, index, x)


def untile_(g, c, reps):
    return np.reshape(np.tile(g, reps), np.shape(c))


def unrepeat_(g, repeats, axis):
    if axis is None:
        return np.repeat(g, repeats)
    return np.repeat(g, repeats, axis)


def untake_(g, indices, axis):
    if axis is None:
        return np.take(g, indices)
    return np.take(g, indices, axis)


def unpad_(g, pad_width, mode):
    if mode == "constant":
        return np.pad(g, pad_width)
    return np.pad(g, pad_width, mode)


def undiff_(g, n, axis):
    return np.diff(g, n, axis)


def on_diagonal_(g, a, k, axis1, axis2):
    if rank(a) == 2 and k == 0:
        return np.diagonal(g)
    return diagonal_of(g, a, k, axis1, axis2)


def diagonal_of_(g, a, k, axis1, axis2):
    return on_diagonal(g, a, k, axis1, axis2)


def reshaped_(g, c):
    return np.reshape(g, np.shape(c))


linear_with("split_like(c, arrays, axis=0)", "c", split_like_, "any")
linear_with("split_flat(c, arrays)", "c", split_flat_, "any")
linear_with("last_stored(c, index, x)", "c", last_stored_)
linear_with("untile(c, a, reps)", "c", untile_, "array")
linear_with("unrepeat(c, a, repeats, axis=None)", "c", unrepeat_, "array")
linear_with("untake(c, a, indices, axis=None)", "c", untake_, "array")
linear_with("unpad(c, a, pad_width, mode='constant')", "c", unpad_, "array")
linear_with("undiff(c, n, axis)", "c", undiff_, "array")
linear_with("on_diagonal(c, a, k=0, axis1=0, axis2=1)", "c", on_diagonal_, "array")
linear_with("diagonal_of(c, a, k=0, axis1=0, axis2=1)", "c", diagonal_of_, "array")
linear_with("along(c, a, axis)", "c", reshaped_, "array")


def join_like_(g, arrays, axis):
    return split_like(g, arrays, axis)


def join_flat_(g, parts):
    return split_flat(g, parts)


linear_with("join_like(c, like, arrays, axis=0)", "c", join_like_, "array")
adjoint("s2sad.runtime.join_flat(parts, like)", "parts", "array")(join_flat_)
linear("s2sad.runtime.join_flat", "parts")


def put_along_axis_(g, indices, axis):
    return np.take_along_axis(g, indices, axis)


linear_with("put_along_axis(c, arr, indices, axis)", "c", put_along_axis_, "array")


def turned_(g):
    return np.swapaxes(g, -1, -2)


def fitted_(g, c):
    return fitted(g, c)


def scattered_(g, c, at):
    return gathered(g, at, c)


def gradient_part_(g, f, spacing, axis, edge_order):
    return gradient_again(g, f, spacing, axis, edge_order)


def gradient_again_(g, f, spacing, axis, edge_order):
    return gradient_part(g, f, spacing, axis, edge_order)


def extremes_part_(g, y, a, axis):
    return extremes_tangent(g, y, a, axis)


def extremes_tangent_(g, y, a, axis):
    return extremes_part(g, y, a, axis)


def linear_part_(g, at):
    return map_linearly(g, at)


def map_linearly_(g, a, at):
    return linear_part(g, a, at)


def quantile_back_(g, a, q, axis, method, keepdims):
    return quantile_along(g, a, q, axis, method, keepdims)


def quantile_along_(g, a, q, axis, method, keepdims):
    return quantile_back(g, a, q, axis, method, keepdims)


GRADIENT = "f, spacing, axis, edge_order"
QUANTILE = "a, q, axis, method, keepdims"
linear_with(f"gradient_part(c, {GRADIENT})", "c", gradient_part_, "array")
linear_with(f"gradient_again(c, {GRADIENT})", "c", gradient_again_, "any")
linear_with("extremes_part(c, y, a, axis)", "c", extremes_part_, "array")
linear_with("extremes_tangent(c, y, a, axis)", "c", extremes_tangent_, "array")
linear_with("linear_part(c, a, at)", "c", linear_part_, "array")
linear_with("map_linearly(a, at)", "a", map_linearly_, "array")
linear_with(f"quantile_back(c, {QUANTILE})", "c", quantile_back_, "array")
linear_with(f"quantile_along(c, {QUANTILE})", "c", quantile_along_, "any")


linear_with("turned(a)", "a", turned_, "array")
linear_with("fitted(c, a)", "c", fitted_, "array")
linear_with("scattered(c, at, a)", "c", scattered_, "array")
