"""Loops of one length that follow each other become one loop.

    for i in range(n):               for i in range(n):
        t[i] = 0.5 * x[i]                t[i] = 0.5 * x[i]
    for i in range(n):        ==>        bx[i] += t[i]
        bx[i] += t[i]

Two loops may become one if whatever both touch, and one of them changes, is touched in
iterations of the same number; sums into one array may change their order. An inner loop
keeps to one place of each array that it adds into: then it can be vectorized. An array
that only one iteration writes and reads is no array any more (`t` above).
"""

from __future__ import annotations

from dataclasses import dataclass

from s2sad.analysis.memory import Memory
from s2sad.ir.core import (
    Block,
    Const,
    Function,
    Op,
    Value,
    blocks_within,
    replace_uses,
    walk,
)
from s2sad.ir.infer import ARITHMETIC, BITWISE, COMPARISON, index_parts

SCALAR = ARITHMETIC | COMPARISON | BITWISE | {"neg", "pos", "not", "invert"}
SIMPLE = SCALAR | {"tuple", "range", "getattr", "slice"}
NEW = frozenset({"numpy.empty", "numpy.zeros", "numpy.ones"})
SUMS = frozenset({"add", "sub"})


@dataclass(frozen=True)
class Access:
    """An element that is read, written, or added to."""

    base: Value
    index: tuple[Value, ...]
    how: str  # read, write, sum


def fuse(function: Function, forward: set[Op]) -> None:
    """Make one loop of many, wherever it changes nothing."""
    fusion = _Fusion(function, forward)
    for block in list(blocks_within(function.body)):
        fusion.block(block)
    _contract(function)


class _Fusion:
    def __init__(self, function: Function, forward: set[Op]) -> None:
        self.memory = Memory(function.body)
        self.forward = forward
        self.done: set[Block] = set()

    def block(self, block: Block) -> None:
        if block in self.done:
            return
        self.done.add(block)
        ops: list[Op] = []
        for op in block.ops:
            at = self.partner(op, ops)
            if at is None:
                ops.append(op)
                continue
            first = ops[at]
            ops[at:] = [*ops[at + 1 :], first]
            self.merge(first, op)
        block.ops = ops
        for op in ops:
            if op.attrs.get("lowered") and op.code == "for":
                for inner in op.blocks:
                    self.done.discard(inner)
                    self.block(inner)

    def partner(self, op: Op, ops: list[Op]) -> int | None:
        """Where the loop is that this one can be a part of."""
        if not _is_plain(op):
            return None
        for at in range(len(ops) - 1, -1, -1):
            other = ops[at]
            if _is_plain(other):
                same = (op in self.forward) == (other in self.forward)
                return at if same and self.may_merge(other, op, ops[at + 1 :]) else None
            if not _moves(other):
                return None
        return None

    def may_merge(self, one: Op, two: Op, between: list[Op]) -> bool:
        if bool(one.results) != bool(two.results):
            return (
                False  # a number that is carried keeps the rest from being vectorized
            )
        if any(v in one.results for op in (*between, two) for v in _operands(op)):
            return False
        if key_of(one.args[0], {}) != key_of(two.args[0], {}):
            return False
        first, second = _accesses(one), _accesses(two)
        if first is None or second is None:
            return False
        written = [a for a in first if a.how != "read"]
        for op in between:
            if op.code == "getitem" and any(
                self.meet(a.base, op.args[0]) for a in written
            ):
                return False
        i, j = one.blocks[0].params[0], two.blocks[0].params[0]
        deep = any(o.code == "for" for o in one.blocks[0].ops + two.blocks[0].ops)
        return all(
            self.in_step(a, b, i, j, deep)
            for a in first
            for b in second
            if not (a.how == b.how == "read") and self.meet(a.base, b.base)
        )

    def meet(self, a: Value, b: Value) -> bool:
        return bool(self.memory.own(a) & self.memory.own(b))

    def in_step(self, a: Access, b: Access, i: Value, j: Value, deep: bool) -> bool:
        """Do both touch one element only in iterations of one number?"""
        if a.base is not b.base or len(a.index) != len(b.index):
            return False
        if a.how == b.how == "sum" and deep:
            return True
        keys = [
            (key_of(p, {}), key_of(q, {j: i}), _moves_with(p, i))
            for p, q in zip(a.index, b.index, strict=True)
        ]
        if not deep and any(p != q for p, q, _ in keys):
            return False
        return any(p == q and moving for p, q, moving in keys)

    def merge(self, one: Op, two: Op) -> None:
        body, other = one.blocks[0], two.blocks[0]
        replace_uses(other, {other.params[0]: body.params[0]})
        for op in other.ops:
            op.block = body
        body.ops += other.ops
        one.args += two.args[1:]
        body.params += other.params[1:]
        body.results += other.results
        one.results += two.results
        for value in two.results:
            value.op = one
        for value in other.params[1:]:
            value.block = body


