"""Elementwise functions of NumPy and of math, by their partial derivatives.

Where a function has a corner: the slope of abs at 0 is 0, each of two equal values in
`maximum` gets half, `clip` has slope 1 on the closed interval, `hypot` 0 at the origin.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np

from s2sad.ir.core import Value
from s2sad.ir.infer import broadcast
from s2sad.ir.types import BOOL, Type, array
from s2sad.rules.arithmetic import pow_base, pow_exponent
from s2sad.rules.registry import adjoint, constant, declare, elementwise, tangent
from s2sad.runtime import is_complex, is_known, unbroadcast

#: Functions of one argument that NumPy and math have under one name or two.
BOTH = {
    "sin": "g * np.cos(x)",
    "cos": "-g * np.sin(x)",
    "tan": "g * (1.0 + y * y)",
    "arcsin asin": "g / np.sqrt(1.0 - x * x)",
    "arccos acos": "-g / np.sqrt(1.0 - x * x)",
    "arctan atan": "g / (1.0 + x * x)",
    "sinh": "g * np.cosh(x)",
    "cosh": "g * np.sinh(x)",
    "tanh": "g * (1.0 - y * y)",
    "arcsinh asinh": "g / np.sqrt(x * x + 1.0)",
    "arccosh acosh": "g / np.sqrt(x * x - 1.0)",
    "arctanh atanh": "g / (1.0 - x * x)",
    "exp": "g * y",
    "exp2": "g * y * math.log(2.0)",
    "expm1": "g * (y + 1.0)",
    "log": "g / x",
    "log2": "g / (x * math.log(2.0))",
    "log10": "g / (x * math.log(10.0))",
    "log1p": "g / (1.0 + x)",
    "sqrt": "g / (2.0 * y)",
    "cbrt": "g / (3.0 * y * y)",
    "deg2rad radians": "np.deg2rad(g)",
    "rad2deg degrees": "np.rad2deg(g)",
    "fabs": "g * np.sign(x)",
}
for names, text in BOTH.items():
    elementwise(f"numpy.{names.split()[0]}(x)", x=text)
    text = text.replace("np.deg2rad", "math.radians")
    text = text.replace("np.rad2deg", "math.degrees")
    if "sign" not in text:
        text = text.replace("np.", "math.")
    declare(f"math.{names.split()[-1]}(x)", "scalar", partials={"x": text})
elementwise("numpy.radians(x)", x="np.radians(g)")
elementwise("numpy.degrees(x)", x="np.degrees(g)")


def absolute_slope(g, y, x):
    """sign(x), 0 at 0; for a complex number its conjugate direction."""
    if is_complex(x):
        return g * np.conjugate(x) / (y + (y == 0))
    return g * np.sign(x)


def absolute_along(g, y, x):
    if is_complex(x):
        return np.real(g * np.conjugate(x)) / (y + (y == 0))
    return g * np.sign(x)


elementwise("numpy.absolute(x)", x=absolute_slope)
tangent("numpy.absolute", "x")(absolute_along)
elementwise("numpy.square(x)", x="g * 2.0 * x")
elementwise("numpy.reciprocal(x)", x="-g * y * y")
elementwise("numpy.negative(x)", x="-g")
elementwise("numpy.positive(x)", x="g")
elementwise("numpy.sinc(x)", x="g * sinc_slope(x)")
elementwise("numpy.conjugate(x)", x="np.conjugate(g)")
declare("numpy.real(val)", "elementwise", partials={"val": "g"}, alias="val")
declare(
    "numpy.imag(val)",
    "elementwise",
    partials={"val": "unbroadcast(-1j * g, val)"},
    alias="val",
)


def angle_slope(g, z, deg):
    if deg:
        return unbroadcast(-1j * np.degrees(g) / z, z)
    return unbroadcast(-1j * g / z, z)


elementwise("numpy.angle(z, deg=False)", z=angle_slope)
elementwise("numpy.real_if_close(a, tol=100)", a="unbroadcast(g, a)")
declare(
    "numpy.nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None)",
    "elementwise",
    partials={
        "x": "g * np.isfinite(x)",
        "nan": "g * np.isnan(x)",
        "posinf": "g * np.isposinf(x)",
        "neginf": "g * np.isneginf(x)",
    },
)
elementwise("numpy.i0(x)", x="g * i1(x)")
for name in ["float16", "float32", "float64", "longdouble", "complex64", "complex128"]:
    elementwise(f"numpy.{name}(x)", x="g")

elementwise("numpy.add(a, b)", a="g", b="g")
elementwise("numpy.subtract(a, b)", a="g", b="-g")
elementwise("numpy.multiply(a, b)", a="g * b", b="g * a")
elementwise("numpy.divide(a, b)", a="g / b", b="-g * y / b")
elementwise("numpy.power(a, b)", a=pow_base, b=pow_exponent)
elementwise("numpy.float_power(a, b)", a=pow_base, b=pow_exponent)
elementwise("numpy.remainder(a, b)", a="g", b="-g * np.floor_divide(a, b)")
elementwise("numpy.fmod(a, b)", a="g", b="-g * np.trunc(a / b)")
elementwise("numpy.hypot(a, b)", a="g * a / (y + (y == 0))", b="g * b / (y + (y == 0))")
elementwise("numpy.logaddexp(a, b)", a="g * np.exp(a - y)", b="g * np.exp(b - y)")
elementwise("numpy.logaddexp2(a, b)", a="g * np.exp2(a - y)", b="g * np.exp2(b - y)")
elementwise(
    "numpy.arctan2(a, b)", a="g * b / (a * a + b * b)", b="-g * a / (a * a + b * b)"
)
elementwise("numpy.copysign(a, b)", flat=("b",), a="g * np.sign(a) * np.sign(y)")
elementwise("numpy.heaviside(a, b)", flat=("a",), b="g * (a == 0)")
elementwise("numpy.ldexp(a, b)", flat=("b",), a="np.ldexp(g, b)")
elementwise(
    "numpy.maximum(a, b)",
    a="g * (a > b) + 0.5 * g * (a == b)",
    b="g * (b > a) + 0.5 * g * (a == b)",
)
elementwise(
    "numpy.minimum(a, b)",
    a="g * (a < b) + 0.5 * g * (a == b)",
    b="g * (b < a) + 0.5 * g * (a == b)",
)
for name in ("fmax", "fmin"):  # these pass over NaN, so only the result can tell
    elementwise(
        f"numpy.{name}(a, b)",
        a="g * (y == a) - 0.5 * g * (a == b)",
        b="g * (y == b) - 0.5 * g * (a == b)",
    )
elementwise(
    "numpy.where(condition, a, b)",
    flat=("condition",),
    a="np.where(condition, g, 0.0)",
    b="np.where(condition, 0.0, g)",
)


def clip_inside(g, a, a_min, a_max):
    if a_min is None and a_max is None:
        return g
    if is_known(a_min) and a_min is None:
        return g * (a <= a_max)
    if is_known(a_max) and a_max is None:
        return g * (a >= a_min)
    return g * ((a >= a_min) & (a <= a_max))


def clip_low(g, a, a_min, a_max):
    if a_max is None:
        return g * (a < a_min)
    return g * ((a < a_min) & (a_min < a_max))


def clip_result(bound: dict[str, Value]) -> Type:
    return broadcast([v for v in bound.values() if v.type.kind != "none"])


declare(
    "numpy.clip(a, a_min=None, a_max=None, out=None)",
    clip_result,
    partials={"a": clip_inside, "a_min": clip_low, "a_max": "g * (a > a_max)"},
    only={"out": (None,)},
)


def two_of(bound: dict[str, Value]) -> Type:
    part = broadcast(list(bound.values()))
    return Type("tuple", items=(part, part))


@adjoint("numpy.divmod(a, b)", "a", two_of, parts=("quotient", "remainder"))
def divmod_a(g, a, b):
    """The quotient is constant between its jumps."""
    if g[1] is None:
        return unbroadcast(0.0, a)
    return unbroadcast(g[1], a)


@adjoint("numpy.divmod", "b")
def divmod_b(g, y, a, b):
    if g[1] is None:
        return unbroadcast(0.0, b)
    return unbroadcast(-g[1] * y[0], b)


@adjoint("numpy.modf(x)", "x", two_of, parts=("fractional", "integral"))
def modf(g, x):
    if g[0] is None:
        return unbroadcast(0.0, x)
    return g[0]


@adjoint("numpy.frexp(x)", "x", two_of, parts=("mantissa", "exponent"))
def frexp(g, y, x):
    """x = m 2**e, and e is constant between its jumps."""
    if g[0] is None:
        return unbroadcast(0.0, x)
    return np.ldexp(g[0], -y[1])


def log_argument(g, x, base):
    if base is None:
        return g / x
    return g / (x * math.log(base))


def scalar(signature: str, flat=(), **partials) -> None:
    """A function of Python floats."""
    declare(signature, "scalar", partials=partials, flat=flat)


scalar(
    "math.log(x, base=None)", x=log_argument, base="-g * y / (base * math.log(base))"
)
scalar("math.pow(a, b)", a=pow_base, b=pow_exponent)
scalar("math.fmod(a, b)", a="g", b="-g * math.trunc(a / b)")
scalar("math.remainder(a, b)", a="g", b="-g * np.rint(a / b)")
scalar("math.atan2(a, b)", a="g * b / (a * a + b * b)", b="-g * a / (a * a + b * b)")
scalar("math.copysign(a, b)", flat=("b",), a="g * np.sign(a) * math.copysign(1.0, b)")
scalar(
    "math.hypot(a, b=0.0, c=0.0)",
    a="g * a / (y + (y == 0))",
    b="g * b / (y + (y == 0))",
    c="g * c / (y + (y == 0))",
)
scalar("math.erf(x)", x="g * 2.0 / math.sqrt(math.pi) * math.exp(-x * x)")
scalar("math.erfc(x)", x="-g * 2.0 / math.sqrt(math.pi) * math.exp(-x * x)")
scalar("math.gamma(x)", x="g * y * digamma(x)")
scalar("math.lgamma(x)", x="g * digamma(x)")
scalar("math.ldexp(a, b)", flat=("b",), a="math.ldexp(g, b)")
scalar("math.fma(a, b, c)", a="g * b", b="g * a", c="g")


def truth(bound: dict[str, Value]) -> Type:
    """The result of an elementwise test."""
    found = broadcast(list(bound.values()))
    if found.is_scalar:
        return BOOL
    return array(found.ndim, found.shape, "bool") if found.kind == "array" else found


TESTS = "isnan isinf isfinite isneginf isposinf signbit logical_not iscomplex isreal"
COMPARISONS = "greater greater_equal less less_equal equal not_equal"
LOGICAL = "logical_and logical_or logical_xor"
STEPS = "sign floor ceil trunc rint fix spacing invert"
INTEGER = "floor_divide bitwise_and bitwise_or bitwise_xor left_shift right_shift"
for name in TESTS.split():
    declare(f"numpy.{name}(x)", truth)
for name in f"{COMPARISONS} {LOGICAL}".split():
    declare(f"numpy.{name}(a, b)", truth)
for name in STEPS.split():
    declare(f"numpy.{name}(x)", "elementwise")
for name in INTEGER.split():
    declare(f"numpy.{name}(a, b)", "elementwise")
declare("numpy.round(a, decimals=0)", "elementwise")
declare("numpy.around(a, decimals=0)", "elementwise")
declare("numpy.isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False)", "any")
constant(
    "math.floor(x)",
    "math.ceil(x)",
    "math.trunc(x)",
    "math.factorial(n)",
    "math.comb(n, k)",
    "math.perm(n, k=None)",
    "math.gcd(*args)",
    "math.lcm(*args)",
    "math.isqrt(n)",
    result="int",
)
constant(
    "math.isnan(x)",
    "math.isinf(x)",
    "math.isfinite(x)",
    "math.isclose(a, b, rel_tol=1e-09, abs_tol=0.0)",
    result="bool",
)
