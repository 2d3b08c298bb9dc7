"""Calls: helpers, defaults, keywords, several results, recursion, closures."""

import functools
import math

import numpy as np

from corpus.registry import case

V = np.array([0.3, 0.8, -0.4])
GRAVITY = 9.81
WEIGHTS = np.array([0.5, 1.5, -1.0])
TABLE = {"a": 2.0, "b": 3.0}
SCALES = [1.0, 0.5]


def square(x):
    return x * x


def scaled(x, factor=2.0, *, shift=0.0):
    return x * factor + shift


def polar(x, y):
    return math.hypot(x, y), math.atan2(y, x)


def factorial_like(x, n):
    if n == 0:
        return 1.0
    return (x + n) * factorial_like(x, n - 1)


def even_part(x, n):
    if n == 0:
        return x
    return odd_part(x * x + 0.1, n - 1) * 2.0


def odd_part(x, n):
    if n == 0:
        return 1.0 + x
    return even_part(math.sin(x), n - 1) + x


def nothing(x):
    x + 1.0


def with_loop(x, n):
    for _ in range(n):
        x = math.sin(x) + 0.5
    return x


def constant_for_any(x):
    return 4.0


def pair_or_triple(x, more):
    if more:
        return x, x * x, x**3
    return x, x + 1.0


def norm2(v):
    return np.sqrt(np.sum(v * v))


def normalized(v):
    return v / norm2(v)


def mean_and_spread(v):
    mean = np.mean(v)
    return mean, np.mean((v - mean) ** 2)


def shadowing_helper(x):
    y = x * 3.0
    s = y + 1.0
    return s


def apply(f, x):
    return f(x)


@case(0.7)
def simple_call(x):
    return square(x) + square(square(x))


@case(0.7)
def nested_calls(x):
    return square(scaled(square(x), 3.0))


@case(0.7, 1.2)
def defaults_and_keywords(x, y):
    return scaled(x) * scaled(y, shift=x) + scaled(factor=y, x=x, shift=1.0)


@case(0.7, 1.2)
def two_results(x, y):
    r, phi = polar(x, y)
    return r * phi + r


@case(0.7, 1.2)
def one_of_two_results(x, y):
    r, _ = polar(x, y)
    return r * x + polar(y, x)[1]


@case(0.7, True, also=[(0.7, False)])
def results_as_one_tuple(x, more):
    t = pair_or_triple(x, more)
    return t[0] * t[1] + t[-1] + len(t)


@case(0.5, 4, also=[(0.5, 0)])
def recursion(x, n):
    return factorial_like(x, n)


@case(0.5, 3)
def itself_recursive(x, n):
    if n <= 0:
        return x
    return itself_recursive(x * x, n - 1) + itself_recursive(0.5 * x, n - 2)


@case(0.5, 3, also=[(0.5, 4)])
def mutual_recursion(x, n):
    return even_part(x, n)


@case(np.array([0.1, 0.5, -0.3, 0.9, 0.2]))
def divide_and_conquer(x):
    if len(x) == 1:
        return x[0]
    half = len(x) // 2
    left = divide_and_conquer(x[:half])
    right = divide_and_conquer(x[half:])
    return left * right + left + right


@case(0.7)
def helper_without_result(x):
    nothing(x)
    return x * x


@case(0.7)
def helper_ignores_argument(x):
    return constant_for_any(x) * x


@case(0.7, 3)
def helper_with_loop_called_twice(x, n):
    a = with_loop(x, n)
    b = with_loop(a * x, n + 1)
    return a * b


@case(0.7)
def helper_called_in_loop(x):
    s = x
    for k in range(3):
        s = scaled(s, x, shift=k) + square(s) * 0.1
    return s


@case(0.7)
def helper_shares_local_names(x):
    y = x * 2.0
    s = shadowing_helper(y)
    return s * y + x


@case(0.7)
def module_constants(x):
    return 0.5 * GRAVITY * x**2 + TABLE["b"] * x + SCALES[1] * x**3


@case(V)
def module_array(x):
    return np.sum(WEIGHTS * x) ** 2


@case(V)
def array_helpers(x):
    u = normalized(x)
    mean, spread = mean_and_spread(u * x)
    return mean / spread + norm2(u - x)


@case(0.7, tags="issue3")
def nested_def(x):
    def inner(y):
        return y * y + 1.0

    return inner(x) * inner(2.0 * x)


@case(0.7, tags="issue3")
def nested_def_over_active_value(x):
    z = x * x

    def inner(y):
        return y * z

    return inner(x) + inner(3.0)


@case(0.7, tags="issue3")
def closure_sees_rebinding(x):
    z = x * x

    def inner(y):
        return y * z

    a = inner(2.0)
    z = z * x
    return a + inner(2.0)


@case(0.7, tags="issue3")
def lambda_in_a_name(x):
    f = lambda y: y**3 + x  # noqa: E731
    return f(x) + f(2.0)


