"""A call with several results is unpacked: `w, V = np.linalg.eigh(A)`.

t = np.linalg.eigh(A)
w = t[0]                  ==>      w, V = np.linalg.eigh(A)
V = t[1]

Where only one result is used it stays `np.linalg.slogdet(A)[1]`.
"""

from __future__ import annotations

from s2sad.ir.builder import constant
from s2sad.ir.core import Const, Function, Op, Value, blocks_within
from s2sad.rules import registry


def unpack_parts(function: Function) -> None:
    """Put an unpacking in the place of subscripts that take a call apart."""
    users: dict[Value, list[Op | None]] = {}
    for block in blocks_within(function.body):
        for op in block.ops:
            for value in op.args:
                users.setdefault(value, []).append(op)
        for value in block.results:
            users.setdefault(value, []).append(None)
    for block in blocks_within(function.body):
        for call in list(block.ops):
            if not registry.has_parts(call):
                continue
            takes = [
                op
                for op in users.get(call.result, [])
                if op is not None and _takes(op, call)
            ]
            if len(takes) < 2 or len(takes) < len(users[call.result]):
                continue
            unpack = Op("unpack", [call.result], origin=call.origin)
            unpack.block = block
            by_place = {constant(op.args[1]): op for op in takes}
            if len(by_place) < len(takes):
                continue
            for k, kind in enumerate(call.result.type.items or ()):
                if k in by_place:
                    value = by_place[k].result
                    value.op = unpack
                    unpack.results.append(value)
                else:
                    unpack.define(None, kind)
            block.ops = [op for op in block.ops if op not in takes]
            block.ops.insert(block.ops.index(call) + 1, unpack)


def _takes(op: Op, call: Op) -> bool:
    return (
        op.code == "getitem"
        and op.block is call.block
        and op.args[0] is call.result
        and isinstance(op.args[1], Const)
    )
