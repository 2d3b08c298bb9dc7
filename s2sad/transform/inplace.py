"""Settle what `y *= e` means: a new value, or a change that others see.

Before: `iop`, which rebinds a number and mutates an array. After: arithmetic where
nobody else can see the difference, a store into all of `y` where others can:

    y = x.copy(); y *= 2      ==>   y = mul(copy(x), 2)
    y = x[1:]; y *= 2; ... x  ==>   y = x[1:]; y[...] *= 2; ... x

Parameters that the function changes in place are copied first, so that the caller's
arrays hold after the derivative what they held before.
"""

from __future__ import annotations

from s2sad.analysis.memory import Memory
from s2sad.analysis.order import Order
from s2sad.analysis.types import infer
from s2sad.errors import AmbiguousError, MutationError
from s2sad.ir.core import Const, Function, Op, Value, replace_uses, walk


def settle(function: Function) -> None:
    """Remove every `iop`; copy parameters that are written to."""
    order = Order(function.body)
    memory = Memory(function.body)
    mapping: dict[Value, Value] = {}
    seen: dict[object, list[Value]] = {}
    for value in order.uses:
        for item in memory.of(value):
            seen.setdefault(item, []).append(value)
    for op in list(walk(function.body)):
        if op.code != "iop":
            continue
        target = op.args[0]
        others = {v for item in memory.of(target) for v in seen.get(item, ())}
        others -= {target, op.result}
        shared = any(
            order.used_after(v, op) and not _later(v, op, order) for v in others
        ) or order.used_after(target, op)
        if target.type.is_scalar or not shared:
            op.code = op.attrs.pop("op")
            op.attrs["augmented"] = True
        elif target.type.kind == "array":
            mapping[op.result] = target
            op.code = "augitem"
            op.args = [target, Const(Ellipsis), op.args[1]]
            op.results = []
        else:
            raise AmbiguousError(
                "this changes an array in place but rebinds a number, and other names"
                " still refer to it",
                at=op.origin.location if op.origin else None,
                hint="annotate the parameters (x: float, x: np.ndarray), or write"
                " y = y * e for a new value and y[...] *= e for a change in place",
            )
    if mapping:
        replace_uses(function.body, mapping)
    infer(function)
    _copy_parameters(function)


def _later(value: Value, op: Op, order: Order) -> bool:
    """Is the value made after the operation, and from its result only?"""
    seen = set()
    pending = [value]
    while pending:
        current = pending.pop()
        if current is op.result:
            return True
        made = current.op
        if made is None or made in seen or made.code not in ("getitem", "getattr", "call"):
            continue
        seen.add(made)
        pending += made.args
    return False


def _copy_parameters(function: Function) -> None:
    memory = Memory(function.body)
    written = [p.value for p in function.params if p.value in memory.written]
    if not written:
        return
    for value in written:
        if value.type.kind not in ("array", "any"):
            raise MutationError(f"a {value.type} parameter is changed in place")
        op = Op("call", [value], {"fn": "numpy.copy", "kw": (), "method": "copy"})
        copy = op.define(value.name, value.type)
        op.block = function.body
        replace_uses(function.body, {value: copy})
        op.args = [value]
        function.body.ops.insert(0, op)
    infer(function)
