"""Finding a function's source: from the function object, or from a file unread.

The whole file is parsed and the function located in it by first line and name, so
that line numbers are the file's own. Decorators are never followed through
`__wrapped__`: that finds the source of another function than the one given.
"""

from __future__ import annotations

import ast
import functools
import importlib.machinery
import importlib.util
import inspect
import linecache
import os
import sys
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gast

from s2sad.errors import (
    DecoratedError,
    FileMissingError,
    FunctionMissingError,
    Location,
    NoSourceError,
    NotAFunctionError,
    SourceSyntaxError,
    UnsupportedError,
    did_you_mean,
)
from s2sad.frontend.scope import LiveScope, Scope, StaticScope
from s2sad.frontend.ways import Told
from s2sad.ir.types import Type

#: Decorators under which a function read from a file is still itself.
TRANSPARENT = {
    *("staticmethod", "classmethod", "abc.abstractmethod"),
    *("functools.lru_cache", "functools.cache", "numba.jit", "numba.njit"),
    *("typing.final", "typing.override"),
}

_TO_IMPORT = "add --import to let s2sad run the file and see"
_FUNCTIONS = gast.FunctionDef | gast.AsyncFunctionDef | gast.Lambda
_LRU_CACHE = type(functools.cache(len))


@dataclass(eq=False)
class FunctionSource:
    """A function's tree in its file, and what its free names mean.

    The tree is shared with every other function of the file: copy, do not change.
    `bound` and `bound_kw` are arguments that the object given already carries: the
    `self` of a bound method, those of a `functools.partial`.
    """

    name: str
    qualname: str
    path: str
    node: gast.FunctionDef | gast.Lambda
    lines: list[str]
    scope: Scope
    function: types.FunctionType | None = None
    bound: tuple[Any, ...] = ()
    bound_kw: dict[str, Any] = field(default_factory=dict)
    #: variables of the functions around it, that it is given as further arguments
    captured: tuple[str, ...] = ()
    #: it stands inside of another function, and calls itself
    nested: bool = False
    #: classes that arguments are objects of, where a call has told
    classes: Told = field(default_factory=dict)
    #: kinds and ranks of arguments, where examples have told
    types: dict[str, Type] = field(default_factory=dict)

    def location(self, node: gast.AST) -> Location:
        """Where a node stands; the function itself, if it stands nowhere."""
        place = node if hasattr(node, "lineno") else self.node
        return _location(self.path, self.lines, place)


