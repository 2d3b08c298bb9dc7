"""Remove what nothing needs: operations, stores into memory that is never read,
values that a loop carries for nobody.

An operation lives if its result is used by one that lives, or if it must happen: an
assertion, a print. A store lives if its array is read by something that lives, other
than for its shape. Loop-carried values and results of branches live one by one.
"""

from __future__ import annotations

from s2sad.analysis.memory import STRUCTURE, Memory, only_views
from s2sad.analysis.shapes import shape_operands
from s2sad.ir.core import Block, Function, Op, Value, home, walk
from s2sad.rules import registry

STORES = STRUCTURE | {
    *("setitem", "augitem", "iadd", "addat", "restore", "iop"),
    *("additems", "drop", "addattr"),
}
#: What cannot raise, and is made where it is used.
INERT = frozenset({"slice", "tuple", "range", "global"})
MUST = frozenset({"assert", "raise", "check", "calluser", "calltangent"})


def remove_dead(function: Function) -> None:
    """Delete dead operations, in place."""
    Liveness(function.body).sweep()


class Liveness:
    """Marks what lives, from the results backwards; then sweeps the rest."""

    def __init__(self, body: Block) -> None:
        self.body = body
        self.memory = Memory(body)
        self.values: set[Value] = set()
        self.ops: set[Op] = set()
        self.read: set[object] = set()
        self.pending: list[Value] = []
        self.stores: dict[object, list[Op]] = {}
        self.waiting: list[Op] = []
        for op in walk(body):
            if op.code in STORES:
                for item in self.memory.changes(op):
                    self.stores.setdefault(item, []).append(op)
        for op in list(walk(body)):
            if op.code in MUST or _has_effect(op):
                self.mark_op(op)
        self.mark(*body.results)
        self.drain()

    def mark(self, *values: Value) -> None:
        for value in values:
            if value not in self.values:
                self.values.add(value)
                self.pending.append(value)

    def mark_op(self, op: Op) -> None:
        if op.blocks:
            self.keep_region(op)
            return
        if op in self.ops:
            return
        self.ops.add(op)
        self.enclose(op)
        self.mark(*op.args)
        for value in self.contents(op):
            self.touch(value)

    def enclose(self, op: Op) -> None:
        """What is inside a branch or loop needs its condition or its trip count."""
        block = op.block
        while block is not None and block.owner is not None:
            self.keep_region(block.owner)
            block = block.owner.block

    def keep_region(self, op: Op) -> None:
        if op in self.ops:
            return
        self.ops.add(op)
        if op.code in ("if", "for") and op.args:
            self.mark(op.args[0])
        if "catch" in op.attrs:  # whether it raises decides what follows
            for inner in walk(op.blocks[0]):
                if inner.code not in INERT:
                    self.mark_op(inner)
        if op.code == "while":
            self.mark(*op.blocks[0].results)
        if op.attrs.get("stop"):
            self.mark(op.blocks[-1].results[0])
        self.enclose(op)

    def contents(self, op: Op) -> list[Value]:
        if op.code in STORES and op.code not in ("restore", "iop", "pop", "popat"):
            return op.args[1:]
        if op.code == "restore":
            return []
        if only_views(op):
            return op.args[1:]
        shapes = shape_operands(op)
        return [
            v
            for k, v in enumerate(op.args)
            if k not in shapes
            or self.memory.is_resized(v)  # a list's length is content
        ]

    def touch(self, value: Value) -> None:
        """The memory of a value is read: the stores into it live."""
        for item in self.memory.of(value):
            if item not in self.read:
                self.read.add(item)
                self.waiting += self.stores.get(item, ())

    def drain(self) -> None:
        for value in self.body.results:
            self.touch(value)
        while self.pending or self.waiting:
            if self.waiting:
                self.mark_op(self.waiting.pop())
                continue
            value = self.pending.pop()
            if value.op is not None:
                self.define(value.op, value)
            elif value.block is not None:
                self.parameter(value, value.block)

    def define(self, op: Op, value: Value) -> None:
        if not op.blocks:
            self.mark_op(op)
            return
        self.keep_region(op)
        k = op.results.index(value)
        if op.code == "if":
            self.mark(*(b.results[k] for b in op.blocks))
            return
        self.slot(op, k)

    def parameter(self, value: Value, block: Block) -> None:
        op = block.owner
        if op is None:
            return
        self.keep_region(op)
        if op.code == "if":
            return  # an exception that was caught
        k = block.params.index(value) - (len(block.params) - len(op.results))
        if k >= 0:
            self.slot(op, k)

    def slot(self, op: Op, k: int) -> None:
        """A carried value lives: its start, its parameters, its yield."""
        skip = 1 if op.code == "for" else 0
        body = op.blocks[-1]
        self.mark(
            op.args[skip + k], body.results[k + (1 if op.attrs.get("stop") else 0)]
        )
        for block in op.blocks:
            self.mark(block.params[len(block.params) - len(op.results) + k])
        self.mark(op.results[k])

    def sweep(self) -> None:
        self._sweep(self.body)

    def _sweep(self, body: Block) -> None:
        stack = [body]
        while stack:
            block = stack.pop()
            block.ops = [op for op in block.ops if self.lives(op)]
            for op in block.ops:
                self.trim(op)
                stack.extend(op.blocks)

    def lives(self, op: Op) -> bool:
        return op in self.ops or any(v in self.values for v in op.results)

    def trim(self, op: Op) -> None:
        """Drop the dead among what a branch yields or a loop carries."""
        if op.code == "if":
            keep = [k for k, v in enumerate(op.results) if v in self.values]
            for block in op.blocks:
                block.results = [block.results[k] for k in keep]
            op.results = [op.results[k] for k in keep]
        elif op.code in ("for", "while"):
            keep = [k for k, v in enumerate(op.results) if v in self.values]
            skip = 1 if op.code == "for" else 0
            offset = 1 if op.attrs.get("stop") else 0
            count = len(op.results)
            op.args = op.args[:skip] + [op.args[skip + k] for k in keep]
            for block in op.blocks:
                start = len(block.params) - count
                params = block.params[start:]
                block.params = block.params[:start] + [params[k] for k in keep]
            body = op.blocks[-1]
            body.results = body.results[:offset] + [
                body.results[offset + k] for k in keep
            ]
            op.results = [op.results[k] for k in keep]


def _has_effect(op: Op) -> bool:
    if op.code != "call":
        return False
    rule = registry.find(op)
    return rule is not None and rule.effect


__all__ = ["Liveness", "home", "remove_dead"]
