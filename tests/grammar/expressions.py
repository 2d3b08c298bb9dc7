"""Names, displays, comprehensions, calls, subscripts, strings."""

import math

import numpy as np

from grammar.registry import refused, right

V = np.array([0.3, 0.8, -0.4])
M = np.array([[0.5, 0.2, -0.1], [0.3, -0.7, 0.4]])


class Body:
    def __init__(self, mass, height):
        self.mass = mass
        self.height = height


@right("BoolOp", "x > 0.0 and y > 0.0", 0.7, 1.2)
def bool_op(x, y):
    return x * y if x > 0.0 and y > 0.0 else x


@right("NamedExpr", "(y := x * x) < 1.0", 0.7)
def named_expression(x):
    if (y := x * x) < 1.0:
        return x * y
    return y


@right("BinOp", "x * y + x", 0.7, 1.2)
def bin_op(x, y):
    return x * y + x


@right("UnaryOp", "-x", 0.7)
def unary_op(x):
    return x * -x


@right("Lambda", "lambda y: a * y * y", 0.7, 1.2)
def anonymous(x, a):
    g = lambda y: a * y * y  # noqa: E731
    return g(x) + g(2.0 * x)


@refused("Lambda", "lambda n: ...", "S201", "`def`, or a loop", 0.7, 3)
def anonymous_recursion(x, n):
    power = lambda n: 1.0 if n == 0 else x * power(n - 1)  # noqa: E731
    return power(n)


@right("IfExp", "x * x if x > 0.0 else -x", 0.7)
def conditional(x):
    return x * x if x > 0.0 else -x


@right("Dict", '{"a": x, "b": x * x}', 0.7)
def dict_display(x):
    terms = {"a": x, "b": x * x}
    return terms["a"] * terms["b"]


@right("Set", '{"square", "power"}', 0.7, "square")
def set_of_constants(x, kind):
    return x * x if kind in {"square", "power"} else x


@refused("Set", "{x, x * x}", "S201", "a list or a tuple", 0.7)
def set_of_values(x):
    return sum({x, x * x})


@right("ListComp", "[e * e for e in x if e > 0.0]", V)
def list_comprehension(x):
    return sum([e * e for e in x if e > 0.0])


@refused("SetComp", "{e * e for e in x}", "S201", "a list comprehension", V)
def set_comprehension(x):
    return sum({e * e for e in x})


@right("DictComp", "{k: x**k for k in range(3)}", 0.7)
def dict_comprehension(x):
    powers = {k: x**k for k in range(3)}
    return powers[1] + powers[2]


@right("GeneratorExp", "sum(e * e for e in x)", V)
def generator_expression(x):
    return sum(e * e for e in x)


@right("GeneratorExp", "next(e for ...)", V)
def first_of_a_generator(x):
    return next(e for e in x if e > 0.5) ** 2


@refused("Await", "await later(x)", "S201", "an ordinary call", 0.7)
async def awaiting(x):
    async def later(y):
        return y * y

    return await later(x)


@right("Yield", "yield x**k", 0.7)
def yield_consumed_at_once(x):
    def powers(n):
        for k in range(n):
            yield x**k

    return sum(powers(4))


@refused("Yield", "got = yield x", "S201", "a function that is called", 0.7)
def yield_of_a_coroutine(x):
    def coroutine():
        got = yield x
        yield got * got

    steps = coroutine()
    next(steps)
    return steps.send(x * x)


@right("YieldFrom", "yield from (x, x * x)", 0.7)
def yield_from(x):
    def terms():
        yield from (x, x * x)

    return sum(terms())


@right("Compare", "0.0 < x < y", 0.7, 1.2)
def comparison(x, y):
    return x * x if 0.0 < x < y else y


@refused("Compare", "first < second", "S201", "compare their numbers", 0.7)
def objects_compared(x):
    first, second = Body(x, 1.0), Body(x, 1.0)
    return x * x if first < second else x


