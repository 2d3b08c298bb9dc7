"""Which arrays a value may be, or be a view of; which are changed in place.

An *object* is an allocation: the operation that makes it, or the parameter that brings
it. Each value points to a set of objects (Andersen's analysis, to a fixpoint round
loops); values that may point to the same object may share memory. A list, a tuple, a
dict *holds* objects, which are changed without it being changed.
"""

from __future__ import annotations

from s2sad.ir.core import Block, Const, Op, Undef, Value, walk
from s2sad.ir.infer import index_parts, is_basic
from s2sad.rules import registry

Objects = frozenset[object]
NOTHING: Objects = frozenset()
STORES = frozenset({"setitem", "augitem", "iadd", "addat", "additems", "addattr"})
#: Operations that change what a list or dict has, and how many.
STRUCTURE = frozenset({"push", "pop", "popat", "insert", "delitem", "drop", "truncate"})
CONTAINERS = frozenset({"list", "tuple", "dict"})
VIEW_ATTRIBUTES = frozenset({"T", "mT", "real", "imag", "flat"})
#: Attributes of an array that are no memory.
FACTS = frozenset({"shape", "size", "ndim", "dtype", "itemsize", "nbytes"})


class Memory:
    """Points-to sets of a function's values, and the objects that are changed."""

    def __init__(self, body: Block) -> None:
        self._of: dict[Value, Objects] = {}
        self._held: dict[object, Objects] = {}
        self._reached: dict[Value, Objects] = {}
        self._changed = True
        for value in body.params:
            self._of[value] = frozenset({value})
            self._held[value] = frozenset({value})
        while self._changed:
            self._changed = False
            self._block(body)
        self._group: dict[object, object] = {}
        for objects in self._of.values():
            self._unite(objects)
        self.written: set[object] = set()
        stored: set[object] = set()
        resized: set[object] = set()
        for op in walk(body):
            if op.code in STORES or op.code in STRUCTURE:
                self.written |= self.changes(op)
            if op.code in STORES:
                stored |= self.changes(op)
            else:
                resized |= self.own(op.args[0]) if op.code in STRUCTURE else NOTHING
        self._mutated = {self._find(o) for o in self.written}
        self._stored = frozenset(stored)
        self._resized = {self._find(o) for o in resized}

    @property
    def holders(self) -> frozenset[object]:
        """The objects that hold others."""
        return frozenset(o for o, held in self._held.items() if held)

    @property
    def objects(self) -> frozenset[object]:
        """All that values may point to."""
        return NOTHING.union(*self._of.values())

    def name(self, item: object) -> object:
        """The name of an object's group."""
        return self._find(item)

    def own(self, value: Value) -> Objects:
        """The objects that a value may be, or view."""
        return self._of.get(value, NOTHING)

    def held(self, objects: Objects) -> Objects:
        """The objects that these hold."""
        return NOTHING.union(*(self._held.get(o, NOTHING) for o in objects))

    def of(self, value: Value) -> Objects:
        """The objects that a value may be, or view, or hold, however deep."""
        known = self._reached.get(value)
        if known is None:
            known = self.own(value)
            while not (more := self.held(known)) <= known:
                known |= more
            self._reached[value] = known
        return known

    def changes(self, op: Op) -> Objects:
        """The objects that an operation may change in place."""
        base = op.args[0]
        deep = op.code in ("additems", "addat") and base.type.kind != "array"
        return self.of(base) if deep else self.own(base)

    def is_mutated(self, value: Value) -> bool:
        """May what the value refers to, or may be mixed up with, change in place?"""
        return any(self._find(o) in self._mutated for o in self.own(value))

    def is_stored(self, value: Value) -> bool:
        """The same, for a change of its items, not of how many it has."""
        return bool(self.own(value) & self._stored)

    def holds_stored(self, value: Value) -> bool:
        """May what a list or dict holds be stored into, and not only the list?"""
        own = self.own(value)
        return bool((self.of(value) - own) & self._stored)

    def is_resized(self, value: Value) -> bool:
        """May the value be a list or dict that gets longer or shorter?"""
        return any(self._find(o) in self._resized for o in self.own(value))

    def group(self, value: Value) -> frozenset[object]:
        """Names of the groups of objects that may be mixed up with this value's."""
        return frozenset(self._find(o) for o in self.own(value))

    def _find(self, item: object) -> object:
        while self._group.get(item, item) is not item:
            item = self._group[item]
        return item

    def _unite(self, objects: Objects) -> None:
        found = [self._find(o) for o in objects]
        for other in found[1:]:
            self._group[self._find(other)] = self._find(found[0])

    def _set(self, value: Value, objects: Objects) -> None:
        if value.type.is_scalar or isinstance(value, Const | Undef):
            return
        old = self._of.get(value, NOTHING)
        if not objects <= old:
            self._of[value] = old | objects
            self._changed = True

    def _hold(self, objects: Objects, more: Objects) -> None:
        for item in objects:
            old = self._held.get(item, NOTHING)
            if not more <= old:
                self._held[item] = old | more
                self._changed = True

    def _block(self, block: Block) -> None:
        for op in block.ops:
            if op.code in ("for", "while"):
                start = op.args[1:] if op.code == "for" else op.args
                body = op.blocks[-1]
                for inner in op.blocks:
                    params = (
                        inner.params[1:] if inner.params[len(start) :] else inner.params
                    )
                    for param, value in zip(params, start, strict=True):
                        self._set(param, self.own(value))
                    self._block(inner)
                ends = body.results[1 if op.attrs.get("stop") else 0 :]
                params = body.params[len(body.params) - len(start) :]
                for k, end in enumerate(ends):
                    self._set(params[k], self.own(end))
                    self._set(op.results[k], self.own(params[k]) | self.own(end))
            elif op.code == "if":
                for inner in op.blocks:
                    self._block(inner)
                    for result, value in zip(op.results, inner.results, strict=True):
                        self._set(result, self.own(value))
            elif op.code in ("push", "insert"):
                self._hold(self.own(op.args[0]), self.own(op.args[-1]))
            elif op.code == "setitem" and op.args[0].type.kind != "array":
                if not op.args[2].type.is_scalar:
                    kept = op.args[0].type.kind in CONTAINERS
                    stored = self.own(op.args[2]) if kept else NOTHING
                    self._hold(self.own(op.args[0]), stored)
            elif op.results:
                found = self._result(op)
                for value in op.results:
                    self._set(value, found)

    def _result(self, op: Op) -> Objects:
        fresh: Objects = frozenset({op})
        own = self.own(op.args[0]) if op.args else NOTHING
        if op.code == "getitem":
            kind = op.args[0].type.kind
            if kind in CONTAINERS:
                held = self.held(own)
                if op.args[1].type.kind == "slice":
                    self._hold(fresh, held)
                    return fresh
                return held
            basic = is_basic(op.args[1])
            if basic is False:
                return fresh
            held = NOTHING if kind == "array" else self.held(own)
            return own | held | (NOTHING if basic else fresh)
        if op.code == "getattr":
            if op.attrs["attr"] in VIEW_ATTRIBUTES:
                return own
            return NOTHING if op.attrs["attr"] in FACTS else own | self.held(own)
        if op.code in CONTAINERS:
            self._hold(fresh, NOTHING.union(*(self.own(a) for a in op.args)))
            return fresh
        if op.code in ("calluser", "calltangent"):
            everything = NOTHING.union(*(self._reach(a) for a in op.args))
            self._hold(fresh, everything)
            return fresh | everything
        if op.code == "iop":
            return own | fresh
        if op.code in ("pop", "popat"):
            return self.held(own)
        if op.code == "global":
            found: Objects = frozenset({(op.attrs["module"], op.attrs["path"])})
            self._hold(found, found)
            return found
        if op.code == "call":
            rule = registry.find(op)
            if rule is not None and rule.alias is not None:
                keywords = op.attrs.get("kw", ())
                at = rule.parameters.index(rule.alias)
                if at < len(op.args) - len(keywords):
                    return self.own(op.args[at]) | fresh
                return fresh.union(*(self.own(a) for a in op.args))
            if op.attrs["fn"] in PASSES:
                self._hold(fresh, self.held(own))
                return own | fresh
            if op.attrs["fn"] == "numpy.copy" and op.attrs.get("of_list"):
                self._hold(fresh, self.held(own))
            if op.attrs["fn"] == "list":
                self._hold(fresh, self.held(own))
            if rule is None or rule.result not in ("scalar", "int", "bool", "num"):
                self._hold(fresh, fresh)  # np.split gives a list, whose items it made
        if op.code == "unpack":  # what a forward half has saved, lists too
            self._hold(fresh, fresh)
        return fresh

    def _reach(self, value: Value) -> Objects:
        known = self.own(value)
        while not (more := self.held(known)) <= known:
            known |= more
        return known


