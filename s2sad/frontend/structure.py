"""Where paths meet: what is yielded of values that have a structure.

A branch or a loop yields plain values. Of a tuple it yields the items, of an object the
attributes that differ; which object a name stands for must be the same on every path,
or an object that nothing else refers to. The *shape* of a variable in a loop says which
of its parts the loop carries:

    Leaf        one value
    Pinned      always the same thing: nothing is carried
    Parts       the items of an aggregate
    Fresh       another record in each iteration, with these contents
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from s2sad.frontend.frame import Closure, Static
from s2sad.frontend.virtual import (
    Aggregate,
    Caught,
    Either,
    Heap,
    Record,
    Restart,
    Site,
    Unknown,
    is_plain,
    parts,
    same,
)
from s2sad.ir.core import Block, Coined, Const, Op, Undef, Value
from s2sad.ir.types import join

if TYPE_CHECKING:
    from s2sad.frontend.classes import Class

Reify = Callable[[Value], Value]
Count = Callable[[Record], int]


@dataclass(frozen=True)
class Leaf:
    hint: str | None = None


@dataclass(frozen=True, eq=False)
class Pinned:
    value: Value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pinned) and same(self.value, other.value)


@dataclass(frozen=True)
class Parts:
    kind: str
    cls: Class | None
    keys: tuple[Any, ...]
    items: tuple[Shape, ...]


@dataclass(frozen=True)
class Fresh:
    kind: str
    cls: Class | None
    site: Site
    content: Shape


@dataclass(frozen=True)
class Lost:
    """Not to be told when compiled; whoever uses it is refused."""


Shape = Leaf | Pinned | Parts | Fresh | Lost


def hint_of(hint: str | None, key: object) -> str | None:
    """The name of a part: `p` and `x` make `p_x`."""
    if hint is None or not isinstance(key, str) or not key.isidentifier():
        return hint
    return Coined(key if hint == "self" else f"{hint}_{key}")


def started(value: Value, hint: str | None) -> Shape:
    """The shape of a variable that a loop assigns, before its body was seen."""
    if is_plain(value):
        return Leaf(hint)
    if isinstance(value, Aggregate):
        items = tuple(
            started(v, hint_of(hint, k))
            for k, v in zip(value.keys, value.items, strict=True)
        )
        return Parts(value.kind, value.cls, value.keys, items)
    return Pinned(value)


def widened(shape: Shape, start: Value, end: Value, heap: Heap) -> Shape:
    """The shape when an iteration ends with `end` what began with `start`."""
    if isinstance(shape, Pinned):
        if same(shape.value, end):
            return shape
        return _both(shape.value, end, heap, None)
    if isinstance(shape, Leaf):
        if isinstance(start, Undef) and not is_plain(end):
            return _unbound(end, heap, shape.hint)
        return shape if is_plain(end) or _as_value(end) else Lost()
    if isinstance(shape, Parts):
        if isinstance(end, Aggregate) and (end.kind, end.cls) == (
            shape.kind,
            shape.cls,
        ):
            return _parts(shape, start, end, heap)
        if isinstance(end, Undef):
            return shape
        return Leaf(None) if shape.kind == "tuple" and _as_value(end) else Lost()
    if isinstance(shape, Fresh):
        if isinstance(end, Record) and (end.kind, end.cls) == (shape.kind, shape.cls):
            before = heap[start] if isinstance(start, Record) else Undef()
            content = widened(shape.content, before, heap[end], heap)
            return Fresh(shape.kind, shape.cls, shape.site, content)
        return shape if isinstance(end, Undef) else Lost()
    return shape


def _parts(shape: Parts, start: Value, end: Aggregate, heap: Heap) -> Shape:
    keys = shape.keys
    if end.keys != keys:
        if shape.kind == "tuple":
            return Leaf(None)
        if shape.kind != "object":
            return Lost()
        keys = tuple(dict.fromkeys([*keys, *end.keys]))
    items: list[Shape] = []
    for key in keys:
        old = start.get(key) if isinstance(start, Aggregate) else None
        new = end.get(key)
        if key in shape.keys:
            part = shape.items[shape.keys.index(key)]
            items.append(
                part if new is None else widened(part, old or Undef(), new, heap)
            )
        else:
            assert new is not None
            items.append(_unbound(new, heap, hint_of(None, key)))
    return Parts(shape.kind, shape.cls, keys, tuple(items))


def _as_value(value: Value) -> bool:
    """Can it become a value of the program?"""
    if isinstance(value, Caught):
        return True
    if isinstance(value, Aggregate):
        return value.cls is None and all(
            is_plain(v) or _as_value(v) for v in value.items
        )
    return isinstance(value, Record) and value.kind == "list"


def _unbound(end: Value, heap: Heap, hint: str | None) -> Shape:
    """The shape of what nothing was bound to before the loop."""
    if is_plain(end) or isinstance(end, Caught):
        return Leaf(hint)
    if isinstance(end, Aggregate):
        items = tuple(
            _unbound(v, heap, hint_of(hint, k))
            for k, v in zip(end.keys, end.items, strict=True)
        )
        return Parts(end.kind, end.cls, end.keys, items)
    if isinstance(end, Record) and end.base is None and end in heap:
        return Fresh(end.kind, end.cls, end.site, _unbound(heap[end], heap, hint))
    return Lost()


def _both(old: Value, end: Value, heap: Heap, hint: str | None) -> Shape:
    """What was one thing so far turns out to change."""
    if isinstance(end, Undef):
        return Pinned(old)
    if isinstance(old, Undef) and not is_plain(end):
        return _unbound(end, heap, hint)
    if is_plain(old) and (is_plain(end) or _as_value(end)):
        return Leaf(hint)
    if isinstance(old, Aggregate) and isinstance(end, Aggregate):
        pinned = tuple(Pinned(v) for v in old.items)
        return widened(Parts(old.kind, old.cls, old.keys, pinned), old, end, heap)
    if isinstance(old, Record) and isinstance(end, Record):
        alike = (old.kind, old.cls) == (end.kind, end.cls)
        if alike and old.base is None and end.base is None:
            content = widened(Pinned(heap[old]), heap[old], heap[end], heap)
            return Fresh(old.kind, old.cls, old.site, content)
    if _as_value(old) and (is_plain(end) or _as_value(end)):
        return Leaf(hint)
    return Lost()


def leaves(shape: Shape, value: Value, heap: Heap, reify: Reify) -> Iterator[Value]:
    """The values that are carried of what has this shape, in order."""
    if isinstance(shape, Leaf):
        yield value if is_plain(value) else reify(value)
    elif isinstance(shape, Parts):
        for key, part in zip(shape.keys, shape.items, strict=True):
            item = value.get(key) if isinstance(value, Aggregate) else None
            yield from leaves(part, Undef() if item is None else item, heap, reify)
    elif isinstance(shape, Fresh):
        content = heap[value] if isinstance(value, Record) else Undef()
        yield from leaves(shape.content, content, heap, reify)


def hints(shape: Shape) -> Iterator[str | None]:
    """Names for the values that are carried, in the same order."""
    if isinstance(shape, Leaf):
        yield shape.hint
    elif isinstance(shape, Parts):
        for part in shape.items:
            yield from hints(part)
    elif isinstance(shape, Fresh):
        yield from hints(shape.content)


def build(shape: Shape, values: Iterator[Value], heap: Heap) -> Value:
    """What has this shape, made of carried values; new records enter the heap."""
    if isinstance(shape, Leaf):
        return next(values)
    if isinstance(shape, Pinned):
        return shape.value
    if isinstance(shape, Parts):
        items = tuple(build(part, values, heap) for part in shape.items)
        return Aggregate(shape.kind, items, shape.keys, shape.cls)
    if isinstance(shape, Fresh):
        record = Record(shape.kind, shape.site, shape.cls)
        heap[record] = build(shape.content, values, heap)
        return record
    return Unknown()


class Meeting:
    """The end of an `if`: what its branches leave, made one."""

    def __init__(
        self,
        test: Value,
        op: Op,
        heaps: tuple[Heap, Heap],
        reify: tuple[Reify, Reify],
        count: tuple[Count, Count],
        missing: Callable[[Record, Any, Block], Value],
    ) -> None:
        self.test = test
        self.op = op
        self.heaps = heaps
        self.reify = reify
        self.count = count
        self.missing = missing
        self.merging = False
        self.heap: Heap = {}
        self.made: dict[tuple[int, int, str | None], Value] = {}

    def close(self) -> Heap:
        """The heap after the `if`: what records hold that exist on both paths."""
        then, other = self.heaps
        for record in then:
            if record in other and record not in self.heap:
                self.heap[record] = self.content(record, then[record], other[record])
        return self.heap

    def content(self, record: Record, a: Value, b: Value) -> Value:
        if same(a, b):
            return a
        if record.kind in ("list", "dict") and not (is_plain(a) and is_plain(b)):
            if not self._alike(a, b):
                raise Restart(record.site)
        if isinstance(a, Aggregate) and isinstance(b, Aggregate) and a.keys != b.keys:
            keys = tuple(dict.fromkeys([*a.keys, *b.keys]))
            items = []
            for key in keys:
                pair = []
                for side, whole in enumerate((a, b)):
                    item = whole.get(key)
                    if item is None:
                        item = self.missing(record, key, self.op.blocks[side])
                    pair.append(item)
                items.append(self.value(pair[0], pair[1], hint_of(None, key)))
            return a.like(tuple(items), keys)
        return self.value(a, b, Coined("caught") if record.kind == "caught" else None)

    def _alike(self, a: Value, b: Value) -> bool:
        return (
            isinstance(a, Aggregate)
            and isinstance(b, Aggregate)
            and (a.kind, a.cls, a.keys) == (b.kind, b.cls, b.keys)
        )

    def value(self, a: Value, b: Value, hint: str | None) -> Value:
        """One thing for what two paths leave under one name."""
        if same(a, b) and self._visible(a):
            return a
        if is_plain(a) and is_plain(b):
            return self._yield(a, b, hint)
        if isinstance(a, Caught) or isinstance(b, Caught):
            pair = [v.value if isinstance(v, Caught) else v for v in (a, b)]
            more = [v.carried if isinstance(v, Caught) else Undef() for v in (a, b)]
            value = self.value(pair[0], pair[1], hint)
            return Caught(value, self.value(more[0], more[1], None))
        if isinstance(a, Undef) or isinstance(b, Undef):
            found = b if isinstance(a, Undef) else a
            return self.lifted(found, 1 if found is b else 0, hint)
        if self._alike(a, b):
            assert isinstance(a, Aggregate) and isinstance(b, Aggregate)
            items = tuple(
                self.value(p, q, hint_of(hint, k))
                for k, p, q in zip(a.keys, a.items, b.items, strict=True)
            )
            return a.like(items, a.keys)
        if isinstance(a, Record) and isinstance(b, Record):
            key = (id(a), id(b), None)
            if key in self.made:
                return self.made[key]
            if self._is_one(a, b) or (self.merging and _alike_records(a, b)):
                record = Record(a.kind, a.site, a.cls)
                if not self._is_one(a, b):
                    record.sealed = a.sealed = b.sealed = True
                self.made[key] = record
                first, second = self.heaps[0][a], self.heaps[1][b]
                self.heap[record] = self.content(record, first, second)
                return record
        if self._both_values(a, b):
            return self._yield(self.reify[0](a), self.reify[1](b), hint)
        if isinstance(a, Unknown) or isinstance(b, Unknown):
            return Unknown()
        if isinstance(self.test, Const):
            return Unknown()  # of a try: whether it fails is no value
        if not (self._liftable(a) and self._liftable(b)):
            return Unknown()
        return Either(self.test, self.lifted(a, 0, hint), self.lifted(b, 1, hint))

    def _is_one(self, a: Record, b: Record) -> bool:
        """May two records be one from here on?"""
        if not _alike_records(a, b):
            return False
        if a in self.heaps[1] or b in self.heaps[0]:
            return False
        return self.count[0](a) <= 1 and self.count[1](b) <= 1

    def _both_values(self, a: Value, b: Value) -> bool:
        return all(is_plain(v) or _as_value(v) for v in (a, b))

    def _liftable(self, value: Value) -> bool:
        return not any(isinstance(v, Closure) for v in parts(value)) or all(
            v.frame.on_stack for v in parts(value) if isinstance(v, Closure)
        )

    def _visible(self, value: Value) -> bool:
        return (
            not isinstance(value, Record)
            or value in self.heap
            or all(value in heap for heap in self.heaps)
        )

    def lifted(self, value: Value, side: int, hint: str | None) -> Value:
        """What only one branch has, after the `if`."""
        if isinstance(value, Const | Undef | Static | Closure):
            return value
        if is_plain(value):
            if side == 0:
                return self._yield(value, Undef(), hint)
            return self._yield(Undef(), value, hint)
        if isinstance(value, Aggregate):
            items = tuple(
                self.lifted(v, side, hint_of(hint, k))
                for k, v in zip(value.keys, value.items, strict=True)
            )
            return value.like(items, value.keys)
        if isinstance(value, Record):
            if value not in self.heaps[1 - side] and value not in self.heap:
                self.heap[value] = Undef()
                self.heap[value] = self.lifted(self.heaps[side][value], side, hint)
            return value
        if isinstance(value, Caught):
            carried = self.lifted(value.carried, side, None)
            return Caught(self.lifted(value.value, side, hint), carried)
        if isinstance(value, Either):
            return Either(
                self.lifted(value.test, side, None),
                self.lifted(value.then, side, hint),
                self.lifted(value.other, side, hint),
            )
        for part in parts(value):
            if part is not value:
                self.lifted(part, side, hint)
        return value

    def _yield(self, a: Value, b: Value, hint: str | None) -> Value:
        key = (id(a), id(b), hint)
        if key in self.made and not isinstance(a, Undef) and not isinstance(b, Undef):
            return self.made[key]
        then, other = self.op.blocks
        then.results.append(a)
        other.results.append(b)
        result = self.op.define(hint, join(a.type, b.type))
        self.made[key] = result
        return result


def _alike_records(a: Record, b: Record) -> bool:
    """Are both of one class, and neither an argument?"""
    return (a.kind, a.cls) == (b.kind, b.cls) and a.base is None and b.base is None
