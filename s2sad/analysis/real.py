"""Which values may be complex numbers: the conjugate in a derivative hangs on it.

A rule that is another one for complex numbers asks. Where a value is known to be real
or complex, that answers; where it is not, it is taken for real, and the run checks what
it is made of, in the first lines of the derivative.
"""

from __future__ import annotations

from typing import Any

from s2sad.ir.core import Const, Function, Op, Value, walk
from s2sad.ir.infer import is_complex
from s2sad.rules import registry

REAL, UNKNOWN, COMPLEX = range(3)
#: Kinds of values that hold no complex number.
PLAIN = frozenset({"float", "int", "bool", "str", "none", "range", "function", "slice"})
#: Helpers that give a number the dtype of their second argument.
AS_SECOND = frozenset({f"s2sad.runtime.{n}" for n in ("unbroadcast", "match", "cast")})
TESTS = frozenset({"lt", "le", "gt", "ge", "eq", "ne", "is", "isnot", "not", "in"})


def sources(value: Value) -> tuple[bool, list[Value]]:
    """Is it made of a number known to be complex? And of which that may be?"""
    unknown: list[Value] = []
    seen: set[Value] = set()
    pending = [value]
    while pending:
        value = pending.pop()
        if value in seen:
            continue
        seen.add(value)
        kind = value.type
        if is_complex(value):
            return True, []
        op = value.op
        if op is None:
            owner = value.block.owner if value.block is not None else None
            if owner is not None:  # of a loop: what it begins with, what it carries
                pending += owner.args
                pending += [v for block in owner.blocks for v in block.results]
            elif not isinstance(value, Const) and not _plain(value):
                unknown.append(value)
            continue
        if kind.dtype in ("int", "bool") or kind.kind in ("int", "bool", "str"):
            continue
        if op.code in TESTS or (op.code == "getattr" and _is_part(op)):
            continue
        if op.code == "call":
            name = op.attrs["fn"]
            if name in AS_SECOND:
                pending.append(op.args[1])
            elif not _gives_reals(name):
                pending += op.args
        elif op.code in ("global", "calluser") or not (op.args or op.blocks):
            if not _plain(value) and op.code not in ("list", "tuple", "dict"):
                unknown.append(value)
        else:
            if op.code == "getattr" and op.attrs["attr"] != "T":
                unknown.append(value)
                continue
            pending += op.args[:1] if op.code == "getitem" else op.args
            pending += [v for block in op.blocks for v in block.results]
    return False, unknown


def _plain(value: Value) -> bool:
    return value.type.kind in PLAIN or value.type.dtype in ("float", "int", "bool")


def _is_part(op: Op) -> bool:
    return op.attrs["attr"] in ("real", "imag", "shape", "size", "ndim")


def _gives_reals(name: str) -> bool:
    return name in registry.REAL_VALUED or name.startswith("math.") or name == "float"


def may_be_complex(value: Value) -> bool:
    """Is it known to be made of complex numbers?"""
    return sources(value)[0]


def has_complex(function: Function) -> bool:
    """Are there numbers that are known to be complex?"""
    values = [v for op in walk(function.body) for v in (*op.args, *op.results)]
    return any(is_complex(v) for v in values)


def asks(rule: registry.Rule) -> bool:
    """Is the rule another one for complex numbers?"""
    templates: list[Any] = [*rule.partials.values(), *rule.adjoints.values()]
    return any(
        "is_complex" in (t if isinstance(t, str) else t.__code__.co_names)
        for t in templates
    )


def is_gate(op: Op) -> bool:
    """Does it make real numbers of complex ones, or conjugates?"""
    if op.code == "getattr":
        return op.attrs["attr"] in ("real", "imag")
    rule = registry.find(op) if op.code == "call" else None
    return rule is not None and (rule.name in registry.REAL_VALUED or asks(rule))


def check_real(function: Function, active: set[Value], checked: list[Value]) -> None:
    """Let the run check that numbers are real where the derivative takes them so.

    Of the values in `checked` it looks at that anyhow.
    """
    found: dict[Value, None] = {}
    for op in walk(function.body):
        if op.results and op.result in active and is_gate(op):
            for value in op.args:
                unknown = set(sources(value)[1]).difference(checked)
                found.update(dict.fromkeys(unknown))
    params = [p.value for p in function.params if p.value in found]
    if params:
        _insert(function, params, 0)
    for value in found:
        made = value.op
        if made is not None and made.block is not None:
            _insert(function, [value], made.block.ops.index(made) + 1, made)


def _insert(
    function: Function, values: list[Value], place: int, after: Op | None = None
) -> None:
    block = function.body if after is None or after.block is None else after.block
    check = Op("check", list(values), {"fn": "require_real"}, origin=None)
    check.block = block
    block.ops.insert(place, check)
