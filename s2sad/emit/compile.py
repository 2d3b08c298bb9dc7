"""Text to a function that sees what the user's function sees.

The text is compiled as it stands, under a file name of its own in linecache, so that
`inspect.getsource`, tracebacks and pdb show it. The names of the user's module stay
globals of that module; closures keep the user's own cells; what we add comes in cells.
"""

from __future__ import annotations

import ast
import functools
import importlib
import itertools
import linecache
import types
import weakref
from typing import Any

from s2sad import runtime
from s2sad.emit.module import Module
from s2sad.errors import PLACES, Location
from s2sad.frontend.source import FunctionSource

_numbers = itertools.count(1)


def build(module: Module, source: FunctionSource) -> types.FunctionType:
    """Compile an emitted function beside the user's."""
    return build_all(module, source)[module.name]


def build_all(module: Module, source: FunctionSource) -> dict[str, types.FunctionType]:
    """Compile every function of an emitted module."""
    primal: Any = source.function
    filename = f"<s2sad {module.name} #{next(_numbers)}>"
    given: dict[str, Any] = {}
    for path, short in module.modules.items():
        given[short] = importlib.import_module(path)
    for helper, short in module.helpers.items():
        given[short] = getattr(runtime, helper)
    if source.bound:
        spec = source.node.args
        names = [a.id for a in (*spec.posonlyargs, *spec.args)]
        given.update(zip(names, source.bound, strict=False))
    given.update(source.bound_kw)
    cells: dict[str, Any] = {}
    if primal is not None and primal.__closure__:
        cells = dict(zip(primal.__code__.co_freevars, primal.__closure__, strict=True))
    tree = ast.parse(module.text, filename)
    definitions = [n for n in tree.body if isinstance(n, ast.FunctionDef)]
    scope = primal.__globals__ if primal is not None else {"__name__": "s2sad"}
    added = {n: types.CellType(v) for n, v in given.items()}
    added |= {d.name: types.CellType() for d in definitions[:-1]}
    names = [*added, *(n for n in cells if n not in added)]
    built: dict[str, types.FunctionType] = {}
    for definition in definitions:
        count = len(definition.args.defaults)
        seeds = _seeds(definition.args)
        code = _compile(definition, names, filename)
        closure = tuple(added[n] if n in added else cells[n] for n in code.co_freevars)
        function = types.FunctionType(code, scope, definition.name, None, closure)
        if definition.name in added:
            added[definition.name].cell_contents = function
        _defaults(function, primal, count, seeds)
        function.__module__ = getattr(primal, "__module__", None) or "__main__"
        built[definition.name] = function
    lines = module.text.splitlines(keepends=True)
    linecache.cache[filename] = (len(module.text), None, lines, filename)
    PLACES[filename] = functools.partial(_place, module.lines, source)
    weakref.finalize(function, _forget, filename)
    return built


def _place(lines: dict[int, int], source: FunctionSource, line: int) -> Location:
    """Where an emitted line comes from; the function itself if from nowhere."""
    whole = source.location(source.node)
    number = lines.get(line)
    if number is None or not 0 < number <= len(source.lines):
        return whole
    text = source.lines[number - 1]
    indent = len(text) - len(text.lstrip())
    return Location(source.path, number, indent + 1, len(text) + 1, text)


def _forget(filename: str) -> None:
    linecache.cache.pop(filename, None)
    PLACES.pop(filename, None)


def _compile(
    definition: ast.FunctionDef, names: list[str], filename: str
) -> types.CodeType:
    """The code of the function, with the given names as free variables."""
    definition.args.defaults = []
    definition.args.kw_defaults = [None] * len(definition.args.kwonlyargs)
    for arg in (
        *definition.args.posonlyargs,
        *definition.args.args,
        *definition.args.kwonlyargs,
        *filter(None, (definition.args.vararg, definition.args.kwarg)),
    ):
        arg.annotation = None
    taken = {n.id for n in ast.walk(definition) if isinstance(n, ast.Name)}
    taken |= {a.arg for a in ast.walk(definition) if isinstance(a, ast.arg)}
    arguments = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(n) for n in names if n in taken],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    tree = ast.parse("def factory(): pass", filename)
    factory = tree.body[0]
    assert isinstance(factory, ast.FunctionDef)
    factory.args, factory.body = arguments, [definition]
    outer = compile(ast.fix_missing_locations(tree), filename, "exec")
    code = _only_code(_only_code(outer, "factory"), definition.name)
    return code.replace(co_qualname=definition.name)


def _only_code(code: types.CodeType, name: str) -> types.CodeType:
    return next(
        c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == name
    )


def _seeds(arguments: ast.arguments) -> dict[str, Any]:
    """Keywords with a number for default: among them those that we have added."""
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return {
        a.arg: default.value
        for a, default in pairs
        if isinstance(default, ast.Constant)
    }


def _defaults(
    function: types.FunctionType,
    primal: types.FunctionType | None,
    count: int,
    seeds: dict[str, Any],
) -> None:
    """The user's own default values, the same objects; and those of the seeds."""
    values = (primal.__defaults__ or ()) if primal is not None else ()
    function.__defaults__ = values[len(values) - count :] if count else None
    known = {**seeds, **((primal.__kwdefaults__ or {}) if primal is not None else {})}
    names = function.__code__.co_varnames
    start = function.__code__.co_argcount
    keyword = names[start : start + function.__code__.co_kwonlyargcount]
    function.__kwdefaults__ = {n: v for n, v in known.items() if n in keyword}
