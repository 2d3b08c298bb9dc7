"""Out of SSA: which values share a variable, and what each variable is called.

A loop's carried value is one variable: what it starts from, its value in the loop and
its value after it. Likewise what an `if` yields. Where two of these are alive at the
same time, they cannot share, and a copy is written. Names are the user's; a value that
would overwrite another one of the same name gets a number.
"""

from __future__ import annotations

import keyword

from s2sad.analysis.order import child, exclusive, of_one_while
from s2sad.emit.fold import Folding
from s2sad.errors import UnsupportedError
from s2sad.ir.core import Block, Coined, Const, Op, Undef, Value, enclosing, home, walk

LIMIT = 900
NEAR = 24


class Liveness:
    """Where values are defined and used, in the order in which they are written."""

    def __init__(self, body: Block, folding: Folding) -> None:
        self.folding = folding
        self.defined: dict[Value, int] = {}
        self.uses: dict[Value, list[tuple[int, Block]]] = {}
        self.block_of: dict[int, Block] = {}
        self.end_of: dict[Block, int] = {}
        self._count = 0
        self._visit(body)

    def _step(self, block: Block) -> int:
        self._count += 1
        self.block_of[self._count] = block
        return self._count

    def _visit(self, body: Block) -> None:
        stack: list[tuple[Block, int, Op | None]] = [(body, -1, None)]
        while stack:
            block, k, entered = stack.pop()
            if k == -1:
                at = self._step(block)
                for param in block.params:
                    self.defined.setdefault(param, at)
                k = 0
            if entered is not None:
                at = self._step(block)
                for value in entered.results:
                    self.defined[value] = at
            while k < len(block.ops):
                op = block.ops[k]
                k += 1
                if op.results and all(v in self.folding.folded for v in op.results):
                    continue
                args = op.args
                if op.code in ("for", "while"):
                    args = self._start(op, block)
                at = self._step(block)
                self._use(args, at, block)
                if op.blocks:
                    stack.append((block, k, op))
                    stack.extend((inner, -1, None) for inner in reversed(op.blocks))
                    break
                for value in op.results:
                    self.defined[value] = at
            else:
                at = self._step(block)
                self._use(block.results, at, block)
                if block.owner is not None and block is not block.owner.blocks[-1]:
                    if block.owner.code == "while":  # where the loop may be left
                        self._use(block.params, at, block)
                self.end_of[block] = at

    def _start(self, op: Op, block: Block) -> list[Value]:
        """What a loop carries gets its first values before the iterable is seen."""
        at = self._step(block)
        skip = 1 if op.code == "for" else 0
        self._use(op.args[skip:], at, block)
        for inner in op.blocks:
            for param in inner.params[len(inner.params) - len(op.results) :]:
                self.defined[param] = at
        return op.args[:skip]

    def span(self, value: Value) -> tuple[int, int]:
        """From where a value is defined to the last place where it may be alive."""
        start = self.defined.get(value, 0)
        where = home(value)
        end = start
        for at, block in self.uses.get(value, ()):
            end = max(end, at)
            for b in enclosing(block):
                if b is where:
                    break
                if b.owner is not None and b.owner.code in ("for", "while"):
                    end = max(end, self.end_of[b.owner.blocks[-1]])
        return start, end

    def _use(self, values: list[Value], at: int, block: Block) -> None:
        pending = list(values)
        while pending:
            value = pending.pop()
            if value in self.folding.folded and value.op is not None:
                pending += value.op.args
                for inner in value.op.blocks:
                    pending += inner.results
                    for op in walk(inner):
                        pending += op.args
            elif not isinstance(value, Const | Undef):
                self.uses.setdefault(value, []).append((at, block))

    def interfere(self, a: Value, b: Value) -> bool:
        """Are both alive at once, so that they need two variables?"""
        if a is b:
            return False
        return self._live_at(a, b) or self._live_at(b, a)

    def _live_at(self, a: Value, b: Value) -> bool:
        """Is `a` still to be used just after `b` is defined?"""
        here = self.defined.get(b)
        start = self.defined.get(a)
        if here is None or start is None or start > here:
            return False
        if start == here:  # defined together: both alive if both are used
            return self._is_used(a) and self._is_used(b)
        block = self.block_of[here]
        return any(
            self._reaches(here, block, at, other, a)
            for at, other in self.uses.get(a, ())
        )

    def _is_used(self, value: Value) -> bool:
        """Is it used; or what a loop gives, that was not entered once?"""
        owner = value.block.owner if value.block is not None else None
        if self.uses.get(value) or owner is None or value.block is None:
            return bool(self.uses.get(value))
        if owner.code not in ("for", "while"):
            return False
        params = value.block.params
        k = params.index(value) - (len(params) - len(owner.results))
        return k >= 0 and bool(self.uses.get(owner.results[k]))

    def _reaches(
        self, here: int, block: Block, there: int, other: Block, value: Value
    ) -> bool:
        inner = set(enclosing(other))
        common = next(b for b in enclosing(block) if b in inner)
        if there > here and not exclusive(common, block, other):
            return True
        if of_one_while(child(common, block), child(common, other)):
            return True
        where = home(value)
        scope = set(enclosing(where)) if where is not None else set()
        return any(
            b not in scope
            for b in enclosing(common)
            if b.owner is not None and b.owner.code in ("for", "while")
        )


