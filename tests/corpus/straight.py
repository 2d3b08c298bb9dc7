"""Formulas without control flow, textbook examples among them."""

import math

import numpy as np

from corpus.registry import case

VEC = np.array([0.3, -0.7, 1.1])


@case(2.0, 5.0)
def lecture(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


@case(0.4)
def value_used_twice(x):
    e = np.exp(x)
    return (e + 1) * e


@case(1.0, 2.0)
def product_and_its_exponential(x, y):
    p = x * y
    return p + np.exp(p)


@case(math.pi / 16)
def newton_like_text(x):
    return x - math.exp(-2.0 * math.sin(4.0 * x) ** 2)


@case(1.5, 2.5, 0.5, 3.0)
def product_of_four(a, b, c, d):
    return a * b * c * d


@case(np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.2]]), np.array([[0.4, -0.3, 1.0]] * 2))
def matrix_product_sum(x, w):
    z = x @ w
    return np.sum(z * z)


@case({"cat": 2.0, "dog": 3.0})
def dictionary_entry(d):
    b = d["cat"]
    return b * b * 1.5


@case(0.7, also=[(-1.3,), (0.0,)])
def identity(x):
    return x


@case(0.7)
def negated_twice(x):
    return -(-x)  # noqa: B002


@case(2.0)
def constant_result(x):
    return 3.0


@case(2.0, 3.0)
def one_argument_unused(x, y):
    return x * x


@case(1.2)
def same_operand_on_both_sides(x):
    return x * x + x / x + (x - x) + x**x


@case(1.2, 0.7)
def power_tower(x, y):
    return x**y**2


@case(1.7, 2.3)
def all_operators(x, y):
    return +x - y * 2 + x / y - (-x) ** 2 + y**-1.5 + 3 ** (x / 4) + abs(-x)


@case(7.3, 2.0)
def remainder_and_floor(x, y):
    return x % y * 3.0 + x // y + divmod(x, y)[1] ** 2


@case(0.4, 0.9)
def every_math_function(x, y):
    a = math.sin(x) + math.cos(x) * math.tan(y) + math.sqrt(y) + math.exp(-x)
    b = math.log(y) + math.log(y, 2.5) + math.log2(x) + math.log10(y) + math.log1p(x)
    c = math.asin(x) + math.acos(x) * math.atan(y) + math.atan2(x, y)
    d = math.sinh(x) * math.cosh(y) + math.tanh(x * y) + math.hypot(x, y)
    return a * b + c - d + math.pow(y, x) + math.expm1(x) + math.fabs(-y) * math.pi


@case(0.4, 1.9)
def more_math_functions(x, y):
    e = math.asinh(x) + math.acosh(y) + math.atanh(x)
    return e * math.erf(x) + math.erfc(y) + math.radians(y) + math.degrees(x) + math.e


@case(VEC)
def elementwise_chain(x):
    return np.sum(np.sin(x) * np.exp(-(x**2)) + np.tanh(x) / (1.0 + x * x))


@case(np.array([0.3, 0.7, 0.9]))
def every_numpy_function(x):
    a = np.sqrt(x) + np.log(x) + np.log10(x) + np.log1p(x) + np.arctan(x)
    b = np.cos(x) * np.tan(x) + np.arcsin(x) * np.arccos(x) + np.cbrt(x)
    c = np.sinh(x) + np.cosh(x) + np.square(x) + np.reciprocal(x) + np.exp2(x)
    return np.sum(a * b - c + np.log2(x) + np.expm1(x) + np.arctan2(x, b))


@case(0.4)
def numpy_functions_of_a_float(x):
    return np.sqrt(x) * np.power(x, 3) + np.log1p(x) - np.abs(x - 1.0)


@case(0.3, 1.7, 0.8)
def long_expression(x, y, z):
    return (
        (x + y) * (y + z) * (z + x) / (x * y * z)
        - (x - y) ** 2 * (y - z) ** 2 / (1.0 + (z - x) ** 2)
        + math.exp(-(x * x + y * y + z * z) / 2.0) / math.sqrt(2.0 * math.pi)
    )


