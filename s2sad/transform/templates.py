"""Rules inlined: a rule's expression, or its function's source, becomes operations."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import gast

from s2sad.errors import InternalError
from s2sad.frontend import source as sources
from s2sad.frontend.frame import Frame, assigned_names
from s2sad.frontend.lower import Lowering
from s2sad.frontend.scope import ALIASES, SUBMODULES, Binding, Scope
from s2sad.frontend.source import FunctionSource
from s2sad.ir.builder import Builder
from s2sad.ir.core import Coined, Op, Value


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
        if path in ("math.pi", "numpy.pi", "numpy.newaxis", "math.inf", "math.nan"):
            value = None if path == "numpy.newaxis" else getattr(_math(), attr)
            return Binding("value", path, value, True)
        kind = "module" if path in MODULES else "library"
        return Binding(kind, ALIASES.get(path, path))


def _math() -> Any:
    import math

    return math


#: Modules that rules call functions of.
MODULES = SUBMODULES | {"scipy.sparse.linalg", "numpy.polynomial.polynomial"}
SCOPE: Scope = RuleScope()


class RuleLowering(Lowering):
    """The frontend, for rules: static predicates fold, any library call is taken.

    In a definition, which is to be differentiated, only those that have a rule are.
    """

    strict = False

    def library_values(
        self,
        path: str,
        values: tuple[Value, ...],
        kw: tuple[str, ...],
        node: gast.AST,
        **attrs: Any,
    ) -> Value:
        from s2sad.rules import registry
        from s2sad.transform.predicates import fold

        known = fold(path, values)
        if known is not None:
            return known
        rule = registry.lookup(path)
        if rule is None and self.strict and not path.startswith("s2sad."):
            raise InternalError(f"a definition calls {path}, which has no rule")
        if rule is not None and rule.definition is not None:
            call = Op("call", list(values), {"fn": path, "kw": kw})
            return inline(rule.definition, self.b, registry.bind(call, rule), name=True)
        value = self.b.emit("call", *values, fn=path, kw=kw, **attrs)
        return value if rule is None else self.parts(value, rule.parts)

    def attribute(self, base: Value, name: str, node: gast.AST) -> Value:
        return self.b.emit("getattr", base, attr=name)


@functools.cache
def _expression(text: str) -> gast.AST:
    tree = gast.parse(text, mode="eval")
    return tree.body


@functools.cache
def _function(rule: Callable[..., Any]) -> FunctionSource:
    return sources.from_function(rule)


def inline(
    template: str | Callable[..., Any],
    b: Builder,
    values: dict[str, Value],
    *,
    name: bool = False,
) -> Value:
    """Lower a rule at the builder, its names bound to values.

    With `name`, its own variables lend their names, where the user has none such.
    """
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
    lowering = RuleLowering(frame, b)
    lowering.strict = name
    result = _Quiet(lowering, name).body(node)
    b.origin = origin
    return result


class _Quiet:
    """Keeps a lowering from recording the rule's own source as the origin."""

    def __init__(self, lowering: RuleLowering, name: bool = False) -> None:
        self.lowering = lowering
        self.name = name
        self.origin = lowering.b.origin

    def expr(self, node: gast.AST) -> Value:
        return self._settled(lambda: self.lowering.expr(node))

    def body(self, node: gast.AST) -> Value:
        return self._settled(lambda: self.lowering.body(node))

    def _settled(self, run: Callable[[], Value]) -> Value:
        block = self.lowering.b.block
        before = len(block.ops)
        result = run()
        for op in block.ops[before:]:
            for inner in _all(op):
                inner.origin = self.origin
                for value in inner.results:
                    named = self.name and value.name is not None
                    value.name = Coined(value.name) if named else None
        return result


def _all(op: Any) -> Any:
    from s2sad.ir.core import walk

    yield op
    for block in op.blocks:
        yield from walk(block)