@dataclass(eq=False)
class Parsed:
    """A file's text and tree."""

    path: str
    text: str
    lines: list[str]
    tree: gast.Module

    @functools.cached_property
    def functions(self) -> list[gast.AST]:
        return [n for n in gast.walk(self.tree) if isinstance(n, _FUNCTIONS)]

    @functools.cached_property
    def codes(self) -> list[types.CodeType]:
        """Every code object that the text compiles to; none if it does not."""
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # as notebooks compile their cells
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                code = compile(self.text, self.path, "exec", flags, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return []
        return list(_nested(code))


@functools.lru_cache(maxsize=64)
def parse(path: str, text: str) -> Parsed:
    """Parse a whole file; the text is part of the cache's key, so edits are seen."""
    lines = text.split("\n")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the user's, shown when it is imported
            return Parsed(path, text, lines, gast.parse(text, path))
    except SyntaxError as error:
        line, column = error.lineno or 1, max(1, error.offset or 1)
        shown = lines[line - 1] if line <= len(lines) else ""
        at = Location(path, line, column, text=shown)
        raise SourceSyntaxError(error.msg, at=at) from None
    except ValueError as error:  # null bytes
        raise SourceSyntaxError(str(error), at=Location(path, 1)) from None
    except (RecursionError, MemoryError):
        at = Location(path, 1)
        raise UnsupportedError("the file is nested too deeply", at=at) from None


def from_function(f: object) -> FunctionSource:
    """The source of a live function, method, partial or callable object."""
    function, bound, bound_kw = unwrap(f)
    code = function.__code__
    parsed = _parsed(function)
    node = _locate(parsed, code)
    if node is None and code.co_filename == "<string>":
        # Python 3.13 shows there what it was started with: python -c
        raise _made_by_exec(function)
    if node is None or not _is_current(parsed, node, code):
        raise NoSourceError(
            f"the file has changed since {function.__qualname__} was imported",
            at=Location(code.co_filename, code.co_firstlineno),
            hint="re-import it (importlib.reload), or start Python anew",
        )
    found = FunctionSource(
        name=code.co_name,
        qualname=function.__qualname__,
        path=code.co_filename,
        node=node,
        lines=parsed.lines,
        scope=LiveScope(function),
        function=function,
        bound=bound,
        bound_kw=bound_kw,
    )
    return _refuse_async(found)


def from_path(path: str | os.PathLike[str], qualname: str) -> FunctionSource:
    """The source of `f` or `Class.f` in a file, which is parsed and never run."""
    return lookup(static_scope(path), qualname)


def from_module(dotted: str, qualname: str) -> FunctionSource:
    """The same, for a module found on sys.path; nothing is imported."""
    return lookup(static_scope(module_path(dotted), dotted), qualname)


def static_scope(path: str | os.PathLike[str], module_name: str = "") -> StaticScope:
    """The names of a file; its `functions` are those that `lookup` may be asked."""
    parsed = _read(os.fspath(path))
    return StaticScope(parsed.tree, parsed.path, parsed.lines, module_name)


def lookup(scope: StaticScope, qualname: str) -> FunctionSource:
    """The function called `f` or `Class.f` in a scope that was read from a file."""
    node = scope.definition(qualname)
    if node is None:
        raise _missing(scope, qualname)
    found = FunctionSource(
        name=qualname.rpartition(".")[2],
        qualname=qualname,
        path=scope.path,
        node=node,
        lines=scope.lines,
        scope=scope,
    )
    for decorator in getattr(node, "decorator_list", ()):
        is_call = isinstance(decorator, gast.Call)
        name = scope.evaluate(decorator.func if is_call else decorator).path
        if name not in TRANSPARENT and not name.startswith("s2sad."):
            shown = f"@{name}" if name else "its decorator"
            raise DecoratedError(
                f"{shown} may make another function of {qualname}",
                at=found.location(decorator),
                hint="differentiate the function below the decorator, under a name",
            )
    return _refuse_async(found)


def _missing(scope: StaticScope, qualname: str) -> Exception:
    name = qualname.partition(".")[0]
    binding = scope.resolve(name)
    at = Location(scope.path, scope.functions.get(qualname, 1))
    if qualname in scope.functions:
        message = f"{name} is bound more than once: a run decides what it is"
        return NoSourceError(message, at=at, hint=_TO_IMPORT)
    if binding.kind == "class" and name == qualname:
        hint = f"name one of its methods: {name}.method"
        return NotAFunctionError(f"{name} is a class", at=at, hint=hint)
    if binding.origin == "import":
        message = f"{qualname} is imported into {scope.path}, not defined there"
        return FunctionMissingError(message, hint="name the file that defines it")
    names = list(scope.functions)
    listed = f"it has {', '.join(names)}" if names else "it has no functions"
    message = f"{scope.path} has no function {qualname!r}"
    return FunctionMissingError(message, hint=did_you_mean(qualname, names) or listed)


def module_path(dotted: str) -> str:
    """The file of a module, found without running it or its parent packages."""
    places: Any = None
    spec: importlib.machinery.ModuleSpec | None = None
    parts = dotted.split(".")
    for count in range(1, len(parts) + 1):
        name = ".".join(parts[:count])
        try:
            finders = [f for f in sys.meta_path if hasattr(f, "find_spec")]
            specs = (finder.find_spec(name, places) for finder in finders)
            spec = next((s for s in specs if s is not None), None)
        except Exception as error:  # a finder may be anybody's
            raise FileMissingError(f"cannot look for {name}: {error}") from error
        if spec is None or (places := spec.submodule_search_locations) is None:
            break
    if spec is None or name != dotted:
        raise FileMissingError(f"no module named {dotted!r}")
    if not spec.has_location or not str(spec.origin).endswith(".py"):
        raise NoSourceError(f"module {dotted} has no Python source file")
    return str(spec.origin)


def is_transparent(f: object) -> bool:
    """Whether it is one of the wrappers that `unwrap` looks through."""
    wrappers = (types.MethodType, functools.partial, staticmethod, classmethod)
    return isinstance(f, (*wrappers, _LRU_CACHE)) or _is_dispatcher(f)


def unwrap(f: object) -> tuple[types.FunctionType, tuple[Any, ...], dict[str, Any]]:
    """The plain function that a call of f runs, and what f passes to it itself."""
    bound: tuple[Any, ...] = ()
    bound_kw: dict[str, Any] = {}
    given: Any = f
    if is_by_call(given):
        given = given.general
        if given is None:
            raise UnsupportedError(
                "a derivative by an object, which is written when it is called",
                hint="name the classes by annotations, or by like=",
            )
    while not isinstance(given, types.FunctionType):
        if isinstance(given, types.MethodType):
            bound, given = (given.__self__, *bound), given.__func__
        elif isinstance(given, functools.partial):
            if any(a is getattr(functools, "Placeholder", bound) for a in given.args):
                raise UnsupportedError("a partial with functools.Placeholder in it")
            bound, bound_kw = (*given.args, *bound), {**given.keywords, **bound_kw}
            given = given.func
        elif isinstance(given, staticmethod | classmethod):
            given = given.__func__
        elif isinstance(given, _LRU_CACHE):
            given = given.__wrapped__
        elif _is_dispatcher(given):
            given = given.py_func
        else:
            given = _call_method(given)
    if "__wrapped__" in vars(given):
        raise _decorated(given)
    return given, bound, bound_kw


def is_by_call(f: object) -> bool:
    """Whether it is a derivative that looks at the classes of its arguments.

    Those that Numba compiles are such: they are made when they are called.
    """
    if type(f).__module__ == "s2sad.compiled.tier":
        return True
    return isinstance(f, types.FunctionType) and f.__code__.co_filename.endswith(
        os.path.join("s2sad", "dispatch.py")
    )


def _is_dispatcher(f: object) -> bool:
    """Whether it is what numba.njit returns."""
    home = str(type(f).__module__)
    return home.startswith("numba.") and hasattr(f, "py_func")


def _call_method(f: Any) -> Any:
    """The bound `__call__` of an object whose class defines it in Python."""
    if isinstance(f, type):
        hint = "differentiate one of its methods, or a function that makes and uses it"
        raise NotAFunctionError(f"{f.__qualname__} is a class", hint=hint)
    if isinstance(f, property):
        hint = "differentiate its getter: Class.name.fget"
        raise NotAFunctionError("a property is not a function", hint=hint)
    method = inspect.getattr_static(type(f), "__call__", None)
    if isinstance(method, types.FunctionType | staticmethod | classmethod):
        return method.__get__(f, type(f))
    kind = type(f).__qualname__
    if not callable(f):
        raise NotAFunctionError(f"not a function but of type {kind}")
    raise NotAFunctionError(
        f"{getattr(f, '__name__', 'it')} is not written in Python: its type is {kind}",
        hint="call it in a function: lambda x: ..., and differentiate that",
    )


def _decorated(function: types.FunctionType) -> DecoratedError:
    code = function.__code__
    line = linecache.getline(code.co_filename, code.co_firstlineno).rstrip("\n")
    column = len(line) - len(line.lstrip()) + 1
    maker = f"{function.__globals__.get('__name__')}.{code.co_qualname}"
    return DecoratedError(
        f"{function.__qualname__} is wrapped by a decorator, in {maker}",
        at=Location(code.co_filename, code.co_firstlineno, column, text=line),
        hint="differentiate the function below the decorator, or without the wrapper",
    )


def _parsed(function: types.FunctionType) -> Parsed:
    path = function.__code__.co_filename
    try:
        linecache.checkcache(path)
        lines = linecache.getlines(path, function.__globals__)
        # Python 3.13 keeps what is typed at its prompt where only inspect looks.
        lines = lines or inspect.findsource(function)[0]
    except Exception:  # a loader may be anybody's
        lines = []
    if lines:
        return parse(path, "".join(lines))
    if path.startswith("<"):
        raise _made_by_exec(function)
    raise NoSourceError(
        f"the source of {function.__qualname__} cannot be read: {path}",
        hint="run it where its .py file is",
    )


def _made_by_exec(function: types.FunctionType) -> NoSourceError:
    return NoSourceError(
        f"{function.__qualname__} has no source file: it was typed at a prompt or made"
        " by exec",
        hint="put it in a file, or use IPython, Jupyter or the prompt of 3.13",
    )


def _read(path: str) -> Parsed:
    try:
        text = importlib.util.decode_source(Path(path).read_bytes())
    except OSError as error:
        folder, name = os.path.split(path)
        near = os.listdir(folder or ".") if os.path.isdir(folder or ".") else []
        raise FileMissingError(
            f"cannot read {path}: {error.strerror}", hint=did_you_mean(name, near)
        ) from None
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise SourceSyntaxError(str(error), at=Location(path, 1)) from None
    except ValueError as error:
        raise FileMissingError(f"cannot read {path!r}: {error}") from None
    return parse(path, text)


def _locate(parsed: Parsed, code: types.CodeType) -> gast.AST | None:
    """The tree of a code object: by first line and name, a lambda by its columns."""
    if code.co_name != "<lambda>":
        for node in parsed.functions:
            if getattr(node, "name", None) == code.co_name:
                tops = [node, *node.decorator_list]
                if min(top.lineno for top in tops) == code.co_firstlineno:
                    return node
        return None
    spans = [
        ((line, column), (end_line, end_column))
        for line, end_line, column, end_column in code.co_positions()
        if None not in (line, end_line, column, end_column) and end_column
    ]
    lambdas = [
        node
        for node in parsed.functions
        if isinstance(node, gast.Lambda)
        and node.lineno == code.co_firstlineno
        and _has_parameters(node, code)
        and all(_holds(node.body, *span) for span in spans)
    ]
    if not spans and len(lambdas) > 1:  # python -X no_debug_ranges
        raise NoSourceError(
            "there is more than one lambda on the line",
            at=Location(parsed.path, code.co_firstlineno),
            hint="give each a line of its own",
        )
    return max(lambdas, key=lambda node: node.col_offset, default=None)


def _holds(node: gast.AST, start: tuple[Any, Any], end: tuple[Any, Any]) -> bool:
    first, last = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
    return bool(first <= start and end <= last)


def _is_current(parsed: Parsed, node: gast.AST, code: types.CodeType) -> bool:
    """Whether the text is what the code was compiled from.

    Instruments (pytest's assert, typeguard) change code, but only ever add names
    and constants. So text is another if it has one that the code lacks, or if it
    has just the same ones and compiles to other instructions.
    """
    if not _has_parameters(node, code):
        return False
    if code.co_filename.startswith("<s2sad "):
        return True  # our own text, compiled inside of a factory
    live = _facts(code)
    if any(name.startswith("@py") for _, name in live):
        return True  # pytest takes constants apart as well
    texts = [
        other
        for other in parsed.codes
        if (other.co_name, other.co_firstlineno) == (code.co_name, code.co_firstlineno)
    ]
    steps = [inner.co_code for inner in _nested(code)]
    return not texts or any(
        (facts := _facts(text)) < live
        or (facts == live and [c.co_code for c in _nested(text)] == steps)
        for text in texts
    )


def _nested(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _nested(constant)


def _facts(code: types.CodeType) -> set[tuple[str, str]]:
    """The names and constants of a code object and of those inside it."""
    found: set[tuple[str, str]] = set()
    for inner in _nested(code):
        found |= {("name", name) for name in (*inner.co_names, *inner.co_varnames)}
        for constant in inner.co_consts:
            if isinstance(constant, frozenset):  # in no particular order
                found.add(("set", repr(sorted(map(repr, constant)))))
            elif not isinstance(constant, types.CodeType):
                found.add((type(constant).__name__, repr(constant)))
    return found


def _has_parameters(node: gast.AST, code: types.CodeType) -> bool:
    """Whether tree and code agree on names; in a class, `__x` is compiled mangled."""
    a = node.args
    names = [*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg))]
    compiled = inspect.getargs(code)
    flat = [*compiled.args, *filter(None, (compiled.varargs, compiled.varkw))]
    return len(names) == len(flat) and all(
        live == name.id or (name.id.startswith("__") and live.endswith(name.id))
        for name, live in zip(names, flat, strict=True)
    )


def _location(path: str, lines: list[str], node: gast.AST) -> Location:
    """Columns of trees count UTF-8 bytes from 0; ours count characters from 1."""
    text = lines[node.lineno - 1] if 0 < node.lineno <= len(lines) else ""

    def column(offset: int) -> int:
        return len(text.encode(errors="replace")[:offset].decode(errors="ignore")) + 1

    one_line = node.end_lineno == node.lineno
    end = column(node.end_col_offset) if one_line else None
    return Location(path, node.lineno, column(node.col_offset), end, text)


def _refuse_async(found: FunctionSource) -> FunctionSource:
    if isinstance(found.node, gast.AsyncFunctionDef):
        at = found.location(found.node)
        raise UnsupportedError("an async function is not differentiated", at=at)
    return found
