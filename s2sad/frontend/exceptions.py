"""`try`, `raise`, `assert` and `with`: the path taken is the path differentiated.

How what is tried is cut into parts is in `trying.py`; here is what follows: `except`,
`else`, `finally`, and the `__exit__` of a context. Where a body is one part and nothing
comes between, its handlers stand in the `except` itself; else a variable says what was
caught, and they stand in a branch on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gast

from s2sad.frontend.classes import ClassValue, of_binding
from s2sad.frontend.frame import Static
from s2sad.frontend.handed import is_caught
from s2sad.frontend.regions import Regions
from s2sad.frontend.risks import is_covered, live, may_be_caught, may_meet
from s2sad.frontend.seen import asks, may_raise_something, names, used_elsewhere
from s2sad.frontend.trying import Handler
from s2sad.frontend.virtual import (
    Aggregate,
    Caught,
    Record,
    Unknown,
    is_plain,
)
from s2sad.ir.core import Const, Value
from s2sad.ir.types import Type

#: Variables that say which way a block was left.
FLAGS = ("$skip", "$stop", "$done", "$ret")


class Exceptions(Regions):
    """`try`, `raise`, `assert` and `with`."""

    # -- try ------------------------------------------------------------------------

    def stmt_Try(self, node: gast.Try) -> None:
        self.restarting(lambda: self.try_(node))

    def try_(self, node: gast.Try) -> None:
        if node.finalbody:
            self.with_final(node)
        elif node.handlers:
            self.attempt(node)
        else:
            self.statements(node.body)
            self.statements(node.orelse)

    def attempt(self, node: gast.Try) -> None:
        """A body, and the handlers that what it raises leads to."""
        classes = [c for h in node.handlers for c in self.classes_of(h)]
        seen = names(node.handlers) | used_elsewhere(self.active[-1], node, node.body)
        outer = self.b
        handler = self.handler(node, classes, seen, asks(node.handlers))
        self.statements(node.body)
        if self.is_whole(node):
            self.in_place(node, handler, outer)
            return
        caught, carried = self.end_handler(handler, outer)
        if isinstance(caught, Const):  # None: it is never raised
            self.statements(node.orelse)
            return
        self.fork(
            self.b.emit("is", caught, Const(None)),
            lambda: self.statements(node.orelse),
            lambda: self.handle(node.handlers, handler, caught, carried),
        )

    def is_whole(self, node: gast.Try) -> bool:
        """Is the body a single part, so that its handlers can follow at once?"""
        part, scope = self.trial, self.scope
        if node.orelse or part is None or part.scope is not scope:
            return False
        return bool(part.risks and not part.scope.guards)

    def in_place(self, node: gast.Try, handler: Handler, outer: Any) -> None:
        part, self.trial = self.trial, None
        assert part is not None
        ended = (self.frame.env, self.heap)
        part.scope.builder.block = part.outer
        self.end_handler(handler, outer)
        other = part.op.blocks[1]
        self.frame.env, self.heap = dict(part.envs[self.frame]), dict(part.heap)
        self.enter(other)
        self.handle(node.handlers, handler, other.params[0], Unknown())
        self.leave()
        self.b = outer
        for heap in (ended[1], self.heap):
            for record in (handler.caught, handler.carried):
                heap.pop(record, None)
        self.join(part.op, Const(True), (ended, (self.frame.env, self.heap)))
        self.region_ends()

    def handle(
        self,
        handlers: list[gast.ExceptHandler],
        handler: Handler,
        caught: Value,
        carried: Value,
    ) -> None:
        """Run the first handler that the exception belongs to, or let it go on."""
        for name in [n for n in self.frame.env if n.startswith(FLAGS)]:
            self.frame.env.pop(name)
            if name in handler.start:  # no exit that the body was about to take
                self.frame.env[name] = handler.start[name]
        self.handle_rest(handlers, handler.kinds, caught, carried)

    def handle_rest(
        self,
        handlers: list[gast.ExceptHandler],
        kinds: list[Value | None],
        caught: Value,
        carried: Value,
    ) -> None:
        if not handlers:
            self.escape(caught, carried, kinds)
            return
        first, rest = handlers[0], handlers[1:]
        classes = self.classes_of(first)

        def run() -> None:
            outer = self.handling
            self.handling = (*outer, (caught, carried, classes))
            if first.name is not None:
                name = first.name if isinstance(first.name, str) else first.name.id
                self.bind(name, Caught(caught, carried))
            self.statements(first.body)
            self.handling = outer

        left = [k for k in kinds if not is_covered(k, classes)]
        if not left:
            run()
            return
        if not any(k is None or may_meet(k, classes) for k in kinds):
            self.handle_rest(rest, kinds, caught, carried)
            return
        test = self.b.call("isinstance", caught, self.one_of(classes))
        self.fork(test, run, lambda: self.handle_rest(rest, left, caught, carried))

    def one_of(self, classes: list[Value]) -> Value:
        return classes[0] if len(classes) == 1 else self.b.emit("tuple", *classes)

    def classes_of(self, handler: gast.ExceptHandler) -> list[Value]:
        """The classes of exceptions that a handler catches."""
        if handler.type is None:
            return [self.builtin("BaseException")]
        value = self.expr(handler.type)
        found = list(value.items) if isinstance(value, Aggregate) else [value]
        for each in found:
            if not isinstance(each, Static) or not self.is_raisable(each):
                self.refuse(handler, "only classes of exceptions can be caught")
        return found

    def builtin(self, name: str) -> Value:
        from s2sad.frontend.scope import _builtin

        return Static(_builtin(name), self.frame.source.scope)

    def is_raisable(self, value: Static) -> bool:
        found = of_binding(value.binding, value.scope)
        return live(value) is not None or (found is not None and found.raised)

    # -- finally --------------------------------------------------------------------

    def with_final(self, node: gast.Try) -> None:
        """What stands in `finally` is run on every way out."""
        inner = gast.Try(node.body, node.handlers, node.orelse, [])
        inner = gast.copy_location(inner, node)
        over = getattr(node, "over", None)
        if not self.handlers and over is None:
            self.try_(inner)  # an exception that goes to the caller ends it all
            self.statements(node.finalbody)
            return
        anything = over is not None or may_raise_something(node.finalbody)
        classes = [self.builtin("BaseException")] if anything else []
        body = [*node.body, *node.handlers, *node.orelse]
        seen = names(node.finalbody) | used_elsewhere(self.active[-1], node, body)
        outer = self.b
        handler = self.handler(node, classes, seen, False)
        self.try_(inner)
        caught, carried = self.end_handler(handler, outer)
        self.statements(node.finalbody)
        if isinstance(caught, Const):
            return

        def go_on() -> None:
            self.hand_over(caught, carried, handler.kinds)

        if over is None:
            go_on()
        else:  # a return, break or continue there drops the exception
            self.choose_statement(self.frame.env[over], nothing, go_on)

    def choose_statement(self, test: Value, then: Any, other: Any) -> None:
        if isinstance(test, Const):
            (then if test.value else other)()
        else:
            self.fork(test, then, other)

    # -- raise ----------------------------------------------------------------------

    def stmt_Raise(self, node: gast.Raise) -> None:
        if node.exc is None:
            if not self.handling:
                self.refuse(node, "raise without an exception is not supported here")
            self.escape(*self.handling[-1])
            return
        found = self.raised(node.exc, node)
        if isinstance(found, Caught):
            kinds: Sequence[Value | None] = [None]
            for caught, _, classes in self.handling:
                if caught is found.value:
                    kinds = classes
            self.escape(found.value, found.carried, kinds)
            return
        cls, args, words = found
        attrs = self.named(cls, node)
        if self.in_the_open(cls):
            values = [self.operand(v) for v in (*args, *words.values())]
            self.b.effect("raise", *values, **attrs, kw=tuple(words))
            return
        made = self.made(cls, args, words, node)
        self.escape(made.value, made.carried, [cls])

    def named(self, cls: Static, node: gast.AST) -> dict[str, Any]:
        """A class of exceptions, as the emitted code names it."""
        path, module = cls.binding.path, ""
        if cls.binding.kind == "class":
            known, live = path.rpartition("."), cls.binding.value
            path = getattr(live, "__qualname__", None) or known[2]
            module = getattr(live, "__module__", None) or known[0]
            if "<locals>" in path:
                self.refuse(node, "an exception class defined inside of a function")
        return {"path": path, "module": module}

    def in_the_open(self, cls: Static) -> bool:
        """Is an exception raised as it stands, and not made an exit?"""
        classes = [c for h in self.handlers for c in h.classes]
        if not may_be_caught(cls, classes):
            return True
        if any(h.asks for h in self.handlers) or not is_covered(cls, classes):
            return not is_covered(cls, classes)
        return self.trial is not None and not self.is_changed_since(self.trial)

    def raised(
        self, node: gast.AST, at: gast.AST
    ) -> Caught | tuple[Static, list[Value], dict[str, Value]]:
        """What `raise` is given: an exception that was caught, or a class and more."""
        args: list[Value] = []
        words: dict[str, Value] = {}
        if isinstance(node, gast.Call):
            found = self.expr(node.func)
            args, words = self.arguments(node)
        else:
            found = self.expr(node)
        if isinstance(found, Caught):
            return found
        if is_plain(found) and is_caught(found):
            return Caught(found, Unknown())
        if isinstance(found, ClassValue):
            self.refuse(at, "an exception class defined inside of a function")
        if not isinstance(found, Static) or not self.is_raisable(found):
            self.refuse(at, "only an exception class can be raised")
        return found, args, words

    def made(
        self, cls: Static, args: list[Value], words: dict[str, Value], node: gast.AST
    ) -> Caught:
        """An exception, for the run and as an object that can be seen into."""
        attrs = self.named(cls, node)
        plain = [self.operand(v) for v in (*args, *words.values())]
        kind = Type("object")
        made = self.b.emit("exception", *plain, **attrs, kw=tuple(words), type=kind)
        if not any(h.asks for h in self.handlers):
            return Caught(made, Unknown())
        known = of_binding(cls.binding, cls.scope)
        record = Record("object", self.site(node), known)
        content = Aggregate("object", (), (), known)
        self.heap[record] = content.put("args", Aggregate("tuple", tuple(args)))
        init = known.find("__init__") if known is not None else None
        if init is not None:
            self.call_member(init, record, args, words, node)
        return Caught(made, record)

    def stmt_Assert(self, node: gast.Assert) -> None:
        test = self.truth(self.expr(node.test), node.test)
        if isinstance(test, Const) and test.value:
            return
        message = [] if node.msg is None else [self.expr(node.msg)]
        self.b.effect("assert", test, *message)

    def arguments(self, node: gast.Call) -> tuple[list[Value], dict[str, Value]]:
        raise NotImplementedError

    active: list[object]

    def bind(self, name: str, value: Value) -> None:
        raise NotImplementedError


def nothing() -> None:
    """The branch of what has failed already."""