@right("Call", "math.hypot(x, y)", 0.7, 1.2)
def call(x, y):
    return math.hypot(x, y)


@refused("Call", "eval(text)", "S301", "the expression itself", 0.7, "x * x")
def call_of_eval(x, text):
    return x * eval(text)


@right("FormattedValue", "{name:>8}", {"       a": 0.7, "       b": 1.2}, "b")
def formatted_value(terms, name):
    return terms[f"{name:>8}"] ** 2


@refused("FormattedValue", "{name:>{width}}", "S201", "a constant format", 0.7, "b", 8)
def computed_format(x, name, width):
    print(f"{name:>{width}}")
    return x * x


@right("JoinedStr", 'f"x{k}"', {"x1": 0.7, "x2": 1.2}, 2)
def f_string(terms, k):
    return terms[f"x{k}"] ** 2


@right("Constant", "0.5", 0.7)
def constant(x):
    """A text, a number, None, True, an ellipsis."""
    return 0.5 * x * x


@right("Attribute", "body.mass", Body(0.7, 1.2))
def attribute(body: Body):
    return body.mass * body.height**2


@refused("Attribute", "square.calls", "S201", "a variable, or an object", 0.7)
def attribute_of_a_function(x):
    def square(y):
        return y * y

    square.calls = 1
    return square(x) * square.calls


@right("Subscript", "m[0, 1:]", M)
def subscript(m):
    return np.sum(m[0, 1:] ** 2) * m[1, 0]


@refused("Subscript", "items[::2] = [x * x, x]", "S201", "a store for each item", 0.7)
def slice_of_a_list_assigned(x):
    items = []
    while len(items) < 4:
        items.append(x)
    items[::2] = [x * x, x]
    return items[0] * items[2]


@right("Slice", "x[::-2]", V)
def slice_of_an_array(x):
    return np.sum(x[::-2] ** 2)


@right("Starred", "first, *rest = x", V)
def starred(x):
    first, *rest = x
    return first * sum(rest)


@refused("Starred", "product(*x)", "S201", "`product(x[0], x[1], x[2])`", V)
def starred_argument_of_unknown_length(x):
    def product(a, b, c):
        return a * b * c

    return product(*x)


@right("Name", "x", 0.7)
def name(x):
    y = x
    return x * y


@right("List", "[x, x * x]", 0.7)
def list_display(x):
    items = [x, x * x]
    items.append(items[0] * items[1])
    return sum(items)


@right("Tuple", "a, b = b, a + b", 0.7, 1.2)
def tuple_display(a, b):
    for _ in range(3):
        a, b = b, a + b
    return a * b


@right("Load", "x", 0.7)
def load_of_a_name(x):
    return x * x


@right("Store", "y = x * x", 0.7)
def store_to_a_name(x):
    y = x * x
    return y * x


@right("Del", "del y", 0.7)
def context_of_del(x):
    y = x * x
    z = y * x
    del y
    return z


@right("Param", "def parameter(x): ...", 0.7)
def parameter(x):
    return x * x


@right("comprehension", "for row in m for e in row if e > 0.0", M)
def comprehension_clauses(m):
    return sum(e * e for row in m for e in row if e > 0.0)


@right("keyword", "scaled(x, by=y)", 0.7, 1.2)
def keyword_argument(x, y):
    def scaled(a, *, by=1.0):
        return a * by

    return scaled(x, by=y)


@right("arguments", "def scaled(a, /, b=2.0, *more, c, **options): ...", 0.7, 1.2)
def all_kinds_of_arguments(x, y):
    def scaled(a, /, b=2.0, *more, c, **options):
        return a * b * c + sum(more) + options["d"]

    return scaled(x, y, x, y * y, c=y, d=x * x)


@right("arguments", "def arguments_of_any_number(x, *more): ...", 0.7)
def arguments_of_any_number(x, *more):
    total = x * x
    for e in more:
        total += e * x
    return total
