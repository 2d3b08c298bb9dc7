"""Which arrays are put off, and when they get memory after all."""

from __future__ import annotations

from collections.abc import Iterator

from s2sad.analysis.memory import STORES, STRUCTURE, Memory
from s2sad.compiled.elements import (
    CONSTANT,
    COPIES,
    FILLED,
    OPERATORS,
    SHAPED,
    TRIANGLES,
    Elements,
)
from s2sad.compiled.infer import Kinds
from s2sad.compiled.kinds import (
    Dim,
    Kind,
    is_float,
    of_array,
    refuse,
)
from s2sad.compiled.library import (
    REDUCTIONS,
    RUNTIME,
    is_elementwise,
)
from s2sad.compiled.nest import INTEGER, At
from s2sad.ir.core import (
    Block,
    Const,
    Function,
    Op,
    Value,
    blocks_within,
    walk,
)

PRODUCTS = frozenset({"numpy.dot", "numpy.matmul", "numpy.inner", "numpy.vdot"})
PUT_OFF = frozenset(
    {*CONSTANT, *FILLED, *COPIES, *SHAPED, *TRIANGLES, f"{RUNTIME}spread"}
    | {f"{RUNTIME}along", f"{RUNTIME}plus", "numpy.outer", "numpy.broadcast_to"}
)


