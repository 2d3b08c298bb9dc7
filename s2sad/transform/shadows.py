"""Shadows that the forward sweep makes, for arrays that several names may mean.

Whose shadow it is that `b` has after `b = x if c else y` only the run can tell. So the
shadow of each array that may be meant is made where the array is made, and goes
wherever the array goes: through branches and loops, into lists and out of them.

    x = 2.0 * v                        x = 2.0 * v
                                       bx = np.zeros_like(x)
    b = x if c else y         ==>      b, bb = (x, bx) if c else (y, by)
    rows.append(b)                     rows.append(b); brows.append(bb)

The reverse sweep then adds to `bb`, and so to the shadow of the array that it was. All
other arrays have their shadows made by the reverse sweep, which takes less memory.

Shadow pointers as in Moses and Churavy, *Instead of rewriting foreign code for machine
learning, automatically synthesize fast gradients* (NeurIPS 2020), section 4.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from s2sad.analysis.memory import CONTAINERS, STORES, Memory, is_view, subscripted
from s2sad.ir.builder import Builder
from s2sad.ir.core import Block, Const, Function, Op, Undef, Value, walk
from s2sad.ir.types import Type
from s2sad.transform.adjoints import (
    NeedsShadows,
    adjoint_name,
    adjoint_type,
    zeros,
)

Result = TypeVar("Result")
#: Calls that give a list of the same items.
LISTS = frozenset({"list"})
SHARED = frozenset({"array", "list", "dict", "object", "any"})


class Places:
    """The objects of a function by number, the same whenever it is lowered."""

    def __init__(self, function: Function, memory: Memory) -> None:
        objects = [*function.body.params, *walk(function.body)]
        self.number: dict[object, int] = {o: k for k, o in enumerate(objects)}
        self.memory = memory

    def wanted(self, numbers: frozenset[int]) -> set[object]:
        return {o for o, k in self.number.items() if k in numbers}

    def of(self, value: Value) -> frozenset[int]:
        return frozenset(
            self.number[o] for o in self.memory.own(value) if o in self.number
        )


def with_shadows(
    derive: Callable[[frozenset[int], list[Places]], Result],
) -> Result:
    """Derive; where that takes shadows made before, derive again with these."""
    wanted: frozenset[int] = frozenset()
    while True:
        places: list[Places] = []
        try:
            return derive(wanted, places)
        except NeedsShadows as error:
            more = places[-1].of(error.value) if places else frozenset()
            if more <= wanted:
                raise
            wanted |= more


def forward_shadows(
    function: Function, memory: Memory, wanted: frozenset[int], places: list[Places]
) -> Shadows:
    """Make the shadows that were found wanting, and those known to be wanted."""
    known = Places(function, memory)
    places.append(known)
    objects = known.wanted(wanted)
    for value in function.shared:
        objects |= memory.own(value)
    function.shadowed = bool(objects)
    return Shadows(function, memory, objects)


class Shadows:
    """Adds the shadows of some objects to a function, before it is reversed."""

    def __init__(
        self, function: Function, memory: Memory, objects: set[object]
    ) -> None:
        self.memory = memory
        self.function = function
        #: the shadow of each value that may be one of the objects
        self.of: dict[Value, Value] = {}
        #: the same for items that may be numbers, whose adjoints are no memory
        self.items: dict[Value, Value] = {}
        #: for each store into a list, what its shadow had there before
        self.old: dict[Op, Value] = {}
        #: the operations that were added
        self.made: set[Op] = set()
        if not objects:
            return
        self.objects = self.closed(objects)
        #: where a parameter is refused
        self.first = function.body.ops[0]
        self.indexed = subscripted(function.body)
        #: values that are no numbers, or the run does not come to its end
        self.known = self.indexed | {
            op.args[0]
            for op in walk(function.body)
            if op.code in STORES or op.attrs.get("fn") == "require_array"
        }
        for value in function.body.params:
            if self.tracked(value):
                self.keep(value, function.body, 0)
        self.block(function.body)

    def closed(self, objects: set[object]) -> set[object]:
        """With what these may be mixed up with, what they hold, and what holds them."""
        memory = self.memory
        found = set(objects)
        while True:
            groups = {memory.name(o) for o in found}
            more = {o for o in memory.objects if memory.name(o) in groups}
            more |= {o for o in memory.held(frozenset(found)) if o in memory.written}
            more |= {o for o in memory.holders if memory.held(frozenset({o})) & found}
            if more <= found:
                return found
            found |= more

    def tracked(self, value: Value) -> bool:
        """May the value be one of the objects?"""
        if value.type.kind not in SHARED or isinstance(value, Const | Undef):
            return False
        op = value.op
        if value.type.kind == "any" and value not in self.known:
            passed = op is None or op.blocks or op.attrs.get("method") == "copy"
            if not passed or not self.memory.is_stored(value):
                return False  # a number, or an array that nothing changes
        if op is not None and op.code in ("getitem", "pop", "popat"):
            if op.args[0] in self.of and self.holds(op.args[0]):
                return True
        if not self.memory.own(value) & self.objects:
            return False
        if value.type.kind == "any" and self.memory.is_resized(value):
            raise NeedsShadows(value, op or self.first)  # a list, but of what?
        if op is not None and op.code == "getitem" and value.type.kind == "any":
            return is_view(op, self.indexed)
        return op is None or op.code != "tuple"

    def holds(self, value: Value) -> bool:
        """Is it a list or a dict? What gets longer or shorter is one."""
        return value.type.kind in ("list", "dict") or self.memory.is_resized(value)

    # -- making them ----------------------------------------------------------------

    def block(self, block: Block) -> None:
        for op in list(block.ops):
            self.op(op, block)

    def after(self, op: Op) -> Builder:
        return Builder(Block(), op.origin)

    def place(self, b: Builder, block: Block, at: int) -> None:
        for op in b.block.ops:
            op.block = block
            self.made.add(op)
        block.ops[at:at] = b.block.ops

    def keep(self, value: Value, block: Block, at: int) -> None:
        """A shadow of zeros, made where the value is."""
        b = Builder(Block(), value.op.origin if value.op else None)
        self.of[value] = named(zeros(value, b, shared=True), value)
        self.place(b, block, at)

    def op(self, op: Op, block: Block) -> None:
        if op.code in ("for", "while"):
            self.loop(op)
        elif op.code == "if":
            self.branch(op)
        elif op.code in ("push", "insert", "setitem", "delitem"):
            if op.args[0] in self.of and self.holds(op.args[0]):
                self.change(op, block)
        elif op.results:
            self.result(op, block)

    def result(self, op: Op, block: Block) -> None:
        value = op.result
        from_list = op.code in ("pop", "popat")
        if not self.tracked(value):
            if from_list or op.code == "getitem":
                self.item(op, block)
            return
        b = self.after(op)
        base = op.args[0] if op.args else None
        shadow = self.of.get(base) if base is not None else None
        if op.code in ("list", "dict"):
            parts = [self.part(v, b) for v in op.args]
            if op.code == "dict":
                parts[::2] = op.args[::2]
            found = b.emit(op.code, *parts, type=adjoint_type(value), fresh=True)
        elif from_list or self.is_part(op):
            if shadow is None:
                self.refuse(op)
            attrs = {k: v for k, v in op.attrs.items() if k not in ("fact", "type")}
            kind = adjoint_type(value)
            found = b.emit(op.code, shadow, *op.args[1:], type=kind, **attrs)
        elif op.code in ("calluser", "calltangent", "tuple", "getattr", "global"):
            self.refuse(op)
        else:
            found = zeros(value, b, shared=True)
        self.of[value] = named(found, value)
        self.place(b, block, block.ops.index(op) + 1)

    def item(self, op: Op, block: Block) -> None:
        """An item of a list, which may be a number."""
        value, base = op.result, op.args[0]
        if base not in self.of or not self.holds(base):
            return
        if op.code == "getitem" and value.type.kind != "any":
            return
        b = self.after(op)
        found = b.emit(op.code, self.of[base], *op.args[1:], type=Type("any"))
        if value.type.kind == "any":
            self.items[value] = named(found, value)
            op.attrs["view"] = False
        self.place(b, block, block.ops.index(op) + 1)

    def is_part(self, op: Op) -> bool:
        """Is the result a view, an item, or a list of the same items?"""
        if op.code == "getitem" and op.args[0].type.kind in CONTAINERS:
            return True
        if op.code == "call" and op.attrs["fn"] in LISTS:
            return self.holds(op.args[0])
        if op.code == "getattr" and op.args[0].type.kind == "object":
            return True
        return is_view(op, self.indexed)

    def part(self, value: Value, b: Builder) -> Value:
        """What the shadow of a list has for an item."""
        if value in self.of or value in self.items:
            return self.of.get(value) or self.items[value]
        if value.type.is_scalar or value.type.kind in ("str", "none"):
            return Const(0.0)
        if isinstance(value, Const | Undef):
            return Const(None)
        return b.call("s2sad.runtime.zeros_like", value)

    def change(self, op: Op, block: Block) -> None:
        """The same change of the shadow of a list as of the list."""
        target, *rest = op.args
        shadow = self.of[target]
        b = self.after(op)
        if op.code in ("setitem", "delitem"):
            if rest[0].type.kind == "slice" or (
                op.code == "delitem" and target.type.kind != "dict"
            ):
                self.refuse(op)
            fn = "s2sad.runtime.former"
            new = target.type.kind == "dict" and op.code == "setitem"
            self.old[op] = (
                b.call(fn, shadow, rest[0])
                if new
                else b.emit("getitem", shadow, rest[0], type=Type("any"))
            )
        if op.code != "delitem":
            rest[-1] = self.part(rest[-1], b)
        b.effect(op.code, shadow, *rest)
        self.place(b, block, block.ops.index(op) + 1)

    def branch(self, op: Op) -> None:
        for block in op.blocks:
            self.block(block)
        for k, value in enumerate(list(op.results)):
            if not self.tracked(value):
                continue
            for block in op.blocks:
                block.results.append(self.handed(block.results[k], op))
            self.of[value] = op.define(adjoint_name(value), adjoint_type(value))

    def loop(self, op: Op) -> None:
        body = op.blocks[-1]
        skip = int(op.code == "for")
        count = len(op.results)
        params = body.params[skip : skip + count]
        slots = [k for k in range(count) if self.tracked(params[k])]
        for k in slots:
            op.args.append(self.handed(op.args[skip + k], op))
            for block in op.blocks:
                param = block.params[skip + k]
                shadow = block.param(adjoint_name(param), adjoint_type(param))
                self.of[param] = shadow
        for block in op.blocks:
            self.block(block)
        offset = int(bool(op.attrs.get("stop")))
        for k in slots:
            body.results.append(self.handed(body.results[offset + k], op))
            value = op.results[k]
            self.of[value] = op.define(adjoint_name(value), adjoint_type(value))

    def handed(self, value: Value, op: Op) -> Value:
        """The shadow of what goes on under another name."""
        if value in self.of:
            return self.of[value]
        if isinstance(value, Undef):
            return value
        if isinstance(value, Const) and value.value is None:
            return value
        self.refuse(op)

    def refuse(self, op: Op) -> NoReturn:
        raise NeedsShadows(op.results[0] if op.results else op.args[0], op)


def named(shadow: Value, value: Value) -> Value:
    if shadow.name is None and not isinstance(shadow, Const):
        shadow.name = adjoint_name(value)
    return shadow
