"""match, walrus, assert, try, with, loop else, del, star-unpacking."""

import contextlib
import math

import numpy as np

from corpus.registry import case

V = np.array([0.3, 0.8, -0.4])
T = "issue3"


class NotConverged(Exception):
    pass


def checked_sqrt(x):
    if x < 0:
        raise ValueError("negative")
    return math.sqrt(x)


def find_root(x, limit):
    y = x
    for _ in range(limit):
        y = 0.5 * (y + x / y)
        if abs(y * y - x) < 1e-10:
            return y
    raise NotConverged(y)


@case(0.7, "square", also=[(0.7, "cube"), (0.7, "other")], tags=T)
def match_strings(x, kind):
    match kind:
        case "square":
            return x * x
        case "cube":
            y = x**3
        case _:
            y = math.sin(x)
    return y * 2.0


@case(0.7, 2, also=[(0.7, 0), (0.7, 7)], tags=T)
def match_numbers_and_guards(x, n):
    match n:
        case 0 | 1:
            y = x
        case k if k > 5:
            y = x * k
        case _:
            y = x**n
    return y * x


@case((0.7, 1.2), also=[((0.7,),), ((0.7, 1.2, 2.0),)], tags=T)
def match_sequences(t):
    match t:
        case (a,):
            return a * a
        case (a, b):
            return a * b * b
        case (a, *rest):
            return a * sum(rest)
    return 0.0


@case({"kind": "disk", "r": 0.7}, also=[({"kind": "box", "a": 0.7, "b": 2.0},)], tags=T)
def match_mappings(shape):
    match shape:
        case {"kind": "disk", "r": r}:
            return math.pi * r**2
        case {"kind": "box", "a": a, "b": b}:
            return a * b
    return 0.0


@case(0.7, also=[(-0.7,)], tags=T)
def match_on_computed_value(x):
    match x > 0:
        case True:
            return x**3
        case False:
            return -x


@case(0.7, tags=T)
def walrus_in_condition(x):
    if (y := x * x) < 1.0:
        return y * x
    return y


@case(3.0, tags=T)
def walrus_in_while(x):
    s = 0.0
    while (x := x * 0.5) > 0.2:
        s += x**2
    return s * x


@case(V, tags=T)
def walrus_in_expression(x):
    return (s := np.sum(x)) * s + (t := s * x[0]) * t


@case(V, tags=T)
def walrus_in_comprehension(x):
    kept = [y for e in x if (y := e * e) > 0.1]
    return sum(kept) * y


@case(0.7, tags="issue2")
def assertions(x):
    assert x > 0, "must be positive"
    y = math.log(x)
    assert y < x
    return y * x


@case(V, tags="issue2")
def assertion_on_shape(x):
    assert x.ndim == 1 and x.shape == (3,), x.shape
    return np.sum(x**2)


@case(0.7, also=[(-0.7,)], tags=T)
def try_except_from_helper(x):
    try:
        y = checked_sqrt(x)
    except ValueError:
        y = x * x
    return y * x


@case(0.7, also=[(-0.7,)], tags=T)
def try_math_domain(x):
    try:
        return math.log(x) * x
    except ValueError:
        return x**3


@case(0.7, also=[(-0.7,)], tags=T)
def try_else_finally(x):
    s = 1.0
    try:
        s = s * x
        y = checked_sqrt(x)
    except ValueError:
        y = 2.0 * s
    else:
        y = y * y * s
    finally:
        s = s * 3.0
    return y * s


@case(0.7, tags=T)
def finally_runs_before_return(x):
    log = []
    try:
        return x * x * 2.0
    finally:
        log.append(1)


@case(2.0, 20, also=[(2.0, 1)], tags=T)
def user_exception(x, limit):
    try:
        return find_root(x, limit)
    except NotConverged as failure:
        return failure.args[0] * x


@case({"a": 0.7}, "a", also=[({"a": 0.7}, "b")], tags=T)
def key_error_default(d, key):
    try:
        y = d[key]
    except KeyError:
        y = d["a"] * 2.0
    return y * y


@case(V, tags=T)
def exception_in_a_loop(x):
    s = 0.0
    for e in x:
        try:
            s += checked_sqrt(e)
        except ValueError:
            s *= e
    return s


@case(V, tags=T)
def write_before_exception(x):
    y = x.copy()
    try:
        y[0] = y[1] * y[2]
        y[1] = checked_sqrt(y[0])
        y[2] = 0.0
    except ValueError:
        y[1] = y[0] ** 2
    return np.sum(y**2)


