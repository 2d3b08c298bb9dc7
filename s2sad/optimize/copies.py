"""A copy that nothing could tell from the original is not made.

    t = bu[1:-1].copy(); v = t * 0.1; bu[1:] += v     ==>     v = bu[1:-1] * 0.1; ...

The reverse sweep takes a copy of what it is about to overwrite. Where every use comes
before the next store into that memory, and makes a new array, there is no need to.
"""

from __future__ import annotations

from s2sad.analysis.memory import STORES, Memory
from s2sad.ir.core import Block, Function, Op, Value, blocks_within, replace_uses, walk
from s2sad.ir.infer import ARITHMETIC

MAKES_NEW = ARITHMETIC | {"neg", "matmul", "setitem", "augitem", "iadd"}


def drop_copies(function: Function) -> None:
    """Replace copies by what they copy, where that is the same."""
    memory = Memory(function.body)
    mapping: dict[Value, Value] = {}
    for block in blocks_within(function.body):
        for at, op in enumerate(block.ops):
            if op.code == "take" and _is_idle(op, at, block, memory):
                mapping[op.result] = op.args[0]
    if mapping:
        replace_uses(function.body, mapping)


def _is_idle(op: Op, at: int, block: Block, memory: Memory) -> bool:
    if op.result.name is not None and not op.result.name.startswith("b"):
        return False
    if op.result in block.results:
        return False
    objects = memory.of(op.args[0])
    last_use, first_store = at, len(block.ops)
    for k in range(at + 1, len(block.ops)):
        other = block.ops[k]
        inner = [o for b in other.blocks for o in walk(b)]
        if any(op.result in o.args for o in inner) or any(
            op.result in b.results
            for outer in other.blocks
            for b in blocks_within(outer)
        ):
            return False
        if op.result in other.args:
            if other.code not in MAKES_NEW or (
                other.args[0] is op.result and (other.code in STORES)
            ):
                return False
            if other.code in STORES and memory.of(other.args[0]) & objects:
                return False
            last_use = k
        if first_store == len(block.ops) and any(
            o.code in STORES and memory.of(o.args[0]) & objects for o in (other, *inner)
        ):
            first_store = k
    return last_use < first_store or last_use == at
