"""Types of results, from the arguments of a call."""

from __future__ import annotations

import operator
from typing import Any

from s2sad.ir.core import Const, Value
from s2sad.ir.infer import roots_of
from s2sad.ir.types import ANY, BOOL, COMPLEX, FLOAT, INT, Type, array, join

Bound = dict[str, Value]
UNKNOWN = object()


def literal(value: Value | None) -> Any:
    """The Python value of a constant, or of a tuple or list of constants."""
    if value is None:
        return None
    if isinstance(value, Const):
        return value.value
    made = value.op
    if made is not None and made.code in ("tuple", "list"):
        parts = tuple(literal(a) for a in made.args)
        return UNKNOWN if UNKNOWN in parts else parts
    return UNKNOWN


def kind_of_dtype(value: Value | None, default: str | None = None) -> str | None:
    """float, int, bool or complex: what a dtype argument asks for."""
    if value is None or literal(value) is None:
        return default
    name = literal(value)
    if not isinstance(name, str):
        binding = getattr(value, "binding", None)
        name = getattr(binding, "path", "")
    name = name.rpartition(".")[2]
    for kind, starts in {
        "float": ("float", "f2", "f4", "f8", "double", "single", "half"),
        "int": ("int", "uint", "i4", "i8", "u1", "u4", "u8"),
        "bool": ("bool",),
        "complex": ("complex", "c8", "c16"),
    }.items():
        if name.startswith(starts) or name in (kind[0], f"{kind}_"):
            return kind
    return None


def length_of(shape: Value) -> int | None:
    """How many axes a shape argument means."""
    kind = shape.type
    if kind.kind in ("int", "bool"):
        return 1
    if kind.kind == "tuple" and kind.items is not None:
        return len(kind.items)
    if shape.op is not None and shape.op.code == "list":
        return len(shape.op.args)
    return None


def element(value: Value) -> tuple[int | None, str | None]:
    """Rank and dtype of what np.array makes of a value."""
    kind = value.type
    made = value.op
    if kind.is_scalar:
        return 0, None if kind.kind == "num" else kind.kind
    if kind.kind == "array":
        return kind.ndim, kind.dtype
    if made is not None and made.code in ("list", "tuple") and made.args:
        parts = [element(a) for a in made.args]
        ranks, dtypes = {p[0] for p in parts}, {p[1] for p in parts}
        ndim = ranks.pop() if len(ranks) == 1 else None
        if None in dtypes:
            dtype = None
        else:
            order = ("complex", "float", "int", "bool")
            dtype = next(d for d in order if d in dtypes)
        return None if ndim is None else ndim + 1, dtype
    return None, None


def made_of(parameter: str) -> Any:
    """np.array and its kin: an array, of a list or of another array."""

    def result(bound: Bound) -> Type:
        value = bound[parameter]
        ndim, dtype = element(value)
        sure = value.type.kind == "array" or value.type.is_scalar
        shape = roots_of(value) if sure else None
        return array(ndim, shape, kind_of_dtype(bound.get("dtype"), dtype))

    return result


def filled(dtype: str | None = "float") -> Any:
    """np.zeros and its kin: a new array of a given shape."""

    def result(bound: Bound) -> Type:
        return array(
            length_of(bound["shape"]), None, kind_of_dtype(bound.get("dtype"), dtype)
        )

    return result


def fixed(ndim: int | None, dtype: str | None = None) -> Any:
    """An array of a rank that is always the same."""

    def result(bound: Bound) -> Type:
        return array(ndim, None, kind_of_dtype(bound.get("dtype"), dtype))

    return result


def same(bound: Bound) -> Type:
    """A new array of the first argument's shape."""
    value = next(iter(bound.values()))
    kind = value.type
    if kind.kind == "array" or kind.is_scalar:
        dtype = kind_of_dtype(
            bound.get("dtype"), kind.kind if kind.is_scalar else kind.dtype
        )
        ndim = 0 if kind.is_scalar else kind.ndim
        return array(ndim, roots_of(value), None if dtype == "num" else dtype)
    return Type("array", shape=kind.shape) if kind.kind in ("any", "list") else ANY


def like(bound: Bound) -> Type:
    """Exactly the first argument's type and shape."""
    value = next(iter(bound.values()))
    if value.type.kind == "array":
        return array(value.type.ndim, roots_of(value), value.type.dtype)
    return array() if value.type.kind in ("list", "tuple") else value.type


def permuted(bound: Bound) -> Type:
    """The first argument's rank and dtype, with another shape."""
    kind = next(iter(bound.values())).type
    return array(kind.ndim, None, kind.dtype)


