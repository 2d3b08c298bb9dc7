"""Reading parts of arrays."""

import numpy as np

from corpus.registry import case

V = np.array([0.3, 0.8, -0.4, 1.1, 0.6])
M = np.array([[0.5, -0.3, 0.8], [1.2, 0.4, -0.9]])
C = np.arange(1.0, 25.0).reshape(2, 3, 4) / 9.0


@case(V)
def elements(x):
    return x[0] * x[1] + x[-1] ** 2 + x[0]


@case(V, 2, also=[(V, -2)])
def element_by_argument(x, i):
    return x[i] * x[i - 1]


@case(M)
def matrix_elements(m):
    return m[0, 1] * m[1][2] + m[-1, -1] * m[0][0]


@case(M)
def rows_and_columns(m):
    return np.sum(m[0] * m[1]) + np.sum(m[:, 1] ** 2) * m[1, 0] + m[-1].sum()


@case(V)
def slices(x):
    return np.sum(x[1:] * x[:-1]) + np.sum(x[2:4]) * x[0] + np.sum(x[:]) ** 2


@case(V)
def slices_with_steps(x):
    return np.sum(x[::2] ** 2) + np.sum(x[1::2] * x[:4:2]) + np.sum(x[::-1] * x)


@case(V)
def negative_slices(x):
    return np.sum(x[-3:-1] * x[-2:]) + np.sum(x[3:0:-1] * x[:3]) + x[-4:-3] @ x[:1]


@case(V)
def out_of_range_slices(x):
    return np.sum(x[2:100] ** 2) + np.sum(x[-100:2] ** 3) + np.sum(x[4:2]) * 5.0


@case(V)
def second_differences(x):
    d = x[2:] - 2.0 * x[1:-1] + x[:-2]
    return d @ d


@case(M)
def matrix_blocks(m):
    return np.sum(m[:, :2] @ m[:, 1:].T) + np.sum(m[1:, ::2] ** 2)


@case(C)
def three_d_mixed(c):
    return (
        np.sum(c[0, :, 1] * c[1, :, 2]) + np.sum(c[:, 1] ** 2) + c[1, 2, 3] * c[0][1][2]
    )


@case(C)
def ellipsis(c):
    return np.sum(c[..., 0] * c[..., -1]) + np.sum(c[0, ...] ** 2) + np.sum(c[...])


@case(V)
def new_axes(x):
    return np.sum(x[None, :] * x[:, None]) + np.sum(x[:2, None, None] ** 2)


@case(V)
def fancy_by_list(x):
    return np.sum(x[[0, 2, 4]] * x[[1, 1, 3]])


@case(V, np.array([0, 2, 2, 2, 4]))
def fancy_with_duplicates(x, k):
    return np.sum(x[k] ** 2 * np.arange(5.0))


@case(V, np.array([[0, 1], [-1, 1]]))
def fancy_two_d_index(x, k):
    return np.sum(x[k] @ x[k])


@case(M, np.array([0, 1, 1]), np.array([2, 0, 0]))
def fancy_pairs(m, i, j):
    return np.sum(m[i, j] ** 2)


@case(M, np.array([1, 0, 1]))
def fancy_rows(m, rows):
    return np.sum(m[rows] ** 2 * np.arange(9.0).reshape(3, 3))


@case(M, np.array([2, 2, 0]))
def fancy_columns(m, columns):
    return np.sum(m[:, columns] ** 2 * np.array([1.0, 2.0, 3.0]))


@case(V)
def boolean_mask(x):
    return np.sum(x[x > 0.5] ** 2) + np.sum(x[x < -5.0])


@case(M)
def boolean_mask_matrix(m):
    positive = m > 0
    return np.sum(np.sqrt(m[positive])) + np.sum(m[~positive] ** 2)


@case(M, np.array([True, False]))
def boolean_rows(m, mask):
    return np.sum(m[mask] ** 2) + np.sum(m[~mask] ** 3)


@case(V, tags="issue4")
def take_and_argmax(x):
    top = np.argmax(x)
    return x[top] ** 2 + np.sum(np.take(x, [0, 0, 2]))


@case(V, tags="issue4")
def sorted_order(x):
    order = np.argsort(x)
    return np.sum(x[order] * np.arange(5.0)) + np.sort(x)[1] ** 2


@case(V)
def chained_indexing(x):
    return x[1:][1:][0] * x[::-1][0] + np.sum(x[1:4][[0, 2]] ** 2)


@case(V)
def slice_of_result(x):
    return np.sum((x * x)[1:3]) + (x + 1.0)[0] * np.exp(x)[-1]


@case(V)
def index_computed_in_loop(x):
    s = 0.0
    k = 0
    for _ in range(6):
        k = (3 * k + 1) % 5
        s = s * 0.5 + x[k] * x[-k]
    return s


@case(V)
def slice_with_loop_bounds(x):
    s = 0.0
    for i in range(len(x)):
        s += np.sum(x[i:]) * np.sum(x[:i])
    return s


@case(M)
def rows_in_a_loop(m):
    s = 0.0
    for i in range(2):
        row = m[i]
        for j in range(3):
            s += row[j] * row[j - 1]
    return s


@case(V)
def unpack_an_array(x):
    a, b, *rest = x
    return a * b + rest[0] * rest[-1]


@case(M)
def unpack_rows(m):
    top, bottom = m
    return top @ bottom + top[0]


@case(np.array([2.0]))
def index_size_one(x):
    return x[0] * x[-1] + x[0]


@case(np.array(2.0))
def index_zero_d(x):
    return x[()] * x[...] * 3.0


@case(V)
def slice_object(x):
    inner = slice(1, -1)
    return np.sum(x[inner] ** 2) * x[0]


@case(M, (1, 2))
def index_by_tuple_argument(m, at):
    return m[at] ** 2 * m[0, 0]


@case(V, np.int64(3))
def numpy_integer_index(x, k):
    return x[k] * x[k - 3]


@case(V, [4, 0, 4])
def gather_by_list_argument(x, where):
    s = 0.0
    for i in where:
        s = s * 0.1 + x[i] ** 2
    return s


@case(M, tags="issue4")
def upper_triangle(m):
    g = m.T @ m
    return np.sum(g[np.triu_indices(3)] ** 2) + np.sum(g[np.arange(3), np.arange(3)])


@case(np.array([1.0, 0.5, 2.0]), np.array([0, 2, 1]), np.array([0, 1, 3, 3]), V[:3])
def sparse_matrix_vector(data, columns, starts, x):
    y = 0.0
    for row in range(3):
        s = 0.0
        for k in range(starts[row], starts[row + 1]):
            s += data[k] * x[columns[k]]
        y += s * s
    return y


@case(V, 0.35)
def linear_interpolation(table, t):
    position = t * (len(table) - 1)
    i = int(position)
    w = position - i
    return (1.0 - w) * table[i] + w * table[i + 1]


@case(V)
def slice_times_itself_shifted(x):
    y = x[1:]
    z = y[1:]
    return np.sum(y[:-1] * z) + np.sum(y) * np.sum(z)
