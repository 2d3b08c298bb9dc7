"""Calls that are written out when they are read: what takes functions, or a list of
arrays of any length.

An expansion is given the lowering, the positional arguments, the keywords and the node,
and returns the value that stands for the call; None, if the call is an ordinary one.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.errors import KeywordError
from s2sad.frontend.virtual import Aggregate
from s2sad.ir.core import Const, Value
from s2sad.rules.results import literal
from s2sad.runtime import spline_slopes

Expansion = Callable[[Any, list[Value], dict[str, Value], Any], Value | None]
EXPANSIONS: dict[str, Expansion] = {}


def expand(name: str) -> Callable[[Expansion], Expansion]:
    """Enter the expansion of a function."""

    def enter(function: Expansion) -> Expansion:
        EXPANSIONS[name] = function
        return function

    return enter


def taken(lowering, name, parameters, args, keywords, node) -> list[Any]:
    """Arguments in the order of the parameters; None for those not given."""
    found = dict(zip(parameters, args, strict=False))
    for key, value in keywords.items():
        if key in found or key not in parameters:
            lowering.frame.refuse(
                node,
                f"the rule of {name} does not handle the keyword {key}=",
                f"it knows {', '.join(parameters)}",
                KeywordError,
            )
        found[key] = value
    if len(args) > len(parameters):
        lowering.frame.refuse(node, f"{name} with {len(args)} arguments")
    return [found.get(p) for p in parameters]


def listed(lowering, value, what, node) -> list[Value]:
    """The items of a list that is written down."""
    items = lowering.static_items(value) if value is not None else None
    if items is None:
        lowering.frame.refuse(node, f"{what} must be a list that is written there")
    return list(items or ())


def several(values) -> Value:
    """Values that a call gives together."""
    return Aggregate("tuple", tuple(values))


def unharmed(name: str) -> None:
    """Leave out the permission to destroy an argument: the derivative may need it."""

    def kept(lowering, args, keywords, node):
        rest = {k: v for k, v in keywords.items() if not k.startswith("overwrite_")}
        if len(rest) == len(keywords):
            return None
        values = (*args, *rest.values())
        return lowering.library_values(name, values, tuple(rest), node)

    EXPANSIONS[name] = kept


for _name in (
    *("inv", "det", "solve", "solve_triangular", "solve_banded", "lstsq", "eigh"),
    *("cholesky", "cho_factor", "cho_solve", "lu_factor", "lu_solve", "lu", "qr"),
    *("svd", "svdvals"),
):
    unharmed(f"scipy.linalg.{_name}")
for _name in ("fft", "ifft", "rfft", "irfft", "dct"):
    unharmed(f"scipy.fft.{_name}")


@expand("numpy.where")
def where(lowering, args, keywords, node):
    """np.where(condition) is np.nonzero(condition)."""
    if len(args) != 1 or keywords:
        return None
    return lowering.library_values("numpy.nonzero", tuple(args), (), node)


@expand("numpy.clip")
def clip(lowering, args, keywords, node):
    """The newer names of its limits."""
    names = {"min": "a_min", "max": "a_max"}
    known = {names.get(k, k): v for k, v in keywords.items()}
    if known.keys() == keywords.keys():
        return None
    values = [*args, *(Const(None) for _ in range(3 - len(args)))]
    for key, value in known.items():
        at = {"a_min": 1, "a_max": 2}.get(key, 0)
        if at < len(args):
            lowering.frame.refuse(node, f"np.clip with {key}=", kind=KeywordError)
        values[at] = value
    return lowering.b.call("numpy.clip", *values)


@expand("numpy.select")
def select(lowering, args, keywords, node):
    """The first condition that holds: np.where, one inside another."""
    form = ("condlist", "choicelist", "default")
    conditions, choices, default = taken(
        lowering, "numpy.select", form, args, keywords, node
    )
    result = Const(0) if default is None else default
    pairs = zip(
        listed(lowering, conditions, "np.select's conditions", node),
        listed(lowering, choices, "np.select's choices", node),
        strict=True,
    )
    for condition, choice in reversed(list(pairs)):
        result = lowering.b.call("numpy.where", condition, choice, result)
    return result


@expand("numpy.choose")
def choose(lowering, args, keywords, node):
    """One of a list of arrays for each element."""
    which, choices = taken(
        lowering, "numpy.choose", ("a", "choices"), args, keywords, node
    )
    values = listed(lowering, choices, "np.choose's choices", node)
    result = values[-1]
    which = lowering.b.call("numpy.asarray", lowering.operand(which))
    for k in range(len(values) - 2, -1, -1):
        test = lowering.b.emit("eq", which, Const(k))
        result = lowering.b.call("numpy.where", test, values[k], result)
    return result


@expand("numpy.piecewise")
def piecewise(lowering, args, keywords, node):
    """Each function on the elements where its condition holds, the later ones last."""
    b = lowering.b
    if len(args) != 3 or keywords:
        lowering.frame.refuse(node, "np.piecewise with more than three arguments")
    x = args[0]
    conditions = listed(lowering, args[1], "np.piecewise's conditions", node)
    functions = listed(lowering, args[2], "np.piecewise's functions", node)
    if len(functions) == len(conditions) + 1:
        any_holds = conditions[0]
        for condition in conditions[1:]:
            any_holds = b.emit("bitor", any_holds, condition)
        conditions = [*conditions, b.call("numpy.logical_not", any_holds)]
    result = b.call("numpy.zeros_like", x)
    for condition, function in zip(conditions, functions, strict=True):
        value = function
        if function.type.kind == "function":
            value = lowering.apply(
                function, [b.emit("getitem", x, condition)], {}, node
            )
        b.effect("setitem", result, condition, value)
    return result


@expand("numpy.fromfunction")
def fromfunction(lowering, args, keywords, node):
    """A function of arrays of indices."""
    b = lowering.b
    function, shape = taken(
        lowering, "numpy.fromfunction", ("function", "shape"), args, keywords, node
    )
    lengths = listed(lowering, shape, "np.fromfunction's shape", node)
    grids = []
    for k, length in enumerate(lengths):
        wide: list[Value] = [Const(1)] * len(lengths)
        wide[k] = length
        line = b.call("numpy.arange", b.emit("mul", Const(1.0), length))
        line = b.call("numpy.reshape", line, b.emit("tuple", *wide))
        grids.append(b.call("numpy.broadcast_to", line, shape))
    return lowering.apply(function, grids, {}, node)


@expand("numpy.broadcast_arrays")
def broadcast_arrays(lowering, args, keywords, node):
    b = lowering.b
    shape = b.call("numpy.broadcast_shapes", *(b.call("numpy.shape", v) for v in args))
    return several(b.call("numpy.broadcast_to", v, shape) for v in args)


@expand("numpy.meshgrid")
def meshgrid(lowering, args, keywords, node):
    """Vectors laid along axes of their own; "xy" has the first two the other way."""
    b, n = lowering.b, len(args)
    options = {"indexing": "xy", "sparse": False, "copy": True}
    for key, value in keywords.items():
        options[key] = literal(value)
    if set(options) != {"indexing", "sparse", "copy"} or not isinstance(
        options["sparse"], bool
    ):
        lowering.frame.refuse(node, "np.meshgrid with such keywords", kind=KeywordError)
    turned = options["indexing"] == "xy" and n > 1
    at = [1, 0, *range(2, n)] if turned else list(range(n))
    lines = []
    for k, value in enumerate(args):
        wide = [Const(-1 if j == at[k] else 1) for j in range(n)]
        lines.append(b.call("numpy.reshape", value, b.emit("tuple", *wide)))
    if options["sparse"]:
        return several(lines)
    sizes = [b.call("numpy.size", args[at.index(j)]) for j in range(n)]
    shape = b.emit("tuple", *sizes)
    return several(b.call("numpy.broadcast_to", v, shape) for v in lines)


@expand("numpy.block")
def block(lowering, args, keywords, node):
    """Lists inside lists: the innermost are joined along the last axis."""

    def depth(value) -> int:
        items = lowering.static_items(value)
        if not items or value.type.kind != "list":
            return 0
        return 1 + depth(items[0])

    def joined(value, level: int):
        if level == 0:
            lift = "numpy.atleast_1d" if deep == 1 else "numpy.atleast_2d"
            return lowering.b.call(lift, value)
        parts = [joined(v, level - 1) for v in listed(lowering, value, "it", node)]
        whole = lowering.b.emit("list", *parts)
        return lowering.b.call("numpy.concatenate", whole, Const(-level))

    deep = depth(args[0]) if len(args) == 1 else 0
    if deep not in (1, 2):
        lowering.frame.refuse(node, "np.block of anything but a list, or lists in one")
    return joined(args[0], deep)


def for_every(function):
    """A function of numbers, as one of arrays."""

    def every(x):
        given = np.ravel(x)
        made = np.zeros(np.size(x))
        for k in range(np.size(x)):
            made[k] = function(given[k])
        return np.reshape(np.array(made), np.shape(x))

    return every


@expand("numpy.vectorize")
def vectorize(lowering, args, keywords, node):
    """The function that np.vectorize makes."""
    from s2sad.transform.templates import inline

    if len(args) != 1 or keywords:
        lowering.frame.refuse(node, "np.vectorize with more than a function")
    return inline(for_every, lowering.b, {"function": args[0]}, name=True)


def linear(x, y):
    """scipy.interpolate.interp1d: NaN where that raises, outside of x."""

    def at(t):
        return np.interp(t, x, y, math.nan, math.nan)

    return at


def spline(x, y):
    """scipy.interpolate.CubicSpline: cubic between knots, by values and slopes."""
    slopes = spline_slopes(x, y)

    def at(t):
        k = np.clip(np.searchsorted(x, t, "right") - 1, 0, len(x) - 2)
        h = x[k + 1] - x[k]
        s = (t - x[k]) / h
        low = (1.0 + 2.0 * s) * y[k] + s * h * slopes[k]
        high = (3.0 - 2.0 * s) * y[k + 1] + (s - 1.0) * h * slopes[k + 1]
        return (1.0 - s) ** 2 * low + s * s * high

    return at


def interpolator(name: str, factory: Callable[..., Any]) -> None:
    """A function made of points; with defaults for everything else."""

    def make(lowering, args, keywords, node):
        from s2sad.transform.templates import inline

        if len(args) != 2 or keywords:
            lowering.frame.refuse(node, f"{name} with more than x and y")
        return inline(
            factory, lowering.b, dict(zip("xy", args, strict=True)), name=True
        )

    EXPANSIONS[name] = make


interpolator("scipy.interpolate.interp1d", linear)
interpolator("scipy.interpolate.CubicSpline", spline)


def joined_row(lowering: Any, parts: list[Value]) -> Any:
    """np.r_[a, b, 1.0]"""
    rows = [lowering.b.call("numpy.atleast_1d", part) for part in parts]
    return lowering.b.call("numpy.concatenate", lowering.b.emit("list", *rows))


def joined_columns(lowering: Any, parts: list[Value]) -> Any:
    """np.c_[a, b]"""
    return lowering.b.call("numpy.column_stack", lowering.b.emit("tuple", *parts))


#: Objects of NumPy that are subscripted to make arrays.
SUBSCRIPTED = {"numpy.r_": joined_row, "numpy.c_": joined_columns}


def subscripted(lowering, base: Value, index: Value, node) -> Value | None:
    """The value of `np.r_[...]`; None, if it is no such object that is subscripted."""
    made = base.op
    if made is None or made.code != "global":
        return None
    path = str(made.attrs["path"])
    path = path.replace("np.", "numpy.", 1) if path.startswith("np.") else path
    if path not in (*SUBSCRIPTED, "numpy.mgrid", "numpy.ogrid"):
        return None
    items = lowering.static_items(index)
    parts = [index] if items is None else items
    plain = all(p.type.kind not in ("slice", "str") for p in parts)
    if path not in SUBSCRIPTED or not plain:
        lowering.frame.refuse(node, f"{path}[...] of slices", "use np.arange")
    found: Value = SUBSCRIPTED[path](lowering, parts)
    return found
