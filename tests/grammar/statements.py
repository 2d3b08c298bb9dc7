"""Statements, and what only statements have: handlers, with items, aliases."""

import math
import threading

import numpy as np

from grammar.registry import refused, right

V = np.array([0.3, 0.8, -0.4])
RATE = 0.5
COUNT = 0
LOCK = threading.Lock()


def announced(f):
    return f


class Temperature:
    def __get__(self, owner, cls):
        return owner.kelvin - 273.15


@right("FunctionDef", "def square(y): ...", 0.7)
def nested_function(x):
    def square(y):
        return x * y * y

    return square(x) + square(2.0)


@refused(
    "FunctionDef",
    "@announced ...",
    "S201",
    "leave the decorator out, or write what it does",
    0.7,
)
def decorated_nested_function(x):
    @announced
    def square(y):
        return y * y

    return square(x)


@refused("AsyncFunctionDef", "async def ...", "S201", "`def`", 0.7)
async def async_function(x):
    return x * x


@right("ClassDef", "class Line: ...", 0.7)
def local_class(x):
    class Line:
        def __init__(self, slope):
            self.slope = slope

        def __call__(self, at):
            return self.slope * at

    return Line(x)(2.0) * Line(x * x)(x)


@refused(
    "ClassDef", "class Counted(metaclass=Meta): ...", "S201", "a class without one", 0.7
)
def class_with_a_metaclass(x):
    class Meta(type):
        def __call__(cls, *args):
            return 2.0

    class Counted(metaclass=Meta):
        def __init__(self, value):
            self.value = value

    return Counted(x) * x


@right("Return", "return -x", 0.7)
def early_return(x):
    for k in range(5):
        if x * k > 1.0:
            return x**k
    return -x


@right("Delete", 'del terms["a"]', 0.7)
def delete_a_key(x):
    terms = {"a": x, "b": x * x}
    del terms["a"]
    return sum(terms.values())


@refused(
    "Delete", "del y", "S201", "leave it out, if functions share the variable", 0.7
)
def delete_a_shared_variable(x):
    y = x * x

    def doubled():
        nonlocal y
        y = 2.0 * y
        return y

    z = doubled()
    del y
    return z


@right("Assign", "a = b = x * x", 0.7)
def assignment(x):
    a = b = x * x
    return a * b


@refused("Assign", "pair[0] = x", "S201", "a list; Python refuses it too", 0.7)
def item_of_a_tuple_assigned(x):
    pair = (1.0, 2.0)
    pair[0] = x
    return pair[0]


@right("AugAssign", "y[1:] *= x[:-1]", V)
def augmented_assignment(x):
    y = x.copy()
    y[1:] *= x[:-1]
    total = 0.0
    for e in y:
        total += e * e
    return total


@right("AugAssign", "y += 1.0", V, V + 1.0, True)
def which_array_only_a_run_can_tell(x, z, first):
    y = x if first else z
    y += 1.0
    return np.sum(x * z * y)


@right("AnnAssign", "y: float = x * x", 0.7)
def annotated_assignment(x):
    y: float = x * x
    return x * y


@right("For", "for k, e in enumerate(x): ...", V)
def for_loop(x):
    total = 0.0
    for k, e in enumerate(x):
        total += k * e * e
    else:
        total *= x[0]
    return total


@refused("For", "for y in Steps(x): ...", "S201", "a method that returns a list", 0.7)
def loop_over_an_iterator(x):
    class Steps:
        def __init__(self, start):
            self.value = start

        def __iter__(self):
            return self

        def __next__(self):
            self.value *= 2.0
            if self.value > 5.0:
                raise StopIteration
            return self.value

    total = 0.0
    for y in Steps(x):
        total += y * y
    return total


@refused("AsyncFor", "async for y in source(): ...", "S201", "`for`", 0.7)
async def async_for_loop(x):
    async def source():
        yield x

    async for y in source():
        x = x * y
    return x


@right("While", "while x > 1.0: ...", 7.3)
def while_loop(x):
    steps = 0
    while x > 1.0:
        x = x * 0.5
        steps += 1
    return x * steps


@right("If", "elif x > 0.0: ...", 0.7)
def branches(x):
    if x > 1.0:
        y = x
    elif x > 0.0:
        y = x * x
    else:
        y = 0.0
    return y * x


