"""A value that a loop carries and never changes is not carried.

for i in r with bs = b0: ... yield bs      ==>      for i in r: ... uses b0
"""

from __future__ import annotations

from s2sad.ir.core import Const, Function, Value, replace_uses, walk


def merge_twins(function: Function) -> None:
    """One variable for two that always hold the same.

    Flags that are set together: what leaves a loop, and that a result is there.
    """
    mapping: dict[Value, Value] = {}

    def same(a: Value, b: Value) -> bool:
        if isinstance(a, Const) and isinstance(b, Const):
            return type(a.value) is type(b.value) and repr(a.value) == repr(b.value)
        return mapping.get(a, a) is mapping.get(b, b)

    for op in reversed(list(walk(function.body))):  # inner ones before their owners
        skip = 1 if op.code == "for" else 0
        if op.code not in ("if", "for", "while"):
            continue
        body = op.blocks[-1]
        offset = 1 if op.attrs.get("stop") else 0
        for k, result in enumerate(op.results):
            for j in range(k):
                if op.code == "if":
                    twins = all(same(b.results[j], b.results[k]) for b in op.blocks)
                else:
                    twins = same(op.args[skip + j], op.args[skip + k]) and same(
                        body.results[offset + j], body.results[offset + k]
                    )
                if twins and result not in mapping:
                    mapping[result] = op.results[j]
                    for block in op.blocks if op.code != "if" else ():
                        start = len(block.params) - len(op.results)
                        mapping[block.params[start + k]] = block.params[start + j]
    if mapping:
        replace_uses(function.body, mapping)


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
