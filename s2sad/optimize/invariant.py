"""A value that a loop carries and never changes is not carried.

for i in r with bs = b0: ... yield bs      ==>      for i in r: ... uses b0
"""

from __future__ import annotations

from s2sad.ir.core import Const, Function, Value, replace_uses, walk


def merge_twins(function: Function) -> None:
    """One variable for two that a loop carries and that always hold the same.

    Flags that are set together: what leaves a loop, and that a result is there.
    """
    mapping: dict[Value, Value] = {}
    for op in walk(function.body):
        if op.code not in ("for", "while"):
            continue
        skip = 1 if op.code == "for" else 0
        offset = 1 if op.attrs.get("stop") else 0
        body = op.blocks[-1]
        ends = body.results[offset:]
        for k in range(len(op.results)):
            for j in range(k):
                assumed = {
                    (b.params[j - len(op.results)], b.params[k - len(op.results)])
                    for b in op.blocks
                }
                if op.results[k] in mapping:
                    break
                if _twins(op.args[skip + j], op.args[skip + k], set()) and _twins(
                    ends[j], ends[k], assumed
                ):
                    mapping[op.results[k]] = op.results[j]
                    mapping.update({second: first for first, second in assumed})
                    if ends[k] is not ends[j] and not isinstance(ends[k], Const):
                        mapping[ends[k]] = ends[j]
    if mapping:
        replace_uses(function.body, mapping)


def _twins(a: Value, b: Value, assumed: set[tuple[Value, Value]]) -> bool:
    """Do two values always equal each other, if the assumed pairs do?"""
    if isinstance(a, Const) and isinstance(b, Const):
        return type(a.value) is type(b.value) and repr(a.value) == repr(b.value)
    if a is b or (a, b) in assumed:
        return True
    op = a.op
    if op is None or op is not b.op or op.code != "if":
        return False
    j, k = op.results.index(a), op.results.index(b)
    return all(_twins(c.results[j], c.results[k], assumed) for c in op.blocks)


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
