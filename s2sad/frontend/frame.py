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


class Static(Value):
    """A value known when compiled: a module, a library function, a user's function."""

    __slots__ = ("binding", "scope")

    def __init__(self, binding: Binding, scope: Scope) -> None:
        super().__init__(
            None, Type("module" if binding.kind == "module" else "function")
        )
        self.binding = binding
        self.scope = scope

    def __repr__(self) -> str:
        return self.binding.path


class Closure(Value):
    """A nested function or lambda, with the frame whose variables it sees."""

    __slots__ = ("defaults", "frame", "node")

    def __init__(
        self, node: gast.AST, frame: Frame, defaults: dict[str, Value]
    ) -> None:
        super().__init__(None, Type("function"))
        self.node = node
        self.frame = frame
        self.defaults = defaults


@dataclass(eq=False)
class Frame:
    """Variables of one call; `env` maps each name to its current SSA value."""

    source: FunctionSource
    env: dict[str, Value] = field(default_factory=dict)
    outer: Frame | None = None
    #: names that the function binds: they never mean a global
    local: frozenset[str] = frozenset()

    def origin(self, node: gast.AST) -> Origin:
        return Origin(self.source, node)

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
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if isinstance(node, gast.FunctionDef | gast.AsyncFunctionDef | gast.ClassDef):
            found[node.name] = None
            continue
        if isinstance(node, gast.Lambda | gast.ListComp | gast.GeneratorExp):
            continue
        if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store | gast.Del):
            found[node.id] = None
        if isinstance(node, gast.Import | gast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name.split(".")[0]] = None
        stack.extend(reversed(list(gast.iter_child_nodes(node))))
    return list(found)
