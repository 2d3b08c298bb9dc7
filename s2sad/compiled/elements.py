"""One element of an array expression, without the array.

`element(value, at)` is what the value has at some indices, as operations on numbers.
An array that is *put off* has no memory: its element is computed from elements of its
operands. A view's element is one of what it views. Everything else is read.
"""

from __future__ import annotations

from s2sad.compiled.infer import Kinds
from s2sad.compiled.kinds import (
    Dim,
    number,
)
from s2sad.compiled.library import (
    RUNTIME,
    axes,
    bound_of,
    is_elementwise,
    operands,
    true,
)
from s2sad.compiled.nest import INTEGER, At, Nest
from s2sad.compiled.subscripts import bounds, places
from s2sad.compiled.whole import permutation
from s2sad.ir.core import (
    Const,
    Function,
    Op,
    Value,
)
from s2sad.ir.infer import ARITHMETIC, BITWISE, COMPARISON

OPERATORS = ARITHMETIC | COMPARISON | BITWISE | {"neg", "pos", "invert"}
CONSTANT = {"numpy.zeros": 0.0, "numpy.zeros_like": 0.0, f"{RUNTIME}zeros_like": 0.0}
CONSTANT |= {"numpy.ones": 1.0, "numpy.ones_like": 1.0}
FILLED = frozenset({"numpy.full", "numpy.full_like"})
COPIES = frozenset({"numpy.copy", f"{RUNTIME}own", f"{RUNTIME}copied"})
TRANSPOSED = frozenset({"numpy.transpose", "numpy.moveaxis", "numpy.swapaxes"})
SHAPED = frozenset({f"{RUNTIME}unbroadcast", f"{RUNTIME}match"})
TRIANGLES = {"numpy.triu": "le", "numpy.tril": "ge"}


