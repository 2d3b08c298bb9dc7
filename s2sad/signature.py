"""What arguments tell before a function runs: kinds, ranks, which have derivatives."""

from __future__ import annotations

import dataclasses
import inspect
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from s2sad.dispatch import FUNCTIONS, classes_in, kinds_in, specialized
from s2sad.errors import KindError, UnsupportedError
from s2sad.frontend.source import FunctionSource, from_function
from s2sad.ir.types import ANY, Type, type_of

CONTAINERS = frozenset({"list", "tuple", "dict"})


def names_of(f: Callable[..., Any], count: int) -> list[str]:
    """The names of the first positional parameters."""
    kinds = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    )
    parameters = inspect.signature(f).parameters.values()
    names = [p.name for p in parameters if p.kind in kinds]
    if count > len(names):
        label = getattr(f, "__name__", "the function")
        if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):
            raise UnsupportedError(
                f"arguments of {label} without a name, in this mode",
                hint="name them: def g(x): return f(x, a, b)",
            )
        raise TypeError(f"{label} takes {len(names)} arguments, {count} are given")
    return names[:count]


def known_types(
    names: Sequence[str], args: Sequence[Any], containers: bool = False
) -> dict[str, Type]:
    """The types that arguments give to parameters; also of lists, if asked for."""
    found = {n: type_of(a) for n, a in zip(names, args, strict=True)}
    plain = {n: kind for n, kind in found.items() if kind is not ANY}
    return {n: k for n, k in plain.items() if containers or k.kind not in CONTAINERS}


def has_derivative(value: Any) -> bool:
    """Is there a float in it, or a number that may stand for one?"""
    if isinstance(value, bool | np.bool_ | str | type(None)):
        return False
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fc"
    if isinstance(value, int | float | complex | np.number):
        return True
    if isinstance(value, list | tuple):
        return any(has_derivative(v) and not _is_int(v) for v in value)
    if isinstance(value, dict):
        return any(has_derivative(v) and not _is_int(v) for v in value.values())
    if has_attributes(value):
        return any(has_derivative(v) and not _is_int(v) for v in vars(value).values())
    return False


def has_attributes(value: Any) -> bool:
    """Is it an object with attributes, that may have a gradient as such?"""
    kinds = (*FUNCTIONS, type, types.ModuleType, np.ndarray)
    return hasattr(value, "__dict__") and not isinstance(value, kinds)


def _is_int(value: Any) -> bool:
    return isinstance(value, int | np.integer)


def conformed(tangent: Any, value: Any, place: str) -> Any:
    """A tangent, or a cotangent, in the structure, shape and dtype of its value."""
    if isinstance(value, np.ndarray):
        if np.shape(tangent) != value.shape:
            raise KindError(
                f"{place} has shape {np.shape(tangent)}, and what it belongs to has"
                f" {value.shape}"
            )
        dtype = value.dtype if value.dtype.kind in "fc" else np.dtype(float)
        return np.array(tangent, dtype)
    if isinstance(value, list | tuple):
        same = isinstance(tangent, list | tuple) and len(tangent) == len(value)
        if not same:
            raise KindError(f"{place} is not a {type(value).__name__} of {len(value)}")
        pairs = zip(tangent, value, strict=True)
        parts = [_item(t, v, f"{place}[{k}]") for k, (t, v) in enumerate(pairs)]
        if hasattr(value, "_fields"):
            return type(value)(*parts)
        return type(value)(parts)
    if isinstance(value, dict):
        if not isinstance(tangent, dict) or set(tangent) != set(value):
            raise KindError(f"{place} is not a dict with the keys {list(value)}")
        return {k: _item(tangent[k], v, f"{place}[{k!r}]") for k, v in value.items()}
    if isinstance(value, (bool, str, type(None), *FUNCTIONS)):
        return 0.0
    if has_attributes(value):
        attributes = {
            k: _item(getattr(tangent, k), v, f"{place}.{k}")
            for k, v in vars(value).items()
        }
        return types.SimpleNamespace(**attributes)
    if np.ndim(tangent):
        if np.size(tangent) != 1:
            raise KindError(f"{place} has shape {np.shape(tangent)}: it is of a number")
        tangent = np.reshape(tangent, -1)[0]
    if tangent is None:
        return 0.0
    if isinstance(value, np.inexact):
        return value.dtype.type(tangent)
    return complex(tangent) if isinstance(value, complex) else float(tangent)


def _item(tangent: Any, value: Any, place: str) -> Any:
    """The same for an item of a container, where integers have no derivative."""
    return 0.0 if _is_int(value) else conformed(tangent, value, place)


def source_for(f: Callable[..., Any], args: Sequence[Any]) -> FunctionSource:
    """The source of a function, with the classes of the objects that it is given."""
    given = dict(zip(names_of(f, len(args)), args, strict=True))
    told = classes_in(given)
    source = from_function(specialized(f, told, kinds_in(given)))
    return dataclasses.replace(source, classes=told) if told else source


def classes_of(args: Sequence[Any]) -> frozenset[tuple[Any, Any]]:
    """The classes of the objects among arguments, for telling calls apart."""
    return frozenset(classes_in(dict(enumerate(args))).items())
