"""Stores into arrays, element by element."""

from __future__ import annotations

from s2sad.compiled.fuse import key_of
from s2sad.compiled.kinds import (
    Dim,
    number,
    of_array,
    refuse,
)
from s2sad.compiled.nest import At
from s2sad.compiled.shadows import Shadows
from s2sad.compiled.subscripts import bounds, places
from s2sad.ir.core import (
    Block,
    Const,
    Op,
    Value,
)
from s2sad.ir.infer import index_parts


class Stores(Shadows):
    """Assignments to arrays and to their parts."""

    def op_setitem(self, op: Op) -> None:
        self.store(op, op.args[0], op.args[1], op.args[2], None)

    def op_augitem(self, op: Op) -> None:
        self.store(op, op.args[0], op.args[1], op.args[2], op.attrs["op"])

    def op_iadd(self, op: Op) -> None:
        base, value = op.args
        if self.kind(base).is_array:
            self.assign(base, value, "add")
        elif base.op is not None and base.op.code == "getitem":
            place = base.op.args
            self.b.effect("augitem", place[0], place[1], value, op="add")
        else:
            self.keep(op)

    def op_iop(self, op: Op) -> None:
        """`x += e`, where x may be a number: here it is known whether it is."""
        base, value = op.args
        if op.attrs.get("adjoint") and self.kind(base).is_array:
            refuse(op, "an array that may be another's item")
        if self.kind(base).is_array:
            self.assign(base, value, op.attrs["op"])
            self.mapping[op.result] = base
        else:
            made = self.b.effect(op.attrs["op"], base, value)
            self.take_over(made, self.kind(op.result), op.result)

    def store(
        self, op: Op, base: Value, index: Value, value: Value, code: str | None
    ) -> None:
        kind = self.kind(base)
        if not kind.is_array:
            self.keep(op)
            return
        self.force(base)
        dims: list[Dim] = []
        parts = places(self.kinds, op, base, index)
        target = Op("getitem", [base, index])
        part = target.define()
        target.block = self.b.block
        picked = [p for p in parts if p.part is not None and self.kind(p.part).is_array]
        if picked:
            self.scatter(op, base, index, value, code)
            return
        for place in parts:
            dims += place.dims(self.kinds, target, len(dims))
        if not dims:
            self.keep(op)
            return
        self.kinds.set(part, of_array(kind.dtype, dims))
        if not self.is_view(part):
            self.keep(op)
            return
        self.look(target)
        self.assign(part, value, code)

    def assign(self, target: Value, value: Value, code: str | None) -> None:
        """target[...] = value, or target += value, element by element."""
        dims = self.kind(target).dims
        own = self.kind(value).dims
        if len(own) > len(dims):
            refuse(Op("setitem", [], origin=self.b.origin), "a store with more axes")
        count = len([d for d in dims if d != 1])
        self.ready(value, count)
        self.ready_base(target)
        for mine, whole in zip(own, dims[len(dims) - len(own) :], strict=True):
            if mine != 1:
                self.agree(mine, whole)
        if self.collides(target, value, dims):
            value = self.apart_from(value)

        def body(at: At, _: Value | None) -> None:
            self.known = {}
            found = self.aligned(value, at)
            base, place = self.origin_of(target, at)
            if code is None:
                self.b.effect("setitem", base, self.index(place), found)
            else:
                self.b.effect("augitem", base, self.index(place), found, op=code)

        self.nest(dims, body)
        self.known = {}
        self.done(value)

    def ready_base(self, target: Value) -> None:
        while self.is_view(target) and target not in self.pending:
            assert target.op is not None
            target = self.final(target.op.args[0])
        self.force(target)

    def collides(self, target: Value, value: Value, dims: tuple[Dim, ...]) -> bool:
        """Does the value read, at other places, what the target is a part of?"""
        if not self.kind(value).is_array:
            return False
        written = self.memory.own(self.root(target))
        if not self.read_by(value) & written:
            return False
        scratch, found = Block(), []

        def body(at: At, _: Value | None) -> None:
            self.known, self.reads = {}, []
            self.aligned(value, at)
            base, place = self.origin_of(target, at)
            loops = [i for i in at if not isinstance(i, Const)]
            for read, where in self.reads:
                if self.memory.own(read) & written:
                    found.append(read is base and _matches(place, where, loops))

        with self.into(scratch):
            self.nest(dims, body)
        self.known, self.reads = {}, []
        return not all(found)

    def look(self, op: Op) -> None:
        """A slice to a constant is taken to be as long as it says: see to it."""
        for place in places(self.kinds, op, op.args[0], op.args[1]):
            if place.part is None or place.axis is None:
                continue
            if self.kind(place.part).name != "slice":
                continue
            _, stop, step = bounds(place.part)
            base = self.find(self.kind(op.args[0]).dims[place.axis])
            if type(stop) is not int or stop <= 0 or step not in (None, 1):
                continue
            if isinstance(base, int) and base >= stop:
                continue
            short = self.new("lt", self.extent(base), Const(stop), kind=number("bool"))
            self.stop_if(short)

    def scatter(
        self, op: Op, base: Value, index: Value, value: Value, code: str | None
    ) -> None:
        """A store at indices that an array holds."""
        parts = index_parts(index)
        kinds = [self.kind(p) for p in parts]
        if code is not None or any(k.dtype == "bool" for k in kinds) or len(parts) > 1:
            if any(k.dtype == "bool" for k in kinds) and len(parts) == 1:
                self.keep(op)
                return
            if code is not None and len(parts) == 1 and self.kind(base).rank == 1:
                self.keep(op)
                return
            refuse(op, "a store at the indices of an array, along with others")
        self.keep(op)

    def op_addat(self, op: Op) -> None:
        """np.add.at: an index that comes twice counts twice."""
        base, index, value = op.args
        if self.kind(base).name == "list":
            if self.function.shadowed:
                refuse(op, "an array that may be another's item")
            self.add_at(op)
            return
        target = Op("getitem", [base, index], origin=op.origin)
        part = target.define()
        target.block = self.b.block
        dims: list[Dim] = []
        for place in places(self.kinds, target, base, index):
            dims += place.dims(self.kinds, target, len(dims))
        if any(self.kind(p).dtype == "bool" for p in index_parts(index)):
            refuse(op, "a sum into places that a mask chooses")
        self.kinds.set(part, of_array(self.kind(base).dtype, dims))
        self.force(base)
        for piece in self.pieces(index):
            self.force(piece)
        self.ready(value, len(dims))
        own = self.kind(value).dims
        for mine, whole in zip(own, dims[len(dims) - len(own) :], strict=True):
            if mine != 1:
                self.agree(mine, whole)
        if self.read_by(value) & self.memory.own(self.root(base)):
            value = self.apart_from(value)

        def body(at: At, _: Value | None) -> None:
            self.known = {}
            found = self.aligned(value, at)
            root, place = self.origin_of(base, self.subscripted(target, at))
            self.b.effect("augitem", root, self.index(place), found, op="add")

        self.nest(dims, body)
        self.known = {}
        self.done(value)


def _matches(place: At, where: At, loops: At) -> bool:
    """Is what is read in an iteration written in that iteration or in none?"""
    return len(place) == len(where) and all(
        key_of(p, {}) == key_of(q, {}) or not (_uses(p, loops) or _uses(q, loops))
        for p, q in zip(place, where, strict=True)
    )


def _uses(value: Value, loops: At) -> bool:
    if value in loops:
        return True
    op = value.op
    return op is not None and any(_uses(a, loops) for a in op.args)
