"""A derivative as the text of a module: imports, the function, its comments."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

import gast

from s2sad.emit.statements import Writer
from s2sad.emit.text import comment, print_tree, statements
from s2sad.ir.core import Function, Op, walk

WIDTH = 88
BUILTIN = frozenset({"float", "int", "bool", "str", "list", "tuple", "dict"})


@dataclass
class Module:
    """Emitted text, and what it must be given to run."""

    name: str
    text: str
    modules: dict[str, str]  # path -> the name that it has in the text
    helpers: dict[str, str]  # run-time helper -> the name that it has in the text
    lines: dict[int, int]  # emitted line -> line of the user's source


def emit(
    function: Function,
    forward: set[Op],
    home: str,
    others: Sequence[Function] = (),
    *,
    sweeps: bool = True,
) -> Module:
    """Write a function; `forward` are the operations of its forward sweep.

    `others` are functions that it calls: they stand before it in the text. Without
    sweeps, each derivative stands beside its primal line, and needs no comment.
    """
    modules: dict[str, str] = {}
    helpers: dict[str, str] = {}
    texts: list[str] = []
    maps: list[dict[int, int]] = []
    for each in (*others, function):
        writer = Writer(each, home)
        writer.modules, writer.helpers = modules, helpers
        body = writer.body()
        if each.docstring:
            body.insert(0, gast.Expr(gast.Constant(each.docstring, None)))
        node = gast.FunctionDef(each.name, _arguments(each), body, [], None, None, [])
        known = forward if each is function else set()
        if each.name.endswith("_forward"):
            known = {op for top in each.body.ops for op in (top, *_within(top))}
        printed = print_tree(gast.Module([node], []))
        text, lines = _annotate(printed, body, known, sweeps)
        texts.append(text)
        maps.append(lines)
    imports = _imports(modules, helpers)
    if not all(_plain(p.annotation) for f in (*others, function) for p in f.params):
        imports = f"from __future__ import annotations\n\n{imports}"
    whole = [imports, *texts] if imports else texts
    start = imports.count("\n") + 2 if imports else 0
    found: dict[int, int] = {}
    for text, lines in zip(texts, maps, strict=True):
        found.update({number + start: line for number, line in lines.items()})
        start += text.count("\n") + 2
    return Module(function.name, "\n\n".join(whole), modules, helpers, found)


def _within(op: Op) -> list[Op]:
    return [inner for block in op.blocks for inner in walk(block)]


def _plain(annotation: gast.AST | None) -> bool:
    return annotation is None or getattr(annotation, "id", "") in BUILTIN


def _imports(modules: dict[str, str], used: dict[str, str]) -> str:
    out = []
    for path, short in sorted(modules.items()):
        out.append(f"import {path}" if path == short else f"import {path} as {short}")
    names = [
        h if h == short else f"{h} as {short}" for h, short in sorted(used.items())
    ]
    if names:
        out.append(f"from s2sad.runtime import {', '.join(names)}")
    return "".join(f"{line}\n" for line in out)


def _arguments(function: Function) -> gast.arguments:
    def named(kind: str) -> list[gast.AST]:
        return [
            gast.Name(p.name, gast.Param(), p.annotation, None)
            for p in function.params
            if p.kind == kind
        ]

    positional = [p for p in function.params if p.kind in ("posonly", "positional")]
    defaults = [p.default for p in positional if p.default is not None]
    keyword = [p.default for p in function.params if p.kind == "kwonly"]
    return gast.arguments(
        args=named("positional"),
        posonlyargs=named("posonly"),
        vararg=next(iter(named("vararg")), None),
        kwonlyargs=named("kwonly"),
        kw_defaults=keyword,
        kwarg=next(iter(named("kwarg")), None),
        defaults=defaults,
    )


def _annotate(
    text: str, body: list[gast.AST], forward: set[Op], sweeps: bool
) -> tuple[str, dict[int, int]]:
    """Comments that name the primal line of each adjoint statement."""
    tree = ast.parse(text).body[0]
    assert isinstance(tree, ast.FunctionDef)
    printed = statements(tree.body)
    outermost = {id(node) for node in tree.body}
    written = _preorder(body)
    notes: dict[int, str] = {}
    above: dict[int, str] = {}
    lines: dict[int, int] = {}
    last = ""
    sweep = ""
    for emitted, node in zip(printed, written, strict=True):
        op = getattr(node, "ir", None)
        if op is None or op.code in ("check",):
            continue
        now = "forward" if op in forward else "reverse"
        if id(emitted) in outermost and now != sweep:
            above[emitted.lineno] = f"{now} sweep"
            sweep = now
        if op.origin is None or op.origin.line == 0:
            continue
        if op.origin.source.path != "<rule>":
            lines[emitted.lineno] = op.origin.line
        nested = isinstance(emitted, ast.If | ast.For | ast.While)
        if now == "reverse" and (not nested or op.attrs.get("lowered")):
            line = _source_line(op)
            if line and line != last and not line.endswith(":"):
                notes[emitted.lineno] = line
            last = line
        else:
            last = ""
    if not sweeps:
        return text, lines
    return comment(text, notes, above, WIDTH), lines


def _preorder(body: list[gast.AST]) -> list[gast.AST]:
    return statements(body)


def _source_line(op: Op) -> str:
    """The user's line that an operation comes from, without its own comment."""
    assert op.origin is not None
    source, number = op.origin.source, op.origin.line
    if not 0 < number <= len(source.lines):
        return ""
    line = source.lines[number - 1].strip()
    try:
        return ast.unparse(ast.parse(line)) if "#" in line else line
    except SyntaxError:
        return line.partition("  #")[0]
