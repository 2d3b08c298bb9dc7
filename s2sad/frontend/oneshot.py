"""What Python reads once and we would read twice: iterators that have a name.

`m = map(f, x)` is a list here, made at once. That is the same where it is read once,
and nothing that it is made of is assigned in between; elsewhere it is refused.
"""

from __future__ import annotations

import gast

#: Functions that give an iterator.
ITERATORS = frozenset({"map", "zip", "filter", "reversed", "enumerate", "iter"})
LOOPS = gast.For | gast.While
LITERALS = (
    gast.List | gast.Dict | gast.Set | gast.ListComp | gast.DictComp | gast.SetComp
)


def is_iterator(value: gast.AST) -> bool:
    named = isinstance(value, gast.Call) and isinstance(value.func, gast.Name)
    return isinstance(value, gast.GeneratorExp) or (
        named and value.func.id in ITERATORS
    )


def misread(node: gast.Assign, function: gast.AST) -> str | None:
    """Why an iterator under a name cannot be taken for a list; nothing if it can."""
    if not is_iterator(node.value) or not isinstance(node.targets[0], gast.Name):
        return None
    name = node.targets[0].id
    body = function.body if isinstance(function.body, list) else [function.body]
    loads = [n for part in body for n in _loads(part, name, False)]
    if len(loads) > 1 or any(loads):
        return "an iterator that has a name, and is read more than once"
    if isinstance(node.value, gast.GeneratorExp) or node.value.func.id in (
        "map",
        "filter",
    ):
        place = (node.end_lineno or node.lineno, node.end_col_offset or 0)
        inner = {n.id for n in gast.walk(node.value) if isinstance(n, gast.Name)}
        for part in body:
            for n in gast.walk(part):
                stored = isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)
                if stored and n.id in inner and (n.lineno, n.col_offset) > place:
                    return (
                        f"{n.id} is assigned before the iterator that uses it is read"
                    )
    return None


def _loads(part: gast.AST, name: str, again: bool) -> list[bool]:
    """For each place where a name is read: is it one that is come by repeatedly?"""
    if isinstance(part, gast.Name):
        return [again] if part.id == name and isinstance(part.ctx, gast.Load) else []
    found: list[bool] = []
    makes = any(
        isinstance(n, gast.Name) and n.id == name and isinstance(n.ctx, gast.Store)
        for n in gast.walk(part)
    )
    for field, value in gast.iter_fields(part):
        inside = isinstance(part, LOOPS) and field != "iter" and not makes
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, gast.AST):
                found += _loads(child, name, again or inside)
    return found


def shared_by_objects(node: gast.ClassDef) -> gast.AST | None:
    """A list or the like that the objects of a class have in common."""
    for part in node.body:
        value = getattr(part, "value", None)
        if isinstance(part, gast.Assign | gast.AnnAssign) and value is not None:
            array = isinstance(value, gast.Call) and isinstance(
                value.func, gast.Attribute
            )
            if isinstance(value, LITERALS) or array:
                return part
    return None
