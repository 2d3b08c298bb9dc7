"""Objects of the user's classes: made, read, changed, called, added."""

from __future__ import annotations

from typing import Any

import gast

from s2sad.errors import MutationError
from s2sad.frontend.base import Base
from s2sad.frontend.classes import Class, ClassValue, Field, Late, Member, of_binding
from s2sad.frontend.frame import Closure, Frame, Static
from s2sad.frontend.scope import Binding, classify
from s2sad.frontend.virtual import (
    Aggregate,
    Bound,
    Either,
    Record,
    Super,
    Unknown,
    is_plain,
)
from s2sad.frontend.ways import ITEM, SEVERAL, Mark, Told, Way, alike, keys_of
from s2sad.ir.core import Coined, Const, Undef, Value
from s2sad.ir.types import Type

#: The method of a class that an operator calls, and the one of its right operand.
DUNDER = {
    **{
        code: (f"__{name}__", f"__r{name}__")
        for code, name in {
            "add": "add", "sub": "sub", "mul": "mul", "div": "truediv",
            "floordiv": "floordiv", "mod": "mod", "pow": "pow", "matmul": "matmul",
            "bitand": "and", "bitor": "or", "bitxor": "xor", "lshift": "lshift",
            "rshift": "rshift",
        }.items()
    },
    "lt": ("__lt__", "__gt__"), "le": ("__le__", "__ge__"),
    "gt": ("__gt__", "__lt__"), "ge": ("__ge__", "__le__"),
    "eq": ("__eq__", "__eq__"), "ne": ("__ne__", "__ne__"),
}  # fmt: skip
UNARY_DUNDER = {"neg": "__neg__", "pos": "__pos__", "invert": "__invert__"}


