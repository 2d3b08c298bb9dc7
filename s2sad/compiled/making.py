"""Kinds of what functions make: new arrays, and adjoints in the shape of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s2sad.compiled.kinds import (
    Axis,
    Dim,
    Kind,
    Length,
    number,
    of_array,
    promote,
    refuse,
    strong,
)
from s2sad.compiled.library import (
    RUNTIME,
    Bound,
    axes,
    cotangent,
    dtype_of,
    like,
    rule,
    shape_of,
)
from s2sad.ir.core import (
    Const,
    Op,
    Value,
)

if TYPE_CHECKING:
    from s2sad.compiled.infer import Kinds


@rule("numpy.zeros", "numpy.ones", "numpy.empty")
def _zeros(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    dtype = dtype_of(kinds, op, bound.get("dtype"), "float64")
    return of_array(dtype, shape_of(kinds, op, bound["shape"]))


@rule("numpy.full")
def _full(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    value = kinds.of(bound["fill_value"])
    dtype = dtype_of(kinds, op, bound.get("dtype"), strong(value.dtype))
    return of_array(dtype, shape_of(kinds, op, bound["shape"]))


@rule("numpy.zeros_like", "numpy.ones_like", "numpy.empty_like", "numpy.full_like")
def _zeros_like(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(bound["a"])
    return of_array(dtype_of(kinds, op, bound.get("dtype"), kind.dtype), kind.dims)


@rule(f"{RUNTIME}zeros_like")
def _zero(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(bound["x"])
    if kind.is_number:
        return number("float")
    if kind.is_array:
        return of_array(cotangent(kind), kind.dims)
    if kind.name in ("list", "tuple"):
        return kinds.shadow(op, op, kind)
    refuse(op, f"the adjoint of {kind}")


@rule("numpy.eye", "numpy.identity")
def _eye(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    if set(op.attrs.get("kw", ())) - {"dtype"}:
        refuse(op, "numpy.eye with more than its sizes")
    given = [v for v in op.args if kinds.of(v).is_number]
    sizes = [kinds.length(v) for v in given]
    dtype = dtype_of(kinds, op, bound.get("dtype"), "float64")
    return of_array(dtype, (sizes[0], sizes[-1]))


@rule("numpy.arange")
def _arange(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    if op.attrs.get("kw"):
        refuse(op, "numpy.arange with keywords")
    dtype = strong(promote(kinds.of(a).dtype for a in op.args))
    if len(op.args) == 1 and dtype == "int64":
        return of_array(dtype, (kinds.length(op.args[0]),))
    return of_array(dtype, (Length(Axis(op.result, 0)),))


@rule("numpy.linspace")
def _linspace(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    if len(op.args) > 3 or op.attrs.get("kw"):
        refuse(op, "numpy.linspace with keywords")
    return of_array("float64", (kinds.length(bound["num"]),))


@rule("numpy.array", "numpy.asarray")
def _array(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    value = op.args[0]
    kind = kinds.of(value)
    if len(op.args) > 1 and set(op.attrs.get("kw", ())) != {"dtype"}:
        refuse(op, f"{op.attrs['fn']} with more than an array and a dtype")
    named = bound.get("dtype") if len(op.args) > 1 else None
    if kind.is_array:
        return of_array(dtype_of(kinds, op, named, kind.dtype), kind.dims)
    rows = listed(value)
    if rows is None:
        refuse(op, "numpy.array of what is not a list of numbers")
    inner = [listed(v) for v in rows]
    if rows and all(r is not None and len(r) == len(inner[0] or ()) for r in inner):
        dims: tuple[Dim, ...] = (len(rows), len(inner[0] or ()))
        rows = [v for r in inner for v in r or ()]
    else:
        dims = (len(rows),)
    parts = [kinds.of(a) for a in rows]
    if not parts or not all(p.is_number for p in parts):
        refuse(op, "numpy.array of what is not a list of numbers")
    found = strong(promote(p.dtype for p in parts))
    return of_array(dtype_of(kinds, op, named, found), dims)


def listed(value: Value) -> list[Value] | None:
    """The items of a list or a tuple that is written where it is used."""
    made = value.op
    if isinstance(value, Const) and isinstance(value.value, tuple):
        return [Const(v) for v in value.value]
    if made is not None and made.code in ("list", "tuple"):
        return made.args
    return None


@rule("numpy.copy", f"{RUNTIME}own", f"{RUNTIME}copied", f"{RUNTIME}stop_gradient")
def _copy(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    return like(kinds, op, bound)


@rule("numpy.shape")
def _shape(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    return Kind("tuple", items=(number("int"),) * kinds.of(op.args[0]).rank)


# -- shape changes of adjoints -----------------------------------------------------


@rule(f"{RUNTIME}unbroadcast", f"{RUNTIME}match")
def _unbroadcast(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    values = op.args[1:]
    found = [kinds.of(v) for v in values]
    if found[0].name in ("list", "tuple") and len(found) == 1:
        return in_list(kinds, op, kinds.of(op.args[0]), values[0])
    if any(not (k.is_number or k.is_array) for k in found):
        refuse(op, f"the adjoint of {found[0]}")
    dtype = promote(cotangent(k) for k in found)
    if all(k.is_number for k in found):
        return number(dtype)
    return of_array(dtype, kinds.broadcast(op, values))


def in_list(kinds: Kinds, op: Op, own: Kind, value: Value) -> Kind:
    """The adjoint of a list of numbers that is written where it is used."""
    rows = listed(value)
    if rows is None or own.rank != 1 or not all(kinds.of(v).is_number for v in rows):
        refuse(op, f"the adjoint of {kinds.of(value)}")
    return of_array(own.dtype, (len(rows),))


@rule(f"{RUNTIME}spread")
def _spread(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    kind = kinds.of(bound["x"])
    if kind.is_number:
        return kinds.of(bound["c"])
    return of_array(cotangent(kind), kind.dims)


@rule(f"{RUNTIME}along")
def _along(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    c, a = kinds.of(bound["c"]), kinds.of(bound["a"])
    found = axes(kinds, op, bound["axis"], a.rank)
    if c.rank != 1 or found is None or len(found) != 1:
        refuse(op, "weights along several axes")
    return of_array(c.dtype, [c.dims[0] if k in found else 1 for k in range(a.rank)])


@rule(f"{RUNTIME}plus")
def _plus(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    return kinds.elementwise(op, "add")
