"""The first contribution to a shadow is assigned, not added to zeros.

    bu = zeros_like(u); bu += 2.0 * by * u      ==>      bu = 2.0 * by * u

Only where the contribution is a new array of the shadow's own shape and the shadow is
not used in between.
"""

from __future__ import annotations

from s2sad.ir.core import Block, Function, Op, Value, blocks_within, replace_uses
from s2sad.ir.infer import ARITHMETIC, roots_of


def assign_first(function: Function) -> None:
    """Fuse zero-initialised shadows with their first contribution."""
    mapping: dict[Value, Value] = {}
    for block in blocks_within(function.body):
        _block(block, mapping)
    if mapping:
        replace_uses(function.body, mapping)


def _block(block: Block, mapping: dict[Value, Value]) -> None:
    made: dict[Value, Op] = {}
    removed: set[Op] = set()
    for op in block.ops:
        if op.code == "iadd" and op.args[0] in made and _is_new(op.args[1], op, block):
            zero = made.pop(op.args[0])
            shadow, value = op.args
            # of no axes, NumPy makes numbers: they cannot be stored into
            if roots_of(value) == roots_of(shadow) and shadow.type.ndim != 0:
                mapping[shadow] = value
                value.name = shadow.name
                removed |= {zero, op}
                continue
        for value in _mentioned(op):
            made.pop(value, None)
        if (
            op.code == "call"
            and op.attrs.get("fresh")
            and op.attrs["fn"].endswith("zeros_like")
        ):
            made[op.result] = op
    block.ops = [op for op in block.ops if op not in removed]


def _mentioned(op: Op) -> list[Value]:
    found = list(op.args)
    for inner in op.blocks:
        for b in blocks_within(inner):
            found += b.results
            for o in b.ops:
                found += o.args
    return found


def _makes_new(op: Op) -> bool:
    if op.code == "call":
        spread = op.attrs["fn"] == "s2sad.runtime.spread"
        return spread and op.args[1].type.kind == "array"
    return op.code in ARITHMETIC or op.code == "neg"


def _is_new(value: Value, user: Op, block: Block) -> bool:
    """Is the value an array just made, which nothing else refers to?"""
    op = value.op
    if op is None or op.block is not block or not _makes_new(op):
        return False
    uses = 0
    for other in block.ops:
        uses += _mentioned(other).count(value)
    return uses == 1 and value not in block.results
