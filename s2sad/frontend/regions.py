"""Branches and loops: several ways through the program, and where they meet.

Variables become values as in Braun et al., *Simple and efficient construction of SSA
form* (CC 2013), made simpler by structured control flow: what a branch assigns is
yielded by its `if`, what a loop body assigns is carried by the loop. What a body does
to records is known only when it is lowered: then it is lowered again, with that
carried, until nothing new turns up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gast

from s2sad.errors import MutationError
from s2sad.frontend.base import Make
from s2sad.frontend.frame import Closure, Static, assigned_names
from s2sad.frontend.structure import (
    Fresh,
    Leaf,
    Lost,
    Parts,
    Pinned,
    Shape,
    build,
    hints,
    leaves,
    started,
    widened,
)
from s2sad.frontend.trying import EXITS, Cut, EffectfulTest, Trying
from s2sad.frontend.virtual import (
    Aggregate,
    Either,
    Heap,
    Record,
    Restart,
    same,
)
from s2sad.ir.core import Block, Coined, Const, Op, Undef, Value
from s2sad.ir.types import ANY, INT

Env = dict[str, Value]
Key = str | Record
LIMIT = 40


@dataclass
class _Plan:
    """What a loop carries, as far as known."""

    shapes: dict[Key, Shape] = field(default_factory=dict)
    sealed: set[Key] = field(default_factory=set)
    merging: bool = False
    #: what the carried values are at the end of an iteration, if that is an object
    ends: dict[int, Value] = field(default_factory=dict)


class Regions(Trying):
    """`if`, `for`, `while`, and choices inside expressions."""

    def truth(self, value: Value, node: gast.AST) -> Value:
        """A value as a condition."""
        items = self.static_items(value)
        if items is not None:
            return Const(bool(items))
        found = self.special("__bool__", value, [], node)
        if found is None:
            length = self.special("__len__", value, [], node)
            found = None if length is None else self.b.emit("ne", length, Const(0))
        if found is not None:
            return found
        if isinstance(value, Record) or value.type.kind in ("function", "module"):
            return Const(True)
        if value.type.kind == "list":
            return self.b.emit("gt", self.b.call("len", value), Const(0))
        return value

    # -- branches -------------------------------------------------------------------

    def stmt_If(self, node: gast.If) -> None:
        test = self.truth(self.expr(node.test), node.test)
        if isinstance(test, Const):
            self.statements(node.body if test.value else node.orelse)
            return
        self.fork(
            test,
            lambda: self.statements(node.body),
            lambda: self.statements(node.orelse),
        )

    def choose(self, test: Value, then: Make, other: Make) -> Value:
        """A value from one of two branches, of which only one is run."""
        if isinstance(test, Const):
            return then() if test.value else other()
        value = self.fork(test, then, other)
        assert value is not None
        return value

    def fork(
        self, test: Value, then: Callable[[], Any], other: Callable[[], Any]
    ) -> Value | None:
        """Lower two branches, and what they leave behind as one."""
        test = self.operand(test)
        self.region()
        frame, env, heap, outer = self.frame, self.frame.env, self.heap, self.b
        blocks: list[Block] = []
        ends: list[tuple[Env, Heap, Any]] = []
        part = self.trial
        changes = [part.changes if part else 0]
        for make in (then, other):
            block = Block()
            blocks.append(block)
            frame.env, self.heap, self.b = dict(env), dict(heap), outer
            self.enter(block)
            result = self.leave(make())
            ends.append((frame.env, self.heap, result))
            if part is not None:
                changes.append(part.changes)
                part.changes = changes[0]
        if part is not None:
            part.changes = max(changes)
        self.b = outer
        op = Op("if", [test], {}, blocks, outer.origin)
        (first, second) = ends
        results = (first[2], second[2])
        value: Value | None = self.join(op, test, (first[:2], second[:2]), results)
        outer.place(op)
        self.region_ends()
        return value

    # -- loops ----------------------------------------------------------------------

    def stmt_While(self, node: gast.While) -> None:
        self.loop("while", node, [node], None, None)

    def stmt_For(self, node: gast.For) -> None:
        from s2sad.frontend.iteration import by_keys, indices, iterate

        low: Any = self
        it = (by_keys if _over_keys(node) else iterate)(low, node.iter)
        if it.written_out and it.items is not None:
            self.unroll(node, it.items)
            return
        iterable, unpack = indices(low, it, node.target)
        self.loop("for", node, [*node.body, node.target], iterable, unpack)

    def unroll(self, node: gast.For, items: list[Value]) -> None:
        """A loop over things that only exist when compiled: once for each."""
        stop = getattr(node, "stop", None)
        for item in items:

            def once(item: Value = item) -> None:
                self.assign(node.target, item)
                self.statements(node.body)

            flag = self.frame.env.get(stop) if stop else Const(False)
            if isinstance(flag, Const):
                if flag.value:
                    return
                once()
            else:
                assert flag is not None
                self.fork(self.b.emit("not", flag), once, lambda: None)

    def assign(self, target: gast.AST, value: Value) -> None:
        raise NotImplementedError

    def loop(
        self,
        code: str,
        node: gast.AST,
        assigned: list[gast.AST],
        iterable: Value | None,
        unpack: Callable[[Value], None] | None,
    ) -> None:
        """Lower a loop until what it carries is all that its body changes."""
        self.region()
        env, heap, outer = self.frame.env, self.heap, self.b
        plan = _Plan()
        for name in assigned_names(assigned):
            if self.frame.place(name) is None:
                hint = None if name.startswith("$") else name
                plan.shapes[name] = started(env.get(name) or Undef(), hint)
        block, start = outer.block, len(outer.block.ops)
        merging, scope, part = self.merging, self.scope, self.trial
        counts = (part.changes, part.risks) if part else (0, 0)
        for _ in range(LIMIT):
            attempt = _Attempt(self, code, node, plan, env, heap, outer)
            self.merging = merging or plan.merging
            done = attempt.run(iterable, unpack)
            self.merging = merging
            if done:
                if part and part.changes > counts[0] and part.risks > counts[1]:
                    raise Cut(*part.regions)  # the next iteration raises after a change
                self.region_ends()
                return
            del block.ops[start:]
            outer.block, self.scope, self.trial = block, scope, part
            if part:
                part.changes, part.risks = counts
            self.frame.env, self.heap, self.b = env, heap, outer
        self.refuse(node, "what this loop changes cannot be followed")


class _Attempt:
    """One try at a loop, with what its plan carries."""

    def __init__(
        self,
        lowering: Regions,
        code: str,
        node: gast.AST,
        plan: _Plan,
        env: Env,
        heap: Heap,
        outer: Any,
    ) -> None:
        self.lowering = lowering
        self.code = code
        self.node = node
        self.plan = plan
        self.env = env
        self.heap = dict(heap)
        self.outer = outer
        self.starts: dict[Key, Value] = {}
        #: for each block, what the carried variables are at its beginning
        self.begun: dict[Key, Value] = {}

    def run(
        self, iterable: Value | None, unpack: Callable[[Value], None] | None
    ) -> bool:
        """Lower the loop; say whether its plan was all that is to be carried."""
        low, outer = self.lowering, self.outer
        low.heap = self.heap
        low.quiet, quiet = True, low.quiet
        args = self.begin()
        low.quiet = quiet
        blocks = [Block()] if self.code == "for" else [Block(), Block()]
        body = blocks[-1]
        if iterable is not None:
            item = body.param(None, INT)
        if self.code == "while":
            place = (self.node.lineno, self.node.col_offset)
            self.enter(blocks[0], args, place)
            before = (dict(low.frame.env), dict(low.heap))
            test = low.truth(low.expr(self.node.test), self.node.test)
            if (low.frame.env, low.heap) != before:
                raise EffectfulTest(place)
            blocks[0].results = [low.operand(test)]
            low.leave()
        self.enter(body, args)
        if unpack is not None:
            low.quiet, quiet = True, low.quiet
            unpack(item)
            low.quiet = quiet
        low.statements(self.node.body)
        low.leave()
        inner_env, inner_heap = low.frame.env, low.heap
        if self.grown(inner_env, inner_heap):
            return False
        low.b = outer.at(body)
        stop = self.stop(inner_env, inner_heap)
        if stop is not None:
            body.results.append(low.operand(stop))
        for key, shape in self.plan.shapes.items():
            end = self.end(key, inner_env, inner_heap)
            body.results += leaves(shape, end, inner_heap, low.kept)
        low.b = outer
        offset = 0 if stop is None else 1
        lasts = body.results[offset:]
        if self.other_objects(body.params[len(body.params) - len(lasts) :], lasts):
            return False
        for start, last in zip(args, lasts, strict=True):
            low.united(start, last, self.node)
        outer.origin = low.frame.origin(self.node)
        head = [] if iterable is None else [iterable]
        attrs = {"stop": True} if stop is not None else {}
        op = Op(self.code, head + args, attrs, blocks, outer.origin)
        self.leave(op, inner_env, inner_heap)
        outer.place(op)
        return True

    def stop(self, env: Env, heap: Heap) -> Value | None:
        """Does the loop end here: by a `break`, or because something was caught?"""
        low = self.lowering
        name = getattr(self.node, "stop", None)
        found = env[name] if name else None
        if not low.handlers or low.trial is not None:
            return found
        caught = heap[low.handlers[-1].caught]
        if low.is_none(caught):
            return found
        failed = low.b.emit("isnot", caught, Const(None))
        if found is None or isinstance(found, Const):
            return failed if found is None or not found.value else found
        then, other = Block(), Block()
        then.results, other.results = [Const(True)], [failed]
        return low.b.region("if", [found], [then, other]).define(None, failed.type)

    def other_objects(self, params: list[Value], lasts: list[Value]) -> bool:
        """Does an iteration end with an object where it was not known to begin so?"""
        low, changed = self.lowering, False
        for k, (param, last) in enumerate(zip(params, lasts, strict=True)):
            if last is param or not (low.is_led(param) or low.is_led(last)):
                continue
            probe = Value()
            low.united_ways(probe, [param, last])
            if param in low.mixed and probe in low.mixed:
                continue
            known = low.ways.get(param) == low.ways.get(probe)
            one = (param in low.mixed) == (probe in low.mixed)
            if low.classes.get(param) is not low.classes.get(probe) or not known & one:
                self.plan.ends[k] = last
                changed = True
        return changed

    def begin(self) -> list[Value]:
        """What the carried variables start from."""
        low = self.lowering
        args: list[Value] = []
        for key, shape in self.plan.shapes.items():
            if isinstance(key, Record):
                if key.base is not None and isinstance(shape, Parts):
                    self.load(key, shape)
                value = low.heap[key]
            else:
                value = self.env.get(key) or Undef()
            self.starts[key] = value
            args += leaves(shape, value, low.heap, low.kept)
            if isinstance(shape, Fresh) and isinstance(value, Record):
                if value.sealed or low.references(value, self.env, low.heap, None) > 1:
                    value.sealed = True
                    self.plan.sealed.add(key)
        return args

    def load(self, record: Record, shape: Parts) -> None:
        """Attributes of a parameter that the loop assigns have a value before it."""
        low = self.lowering
        content = low.heap[record]
        assert isinstance(content, Aggregate) and record.base is not None
        for key in shape.keys:
            if content.get(key) is None:
                found = low.b.emit("getattr", record.base, attr=key)
                found = low.part_of(found, record.base, key)
                content = content.put(key, found)
        low.heap[record] = content

    def enter(
        self, block: Block, args: list[Value], test: tuple[int, int] | None = None
    ) -> None:
        """The carried variables as parameters of a block."""
        low = self.lowering
        low.frame.env, low.heap = dict(self.env), dict(self.heap)
        low.b = self.outer
        low.enter(block, test)
        kinds = iter(args)
        names = (h for s in self.plan.shapes.values() for h in hints(s))
        values = (self.param(block, h, next(kinds), k) for k, h in enumerate(names))
        for key, shape in self.plan.shapes.items():
            value = build(shape, values, low.heap)
            self.set(key, value, within=True)
            self.begun[key] = value
            if key in self.plan.sealed and isinstance(value, Record):
                value.sealed = True

    def param(self, block: Block, hint: str | None, start: Value, k: int) -> Value:
        value = block.param(hint, start.type)
        self.lowering.inherit(value, start)
        end = self.plan.ends.get(k)
        self.lowering.united_ways(value, [start] if end is None else [start, end])
        return value

    def set(self, key: Key, value: Value, within: bool = False) -> None:
        low = self.lowering
        if within and isinstance(key, Record) and key.kind == "caught":
            low.nones.add(value)  # the loop ends where something was caught
        if within and isinstance(key, Record) and key.kind == "carried":
            value = Undef()
        if isinstance(key, Record):
            low.heap[key] = value
        else:
            low.frame.env[key] = value

    def end(self, key: Key, env: Env, heap: Heap) -> Value:
        return heap[key] if isinstance(key, Record) else env.get(key) or Undef()

    def grown(self, env: Env, heap: Heap) -> bool:
        """Has the body changed what the plan does not carry? Then it does now."""
        low, plan = self.lowering, self.plan
        grown = False
        for key, shape in list(plan.shapes.items()):
            end = self.end(key, env, heap)
            if isinstance(end, Either) and not plan.merging:
                plan.merging = True
                return True
            new = widened(shape, self.starts[key], end, heap)
            self.admit(key, shape, new, self.starts[key], end)
            grown |= new != shape
            if new != shape:
                plan.ends.clear()
            plan.shapes[key] = new
            if isinstance(new, Fresh) and isinstance(end, Record):
                if key not in plan.sealed and (
                    end.sealed or low.references(end, env, heap, None) > 1
                ):
                    plan.sealed.add(key)
                    grown = True
        for record, start in self.heap.items():
            if record in plan.shapes or same(heap[record], start):
                continue
            shape = widened(Pinned(start), start, heap[record], heap)
            if record.kind == "caught" and isinstance(shape, Leaf):
                shape = Leaf(Coined("caught"))
            if isinstance(shape, Pinned):
                continue
            self.admit(record, Pinned(start), shape, start, heap[record])
            plan.shapes[record] = shape
            plan.ends.clear()
            grown = True
        return grown

    def admit(
        self, key: Key, old: Shape, shape: Shape, start: Value, end: Value
    ) -> None:
        """Refuse what cannot be carried; a list may be made a value instead."""
        lost = isinstance(shape, Lost) or (
            isinstance(shape, Fresh) and isinstance(shape.content, Lost)
        )
        if isinstance(key, Record) and key.kind in EXITS:
            return  # it is refused where somebody asks
        if isinstance(key, Record):
            turned = isinstance(start, Aggregate) and isinstance(shape, Leaf)
            if key.kind in ("list", "dict") and (lost or turned):
                raise Restart(key.site)
            if lost:
                raise MutationError(
                    "what this loop makes of an object cannot be followed",
                    at=self.lowering.frame.source.location(self.node),
                    hint="give the object the same attributes in every iteration",
                )
        elif lost and isinstance(shape, Fresh) and shape.kind in ("list", "dict"):
            for value in (start, end):
                if isinstance(value, Record):
                    if value.site not in self.lowering.dynamic:
                        raise Restart(value.site)
        elif lost and isinstance(start, Record) and start.kind in ("list", "dict"):
            raise Restart(start.site)

    def leave(self, op: Op, env: Env, heap: Heap) -> None:
        """The variables after the loop."""
        low = self.lowering
        low.frame.env, low.heap = dict(self.env), dict(self.heap)
        names = (h for s in self.plan.shapes.values() for h in hints(s))
        skip = 1 if self.code == "for" else 0
        starts = iter(op.args[skip:])
        ends = iter(op.blocks[-1].results[1 if op.attrs.get("stop") else 0 :])

        def result(hint: str | None) -> Value:
            value = op.define(hint, ANY)
            start = next(starts)
            low.inherit(value, start)
            low.united_ways(value, [start, next(ends)])
            return value

        values = map(result, names)
        for key, shape in self.plan.shapes.items():
            value = build(shape, values, low.heap)
            self.set(key, value)
            if key in self.plan.sealed and isinstance(value, Record):
                value.sealed = True
            if isinstance(shape, Lost) and isinstance(key, str):
                last = env.get(key)
                if isinstance(last, Static) or (
                    isinstance(last, Closure) and last.frame.on_stack
                ):
                    low.frame.env[key] = last


def _over_keys(node: gast.For) -> bool:
    """`for k in d: ... d[k] ...`"""
    if not isinstance(node.iter, gast.Name) or not isinstance(node.target, gast.Name):
        return False
    return any(
        isinstance(n, gast.Subscript)
        and getattr(n.value, "id", None) == node.iter.id
        and getattr(n.slice, "id", None) == node.target.id
        for part in node.body
        for n in gast.walk(part)
    )
