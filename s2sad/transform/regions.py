"""The adjoints of branches and loops.

A branch is reversed inside an `if` with the same condition, a loop by a loop that runs
backwards. Both carry the adjoints by value of what they use from outside; shadows are
made before, and written to from within.
"""

from __future__ import annotations

from s2sad.analysis.activity import free_values
from s2sad.analysis.memory import CONTAINERS, STRUCTURE
from s2sad.errors import InternalError
from s2sad.ir.builder import Builder
from s2sad.ir.core import (
    Block,
    Coined,
    Const,
    Op,
    Undef,
    Value,
    blocks_within,
    walk,
)
from s2sad.ir.types import BOOL, INT, Type
from s2sad.transform.adjoints import adjoint_name, adjoint_type, zeros
from s2sad.transform.state import State

After = list[tuple[dict[Value, Value], Builder]]


class Regions(State):
    """`if`, `for` and `while`."""

    def matters(self, op: Op) -> bool:
        """Can any adjoint be changed, or memory be put back, inside this?"""
        return any(
            inner.code in ("setitem", "augitem", "addat")
            or inner.code in STRUCTURE
            or any(v in self.active for v in inner.results)
            for block in op.blocks
            for inner in walk(block)
        ) or any(v in self.active for v in op.results)

    def outer(self, op: Op) -> list[Value]:
        """Active values from outside, of which the op's blocks may change the adjoint.

        Those that live in a shadow get it now, before the blocks are entered; those by
        value are what the reversed op must carry.
        """
        found: dict[Value, None] = {}
        for value in free_values(op.blocks):
            root = self.adj.root(value)
            if root in self.active and not isinstance(root, Const | Undef):
                found[root] = None
        return list(found)

    def reached_by_view(self, op: Op) -> set[Value]:
        """Values of which the op's blocks read a part, or use a view from outside."""
        found = {
            self.adj.root(v) for v in free_values(op.blocks) if self.adj.is_view(v)
        }
        for block in op.blocks:
            for inner in walk(block):
                if inner.code in ("getitem", "getattr"):
                    found.add(self.adj.root(inner.args[0]))
        return found

    def prepare(self, op: Op, b: Builder, handed: set[Value]) -> list[Value]:
        """Make the shadows that a region writes to; return what it must carry.

        What a branch hands on as it is, and nobody uses later under its old name, gets
        the buffer of the name that it is handed on to.
        """
        carried = []
        parts = self.reached_by_view(op)
        for value in self.outer(op):
            if value in self.adj.forward:
                continue
            if self.adj.current.get(value) in self.adj.owned:
                continue  # its adjoint is a buffer already
            if value in handed and value not in self.adj.current:
                continue
            scalar = value.type.is_scalar or value in self.adj.items
            shadowed = self.memory.is_mutated(value) or value in parts
            if not scalar and (shadowed or value.type.kind in CONTAINERS):
                self.adj.shadow(value, b)
            else:
                carried.append(value)
        return carried

    def seed(self, result: Value, b: Builder) -> Value | None:
        """The adjoint of what a region yields; a buffer, if that changes in place."""
        if result not in self.active or result in self.adj.forward:
            return None
        if self.memory.is_mutated(result) and not result.type.is_scalar:
            return self.adj.shadow(result, b)
        return self.adj.of(result, b)

    def if_(self, op: Op, b: Builder) -> None:
        seeds = [self.seed(r, b) for r in op.results]
        handed = {v for block in op.blocks for v in block.results}
        handed = {v for v in handed if self.memory.is_mutated(v)}
        carried = self.prepare(op, b, handed)
        before = dict(self.adj.current)
        blocks, after = [], []
        for branch in op.blocks:
            block = Block()
            blocks.append(block)
            self.sweep.mirror[block] = branch
            inner = Builder(block, op.origin)
            self.adj.current = dict(before)
            for value, seed in zip(branch.results, seeds, strict=True):
                if seed is not None:
                    self.adj.adopt(value, seed, inner, op)
            self.block(branch, inner)
            after.append((self.adj.current, inner))
        self.adj.current = before
        if "catch" in op.attrs:
            test = self.caught(op)
        elif "context" in op.attrs:
            test = self.context(op, b)
        else:
            test = op.args[0]
        attrs = {"mirror": op, **({"context": True} if "context" in op.attrs else {})}
        new = Op("if", [test], attrs, blocks, op.origin)
        for value in self.changed(carried, op, before, after):
            ends = []
            for current, inner in after:
                end = current.get(value)
                if end is None:
                    end = self.adj.start(value, inner)
                ends.append(end)
            for block, end in zip(blocks, ends, strict=True):
                block.results.append(end)
            result = new.define(adjoint_name(value), adjoint_type(value))
            self.adj.current[value] = result
            if all(e in self.adj.owned for e in ends):
                self.adj.owned.add(result)
        b.append(new)

    def caught(self, op: Op) -> Value:
        """Whether the body of a `try` came to its end."""
        for block, flag in zip(op.blocks, (True, False), strict=True):
            block.results.append(Const(flag))
        return op.define(Coined("done"), BOOL)

    def context(self, op: Op, b: Builder) -> Value:
        """The context of a `with` once more."""
        made = op.args[0].op
        assert made is not None
        return b.emit(made.code, *made.args, **made.attrs)

    def changed(
        self, carried: list[Value], op: Op, before: dict[Value, Value], after: After
    ) -> list[Value]:
        """Values whose adjoint a branch has changed, and whose place is outside."""
        names = dict.fromkeys(carried)
        inside = {v for block in op.blocks for v in _defined(block)}
        for current, _ in after:
            for value in current:
                if value not in inside:
                    names[value] = None
        return [
            v
            for v in names
            if any(current.get(v) is not before.get(v) for current, _ in after)
        ]

    def for_(self, op: Op, b: Builder) -> None:
        made = op.args[0].op
        assert made is not None and made.code == "range"
        start, stop, step = made.args
        if op.attrs.get("stop"):
            trips = self.count_trips(op)
            last = b.emit("sub", trips, Const(1))
            scaled = last if _is(step, 1) else b.emit("mul", last, step)
            first = scaled if _is(start, 0) else b.emit("add", start, scaled)
            stop_ = b.emit("sub", start, step)
            back = b.emit("neg", step)
            iterable = b.emit("range", first, stop_, back, type=Type("range"))
        elif _is(step, 1) or _is(step, -1):
            first, end = b.emit("sub", stop, step), b.emit("sub", start, step)
            back = b.emit("neg", step)
            iterable = b.emit("range", first, end, back, type=Type("range"))
        else:
            forward = b.emit("range", start, stop, step, type=Type("range"))
            iterable = b.emit("call", forward, fn="reversed", kw=(), type=Type("range"))
        self.loop(op, iterable, op.args[1:], b)

    def while_(self, op: Op, b: Builder) -> None:
        trips = self.count_trips(op)
        iterable = b.emit("range", Const(0), trips, Const(1), type=Type("range"))
        self.loop(op, iterable, op.args[:-1], b)

    def count_trips(self, op: Op) -> Value:
        """Make the forward loop count its iterations."""
        body = op.blocks[-1]
        op.args.append(Const(0))
        for block in op.blocks:
            count = block.param(Coined("trips"), INT)
        total = Builder(body, op.origin).emit(
            "add", count, Const(1), name=Coined("trips")
        )
        body.results.append(total)
        return op.define(Coined("trips"), INT)

    def loop(self, op: Op, iterable: Value, starts: list[Value], b: Builder) -> None:
        """Reverse a loop whose reversed iteration is known."""
        body = op.blocks[-1]
        offset = 1 if op.attrs.get("stop") else 0
        count = len(starts)
        skip = 1 if op.code == "for" else 0
        params = body.params[skip : skip + count]
        ends = body.results[offset : offset + count]
        slots = [
            k
            for k in range(count)
            if (params[k] in self.active or op.results[k] in self.active)
            and params[k] not in self.adj.forward
        ]
        seeds = {k: self.seed(op.results[k], b) for k in slots}
        carried = self.prepare(op, b, set())
        before = self.adj.current
        block = Block()
        inner = Builder(block, op.origin)
        item = block.param(body.params[0].name if skip else None, INT)
        if skip:
            self.sweep.items[body.params[0]] = item
        self.sweep.mirror[block] = body
        self.adj.current = dict(before)
        args: list[Value] = []
        for k in slots:
            seed = seeds[k]
            args.append(zeros(op.results[k], b) if seed is None else seed)
        for value in carried:
            known = before.get(value)
            args.append(self.adj.start(value, b) if known is None else known)
        flows = [
            block.param(adjoint_name(params[k]), adjoint_type(params[k])) for k in slots
        ]
        sums = [block.param(adjoint_name(v), adjoint_type(v)) for v in carried]
        for value, total in zip(carried, sums, strict=True):
            self.adj.current[value] = total
        for k in slots:
            self.adj.current.pop(params[k], None)
        for k, flow in zip(slots, flows, strict=True):
            self.adj.adopt(ends[k], flow, inner, op)
        self.block(body, inner)
        for k in slots:
            found = self.adj.of(params[k], inner)
            block.results.append(zeros(params[k], inner) if found is None else found)
        for value in carried:
            block.results.append(self.adj.current[value])
        inside = set(_defined(body))
        for value, adjoint in self.adj.current.items():
            if value in carried or value in inside or before.get(value) is adjoint:
                continue
            raise InternalError(
                f"the adjoint of {value} is lost in a loop",
                at=op.origin.location if op.origin else None,
            )
        self.adj.current = before
        new = Op("for", [iterable, *args], {"mirror": op}, [block], op.origin)
        b.append(new)
        results = [
            new.define(adjoint_name(params[k]), adjoint_type(params[k])) for k in slots
        ]
        totals = [new.define(adjoint_name(v), adjoint_type(v)) for v in carried]
        for value, total in zip(carried, totals, strict=True):
            self.adj.current[value] = total
        for k, result in zip(slots, results, strict=True):
            self.adj.adopt(starts[k], result, b, op)


def _is(value: Value, number: int) -> bool:
    return isinstance(value, Const) and value.value == number


def _defined(block: Block) -> list[Value]:
    found = [v for b in blocks_within(block) for v in b.params]
    return found + [v for op in walk(block) for v in op.results]
