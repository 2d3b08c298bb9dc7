"""Names: swaps, shadows, collisions, unicode, aliases of numpy."""

import math
import math as m
from math import cos, exp
from math import sin as sine

import numpy
import numpy as np
import numpy as xp
from numpy import sum as total
from numpy import tanh

from corpus.registry import case

V = np.array([0.3, 0.8, -0.4])
by = 2.5
tape = 0.5


@case(2.0, 3.0)
def swap(x, y):
    x, y = y, x
    return x**2 / y


@case(2.0, 3.0, 0.5)
def rotate_three(a, b, c):
    a, b, c = c, a * b, a
    a, b, c = c, a * b, a
    return a * b**2 + math.sin(c)


@case(2.0, 3.0)
def tuple_then_unpack(x, y):
    pair = x * y, x - y
    p, q = pair
    return p * q + pair[0]


@case(2.0)
def nested_unpacking(x):
    (a, b), c = (x, x * x), x**3
    return a * b + c / a


@case(2.0, 3.0, tags="issue3")
def user_names_like_ours(bx, dx):
    by = bx * dx
    dby = by + bx
    return by * dby


@case(2.0, 3.0, tags="issue3")
def tape_and_stack(_tape, stack):
    tape = _tape * stack
    _tape = tape * tape
    push = _tape + stack
    pop = push * tape
    return pop


@case(1.5, tags="issue3")
def grad(x):
    d = x * x
    grad = d * x
    return grad + d


@case(1.5, 0.5, tags="issue3")
def adjoint_names(x, bx):
    bbx = x * bx
    for _ in range(2):
        bx = bx * x + bbx
    return bx * bbx


@case(V)
def plural_names(x):
    xs = 0.0
    for i in range(3):
        x_ = x[i]
        xs = xs * x_ + x_
    return xs


@case(2.0, 3.0)
def argument_called_t(t, y):
    t0 = t * y
    t1 = t0 * t
    t2 = t1 + y
    t = t2 * t1
    return t


@case(0.5, tags="issue3")
def shadows_builtins(sum):
    len = sum * 2.0
    max = len * sum
    range = max + 1.0
    return range * sum


@case(0.5, tags="issue3")
def shadows_module_global(x):
    by = x * x
    return by * 3.0


@case(0.5)
def reads_module_globals(x):
    return by * x * x + tape


@case(0.5, tags="issue3")
def local_called_np(x):
    np = x * 2.0
    return np * np


@case(0.5, tags="issue3")
def local_called_math(math):
    return math**3 + cos(math)


@case(2.0, 0.5, tags="issue3")
def unicode_names(α, σ):
    Δ = α - σ
    ω0 = Δ**2 / σ
    return ω0 * α


@case(V)
def full_numpy_name(x):
    return numpy.sum(numpy.exp(x) * x)


@case(V)
def other_numpy_alias(x):
    return xp.sum(xp.sin(x) * xp.ones(3) * x)


@case(V)
def functions_imported_by_name(x):
    return total(tanh(x) * x)


@case(0.4)
def math_functions_imported_by_name(x):
    return exp(x) * cos(x) + sine(x) * m.sqrt(x)


@case(V)
def local_import(x):
    import numpy as n

    return n.sum(n.cos(x) * x)


@case(0.3)
def local_from_import(x):
    from math import cosh
    from math import sinh as s

    return cosh(x) * s(x)


@case(0.3, tags="issue3")
def function_in_a_local_name(x):
    f = math.sin
    g = np.exp
    return f(x) * g(x)


@case(0.3)
def underscore_names(_x):
    __y = _x * 2
    _ = __y * _x
    return _ + __y


@case(0.3)
def keywords_like_names(lambda_):
    class_ = lambda_ * 2
    None_ = class_ * lambda_
    return None_


@case(0.3, 0.4)
def x(x, y):
    return x * y + x


@case(2.0, 3.0)
def numbered_names(x, x1):
    x2 = x * x1
    x_1 = x2 * x
    x = x_1 + x1
    x1 = x * x2
    return x1 * x


@case(2.0, 3.0)
def swap_in_a_loop(a, b):
    for k in range(3):
        a, b = b, a * 0.5 + k
    return a * a + b


@case(2.0, 1.0)
def agm(a, b):
    for _ in range(3):
        a, b = (a + b) / 2.0, math.sqrt(a * b)
    return a


@case(0.7, tags="issue3")
def reuse_for_another_kind(x):
    y = [x, x * x]
    y = y[0] * y[1]
    y = np.array([y, x])
    y = np.sum(y * y)
    return y


@case(0.7, tags="issue3")
def name_of_result_is_argument(x):
    x = [x, 2.0 * x]
    x = x[0] + x[1] * x[1]
    return x


@case(V)
def helper_names_of_runtime(x):
    zeros_like = np.zeros_like(x)
    unbroadcast = zeros_like + x
    return np.sum(unbroadcast**2)
