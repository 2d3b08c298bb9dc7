"""The type of an operation's result from the types of its operands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from s2sad.ir.types import (
    ANY,
    ARRAY,
    BOOL,
    COMPLEX,
    FLOAT,
    INT,
    NO_ROOTS,
    NUM,
    STR,
    Cut,
    Roots,
    Type,
    array,
    join,
)

if TYPE_CHECKING:
    from s2sad.ir.core import Op, Value

ARITHMETIC = frozenset(["add", "sub", "mul", "div", "floordiv", "mod", "pow"])
BITWISE = frozenset(["bitand", "bitor", "bitxor", "lshift", "rshift"])
COMPARISON = frozenset(["lt", "le", "gt", "ge", "eq", "ne"])
IDENTITY = frozenset({"is", "isnot", "in", "notin", "not"})


def roots_of(value: Value) -> Roots:
    """The shape roots of a value: itself, if nothing better is known."""
    known = value.type.roots
    return frozenset({value}) if known is None else known


def broadcast(values: list[Value]) -> Type:
    """The type of an elementwise function of these, its dtype left open."""
    types = [v.type for v in values]
    if all(t.is_scalar for t in types):
        return FLOAT
    shape = frozenset().union(*(roots_of(v) for v in values))
    if any(t.kind == "array" for t in types):
        ranks = [0 if t.is_scalar else t.ndim for t in types]
        known = [r for r in ranks if r is not None]
        ndim = max(known) if len(known) == len(ranks) else None
        return array(ndim, shape)
    if any(t.kind not in ("any", "array") and not t.is_scalar for t in types):
        return ANY
    return Type("any", shape=shape)


def result_type(op: Op) -> Type:
    """What is known of the (first) result of an operation."""
    code, args = op.code, op.args
    if code in ARITHMETIC or code in ("neg", "pos", "iop"):
        return _arithmetic(op)
    if code in COMPARISON:
        found = broadcast(args)
        if found.kind == "array" or found.shape is not None:
            return replace(found, dtype="bool")
        return BOOL if found.is_scalar or _opaque(args) else ANY
    if code in IDENTITY:
        return BOOL
    if code in BITWISE or code == "invert":
        if all(a.type.kind in ("int", "bool") for a in args):
            return INT if any(a.type.kind == "int" for a in args) else BOOL
        found = broadcast(args)
        kinds = {a.type.dtype or a.type.kind for a in args}
        if found.kind == "array" and kinds <= {"bool", "int"}:
            return array(
                found.ndim, found.shape, "bool" if kinds == {"bool"} else "int"
            )
        return found
    if code == "matmul":
        return matmul(args[0].type, args[1].type)
    if code == "getitem":
        return item(args[0], args[1])
    if code == "tuple":
        return Type("tuple", items=tuple(a.type for a in args))
    if code == "list":
        return Type("list", items=op.attrs.get("items"))
    if code in ("dict", "slice", "function", "module"):
        return Type(code)
    if code in ("pop", "popat"):
        return args[0].type.items[0] if args[0].type.items else ANY
    if code == "fstring":
        return STR
    if code == "getattr":
        return _attribute(args[0], op.attrs["attr"])
    if code == "call":
        from s2sad.rules.registry import library_result

        return library_result(op)
    return ANY


def is_complex(value: Value) -> bool:
    """Is the value known to be complex?"""
    return value.type.kind == "complex" or value.type.dtype == "complex"


def _opaque(args: list[Value]) -> bool:
    return all(a.type.kind in ("str", "none", "function", "bool") for a in args)


def _arithmetic(op: Op) -> Type:
    types = [a.type for a in op.args]
    kinds = {t.kind for t in types}
    if kinds <= {"int", "bool"}:
        if op.code == "div":
            return FLOAT
        return NUM if op.code == "pow" else INT
    if "complex" in kinds and all(t.is_scalar for t in types):
        return COMPLEX
    if all(t.is_scalar for t in types):
        return FLOAT if "float" in kinds else NUM
    if kinds <= {"str", "int"} or kinds <= {"list", "int"} or kinds <= {"tuple", "int"}:
        return Type(types[0].kind)
    found = broadcast(op.args)
    if any(is_complex(a) for a in op.args):
        return replace(found, dtype="complex")
    if found.kind == "array":
        dtypes = {t.dtype or t.kind for t in types}
        if dtypes <= {"int", "bool"} and op.code != "div":
            return array(found.ndim, found.shape, "int")
        if "float" in dtypes and dtypes <= {"float", "int", "bool"}:
            return array(found.ndim, found.shape, "float")
    return found


def matmul(a: Type, b: Type) -> Type:
    """a @ b and np.dot: a scalar for two vectors."""
    if a.ndim == 1 and b.ndim == 1:
        return FLOAT
    if a.ndim in (1, 2) and b.ndim in (1, 2):
        return array(a.ndim + b.ndim - 2)
    if (a.ndim or 0) > 1 or (b.ndim or 0) > 1:
        return ARRAY
    return ANY


def item(base: Value, index: Value) -> Type:
    """base[index]"""
    kind = base.type
    if kind.kind == "tuple" and kind.items is not None:
        at = getattr(index, "value", None)
        if type(at) is int and -len(kind.items) <= at < len(kind.items):
            return kind.items[at]
        if index.type.kind == "int" and kind.items:
            found = kind.items[0]
            for other in kind.items[1:]:
                found = join(found, other)
            return found
    if kind.kind == "dict" and kind.keys is not None and kind.items is not None:
        at = getattr(index, "value", None)
        if at in kind.keys:
            return kind.items[kind.keys.index(at)]
    if kind.kind == "list":
        if index.type.kind == "slice":
            return kind
        return kind.items[0] if kind.items else ANY
    if kind.kind == "dict":
        return kind.items[0] if kind.items else ANY
    if kind.kind == "str":
        return STR
    if kind.kind == "range":
        return INT
    if kind.kind != "array":
        return ANY
    parts = index_parts(index)
    taken = added = 0
    exact = True
    shape = cut(base, parts)
    for part in parts:
        found = part.type
        if found.kind in ("int", "bool"):
            taken += 1
        elif found.kind == "none":
            added += 1
        elif found.kind == "array":
            if found.dtype == "bool" or found.ndim is None or len(parts) > 1:
                exact = False
            else:
                taken += 1
                added += found.ndim
        elif found.kind != "slice" and getattr(part, "value", None) is not Ellipsis:
            exact = False
    if not exact or kind.ndim is None:
        slices = any(p.type.kind in ("slice", "array") for p in parts)
        return array(None, shape, kind.dtype) if slices else ANY
    ndim = kind.ndim - taken + added
    if ndim == 0 and not any(getattr(p, "value", None) is Ellipsis for p in parts):
        return {"int": INT, "bool": BOOL, "complex": COMPLEX}.get(
            kind.dtype or "", FLOAT if kind.dtype == "float" else NUM
        )
    return array(max(ndim, 0), shape, kind.dtype)


def cut(base: Value, parts: list[Value]) -> Roots | None:
    """The shape of a subscript by constant slices and integers."""
    found: list[Any] = []
    for part in parts:
        if part.type.kind == "int":
            found.append("item")
            continue
        if part.op is None or part.op.code != "slice":
            return None
        bounds: list[Any] = [getattr(a, "value", a) for a in part.op.args]
        start, stop, step = bounds
        if step not in (None, 1) or not all(_plain(v) for v in (start, stop)):
            return None
        start = start or 0
        if start >= 0 and (stop is None or stop < 0):
            found.append(start - (stop or 0))
        else:
            found.append((start, stop))
    while found and found[-1] == 0:
        found.pop()
    roots = roots_of(base)
    if not found:
        return roots
    return frozenset({Cut(roots, tuple(found))})


def _plain(value: object) -> bool:
    return value is None or type(value) is int


def index_parts(index: Value) -> list[Value]:
    """The parts of `x[a, b, c]`; the one index of `x[a]`."""
    if index.op is not None and index.op.code == "tuple":
        return index.op.args
    return [index]


def is_basic(index: Value) -> bool | None:
    """Does `x[index]` select by integers and slices? None if only a run can tell."""
    certain = True
    for part in index_parts(index):
        kind = part.type.kind
        if kind in ("array", "list", "bool") or kind == "tuple":
            return False
        if kind not in ("int", "slice", "none", "str") and not _is_ellipsis(part):
            certain = False
    return True if certain else None


def _is_ellipsis(value: Value) -> bool:
    return getattr(value, "value", None) is Ellipsis


def _attribute(base: Value, name: str) -> Type:
    kind = base.type
    if kind.kind == "object" and kind.keys is not None and name in kind.keys:
        return (kind.items or ())[kind.keys.index(name)]
    if name == "shape":
        n = kind.ndim
        return Type("tuple", items=None if n is None else (INT,) * n)
    if name in ("size", "ndim", "itemsize", "nbytes"):
        return INT
    if name == "dtype":
        return Type("dtype")
    if name in ("T", "mT"):
        return array(kind.ndim, NO_ROOTS if kind.is_scalar else None, kind.dtype)
    if name in ("real", "imag"):
        if kind.is_scalar:
            return FLOAT
        if kind.kind == "array":
            return array(kind.ndim, roots_of(base), "float")
    return ANY
