"""Activity: which values vary with the inputs, and which of them matter.

Varied forwards from the inputs, useful backwards from the result, to a fixpoint round
loops (Hascoet and Pascual, TOMS 39(3), 2013). What is stored into one of a group of
arrays that may share memory makes the group varied.
"""

from __future__ import annotations

from collections.abc import Iterator

from s2sad.analysis.memory import FACTS, Memory
from s2sad.ir.core import Block, Function, Op, Value, walk
from s2sad.ir.infer import ARITHMETIC
from s2sad.rules import registry

OPERATORS = ARITHMETIC | {"neg", "pos", "matmul", "iop"}


def active(function: Function, wrt: list[Value], memory: Memory) -> set[Value]:
    """Values that vary with `wrt` and that the results depend on."""
    flows = [f for op in walk(function.body) for f in _flows(op)]
    varied = _spread(set(wrt), flows, memory)
    backward = [(b, a) for a, b in flows]
    useful = _spread(set(function.body.results), backward, memory)
    return {v for v in varied & useful if not v.type.is_discrete or v in wrt}


def _spread(
    start: set[Value], flows: list[tuple[Value, Value]], memory: Memory
) -> set[Value]:
    """What is reached along the flows, and through shared memory that changes."""
    onward: dict[Value, list[Value]] = {}
    members: dict[object, list[Value]] = {}
    for a, b in flows:
        onward.setdefault(a, []).append(b)
        for value in (a, b):
            if memory.is_mutated(value):
                for group in memory.group(value):
                    members.setdefault(group, []).append(value)
    reached, pending = set(start), list(start)
    entered: set[object] = set()
    while pending:
        value = pending.pop()
        near = list(onward.get(value, ()))
        if memory.is_mutated(value):
            for group in memory.group(value) - entered:
                entered.add(group)
                near += members.get(group, ())
        for other in near:
            if other not in reached:
                reached.add(other)
                pending.append(other)
    return reached


def _flows(op: Op) -> Iterator[tuple[Value, Value]]:
    """Pairs (from, to): the derivative of the second by the first may not be zero."""
    if op.code == "if":
        for block in op.blocks:
            yield from zip(block.results, op.results, strict=True)
    elif op.code in ("for", "while"):
        start = op.args[1:] if op.code == "for" else op.args
        body = op.blocks[-1]
        params = body.params[len(body.params) - len(start) :]
        ends = body.results[1 if op.attrs.get("stop") else 0 :]
        for a, p, e, r in zip(start, params, ends, op.results, strict=True):
            yield from ((a, p), (a, r), (e, p), (e, r))
    elif op.code == "setitem":
        yield op.args[2], op.args[0]
    elif op.code in ("augitem", "iadd", "addat", "push", "insert", "additems"):
        yield op.args[-1], op.args[0]
    elif op.code == "addattr":
        yield op.args[1], op.args[0]
    elif op.results and not op.result.type.is_discrete:
        for value in differentiable(op):
            if not value.type.is_discrete:
                yield value, op.result


def differentiable(op: Op) -> list[Value]:
    """The arguments that an operation has a derivative in."""
    if op.code in OPERATORS or op.code == "calluser":
        return op.args
    if op.code in ("getitem", "getattr"):
        shape = op.code == "getattr" and op.attrs["attr"] in FACTS
        return [] if shape else op.args[:1]
    if op.code in ("pop", "popat"):
        return op.args[:1]
    if op.code in ("tuple", "list", "dict"):
        return op.args
    if op.code == "call":
        rule = registry.find(op)
        if rule is None or not rule.differentiable:
            return []
        bound = registry.bind(op, rule)
        if rule.variadic:
            return list(bound.values())
        # what has no derivative there is refused where it is asked for
        return [bound[n] for n in rule.parameters if n not in rule.flat]
    return []


def free_values(blocks: list[Block]) -> list[Value]:
    """Values that blocks use and that are defined outside of them, in order."""
    inside: set[Value] = set()
    used: dict[Value, None] = {}
    for block in blocks:
        inner = [block, *(b for op in walk(block) for b in op.blocks)]
        for b in inner:
            inside.update(b.params)
        for op in walk(block):
            inside.update(op.results)
            used.update(dict.fromkeys(op.args))
        for b in inner:
            used.update(dict.fromkeys(b.results))
    return [v for v in used if v not in inside]
