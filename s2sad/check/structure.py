"""Float leaves of an argument: taking them out as one vector, putting one back.

An argument is a float, a float array, or a tuple, list, dict, named tuple or
plain object (dataclasses too) of arguments. Everything else inside it (integers,
strings, None, integer arrays) is carried along and has no derivative.
"""

from __future__ import annotations

import copy
import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

OPAQUE = (
    type,
    types.ModuleType,
    types.FunctionType,
    types.BuiltinFunctionType,
    functools.partial,
    np.ufunc,
)


class NotCovered(Exception):
    """This oracle cannot run this program; another one has to."""


def is_float(leaf: Any) -> bool:
    """Whether a leaf is differentiated: a Python or NumPy float, a float array."""
    if isinstance(leaf, np.ndarray):
        return bool(np.issubdtype(leaf.dtype, np.floating))
    return isinstance(leaf, (float, np.floating))


def children(node: Any) -> list[Any] | None:
    """The parts of a container in a fixed order; None for a leaf."""
    if isinstance(node, (tuple, list)):
        return list(node)
    if isinstance(node, dict):
        return list(node.values())
    if hasattr(node, "__dict__") and not isinstance(node, OPAQUE):
        return list(vars(node).values())
    return None


def with_children(node: Any, parts: list[Any]) -> Any:
    """A container like `node`, its own type, holding `parts` instead."""
    if isinstance(node, tuple):
        if hasattr(node, "_fields"):
            return type(node)(*parts)
        return type(node)(parts)
    if isinstance(node, list):
        return type(node)(parts)
    if isinstance(node, dict):
        return type(node)(zip(node, parts, strict=True))
    twin = copy.copy(node)
    for name, part in zip(vars(node), parts, strict=True):
        object.__setattr__(twin, name, part)
    return twin


def map_leaves(
    tree: Any, on_float: Callable[[Any], Any], on_other: Callable[[Any], Any]
) -> Any:
    """A copy of `tree` with its float leaves and its other leaves replaced."""
    parts = children(tree)
    if parts is not None:
        return with_children(tree, [map_leaves(p, on_float, on_other) for p in parts])
    return on_float(tree) if is_float(tree) else on_other(tree)


def as_float(argument: Any) -> Any:
    """A lone Python or NumPy integer is differentiated as a float."""
    if isinstance(argument, (int, np.integer)):
        return float(argument)
    return argument


def widen(tree: Any) -> Any:
    """A deep copy in which every float is double precision.

    float32 is exact in float64, so this changes the precision of what follows,
    not the point. Memory layout (C or Fortran order) is kept.
    """
    return map_leaves(tree, _widen_leaf, copy.deepcopy)


def _widen_leaf(leaf: Any) -> Any:
    if isinstance(leaf, np.ndarray):
        return leaf.astype(np.float64, order="K")
    return np.float64(leaf) if isinstance(leaf, np.floating) else leaf


def flatten(tree: Any) -> np.ndarray[Any, Any]:
    """All float entries of `tree` as one float64 vector, in a fixed order."""
    found: list[np.ndarray[Any, Any]] = []
    map_leaves(tree, lambda leaf: found.append(np.ravel(leaf)), lambda leaf: None)
    return np.concatenate([np.zeros(0), *found]).astype(np.float64)


def unflatten(
    tree: Any,
    vector: np.ndarray[Any, Any],
    on_other: Callable[[Any], Any] = copy.deepcopy,
) -> Any:
    """The inverse of `flatten`: `tree` with its float entries from `vector`.

    Arrays take the vector's dtype (float64, complex, object); an object vector
    puts its elements into arrays and scalars alike.
    """
    position = 0

    def take(leaf: Any) -> Any:
        nonlocal position
        size = int(np.size(leaf))
        part = vector[position : position + size]
        position += size
        if not isinstance(leaf, np.ndarray):
            return part[0] if isinstance(leaf, np.floating) else part.tolist()[0]
        filled = np.empty_like(leaf, dtype=vector.dtype)
        filled[...] = part.reshape(leaf.shape)
        return filled

    return map_leaves(tree, take, on_other)


def as_gradient(argument: Any, vector: np.ndarray[Any, Any]) -> Any:
    """A gradient for `argument`: its structure, None where nothing is a float.

    Entries are float64 whatever the argument's precision was.
    """
    return unflatten(as_float(argument), vector, on_other=lambda leaf: None)


def number(result: Any) -> Any:
    """The one element of a size-one result."""
    if np.size(result) != 1:
        raise ValueError(f"the result has shape {np.shape(result)}, not one element")
    return np.asarray(result).reshape(-1).tolist()[0]
