"""Kinds of what functions make of whole arrays: sums, products, other shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s2sad.compiled.kinds import (
    Axis,
    Dim,
    Kind,
    Length,
    floating,
    number,
    of_array,
    promote,
    refuse,
    strong,
)
from s2sad.compiled.library import (
    REDUCTIONS,
    RUNTIME,
    Bound,
    axes,
    bound_of,
    cotangent,
    like,
    rule,
    shape_of,
    true,
    without,
)
from s2sad.ir.core import (
    Const,
    Op,
)
from s2sad.rules.results import literal

if TYPE_CHECKING:
    from s2sad.compiled.infer import Kinds


@rule(*REDUCTIONS)
def _reduce(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(bound["a"])
    if not (kind.is_array or kind.is_number):
        refuse(op, f"{op.attrs['fn']} of {kind}")
    for name in ("where", "initial", "out", "dtype"):
        if literal(bound.get(name)) is not None and name in op.attrs.get("kw", ()):
            refuse(op, f"{op.attrs['fn']} with {name}=")
    gone = axes(kinds, op, bound.get("axis", Const(None)), kind.rank)
    what = REDUCTIONS[op.attrs["fn"]]
    dtype = strong(kind.dtype)
    if what in ("any", "all"):
        dtype = "bool"
    elif what == "mean":
        dtype = floating(dtype)
    elif dtype == "bool" and what in ("sum", "prod"):
        dtype = "int64"
    keep = true(bound.get("keepdims", Const(False)))
    return of_array(dtype, without(kind.dims, gone, keep))


@rule("numpy.argmax", "numpy.argmin")
def _argmax(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    if len(op.args) > 1:
        refuse(op, f"{op.attrs['fn']} along an axis")
    return number("int64")


@rule("numpy.linalg.norm")
def _norm(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    if set(op.attrs.get("kw", ())) - {"ord"} or len(op.args) > 2:
        refuse(op, "numpy.linalg.norm along an axis")
    return number(floating(strong(kinds.of(op.args[0]).dtype)))


@rule("numpy.allclose", "numpy.array_equal")
def _test(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    return number("bool")


@rule("numpy.repeat")
def _repeat(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(op.args[0])
    if kind.rank != 1 or len(op.args) > 2:
        refuse(op, "numpy.repeat along an axis")
    return of_array(kind.dtype, (Length(Axis(op.result, 0)),))


@rule("numpy.var", "numpy.std", "numpy.trace", "numpy.linalg.det")
def _number(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    if len(op.args) > 1:
        refuse(op, f"{op.attrs['fn']} with more than an array")
    return number(floating(strong(kinds.of(op.args[0]).dtype)))


# -- products ----------------------------------------------------------------------


@rule("numpy.dot", "numpy.matmul", "numpy.inner", "numpy.vdot")
def _dot(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kinds_ = [kinds.of(a) for a in op.args[:2]]
    if op.attrs["fn"] in ("numpy.inner", "numpy.vdot"):
        if any(k.rank != 1 for k in kinds_):
            refuse(op, f"{op.attrs['fn']} of what is no vector")
    if op.attrs["fn"] == "numpy.dot" and any(k.is_number for k in kinds_):
        return kinds.elementwise(op, "mul")
    return matmul(kinds, op)


def matmul(kinds: Kinds, op: Op) -> Kind:
    a, b = (kinds.of(v) for v in op.args[:2])
    if not (a.is_array and b.is_array and a.rank <= 2 and b.rank <= 2):
        refuse(op, f"a product of {a} and {b}")
    dims = [*a.dims[:-1], *(b.dims[1:] if b.rank == 2 else ())]
    return of_array(strong(promote((a.dtype, b.dtype))), dims)


@rule("numpy.outer")
def _outer(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    a, b = (kinds.of(v) for v in op.args[:2])
    if a.rank != 1 or b.rank != 1:
        refuse(op, "numpy.outer of what is no vector")
    return of_array(promote((a.dtype, b.dtype)), (*a.dims, *b.dims))


@rule("numpy.linalg.inv", "numpy.linalg.cholesky")
def _inverse(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    return matrix_only(kinds, op, kinds.of(op.args[0]))


@rule("numpy.linalg.solve")
def _solve(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    matrix_only(kinds, op, kinds.of(op.args[0]))
    b = kinds.of(op.args[1])
    return of_array("float64", b.dims)


def matrix_only(kinds: Kinds, op: Op, kind: Kind) -> Kind:
    if kind.rank != 2:
        refuse(op, f"{op.attrs['fn']} of {kind}")
    return of_array("float64", kind.dims)


# -- other shapes ------------------------------------------------------------------


@rule("numpy.transpose")
def _transpose(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(op.args[0])
    return of_array(kind.dtype, (kind.dims[k] for k in permutation(kinds, op)))


@rule("numpy.moveaxis", "numpy.swapaxes")
def _moveaxis(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(op.args[0])
    return of_array(kind.dtype, (kind.dims[k] for k in permutation(kinds, op)))


def permutation(kinds: Kinds, op: Op) -> list[int]:
    """Which axis of the operand each axis of the result is."""
    rank = kinds.of(op.args[0]).rank
    if op.code == "getattr":
        return list(range(rank))[::-1]
    fn, bound = op.attrs["fn"], bound_of(op)
    order = list(range(rank))
    if fn == "numpy.transpose":
        found = axes(kinds, op, bound.get("axes", Const(None)), rank)
        return order[::-1] if found is None else list(found)
    first, second = (axes(kinds, op, v, rank) for v in list(bound.values())[1:3])
    assert first is not None and second is not None
    if fn == "numpy.swapaxes":
        i, j = first[0], second[0]
        order[i], order[j] = j, i
        return order
    rest = [k for k in order if k not in first]
    for to, k in sorted(zip(second, first, strict=True)):
        rest.insert(to, k)
    return rest


@rule("numpy.expand_dims")
def _expand_dims(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(op.args[0])
    found = axes(kinds, op, bound["axis"], kind.rank + 1)
    assert found is not None
    dims = list(kind.dims)
    for k in sorted(found):
        dims.insert(k, 1)
    return of_array(kind.dtype, dims)


@rule("numpy.broadcast_to")
def _broadcast_to(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    shape = shape_of(kinds, op, bound["shape"])
    return of_array(kinds.of(op.args[0]).dtype, shape)


@rule("numpy.reshape")
def _reshape(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(op.args[0])
    dims = shape_of(kinds, op, op.args[1])
    if not kind.is_array or len(op.args) > 2:
        refuse(op, f"numpy.reshape of {kind}")
    known = [
        Length(Axis(op.result, k)) if d == -1 or not isinstance(d, int) else d
        for k, d in enumerate(dims)
    ]
    return of_array(kind.dtype, known)


@rule("numpy.ravel")
def _ravel(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(op.args[0])
    dim = kind.dims[0] if kind.rank == 1 else Length(Axis(op.result, 0))
    return of_array(kind.dtype, (dim,))


@rule("numpy.diag")
def _diag(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(op.args[0])
    if len(op.args) > 1 or kind.rank not in (1, 2):
        refuse(op, "numpy.diag of another diagonal")
    if kind.rank == 1:
        return of_array(kind.dtype, kind.dims * 2)
    a, b = kind.dims
    return of_array(kind.dtype, (a if a == b else Length(Axis(op.result, 0)),))


@rule(f"{RUNTIME}on_diagonal")
def _on_diagonal(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(bound["a"])
    if len(op.args) > 2 or kind.rank not in (1, 2):
        refuse(op, "another diagonal")
    if kind.rank == 1:
        return of_array(cotangent(kind), (kind.dims[0],))
    return of_array(cotangent(kind), kind.dims)


@rule("numpy.triu", "numpy.tril")
def _triangle(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(op.args[0])
    if kind.rank != 2:
        refuse(op, f"{op.attrs['fn']} of {kind}")
    return kind


@rule("numpy.flip")
def _flip(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    return like(kinds, op, bound)


@rule("numpy.stack")
def _stack(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    parts = joined(kinds, op)
    found = axes(kinds, op, bound.get("axis", Const(0)), parts[0].rank + 1)
    assert found is not None
    dims = list(parts[0].dims)
    dims.insert(found[0], len(parts))
    return of_array(promote(p.dtype for p in parts), dims)


@rule("numpy.concatenate")
def _concatenate(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    parts = joined(kinds, op)
    found = axes(kinds, op, bound.get("axis", Const(0)), parts[0].rank)
    assert found is not None
    dims = list(parts[0].dims)
    along = [p.dims[found[0]] for p in parts]
    known = [d for d in along if isinstance(d, int)]
    whole: Dim = Length(Axis(op.result, found[0]))
    dims[found[0]] = sum(known) if len(known) == len(along) else whole
    return of_array(promote(p.dtype for p in parts), dims)


def joined(kinds: Kinds, op: Op) -> list[Kind]:
    """The arrays that are put together."""
    made = op.args[0].op
    if made is None or made.code not in ("tuple", "list"):
        refuse(op, f"{op.attrs['fn']} of a list that is made elsewhere")
    parts = [kinds.of(a) for a in made.args]
    if any(not p.is_array or p.rank != parts[0].rank for p in parts):
        refuse(op, f"{op.attrs['fn']} of what are not arrays alike")
    return parts


@rule(f"{RUNTIME}others")
def _others(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(op.args[0])
    if kind.rank != 1 or len(op.args) > 1:
        refuse(op, "a product along an axis")
    return of_array(cotangent(kind), kind.dims)


@rule(f"{RUNTIME}unrepeat")
def _unrepeat(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(op.args[1])
    repeats = kinds.of(op.args[2])
    if kind.rank != 1 or len(op.args) > 3 or repeats.rank > 1:
        refuse(op, "numpy.repeat along an axis")
    return of_array(cotangent(kind), kind.dims)


@rule("numpy.cumsum")
def _cumsum(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(op.args[0])
    if kind.rank != 1 or len(op.args) > 1:
        refuse(op, "numpy.cumsum along an axis")
    return kind


@rule("numpy.cross")
def _cross(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    a, b = (kinds.of(v) for v in op.args[:2])
    if len(op.args) > 2 or a.rank != 1 or b.rank != 1:
        refuse(op, "numpy.cross of what are not two vectors")
    return of_array(promote((a.dtype, b.dtype)), (3,))


@rule("numpy.roll")
def _roll(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    if len(op.args) > 2 or kinds.of(op.args[0]).rank != 1:
        refuse(op, "numpy.roll along an axis")
    return like(kinds, op, bound)
