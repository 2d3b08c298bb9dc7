"""`try` and `with`: the path taken is the path differentiated.

A `try` is a branch that the run decides: either its body came to its end, or an
exception was caught. What a body did before the exception stays done; so the body is
cut wherever that could be seen, and each part is tried on its own:

    try: a(); b()          try: a()   except E as e: caught = e
    except E: c()    ==>   if not caught: try: b()   except E as e: caught = e
                           if caught: c()
"""

from __future__ import annotations

import functools
from typing import Any

import gast

from s2sad.errors import MutationError
from s2sad.frontend.frame import Static, assigned_names
from s2sad.frontend.regions import Regions, _raises
from s2sad.frontend.structure import Meeting
from s2sad.frontend.virtual import Aggregate, Caught, same
from s2sad.ir.core import Block, Const, Op, Undef, Value, walk
from s2sad.ir.infer import ARITHMETIC, COMPARISON

#: Contexts that change how a block runs, not what it computes.
CONTEXTS = frozenset(
    [
        "numpy.errstate",
        "numpy.printoptions",
        "warnings.catch_warnings",
        "threading.Lock",
    ]
)
EFFECTS = frozenset(
    ["setitem", "augitem", "delitem", "addat", "push", "insert", "pop", "popat"]
)
#: Operations that raise nothing, so that they may follow what cannot be undone.
SAFE = (ARITHMETIC - {"div", "floordiv", "mod", "pow"}) | COMPARISON | {
    "neg", "pos", "not", "tuple", "list", "slice", "is", "isnot",
}  # fmt: skip


