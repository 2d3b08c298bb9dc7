"""Tuples, lists and dicts: displays, items, methods, comprehensions."""

from __future__ import annotations

from collections.abc import Callable

import gast

from s2sad.frontend.base import literal_key
from s2sad.frontend.schemas import Items as ListItems
from s2sad.frontend.virtual import (
    Aggregate,
    Either,
    ListMethod,
    Record,
    Restart,
    is_plain,
)
from s2sad.ir.core import Block, Const, Op, Undef, Value
from s2sad.ir.types import INT, Type

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
        """The items of a display; one list value, if one of them is of unknown length."""
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
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            if key_node is None:
                inner = self.expr(value_node)
                content = self.heap.get(inner) if isinstance(inner, Record) else None
                if not isinstance(content, Aggregate) or content.kind != "dict":
                    self.refuse(node, "** of a dict that is not written out here")
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
        if static:
            return self.new_dict(keys, items, node)
        if len(values) != 2 * len(items):
            self.refuse(node, "** in a dict whose keys only a run can tell")
        return self.b.emit("dict", *map(self.kept, values), type=Type("dict"))

    def expr_Set(self, node: gast.Set) -> Value:
        items = self.displayed(node.elts)
        if isinstance(items, Value) or not all(isinstance(v, Const) for v in items):
            self.refuse(node, "a set of values that are not constants")
        return Aggregate("tuple", tuple(items))

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
            if isinstance(value, Const) and isinstance(value.value, str):
                return [Const(c) for c in value.value]
            return None
        if content.kind == "dict":
            from s2sad.frontend.base import constant

            return [constant(key) for key in content.keys]
        return list(content.items) if content.kind in ("tuple", "list") else None

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
        pairs = [(Const(k), v) for k, v in enumerate(content.items)]
        return self.pick(pairs, index, "IndexError", node)

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
                value = self.storable(value, self.made_at.get(base), node)
                if index.type.kind == "slice":
                    self.refuse(node, "a slice of a list is assigned")
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
        if content is None and base.type.kind == "list":
            self.list_pop(base, [index], node)
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
            del items[bounds if bounds is not None else key]  # type: ignore[call-overload]
            self.heap[base] = Aggregate("list", tuple(items))
        elif content.kind == "dict" and known and content.get(key) is not None:
            self.heap[base] = content.without(key)
        elif content.kind == "list":
            raise Restart(base.site)
        else:
            self.refuse(node, "del of a key that is not there, or not a constant")

    # -- methods --------------------------------------------------------------------

    def container_method(
        self,
        method: ListMethod,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> Value | None:
        """A method of a list, dict or tuple; nothing if it is of something else."""
        owner, name = method.owner, method.name_
        content = self.content(owner)
        if content is None:
            kind = owner.type.kind
            if kind == "list" or (
                kind == "any" and name in ("append", "extend", "insert")
            ):
                return self.list_method(owner, name, args, keywords, node)
            if kind in ("dict", "any") and name in _DICT_ONLY:
                return self.dict_value_method(owner, name, args, node)
            if kind in ("any",) and name == "pop":
                if args and (args[0].type.kind == "str" or len(args) == 2):
                    return self.dict_value_method(owner, name, args, node)
                return self.list_method(owner, name, args, keywords, node)
            return None
        if content.kind == "object":
            return None
        found: Callable[..., Value | None] | None = getattr(
            self, f"{content.kind}_{name}", None
        )
        if found is None:
            if isinstance(owner, Record) and content.kind == "list":
                raise Restart(owner.site)
            self.refuse(node, f"the method .{name}() of a {content.kind}")
        if isinstance(owner, Record) and owner.sealed and name in _CHANGING:
            self.nowhere("this list or dict may also be known under another name")
        return found(owner, content, args, keywords, node)

    def _put(self, owner: Record, items: list[Value]) -> Value:
        self.heap[owner] = Aggregate("list", tuple(items))
        return Const(None)

    def list_append(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        return self._put(owner, [*content.items, args[0]])

    def list_extend(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        more = self.static_items(args[0])
        if more is None:
            raise Restart(owner.site)
        return self._put(owner, [*content.items, *more])

    def list_insert(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        items = list(content.items)
        if not isinstance(args[0], Const):
            raise Restart(owner.site)
        items.insert(args[0].value, args[1])
        return self._put(owner, items)

    def list_pop(self, owner, content_or_args, *more) -> Value:  # type: ignore[no-untyped-def]
        if not isinstance(owner, Record):
            return self.list_method(owner, "pop", content_or_args, {}, more[0])
        args = more[0]
        items = list(content_or_args.items)
        if args and not isinstance(args[0], Const):
            raise Restart(owner.site)
        at = args[0].value if args else -1
        if not -len(items) <= at < len(items):
            self.refuse(more[2], "pop of an item that is not there")
        value = items.pop(at)
        self._put(owner, items)
        return value

    def list_reverse(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        return self._put(owner, list(reversed(content.items)))

    def list_clear(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        return self._put(owner, [])

    def list_copy(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        return self.new_list(list(content.items), node)

    def dict_get(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        known, key = literal_key(args[0])
        default = args[1] if len(args) > 1 else Const(None)
        if not known:
            self.refuse(node, "get() of a key that only a run can tell")
        found = content.get(key)
        return default if found is None else found

    def dict_keys(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        return Aggregate("tuple", tuple(self.static_items(owner) or ()))

    def dict_values(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        return Aggregate("tuple", content.items)

    def dict_items(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        keys = self.static_items(owner) or ()
        pairs = zip(keys, content.items, strict=True)
        return Aggregate("tuple", tuple(Aggregate("tuple", pair) for pair in pairs))

    def dict_update(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        for arg in args:
            other = self.content(arg)
            if other is None or other.kind != "dict":
                self.refuse(node, "update() with a dict that is not written out here")
            for key, item in zip(other.keys, other.items, strict=True):
                content = content.put(key, item)
        for name, item in keywords.items():
            content = content.put(name, item)
        self.heap[owner] = content
        return Const(None)

    def dict_pop(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        known, key = literal_key(args[0])
        found = content.get(key) if known else None
        if found is None:
            if known and len(args) > 1:
                return args[1]
            self.refuse(node, "pop of a key that is not there, or not a constant")
        self.heap[owner] = content.without(key)
        return found

    def dict_setdefault(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        known, key = literal_key(args[0])
        if not known:
            self.refuse(node, "setdefault() of a key that only a run can tell")
        found = content.get(key)
        if found is None:
            found = args[1] if len(args) > 1 else Const(None)
            self.heap[owner] = content.put(key, found)
        return found

    def dict_copy(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        return self.new_dict(list(content.keys), list(content.items), node)

    def tuple__replace(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        names = list(content.cls.fields) if content.cls is not None else []
        items = list(content.items)
        for name, value in keywords.items():
            if name not in names:
                self.refuse(node, f"there is no field {name!r}")
            items[names.index(name)] = value
        return content.like(tuple(items), content.keys)

    def tuple__asdict(self, owner, content, args, keywords, node) -> Value:  # type: ignore[no-untyped-def]
        names = list(content.cls.fields) if content.cls is not None else []
        return self.new_dict(names, list(content.items), node)

    # -- lists that are values of the program ---------------------------------------

    def extend(self, target: Value, source: Value, node: gast.AST) -> None:
        """Append every item of an iterable."""
        known = self.static_items(source)
        if known is not None:
            for item in known:
                self.push(target, item, node)
            return
        self.united(target, source, node)
        self.each(source, lambda item: self.b.effect("push", target, item), node)

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
        owner.type = Type("list") if owner.type.kind == "any" else owner.type
        b = self.b
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
            at = self.position(owner, args[0], 0)
            item = self.storable(args[1], self.made_at.get(owner), node)
            b.effect("insert", owner, at, item)
        elif name == "copy":
            return self.copied_list(owner, node)
        elif name in ("sort", "reverse"):
            if name == "sort":
                new = self.sorted_list(owner, keywords, node)
            else:
                new = self.copied_list(owner, node, backwards=True)
            self.refill(owner, new)
        elif name == "clear":
            self.refuse(node, "clear() of a list whose length only a run can tell")
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
        length = self.b.call("len", source)
        indices = self.b.emit("range", Const(0), length, Const(1), type=Type("range"))
        self.over_range(indices, do)

    def over_range(self, indices: Value, do: Callable[[Value], object]) -> None:
        body = Block()
        index = body.param(None, INT)
        outer = self.b
        self.b = outer.at(body)
        do(index)
        self.b = outer
        outer.append(Op("for", [indices], {}, [body], outer.origin))

    def sorted_list(
        self, source: Value, keywords: dict[str, Value], node: gast.AST
    ) -> Value:
        """`sorted(x)`: the items in the order of a stable argsort."""
        down = keywords.get("reverse", Const(False))
        if set(keywords) - {"reverse"} or not isinstance(down, Const):
            self.refuse(node, "sorting with a key is not supported")
        values = self.b.call("numpy.asarray", source)
        if down.value:  # equal items stay in their order
            values = self.b.emit("neg", values)
        order = self.b.call("numpy.argsort", values, kind=Const("stable"))
        result = self.list_value([], node)
        self.united(result, source, node)

        def push(place: Value) -> None:
            at = self.b.emit("getitem", order, place, type=Type("int"))
            self.b.effect("push", result, self.b.emit("getitem", source, at))

        self.indexed(source, push)
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
        self, owner: Value, name: str, args: list[Value], node: gast.AST
    ) -> Value:
        if owner.type.kind == "any":
            owner.type = Type("dict")
        if name == "get":
            default = args[1] if len(args) > 1 else Const(None)
            return self.choose(
                self.b.emit("in", args[0], owner),
                lambda: self.b.emit("getitem", owner, args[0]),
                lambda: default,
            )
        if name in ("keys", "values", "items"):
            return Items(name, owner)
        if name == "pop" and len(args) == 1:
            found = self.b.emit("getitem", owner, args[0])
            self.b.effect("delitem", owner, args[0])
            return found
        self.refuse(node, f"the method .{name}() of a dict that is an argument")


class Items(Value):
    """`d.keys()`, `d.values()`, `d.items()` of a dict that is an argument."""

    __slots__ = ("owner", "which")

    def __init__(self, which: str, owner: Value) -> None:
        super().__init__(None, Type("object"))
        self.which = which
        self.owner = owner


_DICT_ONLY = frozenset(["keys", "values", "items", "get", "update", "setdefault"])
_CHANGING = frozenset(
    ["append", "extend", "insert", "pop", "reverse", "clear", "update", "setdefault"]
)


def _constant_slice(index: Value) -> slice | None:
    """A slice with bounds known when compiled."""
    made = index.op
    if made is None or made.code != "slice" or not is_plain(index):
        return None
    bounds = [v.value if isinstance(v, Const) else ... for v in made.args]
    return None if ... in bounds else slice(*bounds)
