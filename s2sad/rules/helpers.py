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
from s2sad.ir.infer import is_complex, roots_of
from s2sad.ir.types import Type, array
from s2sad.rules.registry import (
    RULES,
    Rule,
    adjoint,
    declare,
    define,
    linear,
    multilinear,
    tangent,
)
from s2sad.rules.results import Bound, like, same
from s2sad.rules.short import matrix_slope, vector_slope
from s2sad.runtime import (
    diagonal_of,
    dot_left,
    dot_right,
    einsum_again,
    einsum_along,
    einsum_operands,
    einsum_part,
    extremes_part,
    extremes_tangent,
    fitted,
    gathered,
    gradient_again,
    gradient_part,
    join_flat,
    join_like,
    kron_part,
    last_stored,
    linear_part,
    map_linearly,
    matmul_left,
    matmul_right,
    norm_part,
    on_diagonal,
    others_part,
    put_along_axis,
    quantile_along,
    quantile_back,
    quantile_weights,
    rank,
    require_rank,
    split_flat,
    split_like,
    spread,
    tensordot_left,
    tensordot_of,
    tensordot_right,
    unbroadcast,
)

CHECKS = "uncrossed apart number one scalar array element"
for name in (
    *("number", "one", "scalar", "array", "apart", "uncrossed", "element", "items"),
    *("sequence", "flat", "dict", "view", "plain", "distinct"),
):
    declare(f"s2sad.runtime.require_{name}(*parts)", effect=True)
declare("s2sad.runtime.require_rank(x, ndim)", effect=True)
declare("s2sad.runtime.require_float(x, name)", effect=True)


def second(bound: Bound) -> Type:
    """The type and shape of the second argument, and of the others together."""
    values = list(bound.values())[1:]
    values = [v for v in values if v.type.kind != "none"]
    kinds = [v.type for v in values]
    roots = frozenset().union(*(roots_of(v) for v in values))
    if all(k.is_scalar for k in kinds):
        return Type("float")
    dtype = "complex" if any(is_complex(v) for v in values) else None
    if len(kinds) == 1 and kinds[0].kind == "array":
        return array(kinds[0].ndim, roots, dtype or "float")
    return Type("any", shape=roots, dtype=dtype)


def zeros_type(bound: Bound) -> Type:
    """A zero cotangent has the shape of what it belongs to."""
    value: Value = bound["x"]
    if value.type.is_scalar:
        return Type("float")
    if value.type.kind == "array":
        return array(value.type.ndim, roots_of(value), "float")
    return Type("any", shape=value.type.shape)


declare("s2sad.runtime.zeros_like(x)", zeros_type)
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


def through(g):
    """The same numbers."""
    return g


def linear_with(signature: str, wrt: str, back, result="any") -> None:
    """A helper that is linear in one argument, and its adjoint."""
    name = f"s2sad.runtime.{signature}"
    adjoint(name, wrt, result)(back)
    linear(name.partition("(")[0], wrt)


linear_with("copied(x)", "x", through, same)
linear_with("own(x)", "x", through)
adjoint("s2sad.runtime.plus(a, b)", "a")(through)
adjoint("s2sad.runtime.plus", "b")(through)
linear("s2sad.runtime.plus", "a", "b")
linear_with("match(c, x)", "c", through, second)
linear_with("cast(c, x)", "c", through)


def split_like_(g, c, arrays, axis):
    return join_like(g, c, arrays, axis)


def split_flat_(g, c):
    return join_flat(g, c)


def last_stored_(g, index, x):
    return last_stored(g, index, x)


def untile_(g, c, reps):
    return np.reshape(np.tile(g, reps), np.shape(c))


def unrepeat_(g, repeats, axis):
    if axis is None:
        return np.repeat(g, repeats)
    return np.repeat(g, repeats, axis)


def untake_(g, indices, axis):
    if axis is None:
        return np.take(g, indices)
    return np.take(g, indices, axis)


def unpad_(g, pad_width, mode):
    if mode == "constant":
        return np.pad(g, pad_width)
    return np.pad(g, pad_width, mode)


