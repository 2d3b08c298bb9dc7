"""Inside of a `try`: an exception that is caught further out is one more exit.

What is tried is lowered in *parts*. In a part nothing that is seen from outside of the
`try` changes before something that may raise, so that a part that fails has done
nothing. Where more follows, it stands in a *guard*, up to the end of its block:

    try: a(); b()          try: a()   except E as error: caught = error
    except E: c()    ==>   if caught is None:
                               try: b()   except E as error: caught = error
                           if caught is not None: c()

Each operation is looked at as it is made. One that may raise after a change ends the
part, wherever it stands: in the middle of an expression, or of a function put in place
of its call. A branch or a loop stands inside of a part if it can; if not, the lowering
of the `try` begins anew (`Cut`), and that branch or loop gets parts of its own. A loop
in which something is caught ends there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import gast

from s2sad.errors import InternalError
from s2sad.frontend.frame import Frame
from s2sad.frontend.joins import Env, Joins
from s2sad.frontend.risks import CHANGES, is_covered, is_new, may_raise
from s2sad.frontend.virtual import Heap, Record, Unknown, parts, same
from s2sad.ir.builder import Builder
from s2sad.ir.core import Block, Coined, Const, Op, Undef, Value

#: a branch or loop: where it stands, and the calls that led there
Place = tuple[Any, ...]
#: what records hold that say which exception was caught
EXITS = ("caught", "carried")


class EffectfulTest(Exception):
    """The test of a `while` changes something: it moves into the loop's body."""

    def __init__(self, place: tuple[int, int]) -> None:
        super().__init__(place)
        self.place = place


class Cut(Exception):
    """These branches and loops cannot stand inside of a part; or not in this one."""

    def __init__(self, *inside: Place, before: Place | None = None) -> None:
        super().__init__(inside, before)
        self.inside = inside
        self.before = before


@dataclass(eq=False)
class Handler:
    """What is in the way of an exception: the end of a `try`, or of a `with`."""

    frame: Frame
    #: the variables then
    start: Env
    classes: list[Value]
    #: variables that are seen after an exception
    seen: set[str]
    caught: Record
    carried: Record
    #: does anyone ask what the exception carries?
    asks: bool
    #: classes of the exceptions that may come here; None for any
    kinds: list[Value | None] = field(default_factory=list)


@dataclass(eq=False)
class Guard:
    """An `if caught is None`, and how things are where it is not."""

    op: Op
    outer: Block
    env: Env
    heap: Heap


@dataclass(eq=False)
class Scope:
    """A block that is being lowered, with the guards that are open in it."""

    builder: Builder
    base: Block
    frame: Frame
    outer: Scope | None
    #: of a test of a `while`: its place
    test: tuple[int, int] | None = None
    guards: list[Guard] = field(default_factory=list)


@dataclass(eq=False)
class Part:
    """A `try` of the emitted code, as long as it is open."""

    op: Op
    outer: Block
    scope: Scope
    envs: dict[Frame, Env]
    heap: Heap
    #: changes of memory, and operations that may raise, up to here
    changes: int = 0
    risks: int = 0
    #: branches and loops that are being lowered inside of it
    regions: list[Place] = field(default_factory=list)
    #: had anything changed when the first of them began?
    begun: bool = False


