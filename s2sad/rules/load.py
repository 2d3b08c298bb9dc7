"""Loading the rule families, each when a function of its library is looked up."""

from __future__ import annotations

import importlib

#: By the library that a family is about; one of another library loads the first.
FAMILIES = {
    "": (
        "arithmetic",
        "elementwise",
        "reductions",
        "missing",
        "scans",
        "ufuncs",
        "shaping",
        "joining",
        "building",
        "choosing",
        "polynomials",
        "products",
        "linalg",
        "fft",
        "builtin",
        "helpers_moves",
        "helpers_products",
        "helpers",
        "tangents",
        "tangents_order",
        "tangents_matrices",
    ),
    "scipy": (
        "special",
        "stats",
        "solutions",
        "matrices",
        "signals",
        "tangents_factors",
        "tangents_scipy",
    ),
}
_loaded: set[str] = set()


def families(library: str = "") -> None:
    """Import every family; each enters its rules as it is imported."""
    for key in ("", library):
        if key in FAMILIES and key not in _loaded:
            _loaded.add(key)
            for family in FAMILIES[key]:
                importlib.import_module(f"s2sad.rules.{family}")


def everything() -> None:
    """Import the families of every library."""
    for library in FAMILIES:
        families(library)
