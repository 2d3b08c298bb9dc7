"""What the table says to write instead of what is refused: each is right."""

import math
import threading

import numpy as np

from grammar import expressions, operators, patterns, statements
from grammar.registry import MODULES, instead

V = np.array([0.3, 0.8, -0.4])
LOCK = threading.Lock()


@instead(statements.decorated_nested_function, 0.7)
def no_decorator(x):
    def square(y):
        return y * y

    return square(x)


@instead(statements.async_function, 0.7)
@instead(statements.async_context, 0.7)
@instead(statements.context_that_is_not_known, 0.7)
@instead(expressions.call_of_eval, 0.7)
def square(x):
    return x * x


@instead(statements.class_with_a_metaclass, 0.7)
def class_without_a_metaclass(x):
    class Counted:
        def __init__(self, value):
            self.value = value

    return Counted(x).value * x


@instead(statements.delete_a_shared_variable, 0.7)
def shared_variable(x):
    y = x * x

    def doubled():
        nonlocal y
        y = 2.0 * y
        return y

    return doubled()


@instead(statements.item_of_a_tuple_assigned, 0.7)
def item_of_a_list_assigned(x):
    pair = [1.0, 2.0]
    pair[0] = x
    return pair[0] * pair[1]


@instead(statements.loop_over_an_iterator, 0.7)
def method_that_returns_a_list(x):
    class Steps:
        def __init__(self, start):
            self.start = start

        def all(self):
            made = []
            value = 2.0 * self.start
            while value <= 5.0:
                made.append(value)
                value *= 2.0
            return made

    total = 0.0
    for y in Steps(x).all():
        total += y * y
    return total


@instead(statements.async_for_loop, 0.7)
def for_loop(x):
    def source():
        yield x

    for y in source():
        x = x * y
    return x


@instead(statements.context_with_a_name, 0.7)
def context_without_a_name(x):
    with np.errstate(all="ignore"):
        return x * x


@instead(statements.what_an_exception_carries, 0.7)
def variable_beside_the_exception(x):
    y = x * x
    try:
        raise ValueError(y)
    except ValueError:
        return y


@instead(statements.try_star, -0.7)
def try_without_star(x):
    try:
        y = math.log(x)
    except ValueError:
        y = x * x
    return y


@instead(statements.relative_import_inside, 0.7)
def import_at_the_top(x):
    return x * len(MODULES)


@instead(statements.global_assigned, 0.7)
def returned(x):
    count = x
    return x * count


@instead(expressions.anonymous_recursion, 0.7, 3)
def named_recursion(x, n):
    def power(n):
        return 1.0 if n == 0 else x * power(n - 1)

    return power(n)


@instead(expressions.set_of_values, 0.7)
def tuple_of_values(x):
    return sum((x, x * x))


@instead(expressions.set_comprehension, V)
def list_comprehension(x):
    return sum([e * e for e in x])


@instead(expressions.awaiting, 0.7)
@instead(expressions.attribute_of_a_function, 0.7)
def ordinary_call(x):
    def later(y):
        return y * y

    calls = 1
    return later(x) * calls


@instead(expressions.yield_of_a_coroutine, 0.7)
def function_that_is_called(x):
    def step(got):
        return got * got

    return step(x * x)


@instead(expressions.objects_compared, 0.7)
def numbers_of_objects_compared(x):
    first, second = expressions.Body(x, 1.0), expressions.Body(x, 1.0)
    return x * x if first.mass <= second.mass else x


@instead(expressions.computed_format, 0.7, "b")
def constant_format(x, name):
    print(f"{name:>8}")
    return x * x


@instead(expressions.slice_of_a_list_assigned, 0.7)
def items_of_a_list_assigned(x):
    items = []
    while len(items) < 4:
        items.append(x)
    items[0] = x * x
    items[2] = x
    return items[0] * items[2]


@instead(expressions.starred_argument_of_unknown_length, V)
def arguments_written_out(x):
    def product(a, b, c):
        return a * b * c

    return product(x[0], x[1], x[2])


@instead(operators.object_among_objects, 0.7)
def identity_of_objects(x):
    body = operators.Body(x)
    bodies = [body, operators.Body(2.0)]
    return x * body.mass if any(b is body for b in bodies) else x


@instead(patterns.rest_of_a_mapping, {"r": 0.7, "z": 1.2})
def mapping_read(shape):
    match shape:
        case {"r": r}:
            return r * shape["z"]
    return 0.0


@instead(patterns.class_pattern_with_positions, 0.7)
def class_pattern_with_keywords(x):
    match patterns.Ball(x):
        case patterns.Ball(radius=r):
            return 3.14 * r * r
    return 0.0


@instead(patterns.or_pattern_with_names, {"r": 0.7})
def case_for_each(shape):
    match shape:
        case {"r": r}:
            return r * r
        case {"radius": r}:
            return r * r
    return 0.0
