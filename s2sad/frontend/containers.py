"""Tuples, lists and dicts: displays, items, methods, comprehensions."""

from __future__ import annotations

from typing import Any

import gast

from s2sad.frontend.base import literal_key
from s2sad.frontend.schemas import Items as ListItems
from s2sad.frontend.virtual import (
    Aggregate,
    Either,
    Record,
    Restart,
    is_plain,
)
from s2sad.ir.core import Const, Undef, Value
from s2sad.ir.types import Type

#: A comprehension's result is unrolled if it has at most so many items.
UNROLL = 64


class Containers(ListItems):
    """The part of the lowering that knows Python's own containers."""

    # -- making ---------------------------------------------------------------------

    def expr_Tuple(self, node: gast.Tuple) -> Value:
        items = self.displayed(node.elts)
        if isinstance(items, Value):
            return items  # a list that nobody else can change
        return Aggregate("tuple", tuple(items))

    def expr_List(self, node: gast.List) -> Value:
        items = self.displayed(node.elts)
        if isinstance(items, Value):
            return items
        return self.new_list(items, node)

    def displayed(self, nodes: list[gast.AST]) -> list[Value] | Value:
        """The items of a display; one list, if a starred one is of unknown length."""
        items: list[Value] = []
        longer: Value | None = None
        for part in nodes:
            if not isinstance(part, gast.Starred):
                value = self.expr(part)
                if longer is None:
                    items.append(value)
                else:
                    self.push(longer, value, part)
                continue
            source = self.expr(part.value)
            known = self.static_items(source)
            if known is not None and longer is None:
                items += known
                continue
            if longer is None:
                longer = self.list_value(items, part)
            self.extend(longer, source, part)
        return items if longer is None else longer

    def new_list(self, items: list[Value], node: gast.AST) -> Value:
        site = self.site(node)
        if site in self.dynamic or not items:
            return self.list_value(items, node)
        record = Record("list", site)
        self.heap[record] = Aggregate("list", tuple(items))
        return record

    def new_dict(
        self, keys: list[object], items: list[Value], node: gast.AST
    ) -> Record:
        record = Record("dict", self.site(node))
        content = Aggregate("dict", (), ())
        for key, item in zip(keys, items, strict=True):
            content = content.put(key, item)
        self.heap[record] = content
        return record

    def expr_Dict(self, node: gast.Dict) -> Value:
        keys: list[object] = []
        items: list[Value] = []
        values: list[Value] = []
        static = self.site(node) not in self.dynamic
        sources: list[Value] = []
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            if key_node is None:
                inner = self.expr(value_node)
                content = self.heap.get(inner) if isinstance(inner, Record) else None
                if not isinstance(content, Aggregate) or content.kind != "dict":
                    if inner.type.kind != "dict" or not static:
                        self.unclear(
                            inner, node, "** of a dict that is not written out here"
                        )
                    sources += [self.new_dict(keys, items, node), inner]
                    keys, items, values = [], [], []
                    continue
                keys += content.keys
                items += content.items
                continue
            key_value = self.expr(key_node)
            item = self.expr(value_node)
            known, key = literal_key(key_value)
            static = static and known
            keys.append(key)
            items.append(item)
            values += [key_value, item]
        if static and sources:
            return self.dict_of([*sources, self.new_dict(keys, items, node)], node)
        if static:
            return self.new_dict(keys, items, node)
        if sources or len(values) != 2 * len(items):
            self.refuse(node, "** in a dict whose keys only a run can tell")
        return self.b.emit("dict", *map(self.kept, values), type=Type("dict"))

    def expr_Set(self, node: gast.Set) -> Value:
        items = self.displayed(node.elts)
        if isinstance(items, Value) or not all(isinstance(v, Const) for v in items):
            self.refuse(node, "a set of values that are not constants")
        values = dict.fromkeys(v.value for v in items)  # type: ignore[attr-defined]
        return Aggregate("set", tuple(map(Const, values)))

    # -- what is in them ------------------------------------------------------------

    def content(self, value: Value) -> Aggregate | None:
        """The items of what is known item by item."""
        if isinstance(value, Record) and value.base is None:
            found = self.heap.get(value)
            return found if isinstance(found, Aggregate) else None
        return value if isinstance(value, Aggregate) else None

    def static_items(self, value: Value) -> list[Value] | None:
        """What an iteration over this gives, if that is known."""
        content = self.content(value)
        if content is None:
            led = self.led_items(value)
            if led is not None and all(type(key) is int for key, _ in led):
                return [item for _, item in led]
            if led is not None:
                return [Const(key) for key, _ in led]
            if isinstance(value, Const) and isinstance(value.value, str):
                return [Const(c) for c in value.value]
            return None
        if content.kind == "dict":
            from s2sad.frontend.base import constant

            return [constant(key) for key in content.keys]
        listed = content.kind in ("tuple", "list", "set")
        return list(content.items) if listed else None

    def length(self, value: Value, node: gast.AST) -> Value:
        items = self.static_items(value)
        if items is not None:
            return Const(len(items))
        found = self.special("__len__", value, [], node)
        return found if found is not None else self.b.call("len", value)

    def getitem(self, base: Value, index: Value, node: gast.AST) -> Value:
        if isinstance(base, Either):
            return self.choose(
                base.test,
                lambda: self.getitem(base.then, index, node),
                lambda: self.getitem(base.other, index, node),
            )
        special = self.special("__getitem__", base, [index], node)
        if special is not None:
            return special
        factory = self.factory_of(base)
        if factory is not None:
            default = self.apply(factory, [], {}, node)
            keep = self.attribute(base, "setdefault", node)
            return self.apply(keep, [index, default], {}, node)
        content = self.content(base)
        if content is None or content.kind == "object":
            return self.item(base, index, node)
        if content.kind == "dict":
            return self.lookup(content, index, node)
        bounds = _constant_slice(index)
        if bounds is not None:
            items = list(content.items[bounds])
            if isinstance(base, Record):
                return self.new_list(items, node)
            return Aggregate("tuple", tuple(items))
        if isinstance(index, Const) and isinstance(index.value, int):
            if not -len(content.items) <= index.value < len(content.items):
                self.refuse(node, f"an index of {index.value}: there is no such item")
            return content.items[index.value]
        if isinstance(base, Record) and all(map(is_plain, content.items)):
            raise Restart(base.site)
        if index.type.kind == "slice":
            if isinstance(base, Record):
                raise Restart(base.site)
            self.refuse(node, "a slice of a tuple with bounds that are not constant")
        if all(map(is_plain, content.items)):
            return self.b.emit("getitem", base, index)
        pairs: list[tuple[Value, Value]] = [
            (Const(k), v) for k, v in enumerate(content.items)
        ]
        return self.pick(pairs, index, "IndexError", node)

    def factory_of(self, base: Value) -> Value | None:
        """What makes the items that a dict is asked for and has not."""
        site = base.site if isinstance(base, Record) else self.made_at.get(base)
        return None if site is None else self.factories.get(site)

    def lookup(self, content: Aggregate, index: Value, node: gast.AST) -> Value:
        known, key = literal_key(index)
        if known:
            found = content.get(key)
            if found is None:
                self.refuse(node, f"the dict has no key {key!r} here")
            return found
        from s2sad.frontend.base import constant

        pairs = [
            (constant(k), v) for k, v in zip(content.keys, content.items, strict=True)
        ]
        return self.pick(pairs, index, "KeyError", node)

    def pick(
        self, pairs: list[tuple[Value, Value]], index: Value, error: str, node: gast.AST
    ) -> Value:
        """The item whose key equals the index, by comparing with each."""
        if not pairs:
            self.b.effect("raise", index, path=error)
            return Undef()
        (key, value), rest = pairs[0], pairs[1:]
        test = self.b.emit("eq", index, key)
        return self.choose(
            test, lambda: value, lambda: self.pick(rest, index, error, node)
        )

    # -- changing them --------------------------------------------------------------

    def setitem(self, base: Value, index: Value, value: Value, node: gast.AST) -> None:
        if isinstance(base, Either):
            self.choose(
                base.test,
                lambda: self._store(base.then, index, value, node),
                lambda: self._store(base.other, index, value, node),
            )
            return
        if self.special("__setitem__", base, [index, value], node) is not None:
            return
        content = self.content(base)
        if content is None or content.kind == "object":
            if base.type.kind == "list":
                if index.type.kind == "slice":
                    self.store_slice(base, index, value, node)
                    return
                value = self.storable(value, self.made_at.get(base), node)
            self.fit(base, value)
            self.b.effect("setitem", base, index, value)
            return
        if not isinstance(base, Record):
            self.refuse(node, "an item of a tuple is assigned")
        if base.sealed:
            self.nowhere("this list or dict may also be known under another name")
        if content.kind == "dict":
            known, key = literal_key(index)
            if not known:
                raise Restart(base.site)
            self.heap[base] = content.put(key, value)
            return
        bounds = _constant_slice(index)
        if bounds is not None:
            new = self.static_items(value)
            if new is None:
                raise Restart(base.site)
            items = list(content.items)
            items[bounds] = new
            self.heap[base] = Aggregate("list", tuple(items))
            return
        if not isinstance(index, Const) or not isinstance(index.value, int):
            raise Restart(base.site)
        if not -len(content.items) <= index.value < len(content.items):
            self.refuse(node, f"an index of {index.value}: there is no such item")
        at = index.value % len(content.items)
        self.heap[base] = content.put(at, value)

    def _store(self, base: Value, index: Value, value: Value, node: gast.AST) -> Value:
        self.setitem(base, index, value, node)
        return Const(None)

    def delitem(self, base: Value, index: Value, node: gast.AST) -> None:
        content = self.content(base)
        made = index.op
        if content is None and made is not None and made.code == "slice":
            self.delete_slice(base, index, node)
            return
        if content is None and base.type.kind == "list":
            self.list_method(base, "pop", [index], {}, node)
            return
        if content is None:
            self.b.effect("delitem", base, index)
            return
        if not isinstance(base, Record) or base.sealed:
            self.refuse(node, "del of an item of this is not supported")
        known, key = literal_key(index)
        bounds = _constant_slice(index)
        if content.kind == "list" and (known or bounds is not None):
            items = list(content.items)
            place: Any = bounds if bounds is not None else key
            del items[place]
            self.heap[base] = Aggregate("list", tuple(items))
        elif content.kind == "dict" and known and content.get(key) is not None:
            self.heap[base] = content.without(key)
        elif content.kind == "list":
            raise Restart(base.site)
        else:
            self.refuse(node, "del of a key that is not there, or not a constant")

    # -- lists of unknown length, which are values ------------------------------------

    def extend(self, target: Value, source: Value, node: gast.AST) -> None:
        raise NotImplementedError

    def dict_of(self, sources: list[Value], node: gast.AST) -> Value:
        raise NotImplementedError

    def delete_slice(self, owner: Value, index: Value, node: gast.AST) -> None:
        raise NotImplementedError

    def store_slice(
        self, owner: Value, index: Value, value: Value, node: gast.AST
    ) -> None:
        raise NotImplementedError

    def list_method(
        self,
        owner: Value,
        name: str,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> Value:
        raise NotImplementedError


class Items(Value):
    """`d.keys()`, `d.values()`, `d.items()` of a dict that is an argument."""

    __slots__ = ("owner", "which")

    def __init__(self, which: str, owner: Value) -> None:
        super().__init__(None, Type("object"))
        self.which = which
        self.owner = owner


def _constant_slice(index: Value) -> slice | None:
    """A slice with bounds known when compiled."""
    made = index.op
    if made is None or made.code != "slice" or not is_plain(index):
        return None
    bounds = [v.value if isinstance(v, Const) else ... for v in made.args]
    return None if ... in bounds else slice(*bounds)
