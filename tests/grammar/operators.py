"""Operators, comparisons, `and` and `or`."""

import numpy as np

from grammar.registry import refused, right

V = np.array([0.3, 0.8, -0.4])
M = np.array([[0.5, 0.2, -0.1], [0.3, -0.7, 0.4]])


@right("Add", "x + y", 0.7, 1.2)
def add(x, y):
    return (x + y) ** 2


@right("Sub", "x - y", 0.7, 1.2)
def subtract(x, y):
    return (x - y) ** 2


@right("Mult", "x * y", 0.7, 1.2)
def multiply(x, y):
    return x * y


@right("Div", "x / y", 0.7, 1.2)
def divide(x, y):
    return x / y


@right("FloorDiv", "x // y", 7.3, 1.2)
def divide_to_integer(x, y):
    return x // y * x


@right("Mod", "x % y", 7.3, 1.2)
def remainder(x, y):
    return x % y * x


@right("Pow", "x**y", 0.7, 1.2)
def power(x, y):
    return x**y


@right("MatMult", "m @ v", M, V)
def matrix_times_vector(m, v):
    return np.sum((m @ v) ** 2)


@right("BitAnd", "(x > 0.0) & (x < 0.5)", V)
def bits_and(x):
    return np.sum(np.where((x > 0.0) & (x < 0.5), x * x, x))


@right("BitOr", "(x < 0.0) | (x > 0.5)", V)
def bits_or(x):
    return np.sum(np.where((x < 0.0) | (x > 0.5), x * x, x))


@right("BitXor", "(x > 0.0) ^ (x > 0.5)", V)
def bits_exclusive_or(x):
    return np.sum(np.where((x > 0.0) ^ (x > 0.5), x * x, x))


@right("LShift", "1 << n", 0.7, 3)
def shift_left(x, n):
    return x * (1 << n)


@right("RShift", "n >> 1", 0.7, 6)
def shift_right(x, n):
    return x ** (n >> 1)


@right("USub", "-x", 0.7)
def minus(x):
    return -x * x


@right("UAdd", "+x", 0.7)
def plus(x):
    return +x * x


@right("Not", "not x > 1.0", 0.7)
def negate(x):
    if not x > 1.0:
        return x * x
    return x


@right("Invert", "~(x > 0.0)", V)
def invert(x):
    return np.sum(x[~(x > 0.0)] ** 2)


@right("And", "x > 0.0 and y > x", 0.7, 1.2)
def both(x, y):
    return x * y if x > 0.0 and y > x else x


@right("Or", "x > 1.0 or y > 1.0", 0.7, 1.2)
def one_of(x, y):
    return x * y if x > 1.0 or y > 1.0 else x


@right("Eq", "n == 2", 0.7, 2)
def equal(x, n):
    return x * x if n == 2 else x


@right("NotEq", "n != 2", 0.7, 2)
def unequal(x, n):
    return x if n != 2 else x * x


@right("Lt", "x < y", 0.7, 1.2)
def less(x, y):
    return x * x if x < y else y


@right("LtE", "x <= y", 0.7, 1.2)
def at_most(x, y):
    return x * x if x <= y else y


@right("Gt", "x > y", 0.7, 1.2)
def greater(x, y):
    return x * x if x > y else y * y


@right("GtE", "x >= y", 0.7, 1.2)
def at_least(x, y):
    return x * x if x >= y else y * y


@right("Is", "y is None", 0.7, None)
def identical(x, y):
    return x * x if y is None else x * y


@right("IsNot", "y is not None", 0.7, None)
def not_identical(x, y):
    return x * y if y is not None else x * x


@right("In", 'kind in ("square", "power")', 0.7, "square")
def member(x, kind):
    return x * x if kind in ("square", "power") else x


@right("NotIn", 'kind not in ("square", "power")', 0.7, "square")
def no_member(x, kind):
    return x if kind not in ("square", "power") else x * x


class Body:
    def __init__(self, mass):
        self.mass = mass


@refused("In", "body in bodies", "S201", "`any(b is body for b in bodies)`", 0.7)
def object_among_objects(x):
    body = Body(x)
    bodies = [body, Body(2.0)]
    return x * body.mass if body in bodies else x
