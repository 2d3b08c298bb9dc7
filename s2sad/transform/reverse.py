"""Reverse mode: from a function to its adjoint.

The forward sweep is the function itself. The reverse sweep visits its operations from
the last to the first and appends the adjoint of each:

    y = f(a, b)      by known        ba += by * df/da;  bb += by * df/db
    if c: ...        the branch that was taken, reversed
    for ...: ...     the iterations from the last to the first, each reversed
    y[i] = v         bv += by[i]; by[i] = 0; y[i] is put back

Adjoint operations refer to values of the forward sweep as if all were still there.
What that takes - keeping, recomputing, recording - is decided afterwards, for what the
adjoint then really uses: see `recording`.

Griewank and Walther, Evaluating Derivatives (2008), chapters 3 to 6; in-place changes
after Giering and Kaminski, Recipes for adjoint code construction (TOMS 1998).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sad.analysis.activity import OPERATORS, free_values
from s2sad.analysis.memory import Memory, subscripted
from s2sad.errors import NoRuleError, UnsupportedError
from s2sad.ir.builder import Builder
from s2sad.ir.core import (
    Block,
    Coined,
    Const,
    Function,
    Op,
    Undef,
    Value,
    blocks_within,
    walk,
)
from s2sad.ir.infer import is_basic, item, roots_of
from s2sad.ir.types import FLOAT, INT, Type
from s2sad.rules import registry
from s2sad.transform.adjoints import Adjoints, adjoint_name, adjoint_type, zeros
from s2sad.transform.templates import inline


CONTAINERS = frozenset({"list", "tuple", "dict"})
#: Functions that take one of their arguments and leave the others.
CHOICES = frozenset(
    f"numpy.{n}" for n in ("where", "maximum", "minimum", "clip", "fmax", "fmin")
)
#: Functions with an infinite or undefined partial somewhere.
SINGULAR = frozenset(
    [f"numpy.{n}" for n in "sqrt cbrt log log2 log10 log1p divide reciprocal power"
     " float_power arcsin arccos arccosh arctanh exp exp2 expm1 sinh cosh".split()]
    + ["operator.div", "operator.pow"]
)  # fmt: skip


@dataclass
class Sweep:
    """What the reverse sweep must know of the forward sweep."""

    #: the forward block that each reverse block is the mirror of
    mirror: dict[Block, Block] = field(default_factory=dict)
    #: the loop variable of each forward loop, as the reverse loop has it
    items: dict[Value, Value] = field(default_factory=dict)
    #: for each store, the place in the reverse sweep where its memory is put back
    undo: list[tuple[Op, Op]] = field(default_factory=list)


class Reverse:
    """Builds the reverse sweep of one function."""

    def __init__(self, function: Function, active: set[Value], memory: Memory) -> None:
        self.function = function
        self.memory = memory
        self.active = active
        self.indexed = subscripted(function.body)
        self.adj = Adjoints(active, memory, self.indexed)
        self.uses = _count_uses(function.body)
        self.escaping = _escaping(function.body)
        #: values whose adjoint still has the shape that they were broadcast to
        self.wide: set[Value] = set()
        #: values whose adjoint is zero where a choice did not take them
        self.chosen: set[Value] = set()
        self.sweep = Sweep()

    def run(self, seed: Value, wrt: list[Value], b: Builder) -> list[Value]:
        """Append the reverse sweep at the builder; return the adjoints of `wrt`."""
        self.sweep.mirror[b.block] = self.function.body
        result = self.function.body.results[0]
        self.adj.add(result, seed, b)
        self.block(self.function.body, b)
        gradients = []
        for value in wrt:
            found = self.adj.of(value, b)
            gradients.append(zeros(value, b) if found is None else found)
        return gradients

    def block(self, block: Block, b: Builder) -> None:
        for op in reversed(block.ops):
            b.origin = op.origin
            self.op(op, b)

    def op(self, op: Op, b: Builder) -> None:
        code = op.code
        if code in OPERATORS:
            self.rule(op, f"operator.{code}", b)
        elif code == "call":
            self.call(op, b)
        elif code == "getitem":
            self.getitem(op, b)
        elif code in ("setitem", "augitem"):
            getattr(self, code)(op, b)
        elif code in ("tuple", "list"):
            self.display(op, b)
        elif code == "calluser":
            self.calluser(op, b)
        elif code in ("if", "for", "while"):
            if self.matters(op):
                getattr(self, f"{code}_")(op, b)
        elif code == "getattr":
            self.getattr(op, b)
        elif any(v in self.active for v in op.results):
            raise UnsupportedError(
                f"no derivative of {code}", at=op.origin.location if op.origin else None
            )

    def matters(self, op: Op) -> bool:
        """Can any adjoint be changed, or memory be put back, inside this?"""
        return any(
            inner.code in ("setitem", "augitem")
            or any(v in self.active for v in inner.results)
            for block in op.blocks
            for inner in walk(block)
        ) or any(v in self.active for v in op.results)

    # -- calls and operators -------------------------------------------------------

    def call(self, op: Op, b: Builder) -> None:
        if op.result in self.active:
            self.rule(op, op.attrs["fn"], b)

    def calluser(self, op: Op, b: Builder) -> None:
        """A call that stays a call: its reverse half, with what the forward one kept."""
        if op.result not in self.active:
            return
        g = self.adj.of(op.result, b)
        if g is None:
            return
        wanted = [v in self.active for v in op.args]
        op.attrs["wanted"] = wanted
        saved = op.define(Coined("saved"))
        attrs = {"callee": op.attrs["callee"], "wanted": wanted}
        back = b.append(Op("callrev", [saved, g], attrs, origin=b.origin))
        for value, want in zip(op.args, wanted, strict=True):
            if want:
                back.define(None, adjoint_type(value))
        found = iter(back.results)
        for value, want in zip(op.args, wanted, strict=True):
            if want:
                self.adj.add(value, next(found), b)

    def rule(self, op: Op, name: str, b: Builder) -> None:
        """The adjoint of an operation that has a derivative rule."""
        if op.result not in self.active:
            return
        g = self.adj.of(op.result, b)
        if g is None:
            return
        rule = registry.lookup(name)
        if rule is None:
            at = op.origin.location if op.origin else None
            raise NoRuleError(f"there is no derivative rule for {name}", at=at)
        bound = dict(zip(rule.parameters, op.args, strict=False))
        if op.code == "call":
            bound = registry.bind(op, rule)
        values = {**bound, "g": g, "y": op.result}
        if any(v.type.kind in CONTAINERS for v in op.args) and op.code != "call":
            raise UnsupportedError(
                "arithmetic on lists, tuples or dicts has no derivative here",
                at=op.origin.location if op.origin else None,
                hint="make arrays of them: np.array([...])",
            )
        if name in CHOICES or op.result in self.chosen:
            self.chosen.update(bound[p] for p in rule.differentiable)
        if name in SINGULAR and op.result in self.chosen:
            self.guard(values, name, b)
        if rule.alias and self.memory.is_mutated(op.result):
            self.refuse_alias(op)
        if op.code == "mul" and op.args[0] is op.args[1] and op.result not in self.wide:
            double = b.emit("mul", Const(2.0), g)
            self.adj.add(op.args[0], b.emit("mul", double, op.args[0]), b)
            return
        for parameter, partial in rule.partials.items():
            if bound[parameter] in self.active:
                term = inline(partial, b, values)
                term = self.unbroadcast(term, bound[parameter], op.result, b)
                self.adj.add(bound[parameter], term, b)
        for parameter, template in rule.adjoints.items():
            if bound[parameter] in self.active:
                term = _plain_shape(inline(template, b, values))
                if term.op is not None and term.op.block is b.block:
                    term.type = adjoint_type(bound[parameter])
                self.adj.add(bound[parameter], term, b)

    def guard(self, values: dict[str, Value], name: str, b: Builder) -> None:
        """What was not chosen contributes nothing, also where its partial is infinite.

        Where the cotangent is zero, the partial is taken at a harmless place.
        """
        zero = b.emit("eq", values["g"], Const(0))
        safe = Const(2.0 if name.endswith("arccosh") else 0.5)
        for key, value in values.items():
            if key != "g" and not isinstance(value, Const):
                values[key] = b.call("numpy.where", zero, safe, value)
                values[key].type = value.type

    def refuse_alias(self, op: Op) -> None:
        """`v = u.reshape(...)` may be a view of u or a copy: harmless until a store."""
        raise UnsupportedError(
            f"{op.attrs['fn']} gives a view or a copy, and what it was given is"
            " changed in place",
            at=op.origin.location if op.origin else None,
            hint="take a copy first: np.copy(...)",
        )

    def unbroadcast(self, term: Value, value: Value, result: Value, b: Builder) -> Value:
        """Sum a contribution over the axes that the value was broadcast along."""
        if result not in self.wide and (
            result.type.is_scalar or roots_of(value) == roots_of(result)
        ):
            return term
        return self.narrowed(term, value, b)

    def narrowed(self, term: Value, value: Value, b: Builder) -> Value:
        """Sum over what the value was broadcast along: now, or where it comes from.

        What a value used once was computed from elementwise can take the sum as well:
        sum(g) * p = sum(g * p) for a partial p that does not vary along the axes.
        """
        made = value.op
        if (
            made is not None
            and self.uses.get(value) == 1
            and not value.type.is_scalar
            and made.block is self.sweep.mirror[b.block]
            and _is_elementwise(made)
        ):
            self.wide.add(value)
            return term
        return self.shaped(term, value, b)

    def shaped(self, term: Value, value: Value, b: Builder) -> Value:
        """A contribution in the shape and dtype of a value, by a run-time helper."""
        return b.emit(
            "call", term, *shape_of(value), fn="s2sad.runtime.unbroadcast", kw=(),
            type=adjoint_type(value),
        )  # fmt: skip

    # -- indexing ------------------------------------------------------------------

    def getitem(self, op: Op, b: Builder) -> None:
        base, index = op.args
        result = op.result
        if result not in self.active or self.adj.is_view(result):
            return
        g = self.adj.of(result, b)
        if g is None or base not in self.active:
            return
        self.scatter(base, index, g, b)

    def scatter(self, base: Value, index: Value, g: Value, b: Builder) -> None:
        """Add into the shadow of `base` where `base[index]` was read."""
        made = base.op
        if made is not None and made.code in ("tuple", "list"):
            if not isinstance(index, Const):
                raise UnsupportedError(
                    "a list display is indexed by a variable",
                    at=b.origin.location if b.origin else None,
                    hint="make it an array: np.array([...])",
                )
            self.adj.add(made.args[index.value], g, b)
            return
        shadow = self.adj.shadow(base, b)
        if is_basic(index):
            b.effect("augitem", shadow, index, g, op="add", adjoint=True)
        else:
            b.effect("addat", shadow, index, g, adjoint=True)

    def setitem(self, op: Op, b: Builder) -> None:
        base, index, value = op.args
        self.put_back(op, b)
        if base not in self.active:
            return
        shadow = self.adj.shadow(base, b)
        part = b.emit("getitem", shadow, index, type=self.part_type(base, index))
        if not is_basic(index) and not _is_mask(index) and value in self.active:
            # an index that comes twice stores twice, and the last one stays
            part = b.emit(
                "call", part, index, fn="s2sad.runtime.last_stored", kw=(), type=part.type
            )
        g = b.emit("take", part, type=part.type, fresh=True) if value in self.active else part
        b.effect("setitem", shadow, index, Const(0.0), adjoint=True)
        if value in self.active:
            self.stored(value, g, part, b)

    def stored(self, value: Value, g: Value, part: Value, b: Builder) -> None:
        """The adjoint of a value that a store has broadcast to the part it fills."""
        if part.type.is_scalar or roots_of(part) == roots_of(value):
            self.adj.add(value, g, b)
            return
        self.adj.add(value, self.narrowed(g, value, b), b)

    def part_type(self, base: Value, index: Value) -> Type:
        kind = item(base, index)
        return FLOAT if kind.is_scalar else kind

    def augitem(self, op: Op, b: Builder) -> None:
        base, index, value = op.args
        how = op.attrs["op"]
        self.put_back(op, b)
        if base not in self.active:
            return
        if not is_basic(index) and not _is_mask(index):
            raise UnsupportedError(
                "x[index] += e with an array of indices stores only the last of equal"
                " ones",
                at=op.origin.location if op.origin else None,
                hint="np.add.at adds them all; or write x[index] = x[index] + e",
            )
        if how not in ("add", "sub", "mul", "div"):
            raise UnsupportedError(
                f"no adjoint of this augmented assignment ({how})",
                at=op.origin.location if op.origin else None,
                hint="write x[i] = x[i] ** e",
            )
        shadow = self.adj.shadow(base, b)
        part = b.emit("getitem", shadow, index, type=self.part_type(base, index))
        g = b.emit("take", part, type=part.type, fresh=True)
        if how in ("mul", "div"):  # before the value's own share, which may overlap
            b.effect("augitem", shadow, index, value, op=how, adjoint=True)
        if value not in self.active:
            return
        term = g
        if how == "sub":
            term = b.emit("neg", g, type=g.type)
        elif how != "add":
            old = b.emit("getitem", base, index, type=self.part_type(base, index))
            term = b.emit("mul", g, old)
            if how == "div":
                term = b.emit("div", b.emit("neg", term), b.emit("mul", value, value))
        self.stored(value, term, part, b)

    def put_back(self, op: Op, b: Builder) -> None:
        """Mark where the reverse sweep restores what a store has overwritten."""
        place = b.effect("restore", op.args[0], op.args[1])
        self.sweep.undo.append((op, place))

    # -- containers and attributes -------------------------------------------------

    def display(self, op: Op, b: Builder) -> None:
        if op.result not in self.active:
            return
        if op.result in self.escaping:
            raise UnsupportedError(
                f"a {op.code} of values that have a derivative leaves the branch or loop"
                " that it is made in",
                at=op.origin.location if op.origin else None,
                hint="use an array, or a name for each item",
            )
        g = self.adj.of(op.result, b)
        if g is None:
            return
        for k, value in enumerate(op.args):
            if value in self.active:
                part = b.emit("getitem", g, Const(k), type=adjoint_type(value))
                self.adj.add(value, part, b)

    def getattr(self, op: Op, b: Builder) -> None:
        if op.result not in self.active or self.adj.is_view(op.result):
            return
        g = self.adj.of(op.result, b)
        if g is None:
            return
        if op.attrs["attr"] != "real":
            raise UnsupportedError(
                f"no derivative of the attribute .{op.attrs['name']}",
                at=op.origin.location if op.origin else None,
            )
        self.adj.add(op.args[0], g, b)

    # -- control flow --------------------------------------------------------------

    def outer(self, op: Op) -> list[Value]:
        """Active values from outside, of which the op's blocks may change the adjoint.

        Those that live in a shadow get it now, before the blocks are entered; those by
        value are what the reversed op must carry.
        """
        found: dict[Value, None] = {}
        for value in free_values(op.blocks):
            root = self.adj.root(value)
            if root in self.active and not isinstance(root, Const | Undef):
                found[root] = None
        return list(found)

    def reached_by_view(self, op: Op) -> set[Value]:
        """Values of which the op's blocks read a part, or use a view from outside."""
        found = {self.adj.root(v) for v in free_values(op.blocks) if self.adj.is_view(v)}
        for block in op.blocks:
            for inner in walk(block):
                if inner.code in ("getitem", "getattr"):
                    found.add(self.adj.root(inner.args[0]))
        return found

    def prepare(self, op: Op, b: Builder) -> list[Value]:
        """Make the shadows that a region writes to; return what it must carry."""
        carried = []
        parts = self.reached_by_view(op)
        for value in self.outer(op):
            scalar = value.type.is_scalar or _is_display(value)
            if not scalar and (self.memory.is_mutated(value) or value in parts):
                self.adj.shadow(value, b)
            elif _is_display(value):
                raise UnsupportedError(
                    "a list or tuple made outside of this is used inside of it",
                    at=op.origin.location if op.origin else None,
                    hint="make it an array: np.array([...])",
                )
            else:
                carried.append(value)
        return carried

    def seed(self, result: Value, b: Builder) -> Value | None:
        """The adjoint of what a region yields; a buffer, if that changes in place."""
        if result not in self.active:
            return None
        if self.memory.is_mutated(result) and not result.type.is_scalar:
            return self.adj.shadow(result, b)
        return self.adj.of(result, b)

    def if_(self, op: Op, b: Builder) -> None:
        seeds = [self.seed(r, b) for r in op.results]
        carried = self.prepare(op, b)
        before = dict(self.adj.current)
        blocks, after = [], []
        for branch in op.blocks:
            block = Block()
            blocks.append(block)
            self.sweep.mirror[block] = branch
            inner = Builder(block, op.origin)
            self.adj.current = dict(before)
            for value, seed in zip(branch.results, seeds, strict=True):
                if seed is not None:
                    self.adj.adopt(value, seed, inner, op)
            self.block(branch, inner)
            after.append((self.adj.current, inner))
        self.adj.current = before
        new = Op("if", [op.args[0]], {"mirror": op}, blocks, op.origin)
        for value in self.changed(carried, op, before, after):
            ends = []
            for current, inner in after:
                end = current.get(value)
                if end is None:
                    end = zeros(value, inner)
                ends.append(end)
            for block, end in zip(blocks, ends, strict=True):
                block.results.append(end)
            result = new.define(adjoint_name(value), adjoint_type(value))
            self.adj.current[value] = result
            if all(e in self.adj.owned for e in ends):
                self.adj.owned.add(result)
        b.append(new)

    def changed(self, carried, op, before, after):  # type: ignore[no-untyped-def]
        """Values whose adjoint a branch has changed, and whose place is outside."""
        names = dict.fromkeys(carried)
        inside = {v for block in op.blocks for v in _defined(block)}
        for current, _ in after:
            for value in current:
                if value not in inside and value not in before:
                    names[value] = None
        return [
            v
            for v in names
            if any(current.get(v) is not before.get(v) for current, _ in after)
        ]

    def for_(self, op: Op, b: Builder) -> None:
        made = op.args[0].op
        assert made is not None and made.code == "range"
        start, stop, step = made.args
        if op.attrs.get("stop"):
            trips = self.count_trips(op)
            last = b.emit("sub", trips, Const(1))
            scaled = last if _is(step, 1) else b.emit("mul", last, step)
            first = scaled if _is(start, 0) else b.emit("add", start, scaled)
            stop_ = b.emit("sub", start, step)
            back = b.emit("neg", step)
            iterable = b.emit("range", first, stop_, back, type=Type("range"))
        elif _is(step, 1) or _is(step, -1):
            first, end = b.emit("sub", stop, step), b.emit("sub", start, step)
            back = b.emit("neg", step)
            iterable = b.emit("range", first, end, back, type=Type("range"))
        else:
            forward = b.emit("range", start, stop, step, type=Type("range"))
            iterable = b.emit("call", forward, fn="reversed", kw=(), type=Type("range"))
        self.loop(op, iterable, op.args[1:], b)

    def while_(self, op: Op, b: Builder) -> None:
        trips = self.count_trips(op)
        iterable = b.emit("range", Const(0), trips, Const(1), type=Type("range"))
        self.loop(op, iterable, op.args[:-1], b)

    def count_trips(self, op: Op) -> Value:
        """Make the forward loop count its iterations."""
        body = op.blocks[-1]
        op.args.append(Const(0))
        for block in op.blocks:
            count = block.param(Coined("trips"), INT)
        total = Builder(body, op.origin).emit("add", count, Const(1), name=Coined("trips"))
        body.results.append(total)
        return op.define(Coined("trips"), INT)

    def loop(self, op: Op, iterable: Value, starts: list[Value], b: Builder) -> None:
        """Reverse a loop whose reversed iteration is known."""
        body = op.blocks[-1]
        offset = 1 if op.attrs.get("stop") else 0
        count = len(starts)
        skip = 1 if op.code == "for" else 0
        params = body.params[skip : skip + count]
        ends = body.results[offset : offset + count]
        slots = [
            k
            for k in range(count)
            if params[k] in self.active
            or (ends[k] in self.active and op.results[k] in self.active)
        ]
        seeds = {k: self.seed(op.results[k], b) for k in slots}
        carried = self.prepare(op, b)
        before = self.adj.current
        block = Block()
        inner = Builder(block, op.origin)
        item = block.param(body.params[0].name if skip else None, INT)
        if skip:
            self.sweep.items[body.params[0]] = item
        self.sweep.mirror[block] = body
        self.adj.current = dict(before)
        args: list[Value] = []
        for k in slots:
            seed = seeds[k]
            args.append(zeros(op.results[k], b) if seed is None else seed)
        for value in carried:
            known = before.get(value)
            args.append(zeros(value, b) if known is None else known)
        flows = [block.param(adjoint_name(params[k]), adjoint_type(params[k])) for k in slots]
        sums = [block.param(adjoint_name(v), adjoint_type(v)) for v in carried]
        for value, total in zip(carried, sums, strict=True):
            self.adj.current[value] = total
        for k in slots:
            self.adj.current.pop(params[k], None)
        for k, flow in zip(slots, flows, strict=True):
            self.adj.adopt(ends[k], flow, inner, op)
        self.block(body, inner)
        for k in slots:
            found = self.adj.of(params[k], inner)
            block.results.append(zeros(params[k], inner) if found is None else found)
        for value in carried:
            block.results.append(self.adj.current[value])
        self.adj.current = before
        new = Op("for", [iterable, *args], {"mirror": op}, [block], op.origin)
        b.append(new)
        results = [new.define(adjoint_name(params[k]), adjoint_type(params[k])) for k in slots]
        totals = [new.define(adjoint_name(v), adjoint_type(v)) for v in carried]
        for value, total in zip(carried, totals, strict=True):
            self.adj.current[value] = total
        for k, result in zip(slots, results, strict=True):
            self.adj.adopt(starts[k], result, b, op)