def undiff_(g, n, axis):
    return np.diff(g, n, axis)


def on_diagonal_(g, a, k, axis1, axis2):
    if rank(a) == 2 and k == 0:
        return np.diagonal(g)
    return diagonal_of(g, a, k, axis1, axis2)


def diagonal_of_(g, a, k, axis1, axis2):
    return on_diagonal(g, a, k, axis1, axis2)


def reshaped_(g, c):
    return np.reshape(g, np.shape(c))


linear_with("split_like(c, arrays, axis=0)", "c", split_like_, "any")
linear_with("split_flat(c, arrays)", "c", split_flat_, "any")
linear_with("last_stored(c, index, x)", "c", last_stored_)
linear_with("untile(c, a, reps)", "c", untile_, "array")
linear_with("unrepeat(c, a, repeats, axis=None)", "c", unrepeat_, "array")
linear_with("untake(c, a, indices, axis=None)", "c", untake_, "array")
linear_with("unpad(c, a, pad_width, mode='constant')", "c", unpad_, "array")
linear_with("undiff(c, n, axis)", "c", undiff_, "array")
linear_with("on_diagonal(c, a, k=0, axis1=0, axis2=1)", "c", on_diagonal_, "array")
linear_with("diagonal_of(c, a, k=0, axis1=0, axis2=1)", "c", diagonal_of_, "array")
linear_with("along(c, a, axis)", "c", reshaped_, "array")


def join_like_(g, arrays, axis):
    return split_like(g, arrays, axis)


def join_flat_(g, parts):
    return split_flat(g, parts)


linear_with("join_like(c, like, arrays, axis=0)", "c", join_like_, "array")
adjoint("s2sad.runtime.join_flat(parts, like)", "parts", "array")(join_flat_)
linear("s2sad.runtime.join_flat", "parts")


# -- products: each is the adjoint of another --------------------------------------


def pair(signature: str, first: str, second: str, to_first, to_second) -> None:
    """A helper that is linear in each of two arguments."""
    name = f"s2sad.runtime.{signature}"
    adjoint(name, first, "array")(to_first)
    name = name.partition("(")[0]
    adjoint(name, second)(to_second)
    multilinear(name, first, second)


def matmul_left_c(g, b):
    return np.matmul(g, b)


def matmul_left_b(g, c, b):
    return matmul_right(c, g, b)


def matmul_right_c(g, a):
    return np.matmul(a, g)


def matmul_right_a(g, c, a):
    return matmul_left(c, a, g)


pair("matmul_left(c, a, b)", "c", "b", matmul_left_c, matmul_left_b)
pair("matmul_right(c, a, b)", "c", "a", matmul_right_c, matmul_right_a)


def dot_left_c(g, b):
    return np.dot(g, b)


def dot_left_b(g, c, b):
    return dot_right(c, g, b)


def dot_right_c(g, a):
    return np.dot(a, g)


def dot_right_a(g, c, a):
    return dot_left(c, a, g)


pair("dot_left(c, a, b)", "c", "b", dot_left_c, dot_left_b)
pair("dot_right(c, a, b)", "c", "a", dot_right_c, dot_right_a)


def tensordot_left_c(g, b, axes):
    return tensordot_of(g, b, axes)


def tensordot_left_b(g, c, b, axes):
    return tensordot_right(c, g, b, axes)


def tensordot_right_c(g, a, axes):
    return tensordot_of(a, g, axes)


def tensordot_right_a(g, c, a, axes):
    return tensordot_left(c, a, g, axes)


def tensordot_of_a(g, a, b, axes):
    return tensordot_left(g, a, b, axes)


def tensordot_of_b(g, a, b, axes):
    return tensordot_right(g, a, b, axes)


pair("tensordot_left(c, a, b, axes)", "c", "b", tensordot_left_c, tensordot_left_b)
pair("tensordot_right(c, a, b, axes)", "c", "a", tensordot_right_c, tensordot_right_a)
pair("tensordot_of(a, b, axes)", "a", "b", tensordot_of_a, tensordot_of_b)


