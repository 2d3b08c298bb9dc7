"""Trees to text: astor prints, and its text counts only if it reads back the same."""

from __future__ import annotations

import ast
import warnings

import gast

from s2sad.errors import InternalError


def print_tree(tree: gast.AST) -> str:
    """Print a module. astor 0.8.1 drops or garbles some syntax: hence the guard."""
    native = ast.fix_missing_locations(
        gast.gast_to_ast(gast.fix_missing_locations(tree))
    )
    wanted = ast.dump(native)
    text = ""
    for printer in (_astor, ast.unparse):
        try:
            text = printer(native)
            if ast.dump(ast.parse(text)) == wanted:
                return text if text.endswith("\n") else text + "\n"
        except (SyntaxError, AttributeError, TypeError, ValueError):
            continue
    raise InternalError(f"the emitted tree could not be printed:\n{text}")


def _astor(tree: ast.AST) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import astor

        text: str = astor.to_source(tree, pretty_source="".join)
    return text


def statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """Statements in the order of the text."""
    found: list[ast.stmt] = []
    stack = list(reversed(body))
    while stack:
        node = stack.pop()
        found.append(node)
        inner: list[ast.stmt] = []
        for field in ("body", "orelse", "finalbody"):
            inner += getattr(node, field, None) or []
        stack.extend(reversed(inner))
    return found


def comment(text: str, notes: dict[int, str], above: dict[int, str], width: int) -> str:
    """Put notes behind lines (by number, from 1), or above where they do not fit."""
    lines = text.splitlines()
    out: list[str] = []
    for number, line in enumerate(lines, 1):
        indent = line[: len(line) - len(line.lstrip())]
        if number in above:
            out.append(f"{indent}# {above[number]}")
        note = notes.get(number)
        if note is None:
            out.append(line)
        elif len(line) + len(note) + 4 <= width:
            out.append(f"{line}  # {note}")
        else:
            room = width - len(indent) - 2
            short = note if len(note) <= room else note[: room - 3] + "..."
            out += [f"{indent}# {short}", line]
    return "\n".join(out) + "\n"
