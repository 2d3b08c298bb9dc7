"""Expressions to three-address code, in Python's order of evaluation."""

from __future__ import annotations

import gast

from s2sad.errors import UnknownNameError, UnsupportedError, did_you_mean
from s2sad.frontend.base import literal_key
from s2sad.frontend.classes import Class, ClassValue, of_binding
from s2sad.frontend.comprehensions import Comprehensions
from s2sad.frontend.frame import Frame, Static
from s2sad.frontend.scope import Binding, classify
from s2sad.frontend.virtual import (
    Aggregate,
    Caught,
    Either,
    ListMethod,
    Record,
    Super,
    Unknown,
    is_plain,
)
from s2sad.ir.core import Const, Undef, Value
from s2sad.ir.types import FLOAT, INT, Type, array, of_constant

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
    ["T", "mT", "shape", "size", "ndim", "dtype", "real", "imag", "flat", "itemsize"]
)


#: Methods of a list, a dict or an array, where it is not known which it is.
CONTAINER_METHODS = frozenset(
    [
        *("append", "extend", "insert", "pop", "remove", "reverse", "sort", "clear"),
        *("index", "count", "copy", "keys", "values", "items", "get", "update"),
        *("setdefault", "fill", "view", "appendleft", "popleft"),
    ]
)


