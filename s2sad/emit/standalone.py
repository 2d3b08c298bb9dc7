"""A derivative's text that runs where s2sad is not: with what it uses written into it.

    from s2sad.runtime import unbroadcast     ==>     def unbroadcast(g, x, *more): ...
    ... LAM * x ...                           ==>     LAM = 0.001

The helpers are copied as they stand, comments and all, but for annotations, the names
that the text has for them, and our error classes: Python's own stand in for those.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import math
import symtable
from types import FunctionType, ModuleType
from typing import Any, TypeGuard

from s2sad import runtime
from s2sad.emit.edit import Edits
from s2sad.emit.module import Module
from s2sad.errors import S2sadError, UnsupportedError
from s2sad.frontend.source import FunctionSource


def standalone_text(module: Module, source: FunctionSource) -> str:
    """The text of a module that imports nothing of ours."""
    tree = ast.parse(module.text)
    lines = module.text.splitlines(keepends=True)
    start = next(n for n in tree.body if isinstance(n, ast.FunctionDef)).lineno - 1
    imports = {
        ast.unparse(node)
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        and getattr(node, "module", None) != runtime.__name__
    }
    helpers = _Helpers(module, tree)
    imports |= helpers.imports
    future = _forget_annotations(tree)
    constants = []
    for name in sorted(_free(tree)):
        kind, line = _definition(name, source)
        if kind == "import":
            imports.add(line)
        elif kind == "constant":
            constants.append(line)
    sections = [*future, "\n".join(sorted(imports)), "\n".join(constants)]
    head = "\n\n".join(s for s in sections if s)
    functions = [*helpers.texts, "".join(lines[start:])]
    return "\n\n".join([f"{head}\n"] * bool(head) + functions)


class _Helpers:
    """The helpers that a module uses, and those that they use, each after its own."""

    def __init__(self, module: Module, tree: ast.Module) -> None:
        self.texts: list[str] = []
        self.imports: set[str] = set()
        self._taken = _names(tree)
        self._copied: set[FunctionType] = set()
        self._name_of: dict[object, str] = {}
        for path, short in module.modules.items():
            self._name_of[path] = short
        helpers = {getattr(runtime, h): name for h, name in module.helpers.items()}
        self._name_of |= helpers
        for helper in helpers:
            self.copy(helper)

    def copy(self, helper: FunctionType) -> None:
        """Write a helper, after those that it uses."""
        if helper in self._copied:
            return
        self._copied.add(helper)
        edits = Edits(inspect.getsource(helper))
        edits.remove_annotations()
        own = _names(edits.tree, stores_only=True)
        for node in ast.walk(edits.tree):
            if isinstance(node, ast.Name) and node.id not in own:
                found = helper.__globals__.get(node.id)
                edits.replace(edits.start(node), edits.end(node), self.use(node, found))
            if isinstance(node, ast.Call) and _is_ours(
                helper.__globals__.get(getattr(node.func, "id", ""))
            ):
                edits.join_hint(node)
        definition = edits.tree.body[0]
        assert isinstance(definition, ast.FunctionDef)
        edits.rename_function(definition, self.short(helper, helper.__name__))
        self.texts.append(edits.apply())

    def use(self, node: ast.Name, found: Any) -> str:
        """What a helper's global is called in the text, now that it is needed there."""
        if isinstance(found, FunctionType):
            self.copy(found)
            return self.short(found, found.__name__)
        if isinstance(found, ModuleType):
            short = self.short(found.__name__, node.id)
            self.imports.add(_import(found.__name__, short))
            return short
        if _is_ours(found):
            standard = (c for c in found.__mro__ if c.__module__ == "builtins")
            return next(standard).__name__
        assert hasattr(builtins, node.id), f"{node.id} cannot be copied"
        return node.id

    def short(self, key: object, wanted: str) -> str:
        """A name that the text does not use for anything else."""
        if key not in self._name_of:
            while wanted in self._taken:
                wanted += "_"
            self._name_of[key] = wanted
        return self._name_of[key]


def _is_ours(found: Any) -> TypeGuard[type[S2sadError]]:
    return isinstance(found, type) and issubclass(found, S2sadError)


def _import(path: str, name: str) -> str:
    return f"import {path}" if path == name else f"import {path} as {name}"


def _names(tree: ast.AST, *, stores_only: bool = False) -> set[str]:
    """Names of variables and parameters; or only those that are bound."""
    found = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    return found | {
        n.id
        for n in ast.walk(tree)
        if isinstance(n, ast.Name) and not (stores_only and isinstance(n.ctx, ast.Load))
    }


def _forget_annotations(tree: ast.Module) -> list[str]:
    """Take them out of the tree; in the text they stay, and nothing evaluates them."""
    annotated = False
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation is not None:
            node.annotation = None
            annotated = True
    return ["from __future__ import annotations"] if annotated else []


def _free(tree: ast.Module) -> set[str]:
    """Global names that a module reads and does not bind."""
    top = symtable.symtable(ast.unparse(tree), "<derivative>", "exec")
    symbols = {s.get_name(): s for s in top.get_symbols()}
    bound = {n for n, s in symbols.items() if s.is_assigned() or s.is_imported()} | {
        child.get_name() for child in top.get_children()
    }
    read = {n for n, s in symbols.items() if s.is_referenced()}
    tables = list(top.get_children())
    while tables:
        table = tables.pop()
        tables += table.get_children()
        read |= {
            s.get_name()
            for s in table.get_symbols()
            if s.is_global() and s.is_referenced()
        }
    return read - bound


def _definition(name: str, source: FunctionSource) -> tuple[str, str]:
    """The line that brings a global of the user's module into the text."""
    found = source.scope.resolve(name)
    if found.kind == "builtin" and found.path == name:
        return "", ""
    if found.kind == "module":
        return "import", _import(found.path, name)
    if found.kind in ("library", "builtin"):
        home, _, last = found.path.rpartition(".")
        alias = "" if last == name else f" as {name}"
        return "import", f"from {home or 'builtins'} import {last}{alias}"
    for kind in (bool, int, float, str):
        if found.known and isinstance(found.value, kind):
            return "constant", f"{name} = {_literal(kind(found.value))}"
    raise UnsupportedError(
        f"the text needs the global {name} of {source.scope.module_name}",
        at=source.location(source.node),
        hint=f"pass {name} as an argument; only numbers and strings are written out",
    )


def _literal(value: bool | int | float | str) -> str:
    finite = not isinstance(value, float) or math.isfinite(value)
    return repr(value) if finite else f"float({str(value)!r})"
