"""Making loops: nests over the axes of arrays, lengths, and checks that they agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from s2sad.compiled.fuse import key_of
from s2sad.compiled.infer import Kinds
from s2sad.compiled.kinds import (
    Axis,
    Dim,
    Kind,
    Length,
    number,
    type_of,
)
from s2sad.compiled.subscripts import bounds, places
from s2sad.frontend.frame import Static
from s2sad.frontend.scope import Binding
from s2sad.ir.builder import Builder
from s2sad.ir.core import (
    Block,
    Coined,
    Const,
    Function,
    Op,
    Origin,
    Value,
)
from s2sad.ir.types import INT, Type

NAMES = ("i", "j", "k", "l", "m", "n")
SIZES = ("n", "m", "l", "k")
INTEGER = number("int")
#: What the compiled derivative raises where only the NumPy tier can go on.
UNEQUAL = "lengths differ"

At = list[Value]


class Nest:
    """Builds operations at the place that `b` is at; the base of the pass."""

    def __init__(self, function: Function, kinds: Kinds) -> None:
        self.function = function
        self.kinds = kinds
        self.mapping: dict[Value, Value] = {}
        self.same: dict[Dim, Dim] = {}
        #: lengths of arguments, which the function begins with
        self.lengths: dict[Axis, Value] = {}
        self.head: list[Op] = []
        self.b = Builder(function.body)

    # -- values ------------------------------------------------------------------------

    def final(self, value: Value) -> Value:
        while value in self.mapping:
            value = self.mapping[value]
        return value

    def kind(self, value: Value) -> Kind:
        return self.kinds.of(value)

    def new(self, code: str, *args: Value, kind: Kind, **attrs: Any) -> Value:
        """A new operation with one result."""
        value = self.b.emit(code, *args, type=type_of(kind), **attrs)
        if not isinstance(value, Const) and value not in self.kinds.table:
            self.kinds.set(value, kind)
        return value

    def call(self, fn: str, *args: Value, kind: Kind) -> Value:
        return self.new("call", *args, kind=kind, fn=fn, kw=())

    def plus(self, a: Value, by: int) -> Value:
        if by == 0:
            return a
        if by < 0:
            return self.new("sub", a, Const(-by), kind=INTEGER)
        return self.new("add", a, Const(by), kind=INTEGER)

    @contextmanager
    def into(self, block: Block) -> Iterator[None]:
        """Build in an inner block; what is found equal there is so only there."""
        outer, same = self.b, dict(self.same)
        self.b = Builder(block, outer.origin)
        try:
            yield
        finally:
            self.b, self.same = outer, same

    @contextmanager
    def at_origin(self, origin: Origin | None) -> Iterator[None]:
        before = self.b.origin
        self.b.origin = origin or before
        try:
            yield
        finally:
            self.b.origin = before

    # -- loops -------------------------------------------------------------------------

    def nest(
        self,
        dims: list[Dim] | tuple[Dim, ...],
        body: Callable[[At, Value | None], Value | None],
        start: Value | None = None,
        kind: Kind | None = None,
    ) -> Value | None:
        """Loops over axes round a body; with `start`, a number is carried through."""
        at: At = []

        def level(k: int, carried: Value | None) -> Value | None:
            if k == len(dims):
                return body(at, carried)
            if dims[k] == 1:
                at.append(Const(0))
                return level(k + 1, carried)
            stop = self.extent(self.find(dims[k]))
            span = self.b.emit("range", Const(0), stop, Const(1), type=Type("range"))
            inner = Block()
            index = inner.param(Coined(NAMES[min(k, 5)]), INT)
            self.kinds.set(index, INTEGER)
            at.append(index)
            args = [span]
            param = None
            if carried is not None:
                assert kind is not None
                args.append(carried)
                param = inner.param(carried.name or Coined("s"), type_of(kind))
                self.kinds.set(param, kind)
            loop = self.b.region("for", args, [inner], lowered=True)
            with self.into(inner):
                end = level(k + 1, param)
            if carried is None:
                return None
            assert end is not None and kind is not None and param is not None
            inner.results = [end]
            result = loop.define(param.name, type_of(kind))
            self.kinds.set(result, kind)
            return result

        return level(0, start)

    # -- lengths -----------------------------------------------------------------------

    def extent(self, dim: Dim) -> Value:
        """The length as a value."""
        if isinstance(dim, int):
            return Const(dim)
        if isinstance(dim.symbol, Axis):
            base = self.lengths.get(dim.symbol) or self.given(dim.symbol)
            base = base or self.long(self.final(dim.symbol.value), dim.symbol.k)
        else:
            base = self.final(dim.symbol)
        return self.plus(base, dim.offset)

    def given(self, axis: Axis) -> Value | None:
        """The length of an axis of an argument, found once."""
        value = axis.value
        if value.block is not self.function.body:
            return None
        shape = Op("getattr", [value], {"attr": "shape"})
        length = Op("getitem", [shape.define(None, Type("tuple")), Const(axis.k)])
        found = length.define(Coined(SIZES[min(axis.k, 3)]), INT)
        for op in (shape, length):
            op.block = self.function.body
        self.head += [shape, length]
        self.kinds.set(found, INTEGER)
        self.lengths[axis] = found
        return found

    def long(self, value: Value, k: int) -> Value:
        """The length of an axis that has no other name."""
        op = value.op
        if op is not None and op.code == "getitem" and self.kind(op.args[0]).is_array:
            at = 0
            for place in places(self.kinds, op, op.args[0], op.args[1]):
                taken = place.dims(self.kinds, op, at)
                if taken and at == k and place.part is not None:
                    if self.kind(place.part).name == "slice":
                        assert place.axis is not None
                        base = self.kind(op.args[0]).dims[place.axis]
                        step = bounds(place.part)[2]
                        if step in (None, 1):
                            return self.span(place.part, base)
                        if type(step) is int and step > 1:
                            whole = self.plus(self.span(place.part, base), step - 1)
                            return self.new(
                                "floordiv", whole, Const(step), kind=INTEGER
                            )
                at += len(taken)
        shape = self.b.emit("getattr", value, attr="shape", type=Type("tuple"))
        return self.new("getitem", shape, Const(k), kind=INTEGER)

    def span(self, part: Value, base: Dim) -> Value:
        """The length of `x[start:stop]`; negative where it is nothing."""
        low = self.low(part, base)
        assert part.op is not None
        stop = part.op.args[1]
        n = self.extent(base)
        if isinstance(stop, Const) and stop.value is None:
            high = n
        elif isinstance(stop, Const) and stop.value < 0:
            high = self.plus(n, stop.value)
        else:
            high = self.smaller(self.from_front(stop, n), n)
        if isinstance(low, Const):
            return self.plus(high, -low.value)
        return self.new("sub", high, low, kind=INTEGER)

    def low(self, part: Value, base: Dim) -> Value:
        """Where a slice begins, from the front."""
        assert part.op is not None
        start = part.op.args[0]
        if isinstance(start, Const) and start.value is None:
            return Const(0)
        if self.is_natural(start):
            return self.final(start)
        return self.from_front(start, self.extent(base))

    def from_front(self, index: Value, n: Value) -> Value:
        """The index with a negative one counted from the end."""
        index = self.final(index)
        if self.is_natural(index):
            return index
        if isinstance(index, Const):
            moved = self.plus(n, index.value)
        else:
            moved = self.new("add", index, n, kind=INTEGER)
        moved = self.call("max", moved, Const(0), kind=INTEGER)
        if isinstance(index, Const):
            return moved
        test = self.new("lt", index, Const(0), kind=number("bool"))
        return self.choose(test, moved, index, INTEGER)

    def choose(self, test: Value, a: Value, b: Value, kind: Kind) -> Value:
        """`a if test else b`, both there already."""
        then, other = Block(), Block()
        then.results, other.results = [a], [b]
        value = self.b.region("if", [test], [then, other]).define(None, type_of(kind))
        self.kinds.set(value, kind)
        return value

    def smaller(self, a: Value, b: Value) -> Value:
        return self.call("min", a, b, kind=INTEGER)

    def is_natural(self, value: Value) -> bool:
        """Is an integer known not to be negative?"""
        return self.is_least(value, 0)

    def is_least(self, value: Value, least: int, depth: int = 6) -> bool:
        """Is an integer known to be this or more?"""
        value = self.final(value)
        if isinstance(value, Const):
            return type(value.value) is int and value.value >= least
        if depth == 0:
            return False
        op = value.op
        if op is None:
            return self.counts_from(value, least, depth)
        if op.code in ("add", "sub") and isinstance(op.args[1], Const):
            by = op.args[1].value if op.code == "add" else -op.args[1].value
            return type(by) is int and self.is_least(op.args[0], least - by, depth - 1)
        if least > 0:
            return False
        if op.code in ("add", "mul"):
            return all(self.is_least(a, 0, depth - 1) for a in op.args)
        if op.code in ("floordiv", "mod"):
            left, right = op.args
            sure = isinstance(right, Const) and right.value > 0
            return sure and (op.code == "mod" or self.is_least(left, 0, depth - 1))
        if op.code == "getitem":
            made = op.args[0].op
            return made is not None and made.attrs.get("attr") == "shape"
        return op.attrs.get("fn") in ("len", "numpy.size")

    def counts_from(self, value: Value, least: int, depth: int) -> bool:
        """The same of what a loop counts with."""
        owner = value.block.owner if value.block is not None else None
        if owner is None or owner.code != "for":
            return False
        made = owner.args[0].op
        if value is not owner.blocks[0].params[0] or made is None:
            return False
        if made.code != "range":
            return False
        start, stop, step = made.args
        if not isinstance(step, Const):
            return False
        if step.value > 0:
            return self.is_least(start, least, depth - 1)
        return self.is_least(stop, least - 1, depth - 1)

    # -- checks ------------------------------------------------------------------------

    def find(self, dim: Dim) -> Dim:
        while dim in self.same:
            dim = self.same[dim]
        if isinstance(dim, Length) and dim.offset:
            whole = self.find(Length(dim.symbol))
            if whole != Length(dim.symbol):
                moved = (
                    whole + dim.offset
                    if isinstance(whole, int)
                    else whole.plus(dim.offset)
                )
                return self.find(moved)
        return dim

    def agree(self, a: Dim, b: Dim) -> None:
        """See to it that two lengths are equal; after this they are."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return
        if isinstance(a, Length) and isinstance(b, Length) and a.offset == b.offset:
            a, b = Length(a.symbol), Length(b.symbol)
        n, m = self.extent(a), self.extent(b)
        if key_of(n, {}) != key_of(m, {}):
            self.stop_if(self.new("ne", n, m, kind=number("bool")))
        if isinstance(a, int):
            a, b = b, a
        if isinstance(a, Length):
            self.same[a] = b

    def stop_if(self, test: Value) -> None:
        """Leave it to the NumPy tier if so."""
        then, other = Block(), Block()
        self.b.region("if", [test], [then, other], lowered=True)
        with self.into(then):
            self.b.effect("raise", Const(UNEQUAL), path="ValueError")

    # -- arrays ------------------------------------------------------------------------

    def shape(self, dims: tuple[Dim, ...]) -> Value:
        """The lengths as np.empty takes them."""
        parts = []
        for dim in dims:
            n = self.extent(self.find(dim))
            sure = isinstance(dim, int) or self.is_natural(n)
            if not sure:  # of x[2:] where x is shorter
                n = self.call("max", n, Const(0), kind=INTEGER)
            parts.append(n)
        if len(parts) == 1:
            return parts[0]
        whole = Kind("tuple", items=(INTEGER,) * len(parts))
        return self.new("tuple", *parts, kind=whole)

    def dtype(self, name: str) -> list[Value]:
        """A dtype argument; none for float64."""
        if name == "float64":
            return []
        path = "numpy.bool_" if name == "bool" else f"numpy.{name}"
        source = self.function.source
        assert source is not None
        return [Static(Binding("library", path), source.scope)]

    def empty(self, kind: Kind, value: Value | None = None, fn: str = "empty") -> Value:
        """A new array; under the name of a value, if that is given."""
        args = [self.shape(kind.dims), *self.dtype(kind.dtype)]
        made = self.b.effect("call", *args, fn=f"numpy.{fn}", kw=())
        return self.take_over(made, kind, value)

    def take_over(self, op: Op, kind: Kind, value: Value | None) -> Value:
        if value is None:
            value = op.define(None, type_of(kind))
            self.kinds.set(value, kind)
        else:
            value.op = op
            op.results.append(value)
        return value

    def index(self, at: At) -> Value:
        if len(at) == 1:
            return at[0]
        whole = Kind("tuple", items=(INTEGER,) * len(at))
        return self.new("tuple", *at, kind=whole)

    def read(self, base: Value, at: At) -> Value:
        kind = self.kind(base)
        return self.new("getitem", base, self.index(at), kind=number(kind.dtype))
