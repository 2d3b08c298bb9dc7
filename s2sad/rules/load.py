"""Loading the rule families, once, when the first rule is looked up."""

from __future__ import annotations

import importlib

FAMILIES = (
    "arithmetic",
    "elementwise",
    "reductions",
    "shaping",
    "products",
    "builtin",
    "helpers",
    "tangents",
)
_loaded = False


def families() -> None:
    """Import every family; each enters its rules as it is imported."""
    global _loaded
    if _loaded:
        return
    _loaded = True
    for family in FAMILIES:
        importlib.import_module(f"s2sad.rules.{family}")