def _is_plain(op: Op) -> bool:
    """Is it a loop of ours?"""
    return op.code == "for" and bool(op.attrs.get("lowered"))


def _operands(op: Op) -> list[Value]:
    inner = [v for block in op.blocks for o in walk(block) for v in o.args]
    ends = [v for block in op.blocks for b in blocks_within(block) for v in b.results]
    return [*op.args, *inner, *ends]


def _moves(op: Op) -> bool:
    """May it be done before a loop that it stands behind?"""
    if op.code in SIMPLE or op.code in ("getitem", "push", "pop", "tape"):
        return True
    if op.code == "if":
        return bool(op.attrs.get("lowered")) and all(
            o.code in SIMPLE or o.code == "raise" for o in walk(op.blocks[0])
        )
    if op.code == "call":
        fn = op.attrs["fn"]
        return fn in NEW or fn in ("max", "min") or _of_numbers(op)
    return False


def _of_numbers(op: Op) -> bool:
    values = [*op.args, *op.results]
    return bool(op.results) and all(v.type.is_scalar for v in values)


def _accesses(loop: Op) -> list[Access] | None:
    """What a loop touches; none if that is not only elements of arrays."""
    found = []
    for op in walk(loop.blocks[0]):
        if op.code in ("getitem", "setitem", "augitem"):
            base = op.args[0]
            if base.type.kind == "tuple" and op.code == "getitem":
                continue
            parts = tuple(index_parts(op.args[1]))
            if base.type.kind != "array" or not all(p.type.is_scalar for p in parts):
                return None
            how = {"getitem": "read", "setitem": "write"}.get(op.code)
            if how is None:
                how = "sum" if op.attrs["op"] in SUMS else "write"
            found.append(Access(base, parts, how))
        elif op.code == "call":
            if not _of_numbers(op):
                return None
        elif (op.code not in SIMPLE and op.code not in ("for", "if")) or (
            op.code == "for" and not op.attrs.get("lowered")
        ):
            return None
    return found


def _moves_with(value: Value, i: Value) -> bool:
    """Is an index another one in each iteration: i, i + 1, n - i?"""
    if value is i:
        return True
    op = value.op
    if op is None or op.code not in ("add", "sub"):
        return False
    return sum(_uses(a, i) for a in op.args) == 1 and any(
        _moves_with(a, i) for a in op.args
    )


def _uses(value: Value, i: Value) -> bool:
    op = value.op
    return value is i or (op is not None and any(_uses(a, i) for a in op.args))


def key_of(value: Value, renamed: dict[Value, Value]) -> object:
    """What a number is, whichever operation computes it."""
    value = renamed.get(value, value)
    if isinstance(value, Const):
        return (type(value.value), value.value)
    op = value.op
    if op is not None and op.code in ("add", "sub", "mul", "range", "getattr"):
        attr = op.attrs.get("attr")
        return (op.code, attr, *(key_of(a, renamed) for a in op.args))
    if op is not None and op.code == "getitem" and op.args[0].type.kind == "tuple":
        return (op.code, *(key_of(a, renamed) for a in op.args))
    if op is not None and op.attrs.get("fn") in ("min", "max"):
        return (op.attrs["fn"], *(key_of(a, renamed) for a in op.args))
    return value


def _contract(function: Function) -> None:
    """Arrays of which an iteration reads only what it has just written."""
    users: dict[Value, list[Op | None]] = {}
    for block in blocks_within(function.body):
        for value in block.results:
            users.setdefault(value, []).append(None)
        for op in block.ops:
            for value in op.args:
                users.setdefault(value, []).append(op)
    mapping: dict[Value, Value] = {}
    for op in list(walk(function.body)):
        if op.code != "call" or op.attrs["fn"] != "numpy.empty":
            continue
        found = _one_store(users.get(op.result, []), op.result)
        if found is None:
            continue
        store, reads = found
        for read in reads:
            mapping[read.result] = store.args[2]
            assert read.block is not None
            read.block.ops.remove(read)
    if mapping:
        replace_uses(function.body, mapping)


def _one_store(users: list[Op | None], array: Value) -> tuple[Op, list[Op]] | None:
    stores: list[Op] = []
    reads: list[Op] = []
    for op in users:
        if op is None or op.args[0] is not array:
            return None
        if op.code == "setitem" and op.args[2] is not array:
            stores.append(op)
        elif op.code == "getitem" and op.result.type.is_scalar:
            reads.append(op)
        elif op.code != "getattr":
            return None
    if len(stores) != 1 or not reads:
        return None
    (store,) = stores
    block = store.block
    assert block is not None
    at = block.ops.index(store)
    where = [key_of(p, {}) for p in index_parts(store.args[1])]
    for read in reads:
        inside = read.block is block and read in block.ops[at:]
        if not inside or [key_of(p, {}) for p in index_parts(read.args[1])] != where:
            return None
    return store, reads
