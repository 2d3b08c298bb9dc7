"""What a `for` loop runs over, as a range of indices that can be run backwards.

for v in x             for k in range(len(x)): v = x[k]
for i, v in enumerate(x)     the same, and i = k
for a, b in zip(x, y)  for k in range(min(len(x), len(y))): a = x[k]; b = y[k]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import gast

from s2sad.frontend.frame import Static
from s2sad.ir.core import Const, Value
from s2sad.ir.types import INT, Type

if TYPE_CHECKING:
    from s2sad.frontend.lower import Lowering

Bind = Callable[[Value], None]
#: the number of items, and the item at an index
Items = tuple[Value, Callable[[Value], Value]]


def over(lowering: Lowering, target: gast.AST, node: gast.AST) -> tuple[Value, Bind]:
    """The range of a loop, and what makes its target of an index into it."""
    length, at = items(lowering, node)
    is_range = length.type.kind == "range"
    iterable = length if is_range else count(lowering, length)

    def bind(index: Value) -> None:
        value = at(index)
        if value is index and isinstance(target, gast.Name):
            index.name = target.id
        lowering.assign(target, value)

    return iterable, bind


def count(lowering: Lowering, length: Value) -> Value:
    return lowering.b.emit("range", Const(0), length, Const(1), type=Type("range"))


def items(lowering: Lowering, node: gast.AST) -> Items:
    """The number of items (or the range itself), and the item at an index."""
    name = _called(lowering, node)
    if name == "range":
        parts, _ = lowering.arguments(node)
        start, stop, step = _range(parts)
        return lowering.b.emit("range", start, stop, step, type=Type("range")), _same
    if name in ("enumerate", "zip", "reversed") and not any(
        isinstance(a, gast.Starred) for a in node.args
    ):
        wrapped = _Wrapped(lowering)
        make: dict[str, Callable[[gast.Call], Items]] = {
            "enumerate": wrapped.enumerate,
            "zip": wrapped.zip,
            "reversed": wrapped.reversed,
        }
        return make[name](node)
    sequence = lowering.expr(node)
    if sequence.type.kind in ("str", "dict", "object", "function"):
        lowering.frame.refuse(node, f"a loop over a {sequence.type.kind}")
    return _length(lowering, sequence), lambda k: lowering.b.emit(
        "getitem", sequence, k
    )


class _Wrapped:
    """The builtins that take iterables and give one."""

    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering

    def indexed(self, node: gast.AST) -> Items:
        """Items counted from zero, a range too."""
        length, at = items(self.lowering, node)
        if length.type.kind != "range":
            return length, at
        made = length.op
        assert made is not None
        start, _, step = made.args
        size = self.lowering.b.call("len", length)

        def nth(k: Value) -> Value:
            b = self.lowering.b
            scaled = k if _is(step, 1) else b.emit("mul", k, step)
            return scaled if _is(start, 0) else b.emit("add", start, scaled)

        return size, nth

    def enumerate(self, node: gast.Call) -> Items:
        length, at = self.indexed(node.args[0])
        first: Value = Const(0)
        for extra in [*node.args[1:], *(k.value for k in node.keywords)]:
            first = self.lowering.expr(extra)

        def item(k: Value) -> Value:
            b = self.lowering.b
            number = k if _is(first, 0) else b.emit("add", first, k)
            return b.emit("tuple", number, at(k))

        return length, item

    def zip(self, node: gast.Call) -> Items:
        pairs = [self.indexed(arg) for arg in node.args]
        length = pairs[0][0]
        if len(pairs) > 1:
            length = self.lowering.b.call("min", *(n for n, _ in pairs))
            length.type = INT
        return length, lambda k: self.lowering.b.emit(
            "tuple", *(at(k) for _, at in pairs)
        )

    def reversed(self, node: gast.Call) -> Items:
        length, at = self.indexed(node.args[0])
        b = self.lowering.b
        last = b.emit("sub", length, Const(1))
        return length, lambda k: at(self.lowering.b.emit("sub", last, k))


def _same(index: Value) -> Value:
    return index


def _is(value: Value, number: int) -> bool:
    return isinstance(value, Const) and value.value == number


def _length(lowering: Lowering, sequence: Value) -> Value:
    made = sequence.op
    if made is not None and made.code in ("tuple", "list"):
        return Const(len(made.args))
    return lowering.b.call("len", sequence)


def _range(parts: list[Value]) -> tuple[Value, Value, Value]:
    if len(parts) == 1:
        return Const(0), parts[0], Const(1)
    return parts[0], parts[1], parts[2] if len(parts) > 2 else Const(1)


def _called(lowering: Lowering, node: gast.AST) -> str:
    """The builtin that an expression calls by name, or nothing."""
    if not isinstance(node, gast.Call) or not isinstance(node.func, gast.Name):
        return ""
    found = lowering.name(node.func.id, node.func)
    if not isinstance(found, Static) or found.binding.kind != "builtin":
        return ""
    return found.binding.path
