"""Library functions in the compiled tier: the kinds of their results."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from s2sad.compiled.kinds import (
    DTYPES,
    Axis,
    Dim,
    Kind,
    Length,
    floating,
    is_float,
    number,
    of_array,
    promote,
    refuse,
    strong,
)
from s2sad.errors import KeywordError, UnsupportedError
from s2sad.ir.core import (
    Const,
    Op,
    Value,
)
from s2sad.rules import registry
from s2sad.rules.results import UNKNOWN, literal

if TYPE_CHECKING:
    from s2sad.compiled.infer import Kinds


Bound = dict[str, Value]
Rule = Callable[["Kinds", Op, Bound], Kind]
RULES: dict[str, Rule] = {}
RUNTIME = "s2sad.runtime."
REDUCTIONS = {
    "numpy.sum": "sum",
    "numpy.mean": "mean",
    "numpy.amax": "max",
    "numpy.max": "max",
    "numpy.amin": "min",
    "numpy.min": "min",
    "numpy.prod": "prod",
    "numpy.any": "any",
    "numpy.all": "all",
}
#: Elementwise functions whose result is a truth value.
TESTS = frozenset(
    f"numpy.{n}"
    for n in (
        *("isnan", "isfinite", "isinf", "logical_and", "logical_or"),
        *("logical_not", "greater", "less", "equal", "not_equal"),
        *("greater_equal", "less_equal", "signbit"),
    )
)
#: Those that keep integers integers.
KEEP = frozenset(
    f"numpy.{n}"
    for n in (
        *("absolute", "sign", "maximum", "minimum", "fmax", "fmin", "square"),
        *("add", "subtract", "multiply", "negative", "positive", "clip"),
        *("where", "real", "remainder", "floor_divide", "power"),
    )
) | {"abs"}
#: What is called elementwise and has no form for numbers in Numba.
WITHOUT = frozenset(
    f"numpy.{n}"
    for n in (
        *("nan_to_num", "angle", "real_if_close", "i0", "imag", "conjugate"),
        "ldexp",
    )
)


def rule(*names: str) -> Callable[[Rule], Rule]:
    def enter(found: Rule) -> Rule:
        for name in names:
            RULES[name] = found
        return found

    return enter


def bound_of(op: Op) -> Bound:
    """The arguments of a call by name."""
    known = registry.find(op)
    if known is None:
        refuse(op, f"{op.attrs['fn']}")
    try:
        return registry.bind(op, known)
    except (KeywordError, UnsupportedError) as error:
        refuse(op, error.message)


def result(kinds: Kinds, op: Op) -> Kind:
    """The kind of a call's result."""
    fn = op.attrs["fn"]
    if fn.startswith("math.") or fn in ("float",):
        if all(kinds.of(a).is_number for a in op.args):
            whole = fn in ("math.floor", "math.ceil", "math.trunc", "math.comb")
            return number("int" if whole else "float")
    if fn in ("int", "len", "numpy.size", "numpy.ndim"):
        return number("int")
    if fn in ("min", "max", "abs"):
        return kinds.elementwise(op, "pos")
    found = RULES.get(fn)
    if found is not None:
        loose = fn in (f"{RUNTIME}unbroadcast", f"{RUNTIME}match")
        return found(kinds, op, {} if loose else bound_of(op))
    if is_elementwise(op):
        return elementwise(kinds, op)
    refuse(op, f"{fn.removeprefix(RUNTIME)} in this form")


def is_elementwise(op: Op) -> bool:
    if op.code != "call":
        return False
    known, fn = registry.find(op), op.attrs["fn"]
    return known is not None and known.result == "elementwise" and fn not in WITHOUT


def operands(op: Op) -> list[Value]:
    """What an elementwise function is applied to."""
    known = registry.find(op)
    assert known is not None
    bound = bound_of(op)
    names = [p for p in known.parameters if p not in known.defaults]
    if op.attrs["fn"] in ("numpy.round", "numpy.around"):
        if len(op.args) > 1:
            refuse(op, "numpy.round to decimals")
    if op.attrs["fn"] == "numpy.clip":
        names = ["a", "a_min", "a_max"]
    return [bound[n] for n in names]


