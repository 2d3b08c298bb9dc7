"""What the reverse sweep needs of the forward sweep, made to be there.

The adjoint was written as if every value of the forward sweep still existed. Here
each one that it really uses is provided, in the cheapest way that is right:

    defined outside all branches and loops   it is still there, under its name
    a loop's variable, index arithmetic,
    an element of an array nobody changes    made again from what is at hand
    defined in a branch                      the branch hands it out
    defined in a loop                        recorded: `xs.append(x)`, `x = xs.pop()`

and memory that a store has overwritten is put back where a later adjoint reads it.
To be recorded: Hascoet, Naumann, Pascual (FGCS 21(8), 2005); here it needs no analysis
of its own, because dead adjoint code is gone before the question is asked.
"""

from __future__ import annotations

from s2sad.analysis.memory import STRUCTURE, Memory, only_views
from s2sad.analysis.order import Order
from s2sad.analysis.shapes import shape_operands
from s2sad.errors import UnsupportedError
from s2sad.ir.builder import Builder
from s2sad.ir.core import (
    Block,
    Coined,
    Const,
    Function,
    Op,
    Undef,
    Value,
    blocks_within,
    enclosing,
    home,
    walk,
)
from s2sad.ir.flows import define_everywhere
from s2sad.ir.infer import ARITHMETIC
from s2sad.ir.types import Type
from s2sad.optimize.dead import remove_dead
from s2sad.optimize.shapes import plain_shapes
from s2sad.transform.state import Sweep

#: Operations that cost no more than a list's append and pop.
CHEAP = frozenset(
    ["add", "sub", "mul", "neg", "floordiv", "mod", "slice", "tuple", "range", "global"]
)
DEPTH = 3


def record(function: Function, sweep: Sweep, forward: int) -> None:
    """Complete the adjoint; `forward` is the number of ops of the forward sweep."""
    known = set(function.body.ops[:forward])
    restore_memory(function, sweep, forward)
    remove_dead(function)
    plain_shapes(function)
    remove_dead(function)
    Recorder(function, sweep, known).run()


def restore_memory(function: Function, sweep: Sweep, forward: int) -> None:
    """Keep what a store overwrites, if an adjoint that comes later reads it."""
    body = function.body
    memory = Memory(body)
    order = Order(body)
    reverse = [op for top in body.ops[forward:] for op in (top, *_inside(top))]
    readers: dict[object, list[tuple[Op, Op | None]]] = {}
    for op in reverse:
        for value in contents_read(op, memory):
            if value.type.is_scalar:
                continue
            cover = _put_back_before(op, value, sweep)
            for item in memory.of(value):
                if item in memory.written:
                    readers.setdefault(item, []).append((op, cover))
    for store, place in sweep.undo:
        written = memory.own(store.args[0])
        needed = any(
            order.reaches(place, op)
            for item in written
            for op, cover in readers.get(item, ())
            if cover is None or cover is place
        )
        assert place.block is not None and store.block is not None
        if not needed:
            place.block.ops.remove(place)
            continue
        if store.code in STRUCTURE:
            _undo_structure(store, place)
            continue
        base, index = store.args[:2]
        before = Builder(Block(), store.origin)
        if base.type.kind == "dict" or index.type.kind == "str":
            old = before.call("s2sad.runtime.former", base, index)  # it may be new
        else:
            part = before.emit("getitem", base, index, type=Type("any"))
            old = before.emit("take", part, type=Type("any"))
        old.name = Coined(f"{base.name}_old" if base.name else "old")
        for op in before.block.ops:
            op.block = store.block
        at = store.block.ops.index(store)
        store.block.ops[at:at] = before.block.ops
        place.code = "setitem"
        place.args = [base, index, old]


def _put_back_before(op: Op, value: Value, sweep: Sweep) -> Op | None:
    """The place just before an operation where all that it reads is put back.

    Then it matters to this read what that store has overwritten, and nothing else.
    """
    made = value.op
    if made is None or made.code != "getitem" or op.block is None:
        return None
    places = {place for _, place in sweep.undo}
    found = None
    for other in op.block.ops:
        if other is op:
            return found
        if any(inner in places for inner in _inside(other)):
            found = None
        elif other in places:
            same = len(other.args) == 2 and other.args[0] is made.args[0]
            covers = same and _same_index(other.args[1], made.args[1])
            found = other if covers else None
    return None


def _same_index(a: Value, b: Value) -> bool:
    """Are two indices the same slices and numbers?"""
    if a is b:
        return True
    if isinstance(a, Const) and isinstance(b, Const):
        return type(a.value) is type(b.value) and bool(a.value == b.value)
    if a.op is None or b.op is None or a.op.code != b.op.code:
        return False
    if a.op.code not in ("slice", "tuple") or len(a.op.args) != len(b.op.args):
        return False
    return all(map(_same_index, a.op.args, b.op.args))


