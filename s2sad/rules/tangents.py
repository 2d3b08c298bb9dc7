"""Forward rules of what is not elementwise: the tangent of a result.

A function that is linear in an argument is its own tangent there. For the others, a
small function from the tangent `g` of one argument, the result `y` and the arguments.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.rules.registry import RULES, linear, multilinear, tangent
from s2sad.runtime import (
    along,
    cholesky_tangent,
    cofactors,
    cumprod_tangent,
    is_array,
    is_known,
    median_part,
    norm_part,
    others,
    rank,
    solve_tangent,
)

for name, parameters in {
    "sum": "iterable start",
    "math.fsum": "seq",
    "numpy.append": "arr values",
    "numpy.full": "fill_value",
    "numpy.full_like": "fill_value",
    "numpy.linspace": "start stop",
    "numpy.where": "a b",
    "numpy.real": "val",
    "numpy.imag": "val",
    "numpy.conjugate": "x",
}.items():
    linear(name, *parameters.split())
#: Functions of one array that are linear in it, by the name of that parameter.
LINEAR = {
    "a": "sum mean reshape ravel squeeze expand_dims atleast_1d atleast_2d atleast_3d"
    " transpose swapaxes moveaxis roll repeat broadcast_to diagonal trace cumsum diff"
    " copy asarray asanyarray ascontiguousarray asfortranarray take",
    "m": "flip fliplr flipud rot90 tril triu",
    "x": "matrix_transpose astype",
    "tup": "vstack hstack column_stack dstack",
    "arrays": "concatenate stack",
    "ary": "split array_split",
    "A": "tile",
    "v": "diag",
    "object": "array",
}
for parameter, names in LINEAR.items():
    for name in names.split():
        linear(f"numpy.{name}", parameter)
for name in ("flatten", "item", "tolist"):
    linear(f"s2sad.{name}", "a")
MORE = {
    "numpy.rollaxis": "a",
    "numpy.unstack": "x",
    "numpy.hsplit": "ary",
    "numpy.vsplit": "ary",
    "numpy.dsplit": "ary",
    "numpy.insert": "arr values",
    "numpy.delete": "arr",
    "numpy.resize": "a",
    "numpy.take_along_axis": "arr",
    "numpy.compress": "a",
    "numpy.gradient": "f",
    "numpy.bincount": "weights",
    "numpy.diff": "a prepend append",
    "numpy.polyder": "p",
    "numpy.polyint": "p k",
    "numpy.sum": "a initial",
    "numpy.polyadd": "a1 a2",
    "numpy.polysub": "a1 a2",
    "numpy.linalg.matrix_transpose": "x",
    "copy.copy": "x",
    "copy.deepcopy": "x",
    **{f"numpy.fft.{n}": "a" for n in ("fft", "ifft", "fftn", "ifftn", "rfft")},
    **{f"numpy.fft.{n}": "a" for n in ("rfftn", "irfft", "irfftn")},
    **{f"numpy.fft.{n}": "x" for n in ("fftshift", "ifftshift")},
}
for name, parameters in MORE.items():
    if name in RULES:
        linear(name, *parameters.split())
multilinear("numpy.convolve", "a", "v")
multilinear("numpy.correlate", "a", "v")
multilinear("numpy.polymul", "a1", "a2")
for name in ("matmul", "dot", "vdot", "inner", "outer", "kron", "tensordot", "cross"):
    multilinear(f"numpy.{name}", "a", "b")
multilinear("operator.matmul", "a", "b")
multilinear("numpy.einsum", "a", "b", "c", "d")


@tangent("numpy.pad", "array")
def pad(g, pad_width, mode):
    if mode == "constant":
        return np.pad(g, pad_width)
    return np.pad(g, pad_width, mode)


@tangent("numpy.arange", "start")
def arange_start(g, y, stop, step, dtype):
    if stop is None:
        return np.zeros_like(y)
    return np.full_like(y, g)


@tangent("numpy.arange", "step")
def arange_step(g, y, stop, dtype):
    return g * np.arange(np.size(y))


@tangent("numpy.maximum", "a")
def maximum_a(g, a, b):
    return np.where(a > b, g, np.where(a == b, 0.5 * g, 0.0))


@tangent("numpy.maximum", "b")
def maximum_b(g, a, b):
    return np.where(b > a, g, np.where(a == b, 0.5 * g, 0.0))


@tangent("numpy.minimum", "a")
def minimum_a(g, a, b):
    return np.where(a < b, g, np.where(a == b, 0.5 * g, 0.0))


@tangent("numpy.minimum", "b")
def minimum_b(g, a, b):
    return np.where(b < a, g, np.where(a == b, 0.5 * g, 0.0))


@tangent("numpy.clip", "a")
def clip(g, a, a_min, a_max):
    if is_known(a_min) and a_min is None:
        return np.where(a <= a_max, g, 0.0)
    if is_known(a_max) and a_max is None:
        return np.where(a >= a_min, g, 0.0)
    return np.where((a >= a_min) & (a <= a_max), g, 0.0)


@tangent("numpy.angle", "z")
def angle(g, z):
    return np.imag(g / z)


@tangent("numpy.average", "a")
def average(g, axis, weights):
    return np.average(g, axis, weights)


@tangent("numpy.average", "weights")
def average_weights(g, y, a, axis, weights):
    if axis is None:
        return np.sum(g * (a - y)) / np.sum(weights)
    w = along(weights, a, axis)
    away = along(g, a, axis) * (a - np.expand_dims(y, axis))
    return np.sum(away, axis) / np.sum(w * np.ones(np.shape(a)), axis)


@tangent("numpy.var", "a")
def var(g, y, a, axis, ddof, keepdims):
    if axis is None:
        away = a - np.mean(a)
        if is_known(keepdims) and not keepdims:
            if is_known(ddof) and ddof == 0:
                return 2.0 * np.mean(away * g)
            return 2.0 * np.sum(away * g) / (np.size(a) - ddof)
        return 2.0 * np.sum(away * g, keepdims=keepdims) / (np.size(a) - ddof)
    away = a - np.mean(a, axis, keepdims=True)
    free = np.size(a) / np.size(y) - ddof
    return 2.0 * np.sum(away * g, axis, keepdims=keepdims) / free


@tangent("numpy.std", "a")
def std(g, y, a, axis, ddof, keepdims):
    if axis is None:
        away = a - np.mean(a)
        if is_known(keepdims) and not keepdims:
            if is_known(ddof) and ddof == 0:
                return np.mean(away * g) / (y + (y == 0))
            return np.sum(away * g) / ((np.size(a) - ddof) * (y + (y == 0)))
        free = np.size(a) - ddof
        return np.sum(away * g, keepdims=keepdims) / (free * (y + (y == 0)))
    away = a - np.mean(a, axis, keepdims=True)
    free = np.size(a) / np.size(y) - ddof
    return np.sum(away * g, axis, keepdims=keepdims) / (free * (y + (y == 0)))


def extreme(g, y, a, axis, keepdims):
    """The tangent where the extreme is; equal extremes share equally."""
    if axis is None:
        hit = np.equal(a, y)
        if is_known(keepdims) and not keepdims:
            return np.sum(np.where(hit, g, 0.0)) / np.count_nonzero(hit)
        total = np.sum(np.where(hit, g, 0.0), keepdims=keepdims)
        return total / np.count_nonzero(hit)
    if keepdims:
        hit = np.equal(a, y)
        total = np.sum(np.where(hit, g, 0.0), axis, keepdims=True)
        return total / np.sum(hit, axis, keepdims=True)
    hit = np.equal(a, np.expand_dims(y, axis))
    return np.sum(np.where(hit, g, 0.0), axis) / np.sum(hit, axis)


tangent("numpy.max", "a")(extreme)
tangent("numpy.min", "a")(extreme)


@tangent("numpy.ptp", "a")
def ptp(g, a, axis, keepdims):
    top = np.equal(a, np.max(a, axis, keepdims=True))
    low = np.equal(a, np.min(a, axis, keepdims=True))
    at_top = np.sum(np.where(top, g, 0.0), axis, keepdims=keepdims)
    at_low = np.sum(np.where(low, g, 0.0), axis, keepdims=keepdims)
    at_top = at_top / np.sum(top, axis, keepdims=keepdims)
    return at_top - at_low / np.sum(low, axis, keepdims=keepdims)


@tangent("numpy.median", "a")
def median(g, a, axis, keepdims):
    return np.sum(g * median_part(a, axis), axis, keepdims=keepdims)


@tangent("numpy.prod", "a")
def prod(g, a, axis, keepdims):
    if axis is None:
        if is_known(keepdims) and not keepdims:
            return np.sum(g * others(a))
    return np.sum(g * others(a, axis), axis, keepdims=keepdims)


@tangent("math.prod", "iterable")
def math_prod(g, iterable, start):
    return start * np.sum(g * others(iterable))


@tangent("math.prod", "start")
def math_prod_start(g, iterable):
    return g * np.prod(iterable)


@tangent("numpy.cumprod", "a")
def cumprod(g, y, a, axis):
    return cumprod_tangent(g, y, a, axis)


@tangent("numpy.linalg.norm", "x")
def norm(g, y, x, ord, axis, keepdims):
    if ord is None:
        if axis is None:
            if is_known(keepdims) and not keepdims:
                if is_array(x):
                    return np.sum(x * g) / (y + (y == 0))
                return np.sum(np.multiply(x, g)) / (y + (y == 0))
        return np.sum(np.multiply(x, g), axis, keepdims=keepdims) / (y + (y == 0))
    part = norm_part(np.ones_like(y), y, x, ord, axis, keepdims)
    return np.sum(part * g, axis, keepdims=keepdims)


@tangent("numpy.sort", "a")
def sort(g, a, axis):
    order = np.argsort(a, axis, kind="stable")
    if rank(a) == 1:
        return g[order]
    return np.take_along_axis(g, order, axis)


@tangent("numpy.linalg.inv", "a")
def inv(g, y):
    return -y @ g @ y


@tangent("numpy.linalg.det", "a")
def det(g, a):
    if rank(a) == 2:
        return np.sum(cofactors(a) * g)
    return np.sum(cofactors(a) * g, (-1, -2))


@tangent("numpy.linalg.slogdet", "a")
def slogdet(g, a):
    if rank(a) == 2:
        return 0.0, np.trace(np.linalg.solve(a, g))
    change = np.trace(np.linalg.solve(a, g), 0, -2, -1)
    return np.zeros_like(change), change


@tangent("numpy.linalg.solve", "a")
def solve_a(g, y, a, b):
    if rank(a) == 2:
        return -np.linalg.solve(a, g @ y)
    return solve_tangent(g, y, a, b)


@tangent("numpy.linalg.solve", "b")
def solve_b(g, a):
    return np.linalg.solve(a, g)


@tangent("numpy.linalg.cholesky", "a")
def cholesky(g, y):
    return cholesky_tangent(g, y)


@tangent("numpy.extract", "arr")
def extract(g, condition):
    return np.ravel(g)[np.flatnonzero(condition)]


@tangent("numpy.linalg.pinv", "a")
def pinv(g, y, a):
    flat = np.swapaxes(y, -1, -2)
    rest = np.swapaxes(g, -1, -2)
    left = y @ flat @ rest
    right = rest @ flat @ y
    return left - left @ a @ y + right - y @ a @ right - y @ g @ y


@tangent("numpy.linalg.eigvalsh", "a")
def eigvalsh(g, y, a):
    vectors = np.linalg.eigh(a)[1]
    low = np.tril(g)
    whole = low + np.swapaxes(np.tril(g, -1), -1, -2)
    turned = np.swapaxes(vectors, -1, -2) @ whole @ vectors
    return np.diagonal(turned, 0, -2, -1)


@tangent("numpy.linalg.svdvals", "x")
def svdvals(g, x):
    u, _, v = np.linalg.svd(x, False)
    turned = np.swapaxes(u, -1, -2) @ g @ np.swapaxes(v, -1, -2)
    return np.diagonal(turned, 0, -2, -1)


@tangent("numpy.interp", "fp")
def interp_values(g, x, xp):
    return np.interp(x, xp, g)