def _count_uses(body: Block) -> dict[Value, int]:
    count: dict[Value, int] = {}
    for block in blocks_within(body):
        for op in block.ops:
            for value in op.args:
                count[value] = count.get(value, 0) + 1
        for value in block.results:
            count[value] = count.get(value, 0) + 1
    return count


def _escaping(body: Block) -> set[Value]:
    """Values that branches and loops take or give."""
    found = {v for op in walk(body) if op.blocks for v in op.args}
    return found.union(*(b.results for b in blocks_within(body)))


def _is_elementwise(op: Op) -> bool:
    if op.code in OPERATORS:
        return op.code not in ("matmul", "iop")
    if op.code != "call":
        return False
    rule = registry.find(op)
    return rule is not None and rule.result == "elementwise" and not rule.adjoints


def _is_mask(index: Value) -> bool:
    return index.type.kind == "array" and index.type.dtype == "bool"


def _plain_shape(term: Value) -> Value:
    """A number spread over a temporary is spread over what gave that its shape."""
    op = term.op
    if op is not None and op.attrs.get("fn") == "s2sad.runtime.spread":
        like = shape_of(op.args[1])
        if len(op.args) == 2 and len(like) == 1:
            op.args[1] = like[0]
    return term


def shape_of(value: Value) -> list[Value]:
    """Values whose shapes broadcast to this one's: the plainest that there are."""
    if value.op is None or value.op.code in ("getitem", "getattr"):
        return [value]
    roots = roots_of(value)
    if roots and all(isinstance(r, Value) and r.name for r in roots):
        return sorted(roots, key=lambda r: r.name or "")
    return [value]


def _is(value: Value, number: int) -> bool:
    return isinstance(value, Const) and value.value == number


def _is_display(value: Value) -> bool:
    return value.op is not None and value.op.code in ("tuple", "list")


def _defined(block: Block) -> list[Value]:
    found = [v for b in blocks_within(block) for v in b.params]
    return found + [v for op in walk(block) for v in op.results]
