"""Random statements: they change the scope as they change the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.expressions import Expressions
from fuzz.kinds import (
    FLOAT,
    GRID,
    INT,
    LIST,
    RECORD,
    Kind,
    dict_of,
    mat,
    tuple_of,
    vec,
)

if TYPE_CHECKING:
    from fuzz.generate import Program

#: statement -> the feature group that it belongs to, its weight within it
STATEMENTS: dict[str, tuple[str, float]] = {
    "new_float": ("scalars", 2.0),
    "set_float": ("scalars", 2.0),
    "augment_float": ("scalars", 2.0),
    "chained": ("scalars", 0.4),
    "swap": ("scalars", 0.5),
    "new_int": ("scalars", 0.5),
    "new_vec": ("arrays", 2.0),
    "set_vec": ("arrays", 1.0),
    "new_mat": ("matrices", 1.5),
    "write_element": ("writes", 2.0),
    "augment_element": ("writes", 1.5),
    "write_slice": ("writes", 2.0),
    "augment_slice": ("writes", 1.0),
    "augment_vec": ("writes", 1.0),
    "write_mat": ("writes", 2.0),
    "shift_in_place": ("writes", 0.5),
    "write_mask": ("masks", 1.0),
    "write_fancy": ("masks", 1.0),
    "view": ("views", 2.0),
    "alias": ("views", 1.0),
    "rows": ("views", 0.7),
    "mutate": ("helpers", 2.0),
    "unpack_call": ("helpers", 0.7),
    "if_": ("control", 2.0),
    "for_": ("control", 2.0),
    "for_each": ("control", 1.0),
    "while_": ("control", 1.0),
    "leave": ("exits", 3.0),
    "closure": ("closures", 1.0),
    "rebinding_closure": ("closures", 0.4),
    "new_list": ("lists", 1.0),
    "change_list": ("lists", 3.0),
    "loop_list": ("lists", 0.7),
    "new_dict": ("dicts", 1.0),
    "change_dict": ("dicts", 2.5),
    "loop_dict": ("dicts", 0.7),
    "new_tuple": ("tuples", 1.0),
    "unpack": ("tuples", 1.0),
    "new_object": ("objects", 1.0),
    "change_object": ("objects", 3.0),
    "try_": ("exceptions", 1.5),
    "with_": ("contexts", 1.0),
    "match_": ("match", 1.0),
    "walrus": ("walrus", 1.0),
    "out": ("out", 1.0),
    "add_at": ("out", 1.0),
    "delete": ("scalars", 0.15),
}
GROUPS = sorted(
    {group for group, _ in STATEMENTS.values()} | {"comprehensions", "recursion"}
)


class Body(Expressions):
    """Writes the statements of one function."""

    def __init__(self, program: Program, scope: dict[str, Kind], depth: int = 1):
        super().__init__(program, scope)
        self.lines: list[str] = []
        self.depth = depth
        self.loops = 0  # loops around here, within this function
        self.kept: set[str] = set()  # loop counters and what loops run over
        self.returns: Kind | None = FLOAT  # what it returns, None for nothing

    # -- the frame

    def put(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def name(self, stem: str) -> str:
        self.program.count += 1
        return f"{stem}{self.program.count}"

    def free(self, kind: Kind) -> list[str]:
        """Variables of a kind that may be bound anew."""
        return [n for n in self.names(kind) if n not in self.kept]

    def block(
        self, count: int, first: str | None = None, may_be_empty: bool = False
    ) -> dict[str, Kind]:
        """Write an indented block; what it binds is out of scope after it."""
        outer = dict(self.scope)
        before = len(self.lines)
        self.depth += 1
        if first:
            self.put(first)
        self.statements(count)
        if len(self.lines) == before and not may_be_empty:
            self.put("pass")
        self.depth -= 1
        inner = dict(self.scope)
        self.scope.clear()
        self.scope.update(outer)
        return inner

    def statements(self, count: int) -> None:
        live = [(n, g, w * self.on(g)) for n, (g, w) in STATEMENTS.items()]
        weights = [w for _, _, w in live]
        for _ in range(count):
            if self.program.size >= self.program.limit:
                return
            for _ in range(5):
                chosen = self.rng.choices(live, weights)[0][0]
                before = len(self.lines)
                getattr(self, chosen)()
                if len(self.lines) > before:
                    self.program.size += 1
                    break

    @property
    def nested(self) -> bool:
        return self.depth >= 4

    # -- scalars

    def new_float(self) -> None:
        text = self.expr(FLOAT) if not self.loops else self.bounded(FLOAT)
        name = self.name("a")
        self.put(f"{name} = {text}")
        self.scope[name] = FLOAT

    def set_float(self) -> None:
        if self.free(FLOAT):
            name = self.rng.choice(self.free(FLOAT))
            self.put(f"{name} = {self.bounded(FLOAT)}")

    def augment_float(self) -> None:
        if self.free(FLOAT):
            name = self.rng.choice(self.free(FLOAT))
            self.put(self.augmented(name, FLOAT))

    def augmented(self, target: str, kind: Kind) -> str:
        if self.rng.random() < 0.7:
            return f"{target} {self.rng.choice('+-')}= {self.bounded(kind, 1)}"
        if self.rng.random() < 0.5:
            return f"{target} *= {self.bounded(kind, 1)}"
        lib = "math" if kind == FLOAT else "np"
        return f"{target} /= 2.5 + {lib}.sin({self.expr(kind, 1)})"

    def chained(self) -> None:
        one, two = self.name("a"), self.name("a")
        kind = FLOAT if self.rng.random() < 0.6 else vec(self.program.n)
        self.put(f"{one} = {two} = {self.bounded(kind)}")
        self.scope[one] = self.scope[two] = kind

    def swap(self) -> None:
        if len(self.free(FLOAT)) >= 2:
            a, b = self.rng.sample(self.free(FLOAT), 2)
            self.put(f"{a}, {b} = {b}, {self.bounded(FLOAT, 1)}")

    def new_int(self) -> None:
        name = self.name("k")
        self.put(f"{name} = {self.int_()}")
        self.scope[name] = INT

    def delete(self) -> None:
        if len(self.free(FLOAT)) > 2 and self.depth == 1:
            name = self.rng.choice(self.free(FLOAT))
            self.put(f"del {name}")
            del self.scope[name]

    # -- arrays

    def new_vec(self) -> None:
        n = self.rng.choice([self.program.n, self.program.n, self.program.n - 1])
        name = self.name("u")
        made = self.rng.random() < 0.4
        self.put(f"{name} = {self.vec_made(n, 1) if made else self.bounded(vec(n))}")
        self.scope[name] = vec(n)

    def set_vec(self) -> None:
        found = [(n, k) for n, k in self.all_of("vec") if n not in self.kept]
        if found:
            name, kind = self.rng.choice(found)
            self.put(f"{name} = {self.bounded(kind)}")

    def new_mat(self) -> None:
        shape = self.rng.choice(self.program.shapes)
        name = self.name("m")
        self.put(f"{name} = {self.bounded(mat(*shape))}")
        self.scope[name] = mat(*shape)

    def array(self) -> tuple[str, int] | None:
        found = [(n, k.of[0]) for n, k in self.all_of("vec")]
        found += [(f"{n}.u", self.program.n) for n in self.names(GRID)]
        return self.rng.choice(found) if found else None

    def write_element(self) -> None:
        if found := self.array():
            self.put(f"{found[0]}[{self.index(found[1])}] = {self.bounded(FLOAT)}")

    def augment_element(self) -> None:
        if found := self.array():
            self.put(self.augmented(f"{found[0]}[{self.index(found[1])}]", FLOAT))

    def slice_(self) -> tuple[str, int] | None:
        if not (found := self.array()):
            return None
        name, n = found
        start = self.rng.randrange(n - 1)
        stop = self.rng.randrange(start + 1, n + 1)
        text, size = self.rng.choice(
            [(f"{start}:{stop}", stop - start), (":", n), ("::2", (n + 1) // 2),
             ("1:", n - 1), (":-1", n - 1), ("::-1", n)]
        )  # fmt: skip
        return f"{name}[{text}]", size

    def value_for(self, size: int) -> str:
        wide = self.rng.random() < 0.75
        return self.bounded(vec(size) if wide else FLOAT, 1)

    def write_slice(self) -> None:
        if found := self.slice_():
            self.put(f"{found[0]} = {self.value_for(found[1])}")

    def augment_slice(self) -> None:
        if found := self.slice_():
            op = self.rng.choice(["+", "-", "*"])
            self.put(f"{found[0]} {op}= {self.value_for(found[1])}")

    def augment_vec(self) -> None:
        found = self.all_of("vec") + self.all_of("mat")
        if found:
            name, kind = self.rng.choice(found)
            if self.rng.random() < 0.6:
                self.put(self.augmented(name, kind))
            else:
                op = self.rng.choice(["+", "-", "*"])
                self.put(f"{name} {op}= {self.bounded(FLOAT, 1)}")

    def write_mat(self) -> None:
        if not (found := self.all_of("mat")):
            return
        name, kind = self.rng.choice(found)
        r, c = kind.of
        op = self.rng.choice(["", "", "+", "*", "-"])
        i, j = self.index(r), self.index(c)
        self.put(
            self.rng.choice(
                [
                    f"{name}[{i}, {j}] {op}= {self.bounded(FLOAT)}",
                    f"{name}[{i}] {op}= {self.value_for(c)}",
                    f"{name}[:, {j}] {op}= {self.value_for(r)}",
                    f"{name}[1:, :{c - 1}] {op}= {self.value_for(c - 1)}",
                    f"{name}[{i}][{j}] {op}= {self.bounded(FLOAT)}",
                    f"{name}[...] {op}= {self.bounded(mat(r, c), 1)}",
                ]
            )
        )

    def shift_in_place(self) -> None:
        if found := self.array():
            name = found[0]
            self.put(
                self.rng.choice(
                    [
                        f"{name}[1:] = {name}[:-1]",
                        f"{name}[1:] += {name}[:-1] * {self.factor()}",
                        f"{name}[:] = {name}[::-1]",
                        f"{name}[0], {name}[-1] = {name}[-1], {name}[0]",
                    ]
                )
            )

    def write_mask(self) -> None:
        if found := self.all_of("vec") + self.all_of("mat"):
            name, _ = self.rng.choice(found)
            mask = f"{name} {self.rng.choice('<>')} {self.number()}"
            if self.rng.random() < 0.3:
                chosen = self.name("mask")
                self.put(f"{chosen} = {mask}")
                mask = chosen
            op = self.rng.choice(["", "", "+", "*"])
            value = self.bounded(FLOAT, 1)
            if self.rng.random() < 0.4:
                value = f"np.sin({name}[{mask}])"
            self.put(f"{name}[{mask}] {op}= {value}")

    def write_fancy(self) -> None:
        if found := self.array():
            name, n = found
            at = self.rng.sample(range(n), 2)
            index = f"{at}"
            if self.rng.random() < 0.4:
                index = self.name("at")
                self.put(f"{index} = np.array({at})")
            op = self.rng.choice(["", "", "+"])
            self.put(f"{name}[{index}] {op}= {self.value_for(2)}")

    # -- views and aliases

    def view(self) -> None:
        rng = self.rng
        options: list[tuple[str, Kind]] = []
        for name, kind in self.scope.items():
            if kind.name == "vec":
                n = kind.of[0]
                options += [(f"{name}[::-1]", kind)]
                if n > 2:
                    options += [(f"{name}[1:]", vec(n - 1)), (f"{name}[:2]", vec(2)),
                                (f"{name}[::2]", vec((n + 1) // 2))]  # fmt: skip
            elif kind.name == "mat":
                r, c = kind.of
                options += [(f"{name}[{self.index(r)}]", vec(c)),
                            (f"{name}[:, {self.index(c)}]", vec(r)),
                            (f"{name}.T", mat(c, r)), (f"{name}.ravel()", vec(r * c)),
                            (f"{name}.reshape({c}, {r})", mat(c, r)),
                            (f"{name}[1:, 1:]", mat(r - 1, c - 1))]  # fmt: skip
            elif kind == GRID:
                options += [(f"{name}.u", vec(self.program.n)),
                            (f"{name}.u[1:]", vec(self.program.n - 1))]  # fmt: skip
        options = [o for o in options if min(o[1].of) > 1]
        if options:
            text, kind = rng.choice(options)
            name = self.name("w")
            self.put(f"{name} = {text}")
            self.scope[name] = kind

    def alias(self) -> None:
        found = [(n, k) for n, k in self.scope.items()
                 if k.name in ("vec", "mat", "list", "dict", "object")]  # fmt: skip
        if found:
            other, kind = self.rng.choice(found)
            name = self.name("z")
            self.put(f"{name} = {other}")
            self.scope[name] = kind

    def rows(self) -> None:
        if self.nested or not self.all_of("mat"):
            return
        name, kind = self.rng.choice(self.all_of("mat"))
        row = self.name("row")
        self.put(f"for {row} in {name}:")
        self.loops += 1
        self.scope[row] = vec(kind.of[1])
        self.kept |= {row, name}
        self.block(self.rng.randrange(1, 3))
        self.kept -= {name}
        del self.scope[row]
        self.loops -= 1

    # -- calls

    def mutate(self) -> None:
        helpers = self.program.mutators
        usable = [h for h in helpers if all(self.names(k) for k in h[1] if k != FLOAT)]
        if usable:
            name, kinds = self.rng.choice(usable)
            args = [self.bounded(k, 1) if k == FLOAT else self.pick(k) for k in kinds]
            self.put(f"{name}({', '.join(args)})")

    def unpack_call(self) -> None:
        found = [h for h in self.program.helpers if h[2].name == "tuple"]
        if found:
            helper = self.rng.choice(found)
            names = [self.name("a") for _ in helper[2].of]
            self.put(f"{', '.join(names)} = {self.call((helper[0], helper[1]), 1)}")
            self.scope.update(zip(names, helper[2].of, strict=True))

    def closure(self) -> None:
        if self.loops:
            return
        name = self.name("fn")
        arg = self.name("t")
        inner = Expressions(self.program, {**self.scope, arg: FLOAT})
        if self.rng.random() < 0.3:
            self.put(f"{name} = lambda {arg}: {inner.bounded(FLOAT, 1)}")
        else:
            self.put(f"def {name}({arg}):")
            self.depth += 1
            if self.rng.random() < 0.5:
                self.put(f"{arg} = {inner.bounded(FLOAT, 1)}")
            self.put(f"return {inner.bounded(FLOAT, 1)}")
            self.depth -= 1
        self.scope[name] = Kind("closure")

    def rebinding_closure(self) -> None:
        if self.loops or self.depth > 1 or not self.free(FLOAT):
            return
        local = [n for n in self.free(FLOAT)]
        name = self.name("step")
        target = self.rng.choice(local)
        self.put(f"def {name}():")
        self.depth += 1
        self.put(f"nonlocal {target}")
        self.put(f"{target} = {self.bounded(FLOAT, 1)}")
        self.depth -= 1
        self.put(f"{name}()")

    # -- control flow

    def if_(self) -> None:
        if self.nested:
            return
        self.put(f"if {self.condition()}:")
        one = self.block(self.rng.randrange(1, 3))
        if self.rng.random() < 0.3:
            self.put(f"elif {self.condition()}:")
            self.block(1)
            one = {}
        if self.rng.random() < 0.6:
            self.put("else:")
            new = [n for n in one if n not in self.scope and one[n] == FLOAT]
            first = None
            if new and self.rng.random() < 0.5:
                first = f"{new[0]} = {self.bounded(FLOAT, 1)}"
            self.block(self.rng.randrange(0 if first else 1, 2), first)
            if first:
                self.scope[new[0]] = FLOAT

    def for_(self) -> None:
        if self.nested or self.loops >= 2:
            return
        name = self.name("i")
        trips = self.rng.choice([0, 1, 2, 2, 3])
        spans = [f"range({trips})", f"range({trips}, 0, -1)", f"range(1, {trips + 1})"]
        if self.names(INT):
            spans += [f"range({self.pick(INT)} % 3)"]
        span = self.rng.choice(spans)
        self.loop(f"for {name} in {span}:", {name: INT})
        if trips and "%" not in span and self.rng.random() < 0.3:
            self.scope[name] = INT

    def for_each(self) -> None:
        if self.nested or self.loops >= 2:
            return
        e, k = self.name("e"), self.name("i")
        n = self.program.n
        options: list[tuple[str, dict[str, Kind]]] = [
            (f"for {e} in {self.vec(n, 0)}:", {e: FLOAT}),
            (f"for {k}, {e} in enumerate({self.vec(n, 0)}):", {k: INT, e: FLOAT}),
            (f"for {e}, {k} in zip({self.vec(n, 0)}, range(3)):", {k: INT, e: FLOAT}),
            (f"for {e} in ({self.number()}, {self.number()}):", {e: FLOAT}),
            (f"for {k} in reversed(range(3)):", {k: INT}),
        ]
        self.loop(*self.rng.choice(options))

    def while_(self) -> None:
        if self.nested or self.loops >= 2:
            return
        k = self.name("k")
        self.put(f"{k} = 0")
        test = f"{k} < {self.rng.randrange(1, 4)}"
        if self.rng.random() < 0.5:
            test += f" and {self.condition()}"
        if self.rng.random() < 0.2:
            test = "True"
        last = "" if test != "True" else f"if {k} > 2: break"
        self.loop(f"while {test}:", {k: INT}, [f"{k} += 1", *([last] if last else [])])
        self.scope[k] = INT

    def loop(
        self, head: str, bound: dict[str, Kind], first: list[str] | None = None
    ) -> None:
        self.put(head)
        outer = dict(self.scope)
        self.loops += 1
        self.scope.update(bound)
        before = set(self.kept)
        self.kept |= set(bound)
        self.depth += 1
        for line in first or ():
            head, colon, rest = line.partition(": ")
            self.put(head + colon.strip())
            if rest:
                self.depth += 1
                self.put(rest)
                self.depth -= 1
        self.depth -= 1
        self.block(self.rng.randrange(1, 4), may_be_empty=first is not None)
        self.loops -= 1
        self.kept = before
        self.scope.clear()
        self.scope.update(outer)
        if self.on("exits") and self.rng.random() < 0.15:
            self.put("else:")
            self.block(1)

    def leave(self) -> None:
        """break, continue or return, on a condition."""
        if self.depth == 1 and self.rng.random() < 0.6:
            return
        ways = ["return"]
        if self.loops:
            ways += ["break", "break", "continue", "continue"]
        way = self.rng.choice(ways)
        if way == "return":
            way = "return" if self.returns is None else f"return {self.result(2)}"
        self.put(f"if {self.condition()}:")
        self.depth += 1
        if self.rng.random() < 0.4 and self.free(FLOAT):
            self.augment_float()
        self.put(way)
        self.depth -= 1

    def result(self, most: int = 4) -> str:
        if self.returns.name == "tuple":
            return ", ".join(self.expr(k, 1) for k in self.returns.of)
        if self.returns != FLOAT:
            return self.expr(self.returns, 1)
        parts = [self.observe(n, k) for n, k in self.scope.items()]
        known = [p for p in parts if p]
        chosen = self.rng.sample(known, min(len(known), most))
        return " + ".join(chosen) if chosen else self.float_(2)

    # -- lists, dicts, tuples, objects

    def new_list(self) -> None:
        name = self.name("l")
        self.put(f"{name} = {self.list_()}")
        self.scope[name] = LIST

    def change_list(self) -> None:
        if not self.free(LIST):
            return self.new_list()
        name = self.rng.choice(self.free(LIST))
        value = self.bounded(FLOAT, 1)
        rng = self.rng
        shorter = rng.choice([f"{name}.pop()", f"del {name}[0]", f"{name}.pop(0)"])
        lines = rng.choice(
            [
                [f"{name}.append({value})"],
                [f"{name}.append({value})"],
                [f"{name}[-1] = {value}"],
                [f"{name}[0] += {value}"],
                [f"{name}[-1] *= {value}"],
                [f"{name}.insert(0, {value})"],
                [f"{name}.extend([{value}, {self.float_leaf()}])"],
                [f"{name} += [{value}]"],
                [f"{name} = {name} + [{value}]"],
                [f"{name}.reverse()"],
                [f"if len({name}) > 1:", f"    {shorter}"],
            ]
        )
        for line in lines:
            self.put(line)
        if rng.random() < 0.15:
            taken = self.name("a")
            self.put(f"{name}.append({value})")
            self.put(f"{taken} = {name}.pop()")
            self.scope[taken] = FLOAT

    def loop_list(self) -> None:
        if self.nested or self.loops >= 2 or not self.names(LIST):
            return None
        name, e, k = self.pick(LIST), self.name("e"), self.name("i")
        hidden = self.names(LIST)  # a list that a loop runs over stays as it is
        for one in hidden:
            del self.scope[one]
        heads: list[tuple[str, dict[str, Kind]]] = [
            (f"for {e} in {name}:", {e: FLOAT}),
            (f"for {k}, {e} in enumerate({name}):", {k: INT, e: FLOAT}),
            (f"for {k} in range(len({name})):", {k: INT}),
        ]
        self.loop(*self.rng.choice(heads))
        self.scope.update(dict.fromkeys(hidden, LIST))

    def new_dict(self) -> None:
        name = self.name("d")
        kind = dict_of(*"ab"[: self.rng.randrange(1, 3)])
        self.put(f"{name} = {self.expr(kind, 1)}")
        self.scope[name] = kind

    def change_dict(self) -> None:
        if not self.all_of("dict"):
            return self.new_dict()
        name, kind = self.rng.choice(self.all_of("dict"))
        value = self.bounded(FLOAT, 1)
        key = self.rng.choice(kind.of)
        other = self.rng.choice("abcd")
        self.put(
            self.rng.choice(
                [
                    f'{name}["{key}"] = {value}',
                    f'{name}["{key}"] += {value}',
                    f'{name}["{other}"] = {value}',
                    f'{name}["{other}"] = {name}.get("{other}", {value}) * 0.5',
                    f'{name}.update({{"{key}": {value}}})',
                    f"{name}.update({key}={value})",
                    f'{name}.setdefault("{other}", {value})',
                ]
            )
        )

    def loop_dict(self) -> None:
        if self.nested or self.loops >= 2 or not self.all_of("dict"):
            return None
        name, _ = self.rng.choice(self.all_of("dict"))
        e, k = self.name("e"), self.name("key")
        hidden = {n: kind for n, kind in self.all_of("dict")}
        for one in hidden:  # a dict that a loop runs over stays as it is
            del self.scope[one]
        self.loop(
            *self.rng.choice(
                [
                    (f"for {e} in {name}.values():", {e: FLOAT}),
                    (f"for {k}, {e} in {name}.items():", {e: FLOAT}),
                ]
            )
        )
        self.scope.update(hidden)

    def new_tuple(self) -> None:
        name = self.name("p")
        kinds = self.rng.choices([FLOAT, FLOAT, vec(self.program.n)], k=2)
        self.put(f"{name} = {self.expr(tuple_of(*kinds), 1)}")
        self.scope[name] = tuple_of(*kinds)

    def unpack(self) -> None:
        if not self.all_of("tuple"):
            return self.new_tuple()
        name, kind = self.rng.choice(self.all_of("tuple"))
        names = [self.name("a") for _ in kind.of]
        self.put(f"{', '.join(names)} = {name}")
        self.scope.update(zip(names, kind.of, strict=True))

    def new_object(self) -> None:
        kind = self.rng.choice([RECORD, GRID])
        name = self.name("o")
        self.put(f"{name} = {self.expr(kind, 1)}")
        self.scope[name] = kind

    def change_object(self) -> None:
        if not self.all_of("object"):
            return self.new_object()
        name, kind = self.rng.choice(self.all_of("object"))
        value = self.bounded(FLOAT, 1)
        n = self.program.n
        if kind == RECORD:
            lines = [
                f"{name}.x = {value}",
                f"{name}.x += {value}",
                f"{name}.v *= {value}",
                f"{name}.step({value})",
                f"{name}.step({value})",
                f"{name}.x, {name}.v = {name}.v, {value}",
            ]
        else:
            lines = [
                f"{name}.gain = {value}",
                f"{name}.gain += {value}",
                f"{name}.u[{self.index(n)}] = {value}",
                f"{name}.u *= {value}",
                f"{name}.u = {self.bounded(vec(n), 1)}",
                f"{name}.relax({value})",
                f"{name}.relax({value})",
            ]
        self.put(self.rng.choice(lines))

    # -- the rest of the language

    def try_(self) -> None:
        if self.nested:
            return
        self.put("try:")
        self.block(self.rng.randrange(1, 3))
        if self.rng.random() < 0.7:
            self.depth += 1
            if self.rng.random() < 0.8:
                self.put(f"if {self.condition()}:")
                self.put('    raise ValueError("no")')
            self.depth -= 1
            self.block(1, may_be_empty=True)
            self.put("except ValueError:")
            self.block(self.rng.randrange(1, 3))
            if self.rng.random() < 0.3:
                self.put("else:")
                self.block(1)
            if self.rng.random() < 0.3:
                self.put("finally:")
                self.unleft(1)
        else:
            self.put("finally:")
            self.unleft(1)

    def unleft(self, count: int) -> None:
        """A block that is not left early."""
        program = self.program
        exits = program.groups.pop("exits", 0.0)
        self.block(count)
        program.groups["exits"] = exits

    def with_(self) -> None:
        if self.nested:
            return
        if self.rng.random() < 0.5:
            self.put('with np.errstate(all="ignore"):')
            self.block(self.rng.randrange(1, 3))
            return
        self.put("with contextlib.suppress(ValueError):")
        self.block(1, may_be_empty=True)
        self.depth += 1
        self.put(f"if {self.condition()}:")
        self.put('    raise ValueError("no")')
        self.depth -= 1
        self.block(1, may_be_empty=True)

    def match_(self) -> None:
        if self.depth >= 3 or not self.names(INT):
            return
        self.put(f"match {self.pick(INT)}:")
        self.depth += 1
        self.put("case 0:")
        self.block(1)
        self.put(self.rng.choice(["case 1 | 2:", f"case c if {self.condition()}:"]))
        self.block(1)
        if self.rng.random() < 0.7:
            self.put("case _:")
            self.block(1)
        self.depth -= 1

    def walrus(self) -> None:
        if self.nested:
            return
        name = self.name("a")
        op = self.rng.choice("<>")
        self.put(f"if ({name} := {self.bounded(FLOAT, 1)}) {op} {self.number()}:")
        self.scope[name] = FLOAT
        self.block(self.rng.randrange(1, 3))

    def out(self) -> None:
        if self.all_of("vec"):
            name, kind = self.rng.choice(self.all_of("vec"))
            a, b = self.bounded(kind, 1), self.bounded(kind, 1)
            self.put(
                self.rng.choice(
                    [
                        f"np.multiply({a}, {b}, out={name})",
                        f"np.add({a}, {name}, out={name})",
                        f"np.sin({name}, out={name})",
                        f"np.multiply(0.5, {self.vec(2, 0)}, out={name}[:2])",
                    ]
                )
            )

    def add_at(self) -> None:
        if self.all_of("vec"):
            name, kind = self.rng.choice(self.all_of("vec"))
            at = [self.rng.randrange(kind.of[0]) for _ in range(2)]
            self.put(f"np.add.at({name}, np.array({at}), {self.value_for(2)})")
