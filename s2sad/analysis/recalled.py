"""What a derivative's own checks say, when its text is read again.

    require_number(x)     x is a number from here on
    require_rank(x, 1)    x[i] is one
    require_array(x)      x is an array

So a second derivative knows as much as the first one did.
"""

from __future__ import annotations

from s2sad.ir.core import Const, Function, Op, Value, walk
from s2sad.ir.infer import index_parts
from s2sad.ir.types import FLOAT, INT, Type, array

RUNTIME = "s2sad.runtime.require_"


def recall(function: Function) -> None:
    """Set the types that checks in the function's own text assert."""
    ranks: dict[Value, int] = {}
    for op in walk(function.body):
        if op.code != "call" or not op.attrs["fn"].startswith(RUNTIME):
            continue
        what = op.attrs["fn"].removeprefix(RUNTIME)
        if what in ("number", "one", "element"):
            function.loose |= what == "one"
            for value in op.args:
                _tell(value, FLOAT)
        elif what == "integer":
            _tell(op.args[0], INT)
        elif what == "array":
            _tell(op.args[0], array())
        elif what == "rank" and isinstance(op.args[1], Const):
            ranks[op.args[0]] = op.args[1].value
    for op in walk(function.body):
        if op.code == "getitem" and op.args[0] in ranks:
            parts = index_parts(op.args[1])
            whole = all(p.type.kind == "int" for p in parts)
            if whole and len(parts) == ranks[op.args[0]]:
                op.attrs.setdefault("fact", FLOAT)


def _tell(value: Value, kind: Type) -> None:
    if isinstance(value, Const) or value.type.kind != "any":
        return
    if kind.kind == "array":
        kind = array(kind.ndim, frozenset({value}), kind.dtype)
    if value.op is not None:
        _fact(value.op, kind)
    else:
        value.type = kind


def _fact(op: Op, kind: Type) -> None:
    if not op.blocks:
        op.attrs.setdefault("fact", kind)
