"""Array statements to loops.

    bu[1:-1] += 0.5 * t          for i in range(u.shape[0] - 2):
                         ==>         bu[i + 1] += 0.5 * t[i]

Array expressions that are used once are put off, and computed element by element where
they are used: stores, sums, products of vectors. What is used more than once, or by a
function that takes whole arrays, gets memory and a nest of its own. Products of
matrices and the functions of np.linalg stay as they are.

A store whose right side reads, at other places, what the left side writes goes by way
of a new array. Where it is not known that two lengths are equal the loops begin with a
check; if that fails (an axis of length 1 that no argument has shown) the derivative is
computed by the NumPy tier.
"""

from __future__ import annotations

from s2sad.compiled.elements import (
    COPIES,
    SHAPED,
)
from s2sad.compiled.kinds import (
    Axis,
    is_float,
    number,
    refuse,
)
from s2sad.compiled.library import (
    REDUCTIONS,
    RUNTIME,
    bound_of,
    is_elementwise,
)
from s2sad.compiled.nest import At
from s2sad.compiled.stores import Stores
from s2sad.compiled.sums import Sums
from s2sad.compiled.waiting import PRODUCTS
from s2sad.ir.core import (
    Block,
    Coined,
    Const,
    Op,
    Value,
)

#: Checks that are decided by the kinds of their operands.
DECIDED = frozenset(
    f"require_{n}"
    for n in (
        *("rank", "float", "number", "one", "scalar", "array", "items"),
        *("element", "sequence", "flat"),
    )
)