class Elements(Nest):
    """Elements of what is put off; what reads and which memory is kept for the rest."""

    def __init__(self, function: Function, kinds: Kinds) -> None:
        super().__init__(function, kinds)
        #: arrays without memory, of the block that is being written
        self.pending: dict[Value, Op] = {}
        #: elements of the body that is being written
        self.known: dict[tuple[Value, tuple[Value, ...]], Value] = {}
        #: what the elements of the body have been read from
        self.reads: list[tuple[Value, At]] = []

    def force(self, value: Value) -> None:
        raise NotImplementedError

    # -- views -----------------------------------------------------------------------

    def is_view(self, value: Value) -> bool:
        """Is every element of it one of another array, at an index that is known?"""
        op = value.op
        if op is None or not self.kind(value).is_array:
            return False
        if op.code == "getattr":
            return bool(op.attrs["attr"] == "T")
        if op.code == "call":
            fn = op.attrs["fn"]
            diagonal = fn == "numpy.diag" and self.kind(value).rank == 1
            return fn in TRANSPOSED or fn == "numpy.expand_dims" or diagonal
        if op.code != "getitem" or not self.kind(op.args[0]).is_array:
            return False
        for place in places(self.kinds, op, op.args[0], op.args[1]):
            if place.part is None or place.axis is None:
                continue
            kind = self.kind(place.part)
            if kind.is_array:
                return False
            if kind.name == "slice":
                start, stop, step = bounds(place.part)
                if step not in (None, 1):
                    plain = start is None or (type(start) is int and start >= 0)
                    forward = type(step) is int and step > 0 and plain
                    if not forward and not (step == -1 and start is stop is None):
                        return False
        return True

    def origin_of(self, value: Value, at: At) -> tuple[Value, At]:
        """The array with memory, and the indices in it, of an element of a view."""
        value = self.final(value)
        while value not in self.pending and self.is_view(value):
            assert value.op is not None
            at = self.inner(value.op, at)
            value = self.final(value.op.args[0])
        return value, at

    def inner(self, op: Op, at: At) -> At:
        """Indices of a view to indices of what it views."""
        if op.code == "getitem":
            return self.subscripted(op, at)
        if op.code == "call" and op.attrs["fn"] == "numpy.diag":
            return [at[0], at[0]]
        if op.code == "call" and op.attrs["fn"] == "numpy.expand_dims":
            rank = self.kind(op.args[0]).rank
            gone = axes(self.kinds, op, bound_of(op)["axis"], rank + 1) or ()
            return [i for k, i in enumerate(at) if k not in gone]
        order = permutation(self.kinds, op)
        found: At = [Const(0)] * len(at)
        for k, i in zip(order, at, strict=True):
            found[k] = i
        return found

    def subscripted(self, op: Op, at: At) -> At:
        base, index = op.args
        rest = iter(at)
        found: At = []
        dims = self.kind(base).dims
        for place in places(self.kinds, op, base, index):
            if place.axis is None:
                next(rest)
            elif place.part is None:
                found.append(next(rest))
            elif self.kind(place.part).is_number:
                found.append(self.final(place.part))
            elif self.kind(place.part).is_array:
                picks = self.final(place.part)
                inner = [next(rest) for _ in range(self.kind(picks).rank)]
                found.append(self.element(picks, inner))
            else:
                found.append(self.shifted(place.part, next(rest), dims[place.axis]))
        return found

    def shifted(self, part: Value, i: Value, base: Dim) -> Value:
        """Where the i-th item of `x[start:stop:step]` is in x."""
        _, _, step = bounds(part)
        if step == -1:
            last = self.plus(self.extent(base), -1)
            return self.new("sub", last, i, kind=INTEGER)
        if type(step) is int and step > 1:
            i = self.new("mul", i, Const(step), kind=INTEGER)
        low = self.low(part, base)
        if isinstance(low, Const):
            if isinstance(i, Const):
                return Const(i.value + low.value)
            return self.plus(i, low.value)
        if isinstance(i, Const) and i.value == 0:
            return low
        return self.new("add", low, i, kind=INTEGER)

    # -- elements --------------------------------------------------------------------

    def element(self, value: Value, at: At) -> Value:
        """What a value has at these indices, one for each of its axes."""
        value = self.final(value)
        if not self.kind(value).is_array:
            return value
        value, at = self.origin_of(value, at)
        key = (value, tuple(at))
        if key not in self.known:
            op = self.pending.get(value)
            if op is None:
                self.reads.append((value, at))
                self.known[key] = self.read(value, at)
            else:
                self.known[key] = self.computed(op, value, at)
        return self.known[key]

    def aligned(self, value: Value, at: At) -> Value:
        """The element of an operand that is broadcast to what the indices are for."""
        value = self.final(value)
        dims = self.kind(value).dims
        last = at[len(at) - len(dims) :]
        found = [Const(0) if d == 1 else i for d, i in zip(dims, last, strict=True)]
        return self.element(value, found)

    def computed(self, op: Op, value: Value, at: At) -> Value:
        kind = number(self.kind(value).dtype)
        if op.code in OPERATORS:
            args = [self.aligned(a, at) for a in op.args]
            return self.new(op.code, *args, kind=kind)
        if op.code == "take":
            return self.element(op.args[0], at)
        if op.code == "getitem":  # a gather
            base, index = op.args[0], self.subscripted(op, at)
            return self.element(base, index)
        fn = op.attrs["fn"]
        if fn in CONSTANT:
            return Const(CONSTANT[fn])
        if fn in FILLED:
            return self.aligned(bound_of(op)["fill_value"], at)
        if fn in COPIES:
            return self.element(op.args[0], at)
        if fn in SHAPED or fn == "numpy.broadcast_to":
            return self.aligned(op.args[0], at)
        if fn == f"{RUNTIME}plus":
            return self.new("add", *(self.aligned(a, at) for a in op.args), kind=kind)
        if fn == f"{RUNTIME}spread":
            return self.spread(op, at)
        if fn == f"{RUNTIME}along":
            rank = self.kind(op.args[1]).rank
            axis = axes(self.kinds, op, bound_of(op)["axis"], rank) or (0,)
            return self.element(op.args[0], [at[axis[0]]])
        if fn == "numpy.outer":
            a, b = (self.element(v, [i]) for v, i in zip(op.args, at, strict=True))
            return self.new("mul", a, b, kind=kind)
        if fn in TRIANGLES:
            return self.triangle(op, at)
        return self.function_of(op, [self.aligned(v, at) for v in operands(op)], value)

    def function_of(self, op: Op, args: list[Value], value: Value) -> Value:
        """An elementwise function of numbers."""
        kind = number(self.kind(value).dtype)
        fn = op.attrs["fn"]
        if fn == "numpy.where":
            return self.choose(args[0], args[1], args[2], kind)
        if fn == "numpy.clip":
            found, low, high = args
            if self.kind(low).name != "none":
                found = self.call("numpy.maximum", found, low, kind=kind)
            if self.kind(high).name != "none":
                found = self.call("numpy.minimum", found, high, kind=kind)
            return found
        if fn == "numpy.real" and self.kind(args[0]).dtype.startswith("complex"):
            return self.new("getattr", args[0], kind=kind, attr="real")
        if fn in ("numpy.real", "numpy.positive"):
            return args[0]
        if fn == "numpy.square":
            return self.new("mul", args[0], args[0], kind=kind)
        return self.call(fn, *args, kind=kind)

    def spread(self, op: Op, at: At) -> Value:
        bound = bound_of(op)
        c = bound["c"]
        rank = self.kind(bound["x"]).rank
        gone = axes(self.kinds, op, bound.get("axis", Const(None)), rank)
        if not self.kind(c).is_array or gone is None:
            return self.aligned(c, at)
        if true(bound["keepdims"]):
            return self.element(
                c, [Const(0) if k in gone else i for k, i in enumerate(at)]
            )
        return self.element(c, [i for k, i in enumerate(at) if k not in gone])

    def triangle(self, op: Op, at: At) -> Value:
        """np.triu has what is on and above a diagonal, np.tril what is below."""
        row = at[0]
        k = op.args[1] if len(op.args) > 1 else Const(0)
        if not (isinstance(k, Const) and k.value == 0):
            row = self.new("add", row, self.final(k), kind=INTEGER)
        code = TRIANGLES[op.attrs["fn"]]
        test = self.new(code, row, at[1], kind=number("bool"))
        kind = number(self.kind(op.args[0]).dtype)
        return self.choose(test, self.element(op.args[0], at), Const(0.0), kind)

    # -- before a nest ---------------------------------------------------------------

    def parts(self, op: Op) -> list[Value]:
        """The arrays whose elements an element of a pending one is made of."""
        if op.code in OPERATORS:
            return op.args
        if op.code == "take":
            return op.args
        if op.code == "getitem":
            return [op.args[0], *(a for a in self.pieces(op.args[1]))]
        fn = op.attrs["fn"]
        if fn in CONSTANT:
            return []
        if fn in FILLED:
            return [bound_of(op)["fill_value"]]
        if fn in SHAPED | COPIES | set(TRIANGLES) | {"numpy.broadcast_to"}:
            return op.args[:1]
        if fn in (f"{RUNTIME}spread", f"{RUNTIME}along"):
            return op.args[:1]
        if fn in ("numpy.outer", f"{RUNTIME}plus"):
            return op.args[:2]
        return operands(op)

    def pieces(self, index: Value) -> list[Value]:
        """The arrays in a subscript."""
        from s2sad.ir.infer import index_parts

        return [p for p in index_parts(index) if self.kind(p).is_array]

    def ready(self, value: Value, rank: int) -> None:
        """Before a nest: lengths agree, and nothing dear is computed again and again.

        `rank` is the number of the nest's axes along which the value differs.
        """
        value = self.final(value)
        while value not in self.pending and self.is_view(value):
            assert value.op is not None
            value = self.final(value.op.args[0])
        op = self.pending.get(value)
        if op is None:
            return
        own = [d for d in self.kind(value).dims if d != 1]
        if len(own) < rank and self.is_dear(op):
            self.force(value)
            return
        self.check(op, value)
        for part in self.parts(op):
            if self.kind(part).is_array:
                self.ready(part, rank if self.is_dear(op) else len(own))

    def is_dear(self, op: Op) -> bool:
        """Is an element more than a read?"""
        if op.code in OPERATORS:
            return True
        return op.code == "call" and (
            is_elementwise(op) or op.attrs["fn"] in ("numpy.outer", f"{RUNTIME}plus")
        )

    def check(self, op: Op, value: Value) -> None:
        """The lengths of an elementwise operation's operands agree."""
        dims = self.kind(value).dims
        fn = op.attrs.get("fn", "")
        if fn == f"{RUNTIME}spread":
            self.check_spread(op, dims)
            return
        simple = op.code in OPERATORS or fn in SHAPED or is_elementwise(op)
        if not (
            simple or fn in ("numpy.broadcast_to", f"{RUNTIME}plus") or fn in FILLED
        ):
            return
        for part in self.parts(op):
            own = self.kind(part).dims
            for mine, whole in zip(own, dims[len(dims) - len(own) :], strict=True):
                if mine != 1:
                    self.agree(mine, whole)

    def check_spread(self, op: Op, dims: tuple[Dim, ...]) -> None:
        bound = bound_of(op)
        own = self.kind(bound["c"]).dims
        gone = axes(self.kinds, op, bound.get("axis", Const(None)), len(dims))
        if gone is not None and not true(bound["keepdims"]) and own:
            dims = tuple(d for k, d in enumerate(dims) if k not in gone)
        for mine, whole in zip(own, dims[len(dims) - len(own) :], strict=True):
            if mine != 1:
                self.agree(mine, whole)