@right("With", 'with np.errstate(divide="ignore"): ...', V)
def inactive_context(x):
    with np.errstate(divide="ignore"):
        y = np.log(np.abs(x))
    return np.sum(y * y)


@refused("With", "with LOCK: ...", "S201", "lock around the call", 0.7)
def context_that_is_not_known(x):
    with LOCK:
        return x * x


@refused("AsyncWith", "async with lock: ...", "S201", "lock around the call", 0.7, None)
async def async_context(x, lock):
    async with lock:
        return x * x


@right("withitem", 'np.errstate(all="ignore"), np.printoptions(precision=3)', 0.7)
def two_contexts(x):
    with np.errstate(all="ignore"), np.printoptions(precision=3):
        y = x * x
    return y * x


@refused("withitem", "as old", "S201", "leave the name out", 0.7)
def context_with_a_name(x):
    with np.errstate(all="ignore") as old:
        return x * x if old is None else x


@right("Match", "match kind: ...", 0.7, "square")
def match_statement(x, kind):
    match kind:
        case "square":
            return x * x
        case "cube":
            return x**3
    return x


@right("Raise", 'raise ValueError("negative")', 0.7)
def raising(x):
    if x < 0.0:
        raise ValueError("negative")
    return math.sqrt(x)


@right("Raise", "raise", -0.7)
def raise_again(x: float):
    try:
        try:
            x = x * x
            return math.sqrt(-x)
        except ValueError:
            raise
    except ValueError:
        return x * 2.0


@right("Try", "try: ...", -0.7)
def try_statement(x):
    try:
        y = math.log(x)
    except ValueError:
        y = x * x
    else:
        y = y * 2.0
    finally:
        x = x + 1.0
    return x * y


@right("Try", "y[0], y[1] = 1.0 / y[1], 1.0 / y[0]", V)
def change_half_done(x):
    y = x.copy()
    try:
        y[0], y[1] = 1.0 / y[1], 1.0 / y[0]
    except ZeroDivisionError:
        y[0] = 0.0
    return np.sum(y * y)


@right("ExceptHandler", "except (ValueError, ZeroDivisionError): ...", 0.7)
def except_handler(x):
    try:
        y = 1.0 / (x - x)
    except (ValueError, ZeroDivisionError):
        y = x * x
    return y * x


@refused("ExceptHandler", "error.args[0]", "S201", "a variable", 0.7)
def what_an_exception_carries(x):
    try:
        raise ValueError(x * x)
    except ValueError as error:
        return error.args[0]


@refused("TryStar", "except* ValueError: ...", "S201", "`except`", -0.7)
def try_star(x):
    try:
        y = math.log(x)
    except* ValueError:
        y = x * x
    return y


@right("Assert", "assert x > 0.0", 0.7)
def assertion(x):
    assert x > 0.0, "x is positive"
    return x * x


@right("Import", "import math as m", 0.7)
def import_inside(x):
    import math as m

    return m.sin(x)


@right("ImportFrom", "from math import sin", 0.7)
def import_from_inside(x):
    from math import sin

    return sin(x)


@refused(
    "ImportFrom",
    "from . import registry",
    "S201",
    "the import at the top of the file",
    0.7,
)
def relative_import_inside(x):
    from . import registry

    return x * len(registry.MODULES)


@right("alias", "sin as sine", 0.7)
def imported_under_a_name(x):
    from math import sin as sine

    return sine(x)


@right("Global", "global RATE", 0.7)
def global_read(x):
    global RATE
    return x * x * RATE


@refused(
    "Global", "COUNT = x", "S201", "return it, and assign it where it is called", 0.7
)
def global_assigned(x):
    global COUNT
    COUNT = x
    return x * COUNT


@right("Nonlocal", "nonlocal total", V)
def nonlocal_variable(x):
    total = 0.0

    def add(y):
        nonlocal total
        total += y * y

    for e in x:
        add(e)
    return total


@right("Expr", "print(y)", 0.7)
def expression_statement(x):
    y = x * x
    print(y)
    return y


@right("Pass", "pass", 0.7)
def doing_nothing(x):
    if x < 0.0:
        pass
    return x * x


@right("Break", "break", 0.7)
def break_of_a_loop(x):
    y = x
    for _ in range(10):
        y = y * 2.0
        if y > 5.0:
            break
    return y * x


@right("Continue", "continue", V)
def continue_of_a_loop(x):
    total = 0.0
    for e in x:
        if e < 0.0:
            continue
        total += e * e
    return total
