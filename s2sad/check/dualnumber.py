"""Dual numbers: v + t*eps with eps*eps = 0, carried by `Dual(v, t)`.

Arrays of them are NumPy object arrays: NumPy's loops call the operators for
`np.add` and its like, and the method of that name for `np.sin` and its like.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.check.structure import NotCovered

ROOT_PI = math.sqrt(math.pi)
LN2 = math.log(2.0)
LN10 = math.log(10.0)
DEGREE = math.pi / 180.0

#: Functions of one number: name -> (value, derivative at x given the value y).
Unary = tuple[Callable[[float], float], Callable[[float, float], float]]
UNARY: dict[str, Unary] = {
    "sqrt": (math.sqrt, lambda x, y: 0.5 / y),
    "cbrt": (math.cbrt, lambda x, y: 1.0 / (3.0 * y * y)),
    "exp": (math.exp, lambda x, y: y),
    "exp2": (math.exp2, lambda x, y: LN2 * y),
    "expm1": (math.expm1, lambda x, y: y + 1.0),
    "log": (math.log, lambda x, y: 1.0 / x),
    "log2": (math.log2, lambda x, y: 1.0 / (x * LN2)),
    "log10": (math.log10, lambda x, y: 1.0 / (x * LN10)),
    "log1p": (math.log1p, lambda x, y: 1.0 / (1.0 + x)),
    "sin": (math.sin, lambda x, y: math.cos(x)),
    "cos": (math.cos, lambda x, y: -math.sin(x)),
    "tan": (math.tan, lambda x, y: 1.0 + y * y),
    "arcsin": (math.asin, lambda x, y: 1.0 / math.sqrt(1.0 - x * x)),
    "arccos": (math.acos, lambda x, y: -1.0 / math.sqrt(1.0 - x * x)),
    "arctan": (math.atan, lambda x, y: 1.0 / (1.0 + x * x)),
    "sinh": (math.sinh, lambda x, y: math.cosh(x)),
    "cosh": (math.cosh, lambda x, y: math.sinh(x)),
    "tanh": (math.tanh, lambda x, y: 1.0 - y * y),
    "arcsinh": (math.asinh, lambda x, y: 1.0 / math.sqrt(1.0 + x * x)),
    "arccosh": (math.acosh, lambda x, y: 1.0 / math.sqrt(x * x - 1.0)),
    "arctanh": (math.atanh, lambda x, y: 1.0 / (1.0 - x * x)),
    "erf": (math.erf, lambda x, y: 2.0 / ROOT_PI * math.exp(-x * x)),
    "erfc": (math.erfc, lambda x, y: -2.0 / ROOT_PI * math.exp(-x * x)),
    "deg2rad": (math.radians, lambda x, y: DEGREE),
    "radians": (math.radians, lambda x, y: DEGREE),
    "rad2deg": (math.degrees, lambda x, y: 1.0 / DEGREE),
    "degrees": (math.degrees, lambda x, y: 1.0 / DEGREE),
    "fabs": (math.fabs, lambda x, y: math.copysign(1.0, x)),
    "floor": (lambda x: float(math.floor(x)), lambda x, y: 0.0),
    "ceil": (lambda x: float(math.ceil(x)), lambda x, y: 0.0),
    "trunc": (lambda x: float(math.trunc(x)), lambda x, y: 0.0),
    "rint": (lambda x: float(round(x)), lambda x, y: 0.0),
}


def _power_slope(a: float, b: float) -> float:
    return b * a ** (b - 1.0) if b != 0.0 else 0.0


#: Functions of two numbers: name -> (value, partial derivatives in a and in b).
#: A partial that is not defined is only called where its operand has a tangent.
Partial = Callable[[float, float], float]
BINARY: dict[str, tuple[Callable[[Any, Any], Any], Partial, Partial]] = {
    "add": (operator.add, lambda a, b: 1.0, lambda a, b: 1.0),
    "sub": (operator.sub, lambda a, b: 1.0, lambda a, b: -1.0),
    "mul": (operator.mul, lambda a, b: b, lambda a, b: a),
    "truediv": (operator.truediv, lambda a, b: 1.0 / b, lambda a, b: -a / (b * b)),
    "pow": (operator.pow, _power_slope, lambda a, b: math.log(a) * a**b),
    "mod": (operator.mod, lambda a, b: 1.0, lambda a, b: -float(a // b)),
    "floordiv": (operator.floordiv, lambda a, b: 0.0, lambda a, b: 0.0),
    "arctan2": (
        math.atan2,
        lambda a, b: b / (a * a + b * b),
        lambda a, b: -a / (a * a + b * b),
    ),
    "hypot": (
        math.hypot,
        lambda a, b: a / math.hypot(a, b),
        lambda a, b: b / math.hypot(a, b),
    ),
    "fmod": (math.fmod, lambda a, b: 1.0, lambda a, b: -float(math.trunc(a / b))),
    "copysign": (
        math.copysign,
        lambda a, b: math.copysign(1.0, a) * math.copysign(1.0, b),
        lambda a, b: 0.0,
    ),
    "logaddexp": (
        lambda a, b: max(a, b) + math.log1p(math.exp(-abs(a - b))),
        lambda a, b: 1.0 / (1.0 + math.exp(b - a)),
        lambda a, b: 1.0 / (1.0 + math.exp(a - b)),
    ),
}


class Dual:
    """A value and its tangent (a number, or an array with one entry a direction).

    Compares, hashes and tests for truth by its value; refuses to become a float,
    which would lose the tangent silently.
    """

    ndim = 0
    shape: tuple[int, ...] = ()
    size = 1

    def __init__(self, value: float, tangent: Any = 0.0) -> None:
        self.value = value
        self.tangent = tangent

    def __repr__(self) -> str:
        return f"Dual({self.value!r}, {self.tangent!r})"

    def __format__(self, spec: str) -> str:
        return format(self.value, spec)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __hash__(self) -> int:
        return hash(self.value)

    def __float__(self) -> float:
        raise NotCovered("a dual number was cast to a plain float")

    def __int__(self) -> int:
        return int(self.value)

    def __round__(self, digits: int | None = None) -> Any:
        rounded = round(self.value, digits)
        return Dual(rounded) if isinstance(rounded, float) else rounded

    def __floor__(self) -> int:
        return math.floor(self.value)

    def __ceil__(self) -> int:
        return math.ceil(self.value)

    def __trunc__(self) -> int:
        return math.trunc(self.value)

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.tangent)

    def __pos__(self) -> Dual:
        return self

    def __abs__(self) -> Dual:
        return -self if self.value < 0.0 else self

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def item(self) -> Dual:
        return self

    def copy(self) -> Dual:
        return self

    def conjugate(self) -> Dual:
        return self

    @property
    def real(self) -> Dual:
        return self


def as_dual(operand: Any) -> Dual | None:
    """An operand as a dual number; None for what is not one real number."""
    if isinstance(operand, Dual):
        return operand
    if isinstance(operand, (int, float, np.number, np.bool_)):
        return Dual(float(operand))
    return None


def apply_unary(name: str, x: Dual) -> Dual:
    value, slope = UNARY[name]
    y = value(x.value)
    return Dual(y, slope(x.value, y) * x.tangent if np.any(x.tangent) else 0.0)


def apply_binary(name: str, a: Dual, b: Dual) -> Dual:
    value, left, right = BINARY[name]
    tangent: Any = 0.0
    if np.any(a.tangent):
        tangent = left(a.value, b.value) * a.tangent
    if np.any(b.tangent):
        tangent = tangent + right(a.value, b.value) * b.tangent
    result = value(a.value, b.value)
    if isinstance(result, complex):
        raise NotCovered("a real power became complex")
    return Dual(result, tangent)


def _install() -> None:
    """Give `Dual` its operators, comparisons and NumPy's method names."""
    for name in UNARY:
        setattr(Dual, name, lambda self, name=name: apply_unary(name, self))

    def operator_method(name: str, swap: bool) -> Callable[[Dual, Any], Any]:
        def method(self: Dual, other: Any) -> Any:
            partner = as_dual(other)
            if partner is None:
                return NotImplemented
            pair = (partner, self) if swap else (self, partner)
            return apply_binary(name, *pair)

        return method

    def comparison_method(name: str) -> Callable[[Dual, Any], Any]:
        compare = getattr(operator, name)

        def method(self: Dual, other: Any) -> Any:
            partner = as_dual(other)
            if partner is None:
                return NotImplemented
            return compare(self.value, partner.value)

        return method

    for name in BINARY:
        if hasattr(operator, name):
            setattr(Dual, f"__{name}__", operator_method(name, False))
            setattr(Dual, f"__r{name}__", operator_method(name, True))
        else:
            setattr(Dual, name, operator_method(name, False))
    for name in ("lt", "le", "gt", "ge", "eq", "ne"):
        setattr(Dual, f"__{name}__", comparison_method(name))


_install()