class Expressions(Comprehensions):
    """The part of the lowering that makes values; one method for each node."""

    #: attributes that are read of values whose class is not known
    read_of: set[tuple[Value, str]]
    #: values of unknown class that any attribute is read of
    looked_into: set[Value]

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
        place = self.frame.place(name)
        if place is not None:
            assert isinstance(place, Record)
            return self.heap.get(place) or Undef()
        frame: Frame | None = self.frame
        while frame is not None:
            if name in frame.cells:
                return self.heap.get(frame.cells[name]) or Undef()  # type: ignore[call-overload]
            if name in frame.env:
                return frame.env[name]
            if name in frame.local:
                return Undef()  # bound on no path so far: Python raises when it runs
            frame = frame.outer
        scope = self.frame.source.scope
        source = self.frame.source
        if source.nested and name == source.name:
            return Static(Binding("function", name, source=lambda: source), scope)
        found = scope.resolve(name)
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
        constant = found.known and (
            found.value is None or isinstance(found.value, bool)
        )
        if constant and is_library(found.path):
            return Const(found.value)  # the user's own may be another tomorrow
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
        cls = self.class_of_live(found)
        if cls is not None:
            self.classes[value] = cls
        if value.type.kind == "array":
            value.type = array(value.type.ndim, frozenset({value}), value.type.dtype)
        return value

    def class_of_live(self, found: Binding) -> Class | None:
        """The class of an object that is a global, if it is one of the user's."""
        if not found.known or type(found.value).__module__ in ("builtins", "numpy"):
            return None
        scope = self.frame.source.scope
        return of_binding(
            classify(type(found.value), type(found.value).__name__), scope
        )

    def expr_Attribute(self, node: gast.Attribute) -> Value:
        return self.attribute(self.expr(node.value), node.attr, node)

    def attribute(self, base: Value, name: str, node: gast.AST) -> Value:
        """`base.name`, whatever the base is."""
        if isinstance(base, Either):
            return self.choose(
                base.test,
                lambda: self.attribute(base.then, name, node),
                lambda: self.attribute(base.other, name, node),
            )
        if isinstance(base, Unknown):
            self.operand(base)
        if isinstance(base, Super):
            return self.super_attribute(base, name, node)
        if isinstance(base, Caught):
            if isinstance(base.carried, Unknown | Undef):
                self.refuse(node, "what an exception carries is not known here")
            return self.attribute(base.carried, name, node)
        if isinstance(base, Static | ClassValue):
            return self.static_attribute(base, name, node)
        if isinstance(base, Aggregate) and name in ("_replace", "_asdict"):
            return ListMethod(name, base)
        if isinstance(base, Aggregate) and name in base.fields:
            return base.items[base.fields.index(name)]  # np.linalg.eigh(A).eigenvalues
        self.one_class(base)
        told = self.is_told(base)
        if told or self.object_class(base) is not None or self.is_changed(base):
            found = self.get(base, name, node)
            if found is not None:
                return found
            place = self.object_base(base)
            if place not in self.classes:
                self.read_of.add((place, name))
            return self.part_of(
                self.field_of(place, name, self.object_class(base)), place, name
            )
        if isinstance(base, Record | Aggregate):
            if base.kind == "object":
                found = self.get(base, name, node)
                assert found is not None
                return found
            return ListMethod(name, base)
        if not is_plain(base):
            self.refuse(node, f"the attribute .{name} of a function is not supported")
        self.looked_into.add(base)
        if name in ("real", "imag"):
            return self.b.emit("call", base, fn=f"numpy.{name}", kw=())
        if name == "flat":  # what is read of it: a store is refused as one into a view
            return self.b.emit("call", base, fn="numpy.ravel", kw=())
        if name in ARRAY_ATTRIBUTES:
            return self.b.emit("getattr", base, attr=name)
        if self.is_method(name):
            return ListMethod(name, base)
        self.read_of.add((base, name))
        return self.b.emit("getattr", base, attr=name)

    def is_changed(self, base: Value) -> bool:
        """Is it an argument that has been assigned attributes?"""
        content = self.heap.get(self.over[base]) if base in self.over else None
        return isinstance(content, Aggregate) and bool(content.items)

    def field_of(self, place: Value, name: str, cls: Class | None) -> Value:
        """An attribute of an argument, of the kind that its class says."""
        value = self.b.emit("getattr", place, attr=name)
        field = (cls.fields or {}).get(name) if cls is not None else None
        kinds = {"float": FLOAT, "int": INT, "ndarray": array(None, frozenset({value}))}
        if field is not None and field.kind in kinds and value.op is not None:
            value.type = value.op.attrs["fact"] = kinds[field.kind]
        return value

    def object_base(self, base: Value) -> Value:
        if isinstance(base, Record) and base.base is not None:
            return base.base
        return base

    def is_method(self, name: str) -> bool:
        from s2sad.frontend.calls import METHODS

        return name in METHODS or name in CONTAINER_METHODS

    def static_attribute(self, base: Value, name: str, node: gast.AST) -> Value:
        """An attribute of a module or a class."""
        cls = self.class_of(base)
        if cls is not None:
            return self.class_attribute(cls, name, node)
        assert isinstance(base, Static)
        found = base.scope.attribute(base.binding, name)
        if found.kind == "unknown":
            self.frame.refuse(
                node,
                f"{base.binding.path} has no attribute {name!r} known here",
                kind=UnknownNameError,
            )
        return self.bound(found, base.binding)

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
            value = self.binary(BINARY[type(outer.op)], value, right, outer)
        return value

    def binary(self, code: str, left: Value, right: Value, node: gast.AST) -> Value:
        """An operator on two values, whatever they are."""
        led = left in self.classes or right in self.classes
        self.one_class(left)
        self.one_class(right)
        if code == "bitor" and "dict" in (left.type.kind, right.type.kind):
            if self.content(left) is None or self.content(right) is None:
                return self.dict_of([left, right], node)
        if code == "add":
            self.as_list(left, right)
            self.as_list(right, left)
        if is_plain(left) and is_plain(right) and not led:
            left, right = (
                self.as_array_with(code, left, right),
                self.as_array_with(code, right, left),
            )
            if left.type.kind == right.type.kind == "list" and code == "add":
                return self.joined(left, right, node)
            if code == "mul" and "list" in (left.type.kind, right.type.kind):
                return self.repeated(left, right, node)
            return self.b.emit(code, left, right)
        special = self.dunder(code, left, right, node)
        if special is not None:
            return special
        if code in ("in", "notin"):
            return self.contained(code, left, right, node)
        if code in ("is", "isnot"):
            return self.identical(code, left, right, node)
        first, second = self.content(left), self.content(right)
        if code == "bitor" and first is not None and second is not None:
            if first.kind == second.kind == "dict":
                return self.united_dict(first, second, node)
        for content in (first, second):
            if content is not None and content.kind in ("set", "dict", "object"):
                if code not in ("eq", "ne"):
                    self.refuse(node, f"this operator on a {content.kind}")
        if code == "add" and (first is not None or second is not None):
            return self.joined(left, right, node)
        if code == "mul" and (first is not None or second is not None):
            return self.repeated(left, right, node)
        if code in ("eq", "ne") and first is not None and second is not None:
            return self.all_equal(code, first, second, node)
        return self.b.emit(code, left, right)

    def as_array_with(self, code: str, value: Value, other: Value) -> Value:
        """A list of an argument where an array is meant: `values * x`, `values - x`."""
        if value.type.kind != "list" or value not in self.ways:
            return value
        arrays = other.type.kind == "array"
        if code in ("sub", "div", "pow", "matmul") or (
            arrays and code in ("add", "mul")
        ):
            return self.b.call("numpy.asarray", value)
        if code == "mul" and other.type.kind == "any":
            self.b.effect("check", other, fn="require_number")
        return value

    def as_list(self, value: Value, other: Value) -> None:
        """What a recursive call returns is a list, if a list is added to it."""
        listed = isinstance(other, Record) and other.kind == "list"
        made = value.op
        if made is None or made.code != "calluser" or value.type.kind != "any":
            return
        if listed or other.type.kind == "list":
            self.b.effect("check", value, fn="require_list")
            value.type = made.attrs["fact"] = Type("list")

    def united_dict(self, a: Aggregate, b: Aggregate, node: gast.AST) -> Value:
        """`{...} | {...}`"""
        for key, item in zip(b.keys, b.items, strict=True):
            a = a.put(key, item)
        return self.new_dict(list(a.keys), list(a.items), node)

    def joined(self, left: Value, right: Value, node: gast.AST) -> Value:
        """Two lists or tuples, one after the other."""
        a, b = self.static_items(left), self.static_items(right)
        if a is not None and b is not None:
            if isinstance(left, Aggregate):
                return Aggregate("tuple", (*a, *b))
            return self.new_list([*a, *b], node)
        if not (a is not None or left.type.kind == "list"):
            return self.b.emit("add", left, right)
        result = self.list_value([], node)
        self.extend(result, left, node)
        self.extend(result, right, node)
        return result

    def repeated(self, left: Value, right: Value, node: gast.AST) -> Value:
        """`[0.0] * n`"""
        if self.content(left) is None and left.type.kind != "list":
            left, right = right, left
        items = self.static_items(left)
        if (
            items is not None
            and isinstance(right, Const)
            and len(items) * right.value <= 64
        ):
            many = [v for _ in range(right.value) for v in items]
            if isinstance(left, Aggregate):
                return Aggregate("tuple", tuple(many))
            return self.new_list(many, node)
        result = self.list_value([], node)
        count = self.b.emit("range", Const(0), right, Const(1), type=Type("range"))
        self.over_range(count, lambda _: self.extend(result, left, node))
        return result

    def contained(self, code: str, left: Value, right: Value, node: gast.AST) -> Value:
        special = self.special("__contains__", right, [left], node)
        if special is not None:
            test = self.truth(special, node)
            if code == "in" or isinstance(test, Const):
                return test if code == "in" else Const(not test.value)  # type: ignore[attr-defined]
            return self.b.emit("not", test)
        items = self.static_items(right)
        if items is None:
            return self.b.emit(code, left, right)
        known, key = literal_key(left)
        if known and all(literal_key(v)[0] for v in items):
            found = any(literal_key(v)[1] == key for v in items)
            return Const(found == (code == "in"))
        if not all(map(is_plain, items)):
            self.refuse(node, "`in` for objects is not supported")
        listed = self.operand(Aggregate("tuple", tuple(items)))
        return self.b.emit(code, left, listed)

    def identical(self, code: str, left: Value, right: Value, node: gast.AST) -> Value:
        if isinstance(left, Record) and isinstance(right, Record):
            if left.sealed or right.sealed:
                self.nowhere("this object may also be known under another name")
            return Const((left is right) == (code == "is"))
        if isinstance(left, Caught | Unknown):
            return self.b.emit(code, self.operand(left), right)
        if isinstance(right, Const) or isinstance(left, Const):
            return Const(code == "isnot")  # an object is not None
        a, b = self.class_of(left), self.class_of(right)
        if a is not None and b is not None:
            return Const((a is b) == (code == "is"))
        return self.b.emit(code, left, right)

    def all_equal(
        self, code: str, first: Aggregate, second: Aggregate, node: gast.AST
    ) -> Value:
        """Tuples and lists are equal if their items are."""
        if first.kind != second.kind or len(first.items) != len(second.items):
            return Const(code == "ne")
        result: Value = Const(True)
        for a, b in zip(first.items, second.items, strict=True):
            so_far = result
            result = self.choose(
                so_far,
                lambda a=a, b=b: self.truth(self.binary("eq", a, b, node), node),  # type: ignore[misc]
                lambda: Const(False),
            )
        if code == "eq":
            return result
        known = isinstance(result, Const)
        return Const(not result.value) if known else self.b.emit("not", result)  # type: ignore[attr-defined]

    def expr_UnaryOp(self, node: gast.UnaryOp) -> Value:
        operand = self.expr(node.operand)
        code = UNARY[type(node.op)]
        if code == "not":
            operand = self.truth(operand, node)
            if isinstance(operand, Const):
                return Const(not operand.value)
        self.one_class(operand)
        if not is_plain(operand) or operand in self.classes:
            found = self.unary(code, operand, node)
            if found is not None:
                return found
        return self.b.emit(code, operand)

    def expr_Compare(self, node: gast.Compare) -> Value:
        left = self.expr(node.left)
        return self.compare(left, list(node.ops), list(node.comparators))

    def compare(self, left: Value, ops: list[gast.AST], rest: list[gast.AST]) -> Value:
        right = self.expr(rest[0])
        code = COMPARE[type(ops[0])]
        first = self.static_test(code, left, right)
        if first is None:
            first = self.binary(code, left, right, rest[0])
        if len(ops) == 1:
            return first
        return self.choose(
            self.truth(first, rest[0]),
            lambda: self.compare(right, ops[1:], rest[1:]),
            lambda: first,
        )

    def static_test(self, code: str, left: Value, right: Value) -> Value | None:
        """`x is None` where that is known; comparisons of constants."""
        if code in ("is", "isnot") and isinstance(right, Const) and right.value is None:
            # a variable that a loop carries may be None at first, and not later
            if isinstance(left, Const):
                return Const((left.value is None) == (code == "is"))
            if left.op is not None and left.op.code in ("tuple", "list", "dict"):
                return Const(code == "isnot")
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
        test = self.truth(first, values[0])
        if conjunction:
            return self.choose(test, rest, lambda: first)
        return self.choose(test, lambda: first, rest)

    def expr_IfExp(self, node: gast.IfExp) -> Value:
        test = self.truth(self.expr(node.test), node.test)
        return self.choose(
            test, lambda: self.expr(node.body), lambda: self.expr(node.orelse)
        )

    def expr_NamedExpr(self, node: gast.NamedExpr) -> Value:
        value = self.expr(node.value)
        self.bind(node.target.id, value)
        return value

    def bind(self, name: str, value: Value) -> None:
        """Assign to a variable; a value without a name takes this one."""
        if is_plain(value) and value.op is not None and value.name is None:
            if not name.startswith("$"):
                value.name = name
        place = self.frame.place(name)
        if place is not None:
            assert isinstance(place, Record)
            self.heap[place] = value
            return
        if name in self.frame.shared_globals:
            raise UnsupportedError(
                f"the global variable {name} is assigned",
                at=self.b.origin.location if self.b.origin else None,
                hint="return the value, and assign it where the function is called",
            )
        self.frame.env[name] = value

    def expr_Subscript(self, node: gast.Subscript) -> Value:
        from s2sad.rules.expanded import subscripted

        base = self.expr(node.value)
        index = self.index(node.slice)
        made = subscripted(self, base, index, node)
        return self.getitem(base, index, node) if made is None else made

    def index(self, node: gast.AST) -> Value:
        return self.expr(node)

    def expr_Yield(self, node: gast.Yield) -> Value:
        self.refuse(node, "a yield that is given a value is not supported")

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
            shown = self.expr(part.value)
            values.append(shown.value if isinstance(shown, Caught) else shown)
        return self.b.emit("fstring", *values, parts=tuple(parts))


DESCRIPTIONS = {
    "Await": "await",
    "YieldFrom": "yield from",
    "Starred": "a starred expression",
    "TryStar": "try with except*",
    "AsyncFor": "async for",
    "AsyncWith": "async with",
    "AsyncFunctionDef": "an async function",
    "Set": "a set display",
    "TypeAlias": "a type alias",
    "TemplateStr": "a template string",
}


def is_library(path: str) -> bool:
    """Is a module one that an emitted text can import by its public name?"""
    return path.split(".")[0] in ("numpy", "math", "cmath", "scipy")


def _live_type(found: Binding) -> Type:
    if not found.known:
        return Type("any")
    value = found.value
    kind = of_constant(value)
    if value is None:
        return Type("any")
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