def _undo_structure(store: Op, place: Op) -> None:
    """Give a list the items back that it had before an operation on it."""
    target = store.args[0]
    if store.code == "push":
        place.code, place.args = "drop", [target]
    elif store.code == "pop":
        place.code, place.args = "push", [target, store.result]
    elif store.code == "popat":
        place.code, place.args = "insert", [target, store.args[1], store.result]
    elif store.code == "insert":
        place.code, place.args = "delitem", [target, store.args[1]]
    else:
        assert store.block is not None
        before = Builder(Block(), store.origin)
        old = before.emit("getitem", *store.args, type=Type("any"), name=Coined("old"))
        for op in before.block.ops:
            op.block = store.block
        at = store.block.ops.index(store)
        store.block.ops[at:at] = before.block.ops
        place.code, place.args = "setitem", [*store.args, old]


def _inside(op: Op) -> list[Op]:
    return [inner for block in op.blocks for inner in walk(block)]


def contents_read(op: Op, memory: Memory) -> list[Value]:
    """Operands whose contents, not only their shapes, an operation reads."""
    if op.code in ("restore", "tuple", "if", "for", "while"):
        return []
    if only_views(op):
        return []
    if op.code in ("setitem", "augitem", "iadd", "addat", "push", "insert", "additems"):
        return op.args[1:]
    if op.code == "drop":
        return []
    shapes = shape_operands(op)
    return [
        v
        for k, v in enumerate(op.args)
        if k not in shapes or memory.is_resized(v)  # a list's length is its content
    ]


