"""Whole-array code: broadcasting, reductions, products, shapes, dtypes."""

import numpy as np

from corpus.registry import case

V = np.array([0.3, 0.8, -0.4])
U = np.array([1.2, -0.5, 0.9])
M = np.array([[0.5, -0.3, 0.8], [1.2, 0.4, -0.9]])
S = np.array([[2.0, 0.3, -0.1], [0.2, 1.5, 0.4], [-0.3, 0.1, 1.8]])
C = np.arange(1.0, 13.0).reshape(2, 3, 2) / 7.0
F32 = np.array([0.3, 0.8, -0.4], dtype=np.float32)


@case(V, 2.0)
def array_with_scalar(x, a):
    return np.sum(a * x + x / a - a)


@case(M, V)
def matrix_with_row(m, v):
    return np.sum((m + v) * (m * v) ** 2)


@case(M, np.array([[0.7], [-0.2]]))
def matrix_with_column(m, c):
    return np.sum(m * c - c / (1.0 + m * m))


@case(V[:, None], U[None, :])
def column_with_row(c, r):
    return np.sum((c - r) ** 2 * c)


@case(np.array([0.4]), V)
def size_one_with_vector(a, x):
    return np.sum(a * x + a)


@case(np.array([[0.4]]), V)
def one_by_one_with_vector(a, x):
    return np.sum(np.sin(a * x) * a)


@case(np.array(0.4), V)
def zero_d_with_vector(a, x):
    return np.sum(a * x**2 - a)


@case(C, np.array([[0.5], [1.5], [-1.0]]))
def three_d_with_column(c, m):
    return np.sum(c * m * m)


@case(C, np.array([0.3, -0.3]))
def three_d_with_vector_both_sides(c, v):
    return np.sum((v - c) * v / (c + 3.0))


@case(np.zeros((0,)), 2.0)
def empty_array(x, a):
    return np.sum(x * a) + a * a


@case(V, np.array([2.0]))
def power_broadcast(x, p):
    return np.sum(np.abs(x) ** p)


@case(M)
def sum_axis_zero(m):
    return np.sum(np.sum(m, axis=0) ** 2)


@case(M)
def sum_axis_last(m):
    return np.sum(m.sum(axis=-1) ** 3)


@case(M)
def sum_keepdims(m):
    return np.sum(m / np.sum(m * m, axis=1, keepdims=True))


@case(C)
def sum_axis_pair(c):
    return (
        np.sum(np.sum(c, axis=(0, 2)) ** 2) + c.sum(axis=(1, 2), keepdims=True)[0, 0, 0]
    )


@case(M)
def mean_and_centred(m):
    centred = m - m.mean(axis=0)
    return np.sum(centred**2 * m) + np.mean(m)


@case(M)
def variance_and_deviation(m):
    return np.var(m) + np.sum(np.std(m, axis=1)) + np.sum(m.var(axis=0, ddof=1))


@case(M)
def standardize(m):
    z = (m - np.mean(m, axis=1, keepdims=True)) / np.std(m, axis=1, keepdims=True)
    return np.sum(z**3)


@case(M)
def max_and_min(m):
    return np.max(m) ** 2 + np.sum(np.min(m, axis=0) * m.max(axis=1, keepdims=True))


@case(V)
def product_reduction(x):
    return np.prod(x) + np.prod(1.0 + x * x)


@case(np.array([[1.0, 2.0, 3.0], [1.0, 0.5, -1.0]]))
def log_sum_exp(z):
    top = np.max(z, axis=1, keepdims=True)
    return np.sum(np.log(np.sum(np.exp(z - top), axis=1)) + top[:, 0])


@case(M)
def softmax_cross_entropy(z):
    e = np.exp(z - z.max(axis=1)[:, None])
    p = e / e.sum(axis=1)[:, None]
    return -np.mean(np.log(p[np.arange(2), np.array([2, 0])]))


@case(V, U)
def dot_vectors(x, y):
    return np.dot(x, y) ** 2 + x @ y


@case(M, V)
def dot_matrix_vector(m, v):
    return np.sum(np.dot(m, v) ** 2)


@case(M, np.array([0.3, -0.6]))
def dot_vector_matrix(m, v):
    return np.sum((v @ m) ** 3)


@case(M, S)
def dot_matrices(a, b):
    return np.sum(a.dot(b) ** 2)


@case(C, np.array([[0.1, 0.2], [0.3, -0.4]]))
def matmul_stack_with_matrix(c, m):
    return np.sum((c @ m) ** 2)


