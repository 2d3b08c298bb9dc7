"""Objects in lists whose length only a run knows.

There an object is the list of its attributes, and a NamedTuple a tuple, and each list
has a *schema*: of what class its items are. An item that is read is that object again.

    bodies.append(Body(x, v))        bodies.append([x, v])
    bodies[k].v += dt                bodies[k][1] += dt
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import gast

from s2sad.frontend.objects import Objects
from s2sad.frontend.virtual import Aggregate, Record, Restart, Site, is_plain
from s2sad.frontend.ways import ITEM
from s2sad.ir.core import Const, Value
from s2sad.ir.types import Type

if TYPE_CHECKING:
    from s2sad.frontend.classes import Class


@dataclass(frozen=True)
class Schema:
    """What an item of a list is."""

    kind: str
    cls: Class | None
    keys: tuple[Any, ...]


@dataclass
class Schemas:
    """What is known of the items of lists, by the place where a list is made."""

    known: dict[Site, Schema] = field(default_factory=dict)
    same: dict[Site, Site] = field(default_factory=dict)
    #: lists that an item was read of before anything was known
    read: set[Site] = field(default_factory=set)

    def find(self, site: Site) -> Site:
        while site in self.same:
            site = self.same[site]
        return site

    def unite(self, a: Site, b: Site) -> None:
        a, b = self.find(a), self.find(b)
        if a == b:
            return
        first, second = self.known.get(a), self.known.get(b)
        self.same[b] = a
        if first is None and second is not None:
            self.learn(a, second)
        elif first != second and second is not None:
            raise Mixed
        elif first is not None and b in self.read:
            raise Restart(b)
        self.read |= {a} if b in self.read else set()

    def learn(self, site: Site, schema: Schema) -> None:
        site = self.find(site)
        if self.known.get(site, schema) != schema:
            raise Mixed
        if site not in self.known:
            self.known[site] = schema
            if site in self.read:
                self.read.clear()
                raise Restart(site)


class Mixed(Exception):
    """A list has items of several classes."""


class Items(Objects):
    """Lists that are values of the program, and what is in them."""

    schemas: Schemas
    #: where lists that are values were made
    made_at: dict[Value, Site]
    #: what makes the items that a dict made there has not
    factories: dict[Site, Value]

    def list_value(self, items: list[Value], node: gast.AST) -> Value:
        site = self.site(node)
        kept = [self.storable(v, site, node) for v in items]
        value = self.b.emit("list", *kept, type=Type("list"))
        self.made_at[value] = site
        return value

    def push(self, target: Value, item: Value, node: gast.AST) -> None:
        site = self.made_at.get(target)
        self.b.effect("push", target, self.fit(target, self.storable(item, site, node)))

    def fit(self, target: Value, item: Value) -> Value:
        """An item of a list of which the items are known: the run looks at it."""
        items = target.type.items
        if target.type.kind not in ("list", "dict") or not items or not is_plain(item):
            return item
        if items[0].is_scalar and not item.type.is_scalar:
            self.b.effect("check", item, fn="require_element")
        elif not items[0].is_scalar and str(item.type) != str(items[0]):
            self.b.effect("check", item, Const(str(items[0])), fn="require_kind")
        return item

    def storable(self, item: Value, site: Site | None, node: gast.AST) -> Value:
        """An item as a value of the program, its class remembered with the list."""
        if isinstance(item, Aggregate) and item.cls is not None:
            self.learn(site, Schema("tuple", item.cls, item.keys), node)
            return self.b.emit("tuple", *map(self.kept, item.items))
        if isinstance(item, Record) and item.kind == "object" and item.base is None:
            content = self.heap[item]
            assert isinstance(content, Aggregate)
            if item.sealed or item.cls is None:
                self.nowhere("this object may also be known under another name")
            if content.kind != "placed":
                listed = self.b.emit(
                    "list", *map(self.kept, content.items), type=Type("list")
                )
                placed = Aggregate("placed", (listed,), ("$place",), item.cls)
                placed.fields = content.keys
                self.heap[item] = content = placed
            self.learn(site, Schema("object", item.cls, content.fields), node)
            return content.items[0]
        if self.is_led(item):
            way = self.ways.get(item, ())
            if site is None or not self.is_told(item):
                self.nowhere("an object of an argument in a list from elsewhere")
            self.learn(site, Schema("given", self.classes.get(item), way), node)
            return item
        if site is not None and self.schemas.find(site) in self.schemas.known:
            self.unlike(node)
        return self.kept(item)

    def learn(self, site: Site | None, schema: Schema, node: gast.AST) -> None:
        if site is None:
            self.refuse(node, "an object is put into a list that comes from elsewhere")
        try:
            self.schemas.learn(site, schema)
        except Mixed:
            self.unlike(node)

    def unlike(self, node: gast.AST) -> None:
        self.refuse(node, "a list whose items are of several classes")

    def united(self, a: Value, b: Value, node: gast.AST) -> None:
        """Two lists have items of one class."""
        first, second = self.made_at.get(a), self.made_at.get(b)
        if first is None or second is None:
            for value, site in ((b, first), (a, second)):
                if site is not None and self.schemas.find(site) in self.schemas.known:
                    if is_plain(value):
                        self.made_at[value] = site
            return
        try:
            self.schemas.unite(first, second)
        except Mixed:
            self.unlike(node)

    def inherit(self, new: Value, old: Value) -> None:
        """A value that a branch or loop yields is a list as the one it comes from."""
        if old in self.made_at and new not in self.made_at:
            self.made_at[new] = self.made_at[old]

    def item(self, base: Value, index: Value, node: gast.AST) -> Value:
        """`base[index]` of a value: an item of a list is what was put there."""
        self.one_class(base)
        found = self.b.emit("getitem", base, index)
        sliced = index.type.kind == "slice"
        if base in self.ways and sliced:
            return self.traced(found, self.ways[base])
        if base in self.ways:
            key = index.value if isinstance(index, Const) else ITEM
            return self.part_of(found, base, key)
        return self.as_item(found, base, sliced=sliced)

    def as_item(self, found: Value, base: Value, sliced: bool = False) -> Value:
        site = self.made_at.get(base)
        if site is None:
            return found
        if sliced:
            self.made_at[found] = site
            return found
        site = self.schemas.find(site)
        schema = self.schemas.known.get(site)
        if schema is None:
            self.schemas.read.add(site)
            return found
        if schema.kind == "tuple":
            found.type = Type("tuple", items=(Type("any"),) * len(schema.keys))
            items = [
                self.b.emit("getitem", found, Const(k)) for k in range(len(schema.keys))
            ]
            return Aggregate("tuple", tuple(items), schema.keys, schema.cls)
        if schema.kind == "given":
            return self.traced(found, schema.keys)
        found.type = Type("list")
        record = Record("object", site, schema.cls)
        placed = Aggregate("placed", (found,), ("$place",), schema.cls)
        placed.fields = schema.keys
        self.heap[record] = placed
        return record
