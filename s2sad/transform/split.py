"""Functions that call themselves: a forward half and a reverse half of their own.

    y, saved = f_forward(x)       in the forward sweep of the caller
    bx = f_reverse(saved, by)     in its reverse sweep

The halves are the two sweeps of the function's adjoint, cut apart; `saved` holds what
the second needs of the first. A call inside them is reversed by the same pair, and each
call's `saved` is a value like any other, so recursion needs nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sad.analysis.activity import active, free_values
from s2sad.analysis.memory import Memory
from s2sad.analysis.real import check_real
from s2sad.analysis.types import infer, infer_scalar_result
from s2sad.errors import MutationError
from s2sad.frontend.lower import lower
from s2sad.frontend.source import FunctionSource
from s2sad.ir.builder import Builder
from s2sad.ir.core import (
    Block,
    Coined,
    Function,
    Op,
    Param,
    Value,
    replace_uses,
    walk,
)
from s2sad.ir.flows import define_everywhere
from s2sad.ir.types import ANY, FLOAT
from s2sad.optimize.dead import remove_dead
from s2sad.optimize.passes import optimize
from s2sad.transform.adjoints import adjoint_name
from s2sad.transform.inplace import settle
from s2sad.transform.recording import record
from s2sad.transform.reuse import own_what_changes
from s2sad.transform.reverse import Reverse
from s2sad.transform.shadows import Places, forward_shadows, with_shadows


@dataclass
class Pair:
    """The two halves of a recursive function, and what they were made for."""

    source: FunctionSource
    wanted: list[bool]  # the parameters whose adjoints the reverse half returns
    number: bool  # the function is known to return a number
    forward: Function | None = None
    reverse: Function | None = None

    @property
    def name(self) -> str:
        return self.source.name


@dataclass
class Pairs:
    """The halves that a derivative needs, made one by one until no new one is asked."""

    made: dict[object, Pair] = field(default_factory=dict)
    reusable: bool = False  # may a reverse half be called again with what was saved?

    def complete(self, body: Block) -> None:
        """Make the pairs that are called here, and those that they call."""
        pending = [op for op in walk(body) if op.code == "calluser"]
        while pending:
            op = pending.pop()
            source: FunctionSource = op.attrs["callee"]
            wanted = op.attrs.get("wanted") or [False] * len(op.args)
            known = self.made.get(source.node)
            if known is not None:
                joined = [a or b for a, b in zip(known.wanted, wanted, strict=True)]
                if joined == known.wanted:
                    continue
                wanted = joined
            pair = Pair(source, wanted, op.result.type == FLOAT)
            self.made[source.node] = pair
            calls = _make(pair, self.reusable)
            pending += calls
            # a call elsewhere must know which adjoints come back: all see one pair
        for pair in self.made.values():
            for half in (pair.forward, pair.reverse):
                assert half is not None
                _align(half.body, self.made)
        _align(body, self.made)


def _align(body: Block, made: dict[object, Pair]) -> None:
    """Let every reversed call take as many adjoints as its pair returns."""
    for op in walk(body):
        if op.code != "callrev":
            continue
        pair = made[op.attrs["callee"].node]
        have = op.attrs["wanted"]
        if have == pair.wanted:
            continue
        old = iter(op.results)
        op.results = [
            next(old) if mine else Value(None, ANY, op)
            for mine, given in zip(have, pair.wanted, strict=True)
            if given
        ]
        op.attrs["wanted"] = list(pair.wanted)


def _make(pair: Pair, reusable: bool) -> list[Op]:
    """Build both halves; return the calls in them."""
    return with_shadows(lambda wanted, places: _build(pair, reusable, wanted, places))


def _build(
    pair: Pair, reusable: bool, wanted: frozenset[int], places: list[Places]
) -> list[Op]:
    function = lower(pair.source)
    infer(function)  # what is changed depends on what is an array
    remove_dead(function)
    if pair.number:
        infer_scalar_result(function)
    else:
        infer(function)
    before = {p.value for p in function.params}
    memory = Memory(function.body)
    changed = set(memory.written)
    for op in walk(function.body):
        if op.code == "iop" and not op.args[0].type.is_scalar:
            changed |= memory.of(op.args[0])
    if changed & before:
        raise MutationError(
            "a function that calls itself changes its argument in place",
            at=pair.source.location(pair.source.node),
            hint="return the new array instead",
        )
    settle(function)
    remove_dead(function)
    wrt = [p.value for p, w in zip(function.params, pair.wanted, strict=True) if w]
    body = function.body
    memory = Memory(body)
    result = body.results[0]
    found = active(function, wrt, memory)
    check_real(function, found, [])
    shadows = forward_shadows(function, memory, wanted, places)
    builder = Builder(body)
    seed = body.param(
        Coined(adjoint_name(result) or "by"), FLOAT if pair.number else ANY
    )
    forward_count = len(body.ops)
    reverse = Reverse(function, found, memory, shadows)
    gradients = reverse.run(seed, wrt, builder)
    body.results = [result, *gradients]
    forward_ops = set(body.ops[:forward_count])
    record(function, reverse.sweep, forward_count)
    optimize(function)
    calls = [op for op in walk(body) if op.code == "calluser"]
    for param in function.params:
        param.kind, param.default = "positional", None
    pair.forward, pair.reverse = cut(function, seed, forward_ops, reusable)
    return calls


def cut(
    function: Function, seed: Value, forward_ops: set[Op], reusable: bool
) -> tuple[Function, Function]:
    """Part an adjoint where its reverse sweep begins.

    The reverse half uses up what was saved, unless it is to be reusable.
    """
    body = function.body
    last = max((k for k, op in enumerate(body.ops) if op in forward_ops), default=-1)
    first, second = body.ops[: last + 1], body.ops[last + 1 :]
    result, *gradients = body.results
    rear = Block()
    rear.ops = second
    rear.results = gradients
    if reusable:
        own_what_changes(rear, Memory(body))
        second = rear.ops
    for op in second:
        op.block = rear
    rear.ops = second = [*_indices_again(rear), *second]
    defined = {v for op in second for v in op.results}
    crossing = [
        v
        for v in free_values([rear])
        if v is not seed and v not in defined and type(v) is Value
    ]
    for value in crossing:
        define_everywhere(value)
    saved = rear.param(Coined("saved"), ANY)
    rear.params.append(seed)
    seed.block = rear
    body.params.remove(seed)
    unpack = Op("unpack", [saved])
    unpack.block = rear
    mapping: dict[Value, Value] = {}
    for value in crossing:
        mapping[value] = unpack.define(value.name, value.type)
    if crossing:
        rear.ops = [unpack, *second]
        kept = list(unpack.args)
        replace_uses(rear, mapping)
        unpack.args = kept
    body.ops = first
    packed = Builder(body).emit("tuple", *crossing)
    body.results = [result, packed]
    name = function.name
    front = Function(f"{name}_forward", function.params, body, function.source)
    front.docstring = f"{name}, and what {name}_reverse needs of it."
    back = Function(
        f"{name}_reverse",
        [Param("saved", saved), Param(str(seed.name), seed)],
        rear,
        function.source,
    )
    back.docstring = f"Adjoints of the arguments of {name}, from that of its result."
    front.reserved = back.reserved = function.reserved
    remove_dead(front)
    return front, back


def _indices_again(rear: Block) -> list[Op]:
    """Slices, and what is made of them, are not saved: they are written again."""
    made: list[Op] = []
    mapping: dict[Value, Value] = {}

    def again(value: Value) -> Value:
        op = value.op
        if op is None or value in mapping or not _is_index(op):
            return mapping.get(value, value)
        new = Op(op.code, [again(a) for a in op.args], dict(op.attrs), origin=op.origin)
        new.block = rear
        made.append(new)
        mapping[value] = new.define(value.name, value.type)
        return mapping[value]

    inside = {v for op in walk(rear) for v in op.results}
    for value in free_values([rear]):
        if value not in inside:
            again(value)
    replace_uses(rear, mapping)
    return made


def _is_index(op: Op) -> bool:
    if op.code == "tuple":
        return any(a.op is not None and _is_index(a.op) for a in op.args)
    return op.code in ("slice", "global")
