"""Operations to Python expressions, as gast nodes."""

from __future__ import annotations

import math
from typing import Any

import gast

from s2sad.frontend.expressions import BINARY as BINARY_NODES
from s2sad.frontend.expressions import COMPARE as COMPARE_NODES
from s2sad.frontend.frame import Static
from s2sad.ir.core import Const, Op, Undef, Value
from s2sad.rules import registry

BINARY = {code: node for node, code in BINARY_NODES.items()}
COMPARE = {code: node for node, code in COMPARE_NODES.items()}
UNARY = {"neg": gast.USub, "pos": gast.UAdd, "not": gast.Not, "invert": gast.Invert}
RUNTIME = "s2sad.runtime."


def name(text: str, store: bool = False) -> gast.Name:
    return gast.Name(text, gast.Store() if store else gast.Load(), None, None)


def constant(value: Any) -> gast.AST:
    """A literal; a negative one is a minus and a literal, for every printer."""
    if isinstance(value, bool) or value is None or value is Ellipsis:
        return gast.Constant(value, None)
    if isinstance(value, tuple):
        return gast.Tuple([constant(v) for v in value], gast.Load())
    if isinstance(value, int | float) and (value < 0 or str(value)[0] == "-"):
        return gast.UnaryOp(gast.USub(), gast.Constant(-value, None))
    return gast.Constant(value, None)


def dotted(path: str) -> gast.AST:
    first, *rest = path.split(".")
    node: gast.AST = name(first)
    for part in rest:
        node = gast.Attribute(node, part, gast.Load())
    return node


