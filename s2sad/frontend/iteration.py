"""What a `for` loop runs over, as a range of indices that can be run backwards.

for v in x             for k in range(len(x)): v = x[k]
for i, v in enumerate(x)     the same, and i = k
for a, b in zip(x, y)  for k in range(min(len(x), len(y))): a = x[k]; b = y[k]

A loop over things that only exist when compiled - functions, objects, tuples of these -
or over arrays that are listed one by one, is written out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gast

from s2sad.frontend.containers import Items
from s2sad.frontend.frame import Static
from s2sad.frontend.virtual import Aggregate, is_plain
from s2sad.ir.core import Const, Value
from s2sad.ir.types import INT, Type

if TYPE_CHECKING:
    from s2sad.frontend.lower import Lowering

#: A loop over listed arrays is written out if there are at most so many.
LISTED = 16


@dataclass
class Iter:
    """An iterable: listed item by item, a range, or a length and what is where."""

    items: list[Value] | None = None
    span: tuple[Value, Value, Value] | None = None
    length: Value | None = None
    at: Callable[[Value], Value] | None = None
    led: bool = False

    @property
    def written_out(self) -> bool:
        """Must a loop over this be written out, once for each item?"""
        if self.items is None:
            return False
        if self.led or any(not is_plain(v) for v in self.items):
            return True
        arrays = any(
            not v.type.is_scalar and not isinstance(v, Const) for v in self.items
        )
        return arrays and len(self.items) <= LISTED


def iterate(low: Lowering, node: gast.AST) -> Iter:
    """What an expression gives when it is iterated."""
    name = _called(low, node)
    plain = name and not any(isinstance(a, gast.Starred) for a in node.args)
    if name == "range" and plain and not node.keywords:
        parts, _ = low.arguments(node)
        return Iter(span=_range(parts))
    if name == "enumerate" and plain:
        first: Value = Const(0)
        for extra in [*node.args[1:], *(k.value for k in node.keywords)]:
            first = low.expr(extra)
        return enumerated(low, iterate(low, node.args[0]), first)
    if name == "zip" and plain and node.args:
        return zipped(low, [iterate(low, a) for a in node.args])
    if name == "reversed" and plain:
        return backwards(low, iterate(low, node.args[0]))
    return over(low, low.expr(node), node)


def over(low: Lowering, value: Value, node: gast.AST) -> Iter:
    """What a value gives when it is iterated."""
    if isinstance(value, Items):
        return of_dict(low, value)
    if value.type.kind == "range" and value.op is not None and value.op.code == "range":
        start, stop, step = value.op.args
        return Iter(span=(start, stop, step))
    items = low.static_items(value)
    if items is not None:
        return Iter(items=items, led=any(map(low.is_led, items)))
    special = low.special("__iter__", value, [], node)
    if special is not None:
        return over(low, special, node)
    if low.object_class(value) is not None or value.type.kind in ("function", "object"):
        low.refuse(node, "a loop over an object of a class is not supported")
    if value.type.kind == "dict":
        return of_dict(low, Items("keys", value))
    if value.type.kind == "any":
        low.b.effect("check", value, fn="require_sequence")
    return Iter(length=low.b.call("len", value), at=lambda k: low.item(value, k, node))


def by_keys(low: Lowering, node: gast.AST) -> Iter:
    """`for k in d: ... d[k] ...`: a dict, if d is an argument of unknown kind."""
    value = low.expr(node)
    if is_plain(value) and value.type.kind == "any":
        low.b.effect("check", value, fn="require_dict")
        value.type = Type("dict")
    return over(low, value, node)


def of_dict(low: Lowering, value: Items) -> Iter:
    led = low.led_items(value.owner)
    if led is not None:
        pairs = [Aggregate("tuple", (Const(k), v)) for k, v in led]
        which = {"keys": 0, "values": 1}.get(value.which)
        found = pairs if which is None else [p.items[which] for p in pairs]
        return Iter(items=list(found), led=True)
    keys = low.b.call("list", value.owner)
    keys.type = Type("list")

    def at(k: Value) -> Value:
        key = low.b.emit("getitem", keys, k, type=Type("any"))
        if value.which == "keys":
            return key
        item = low.item(value.owner, key, low.frame.source.node)
        return item if value.which == "values" else Aggregate("tuple", (key, item))

    return Iter(length=low.b.call("len", keys), at=at)


def counted(low: Lowering, it: Iter) -> tuple[Value, Callable[[Value], Value]]:
    """The number of items, and the item at an index counted from zero."""
    if it.items is not None:
        listed = low.operand(Aggregate("tuple", tuple(it.items)))
        return Const(len(it.items)), lambda k: low.b.emit("getitem", listed, k)
    if it.span is not None:
        start, stop, step = it.span
        whole = low.b.emit("range", start, stop, step, type=Type("range"))
        if _is(start, 0) and _is(step, 1) and stop.type.kind == "int":
            size = (
                stop
                if isinstance(stop, Const) and stop.value >= 0
                else low.b.call("len", whole)
            )
        else:
            size = low.b.call("len", whole)

        def nth(k: Value) -> Value:
            scaled = k if _is(step, 1) else low.b.emit("mul", k, step)
            return scaled if _is(start, 0) else low.b.emit("add", start, scaled)

        return size, nth
    assert it.length is not None and it.at is not None
    return it.length, it.at


def enumerated(low: Lowering, it: Iter, first: Value) -> Iter:
    if it.items is not None and it.written_out and isinstance(first, Const):
        pairs = [
            Aggregate("tuple", (Const(first.value + k), v))
            for k, v in enumerate(it.items)
        ]
        return Iter(items=list(pairs))
    length, at = counted(low, it)

    def item(k: Value) -> Value:
        number = k if _is(first, 0) else low.b.emit("add", first, k)
        return Aggregate("tuple", (number, at(k)))

    return Iter(length=length, at=item)


def zipped(low: Lowering, its: list[Iter]) -> Iter:
    if any(it.written_out for it in its):
        lists = [listed(low, it) for it in its]
        if all(items is not None for items in lists):
            rows = zip(*lists, strict=False)
            return Iter(items=[Aggregate("tuple", row) for row in rows])
    pairs = [counted(low, it) for it in its]
    length = pairs[0][0]
    if len(pairs) > 1:
        sizes = [n for n, _ in pairs]
        if all(isinstance(n, Const) for n in sizes):
            length = Const(min(n.value for n in sizes))  # type: ignore[attr-defined]
        else:
            length = low.b.call("min", *sizes)
            length.type = INT
    return Iter(
        length=length, at=lambda k: Aggregate("tuple", tuple(at(k) for _, at in pairs))
    )


def listed(low: Lowering, it: Iter) -> list[Value] | None:
    """The items one by one, where that is possible."""
    if it.items is not None:
        return it.items
    if it.span is not None and all(isinstance(v, Const) for v in it.span):
        numbers = range(*(v.value for v in it.span))  # type: ignore[attr-defined]
        return [Const(k) for k in numbers] if len(numbers) <= 64 else None
    if it.length is not None and isinstance(it.length, Const) and it.at is not None:
        return [it.at(Const(k)) for k in range(it.length.value)]
    return None


def backwards(low: Lowering, it: Iter) -> Iter:
    if it.items is not None:
        return Iter(items=it.items[::-1])
    length, at = counted(low, it)
    last = low.b.emit("sub", length, Const(1))
    return Iter(length=length, at=lambda k: at(low.b.emit("sub", last, k)))


def indices(
    low: Lowering, it: Iter, target: gast.AST
) -> tuple[Value, Callable[[Value], None]]:
    """The range of a loop, and what makes its target of an index into it."""
    if it.span is not None:
        whole = low.b.emit("range", *it.span, type=Type("range"))

        def count(index: Value) -> None:
            if isinstance(target, gast.Name):
                index.name = target.id
            low.assign(target, index)

        return whole, count
    length, at = counted(low, it)
    whole = low.b.emit("range", Const(0), length, Const(1), type=Type("range"))
    if whole.op is not None:
        whole.op.attrs["over"] = True  # the items themselves: see _iterated
    return whole, lambda index: low.assign(target, at(index))


def _is(value: Value, number: int) -> bool:
    return isinstance(value, Const) and value.value == number


def _range(parts: list[Value]) -> tuple[Value, Value, Value]:
    if len(parts) == 1:
        return Const(0), parts[0], Const(1)
    return parts[0], parts[1], parts[2] if len(parts) > 2 else Const(1)


def _called(low: Lowering, node: gast.AST) -> str:
    """The builtin that an expression calls by name, or nothing."""
    if not isinstance(node, gast.Call) or not isinstance(node.func, gast.Name):
        return ""
    found = low.name(node.func.id, node.func)
    if not isinstance(found, Static) or found.binding.kind != "builtin":
        return ""
    return found.binding.path
