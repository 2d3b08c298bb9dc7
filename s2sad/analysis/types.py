"""Abstract types of every value: forwards to a fixpoint, with hints from use.

def f(x, n):                 x: float   (math.sin takes nothing else)
    for i in range(n):       n: int     (so does range)
        x = math.sin(x)
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from s2sad.ir.core import Block, Const, Function, Op, Undef, Value, blocks_within, walk
from s2sad.ir.infer import ARITHMETIC, COMPARISON, index_parts, result_type, roots_of
from s2sad.ir.types import ANY, FLOAT, INT, UNDEF, Type, array, join
from s2sad.rules import registry

ROUNDS = 4


def infer(function: Function) -> None:
    """Set the type of every value; parameters first take what their use says."""
    _adopt(function, _hints(function))
    _blocks(function)


def _blocks(function: Function) -> None:
    """Infer until the items of lists are as they were taken to be."""
    lists = [op for op in walk(function.body) if op.code == "list"]
    if not lists:
        _block(function.body)
        return
    writers = _writers(function.body, lists)
    for op in lists:
        op.attrs["items"] = (UNDEF,) if op in writers else None
    for attempt in range(ROUNDS + 1):
        _block(function.body)
        changed = False
        for op, values in writers.items():
            found = UNDEF
            for value in values:
                found = join(found, value.type)
            found = replace(found, shape=None)  # of the place where it was put there
            items = (found,) if attempt < ROUNDS and found.kind != "any" else None
            changed |= items != op.attrs["items"]
            op.attrs["items"] = items
        if not changed:
            return
    _block(function.body)


def _writers(body: Block, lists: list[Op]) -> dict[Op, list[Value]]:
    """What is put into each list that goes by one name."""
    found = {op: list(op.args) for op in lists}
    made = {op.result: op for op in lists}
    escaped = {v for b in blocks_within(body) for v in b.results}
    for op in walk(body):
        for k, value in enumerate(op.args):
            if value not in made:
                continue
            if k == 0 and op.code in ("push", "insert", "setitem", "augitem"):
                if op.code == "setitem" and op.args[1].type.kind == "slice":
                    escaped.add(value)
                found[made[value]].append(op.args[-1])
            elif not (k == 0 and op.code in ("pop", "popat", "getitem", "call")):
                escaped.add(value)
    return {op: values for op, values in found.items() if op.result not in escaped}


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
    lists = [op for op in walk(function.body) if op.code == "list"]
    writers = _writers(function.body, lists)
    _backwards(function.body, hints, writers)
    _check_items(writers, hints)
    params = {p.value for p in function.params}
    for value in params:
        if value.type.kind == "any" and hints.get(value) == FLOAT:
            assumed.numbers.append(value)
    assumed.numbers.sort(key=lambda v: v.name or "")
    changed = _changed_in_length(function.body)
    for op in walk(function.body):
        if not _is_leaf(op, hints):
            continue
        op.attrs["fact"] = FLOAT
        if op.args and op.args[0] in changed:
            assumed.result = True  # it may not have that item at the beginning
            continue
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
    _blocks(function)
    return assumed


def _check_items(writers: dict[Op, list[Value]], hints: dict[Value, Type]) -> None:
    """Items of lists that are taken for numbers: the run looks at what is put there."""
    for values in writers.values():
        for value in dict.fromkeys(values):
            op = value.op
            if hints.get(value) != FLOAT or value.type.kind != "any" or op is None:
                continue
            if op.blocks or op.block is None:
                continue
            check = Op("check", [value], {"fn": "require_element"}, origin=op.origin)
            check.block = op.block
            op.block.ops.insert(op.block.ops.index(op) + 1, check)


def _changed_in_length(body: Block) -> set[Value]:
    """Lists and dicts that gain or lose items."""
    return {
        op.args[0]
        for op in walk(body)
        if op.code in ("push", "pop", "popat", "insert", "delitem")
        or (op.code == "setitem" and op.args[1].type.kind == "str")
    }


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
            fact = op.attrs.get("fact") or op.attrs.get("type")
            found = _known(op) if fact is None or fact.kind == "array" else fact
            if fact is None or found.kind == "array":
                op.result.type = found  # that it is an array is known in more detail
            else:
                op.result.type = fact


def _known(op: Op) -> Type:
    if op.code in ("global", "range", "closure", "push", "tape"):
        return op.result.type
    if op.code == "pop" and not op.args[0].type.items:
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
    uses: dict[Value, list[Op]] = {}
    for op in walk(function.body):
        if op.code in ARRAY_ONLY:
            for value in op.args:
                uses.setdefault(value, []).append(op)
    for op in walk(function.body):
        if op.code == "range":
            _all(hints, op.args, INT)
        elif op.code == "call" and _of_numbers(op.attrs["fn"]):
            _all(hints, op.args, FLOAT)
        elif op.code == "getattr" and op.attrs["attr"] in ("T", "mT", "shape", "ndim"):
            hints.setdefault(op.args[0], array())
        elif op.code in ("getitem", "setitem", "augitem"):
            parts = index_parts(op.args[1])
            if _may_be_list(op.args[0], parts) and not _is_arithmetic(op, uses):
                continue
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


def _may_be_list(base: Value, parts: list[Value]) -> bool:
    """`x[1:]` alone does not say that x is an array: lists and tuples have it too."""
    if base.type.kind in ("list", "tuple", "str"):
        return True
    return len(parts) == 1 and bool(parts[0].type.kind == "slice")


def _is_arithmetic(op: Op, uses: dict[Value, list[Op]]) -> bool:
    """Is a slice calculated with, as one of a list cannot be?"""
    if op.args[0].type.kind in ("list", "tuple", "str"):
        return False
    if op.code == "augitem":
        return bool(op.attrs["op"] != "add")
    return (
        any(
            user.code != "mul" or all(a.type.kind != "int" for a in user.args)
            for user in uses.get(op.result, ())
        )
        if op.results
        else False
    )


#: Operators that lists do not have.
ARRAY_ONLY = frozenset({"sub", "mul", "div", "pow", "neg", "floordiv", "matmul"})


def _all(hints: dict[Value, Type], values: list[Value], kind: Type) -> None:
    for value in values:
        if not isinstance(value, Const):
            hints[value] = kind


def _backwards(
    block: Block,
    hints: dict[Value, Type],
    writers: dict[Op, list[Value]] | None = None,
) -> None:
    """A number from arithmetic was made of numbers; a carried one started as one.

    `writers` are the lists that go by one name, and what is put into them.
    """
    for op in reversed(block.ops):
        if op.code in ("for", "while"):
            skip = 1 if op.code == "for" else 0
            body = op.blocks[-1]
            ends = body.results[1 if op.attrs.get("stop") else 0 :]
            for _ in range(2):
                for k, result in enumerate(op.results):
                    _pass_on(hints, result, [ends[k], op.args[skip + k]])
                for inner in op.blocks:
                    _backwards(inner, hints, writers)
                for k, value in enumerate(op.args[skip:]):
                    for inner in op.blocks:
                        start = len(inner.params) - len(op.results)
                        _pass_on(hints, inner.params[start + k], [value, ends[k]])
        elif op.code == "if":
            for inner in op.blocks:
                for result, value in zip(op.results, inner.results, strict=True):
                    _pass_on(hints, result, [value])
                _backwards(inner, hints, writers)
        elif op.results and (op.code in ARITHMETIC or op.code in ("neg", "pos", "iop")):
            _pass_on(hints, op.result, op.args)
        elif op.code in ("getitem", "pop", "popat") and writers:
            if op.args[0].op in writers:
                _pass_on(hints, op.result, writers[op.args[0].op])
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
