"""Comprehensions and generators as loops that fill a list.

    [e * e for e in x if e > 0]      made = []
                                     for e in x:
                                         if e > 0: made.append(e * e)

A generator that is consumed on the spot is the list of what it yields.
"""

from __future__ import annotations

from collections.abc import Callable

import gast

from s2sad.frontend.patterns import Patterns
from s2sad.ir.core import Value


class Comprehensions(Patterns):
    """The part of the lowering that knows comprehensions."""

    def expr_ListComp(self, node: gast.ListComp) -> Value:
        return self.collected(node, node.elt)

    def expr_GeneratorExp(self, node: gast.GeneratorExp) -> Value:
        return self.in_advance(lambda: self.collected(node, node.elt))

    def in_advance(self, run: Callable[[], Value]) -> Value:
        """Make items now that are asked for later, or at once."""
        ahead = self.ahead
        self.ahead = ahead or not self.eager
        try:
            return run()
        finally:
            self.ahead = ahead

    def expr_SetComp(self, node: gast.SetComp) -> Value:
        self.refuse(node, "a set comprehension is not supported")

    def expr_DictComp(self, node: gast.DictComp) -> Value:
        target = self.hidden("made", node)
        key, value = node.key, node.value
        load = self.name_node(target, node)
        store = gast.Subscript(load, key, gast.Store())
        step = self.at(gast.Assign([self.at(store, node)], value, None), node)
        made = self.at(gast.Dict([], []), node)
        return self.run(node, step, target, made)

    def collected(self, node: gast.AST, element: gast.AST) -> Value:
        """The list that a comprehension makes."""
        target = self.hidden("made", node)
        append = gast.Attribute(self.name_node(target, node), "append", gast.Load())
        call = gast.Call(self.at(append, node), [element], [])
        step = self.at(gast.Expr(self.at(call, node)), node)
        made = self.at(gast.List([], gast.Load()), node)
        return self.run(node, step, target, made)

    def total(self, node: gast.AST, element: gast.AST, start: gast.AST) -> Value:
        """The sum that `sum(e for ...)` makes, without a list."""
        target = self.hidden("total", node)
        load = self.name_node(target, node)
        store = self.name_node(target, node, gast.Store())
        step = self.at(gast.BinOp(load, gast.Add(), element), node)
        return self.run(
            node, self.at(gast.Assign([store], step, None), node), target, start
        )

    def hidden(self, what: str, node: gast.AST) -> str:
        return f"${what}{len(self.path)}_{node.lineno}_{node.col_offset}"

    def at(self, new: gast.AST, node: gast.AST) -> gast.AST:
        return gast.copy_location(new, node)

    def name_node(
        self, name: str, node: gast.AST, context: gast.AST | None = None
    ) -> gast.AST:
        return self.at(gast.Name(name, context or gast.Load(), None, None), node)

    def run(
        self, node: gast.AST, step: gast.AST, target: str, start: gast.AST
    ) -> Value:
        """Run a comprehension's loops; its own variables are gone afterwards."""
        body = step
        targets: list[str] = []
        for clause in reversed(node.generators):
            if clause.is_async:
                self.refuse(node, "an async comprehension is not supported")
            for test in reversed(clause.ifs):
                body = self.at(gast.If(test, [body], []), node)
            body = self.at(gast.For(clause.target, clause.iter, [body], [], None), node)
            targets += [
                n.id for n in gast.walk(clause.target) if isinstance(n, gast.Name)
            ]
        env = self.frame.env
        covered = {n: env[n] for n in targets if n in env}
        store = self.name_node(target, node, gast.Store())
        self.statements([self.at(gast.Assign([store], start, None), node), body])
        result = self.frame.env.pop(target)
        for name in targets:
            self.frame.env.pop(name, None)
        self.frame.env.update(covered)
        return result

    # -- generators -----------------------------------------------------------------

    def is_generator(self, function: gast.AST) -> bool:
        return not isinstance(function, gast.Lambda) and any(
            isinstance(n, gast.Yield | gast.YieldFrom) for n in _own(function.body)
        )

    def check_generator(self, function: gast.AST) -> None:
        """Refuse a generator that cannot be run to its end at once."""
        for inner in _own(function.body):
            if isinstance(inner, gast.While) and _is_true(inner.test):
                self.refuse(inner, "a generator that never ends is not supported")
            gives = isinstance(inner, gast.Yield | gast.YieldFrom)
            if gives and not _is_statement(function, inner):
                self.refuse(inner, "a yield that is given a value is not supported")
            if isinstance(inner, gast.Subscript | gast.Attribute) and isinstance(
                inner.ctx, gast.Store
            ):
                self.refuse(inner, "a generator that changes an array or object")

    def stmt_yield(self, value: Value, node: gast.AST) -> None:
        if YIELDED not in self.frame.env:
            self.refuse(node, "yield outside of a generator that is used at once")
        made = self.frame.env[YIELDED]
        self.push(made, value, node)

    def stmt_yield_from(self, source: Value, node: gast.AST) -> None:
        if YIELDED not in self.frame.env:
            self.refuse(node, "yield outside of a generator that is used at once")
        self.extend(self.frame.env[YIELDED], source, node)


YIELDED = "$yielded"


def _own(body: list[gast.AST]) -> list[gast.AST]:
    """Nodes of a function's body, not those of functions inside of it."""
    found: list[gast.AST] = []
    stack = list(body)
    while stack:
        node = stack.pop()
        found.append(node)
        if not isinstance(node, gast.FunctionDef | gast.Lambda | gast.ClassDef):
            stack.extend(gast.iter_child_nodes(node))
    return found


def _is_true(test: gast.AST) -> bool:
    return isinstance(test, gast.Constant) and bool(test.value)


def _is_statement(function: gast.AST, inner: gast.AST) -> bool:
    return any(
        isinstance(n, gast.Expr) and n.value is inner for n in _own(function.body)
    )
