"""`break`, `continue` and early `return` as flags and guarded code, before SSA.

    while c:                         $stop = False
        if a: continue      ==>      while c:                     # ends on $stop
        if b: break                      if a: pass
        work()                           elif b: $stop = True
                                         else: work()

What follows an `if` that always exits moves into its other branch; only where one may
exit in the middle does a flag guard the rest. One exit is left: `$ret` at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import gast

RETURN = "$ret"
DONE = "$done"

Body = list[gast.AST]


@dataclass
class _Region:
    """A function's or a loop's body: what an exit leaves."""

    number: int
    loop: bool
    skips: bool = False
    stops: bool = False

    @property
    def skip(self) -> str:
        return f"$skip{self.number}"

    @property
    def stop(self) -> str:
        return f"$stop{self.number}"


@dataclass
class _Rewriter:
    count: int = 0
    done: bool = False
    #: is there a `finally` with an exit of its own?
    overrides: bool = False
    #: `while` tests that change something, by place
    tests: frozenset[tuple[int, int]] = frozenset()
    regions: list[_Region] = field(default_factory=list)

    def region(self, body: Body, loop: bool) -> tuple[Body, _Region]:
        region = _Region(self.count, loop)
        self.count += 1
        self.regions.append(region)
        new = self.sequence(body)
        self.regions.pop()
        if region.skips:
            new = [_assign(region.skip, False, body[0]), *new]
        return new, region

    def sequence(self, body: Body) -> Body:
        """Rewrite statements that are followed by the end of their region."""
        new: Body = []
        for k, node in enumerate(body):
            if isinstance(node, gast.Return | gast.Break | gast.Continue):
                return new + self.exit(node)
            if isinstance(node, gast.Raise):
                return [*new, node]
            if isinstance(node, gast.For | gast.While):
                orelse = [] if self.moves(node) else list(node.orelse)
                new += self.loop(node)
                follow = list(orelse)
                if has_return(node.body):
                    leave = gast.Return(value=None)
                    leave.propagates = True
                    check = gast.If(_name(DONE, node), [leave], [])
                    follow = [gast.copy_location(check, node)]
                    if orelse:
                        follow += self.otherwise(node)
                elif orelse and has_break(node.body):
                    follow = self.otherwise(node)
                if follow:
                    return new + self.sequence(follow + body[k + 1 :])
            elif isinstance(node, gast.If) and may_exit([node]):
                return new + self.branch(node, body[k + 1 :])
            elif isinstance(node, gast.With) and may_exit(node.body):
                inner = gast.copy_location(
                    gast.With(node.items, self.sequence(node.body), None), node
                )
                return [*new, inner, *self.guarded(body[k + 1 :], node)]
            elif isinstance(node, gast.Try):
                new += self.attempt(node)
                if may_exit([node]):
                    return [*new, *self.guarded(body[k + 1 :], node)]
            elif isinstance(node, gast.Match):
                cases = []
                for case in node.cases:
                    inside = self.sequence(case.body)
                    cases.append(gast.match_case(case.pattern, case.guard, inside))
                new.append(gast.copy_location(gast.Match(node.subject, cases), node))
                if may_exit([node]):
                    return [*new, *self.guarded(body[k + 1 :], node)]
            elif isinstance(node, gast.If):
                then, other = self.sequence(node.body), self.sequence(node.orelse)
                new.append(gast.copy_location(gast.If(node.test, then, other), node))
            elif isinstance(node, gast.With):
                inside = self.sequence(node.body)
                whole = gast.With(node.items, inside, None)
                new.append(gast.copy_location(whole, node))
            else:
                new.append(node)
        return new

    def attempt(self, node: gast.Try) -> Body:
        """A `try`: what its body leaves early, its `else` does not follow."""
        body = self.sequence(node.body)
        other = node.orelse
        if may_exit(node.body) and other:
            other = self.guarded(other, node)
        else:
            other = self.sequence(other)
        handlers = [
            gast.copy_location(
                gast.ExceptHandler(h.type, h.name, self.sequence(h.body)), h
            )
            for h in node.handlers
        ]
        last = self.sequence(node.finalbody)
        new = gast.copy_location(gast.Try(body, handlers, other, last), node)
        if may_exit(node.finalbody) and not _only_raises(node.finalbody):
            new.finalbody = self.overriding(last, node)
            new.over = f"$over{node.lineno}_{node.col_offset}"
        return [new]

    def overriding(self, last: Body, node: gast.AST) -> Body:
        """A `finally` with an exit of its own, which puts an end to any other.

        earlier = $skip; $skip = False; ...; over = $skip
        if not over: $skip = earlier
        """
        region = self.regions[-1]
        region.skips = self.overrides = True
        if region.loop:
            region.stops = self.done = True
        flags = [region.skip, *([region.stop, DONE] if region.loop else []), RETURN]
        place = f"{node.lineno}_{node.col_offset}"
        known = [f for f in flags if f != RETURN]
        earlier = {f: f"$earlier{place}{f}" for f in flags}
        start = [_assign(earlier[f], _name(f, node), node) for f in flags]
        start += [_assign(f, False, node) for f in known]
        over = f"$over{place}"
        end = [_assign(f, _name(earlier[f], node), node) for f in flags]
        test = gast.UnaryOp(gast.Not(), _name(over, node))
        test = gast.copy_location(test, node)
        restore = gast.copy_location(gast.If(test, end, []), node)
        return [*start, *last, _assign(over, _name(region.skip, node), node), restore]

    def otherwise(self, node: gast.AST) -> Body:
        test = gast.UnaryOp(gast.Not(), _name(f"$stop{node.number}", node))
        guard = gast.If(test, node.orelse, [])
        return [gast.copy_location(guard, node)]

    def branch(self, node: gast.If, rest: Body) -> Body:
        body, other = list(node.body), list(node.orelse)
        if always_exits(body) and always_exits(other):
            rest = []
        elif always_exits(body):
            other, rest = other + rest, []
        elif always_exits(other):
            body, rest = body + rest, []
        new = gast.If(node.test, self.sequence(body), self.sequence(other))
        new = gast.copy_location(new, node)
        return [new, *self.guarded(rest, node)]

    def guarded(self, rest: Body, node: gast.AST) -> Body:
        if not rest:
            return []
        region = self.regions[-1]
        region.skips = True
        test = gast.UnaryOp(gast.Not(), _name(region.skip, node))
        return [gast.copy_location(gast.If(test, self.sequence(rest), []), node)]

    def exit(self, node: gast.AST) -> Body:
        region = self.regions[-1]
        new: Body = []
        if isinstance(node, gast.Return) and not hasattr(node, "propagates"):
            value = node.value or gast.Constant(None, None)
            new.append(_assign(RETURN, value, node))
            if region.loop:
                self.done = True
                new.append(_assign(DONE, True, node))
        if region.loop and not isinstance(node, gast.Continue):
            region.stops = True
            new.append(_assign(region.stop, True, node))
        new.append(_assign(region.skip, True, node))
        return new

    def loop(self, node: gast.AST) -> Body:
        node.number = self.count
        if isinstance(node, gast.While) and self.moves(node):
            return self.tested_inside(node)
        body, region = self.region(node.body, True)
        if isinstance(node, gast.For):
            new = gast.For(node.target, node.iter, body, [], None)
        else:
            new = gast.While(node.test, body, [])
        gast.copy_location(new, node)
        if not region.stops:
            return [new]
        new.stop = region.stop
        return [_assign(region.stop, False, node), new]

    def moves(self, node: gast.AST) -> bool:
        """Does the test assign a variable, or change what a loop carries?"""
        if not isinstance(node, gast.While) or isinstance(node.test, gast.Constant):
            return False
        walrus = any(isinstance(n, gast.NamedExpr) for n in gast.walk(node.test))
        return walrus or (node.lineno, node.col_offset) in self.tests

    def tested_inside(self, node: gast.While) -> Body:
        """`while (x := f(x)) > 0: ...` as `while True: if not ...: break; ...`"""
        leave = gast.copy_location(gast.Break(), node)
        negated = gast.copy_location(gast.UnaryOp(gast.Not(), node.test), node)
        test = gast.copy_location(gast.If(negated, [leave], []), node)
        always = gast.copy_location(gast.Constant(True, None), node)
        before: Body = []
        after: Body = []
        if node.orelse:
            flag = f"$else{self.count}"
            before = [_assign(flag, False, node)]
            test.body = [_assign(flag, True, node), leave]
            other = gast.If(_name(flag, node), node.orelse, [])
            after = self.sequence([gast.copy_location(other, node)])
        loop = gast.While(always, [test, *node.body], [])
        return [*before, *self.loop(gast.copy_location(loop, node)), *after]


def structured(body: Body, tests: frozenset[tuple[int, int]] = frozenset()) -> Body:
    """A function body in which every statement runs to its end."""
    rewriter = _Rewriter(tests=tests)
    new, _ = rewriter.region(body, False)
    if rewriter.overrides or (not always_exits(body) and has_return(body)):
        new = [_assign(RETURN, None, body[0]), *new]  # what Python returns at the end
    return [_assign(DONE, False, body[0]), *new] if rewriter.done else new


def _name(name: str, at: gast.AST, store: bool = False) -> gast.Name:
    context = gast.Store() if store else gast.Load()
    return gast.copy_location(gast.Name(name, context, None, None), at)


def _assign(name: str, value: object, at: gast.AST) -> gast.Assign:
    if not isinstance(value, gast.AST):
        value = gast.copy_location(gast.Constant(value, None), at)
    new = gast.Assign([_name(name, at, True)], value, None)
    return gast.copy_location(new, at)


def always_exits(body: Body) -> bool:
    """Does control never reach the end of these statements?"""
    for node in body:
        if isinstance(node, gast.Return | gast.Break | gast.Continue | gast.Raise):
            return True
        if isinstance(node, gast.If) and node.orelse:
            if always_exits(node.body) and always_exits(node.orelse):
                return True
        if isinstance(node, gast.With) and always_exits(node.body):
            return not _suppresses(node)
    return False


def _suppresses(node: gast.With) -> bool:
    """May a `with` go on after an exception, or after what it holds?"""
    return any("suppress" in ast_text(item.context_expr) for item in node.items)


def ast_text(node: gast.AST) -> str:
    return " ".join(
        str(getattr(n, "id", getattr(n, "attr", ""))) for n in gast.walk(node)
    )


def may_exit(body: Body) -> bool:
    """Is there an exit of the region that these statements stand in?"""
    for node in body:
        if isinstance(node, gast.Return | gast.Break | gast.Continue | gast.Raise):
            return True
        if isinstance(node, gast.If) and (may_exit(node.body) or may_exit(node.orelse)):
            return True
        if isinstance(node, gast.With) and may_exit(node.body):
            return True
        if isinstance(node, gast.Match) and any(may_exit(c.body) for c in node.cases):
            return True
        if isinstance(node, gast.Try) and (
            may_exit(node.body) or may_exit(node.orelse) or may_exit(node.finalbody)
            or any(may_exit(h.body) for h in node.handlers)
        ):  # fmt: skip
            return True
        if isinstance(node, gast.For | gast.While) and (
            has_return(node.body) or may_exit(node.orelse)
        ):
            return True
    return False


def _only_raises(body: Body) -> bool:
    """Is every exit of these statements an exception?"""
    exits = (gast.Return, gast.Break, gast.Continue)
    return not any(isinstance(n, exits) for n in _own(body, into_loops=True))


def has_return(body: Body) -> bool:
    return any(isinstance(n, gast.Return) for n in _own(body, into_loops=True))


def has_break(body: Body) -> bool:
    return any(
        isinstance(n, gast.Break) for n in _own(body, into_loops=False)
    ) or has_return(body)


def _own(body: Body, into_loops: bool) -> Body:
    """Statements inside these, not those of nested functions."""
    found: Body = []
    stack = list(body)
    while stack:
        node = stack.pop()
        found.append(node)
        if isinstance(node, gast.FunctionDef | gast.ClassDef):
            continue
        if isinstance(node, gast.For | gast.While) and not into_loops:
            stack += node.orelse
            continue
        for field_name in ("body", "orelse", "finalbody"):
            stack += getattr(node, field_name, None) or []
        for handler in getattr(node, "handlers", None) or []:
            stack += handler.body
        for case in getattr(node, "cases", None) or []:
            stack += case.body
    return found
