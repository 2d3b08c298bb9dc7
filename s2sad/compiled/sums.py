"""Reductions: sums, means, extremes, products of vectors, adjoints of broadcasts."""

from __future__ import annotations

from collections.abc import Callable

from s2sad.compiled.kinds import (
    Dim,
    Kind,
    Length,
    is_float,
    number,
    refuse,
)
from s2sad.compiled.library import (
    REDUCTIONS,
    axes,
    bound_of,
    true,
)
from s2sad.compiled.nest import INTEGER, At
from s2sad.compiled.waiting import Waiting
from s2sad.ir.core import (
    Coined,
    Const,
    Op,
    Value,
)

START = {
    "sum": 0.0,
    "mean": 0.0,
    "prod": 1.0,
    "max": -float("inf"),
    "min": float("inf"),
}
COMBINE = {"sum": "add", "mean": "add", "prod": "mul", "any": "bitor", "all": "bitand"}


class Sums(Waiting):
    """Loops that carry a number, or add into an array with fewer axes."""

    def dot(self, op: Op, a: Value, b: Value) -> None:
        """The product of two vectors."""
        kind = self.kind(op.result)
        one, two = self.kind(a).dims[0], self.kind(b).dims[0]
        self.ready(a, 1)
        self.ready(b, 1)
        self.agree(one, two)

        def body(at: At, carried: Value | None) -> Value:
            assert carried is not None
            self.known = {}
            product = self.new(
                "mul", self.element(a, at), self.element(b, at), kind=kind
            )
            return self.new("add", carried, product, kind=kind)

        self.accumulate(op, (one,), body, "sum", kind)
        self.done(a)
        self.done(b)

    def accumulate(
        self,
        op: Op,
        dims: tuple[Dim, ...],
        body: Callable[[At, Value | None], Value | None],
        what: str,
        kind: Kind,
    ) -> Value:
        """A number that loops over all axes carry."""
        found = self.nest(dims, body, self.start(what, kind), kind)
        self.known = {}
        assert found is not None
        self.mapping[op.result] = found
        return found

    def start(self, what: str, kind: Kind) -> Const:
        """What a reduction of nothing gives, or begins with."""
        if what in ("any", "all"):
            found = Const(what == "all")
        elif is_float(kind.dtype):
            found = Const(START[what])
        elif what in ("max", "min"):
            refuse(Op("call", [], origin=self.b.origin), f"{what} of integers")
        else:
            found = Const(int(START[what]))
        found.name = Coined("s")
        return found

    def reduce(self, op: Op) -> None:
        value = op.args[0]
        bound = bound_of(op)
        kind = self.kind(value)
        what = REDUCTIONS[op.attrs["fn"]]
        gone = axes(self.kinds, op, bound.get("axis", Const(None)), kind.rank)
        keep = true(bound.get("keepdims", Const(False)))
        self.fold(op, value, gone, keep, what)

    def unbroadcast(self, op: Op) -> None:
        """An adjoint summed over the axes along which its value was broadcast."""
        g, value = op.args[0], op.result
        kind, own = self.kind(value), self.kind(g)
        if own.dtype.startswith("complex") and not kind.dtype.startswith("complex"):
            g = self.real_part(g)
            own = self.kind(g)
            op.args[0] = g
        if not own.is_array and not kind.is_array:
            if own.dtype in ("int", "bool") or own.dtype.startswith(("int", "bool")):
                made = self.b.effect("mul", g, Const(1.0))
                self.take_over(made, number("float"), value)
            else:
                self.mapping[value] = g
            return
        extra = own.rank - kind.rank
        gone = [
            k
            for k in range(own.rank)
            if k < extra or (kind.dims[k - extra] == 1 and own.dims[k] != 1)
        ]
        if gone:
            for k in range(extra, own.rank):
                if k not in gone and (own.dims[k] == 1) != (kind.dims[k - extra] == 1):
                    refuse(op, "an adjoint that is summed and spread at once")
                if k not in gone:
                    self.agree(own.dims[k], kind.dims[k - extra])
            self.fold(op, g, tuple(gone), True, "sum")
            return
        if (
            own.rank == kind.rank
            and own.dtype == kind.dtype
            and own.dims != (1,) * own.rank
        ):
            pairs = list(zip(own.dims, kind.dims, strict=True))
            if all((a == 1) == (b == 1) for a, b in pairs):
                for a, b in pairs:
                    self.agree(a, b)
                self.mapping[value] = g
                self.follow(value, g, op)
                return
        self.put_off(op)

    def follow(self, value: Value, g: Value, op: Op) -> None:
        """`value` is `g` from here on: it is used as often as both together."""
        mine = self.users.get(g, [])
        users = [u for u in mine if u[0] is not op] + self.users.get(value, [])
        self.users[g] = users
        if g in self.pending:
            made = self.pending.pop(g)
            assert made.results[0] is g
            if self.memory.is_mutated(value):
                self.pending[g] = made
                self.force(g)
            else:
                self.put_off(made)

    def fold(
        self, op: Op, value: Value, gone: tuple[int, ...] | None, keep: bool, what: str
    ) -> None:
        """A reduction over some axes."""
        kind, result = self.kind(value), self.kind(op.result)
        every = tuple(range(kind.rank))
        gone = every if gone is None else gone
        item = number(result.dtype)
        self.ready(value, len([d for d in kind.dims if d != 1]))
        if what in ("max", "min"):
            for k in gone:
                if not isinstance(kind.dims[k], int):
                    n = self.extent(kind.dims[k])
                    self.stop_if(self.new("eq", n, Const(0), kind=number("bool")))

        def combined(carried: Value, at: At) -> Value:
            self.known = {}
            found = self.element(value, at)
            if what in ("max", "min"):
                return self.call(f"numpy.{what}imum", carried, found, kind=item)
            return self.new(COMBINE[what], carried, found, kind=item)

        if not result.is_array:

            def body(at: At, carried: Value | None) -> Value:
                assert carried is not None
                return combined(carried, at)

            found = self.accumulate(op, kind.dims, body, what, item)
            if what == "mean":
                count = self.product(kind.dims)
                self.mapping[op.result] = self.new("div", found, count, kind=item)
        else:
            self.fold_some(op, value, gone, what, combined)
        self.done(value)

    def fold_some(
        self,
        op: Op,
        value: Value,
        gone: tuple[int, ...],
        what: str,
        combined: Callable[[Value, At], Value],
    ) -> None:
        """Some axes stay: in a row of the result the rest is added up if it is last."""
        kind, result = self.kind(value), self.kind(op.result)
        stay = [k for k in range(kind.rank) if k not in gone]
        item = number(result.dtype)
        first = kind.rank - result.rank if result.rank > len(stay) else None

        def place(at: At) -> At:
            """The indices in the result, which may have kept axes of length 1."""
            if first is None:
                return at
            rest = iter(at)
            every = range(kind.rank)
            found = [Const(0) if k in gone else next(rest) for k in every]
            return found[first:]

        outer = [kind.dims[k] for k in stay]
        start = self.start(what, item)
        if not stay or min(gone) > max(stay):
            target = self.empty(result, op.result)
            self.rows(target, kind, stay, place, start, combined)
        else:
            fill = {0.0: "zeros", 1.0: "ones"}.get(float(start.value))
            target = self.empty(result, op.result, fill or "empty")
            if fill is None:
                self.each(outer, target, place, start, None)

            def columns(at: At, _: Value | None) -> None:
                to = place([i for k, i in enumerate(at) if k not in gone])
                if what in ("sum", "mean", "prod"):
                    self.known = {}
                    found, code = self.element(value, at), COMBINE[what]
                    self.b.effect("augitem", target, self.index(to), found, op=code)
                    return
                old = self.read(target, to)
                self.b.effect("setitem", target, self.index(to), combined(old, at))

            self.nest(kind.dims, columns)
        if what == "mean":
            count = self.product(tuple(kind.dims[k] for k in gone))
            self.each(outer, target, place, count, "div")
        self.known = {}

    def rows(
        self,
        target: Value,
        kind: Kind,
        stay: list[int],
        place: Callable[[At], At],
        start: Const,
        combined: Callable[[Value, At], Value],
    ) -> None:
        """One number after the other, each carried through the last axes."""
        item = number(self.kind(target).dtype)
        gone = [d for k, d in enumerate(kind.dims) if k not in stay]

        def row(at: At, _: Value | None) -> None:
            def body(inner: At, carried: Value | None) -> Value:
                assert carried is not None
                return combined(carried, [*at, *inner])

            found = self.nest(gone, body, start, item)
            assert found is not None
            self.b.effect("setitem", target, self.index(place(at)), found)

        self.nest([kind.dims[k] for k in stay], row)

    def each(
        self,
        dims: list[Dim],
        target: Value,
        place: Callable[[At], At],
        value: Value,
        code: str | None,
    ) -> None:
        """The same with every element."""

        def body(at: At, _: Value | None) -> None:
            index = self.index(place(at))
            if code is None:
                self.b.effect("setitem", target, index, value)
            else:
                self.b.effect("augitem", target, index, value, op=code)

        self.nest(dims, body)

    def others(self, op: Op) -> None:
        """At each element of a vector the product of all the others."""
        value, kind = op.args[0], self.kind(op.result)
        self.force(value)
        item = number(kind.dtype)
        target = self.empty(kind, op.result)
        last = self.plus(self.extent(kind.dims[0]), -1)

        def before(at: At, carried: Value | None) -> Value:
            assert carried is not None
            self.b.effect("setitem", target, self.index(at), carried)
            return self.new("mul", carried, self.read(value, at), kind=item)

        def after(at: At, carried: Value | None) -> Value:
            assert carried is not None
            place = [self.new("sub", last, at[0], kind=INTEGER)]
            self.b.effect("augitem", target, self.index(place), carried, op="mul")
            return self.new("mul", carried, self.read(value, place), kind=item)

        for body in (before, after):
            self.nest(kind.dims, body, self.start("prod", item), item)

    def unrepeat(self, op: Op) -> None:
        """Each element's sum over the places where np.repeat has put it."""
        g, _, repeats = op.args[:3]
        kind, item = self.kind(op.result), number(self.kind(op.result).dtype)
        self.force(g)
        self.force(repeats)
        target = self.empty(kind, op.result)
        position = Const(0)
        position.name = Coined("position")

        def each(at: At, place: Value | None) -> Value:
            assert place is not None
            count = repeats
            if not self.kind(repeats).is_number:
                count = self.new("getitem", repeats, at[0], kind=INTEGER)

            def one(inner: At, carried: Value | None) -> Value:
                assert carried is not None
                where = self.new("add", place, inner[0], kind=INTEGER)
                return self.new("add", carried, self.read(g, [where]), kind=item)

            total = self.nest([Length(count)], one, self.start("sum", item), item)
            assert total is not None
            self.b.effect("setitem", target, self.index(at), total)
            return self.new("add", place, count, kind=INTEGER)

        self.nest(kind.dims, each, position, INTEGER)

    def real_part(self, value: Value) -> Value:
        """The real part of a complex number, or of an array of them, put off."""
        kind = self.kind(value)
        dtype = "float32" if kind.dtype == "complex64" else "float64"
        if kind.is_number:
            return self.new("getattr", value, kind=number(dtype), attr="real")
        made = Op("call", [value], {"fn": "numpy.real", "kw": ()}, origin=self.b.origin)
        found = made.define()
        self.kinds.set(found, Kind("array", dtype, kind.dims))
        self.pending[found] = made
        return found
