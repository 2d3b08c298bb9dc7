"""Programs that an adversary broke the compiler with, kept so that they stay right.

Each is right against central differences, or refused: never wrong, never a crash.
"""

import copy

import numpy as np
import pytest

from s2sad import grad
from s2sad.check.differences import gradient
from s2sad.errors import InternalError, S2sadError

A = np.array([1.3, -0.7, 2.1])
B = np.array([0.4, 1.7, -0.6])
S = np.array([[1.0, 0.2, 0.5], [-0.3, 0.7, 1.1], [0.4, -0.6, 2.0]])


def swap(a, i, j):
    t = a[i]
    a[i] = a[j]
    a[j] = t


def local_of_a_helper_and_a_while_test(x, t):
    w = 0
    while w < 2 and t < 0.7:
        w += 1
        swap(x, 0, 2)
    return x[0] * 2 + x[2] * 3


def none_at_first(x):
    y = None
    for _ in range(3):
        y = x if y is None else y * x
    return y


def previous_item(x):
    previous = None
    s = 0.0
    for v in x:
        if previous is not None:
            s += v * previous
        previous = v
    return s


def until_there_is_one(x):
    y = None
    while y is None:
        x = x * x
        if x > 3:
            y = x
    return y


def scale_the_rest(a):
    if len(a) < 2:
        return a
    rest = scale_the_rest(a[1:])
    rest *= a[0]
    return a


def recursion_returns_its_argument(x):
    y = scale_the_rest(x)
    return np.sum(y * x)


def item_of_a_list_changed(x):
    rows = [x, x * 2]
    made = np.array(rows)
    rows[0][0] = 100.0
    return np.sum(made * x)


def doubled_in_a_list(p):
    p[0] *= 2
    return np.sum(p[0] * p[1])


def stored_in_a_tuple(p):
    p[0][1] = p[1][0] ** 2
    return np.sum(p[0] * p[1])


def guarded_read(a):
    if len(a) == 0:
        return 0.0
    return a[0] ** 2


def read_of_one_branch(x, n):
    if n > 0:
        return x[0] ** 2
    return x[5]


def zero_trips_keep_the_value(x, t):
    for _ in range(3, 3):
        t = -1.3
    return t * x[0]


def saved_by_recursion_and_changed(y, s, n):
    def_value = recursive_sum(y, s, n)
    y[0] = def_value
    return np.sum(y * y)


def recursive_sum(a, s, n):
    if n == 0:
        return s * a[0]
    return recursive_sum(a, np.sin(s) * a[1], n - 1) + s


def itself_in_place(w, s):
    w = w * 1.2
    w -= w - s
    return np.sum(w[0]) * s


def else_of_a_loop_in_a_branch(w):
    if w[0, 0] > 0.2:
        for _ in range(0):
            pass
        else:
            w[-1, 1] *= w[2, 0]
    return np.sum(np.sin(w))


def stored_in_a_loop(x, y):
    for _ in range(3):
        x[:] = 0.9 * x * y
    return np.sum(x * x)


def rebound_in_a_branch(w, s):
    if s > 0:
        w *= 2.0
    w[0] = w[1] * w[2]
    return np.sum(w * w)


def row_into_column(w):
    w[:, -1] = w[1]
    return np.sum(np.sin(w))


def column_into_rows(w):
    for r in w:
        r[:] = w[:, 2]
    return np.sum(np.sin(w))


CASES = [
    (row_into_column, (S,)),
    (column_into_rows, (S,)),
    (local_of_a_helper_and_a_while_test, (A, 0.1)),
    (none_at_first, (1.2,)),
    (previous_item, (A,)),
    (until_there_is_one, (1.2,)),
    (recursion_returns_its_argument, (A,)),
    (item_of_a_list_changed, (A,)),
    (doubled_in_a_list, ([A, 3 * A],)),
    (stored_in_a_tuple, ((A, B),)),
    (guarded_read, (A,)),
    (guarded_read, (np.zeros(0),)),
    (read_of_one_branch, (A, 1)),
    (zero_trips_keep_the_value, (A, 0.4)),
    (saved_by_recursion_and_changed, (A, 0.3, 2)),
    (itself_in_place, (S, 0.4)),
    (else_of_a_loop_in_a_branch, (S,)),
    (stored_in_a_loop, (A, B)),
    (rebound_in_a_branch, (S, 0.5)),
    (rebound_in_a_branch, (S, -0.5)),
]


@pytest.mark.parametrize(
    ("f", "args"), CASES, ids=[f"{k}-{f.__name__}" for k, (f, _) in enumerate(CASES)]
)
def test_right_or_refused(f, args):
    given = copy.deepcopy(args)
    try:
        found = grad(f)(*given)
    except InternalError:
        raise
    except S2sadError:
        return
    finally:
        for mine, before in zip(given, args, strict=True):
            assert str(mine) == str(before)
    expected = gradient(f, list(args), 0).gradient
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)


def twice(x, y):
    x *= 2.0
    return np.sum(x * y)


def test_one_array_as_two_arguments_is_refused_where_it_changes():
    with pytest.raises(S2sadError):
        grad(twice)(A, A)


def sometimes(x):
    if x > 1:
        z = x * x
    return z


def test_a_variable_that_is_not_there_is_an_error():
    assert grad(sometimes)(2.0) == 4.0
    with pytest.raises(UnboundLocalError):
        grad(sometimes)(0.5)
