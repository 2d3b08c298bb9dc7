"""Abbreviations of the rule language: written out wherever a rule calls them."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np

from s2sad.rules.registry import short
from s2sad.runtime import float_dtype, is_complex, is_known, norm_part, rank


@short
def turned(a):
    """The transpose of each matrix in a stack."""
    if rank(a) == 2:
        return a.T
    return np.swapaxes(a, -1, -2)


@short
def mirrored(a, lower):
    """The symmetric matrix, of which one triangle is read."""
    if lower:
        return np.tril(a) + turned(np.tril(a, -1))
    return np.triu(a) + turned(np.triu(a, 1))


@short
def diagonals(a):
    """The diagonal of each matrix in a stack."""
    if rank(a) == 2:
        return np.diagonal(a)
    return np.diagonal(a, 0, -2, -1)


@short
def norm_slope(y, x, ord, axis, keepdims):
    """The derivative of a norm y in x: of vectors, written out; else, by a helper."""
    if is_known(ord) and ord is not None and not is_complex(x):
        if rank(x) == 2 and (axis is None or axis == (-2, -1)):
            return matrix_slope(y, x, ord)
        if rank(x) == 1 or (axis is not None and rank(axis) == 0):
            return vector_slope(y, x, ord, axis, keepdims)
    return norm_part(np.ones_like(y), y, x, ord, axis, keepdims)


@short
def vector_slope(y, x, ord, axis, keepdims):
    if axis is not None and not keepdims:
        y = np.expand_dims(y, axis)
    if ord == 0:
        return np.zeros_like(x)
    if ord == 1:
        return np.sign(x)
    if ord is None or ord == 2:
        return x / (y + (y == 0))
    if ord == math.inf or ord == -math.inf:
        hit = np.asarray(np.equal(np.abs(x), y), float_dtype(x))
        return np.sign(x) * (hit / np.sum(hit, axis, keepdims=True))
    return np.sign(x) * (np.abs(x) / (y + (y == 0))) ** (ord - 1)


@short
def matrix_slope(y, x, ord):
    """Of the sums of columns or rows the greatest, or of singular values some."""
    if ord is None or ord == "fro":
        return x / (y + (y == 0))
    if ord == 1 or ord == -1:
        hit = np.asarray(np.equal(np.sum(np.abs(x), 0), y), float_dtype(x))
        return np.sign(x) * (hit / np.sum(hit))
    if ord == math.inf or ord == -math.inf:
        hit = np.equal(np.sum(np.abs(x), 1, keepdims=True), y)
        hit = np.asarray(hit, float_dtype(x))
        return np.sign(x) * (hit / np.sum(hit))
    u, _, v = np.linalg.svd(x, False)
    if ord == "nuc":
        return u @ v
    if ord == 2:
        return np.outer(u[:, 0], v[0])
    return np.outer(u[:, -1], v[-1])
