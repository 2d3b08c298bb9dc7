"""Adjoints of lists: lists of zeros, to which items are added."""

from __future__ import annotations

from collections.abc import Callable

from s2sad.compiled.kinds import Kind, refuse, type_of
from s2sad.compiled.nest import INTEGER
from s2sad.compiled.waiting import Waiting
from s2sad.ir.core import Block, Coined, Const, Op, Value, walk
from s2sad.ir.types import INT, Type


class Shadows(Waiting):
    """Loops over the items of lists."""

    def zeros(self, op: Op) -> None:
        """A list of zeros, as many as the other has items."""
        value = op.args[0]
        self.keeps_apart(op, value)
        made = self.b.effect("tape")
        self.take_over(made, self.kind(op.result), op.result)
        self.fill_zeros(op, op.result, value)

    def fill_zeros(self, op: Op, shadow: Value, value: Value) -> None:
        kind = self.kind(value)
        if kind.name == "tuple":
            for k in range(len(kind.items)):
                self.zero(op, shadow, self.taken(value, Const(k), kind.items[k]))
            return

        def body(k: Value) -> None:
            item = self.taken(value, k, self.kinds.items[kind.site])
            self.zero(op, shadow, item)

        self.over(value, body)

    def zero(self, op: Op, shadow: Value, item: Value) -> None:
        """Append the zero of an item."""
        kind = self.kind(item)
        if kind.is_number:
            self.b.effect("push", shadow, Const(0.0))
        elif kind.is_array:
            own = self.kinds.items[self.kind(shadow).site]
            zeros = Kind("array", own.dtype, kind.dims)
            self.b.effect("push", shadow, self.empty(zeros, None, "zeros"))
        else:
            inner = self.b.effect("tape").define(None, Type("list"))
            self.kinds.set(inner, self.kinds.items[self.kind(shadow).site])
            self.fill_zeros(op, inner, item)
            self.b.effect("push", shadow, inner)

    def taken(self, value: Value, k: Value, kind: Kind) -> Value:
        """An item; its lengths are its own."""
        item = self.b.emit("getitem", value, k, type=type_of(kind))
        made = Op("getitem", [value, k])
        made.results = [item]
        self.kinds.set(item, self.kinds.op_getitem(made))
        return item

    def over(self, value: Value, body: Callable[[Value], None]) -> None:
        """A loop over the indices of a list."""
        count = self.call("len", value, kind=INTEGER)
        span = self.b.emit("range", Const(0), count, Const(1), type=Type("range"))
        inner = Block()
        k = inner.param(Coined("k"), INT)
        self.kinds.set(k, INTEGER)
        self.b.region("for", [span], [inner])
        with self.into(inner):
            body(k)

    def op_additems(self, op: Op) -> None:
        """Add an array to a list of numbers, or of lists of numbers."""
        base, g = op.args
        if self.kind(base).is_array:
            self.assign(base, g, "add")
            return
        self.force(g)
        self.add(op, base, g)

    def add(self, op: Op, base: Value, g: Value) -> None:
        kind, own = self.kind(base), self.kind(g)
        item = self.kinds.items.get(kind.site)
        sequence = own.is_array or own.name == "list"
        if kind.name != "list" or item is None or not sequence:
            refuse(op, f"adding {own} to {kind}")

        def body(k: Value) -> None:
            part = self.taken(g, k, own)
            if item.is_number and self.kind(part).is_number:
                self.b.effect("augitem", base, k, part, op="add")
            elif item.name == "list":
                self.add(op, self.taken(base, k, item), part)
            else:
                refuse(op, f"adding {own} to a list of {item}")

        self.over(base, body)

    def add_at(self, op: Op) -> None:
        """Add to one item of a list."""
        base, index, g = op.args
        if not self.kind(index).is_number:
            refuse(op, "adding to several items of a list")
        item = self.kinds.items[self.kind(base).site]
        if item.is_number:
            self.b.effect("augitem", base, index, g, op="add")
        elif item.is_array:
            self.assign(self.taken(base, index, item), g, "add")
        else:
            refuse(op, f"adding to an item that is {item}")

    def assign(self, target: Value, value: Value, code: str | None) -> None:
        raise NotImplementedError

    def keeps_apart(self, op: Op, value: Value) -> None:
        """An array that stands in a list twice has one adjoint: that is not so here."""
        kind = self.kind(value)
        inside = self.kinds.items.get(kind.site) if kind.name == "list" else None
        if inside is not None and inside.is_number:
            return
        mine = self.memory.own(value)
        seen: set[object] = set()
        for other in walk(self.function.body):
            if other.code in ("list", "tuple") and self.memory.own(other.result) & mine:
                items = other.args
            elif other.code in ("push", "insert", "setitem"):
                if not self.memory.own(other.args[0]) & mine:
                    continue
                items = other.args[-1:]
            else:
                continue
            for item in items:
                if item.type.is_scalar:
                    continue
                made = item.op
                objects = self.memory.own(item)
                fresh = made is not None and made.block is other.block
                if objects & seen or not (fresh or self.is_outermost(other)):
                    refuse(op, "a list that may hold one array twice")
                seen |= objects

    def is_outermost(self, op: Op) -> bool:
        return op.block is self.function.body
