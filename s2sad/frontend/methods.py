"""Methods of lists, dicts and tuples that are known item by item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gast

from s2sad.frontend.base import literal_key
from s2sad.frontend.listvalues import ListValues
from s2sad.frontend.virtual import Aggregate, ListMethod, Record, Restart
from s2sad.ir.core import Const, Value


@dataclass
class Call:
    """A method that is called: of what, what that holds, and with what."""

    owner: Any
    content: Aggregate
    args: list[Any]
    keywords: dict[str, Value]
    node: gast.AST


_DICT_ONLY = frozenset(["keys", "values", "items", "get", "update", "setdefault"])
_CHANGING = frozenset(
    ["append", "extend", "insert", "pop", "reverse", "clear", "update", "setdefault"]
)


class Methods(ListValues):
    """The part of the lowering that knows the methods of containers."""

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
            if kind == "dict" or (kind == "any" and name in _DICT_ONLY):
                return self.dict_value_method(owner, name, args, node, keywords)
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
        return found(Call(owner, content, args, keywords, node))

    def _put(self, owner: Record, items: list[Value]) -> Value:
        self.heap[owner] = Aggregate("list", tuple(items))
        return Const(None)

    def list_append(self, call: Call) -> Value:
        return self._put(call.owner, [*call.content.items, call.args[0]])

    def list_extend(self, call: Call) -> Value:
        more = self.static_items(call.args[0])
        if more is None:
            raise Restart(call.owner.site)
        return self._put(call.owner, [*call.content.items, *more])

    def list_insert(self, call: Call) -> Value:
        items = list(call.content.items)
        if not isinstance(call.args[0], Const):
            raise Restart(call.owner.site)
        items.insert(call.args[0].value, call.args[1])
        return self._put(call.owner, items)

    def list_pop(self, call: Call) -> Value:
        items = list(call.content.items)
        if call.args and not isinstance(call.args[0], Const):
            raise Restart(call.owner.site)
        at = call.args[0].value if call.args else -1
        if not -len(items) <= at < len(items):
            self.refuse(call.node, "pop of an item that is not there")
        value = items.pop(at)
        self._put(call.owner, items)
        return value

    def list_reverse(self, call: Call) -> Value:
        return self._put(call.owner, list(reversed(call.content.items)))

    def list_clear(self, call: Call) -> Value:
        return self._put(call.owner, [])

    def list_copy(self, call: Call) -> Value:
        return self.new_list(list(call.content.items), call.node)

    def dict_get(self, call: Call) -> Value:
        known, key = literal_key(call.args[0])
        default = call.args[1] if len(call.args) > 1 else Const(None)
        if not known:
            raise Restart(call.owner.site)
        found = call.content.get(key)
        return default if found is None else found

    def dict_keys(self, call: Call) -> Value:
        return Aggregate("tuple", tuple(self.static_items(call.owner) or ()))

    def dict_values(self, call: Call) -> Value:
        return Aggregate("tuple", call.content.items)

    def dict_items(self, call: Call) -> Value:
        keys = self.static_items(call.owner) or ()
        pairs = zip(keys, call.content.items, strict=True)
        return Aggregate("tuple", tuple(Aggregate("tuple", pair) for pair in pairs))

    def dict_update(self, call: Call) -> Value:
        content = call.content
        for arg in call.args:
            other = self.content(arg)
            if other is None or other.kind != "dict":
                self.refuse(call.node, "update() with a dict not written out here")
            for key, item in zip(other.keys, other.items, strict=True):
                content = content.put(key, item)
        for name, item in call.keywords.items():
            content = content.put(name, item)
        self.heap[call.owner] = content
        return Const(None)

    def dict_pop(self, call: Call) -> Value:
        known, key = literal_key(call.args[0])
        found = call.content.get(key) if known else None
        if found is None:
            if known and len(call.args) > 1:
                default: Value = call.args[1]
                return default
            if not known and isinstance(call.owner, Record):
                raise Restart(call.owner.site)
            self.refuse(call.node, "pop of a key that is not there, or not a constant")
        self.heap[call.owner] = call.content.without(key)
        return found

    def dict_setdefault(self, call: Call) -> Value:
        known, key = literal_key(call.args[0])
        if not known:
            raise Restart(call.owner.site)
        found = call.content.get(key)
        if found is None:
            found = call.args[1] if len(call.args) > 1 else Const(None)
            self.heap[call.owner] = call.content.put(key, found)
        return found

    def dict_copy(self, call: Call) -> Value:
        return self.new_dict(
            list(call.content.keys), list(call.content.items), call.node
        )

    def tuple__replace(self, call: Call) -> Value:
        names = (
            list(call.content.cls.fields or ()) if call.content.cls is not None else []
        )
        items = list(call.content.items)
        for name, value in call.keywords.items():
            if name not in names:
                self.refuse(call.node, f"there is no field {name!r}")
            items[names.index(name)] = value
        return call.content.like(tuple(items), call.content.keys)

    def tuple__asdict(self, call: Call) -> Value:
        names = (
            list(call.content.cls.fields or ()) if call.content.cls is not None else []
        )
        return self.new_dict([*names], list(call.content.items), call.node)
