"""The run-time helpers, as functions that an emitted derivative calls in its turn.

Derivatives are differentiated like anything else: what they call has rules of its own.
Most helpers are linear in the cotangent that they are given, and then the reverse rule
is the function that they are the adjoint of.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import functools
import inspect

import numpy as np

from s2sad import runtime
from s2sad.frontend.source import FunctionSource, from_function
from s2sad.ir.core import Value
from s2sad.ir.infer import roots_of
from s2sad.ir.types import INT, Type, array
from s2sad.rules.helpers_moves import second
from s2sad.rules.registry import (
    RULES,
    Rule,
    adjoint,
    constant,
    declare,
    define,
    linear,
    tangent,
)
from s2sad.rules.results import Bound, like
from s2sad.rules.short import matrix_slope, vector_slope
from s2sad.runtime import (
    norm_part,
    others_part,
    put_along_axis,
    quantile_weights,
    rank,
    require_rank,
    spread,
    unbroadcast,
)

CHECKS = "uncrossed apart number one scalar array element"
for name in (
    *("number", "one", "scalar", "array", "apart", "uncrossed", "element", "items"),
    *("sequence", "flat", "dict", "list", "view", "plain", "distinct"),
    *("integer", "contiguous"),
):
    declare(f"s2sad.runtime.require_{name}(*parts)", effect=True)
declare("s2sad.runtime.in_order(x, down=False)", lambda _: Type("list", items=(INT,)))
constant("s2sad.runtime.extreme_place(x, least=False)", result="int")
declare("s2sad.runtime.require_rank(x, ndim)", effect=True)
declare("s2sad.runtime.require_kind(x, kind)", effect=True)
declare("s2sad.runtime.require_float(x, name)", effect=True)


def zeros_type(bound: Bound) -> Type:
    """A zero cotangent has the shape of what it belongs to."""
    value: Value = bound["x"]
    if value.type.is_scalar:
        return Type("float")
    if value.type.kind == "array":
        return array(value.type.ndim, roots_of(value), "float")
    items = value.type.items
    if value.type.kind in ("list", "dict") and items and items[0].is_scalar:
        return Type(value.type.kind, items=(Type("float"),))
    if value.type.kind in ("list", "tuple", "dict"):
        return Type("dict" if value.type.kind == "dict" else "list")
    return Type("any", shape=value.type.shape)


declare("s2sad.runtime.zeros_like(x)", zeros_type)
declare("s2sad.runtime.shadow_like(x)", zeros_type)
constant("s2sad.runtime.is_same(a, b)", result="bool")
declare("s2sad.runtime.stop_gradient(x)", like, alias="x")


@adjoint("s2sad.runtime.unbroadcast(c, x, y=None, z=None)", "c", second)
def unbroadcast_(g, c):
    return spread(g, c)


@adjoint("s2sad.runtime.spread(c, x, axis=None, keepdims=False)", "c", second)
def spread_(g, c, axis, keepdims):
    if axis is None:
        if rank(c) == 0:
            return np.sum(g)
        return unbroadcast(g, c)
    return unbroadcast(np.sum(g, axis, keepdims=keepdims), c)


linear("s2sad.runtime.unbroadcast", "c")
linear("s2sad.runtime.spread", "c")


# -- norms: what only a run can tell, whether it is of a vector or a matrix, is an `if`


@define("s2sad.runtime.norm_part(g, y, x, ord, axis, keepdims)")
def norm_part_(g, y, x, ord, axis, keepdims):
    wide = spread(g, x, axis, keepdims)
    if axis is None:
        if np.ndim(x) == 2:
            part = matrix_slope(y, x, ord)
        else:
            part = vector_slope(y, x, ord, axis, keepdims)
        return wide * part
    if axis == (-2, -1):
        require_rank(x, 2)
        return wide * matrix_slope(y, x, ord)
    if rank(axis) == 0:
        return wide * vector_slope(y, x, ord, axis, keepdims)
    return norm_part(g, y, x, ord, axis, keepdims)


# -- what is neither linear nor inlined --------------------------------------------


@adjoint("s2sad.runtime.others(a, axis=None)", "a", "array")
def others(g, a, axis):
    return others_part(g, a, axis)


@tangent("s2sad.runtime.others", "a")
def others_along(g, a, axis):
    return others_part(g, a, axis)


def cofactors(g, a):
    """Its derivative is symmetric: the same rule in both modes."""
    turned = np.swapaxes(np.linalg.inv(a), -1, -2)
    size = np.expand_dims(np.linalg.det(a), (-1, -2))
    total = np.expand_dims(np.sum(turned * g, (-1, -2)), (-1, -2))
    return size * (total * turned - turned @ np.swapaxes(g, -1, -2) @ turned)


adjoint("s2sad.runtime.cofactors(a)", "a", "array")(cofactors)
tangent("s2sad.runtime.cofactors", "a")(cofactors)
declare("s2sad.runtime.median_part(a, axis=None)", "array")
declare("s2sad.runtime.digamma(x)", "scalar", partials={"x": "g * polygamma(1, x)"})
declare(
    "s2sad.runtime.polygamma(n, x)", "scalar", partials={"x": "g * polygamma(n + 1, x)"}
)

if "numpy.take_along_axis" not in RULES:

    @adjoint("numpy.take_along_axis(arr, indices, axis)", "arr", "array")
    def take_along_axis(g, arr, indices, axis):
        return put_along_axis(g, arr, indices, axis)


linear("numpy.take_along_axis", "arr")


WEIGHTS = "quantile_weights(a, q, axis=None, method='linear', slopes=False)"
SLOPE = "quantile_slope(a, q, axis=None, method='linear', keepdims=False)"


@adjoint(f"s2sad.runtime.{WEIGHTS}", "q", "array")
def quantile_weights_q(g, a, q, axis, method):
    return np.sum(g * quantile_weights(a, q, axis, method, True))


@tangent("s2sad.runtime.quantile_weights", "q")
def quantile_weights_along(g, a, q, axis, method, slopes):
    return g * quantile_weights(a, q, axis, method, True)


@adjoint(f"s2sad.runtime.{SLOPE}", "a", "any")
def quantile_slope_a(g, a, q, axis, method, keepdims):
    require_rank(q, 0)
    weights = quantile_weights(a, q, axis, method, True)
    return spread(g, a, axis, keepdims) * weights


@tangent("s2sad.runtime.quantile_slope", "a")
def quantile_slope_along(g, a, q, axis, method, keepdims):
    require_rank(q, 0)
    weights = quantile_weights(a, q, axis, method, True)
    return np.sum(g * weights, axis, keepdims=keepdims)


declare("s2sad.runtime.require_real(*parts)", effect=True)
declare("s2sad.runtime.require_real_matrix(a)", effect=True)
declare("s2sad.runtime.require_thin(u, v)", effect=True)
declare("s2sad.runtime.require_covariance(x, cov)", effect=True)
declare("s2sad.runtime.require_reduced(q, r)", effect=True)
declare("s2sad.runtime.require_square(a)", effect=True)
for _form in (
    *("places(a)", "shape_along(a, s, axes)", "float_dtype(x)"),
    *("histogram_places(a, edges)", "trimmed_places(a, trim)"),
    "simpson_weights(n, x, dx)",
):
    declare(f"s2sad.runtime.{_form}")

for _name, _rule in RULES.items():
    if _name.startswith("s2sad.runtime.") and _rule.definition is None:
        # of what has no derivative here, a helper asks the shape, or which is greater
        _rule.flat = tuple(p for p in _rule.parameters if p not in _rule.differentiable)

#: Helpers whose source is read like a user's function when it is differentiated.
INLINED = frozenset(
    f"s2sad.runtime.{name}"
    for name in [
        "solve_left",
        "solve_right",
        "solve_tangent",
        "cholesky_part",
        "cholesky_tangent",
        "sinc_slope",
        "others_part",
    ]
)


@functools.cache
def helper_source(path: str) -> FunctionSource | None:
    """The source of a helper that is to be inlined."""
    if path not in INLINED:
        return None
    return from_function(getattr(runtime, path.rpartition(".")[2]))


#: What goes about lists of axes in ways that are not followed.
UNREADABLE = frozenset({"norm_part", "lined", "unlined"})

for _name in runtime.__all__:  # the rest is NumPy that can be read as it stands
    _path, _helper = f"s2sad.runtime.{_name}", getattr(runtime, _name)
    _found = inspect.signature(_helper).parameters.values()
    if (
        _path in RULES
        or _path in INLINED
        or _name in UNREADABLE
        or any(p.kind is p.VAR_POSITIONAL for p in _found)
    ):
        continue
    _defaults = {p.name: p.default for p in _found if p.default is not p.empty}
    _names = tuple(p.name for p in _found)
    RULES[_path] = Rule(_path, _names, _defaults, definition=_helper)
