"""What every part of the lowering shares: where it stands, and what it is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import gast

from s2sad.errors import MutationError, UnsupportedError
from s2sad.frontend.frame import Closure, Frame, Static
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
)
from s2sad.ir.builder import Builder
from s2sad.ir.core import Const, Value

Make = Callable[[], Value]


class Base:
    """The state of a lowering, and the methods that its parts call of one another."""

    frame: Frame
    b: Builder
    root: object  # the scope of the function that is differentiated
    #: what each record holds at this point of the program
    heap: Heap
    #: the calls that are being inlined, from the outermost
    stack: list[Frame]
    #: where they stand
    path: tuple[object, ...]
    #: are objects of one class that meet made one, which nothing may change?
    merging: bool = False
    #: is what is made now known not to raise?
    quiet: bool = False
    #: is what is made now consumed at once, by a function of a library?
    eager: bool = False
    #: are the items of a generator made now, before they are asked for?
    ahead: bool = False
    #: lists that are values of the program from their making on
    dynamic: frozenset[Site]

    def expr(self, node: gast.AST) -> Value:
        raise NotImplementedError

    def statements(self, body: list[gast.AST]) -> None:
        raise NotImplementedError

    def choose(self, test: Value, then: Make, other: Make) -> Value:
        raise NotImplementedError

    def fork(
        self, test: Value, then: Callable[[], Any], other: Callable[[], Any]
    ) -> Value | None:
        raise NotImplementedError

    def apply(
        self,
        callee: Value,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> Value:
        raise NotImplementedError

    def getitem(self, base: Value, index: Value, node: gast.AST) -> Value:
        raise NotImplementedError

    def attribute(self, base: Value, name: str, node: gast.AST) -> Value:
        raise NotImplementedError

    def refuse(self, node: gast.AST, message: str, hint: str | None = None) -> NoReturn:
        self.frame.refuse(node, message, hint)

    def is_led(self, value: Value) -> bool:
        raise NotImplementedError

    def unclear(self, value: Value, node: gast.AST, message: str) -> NoReturn:
        """Refuse what may be clear when a call tells what the arguments are."""
        raise UnsupportedError(
            message,
            at=self.frame.source.location(node),
            by_class=is_plain(value) and value.type.kind == "any",
        )

    def site(self, node: gast.AST) -> Site:
        place = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
        return (self.frame.source.path, *place, type(node).__name__, *self.path)

    # -- virtual values as values of the program ------------------------------------

    def operand(self, value: Value) -> Value:
        """A copy of a container as it is now, for an operation that reads it."""
        if is_plain(value) or isinstance(value, Static):
            return value
        if isinstance(value, Aggregate) and value.kind == "tuple":
            return self.b.emit("tuple", *map(self.operand, value.items))
        if isinstance(value, Record) and value.kind == "list":
            content = self.heap[value]
            assert isinstance(content, Aggregate)
            return self.b.emit("list", *map(self.operand, content.items))
        if isinstance(value, Record) and value.kind == "dict":
            content = self.heap[value]
            assert isinstance(content, Aggregate)
            pairs = [
                v
                for key, item in zip(content.keys, content.items, strict=True)
                for v in (constant(key), self.operand(item))
            ]
            return self.b.emit("dict", *pairs)
        if isinstance(value, Record) and value.base is not None:
            content = self.heap[value]
            if isinstance(content, Aggregate) and not content.items:
                return value.base
        if isinstance(value, Either):
            return self.choose(
                value.test,
                lambda: self.operand(value.then),
                lambda: self.operand(value.other),
            )
        if isinstance(value, Caught):
            return value.value
        if isinstance(value, Unknown):
            self.nowhere("which object or function this is depends on the run")
        if isinstance(value, Closure) or value.type.kind == "function":
            self.nowhere("a function is handed to what cannot be seen into")
        self.nowhere("an object is handed to what cannot be seen into")

    def kept(self, value: Value) -> Value:
        """A value of the program that may be kept: a list in it is that very list."""
        if isinstance(value, Caught):
            return value.value
        for part in parts(value):
            if isinstance(part, Unknown):
                self.operand(part)
            if part is not value and self.is_led(part):
                self.nowhere("an object of an argument in a container in a container")
            if isinstance(part, Record):
                if part.kind == "list" and part.site not in self.dynamic:
                    raise Restart(part.site)
                if part.kind != "list" and (
                    part.base is None or self.heap[part].items  # type: ignore[attr-defined]
                ):
                    self.nowhere(
                        f"{part.kind} in a container whose length only a run can tell"
                    )
        return self.operand(value)

    def nowhere(self, message: str) -> NoReturn:
        at = self.b.origin.location if self.b.origin else None
        raise MutationError(
            f"{message}, and cannot be followed",
            at=at,
            hint="use arrays, or numbers under names of their own",
        )


def constant(key: object) -> Value:
    """A key of a dict as an operand."""
    if isinstance(key, tuple):
        return Aggregate("tuple", tuple(map(constant, key)))
    return Const(key)


def literal_key(value: Value) -> tuple[bool, object]:
    """Is it a constant that may be a key, and which one?"""
    if isinstance(value, Const):
        try:
            hash(value.value)
        except TypeError:
            return False, None
        return True, value.value
    if isinstance(value, Aggregate) and value.kind == "tuple":
        found = [literal_key(v) for v in value.items]
        if all(known for known, _ in found):
            return True, tuple(key for _, key in found)
    if isinstance(value, Static) and value.binding.kind in ("library", "builtin"):
        return False, None
    return False, None
