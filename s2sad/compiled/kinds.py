"""Exact types: what Numba must know of a value, and which lengths are equal.

The types of `s2sad.ir.types` say what is certain for every argument. Here the arguments
are known, and so every value has a dtype, every array its axes. A *length* is a number,
or a symbol and an offset: two axes with equal lengths are equally long in every run.
Numbers of Python (`float`) and of NumPy (`float64`) are told apart, for what they make
of an array of float32.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from s2sad.errors import CompileError
from s2sad.ir.core import (
    Op,
    Value,
)
from s2sad.ir.types import ANY, BOOL, COMPLEX, FLOAT, INT, Type, array


@dataclass(frozen=True)
class Axis:
    """The length of one axis of a value, of which nothing else is known."""

    value: Value
    k: int


@dataclass(frozen=True)
class Length:
    """A symbol and what is added to it: `n - 2`. The symbol is an Axis or a Value."""

    symbol: Any
    offset: int = 0

    def plus(self, offset: int) -> Length:
        return Length(self.symbol, self.offset + offset)


Dim = int | Length


def longer(dim: Dim, by: int) -> Dim:
    return dim + by if isinstance(dim, int) else dim.plus(by)


@dataclass(frozen=True)
class Kind:
    """name: number, array, tuple, list, range, slice, none, str, other, undef.

    `site` is the operation that makes a list: what its items are is kept under it.
    """

    name: str
    dtype: str = ""
    dims: tuple[Dim, ...] = ()
    items: tuple[Kind, ...] = ()
    site: Any = None

    @property
    def rank(self) -> int:
        return len(self.dims)

    @property
    def is_number(self) -> bool:
        return self.name == "number"

    @property
    def is_array(self) -> bool:
        return self.name == "array"

    def __str__(self) -> str:
        if self.is_number:
            return f"a number ({self.dtype})"
        if self.is_array:
            return f"an array with {self.rank} axes ({self.dtype})"
        return f"a {self.name}" if self.name != "other" else "an object"


OTHER = Kind("other")
UNDEFINED = Kind("undef")
WEAK = {"bool": True, "int": 1, "float": 1.0, "complex": 1j}
ORDER = ("bool", "int", "float", "complex")


def number(dtype: str) -> Kind:
    return Kind("number", dtype)


def of_array(dtype: str, dims: Iterable[Dim]) -> Kind:
    """An array; without axes, it is a number."""
    dims = tuple(dims)
    return Kind("array", strong(dtype), dims) if dims else number(dtype)


def strong(dtype: str) -> str:
    """The dtype that an array of such numbers has."""
    return np.dtype(WEAK_DTYPE[dtype]).name if dtype in WEAK_DTYPE else dtype


WEAK_DTYPE: dict[str, Any] = {
    "int": np.int64,
    "float": np.float64,
    "complex": np.complex128,
}


def promote(dtypes: Iterable[str]) -> str:
    """The dtype of arithmetic with these: Python's numbers adapt to NumPy's."""
    found = list(dict.fromkeys(dtypes))
    if all(d in WEAK for d in found):
        return max(found, key=ORDER.index)
    return np.result_type(
        *(WEAK[d] if d in WEAK and d != "bool" else np.dtype(d) for d in found)
    ).name


def is_float(dtype: str) -> bool:
    return dtype.startswith(("float", "complex"))


def floating(dtype: str) -> str:
    """The dtype of a quotient, or of a sine."""
    if is_float(dtype):
        return dtype
    return "float" if dtype in ("int",) else "float64"


def kind_of(value: Any, owner: Value) -> Kind:
    """The kind of an argument, or of a global; axes of length 1 count as known."""
    if isinstance(value, np.ndarray):
        dims = [
            1 if n == 1 else Length(Axis(owner, k)) for k, n in enumerate(value.shape)
        ]
        if value.dtype.name not in DTYPES or not dims:
            return OTHER
        return of_array(value.dtype.name, dims)
    if isinstance(value, np.generic):
        return number(value.dtype.name) if value.dtype.name in DTYPES else OTHER
    if type(value) in (bool, int, float, complex):
        return number(type(value).__name__)
    if value is None:
        return Kind("none")
    if isinstance(value, str):
        return Kind("str")
    return OTHER


DTYPES = frozenset(
    (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"),
        *("uint64", "float32", "float64", "complex64", "complex128"),
    )
)


def type_of(kind: Kind) -> Type:
    """The abstract type, which the printer and the memory analysis go by."""
    letter = kind.dtype.rstrip("0123456789").removeprefix("u")
    if kind.is_number:
        return {"bool": BOOL, "int": INT, "float": FLOAT}.get(letter, COMPLEX)
    if kind.is_array:
        return array(kind.rank, None, letter)
    if kind.name == "tuple":
        return Type("tuple", items=tuple(map(type_of, kind.items)))
    if kind.name in ("list", "range", "slice", "none", "str", "undef"):
        return Type(kind.name)
    return ANY


def refuse(op: Op | None, reason: str) -> NoReturn:
    at = op.origin.location if op is not None and op.origin else None
    raise CompileError(f"Numba cannot compile this: {reason}", at=at)