class Objects(Base):
    """The part of the lowering that knows classes."""

    #: parameters that are objects, as records over them
    over: dict[Value, Record]
    #: parameters whose attributes are assigned
    assigned: dict[Value, None]
    #: the classes that parameters are annotated with
    classes: dict[Value, Class]
    #: what the call has told
    told: Told
    #: ways that lead to objects, or further to some
    led: set[Way]
    #: values that are reached by a way
    ways: dict[Value, Way]
    #: values that are objects of one class or another, as the run decides
    mixed: set[Value]
    #: what loops carry that began as None
    nothing: set[Value]

    def class_of(self, value: Value) -> Class | None:
        """The class that a value is, if it is one of the user's."""
        if isinstance(value, ClassValue):
            return value.cls
        if isinstance(value, Static):
            return of_binding(value.binding, value.scope)
        return None

    def object_class(self, value: Value) -> Class | None:
        """The class that a value is an object of."""
        if isinstance(value, Record | Aggregate):
            return value.cls
        return self.classes.get(value)

    def traced(self, value: Value, way: Way) -> Value:
        """What a way leads to: a value with its class, or the function that it is."""
        found = self.told.get(way)
        if isinstance(found, Type):
            value.type = found
            if value.op is not None:
                value.op.attrs["fact"] = value.type
        elif isinstance(found, type):
            scope = self.frame.source.scope
            cls = of_binding(classify(found, found.__name__), scope)
            if cls is not None:
                self.classes[value] = cls
        elif found is not None and not isinstance(found, Mark):
            return Static(classify(found, str(way[-1])), self.frame.source.scope)
        self.ways[value] = way
        return value

    def part_of(self, found: Value, base: Value, key: object) -> Value:
        """An attribute or an item of what an argument leads to."""
        way = self.ways.get(base)
        if way is None:
            return found
        if (*way, key) in self.told:
            return self.traced(found, (*way, key))
        if self.told.get((*way, ITEM)) is SEVERAL:
            self.mixed.add(found)
        return self.traced(found, (*way, ITEM))

    def led_items(self, value: Value) -> list[tuple[Any, Value]] | None:
        """Keys and items of a container whose items are objects of several classes."""
        way = self.ways.get(value)
        keys = None if way is None else keys_of(self.told, way)
        if keys is None:
            return None
        items = [self.b.emit("getitem", value, Const(key)) for key in keys]
        return [
            (key, self.part_of(item, value, key))
            for key, item in zip(keys, items, strict=True)
        ]

    def is_led(self, value: Value) -> bool:
        """Is it an object of an argument, or has it one in it?"""
        way = self.ways.get(value)
        led = way is not None and way in self.led
        return led or value in self.classes or value in self.mixed

    def united_ways(self, new: Value, olds: list[Value]) -> None:
        """One value for what several paths leave: an object if all are alike."""
        every = olds
        olds = [v for v in every if not self.is_nothing(v)]
        led = [v for v in olds if self.is_led(v)]
        if every and not olds:
            self.nothing.add(new)
        if not led:
            return
        first = led[0]
        way = self.ways.get(first)
        for other in olds:
            there = self.ways.get(other)
            same = self.classes.get(other) is self.classes.get(first)
            both = way is not None and there is not None
            if both:
                same = same and alike(self.told, way or (), there or ())
            if not same or both != (way is not None) or other in self.mixed:
                self.mixed.add(new)
                return
        if first in self.mixed:
            self.mixed.add(new)
        if first in self.classes:
            self.classes[new] = self.classes[first]
        if way is not None:
            self.ways[new] = way

    def is_told(self, value: Value) -> bool:
        """Is it known for an object of an argument, whatever its class?"""
        found = self.told.get(self.ways.get(value, ()))
        return isinstance(found, type)

    def is_nothing(self, value: Value) -> bool:
        """Is it None, or not bound, as far as is known here?"""
        none = isinstance(value, Const) and value.value is None
        return none or isinstance(value, Undef) or value in self.nothing

    def one_class(self, value: Value) -> None:
        """Refuse to look into an object whose class is one of several."""
        if value in self.mixed:
            self.nowhere("of which class this object is depends on the run")

    def record_over(self, value: Value, node: gast.AST) -> Record:
        """A parameter that is an object, as a record of what is changed of it."""
        if value not in self.over:
            record = Record("object", self.site(node), self.classes.get(value), value)
            self.over[value] = record
        record = self.over[value]
        if record not in self.heap:
            self.heap[record] = Aggregate("object", (), (), record.cls)
        return record

    # -- making ---------------------------------------------------------------------

    def instantiate(
        self,
        cls: Class,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> Value:
        if cls.raised:
            self.refuse(node, "an exception that is made and not raised")
        if cls.refusal is not None:
            self.refuse(node, f"{cls.name} is a class {cls.refusal}: not supported")
        if cls.is_tuple:
            bound = self.fields(cls, args, keywords, node)
            return Aggregate("tuple", tuple(bound.values()), None, cls)
        record = Record("object", self.site(node), cls)
        self.heap[record] = Aggregate("object", (), (), cls)
        init = cls.find("__init__")
        if cls.fields is not None and (init is None or _is_generated(init)):
            for name, value in self.fields(cls, args, keywords, node).items():
                self.put(record, name, value)
            after = cls.find("__post_init__")
            if after is not None:
                self.call_member(after, record, [], {}, node)
        elif init is not None:
            self.call_member(init, record, args, keywords, node)
        elif args or keywords:
            self.refuse(node, f"{cls.name}() takes no arguments")
        return record

    def fields(
        self,
        cls: Class,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> dict[str, Value]:
        """The fields of a dataclass or NamedTuple, from the arguments of its call."""
        known = cls.fields or {}
        ordered = [n for n, f in known.items() if f.init and not f.kw_only]
        if len(args) > len(ordered):
            self.refuse(node, f"{cls.name}() takes {len(ordered)} arguments")
        given = dict(zip(ordered, args, strict=False))
        for name, value in keywords.items():
            if name in given or name not in known or not known[name].init:
                self.refuse(node, f"{cls.name}() has no argument {name!r} to be given")
            given[name] = value
        found = {}
        for name, each in known.items():
            if name in given:
                found[name] = given[name]
            elif each.default is not None or each.factory is not None:
                found[name] = self.default(each, node)
            elif each.init:
                self.refuse(node, f"{cls.name}() needs the argument {name!r}")
        return found

    def default(self, field: Field, node: gast.AST) -> Value:
        if field.factory is not None:
            return self.apply(self.settled(field.factory, node), [], {}, node)
        assert field.default is not None
        return self.settled(field.default, node)

    def settled(self, value: Value, node: gast.AST) -> Value:
        """A constant of a class as a value."""
        if isinstance(value, Late):
            caller, self.frame = self.frame, value.frame
            try:
                return self.expr(value.node)
            finally:
                self.frame = caller
        if isinstance(value, Static) and value.binding.kind == "value":
            found = value.binding
            if found.known and isinstance(
                found.value, bool | int | float | complex | str | type(None)
            ):
                return Const(found.value)
            if found.known and isinstance(found.value, tuple):
                items = found.value
                if all(isinstance(v, bool | int | float | str) for v in items):
                    return Aggregate("tuple", tuple(map(Const, items)))
            if "<locals>" in found.path:
                self.refuse(node, f"the class attribute {found.path} cannot be seen")
            return self.bound(found)
        return value

    def bound(self, found: Binding, owner: Binding | None = None) -> Value:
        raise NotImplementedError

    # -- reading --------------------------------------------------------------------

    def get(self, owner: Value, name: str, node: gast.AST) -> Value | None:
        """`owner.name`, of an object of a class that is known; nothing if unknown."""
        cls = self.object_class(owner)
        if cls is not None and cls.refusal is not None:
            self.refuse(node, f"{cls.name} is a class {cls.refusal}: not supported")
        member = cls.find(name) if cls is not None else None
        if member is not None and member.kind in ("property", "opaque"):
            return self.member_value(member, owner, node)
        if isinstance(owner, Aggregate):
            names = list(cls.fields or ()) if cls is not None else []
            if name in names:
                return owner.items[names.index(name)]
            if name == "_fields":
                return Aggregate("tuple", tuple(map(Const, names)))
        record = owner
        if is_plain(owner) and owner in self.over:
            record = self.over[owner]
        if isinstance(record, Record):
            content = self.heap.get(record)
            if isinstance(content, Aggregate) and content.kind == "placed":
                if name in content.fields:
                    at = Const(content.fields.index(name))
                    return self.b.emit("getitem", content.items[0], at)
            elif isinstance(content, Aggregate):
                found = content.get(name)
                if found is not None:
                    return found
            if name == "__dict__":
                self.refuse(node, "__dict__ of an object is not supported")
        fields = (cls.fields or {}) if cls is not None else {}
        if member is not None and (member.kind != "value" or name not in fields):
            if member.kind != "slot":
                return self.member_value(member, owner, node)
        if is_plain(owner) or (isinstance(record, Record) and record.base is not None):
            return None
        if name == "__class__" and cls is not None:
            return ClassValue(cls)
        self.refuse(
            node,
            f"the object has no attribute {name!r} here",
            "set it in __init__, on every path",
        )

    def member_value(self, member: Member, owner: Value, node: gast.AST) -> Value:
        kind = member.kind
        if kind == "method":
            return Bound(_of(member), owner)
        if kind == "property":
            return self.call_member(member, owner, [], {}, node)
        if kind == "static":
            return member.value
        if kind == "class":
            cls = self.object_class(owner)
            assert cls is not None
            return Bound(_of(member), ClassValue(cls))
        if kind == "opaque":
            self.refuse(node, "a descriptor or decorated member is not supported")
        return self.settled(member.value, node)

    def class_attribute(self, cls: Class, name: str, node: gast.AST) -> Value:
        """`Class.name`"""
        member = cls.find(name)
        if name == "__name__":
            return Const(cls.name)
        if member is None:
            self.refuse(node, f"{cls.name} has no attribute {name!r} known here")
        if member.kind == "class":
            return Bound(_of(member), ClassValue(cls))
        if member.kind in ("method", "static"):
            return _of(member)
        if member.kind == "value":
            return self.settled(member.value, node)
        self.refuse(node, f"{cls.name}.{name} is not supported")

    def super_attribute(self, value: Super, name: str, node: gast.AST) -> Value:
        cls = self.object_class(value.owner)
        assert cls is not None
        member = cls.find_above(value.above, name)
        if member is None:
            if name == "__init__":
                above = _keeps_args if cls.raised else _nothing
                return Bound(above(self.frame), value.owner)
            self.refuse(node, f"no class above {value.above.name} has {name!r}")
        return self.member_value(member, value.owner, node)

    def call_member(
        self,
        member: Member,
        owner: Value,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> Value:
        return self.apply(Bound(_of(member), owner), args, keywords, node)

    # -- changing -------------------------------------------------------------------

    def set_attribute(
        self, base: Value, name: str, value: Value, node: gast.AST
    ) -> None:
        if isinstance(base, Either):
            either = base
            self.choose(
                either.test,
                lambda: self._set(either.then, name, value, node),
                lambda: self._set(either.other, name, value, node),
            )
            return
        if isinstance(base, Unknown):
            self.operand(base)
        if is_plain(base):
            base = self.changeable(base, node)
        if not isinstance(base, Record) or base.kind != "object":
            if isinstance(base, Static | ClassValue):
                self.refuse(node, "writing to an attribute of a module or class")
            self.refuse(node, "an attribute of this cannot be assigned")
        cls = base.cls
        member = cls.find(name) if cls is not None else None
        if cls is not None and cls.frozen:
            self.refuse(node, f"{cls.name} is frozen: its fields cannot be assigned")
        if cls is not None and cls.refusal is not None:
            self.refuse(node, f"{cls.name} is a class {cls.refusal}: not supported")
        if member is not None and member.setter is not None:
            store = Member("method", member.setter, member.owner)
            self.call_member(store, base, [value], {}, node)
            return
        if member is not None and member.kind in ("property", "opaque"):
            self.refuse(node, f"{name} is a property: assigning it is not supported")
        self.put(base, name, value)

    def _set(self, base: Value, name: str, value: Value, node: gast.AST) -> Value:
        self.set_attribute(base, name, value, node)
        return Const(None)

    def changeable(self, base: Value, node: gast.AST) -> Record:
        """A parameter whose attributes are assigned; the run looks that they can be."""
        if base.op is not None or base.block is None or base.block.owner is not None:
            raise MutationError(
                "this object came out of a container or another object, and its"
                " attributes are assigned",
                at=self.frame.source.location(node),
                hint="assign the attributes of an object that is an argument itself",
            )
        self.assigned[base] = None
        return self.record_over(base, node)

    def put(self, record: Record, name: str, value: Value) -> None:
        if record.sealed:
            self.nowhere("this object may also be known under another name")
        content = self.heap[record]
        assert isinstance(content, Aggregate)
        if content.kind == "placed":
            if name not in content.fields:
                self.nowhere(f"an object in a list gets the new attribute {name}")
            at = Const(content.fields.index(name))
            self.b.effect("setitem", content.items[0], at, value)
            return
        hint = name if name.isidentifier() else None
        if is_plain(value) and value.op is not None and value.name is None and hint:
            value.name = Coined(hint)
        self.heap[record] = content.put(name, value)

    def del_attribute(self, base: Value, name: str, node: gast.AST) -> None:
        if not isinstance(base, Record) or base.base is not None:
            self.refuse(node, "del of an attribute of this is not supported")
        content = self.heap[base]
        assert isinstance(content, Aggregate)
        if base.sealed or content.get(name) is None:
            self.refuse(node, f"del of the attribute {name!r} is not supported here")
        self.heap[base] = content.without(name)

    # -- operators ------------------------------------------------------------------

    def dunder(
        self, code: str, left: Value, right: Value, node: gast.AST
    ) -> Value | None:
        """What an operator means for objects; nothing if none of both is one."""
        if isinstance(left, Either):
            return self.choose(
                left.test,
                lambda: self.binary(code, left.then, right, node),
                lambda: self.binary(code, left.other, right, node),
            )
        if isinstance(right, Either):
            return self.choose(
                right.test,
                lambda: self.binary(code, left, right.then, node),
                lambda: self.binary(code, left, right.other, node),
            )
        names = DUNDER.get(code)
        if names is None:
            return None
        for owner, other, name in ((left, right, names[0]), (right, left, names[1])):
            cls = self.object_class(owner)
            member = cls.find(name) if cls is not None else None
            if member is not None and member.kind == "method":
                if not (
                    _is_generated(member)
                    or (
                        name in ("__eq__", "__ne__")
                        and cls is not None
                        and cls.is_tuple
                    )
                ):
                    return self.call_member(member, owner, [other], {}, node)
        if code in ("eq", "ne") and _objects(left, right):
            return self.equal_objects(code, left, right, node)
        return None

    def binary(self, code: str, left: Value, right: Value, node: gast.AST) -> Value:
        raise NotImplementedError

    def equal_objects(
        self, code: str, left: Value, right: Value, node: gast.AST
    ) -> Value | None:
        """Objects of plain classes are equal if they are one; dataclasses by fields."""
        a, b = self.object_class(left), self.object_class(right)
        if not isinstance(left, Record) or not isinstance(right, Record):
            return None
        if a is not b or a is None or a.fields is None:
            return Const((left is right) == (code == "eq"))
        self.refuse(node, "comparing dataclasses is not supported")

    def unary(self, code: str, value: Value, node: gast.AST) -> Value | None:
        cls = self.object_class(value)
        member = cls.find(UNARY_DUNDER.get(code, "")) if cls is not None else None
        if member is not None and member.kind == "method":
            return self.call_member(member, value, [], {}, node)
        return None

    def special(
        self, name: str, owner: Value, args: list[Value], node: gast.AST
    ) -> Value | None:
        """A method like `__len__` of an object's class, called; nothing if none."""
        cls = self.object_class(owner)
        member = cls.find(name) if cls is not None else None
        if member is None or member.kind != "method" or _is_generated(member):
            return None
        if cls is not None and cls.is_tuple and isinstance(member.owner, Class):
            if member.owner.live is tuple:
                return None
        return self.call_member(member, owner, args, {}, node)


def _of(member: Member) -> Value:
    """A member's function, which remembers the class for `super()`."""
    value = member.value
    if isinstance(value, Closure):
        found = Closure(value.node, value.frame, value.defaults)
        found.home = member.owner
        return found
    if isinstance(value, Static):
        copy = Static(value.binding, value.scope)
        copy.home = member.owner
        return copy
    return value


def _nothing(frame: Frame) -> Closure:
    """`object.__init__`: does nothing."""
    node = gast.parse("lambda self: None", mode="eval").body
    return Closure(node, frame, {})


def _keeps_args(frame: Frame) -> Closure:
    """`BaseException.__init__`"""
    node = gast.parse("def __init__(self, *args):\n    self.args = args\n").body[0]
    return Closure(node, frame, {})


def _objects(left: Value, right: Value) -> bool:
    return all(isinstance(v, Record) and v.kind == "object" for v in (left, right))


def _is_generated(member: Member) -> bool:
    """Was the method made by a decorator: `__init__` of a dataclass?"""
    value = member.value
    if not isinstance(value, Static):
        return False
    code = getattr(value.binding.value, "__code__", None)
    return code is None or code.co_filename.startswith("<")
