"""Which operations may raise what, and which change what can be seen elsewhere."""

from __future__ import annotations

import builtins

from numpy.linalg import LinAlgError

from s2sad.analysis.memory import STORES, STRUCTURE, only_views
from s2sad.frontend.frame import Static
from s2sad.ir.core import Block, Op, Value, enclosing, home
from s2sad.ir.infer import ARITHMETIC, BITWISE, COMPARISON

#: Operations that change memory in place.
CHANGES = STORES | STRUCTURE | {"iop"}
#: Operations that raise nothing.
SAFE = COMPARISON | {
    *("neg", "pos", "not", "tuple", "list", "dict", "slice", "is", "isnot", "range"),
    *("global", "if", "for", "while", "push", "tape", "check", "fstring", "exception"),
}
SAFE_CALLS = frozenset(
    {"isinstance", "issubclass", "len", "type", "s2sad.runtime.spread"}
)
SAFE_ATTRIBUTES = frozenset({"shape", "size", "ndim", "dtype", "T"})
#: Whose results are new memory.
NEW = frozenset(
    f"numpy.{name}{like}"
    for name in ("zeros", "ones", "empty", "full")
    for like in ("", "_like")
) | {"numpy.array", "numpy.copy", "numpy.arange", "numpy.linspace", "numpy.eye"}
LIBRARY = {f"{m}.LinAlgError": LinAlgError for m in ("numpy.linalg", "scipy.linalg")}
#: What is raised by things of Python, not by functions of libraries.
OF_PYTHON = (KeyError, AttributeError, NameError)


def live(cls: Value) -> type[BaseException] | None:
    """The class of exceptions that a name stands for, where it can be had."""
    found = cls.binding.value if isinstance(cls, Static) else None
    if found is None and isinstance(cls, Static) and cls.binding.kind == "builtin":
        found = getattr(builtins, cls.binding.path, None)
    if found is None and isinstance(cls, Static) and cls.binding.kind == "library":
        found = LIBRARY.get(cls.binding.path)
    if isinstance(found, type) and issubclass(found, BaseException):
        return found
    return None


def is_covered(cls: Value | None, classes: list[Value]) -> bool:
    """Are exceptions of a class caught by those who catch these?"""
    if cls is None:
        return any(live(c) is BaseException for c in classes)
    mine = live(cls)
    for other in classes:
        if isinstance(cls, Static) and isinstance(other, Static):
            if cls.binding.path == other.binding.path:
                return True
        known = live(other)
        if known is BaseException:
            return True
        if mine is not None and known is not None and issubclass(mine, known):
            return True
    return False


def may_be_caught(cls: Value, classes: list[Value]) -> bool:
    """Could an exception of a class, as it is raised, be of one of these?"""
    mine = live(cls)
    return any(
        mine is None or (known := live(c)) is None or issubclass(mine, known)
        for c in classes
    )


def may_meet(cls: Value, classes: list[Value]) -> bool:
    """Could an exception that those who catch one class have caught be of these?"""
    mine = live(cls)
    return may_be_caught(cls, classes) or any(
        mine is not None and known is not None and issubclass(known, mine)
        for known in map(live, classes)
    )


def may_raise(op: Op, classes: list[Value], floats: bool) -> bool:
    """May an operation raise an exception of one of these classes?"""
    if op.code in SAFE:
        return False
    if op.code in ("raise", "calluser"):
        return True
    return any(_raises(op, cls, floats) for cls in classes)


def _raises(op: Op, cls: Value, floats: bool) -> bool:
    found = live(cls)
    if isinstance(cls, Static) and cls.binding.kind == "class":
        return False  # only who raises it by name
    if found is None:
        return True
    if found.__name__ == "LinAlgError":
        return "linalg" in op.attrs.get("fn", "")
    if op.code == "assert":
        return issubclass(AssertionError, found)
    kinds = [a.type for a in op.args]
    if op.code in ARITHMETIC | BITWISE | {"iop", "invert"}:
        return any(issubclass(r, found) for r in _of_arithmetic(op, found, floats))
    if op.code == "getattr":
        safe = op.attrs["attr"] in SAFE_ATTRIBUTES
        return not safe and issubclass(AttributeError, found)
    if op.code == "call":
        fn = op.attrs["fn"]
        if fn in SAFE_CALLS:
            return False
        return not (issubclass(found, OF_PYTHON) and "." in fn)
    if op.code in ("getitem", "delitem", "popat", "pop") and found is KeyError:
        return kinds[0].kind not in ("array", "list", "tuple")
    return True


def _of_arithmetic(
    op: Op, caught: type[BaseException], floats: bool
) -> list[type[BaseException]]:
    """What `a + b` and the like may raise, as far as somebody could expect it."""
    kinds = [a.type for a in op.args]
    found: list[type[BaseException]] = []
    divides = op.attrs.get("op", op.code) in ("div", "floordiv", "mod", "pow")
    if divides and not all(k.kind == "array" for k in kinds):
        found += [ZeroDivisionError, OverflowError]
    if floats or caught in (ArithmeticError, FloatingPointError):
        found.append(FloatingPointError)
    if caught is TypeError and any(k.kind == "any" for k in kinds):
        found.append(TypeError)
    if sum(not k.is_scalar for k in kinds) > 1:
        found.append(ValueError)  # shapes
    return found


def is_new(op: Op, block: Block, made: list[Op]) -> bool:
    """Does a change touch only what was made in a block, and nobody else has seen?"""
    target = op.args[0]
    if op.code == "iop" and target.type.is_scalar:
        return True
    while target.op is not None and only_views(target.op):
        target = target.op.args[0]
    source = target.op
    if source is None:
        return False
    inside = source in made or block in set(enclosing(home(target)))
    return inside and (
        source.code in ("list", "dict", "tape")
        or (source.code == "call" and source.attrs["fn"] in NEW)
    )
