"""Where the values come from that branches yield and loops carry."""

from __future__ import annotations

from collections.abc import Iterator

from s2sad.ir.core import Block, Const, Op, Undef, Value, walk


def define_everywhere(value: Value, unread: bool = True) -> None:
    """What some paths do not define is None there, so that it can be kept.

    Or only where it may be read.
    """
    pending, seen = [value], {value}
    while pending:
        value = pending.pop()
        for operands, k in sources(value):
            found = operands[k]
            if isinstance(found, Undef) and (unread or not found.unread):
                operands[k] = Const(None)
            elif found not in seen and not isinstance(found, Const):
                seen.add(found)
                pending.append(found)


def sources(value: Value) -> list[tuple[list[Value], int]]:
    """Where what a branch yields, or a loop carries, comes from."""
    op = value.op
    if op is not None and op.code == "if":
        k = op.results.index(value)
        return [(block.results, k) for block in op.blocks]
    if op is not None and op.code in ("for", "while"):
        return _carried(op, op.results.index(value))
    if value.block is not None and value.block.owner is not None:
        op, params = value.block.owner, value.block.params
        k = params.index(value) - (len(params) - len(op.results))
        if op.code in ("for", "while") and k >= 0:
            return _carried(op, k)
    return []


def _carried(op: Op, k: int) -> list[tuple[list[Value], int]]:
    skip, stop = int(op.code == "for"), int(bool(op.attrs.get("stop")))
    return [(op.args, skip + k), (op.blocks[-1].results, stop + k)]


def handed_on(body: Block) -> Iterator[tuple[Value, Value]]:
    """What a branch yields or a loop carries on, and the value that it becomes."""
    for op in walk(body):
        if op.code == "if":
            for block in op.blocks:
                yield from zip(block.results, op.results, strict=True)
        elif op.code in ("for", "while"):
            for k, result in enumerate(op.results):
                for operands, at in _carried(op, k):
                    yield operands[at], result
