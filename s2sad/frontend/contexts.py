"""`with`: contexts that stay around their block, and those of the user's classes."""

from __future__ import annotations

from typing import Any

import gast

from s2sad.frontend.classes import Class
from s2sad.frontend.exceptions import Exceptions, nothing
from s2sad.frontend.frame import Static
from s2sad.frontend.seen import used_elsewhere
from s2sad.frontend.virtual import Caught, Heap, Unknown, same
from s2sad.ir.core import Block, Const, Op, Value

#: Contexts that change how a block runs, not what it computes.
CONTEXTS = frozenset(
    [
        "numpy.errstate",
        "numpy.printoptions",
        "warnings.catch_warnings",
        "threading.Lock",
    ]
)


class Contexts(Exceptions):
    """The part of the lowering that knows contexts."""

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
            seen = used_elsewhere(self.active[-1], node, list(node.body))
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
                    nothing,
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