@case(M, C)
def matmul_matrix_with_stack(m, c):
    return np.sum(np.matmul(m, c) ** 2)


@case(C, np.array([0.5, -0.1]), V)
def matmul_stack_with_vectors(c, right, left):
    return np.sum((c @ right) ** 2) + np.sum((left @ c) ** 2)


@case(C[:1], C.transpose(0, 2, 1))
def matmul_broadcast_stacks(a, b):
    return np.sum((a @ b) ** 2)


@case(C, np.array([0.5, -0.1]))
def dot_three_d(c, v):
    return np.sum(np.dot(c, v) ** 2)


@case(np.array(2.0), V)
def dot_with_scalar(a, v):
    return np.sum(np.dot(a, v) ** 2) + np.dot(3.0, a)


@case(V, U)
def outer_product(x, y):
    return np.sum(np.outer(x, y * y) ** 2)


@case(M)
def gram_matrix(m):
    g = m.T @ m
    return np.sum(g * g) + (m @ m.T)[0, 1]


@case(S, V)
def quadratic_form(a, x):
    return x @ a @ x + x.T @ (a + a.T) @ x


@case(M)
def where_by_sign(m):
    return np.sum(np.where(m > 0, m * m, 0.1 * m))


@case(V, 0.5)
def where_with_scalars(x, a):
    return np.sum(np.where(x > 0.0, a, x) * np.where(x < 0.5, x, 2.0))


@case(M, np.array([True, False, True]))
def where_broadcast_mask(m, mask):
    return np.sum(np.where(mask, m, m**2) * m)


@case(V, U)
def maximum_and_minimum(x, y):
    return np.sum(np.maximum(x, y) ** 2 - np.minimum(x, 0.1) * y)


@case(V)
def relu_layers(x):
    h = np.maximum(0.0, x * 2.0 - 0.1)
    return np.sum(np.maximum(h, 0.2 * x) ** 2)


@case(V)
def clip_both_ways(x):
    return np.sum(np.clip(x, -0.2, 0.5) * x) + np.sum(x.clip(0.0, None))


@case(M)
def reshape_forms(m):
    a = m.reshape(3, 2)
    b = np.reshape(m, -1)
    c = m.reshape((6, 1))
    return np.sum(a[:, 0] * a[:, 1]) + b[1] * b[4] + np.sum(c[::2] ** 2)


@case(M)
def ravel_and_flatten(m):
    return np.sum(m.ravel()[1:] * m.flatten()[:-1]) + m.T.ravel()[1] ** 2


@case(C)
def transpose_forms(c):
    a = np.transpose(c, (2, 0, 1))
    b = c.transpose(1, 0, 2)
    d = c.swapaxes(0, 2)
    return (
        np.sum(a[0] * a[1]) + np.sum(b[0] * b[2]) + np.sum(d[0, 1] ** 3) + c.T[1, 2, 0]
    )


@case(V, M)
def concatenate_arrays(x, m):
    joined = np.concatenate([x, x * x, m[0]])
    tall = np.concatenate((m, m * 2.0), axis=0)
    wide = np.concatenate((m, tall[2:]), axis=-1)
    return (
        np.sum(joined[2:5] ** 2) + np.sum(tall[1] * tall[2]) + np.sum(wide[:, 2:4] ** 2)
    )


@case(V, U)
def stack_arrays(x, y):
    rows = np.stack([x, y])
    columns = np.stack((x, y, x * y), axis=1)
    return np.sum(rows @ columns) + columns[1, 2] ** 2


@case(V, U)
def hstack_vstack(x, y):
    return np.sum(np.hstack([x, y])[1:4] ** 2) + np.sum(np.vstack([x, y]) ** 3)


@case(0.3, 0.8)
def array_from_scalars(a, b):
    v = np.array([a, b, a * b])
    m = np.array([[a, 1.0], [0.0, b]])
    return np.sum(v**2) + np.sum(m @ m)


@case(V)
def array_of_elements(x):
    r = np.array([[x[0], -x[1]], [x[1], x[0]]])
    return np.sum(r @ r @ np.array([1.0, x[2]]))


@case(V, 0.5)
def zeros_ones_full(x, a):
    z = np.zeros_like(x) + a
    o = np.ones(3) * x
    f = np.full(3, a) * np.ones_like(x)
    return (
        np.sum(z * o + f * f) + np.sum(np.full_like(x, a) * x) + np.sum(np.eye(3) @ x)
    )


@case(1.0, 2.0)
def linspace_grid(a, b):
    t = np.linspace(a, b, 5)
    return np.sum(t * t)


