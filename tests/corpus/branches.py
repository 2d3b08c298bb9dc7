"""if, elif, else, conditional expressions, and/or/not, chained comparisons."""

import math

import numpy as np

from corpus.registry import case


@case(1.5, also=[(-1.5,), (0.3,)])
def three_way(x):
    if x > 1.0:
        y = x * x
    elif x > 0.0:
        y = math.sin(x)
    else:
        y = -x * 3.0
    return y * x


@case(1.5, also=[(-1.5,)])
def if_without_else(x):
    y = x
    if x > 0.0:
        y = y * x * 2.0
    return y


@case(1.5, also=[(-1.5,)])
def relu_by_expression(x):
    return x * x if x > 0 else 0.1 * x


@case(1.5, also=[(-1.5,)], tags="issue3")
def defined_in_one_branch(x):
    if x > 0:
        extra = x**3
    y = x * 2
    if x > 0:
        y = y + extra
    return y


@case(2.0, 0.5, also=[(0.5, 2.0), (-1.0, -2.0), (-2.0, 3.0)])
def nested_branches(x, y):
    if x > 0:
        if x > y:
            z = x * y
        else:
            z = x / y
            x = x + 1.0
    else:
        if y > 0:
            z = y**3
        else:
            return x * y * y
    return z + x * y


@case(0.5, also=[(1.5,), (3.0,)])
def early_returns(x):
    if x < 1.0:
        return x**2
    y = x * 3.0
    if x < 2.0:
        return y * x
    y = y * y
    return y


@case(0.5, also=[(2.0,), (-2.0,)])
def chained_comparison(x):
    return x**3 if 0.0 < x < 1.0 else (2 * x if -3.0 <= x < 0 else x * x)


@case(2.0, 3.0, also=[(-2.0, 3.0), (2.0, -3.0), (-2.0, -3.0)])
def and_or_not(x, y):
    if x > 0 and not y < 0:
        return x * y
    if x > 0 or y > 0:
        return x - y * y
    return x * x * y


@case(2.0, 0.0, also=[(2.0, 3.0)], wrt="x")
def short_circuit_protects(x, y):
    if y != 0 and x / y > 0:
        return x * y
    return x * x


@case(0.0, 2.0, also=[(3.0, 2.0)], tags="issue3")
def or_as_a_value(x, default):
    y = x or default
    return y * y


@case(3.0, 2.0, tags="issue3")
def and_as_a_value(x, y):
    z = x and y * y
    return z * x


@case(2.0, True, also=[(2.0, False)])
def boolean_flag(x, squared):
    return x * x if squared else x


@case(2.0, "cubic", also=[(2.0, "square"), (2.0, "none")])
def string_switch(x, kind):
    if kind == "square":
        y = x**2
    elif kind == "cubic":
        y = x**3
    else:
        y = x
    return y


@case(2.0, None, also=[(2.0, 3.0)], wrt="x")
def optional_argument(x, weight):
    if weight is None:
        weight = 1.0
    return weight * x * x


@case(np.array([1.0, -2.0, 3.0]), also=[(np.array([-1.0, -2.0, 0.5]),)])
def array_condition(x):
    if np.sum(x) > 0:
        return np.sum(x**2)
    return np.sum(np.exp(x))


@case(np.array([1.0, -2.0, 3.0]))
def any_all_condition(x):
    y = x * 1.0
    if np.any(x < 0):
        y = y - np.min(x)
    if np.all(y > 0.5):
        y = y * y
    return np.sum(y * x)


@case(2.0, also=[(-2.0,)])
def different_variables_written(x):
    a = x
    b = 2.0
    if x > 0:
        a = a * x
        b = a + b
    else:
        b = math.exp(x)
    return a * b


@case(2.0, also=[(-2.0,)])
def branch_changes_kind_of_use(x):
    y = 1.0
    if x > 0:
        y = x
    else:
        pass
    return y * y + x


@case(2.0, also=[(0.5,)])
def condition_on_computed_value(x):
    y = math.log(x)
    if y > 0:
        x = y * x
    return x * y


@case(2.0, 5.0, also=[(5.0, 2.0)])
def builtin_min_max(x, y):
    return max(x, y) ** 2 + 3.0 * min(x, y) + max(x, 0.5, y * 0.1)


@case(0.3, also=[(1.7,), (-0.8,)])
def clamped(x):
    return min(max(x, 0.0), 1.0) ** 2 + x


@case(0.3, also=[(1.7,)])
def inactive_branch_would_fail(x):
    if x > 1.0:
        return math.log(x - 1.0)
    return math.sqrt(1.0 - x)


@case(0.3, 4)
def integer_parity(x, n):
    if n % 2 == 0:
        return x**n
    return -(x**n)


@case(2.0, also=[(-2.0,)])
def return_in_both_branches(x):
    if x > 0:
        return math.sqrt(x)
    else:
        return x * x


@case(2.0, also=[(-2.0,)])
def swapped_in_a_branch(x):
    a, b = x, x * x
    if x > 0:
        a, b = b, a
    return a / b + 2.0 * a


@case(0.5, also=[(1.5,), (2.5,), (3.5,)])
def piecewise_spline(x):
    q = abs(x)
    if q < 1:
        w = 2.0 / 3.0 - q**2 + 0.5 * q**3
    elif q < 2:
        w = (2.0 - q) ** 3 / 6.0
    elif q < 3:
        w = 0.01 * q
    else:
        w = 0.0
    return w


@case(2.0)
def deep_conditional_expression(x):
    y = (x if x < 1 else x * x) * (3.0 if x * x > 3 else 0.1 * x)
    return y + (y if y > 100 else -y)


@case(np.array([0.4, 1.2]), also=[(np.array([2.0, -1.0]),)])
def if_on_elements(x):
    if x[0] < x[1]:
        lo, hi = x[0], x[1]
    else:
        lo, hi = x[1], x[0]
    return (hi - lo) ** 2 * hi


@case(1.0, also=[(-1.0,)])
def condition_stored_in_a_name(x):
    positive = x > 0
    x = x * 2.0 if positive else x
    if not positive:
        x = x**2
    return x * x


@case(1.5, also=[(-1.5,)])
def comparison_used_as_number(x):
    return x * (x > 0) + 0.1 * x * (x <= 0)