@adjoint("s2sad.runtime.kron_part(c, a, b, left)", "c", "array")
def kron_part_c(g, a, b, left):
    if left:
        return np.kron(g, b)
    return np.kron(a, g)


@adjoint("s2sad.runtime.kron_part", "a")
def kron_part_a(g, c, a, left):
    if left:
        return np.zeros_like(a)
    return kron_part(c, a, g, True)


@adjoint("s2sad.runtime.kron_part", "b")
def kron_part_b(g, c, b, left):
    if left:
        return kron_part(c, g, b, False)
    return np.zeros_like(b)


@tangent("s2sad.runtime.kron_part", "c")
def kron_part_along_c(g, a, b, left):
    return kron_part(g, a, b, left)


@tangent("s2sad.runtime.kron_part", "a")
def kron_part_along_a(g, y, c, b, left):
    if left:
        return np.zeros_like(y)
    return kron_part(c, g, b, False)


@tangent("s2sad.runtime.kron_part", "b")
def kron_part_along_b(g, y, c, a, left):
    if left:
        return kron_part(c, a, g, True)
    return np.zeros_like(y)


@adjoint("s2sad.runtime.einsum_part(c, subscripts, operands, k)", "c", "array")
def einsum_part_c(g, subscripts, operands, k):
    return einsum_again(g, subscripts, operands, k)


@adjoint("s2sad.runtime.einsum_part", "operands")
def einsum_part_operands(g, c, subscripts, operands, k):
    return einsum_operands(g, c, subscripts, operands, k)


@tangent("s2sad.runtime.einsum_part", "c")
def einsum_part_along_c(g, subscripts, operands, k):
    return einsum_part(g, subscripts, operands, k)


@tangent("s2sad.runtime.einsum_part", "operands", listed=True)
def einsum_part_along(g, c, subscripts, operands, k):
    return einsum_along(g, c, subscripts, operands, k)


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


def put_along_axis_(g, indices, axis):
    return np.take_along_axis(g, indices, axis)


linear_with("put_along_axis(c, arr, indices, axis)", "c", put_along_axis_, "array")


def turned_(g):
    return np.swapaxes(g, -1, -2)


def fitted_(g, c):
    return fitted(g, c)


def scattered_(g, c, at):
    return gathered(g, at, c)


def gradient_part_(g, f, spacing, axis, edge_order):
    return gradient_again(g, f, spacing, axis, edge_order)


def gradient_again_(g, f, spacing, axis, edge_order):
    return gradient_part(g, f, spacing, axis, edge_order)


def extremes_part_(g, y, a, axis):
    return extremes_tangent(g, y, a, axis)


def extremes_tangent_(g, y, a, axis):
    return extremes_part(g, y, a, axis)


def linear_part_(g, at):
    return map_linearly(g, at)


def map_linearly_(g, a, at):
    return linear_part(g, a, at)


def quantile_back_(g, a, q, axis, method, keepdims):
    return quantile_along(g, a, q, axis, method, keepdims)


def quantile_along_(g, a, q, axis, method, keepdims):
    return quantile_back(g, a, q, axis, method, keepdims)


GRADIENT = "f, spacing, axis, edge_order"
QUANTILE = "a, q, axis, method, keepdims"
linear_with(f"gradient_part(c, {GRADIENT})", "c", gradient_part_, "array")
linear_with(f"gradient_again(c, {GRADIENT})", "c", gradient_again_, "any")
linear_with("extremes_part(c, y, a, axis)", "c", extremes_part_, "array")
linear_with("extremes_tangent(c, y, a, axis)", "c", extremes_tangent_, "array")
linear_with("linear_part(c, a, at)", "c", linear_part_, "array")
linear_with("map_linearly(a, at)", "a", map_linearly_, "array")
linear_with(f"quantile_back(c, {QUANTILE})", "c", quantile_back_, "array")
linear_with(f"quantile_along(c, {QUANTILE})", "c", quantile_along_, "any")


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


linear_with("turned(a)", "a", turned_, "array")
linear_with("fitted(c, a)", "c", fitted_, "array")
linear_with("scattered(c, at, a)", "c", scattered_, "array")
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
