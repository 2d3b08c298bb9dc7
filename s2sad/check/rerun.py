"""Running the user's code with other versions of `math`, `numpy` and `float`.

A function is cloned: the same code over a copy of its globals, in which the
modules, and functions taken from them by name, are replaced. The user's own
functions and classes that the code names are cloned with it, as are closures and
imports inside functions. The originals are not touched.
"""

from __future__ import annotations

import builtins
import math
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Caller = Callable[..., Any]


class Rerun:
    """One set of clones. `adopt` gives a clone's class to an argument object."""

    def __init__(self, call_math: Caller, call_numpy: Caller, as_float: Caller):
        self._callers = {"math": call_math, "numpy": call_numpy}
        self._clones: dict[int, Any] = {}
        self._originals: list[Any] = []
        self._globals: dict[int, dict[str, Any]] = {}
        self._builtins = dict(vars(builtins))
        self._builtins["float"] = as_float
        self._builtins["__import__"] = self._import

    def function(self, f: Any) -> Any:
        """The clone of the function that is to be run, wherever it comes from."""
        if isinstance(f, types.FunctionType):
            return self._clone_function(f)
        return self._clone(f)

    def library(self, thing: Any) -> Any:
        """What stands for a library's module or function."""
        return self._clone(thing)

    def adopt(self, argument: Any) -> Any:
        """An argument whose objects are instances of the cloned classes."""
        cls = type(argument)
        if isinstance(argument, (list, tuple)) and not hasattr(argument, "_fields"):
            return cls(map(self.adopt, argument))
        if isinstance(argument, dict):
            return cls((key, self.adopt(part)) for key, part in argument.items())
        if _is_users_class(cls):
            object.__setattr__(argument, "__class__", self._clone(cls))
            for name, part in vars(argument).items():
                object.__setattr__(argument, name, self.adopt(part))
        return argument

    def _clone(self, thing: Any) -> Any:
        if id(thing) in self._clones:
            return self._clones[id(thing)]
        clone = thing
        if isinstance(thing, types.ModuleType):
            if thing.__name__.partition(".")[0] in self._callers:
                clone = _Library(self, thing)
        elif isinstance(thing, types.FunctionType):
            if _library(thing) in self._callers:
                clone = self._library_function(thing)
            elif _is_users_module(thing.__module__):
                return self._clone_function(thing)
        elif isinstance(thing, type):
            if _is_users_class(thing):
                return self._clone_class(thing)
        elif _library(thing) in self._callers and callable(thing):
            clone = self._library_function(thing)
        self._remember(thing, clone)
        return clone

    def _remember(self, thing: Any, clone: Any) -> None:
        self._originals.append(thing)  # keeps its id from being given again
        self._clones[id(thing)] = clone

    def _library_function(self, function: Any) -> Any:
        return _LibraryFunction(self._callers[_library(function)], function)

    def _clone_function(self, f: types.FunctionType) -> types.FunctionType:
        scope = self._globals.setdefault(
            id(f.__globals__), {"__builtins__": self._builtins}
        )
        cells = tuple(types.CellType() for _ in f.__closure__ or ())
        twin = types.FunctionType(f.__code__, scope, f.__name__, None, cells)
        self._remember(f, twin)
        twin.__defaults__ = f.__defaults__
        twin.__kwdefaults__ = f.__kwdefaults__
        for cell, original in zip(cells, f.__closure__ or (), strict=True):
            cell.cell_contents = self._clone(original.cell_contents)
        for name in ("__name__", *_global_names(f.__code__)):
            if name in f.__globals__ and name not in scope:
                scope[name] = self._clone(f.__globals__[name])
        return twin

    def _clone_class(self, cls: type) -> type:
        bases = tuple(self._clone(base) for base in cls.__bases__)
        skipped = ("__dict__", "__weakref__")
        body = {k: v for k, v in vars(cls).items() if k not in skipped}
        twin = type(cls)(cls.__name__, bases, body)
        self._remember(cls, twin)
        for name, member in body.items():
            if isinstance(member, types.FunctionType):
                setattr(twin, name, self._clone(member))
            elif isinstance(member, staticmethod | classmethod):
                setattr(twin, name, type(member)(self._clone(member.__func__)))
            elif isinstance(member, property):
                setattr(twin, name, property(self._clone(member.fget), member.fset))
        return twin

    def _import(self, name: str, *rest: Any) -> Any:
        return self._clone(builtins.__import__(name, *rest))


class _Library:
    """A module whose functions go through a caller."""

    def __init__(self, rerun: Rerun, module: types.ModuleType):
        self._rerun = rerun
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return self._rerun.library(getattr(self._module, name))


class _LibraryFunction:
    """A library's function, called through a caller; methods (`np.add.at`) too."""

    def __init__(self, caller: Caller, function: Caller):
        self._caller = caller
        self._function = function
        self.__name__ = getattr(function, "__name__", "")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._caller(self._function, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return _LibraryFunction(self._caller, getattr(self._function, name))


def _library(thing: Any) -> str:
    """The top-level package of a library function; empty where there is none."""
    if isinstance(thing, np.ufunc):
        return "numpy"
    if isinstance(thing, types.BuiltinFunctionType):
        if getattr(math, thing.__name__, None) is thing:
            return "math"
        return "numpy" if getattr(np, thing.__name__, None) is thing else ""
    if isinstance(thing, types.FunctionType) or hasattr(thing, "__wrapped__"):
        return str(getattr(thing, "__module__", "") or "").partition(".")[0]
    return ""


def _is_users_module(name: str | None) -> bool:
    package = (name or "").partition(".")[0]
    libraries = {*sys.stdlib_module_names, "numpy", "scipy", "s2sad"}
    return package == "__main__" or package not in libraries


def _is_users_class(cls: type) -> bool:
    """A plain class of the user's, which can be built again."""
    return (
        _is_users_module(cls.__module__)
        and type(cls) is type
        and not issubclass(cls, (tuple, BaseException))
    )


def _global_names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _global_names(constant)
