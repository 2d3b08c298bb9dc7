"""Forward mode: beside each operation, the tangents of its results.

The transformation walks the function once, in its own order, and puts the tangent of
an operation next to it:

    y = f(a, b)      dy = da * df/da + db * df/db
    v = y[i]         dv = dy[i]
    y[i] = v         dy[i] = dv
    xs.append(x)     dxs.append(dx)
    if c: ...        the branch yields tangents with its values
    for ...: ...     the loop carries them

A tangent that is zero everywhere is not written down until something needs it: where
branches meet, where a loop starts, in a list. An array that is changed in place has a
tangent array that is changed with it, made where the array is made; a view of the one
has for its tangent the same view of the other, so aliases are right by construction.

Griewank and Walther, Evaluating Derivatives (2008), section 3.1.
"""

from __future__ import annotations

import inspect
from typing import Any, NoReturn

from s2sad.analysis.activity import OPERATORS
from s2sad.analysis.memory import STRUCTURE
from s2sad.errors import NoRuleError, UnsupportedError
from s2sad.ir.builder import Builder
from s2sad.ir.core import Block, Const, Op, Value
from s2sad.ir.infer import roots_of
from s2sad.rules import registry
from s2sad.rules.registry import Rule
from s2sad.transform.adjoints import adjoint_type
from s2sad.transform.tangent_memory import TangentMemory
from s2sad.transform.tangent_regions import TangentRegions
from s2sad.transform.templates import inline

CONTAINERS = frozenset({"list", "tuple", "dict"})
#: What is noted of a primal operation and does not hold of its tangent.
NOTES = frozenset({"fact", "type", "view", "copied"})