class Loops(Stores, Sums):
    """Rewrites a function in place."""

    def run(self) -> None:
        body = self.function.body
        self.block(body)
        body.ops[0:0] = self.head
        self.forward.update(self.head)

    def block(self, block: Block) -> None:
        ops, block.ops = block.ops, []
        outer = self.pending
        self.pending = {}
        with self.into(block):
            for op in ops:
                before = len(block.ops)
                with self.at_origin(op.origin):
                    op.args = [self.final(a) for a in op.args]
                    self.op(op)
                if op in self.forward:
                    for made in block.ops[before:]:
                        self.forward.update(self.within(made))
            block.results = [self.final(v) for v in block.results]
            for value in block.results:
                self.force(value)
        self.pending = outer

    def op(self, op: Op) -> None:
        self.before_writes(op)
        method = getattr(self, f"op_{op.code}", None)
        if method is not None:
            method(op)
        elif op.results and self.kind(op.result).is_array and self.may_wait(op):
            self.put_off(op)
        else:
            self.keep(op)

    def op_getitem(self, op: Op) -> None:
        if self.kind(op.args[0]).name == "tuple" and self.is_length(op):
            return
        if not self.kind(op.result).is_array or not self.kind(op.args[0]).is_array:
            self.keep(op)
            return
        self.force(op.args[0])
        if self.is_view(op.result):
            self.look(op)
            self.b.append(op)
            return
        pieces = self.pieces(op.args[1])
        if pieces and all(self.kind(p).dtype != "bool" for p in pieces):
            for piece in pieces:
                self.force(piece)
            self.put_off(op)
            return
        self.keep(op)

    def is_length(self, op: Op) -> bool:
        """Is it the length of an argument's axis? That one has a name."""
        dim = self.kinds.length(op.result)
        if isinstance(dim, int) or dim.offset or not isinstance(dim.symbol, Axis):
            return False
        if dim.symbol.value.block is not self.function.body:
            return False
        length = self.extent(dim)
        if isinstance(length.name, Coined) and op.result.name:
            length.name = op.result.name
        self.mapping[op.result] = length
        return True

    def op_getattr(self, op: Op) -> None:
        value = op.args[0]
        kind = self.kind(value)
        attr = op.attrs["attr"]
        if kind.is_number and attr == "T":
            self.mapping[op.result] = value
        elif value in self.absent and attr in ("shape", "size"):
            if attr == "shape":
                parts = [self.extent(d) for d in kind.dims]
                made = self.b.effect("tuple", *parts)
                self.take_over(made, self.kind(op.result), op.result)
            else:
                self.mapping[op.result] = self.product(kind.dims)
        else:
            self.keep(op)

    def op_check(self, op: Op) -> None:
        fn = op.attrs["fn"]
        if fn in DECIDED:
            self.decide(op, fn)
        elif fn == "require_apart" and all(
            a.block is self.function.body for a in op.args
        ):
            names = tuple(a.name or "" for a in op.args)
            self.apart.append((names[0], names[1:]))
        else:
            refuse(op, f"the check {fn}")

    def decide(self, op: Op, fn: str) -> None:
        kinds = [self.kind(a) for a in op.args]
        first = kinds[0]
        numbers = all(k.is_number and not k.dtype.startswith("complex") for k in kinds)
        wanted = {
            "require_rank": first.rank == getattr(op.args[-1], "value", None),
            "require_float": first.is_number or is_float(first.dtype),
            "require_array": first.is_array,
            "require_items": first.is_array,
            "require_sequence": first.is_array or first.name == "list",
            "require_flat": first.rank == 1,
        }
        if not wanted.get(fn, numbers):
            refuse(
                op, f"{fn.removeprefix('require_')} is needed here, and this is {first}"
            )

    def op_matmul(self, op: Op) -> None:
        a, b = op.args[:2]
        if self.kind(a).rank == self.kind(b).rank == 1:
            self.dot(op, a, b)
            return
        dtypes = {self.kind(a).dtype, self.kind(b).dtype}
        if len(dtypes) > 1 or not is_float(next(iter(dtypes))):
            op.args = [self.as_dtype(v, self.kind(op.result).dtype) for v in (a, b)]
            op.attrs.pop("method", None)
        self.keep(op)

    def op_call(self, op: Op) -> None:
        fn = op.attrs["fn"]
        kind = self.kind(op.result) if op.results else number("int")
        if fn in PRODUCTS and all(self.kind(a).is_array for a in op.args[:2]):
            self.op_matmul(op)
        elif fn in REDUCTIONS and self.kind(op.args[0]).is_array:
            self.reduce(op)
        elif fn in SHAPED:
            self.unbroadcast(op)
        elif fn == f"{RUNTIME}zeros_like" and kind.name == "list":
            self.zeros(op)
        elif not kind.is_array:
            self.number_call(op)
        elif fn == f"{RUNTIME}on_diagonal":
            self.on_diagonal(op)
        elif fn == f"{RUNTIME}others":
            self.others(op)
        elif fn == f"{RUNTIME}unrepeat":
            self.unrepeat(op)
        elif fn == "numpy.empty_like":
            self.empty(kind, op.result)
        elif self.may_wait(op):
            self.put_off(op)
        elif self.is_view(op.result):
            self.force(op.args[0])
            self.b.append(op)
        else:
            self.keep(op)

    def number_call(self, op: Op) -> None:
        """Helpers of adjoints, where all are numbers."""
        fn, value = op.attrs["fn"], op.result
        if fn in (f"{RUNTIME}spread", *COPIES, f"{RUNTIME}stop_gradient"):
            self.mapping[value] = op.args[0]
        elif fn == f"{RUNTIME}zeros_like" and self.kind(op.args[0]).is_number:
            made = self.b.effect("pos", Const(0.0))
            self.take_over(made, number("float"), value)
        elif fn == f"{RUNTIME}plus":
            made = self.b.effect("add", *op.args)
            self.take_over(made, self.kind(value), value)
        elif fn in ("len", "numpy.size") and self.kind(op.args[0]).is_array:
            dims = self.kind(op.args[0]).dims
            if fn != "len" or not self.is_length(op):
                self.mapping[value] = self.product(dims[:1] if fn == "len" else dims)
        elif is_elementwise(op) and fn in ("numpy.where", "numpy.clip", "numpy.real"):
            from s2sad.compiled.library import operands

            self.mapping[value] = self.function_of(op, operands(op), value)
        else:
            self.keep(op)

    def op_take(self, op: Op) -> None:
        if self.kind(op.result).is_array:
            self.put_off(op)
        else:
            self.mapping[op.result] = op.args[0]

    def on_diagonal(self, op: Op) -> None:
        """A matrix of zeros with this on its diagonal; or the diagonal of this."""
        bound = bound_of(op)
        kind = self.kind(op.result)
        if kind.rank == 1:
            made = Op("call", [bound["c"]], {"fn": "numpy.diag", "kw": ()})
            self.force(bound["c"])
            self.b.append(made)
            self.take_over(made, kind, op.result)
            return
        g = bound["c"]
        own = self.kind(g).dims[0]
        self.ready(g, 1)
        target = self.empty(kind, op.result, "zeros")

        def body(at: At, _: Value | None) -> None:
            self.known = {}
            place = self.index([at[0], at[0]])
            self.b.effect("setitem", target, place, self.element(g, at))

        self.nest((own,), body)
        self.known = {}
        self.done(g)
