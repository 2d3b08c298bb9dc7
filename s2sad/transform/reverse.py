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

from collections.abc import Iterator
from typing import Any

from s2sad.analysis.activity import OPERATORS
from s2sad.errors import NoRuleError, UnsupportedError
from s2sad.frontend.source import FunctionSource
from s2sad.ir.builder import Builder
from s2sad.ir.core import Block, Coined, Const, Op, Value
from s2sad.ir.infer import is_complex, roots_of
from s2sad.rules import registry
from s2sad.transform.adjoints import adjoint_type, zeros
from s2sad.transform.lists import Lists
from s2sad.transform.regions import Regions
from s2sad.transform.shadows import LISTS
from s2sad.transform.state import shape_of
from s2sad.transform.stores import Stores, has_numbers
from s2sad.transform.templates import inline

CHANGES = frozenset(
    [
        "setitem",
        "augitem",
        "addat",
        "additems",
        "take",
        "push",
        "pop",
        "popat",
        "insert",
        "delitem",
    ]
)
CONTAINERS = frozenset({"list", "tuple", "dict"})
#: Functions that take one of their arguments and leave the others.
CHOICES = frozenset(
    f"numpy.{n}" for n in ("where", "maximum", "minimum", "clip", "fmax", "fmin")
)
#: Functions with an infinite or undefined partial somewhere.
SINGULAR = frozenset(
    f"{module}.{name}"
    for module, names in (
        ("numpy", ("sqrt", "cbrt", "log", "log2", "log10", "log1p", "divide", "exp")),
        ("numpy", ("reciprocal", "power", "float_power", "arcsin", "arccos", "sinh")),
        ("numpy", ("arccosh", "arctanh", "exp2", "expm1", "cosh")),
        ("operator", ("div", "pow")),
    )
    for name in names
)


