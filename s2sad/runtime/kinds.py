"""What kind of thing an argument is, in the words of a derivative written for it."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from s2sad.errors import KindError


def kind_of(x: Any) -> str:
    """`float`, `int[2d]`, `(float, str)`, `[float]`, `{'a': float}`, or `any`."""
    numbers = (
        ((bool, np.bool_), "bool"),
        ((int, np.integer), "int"),
        ((float, np.floating), "float"),
        ((complex, np.complexfloating), "complex"),
        (str, "str"),
    )
    names = {"f": "float", "i": "int", "u": "int", "b": "bool", "c": "complex"}
    for classes, name in numbers:
        if isinstance(x, classes):
            return name
    if type(x) is np.ndarray and x.dtype.kind in names:
        return f"{names[x.dtype.kind]}[{x.ndim}d]"
    if type(x) is tuple:
        return f"({', '.join(map(kind_of, x))})"
    if type(x) is list:
        kinds = set(map(kind_of, x))
        return f"[{kinds.pop()}]" if len(kinds) == 1 and "any" not in kinds else "list"
    if type(x) is dict and all(isinstance(k, str | int) for k in x):
        return f"{{{', '.join(f'{k!r}: {kind_of(v)}' for k, v in x.items())}}}"
    if is_object(x):
        pairs = ((k, "any" if is_object(v) else kind_of(v)) for k, v in vars(x).items())
        return f"{type(x).__name__}({', '.join(f'{k}: {kind}' for k, kind in pairs)})"
    return "any"


def is_object(x: Any) -> bool:
    """Is it an object of a class of the user's, with attributes?"""
    plain = not callable(x) and not isinstance(x, type | types.ModuleType)
    return plain and hasattr(x, "__dict__") and not isinstance(x, np.ndarray)


def require_kind(x: Any, kind: str) -> None:
    """Refuse an argument of another kind than the derivative was written for."""
    found = kind_of(x)
    if found != kind:
        raise KindError(
            f"an argument of the kind {found}, where the derivative was written for"
            f" {kind}",
            hint="give like= arguments of this kind, or no like= at all",
        )