@case(0.7, tags=T)
def raise_not_reached(x):
    if x > 100:
        raise ValueError(f"{x} is too big")
    return x * x


@case(np.array([0.5, 2.0]), tags=T)
def with_errstate(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = 1.0 / x
        y = y * np.log(x)
    return np.sum(y)


@case(0.7, tags=T)
def with_suppress(x):
    y = x
    with contextlib.suppress(ValueError):
        y = y * x
        y = checked_sqrt(-y)
        y = y * 100.0
    return y * 3.0


@case(0.7, tags=T)
def return_inside_with(x):
    with np.errstate(all="ignore"):
        if x > 0:
            return x**3
    return x


@case(V, also=[(10.0 * V,)], tags=T)
def for_else(x):
    s = 0.0
    for e in x:
        if e > 1.0:
            s = s * e
            break
        s += e * e
    else:
        s = s * 10.0
    return s + x[1] ** 2


@case(0.7, 5, also=[(0.7, 2)], tags=T)
def while_else(x, n):
    k = 0
    while k < 4:
        x = x * x + 0.1
        k += 1
        if k == n:
            break
    else:
        x = 3.0 * x
    return x


@case(V, tags=T)
def for_else_with_continue(x):
    s = 1.0
    for e in x:
        if e < 0:
            continue
        s *= e
    else:
        s += x[2] ** 2
    return s


@case(0.7, tags=T)
def delete_a_name(x):
    y = x * x
    z = y * x
    del y
    return z * 2.0


@case(0.7, tags=T)
def delete_then_reuse(x):
    y = x * x
    z = y + 1.0
    del y
    y = z * x
    return y * z


@case({"a": 0.7, "b": 2.0}, tags=T)
def delete_a_key(d):
    s = d["a"] * d["b"]
    del d["b"]
    return s * sum(d.values())


@case(V, tags=T)
def star_unpacking(x):
    first, *middle, last = [x[0], x[1] * 2.0, x[2], x[0] * x[1]]
    return first * last + sum(middle) * middle[0]


@case(V, tags=T)
def star_in_displays(x):
    items = [1.0, *x, *[x[0] * 2.0]]
    pair = (*items[:2], 3.0)
    merged = {**{"a": x[0]}, "b": pair[1]}
    return items[-1] * pair[1] + merged["a"] * merged["b"]


@case(0.7, tags="issue2")
def chained_equal_signs(x):
    a = b = c = x * x
    b = b * a
    return a + b * c


@case(V, tags=T)
def chained_equal_signs_share_an_array(x):
    a = b = x.copy()
    a *= 2.0
    b[0] = a[1] * b[2]
    return np.sum(a * b)


@case(0.7, tags="issue2")
def print_and_pass(x):
    pass
    y = x * x
    ...
    return y


@case(V, tags="issue2")
def deep_mix(x):
    total = 0.0
    for i in range(3):
        j = 0
        while j < 3:
            j += 1
            if (i + j) % 2:
                continue
            if x[j - 1] < 0 and i:
                break
            total += x[i] * x[j - 1] if total < 1.0 else x[i]
        if total > 5.0:
            return total
    return total * total


@case(V, tags=T)
def conditional_lambda(x):
    f = (lambda t: t * t) if x[0] > 0 else (lambda t: -t)
    return f(x[1]) + f(x[2]) * x[0]


@case(0.7, tags=T)
def generator_consumed_on_the_spot(x):
    def powers(n):
        p = x
        for _ in range(n):
            yield p
            p = p * x

    return sum(powers(4))


@case(0.7, 3, tags=T)
def global_counter_like(x, n):
    state = {"calls": 0}

    def f(y):
        state["calls"] += 1
        return y * state["calls"]

    s = 0.0
    for _ in range(n):
        s += f(x) ** 2
    return s


@case(0.7, tags=T)
def exec_free_type_check(x):
    if isinstance(x, (int, str)):
        return x * 2.0
    return x * x


@case(V, tags=T)
def loop_over_constant_tuples(x):
    s = 0.0
    for i, (a, b) in ((0, (1.0, 2.0)), (2, (3.0, 4.0))):
        s += a * x[i] ** 2 + b * x[1]
    return s


@case(V, tags=T)
def product_of_iterators(x):
    s = 0.0
    for i, a in enumerate(reversed(list(x))):
        for b, c in zip(x[i:], x[:1]):  # noqa: B905
            s += a * b * c
    return s


@case(0.7, tags=T)
def all_any_of_generators(x):
    values = [x, x * x, x**3]
    if all(v > 0 for v in values) and not any(v > 1 for v in values):
        return sum(values)
    return x