@case(0.7, tags="issue3")
def lambda_called_at_once(x):
    return (lambda y, z=2.0: y * z)(x * x)


@case(0.7, tags="issue3")
def function_as_argument(x):
    return apply(square, x) + apply(math.sin, x) + apply(lambda t: t * x, x)


@case(0.7, tags="issue3")
def functions_in_a_list(x):
    y = x
    for f in [math.sin, square, lambda t: t + 1.0]:
        y = f(y) * x
    return y


@case(0.7, "cube", tags="issue3")
def functions_in_a_dict(x, which):
    known = {"square": square, "cube": lambda t: t**3}
    return known[which](x) + x


@case(0.7, tags="issue3")
def partial_application(x):
    triple = functools.partial(scaled, factor=3.0)
    return triple(x) * triple(x, shift=1.0)


@case(0.7, tags="issue3")
def reduce_a_list(x):
    return functools.reduce(lambda a, b: a * b + x, [x, 2.0, x * x])


def total_of(*parts):
    total = 0.0
    for part in parts:
        total = total * 0.5 + part
    return total


def with_options(x, **options):
    if "power" in options:
        x = x ** options["power"]
    return x * options.get("scale", 1.0)


@case(0.7, tags="issue3")
def variable_arguments(x):
    return total_of(x, x * x, 3.0) * total_of() + total_of(x)


@case(0.7, tags="issue3")
def star_call(x):
    args = [x, 2.0 * x]
    return total_of(*args, x) * polar(*args)[0]


@case(0.7, tags="issue3")
def keyword_dict(x):
    options = {"factor": x, "shift": x * x}
    return scaled(x, **options) + with_options(x, power=3, scale=x)


@case(0.7, tags="issue3")
def nonlocal_counter(x):
    calls = 0

    def f(y):
        nonlocal calls
        calls += 1
        return y * calls

    a = f(x)
    b = f(x * x)
    return a * b + calls


@case(0.7, tags="issue3")
def nonlocal_active_value(x):
    total = 0.0

    def add(y):
        nonlocal total
        total = total + y * y

    add(x)
    add(total * 3.0)
    return total * x


def make_scaler(k):
    def scale(y):
        return k * y

    return scale


@case(0.7, tags="issue3")
def function_returning_closure(x):
    f = make_scaler(3.0)
    g = make_scaler(x)
    return f(x) * g(x)


def _closed_over(k, w):
    def model(x):
        return k * np.sum(w * x**2)

    return model


closure_over_constants = case(V)(_closed_over(2.0, WEIGHTS))


@case(0.7, 0.2)
def default_is_module_constant(x, y, g=GRAVITY):
    return x * g + y**2


@case(0.4, -0.3, wrt=("y", "x"))
def wrt_order(x, y):
    return math.exp(x * y) * y


@case(V, V.copy())
def same_helper_two_arrays(x, y):
    return norm2(x) * norm2(2.0 * y)


@case(0.3, tags="issue3")
def deep_call_chain(x):
    def f1(v):
        return v * x

    def f2(v):
        return f1(v) + f1(f1(v))

    def f3(v):
        return f2(f2(v)) + v

    return f3(x)


@case(0.8, 10, also=[(0.8, 1)], tags="issue3")
def fibonacci_memo_free(x, n):
    def fib(k):
        if k < 2:
            return x * (k + 1)
        return fib(k - 1) * 0.5 + fib(k - 2)

    return fib(n)


def conditional_result(x):
    if x > 0:
        return x * x
    return -x


@case(0.8, also=[(-0.8,)])
def call_in_condition(x):
    if conditional_result(x) > 0.7:
        return conditional_result(x - 2.0) + x
    return conditional_result(x)


@case(0.8)
def call_as_argument_default_chain(x):
    return scaled(scaled(scaled(x), shift=x), factor=scaled(x))


@case(2.0, tags="issue3")
def simpson(b):
    def integrand(t):
        return math.exp(-t * t) * t

    n = 8
    h = b / n
    s = integrand(0.0) + integrand(b)
    for i in range(1, n):
        s += integrand(i * h) * (4 if i % 2 else 2)
    return s * h / 3


@case(1.3, tags="issue3")
def bisection_then_newton_step(c):
    def residual(t):
        return t**3 - c * t - 1.0

    t = 1.5
    for _ in range(4):
        t = t - residual(t) / (3 * t**2 - c)
    return t


@case(V, tags="issue3")
def returns_its_argument(x):
    def same(v):
        return v

    y = same(x)
    return np.sum(y * same(x))


@case(0.7, 1.2, 0.4, wrt="x")
def further_arguments(x, *more):
    a, b = more
    return x * a + x**2 * b


@case(0.7, wrt="x")
def no_further_arguments(x, *more, scale=2.0):
    total = x * x
    for e in more:
        total += e * x
    return total * scale


def _poly(a, b, x):
    return a * x + b * x**2


@case(0.7, 1.2, 0.4, wrt="x")
def further_arguments_handed_on(x, *more):
    return _poly(*more, x=x) * len(more)
