"""A function being lowered: its variables, and what its free names mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

import gast

from s2sad.errors import S2sadError, UnsupportedError
from s2sad.frontend.scope import Binding, Scope
from s2sad.frontend.source import FunctionSource
from s2sad.ir.core import Origin, Value
from s2sad.ir.types import Type

COMPREHENSIONS = gast.ListComp | gast.SetComp | gast.DictComp | gast.GeneratorExp
FUNCTIONS = gast.FunctionDef | gast.AsyncFunctionDef | gast.Lambda | gast.ClassDef


class Static(Value):
    """A value known when compiled: a module, a library function, a user's function."""

    __slots__ = ("binding", "home", "scope")

    def __init__(self, binding: Binding, scope: Scope) -> None:
        super().__init__(
            None, Type("module" if binding.kind == "module" else "function")
        )
        self.binding = binding
        self.scope = scope
        #: the class that it is a method of, for `super()`
        self.home: object = None

    def __repr__(self) -> str:
        return self.binding.path


class Closure(Value):
    """A nested function or lambda, with the frame whose variables it sees."""

    __slots__ = ("defaults", "frame", "home", "node")

    def __init__(
        self, node: gast.AST, frame: Frame, defaults: dict[str, Value] | None
    ) -> None:
        super().__init__(None, Type("function"))
        self.node = node
        self.frame = frame
        self.defaults = defaults
        self.home: object = None


@dataclass(eq=False)
class Frame:
    """Variables of one call; `env` maps each name to its current SSA value."""

    source: FunctionSource
    env: dict[str, Value] = field(default_factory=dict)
    outer: Frame | None = None
    #: names that the function binds: they never mean a global
    local: frozenset[str] = frozenset()
    #: variables that nested functions assign to: places of the heap
    cells: dict[str, Value] = field(default_factory=dict)
    #: variables of an outer function that this one assigns to
    nonlocals: frozenset[str] = frozenset()
    #: globals that this one assigns to
    shared_globals: frozenset[str] = frozenset()
    #: the class that the function is a method of, and its first argument
    method_of: tuple[object, Value] | None = None
    #: is the call still running?
    on_stack: bool = False

    def origin(self, node: gast.AST) -> Origin:
        return Origin(self.source, node)

    def place(self, name: str) -> Value | None:
        """The place of a variable that several functions assign to, if it is one."""
        if name in self.cells:
            return self.cells[name]
        frame = self.outer
        while name in self.nonlocals and frame is not None:
            if name in frame.cells:
                return frame.cells[name]
            frame = frame.outer
        return None

    def refuse(
        self,
        node: gast.AST,
        message: str,
        hint: str | None = None,
        kind: type[S2sadError] = UnsupportedError,
    ) -> NoReturn:
        raise kind(message, at=self.source.location(node), hint=hint)


def assigned_names(nodes: list[gast.AST]) -> list[str]:
    """Names that these statements bind, in order, nested functions left out."""
    found: dict[str, None] = {}
    elsewhere: set[str] = set()
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if isinstance(node, gast.Nonlocal | gast.Global):
            elsewhere.update(node.names)
        if isinstance(node, gast.FunctionDef | gast.AsyncFunctionDef | gast.ClassDef):
            found[node.name] = None
            continue
        if isinstance(node, gast.Lambda):
            continue
        if isinstance(node, COMPREHENSIONS):
            stack.extend(n for n in gast.walk(node) if isinstance(n, gast.NamedExpr))
            continue
        if isinstance(node, gast.ExceptHandler) and node.name:
            name = node.name
            found[name if isinstance(name, str) else name.id] = None
        if isinstance(node, gast.MatchAs | gast.MatchStar) and node.name:
            found[node.name] = None
        if isinstance(node, gast.MatchMapping) and node.rest:
            found[node.rest] = None
        if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store | gast.Del):
            found[node.id] = None
        if isinstance(node, gast.Import | gast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name.split(".")[0]] = None
        stack.extend(reversed(list(gast.iter_child_nodes(node))))
    return [name for name in found if name not in elsewhere]


def declared(body: list[gast.AST], kind: type[gast.AST]) -> frozenset[str]:
    """Names that a function itself declares nonlocal, or global."""
    found: set[str] = set()
    stack = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, kind):
            found.update(node.names)
        if not isinstance(node, FUNCTIONS):
            stack.extend(gast.iter_child_nodes(node))
    return frozenset(found)


def shared_names(body: list[gast.AST]) -> frozenset[str]:
    """Names that functions inside of these statements declare nonlocal."""
    found: set[str] = set()
    for node in body:
        for inner in gast.walk(node):
            if isinstance(inner, gast.FunctionDef):
                found |= declared(inner.body, gast.Nonlocal)
    return frozenset(found)
