"""Expressions to three-address code, in Python's order of evaluation."""

from __future__ import annotations

from collections.abc import Callable

import gast

from s2sad.errors import UnknownNameError, UnsupportedError, did_you_mean
from s2sad.frontend.frame import Frame, Static
from s2sad.frontend.scope import Binding
from s2sad.ir.builder import Builder
from s2sad.ir.core import Block, Const, Undef, Value
from s2sad.ir.types import Type, array, of_constant

BINARY = {
    gast.Add: "add",
    gast.Sub: "sub",
    gast.Mult: "mul",
    gast.Div: "div",
    gast.FloorDiv: "floordiv",
    gast.Mod: "mod",
    gast.Pow: "pow",
    gast.MatMult: "matmul",
    gast.BitAnd: "bitand",
    gast.BitOr: "bitor",
    gast.BitXor: "bitxor",
    gast.LShift: "lshift",
    gast.RShift: "rshift",
}
UNARY = {gast.USub: "neg", gast.UAdd: "pos", gast.Not: "not", gast.Invert: "invert"}
COMPARE = {
    gast.Lt: "lt",
    gast.LtE: "le",
    gast.Gt: "gt",
    gast.GtE: "ge",
    gast.Eq: "eq",
    gast.NotEq: "ne",
    gast.Is: "is",
    gast.IsNot: "isnot",
    gast.In: "in",
    gast.NotIn: "notin",
}
#: Attributes of an array that are views or facts of it; anything else is an object's.
ARRAY_ATTRIBUTES = frozenset(
    ["T", "mT", "shape", "size", "ndim", "dtype", "real", "imag", "itemsize"]
)


