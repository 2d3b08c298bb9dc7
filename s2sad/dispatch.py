"""Derivatives that are written when they are called, for the arguments of the call.

Which function `model.energy()` calls depends on what `model` is; whether `y += x`
changes an array depends on what `y` is. An annotation tells; where there is none, the
arguments of a call do. The derivative is then made for their classes, once for each
combination, and kept. What is told is the class of each object in the arguments, under
the way that leads to it: ("model", "layer") is `model.layer`, ("models", ITEM) any item
of `models`. Functions are told as well. What is refused so is tried once more with all
that the call tells: kinds and ranks of arguments, and what is in them.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import inspect
import threading
import types
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from s2sad.errors import DtypeError, KindError, ResultError, S2sadError
from s2sad.frontend.scope import is_library_module
from s2sad.frontend.source import FunctionSource, from_function
from s2sad.frontend.ways import ITEM, NOTHING, SEVERAL, Told, Way
from s2sad.ir.types import ANY, FLOAT, Type, type_of

Function = Callable[..., Any]
Make = Callable[[FunctionSource], Function]
#: what arguments are, by name
Kinds = dict[str, Type]

#: What certainly is no object of the user's, and holds none.
PLAIN = frozenset(
    {
        *(float, int, bool, complex, str, bytes, type(None), slice, range),
        *(np.ndarray, np.float64, np.float32, np.int64, np.bool_),
    }
)
FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    functools.partial,
    np.ufunc,
)
#: Refusals that more knowledge of the arguments may mend.
KINDS = (KindError, ResultError, DtypeError)
#: How many combinations of classes are kept; how deep, and how many, they are.
KEPT, DEPTH, MOST = 64, 6, 500


def by_class(
    f: Function,
    source: FunctionSource,
    make: Make,
    general: Function | None,
    error: S2sadError | None,
) -> Function:
    """A derivative that looks at the classes of its arguments.

    `general` is the one for arguments that are no objects of the user's; without one,
    `error` says why. What is kept can be pickled, as far as f and `make` can.
    """
    primal: Any = source.function
    fixed = source.types
    signature = inspect.signature(primal)
    names = list(signature.parameters)[len(source.bound) :]
    made: dict[Any, Any] = {}
    failed: set[Any] = set()

    def special(told: Told, kinds: Kinds | None = None) -> Function:
        """The derivative for objects of such classes, arguments of such kinds."""

        def new() -> Function:
            known = from_function(specialized(f, told, kinds))
            types = {**fixed, **(kinds or {})}
            return make(dataclasses.replace(known, classes=told, types=types))

        return _once(made, key_of(told, kinds), new)

    def derivative(*args: Any, **kwargs: Any) -> Any:
        plain = all(type(a) in PLAIN for a in args)
        plain = plain and all(type(a) in PLAIN for a in kwargs.values())
        reason = error
        if plain and general is not None and not failed:
            try:
                return general(*args, **kwargs)
            except KINDS as refused:
                reason = refused
        given = by_name(signature, names, args, kwargs)
        told = {} if plain else classes_in(given)
        kinds = kinds_in(given)
        key = key_of(told, kinds)
        if reason is error and key not in failed and not _has_tuple(kinds):
            try:
                function = special(told) if told else general
                if function is not None:
                    return function(*args, **kwargs)
            except KINDS as refused:
                reason = refused
            except S2sadError as refused:  # when it was made
                reason = refused
        if reason is not None and (not kinds or fixed):
            raise reason
        failed.add(key)
        return special(told, kinds)(*args, **kwargs)

    derivative.__name__ = getattr(general, "__name__", f"d{primal.__name__}")
    derivative.__qualname__ = derivative.__name__
    derivative.__module__ = primal.__module__
    shown: Any = derivative
    # What a derivative of this derivative is made from.
    shown.general = general
    shown.special = special
    if general is not None:
        shown.__dict__.update(general.__dict__)
        shown.__doc__ = general.__doc__
        shown.__signature__ = inspect.signature(general)
        shown.__wrapped__ = general  # where inspect finds the text
    else:
        left = [signature.parameters[name] for name in names]
        shown.__signature__ = inspect.Signature(left)
    return derivative


def _has_tuple(kinds: Kinds) -> bool:
    """Is there a tuple, whose + and * are none of an array's?"""
    return any(kind.kind == "tuple" for kind in kinds.values())