class Exceptions(Regions):
    """`try`, `raise`, `assert` and `with`."""

    def stmt_Try(self, node: gast.Try) -> None:
        if node.finalbody and self.trying:
            self.refuse(
                node,
                "a finally inside of another try is not supported",
                "do what it does after the outer try",
            )
        if not node.handlers:
            self.statements(node.body)
            self.statements(node.orelse)
            self.statements(node.finalbody)
            return
        if self.whole(node):
            return
        flag = f"$caught{node.lineno}_{node.col_offset}_{len(self.path)}"
        self.frame.env[flag] = Const(None)
        self.tried(list(node.body), node, flag)
        caught = self.frame.env[flag]
        none = self.b.emit("is", caught, Const(None))
        self.fork(
            none,
            lambda: self.statements(node.orelse),
            lambda: self.handle(node, list(node.handlers), caught),
        )
        self.frame.env.pop(flag, None)
        self.statements(node.finalbody)

    def whole(self, node: gast.Try) -> bool:
        """A body that can be tried as one: what caught it stands in its `except`."""
        needed = _names(node) | self.used_elsewhere(node)
        if node.orelse or not _is_atomic(node.body, needed):
            return False
        frame, env, heap, outer = self.frame, self.frame.env, self.heap, self.b
        rest = self.attempt(list(node.body), node, None, needed)
        if rest:  # more than one part after all
            frame.env, self.heap, self.b = env, heap, outer
            return False
        self.statements(node.finalbody)
        return True

    def handle(
        self, node: gast.Try, handlers: list[gast.ExceptHandler], caught: Value
    ) -> None:
        """Run the first handler that the exception belongs to."""
        first, rest = handlers[0], handlers[1:]

        def run() -> None:
            if first.name is not None:
                name = first.name if isinstance(first.name, str) else first.name.id
                self.bind(name, Caught(caught))
            self.statements(first.body)

        if not rest:
            run()
            return
        classes = self.b_classes(first)
        test = self.b.call("isinstance", caught, classes)
        self.fork(test, run, lambda: self.handle(node, rest, caught))

    def b_classes(self, handler: gast.ExceptHandler) -> Value:
        found = self.classes_of(handler)
        return found[0] if len(found) == 1 else self.b.emit("tuple", *found)

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
        kind, found = value.binding.kind, value.binding.value
        if isinstance(found, type):
            return issubclass(found, BaseException)
        return kind in ("class", "library")

    #: how many `try` bodies this stands in
    trying: int = 0

    def tried(self, body: list[gast.AST], node: gast.Try, flag: str) -> None:
        """The parts of a `try` body, one after the other, until one raises."""
        needed = _names(node) | self.used_elsewhere(node)
        while body and _cannot_raise(body[0]):
            self.statements(body[:1])
            body = body[1:]
        first = body[0] if body else None
        if first is None:
            return
        if first is not None and not _is_atomic([first], needed):
            self.tried_inside(first, node, flag)
            rest = body[1:]
        else:
            rest = self.attempt(body, node, flag, needed)
        if rest:
            none = self.b.emit("is", self.frame.env[flag], Const(None))
            self.fork(none, functools.partial(self.tried, rest, node, flag), _nothing)

    def tried_inside(self, first: gast.AST, node: gast.Try, flag: str) -> None:
        """An `if` that may raise after it has changed something: try its branches."""
        if not isinstance(first, gast.If) or not _is_safe(first.test):
            self.half_done(first)
        test = self.truth(self.expr(first.test), first.test)
        if isinstance(test, Const):
            self.tried(first.body if test.value else first.orelse, node, flag)
            return
        self.fork(
            test,
            functools.partial(self.tried, first.body, node, flag),
            functools.partial(self.tried, first.orelse, node, flag),
        )

    def used_elsewhere(self, node: gast.Try) -> set[str]:
        """Names that the function reads outside of the body of a `try`."""
        function: Any = self.active[-1]
        counts: dict[str, int] = {}
        bodies = [function.body] if isinstance(function, gast.Lambda) else function.body
        for sign, parts in ((1, bodies), (-1, self.original(node).body)):
            for part in parts:
                for n in gast.walk(part):
                    if isinstance(n, gast.AugAssign):
                        n = n.target
                    elif not isinstance(getattr(n, "ctx", None), gast.Load):
                        continue
                    if isinstance(n, gast.Name):
                        counts[n.id] = counts.get(n.id, 0) + sign
        again = self.is_in_loop(bodies, node)  # what it reads itself, the next time
        return {name for name, count in counts.items() if count > 0 or again}

    def is_in_loop(self, body: list[gast.AST], node: gast.Try) -> bool:
        place = (node.lineno, node.col_offset)
        return any(
            isinstance(inner, gast.Try) and (inner.lineno, inner.col_offset) == place
            for part in body
            for loop in gast.walk(part)
            if isinstance(loop, gast.For | gast.While)
            for inner in gast.walk(loop)
        )

    def original(self, node: gast.Try) -> gast.Try:
        """The `try` as the user wrote it, before exits were rewritten."""
        function: Any = self.active[-1]
        for n in gast.walk(function):
            if isinstance(n, gast.Try) and (n.lineno, n.col_offset) == (
                node.lineno,
                node.col_offset,
            ):
                return n
        return node

    active: list[object]

    def attempt(
        self,
        body: list[gast.AST],
        node: gast.Try,
        flag: str | None,
        needed: set[str],
    ) -> list[gast.AST]:
        """Lower what can be tried as one; return the statements that are left.

        Without a flag it must be all of them, and the handlers follow at once.
        """
        frame, env, heap, outer = self.frame, self.frame.env, self.heap, self.b
        block, other = Block(), Block()
        frame.env, self.heap, self.b = dict(env), dict(heap), outer.at(block)
        done = 0
        self.trying += 1
        for statement in body:
            if done and not _is_atomic([statement], needed):
                break
            before = dict(self.heap)
            start = len(block.ops)
            self.statements([statement])
            done += 1
            changed = any(
                r in before and not same(before[r], c) for r, c in self.heap.items()
            )
            effects = _effects(block, start)
            self.check_atomic(block, start, changed, statement)
            plain = all(_is_flag(s) for s in body[done:])
            seen = set(assigned_names([statement])) & needed
            if (changed or effects or seen) and not plain:
                break
        self.trying -= 1
        ends = (frame.env, self.heap)
        self.b = outer
        error = other.param("error")
        classes = [c for h in node.handlers for c in self.classes_of(h)]
        op = Op("if", [], {"catch": tuple(classes)}, [block, other], outer.origin)
        left = body[done:]
        if flag is None:
            if left:
                return left
            frame.env, self.heap, self.b = dict(env), dict(heap), outer.at(other)
            self.handle(node, list(node.handlers), error)
            then_env, else_env, end = ends[0], frame.env, self.heap
            self.b = outer
        else:
            then_env = {**ends[0], flag: Const(None)}
            else_env, end = {**env, flag: error}, dict(heap)
        meeting = Meeting(
            Const(True), op, (ends[1], end),
            (self.kept, self.kept), (lambda r: 9, lambda r: 9), self.missing,
        )  # fmt: skip
        merged = {}
        for name in dict.fromkeys([*then_env, *else_env]):
            a = then_env.get(name) or Undef()
            b = else_env.get(name) or Undef()
            hint = None if name.startswith("$") else name
            if name == flag:
                hint = "caught"
            dead = [_raises(block), _raises(other)]
            merged[name] = self.met(meeting, a, b, hint, dead)
        frame.env, self.heap = merged, meeting.close()
        self.inherit_both(op)
        outer.append(op)
        return left

    def check_atomic(
        self, block: Block, start: int, changed: bool, node: gast.AST
    ) -> None:
        """Refuse a statement that may raise after it has changed something."""
        effect = False
        for op in block.ops[start:]:
            inner = [op, *(o for b in op.blocks for o in walk(b))]
            risky = any(o.code not in SAFE | {"if", "for", "range"} for o in inner)
            if effect and risky:
                self.half_done(node)
            inside = sum(o.code in EFFECTS for o in inner)
            if op.blocks and inside and risky and (inside > 1 or op.code != "if"):
                self.half_done(node)
            effect = effect or inside > 0
        simple = isinstance(node, gast.Assign | gast.AugAssign | gast.AnnAssign)
        if changed and not simple:
            if any(o.code == "raise" for op in block.ops[start:] for o in _all(op)):
                self.half_done(node)

    def half_done(self, node: gast.AST) -> None:
        raise MutationError(
            "an exception here would leave a change half done",
            at=self.frame.source.location(node),
            hint="change arrays and objects outside of the try",
        )

    def stmt_Raise(self, node: gast.Raise) -> None:
        if node.exc is None:
            if not self.frame.env.get("$handling"):
                self.refuse(node, "raise without an exception is not supported here")
        call = node.exc
        args: list[Value] = []
        if isinstance(call, gast.Call):
            args = [self.expr(a) for a in call.args]
            if call.keywords or any(isinstance(a, gast.Starred) for a in call.args):
                self.refuse(node, "keywords of an exception are not supported")
            call = call.func
        if call is None:
            self.refuse(node, "raise without an exception is not supported here")
        found = self.expr(call)
        if isinstance(found, Caught):
            self.b.effect("raise", found.value, path="")
            return
        if not isinstance(found, Static):
            self.refuse(node, "only an exception class can be raised")
        binding = found.binding
        module = binding.path.rpartition(".")[0] if binding.kind == "class" else ""
        path = binding.path
        if binding.kind == "class":
            known = getattr(binding.value, "__qualname__", None)
            path = known or path.rpartition(".")[2]
            module = getattr(binding.value, "__module__", None) or module
            if "<locals>" in path:
                self.refuse(node, "an exception class defined inside of a function")
        args = [self.operand(a) if not isinstance(a, Caught) else a.value for a in args]
        self.b.effect("raise", *args, path=path, module=module)

    def stmt_Assert(self, node: gast.Assert) -> None:
        test = self.truth(self.expr(node.test), node.test)
        if isinstance(test, Const) and test.value:
            return
        message = [] if node.msg is None else [self.expr(node.msg)]
        self.b.effect("assert", test, *message)

    def stmt_With(self, node: gast.With) -> None:
        self.with_items(list(node.items), node)

    def with_items(self, items: list[gast.withitem], node: gast.With) -> None:
        if not items:
            self.statements(node.body)
            return
        item, rest = items[0], items[1:]
        inner = gast.copy_location(gast.With(rest, node.body, None), node)
        path = self.context_path(item.context_expr)
        if path == "contextlib.suppress":
            call = item.context_expr
            kinds = gast.copy_location(gast.Tuple(list(call.args), gast.Load()), call)
            handler = gast.ExceptHandler(kinds, None, [gast.Pass()])
            attempt = gast.Try(
                list(node.body), [gast.copy_location(handler, node)], [], []
            )
            self.stmt_Try(gast.copy_location(attempt, node))
            return
        if path == "contextlib.nullcontext":
            self.with_items(rest, node)
            return
        if path not in CONTEXTS:
            value = self.expr(item.context_expr)
            entered = self.special("__enter__", value, [], item.context_expr)
            if entered is None:
                self.refuse(
                    item.context_expr,
                    "a with statement over this context is not supported",
                    "known are np.errstate, np.printoptions, warnings.catch_warnings,"
                    " contextlib.suppress and nullcontext",
                )
            if item.optional_vars is not None:
                self.assign(item.optional_vars, entered)
            self.with_items(rest, node)
            nothing: list[Value] = [Const(None)] * 3
            self.special("__exit__", value, nothing, item.context_expr)
            return
        if item.optional_vars is not None:
            self.refuse(item.optional_vars, "the name of this context is not supported")
        context = self.context(item.context_expr, path)
        frame, env, heap, outer = self.frame, self.frame.env, self.heap, self.b
        block, never = Block(), Block()
        frame.env, self.heap, self.b = dict(env), dict(heap), outer.at(block)
        self.with_items(list(inner.items), inner)
        ends = (frame.env, self.heap)
        self.b = outer
        op = Op("if", [context], {"context": True}, [block, never], outer.origin)
        meeting = Meeting(
            Const(True), op, (ends[1], dict(heap)),
            (self.kept, self.kept), (lambda r: 9, lambda r: 9), self.missing,
        )  # fmt: skip
        merged = {}
        for name, value in ends[0].items():
            same_as = env.get(name)
            if same_as is not None and same(value, same_as):
                merged[name] = value
                continue
            hint = None if name.startswith("$") else name
            merged[name] = meeting.lifted(value, 0, hint)
        for record, content in ends[1].items():
            if record in heap and not same(heap[record], content):
                meeting.heap[record] = meeting.lifted(content, 0, None)
        frame.env, self.heap = merged, meeting.close()
        self.inherit_both(op)
        outer.append(op)

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


