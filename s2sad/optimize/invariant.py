"""A value that a loop carries and never changes is not carried.

for i in r with bs = b0: ... yield bs      ==>      for i in r: ... uses b0
"""

from __future__ import annotations

from s2sad.ir.core import Function, Value, replace_uses, walk


def drop_invariants(function: Function) -> None:
    """Replace loop-carried values that every iteration yields as it found them.

    Likewise what both branches of an `if` yield.
    """
    mapping: dict[Value, Value] = {}
    for op in walk(function.body):
        if op.code == "if":
            for k, result in enumerate(op.results):
                then, other = (block.results[k] for block in op.blocks)
                if then is other:
                    mapping[result] = then
        if op.code not in ("for", "while"):
            continue
        skip = 1 if op.code == "for" else 0
        body = op.blocks[-1]
        offset = 1 if op.attrs.get("stop") else 0
        for k, result in enumerate(op.results):
            start = op.args[skip + k]
            if body.results[offset + k] is not body.params[skip + k]:
                continue
            for block in op.blocks:
                mapping[block.params[len(block.params) - len(op.results) + k]] = start
            mapping[result] = start
    if mapping:
        replace_uses(function.body, mapping)