def elementwise(kinds: Kinds, op: Op) -> Kind:
    fn, values = op.attrs["fn"], operands(op)
    counted = [v for v in values if kinds.of(v).name != "none"]
    found = [kinds.of(v) for v in counted]
    for kind in found:
        if not (kind.is_number or kind.is_array):
            refuse(op, f"{fn} of {kind}")
    typed = found[1:] if fn == "numpy.where" else found
    if fn.rpartition(".")[2] in DTYPES:
        dtype = fn.rpartition(".")[2]
    elif fn in TESTS:
        dtype = "bool"
    else:
        dtype = promote(k.dtype for k in typed)
        if fn not in KEEP:
            dtype = floating(dtype)
        if fn in ("numpy.real", "numpy.absolute") and dtype.startswith("complex"):
            dtype = "float32" if dtype == "complex64" else "float64"
    dims = kinds.broadcast(op, counted)
    return of_array(dtype, dims) if dims else number(strong(dtype))


# -- pieces ------------------------------------------------------------------------


def axes(kinds: Kinds, op: Op, value: Value, rank: int) -> tuple[int, ...] | None:
    """Axes that an argument means, from the front; none if all."""
    given = literal(value)
    if given is UNKNOWN:
        refuse(op, "an axis that is not a constant")
    if given is None:
        return None
    several = given if isinstance(given, tuple) else (given,)
    if any(type(a) is not int or not -rank <= a < rank for a in several):
        refuse(op, f"the axis {given}")
    return tuple(a % rank for a in several)


def dtype_of(kinds: Kinds, op: Op, value: Value | None, default: str) -> str:
    """The dtype that an argument names."""
    if value is None or (isinstance(value, Const) and value.value is None):
        return default
    kind = kinds.of(value)
    if kind.name == "dtype":
        return kind.dtype
    name = literal(value)
    if not isinstance(name, str):
        binding: Any = getattr(value, "binding", None)
        name = getattr(binding, "path", "")
    name = str(name).rpartition(".")[2]
    name = {"float": "float64", "int": "int64", "bool_": "bool", "intp": "int64"}.get(
        name, name
    )
    if name not in DTYPES:
        refuse(op, "a dtype that is not known here")
    return name


def shape_of(kinds: Kinds, op: Op, value: Value) -> tuple[Dim, ...]:
    """The axes that a shape argument means."""
    kind = kinds.of(value)
    if kind.is_number:
        return (kinds.length(value),)
    made = value.op
    if isinstance(value, Const) and isinstance(value.value, tuple):
        return value.value
    if made is not None and made.code == "getattr" and made.attrs["attr"] == "shape":
        return kinds.of(made.args[0]).dims
    if made is not None and made.code in ("tuple", "list"):
        return tuple(kinds.length(a) for a in made.args)
    if made is not None and made.attrs.get("fn") == "numpy.shape":
        return kinds.of(made.args[0]).dims
    if kind.name == "tuple":
        return tuple(Length(Axis(op.result, k)) for k in range(len(kind.items)))
    refuse(op, f"a shape that is {kind}")


def without(
    dims: tuple[Dim, ...], gone: tuple[int, ...] | None, keep: bool
) -> list[Dim]:
    if gone is None:
        gone = tuple(range(len(dims)))
    if keep:
        return [1 if k in gone else d for k, d in enumerate(dims)]
    return [d for k, d in enumerate(dims) if k not in gone]


def true(value: Value) -> bool:
    return bool(getattr(value, "value", False))


def cotangent(kind: Kind) -> str:
    """The dtype of the cotangent of a value."""
    return kind.dtype if is_float(kind.dtype) else "float64"


def like(kinds: Kinds, op: Op, bound: Bound) -> Kind:
    return kinds.of(next(iter(bound.values())))
