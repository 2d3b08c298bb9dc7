"""Program order: can a use be reached from an operation?

Control flow is structured, so reachability needs no graph: a later place is reached
unless it stands in the other branch of an `if`; an earlier one only around a loop.
"""

from __future__ import annotations

from s2sad.analysis.memory import STORES, Memory
from s2sad.ir.core import Block, Op, Value, enclosing, home


class Order:
    """Positions of a function's operations, and where its values are used."""

    def __init__(self, body: Block) -> None:
        self.position: dict[Op, int] = {}
        self.end: dict[Block, int] = {}
        #: (position, block) of each use; a block's results are used at its end
        self.uses: dict[Value, list[tuple[int, Block]]] = {}
        self.defined: dict[Value, int] = {}
        self._count = 0
        self._number(body)
        self.stores = [op for op in self.position if op.code in STORES]

    def _number(self, body: Block) -> None:
        stack: list[tuple[Block, int]] = [(body, 0)]
        while stack:
            block, k = stack.pop()
            if k < len(block.ops):
                stack.append((block, k + 1))
                op = block.ops[k]
                self._count += 1
                self.position[op] = self._count
                for value in op.results if not op.blocks else ():
                    self.defined[value] = self._count
                for inner in op.blocks:
                    for value in inner.params:
                        self.defined[value] = self._count
                for value in op.args:
                    self.uses.setdefault(value, []).append((self._count, block))
                stack.extend((inner, 0) for inner in reversed(op.blocks))
            else:
                self._count += 1
                self.end[block] = self._count
                for value in block.owner.results if block.owner else ():
                    self.defined[value] = self._count  # the last block's end counts
                for value in block.results:
                    self.uses.setdefault(value, []).append((self._count, block))

    def used_after(self, value: Value, op: Op) -> bool:
        """Is there a use of the value that control may reach after the operation?"""
        here = self.position[op]
        assert op.block is not None
        if self.defined.get(value, 0) > here:
            return False  # every way from here to a use defines it first
        return any(
            self._reaches(here, op.block, at, block, value)
            for at, block in self.uses.get(value, ())
        )

    def reaches(self, op: Op, other: Op) -> bool:
        """May the other operation run after this one, loops included?"""
        assert op.block is not None and other.block is not None
        return self._reaches(
            self.position[op], op.block, self.position[other], other.block, None
        )

    def changed_later(self, op: Op, memory: Memory) -> bool:
        """May the memory that the operation's result may share change afterwards?"""
        return self.stored_after(op.result, op, memory)

    def stored_after(self, value: Value, op: Op, memory: Memory) -> bool:
        """May the memory of a value change after an operation?"""
        mine = memory.of(value)
        return memory.is_mutated(value) and any(
            memory.of(store.args[0]) & mine and self.reaches(op, store)
            for store in self.stores
        )

    def _reaches(
        self, here: int, block: Block, there: int, other: Block, value: Value | None
    ) -> bool:
        outer = list(enclosing(block))
        inner = set(enclosing(other))
        common = next(b for b in outer if b in inner)
        if there > here and not exclusive(common, block, other):
            return True
        if of_one_while(child(common, block), child(common, other)):
            return True  # from the body back to the test
        defined = home(value) if value is not None else None
        scope = set(enclosing(defined)) if defined is not None else set()
        for b in enclosing(common):
            if b.owner is not None and b.owner.code in ("for", "while"):
                if b not in scope:
                    return True
        return False


def of_one_while(a: Block | None, b: Block | None) -> bool:
    """Are these the test and the body of one loop?"""
    if a is None or b is None or a.owner is None:
        return False
    return a is not b and a.owner is b.owner and a.owner.code == "while"


def exclusive(common: Block, a: Block, b: Block) -> bool:
    """Do the two blocks lie in different branches of one `if`?"""
    first, second = child(common, a), child(common, b)
    return (
        first is not None
        and second is not None
        and first is not second
        and first.owner is second.owner
        and first.owner is not None
        and first.owner.code == "if"
        and "catch" not in first.owner.attrs
    )


def child(ancestor: Block, block: Block) -> Block | None:
    """The block directly inside the ancestor that holds the other."""
    last = None
    for b in enclosing(block):
        if b is ancestor:
            return last
        last = b
    return None