class Trying(Joins):
    """Parts, guards, and where exceptions lead."""

    scope: Scope | None = None
    trial: Part | None = None
    #: what an exception meets, from the outermost
    handlers: tuple[Handler, ...] = ()
    #: branches and loops with parts of their own, and those that begin a part
    opened: set[Place]
    begins: set[Place]
    #: exceptions of which it is known that there is none, up to the end of a guard
    nones: set[Value]
    #: does arithmetic raise, under np.errstate?
    floats_raise: bool = False

    def restarting(self, run: Callable[[], None]) -> None:
        """Lower a `try`, as often as it takes to know how its regions are cut."""
        if self.handlers:
            run()
            return
        b, frame, env, heap = self.b, self.frame, self.frame.env, self.heap
        block, count = b.block, len(b.block.ops)
        kept = (self.scope, self.merging, self.path, self.rebinds, self.handling)
        while True:
            frame.env, self.heap = dict(env), dict(heap)
            try:
                run()
                return
            except Cut as found:
                if not found.inside and found.before is None:
                    raise InternalError("a try that cannot be cut") from found
                self.opened.update(found.inside)
                if found.before is not None:
                    self.begins.add(found.before)
            del block.ops[count:]
            b.block, self.b, self.frame, self.trial = block, b, frame, None
            self.handlers, self.quiet, self.eager, self.ahead = (), False, False, False
            self.scope, self.merging, self.path, self.rebinds, self.handling = kept

    rebinds: bool
    #: exceptions that are being handled: their value, what they carry, their classes
    handling: tuple[tuple[Value, Value, list[Value]], ...] = ()

    # -- blocks ---------------------------------------------------------------------

    def enter(self, block: Block, test: tuple[int, int] | None = None) -> None:
        """Lower into a block from here on."""
        self.b = self.b.at(block)
        if self.handlers:
            self.b.watch = self.watch
        self.scope = Scope(self.b, block, self.frame, self.scope, test)

    def leave(self, result: Any = None) -> Any:
        """The end of a block: close what is open in it."""
        scope = self.scope
        assert scope is not None
        if self.trial is not None and self.trial.scope is scope:
            result = self.end_part(result)
        while scope.guards:
            result = self.end_guard(scope, result)
        self.scope = scope.outer
        return result

    def region(self) -> None:
        """A branch or a loop begins: does it stand inside of a part?"""
        if not self.handlers or self.quiet:
            return
        place = self.place()
        part = self.trial
        if place in self.opened:
            self.separate()
            return
        if part is None:
            part = self.begin_part()
        elif not part.regions:
            part.begun = self.is_changed_since(part)
            if part.begun and place in self.begins:
                self.cut()
                part = self.begin_part()
        if not part.regions:
            part.begun = self.is_changed_since(part)
        part.regions.append(place)

    def region_ends(self) -> None:
        """Go on after a branch or loop only if nothing was caught in it."""
        if not self.handlers or self.quiet:
            return
        if self.trial is not None:
            self.trial.regions.pop()
            return
        handler = self.handlers[-1]
        caught = self.heap[handler.caught]
        if not self.is_none(caught):
            assert self.scope is not None
            env = self.scope.frame.env
            self.guard(caught, self.heap[handler.carried], env, self.heap)

    def place(self) -> Place:
        """Where the statement stands that is being lowered."""
        node: Any = self.b.origin.node if self.b.origin else None
        where = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
        return (self.frame.source.path, *where, type(node).__name__, *self.path)

    def separate(self) -> None:
        """End the part that is open: what follows has parts of its own."""
        part = self.trial
        if part is None:
            return
        if part.scope is not self.scope or part.regions:
            raise Cut(*part.regions)
        self.cut()

    def is_none(self, caught: Value) -> bool:
        """Is it known here that nothing was caught?"""
        return isinstance(caught, Const) or caught in self.nones

    # -- parts ----------------------------------------------------------------------

    def watch(self, op: Op) -> None:
        """Look at an operation that is about to be made."""
        if not self.handlers or self.quiet:
            return
        inner = [op, *(o for block in op.blocks for o in _all(block))]
        classes = [c for h in self.handlers for c in h.classes]
        part = self.trial
        if any(may_raise(o, classes, self.floats_raise) for o in inner):
            if self.ahead:
                self.nowhere("a generator that may raise, in a try, between its items")
            if part is None:
                part = self.begin_part()
            elif self.is_changed_since(part):
                if part.scope is not self.scope or part.regions:
                    if part.begun:
                        raise Cut(before=part.regions[0])
                    raise Cut(*part.regions)
                self.cut()
                part = self.begin_part()
            if part.scope.test is not None:
                raise EffectfulTest(part.scope.test)
            part.risks += 1
        if part is not None:
            inside = part.op.blocks[0]
            changing = [o for o in inner if o.code in CHANGES]
            part.changes += sum(not is_new(o, inside, inner) for o in changing)

    def is_changed_since(self, part: Part) -> bool:
        """Has anything changed in a part that is seen after an exception?"""
        if part.changes:
            return True
        for handler in self.handlers:
            env, before = handler.frame.env, part.envs[handler.frame]
            for name in handler.seen:
                now, then = env.get(name), before.get(name)
                if now is not then and (
                    now is None or then is None or not same(now, then)
                ):
                    return True
        return any(
            content is not self.heap.get(record)
            and (record not in self.heap or not same(content, self.heap[record]))
            for record, content in part.heap.items()
        )

    def begin_part(self) -> Part:
        scope, b = self.scope, self.b
        assert scope is not None and b is scope.builder
        classes: list[Value] = []
        for handler in reversed(self.handlers):
            for cls in handler.classes:
                if not is_covered(cls, classes):
                    classes.append(cls)
        self.handlers[-1].kinds += classes
        block, other = Block(), Block()
        other.param("error")
        op = Op("if", [], {"catch": tuple(classes)}, [block, other], b.origin)
        b.place(op)
        frames = {scope.frame, *(h.frame for h in self.handlers)}
        envs = {frame: dict(frame.env) for frame in frames}
        self.trial = Part(op, b.block, scope, envs, dict(self.heap))
        b.block = block
        return self.trial

    def cut(self) -> None:
        """End the part in the middle of a block: the rest is guarded."""
        part, self.trial = self.trial, None
        assert part is not None
        part.scope.builder.block = part.outer
        if not part.risks:
            self.dissolve(part)
            return
        block, other = part.op.blocks
        block.results.append(self.heap[self.handlers[-1].caught])
        other.results.append(other.params[0])
        caught = part.op.define(Coined("caught"))
        self.guard(caught, Unknown(), part.envs[part.scope.frame], part.heap)

    def dissolve(self, part: Part) -> None:
        """A part in which nothing may raise is none."""
        at = part.outer.ops.index(part.op)
        part.outer.ops[at : at + 1] = part.op.blocks[0].ops
        for op in part.op.blocks[0].ops:
            op.block = part.outer

    def end_part(self, result: Any) -> Any:
        """The end of a part and of its block: both ways meet in the `try` itself."""
        part, self.trial = self.trial, None
        assert part is not None
        part.scope.builder.block = part.outer
        if not part.risks:
            self.dissolve(part)
            return result
        failed = dict(part.heap)
        handler = self.handlers[-1]
        failed[handler.caught] = part.op.blocks[1].params[0]
        failed[handler.carried] = Unknown()
        ends = ((self.frame.env, self.heap), (part.envs[part.scope.frame], failed))
        return self.join(part.op, Const(True), ends, result)

    # -- guards ---------------------------------------------------------------------

    def guard(self, caught: Value, carried: Value, env: Env, heap: Heap) -> None:
        """What follows happens only if nothing was caught so far."""
        scope = self.scope
        assert scope is not None
        handler = self.handlers[-1]
        b = Builder(scope.builder.block, self.b.origin)
        test = b.emit("is", caught, Const(None))
        op = b.region("if", [test], [Block(), Block()])
        heap = {**heap, handler.caught: caught, handler.carried: carried}
        scope.guards.append(Guard(op, scope.builder.block, dict(env), heap))
        scope.builder.block = op.blocks[0]
        self.heap = {**self.heap, handler.caught: caught, handler.carried: carried}
        self.nones.add(caught)

    def end_guard(self, scope: Scope, result: Any) -> Any:
        guard = scope.guards.pop()
        scope.builder.block = guard.outer
        self.nones.discard(guard.op.args[0].op.args[0])  # type: ignore[union-attr]
        if not guard.op.blocks[0].ops and self.is_as_before(guard, result):
            guard.outer.ops.remove(guard.op)
            self.frame.env, self.heap = guard.env, guard.heap
            return result
        ends = ((self.frame.env, self.heap), (guard.env, guard.heap))
        return self.join(guard.op, guard.op.args[0], ends, result)

    def is_as_before(self, guard: Guard, result: Any) -> bool:
        """Is nothing else in a guard than before it?"""
        env = self.frame.env
        if isinstance(result, Value):
            if any(
                isinstance(v, Record) and v not in guard.heap for v in parts(result)
            ):
                return False
        return (
            env.keys() == guard.env.keys()
            and all(same(value, guard.env[name]) for name, value in env.items())
            and all(
                record in self.heap and same(content, self.heap[record])
                for record, content in guard.heap.items()
                if record.kind not in EXITS
            )
        )

    # -- where exceptions lead ------------------------------------------------------

    def handler(
        self, node: gast.AST, classes: list[Value], seen: set[str], asks: bool
    ) -> Handler:
        """Something in the way of exceptions, from here on."""
        self.separate()
        made = [Record(kind, (*self.site(node), kind)) for kind in EXITS]
        self.heap[made[0]], self.heap[made[1]] = Const(None), Undef()
        start = dict(self.frame.env)
        found = Handler(self.frame, start, classes, seen, made[0], made[1], asks)
        self.handlers = (*self.handlers, found)
        self.enter(self.b.block)
        return found

    def end_handler(self, handler: Handler, outer: Builder) -> tuple[Value, Value]:
        """The end of what it stands for: the exception, or None; what it carries."""
        self.leave()
        self.b = outer
        self.handlers = self.handlers[:-1]
        return self.heap.pop(handler.caught), self.heap.pop(handler.carried)

    def escape(
        self, caught: Value, carried: Value, kinds: Sequence[Value | None]
    ) -> None:
        """Leave for the next handler with an exception; what follows is not run."""
        if not self.handlers:
            self.b.effect("raise", caught, path="")
            return
        self.separate()
        assert self.scope is not None
        self.handlers[-1].kinds += kinds
        self.guard(caught, carried, self.scope.frame.env, self.heap)

    def hand_over(
        self, caught: Value, carried: Value, kinds: Sequence[Value | None]
    ) -> None:
        """The same, if there is an exception."""
        if not self.handlers:
            none = self.b.emit("is", caught, Const(None))
            self.fork(none, lambda: None, lambda: self.escape(caught, carried, kinds))
            return
        self.separate()
        handler = self.handlers[-1]
        handler.kinds += kinds
        self.heap[handler.caught], self.heap[handler.carried] = caught, carried
        self.region_ends()


def _all(block: Block) -> list[Op]:
    return [
        o for op in block.ops for o in (op, *(i for b in op.blocks for i in _all(b)))
    ]
