"""`try`, `raise`, `assert` and `with`: the path taken is the path differentiated.

How what is tried is cut into parts is in `trying.py`; here is what follows: `except`,
`else`, `finally`, and the `__exit__` of a context. Where a body is one part and nothing
comes between, its handlers stand in the `except` itself; else a variable says what was
caught, and they stand in a branch on it.
"""

from __future__ import annotations

from typing import Any

import gast

from s2sad.frontend.classes import Class, ClassValue, of_binding
from s2sad.frontend.frame import Static
from s2sad.frontend.regions import Regions
from s2sad.frontend.risks import is_covered, live, may_be_caught, may_meet
from s2sad.frontend.trying import Handler, is_caught
from s2sad.frontend.virtual import Aggregate, Caught, Heap, Record, Unknown, is_plain, same
from s2sad.ir.core import Block, Const, Op, Value
from s2sad.ir.types import Type

#: Contexts that change how a block runs, not what it computes.
CONTEXTS = frozenset(
    [
        "numpy.errstate",
        "numpy.printoptions",
        "warnings.catch_warnings",
        "threading.Lock",
    ]
)
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
        seen = _names(node.handlers) | self.used_elsewhere(node, node.body)
        outer = self.b
        handler = self.handler(node, classes, seen, _asks(node.handlers))
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
        anything = over is not None or _may_raise(node.finalbody)
        classes = [self.builtin("BaseException")] if anything else []
        body = [*node.body, *node.handlers, *node.orelse]
        seen = _names(node.finalbody) | self.used_elsewhere(node, body)
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
            self.choose_statement(self.frame.env[over], _nothing, go_on)

    def choose_statement(self, test: Value, then: Any, other: Any) -> None:
        if isinstance(test, Const):
            (then if test.value else other)()
        else:
            self.fork(test, then, other)

    # -- what is seen after an exception --------------------------------------------

    def used_elsewhere(self, node: gast.AST, body: list[gast.AST]) -> set[str]:
        """Names that the function reads outside of these statements."""
        function: Any = self.active[-1]
        counts: dict[str, int] = {}
        bodies = [function.body] if isinstance(function, gast.Lambda) else function.body
        again = _is_in_loop(bodies, node)  # what it reads itself, the next time
        for sign, parts in ((1, bodies), (-1, self.original(node, body))):
            for part in parts:
                for n in gast.walk(part):
                    if isinstance(n, gast.AugAssign):
                        n = n.target
                    elif not isinstance(getattr(n, "ctx", None), gast.Load):
                        continue
                    if isinstance(n, gast.Name):
                        counts[n.id] = counts.get(n.id, 0) + sign
        return {name for name, count in counts.items() if count > 0 or again}

    def original(self, node: gast.AST, body: list[gast.AST]) -> list[gast.AST]:
        """Statements as the user wrote them, before exits were rewritten."""
        function: Any = self.active[-1]
        whole = isinstance(node, gast.Try) and len(body) > len(node.body)
        for n in gast.walk(function):
            if type(n) is type(node) and _place(n) == _place(node):
                if isinstance(n, gast.Try):
                    more = [*n.handlers, *n.orelse] if whole else []
                    return [*n.body, *more]
                return list(n.body)
        return body

    active: list[object]

    # -- raise ----------------------------------------------------------------------

    def stmt_Raise(self, node: gast.Raise) -> None:
        if node.exc is None:
            if not self.handling:
                self.refuse(node, "raise without an exception is not supported here")
            self.escape(*self.handling[-1])
            return
        found = self.raised(node.exc, node)
        if isinstance(found, Caught):
            kinds: list[Value] | list[Value | None] = [None]
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

    # -- with -----------------------------------------------------------------------

    def stmt_With(self, node: gast.With) -> None:
        self.with_items(list(node.items), node)

    def with_items(self, items: list[gast.withitem], node: gast.With) -> None:
        if not items:
            self.statements(node.body)
            return
        item, rest = items[0], items[1:]
        path = self.context_path(item.context_expr)
        if path == "contextlib.suppress":
            inner = self.rest_of(rest, node)
            call = item.context_expr
            kinds = gast.copy_location(gast.Tuple(list(call.args), gast.Load()), call)
            handler = gast.ExceptHandler(kinds, None, [gast.Pass()])
            attempt = gast.Try(inner, [gast.copy_location(handler, node)], [], [])
            self.stmt_Try(gast.copy_location(attempt, node))
        elif path == "contextlib.nullcontext":
            self.with_items(rest, node)
        elif path in CONTEXTS:
            self.in_context(item, rest, node, path)
        else:
            self.entered(item, rest, node)

    def rest_of(self, items: list[gast.withitem], node: gast.With) -> list[gast.AST]:
        """The body, in the contexts that are left."""
        if not items:
            return list(node.body)
        return [gast.copy_location(gast.With(items, node.body, None), node)]

    def entered(
        self, item: gast.withitem, rest: list[gast.withitem], node: gast.With
    ) -> None:
        """A context of a class of the user: `__enter__` and `__exit__` are called."""
        call = item.context_expr
        value = self.expr(call)
        entered = self.special("__enter__", value, [], call)
        if entered is None:
            self.refuse(
                call,
                "a with statement over this context is not supported",
                "known are np.errstate, np.printoptions, warnings.catch_warnings,"
                " contextlib.suppress and nullcontext",
            )
        if item.optional_vars is not None:
            self.assign(item.optional_vars, entered)

        def leave() -> None:
            self.special("__exit__", value, [Const(None)] * 3, call)

        cls = self.object_class(value)
        swallows = _may_swallow(cls)
        if not self.handlers and not swallows:
            self.with_items(rest, node)
            leave()
            return

        def run() -> None:
            classes = [self.builtin("BaseException")] if swallows else []
            seen = self.used_elsewhere(node, list(node.body))
            outer = self.b
            handler = self.handler(node, classes, seen, False)
            self.with_items(rest, node)
            caught, carried = self.end_handler(handler, outer)
            if isinstance(caught, Const):
                leave()
                return

            def fail() -> None:
                kind = self.b.call("type", caught)
                given = [kind, Caught(caught, carried), Unknown()]
                said = self.special("__exit__", value, given, call)
                assert said is not None
                self.choose_statement(
                    self.truth(said, call),
                    _nothing,
                    lambda: self.escape(caught, carried, handler.kinds),
                )

            self.fork(self.b.emit("is", caught, Const(None)), leave, fail)

        self.restarting(run)

    def in_context(
        self,
        item: gast.withitem,
        rest: list[gast.withitem],
        node: gast.With,
        path: str,
    ) -> None:
        """A context that stays around its block."""
        if item.optional_vars is not None:
            self.refuse(item.optional_vars, "the name of this context is not supported")
        self.region()
        self.quiet, quiet = True, self.quiet
        context = self.context(item.context_expr, path)
        self.quiet = quiet
        floats = self.floats_raise
        if path == "numpy.errstate":
            given = item.context_expr.keywords
            self.floats_raise |= any(
                getattr(k.value, "value", "raise") == "raise" for k in given
            )
        env, heap, outer = self.frame.env, self.heap, self.b
        block, never = Block(), Block()
        self.frame.env, self.heap = dict(env), dict(heap)
        self.enter(block)
        self.with_items(rest, node)
        self.leave()
        self.floats_raise, self.b = floats, outer
        op = Op("if", [context], {"context": True}, [block, never], outer.origin)
        self.through(op, env, heap)
        outer.place(op)
        self.region_ends()

    def through(self, op: Op, env: dict[str, Value], heap: Heap) -> None:
        """What a block leaves behind that is always run."""
        ends = ((self.frame.env, self.heap), (env, dict(heap)))
        meeting = self.meeting(op, Const(True), ends, (None, None))
        merged = {}
        for name, value in ends[0][0].items():
            known = env.get(name)
            if known is not None and same(value, known):
                merged[name] = value
                continue
            hint = None if name.startswith("$") else name
            merged[name] = meeting.lifted(value, 0, hint)
        for record, content in ends[0][1].items():
            if record in heap and not same(heap[record], content):
                meeting.heap[record] = meeting.lifted(content, 0, None)
        self.frame.env, self.heap = merged, meeting.close()

    def context_path(self, node: gast.AST) -> str:
        if not isinstance(node, gast.Call):
            return ""
        found = self.expr(node.func)
        return found.binding.path if isinstance(found, Static) else ""

    def context(self, node: gast.Call, path: str) -> Value:
        args = [self.expr(a) for a in node.args]
        words = {k.arg: self.expr(k.value) for k in node.keywords if k.arg}
        values = [self.operand(v) for v in (*args, *words.values())]
        return self.b.emit("call", *values, fn=path, kw=tuple(words), fresh=True)

    def bind(self, name: str, value: Value) -> None:
        raise NotImplementedError