class Expressions:
    """The part of the lowering that makes values; one method for each node."""

    frame: Frame
    b: Builder
    root: object  # the scope of the function that is differentiated

    def expr(self, node: gast.AST) -> Value:
        method = getattr(self, f"expr_{type(node).__name__}", None)
        if method is None:
            self.refuse_node(node)
            raise AssertionError("refused")
        before = self.b.origin
        if hasattr(node, "lineno") and not isinstance(node, gast.Name | gast.Constant):
            self.b.origin = self.frame.origin(node)
        value: Value = method(node)
        self.b.origin = before
        return value

    def refuse_node(self, node: gast.AST) -> None:
        what = type(node).__name__
        self.frame.refuse(node, f"{DESCRIPTIONS.get(what, what)} is not supported")

    def expr_Constant(self, node: gast.Constant) -> Value:
        return Const(node.value)

    def expr_Name(self, node: gast.Name) -> Value:
        return self.name(node.id, node)

    def name(self, name: str, node: gast.AST) -> Value:
        frame: Frame | None = self.frame
        while frame is not None:
            if name in frame.env:
                return frame.env[name]
            if name in frame.local:
                return Undef()  # bound on no path so far: Python raises when it runs
            frame = frame.outer
        scope = self.frame.source.scope
        found = scope.resolve(name)
        source = self.frame.source
        if found.kind == "unknown" and name == source.name and frame is None:
            # a function that calls itself, while its decorator runs
            return Static(Binding("function", name, source=lambda: source), scope)
        if found.kind == "unknown":
            known = [n for n in self.frame.env if not n.startswith("$")]
            hint = did_you_mean(name, known)
            if type(scope).__name__ == "StaticScope" and not hint:
                hint = "add --import to let s2sad run the file and see"
            self.frame.refuse(
                node,
                f"the name {name!r} is not defined",
                hint or None,
                UnknownNameError,
            )
        return self.bound(found)

    def bound(self, found: Binding, owner: Binding | None = None) -> Value:
        """A value for what a free name, or an attribute of a module, means."""
        scope = self.frame.source.scope
        if found.kind != "value":
            return Static(found, scope)
        if found.known and (found.value is None or isinstance(found.value, bool)):
            return Const(found.value)
        path, module, origin = found.path, scope.module_name, found.origin
        if origin == "closure" and scope is not self.root:
            # a cell of another function: the derivative cannot see it change
            if not isinstance(found.value, int | float | complex | str):
                raise UnsupportedError(
                    f"the closure variable {path!r} of a helper is not a plain number",
                    at=self.b.origin.location if self.b.origin else None,
                    hint="pass it as an argument",
                )
            return Const(found.value)
        if owner is not None and owner.kind == "module":
            if not is_library(owner.path):
                path, module, origin = path.rpartition(".")[2], owner.path, "module"
        value = self.b.emit(
            "global", path=path, module=module, origin=origin, type=_live_type(found)
        )
        if value.type.kind == "array":
            value.type = array(value.type.ndim, frozenset({value}), value.type.dtype)
        return value

    def expr_Attribute(self, node: gast.Attribute) -> Value:
        base = self.expr(node.value)
        if isinstance(base, Static):
            found = base.scope.attribute(base.binding, node.attr)
            if found.kind == "unknown":
                self.frame.refuse(
                    node,
                    f"{base.binding.path} has no attribute {node.attr!r} known here",
                    kind=UnknownNameError,
                )
            return self.bound(found, base.binding)
        return self.attribute(base, node.attr, node)

    def attribute(self, base: Value, name: str, node: gast.AST) -> Value:
        if name not in ARRAY_ATTRIBUTES:
            self.frame.refuse(
                node,
                f"the attribute .{name} of an object is not supported",
                "pass the arrays themselves as arguments",
            )
        if name in ("real", "imag"):
            return self.b.emit("call", base, fn=f"numpy.{name}", kw=())
        return self.b.emit("getattr", base, attr=name)

    def expr_BinOp(self, node: gast.BinOp) -> Value:
        # A long sum nests to the left: walk down it without recursion.
        spine = []
        inner: gast.AST = node
        while isinstance(inner, gast.BinOp):
            spine.append(inner)
            inner = inner.left
        value = self.expr(inner)
        for outer in reversed(spine):
            right = self.expr(outer.right)
            self.b.origin = self.frame.origin(outer)
            value = self.b.emit(BINARY[type(outer.op)], value, right)
        return value

    def expr_UnaryOp(self, node: gast.UnaryOp) -> Value:
        operand = self.expr(node.operand)
        if isinstance(node.op, gast.Not) and isinstance(operand, Const):
            return Const(not operand.value)
        return self.b.emit(UNARY[type(node.op)], operand)

    def expr_Compare(self, node: gast.Compare) -> Value:
        left = self.expr(node.left)
        return self.compare(left, list(node.ops), list(node.comparators))

    def compare(self, left: Value, ops: list[gast.AST], rest: list[gast.AST]) -> Value:
        right = self.expr(rest[0])
        code = COMPARE[type(ops[0])]
        first = self.static_test(code, left, right)
        if first is None:
            first = self.b.emit(code, left, right)
        if len(ops) == 1:
            return first
        return self.choose(
            first, lambda: self.compare(right, ops[1:], rest[1:]), lambda: first
        )

    def static_test(self, code: str, left: Value, right: Value) -> Value | None:
        """`x is None` where that is known; comparisons of constants."""
        if code in ("is", "isnot") and isinstance(right, Const) and right.value is None:
            # a variable that a loop carries may be None at first, and not later
            if isinstance(left, Const):
                return Const((left.value is None) == (code == "is"))
        if isinstance(left, Const) and isinstance(right, Const):
            if code in ("eq", "ne"):
                return Const((left.value == right.value) == (code == "eq"))
        return None

    def expr_BoolOp(self, node: gast.BoolOp) -> Value:
        return self.boolean(isinstance(node.op, gast.And), list(node.values))

    def boolean(self, conjunction: bool, values: list[gast.AST]) -> Value:
        first = self.expr(values[0])
        if len(values) == 1:
            return first
        rest = lambda: self.boolean(conjunction, values[1:])  # noqa: E731
        if conjunction:
            return self.choose(first, rest, lambda: first)
        return self.choose(first, lambda: first, rest)

    def expr_IfExp(self, node: gast.IfExp) -> Value:
        test = self.expr(node.test)
        return self.choose(
            test, lambda: self.expr(node.body), lambda: self.expr(node.orelse)
        )

    def choose(
        self, test: Value, then: Callable[[], Value], other: Callable[[], Value]
    ) -> Value:
        """A value from one of two branches, of which only one is run."""
        if isinstance(test, Const):
            return then() if test.value else other()
        env = dict(self.frame.env)
        blocks, values, ends = [], [], []
        outer = self.b
        for make in (then, other):
            block = Block()
            blocks.append(block)
            self.frame.env = dict(env)
            self.b = Builder(block, outer.origin)
            values.append(make())
            ends.append(self.frame.env)
        self.b = outer
        return self.merge(test, blocks, env, ends, values)

    def statements(self, body: list[gast.AST]) -> None:
        raise NotImplementedError

    def merge(
        self,
        test: Value,
        blocks: list[Block],
        env: dict[str, Value],
        ends: list[dict[str, Value]],
        values: list[Value],
    ) -> Value:
        raise NotImplementedError

    def expr_NamedExpr(self, node: gast.NamedExpr) -> Value:
        value = self.expr(node.value)
        self.bind(node.target.id, value)
        return value

    def bind(self, name: str, value: Value) -> None:
        """Assign to a variable; a value without a name takes this one."""
        if value.op is not None and value.name is None and not name.startswith("$"):
            value.name = name
        self.frame.env[name] = value

    def expr_Tuple(self, node: gast.Tuple) -> Value:
        return self.display("tuple", node)

    def expr_List(self, node: gast.List) -> Value:
        if not node.elts and self.frame.source.path.startswith("<s2sad "):
            return self.b.emit("tape", type=Type("list"))
        return self.display("list", node)

    def display(self, code: str, node: gast.AST) -> Value:
        for part in node.elts:
            if isinstance(part, gast.Starred):
                self.frame.refuse(part, "a starred item is not supported here")
        return self.b.emit(code, *(self.expr(part) for part in node.elts))

    def expr_Subscript(self, node: gast.Subscript) -> Value:
        base = self.expr(node.value)
        return self.b.emit("getitem", base, self.index(node.slice))

    def index(self, node: gast.AST) -> Value:
        return self.expr(node)

    def expr_Slice(self, node: gast.Slice) -> Value:
        parts = (node.lower, node.upper, node.step)
        values = [Const(None) if p is None else self.expr(p) for p in parts]
        return self.b.emit("slice", *values)

    def expr_JoinedStr(self, node: gast.JoinedStr) -> Value:
        parts: list[object] = []
        values = []
        for part in node.values:
            if isinstance(part, gast.Constant):
                parts.append(part.value)
                continue
            if part.format_spec is not None and not all(
                isinstance(p, gast.Constant) for p in part.format_spec.values
            ):
                self.frame.refuse(part, "a computed format is not supported")
            parts.append((part.conversion, part.format_spec))
            values.append(self.expr(part.value))
        return self.b.emit("fstring", *values, parts=tuple(parts))


