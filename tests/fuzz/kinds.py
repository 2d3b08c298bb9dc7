"""What the variables of a random program hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """A static type: shapes, keys and classes are known, values are not."""

    name: str
    of: tuple[Any, ...] = ()


FLOAT = Kind("float")
INT = Kind("int")
BOOL = Kind("bool")
LIST = Kind("list")  # of floats, never empty
RECORD = Kind("object", ("Cell",))  # two floats
GRID = Kind("object", ("Grid",))  # an array and a float


def vec(n: int) -> Kind:
    return Kind("vec", (n,))


def mat(rows: int, columns: int) -> Kind:
    return Kind("mat", (rows, columns))


def dict_of(*keys: str) -> Kind:
    return Kind("dict", keys)


def tuple_of(*kinds: Kind) -> Kind:
    return Kind("tuple", kinds)


ANNOTATIONS = {
    "float": "float",
    "int": "int",
    "bool": "bool",
    "vec": "np.ndarray",
    "mat": "np.ndarray",
    "list": "list[float]",
    "dict": "dict[str, float]",
}


def annotation(kind: Kind) -> str:
    """How a user would annotate a parameter of this kind."""
    if kind.name == "object":
        return str(kind.of[0])
    if kind.name == "tuple":
        return f"tuple[{', '.join(annotation(k) for k in kind.of)}]"
    return ANNOTATIONS[kind.name]