@case(2.0)
def inactive_grid(a):
    t = np.linspace(0.0, 1.0, 5) + np.arange(5)
    return np.sum(np.sin(a * t))


@case(V, np.array([1, 2, 3]))
def integer_array_beside(x, k):
    return np.sum(x**k * k) + np.sum(k) * x[0]


@case(V, 3)
def integer_scalar_beside(x, n):
    return np.sum(x * n) / len(x) + np.sum(x**n) // 1 * 0.0


@case(F32)
def float32_chain(x):
    return np.sum(np.sin(x) * x + 2.0 * x**2)


@case(F32, V)
def float32_with_float64(x, y):
    return np.sum(x * y + x)


@case(F32, 0.5)
def float32_with_python_float(x, a):
    return np.mean(x * a) + np.max(x)


@case(F32.reshape(3, 1), F32)
def float32_matrices(a, b):
    return np.sum((a @ b[None, :]) ** 2) + np.sum(a + b)


@case(F32)
def float32_upcast_inside(x):
    y = x.astype(np.float64) * 2.0
    return np.sum(y * y)


@case(np.asfortranarray(M))
def fortran_order(m):
    return np.sum(m.reshape(-1)[:4] * m.ravel()[2:]) + np.sum(m[0] * m[1])


@case(M, tags="issue4")
def cumulative_and_difference(m):
    return np.sum(np.cumsum(m, axis=1) ** 2) + np.sum(np.diff(m[0]) ** 2)


@case(V, tags="issue4")
def norm_and_abs(x):
    return np.linalg.norm(x) * np.sum(np.abs(x)) + np.abs(x[2])


@case(S, V, tags="issue4")
def solve_linear_system(a, b):
    x = np.linalg.solve(a, b)
    return x @ x


@case(S, tags="issue4")
def inverse_and_trace(a):
    return np.trace(np.linalg.inv(a)) + np.sum(np.diag(a) ** 2)


@case(V, V.copy())
def squared_distances(x, y):
    d = x[:, None] - 2.0 * y[None, :]
    return np.sum(np.exp(-(d**2)))


@case(np.array([[0.0, 1.0], [1.5, 0.2], [-0.4, 0.8]]))
def pairwise_energy(p):
    d = p[:, None, :] - p[None, :, :]
    r2 = np.sum(d * d, axis=-1) + 0.1
    return np.sum(1.0 / np.sqrt(r2))


@case(V)
def same_array_many_ways(x):
    return np.sum(x * x * x) + x @ x * np.sum(x) + np.sum(x[::-1] * x)


_SHARED = np.array([0.4, -0.9])


@case(_SHARED, _SHARED)
def same_object_for_two_arguments(x, y):
    return np.sum(x * y * y) + x[0]


@case(V)
def expand_and_squeeze(x):
    y = np.expand_dims(x, 0)
    z = x[:, np.newaxis]
    return np.sum(y * z) + np.sum(np.squeeze(y) ** 2) + np.sum((z @ y)[0])


@case(V)
def shape_attributes(x):
    n = x.shape[0] * x.ndim + x.size + len(x)
    return np.sum(x) ** 2 * n


@case(M)
def method_forms(m):
    return (m.sum() * m.mean() + m.max() - m.min() + m.std()) * m.prod()


@case(V, U)
def broadcast_in_place_free(x, y):
    y = y - x
    x = x[None] * np.ones((4, 1))
    return np.sum(x * y * np.arange(4.0)[:, None])


@case(V)
def builtin_sum_max_of_array(x):
    return sum(x) ** 2 + max(x) * min(x) + sum(x * x)


@case(M, tags="issue4")
def roll_flip_tile(m):
    a = np.roll(m, 1, axis=1) * m
    return np.sum(a * np.flip(m, axis=0)) + np.sum(np.tile(m[0], 2)[1:5] ** 2)


@case(V, tags="issue4")
def laplacian_by_roll(u):
    lap = np.roll(u, 1) - 2.0 * u + np.roll(u, -1)
    return np.sum(lap**2)


@case(np.array([1.0, 2.0]), 0.3)
def scalar_from_array_function(x, a):
    y = np.exp(a) * x
    return float(y[0]) * y[1].item()


@case(M, tags="issue4")
def einsum_and_trace(m):
    return np.einsum("ij,kj->", m, m) + np.trace(m @ m.T)


@case(2.0, np.array([1.5]))
def scalar_and_size_one(a, b):
    c = a * b
    d = c + a
    return d * d
