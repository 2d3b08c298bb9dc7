"""Helpers of products, linear in each of two arguments: each is another's adjoint."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.rules.registry import adjoint, multilinear, tangent
from s2sad.runtime import (
    dot_left,
    dot_right,
    einsum_again,
    einsum_along,
    einsum_operands,
    einsum_part,
    kron_part,
    matmul_left,
    matmul_right,
    tensordot_left,
    tensordot_of,
    tensordot_right,
)


def pair(signature: str, first: str, second: str, to_first, to_second) -> None:
    """A helper that is linear in each of two arguments."""
    name = f"s2sad.runtime.{signature}"
    adjoint(name, first, "array")(to_first)
    name = name.partition("(")[0]
    adjoint(name, second)(to_second)
    multilinear(name, first, second)


def matmul_left_c(g, b):
    return np.matmul(g, b)


def matmul_left_b(g, c, b):
    return matmul_right(c, g, b)


def matmul_right_c(g, a):
    return np.matmul(a, g)


def matmul_right_a(g, c, a):
    return matmul_left(c, a, g)


pair("matmul_left(c, a, b)", "c", "b", matmul_left_c, matmul_left_b)
pair("matmul_right(c, a, b)", "c", "a", matmul_right_c, matmul_right_a)


def dot_left_c(g, b):
    return np.dot(g, b)


def dot_left_b(g, c, b):
    return dot_right(c, g, b)


def dot_right_c(g, a):
    return np.dot(a, g)


def dot_right_a(g, c, a):
    return dot_left(c, a, g)


pair("dot_left(c, a, b)", "c", "b", dot_left_c, dot_left_b)
pair("dot_right(c, a, b)", "c", "a", dot_right_c, dot_right_a)


def tensordot_left_c(g, b, axes):
    return tensordot_of(g, b, axes)


def tensordot_left_b(g, c, b, axes):
    return tensordot_right(c, g, b, axes)


def tensordot_right_c(g, a, axes):
    return tensordot_of(a, g, axes)


def tensordot_right_a(g, c, a, axes):
    return tensordot_left(c, a, g, axes)


def tensordot_of_a(g, a, b, axes):
    return tensordot_left(g, a, b, axes)


def tensordot_of_b(g, a, b, axes):
    return tensordot_right(g, a, b, axes)


pair("tensordot_left(c, a, b, axes)", "c", "b", tensordot_left_c, tensordot_left_b)
pair("tensordot_right(c, a, b, axes)", "c", "a", tensordot_right_c, tensordot_right_a)
pair("tensordot_of(a, b, axes)", "a", "b", tensordot_of_a, tensordot_of_b)


@adjoint("s2sad.runtime.kron_part(c, a, b, left)", "c", "array")
def kron_part_c(g, a, b, left):
    if left:
        return np.kron(g, b)
    return np.kron(a, g)


@adjoint("s2sad.runtime.kron_part", "a")
def kron_part_a(g, c, a, left):
    if left:
        return np.zeros_like(a)
    return kron_part(c, a, g, True)


@adjoint("s2sad.runtime.kron_part", "b")
def kron_part_b(g, c, b, left):
    if left:
        return kron_part(c, g, b, False)
    return np.zeros_like(b)


@tangent("s2sad.runtime.kron_part", "c")
def kron_part_along_c(g, a, b, left):
    return kron_part(g, a, b, left)


@tangent("s2sad.runtime.kron_part", "a")
def kron_part_along_a(g, y, c, b, left):
    if left:
        return np.zeros_like(y)
    return kron_part(c, g, b, False)


@tangent("s2sad.runtime.kron_part", "b")
def kron_part_along_b(g, y, c, a, left):
    if left:
        return kron_part(c, a, g, True)
    return np.zeros_like(y)


@adjoint("s2sad.runtime.einsum_part(c, subscripts, operands, k)", "c", "array")
def einsum_part_c(g, subscripts, operands, k):
    return einsum_again(g, subscripts, operands, k)


@adjoint("s2sad.runtime.einsum_part", "operands")
def einsum_part_operands(g, c, subscripts, operands, k):
    return einsum_operands(g, c, subscripts, operands, k)


@tangent("s2sad.runtime.einsum_part", "c")
def einsum_part_along_c(g, subscripts, operands, k):
    return einsum_part(g, subscripts, operands, k)


@tangent("s2sad.runtime.einsum_part", "operands", listed=True)
def einsum_part_along(g, c, subscripts, operands, k):
    return einsum_along(g, c, subscripts, operands, k)