DESCRIPTIONS = {
    "Await": "await",
    "Yield": "yield",
    "YieldFrom": "yield from",
    "ListComp": "a list comprehension",
    "SetComp": "a set comprehension",
    "DictComp": "a dict comprehension",
    "GeneratorExp": "a generator expression",
    "Dict": "a dict display",
    "Set": "a set display",
    "Starred": "a starred expression",
    "Try": "try",
    "TryStar": "try with except*",
    "AsyncFor": "async for",
    "AsyncWith": "async with",
    "ClassDef": "a class inside a function",
    "Match": "match",
    "With": "with",
    "Delete": "del",
    "Global": "global",
    "Nonlocal": "nonlocal",
}


def is_library(path: str) -> bool:
    """Is a module one that an emitted text can import by its public name?"""
    return path.split(".")[0] in ("numpy", "math", "cmath", "scipy")


def _live_type(found: Binding) -> Type:
    if not found.known:
        return Type("any")
    value = found.value
    kind = of_constant(value)
    if kind.kind != "object":
        return kind
    if type(value).__module__ == "numpy":
        if type(value).__name__ == "ndarray":
            dtype = {"f": "float", "i": "int", "u": "int", "b": "bool", "c": "complex"}
            return array(value.ndim, None, dtype.get(value.dtype.kind))
        names = {"f": "float", "i": "int", "u": "int", "b": "bool", "c": "complex"}
        if hasattr(value, "dtype"):
            return Type(names.get(value.dtype.kind, "any"))
    return Type("any")