class Expressions:
    """Turns values into expressions; subclasses say what variables are called."""

    def variable(self, value: Value) -> str:
        raise NotImplementedError

    def is_folded(self, value: Value) -> bool:
        raise NotImplementedError

    def module(self, path: str) -> str:
        """The name that a module goes by in the emitted text."""
        raise NotImplementedError

    def helper(self, path: str) -> str:
        """The name that a run-time helper goes by in the emitted text."""
        raise NotImplementedError

    def foreign(self, module: str, path: str, origin: str) -> gast.AST:
        """A global of the user's module, or of a helper's."""
        raise NotImplementedError

    def expr(self, value: Value) -> gast.AST:
        if isinstance(value, Const):
            return self.endless(value.value) or constant(value.value)
        if isinstance(value, Undef):
            return gast.Constant(None, None)
        if isinstance(value, Static):
            binding = value.binding
            if binding.kind != "class":
                return self.library(binding.path)
            known = getattr(binding.value, "__qualname__", None)
            module = getattr(binding.value, "__module__", None)
            home, _, last = binding.path.rpartition(".")
            return self.foreign(module or home, known or last, "global")
        if not self.is_folded(value):
            return name(self.variable(value))
        assert value.op is not None
        return self.operation(value.op)

    def endless(self, value: Any) -> gast.AST | None:
        """NaN and infinity, which have no literals."""
        if not isinstance(value, float) or math.isfinite(value):
            return None
        node = self.library("math.nan" if math.isnan(value) else "math.inf")
        return gast.UnaryOp(gast.USub(), node) if value < 0 else node

    def operation(self, op: Op) -> gast.AST:
        """The expression that computes an operation's result."""
        code = op.code
        if code in BINARY:
            left, right = (self.expr(a) for a in op.args)
            return gast.BinOp(left, BINARY[code](), right)
        if code in UNARY:
            return gast.UnaryOp(UNARY[code](), self.expr(op.args[0]))
        if code in COMPARE:
            left, right = (self.expr(a) for a in op.args)
            return gast.Compare(left, [COMPARE[code]()], [right])
        method = getattr(self, f"op_{code}")
        node: gast.AST = method(op)
        return node

    def op_getitem(self, op: Op) -> gast.AST:
        return self.subscript(op.args[0], op.args[1])

    def subscript(self, base: Value, index: Value, store: bool = False) -> gast.AST:
        context = gast.Store() if store else gast.Load()
        return gast.Subscript(self.expr(base), self.expr(index), context)

    def index_object(self, value: Value) -> gast.AST:
        """An index as an expression of its own, outside of brackets."""
        op = value.op
        if op is not None and op.code == "tuple":
            return gast.Tuple([self.index_object(a) for a in op.args], gast.Load())
        if op is not None and op.code == "slice":
            parts = [self.expr(a) for a in op.args]
            while len(parts) > 1 and isinstance(op.args[len(parts) - 1], Const):
                if op.args[len(parts) - 1].value is not None:  # type: ignore[attr-defined]
                    break
                parts.pop()
            if len(parts) == 1:
                bare = isinstance(op.args[0], Const) and op.args[0].value is None
                if not bare:  # slice(k) is [:k], slice(k, None) is [k:]
                    parts = [*parts, gast.Constant(None, None)]
            return gast.Call(name("slice"), parts, [])
        return self.expr(value)

    def op_iop(self, op: Op) -> gast.AST:
        func = self.library("s2sad.runtime.added")
        return gast.Call(func, [self.expr(a) for a in op.args], [])

    def op_slice(self, op: Op) -> gast.AST:
        parts = [
            None if isinstance(a, Const) and a.value is None else self.expr(a)
            for a in op.args
        ]
        return gast.Slice(*parts)

    def op_tuple(self, op: Op) -> gast.AST:
        return gast.Tuple([self.expr(a) for a in op.args], gast.Load())

    def op_list(self, op: Op) -> gast.AST:
        return gast.List([self.expr(a) for a in op.args], gast.Load())

    def op_dict(self, op: Op) -> gast.AST:
        keys = [self.expr(a) for a in op.args[::2]]
        return gast.Dict(keys, [self.expr(a) for a in op.args[1::2]])

    def op_popat(self, op: Op) -> gast.AST:
        pop = gast.Attribute(self.expr(op.args[0]), "pop", gast.Load())
        return gast.Call(pop, [self.expr(op.args[1])], [])

    def op_getattr(self, op: Op) -> gast.AST:
        return gast.Attribute(self.expr(op.args[0]), op.attrs["attr"], gast.Load())

    def op_global(self, op: Op) -> gast.AST:
        path = op.attrs["path"]
        if path.split(".")[0] in ("numpy", "math", "scipy") and "." in path:
            return self.library(path)
        return self.foreign(op.attrs["module"], path, op.attrs["origin"])

    def op_take(self, op: Op) -> gast.AST:
        source = op.args[0]
        if source.type.is_scalar:
            return self.expr(source)
        base = source.op.args[0] if source.op and source.op.args else source
        if source.type.kind == "array" or base.type.kind == "array":
            copy = gast.Attribute(self.expr(source), "copy", gast.Load())
            return gast.Call(copy, [], [])
        return gast.Call(name(self.helper("copied")), [self.expr(source)], [])

    def op_range(self, op: Op) -> gast.AST:
        start, stop, step = op.args
        parts = [start, stop, step]
        if isinstance(step, Const) and step.value == 1:
            parts = [start, stop]
            if isinstance(start, Const) and start.value == 0:
                parts = [stop]
        return gast.Call(name("range"), [self.expr(p) for p in parts], [])

    def op_tape(self, op: Op) -> gast.AST:
        return gast.List([], gast.Load())

    def op_pop(self, op: Op) -> gast.AST:
        pop = gast.Attribute(self.expr(op.args[0]), "pop", gast.Load())
        return gast.Call(pop, [], [])

    def op_fstring(self, op: Op) -> gast.AST:
        values: list[gast.AST] = []
        args = iter(op.args)
        for part in op.attrs["parts"]:
            if isinstance(part, str):
                values.append(gast.Constant(part, None))
            else:
                conversion, spec = part
                values.append(
                    gast.FormattedValue(self.expr(next(args)), conversion, spec)
                )
        return gast.JoinedStr(values)

    def op_if(self, op: Op) -> gast.AST:
        """`a and b`, `a or b`, `a if c else b`"""
        test = op.args[0]
        then, other = (block.results[0] for block in op.blocks)
        if other is test:
            return self.boolean(gast.And(), test, then)
        if then is test:
            return self.boolean(gast.Or(), test, other)
        return gast.IfExp(self.expr(test), self.expr(then), self.expr(other))

    def boolean(self, op: gast.AST, left: Value, right: Value) -> gast.AST:
        parts: list[gast.AST] = []
        for node in (self.expr(left), self.expr(right)):
            same = isinstance(node, gast.BoolOp) and type(node.op) is type(op)
            parts += node.values if same else [node]
        return gast.BoolOp(op, parts)

    def op_call(self, op: Op) -> gast.AST:
        fn: str = op.attrs["fn"]
        names: tuple[str, ...] = op.attrs.get("kw", ())
        count = len(op.args) - len(names)
        args = op.args[:count]
        keywords = [
            gast.keyword(n, self.expr(v))
            for n, v in zip(names, op.args[count:], strict=True)
        ]
        method = op.attrs.get("method")
        if method is None and fn == "numpy.copy" and args[0].type.kind == "array":
            method = "copy"
        if fn == f"{RUNTIME}spread" and len(args) == 2:
            if args[1].type.kind == "array" and args[0].type.is_scalar:
                return self.call("numpy.full_like", [args[1], args[0]], [])
        if method is not None:
            func = gast.Attribute(self.expr(args[0]), method, gast.Load())
            rest = args[1:]
            if method in ("reshape", "transpose") and len(rest) == 1:
                made = rest[0].op
                if made is not None and made.code == "tuple" and rest[0] is not None:
                    if self.is_folded(rest[0]):
                        rest = list(made.args)
            return gast.Call(func, [self.expr(a) for a in rest], keywords)
        return self.call(fn, args, keywords)

    def call(self, fn: str, args: list[Value], keywords: list[gast.AST]) -> gast.AST:
        nodes = [self.argument(a) for a in args]
        return gast.Call(self.library(fn), nodes, keywords)

    def argument(self, value: Value) -> gast.AST:
        """An operand of a call; a slice there is an object, not brackets' contents."""
        sliced = value.op is not None and value.op.code == "slice"
        if sliced or self.is_folded(value):
            return self.index_object(value)
        return self.expr(value)

    def library(self, fn: str) -> gast.AST:
        if fn.startswith(RUNTIME):
            return name(self.helper(fn.removeprefix(RUNTIME)))
        if "." not in fn:
            return name(fn)
        rule = registry.RULES.get(fn)
        if rule is not None and rule.home is not None:
            return self.foreign(*rule.home, "global")
        top, _, rest = fn.partition(".")
        parts = rest.split(".")
        if top == "scipy" and len(parts) > 1:
            top, parts = f"scipy.{parts[0]}", parts[1:]
        return dotted(".".join([self.module(top), *parts]))
