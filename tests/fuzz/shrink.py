"""Make a failing program small: less and less of it, as long as it fails alike."""

from __future__ import annotations

import ast
import copy
import time
from collections.abc import Callable, Iterator

from fuzz.outcome import Outcome, failure_of, outcome_of

Test = Callable[[str], bool]


def shrink(text: str, failure: Outcome, seconds: float = 60.0) -> str:
    """The smallest program found that fails for the same cause."""

    judge = failure_of if failure.kind in ("CRASH", "refused") else outcome_of

    def fails(candidate: str) -> bool:
        return judge(candidate).cause == failure.cause

    return shrink_while(text, fails, seconds)


def shrink_while(text: str, fails: Test, seconds: float = 60.0) -> str:
    """The smallest program found for which `fails` holds, as it does for `text`."""
    deadline = time.monotonic() + seconds
    best = ast.unparse(ast.parse(text))
    if not fails(best):
        return text
    best = _without_runs(best, fails, deadline)
    progress = True
    while progress and time.monotonic() < deadline:
        progress = False
        position = 0
        while time.monotonic() < deadline:
            candidate = _candidate(best, position)
            if candidate is None:
                break
            position += 1
            if _size(candidate) < _size(best) and fails(candidate):
                best = candidate
                progress = True
                position = max(0, position - 2)
    return best + "\n"


def _without_runs(text: str, fails: Test, deadline: float) -> str:
    """Delete runs of statements of `f`, long ones first."""
    length = 16
    while length > 1 and time.monotonic() < deadline:
        start = 0
        while time.monotonic() < deadline:
            tree = ast.parse(text)
            f = next((n for n in tree.body if getattr(n, "name", "") == "f"), None)
            if not isinstance(f, ast.FunctionDef) or start >= len(f.body) - 1:
                break
            del f.body[start : min(start + length, len(f.body) - 1)]
            candidate = ast.unparse(tree)
            if fails(candidate):
                text = candidate
            else:
                start += max(1, length // 2)
        length //= 2
    return text


def _size(text: str) -> tuple[int, int]:
    """Fewer lines first, then fewer characters."""
    return len(text.splitlines()), len(text)


def _candidate(text: str, position: int) -> str | None:
    """The program after one edit, counted from 0; None when there are no more."""
    for k, edited in enumerate(_edits(ast.parse(text), position)):
        if k == position:
            try:
                return ast.unparse(ast.fix_missing_locations(edited))
            except Exception:
                return text
    return None


def _edits(tree: ast.Module, wanted: int) -> Iterator[ast.Module]:
    """Every edit in a fixed order; only the wanted one is carried out."""
    count = -1

    def turn() -> bool:
        nonlocal count
        count += 1
        return count == wanted

    for statement in range(len(tree.body)):
        if turn():
            del tree.body[statement]
            yield tree
            return
        yield tree
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if not _is_block(value):
                continue
            for k, statement in enumerate(value):
                if node is not tree:
                    if turn():
                        value[k : k + 1] = [] if len(value) > 1 else [ast.Pass()]
                        yield tree
                        return
                    yield tree
                for inner in _insides(statement):
                    if turn():
                        value[k : k + 1] = inner
                        yield tree
                        return
                    yield tree
            if field in ("orelse", "finalbody", "handlers") and value:
                if turn():
                    setattr(node, field, [])
                    yield tree
                    return
                yield tree
        if isinstance(node, ast.Match) and len(node.cases) > 1:
            for k in range(len(node.cases)):
                if turn():
                    del node.cases[k]
                    yield tree
                    return
                yield tree
    yield from _parameters(tree, turn)
    yield from _expressions(tree, turn)


def _is_block(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(v, (ast.stmt, ast.ExceptHandler)) for v in value)
    )


def _insides(statement: ast.stmt) -> list[list[ast.stmt]]:
    """What a compound statement may be replaced with: its blocks."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return []
    if isinstance(statement, ast.Match):
        return [case.body for case in statement.cases]
    found = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
    for handler in getattr(statement, "handlers", []):
        found.append(handler.body)
    return [block for block in found if block]


def _parameters(tree: ast.Module, turn: Callable[[], bool]) -> Iterator[ast.Module]:
    """Take a parameter of `f`, and its argument, away."""
    f = next((n for n in tree.body if getattr(n, "name", "") == "f"), None)
    args = _assigned(tree, "ARGS")
    wrt = _assigned(tree, "WRT")
    if not (
        isinstance(f, ast.FunctionDef) and args is not None and wrt is not None
    ) or not isinstance(args.value, ast.Tuple):
        return
    assert isinstance(wrt.value, ast.Constant)
    for k, argument in enumerate(f.args.args):
        if k != wrt.value.value:
            if turn():
                del f.args.args[k], args.value.elts[k]
                wrt.value.value -= k < wrt.value.value
                yield tree
                return
            yield tree
        if argument.annotation is not None:
            if turn():
                argument.annotation = None
                yield tree
                return
            yield tree


def _assigned(tree: ast.Module, name: str) -> ast.Assign | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return node
    return None


def _expressions(tree: ast.Module, turn: Callable[[], bool]) -> Iterator[ast.Module]:
    """An expression becomes one of its parts, or a small constant.

    Arguments stay of their kinds: their numbers change, and how many there are.
    """
    values = _assigned(tree, "ARGS")
    arguments = set(ast.walk(values)) if values is not None else set()
    for node in ast.walk(tree):
        if isinstance(getattr(node, "ctx", None), ast.Store):
            continue
        for field, value in ast.iter_fields(node):
            inside = value if isinstance(value, list) else [value]
            for k, child in enumerate(inside):
                if not isinstance(child, ast.expr) or field in ("targets", "target"):
                    continue
                if field in ("annotation", "decorator_list", "func", "returns"):
                    continue
                number = _may_be_a_number(node, field)
                kept = child in arguments and not isinstance(child, ast.Constant)
                for part in () if kept else _simpler(child, number):
                    if turn():
                        part = copy.deepcopy(part)
                        if isinstance(value, list):
                            value[k] = part
                        else:
                            setattr(node, field, part)
                        yield tree
                        return
                    yield tree
                several = isinstance(value, list) and field == "elts"
                if several and len(inside) > 1:
                    if turn():
                        del value[k]
                        yield tree
                        return
                    yield tree


def _may_be_a_number(node: ast.AST, field: str) -> bool:
    """Would a number in this place keep the program sensible, reached or not?"""
    if field in ("iter", "exc", "type", "context_expr", "cls"):
        return False
    if isinstance(node, ast.Assign):
        return not isinstance(node.targets[0], (ast.Tuple, ast.List))
    return not (isinstance(node, (ast.Attribute, ast.Subscript)) and field == "value")


def _simpler(expression: ast.expr, number: bool) -> Iterator[ast.expr]:
    """Parts of an expression; or numbers, where one fits."""
    if isinstance(expression, ast.Constant):
        if expression.value not in (0.5, 2, 1, 0, True, False) and number:
            yield ast.Constant(0.5)
        return
    if isinstance(expression, (ast.Compare, ast.BoolOp)):
        yield ast.Constant(True)
        yield ast.Constant(False)
    elif number:
        yield ast.Constant(0.5)
        yield ast.Constant(2)
    for part in ast.walk(expression):
        if part is expression or not isinstance(part, ast.expr):
            continue
        if isinstance(getattr(part, "ctx", ast.Load()), ast.Load):
            yield part
