"""Forward rules of what is not elementwise: the tangent of a result.

A function that is linear in an argument is its own tangent there. For the others, a
small function from the tangent `g` of one argument, the result `y` and the arguments.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.rules.registry import RULES, linear, multilinear, tangent
from s2sad.runtime import (
    cumprod_tangent,
    interp_slope,
    is_known,
    poly_tangent,
    polydiv_tangent,
    spread,
    unbroadcast,
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
    "numpy.fromiter": "iter",
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


@tangent("numpy.cumprod", "a")
def cumprod(g, y, a, axis):
    if axis is None:
        return cumprod_tangent(np.ravel(g), y, np.ravel(a), 0)
    return cumprod_tangent(g, y, a, axis)


@tangent("numpy.pad", "array")
def pad(g, pad_width, mode, constant_values):
    if mode == "constant":
        return np.pad(g, pad_width)
    return np.pad(g, pad_width, mode)


@tangent("numpy.angle", "z")
def angle(g, z, deg):
    if deg:
        return np.degrees(np.imag(g / z))
    return np.imag(g / z)


@tangent("numpy.unwrap", "p")
def unwrap(g, discont, axis, period):
    return g


@tangent("numpy.divmod", "a")
def divmod_a(g, y):
    return np.zeros_like(y[0]), spread(g, y[1])


@tangent("numpy.divmod", "b")
def divmod_b(g, y):
    return np.zeros_like(y[0]), -g * y[0]


@tangent("numpy.modf", "x")
def modf(g, y):
    return g, np.zeros_like(y[1])


@tangent("numpy.frexp", "x")
def frexp(g, y):
    return np.ldexp(g, -y[1]), 0.0


@tangent("numpy.vander", "x")
def vander(g, y, x, N, increasing):
    powers = np.arange(np.shape(y)[1])
    if not increasing:
        powers = powers[::-1]
    return g[:, None] * powers * x[:, None] ** np.maximum(powers - 1, 0)


# -- interpolation, polynomials -------------------------------------------------------


@tangent("numpy.interp", "x")
def interp(g, x, xp, fp, left, right):
    return g * interp_slope(x, xp, fp)


@tangent("numpy.interp", "xp")
def interp_xp(g, x, xp, fp, left, right):
    """A knot that moves takes the values with it, along the slope."""
    return -np.interp(x, xp, g, 0.0, 0.0) * interp_slope(x, xp, fp)


@tangent("numpy.interp", "fp")
def interp_fp(g, x, xp, left, right):
    if left is None and right is None:
        return np.interp(x, xp, g)
    below = None if left is None else 0.0
    above = None if right is None else 0.0
    return np.interp(x, xp, g, below, above)


@tangent("numpy.interp", "left")
def interp_left(g, x, xp, right):
    return np.where(np.less(x, xp[0]), g, 0.0)


@tangent("numpy.interp", "right")
def interp_right(g, x, xp, left):
    return np.where(np.greater(x, xp[-1]), g, 0.0)


multilinear("numpy.polyval", "p")


@tangent("numpy.polyval", "x")
def polyval(g, p, x):
    return g * np.polyval(np.polyder(p), x)


@tangent("numpy.poly", "seq_of_zeros")
def poly(g, seq_of_zeros):
    return poly_tangent(g, seq_of_zeros)


@tangent("numpy.roots", "p")
def roots(g, y, p):
    return unbroadcast(-np.polyval(g, y) / np.polyval(np.polyder(p), y), y)


@tangent("numpy.polydiv", "u")
def polydiv(g, y, v):
    return polydiv_tangent(g, y, v)


@tangent("numpy.polydiv", "v")
def polydiv_v(g, y, v):
    return polydiv_tangent(-np.convolve(y[0], g), y, v)