def _names(nodes: list[gast.AST]) -> set[str]:
    """Names that these statements use."""
    return {
        n.id for part in nodes for n in gast.walk(part) if isinstance(n, gast.Name)
    }


def _may_raise(body: list[gast.AST]) -> bool:
    """May these statements raise something: is there more than names and numbers?"""
    risky = (gast.Raise, gast.Assert, gast.Call, gast.Subscript, gast.Div, gast.Pow)
    return any(isinstance(n, risky) for part in body for n in gast.walk(part))


def _asks(handlers: list[gast.ExceptHandler]) -> bool:
    """Does a handler use the exception, other than to raise it again?"""
    for each in handlers:
        if each.name is None:
            continue
        name = each.name if isinstance(each.name, str) else each.name.id
        again = [n.exc for s in each.body for n in gast.walk(s) if _is_raise(n)]
        for part in each.body:
            for n in gast.walk(part):
                if isinstance(n, gast.Name) and n.id == name and n not in again:
                    return True
    return False


def _is_raise(node: gast.AST) -> bool:
    return isinstance(node, gast.Raise)


def _is_in_loop(body: list[gast.AST], node: gast.AST) -> bool:
    return any(
        type(inner) is type(node) and _place(inner) == _place(node)
        for part in body
        for loop in gast.walk(part)
        if isinstance(loop, gast.For | gast.While)
        for inner in gast.walk(loop)
    )


def _place(node: gast.AST) -> tuple[int, int]:
    return (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))


def _may_swallow(cls: Class | None) -> bool:
    """May an `__exit__` say that an exception is dealt with?"""
    member = cls.find("__exit__") if cls is not None else None
    value = member.value if member is not None else None
    node: Any = getattr(value, "node", None)
    if isinstance(value, Static):
        source = value.binding.source
        node = source().node if source is not None else None
    if node is None:
        return True
    returned = [n.value for n in gast.walk(node) if isinstance(n, gast.Return)]
    return not all(
        v is None or (isinstance(v, gast.Constant) and not v.value) for v in returned
    )


def _nothing() -> None:
    """The branch of what has failed already."""
