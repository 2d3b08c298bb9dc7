"""Changes through what an index, a container or a view function picks."""

# ruff: noqa: B905, E741

import numpy as np

from corpus.registry import case

Y = np.array([[1.0, 2.0], [3.0, 4.0]])
X = np.array([0.3, -0.7, 1.2, 0.5])
INDICES = [0, 1]


@case(Y, 0)
def row_by_an_index(X, i):
    y = X[i]
    y *= 2
    return np.sum(X**2)


@case(Y, [0, 1])
def sums_by_label(X, lab):
    C = np.zeros((2, 2))
    for x, l in zip(X, lab):
        cc = C[l]
        cc += x
    return np.sum(C**2)


@case(Y, 0)
def double_buffer_by_parity(X, t):
    cur = X[t % 2]
    nxt = X[(t + 1) % 2]
    nxt[1:] = cur[:-1] * 2
    return np.sum(X**2)


@case(Y, [0, 1])
def rows_by_indices(X, ids):
    for i in ids:
        r = X[i]
        r -= 0.5 * X[0]
    return np.sum(X**2)


@case(1.5)
def row_by_an_index_of_a_global(x):
    A = np.zeros((2, 2))
    for i in INDICES:
        r = A[i]
        r += x
    return A.sum()


@case(1.5, 0)
def array_of_a_list_by_an_index(x, i):
    l = [np.zeros(2), np.ones(2)]
    l[i].fill(x)
    return l[0].sum()


@case(1.5, 0)
def list_of_a_list_by_an_index(x, i):
    l = [[x, x], [x, 1.0]]
    a = l[i]
    a[0] = 5 * x
    return l[0][0]


@case(1.5, 0)
def list_of_a_list_grows(x, i):
    g = [[], []]
    g[i].append(x)
    return sum(g[0])


@case(1.5, 0)
def item_of_a_list_of_a_list_deleted(x, l):
    g = [[x, 1.0], [x, 2 * x]]
    del g[l][0]
    return g[0][0] * g[1][0]


@case(Y)
def rows_as_a_list(A):
    rows = list(A)
    rows[0][0] = 7.0
    return A.sum()


@case(Y)
def rows_by_comprehension(A):
    rows = [r for r in A]
    rows[0] *= 3
    return A.sum()


@case(Y)
def rows_appended(A):
    rows = []
    for r in A:
        rows.append(r)
    rows[0] *= 3
    return A.sum()


@case(Y)
def rows_in_a_dict(A):
    d = {i: r for i, r in enumerate(A)}
    d[0] *= 3
    return A.sum()


@case(Y)
def two_rows_in_a_list(A):
    v = [A[0], A[1]]
    for i in range(2):
        v[i] *= 3
    return A.sum()


@case(Y)
def rows_of_a_new_array(A):
    B = A * 2
    rows = list(B)
    rows[0] *= 3
    return B.sum()


@case(Y)
def rows_sorted(A):
    for r in sorted(A, key=lambda r: r[0]):
        r *= 3
    return A.sum()


@case(Y)
def array_changed_under_its_rows(A):
    rows = list(A)
    A[0] *= 3
    return np.sum(rows[0] ** 2)


@case(Y)
def two_rows_in_a_dict(A):
    v = {"a": A[0], "b": A[1]}
    for k in v:
        v[k] *= 3
    return A.sum()


@case(Y)
def rows_as_a_tuple(A):
    t = tuple(A)
    t[1][:] = t[0] * 2
    return np.sum(A**2)


@case(Y)
def row_raveled(A):
    e = A[0].ravel()
    e *= 3
    return np.sum(A**2)


@case(Y)
def row_transposed(A):
    v = A[0].T
    A[0] *= 3
    return np.sum(v**2)


@case(np.arange(1.0, 13).reshape(2, 6)[:, :3])
def columns_reshaped_are_a_copy(A):
    r = A.reshape(-1)
    r *= 3
    return np.sum(A**2)


@case(X)
def choose_by_a_list(x):
    return np.sum(np.choose([0, 1, 0, 1], [x, x * 2]))


@case((1.0, 2.0))
def tuple_repeated(t):
    cc = t * 2
    return sum(cc) * cc[0]


@case((1.0, 2.0), (3.0, 4.0))
def tuples_joined(a, b):
    cc = a + b
    return cc[0] * cc[-1]
