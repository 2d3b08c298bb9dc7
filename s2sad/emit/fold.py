"""Which values are written in place as part of an expression, and which get a name.

A value without a name of its own that is used once is folded into the expression that
uses it, unless a store in between could change what it reads, or the line gets long.
"""

from __future__ import annotations

from bisect import bisect_left

from s2sad.analysis.memory import STORES, STRUCTURE, Memory, only_views
from s2sad.ir.core import Block, Const, Op, Undef, Value, blocks_within, walk

WIDTH = 70
CALLS = frozenset({"calluser", "callrev", "calltangent"})
STATEMENTS = CALLS | {"iop", "pop", "popat", "tape", "for", "while", "unpack"}


class Folding:
    """The values of a function that are folded into their single use."""

    def __init__(self, body: Block) -> None:
        self.memory = Memory(body)
        self.count: dict[Value, int] = {}
        self.width: dict[Value, int] = {}
        self.folded: set[Value] = set()
        self._reads: dict[Value, frozenset[object]] = {}
        for block in blocks_within(body):
            for value in block.results:
                self._use(value)
        for op in walk(body):
            for value in op.args:
                self._use(value)
        self.indices = _indices(body)
        self.folded |= self.indices
        blocks = list(blocks_within(body))
        for block in reversed(blocks):
            self._block(block)

    def _use(self, value: Value) -> None:
        self.count[value] = self.count.get(value, 0) + 1

    def _block(self, block: Block) -> None:
        effects: list[int] = []
        written: list[frozenset[object]] = []
        for at, op in enumerate(block.ops):
            changes = self._writes(op)
            if changes:
                effects.append(at)
                written.append(changes)
            uses = {id(v): v for v in op.args}.values()
            self._consume(list(uses), at, op, block, effects, written)
        end = len(block.ops)
        self._consume(block.results, end, None, block, effects, written)

    def _consume(
        self,
        values: list[Value],
        at: int,
        user: Op | None,
        block: Block,
        effects: list[int],
        written: list[frozenset[object]],
    ) -> None:
        position = self._positions(block)
        budget = WIDTH
        if user is not None:
            budget -= 4 * len(user.args)
        total = sum(self.width.get(v, 8) for v in values if v not in self.folded)
        for value in values:
            op = value.op
            if value in self.indices:
                self.width.setdefault(value, 8)
                continue
            if op is None or op.block is not block or not self._foldable(value, user):
                self.width.setdefault(value, _leaf(value))
                continue
            width = self._width(op)
            total += width - 8
            if total > budget and user is not None and width > 12:
                if not _structural(op):
                    self.width[value] = 8
                    total -= width - 8
                    continue
            start = position[op]
            low, high = bisect_left(effects, start + 1), bisect_left(effects, at)
            reads = self.reads(value)
            if any(written[k] & reads for k in range(low, high)):
                self.width[value] = 8
                continue
            self.folded.add(value)
            self.width[value] = width

    def _positions(self, block: Block) -> dict[Op, int]:
        cached = getattr(self, "_cache", None)
        if cached is None or cached[0] is not block:
            cached = (block, {op: k for k, op in enumerate(block.ops)})
            self._cache = cached
        return cached[1]

    def _foldable(self, value: Value, user: Op | None) -> bool:
        op = value.op
        assert op is not None
        if self.count.get(value) != 1 or op.code in STATEMENTS or len(op.results) != 1:
            return False
        if user is not None and user.results and user.result in self.indices:
            if self.count.get(user.result) != 1:
                return False  # it would be written once for each use of the index
        if op.code == "if":
            return value.name is None and self._is_expression(op)
        if op.code in ("list", "dict") and self.memory.is_mutated(value):
            return False
        if value.name is None:
            return True
        if user is not None and user.code == "push":
            return op.code == "take"
        if user is None or not user.results or user.code in ("for", "while", "if"):
            return False
        same = user.result.name == value.name
        return same and user.code in ("add", "sub") and user.args[0] is value

    def _is_expression(self, op: Op) -> bool:
        """Can an `if` be written as `a if c else b`?"""
        if "catch" in op.attrs or "context" in op.attrs:
            return False
        for block in op.blocks:
            if len(block.results) != 1 or isinstance(block.results[0], Undef):
                return False
            if any(
                not inner.results or any(v not in self.folded for v in inner.results)
                for inner in block.ops
            ):
                return False
        return True

    def _width(self, op: Op) -> int:
        if op.code == "if":
            inner = sum(self.width.get(b.results[0], 8) for b in op.blocks)
            return inner + self.width.get(op.args[0], 8) + 9
        if op.code == "slice":
            parts = [a for a in op.args if not isinstance(a, Const) or a.value]
            return 1 + sum(self.width.get(a, _leaf(a)) for a in parts)
        extra = len(op.attrs.get("fn", "")) if op.code == "call" else 3
        return sum(self.width.get(a, _leaf(a)) for a in op.args) + extra

    def reads(self, value: Value) -> frozenset[object]:
        """The objects that evaluating a folded value reads."""
        if value in self._reads:
            return self._reads[value]
        op = value.op
        found: frozenset[object] = frozenset()
        if op is not None:
            view = only_views(op)
            for arg in op.args:
                if not view:  # a view reads nothing until it is read itself
                    found |= self.memory.of(arg)
                if arg in self.folded:
                    found |= self.reads(arg)
            for block in op.blocks:
                for inner in walk(block):
                    for arg in inner.args:
                        found |= self.memory.of(arg)
        self._reads[value] = found
        return found

    def _writes(self, op: Op) -> frozenset[object]:
        found: set[object] = set()
        inner = [op, *(o for b in op.blocks for o in walk(b))]
        for o in inner:
            if o.code in STORES or o.code in STRUCTURE:
                found |= self.memory.changes(o)
        return frozenset(found)


def _indices(body: Block) -> set[Value]:
    """Slices, indices, names of globals: written wherever they are used."""
    found: set[Value] = set()
    other: set[Value] = set()
    for block in blocks_within(body):
        other.update(block.results)
    for op in walk(body):
        if (
            op.code in ("getitem", "setitem", "augitem", "addat")
            or op.attrs.get("fn") == "s2sad.runtime.last_stored"
        ):
            other.update(v for k, v in enumerate(op.args) if k != 1)
        elif op.code != "tuple" or not any(a.type.kind == "slice" for a in op.args):
            other.update(op.args)
    for op in walk(body):
        if op.code in ("slice", "global") or (
            op.code == "tuple" and op.result not in other
        ):
            found.add(op.result)
    return found


def _structural(op: Op) -> bool:
    """Parts of an index or a call that cannot stand alone nicely."""
    return op.code in ("slice", "tuple", "list", "getitem", "range", "neg", "take")


def _leaf(value: Value) -> int:
    if isinstance(value, Const):
        return len(repr(value.value))
    return len(value.name or "tmp") + 1
