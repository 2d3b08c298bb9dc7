"""Python's operators. Their names are those of the `operator` module."""

import math

import numpy as np

from s2sad.rules.registry import declare, elementwise
from s2sad.runtime import is_known

elementwise("operator.add(a, b)", a="g", b="g")
elementwise("operator.sub(a, b)", a="g", b="-g")
elementwise("operator.mul(a, b)", a="g * b", b="g * a")
elementwise("operator.div(a, b)", a="g / b", b="-g * y / b")
elementwise("operator.neg(a)", a="-g")
elementwise("operator.pos(a)", a="g")
elementwise("operator.mod(a, b)", a="g", b="-g * np.floor_divide(a, b)")
for name in ("floordiv", "bitand", "bitor", "bitxor", "lshift", "rshift", "invert"):
    declare(f"operator.{name}(*args)", "elementwise")


def pow_base(g, y, a, b):  # type: ignore[no-untyped-def]
    """d a**b / da = b a**(b - 1), and 0 for b = 0 whatever a is."""
    if is_known(b):
        if b == 2:
            return g * 2.0 * a
        if b == 3:
            return g * 3.0 * (a * a)
        if b == 1:
            return g
        if b == 0:
            return g * 0.0
        if b == 0.5:
            return g * 0.5 / y
        if b == -1:
            return -g * y * y
        return g * b * a ** (b - 1)
    return g * b * a ** (b - (b != 0))


def pow_exponent(g, y, a, b):  # type: ignore[no-untyped-def]
    """d a**b / db = a**b log a, and 0 where a = 0."""
    if is_known(a) and a != 0:
        return g * y * math.log(a)
    return g * y * np.log(np.where(a == 0, 1.0, a))


elementwise("operator.pow(a, b)", a=pow_base, b=pow_exponent)
