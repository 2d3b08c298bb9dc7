"""Lists whose length only a run knows, as arguments and as values."""

import numpy as np

from corpus.registry import case

V = np.array([0.3, 0.8, -0.4])
L = [0.3, 0.8, -0.4, 0.5]


@case(list(L))
def last_kept_and_first_deleted(x):
    x = list(x)
    u = x[-1]
    del x[0]
    return u * x[0] * x[-1]


@case(list(L))
def last_kept_and_first_deleted_of_argument(x):
    u = x[-1]
    del x[0]
    return u * x[0]


@case(V)
def reverse_dyn(v):
    a = []
    for e in v:
        if e > 0:
            a.append(e * e)
    a.reverse()
    return a[0] * 3 + a[-1]


@case(list(L))
def reverse_arg(x):
    y = x[::-1]
    y.reverse()
    return y[0] * 2 + y[1] * y[2]


@case(V)
def cleared_in_a_loop(v):
    a = []
    s = 0.0
    for e in v:
        a.append(e * e)
        if len(a) == 2:
            s += a[0] * a[1]
            a.clear()
    return s + sum(a)


@case(list(L), 2)
def slice_del(x, n):
    y = [e * e for e in x]
    del y[1:n]
    return y[0] * y[1]


@case(list(L), 2, also=[(list(L), 0)])
def slice_assign(x, n):
    y = [e * e for e in x]
    y[1:n] = [x[0], x[1] * 2, x[2]]
    s = 0.0
    for k, e in enumerate(y):
        s += e * (k + 1)
    return s


@case(list(L), 1)
def insert_mid(x, n):
    y = [e * e for e in x]
    y.insert(n, x[2] * 3)
    y.insert(2, x[1])
    y.insert(-1, x[1] * 5)
    s = 0.0
    for k, e in enumerate(y):
        s += e * (k + 1)
    return s


@case(list(L), 1)
def remove_expr(x, k):
    y = [e * 2 for e in x]
    y.remove(y[k])
    return y[0] * y[1]


@case(list(L))
def extend_self(x):
    y = [e * 2 for e in x]
    y.extend(y)
    y += [x[0]]
    return y[0] * y[5] + y[-1]


@case(list(L), 3)
def repeated_list(x, n):
    y = [e * 2 for e in x] * n
    return sum(y) + y[5] * y[2]


@case(list(L))
def index_and_count(x):
    m = max(x)
    i = x.index(m)
    return x[i] * i + x.count(m) * x[0]


@case(list(L))
def ordered(x):
    y = sorted(x)
    z = sorted(x, key=lambda t: -t * t)
    w = sorted(x, reverse=True)
    return y[0] * 2 + z[0] * z[1] + w[0] * 5


@case(list(L))
def sort_inplace(x):
    y = [e * e for e in x]
    y.sort()
    y.sort(key=lambda t: -t)
    y.sort(reverse=True)
    return y[0] * 2 + y[1] * y[2]


@case(list(L))
def max_key(x):
    a = max(x, key=abs)
    b = min(x, key=lambda t: (t - 0.4) ** 2)
    return a * b * b


@case(list(L))
def tuples_pushed(x):
    pairs = []
    for k, e in enumerate(x):
        pairs.append((e, k, e * e))
    s = 0.0
    for a, k, b in pairs:
        s += a * k * b
    return s + pairs[-1][0] * pairs[1][2]


@case(V)
def sort_tuples(v):
    pairs = []
    for k, e in enumerate(v):
        pairs.append((e * e, k))
    pairs.sort()
    return pairs[0][0] * 2 + pairs[1][0] * 3 + pairs[2][1]


@case(V)
def sort_tuples_key(v):
    pairs = [(e * e, k) for k, e in enumerate(v)]
    pairs.sort(key=lambda p: p[0], reverse=True)
    best = max(pairs, key=lambda p: p[0])
    return pairs[0][0] * 2 + pairs[1][0] * 3 + best[0]


@case([[0.3, 0.2], [0.5], [0.1, 0.4, 0.9]])
def ragged(rows):
    s = 0.0
    for r in rows:
        p = 1.0
        for e in r:
            p *= e
        s += p
    return s


@case([[0.3, 0.2], [0.5], [0.1, 0.4, 0.9]])
def ragged_index(rows):
    s = 0.0
    for i in range(len(rows)):
        for j in range(len(rows[i])):
            s += rows[i][j] * rows[i][j] * (i + 1)
    return s


@case(V)
def ragged_built(v):
    rows = []
    for i in range(len(v)):
        row = []
        for j in range(i + 1):
            row.append(v[j] * v[i])
        rows.append(row)
    return sum(sum(r) for r in rows) + rows[-1][-1] * rows[1][0]