def by_name(
    signature: inspect.Signature,
    names: list[str],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> dict[str, Any]:
    """The arguments of a call by parameter: of `*args`, what is left for it."""
    given: dict[str, Any] = {}
    for k, name in enumerate(names):
        if signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL:
            given[name] = args[k:]
            break
        if k < len(args):
            given[name] = args[k]
    given.update((k, v) for k, v in kwargs.items() if k in names)
    return given


_lock = threading.RLock()


def _once(
    made: dict[Any, Function], key: Any, make: Callable[[], Function]
) -> Function:
    with _lock:
        if key not in made:
            if len(made) >= KEPT:
                made.clear()
            made[key] = make()
        found: Function = made[key]
        return found


def key_of(told: Told, kinds: Kinds | None) -> Any:
    return frozenset(told.items()), tuple(sorted((kinds or {}).items(), key=str))


def specialized(f: Function, told: Told, kinds: Kinds | None = None) -> Function:
    """A derivative that is made by the call, for this; any other function as it is."""
    special: Callable[[Told, Kinds | None], Function] | None = None
    if isinstance(f, types.FunctionType) and "general" in vars(f):
        special = vars(f).get("special")
    return f if special is None or not (told or kinds) else special(told, kinds)


def kinds_in(arguments: dict[str, Any]) -> Kinds:
    """The kinds of arguments, and of what is in those that are objects."""
    found = {}
    for name, value in arguments.items():
        kind = attributes_of(value) if is_object(value) else type_of(value)
        if kind is not ANY:
            found[name] = kind
    return found


def attributes_of(value: Any) -> Type:
    """The kinds of an object's attributes, if it keeps them in a `__dict__`."""
    if isinstance(value, tuple) or not hasattr(value, "__dict__"):
        return ANY
    own = vars(value)
    items = tuple(ANY if is_object(v) else type_of(v) for v in own.values())
    return Type("object", dtype=type(value).__name__, items=items, keys=tuple(own))


def classes_in(arguments: dict[Any, Any]) -> Told:
    """The classes of the objects in arguments, by the ways that lead to them."""
    found: Told = {}
    for name, value in arguments.items():
        if type(value) not in PLAIN:
            _look(value, (name,), found, ())
    return found


def is_object(value: Any) -> bool:
    """Is it an object of a class of the user's, with attributes?"""
    kind: Any = type(value)
    return kind not in PLAIN and bool(_is_users(kind))


@functools.lru_cache(maxsize=512)
def _is_users(kind: Any) -> bool:
    if issubclass(kind, (*FUNCTIONS, type, types.ModuleType, np.ndarray, enum.Enum)):
        return False
    if kind.__module__ == "builtins" or kind.__module__.startswith("numpy"):
        return False
    if is_library_module(kind.__module__) and kind is not types.SimpleNamespace:
        return False
    slots = any("__slots__" in vars(cls) for cls in kind.__mro__)
    return bool(getattr(kind, "__dictoffset__", 0)) or slots


def _look(value: Any, way: Way, found: Told, above: tuple[Any, ...]) -> None:
    kind = type(value)
    if kind in PLAIN:
        return
    if isinstance(value, FUNCTIONS):
        found[way] = value
    elif is_object(value):
        found[way] = kind
        inner = _attributes(value)
        if any(value is o for o in above) or len(way) > DEPTH or len(found) > MOST:
            inner = {}
            found[(*way, ITEM)] = SEVERAL
        for name, part in inner.items():
            _look(part, (*way, name), found, (*above, value))
    elif isinstance(value, list | tuple):
        _look_inside(enumerate(value), way, found, (*above, value))
    elif isinstance(value, dict):
        _look_inside(value.items(), way, found, (*above, value))


def _look_inside(
    items: Iterable[tuple[Any, Any]],
    way: Way,
    found: Told,
    above: tuple[Any, ...],
) -> None:
    """The items of a container: if they are alike, any stands for all."""
    if len(above) > DEPTH or any(above[-1] is other for other in above[:-1]):
        found[(*way, ITEM)] = SEVERAL
        return
    whole: Any = above[-1]
    if type(whole) in (list, dict):
        kinds = set(map(type, whole if type(whole) is list else whole.values()))
        floats = bool(kinds) and kinds <= {float, np.float64}
        found[way] = Type(type(whole).__name__, items=(FLOAT,) if floats else None)
    parts: list[tuple[Any, Told]] = []
    for key, item in items:
        part: Told = {}
        if type(item) not in PLAIN:
            _look(item, (), part, above)
        parts.append((key, part))
    if not any(part for _, part in parts):
        return
    objects = [_objects(part) for _, part in parts]
    if all(part == objects[0] for part in objects):
        alike = {**objects[0], **_types([part for _, part in parts])}
        found.update({(*way, ITEM, *p): kind for p, kind in alike.items()})
        return
    found[(*way, ITEM)] = SEVERAL
    for key, part in parts:
        found[(*way, key)] = NOTHING
        found.update({(*way, key, *p): kind for p, kind in part.items()})


def _objects(part: Told) -> Told:
    return {way: kind for way, kind in part.items() if not isinstance(kind, Type)}


def _types(parts: list[Told]) -> Told:
    """The types that all of them have: a list of anything, where one is of floats."""
    found: Told = {}
    for way, kind in parts[0].items():
        kinds = {part.get(way) for part in parts}
        if isinstance(kind, Type) and all(
            isinstance(k, Type) and k.kind == kind.kind for k in kinds
        ):
            found[way] = kind if len(kinds) == 1 else Type(kind.kind)
    return found


def _attributes(value: Any) -> dict[Any, Any]:
    if isinstance(value, tuple):
        named = zip(getattr(value, "_fields", ()), value, strict=False)
        return {**dict(named), **dict(enumerate(value))}
    found = dict(getattr(value, "__dict__", {}))
    for cls in type(value).__mro__:
        slots = vars(cls).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                found[name] = getattr(value, name)
    return found
