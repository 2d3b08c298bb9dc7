"""The adjoints of reading and of changing parts of arrays.

    v = y[i]       by[i] += bv
    y[i] = v       bv += by[i]; by[i] = 0; y[i] is put back
    y[i] += v      bv += by[i]; y[i] is put back, if an adjoint above reads it

In-place changes after Giering and Kaminski, Recipes for adjoint code construction
(TOMS 24(4), 1998).
"""

from __future__ import annotations

from s2sad.analysis.memory import has_slice
from s2sad.errors import UnsupportedError
from s2sad.ir.builder import Builder
from s2sad.ir.core import Const, Op, Value
from s2sad.ir.infer import index_parts, is_basic, item, roots_of
from s2sad.ir.types import FLOAT, Type
from s2sad.rules import registry
from s2sad.transform.adjoints import may_be_list
from s2sad.transform.state import State


class Stores(State):
    """Elements, slices, and the stores into them."""

    def getitem(self, op: Op, b: Builder) -> None:
        base, index = op.args
        result = op.result
        if result in self.adj.forward and index.type.kind == "slice":
            self.share(base, index, result, b)
        if result not in self.active or self.adj.is_view(result):
            return
        g = self.adj.of(result, b)
        if g is None or base not in self.active:
            return
        self.scatter(base, index, g, b)

    def share(self, base: Value, index: Value, part: Value, b: Builder) -> None:
        """A list of the same items: arrays have one shadow, numbers are added."""
        if base.type.kind == "list" and part in self.active and has_numbers(part):
            shadow = self.adj.shadow(base, b)
            g = self.adj.shadow(part, b)
            b.effect("addat", shadow, index, g, adjoint=True)

    def scatter(self, base: Value, index: Value, g: Value, b: Builder) -> None:
        """Add into the shadow of `base` where `base[index]` was read."""
        made = base.op
        if made is not None and registry.has_parts(made) and isinstance(index, Const):
            self.parts.setdefault(base, {})[index.value] = g
            return
        if made is not None and made.code in ("tuple", "list"):
            fixed = isinstance(index, Const) and not self.memory.is_mutated(base)
            if fixed and made.block is self.sweep.mirror.get(b.block):
                assert isinstance(index, Const)
                self.adj.add(made.args[index.value], g, b)
                return
        shadow = self.adj.shadow(base, b)
        if base.type.kind != "array" and may_be_list(g, base) and is_basic(index):
            part = b.emit("getitem", shadow, index, type=Type("any"))
            total = b.call("s2sad.runtime.plus", part, g)
            b.effect("setitem", shadow, index, total, adjoint=True)
        elif self.may_be_list_item(base, index, g):
            b.effect("addat", shadow, index, g, adjoint=True)
        elif is_basic(index):
            b.effect("augitem", shadow, index, g, op="add", adjoint=True)
        else:
            b.effect("addat", shadow, index, g, adjoint=True)

    def may_be_list_item(self, base: Value, index: Value, g: Value) -> bool:
        """May what is there be a list, so that `+=` would make it longer?"""
        if base.type.kind == "array" or len(index_parts(index)) > 1:
            return False
        return has_slice(index) or not (g.type.is_scalar or g.type.kind == "num")

    def setitem(self, op: Op, b: Builder) -> None:
        base, index, value = op.args
        self.put_back(op, b)
        if base not in self.active:
            return
        if base in self.adj.forward and self.shadows.holds(base):
            self.replace_item(op, b)
            return
        shadow = self.adj.shadow(base, b)
        part = b.emit("getitem", shadow, index, type=self.part_type(base, index))
        listed = base.type.kind in ("list", "dict")
        fancy = not listed and not is_basic(index) and not _is_mask(index)
        if fancy and value in self.active:
            # an index that comes twice stores twice, and the last one stays
            part = b.emit(
                "call",
                part,
                index,
                shadow,
                fn="s2sad.runtime.last_stored",
                kw=(),
                type=part.type,
            )
        apart = base.type.kind in ("list", "dict")  # its item is replaced, not changed
        g = (
            b.emit("take", part, type=part.type, fresh=True)
            if value in self.active and not (apart and part.type.is_scalar)
            else part
        )
        if apart and not part.type.is_scalar and value in self.active:
            g = part
        nothing: Value = Const(0.0)
        if apart and not value.type.is_scalar:  # what was there may have a structure
            old = b.emit("getitem", base, index)
            nothing = b.call("s2sad.runtime.zeros_like", old)
        b.effect("setitem", shadow, index, nothing, adjoint=True)
        if value in self.active and apart:
            self.hand_over(value, g, b, op)
        elif value in self.active:
            self.stored(value, g, part, b)

    def augitem(self, op: Op, b: Builder) -> None:
        base, index, value = op.args
        how = op.attrs["op"]
        self.put_back(op, b)
        if base not in self.active:
            return
        if not is_basic(index) and not _is_mask(index):
            raise UnsupportedError(
                "x[index] += e with an array of indices stores only the last of equal"
                " ones",
                at=op.origin.location if op.origin else None,
                hint="np.add.at adds them all; or write x[index] = x[index] + e",
            )
        if how not in ("add", "sub", "mul", "div"):
            raise UnsupportedError(
                f"no adjoint of this augmented assignment ({how})",
                at=op.origin.location if op.origin else None,
                hint="write x[i] = x[i] ** e",
            )
        shadow = self.adj.shadow(base, b)
        part = b.emit("getitem", shadow, index, type=self.part_type(base, index))
        g = b.emit("take", part, type=part.type, fresh=True)
        if how in ("mul", "div"):  # before the value's own share, which may overlap
            b.effect("augitem", shadow, index, value, op=how, adjoint=True)
        if value not in self.active:
            return
        term = g
        if how == "sub":
            term = b.emit("neg", g, type=g.type)
        elif how != "add":
            old = b.emit("getitem", base, index, type=self.part_type(base, index))
            term = b.emit("mul", g, old)
            if how == "div":
                term = b.emit("div", b.emit("neg", term), b.emit("mul", value, value))
        self.stored(value, term, part, b)

    def addat(self, op: Op, b: Builder) -> None:
        """`np.add.at(y, i, v)`: bv += by[i]"""
        base, index, value = op.args
        self.put_back(op, b)
        if base not in self.active or value not in self.active:
            return
        shadow = self.adj.shadow(base, b)
        part = b.emit("getitem", shadow, index, type=self.part_type(base, index))
        listed = base.type.kind != "array"
        if listed and (value in self.adj.forward or value in self.adj.items):
            known = self.adj.shadow(value, b)  # it may be the very item: added to none
            total = b.emit("iop", known, part, op="add", adjoint=True, type=known.type)
            if value in self.adj.items:
                self.adj.current[value] = total
            return
        g = (
            b.emit("take", part, type=part.type, fresh=True)
            if is_basic(index)
            else part
        )
        self.stored(value, g, part, b)

    def additems(self, op: Op, b: Builder) -> None:
        """Each item of v goes into one of y: bv += by, item by item."""
        base, value = op.args
        if base not in self.active or value not in self.active:
            return
        if value in self.adj.forward:
            b.effect("additems", self.adj.shadow(value, b), self.adj.shadow(base, b))
        else:
            whole = b.call("s2sad.runtime.match", self.adj.shadow(base, b), value)
            whole = b.call("s2sad.runtime.own", whole)
            self.adj.add(value, whole, b)

    def take(self, op: Op, b: Builder) -> None:
        """A copy of a part, for the part."""
        g = self.adj.of(op.result, b) if op.result in self.active else None
        if g is not None:
            self.adj.add(op.args[0], g, b)

    def stored(self, value: Value, g: Value, part: Value, b: Builder) -> None:
        """The adjoint of a value that a store has broadcast to the part it fills."""
        if part.type.is_scalar or roots_of(part) == roots_of(value):
            self.adj.add(value, g, b)
            return
        self.adj.add(value, self.narrowed(g, value, b), b)

    def part_type(self, base: Value, index: Value) -> Type:
        kind = item(base, index)
        return FLOAT if kind.is_scalar else kind

    def put_back(self, op: Op, b: Builder) -> None:
        """Mark where the reverse sweep restores what a store has overwritten."""
        place = b.effect("restore", op.args[0], op.args[1])
        self.sweep.undo.append((op, place))


def has_numbers(items: Value) -> bool:
    """May a list have numbers for items?"""
    kinds = items.type.items
    return not kinds or any(k.kind not in ("array", "list", "dict") for k in kinds)


def _is_mask(index: Value) -> bool:
    return index.type.kind == "array" and index.type.dtype == "bool"