@case(V)
def pascal(v):
    row = [v[0]]
    for _k in range(3):
        row = (
            [row[0]]
            + [row[i] + row[i + 1] * v[1] for i in range(len(row) - 1)]
            + [row[-1] * v[2]]
        )
    return sum(row)


@case(list(L))
def slices_joined(x):
    a, b = x[:2], x[2:]
    c = a + b[::-1]
    return c[0] * c[3] + sum(x[1:-1]) + len(x[1:3])


@case(list(L))
def mergesort(x):
    def merge(a, b):
        out = []
        i = j = 0
        while i < len(a) and j < len(b):
            if a[i] < b[j]:
                out.append(a[i])
                i += 1
            else:
                out.append(b[j])
                j += 1
        return out + a[i:] + b[j:]

    def sort(x):
        if len(x) <= 1:
            return x
        m = len(x) // 2
        return merge(sort(x[:m]), sort(x[m:]))

    y = sort(x)
    return y[0] * 2 + y[1] * 3 + y[2] * y[3]


def msort(x):
    if len(x) <= 1:
        return x
    m = len(x) // 2
    a, b = msort(x[:m]), msort(x[m:])
    out = []
    while a and b:
        out.append(a.pop(0) if a[0] < b[0] else b.pop(0))
    return out + a + b


@case(list(L))
def mergesort2(x):
    y = msort(x)
    return y[0] * 2 + y[1] * 3 + y[2] * y[3]


def qsort(x):
    if len(x) <= 1:
        return x
    p = x[0]
    return [
        *qsort([e for e in x[1:] if e < p]),
        p,
        *qsort([e for e in x[1:] if e >= p]),
    ]


@case(list(L))
def quicksort(x):
    y = qsort(x)
    return y[0] * 2 + y[1] * 3 + y[2] * y[3]


@case(list(L))
def bubble_sort(x):
    y = list(x)
    for i in range(len(y)):
        for j in range(len(y) - 1 - i):
            if y[j] > y[j + 1]:
                y[j], y[j + 1] = y[j + 1], y[j]
    return y[0] * 2 + y[1] * 3 + y[2] * y[3]


@case(list(L))
def stack_folds(x):
    stack = []
    for e in x:
        stack.append(e)
        while len(stack) >= 2 and stack[-1] > stack[-2]:
            b = stack.pop()
            a = stack.pop()
            stack.append(a * b + 1)
    return stack[-1] * len(stack)


@case(list(L))
def arg_append(x):
    x = [*x, x[0] * x[1]]
    x.append(x[-1] * 2)
    return sum(e * e for e in x)


@case(list(L), list(L))
def two_lists_added(x, y):
    z = x + y
    z[0] = z[4] * 2
    return sum(a * b for a, b in zip(z, x, strict=False))


@case([V, V * 2])
def list_of_arrays_grows(a):
    a = list(a)
    a.append(a[0] * a[1])
    a[0] = a[2] * 2
    return np.sum(a[0] * a[-1]) + np.sum(a.pop())


@case(list(L))
def equal_lists(x):
    y = list(x)
    return x[0] * 2 if y == x else x[1]


@case(list(L))
def step_assign(x):
    y = [e * e for e in x]
    y[::2] = [0.0, x[1]]
    return sum(e * k for k, e in enumerate(y))


@case(V)
def del_loop(v):
    y = [e for e in v]
    s = 0.0
    while y:
        s += y[0] * y[-1]
        del y[0]
    return s


@case(V)
def nested_append(v):
    groups = [[] for _ in range(2)]
    for k, e in enumerate(v):
        groups[k % 2].append(e * e)
    return sum(groups[0]) * sum(groups[1])


@case([[0.3, 0.2], [], [0.1, 0.4, 0.9]])
def ragged_with_an_empty_row(rows):
    s = 0.0
    for r in rows:
        p = 1.0
        for e in r:
            p *= e
        s += p
    return s


@case([[0.3, 0.2], [0.5]])
def items_of_ragged_rows(rows):
    return rows[0][1] * rows[1][0] + rows[-1][0]


@case([[0.3, 0.2], [0.5]], 1)
def row_grows(rows, i):
    rows[i].append(rows[0][0] * 2)
    return rows[0][1] * rows[i][0] + rows[i][-1]


@case([[0.3, 0.2], [0.5, 0.1]])
def transposed_rows(rows):
    t = [[rows[j][i] for j in range(2)] for i in range(2)]
    t[0][1] *= t[1][0]
    return t[0][1] * t[1][1]


@case([[[0.3], [0.2, 0.7]], [[0.5, 0.1]]])
def lists_three_deep(rows):
    return sum(sum(sum(b) * len(b) for b in a) for a in rows)


@case([0.3, 0.5], V[:2])
def list_minus_array(x, v):
    return np.sum((x - v) ** 2) + np.sum(v / x)


@case([0.3, 0.5], 3)
def argument_repeated(x, n):
    return sum(x * n) + len(x * n) * x[0]
