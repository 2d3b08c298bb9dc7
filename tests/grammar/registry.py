"""The list of grammar programs: `@right(node, ...)` and `@refused(node, ...)` add one.

    @right("Add", "x + y", 0.7, 1.2)
    def add(x, y):
        return x + y

The second argument is what the table shows; it stands in the program, but for a `...`
at its end. What Python writes only from some version on is in `newer.py` and
`template.py`, and what is to be said of it is here, so that the table is the same
whichever Python makes it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gast

MODULES = ["statements", "expressions", "operators", "patterns"]

#: Modules that hold syntax of a later Python, and that Python.
NEWER = {"newer": (3, 12), "template": (3, 14)}


@dataclass(frozen=True)
class Program:
    """What a program shows of a node; without an error code, that it is right."""

    node: str
    shown: str
    code: str = ""
    instead: str = ""
    args: tuple[Any, ...] = ()
    f: Callable[..., Any] | None = None

    @property
    def id(self) -> str:
        return f"{self.node}-{self.f.__name__ if self.f else self.shown}"


#: What the programs in modules of NEWER show: module -> programs without functions.
ANNOUNCED = {
    "newer": [
        Program("TypeVar", "def largest[T] ..."),
        Program("ParamSpec", "def applied[**P] ..."),
        Program("TypeVarTuple", "def total[*Ts] ..."),
        Program(
            "TypeAlias",
            "type Vector = list[float]",
            "S201",
            "the alias outside of the function",
        ),
    ],
    "template": [
        Program("TemplateStr", 't"x is {x}"', "S201", "an f-string"),
        Program("Interpolation", 't"{x:.3f}"', "S201", "an f-string"),
    ],
}

#: Nodes that no function of Python 3 holds, and why.
NOT_IN_FUNCTIONS = {
    "Module": "the root of a file; a function is in one",
    "Interactive": "the root of a line typed at a prompt",
    "Expression": "the root of what `eval` is given",
    "FunctionType": "the root of a signature in a type comment",
    "Suite": "the root of code of Jython",
    "TypeIgnore": "a type comment, kept only when asked for, by modules",
    "AugLoad": "made by no parser since Python 3.8",
    "AugStore": "made by no parser since Python 3.8",
    "Print": "a statement of Python 2; `print(x)` is a call",
    "Exec": "a statement of Python 2; `exec(text)` is a call",
    "Repr": "backquotes of Python 2; `repr(x)` is a call",
}

PROGRAMS: list[Program] = []

#: What to write instead: refused function -> a program that is right.
INSTEAD: dict[str, Program] = {}


def _add(program: Program) -> None:
    for known in PROGRAMS:
        if known.id == program.id:
            assert known.f is not None and program.f is not None
            if known.f.__code__ == program.f.__code__:
                return  # pytest may import a module under a second name
            raise ValueError(f"two programs are called {program.id}")
    PROGRAMS.append(program)


def right(node: str, shown: str, *args: Any) -> Callable[..., Any]:
    """The function has a gradient at `args`, in each argument that holds a float."""

    def register(f: Callable[..., Any]) -> Callable[..., Any]:
        _add(Program(node, shown, args=args, f=f))
        return f

    return register


def refused(
    node: str, shown: str, code: str, instead: str, *args: Any
) -> Callable[..., Any]:
    """The function is refused with this code; the user can write `instead`."""

    def register(f: Callable[..., Any]) -> Callable[..., Any]:
        _add(Program(node, shown, code, instead, args, f))
        return f

    return register


def instead(other: Callable[..., Any], *args: Any) -> Callable[..., Any]:
    """The function is what can be written instead of `other`, which is refused."""

    def register(f: Callable[..., Any]) -> Callable[..., Any]:
        INSTEAD[other.__name__] = Program("", f.__name__, args=args, f=f)
        return f

    return register


def load() -> list[Program]:
    """Import what this Python can read, and return its programs."""
    readable = [name for name, since in NEWER.items() if sys.version_info >= since]
    for name in [*MODULES, *readable]:
        importlib.import_module(f"grammar.{name}")
    importlib.import_module("grammar.instead")
    return PROGRAMS


def described() -> list[Program]:
    """All programs, those of a later Python without their functions."""
    later = {p.node for programs in ANNOUNCED.values() for p in programs}
    here = [p for p in load() if p.node not in later]
    return here + [p for programs in ANNOUNCED.values() for p in programs]


def nodes() -> dict[str, list[str]]:
    """The concrete nodes of the installed gast, under the class that they belong to."""
    found: dict[str, list[str]] = {}
    for name, cls in vars(gast).items():
        if isinstance(cls, type) and issubclass(cls, gast.AST) and cls is not gast.AST:
            # gast has type_ignore below TypeIgnore, Python the other way round.
            below = {c.__name__ for c in cls.__subclasses__()} - {"type_ignore"}
            if below or name == "type_ignore":
                continue
            base = cls.__mro__[1].__name__
            found.setdefault("part" if base == "AST" else base, []).append(name)
    return {base: sorted(names) for base, names in found.items()}
