"""Every node of Python's grammar: its programs are right, or refused as listed.

The table in docs/language.md is made of these programs; S2SAD_BLESS=1 writes it.
"""

from __future__ import annotations

import inspect
import sys
import textwrap

import gast
import pytest
from blocks import ROOT, check_block
from corpus.judge import judge
from corpus.registry import Case, Check, _positions
from grammar.registry import (
    ANNOUNCED,
    INSTEAD,
    NEWER,
    NOT_IN_FUNCTIONS,
    Program,
    described,
    load,
    nodes,
)

import s2sad
from s2sad.errors import InternalError, S2sadError

PROGRAMS = load()
RIGHT = [p for p in PROGRAMS if not p.code]
REFUSED = [p for p in PROGRAMS if p.code]
NODES = nodes()

TITLES = {
    "stmt": "statements",
    "excepthandler": "parts of statements",
    "part": "parts of statements and expressions",
    "expr": "expressions",
    "slice": "expressions",
    "expr_context": "contexts of names",
    "boolop": "operators",
    "operator": "operators",
    "unaryop": "operators",
    "cmpop": "comparisons",
    "pattern": "patterns",
    "type_param": "type parameters",
    "mod": "roots",
    "type_ignore": "roots",
}


def body(program: Program) -> str:
    """The text of a program, without its decorators."""
    assert program.f is not None
    text = textwrap.dedent(inspect.getsource(program.f))
    lines = text.splitlines(keepends=True)
    start = next(k for k, t in enumerate(lines) if t.startswith(("def", "async def")))
    return "".join(lines[start:])


def programs(marked: list[Program]) -> list[object]:
    return [pytest.param(p, id=p.id) for p in marked]


def test_every_node_has_a_row():
    """Of the installed gast: whoever adds a node to it has to add a row."""
    every = {name for names in NODES.values() for name in names}
    listed = {p.node for p in described()} | set(NOT_IN_FUNCTIONS)
    assert every - listed == set()
    # An older gast may not know the nodes of a newer Python.
    later = {p.node for p in ANNOUNCED["template"]}
    assert listed - every <= later


@pytest.mark.parametrize("program", programs(PROGRAMS))
def test_the_program_holds_the_node(program):
    """And what the table shows of it; and no node that no function is said to hold."""
    text = body(program)
    held = {type(node).__name__ for node in gast.walk(gast.parse(text))}
    assert program.node in held
    assert held & set(NOT_IN_FUNCTIONS) <= {"Module"}
    for part in program.shown.removesuffix(" ...").removesuffix(": ...").split("..."):
        assert part in text, part


@pytest.mark.parametrize("program", programs([*RIGHT, *INSTEAD.values()]))
def test_right(program):
    positions = _positions(program.f, program.args, None)
    case = Case(program.id, program.f, (program.args,), positions, frozenset())
    assert positions
    for argnum in positions:
        verdict = judge(Check(case, 0, argnum))
        assert verdict.kind == "right", f"{verdict.code} {verdict.detail}"


@pytest.mark.parametrize("program", programs(REFUSED))
def test_refused(program):
    with pytest.raises(S2sadError) as caught:
        s2sad.grad(program.f)(*program.args)
    error = caught.value
    assert not isinstance(error, InternalError)
    assert error.code == program.code, str(error)
    assert error.message and error.hint
    assert error.filename == inspect.getsourcefile(program.f)
    lines, first = inspect.getsourcelines(program.f)
    assert first <= error.lineno < first + len(lines)
    assert error.excerpt


def test_what_to_write_instead_has_a_program():
    later = {p.node for module in NEWER for p in ANNOUNCED[module]}
    advised = {p.f.__name__ for p in REFUSED if p.node not in later}
    assert set(INSTEAD) == advised


def test_newer_programs_are_as_announced():
    here = {(p.node, p.shown, p.code, p.instead) for p in PROGRAMS}
    for module, since in NEWER.items():
        if sys.version_info >= since:
            for p in ANNOUNCED[module]:
                assert (p.node, p.shown, p.code, p.instead) in here


def cell(shown: list[str]) -> str:
    return "<br>".join(f"`{text}`".replace("|", "\\|") for text in shown)


def row(name: str) -> str:
    """The line of the table for a node."""
    if name in NOT_IN_FUNCTIONS:
        return f"| `{name}` | not in functions | | {NOT_IN_FUNCTIONS[name]} |\n"
    mine = [p for p in described() if p.node == name]
    right = [p.shown for p in mine if not p.code]
    wrong = [p for p in mine if p.code]
    word = "in part" if right and wrong else "supported" if right else "refused"
    no = "<br>".join(f"{cell([p.shown])} ({p.code}): {p.instead}" for p in wrong)
    return f"| `{name}` | {word} | {cell(right)} | {no} |\n"


def test_the_table_is_made_of_the_programs():
    later = [p.node for p in ANNOUNCED["template"]]
    text = ""
    for title in dict.fromkeys(TITLES.values()):
        names = [
            n for base, all_ in NODES.items() if TITLES[base] == title for n in all_
        ]
        if title == "expressions":
            names += [n for n in later if n not in names]
        text += f"| **{title}** | | | |\n" + "".join(map(row, sorted(names)))
    head = "| node | | right, as in | refused, and what to write instead |\n"
    table = f"\n{head}|---|---|---|---|\n{text}\n"
    check_block(ROOT / "docs" / "language.md", "table:grammar", table)
