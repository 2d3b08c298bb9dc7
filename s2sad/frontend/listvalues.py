"""Lists and dicts that are values of the program, and their methods.

What changes the length of such a list is an operation of its own; `sort`, `extend` and
their like are loops of these.
"""

from __future__ import annotations

from collections.abc import Callable

import gast

from s2sad.errors import UnsupportedError
from s2sad.frontend.base import constant
from s2sad.frontend.containers import Containers, Items
from s2sad.ir.core import Block, Const, Op, Value
from s2sad.ir.types import INT, Type

LIST_METHODS = frozenset(
    [
        *("append", "extend", "insert", "pop", "remove", "reverse", "sort", "clear"),
        *("index", "count", "copy", "appendleft", "popleft"),
    ]
)
_OF_LISTS = {"appendleft": "insert", "popleft": "pop"}


class ListValues(Containers):
    """The part of the lowering that knows lists of unknown length."""

    def extend(self, target: Value, source: Value, node: gast.AST) -> None:
        """Append every item of an iterable."""
        known = self.static_items(source)
        if known is not None:
            for item in known:
                self.push(target, item, node)
            return
        self.united(target, source, node)
        self.each(
            source,
            lambda item: self.b.effect("push", target, self.fit(target, item)),
            node,
        )

    def each(
        self, source: Value, do: Callable[[Value], object], node: gast.AST
    ) -> None:
        """A loop over a value, which changes no variable."""
        self.indexed(source, lambda k: do(self.b.emit("getitem", source, k)))

    def list_method(
        self,
        owner: Value,
        name: str,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> Value:
        if name not in LIST_METHODS:
            raise UnsupportedError(
                f"the method .{name}() of what may be no list",
                at=self.frame.source.location(node),
                by_class=True,
            )
        owner.type = Type("list") if owner.type.kind == "any" else owner.type
        b = self.b
        if name in ("appendleft", "popleft"):  # of a deque
            places = [Const(0), *args]
            return self.list_method(owner, _OF_LISTS[name], places, {}, node)
        if name == "append":
            self.push(owner, args[0], node)
        elif name == "extend":
            self.extend(owner, args[0], node)
        elif name == "pop":
            if not args or (isinstance(args[0], Const) and args[0].value == -1):
                return self.as_item(b.emit("pop", owner), owner)
            at = self.position(owner, args[0], 0)
            return self.as_item(b.emit("popat", owner, at), owner)
        elif name == "insert":
            at = self.bound_of(owner, args[0])
            item = self.storable(args[1], self.made_at.get(owner), node)
            b.effect("insert", owner, at, self.fit(owner, item))
        elif name == "remove":
            at = self.list_method(owner, "index", args, {}, node)
            b.emit("popat", owner, at)
        elif name == "copy":
            return self.copied_list(owner, node)
        elif name in ("sort", "reverse"):
            if name == "sort":
                new = self.sorted_list(owner, keywords, node)
            else:
                new = self.copied_list(owner, node, backwards=True)
            self.refill(owner, new)
        elif name == "clear":
            self.indexed(owner, lambda _: self.b.emit("pop", owner))
        else:
            return b.emit(
                "call",
                owner,
                *args,
                fn=f"list.{name}",
                kw=(),
                method=name,
                type=Type("int"),
            )
        return Const(None)

    def position(self, owner: Value, index: Value, more: int) -> Value:
        """An index counted from the front."""
        if isinstance(index, Const) and isinstance(index.value, int):
            if index.value >= 0:
                return index
            return self.b.emit("add", self.b.call("len", owner), index)
        return self.b.emit("mod", index, self.b.call("len", owner))

    def bound_of(self, owner: Value, index: Value) -> Value:
        """A bound of a slice, or a place for an item: from 0 up to the length."""
        if _is(index, 0):
            return index
        length = self.b.call("len", owner)
        if isinstance(index, Const) and isinstance(index.value, int):
            if index.value >= 0:
                return self.clipped("min", index, length)
            back = self.b.emit("add", length, index, type=INT)
            return self.clipped("max", back, Const(0))
        counted = self.choose(
            self.b.emit("lt", index, Const(0)),
            lambda: self.b.emit("add", length, index, type=INT),
            lambda: index,
        )
        return self.clipped("min", self.clipped("max", counted, Const(0)), length)

    def clipped(self, which: str, a: Value, b: Value) -> Value:
        found = self.b.call(which, a, b)
        found.type = INT
        return found

    def bounds_of(
        self, owner: Value, index: Value, node: gast.AST
    ) -> tuple[Value, ...]:
        """Where a slice of step 1 begins, and how many items it has."""
        assert index.op is not None
        start, stop, step = index.op.args
        if not (isinstance(step, Const) and step.value in (None, 1)):
            self.refuse(node, "a slice with a step is changed")
        none = isinstance(start, Const) and start.value is None
        first = Const(0) if none else self.bound_of(owner, start)
        if isinstance(stop, Const) and stop.value is None:
            last = self.b.call("len", owner)
        else:
            last = self.bound_of(owner, stop)
        if _is(first, 0):
            return first, last
        return first, self.clipped(
            "max", self.b.emit("sub", last, first, type=INT), Const(0)
        )

    def delete_slice(self, owner: Value, index: Value, node: gast.AST) -> None:
        """`del x[a:b]`"""
        first, count = self.bounds_of(owner, index, node)
        self.repeat(count, lambda _: self.b.emit("popat", owner, first))

    def store_slice(
        self, owner: Value, index: Value, value: Value, node: gast.AST
    ) -> None:
        """`x[a:b] = items`"""
        new = self.list_value([], node)
        self.extend(new, value, node)
        self.united(owner, new, node)
        first, count = self.bounds_of(owner, index, node)
        self.repeat(count, lambda _: self.b.emit("popat", owner, first))

        def put(k: Value) -> None:
            place = k if _is(first, 0) else self.b.emit("add", first, k, type=INT)
            item = self.fit(owner, self.b.emit("getitem", new, k))
            self.b.effect("insert", owner, place, item)

        self.indexed(new, put)

    def repeat(self, count: Value, do: Callable[[Value], object]) -> None:
        self.over_range(
            self.b.emit("range", Const(0), count, Const(1), type=Type("range")), do
        )

    def copied_list(
        self, source: Value, node: gast.AST, backwards: bool = False
    ) -> Value:
        result = self.list_value([], node)
        if not backwards:
            self.extend(result, source, node)
            return result
        self.united(result, source, node)
        last = self.b.emit("sub", self.b.call("len", source), Const(1))

        def push(index: Value) -> None:
            at = self.b.emit("sub", last, index)
            self.b.effect("push", result, self.b.emit("getitem", source, at))

        self.indexed(source, push)
        return result

    def indexed(self, source: Value, do: Callable[[Value], object]) -> None:
        """A loop over the indices of a value, which changes no variable."""
        self.repeat(self.b.call("len", source), do)

    def over_range(self, indices: Value, do: Callable[[Value], object]) -> None:
        body = Block()
        index = body.param(None, INT)
        outer, quiet = self.b, self.quiet
        self.b, self.quiet = outer.at(body), True
        do(index)
        self.b, self.quiet = outer, quiet
        outer.append(Op("for", [indices], {}, [body], outer.origin))

    def sorted_list(
        self, source: Value, keywords: dict[str, Value], node: gast.AST
    ) -> Value:
        """`sorted(x)`: the items in the order of a stable argsort."""
        down = keywords.get("reverse", Const(False))
        key = keywords.get("key")
        if set(keywords) - {"reverse", "key"} or not isinstance(down, Const):
            self.refuse(node, "sorting with such keywords is not supported")
        by = source
        if key is not None and not isinstance(key, Const):
            by = self.keys_of(source, key, node)
        order = self.order_of(by, bool(down.value))
        result = self.list_value([], node)
        self.united(result, source, node)

        def push(place: Value) -> None:
            at = self.b.emit("getitem", order, place, type=Type("int"))
            self.b.effect("push", result, self.b.emit("getitem", source, at))

        self.indexed(source, push)
        return result

    def order_of(self, by: Value, down: bool) -> Value:
        """The places of the items in their order; equal ones stay in theirs."""
        if by.type.kind == "list":
            return self.b.call("s2sad.runtime.in_order", by, Const(down))
        self.b.effect("check", by, fn="require_flat")
        values = self.b.call("numpy.asarray", by)
        if down:
            values = self.b.emit("neg", values)
        return self.b.call("numpy.argsort", values, kind=Const("stable"))

    def keys_of(self, source: Value, key: Value, node: gast.AST) -> Value:
        """The list of what the items of another one are ordered by."""
        result = self.list_value([], node)
        self.indexed(
            source,
            lambda k: self.push(
                result, self.apply(key, [self.item(source, k, node)], {}, node), node
            ),
        )
        return result

    def refill(self, owner: Value, new: Value) -> None:
        """Give a list the items of another one of its length."""
        self.indexed(
            owner,
            lambda k: self.b.effect(
                "setitem", owner, k, self.b.emit("getitem", new, k)
            ),
        )

    # -- dicts that are values of the program ---------------------------------------

    def dict_value_method(
        self,
        owner: Value,
        name: str,
        args: list[Value],
        node: gast.AST,
        keywords: dict[str, Value] | None = None,
    ) -> Value:
        if owner.type.kind == "any":
            owner.type = Type("dict")
        if name == "setdefault":
            default = self.kept(args[1]) if len(args) > 1 else Const(None)
            new = self.b.emit("notin", args[0], owner)
            self.fork(
                new,
                lambda: self.b.effect(
                    "setitem", owner, args[0], self.fit(owner, default)
                ),
                lambda: None,
            )
            return self.b.emit("getitem", owner, args[0])
        if name == "update" and len(args) <= 1:
            for arg in args:
                self.put_all(owner, arg, node)
            for word, item in (keywords or {}).items():
                kept = self.fit(owner, self.kept(item))
                self.b.effect("setitem", owner, Const(word), kept)
            return Const(None)
        if name == "get":
            default = args[1] if len(args) > 1 else Const(None)
            return self.choose(
                self.b.emit("in", args[0], owner),
                lambda: self.b.emit("getitem", owner, args[0]),
                lambda: default,
            )
        if name in ("keys", "values", "items"):
            return Items(name, owner)
        if name == "copy" and not args:
            return self.dict_of([owner], node)
        if name == "clear" and not args:
            keys = self.b.call("list", owner)
            keys.type = Type("list")
            self.indexed(
                keys,
                lambda k: self.b.effect(
                    "delitem", owner, self.b.emit("getitem", keys, k)
                ),
            )
            return Const(None)
        if name == "pop" and len(args) == 2:
            return self.choose(
                self.b.emit("in", args[0], owner),
                lambda: self.dict_value_method(owner, name, args[:1], node),
                lambda: args[1],
            )
        if name == "pop" and len(args) == 1:
            found = self.b.emit("getitem", owner, args[0])
            self.b.effect("delitem", owner, args[0])
            return found
        self.refuse(node, f"the method .{name}() of a dict that is an argument")

    def put_all(self, owner: Value, source: Value, node: gast.AST) -> None:
        """Every item of a dict, put into another one that is a value."""
        content = self.content(source)
        if content is not None and content.kind == "dict":
            for key, item in zip(content.keys, content.items, strict=True):
                kept = self.fit(owner, self.kept(item))
                self.b.effect("setitem", owner, constant(key), kept)
            return
        if source.type.kind != "dict" or self.is_led(source):
            self.unclear(source, node, "update() with what may be no dict")
        keys = self.b.call("list", source)
        keys.type = Type("list")

        def put(k: Value) -> None:
            key = self.b.emit("getitem", keys, k)
            item = self.fit(owner, self.b.emit("getitem", source, key))
            self.b.effect("setitem", owner, key, item)

        self.indexed(keys, put)

    def dict_of(self, sources: list[Value], node: gast.AST) -> Value:
        """A new dict with the items of others, of which the last one counts."""
        made = self.b.emit("dict", type=Type("dict"))
        for source in sources:
            self.put_all(made, source, node)
        return made


def _is(value: Value, number: int) -> bool:
    return isinstance(value, Const) and value.value == number
