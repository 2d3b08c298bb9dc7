"""What is seen after an exception, told by the text of a function."""

from __future__ import annotations

from typing import Any

import gast


def used_elsewhere(function: Any, node: gast.AST, body: list[gast.AST]) -> set[str]:
    """Names that the function reads outside of these statements."""
    counts: dict[str, int] = {}
    bodies = [function.body] if isinstance(function, gast.Lambda) else function.body
    again = _is_in_loop(bodies, node)  # what it reads itself, the next time
    for sign, parts in ((1, bodies), (-1, original(function, node, body))):
        for part in parts:
            for n in gast.walk(part):
                if isinstance(n, gast.AugAssign):
                    n = n.target
                elif not isinstance(getattr(n, "ctx", None), gast.Load):
                    continue
                if isinstance(n, gast.Name):
                    counts[n.id] = counts.get(n.id, 0) + sign
    return {name for name, count in counts.items() if count > 0 or again}


def original(function: Any, node: gast.AST, body: list[gast.AST]) -> list[gast.AST]:
    """Statements as the user wrote them, before exits were rewritten."""
    whole = isinstance(node, gast.Try) and len(body) > len(node.body)
    for n in gast.walk(function):
        if type(n) is type(node) and _place(n) == _place(node):
            if isinstance(n, gast.Try):
                more = [*n.handlers, *n.orelse] if whole else []
                return [*n.body, *more]
            return list(n.body)
    return body


def names(nodes: list[gast.AST]) -> set[str]:
    """Names that these statements use."""
    return {n.id for part in nodes for n in gast.walk(part) if isinstance(n, gast.Name)}


def may_raise_something(body: list[gast.AST]) -> bool:
    """May these statements raise something: is there more than names and numbers?"""
    risky = (gast.Raise, gast.Assert, gast.Call, gast.Subscript, gast.Div, gast.Pow)
    return any(isinstance(n, risky) for part in body for n in gast.walk(part))


def asks(handlers: list[gast.ExceptHandler]) -> bool:
    """Does a handler use the exception, other than to raise it again?"""
    for each in handlers:
        if each.name is None:
            continue
        name = each.name if isinstance(each.name, str) else each.name.id
        again = [n.exc for s in each.body for n in gast.walk(s) if _is_raise(n)]
        for part in each.body:
            for n in gast.walk(part):
                if isinstance(n, gast.Name) and n.id == name and n not in again:
                    return True
    return False


def _is_raise(node: gast.AST) -> bool:
    return isinstance(node, gast.Raise)


def _is_in_loop(body: list[gast.AST], node: gast.AST) -> bool:
    return any(
        type(inner) is type(node) and _place(inner) == _place(node)
        for part in body
        for loop in gast.walk(part)
        if isinstance(loop, gast.For | gast.While)
        for inner in gast.walk(loop)
    )


def _place(node: gast.AST) -> tuple[int, int]:
    return (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
