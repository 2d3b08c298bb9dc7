"""Python's builtins that are control flow or arithmetic in disguise.

`max(a, b)` is `b if b > a else a`: its derivative is that of the branch that Python
takes. A sum over a generator is a loop.
"""

from __future__ import annotations

from collections.abc import Callable

import gast

from s2sad.frontend.calls import Calls
from s2sad.frontend.scope import Binding
from s2sad.ir.core import Const, Value

Args = list[Value]
Keywords = dict[str, Value]
TOTAL = "$total"


class Builtins(Calls):
    """Calls of builtins that have a lowering of their own."""

    def library(self, binding: Binding, node: gast.Call) -> Value:
        if binding.path in ("sum", "math.fsum") and node.args:
            if isinstance(node.args[0], gast.GeneratorExp | gast.ListComp):
                return self.sum_of_each(node)
        return super().library(binding, node)

    def sum_of_each(self, node: gast.Call) -> Value:
        """`sum(e for v in x if c)` as a loop."""
        comprehension = node.args[0]
        start: gast.AST = gast.Constant(0, None)
        for other in [*node.args[1:], *(k.value for k in node.keywords)]:
            start = other

        def at(new: gast.AST) -> gast.AST:
            return gast.copy_location(new, node)

        total = f"{TOTAL}{len(self.active)}_{node.lineno}_{node.col_offset}"
        load = at(gast.Name(total, gast.Load(), None, None))
        store = at(gast.Name(total, gast.Store(), None, None))
        step = at(gast.BinOp(load, gast.Add(), comprehension.elt))
        body: gast.AST = at(gast.Assign([store], step, None))
        targets = []
        for clause in reversed(comprehension.generators):
            if clause.is_async:
                self.frame.refuse(node, "an async generator is not supported")
            for test in reversed(clause.ifs):
                body = at(gast.If(test, [body], []))
            body = at(gast.For(clause.target, clause.iter, [body], [], None))
            targets += [
                n.id for n in gast.walk(clause.target) if isinstance(n, gast.Name)
            ]
        hidden = {n: self.frame.env.pop(n) for n in targets if n in self.frame.env}
        for name, value in hidden.items():  # visible to the first iterable only
            self.frame.env[name] = value
        self.statements([at(gast.Assign([store], start, None)), body])
        result = self.frame.env.pop(total)
        for name in targets:
            self.frame.env.pop(name, None)
        self.frame.env.update(hidden)
        return result

    def only(self, keywords: Keywords, node: gast.AST) -> None:
        for name in keywords:
            self.frame.refuse(node, f"the keyword {name}= is not supported here")

    def items_of(self, args: Args) -> Args | None:
        """The values that a call ranges over, where they are listed."""
        if len(args) > 1:
            return args
        made = args[0].op
        return list(made.args) if made and made.code in ("tuple", "list") else None

    def call_max(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        return self.extreme("gt", "numpy.argmax", args, keywords, node)

    def call_min(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        return self.extreme("lt", "numpy.argmin", args, keywords, node)

    def extreme(
        self, code: str, place: str, args: Args, keywords: Keywords, node: gast.AST
    ) -> Value:
        self.only(keywords, node)
        values = self.items_of(args)
        if values is None:
            where = self.b.emit("call", args[0], fn=place, kw=())
            return self.b.emit("getitem", args[0], where)
        if not values:
            self.frame.refuse(node, "max() or min() of nothing")
        best = values[0]
        for value in values[1:]:
            test = self.b.emit(code, value, best)
            best = self.choose(test, _giving(value), _giving(best))
        return best

    def call_sum(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        start = keywords.pop("start", None) or (args[1] if len(args) > 1 else None)
        self.only(keywords, node)
        values = self.items_of(args[:1])
        if values is None:
            total = self.b.emit("call", args[0], Const(0), fn="numpy.sum", kw=("axis",))
            return total if start is None else self.b.emit("add", start, total)
        total = start or Const(0)
        for value in values:
            zero = isinstance(total, Const) and total.value == 0
            total = value if zero else self.b.emit("add", total, value)
        return total

    def call_divmod(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        self.only(keywords, node)
        parts = [self.b.emit(code, *args) for code in ("floordiv", "mod")]
        return self.b.emit("tuple", *parts)

    def call_pow(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        self.only(keywords, node)
        if len(args) != 2:
            self.frame.refuse(node, "pow() with a modulus is not supported")
        return self.b.emit("pow", *args)

    def call_slice(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        self.only(keywords, node)
        none = Const(None)
        parts = [none, *args] if len(args) == 1 else list(args)
        return self.b.emit("slice", *parts, *[none] * (3 - len(parts)))


def _giving(value: Value) -> Callable[[], Value]:
    return lambda: value
