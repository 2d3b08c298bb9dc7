"""The end of a branch: what two ways leave behind, as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2sad.frontend.methods import Methods
from s2sad.frontend.structure import Meeting
from s2sad.frontend.virtual import Heap, Record, parts, same
from s2sad.ir.core import Block, Op, Undef, Value

Env = dict[str, Value]
Ends = tuple[tuple[Env, Heap], tuple[Env, Heap]]


class Joins(Methods):
    """What an `if` yields of variables and objects."""

    def meeting(self, op: Op, test: Value, ends: Ends, results: Any) -> Meeting:
        """The place where the two blocks of an `if` meet."""

        def reify(side: int) -> Callable[[Value], Value]:
            def run(value: Value) -> Value:
                b = self.b
                self.b, self.heap = b.at(op.blocks[side]), ends[side][1]
                try:
                    return self.kept(value)
                finally:
                    self.b = b

            return run

        def count(side: int) -> Callable[[Record], int]:
            return lambda r: self.references(r, *ends[side], results[side])

        heaps = (ends[0][1], ends[1][1])
        found = Meeting(
            test, op, heaps, (reify(0), reify(1)), (count(0), count(1)), self.missing
        )
        found.merging = self.merging
        return found

    def join(self, op: Op, test: Value, ends: Ends, result: Any = None) -> Any:
        """What the two blocks of an `if` leave behind, as one."""
        first, second = ends
        results = result if isinstance(result, tuple) else (result, None)
        meeting = self.meeting(op, test, ends, results)
        dead = [raises(block) for block in op.blocks]
        merged: Env = {}
        for name in dict.fromkeys([*first[0], *second[0]]):
            a, b = first[0].get(name) or Undef(), second[0].get(name) or Undef()
            hint = None if name.startswith("$") else name
            merged[name] = self.met(meeting, a, b, hint, dead)
        value = None
        if isinstance(results[0], Value) and isinstance(results[1], Value):
            value = self.met(meeting, results[0], results[1], None, dead)
        elif isinstance(results[0], Value) and not isinstance(result, tuple):
            value = meeting.lifted(results[0], 0, None)
        self.frame.env, self.heap = merged, meeting.close()
        self.inherit_both(op)
        return value

    def inherit_both(self, op: Op) -> None:
        """What is known of the objects and lists that both branches leave."""
        then, other = op.blocks
        for result, *ends in zip(op.results, then.results, other.results, strict=True):
            self.united_ways(result, ends)
            for end in ends:
                self.inherit(result, end)

    def met(
        self, meeting: Meeting, a: Value, b: Value, hint: str | None, dead: list[bool]
    ) -> Value:
        if a is b and not isinstance(a, Record):
            return a
        if dead[0] != dead[1] and not same(a, b):
            return meeting.lifted(b if dead[0] else a, int(dead[0]), hint)
        return meeting.value(a, b, hint)

    def missing(self, record: Record, key: Any, block: Block) -> Value:
        """What an attribute is on a path that does not assign it."""
        if record.base is None:
            return Undef()
        found = self.b.at(block).emit("getattr", record.base, attr=key)
        return self.part_of(found, record.base, key)

    def references(self, record: Record, env: Env, heap: Heap, result: Any) -> int:
        """How many variables and objects refer to a record."""
        held = [env.values(), heap.values()]
        held += [f.env.values() for f in self.stack if f is not self.frame]
        if isinstance(result, Value):
            held.append([result])  # type: ignore[arg-type]
        return sum(
            part is record for values in held for v in values for part in parts(v)
        )


def raises(block: Block) -> bool:
    """Does a block always end in an exception?"""
    if not block.ops:
        return False
    last = block.ops[-1]
    return last.code == "raise" or (
        last.code == "if" and all(raises(b) for b in last.blocks)
    )
