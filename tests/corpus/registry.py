"""The list of test programs: `@case(args..., wrt=..., also=[...])` adds one."""

from __future__ import annotations

import copy
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import corpus
from s2sad.check.structure import flatten

CASES: list[Case] = []
NOT_THEMES = {
    "registry",
    "refused",
    "judge",
    "judge_forward",
    "judge_vjp",
    "judge_second",
    "refused_second",
}


@dataclass(frozen=True)
class Case:
    """A function, the points to differentiate it at, and what it is about."""

    name: str  # theme.function, as in "loops.horner"
    f: Callable[..., Any]
    points: tuple[tuple[Any, ...], ...]
    wrt: tuple[int, ...]
    tags: frozenset[str]

    @property
    def theme(self) -> str:
        return self.name.partition(".")[0]

    def args(self, point: int) -> tuple[Any, ...]:
        """A fresh copy of the arguments of one point."""
        return copy.deepcopy(self.points[point])


@dataclass(frozen=True)
class Check:
    """One gradient to check: of a case, at a point, in one argument."""

    case: Case
    point: int
    argnum: int

    @property
    def id(self) -> str:
        """As in "loops.horner-x", with "@1" for the first further point."""
        name = list(inspect.signature(self.case.f).parameters)[self.argnum]
        place = f"@{self.point}" if self.point else ""
        return f"{self.case.name}-{name}{place}"


def case(
    *args: Any,
    wrt: int | str | Sequence[int | str] | None = None,
    also: Iterable[tuple[Any, ...]] = (),
    tags: str = "issue2",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated function and return it as it is.

    `args` is the point to differentiate at, `also` lists further points, `wrt` the
    arguments by position or name (default: each that holds a float), `tags` words.
    """

    def register(f: Callable[..., Any]) -> Callable[..., Any]:
        name = f"{f.__module__.rpartition('.')[2]}.{f.__name__}"
        for known in CASES:
            if known.name == name:
                if known.f.__code__ == f.__code__:
                    return f  # pytest may import a module under a second name
                raise ValueError(f"two cases are called {name}")
        positions = _positions(f, args, wrt)
        points = (args, *also)
        CASES.append(Case(name, f, points, positions, frozenset(tags.split())))
        return f

    return register


def _positions(f: Callable[..., Any], args: tuple[Any, ...], wrt: Any) -> Any:
    if wrt is None:
        return tuple(k for k, a in enumerate(args) if flatten(a).size)
    names = list(inspect.signature(f).parameters)
    chosen = (wrt,) if isinstance(wrt, (int, str)) else wrt
    return tuple(names.index(w) if isinstance(w, str) else w for w in chosen)


def themes() -> list[str]:
    """The corpus modules, in alphabetical order."""
    found = pkgutil.iter_modules(corpus.__path__)
    return sorted(m.name for m in found if m.name not in NOT_THEMES)


def load() -> list[Case]:
    """Import every theme and return all cases."""
    for theme in themes():
        importlib.import_module(f"corpus.{theme}")
    return CASES


def checks() -> list[Check]:
    """Every gradient of the corpus: all cases, points and arguments."""
    return [
        Check(one, point, argnum)
        for one in load()
        for point in range(len(one.points))
        for argnum in one.wrt
    ]
