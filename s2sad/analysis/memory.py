"""Which arrays a value may be, or be a view of; which are changed in place.

An *object* is an allocation: the operation that makes it, or the parameter that brings
it. Each value points to a set of objects (Andersen's analysis, to a fixpoint round
loops); values that may point to the same object may share memory.
"""

from __future__ import annotations

from s2sad.ir.core import Block, Const, Op, Undef, Value, walk
from s2sad.ir.infer import is_basic
from s2sad.rules import registry

Objects = frozenset[object]
NOTHING: Objects = frozenset()
STORES = frozenset({"setitem", "augitem", "iadd", "addat"})
VIEW_ATTRIBUTES = frozenset({"T", "mT", "real", "imag"})


class Memory:
    """Points-to sets of a function's values, and the objects that are changed."""

    def __init__(self, body: Block) -> None:
        self._of: dict[Value, Objects] = {}
        self._changed = True
        for value in body.params:
            self._of[value] = frozenset({value})
        while self._changed:
            self._changed = False
            self._block(body)
        self._group: dict[object, object] = {}
        for objects in self._of.values():
            self._unite(objects)
        self.written: set[object] = set()
        for op in walk(body):
            if op.code in STORES:
                self.written |= self.of(op.args[0])
        self._mutated = {self._find(o) for o in self.written}

    def of(self, value: Value) -> Objects:
        """The objects that a value may be, or view, or hold."""
        return self._of.get(value, NOTHING)

    def is_mutated(self, value: Value) -> bool:
        """May what the value refers to, or may be mixed up with, change in place?"""
        return any(self._find(o) in self._mutated for o in self.of(value))

    def group(self, value: Value) -> frozenset[object]:
        """Names of the groups of objects that may be mixed up with this value's."""
        return frozenset(self._find(o) for o in self.of(value))

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
                        self._set(param, self.of(value))
                    self._block(inner)
                ends = body.results[1 if op.attrs.get("stop") else 0 :]
                params = body.params[len(body.params) - len(start) :]
                for k, end in enumerate(ends):
                    self._set(params[k], self.of(end))
                    self._set(op.results[k], self.of(params[k]) | self.of(end))
            elif op.code == "if":
                for inner in op.blocks:
                    self._block(inner)
                    for result, value in zip(op.results, inner.results, strict=True):
                        self._set(result, self.of(value))
            elif op.code == "push":
                tape, value = op.args
                self._set(tape, self.of(tape) | self.of(value))
            elif op.results:
                found = self._result(op)
                for value in op.results:
                    self._set(value, found)

    def _result(self, op: Op) -> Objects:
        fresh: Objects = frozenset({op})
        if op.code == "getitem":
            basic = is_basic(op.args[1])
            if basic is False:
                return fresh
            return self.of(op.args[0]) | (NOTHING if basic else fresh)
        if op.code == "getattr":
            return (
                self.of(op.args[0]) if op.attrs["attr"] in VIEW_ATTRIBUTES else NOTHING
            )
        if op.code in ("tuple", "list"):
            return fresh.union(*(self.of(a) for a in op.args))
        if op.code in ("calluser", "calltangent"):
            return fresh.union(*(self.of(a) for a in op.args))
        if op.code == "iop":
            return self.of(op.args[0]) | fresh
        if op.code == "pop":
            return self.of(op.args[0])
        if op.code == "global":
            return frozenset({(op.attrs["module"], op.attrs["path"])})
        if op.code == "call":
            rule = registry.find(op)
            if rule is not None and rule.alias is not None:
                keywords = op.attrs.get("kw", ())
                at = rule.parameters.index(rule.alias)
                if at < len(op.args) - len(keywords):
                    return self.of(op.args[at]) | fresh
                return fresh.union(*(self.of(a) for a in op.args))
            if op.attrs["fn"] in PASSES:
                return self.of(op.args[0]) | fresh
        return fresh


#: Helpers whose result may be their first argument itself.
PASSES = frozenset(
    f"s2sad.runtime.{name}" for name in ("unbroadcast", "match", "spread")
)


def is_view(op: Op, subscripted: set[Value]) -> bool:
    """Is this subscript a view for sure, so that its shadow is a view of the shadow?

    `x[1:]` of an array is; `x[i]` is an element or a row, and is a view if a run that
    succeeds must take it for one: because it is subscripted itself.
    """
    if op.code == "getattr":
        return op.attrs["attr"] in ("T", "mT")
    if op.code != "getitem" or is_basic(op.args[1]) is not True:
        return False
    if op.args[0].op is not None and op.args[0].op.code in ("tuple", "list"):
        return False
    kind = op.result.type
    return kind.kind == "array" or (kind.kind == "any" and op.result in subscripted)


def only_views(op: Op) -> bool:
    """Does the operation make a view, and so read nothing of what it views?"""
    if op.code == "getattr":
        return op.attrs["attr"] not in ("real", "imag")
    if op.code != "getitem" or op.result.type.kind != "array":
        return False
    return is_basic(op.args[1]) is True


def subscripted(body: Block) -> set[Value]:
    """Values that are indexed, so that they are no numbers."""
    codes = ("getitem", "setitem", "augitem")
    return {op.args[0] for op in walk(body) if op.code in codes}