class Reverse(Stores, Lists, Regions):
    """Builds the reverse sweep of one function."""

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
        self.begin_lists(block, b)
        for op in reversed(block.ops):
            b.origin = op.origin
            self.op(op, b)

    def op(self, op: Op, b: Builder) -> None:
        if op in self.shadows.made:
            return  # the shadows' own changes: each adjoint undoes them itself
        code = op.code
        if code in OPERATORS:
            self.rule(op, f"operator.{code}", b)
        elif code == "call":
            self.call(op, b)
        elif code == "getitem":
            self.getitem(op, b)
        elif code in CHANGES:
            getattr(self, code)(op, b)
        elif code in ("tuple", "list", "dict"):
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

    def call(self, op: Op, b: Builder) -> None:
        if op.result in self.active and not self.adj.is_view(op.result):
            self.rule(op, op.attrs["fn"], b)

    def calluser(self, op: Op, b: Builder) -> None:
        """A call that stays a call: its reverse half, given what the other kept."""
        if op.result not in self.active:
            return
        g = self.adj.of(op.result, b)
        if g is None:
            return
        callee: FunctionSource = op.attrs["callee"]
        halves = ("_forward", "_reverse")
        if callee.path.startswith("<s2sad ") and callee.name.endswith(halves):
            raise UnsupportedError(
                "a second reverse sweep through a function that calls itself",
                at=op.origin.location if op.origin else None,
                hint="use forward mode once: hvp, jacobian(mode='forward')",
            )
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
        if op.result in self.parts:
            y, g = self.several(op, b)
        else:
            y, found = op.result, self.adj.of(op.result, b)
            if found is None:
                return
            g = found
        rule = registry.lookup(name)
        if op.result in self.adj.forward and name in LISTS:
            if not has_numbers(op.result):
                return  # other lists of the same arrays
        if rule is None:
            at = op.origin.location if op.origin else None
            raise NoRuleError(f"there is no derivative rule for {name}", at=at)
        bound = dict(zip(rule.parameters, op.args, strict=False))
        if op.code == "call":
            bound = registry.bind(op, rule)
        values = {"y": y, **bound, "g": g}  # a parameter may be called y
        if any(v.type.kind in CONTAINERS for v in op.args) and op.code != "call":
            raise UnsupportedError(
                "arithmetic on lists, tuples or dicts has no derivative here",
                at=op.origin.location if op.origin else None,
                hint="make arrays of them: np.array([...])",
                by_class=True,
            )
        if name in CHOICES or op.result in self.chosen:
            self.chosen.update(bound[p] for p in rule.differentiable)
        if name in SINGULAR and op.result in self.chosen:
            self.guard(values, name, b)
        if rule.alias and self.memory.is_mutated(op.result):
            if not op.attrs.get("copied"):
                self.refuse_alias(op)
        if op.code == "mul" and op.args[0] is op.args[1] and op.result not in self.wide:
            double = b.emit("mul", Const(2.0), g)
            self.adj.add(op.args[0], b.emit("mul", double, op.args[0]), b)
            return
        assert rule.definition is None, f"{name} was to be written out"
        if not rule.differentiable:
            return  # only the memory that it makes is active: something is stored there
        for parameter in set(bound) - {*rule.differentiable, *rule.flat}:
            if bound[parameter] in self.active and not rule.variadic:
                raise UnsupportedError(
                    f"the rule of {name} has no derivative in its argument {parameter}",
                    at=op.origin.location if op.origin else None,
                )
        if rule.partials and op.code == "call":
            for key, value in bound.items():
                if value.type.kind == "list":  # np.maximum([a, b], c)
                    values[key] = b.call("numpy.array", value)
        for parameter, partial in rule.partials.items():
            if bound[parameter] in self.active:
                term = inline(partial, b, values)
                term = self.unbroadcast(term, bound[parameter], op.result, b)
                self.adj.add(bound[parameter], term, b)
        for parameter, template in _each(rule, bound, values, b):
            if bound[parameter] in self.active:
                before = len(b.block.ops)
                term = _plain_shape(inline(template, b, values))
                if term.op in b.block.ops[before:]:  # made here, not handed through
                    term.type = adjoint_type(bound[parameter])
                self.adj.add(bound[parameter], term, b)

    def several(self, op: Op, b: Builder) -> tuple[Value, Value]:
        """The results of a call and their adjoints, None for those not used."""
        assert op.block is not None
        count = len(op.result.type.items or ())
        results: list[Value] = [Const(None)] * count
        for other in op.block.ops:
            if other.code == "getitem" and other.args[0] is op.result:
                results[other.args[1].value] = other.result  # type: ignore[attr-defined]
        parts = self.parts[op.result]
        adjoints = [parts.get(k, Const(None)) for k in range(count)]
        for k, value in enumerate(results):
            if isinstance(value, Const):  # the primal has no use for it, a rule may
                results[k] = b.emit("getitem", op.result, Const(k))
        return b.emit("tuple", *results), b.emit("tuple", *adjoints)

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

    def unbroadcast(
        self, term: Value, value: Value, result: Value, b: Builder
    ) -> Value:
        """Sum a contribution over the axes that the value was broadcast along."""
        if is_complex(result) and not is_complex(value):
            return self.shaped(term, value, b)  # the real part of it
        if result not in self.wide and (
            result.type.is_scalar or roots_of(value) == roots_of(result)
        ):
            return term
        return self.narrowed(term, value, b)

    def display(self, op: Op, b: Builder) -> None:
        if op.result not in self.active:
            return
        g = self.adj.of(op.result, b)
        if g is None:
            return
        rows = [(Const(k), v) for k, v in enumerate(op.args)]
        if op.code == "dict":
            rows = list(zip(op.args[::2], op.args[1::2], strict=True))  # type: ignore[arg-type]
        for key, value in rows:
            if op.result in self.adj.forward and value in self.adj.forward:
                continue  # one shadow
            if value in self.active:
                part = b.emit("getitem", g, key, type=adjoint_type(value))
                self.hand_over(value, part, b, op)

    def getattr(self, op: Op, b: Builder) -> None:
        if op.result not in self.active or self.adj.is_view(op.result):
            return
        g = self.adj.of(op.result, b)
        if g is None:
            return
        if op.attrs["attr"] == "real":
            self.adj.add(op.args[0], g, b)
            return
        shadow = self.adj.shadow(op.args[0], b)
        kind = op.result.type
        sure = op.args[0].type.kind == "object" and (
            kind.is_scalar or kind.kind == "array"
        )
        extra = [] if sure else [op.args[0]]
        b.effect("addattr", shadow, g, *extra, attr=op.attrs["attr"])


def _each(
    rule: registry.Rule, bound: dict[str, Value], values: dict[str, Value], b: Builder
) -> Iterator[tuple[str, Any]]:
    """Parameters with their adjoint functions; `*` stands for every operand."""
    for parameter, template in rule.adjoints.items():
        if parameter != "*":
            yield parameter, template
            continue
        values["args"] = b.emit("tuple", *bound.values())
        for k, name in enumerate(bound):
            values["k"] = Const(k)
            yield name, template


def _plain_shape(term: Value) -> Value:
    """A number spread over a temporary is spread over what gave that its shape."""
    op = term.op
    if op is not None and op.attrs.get("fn") == "s2sad.runtime.spread":
        like = shape_of(op.args[1])
        if len(op.args) == 2 and len(like) == 1:
            op.args[1] = like[0]
    return term
