"""What kind of thing an argument is, in the words of a derivative written for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.errors import KindError
from s2sad.runtime.basic import has_attributes


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
        return f"({', '.join(map(kind_inside, x))})"
    if type(x) is list:
        kinds = set(map(kind_inside, x))
        return f"[{kinds.pop()}]" if len(kinds) == 1 and "any" not in kinds else "list"
    if type(x) is dict and all(isinstance(k, str | int) for k in x):
        return f"{{{', '.join(f'{k!r}: {kind_inside(v)}' for k, v in x.items())}}}"
    if has_attributes(x):
        own = [f"{k}: {kind_inside(v)}" for k, v in vars(x).items()]
        return f"{type(x).__name__}({', '.join(own)})"
    return "any"


def kind_inside(x: Any) -> str:
    """The kind of what is in a container, or in an object: of objects, nothing."""
    return "any" if has_attributes(x) else kind_of(x)


def require_kind(x: Any, kind: str) -> None:
    """Refuse an argument of another kind than the derivative was written for."""
    found = kind_of(x)
    if found != kind:
        raise KindError(
            f"an argument of the kind {found}, where the derivative was written for"
            f" {kind}",
            hint="give like= arguments of this kind, or no like= at all",
        )
