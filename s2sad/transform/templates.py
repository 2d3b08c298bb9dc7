"""Rules inlined: a rule's expression, or its function's source, becomes operations."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import gast

from s2sad.errors import InternalError
from s2sad.frontend import source as sources
from s2sad.frontend.frame import Frame, Static, assigned_names
from s2sad.frontend.lower import Lowering
from s2sad.frontend.scope import ALIASES, SUBMODULES, Binding, Scope
from s2sad.frontend.source import FunctionSource
from s2sad.ir.builder import Builder
from s2sad.ir.core import Coined, Const, Op, Value
from s2sad.ir.infer import ARITHMETIC
from s2sad.rules.registry import Rule


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
    #: values that are there for certain: cotangents
    certain: tuple[Value, ...] = ()

    def static_test(self, code: str, left: Value, right: Value) -> Value | None:
        left, right = _number(left), _number(right)
        if code in ("is", "isnot") and isinstance(right, Const) and right.value is None:
            made = left.op.code if left.op is not None else ""
            if left.type.is_scalar or left.type.kind in ("array", "list", "tuple"):
                return Const(code == "isnot")
            if left in self.certain or made in ("call", "tuple", "list", *ARITHMETIC):
                return Const(code == "isnot")
        return super().static_test(code, left, right)

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
        if path in registry.SHORT:
            names = inspect.signature(registry.SHORT[path]).parameters
            given = dict(zip(names, values, strict=True))
            return inline(registry.SHORT[path], self.b, given)
        rule = registry.lookup(path)
        values, kw = _plain(values, kw, rule, path)
        if rule is None and self.strict and not path.startswith("s2sad."):
            raise InternalError(f"a definition calls {path}, which has no rule")
        helper = path.startswith("s2sad.runtime.") and not self.strict
        if rule is not None and rule.definition is not None and not helper:
            if rule.definition in OPEN:
                self.frame.refuse(node, f"{path} calls itself")
            call = Op("call", list(values), {"fn": path, "kw": kw})
            return inline(rule.definition, self.b, registry.bind(call, rule), name=True)
        value = self.b.emit("call", *values, fn=path, kw=kw, **attrs)
        return value if rule is None else self.parts(value, rule.parts)

    def attribute(self, base: Value, name: str, node: gast.AST) -> Value:
        if isinstance(base, Static) or self.is_method(name):
            return super().attribute(base, name, node)
        return self.b.emit("getattr", base, attr=name)


def _number(value: Value) -> Value:
    """math.inf and its like as the numbers that they are."""
    if isinstance(value, Static) and isinstance(value.binding.value, float):
        return Const(value.binding.value)
    return value


def _plain(
    values: tuple[Value, ...], kw: tuple[str, ...], rule: Rule | None, path: str
) -> tuple[tuple[Value, ...], tuple[str, ...]]:
    """Arguments less those that only say what is so by default."""
    if rule is None or path.startswith("s2sad.runtime."):
        parameters, defaults = _form(path)
    else:
        parameters, defaults = rule.parameters, rule.defaults
    if rule is not None and rule.variadic:
        return values, kw

    def needless(name: str, value: Value) -> bool:
        if not isinstance(value, Const) or name not in defaults:
            return False
        default = defaults[name]
        return type(default) is type(value.value) and default == value.value

    count = len(values) - len(kw)
    named = [
        (name, value)
        for name, value in zip(kw, values[count:], strict=True)
        if not needless(name, value)
    ]
    while count and count <= len(parameters):
        if not needless(parameters[count - 1], values[count - 1]):
            break
        count -= 1
    return (*values[:count], *(v for _, v in named)), tuple(n for n, _ in named)


@functools.cache
def _form(path: str) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The parameters of one of our helpers, and their defaults."""
    from s2sad import runtime

    helper = getattr(runtime, path.removeprefix("s2sad.runtime."), None)
    if helper is None:
        return (), {}
    found = inspect.signature(helper).parameters
    defaults = {n: p.default for n, p in found.items() if p.default is not p.empty}
    return tuple(found), defaults


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
    values = {key: _number(value) for key, value in values.items()}
    if isinstance(template, str):
        node = _expression(template)
        found = FunctionSource("rule", "rule", "<rule>", node, [], SCOPE)
        frame = Frame(found, dict(values))
        lowering = RuleLowering(frame, b)
        origin = b.origin
        result = _Quiet(lowering).expr(node)
        b.origin = origin
        return result
    OPEN.append(template)
    try:
        return _inlined(template, b, values, name)
    finally:
        OPEN.pop()


#: Functions that are being written out, from the outermost.
OPEN: list[Callable[..., Any]] = []


def _inlined(
    template: Callable[..., Any], b: Builder, values: dict[str, Value], name: bool
) -> Value:
    found = _function(template)
    node = found.node
    ours = template.__module__.startswith("s2sad.rules.")
    scope = SCOPE if ours else found.scope
    scoped = FunctionSource(
        found.name, found.qualname, found.path, node, found.lines, scope
    )
    names = [a.id for a in (*node.args.args, *node.args.kwonlyargs)]
    frame = Frame(scoped, {n: values[n] for n in names if n in values})
    body = [] if isinstance(node, gast.Lambda) else node.body
    frame.local = frozenset(names) | frozenset(assigned_names(body))
    origin = b.origin
    lowering = RuleLowering(frame, b)
    lowering.strict = name
    if not ours:
        lowering.root = None  # the cells of a user's rule are not the function's
    given = values.get("g")
    if given is not None:
        parts = given.op.args if given.op is not None else []
        lowering.certain = (given, *(p for p in parts if not isinstance(p, Const)))
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
        if result.type.kind != "function":
            result = self.lowering.operand(result)
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
