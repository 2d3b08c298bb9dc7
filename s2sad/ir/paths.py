"""From the canonical name of a library function to the function."""

from __future__ import annotations

import builtins
import functools
import importlib
from typing import Any


@functools.cache
def resolve(path: str) -> Any:
    """What a dotted name stands for: `numpy.linalg.norm`, `len`, `dict.fromkeys`."""
    head, *rest = path.split(".")
    found: Any = getattr(builtins, head, None)
    if found is None:
        found = importlib.import_module(head)
    for part in rest:
        head = f"{head}.{part}"
        try:
            found = getattr(found, part)
        except AttributeError:
            found = importlib.import_module(head)
    return found