class Recorder:
    """Provides forward values to reverse blocks."""

    def __init__(self, function: Function, sweep: Sweep, forward: set[Op]) -> None:
        self.forward = forward
        self.body = function.body
        self.sweep = sweep
        self.memory = Memory(function.body)
        self.back = {f: r for r, f in sweep.mirror.items()}
        #: forward value -> its counterpart, by reverse block that holds it
        self.found: dict[tuple[Value, Block], Value] = {}
        self.fresh: dict[Block, list[Op]] = {}
        self.names: set[str] = set()

    def run(self) -> None:
        alive = set(blocks_within(self.body))
        self.wanted = self.directly_needed()
        blocks = [b for b in self.sweep.mirror if b is not self.body and b in alive]
        for block in blocks:
            self.fresh[block] = []
        for mirror in [self.body, *blocks]:
            for block in self.parts(mirror):
                for op in list(block.ops):
                    shapes = shape_operands(op)
                    op.args = [
                        self.provide(v, block, k in shapes)
                        for k, v in enumerate(op.args)
                    ]
                block.results = [self.provide(v, block) for v in block.results]
        for block, ops in self.fresh.items():
            block.ops[0:0] = ops

    def directly_needed(self) -> set[Value]:
        """Values of forward blocks that adjoint operations use, shapes aside."""
        found: set[Value] = set()
        for mirror in self.sweep.mirror:
            for block in self.parts(mirror):
                for op in block.ops:
                    shapes = shape_operands(op)
                    found.update(v for k, v in enumerate(op.args) if k not in shapes)
                found.update(block.results)
        return found

    def parts(self, mirror: Block) -> list[Block]:
        """A block of the reverse sweep, and those in it that mirror no other one."""
        found = [mirror]
        for block in found:
            for op in block.ops:
                if "mirror" not in op.attrs and op not in self.forward:
                    found += op.blocks
        return found

    def provide(self, value: Value, block: Block, shape: bool = False) -> Value:
        """The value as it can be referred to in a block; or one of its shape."""
        where = home(value)
        if where is None or isinstance(value, Const | Undef):
            return value
        if where is self.body or where in set(enclosing(block)):
            return value
        mirror = self.back.get(where)
        if mirror is None or mirror not in set(enclosing(block)):
            return self.hand_out(value)
        key = (value, mirror)
        if key not in self.found:
            if shape and value not in self.wanted:
                if self.is_cheap(value, where, mirror, DEPTH, shape=True):
                    return self.again(value, mirror)
            self.found[key] = self.counterpart(value, where, mirror)
        return self.found[key]

    def counterpart(self, value: Value, where: Block, mirror: Block) -> Value:
        if value in self.sweep.items:
            return self.sweep.items[value]
        index = value.op is not None and value.op.code in ("tuple", "slice")
        if index or self.is_cheap(value, where, mirror, DEPTH):
            return self.again(value, mirror)
        if any(_is_loop(b) for b in enclosing(where)):
            return self.tape(value, where, mirror)
        return self.hand_out(value)

    def is_cheap(
        self, value: Value, where: Block, mirror: Block, depth: int, shape: bool = False
    ) -> bool:
        """Is the value made of what is at hand, for less than it costs to keep it?"""
        if value in self.sweep.items or isinstance(value, Const):
            return True
        if home(value) is None or home(value) in set(enclosing(mirror)):
            return True
        if (value, mirror) in self.found:
            return True
        other = home(value)
        if other is not where and other is not None:
            outer = self.back.get(other)
            if outer is None or outer not in set(enclosing(mirror)):
                return False
            return self.is_cheap(value, other, outer, depth, shape)
        op = value.op
        if op is None or op.blocks or depth == 0 or not self.costs_little(op, shape):
            return False
        below = depth if op.code in ("tuple", "slice") else depth - 1
        return all(
            self.is_cheap(a, where, mirror, below)
            or (value.type.kind == "float" and a in self.wanted and depth == DEPTH)
            for a in op.args
        )

    def costs_little(self, op: Op, shape: bool) -> bool:
        """Index arithmetic, a view, an element; a little arithmetic on numbers."""
        kind = op.result.type
        if op.code == "call":
            fn = op.attrs["fn"]
            if fn == "len" and self.memory.is_resized(op.args[0]):
                return False
            return fn in ("len", "numpy.size") or fn.startswith("math.")
        if op.code == "getitem":
            steady = shape or only_views(op)  # a view: its memory is put back
            return steady or not self.memory.is_mutated(op.args[0])
        if op.code == "getattr":
            return True
        if op.code not in CHEAP:
            return False
        if kind.is_scalar or op.code not in (*ARITHMETIC, "neg"):
            return True
        if any(self.memory.is_mutated(v) for v in op.args):
            return False
        return all(home(v) in (None, self.body) for v in op.args)

    def again(self, value: Value, mirror: Block) -> Value:
        """Make a cheap value once more, in the reverse sweep."""
        op = value.op
        assert op is not None
        args = [self.provide(a, mirror) for a in op.args]
        new = Op(op.code, args, dict(op.attrs), origin=op.origin)
        new.block = mirror
        self.fresh[mirror].append(new)
        return new.define(value.name, value.type)

    def tape(self, value: Value, where: Block, mirror: Block) -> Value:
        """Record a value of every iteration, and take it back in reverse."""
        chain = [b for b in enclosing(where) if b.owner is not None]
        outermost = next(b for b in reversed(chain) if _is_loop(b)).owner
        assert outermost is not None and outermost.block is not None
        tape = Op("tape", [], origin=None)
        tape.block = outermost.block
        name = value.name
        store = tape.define(self.plural(name), Type("list"))
        outermost.block.ops.insert(outermost.block.ops.index(outermost), tape)
        define_everywhere(value)
        push = Op("push", [store, value], origin=value.op.origin if value.op else None)
        push.block = where
        at = 0 if value.op is None else where.ops.index(value.op) + 1
        where.ops.insert(at, push)
        self.shorten(store, where)
        pop = Op("pop", [self.provide(store, mirror)])
        pop.block = mirror
        self.fresh[mirror].append(pop)
        return pop.define(name, value.type)

    def shorten(self, tape: Value, where: Block) -> None:
        """Where a `try` fails, its tapes lose what its body has recorded."""
        for block in enclosing(where):
            op = block.owner
            if op is None or "catch" not in op.attrs or block is not op.blocks[0]:
                continue
            assert op.block is not None
            if tape.op is not None and block in set(enclosing(tape.op.block)):
                return
            before = Builder(Block())
            count = before.call("len", tape)
            for made in before.block.ops:
                made.block = op.block
            at = op.block.ops.index(op)
            op.block.ops[at:at] = before.block.ops
            cut = Op("truncate", [tape, count])
            cut.block = op.blocks[1]
            op.blocks[1].ops.insert(0, cut)

    def plural(self, name: str | None) -> str:
        if name is None:
            return Coined("tape")
        return Coined(
            f"{name}s"
            if name not in ("a", "b", "i") and name[-1] != "s"
            else f"{name}_tape"
        )

    def hand_out(self, value: Value) -> Value:
        """Let the branches that a value is defined in yield it, up to the top."""
        key = (value, self.body)
        if key in self.found:
            return self.found[key]
        current = value
        where = home(value)
        while where is not None and where.owner is not None:
            owner = where.owner
            if owner.code != "if":
                made = value.op.origin if value.op is not None else None
                raise UnsupportedError(
                    "what a loop makes of an object here cannot be kept",
                    at=made.location if made else None,
                    hint="use numbers and arrays under names of their own",
                )
            for block in owner.blocks:
                block.results.append(current if block is where else Undef())
            current = owner.define(value.name, value.type)
            where = owner.block
        self.found[key] = current
        return current


def _is_loop(block: Block) -> bool:
    return block.owner is not None and block.owner.code in ("for", "while")


__all__ = ["Builder", "Recorder", "record"]
