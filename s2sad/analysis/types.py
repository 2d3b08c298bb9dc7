"""Abstract types of every value: forwards to a fixpoint, with hints from use.

    def f(x, n):                 x: float   (math.sin takes nothing else)
        for i in range(n):       n: int     (so does range)
            x = math.sin(x)
"""

from __future__ import annotations

from s2sad.ir.core import Block, Const, Function, Op, Value, walk
from s2sad.ir.infer import ARITHMETIC, index_parts, result_type
from s2sad.ir.types import ANY, FLOAT, INT, Type, array, join

ROUNDS = 4


def infer(function: Function) -> None:
    """Set the type of every value; parameters first take what their use says."""
    hints = _hints(function)
    for param in function.params:
        value = param.value
        hint = hints.get(value)
        if hint is not None and value.type.kind == "any":
            ndim = value.type.ndim if hint.kind == "array" else None
            value.type = array(ndim, frozenset({value})) if hint.kind == "array" else hint
    _block(function.body)


def _block(block: Block) -> None:
    for op in block.ops:
        if op.code == "if":
            for inner in op.blocks:
                _block(inner)
            then, other = op.blocks
            for k, value in enumerate(op.results):
                value.type = join(then.results[k].type, other.results[k].type)
        elif op.code in ("for", "while"):
            _loop(op)
        elif op.results:
            fact = op.attrs.get("fact")
            op.result.type = fact or op.attrs.get("type") or _known(op)


def _known(op: Op) -> Type:
    if op.code in ("global", "range", "closure", "pop", "push", "tape"):
        return op.result.type
    return result_type(op)


def _loop(op: Op) -> None:
    start = op.args[1:] if op.code == "for" else op.args
    skip = 1 if op.code == "for" else 0
    types = [v.type for v in start]
    body = op.blocks[-1]
    offset = 1 if op.attrs.get("stop") else 0
    for attempt in range(ROUNDS + 1):
        for block in op.blocks:
            params = block.params[skip:] if block is body else block.params
            for param, kind in zip(params, types, strict=True):
                param.type = kind
        for block in op.blocks:
            _block(block)
        ends = [v.type for v in body.results[offset:]]
        new = [join(a, b) for a, b in zip(types, ends, strict=True)]
        if new == types:
            break
        types = new if attempt < ROUNDS - 1 else [ANY] * len(new)
    for value, kind in zip(op.results, types, strict=True):
        value.type = kind


def _hints(function: Function) -> dict[Value, Type]:
    """What values must be for the operations on them to make sense."""
    hints: dict[Value, Type] = {}
    for op in walk(function.body):
        if op.code == "range":
            _all(hints, op.args, INT)
        elif op.code == "call" and op.attrs["fn"].startswith("math."):
            _all(hints, op.args, FLOAT)
        elif op.code == "getattr" and op.attrs["name"] in ("T", "mT", "shape", "ndim"):
            hints.setdefault(op.args[0], array())
        elif op.code in ("getitem", "setitem", "augitem"):
            parts = index_parts(op.args[1])
            if len(parts) > 1 or any(p.type.kind in ("slice", "none") for p in parts):
                hints.setdefault(op.args[0], array())
        elif op.code == "call" and op.attrs.get("method") not in (None, "copy", "conjugate"):
            hints.setdefault(op.args[0], array())
    _backwards(function.body, hints)
    return hints


def _all(hints: dict[Value, Type], values: list[Value], kind: Type) -> None:
    for value in values:
        if not isinstance(value, Const):
            hints[value] = kind


def _backwards(block: Block, hints: dict[Value, Type]) -> None:
    """A number from arithmetic was made of numbers; a carried one started as one."""
    for op in reversed(block.ops):
        if op.code in ("for", "while"):
            skip = 1 if op.code == "for" else 0
            for inner in op.blocks:
                _backwards(inner, hints)
            for k, value in enumerate(op.args[skip:]):
                for inner in op.blocks:
                    params = inner.params[skip if inner is op.blocks[-1] else 0 :]
                    hint = hints.get(params[k])
                    if hint is not None and not isinstance(value, Const):
                        hints.setdefault(value, hint)
        elif op.code == "if":
            for inner in op.blocks:
                _backwards(inner, hints)
        elif op.code in ARITHMETIC or op.code == "neg":
            hint = hints.get(op.result)
            if hint in (FLOAT, INT):
                for value in op.args:
                    if not isinstance(value, Const):
                        hints.setdefault(value, hint)
