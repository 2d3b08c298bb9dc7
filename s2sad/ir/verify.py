"""Is three-address code well formed? Every pass can be asked, before and after.

Each value is defined once, before it is used, and in a block that is still in force;
branches and loops start, carry and yield equally many; operations stand in the block,
and blocks belong to the owner, that they say; and a variable that no path has bound
is passed on by yields and starts of loops, never used.
"""

from __future__ import annotations

from s2sad.errors import InternalError
from s2sad.ir.core import Block, Const, Function, Op, Undef, Value, enclosing, home

#: Operations that are done for what they change: they have no result.
STORES = frozenset(
    {"setitem", "augitem", "iadd", "addat", "push", "restore", "insert", "delitem"}
    | {"additems", "drop", "addattr", "truncate"}
)
EFFECTS = STORES | {"assert", "raise", "check"}
#: Calls of one half of a recursive function have several.
SEVERAL = frozenset({"calluser", "callrev", "calltangent", "unpack"})
REGIONS = {"if": 2, "for": 1, "while": 2}


def verify(function: Function, *, forward_values: bool = False) -> None:
    """Raise InternalError, naming the operation, if anything is wrong.

    `forward_values` is for an adjoint that is not recorded yet: there the reverse
    sweep may use any value that was made before, in whatever block that was.
    """
    _Verifier(function, forward_values).run()


class _Verifier:
    def __init__(self, function: Function, forward_values: bool) -> None:
        self.function = function
        self.forward_values = forward_values
        self.defined: set[Value] = set()  # anywhere, so far
        self.visible: dict[Value, None] = {}  # from here, the innermost last
        self.seen: set[Op | Block] = set()

    def run(self) -> None:
        body = self.function.body
        self.require(body.owner is None, "a function's body belongs to an operation")
        given = [p.value for p in self.function.params]
        self.require(given == body.params, "parameters and the body's do not match")
        self.block(body, None)

    def require(self, condition: bool, message: str, op: Op | None = None) -> None:
        if condition:
            return
        where = self.function.name if op is None else f"{self.function.name}, {op}"
        at = op.origin.location if op is not None and op.origin else None
        raise InternalError(f"{where}: {message}", at=at)

    # -- values --------------------------------------------------------------------

    def define(self, value: Value, op: Op | None) -> None:
        self.require(value not in self.defined, f"{value} is defined twice", op)
        self.defined.add(value)
        self.visible[value] = None

    def use(self, value: Value, op: Op | None, *, in_yield: bool = False) -> None:
        if isinstance(value, Undef):
            self.require(in_yield, "an undefined value is used", op)
            return
        if isinstance(value, Const) or type(value) is not Value:
            return  # known when compiled: a constant, a module, a function
        known = value in (self.defined if self.forward_values else self.visible)
        if not known:
            self.require(False, f"{value} {self.why_not(value)}", op)

    def why_not(self, value: Value) -> str:
        """What is wrong with a value that cannot be used here."""
        where = home(value)
        if where is None:
            return "is defined nowhere"
        if self.function.body not in enclosing(where):
            return "belongs to another function"
        if value in self.defined:
            return "is used outside of the block that defines it"
        listed = value.op.results if value.op is not None else where.params
        present = value.op is None or value.op in where.ops
        if value not in listed or not present:
            return "is defined by what has been removed"
        return "is used before it is defined"

    # -- structure -----------------------------------------------------------------

    def block(self, block: Block, owner: Op | None) -> None:
        """Check a block; what it defines is out of sight after it."""
        self.require(block not in self.seen, "a block stands in two places", owner)
        self.require(block.owner is owner, "a block has another owner", owner)
        self.seen.add(block)
        outside = len(self.visible)
        for value in block.params:
            right = value.op is None and value.block is block
            self.require(right, f"parameter {value} is of another block", owner)
            self.define(value, owner)
        for op in block.ops:
            self.require(op not in self.seen, "stands in two places", op)
            self.require(op.block is block, "says that it is in another block", op)
            self.seen.add(op)
            self.op(op)
        for value in block.results:
            self.use(value, owner, in_yield=True)
        while len(self.visible) > outside:
            self.visible.popitem()

    def op(self, op: Op) -> None:
        starts = op.args[1:] if op.code == "for" else op.args
        loops = op.code in ("for", "while")
        for value in op.args:
            self.use(value, op, in_yield=loops and value in starts)
        self.require(
            len(op.blocks) == REGIONS.get(op.code, 0),
            f"has {len(op.blocks)} blocks",
            op,
        )
        if op.code in REGIONS:
            getattr(self, f"{op.code}_")(op)
        elif op.code not in SEVERAL:
            wanted = 0 if op.code in EFFECTS else 1
            self.count(len(op.results), wanted, "results", op)
        for block in op.blocks:
            self.block(block, op)
        for value in op.results:
            self.require(value.op is op, f"result {value} is of another operation", op)
            self.define(value, op)

    def count(self, found: int, wanted: int, what: str, op: Op) -> None:
        self.require(found == wanted, f"{found} {what}, not {wanted}", op)

    def if_(self, op: Op) -> None:
        catches = "catch" in op.attrs
        self.count(len(op.args), 0 if catches else 1, "operands", op)
        for block in op.blocks:
            wanted = 1 if catches and block is op.blocks[1] else 0
            self.count(len(block.params), wanted, "parameters of a branch", op)
            self.count(len(block.results), len(op.results), "values yielded", op)

    def for_(self, op: Op) -> None:
        (body,) = op.blocks
        carried = len(op.results)
        self.count(len(op.args), 1 + carried, "operands", op)
        self.count(len(body.params), 1 + carried, "parameters of the body", op)
        self.ends(op, body)

    def while_(self, op: Op) -> None:
        test, body = op.blocks
        carried = len(op.results)
        self.count(len(op.args), carried, "operands", op)
        self.count(len(test.params), carried, "parameters of the test", op)
        self.count(len(test.results), 1, "results of the test", op)
        self.count(len(body.params), carried, "parameters of the body", op)
        self.ends(op, body)

    def ends(self, op: Op, body: Block) -> None:
        wanted = len(op.results) + bool(op.attrs.get("stop"))
        self.count(len(body.results), wanted, "values yielded", op)