@case(100.0, 105.0, 0.05, 0.2, 1.0)
def black_scholes(spot, strike, rate, vol, maturity):
    sigma = vol * math.sqrt(maturity)
    d1 = (math.log(spot / strike) + (rate + 0.5 * vol**2) * maturity) / sigma
    d2 = d1 - sigma
    n1 = 0.5 * (1.0 + math.erf(d1 / math.sqrt(2.0)))
    n2 = 0.5 * (1.0 + math.erf(d2 / math.sqrt(2.0)))
    return spot * n1 - strike * math.exp(-rate * maturity) * n2


@case(1.2, 0.8)
def rosenbrock(x, y):
    return (1.0 - x) ** 2 + 100.0 * (y - x**2) ** 2


@case(2)
def integer_instead_of_float(x):
    return x**2 + 1


@case(3, 0.5, wrt=("n", "x"))
def integer_exponent_and_float(n, x):
    return x**n * n


@case(np.float64(0.3))
def numpy_scalar_argument(x):
    return x * x.item() + np.sin(x)


@case(np.array(0.6))
def zero_dimensional_argument(x):
    return x * np.exp(x)


@case(np.array([0.6]))
def size_one_array_result(x):
    return x * np.exp(x)


@case(np.array([[0.6]]))
def size_one_matrix_result(x):
    return x**3


@case(0.5, 2.0)
def reassigned_argument(x, y):
    x = x * y
    x = math.sin(x)
    y = x + y
    return x * y


@case(0.5)
def old_value_after_reassignment(x):
    y = x
    x = x * x
    x = math.sin(x) * y
    return x + y


@case(0.5, 1.5)
def augmented_scalars(x, y):
    s = x
    s += y
    s *= x
    s -= math.cos(s)
    s /= y
    s **= 2
    return s + x


@case(0.8)
def dead_code(x):
    unused = math.exp(x) * 3
    other = unused + 1
    other = x * 2
    return other * x


@case(0.8)
def docstring_and_annotations(x: float) -> float:
    """A function with a docstring."""
    y: float = x * 2.0
    z: float
    z = y * x
    return z


@case(np.array([1.0, 2.0, 4.0]), np.array([0.2, 0.3, 0.5]))
def weighted_statistics(x, w):
    mean = np.sum(w * x) / np.sum(w)
    variance = np.sum(w * (x - mean) ** 2) / np.sum(w)
    return mean / np.sqrt(variance)


@case(np.array([0.5, -0.2]), np.array([[1.0, 2.0], [-1.0, 0.3], [0.2, 0.1]]), [0, 1, 1])
def logistic_loss(w, x, labels):
    z = x @ w
    return np.mean(np.log1p(np.exp(-z * (2.0 * np.array(labels) - 1.0))))


@case(
    np.array([[0.1, 0.2], [-0.4, 0.3]]),
    np.array([0.1, -0.1]),
    np.array([0.7, -0.6]),
    0.2,
    np.array([[1.0, 0.5], [0.2, -0.8], [0.4, 0.4]]),
)
def two_layer_network(w1, b1, w2, b2, x):
    hidden = np.tanh(x @ w1 + b1)
    out = hidden @ w2 + b2
    return np.mean(out**2)


@case(0.5)
def chained_assignment(x):
    a = b = x * 2.0
    a = a * x
    return a + b


@case(0.5, tags="issue2")
def fstring_of_a_value(x):
    label = f"value {x:.3f}"
    return x * len(label)


@case(0.3)
def conditional_constants(x):
    scale = 2.0 if len("abc") == 3 else 5.0
    return scale * x * x


@case(1e-8)
def tiny_argument(x):
    return x * 3.0 + math.expm1(x)


@case(np.array([1.0, 2.0]), np.array([3.0, 4.0]), tags="issue4")
def complex_free_norm(x, y):
    r = x - y
    return np.sqrt(r @ r) + np.linalg.norm(x)
