"""A derivative's own text, read again: helpers that change what they are given.

Other helpers are calls with a rule each. These store into a container or an array, and
are lowered to the operations that they were written for.
"""

from __future__ import annotations

import gast

from s2sad.frontend.base import constant
from s2sad.frontend.calls import Calls
from s2sad.frontend.virtual import Record, Restart
from s2sad.ir.core import Const, Value


class Derived(Calls):
    """Calls of run-time helpers that have an effect."""

    def call_s2sad_runtime_add_items(
        self, args: list[Value], keywords: dict[str, Value], node: gast.AST
    ) -> Value:
        """Cotangents of a container, added item by item."""
        base, value = args
        content = self.content(base)
        if content is None:
            self.b.effect("additems", base, value)
            return Const(None)
        for key, item in zip(content.keys, content.items, strict=True):
            place = constant(key)
            more = self.getitem(value, place, node)
            if self.content(item) is not None:
                self.call_s2sad_runtime_add_items([item, more], {}, node)
            else:
                total = self.b.call("s2sad.runtime.plus", item, more)
                self.setitem(base, place, total, node)
        return Const(None)

    def call_s2sad_runtime_added(
        self, args: list[Value], keywords: dict[str, Value], node: gast.AST
    ) -> Value:
        """A cotangent with more, in place if it is an array."""
        known, more = args
        return self.choose(
            self.b.call("s2sad.runtime.is_same", known, more),
            lambda: known,
            lambda: self.b.emit("iop", known, more, op="add"),
        )

    def call_s2sad_runtime_add_at(
        self, args: list[Value], keywords: dict[str, Value], node: gast.AST
    ) -> Value:
        """`b[index] += g`, where an index that comes twice counts twice."""
        base, index, value = args
        if isinstance(base, Record) and base.kind == "list":
            if not isinstance(index, Const):
                raise Restart(base.site)
            item = self.getitem(base, index, node)
            total = self.b.call("s2sad.runtime.plus", item, value)
            self.setitem(base, index, total, node)
            return Const(None)
        self.b.effect("addat", base, index, value)
        return Const(None)
