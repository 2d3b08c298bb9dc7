"""Shapes are asked of values that exist anyway.

    np.size(np.log1p(t)), t needed later      ==>      np.size(t)

A helper that only looks at an operand's shape is given another value of that shape: one
that is computed anyway, or else the plainest that the shape comes from.
"""

from __future__ import annotations

from s2sad.analysis.shapes import shape_operands
from s2sad.ir.core import Block, Const, Function, Op, Value, enclosing, home, walk
from s2sad.ir.infer import ARITHMETIC, is_complex, roots_of
from s2sad.optimize.dead import Liveness
from s2sad.rules import registry


def plain_shapes(function: Function) -> None:
    """Let operations that only look at shapes look at the values that are there."""
    uses = [(op, k) for op in walk(function.body) for k in sorted(shape_operands(op))]
    if not uses:
        return
    original = [op.args[k] for op, k in uses]
    nothing = Const(None)
    for op, k in uses:
        op.args[k] = nothing
    needed = Liveness(function.body).values
    for (op, k), value in zip(uses, original, strict=True):
        op.args[k] = _plainest(value, needed, op)


def _plainest(value: Value, needed: set[Value], user: Op) -> Value:
    """The value, or what it has its shape from, if that is computed anyway."""
    current = value
    while current not in needed:
        source = _same_shape(current)
        if source is None:
            return current
        current = source
    return current if _reachable(current, user) else value


def _reachable(value: Value, user: Op) -> bool:
    where: Block | None = home(value)
    return where is None or where.parent is None or where in set(enclosing(user.block))


def _same_shape(value: Value) -> Value | None:
    """An operand of the same shape as an elementwise operation's result."""
    op = value.op
    if op is None:
        return None
    if op.code == "call":
        rule = registry.find(op)
        if rule is None or rule.result not in ("elementwise", "like"):
            return None
    elif op.code not in ARITHMETIC and op.code != "neg":
        return None
    for operand in op.args:
        if isinstance(operand, Const) or is_complex(operand) != is_complex(value):
            continue  # its cotangent has another dtype
        if roots_of(operand) == roots_of(value):
            return operand
    return None
