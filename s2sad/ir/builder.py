"""Making operations, with the obvious simplified as they are made.

What is folded here holds for every value that the operand may have: `0 + x` is not
`x` (it could be -0.0, or an int), `x * 0` is not 0 (NaN, and a shape).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2sad.ir.core import Block, Const, Op, Origin, Value
from s2sad.ir.infer import is_complex, result_type, roots_of
from s2sad.ir.types import ANY, Type

#: How far back a sign is looked for, so that this takes no time.
NEAR = 16
#: Operations with a result that change something in place as well.
CHANGING = frozenset({"iop", "pop", "popat", "calluser", "calltangent", "callrev"})


class Builder:
    """Appends operations to a block."""

    def __init__(
        self,
        block: Block,
        origin: Origin | None = None,
        operand: Callable[[Value], Value] | None = None,
    ) -> None:
        self.block = block
        self.origin = origin
        #: makes what is given as an operand a value of the program
        self.operand = operand
        #: looks at each operation before it is appended; may change the block
        self.watch: Callable[[Op], None] | None = None

    def at(self, block: Block) -> Builder:
        return Builder(block, self.origin, self.operand)

    def emit(
        self,
        code: str,
        *args: Value,
        name: str | None = None,
        type: Type | None = None,
        **attrs: Any,
    ) -> Value:
        """Append an operation with one result and return that."""
        if self.operand is not None:
            args = tuple(map(self.operand, args))
        if not name:
            folded = _fold(code, args, attrs)
            if folded is None:
                folded = self._rewrite(code, args, type)
            if folded is not None:
                return folded
        op = self.effect(code, *args, **attrs)
        return op.define(name, result_type(op) if type is None else type)

    def _rewrite(
        self, code: str, args: tuple[Value, ...], type: Type | None
    ) -> Value | None:
        """Signs move outwards, a spread number stays a number: the same, shorter."""
        if code == "mul" or code == "div":
            left, right = args
            if (inner := self._operand(left, "neg")) is not None:
                product = self.emit(code, inner, right, type=type)
                return self.emit("neg", product, type=type)
            if code == "mul" and (inner := self._operand(right, "neg")) is not None:
                product = self.emit(code, left, inner, type=type)
                return self.emit("neg", product, type=type)
            if code == "mul" and isinstance(left, Const) and not is_complex(left):
                if (number := _spread_number(right, None)) is not None:
                    assert right.op is not None
                    scaled = self.emit(code, left, number)
                    return self.call("s2sad.runtime.spread", scaled, right.op.args[1])
            if (number := _spread_number(left, right)) is not None:
                return self.emit(code, number, right, type=type)
            if (number := _spread_number(left, None)) is not None:
                real = right.type.is_scalar and not is_complex(right)
                if real and left.op is not None:
                    scaled = self.emit(code, number, right)
                    return self.call("s2sad.runtime.spread", scaled, left.op.args[1])
        if code == "neg" and (number := _spread_number(args[0], None)) is not None:
            assert args[0].op is not None
            negative = self.emit("neg", number)
            return self.call("s2sad.runtime.spread", negative, args[0].op.args[1])
        if code == "add":
            left, right = args
            if (inner := self._operand(right, "neg")) is not None:
                return self.emit("sub", left, inner, type=type)
            if (inner := self._operand(left, "neg")) is not None:
                return self.emit("sub", right, inner, type=type)
        if code == "sub" and (inner := self._operand(args[1], "neg")) is not None:
            return self.emit("add", args[0], inner, type=type)
        return None

    def _operand(self, value: Value, code: str) -> Value | None:
        """The operand of a nameless unary operation, if it is still what it was."""
        op = value.op
        if op is None or op.code != code or value.name is not None:
            return None
        return op.args[0] if self._unchanged_since(op) else None

    def _unchanged_since(self, op: Op) -> bool:
        """May nothing have been changed in place since an operation near by?"""
        if op.args[0].type.is_scalar:
            return True
        for other in reversed(self.block.ops[-NEAR:]):
            if other is op:
                return True
            if other.blocks or not other.results or other.code in CHANGING:
                return False
        return False

    def effect(self, code: str, *args: Value, **attrs: Any) -> Op:
        """Append an operation without results."""
        if self.operand is not None:
            args = tuple(map(self.operand, args))
        op = Op(code, list(args), attrs, origin=self.origin)
        return self.append(op)

    def append(self, op: Op) -> Op:
        if self.watch is not None:
            self.watch(op)
        return self.place(op)

    def place(self, op: Op) -> Op:
        """Append an operation that nobody needs to look at."""
        op.block = self.block
        self.block.ops.append(op)
        return op

    def region(
        self, code: str, args: list[Value], blocks: list[Block], **at: Any
    ) -> Op:
        """Append an operation that owns blocks; its results are for the caller."""
        return self.append(Op(code, args, at, blocks, self.origin))

    def call(self, fn: str, *args: Value, **keywords: Value) -> Value:
        """A call of a library function by its canonical name."""
        values = (*args, *keywords.values())
        return self.emit("call", *values, fn=fn, kw=tuple(keywords))

    def const(self, value: Any) -> Const:
        return Const(value)


def _spread_number(value: Value, other: Value | None) -> Value | None:
    """The number that was spread over an array of the shape that `other` has."""
    op = value.op
    if op is None or op.code != "call" or op.attrs["fn"] != "s2sad.runtime.spread":
        return None
    if len(op.args) != 2 or not op.args[0].type.is_scalar:
        return None
    if other is not None and roots_of(other) != roots_of(op.args[1]):
        return None
    return op.args[0]


def constant(value: Value) -> Any:
    """The Python value of a constant operand; raises if it is none."""
    assert isinstance(value, Const)
    return value.value


def _fold(code: str, args: tuple[Value, ...], attrs: dict[str, Any]) -> Value | None:
    if code == "getitem" and args[0].type.kind == "array":
        if isinstance(args[1], Const) and args[1].value is Ellipsis:
            return args[0]
        return None
    if code == "getitem" and isinstance(args[1], Const):
        made = args[0].op
        if made is not None and made.code == "tuple" and type(args[1].value) is int:
            if -len(made.args) <= args[1].value < len(made.args):
                return made.args[args[1].value]
        return None
    if code == "pos" and args[0].type.kind in ("int", "float"):
        return args[0]
    if code == "neg":
        if isinstance(args[0], Const) and type(args[0].value) in (int, float):
            return Const(-args[0].value)
        made = args[0].op
        if made is not None and made.code == "neg" and made.args[0].type.is_scalar:
            return made.args[0]  # of an array it would be the same array, not a new one
    if code in _EXACT and all(_small(a) for a in args):
        return Const(_EXACT[code](*(constant(a) for a in args)))
    return None


def _small(value: Value) -> bool:
    """A constant that arithmetic cannot blow up."""
    return (
        isinstance(value, Const)
        and type(value.value) in (int, float)
        and abs(value.value) < 1 << 40
    )


_EXACT: dict[str, Any] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
}

__all__ = ["ANY", "Builder", "constant"]
