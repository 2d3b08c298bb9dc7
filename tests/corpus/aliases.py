"""One array under two names, where only the run knows which: branches, loops, lists."""

# ruff: noqa: B007

import numpy as np

from corpus.registry import case

V = np.array([0.3, 0.8, -0.4])
W = np.array([1.2, -0.5, 0.9])
M = np.array([[0.5, -0.3, 0.8], [1.2, 0.4, -0.9]])


@case(V, 1, also=[(V, -1), (np.array([0.7]), 1)])
def one_of_two(x, sign):
    a = x * 2.0
    b = x**2
    c = a if sign > 0 else b
    c *= x
    return np.sum(a * b)


@case(V, 3, also=[(V, 0), (V, 4)])
def buffers_that_swap(x, n):
    a = x.copy()
    b = np.zeros_like(x)
    for _ in range(n):
        for i in range(1, len(x) - 1):
            b[i] = 0.5 * (a[i - 1] + a[i + 1]) * a[i]
        a, b = b, a
    return np.sum(a**2) + np.sum(b)


@case(V, 0.5)
def swap_where_the_data_say_so(x, level):
    a, b = x * 1.0, x * 2.0
    for k in range(len(x)):
        if a[k] > level:
            a, b = b, a
        a[k] += b[k] * x[k]
        b *= 0.9
    return np.sum(a * a * b)


@case(V, 4, also=[(V, 0), (V, 1)])
def three_levels_of_time(u, n):
    old, now, new = u * 0.9, u.copy(), np.zeros_like(u)
    for _ in range(n):
        new[:] = 2.0 * now - old - 0.1 * now**3
        old, now, new = now, new, old
    return np.sum(now**2)


@case(V, W, True, also=[(V, W, False)])
def arguments_one_of_two(x, y, first):
    z = x if first else y
    z[0] = x[1] * y[2]
    z[1:] *= y[:-1]
    return np.sum(x * y)


@case(V, True, also=[(V, False)])
def view_or_all(x, whole):
    y = x * 3.0
    part = y if whole else y[1:]
    part *= part
    return np.sum(y)


@case(V, 2, also=[(V, 0), (V, 3)])
def the_greatest_so_far(x, n):
    rows = [x * (k + 1.0) for k in range(3)]
    best = rows[0]
    for k in range(n):
        if np.sum(rows[k]) > np.sum(best):
            best = rows[k]
    best[0] *= x[1]
    return sum(np.sum(r * r) for r in rows)


@case(V, 3, also=[(V, 1)])
def history_of_one_buffer(x, n):
    u = x.copy()
    history = []
    for _ in range(n):
        u *= 1.1
        history.append(u)
    return sum(np.sum(h * x) for h in history)


@case(V, 3, also=[(V, 0)])
def list_that_rotates(x, n):
    states = [x * 1.0, x * 2.0, x * 3.0]
    for _ in range(n):
        last = states.pop()
        last *= states[0]
        states.insert(0, last)
    return np.sum(states[0] * states[1] + states[2])


@case(V)
def two_lists_of_the_same(x):
    rows = [x * k for k in range(3)]
    others = []
    for r in rows:
        others.append(r)
    others[1] *= x
    rows[2][0] = x[1] ** 2
    return np.sum(rows[1]) + np.sum(others[2] * x)


@case(V)
def same_array_twice_in_a_list(x):
    y = x * 2.0
    rows = []
    for _ in range(2):
        rows.append(y)
    rows[0] *= x
    return np.sum(rows[1] * x)


@case(V)
def same_array_twice_never_changed(x):
    rows = []
    for _ in range(2):
        rows.append(x)
    total = 0.0
    for k in range(2):
        total += np.sum(rows[k]) * (k + 1)
    return total


@case(V)
def views_of_one_array_in_a_list(x):
    y = x**2
    parts = [y[i:] for i in range(3)]
    for part in parts:
        part *= 1.5
    return np.sum(y * x)


@case(V, 1, also=[(V, 0)])
def item_held_and_replaced(x, k):
    rows = [x * i for i in range(2)]
    row = rows[k]
    rows[k] = x * 3.0
    row *= x
    rows[0] = rows[0] + row
    return np.sum(rows[0] * x + rows[1])


@case(V, 2, also=[(V, 0)])
def dict_of_buffers(x, n):
    state = {"a": x * 1.0, "b": x * 2.0}
    for k in range(n):
        name = "a" if k % 2 else "b"
        now = state[name]
        now *= x
        state["a"][0] += now[1]
    return np.sum(state["a"] * state["b"])


@case(V, True, also=[(V, False)])
def a_helper_returns_its_argument_or_a_copy(x, share):
    def same(a, keep):
        if keep:
            return a
        return a.copy()

    y = x * 1.0
    z = same(y, share)
    z[1:] *= z[:-1]
    return np.sum(y * x) + np.sum(z)


@case(V, 5, also=[(V, 0)])
def leaves_the_loop_with_one_of_two(x, n):
    a, b = x * 1.0, x * 2.0
    best = a
    k = 0
    while k < n:
        k += 1
        if np.sum(b) > 3.0:
            best = b
            break
        b *= 1.2
        best = b if k % 2 else a
        best[0] += x[0] * k
    best *= x
    return np.sum(a) + np.sum(b * b)


@case(V, 3)
def nothing_until_the_first_time(x, n):
    before = None
    total = 0.0
    for k in range(n):
        now = x * (k + 1.0)
        if before is not None:
            before *= now
            total += np.sum(before)
        before = now
    return total + np.sum(before**2)


@case(M, 2, also=[(M, 0), (M, 1)])
def rows_that_swap(m, n):
    a, b = m[0], m[1]
    for _ in range(n):
        a *= b
        a, b = b, a
    return np.sum(m * m) + np.sum(a)


@case([0.3, 0.8, -0.4], 2, also=[([0.3], 2)])
def list_of_numbers_that_grows(x, n):
    for k in range(n):
        x[-1] = np.sin(x[0])
        x.append(np.sin(x[k % len(x)]))
    return sum(x)


@case(V.astype(np.float32), True, also=[(V.astype(np.float32), False)])
def one_of_two_in_single_precision(x, first):
    a, b = x * np.float32(2), x * x
    c = a if first else b
    c += x
    return np.sum(a * b)


@case(V, 2)
def matrix_or_its_transpose(x, n):
    m = np.outer(x, x)
    for k in range(n):
        t = m.T if k % 2 else m
        t[0] *= x
        t[:, 1] += x
    return np.sum(m * m)


@case(V)
def swapped_in_a_list(x):
    rows = [x * 1.0, x * 2.0, x * 3.0]
    for k in range(2):
        rows[k], rows[k + 1] = rows[k + 1], rows[k]
        rows[k] *= x
    return np.sum(rows[0] * rows[1] + rows[2])


@case(V, 2)
def stack_of_buffers(x, n):
    stack = [x.copy()]
    for k in range(n):
        top = stack[-1]
        stack.append(top * x)
        top += stack[-1]
    while len(stack) > 1:
        last = stack.pop()
        stack[-1] *= last
    return np.sum(stack[0])
