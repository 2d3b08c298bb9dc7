"""The adjoints of changing what a list or a dict has.

    v is put at the end of y     bv += by.pop()
    v is taken from the end      by.append(bv)
    y[k] goes                    by[k] = 0

The shadow of a list has an item for each item that the list has at that point of the
program: it is made where the reverse sweep meets the end of the list's life, and loses
and regains items as the sweep goes back.
"""

from __future__ import annotations

from s2sad.analysis.memory import CONTAINERS
from s2sad.ir.builder import Builder
from s2sad.ir.core import Block, Const, Op, Value, blocks_within, home
from s2sad.transform.adjoints import NeedsShadows, adjoint_type, zeros
from s2sad.transform.state import State


class Lists(State):
    """Lists and dicts that are values of the program."""

    def begin_lists(self, block: Block, b: Builder) -> None:
        """Make the shadows of the lists whose life ends with this block."""
        stored = _handed_on(block)
        made = [v for op in block.ops for v in op.results if not op.blocks]
        for value in [*block.params, *made]:
            if value not in self.active or value in self.adj.current:
                continue
            if value in self.adj.forward:
                continue
            if value in stored or (value in block.results and block.owner is not None):
                continue
            if value.type.kind in ("list", "dict") and self.memory.is_mutated(value):
                if not self.adj.is_view(value):
                    self.adj.shadow(value, b)

    def whose_length(self, op: Op) -> None:
        """Refuse to change the length of a list that may be one of several."""
        value = op.args[0]
        made = value.op
        single = (made is not None and not made.blocks) or (
            made is None and value.block is self.function.body
        )
        if not single and value not in self.adj.forward:
            raise NeedsShadows(value, op)

    def push(self, op: Op, b: Builder) -> None:
        self.undo_structure(op, b)
        target, value = op.args
        if target not in self.active:
            return
        self.whose_length(op)
        shadow = self.adj.shadow(target, b)
        if value in self.adj.forward:
            known = self.adj.forward[value]
            if home(value) is op.block and op.block is not self.function.body:
                self.adj.forward[value] = b.emit("pop", shadow, type=known.type)
                self.adj.forward[value].name = known.name
            else:
                b.effect("drop", shadow)
            return
        part = b.emit("pop", shadow, type=adjoint_type(value))
        self.hand_over(value, part, b, op)

    def insert(self, op: Op, b: Builder) -> None:
        self.undo_structure(op, b)
        target, at, value = op.args
        if target not in self.active:
            return
        self.whose_length(op)
        shadow = self.adj.shadow(target, b)
        part = b.emit("popat", shadow, at, type=adjoint_type(value))
        if value not in self.adj.forward:
            self.hand_over(value, part, b, op)

    def pop(self, op: Op, b: Builder) -> None:
        self.undo_structure(op, b)
        if op.args[0] not in self.active:
            return
        self.whose_length(op)
        shadow = self.adj.shadow(op.args[0], b)
        b.effect("push", shadow, self.taken(op, b))

    def popat(self, op: Op, b: Builder) -> None:
        self.undo_structure(op, b)
        target, at = op.args
        if target not in self.active:
            return
        self.whose_length(op)
        shadow = self.adj.shadow(target, b)
        b.effect("insert", shadow, at, self.taken(op, b))

    def delitem(self, op: Op, b: Builder) -> None:
        target, key = op.args
        self.undo_structure(op, b)
        if target in self.active:
            before: Value = Const(0.0)
            if target in self.adj.forward:
                before = self.before(op)
            shadow = self.adj.shadow(target, b)
            b.effect("setitem", shadow, key, before, adjoint=True)

    def before(self, op: Op) -> Value:
        """What the shadow of a list had where an item was replaced or taken out."""
        return self.shadows.old[op]

    def replace_item(self, op: Op, b: Builder) -> None:
        """`y[k] = v` of a list whose shadow the forward sweep has made."""
        base, index, value = op.args
        shadow = self.adj.shadow(base, b)
        if value in self.active and value not in self.adj.forward:
            part = b.emit("getitem", shadow, index, type=adjoint_type(value))
            self.hand_over(value, part, b, op)
        b.effect("setitem", shadow, index, self.before(op), adjoint=True)

    def taken(self, op: Op, b: Builder) -> Value:
        """The adjoint of an item that was taken out, in memory of its own."""
        value = op.result
        if value in self.adj.forward:
            return self.adj.forward[value]
        found = self.adj.of(value, b)
        if value in self.adj.items:
            assert found is not None
            return found
        if found is None:
            return zeros(value, b)
        if value.type.is_scalar or found in self.adj.owned:
            return found
        return b.emit("take", found, type=found.type, fresh=True)

    def hand_over(self, value: Value, part: Value, b: Builder, op: Op) -> None:
        """The adjoint of an item, back to what was put there.

        For a list that changes, it is the list's own shadow, and goes on as that.
        """
        if value not in self.active or isinstance(value, Const):
            return
        changes = self.memory.is_stored(value) and not value.type.is_scalar
        if value.type.kind in CONTAINERS:
            changes = self.memory.is_mutated(value)
        if changes:
            self.adj.adopt(value, part, b, op)
        else:
            self.adj.add(value, part, b)

    def undo_structure(self, op: Op, b: Builder) -> None:
        """Mark where the reverse sweep gives a list its former items."""
        place = b.effect("restore", *op.args[:1])
        self.sweep.undo.append((op, place))


def _handed_on(block: Block) -> set[Value]:
    """Values that go on under another name: in a list, through a branch or a loop."""
    found: set[Value] = set()
    for inner in blocks_within(block):
        if inner.owner is not None:
            found.update(inner.results)
        for op in inner.ops:
            if op.code in ("push", "insert", "setitem"):
                found.update(op.args[1:])
            elif op.blocks or op.code in ("tuple", "list", "dict"):
                found.update(op.args)
    return found
