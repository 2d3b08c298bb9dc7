"""What the codes of operations mean that are operators of Python."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

UNARY: dict[str, Callable[[Any], Any]] = {
    "neg": operator.neg,
    "pos": operator.pos,
    "not": operator.not_,
    "invert": operator.invert,
}
#: code -> the operator, and the operator that works in place
BINARY: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = {
    "add": (operator.add, operator.iadd),
    "sub": (operator.sub, operator.isub),
    "mul": (operator.mul, operator.imul),
    "div": (operator.truediv, operator.itruediv),
    "floordiv": (operator.floordiv, operator.ifloordiv),
    "mod": (operator.mod, operator.imod),
    "pow": (operator.pow, operator.ipow),
    "matmul": (operator.matmul, operator.imatmul),
    "bitand": (operator.and_, operator.iand),
    "bitor": (operator.or_, operator.ior),
    "bitxor": (operator.xor, operator.ixor),
    "lshift": (operator.lshift, operator.ilshift),
    "rshift": (operator.rshift, operator.irshift),
}
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
    "is": operator.is_,
    "isnot": operator.is_not,
    "in": lambda item, box: item in box,
    "notin": lambda item, box: item not in box,
}
