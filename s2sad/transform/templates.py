"""Rules inlined: a rule's expression, or its function's source, becomes operations."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import gast

from s2sad.frontend import source as sources
from s2sad.frontend.frame import Frame, Static, assigned_names
from s2sad.frontend.lower import Lowering
from s2sad.frontend.scope import Binding, Scope
from s2sad.frontend.source import FunctionSource
from s2sad.ir.builder import Builder
from s2sad.ir.core import Value


class RuleScope:
    """The names that a rule may use: numpy, math, scipy, our helpers, builtins."""

    module_name = "s2sad.rules"

    def resolve(self, name: str) -> Binding:
        modules = {"np": "numpy", "math": "math", "scipy": "scipy"}
        if name in modules:
            return Binding("module", modules[name])
        if name in ("len", "abs", "float", "int", "range", "max", "min"):
            return Binding("builtin", name)
        return Binding("library", f"s2sad.runtime.{name}")

    def attribute(self, base: Binding, attr: str) -> Binding:
        path = f"{base.path}.{attr}"
        nested = ("numpy.linalg", "numpy.fft", "scipy.special", "scipy.linalg")
        if path in ("math.pi", "numpy.pi", "numpy.newaxis", "numpy.inf", "math.inf"):
            value = None if path == "numpy.newaxis" else getattr(_math(), attr)
            return Binding("value", path, value, True)
        return Binding("module" if path in nested else "library", path)


def _math() -> Any:
    import math

    return math


SCOPE: Scope = RuleScope()


class RuleLowering(Lowering):
    """The frontend, for rules: static predicates fold, any library call is taken."""

    def library_values(
        self,
        path: str,
        values: tuple[Value, ...],
        kw: tuple[str, ...],
        node: gast.AST,
        **attrs: Any,
    ) -> Value:
        from s2sad.transform.predicates import fold

        known = fold(path, values)
        if known is not None:
            return known
        return self.b.emit("call", *values, fn=path, kw=kw, **attrs)

    def attribute(self, base: Value, name: str, node: gast.AST) -> Value:
        if isinstance(base, Static) or self.is_method(name):
            return super().attribute(base, name, node)
        return self.b.emit("getattr", base, attr=name)


@functools.cache
def _expression(text: str) -> gast.AST:
    tree = gast.parse(text, mode="eval")
    return tree.body


@functools.cache
def _function(rule: Callable[..., Any]) -> FunctionSource:
    return sources.from_function(rule)


def inline(
    template: str | Callable[..., Any], b: Builder, values: dict[str, Value]
) -> Value:
    """Lower a rule at the builder, its names bound to values."""
    if isinstance(template, str):
        node = _expression(template)
        found = FunctionSource("rule", "rule", "<rule>", node, [], SCOPE)
        frame = Frame(found, dict(values))
        lowering = RuleLowering(frame, b)
        origin = b.origin
        result = _Quiet(lowering).expr(node)
        b.origin = origin
        return result
    found = _function(template)
    node = found.node
    scoped = FunctionSource(
        found.name, found.qualname, found.path, node, found.lines, SCOPE
    )
    names = [a.id for a in (*node.args.args, *node.args.kwonlyargs)]
    frame = Frame(scoped, {n: values[n] for n in names if n in values})
    body = [] if isinstance(node, gast.Lambda) else node.body
    frame.local = frozenset(names) | frozenset(assigned_names(body))
    origin = b.origin
    result = _Quiet(RuleLowering(frame, b)).body(node)
    b.origin = origin
    return result


class _Quiet:
    """Keeps a lowering from recording the rule's own source as the origin."""

    def __init__(self, lowering: RuleLowering) -> None:
        self.lowering = lowering
        self.origin = lowering.b.origin

    def expr(self, node: gast.AST) -> Value:
        return self._settled(lambda: self.lowering.expr(node))

    def body(self, node: gast.AST) -> Value:
        return self._settled(lambda: self.lowering.body(node))

    def _settled(self, run: Callable[[], Value]) -> Value:
        block = self.lowering.b.block
        before = len(block.ops)
        result = self.lowering.operand(run())
        for op in block.ops[before:]:
            for inner in _all(op):
                inner.origin = self.origin
                for value in inner.results:
                    value.name = None
        return result


def _all(op: Any) -> Any:
    from s2sad.ir.core import walk

    yield op
    for block in op.blocks:
        yield from walk(block)
