"""The tangents so far, one a direction, and what is known of the function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from s2sad.analysis.memory import PASSES, Memory
from s2sad.analysis.order import Order
from s2sad.ir.builder import Builder
from s2sad.ir.core import Block, Coined, Const, Function, Op, Undef, Value
from s2sad.ir.infer import ARITHMETIC
from s2sad.rules import registry
from s2sad.transform.adjoints import adjoint_type, zeros

T = TypeVar("T")
DISPLAYS = frozenset({"tuple", "list", "dict"})


class TangentState:
    """What each direction knows. `self.at` is the direction of the moment."""

    def __init__(
        self, function: Function, active: set[Value], memory: Memory, count: int = 1
    ) -> None:
        self.function = function
        self.active = active
        self.memory = memory
        self.count = count
        self.at = 0
        self.order = Order(function.body)
        self.known: list[dict[Value, Value]] = [{} for _ in range(count)]
        #: tangents that change in place with what they are the tangents of
        self.buffers: set[Value] = set()

    def each(self, items: list[T]) -> Iterator[tuple[int, T]]:
        """Directions with an item for each; `self.at` follows."""
        for k, item in enumerate(items):
            self.at = k
            yield k, item
        self.at = 0

    def directions(self) -> Iterator[int]:
        for k, _ in self.each([None] * self.count):
            yield k

    def block(self, block: Block) -> None:
        raise NotImplementedError

    def of(self, value: Value) -> Value | None:
        """The tangent of a value; nothing if it is zero."""
        return self.known[self.at].get(value)

    def full(self, value: Value, b: Builder) -> Value:
        """The tangent of a value, written down even if it is zero."""
        if isinstance(value, Undef):
            return Undef()
        found = self.of(value)
        if found is not None:
            return found
        made = value.op
        if isinstance(value, Const):
            return Const(0.0)
        if value.type.is_discrete and value.type.kind != "array":
            return Const(0.0)
        if made is not None and made.code in ("tuple", "list"):
            return b.emit(made.code, *(self.full(v, b) for v in made.args))
        return zeros(value, b, shared=True)

    def name(self, value: Value) -> str | None:
        """What the tangent of a value is called: dx, or dx_1 among several."""
        if not value.name:
            return None
        number = f"_{self.at + 1}" if self.count > 1 else ""
        return Coined(f"d{value.name}{number}")

    def hold(self, value: Value, tangent: Value) -> None:
        """Note the tangent of a value."""
        self.known[self.at][value] = tangent
        if self.memory.is_mutated(value) and not value.type.is_scalar:
            self.buffers.add(tangent)

    def assign(
        self,
        value: Value,
        tangent: Value,
        b: Builder,
        made: list[Op],
        last: bool = False,
    ) -> None:
        """Note the tangent of a new value; `made` are operations that computed it.

        What is changed in place has a tangent that nobody else holds; `last` says that
        no more changes come.
        """
        held = tangent in self.buffers or (
            self.memory.is_mutated(value) and not value.type.is_scalar
        )
        if held and not last and not (tangent.op in made and _is_new(tangent.op)):
            tangent = b.emit("take", tangent, type=tangent.type, fresh=True)
        op = tangent.op
        if op is not None and op.block is b.block and tangent.name is None:
            tangent.name = self.name(value)
        self.hold(value, tangent)

    def untouched(self, value: Value, b: Builder) -> None:
        """A new value without tangent: one is made if it will be stored into."""
        if self.memory.is_mutated(value) and not value.type.is_scalar:
            tangent = zeros(value, b, shared=True)
            if tangent.op is not None:
                tangent.name = self.name(value)
            self.hold(value, tangent)

    def define(self, op: Op, value: Value) -> None:
        """A further result of a region: the tangent of one that it has."""
        self.hold(value, op.define(self.name(value), adjoint_type(value)))


def _is_new(op: Op | None) -> bool:
    """Is the result of the operation an array that nobody else refers to?"""
    if op is None:
        return False
    if op.code in ARITHMETIC or op.code in ("neg", "matmul"):
        return True
    if op.code != "call":
        return False
    rule = registry.find(op)
    return rule is not None and rule.alias is None and op.attrs["fn"] not in PASSES
