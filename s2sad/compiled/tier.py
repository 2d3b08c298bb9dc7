"""Derivatives that Numba compiles, for the kinds of arguments of a call."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import threading
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from s2sad import pipeline
from s2sad.compiled.lower import Lowered, lower, value_of
from s2sad.compiled.nest import UNEQUAL
from s2sad.emit.compile import build
from s2sad.errors import CompileError
from s2sad.frontend.source import FunctionSource, from_function
from s2sad.runtime import require_apart
from s2sad.signature import known_types

Derive = Callable[[FunctionSource], pipeline.Derivative]


def load() -> Any:
    """Numba, which is not required."""
    try:
        return importlib.import_module("numba")
    except ImportError as error:
        raise CompileError(
            "Numba is not installed", hint="pip install 's2sad[numba]'"
        ) from error


class Compiled:
    """A derivative in machine code: `grad(f, compile="numba")`.

    For each combination of dtypes and ranks it is written and compiled when it is first
    called so; `specialize` does that before. `__source__` is the text of the last one,
    `sources` has them all, and `plain` is the derivative of the NumPy tier.
    """

    def __init__(
        self, plain: Any, source: FunctionSource, derive: Derive, jit: bool = True
    ) -> None:
        functools.update_wrapper(self, plain)
        self.plain = plain
        #: what a derivative of this derivative is made from
        self.general = plain
        self.source = source
        self.names = list(inspect.signature(plain).parameters)
        parameters = list(inspect.signature(plain).parameters.values())
        if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
            raise CompileError(
                "Numba takes no * and ** parameters here",
                at=source.location(source.node),
                hint="name the parameters",
            )
        #: the values of the last arguments, as far as those may be left out
        self.defaults: list[Any] = []
        for parameter in reversed(parameters):
            if parameter.default is parameter.empty:
                break
            self.defaults.insert(0, parameter.default)
        if getattr(plain, "general", plain) is None:  # its seed is not known yet
            self.names.append("seed")
            self.defaults.append(1.0)
        self.derive = derive
        self.sources: dict[tuple[Any, ...], str] = {}
        self.__source__: str = getattr(plain, "__source__", "")
        self.__signature__ = inspect.signature(plain)
        self._made: dict[tuple[Any, ...], Callable[..., Any]] = {}
        self._lock = threading.Lock()
        #: none to run the loops as Python: slow, and every index is looked at
        self.numba = load() if jit else None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        values = self._values(args, kwargs)
        return self._version(values)(values)

    def __repr__(self) -> str:
        return f"<compiled {self.plain.__name__}>"

    def specialize(self, *args: Any, **kwargs: Any) -> Compiled:
        """Write the derivative for such arguments, and compile it, now."""
        values = self._values(args, kwargs)
        made: Any = self._version(values)
        made.compile(values)
        return self

    def function_for(self, *args: Any, **kwargs: Any) -> Any:
        """Numba's own function for such arguments, for other compiled code to call.

        It takes all arguments by position: those of the derivative, the seed, and the
        globals, as its text has them.
        """
        made: Any = self._version(self._values(args, kwargs))
        return made.compiled

    def _values(self, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Any]:
        missing = len(self.names) - len(args)
        if not kwargs and 0 <= missing <= len(self.defaults):
            return [*args, *self.defaults[len(self.defaults) - missing :]]
        bound = self.__signature__.bind(*args, **kwargs)
        bound.apply_defaults()
        values = list(bound.arguments.values())
        missing = len(self.names) - len(values)
        return values + self.defaults[len(self.defaults) - missing :]

    def _version(self, values: list[Any]) -> Callable[[list[Any]], Any]:
        key = tuple([_key(value) for value in values])
        found = self._made.get(key)
        if found is None:
            with self._lock:
                found = self._made.get(key)
                if found is None:
                    found = self._made[key] = self._make(key, values)
        return found

    def _make(self, key: tuple[Any, ...], values: list[Any]) -> Version:
        made = _specialized(self.source, self.names, values)
        derivative = self.derive(made)
        lowered = lower(derivative, values)
        self.sources[key] = self.__source__ = lowered.module.text
        return Version(self, self.names, derivative, lowered)


def _specialized(
    source: FunctionSource, names: Sequence[str], values: Sequence[Any]
) -> FunctionSource:
    """The source with the kinds of arguments, which Numba must be able to take."""
    for name, value in zip(names, values, strict=True):
        if not _is_known(value):
            raise CompileError(
                f"{name} is {_said(value)}: Numba takes numbers and arrays",
                at=source.location(source.node),
            )
    spec = source.node.args
    own = {a.id for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
    known = known_types(names, values)
    return dataclasses.replace(
        source, types={n: kind for n, kind in known.items() if n in own}
    )


def lowered(
    f: Callable[..., Any],
    args: Sequence[Any],
    *,
    wrt: Any = 0,
    with_value: bool = False,
) -> Lowered:
    """The text that Numba would compile; Numba is not needed for it."""
    source = from_function(f)
    bound = inspect.signature(f).bind(*args)
    bound.apply_defaults()
    values = list(bound.arguments.values())
    source = _specialized(source, list(bound.arguments), values)
    derivative = pipeline.derive(source, wrt=wrt, with_value=with_value)
    return lower(derivative, [*values, 1.0])


class Version:
    """A derivative compiled for one combination of kinds."""

    def __init__(
        self,
        whole: Compiled,
        names: list[str],
        derivative: pipeline.Derivative,
        lowered: Lowered,
    ) -> None:
        self.whole = whole
        self.names = names
        self.lowered = lowered
        self.function = derivative.function
        self.source = derivative.source
        self.compiled: Any = build(lowered.module, self.source)
        if whole.numba is not None:
            self.compiled = whole.numba.njit(error_model="numpy")(self.compiled)
        self._ready: set[Any] = set()

    def __call__(self, values: list[Any]) -> Any:
        everything = self.everything(values)
        try:
            if not self._ready:
                self.compile(values)
            return self.compiled(*everything)
        except ValueError as error:
            if error.args != (UNEQUAL,):
                raise
        return self.whole.plain(**dict(zip(self.names, values, strict=True)))

    def everything(self, values: list[Any]) -> list[Any]:
        """The arguments and the globals, as they are now."""
        if self.lowered.apart:
            given = dict(zip(self.names, values, strict=True))
            for name, others in self.lowered.apart:
                require_apart(given[name], *(given[n] for n in others))
        if not self.lowered.globals:
            return values
        assert self.function is not None
        return [*values, *(value_of(self.function, op) for op in self.lowered.globals)]

    def compile(self, values: list[Any]) -> None:
        """Let Numba compile; what it refuses, it refuses with the line."""
        numba = self.whole.numba
        if numba is None:
            return
        everything = self.everything(values)
        kinds = tuple(numba.typeof(v) for v in everything)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", numba.NumbaWarning)
                self.compiled.compile(kinds)
        except numba.core.errors.NumbaError as error:
            raise self.refusal(error) from error
        self._ready.add(kinds)

    def refusal(self, error: Any) -> CompileError:
        text = [line.strip() for line in str(error).splitlines() if line.strip()]
        said = next((t for t in text if not t.startswith("Failed in nopython")), "")
        emitted = getattr(getattr(error, "loc", None), "line", None)
        line = self.lowered.module.lines.get(emitted or 0)
        place = self.source.location(self.source.node)
        if line is not None and 0 < line <= len(self.source.lines):
            shown = self.source.lines[line - 1]
            indent = len(shown) - len(shown.lstrip())
            place = dataclasses.replace(
                place,
                line=line,
                column=indent + 1,
                end_column=len(shown) + 1,
                text=shown,
            )
        return CompileError(f"Numba cannot compile this: {said}", at=place)


def _key(value: Any) -> Any:
    """What tells apart the versions of a derivative: dtype, rank, axes of length 1."""
    if type(value) is np.ndarray:
        shape = value.shape
        ones = tuple(n == 1 for n in shape) if 1 in shape else None
        return (value.dtype, len(shape), ones)
    return type(value)


def _said(value: Any) -> str:
    if type(value) is np.ndarray:
        return f"an array of {value.dtype} with {value.ndim} axes"
    return f"a {type(value).__name__}"


def _is_known(value: Any) -> bool:
    """Is it what Numba takes, and what the compiled text can be written for?"""
    if type(value) is np.ndarray:
        return bool(value.ndim and value.dtype.isnative and value.dtype.kind in "fiubc")
    return isinstance(
        value, np.generic | bool | int | float | complex | str | type(None)
    )