def ranked(change: Any) -> Any:
    """An array whose rank is a function of the first argument's."""

    def result(bound: Bound) -> Type:
        kind = next(iter(bound.values())).type
        known = 0 if kind.is_scalar else kind.ndim
        return array(None if known is None else change(known), None, kind.dtype)

    return result


def _number(dtype: str | None) -> Type:
    return {"int": INT, "bool": INT, "complex": COMPLEX}.get(dtype or "", FLOAT)


def reduced(bound: Bound) -> Type:
    """A sum or an extreme of everything, or along axes."""
    kind = next(iter(bound.values())).type
    keep, axis = literal(bound.get("keepdims")), literal(bound.get("axis"))
    if keep is UNKNOWN or axis is UNKNOWN:
        return ANY
    if kind.is_scalar or (axis is None and not keep):
        return _number(kind.kind if kind.is_scalar else kind.dtype)
    if keep:
        return array(kind.ndim, None, kind.dtype)
    if kind.ndim is None:
        return ANY
    left = kind.ndim - (len(axis) if isinstance(axis, tuple) else 1)
    return array(left, None, kind.dtype) if left > 0 else _number(kind.dtype)


def averaged(bound: Bound) -> Type:
    """A mean, a norm: the same, and never an integer."""
    found = reduced(bound)
    if found.is_scalar:
        return FLOAT if found is INT else found
    if found.kind == "array" and found.dtype in ("int", "bool"):
        return array(found.ndim, None, "float")
    return found


def tested(bound: Bound) -> Type:
    """all and any."""
    found = reduced(bound)
    if found.is_scalar:
        return BOOL
    return array(found.ndim, None, "bool") if found.kind == "array" else found


def traced(bound: Bound) -> Type:
    """A number for each matrix in a stack of them."""
    kind = next(iter(bound.values())).type
    if kind.ndim is None:
        return ANY
    if kind.ndim <= 2:
        return _number(kind.dtype)
    return array(kind.ndim - 2, None, kind.dtype)


def taken(bound: Bound) -> Type:
    """np.take."""
    kind, axis = bound["a"].type, literal(bound["axis"])
    places = element(bound["indices"])[0]
    if axis is None and places == 0:
        return _number(kind.dtype)
    if axis is None or kind.ndim is None or places is None:
        return array(places, None, kind.dtype) if axis is None and places else ANY
    left = kind.ndim - 1 + places
    return array(left, None, kind.dtype) if left else _number(kind.dtype)


def index_reduced(bound: Bound) -> Type:
    """argmax and its kin: the same with integers."""
    found = reduced(bound)
    if found.is_scalar:
        return INT
    return array(found.ndim, None, "int") if found.kind == "array" else found


def joined(parameter: str, extra: int = 0) -> Any:
    """concatenate (extra 0) and stack (extra 1)."""

    def result(bound: Bound) -> Type:
        made = bound[parameter].op
        if literal(bound.get("axis", None)) is None and "axis" in bound:
            return array(1)
        if made is None or made.code not in ("list", "tuple") or not made.args:
            return array()
        parts = [a.type for a in made.args]
        found = parts[0]
        for part in parts[1:]:
            found = join(found, part)
        if found.is_scalar:
            return array(1, None, None if found.kind == "num" else found.kind)
        return array(
            None if found.ndim is None else found.ndim + extra, None, found.dtype
        )

    return result


def shape_tuple(bound: Bound) -> Type:
    kind = next(iter(bound.values())).type
    ndim = 0 if kind.is_scalar else kind.ndim
    return Type("tuple", items=None if ndim is None else (INT,) * ndim)


def list_of_arrays(bound: Bound) -> Type:
    return Type("list")


def plus(n: int) -> Any:
    return lambda ndim: operator.add(ndim, n)


def at_least(n: int) -> Any:
    return lambda ndim: max(ndim, n)


def weighted(bound: Bound) -> Type:
    """np.average: with `returned=True` the sum of the weights beside it."""
    found = averaged(bound)
    if literal(bound["returned"]):
        return Type("tuple", items=(found, found))
    return found


def along_axis(bound: Bound) -> Type:
    """A running sum: of the flattened array, unless there is an axis."""
    if bound["axis"].type.kind == "none":
        return array(1, None, kind_of_dtype(bound.get("dtype")))
    return same(bound)


def several(*types: Type) -> Any:
    """A tuple of results."""
    return lambda bound: Type("tuple", items=types)
