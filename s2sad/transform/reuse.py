"""A reverse half that may be called again with the same saved values.

The reverse sweep takes values off its tapes and puts back what stores have overwritten.
What it changes so must be its own: tapes and arrays are copied first, and views of such
arrays are made again of the copies.

    xs, u, v = saved          xs = list(xs)
                              u = u.copy()
                              v = u[1:]
"""

from __future__ import annotations

from s2sad.analysis.activity import free_values
from s2sad.analysis.memory import STORES, STRUCTURE, Memory
from s2sad.ir.core import Block, Const, Op, Undef, Value, replace_uses, walk
from s2sad.ir.types import Type


class NotReusable(Exception):
    """An array that changes is saved under two names, which copies would part."""


VIEWS = frozenset({"getitem", "getattr"})


def own_what_changes(rear: Block, memory: Memory) -> None:
    """Let a reverse sweep change copies of what it is given, in place.

    `memory` is that of the whole adjoint, of which the block is the second part.
    """
    ops = list(walk(rear))
    inside = {v for op in ops for v in op.results}
    tapes = _from_outside([op.args[0] for op in ops if op.code == "pop"], inside)
    stores = [
        op.args[0]
        for op in ops
        if op.code in STORES or (op.code in STRUCTURE and op.code != "pop")
    ]
    changed = {item for base in stores for item in memory.of(base)}
    if any(memory.of(tape) & changed for tape in tapes):
        raise NotReusable
    if any(tape.op is None or tape.op.blocks for tape in tapes):
        raise NotReusable  # only some branch has that tape
    given = _from_outside(free_values([rear]), inside)
    arrays = [v for v in given if v not in tapes and memory.of(v) & changed]
    if any(v.type.kind != "array" for v in arrays):
        raise NotReusable
    first: list[Op] = []
    mapping: dict[Value, Value] = {}
    for tape in tapes:
        copy = Op("call", [tape], {"fn": "list", "kw": ()})
        mapping[tape] = copy.define(tape.name, Type("list"))
        first.append(copy)
    _own_arrays(arrays, memory, first, mapping)
    if not first:
        return
    replace_uses(rear, mapping)
    rear.ops = [*first, *rear.ops]


def _from_outside(values: list[Value], inside: set[Value]) -> list[Value]:
    return [
        v
        for v in dict.fromkeys(values)
        if v not in inside and not isinstance(v, Const | Undef)
    ]


def _own_arrays(
    arrays: list[Value], memory: Memory, first: list[Op], mapping: dict[Value, Value]
) -> None:
    roots: dict[Value, None] = {}
    views: dict[Op, None] = {}
    for value in arrays:
        chain = []
        while value.op is not None and value.op.code in VIEWS:
            chain.append(value.op)
            value = value.op.args[0]
        roots[value] = None
        views.update(dict.fromkeys(reversed(chain)))
    listed = list(roots)
    for k, one in enumerate(listed):
        for other in listed[k + 1 :]:
            if memory.of(one) & memory.of(other):
                raise NotReusable
    for value in listed:
        copy = Op("take", [value])
        mapping[value] = copy.define(value.name, value.type)
        first.append(copy)
    for view in views:
        args = [mapping.get(a, a) for a in view.args]
        again = Op(view.code, args, dict(view.attrs), origin=view.origin)
        mapping[view.result] = again.define(view.result.name, view.result.type)
        first.append(again)
