"""Tangents of what is read, stored, listed: the same is done to the tangents.

v = y[i]          dv = dy[i]
y[i] = v          dy[i] = dv
y[i] *= v         dy[i] = dy[i] * v + y[i] * dv;  before y[i] itself is changed
xs.append(x)      dxs.append(dx)
x = xs.pop()      dx = dxs.pop()
"""

from __future__ import annotations

from s2sad.errors import UnsupportedError
from s2sad.ir.builder import Builder
from s2sad.ir.core import Const, Op, Value
from s2sad.ir.infer import item
from s2sad.ir.types import FLOAT, Type
from s2sad.transform.adjoints import adjoint_type
from s2sad.transform.tangent_state import TangentState


class TangentMemory(TangentState):
    """Elements, stores, containers."""

    def getitem(self, op: Op, b: Builder) -> None:
        self.same_part(op, b)

    def getattr(self, op: Op, b: Builder) -> None:
        self.same_part(op, b)

    def same_part(self, op: Op, b: Builder) -> None:
        """The same part of the tangent as of the value: a view if that is one."""
        result = op.result
        if result not in self.active:
            return
        tangent = self.of(op.args[0])
        if tangent is None:
            self.untouched(result, b)
            return
        attrs = {k: v for k, v in op.attrs.items() if k not in ("fact", "type")}
        part = b.emit(
            op.code, tangent, *op.args[1:], type=adjoint_type(result), **attrs
        )
        if part.op is not None and part.op.block is b.block and part.name is None:
            if part.op.code == op.code and part.op.args[:1] == [tangent]:
                part.name = self.name(result)
        self.hold(result, part)

    def take(self, op: Op, b: Builder) -> None:
        tangent = self.of(op.args[0])
        if op.result not in self.active:
            return
        if tangent is None:
            self.untouched(op.result, b)
            return
        copy = b.emit("take", tangent, type=adjoint_type(op.result), fresh=True)
        copy.name = self.name(op.result)
        self.hold(op.result, copy)

    def setitem(self, op: Op, b: Builder) -> None:
        base, index, value = op.args
        buffer = self.of(base)
        if buffer is None:
            self.lost(op)
            return
        b.effect("setitem", buffer, index, self.stored(base, value, b))

    def stored(self, base: Value, value: Value, b: Builder) -> Value:
        """The tangent of what is stored; into an array, 0 is as good as zeros."""
        tangent = self.of(value)
        if tangent is None:
            if base.type.kind == "array" or value.type.is_scalar:
                return Const(0.0)
            return self.full(value, b)
        return tangent

    def augitem(self, op: Op, b: Builder) -> None:
        """Before the operation itself: the tangent of its new value needs the old."""
        base, index, value = op.args
        how = op.attrs["op"]
        buffer, change = self.of(base), self.of(value)
        if buffer is None:
            self.lost(op)
            return
        if how in ("add", "sub"):
            if change is not None:
                b.effect("augitem", buffer, index, change, op=how)
            return
        if how not in ("mul", "div"):
            raise UnsupportedError(
                f"no tangent of this augmented assignment ({how})",
                at=op.origin.location if op.origin else None,
                hint="write x[i] = x[i] ** e",
            )
        if change is None:
            b.effect("augitem", buffer, index, value, op=how)
            return
        old = b.emit("getitem", base, index, type=self.part_type(base, index))
        part = b.emit("getitem", buffer, index, type=self.part_type(base, index))
        if how == "mul":
            left = b.emit("mul", part, value)
            new = b.emit("add", left, b.emit("mul", old, change))
        else:
            ratio = b.emit("div", old, value)
            top = b.emit("sub", part, b.emit("mul", ratio, change))
            new = b.emit("div", top, value)
        b.effect("setitem", buffer, index, new)

    def part_type(self, base: Value, index: Value) -> Type:
        kind = item(base, index)
        return FLOAT if kind.is_scalar else kind

    def addat(self, op: Op, b: Builder) -> None:
        base, index, value = op.args
        buffer, change = self.of(base), self.of(value)
        if buffer is None:
            self.lost(op)
        elif change is not None:
            b.effect("addat", buffer, index, change)

    def same_change(self, op: Op, b: Builder) -> None:
        """The list of tangents gains and loses items as the list does."""
        tangents = self.of(op.args[0])
        if tangents is None:
            if op.code in ("push", "insert", "additems"):
                self.lost(op)
            return
        rest = list(op.args[1:])
        if op.code in ("push", "insert", "additems"):
            rest[-1] = self.full(rest[-1], b)
        elif op.code == "addattr":
            rest[0] = self.full(rest[0], b)
        attrs = {k: v for k, v in op.attrs.items() if k not in ("fact", "type")}
        if not op.results:
            b.effect(op.code, tangents, *rest, **attrs)
            return
        kind = adjoint_type(op.result)
        tangent = b.emit(op.code, tangents, *rest, type=kind, **attrs)
        tangent.name = self.name(op.result)
        self.hold(op.result, tangent)

    def display(self, op: Op, b: Builder) -> None:
        """A list of tangents for a list, also an empty one: it may be appended to."""
        if op.result not in self.active:
            return
        if op.code == "tuple" and all(self.of(v) is None for v in op.args):
            return
        args = op.args
        if op.code == "dict":  # keys and values take turns
            args = [v if k % 2 == 0 else self.full(v, b) for k, v in enumerate(args)]
        else:
            args = [self.full(v, b) for v in args]
        attrs = {k: v for k, v in op.attrs.items() if k not in ("fact", "items")}
        tangent = b.emit(op.code, *args, **attrs)
        tangent.name = self.name(op.result)
        self.hold(op.result, tangent)

    def lost(self, op: Op) -> None:
        """A store into what has no tangent: right if nothing stored has one either."""
        value = op.args[-1]
        if op.args[0] in self.active and self.of(value) is not None:
            raise UnsupportedError(
                "a value that has a derivative is stored where none was expected",
                at=op.origin.location if op.origin else None,
                hint="use an array made in this function",
            )
