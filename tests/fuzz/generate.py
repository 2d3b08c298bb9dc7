"""A random program: a Python module with `f`, its arguments and `WRT`.

A seed and a choice of feature groups make one program, always the same. Programs
terminate (loops are counted, recursion burns fuel), what they assign in loops is
bounded (tanh, sin, scaling), and every subscript is inside its array.
"""

from __future__ import annotations

import random

from fuzz.expressions import Expressions
from fuzz.kinds import (
    BOOL,
    FLOAT,
    GRID,
    INT,
    LIST,
    RECORD,
    Kind,
    annotation,
    dict_of,
    mat,
    tuple_of,
    vec,
)
from fuzz.statements import GROUPS, Body

HEAD = '''\
"""A random program."""

import contextlib
import math
from dataclasses import dataclass

import numpy as np

'''
CLASSES = """
@dataclass
class Cell:
    x: float
    v: float

    def step(self, t):
        self.v = math.tanh(self.v - t * self.x)
        self.x += t * self.v

    def energy(self):
        return 0.5 * self.v**2 + self.x * self.v

    @property
    def size(self):
        return self.x * self.x


class Grid:
    def __init__(self, u, gain):
        self.u = u
        self.gain = gain

    def relax(self, t):
        self.u[1:] += t * np.sin(self.u[:-1])
        self.gain = math.sin(self.gain * t + self.u[0])

    def total(self):
        return self.gain * np.sum(self.u * self.u)

"""
Helper = tuple[str, tuple[Kind, ...], Kind]