def _is_atomic(body: list[gast.AST], needed: set[str]) -> bool:
    """Do these change what is seen later at their very end only, if at all?"""
    for k, node in enumerate(body):
        rest = body[k + 1 :]
        if not set(assigned_names([node])) & needed or all(map(_is_flag, body[k:])):
            continue
        if not all(map(_is_flag, rest)):
            return False
        if isinstance(node, gast.If):
            if not (_is_atomic(node.body, needed) and _is_atomic(node.orelse, needed)):
                return False
        elif not isinstance(node, gast.Assign | gast.AnnAssign | gast.AugAssign):
            return False
    return True


def _cannot_raise(node: gast.AST) -> bool:
    """Is it `x = y` or `x = 1.0`?"""
    return (
        isinstance(node, gast.Assign)
        and all(isinstance(t, gast.Name) for t in node.targets)
        and isinstance(node.value, gast.Name | gast.Constant)
    )


def _is_safe(test: gast.AST) -> bool:
    """Can a condition not raise: names and numbers, compared?"""
    kinds = (
        gast.Name, gast.Constant, gast.Compare, gast.BoolOp, gast.UnaryOp, gast.cmpop,
        gast.boolop, gast.unaryop, gast.expr_context, gast.BinOp, gast.Add, gast.Sub,
        gast.Mult,
    )  # fmt: skip
    return all(isinstance(n, kinds) for n in gast.walk(test))


def _nothing() -> None:
    """The branch of what has failed already."""


def _all(op: Op) -> list[Op]:
    return [op, *(o for b in op.blocks for o in walk(b))]


def _effects(block: Block, start: int) -> bool:
    return any(o.code in EFFECTS for op in block.ops[start:] for o in _all(op))


def _is_flag(node: gast.AST) -> bool:
    """Is it an assignment that raises nothing?"""
    return _cannot_raise(node)


def _names(node: gast.Try) -> set[str]:
    """Names that may be read after an exception: any, but those of the body alone."""
    found: set[str] = set()
    for handler in node.handlers:
        for inner in handler.body:
            found |= {n.id for n in gast.walk(inner) if isinstance(n, gast.Name)}
    for inner in node.finalbody:
        found |= {n.id for n in gast.walk(inner) if isinstance(n, gast.Name)}
    return found | getattr(node, "after", set())
