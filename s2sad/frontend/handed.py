"""When all is lowered: what parts of a `try` hand out, and what was caught."""

from __future__ import annotations

from s2sad.errors import UnsupportedError
from s2sad.ir.core import Block, Op, Undef, Value, blocks_within, enclosing, home, walk
from s2sad.ir.flows import sources

#: what is made again where it is used: indices, and what a loop runs over
MADE_AGAIN = frozenset({"slice", "tuple", "range", "global"})


def hand_out(body: Block) -> None:
    """Let parts and guards yield what is used outside of them.

    It is used only where they came to their end: elsewhere it has no value.
    """
    made: dict[tuple[Value, Block], Value] = {}

    def seen_from(value: Value, around: set[Block], into: list[Op]) -> Value:
        where, made_by = home(value), value.op
        if made_by is not None and made_by.code in MADE_AGAIN and where not in around:
            args = [seen_from(v, around, into) for v in made_by.args]
            again = Op(made_by.code, args, dict(made_by.attrs), None, made_by.origin)
            into.append(again)
            return again.define(value.name, value.type)
        while where is not None and where not in around:
            key, owner = (value, where), where.owner
            assert owner is not None and owner.code == "if"
            if key not in made:
                for block in owner.blocks:
                    end = value if block is where else Undef(unread=True)
                    block.results.append(end)
                made[key] = owner.define(value.name, value.type)
            value, where = made[key], owner.block
        return value

    for block in list(blocks_within(body)):
        around = set(enclosing(block))
        ops: list[Op] = []
        for op in block.ops:
            op.args = [seen_from(v, around, ops) for v in op.args]
            ops.append(op)
        block.results = [seen_from(v, around, ops) for v in block.results]
        block.ops = ops
        for op in ops:
            op.block = block


def is_caught(value: Value) -> bool:
    """May a value be an exception, as the run has made it?"""
    pending, seen = [value], {value}
    while pending:
        value = pending.pop()
        if value.op is not None and value.op.code == "exception":
            return True
        owner = value.block.owner if value.block is not None else None
        if owner is not None and "catch" in owner.attrs:
            return True
        for operands, k in sources(value):
            if operands[k] not in seen:
                seen.add(operands[k])
                pending.append(operands[k])
    return False


def check_caught(body: Block) -> None:
    """Refuse to read what an exception carries that is nothing but a value."""
    for op in walk(body):
        if op.code == "getattr" and is_caught(op.args[0]):
            raise UnsupportedError(
                "what an exception carries is not known here",
                at=op.origin.location if op.origin else None,
                hint="keep what is needed in a variable of its own",
            )