class Waiting(Elements):
    """Puts off array expressions that one operation takes element by element."""

    def __init__(self, function: Function, kinds: Kinds) -> None:
        super().__init__(function, kinds)
        self.memory = Memory(function.body)
        self.users: dict[Value, list[tuple[Op | None, Block]]] = {}
        #: arguments that must not share memory with others: the caller checks it
        self.apart: list[tuple[str, tuple[str, ...]]] = []
        #: values that have no memory, here or for good
        self.absent: set[Value] = set()
        #: operations of the forward sweep
        self.forward: set[Op] = set()
        for block in blocks_within(function.body):
            for value in block.results:
                self.users.setdefault(value, []).append((None, block))
            for op in block.ops:
                for k, value in enumerate(op.args):
                    if not self.asks_shape(op, k):
                        self.users.setdefault(value, []).append((op, block))

    def asks_shape(self, op: Op, k: int) -> bool:
        """Does an operation look at no more than the shape of its k-th operand?"""
        if op.code == "check":
            return True
        if op.code == "getattr":
            return op.attrs["attr"] in ("shape", "size", "ndim", "dtype")
        if op.code != "call":
            return False
        fn = op.attrs["fn"]
        if fn in SHAPED or fn in (f"{RUNTIME}spread", f"{RUNTIME}along"):
            return k > 0
        first = ("len", "numpy.size", "numpy.empty_like")
        return (fn in CONSTANT or fn in FILLED or fn in first) and k == 0

    def within(self, op: Op) -> Iterator[Op]:
        yield op
        for block in op.blocks:
            yield from walk(block)

    def read_by(self, value: Value) -> frozenset[object]:
        """The objects that the elements of a value are read from."""
        value = self.final(value)
        op = self.pending.get(value)
        if op is None:
            return self.memory.own(value)
        return frozenset().union(*(self.read_by(p) for p in self.parts(op)))

    def before_writes(self, op: Op) -> None:
        """What is put off is computed before its operands are changed."""
        written: frozenset[object] = frozenset()
        for inner in self.within(op):
            if inner.code in STORES or inner.code in STRUCTURE:
                written |= self.memory.own(inner.args[0])
        if not written:
            return
        used: set[Value] = set()
        waiting = list(op.args)
        while waiting:
            value = self.final(waiting.pop())
            if value in self.pending and value not in used:
                used.add(value)
                waiting += self.parts(self.pending[value])
        for value in list(self.pending):
            if value in self.pending and value not in used:
                if self.read_by(value) & written:
                    self.force(value)

    def may_wait(self, op: Op) -> bool:
        """Is it an expression whose elements can be computed one by one?"""
        if op.code in OPERATORS or op.code == "take":
            return True
        return op.code == "call" and (op.attrs["fn"] in PUT_OFF or is_elementwise(op))

    def put_off(self, op: Op) -> None:
        value = op.result
        users = self.users.get(value, [])
        self.absent.add(value)
        if not users:
            return  # others may ask its shape
        self.pending[value] = op
        waits = (
            len(users) == 1
            and users[0][1] is self.b.block
            and users[0][0] is not None
            and self.takes_elements(users[0][0], value)
            and not self.memory.is_mutated(value)
        )
        if not waits:
            self.force(value)

    def takes_elements(self, op: Op, value: Value) -> bool:
        if op.code in ("setitem", "augitem", "iadd"):
            return value is op.args[-1] and value not in op.args[:-1]
        if op.code == "matmul" or op.attrs.get("fn") in PRODUCTS:
            return all(self.kind(a).rank == 1 for a in op.args[:2])
        if op.attrs.get("fn") in REDUCTIONS:
            return True
        return (
            bool(op.results) and self.may_wait(op) and self.kind(op.result).is_array
        ) or (op.attrs.get("fn") in SHAPED and value is op.args[0])

    def force(self, value: Value) -> None:
        """Give a value memory, and compute it there."""
        value = self.final(value)
        if value not in self.pending:
            return
        op = self.pending[value]
        self.absent.discard(value)
        kind = self.kind(value)
        with self.at_origin(op.origin):
            fn = op.attrs.get("fn", "")
            if fn in CONSTANT:
                self.done(value)
                made = "ones" if CONSTANT[fn] else "zeros"
                self.empty(kind, value, made)
                return
            self.ready(value, len([d for d in kind.dims if d != 1]))
            self.fill(value, kind, op)

    def fill(self, value: Value, kind: Kind, op: Op) -> None:
        known, self.known = self.known, {}
        target = self.empty(kind, value)

        def body(at: At, _: Value | None) -> None:
            self.known = {}
            found = self.computed(op, value, at)
            self.b.effect("setitem", target, self.index(at), found)

        self.nest(kind.dims, body)
        self.known = known
        self.done(value)

    def done(self, value: Value) -> None:
        """What was put off for this use alone is not needed again."""
        op = self.pending.pop(self.final(value), None)
        for part in self.parts(op) if op is not None else ():
            self.done(part)

    def root(self, value: Value) -> Value:
        value = self.final(value)
        while value not in self.pending and self.is_view(value):
            assert value.op is not None
            value = self.final(value.op.args[0])
        return value

    def apart_from(self, value: Value) -> Value:
        """The value in memory of its own."""
        value = self.final(value)
        if value in self.pending:
            self.force(value)
            return value
        kind = self.kind(value)
        copy = Op("take", [value], origin=self.b.origin)
        made = copy.define()
        self.kinds.set(made, kind)
        self.pending[made] = copy
        self.force(made)
        return made

    def as_dtype(self, value: Value, dtype: str) -> Value:
        kind = self.kind(value)
        if kind.dtype == dtype and is_float(dtype):
            return value
        if not is_float(dtype):
            refuse(
                Op("matmul", [], origin=self.b.origin), "a product of integer matrices"
            )
        copy = Op("take", [value], origin=self.b.origin)
        made = copy.define()
        self.kinds.set(made, of_array(dtype, kind.dims))
        self.pending[made] = copy
        self.force(made)
        return made

    def product(self, dims: tuple[Dim, ...]) -> Value:
        found: Value = Const(1)
        for k, dim in enumerate(dims):
            n = self.extent(dim)
            found = n if k == 0 else self.new("mul", found, n, kind=INTEGER)
        return found

    def keep(self, op: Op) -> None:
        """The operation as it is, its operands in memory."""
        for value in op.args:
            self.force(value)
        self.b.append(op)
        for block in op.blocks:
            self.block(block)
        if op.blocks:
            for block in op.blocks:
                op_results = [self.final(v) for v in block.results]
                block.results = op_results

    def block(self, block: Block) -> None:
        raise NotImplementedError
