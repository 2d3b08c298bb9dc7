"""Abstract types: what is known of a value before the program runs.

A type is a kind and, for arrays, a rank and a *shape root set*: the values whose
shapes broadcast to this one's. `x * x` and `np.sin(x)` have the roots {x}, `x * y`
has {x, y}, a scalar has none. Two values with equal root sets have equal shapes, and
that is all that undoing a broadcast needs to know.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

SCALARS = frozenset({"bool", "int", "float", "complex", "num"})
#: Kinds that no derivative flows through.
DISCRETE = frozenset(
    {"bool", "int", "str", "none", "slice", "range", "function", "module", "dtype"}
)
Roots = frozenset[Any]
NO_ROOTS: Roots = frozenset()


@dataclass(frozen=True)
class Cut:
    """The shape of `base[1:-1]`: that of the base, less `parts` along each axis.

    `x[1:-1]`, `x[2:]` and `x[:-2]` have one shape, whatever the length of x.
    """

    base: Any
    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Type:
    """kind: bool, int, float, complex, num (int or float), str, none, slice, range,
    array, tuple, list, dict, function, module, object, undef, or any.

    A dict or an object that an argument is known to be has `keys`, `items` for these,
    and the name of its class for a `dtype`.
    `ndim` is an array's rank where known; `shape` the root set where known; `dtype`
    one of float, int, bool, complex for an array; `items` the types of a tuple's items,
    or the one type of all items of a list.
    """

    kind: str = "any"
    ndim: int | None = None
    shape: Roots | None = None
    dtype: str | None = None
    items: tuple[Type, ...] | None = None
    keys: tuple[Any, ...] | None = None

    @property
    def is_scalar(self) -> bool:
        return self.kind in SCALARS

    @property
    def is_discrete(self) -> bool:
        """No derivative can flow through such a value."""
        return self.kind in DISCRETE or (
            self.kind == "array" and self.dtype in ("int", "bool")
        )

    @property
    def roots(self) -> Roots | None:
        return NO_ROOTS if self.is_scalar else self.shape

    def __str__(self) -> str:
        if self.kind == "array":
            rank = "?" if self.ndim is None else str(self.ndim)
            return f"{self.dtype or 'array'}[{rank}d]"
        if self.kind == "tuple" and self.items is not None:
            return f"({', '.join(map(str, self.items))})"
        if self.kind == "list" and self.items:
            return f"[{self.items[0]}]"
        if self.kind == "dict" and self.keys is not None:
            pairs = zip(self.keys, self.items or (), strict=True)
            return f"{{{', '.join(f'{k!r}: {kind}' for k, kind in pairs)}}}"
        if self.kind == "object" and self.keys is not None:
            pairs = zip(self.keys, self.items or (), strict=True)
            return f"{self.dtype}({', '.join(f'{k}: {kind}' for k, kind in pairs)})"
        return self.kind


ANY = Type()
FLOAT = Type("float")
INT = Type("int")
BOOL = Type("bool")
NUM = Type("num")
COMPLEX = Type("complex")
STR = Type("str")
NONE = Type("none")
UNDEF = Type("undef")
ARRAY = Type("array")


def array(
    ndim: int | None = None, shape: Roots | None = None, dtype: str | None = None
) -> Type:
    return Type("array", ndim, shape, dtype)


def of_constant(value: object) -> Type:
    """The type of a Python constant."""
    kinds: tuple[tuple[type, Type], ...] = (
        (bool, BOOL),
        (int, INT),
        (float, FLOAT),
        (complex, COMPLEX),
        (str, STR),
        (type(None), NONE),
    )
    for cls, found in kinds:
        if isinstance(value, cls):
            return found
    return Type("object")


def join(a: Type, b: Type) -> Type:
    """The least type that both have: what is known where two paths meet."""
    if a == b or b.kind == "undef":
        return a
    if a.kind == "undef":
        return b
    if a.is_scalar and b.is_scalar:
        kinds = {a.kind, b.kind}
        if "complex" in kinds:
            return COMPLEX
        return FLOAT if "float" in kinds and kinds <= {"float", "num"} else NUM
    if a.kind == b.kind == "array":
        return Type(
            "array",
            a.ndim if a.ndim == b.ndim else None,
            a.shape if a.shape == b.shape else None,
            a.dtype if a.dtype == b.dtype else None,
        )
    if a.kind == b.kind == "tuple" and a.items and b.items:
        if len(a.items) == len(b.items):
            items = tuple(join(p, q) for p, q in zip(a.items, b.items, strict=True))
            return replace(a, items=items)
        return Type("tuple")
    if a.kind == b.kind == "list" and a.items and b.items:
        return Type("list", items=(join(a.items[0], b.items[0]),))
    if a.kind == b.kind:
        return Type(a.kind)
    if a.roots is not None and a.roots == b.roots:
        return Type("any", shape=a.roots)
    return ANY


DTYPES = {"f": "float", "i": "int", "u": "int", "b": "bool", "c": "complex"}


def type_of(value: Any) -> Type:
    """The abstract type of an argument; nothing certain of objects."""
    kinds: tuple[tuple[Any, Type], ...] = (
        ((bool, np.bool_), BOOL),
        ((int, np.integer), INT),
        ((float, np.floating), FLOAT),
        ((complex, np.complexfloating), COMPLEX),
        (str, STR),
    )
    for classes, found in kinds:
        if isinstance(value, classes):
            return found
    if type(value) is np.ndarray and value.dtype.kind in DTYPES:
        return array(value.ndim, None, DTYPES[value.dtype.kind])
    if type(value) is tuple:
        return Type("tuple", items=tuple(map(type_of, value)))
    if type(value) is list:
        items = set(map(type_of, value))
        same = len(items) == 1 and ANY not in items
        return Type("list", items=tuple(items) if same else None)
    if type(value) is dict and all(isinstance(k, str | int) for k in value):
        return Type(
            "dict", items=tuple(map(type_of, value.values())), keys=tuple(value)
        )
    return ANY