class Naming:
    """A variable's name for each value that is not folded away."""

    def __init__(
        self,
        body: Block,
        folding: Folding,
        fixed: dict[Value, str],
        users: set[str],
        taken: set[str],
    ) -> None:
        self.folding = folding
        self.live = Liveness(body, folding)
        self.parent: dict[Value, Value] = {}
        self.members: dict[Value, list[Value]] = {}
        self.fixed = fixed
        self.users = users
        self.taken = taken
        self.names: dict[Value, str] = {}
        #: who has a name: (last place alive, first place, group), and the last of all
        self.holders: dict[str, list[tuple[int, int, Value]]] = {}
        self.busy: dict[str, int] = {}
        self.latest: dict[str, int] = {}
        for op in walk(body):
            self._coalesce(op)
        for value, name in fixed.items():
            self._hold(self.find(value), name)
        for value in body.params:
            self._assign(value)
        for op in walk(body):
            for block in op.blocks:
                for value in block.params:
                    self._assign(value)
            for value in op.results:
                if value not in folding.folded:
                    self._assign(value)

    def name(self, value: Value) -> str:
        found = self.names.get(self.find(value))
        if found is None:
            raise UnsupportedError(
                "what becomes of an object in a loop here cannot be written",
                hint="use numbers and arrays under names of their own",
            )
        return found

    def share(self, a: Value, b: Value) -> bool:
        return self.find(a) is self.find(b)

    def find(self, value: Value) -> Value:
        while value in self.parent:
            value = self.parent[value]
        return value

    def _group(self, value: Value) -> list[Value]:
        return self.members.get(value, [value])

    def _unite(self, a: Value, b: Value) -> None:
        a, b = self.find(a), self.find(b)
        if a is b:
            return
        self.members[a] = self._group(a) + self._group(b)
        self.members.pop(b, None)
        self.parent[b] = a

    def _try(self, a: Value, b: Value) -> None:
        """Let two values share a variable, if their names and lives allow it."""
        if isinstance(b, Const | Undef) or b in self.folding.folded:
            return
        if a.name and b.name and (a.name, type(a.name)) != (b.name, type(b.name)):
            return
        x, y = self._group(self.find(a)), self._group(self.find(b))
        if len(x) * len(y) > LIMIT or self.find(a) is self.find(b):
            return
        if any(v in self.fixed for v in x) and any(v in self.fixed for v in y):
            return
        if not any(self.live.interfere(p, q) for p in x for q in y):
            self._unite(a, b)

    def _coalesce(self, op: Op) -> None:
        if op.code == "if":
            for k, result in enumerate(op.results):
                if result in self.folding.folded:
                    continue
                for block in op.blocks:
                    self._try(result, block.results[k])
        elif op.code in ("for", "while"):
            skip = 1 if op.code == "for" else 0
            body = op.blocks[-1]
            offset = 1 if op.attrs.get("stop") else 0
            for k, result in enumerate(op.results):
                for block in op.blocks:
                    start = len(block.params) - len(op.results)
                    self._unite(result, block.params[start + k])
                self._try(result, op.args[skip + k])
                self._try(result, body.results[offset + k])

    def _assign(self, value: Value) -> None:
        root = self.find(value)
        if root in self.names:
            return
        group = self._group(root)
        base = next((v.name for v in group if v.name), None)
        if base is None:
            base = self._temporary(group)
        if not isinstance(base, Coined):
            base = str(base)
        else:
            while base in self.users:
                base = Coined(base + "_")
        for candidate in self._candidates(base):
            if self._is_free(candidate, group):
                self._hold(root, candidate)
                return
        raise AssertionError("no name is free")

    def _span(self, group: list[Value]) -> tuple[int, int]:
        spans = [self.live.span(v) for v in group]
        return min(s for s, _ in spans), max(e for _, e in spans)

    def _is_free(self, name: str, group: list[Value]) -> bool:
        """May the group have this name? Where that would take long to say: no."""
        start, end = self._span(group)
        if self.busy.get(name, -1) < start:
            return True
        others = self.holders[name]
        if len(others) > NEAR:
            return False
        return not any(
            self.live.interfere(p, q)
            for last, first, other in others
            if first <= end and start <= last
            for q in self._group(other)
            for p in group
        )

    def _candidates(self, base: str):  # type: ignore[no-untyped-def]
        if base not in self.taken and not keyword.iskeyword(base):
            yield base
        last = self.latest.get(base, 1)
        for number in range(max(2, last - 1), last + 1):
            if f"{base}_{number}" not in self.taken:
                yield f"{base}_{number}"
        number = last
        while True:
            number += 1
            self.latest[base] = number
            if f"{base}_{number}" not in self.taken:
                yield f"{base}_{number}"

    def _temporary(self, group: list[Value]) -> str:
        counts = any(v.type.kind == "int" and v.block for v in group)
        choices = ("i", "k", "index") if counts else ("t", "v", "tmp")
        return Coined(next((c for c in choices if c not in self.users), choices[-1]))

    def _hold(self, root: Value, name: str) -> None:
        self.names[root] = name
        start, end = self._span(self._group(root))
        self.holders.setdefault(name, []).append((end, start, root))
        self.busy[name] = max(self.busy.get(name, -1), end)
