"""What second derivatives call: adjoints and tangents of the helpers of first ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.axes import others
from s2sad.runtime.basic import float_dtype, zeros_like
from s2sad.runtime.products import einsum_part


def join_like(parts: Any, like: Any, arrays: Any, axis: int = 0) -> Any:
    """The cotangent of g in split_like(g, arrays, axis): an array like `like`."""
    out, start = np.zeros(np.shape(like), float_dtype(like)), 0
    for part, a in zip(parts, arrays, strict=True):
        count = np.shape(a)[axis] if np.ndim(a) == np.ndim(like) else 1
        at = (slice(None),) * (axis % np.ndim(like)) + (slice(start, start + count),)
        out[at] = np.reshape(part, out[at].shape)
        start += count
    return out


def join_flat(parts: Any, like: Any) -> Any:
    """The cotangent of g in split_flat(g, arrays)."""
    flat = np.concatenate([np.ravel(part) for part in parts])
    return np.asarray(flat, float_dtype(like))


def put_along_axis(g: Any, a: Any, indices: Any, axis: Any) -> Any:
    """The cotangent of a in np.take_along_axis(a, indices, axis), each taken once."""
    out = np.zeros(np.shape(a), float_dtype(a))
    np.put_along_axis(out, indices, g, axis)
    return out


def tensordot_of(a: Any, b: Any, axes: Any) -> Any:
    """np.tensordot, and the product where one is a number."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return np.tensordot(a, b, axes)


def einsum_again(g: Any, subscripts: str, operands: Any, k: int) -> Any:
    """np.einsum with g in the place of operand k."""
    return np.einsum(subscripts, *operands[:k], g, *operands[k + 1 :])


def einsum_operands(g: Any, c: Any, subscripts: str, operands: Any, k: int) -> Any:
    """The cotangents of the operands in einsum_part(c, subscripts, operands, k)."""
    moved = (*operands[:k], g, *operands[k + 1 :])
    return [
        zeros_like(v) if j == k else einsum_part(c, subscripts, moved, j)
        for j, v in enumerate(operands)
    ]


def einsum_along(g: Any, c: Any, subscripts: str, operands: Any, k: int) -> Any:
    """The tangent of einsum_part(c, subscripts, operands, k) along operands g."""
    total: Any = zeros_like(operands[k])
    for j, tangent in enumerate(g):
        if j != k:
            moved = (*operands[:j], tangent, *operands[j + 1 :])
            total = total + einsum_part(c, subscripts, moved, k)
    return total


def others_part(g: Any, a: Any, axis: Any = None) -> Any:
    """The derivative of others(a, axis) along g, which is symmetric."""
    if axis is None:
        flat = np.reshape(a, -1)
        seed = np.reshape(g, -1)
        total = np.zeros_like(flat)
        for i in range(flat.shape[0]):
            rest = flat.copy()
            rest[i] = 1.0
            part = seed[i] * others(rest)
            part[i] = 0.0
            total = total + part
        return np.reshape(total, np.shape(a))
    flat = np.moveaxis(a, axis, 0)
    seed = np.moveaxis(g, axis, 0)
    total = np.zeros_like(flat)
    for i in range(flat.shape[0]):
        rest = flat.copy()
        rest[i] = 1.0
        part = seed[i] * others(rest, 0)
        part[i] = 0.0
        total = total + part
    return np.moveaxis(total, 0, axis)
