"""Random expressions of a given kind, bounded for bounded variables."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from fuzz.kinds import BOOL, FLOAT, GRID, INT, LIST, RECORD, Kind, mat, vec

if TYPE_CHECKING:
    from fuzz.generate import Program

SMOOTH = ("sin", "cos", "tanh", "atan")
NUMPY_SMOOTH = ("sin", "cos", "tanh", "arctan")
Choice = tuple[float, Callable[[], str]]


class Expressions:
    """Draws expressions over the variables in `scope`."""

    def __init__(self, program: Program, scope: dict[str, Kind]):
        self.program = program
        self.rng: random.Random = program.rng
        self.scope = scope

    # -- drawing

    def on(self, group: str) -> float:
        """The weight of a feature group; 0 when it is left out."""
        return self.program.groups.get(group, 0.0)

    def draw(self, choices: list[Choice]) -> str:
        live = [c for c in choices if c[0] > 0]
        weights = [c[0] for c in live]
        return self.rng.choices(live, weights)[0][1]()

    def names(self, kind: Kind) -> list[str]:
        return [name for name, k in self.scope.items() if k == kind]

    def all_of(self, name: str) -> list[tuple[str, Kind]]:
        return [(n, k) for n, k in self.scope.items() if k.name == name]

    def pick(self, kind: Kind) -> str:
        return self.rng.choice(self.names(kind))

    def number(self) -> str:
        return str(round(self.rng.uniform(-1.5, 1.5), 2) or 0.25)

    def factor(self) -> str:
        return str(round(self.rng.uniform(0.2, 0.95), 2))

    def index(self, n: int) -> str:
        """A subscript that is inside an axis of length `n`."""
        if self.names(INT) and self.rng.random() < 0.35:
            name = self.pick(INT)
            shape = self.rng.choice(["{} % {n}", "({} + 1) % {n}", "-1 - {} % {n}"])
            return shape.format(name, n=n)
        return str(self.rng.randrange(-n, n))

    # -- scalars

    def expr(self, kind: Kind, depth: int = 2) -> str:
        if kind == FLOAT:
            return self.float_(depth)
        if kind.name == "vec":
            return self.vec(kind.of[0], depth)
        if kind.name == "mat":
            return self.mat(*kind.of, depth)
        if kind == LIST:
            return self.list_(depth)
        if kind == INT:
            return self.int_()
        if kind == BOOL:
            return self.condition()
        if kind == RECORD:
            return f"Cell({self.float_(depth)}, {self.float_(depth)})"
        if kind == GRID:
            return f"Grid({self.vec(self.program.n, depth)}, {self.float_(depth)})"
        if kind.name == "dict":
            items = (f'"{k}": {self.float_(depth)}' for k in kind.of)
            return "{" + ", ".join(items) + "}"
        assert kind.name == "tuple", kind
        return f"({', '.join(self.expr(k, depth) for k in kind.of)},)"

    def bounded(self, kind: Kind, depth: int = 2) -> str:
        """An expression whose value cannot grow when it is assigned in a loop."""
        text = self.expr(kind, depth)
        if kind == FLOAT:
            lib = self.rng.choice(["math", "np"])
            return f"{lib}.{self.rng.choice(['tanh', 'sin', 'cos'])}({text})"
        if kind.name in ("vec", "mat"):
            return f"np.{self.rng.choice(['tanh', 'sin', 'cos'])}({text})"
        return text

    def float_(self, depth: int = 2) -> str:
        if depth <= 0:
            return self.float_leaf()

        def sub() -> str:
            return self.float_(depth - 1)

        rng = self.rng
        smooth = rng.choice(SMOOTH)
        numpy_smooth = rng.choice(NUMPY_SMOOTH)
        n = rng.choice([2, self.program.n])
        choices: list[Choice] = [
            (2.0, self.float_leaf),
            (3.0, lambda: f"{sub()} {rng.choice('+-*')} {sub()}"),
            (1.5, lambda: f"({sub()} {rng.choice('+-')} {sub()}) * {sub()}"),
            (0.7, lambda: f"{sub()} / (1.5 + math.cos({sub()}))"),
            (1.0, lambda: f"{rng.choice(['math', 'np'])}.{smooth}({sub()})"
             if smooth != "atan" else f"math.atan({sub()})"),
            (0.5, lambda: f"np.{numpy_smooth}({sub()})"),
            (0.4, lambda: f"({sub()}) ** {rng.choice('23')}"),
            (0.3, lambda: f"math.exp(math.sin({sub()}))"),
            (0.3, lambda: f"math.log(2.5 + math.sin({sub()}))"),
            (0.3, lambda: f"math.sqrt(1.0 + ({sub()}) ** 2)"),
            (0.3, lambda: f"-({sub()})"),
            (0.2, lambda: f"abs({sub()})"),
            (0.2, lambda: f"{rng.choice(['max', 'min'])}({sub()}, {sub()})"),
            (
                0.5 * self.on("control"),
                lambda: f"({sub()} if {self.condition()} else {sub()})",
            ),
            (1.2 * self.on("arrays"), lambda: self.reduction(n, depth - 1)),
            (0.6 * self.on("matrices"), lambda: self.mat_reduction(depth - 1)),
        ]  # fmt: skip
        calls = self.program.calls(FLOAT)
        if calls:
            choices.append((1.0, lambda: self.call(rng.choice(calls), depth - 1)))
        if self.names(LIST):
            choices.append((0.8, self.list_read))
        if self.program.on_closure(self.scope):
            local = self.program.on_closure(self.scope)
            choices.append((1.0, lambda: f"{rng.choice(local)}({sub()})"))
        if self.on("comprehensions"):
            choices.append((0.5, self.generator_sum))
        return self.draw(choices)

    def float_leaf(self) -> str:
        rng = self.rng
        choices: list[Choice] = [(0.6, self.number)]
        if self.names(FLOAT):
            choices.append((3.0, lambda: self.pick(FLOAT)))
        if self.names(INT):
            choices.append((0.3, lambda: f"0.1 * {self.pick(INT)}"))
        for name, kind in self.scope.items():
            of = kind.of
            if kind.name == "vec":
                choices.append((0.7, lambda n=name, o=of: f"{n}[{self.index(o[0])}]"))
            elif kind.name == "mat":
                choices.append((0.5, lambda n=name, o=of: (
                    f"{n}[{self.index(o[0])}, {self.index(o[1])}]")))  # fmt: skip
            elif kind.name == "dict":
                choices.append((0.7, lambda n=name, o=of: f'{n}["{rng.choice(o)}"]'))
            elif kind == LIST:
                choices.append((0.7, lambda n=name: (
                    f"{n}[{rng.choice(['0', '-1'])}]")))  # fmt: skip
            elif kind == RECORD:
                parts = ["x", "v", "energy()", "x", "size"]
                choices.append((0.7, lambda n=name, p=parts: f"{n}.{rng.choice(p)}"))
            elif kind == GRID:
                choices.append((0.7, lambda n=name: rng.choice(
                    [f"{n}.gain", f"{n}.u[{self.index(self.program.n)}]",
                     f"{n}.total()"])))  # fmt: skip
            elif kind.name == "tuple":
                floats = [k for k, part in enumerate(of) if part == FLOAT]
                if floats:
                    choices.append((0.6, lambda n=name, ks=floats: (
                        f"{n}[{rng.choice(ks)}]")))  # fmt: skip
        return self.draw(choices)

    def list_read(self) -> str:
        name = self.pick(LIST)
        options = [f"sum({name})", f"{name}[-1]", f"{name}[0]"]
        if self.names(INT):
            options.append(f"{name}[{self.pick(INT)} % len({name})]")
        if self.on("comprehensions"):
            options.append(f"sum([e * e for e in {name}])")
        return self.rng.choice(options)

    def generator_sum(self) -> str:
        kind = self.rng.choice([k for k in self.scope.values() if k.name == "vec"]
                               or [vec(3)])  # fmt: skip
        source = self.vec(kind.of[0], 0)
        inner = Expressions(self.program, {**self.scope, "e": FLOAT})
        body = inner.float_(1)
        test = f" if e > {self.number()}" if self.rng.random() < 0.3 else ""
        left, right = self.rng.choice([("", ""), ("[", "]")])
        return f"sum({left}{body} for e in {source}{test}{right})"

    def reduction(self, n: int, depth: int) -> str:
        rng = self.rng

        def v() -> str:
            return self.vec(n, depth)

        choices: list[Choice] = [
            (2.0, lambda: f"np.sum({v()})"),
            (1.0, lambda: f"({v()}) @ ({v()})"),
            (0.7, lambda: f"np.dot({v()}, {v()})"),
            (0.5, lambda: f"np.mean({v()})"),
            (0.4, lambda: f"({v()}).sum()"),
            (0.3, lambda: f"np.max({v()})"),
            (0.3, lambda: f"np.prod({v()})"),
            (0.3, lambda: f"np.linalg.norm(1.0 + ({v()}) ** 2)"),
            (0.3, lambda: f"sum({v()})"),
        ]
        masks = [(a, k.of[0]) for a, k in self.all_of("vec")]
        if masks and self.on("masks"):
            name, size = rng.choice(masks)
            at = ", ".join(str(rng.randrange(size)) for _ in range(3))
            choices += [
                (0.6, lambda: f"np.sum({name}[{name} > {self.number()}])"),
                (0.6, lambda: f"np.sum({name}[[{at}]] ** 2)"),
            ]
        return self.draw(choices)

    def mat_reduction(self, depth: int) -> str:
        r, c = self.rng.choice(self.program.shapes)
        m = self.mat(r, c, depth)
        return self.rng.choice(
            [f"np.sum({m})", f"np.mean({m})", f"np.sum(({m}) ** 2)",
             f"np.sum(np.sum({m}, axis=0) ** 2)", f"np.sum(np.max({m}, axis=1))"]
        )  # fmt: skip

    def int_(self) -> str:
        if self.names(INT) and self.rng.random() < 0.6:
            return f"({self.pick(INT)} + {self.rng.randrange(1, 3)}) % 4"
        return str(self.rng.randrange(4))

    def condition(self) -> str:
        rng = self.rng
        choices: list[Choice] = [
            (2.0, lambda: f"{self.float_(1)} {rng.choice('<>')} {self.number()}"),
            (0.5, lambda: f"{self.float_leaf()} < {self.float_leaf()} + 0.013"),
            (0.3, lambda: f"not {self.float_leaf()} > {self.number()}"),
            (0.4, lambda: f"{self.float_leaf()} > {self.number()} "
             f"{rng.choice(['and', 'or'])} {self.float_leaf()} < {self.number()}"),
        ]  # fmt: skip
        if self.names(INT):
            name = self.pick(INT)
            choices += [
                (1.0, lambda: f"{name} % 2 == {rng.randrange(2)}"),
                (0.7, lambda: f"{name} {rng.choice(['<', '>=', '=='])} "
                 f"{rng.randrange(3)}"),
            ]  # fmt: skip
        if self.names(BOOL):
            choices.append((1.0, lambda: self.pick(BOOL)))
        if self.names(LIST):
            choices.append((0.4, lambda: f"len({self.pick(LIST)}) > 2"))
        return self.draw(choices)

    # -- arrays

    def vec(self, n: int, depth: int = 2) -> str:
        rng = self.rng
        kind = vec(n)
        named = self.names(kind)
        choices: list[Choice] = []
        for name, other in self.scope.items():
            choices += [(0.8, lambda t=t: t) for t in self.parts(name, other, n)]
        if named:
            choices.append((5.0, lambda: self.pick(kind)))
        if depth <= 0:
            if not choices or rng.random() < 0.1:
                return self.vec_made(n, 0)
            return self.draw(choices)

        def sub() -> str:
            return self.vec(n, depth - 1)

        choices += [
            (1.0, lambda: self.vec_made(n, depth - 1)),
            (2.0, lambda: f"{sub()} {rng.choice('+-*')} {sub()}"),
            (1.5, lambda: f"{self.float_(depth - 1)} * ({sub()})"),
            (1.0, lambda: f"({sub()} + {self.float_(depth - 1)}) * {sub()}"),
            (1.0, lambda: f"np.{rng.choice(NUMPY_SMOOTH)}({sub()})"),
            (0.4, lambda: f"({sub()}) / (1.5 + np.cos({sub()}))"),
            (0.3, lambda: f"({sub()}) ** 2"),
            (0.3, lambda: f"-({sub()})"),
            (0.3, lambda: f"np.exp(np.sin({sub()}))"),
            (0.3, lambda: f"np.cumsum({sub()})"),
            (0.2, lambda: f"np.roll({sub()}, 1)"),
            (0.2, lambda: f"np.maximum({sub()}, {sub()})"),
            (0.4, lambda: f"({sub()})[::-1]"),
            (0.3, lambda: f"({sub()}).copy()"),
            (0.4 * self.on("masks"), lambda: f"np.where({sub()} > {self.number()}, "
             f"{sub()}, {sub()})"),
        ]  # fmt: skip
        if self.on("matrices"):
            for r, c in self.program.shapes:
                if r == n:
                    choices += [
                        (0.4, lambda r=r, c=c: f"({self.mat(r, c, 0)}) @ "
                         f"({self.vec(c, depth - 1)})"),
                        (0.2, lambda r=r, c=c: f"np.sum({self.mat(r, c, depth - 1)}, "
                         "axis=1)"),
                    ]  # fmt: skip
        if self.on("comprehensions"):
            inner = Expressions(self.program, {**self.scope, "e": FLOAT})
            choices.append((0.3, lambda: self.comprehension(inner, n)))
        if n > 2:
            choices.append((0.2, lambda: (
                f"np.concatenate([{self.vec(n - 1, depth - 1)}, "
                f"[{self.float_leaf()}]])")))  # fmt: skip
        return self.draw(choices)

    def comprehension(self, inner: Expressions, n: int) -> str:
        return f"np.array([{inner.float_(1)} for e in {self.vec(n, 0)}])"

    def parts(self, name: str, kind: Kind, n: int) -> list[str]:
        """Views of a variable that are vectors of length `n`."""
        found = []
        if kind.name == "vec" and kind.of[0] > n:
            size = kind.of[0]
            start = self.rng.randrange(size - n + 1)
            stop = start + n
            left = str(start) if start else ""
            right = str(stop) if stop < size else ""
            found.append(f"{name}[{left}:{right}]")
            if n * 2 - 1 <= size:
                found.append(f"{name}[:{n * 2 - 1}:2]")
        elif kind.name == "vec" and kind.of[0] == n:
            found.append(f"{name}[::-1]")
        elif kind.name == "mat":
            rows, columns = kind.of
            if columns == n:
                found.append(f"{name}[{self.index(rows)}]")
            if rows == n:
                found.append(f"{name}[:, {self.index(columns)}]")
        elif kind == GRID and self.program.n == n:
            found.append(f"{name}.u")
        elif kind.name == "tuple":
            found += [f"{name}[{k}]" for k, p in enumerate(kind.of) if p == vec(n)]
        return found

    def vec_made(self, n: int, depth: int) -> str:
        return self.draw(
            [
                (0.5, lambda: f"np.zeros({n})"),
                (0.5, lambda: f"np.full({n}, {self.float_(depth)})"),
                (1.0, lambda: f"{self.float_(depth)} * np.ones({n})"),
                (0.5, lambda: f"np.arange({n}.0) * {self.float_(depth)}"),
                (1.0, lambda: "np.array(["
                 + ", ".join(self.float_(depth) for _ in range(n)) + "])"),
            ]
        )  # fmt: skip

    def mat(self, r: int, c: int, depth: int = 2) -> str:
        rng = self.rng
        kind = mat(r, c)
        choices: list[Choice] = []
        if self.names(kind):
            choices.append((5.0, lambda: self.pick(kind)))
        if self.names(mat(c, r)):
            choices.append((1.0, lambda: f"{self.pick(mat(c, r))}.T"))
        if depth <= 0:
            if choices:
                return self.draw(choices)
            return f"np.outer({self.vec(r, 0)}, {self.vec(c, 0)})"

        def sub() -> str:
            return self.mat(r, c, depth - 1)

        choices += [
            (1.0, lambda: f"np.outer({self.vec(r, 0)}, {self.vec(c, 0)})"),
            (1.5, lambda: f"{sub()} {rng.choice('+-*')} {sub()}"),
            (1.0, lambda: f"{self.float_(depth - 1)} * ({sub()})"),
            (1.0, lambda: f"({sub()}) * {self.vec(c, 0)}"),
            (0.5, lambda: f"({sub()}) + ({self.vec(r, 0)})[:, None]"),
            (1.0, lambda: f"np.{rng.choice(NUMPY_SMOOTH)}({sub()})"),
            (0.4, lambda: f"np.zeros(({r}, {c}))"),
            (0.3, lambda: f"({sub()}) ** 2"),
            (0.4 * self.on("masks"), lambda: f"np.where({sub()} > {self.number()}, "
             f"{sub()}, 0.5)"),
            (0.3, lambda: f"np.array([{', '.join(self.vec(c, 0) for _ in range(r))}])"),
        ]  # fmt: skip
        return self.draw(choices)

    def list_(self, depth: int = 1) -> str:
        if self.on("comprehensions") and self.rng.random() < 0.4:
            inner = Expressions(self.program, {**self.scope, "e": FLOAT})
            n = self.program.n
            return f"[{inner.float_(depth)} for e in {self.vec(n, 0)}]"
        count = self.rng.randrange(1, 4)
        return "[" + ", ".join(self.float_(depth) for _ in range(count)) + "]"

    def call(self, helper: tuple[str, tuple[Kind, ...]], depth: int) -> str:
        name, kinds = helper
        return f"{name}({', '.join(self.argument(k, depth) for k in kinds)})"

    def argument(self, kind: Kind, depth: int) -> str:
        if kind == INT:
            return str(self.rng.randrange(4))
        return self.expr(kind, depth)

    # -- all of it as one number

    def observe(self, name: str, kind: Kind) -> str | None:
        """A number that depends on everything in a variable."""
        rng = self.rng
        if kind == FLOAT:
            return name
        if kind.name == "vec":
            return rng.choice([f"np.sum({name} * {name})", f"np.sum(np.sin({name}))"])
        if kind.name == "mat":
            weights = f"np.arange({kind.of[1]}.0)"
            return rng.choice([f"np.sum({name} ** 2)", f"np.sum({name} * {weights})"])
        if kind == LIST:
            return f"sum({name})"
        if kind.name == "dict":
            return f"sum({name}.values())"
        if kind == RECORD:
            return rng.choice([f"{name}.x * {name}.v", f"{name}.energy()"])
        if kind == GRID:
            return f"{name}.total()"
        if kind.name == "tuple":
            parts = [self.observe(f"{name}[{k}]", p) for k, p in enumerate(kind.of)]
            return " + ".join(p for p in parts if p) or None
        return None