class Tangents(TangentMemory, TangentRegions):
    """Puts tangents beside the operations of one function."""

    def run(self, seeds: list[dict[Value, Value]]) -> list[Value]:
        """Transform the function; return the tangents of its result, one a direction.

        `seeds` gives, for each direction, the tangents of the parameters.
        """
        for k, seed in self.each(seeds):
            self.known[k].update(seed)
        body = self.function.body
        self.block(body)
        return [self.full(body.results[0], Builder(body)) for _ in self.directions()]

    def block(self, block: Block) -> None:
        ops, block.ops = block.ops, []
        b = Builder(block)
        for op in ops:
            b.origin = op.origin
            self.op(op, b)

    def op(self, op: Op, b: Builder) -> None:
        code = op.code
        if code in ("if", "for", "while", "calluser"):
            getattr(self, f"{code}_")(op, b)
            return
        if code == "augitem":  # its tangent needs what it is about to overwrite
            for _ in self.directions():
                self.augitem(op, b)
            b.append(op)
            return
        b.append(op)
        for _ in self.directions():
            self.beside(op, b)

    def beside(self, op: Op, b: Builder) -> None:
        """Append the tangent of an operation, in the current direction."""
        code = op.code
        if code in OPERATORS:
            self.rule(op, f"operator.{code}", b)
        elif code == "call":
            self.rule(op, op.attrs["fn"], b)
        elif code in ("setitem", "addat", "getitem", "getattr", "take"):
            getattr(self, code)(op, b)
        elif code in STRUCTURE or code in ("additems", "addattr"):
            self.same_change(op, b)
        elif code in CONTAINERS:
            self.display(op, b)
        elif any(v in self.active for v in op.results):
            raise UnsupportedError(
                f"no derivative of {code}", at=op.origin.location if op.origin else None
            )

    def rule(self, op: Op, name: str, b: Builder) -> None:
        """The tangent of an operation that has a derivative rule."""
        result = op.result
        if result not in self.active:
            return
        rule = registry.lookup(name)
        if op.code != "call" and any(v.type.kind in CONTAINERS for v in op.args):
            raise UnsupportedError(
                "arithmetic on lists, tuples or dicts has no derivative here",
                at=op.origin.location if op.origin else None,
                hint="make arrays of them: np.array([...])",
            )
        if rule is None and all(self.of(v) is None for v in op.args):
            self.untouched(result, b)
            return
        if rule is None and name == "list":
            same = b.emit("call", self.full(op.args[0], b), fn="list", kw=())
            self.assign(result, same, b, made=b.block.ops[-1:])
            return
        if rule is None:
            at = op.origin.location if op.origin else None
            raise NoRuleError(f"there is no derivative rule for {name}", at=at)
        bound = dict(zip(rule.parameters, op.args, strict=False))
        if op.code == "call":
            bound = registry.bind(op, rule)
        elif any(v.type.kind in CONTAINERS for v in op.args):
            self.container_arithmetic(op, b)
            return
        self.refuse_varying(op, rule, bound)
        given = {}
        for parameter in bound if "*" in rule.differentiable else rule.differentiable:
            tangent = self.of(bound[parameter])
            if tangent is not None:
                given[parameter] = tangent
        if not given:
            self.untouched(result, b)
            return
        if rule.alias and self.memory.is_mutated(result) and not _is_settled(op):
            self.refuse_alias(op)
        before = len(b.block.ops)
        total = self.total(op, rule, bound, given, b)
        made = b.block.ops[before:]
        if rule.partials:
            total = self.laid_over(total, result, b)
        self.assign(result, total, b, made=made, last=bool(rule.alias))
        if op.attrs.get("view"):
            b.effect("check", total, given[rule.parameters[0]], fn="require_view")

    def total(
        self,
        op: Op,
        rule: Rule,
        bound: dict[str, Value],
        given: dict[str, Value],
        b: Builder,
    ) -> Value:
        """The sum of what each argument contributes."""
        if op.code == "mul" and op.args[0] is op.args[1]:
            double = b.emit("mul", Const(2.0), op.args[0])
            return b.emit("mul", double, self.numeric(given[rule.parameters[0]], b))
        if rule.linear:
            named = {
                p: self.full(bound[p], b)
                for p in (bound if "*" in rule.linear else rule.linear)
                if p in bound and bound[p].type.kind != "none"
            }
            return self.applied(op, bound, named, b)
        total: Value | None = None
        for parameter, tangent in given.items():
            if parameter in rule.multilinear:
                term = self.each_factor(op, bound, parameter, tangent, b)
            else:
                term = self.contribution(op, rule, parameter, bound, tangent, b)
            total = term if total is None else _sum(total, term, b)
        assert total is not None
        return total

    def each_factor(
        self, op: Op, bound: dict[str, Value], name: str, tangent: Value, b: Builder
    ) -> Value:
        """The operation with a tangent for an argument, or for one item of a list."""
        made = bound[name].op
        if made is None or made.code not in ("list", "tuple") or op.code != "call":
            return self.applied(op, bound, {name: tangent}, b)
        factors = registry.find(op)
        if factors is None or name not in factors.listed:
            return self.applied(op, bound, {name: tangent}, b)
        total: Value | None = None
        for k, factor in enumerate(made.args):
            part = self.of(factor)
            if part is None:
                continue
            row = b.emit(made.code, *made.args[:k], part, *made.args[k + 1 :])
            term = self.applied(op, bound, {name: row}, b)
            total = term if total is None else b.emit("add", total, term)
        assert total is not None
        return total

    def contribution(
        self,
        op: Op,
        rule: Rule,
        parameter: str,
        bound: dict[str, Value],
        tangent: Value,
        b: Builder,
    ) -> Value:
        """What the tangent of one argument contributes, by the rule for that."""
        g = tangent if parameter in rule.listed else self.numeric(tangent, b)
        values = {**bound, "g": g, "y": op.result}
        template = rule.tangents.get(parameter) or rule.partials.get(parameter)
        if template is None:
            self.refuse_forward(op, rule)
        if rule.partials:
            arrays = {p: self.numeric(v, b) for p, v in bound.items()}
            values = {**arrays, "g": values["g"], "y": op.result}
        others = {p: v for p, v in bound.items() if p != parameter}
        self.refuse_ignored(op, rule, template, others)
        before = len(b.block.ops)
        term = inline(template, b, values)
        if rule.result != "elementwise" and parameter not in rule.partials:
            if term.op in b.block.ops[before:]:
                term.type = adjoint_type(op.result)
        return term

    def refuse_varying(self, op: Op, rule: Rule, bound: dict[str, Value]) -> None:
        """Refuse an argument that varies, and that the rule has no derivative in."""
        if rule.variadic or not rule.differentiable:
            return
        for parameter in set(bound) - {*rule.differentiable, *rule.flat}:
            if self.of(bound[parameter]) is not None:
                raise UnsupportedError(
                    f"the rule of {rule.name} has no derivative in its argument"
                    f" {parameter}",
                    at=op.origin.location if op.origin else None,
                )

    def refuse_forward(self, op: Op, rule: Rule) -> NoReturn:
        """Reverse mode has a rule, and forward mode not."""
        raise NoRuleError(
            f"there is no forward rule for {rule.name}",
            at=op.origin.location if op.origin else None,
            hint="reverse mode has one: grad, vjp",
        )

    def refuse_ignored(
        self, op: Op, rule: Rule, template: Any, bound: dict[str, Value]
    ) -> None:
        """Refuse an option that the forward rule does not look at."""
        if isinstance(template, str) or template in rule.partials.values():
            return
        named = inspect.signature(template).parameters
        for parameter, default in rule.defaults.items():
            if parameter in named or parameter not in bound or _harmless(parameter):
                continue
            value = bound[parameter]
            if isinstance(value, Const) and value.value is default:
                continue
            raise NoRuleError(
                f"the forward rule of {rule.name} does not handle {parameter}=",
                at=op.origin.location if op.origin else None,
                hint="reverse mode does: grad, vjp",
            )

    def applied(
        self, op: Op, bound: dict[str, Value], named: dict[str, Value], b: Builder
    ) -> Value:
        """The same operation, with tangents in the place of some arguments."""
        if op.code != "call":
            rule = registry.lookup(f"operator.{op.code}")
            assert rule is not None
            args = [named.get(p, bound[p]) for p in rule.parameters]
            return b.emit(op.code, *args, type=adjoint_type(op.result))
        kw = op.attrs.get("kw", ())
        rule = registry.find(op)
        assert rule is not None
        count = len(op.args) - len(kw)
        names = tuple(bound) if rule.variadic else rule.parameters
        args = [
            named.get(p, v) for p, v in zip((*names[:count], *kw), op.args, strict=True)
        ]
        attrs = {k: v for k, v in op.attrs.items() if k not in NOTES}
        first = args[0].type.kind == "array" or op.attrs["fn"].startswith("s2sad.")
        if "method" in attrs and not first:
            del attrs["method"]  # of a tangent that may be a Python float
        return b.emit("call", *args, type=adjoint_type(op.result), **attrs)

    def laid_over(self, total: Value, result: Value, b: Builder) -> Value:
        """A tangent in the shape of its value, where broadcasting gave that more."""
        if result.type.is_scalar or roots_of(total) == roots_of(result):
            return total
        if total.op is not None and total.op.code in CONTAINERS:
            return total
        return b.call("s2sad.runtime.spread", total, result)

    def numeric(self, tangent: Value, b: Builder) -> Value:
        """The tangent of a list of numbers as the array that arithmetic makes of it."""
        if tangent.type.kind in CONTAINERS:
            return b.call("numpy.asarray", tangent)
        return tangent

    def container_arithmetic(self, op: Op, b: Builder) -> None:
        """`[x] + [y]` and `[x] * n` do the same to the lists of tangents."""
        left, right = op.args
        kinds = (left.type.kind, right.type.kind)
        if op.code == "add" and kinds[0] == kinds[1]:
            parts = [self.full(left, b), self.full(right, b)]
        elif op.code == "mul" and kinds[1] == "int":
            parts = [self.full(left, b), right]
        else:
            raise UnsupportedError(
                "arithmetic on lists, tuples or dicts has no derivative here",
                at=op.origin.location if op.origin else None,
                hint="make arrays of them: np.array([...])",
                by_class=True,
            )
        self.assign(op.result, b.emit(op.code, *parts), b, made=[])

    def refuse_alias(self, op: Op) -> None:
        """`v = u.reshape(...)` may be a view of u or a copy, and so may its tangent."""
        raise UnsupportedError(
            f"{op.attrs['fn']} gives a view or a copy, and what it was given is"
            " changed in place",
            at=op.origin.location if op.origin else None,
            hint="take a copy first: np.copy(...)",
        )


def _harmless(parameter: str) -> bool:
    """An option of how to compute, not of what."""
    return parameter.startswith("overwrite_") or parameter in registry.HOW


def _sum(left: Value, right: Value, b: Builder) -> Value:
    """The sum of two tangents; part by part, if the function has several results."""
    if left.op is None or left.op.code != "tuple":
        return b.emit("add", left, right)
    assert right.op is not None
    pairs = zip(left.op.args, right.op.args, strict=True)
    return b.emit("tuple", *(b.emit("add", v, w) for v, w in pairs))


def _is_settled(op: Op) -> bool:
    """Is it known that the call gives a view, or that it does not matter?"""
    return bool(op.attrs.get("view") or op.attrs.get("copied"))
