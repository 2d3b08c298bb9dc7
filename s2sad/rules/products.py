"""Products of vectors, matrices and tensors."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.ir import infer
from s2sad.ir.core import Value
from s2sad.ir.types import ANY, FLOAT, Type, array
from s2sad.rules.registry import adjoint
from s2sad.rules.results import UNKNOWN, Bound, literal
from s2sad.runtime import (
    dot_left,
    dot_right,
    einsum_part,
    is_complex,
    is_known,
    kron_part,
    matmul_left,
    matmul_right,
    rank,
    tensordot_left,
    tensordot_right,
    unbroadcast,
)


def _two(bound: Bound) -> tuple[Value, Value]:
    a, b = list(bound.values())[:2]
    return a, b


def product(bound: Bound) -> Type:
    a, b = _two(bound)
    if a.type.is_scalar or b.type.is_scalar:
        return infer.broadcast([a, b])
    return infer.matmul(a.type, b.type)


@adjoint("operator.matmul(a, b)", "a", product)
def matmul_a(g, a, b):
    if rank(a) == 2 and rank(b) == 2:
        return g @ b.T
    if rank(a) == 2 and rank(b) == 1:
        return np.outer(g, b)
    if rank(a) == 1 and rank(b) == 1:
        return g * b
    if rank(a) == 1 and rank(b) == 2:
        return b @ g
    return matmul_left(g, a, b)


@adjoint("operator.matmul", "b")
def matmul_b(g, a, b):
    if rank(a) == 2 and rank(b) == 2:
        return a.T @ g
    if rank(a) == 2 and rank(b) == 1:
        return a.T @ g
    if rank(a) == 1 and rank(b) == 1:
        return g * a
    if rank(a) == 1 and rank(b) == 2:
        return np.outer(a, g)
    return matmul_right(g, a, b)


adjoint("numpy.matmul(a, b)", "a", product)(matmul_a)
adjoint("numpy.matmul", "b")(matmul_b)


@adjoint("numpy.dot(a, b)", "a", product)
def dot_a(g, a, b):
    if rank(a) == 2 and rank(b) == 2:
        return g @ b.T
    if rank(a) == 2 and rank(b) == 1:
        return np.outer(g, b)
    if rank(a) == 1 and rank(b) == 1:
        return g * b
    if rank(a) == 1 and rank(b) == 2:
        return b @ g
    return dot_left(g, a, b)


@adjoint("numpy.dot", "b")
def dot_b(g, a, b):
    if rank(a) == 2 and rank(b) == 2:
        return a.T @ g
    if rank(a) == 2 and rank(b) == 1:
        return a.T @ g
    if rank(a) == 1 and rank(b) == 1:
        return g * a
    if rank(a) == 1 and rank(b) == 2:
        return np.outer(a, g)
    return dot_right(g, a, b)


@adjoint("numpy.vdot(a, b)", "a", "scalar")
def vdot_a(g, a, b):
    """The first one is conjugated."""
    if is_complex(a):
        return np.conjugate(g * np.reshape(b, np.shape(a)))
    if rank(a) == 1 and rank(b) == 1:
        return g * b
    return g * np.reshape(b, np.shape(a))


@adjoint("numpy.vdot", "b")
def vdot_b(g, a, b):
    if is_complex(a):
        return g * np.conjugate(np.reshape(a, np.shape(b)))
    if rank(a) == 1 and rank(b) == 1:
        return g * a
    return g * np.reshape(a, np.shape(b))


def inner_type(bound: Bound) -> Type:
    a, b = (v.type for v in _two(bound))
    if a.is_scalar or b.is_scalar:
        return infer.broadcast(list(_two(bound)))
    if a.ndim is None or b.ndim is None:
        return ANY
    return array(a.ndim + b.ndim - 2) if a.ndim + b.ndim > 2 else FLOAT


@adjoint("numpy.inner(a, b)", "a", inner_type)
def inner_a(g, a, b):
    if rank(a) == 1 and rank(b) == 1:
        return g * b
    if rank(a) == 2 and rank(b) == 2:
        return g @ b
    return tensordot_left(g, a, b, (-1, -1))


@adjoint("numpy.inner", "b")
def inner_b(g, a, b):
    if rank(a) == 1 and rank(b) == 1:
        return g * a
    if rank(a) == 2 and rank(b) == 2:
        return g.T @ a
    return tensordot_right(g, a, b, (-1, -1))


@adjoint("numpy.outer(a, b)", "a", lambda bound: array(2))
def outer_a(g, a, b):
    if rank(a) == 1 and rank(b) == 1:
        return g @ b
    return np.reshape(g @ np.ravel(b), np.shape(a))


@adjoint("numpy.outer", "b")
def outer_b(g, a, b):
    if rank(a) == 1 and rank(b) == 1:
        return a @ g
    return np.reshape(np.ravel(a) @ g, np.shape(b))


@adjoint("numpy.kron(a, b)", "a", "array")
def kron_a(g, a, b):
    return kron_part(g, a, b, True)


@adjoint("numpy.kron", "b")
def kron_b(g, a, b):
    return kron_part(g, a, b, False)


def tensordot_type(bound: Bound) -> Type:
    a, b = (v.type.ndim for v in _two(bound))
    axes = literal(bound["axes"])
    if a is None or b is None or axes is UNKNOWN:
        return ANY
    first = axes if isinstance(axes, int) else axes[0]
    count = first if isinstance(axes, int) else len(np.ravel(first))
    return array(a + b - 2 * count) if a + b > 2 * count else FLOAT


@adjoint("numpy.tensordot(a, b, axes=2)", "a", tensordot_type)
def tensordot_a(g, a, b, axes):
    return tensordot_left(g, a, b, axes)


@adjoint("numpy.tensordot", "b")
def tensordot_b(g, a, b, axes):
    return tensordot_right(g, a, b, axes)


def cross_type(bound: Bound) -> Type:
    ranks = [v.type.ndim for v in _two(bound)]
    return array(None if None in ranks else max(r or 0 for r in ranks))


CROSS = "axisa=-1, axisb=-1, axisc=-1, axis=None"


@adjoint(
    f"numpy.cross(a, b, {CROSS})",
    "a",
    cross_type,
    only={"axisa": (-1,), "axisb": (-1,), "axisc": (-1,)},
)
def cross_a(g, a, b, axis):
    if rank(a) == 1 and rank(b) == 1:
        return np.cross(b, g)
    if axis is None:
        return unbroadcast(np.cross(b, g), a)
    return unbroadcast(np.cross(b, g, axis=axis), a)


@adjoint("numpy.cross", "b")
def cross_b(g, a, b, axis):
    if rank(a) == 1 and rank(b) == 1:
        return np.cross(g, a)
    if axis is None:
        return unbroadcast(np.cross(g, a), b)
    return unbroadcast(np.cross(g, a, axis=axis), b)


def einsum_type(bound: Bound) -> Type:
    text = literal(bound["subscripts"])
    if not isinstance(text, str) or "->" not in text or "." in text:
        return ANY
    out = text.partition("->")[2].strip()
    return array(len(out)) if out else FLOAT


@adjoint(
    "numpy.einsum(subscripts, a, b=None, c=None, d=None, optimize=False)",
    "a",
    einsum_type,
)
def einsum_a(g, subscripts, a, b, c, d):
    if is_known(b) and b is None:
        return einsum_part(g, subscripts, (a,), 0)
    if is_known(c) and c is None:
        return einsum_part(g, subscripts, (a, b), 0)
    if is_known(d) and d is None:
        return einsum_part(g, subscripts, (a, b, c), 0)
    return einsum_part(g, subscripts, (a, b, c, d), 0)


@adjoint("numpy.einsum", "b")
def einsum_b(g, subscripts, a, b, c, d):
    if is_known(c) and c is None:
        return einsum_part(g, subscripts, (a, b), 1)
    if is_known(d) and d is None:
        return einsum_part(g, subscripts, (a, b, c), 1)
    return einsum_part(g, subscripts, (a, b, c, d), 1)


@adjoint("numpy.einsum", "c")
def einsum_c(g, subscripts, a, b, c, d):
    if is_known(d) and d is None:
        return einsum_part(g, subscripts, (a, b, c), 2)
    return einsum_part(g, subscripts, (a, b, c, d), 2)


@adjoint("numpy.einsum", "d")
def einsum_d(g, subscripts, a, b, c, d):
    return einsum_part(g, subscripts, (a, b, c, d), 3)


def solve_type(bound: Bound) -> Type:
    a, b = (v.type for v in _two(bound))
    return array(b.ndim) if a.ndim == 2 else array()
