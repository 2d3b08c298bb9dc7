"""A list that nobody looks at any more need not be cut back.

for _ in range(n):            the shadow of a list loses an item for each that the
    brows.pop()               list has gained; after its last read, it may keep them
"""

from __future__ import annotations

from s2sad.analysis.memory import Memory
from s2sad.analysis.order import Order
from s2sad.ir.core import Function, Op, Value, blocks_within, walk

#: How many places are looked at, so that this takes no time.
MOST = 20000


def remove_drops(function: Function) -> None:
    """Remove each `drop` that no read of its list can follow."""
    body = function.body
    drops = [op for op in walk(body) if op.code == "drop"]
    if not drops:
        return
    memory = Memory(body)
    order = Order(body)
    kept = {item for value in body.results for item in memory.of(value)}
    readers: dict[object, list[Op]] = {}
    for op in walk(body):
        for value in _read(op):
            for item in memory.of(value):
                readers.setdefault(item, []).append(op)
    escaping = {v for b in blocks_within(body) if b is not body for v in b.results}
    kept |= {item for value in escaping for item in memory.of(value)}
    budget = MOST
    removed: set[Op] = set()
    for drop in drops:
        mine = memory.own(drop.args[0])
        others = {op for item in mine for op in readers.get(item, ())}
        budget -= len(others)
        if budget < 0 or mine & kept:
            continue
        if not any(order.reaches(drop, op) for op in others):
            removed.add(drop)
    for block in blocks_within(body):
        block.ops = [op for op in block.ops if op not in removed]


def _read(op: Op) -> list[Value]:
    """What an operation looks into; adding to a list's end does not."""
    if op.code in ("drop", "push"):
        return op.args[1:]
    return op.args
