"""Values, operations, blocks, functions.

Three-address code in SSA form with structured control flow. An operation takes values
and defines values; `if`, `for` and `while` own blocks, and a block's `results` are
the phi functions: what an `if` yields, what a loop carries.

    if     args (cond,)           blocks (then, else), each yields the results
    for    args (iterable, *init) block params (item, *carried), yields *carried
    while  args (*init)           blocks (test, body), params *carried;
                                  test yields (cond,), body yields *carried

A loop with `attrs["stop"]` yields one value more, first: if true, the loop ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from s2sad.ir.types import ANY, UNDEF, Type, of_constant

if TYPE_CHECKING:
    import gast

    from s2sad.errors import Location
    from s2sad.frontend.source import FunctionSource


@dataclass(frozen=True, eq=False)
class Origin:
    """The place in the user's source that an operation comes from."""

    source: FunctionSource
    node: gast.AST

    @property
    def location(self) -> Location:
        return self.source.location(self.node)

    @property
    def line(self) -> int:
        return int(getattr(self.node, "lineno", 0))


class Coined(str):
    """A name that the compiler made up: it steps aside for one of the user's."""

    __slots__ = ()


class Value:
    """Assigned once; `name` is what the source, or the transformation, calls it."""

    __slots__ = ("block", "name", "op", "type")

    def __init__(
        self,
        name: str | None = None,
        type: Type = ANY,
        op: Op | None = None,
        block: Block | None = None,
    ) -> None:
        self.name = name
        self.type = type
        self.op = op  # the operation that defines it, or
        self.block = block  # the block whose parameter it is

    def __repr__(self) -> str:
        return f"%{self.name or '_'}"


class Const(Value):
    """A Python constant as an operand."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        super().__init__(None, of_constant(value))
        self.value = value

    def __repr__(self) -> str:
        return repr(self.value)


class Undef(Value):
    """The value of a variable on a path where it has none.

    `unread` says that nobody asks for it after that path.
    """

    __slots__ = ("unread",)

    def __init__(self, unread: bool = False) -> None:
        super().__init__("undefined", UNDEF)
        self.unread = unread


class Op:
    """One operation. `origin` is where it stands in the user's source."""

    __slots__ = ("args", "attrs", "block", "blocks", "code", "origin", "results")

    def __init__(
        self,
        code: str,
        args: list[Value],
        attrs: dict[str, Any] | None = None,
        blocks: list[Block] | None = None,
        origin: Origin | None = None,
    ) -> None:
        self.code = code
        self.args = args
        self.attrs = attrs or {}
        self.blocks = blocks or []
        self.results: list[Value] = []
        self.origin = origin
        self.block: Block | None = None
        for block in self.blocks:
            block.owner = self

    @property
    def result(self) -> Value:
        return self.results[0]

    def define(self, name: str | None = None, type: Type = ANY) -> Value:
        value = Value(name, type, op=self)
        self.results.append(value)
        return value

    def __repr__(self) -> str:
        return f"<{self.code} {self.args} -> {self.results}>"


class Block:
    """Operations in order, between parameters and results."""

    __slots__ = ("ops", "owner", "params", "results")

    def __init__(self) -> None:
        self.params: list[Value] = []
        self.ops: list[Op] = []
        self.results: list[Value] = []
        self.owner: Op | None = None

    def param(self, name: str | None = None, type: Type = ANY) -> Value:
        value = Value(name, type, block=self)
        self.params.append(value)
        return value

    @property
    def parent(self) -> Block | None:
        return self.owner.block if self.owner else None


@dataclass
class Param:
    """A parameter of a function as Python spells it."""

    name: str
    value: Value
    kind: str = "positional"  # posonly, positional, vararg, kwonly, kwarg
    default: gast.AST | None = None
    annotation: gast.AST | None = None


@dataclass
class Function:
    """A function in three-address code; `body.results` is what it returns."""

    name: str
    params: list[Param]
    body: Block
    source: FunctionSource | None = None
    docstring: str | None = None
    #: names that the emitted text must not use for anything else
    reserved: set[str] = field(default_factory=set)
    #: a name is changed by an augmented assignment, which an array would feel
    rebinds: bool = False
    #: numbers may be arrays of one element: nothing may be changed in place
    loose: bool = False
    #: parameters that an attribute is read of
    looked_into: set[Value] = field(default_factory=set)
    #: parameters that the function would change in place, were they arrays
    rebound: set[Value] = field(default_factory=set)
    #: parameters that are changed in place, if they are arrays
    touched: set[Value] = field(default_factory=set)
    #: the forward sweep makes shadows, which may stand in several lists
    shadowed: bool = False
    #: kinds were assumed that arguments may not have
    assumes: bool = False
    #: lists, and items of them that are in use when they are not in the list any more
    shared: set[Value] = field(default_factory=set)


def walk(block: Block) -> Iterator[Op]:
    """Every operation in program order, those of inner blocks after their owner."""
    stack = [iter(block.ops)]
    while stack:
        for op in stack[-1]:
            yield op
            if op.blocks:
                inner = (o for b in op.blocks for o in b.ops)
                stack.append(iter(list(inner)))
                break
        else:
            stack.pop()


def blocks_within(block: Block) -> Iterator[Block]:
    """The block and every block inside it."""
    yield block
    for op in walk(block):
        yield from op.blocks


def enclosing(block: Block | None) -> Iterator[Block]:
    """The block and those that it is inside of, from within."""
    while block is not None:
        yield block
        block = block.parent


def home(value: Value) -> Block | None:
    """The block that a value is defined in; none for constants."""
    return value.op.block if value.op is not None else value.block


def replace_uses(block: Block, mapping: dict[Value, Value]) -> None:
    """Put other values in the place of some, everywhere inside a block."""

    def final(value: Value) -> Value:
        while value in mapping:
            value = mapping[value]
        return value

    for inner in blocks_within(block):
        inner.results = [final(v) for v in inner.results]
    for op in walk(block):
        op.args = [final(v) for v in op.args]
