"""Abstract types of every value: forwards to a fixpoint, with hints from use.

def f(x, n):                 x: float   (math.sin takes nothing else)
    for i in range(n):       n: int     (so does range)
        x = math.sin(x)
"""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sad.ir.core import Block, Const, Function, Op, Undef, Value, walk
from s2sad.ir.infer import ARITHMETIC, COMPARISON, index_parts, result_type, roots_of
from s2sad.ir.types import ANY, FLOAT, INT, Type, array, join
from s2sad.rules import registry

ROUNDS = 4


def infer(function: Function) -> None:
    """Set the type of every value; parameters first take what their use says."""
    _adopt(function, _hints(function))
    _block(function.body)


@dataclass
class Assumed:
    """What must be so for a function to return one number; a run has to check it."""

    numbers: list[Value] = field(default_factory=list)  # parameters without axes
    items: list[Op] = field(default_factory=list)  # `x[0]` of parameters x
    ranks: dict[Value, int] = field(default_factory=dict)  # parameters, and their axes
    result: bool = False  # the result itself is to be looked at


def infer_scalar_result(function: Function) -> Assumed:
    """Types for a function that returns one number.

    If `s + x * y` is a number then s, x and y are: so the result says what numbers the
    function is made of, down to parameters and to elements of arrays.
    """
    infer(function)
    assumed = Assumed()
    result = function.body.results[0]
    if result.type.kind != "any" or result.type.dtype is not None:
        return assumed
    hints = _hints(function)
    hints.setdefault(result, FLOAT)
    _backwards(function.body, hints)
    params = {p.value for p in function.params}
    for value in params:
        if value.type.kind == "any" and hints.get(value) == FLOAT:
            assumed.numbers.append(value)
    assumed.numbers.sort(key=lambda v: v.name or "")
    for op in walk(function.body):
        if not _is_leaf(op, hints):
            continue
        op.attrs["fact"] = FLOAT
        base = _element_of(op, params)
        first = op.block is function.body  # else it may be guarded by a condition
        if (
            first
            and op.args[0] in params
            and op.code == "getitem"
            and (_is_fixed(op.args[1]))
        ):
            assumed.items.append(op)
        elif base is None:
            assumed.result = True
        else:
            assumed.ranks[base] = len(index_parts(op.args[1]))
    _adopt(function, hints)
    _block(function.body)
    return assumed


def _is_leaf(op: Op, hints: dict[Value, Type]) -> bool:
    """Is this where a number comes from that is not made of numbers?"""
    if op.blocks or not op.results or op.result.type.kind != "any":
        return False
    if hints.get(op.result) != FLOAT or op.code in ARITHMETIC | COMPARISON:
        return False
    if op.code == "call":
        rule = registry.find(op)
        return rule is None or rule.result != "elementwise"
    return op.code not in ("neg", "pos", "iop")


def _is_fixed(index: Value) -> bool:
    return all(isinstance(p, Const) for p in index_parts(index))


def _element_of(op: Op, params: set[Value]) -> Value | None:
    """The parameter that `x[i, j]` is an element of, or has the shape of."""
    if op.code != "getitem":
        return None
    if any(p.type.kind != "int" for p in index_parts(op.args[1])):
        return None
    roots = roots_of(op.args[0])
    base = next(iter(roots)) if len(roots) == 1 else None
    return base if base in params else None


def _adopt(function: Function, hints: dict[Value, Type]) -> None:
    for param in function.params:
        value, hint = param.value, hints.get(param.value)
        if hint is None or value.type.kind != "any":
            continue
        if hint.kind == "array":
            hint = array(value.type.ndim, frozenset({value}))
        value.type = hint


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


def _of_numbers(fn: str) -> bool:
    """Does the function take numbers, and no sequences of them?"""
    return fn.startswith("math.") and fn not in ("math.fsum", "math.prod")


def _hints(function: Function) -> dict[Value, Type]:
    """What values must be for the operations on them to make sense."""
    hints: dict[Value, Type] = {}
    for op in walk(function.body):
        if op.code == "range":
            _all(hints, op.args, INT)
        elif op.code == "call" and _of_numbers(op.attrs["fn"]):
            _all(hints, op.args, FLOAT)
        elif op.code == "getattr" and op.attrs["attr"] in ("T", "mT", "shape", "ndim"):
            hints.setdefault(op.args[0], array())
        elif op.code in ("getitem", "setitem", "augitem"):
            parts = index_parts(op.args[1])
            if len(parts) > 1 or any(p.type.kind in ("slice", "none") for p in parts):
                hints.setdefault(op.args[0], array())
                made = op.args[0].op
                if made is not None and made.code in ARITHMETIC:
                    made.attrs.setdefault("fact", array(None, made.result.type.shape))
        elif op.code == "call" and op.attrs.get("method") not in (
            None,
            "copy",
            "conjugate",
        ):
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
            body = op.blocks[-1]
            ends = body.results[1 if op.attrs.get("stop") else 0 :]
            for _ in range(2):
                for k, result in enumerate(op.results):
                    _pass_on(hints, result, [ends[k], op.args[skip + k]])
                for inner in op.blocks:
                    _backwards(inner, hints)
                for k, value in enumerate(op.args[skip:]):
                    for inner in op.blocks:
                        start = len(inner.params) - len(op.results)
                        _pass_on(hints, inner.params[start + k], [value, ends[k]])
        elif op.code == "if":
            for inner in op.blocks:
                for result, value in zip(op.results, inner.results, strict=True):
                    _pass_on(hints, result, [value])
                _backwards(inner, hints)
        elif op.results and (op.code in ARITHMETIC or op.code in ("neg", "pos", "iop")):
            _pass_on(hints, op.result, op.args)
        elif op.results and op.code == "call":
            rule = registry.find(op)
            if rule is not None and rule.result == "elementwise":
                _pass_on(hints, op.result, op.args)


def _pass_on(hints: dict[Value, Type], result: Value, values: list[Value]) -> None:
    hint = hints.get(result)
    if hint in (FLOAT, INT):
        for value in values:
            if not isinstance(value, Const | Undef):
                hints.setdefault(value, FLOAT)