#: Helpers whose result may be their first argument itself.
PASSES = frozenset(
    f"s2sad.runtime.{name}" for name in ("unbroadcast", "match", "spread", "plus")
)


def is_view(op: Op, subscripted: set[Value]) -> bool:
    """Is this subscript a view for sure, so that its shadow is a view of the shadow?

    `x[1:]` of an array is; `x[i]` is an element or a row, and is a view if a run that
    succeeds must take it for one: because it is subscripted itself.
    """
    if op.code == "getattr":
        if op.attrs["attr"] in ("T", "mT"):
            return True
        if op.attrs["attr"] in FACTS:
            return False
        return op.result in subscripted or bool(op.attrs.get("view"))
    if op.code == "call":
        return bool(op.attrs.get("view"))
    if op.code != "getitem":
        return False
    kind = op.result.type
    base = op.args[0]
    if base.type.kind != "dict" and is_basic(op.args[1]) is not True:
        return False
    if base.type.kind == "any" and has_slice(op.args[1]):
        return False  # of a list, it is a copy
    if base.type.kind in CONTAINERS:
        if base.type.kind == "tuple":
            return False
        if "view" in op.attrs:
            return bool(op.attrs["view"]) and not kind.is_scalar
        return op.args[1].type.kind != "slice" and (
            kind.kind in (*CONTAINERS, "array") or op.result in subscripted
        )
    return kind.kind == "array" or (kind.kind == "any" and op.result in subscripted)


def has_slice(index: Value) -> bool:
    return any(p.type.kind == "slice" for p in index_parts(index))


def only_views(op: Op) -> bool:
    """Does the operation make a view, and so read nothing of what it views?"""
    if op.code == "getattr":
        return op.attrs["attr"] not in ("real", "imag")
    if op.code == "call":
        return bool(op.attrs.get("view"))
    if op.code != "getitem" or op.result.type.kind != "array":
        return False
    if op.args[0].type.kind in CONTAINERS:
        return False  # which item a list has there is what is in the list
    return is_basic(op.args[1]) is True


def subscripted(body: Block) -> set[Value]:
    """Values that are indexed, so that they are no numbers."""
    codes = ("getitem", "setitem", "augitem", "addat", *STRUCTURE)
    found = {op.args[0] for op in walk(body) if op.code in codes}
    for op in walk(body):
        turned = op.code == "getattr" and op.attrs["attr"] in ("T", "mT")
        if turned or (op.code == "call" and op.attrs.get("view")):
            found.add(op.args[0])
    for op in walk(body):  # an object's attribute is a part of it, as an item is
        if op.code == "getattr" and op.attrs["attr"] not in FACTS | VIEW_ATTRIBUTES:
            found.add(op.args[0])
    return found
