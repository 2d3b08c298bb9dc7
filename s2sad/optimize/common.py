"""Common subexpressions: what is computed twice from the same values is computed once.

    a = slice(None, -1); u[a] += g; b = slice(None, -1); ...    ==>    b is a

Only operations on values: what reads memory that is stored into stays where it is.
"""

from __future__ import annotations

from s2sad.analysis.memory import Memory
from s2sad.ir.core import Block, Const, Function, Op, Value, replace_uses
from s2sad.ir.infer import ARITHMETIC, COMPARISON

PURE = ARITHMETIC | COMPARISON | {"neg", "pos", "not", "getitem", "getattr", "matmul"}


def share_common(function: Function) -> None:
    """Replace repeated pure operations by their first result."""
    memory = Memory(function.body)
    mapping: dict[Value, Value] = {}
    stack: list[tuple[Block, dict[object, Value]]] = [(function.body, {})]
    while stack:
        block, outer = stack.pop()
        known = dict(outer) if block is not function.body else outer
        kept = []
        for op in block.ops:
            op.args = [mapping.get(v, v) for v in op.args]
            key = _key(op, memory)
            if key is not None and key in known:
                first = known[key]
                mapping[op.result] = first
                if first.name is None:
                    first.name = op.result.name
                continue
            if key is not None:
                known[key] = op.result
            kept.append(op)
            stack.extend((inner, known) for inner in op.blocks)
        block.ops = kept
    if mapping:
        replace_uses(function.body, mapping)


def _key(op: Op, memory: Memory) -> object | None:
    if op.code == "call":
        fn = op.attrs["fn"]
        if not fn.startswith(("numpy.", "math.", "s2sad.runtime.unbroadcast")):
            return None
        if op.attrs.get("fresh") or fn in NEW:
            return None
    elif op.code not in PURE:
        return None
    if any(memory.is_mutated(v) for v in (*op.args, *op.results)):
        return None
    args = tuple(
        ("const", type(v.value).__name__, repr(v.value)) if isinstance(v, Const) else _id(v)
        for v in op.args
    )
    extra = (op.attrs.get("fn"), op.attrs.get("kw"), op.attrs.get("name"))
    return (op.code, args, extra)


def _id(value: Value) -> object:
    """A value; an index by its parts, so that equal slices are one."""
    if value.op is not None and value.op.code in ("slice", "tuple"):
        parts = (
            ("const", repr(a.value)) if isinstance(a, Const) else _id(a)
            for a in value.op.args
        )
        return (value.op.code, *parts)
    return value


#: Calls of which each makes a buffer of its own.
NEW = frozenset(
    f"numpy.{n}" for n in "zeros ones empty zeros_like ones_like empty_like copy array"
    " full full_like".split()
)