class Program:
    """One random program; `text` is its source."""

    def __init__(self, seed: int, groups: dict[str, float] | None = None):
        self.rng = random.Random(f"s2sad {seed}")
        self.seed = seed
        self.groups = dict(groups) if groups else self._some_groups()
        self.n = self.rng.choice([3, 4])
        self.shapes = [(2, self.n), (self.n, 2)]
        self.count = 0
        self.size = 0
        self.limit = self.rng.choice([4, 8, 12, 20, 30])
        self.helpers: list[Helper] = []
        self.mutators: list[tuple[str, tuple[Kind, ...]]] = []
        self.text = self._write()

    def _some_groups(self) -> dict[str, float]:
        """Scalars, and each other group more or less often than the others.

        Small programs about a few things find more than large ones about all.
        """
        found = {"scalars": 1.0}
        for group in GROUPS:
            if self.rng.random() < 0.5:
                found[group] = self.rng.choice([0.5, 1.0, 2.0])
        return found

    def calls(self, result: Kind) -> list[tuple[str, tuple[Kind, ...]]]:
        return [(n, kinds) for n, kinds, kind in self.helpers if kind == result]

    def on_closure(self, scope: dict[str, Kind]) -> list[str]:
        return [n for n, k in scope.items() if k.name == "closure"]

    # -- the module

    def _write(self) -> str:
        parts = [self._helper() for _ in range(self._number_of("helpers", 2))]
        if self.rng.random() < self.groups.get("recursion", 0.0):
            parts.append(self._recursion())
        main = self._main()
        body = "\n\n".join([*parts, main])
        head = HEAD
        if "Cell" in body or "Grid" in body:
            head += CLASSES
        return head + "\n" + body

    def _number_of(self, group: str, most: int) -> int:
        return self.rng.randrange(most + 1) if group in self.groups else 0

    def _parameters(self, kinds: list[Kind], stem: str, annotated: bool) -> tuple:
        names = [f"{stem}{k}" for k in range(len(kinds))]
        texts = [
            f"{n}: {annotation(k)}" if annotated else n
            for n, k in zip(names, kinds, strict=True)
        ]
        return dict(zip(names, kinds, strict=True)), ", ".join(texts)

    def _helper(self) -> str:
        name = f"helper{len(self.helpers) + len(self.mutators)}"
        n = self.n
        choices = [
            ([FLOAT, FLOAT], FLOAT),
            ([vec(n)], FLOAT),
            ([vec(n), FLOAT], FLOAT),
            ([vec(n), FLOAT], None),
            ([vec(n), FLOAT], None),
            ([FLOAT, FLOAT], tuple_of(FLOAT, FLOAT)),
            ([vec(n)], tuple_of(vec(n), FLOAT)),
            ([vec(n), FLOAT], vec(n)),
        ]
        if "matrices" in self.groups:
            choices += [([mat(*self.shapes[0]), FLOAT], None)]
        if "lists" in self.groups:
            choices += [([LIST, FLOAT], None), ([LIST], FLOAT)]
        if "dicts" in self.groups:
            choices += [([dict_of("a", "b"), FLOAT], None)]
        if "objects" in self.groups:
            choices += [([RECORD, FLOAT], None), ([GRID], FLOAT), ([GRID, FLOAT], None)]
        kinds, result = self.rng.choice(choices)
        annotated = self.rng.random() < 0.4 or any(k.name == "object" for k in kinds)
        scope, parameters = self._parameters(kinds, "p", annotated)
        body = Body(self, scope)
        body.returns = result
        limit, self.limit = self.limit, self.size + 3
        body.statements(self.rng.randrange(1, 4))
        self.limit = limit
        if result is not None:
            body.put(f"return {body.result(2)}")
            self.helpers.append((name, tuple(kinds), result))
        else:
            for _ in range(5):
                if not body.lines:
                    body.statements(1)
            if not body.lines:
                body.put("pass")
            self.mutators.append((name, tuple(kinds)))
        self.size = 0
        return f"def {name}({parameters}):\n" + "\n".join(body.lines) + "\n"

    def _recursion(self) -> str:
        if self.rng.random() < 0.8:
            inner = Expressions(self, {"t": FLOAT, "s": FLOAT})
            below = (
                f"descend({inner.bounded(FLOAT, 1)}, s * {inner.factor()}, fuel - 1)"
            )
            lines = [
                "def descend(t, s, fuel):",
                "    if fuel <= 0:",
                f"        return {inner.float_(1)}",
                f"    return {inner.float_(1)} + {inner.factor()} * {below}",
            ]
            self.helpers.append(("descend", (FLOAT, FLOAT, INT), FLOAT))
        else:
            inner = Expressions(self, {"v": vec(self.n), "s": FLOAT, "fuel": INT})
            index = inner.index(self.n)
            lines = [
                "def sink(v, s, fuel):",
                "    if fuel > 0:",
                f"        v[{index}] = {inner.bounded(FLOAT, 1)}",
                f"        sink(v, s * {inner.factor()}, fuel - 1)",
                f"        v[0] += {inner.bounded(FLOAT, 1)}",
                "",
                "",
                "def sink_two(v, s):",
                "    sink(v, s, 2)",
            ]
            self.mutators.append(("sink_two", (vec(self.n), FLOAT)))
        return "\n".join(lines) + "\n"

    def _main(self) -> str:
        n = self.n
        choices = [FLOAT, FLOAT, vec(n), vec(n)]
        if "matrices" in self.groups:
            choices.append(mat(*self.rng.choice(self.shapes)))
        if "lists" in self.groups:
            choices.append(LIST)
        if "dicts" in self.groups:
            choices.append(dict_of("a", "b"))
        if "tuples" in self.groups:
            choices.append(tuple_of(FLOAT, vec(n)))
        if "objects" in self.groups:
            choices += [RECORD, GRID]
        kinds = [self.rng.choice(choices) for _ in range(self.rng.randrange(1, 4))]
        wrt = self.rng.randrange(len(kinds))
        extra = [k for k in (INT, BOOL) if self.rng.random() < 0.25]
        annotated = self.rng.random() < 0.5
        scope, parameters = self._parameters(kinds + extra, "x", annotated)
        values = [self._value(k) for k in scope.values()]
        body = Body(self, scope)
        body.statements(self.limit)
        body.put(f"return {body.result()}")
        lines = "\n".join(body.lines)
        return (
            f"def f({parameters}):\n{lines}\n\n\n"
            f"ARGS = ({', '.join(values)},)\nWRT = {wrt}\n"
        )

    def _value(self, kind: Kind) -> str:
        """A literal of this kind, for an argument."""

        def number() -> str:
            return str(round(self.rng.uniform(-1.2, 1.2), 3) or 0.123)

        def numbers(count: int) -> str:
            return "[" + ", ".join(number() for _ in range(count)) + "]"

        if kind == FLOAT:
            return number()
        if kind == INT:
            return str(self.rng.randrange(4))
        if kind == BOOL:
            return str(self.rng.random() < 0.5)
        if kind.name == "vec":
            return f"np.array({numbers(kind.of[0])})"
        if kind.name == "mat":
            rows = ", ".join(numbers(kind.of[1]) for _ in range(kind.of[0]))
            return f"np.array([{rows}])"
        if kind == LIST:
            return numbers(self.rng.randrange(1, 4))
        if kind.name == "dict":
            return "{" + ", ".join(f'"{k}": {number()}' for k in kind.of) + "}"
        if kind == RECORD:
            return f"Cell({number()}, {number()})"
        if kind == GRID:
            return f"Grid(np.array({numbers(self.n)}), {number()})"
        return f"({', '.join(self._value(k) for k in kind.of)},)"


def program(seed: int, groups: dict[str, float] | None = None) -> str:
    """The text of the random program of a seed."""
    return Program(seed, groups).text
