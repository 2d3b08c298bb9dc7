"""In-place changes, aliases and views."""

import math

import numpy as np

from corpus.registry import case

V = np.array([0.3, 0.8, -0.4, 1.1, 0.6])
U = np.array([1.2, -0.5, 0.9, 0.4, -0.7])
M = np.array([[0.5, -0.3, 0.8], [1.2, 0.4, -0.9], [0.7, 0.2, 0.1]])
S = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]])


# --- writes into new arrays


@case(V)
def fill_elements(x):
    y = np.zeros(5)
    for i in range(5):
        y[i] = x[i] * x[4 - i]
    return np.sum(y**2)


@case(V)
def write_slices(x):
    y = np.zeros_like(x)
    y[1:] = x[:-1] ** 2
    y[0] = x[-1]
    return np.sum(y * x)


@case(V, 0.3)
def write_scalar_into_slice(x, a):
    y = x * 2.0
    y[1:4] = a * a
    return np.sum(y**2)


@case(V)
def write_row_into_matrix(x):
    m = np.empty((3, 5))
    m[0] = x
    m[1, :] = x * x
    m[2:] = x[::-1]
    return np.sum(m[0] * m[1] * m[2])


@case(V, 0.7)
def write_column_and_corner(x, a):
    m = np.ones((5, 2))
    m[:, 1] = x
    m[-1, 0] = a
    return np.sum(m[:, 0] * m[:, 1] ** 2)


@case(V)
def broadcast_into_write(x):
    m = np.zeros((4, 5))
    m[:] = x
    m[1:3] = x[0]
    return np.sum(m**2)


@case(np.array([0.7]))
def size_one_into_slice(a):
    y = np.ones(4)
    y[:2] = a
    y[3:] = a * a
    return np.sum(y**3)


@case(V)
def overwritten_before_use(x):
    y = x * 3.0
    y[0] = 1.0
    y[:] = x
    y[2] = x[3] * x[2]
    return np.sum(y * y)


@case(V)
def same_element_twice(x):
    y = np.zeros(3)
    y[1] = x[0]
    y[1] = y[1] * x[1]
    y[1] = math.sin(y[1]) + y[1]
    return y[1] * x[2]


@case(V)
def recurrence_in_an_array(x):
    y = np.zeros(5)
    y[0] = x[0]
    for i in range(1, 5):
        y[i] = 0.5 * y[i - 1] * x[i] + x[i - 1]
    return y[-1] * y[2]


@case(V, 6)
def table_of_fibonacci_kind(x, n):
    f = np.zeros(n)
    f[0], f[1] = x[0], x[1]
    for k in range(2, n):
        f[k] = f[k - 1] * f[k - 2] + x[2]
    return f[n - 1]


# --- augmented assignment


@case(V, U)
def augmented_elements(x, w):
    y = np.zeros(3)
    for i in range(5):
        y[i % 3] += x[i] * w[i]
    y[0] *= y[1]
    y[1] -= y[0] ** 2
    y[2] /= 1.0 + y[0] ** 2
    return np.sum(y**2)


@case(V)
def augmented_slices(x):
    y = x.copy()
    y[1:] += x[:-1]
    y[:3] *= x[2:]
    y[::2] -= 0.5
    y[1:3] /= x[3]
    y[0:2] **= 2
    return np.sum(y**2)


@case(V)
def overlapping_slices(x):
    y = x.copy()
    y[1:] += y[:-1] * y[:-1]
    return np.sum(y**2)


@case(V)
def overlapping_copy(x):
    y = x * 1.0
    y[1:] = y[:-1]
    y[:-2] = y[2:] * y[1:-1]
    return np.sum(y * x)


@case(V)
def overlapping_product(x):
    y = x.copy()
    y[:-1] *= y[1:]
    y[1:] *= y[:-1]
    return np.sum(y)


@case(V)
def reversed_in_place(x):
    y = x.copy()
    y[:] = y[::-1]
    y += y[::-1] * 0.5
    return np.sum(y * x**2)


@case(V)
def whole_array_in_place(x):
    y = np.array(x)
    y += x
    y *= y
    y -= 1.0
    y /= x + 3.0
    return np.sum(y)


@case(V)
def power_in_place(x):
    y = x + 2.0
    y **= 3
    y **= 0.5
    return np.sum(y)


@case(M, tags="issue3")
def matmul_in_place(a):
    b = a.copy()
    b @= a
    return np.sum(b**2)


@case(V, 3.0)
def scalar_broadcast_augmented(x, a):
    y = x.copy()
    y *= a
    a *= 2.0
    y += a
    return np.sum(y * y)


@case(M, V[:3])
def row_broadcast_augmented(m, v):
    m = m.copy()
    m *= v
    m += v[:, None]
    m[1] -= v
    return np.sum(m**2)


@case(V, tags="issue3")
def augmented_fancy(x):
    y = x.copy()
    y[[0, 2]] += x[[1, 1]]
    y[[3, 4]] *= 2.0 * x[0]
    return np.sum(y**2)


@case(V, tags="issue3")
def augmented_mask(x):
    y = x.copy()
    y[x > 0.5] *= x[x > 0.5]
    y[y < 0.0] = 0.1 * x[0]
    return np.sum(y**2)


# --- needed after being overwritten


@case(V)
def overwritten_after_nonlinear_use(x):
    y = x * 2.0
    s = np.sum(y**2)
    y[:] = 0.0
    return s + np.sum(y)


@case(V)
def used_then_scaled_then_used(x):
    y = x.copy()
    a = np.sum(np.sin(y))
    y *= a
    b = np.sum(y * y)
    y -= b
    return np.sum(np.exp(0.1 * y))


@case(V)
def element_used_then_overwritten(x):
    y = x.copy()
    p = y[0] * y[1]
    y[0] = p * p
    q = y[0] * y[1]
    y[1] = q
    return y[0] * y[1] * p


@case(V, 4)
def nonlinear_update_in_a_loop(x, n):
    y = x.copy()
    for k in range(n):
        y[k] = math.sin(y[k]) * y[k + 1]
        y[k + 1] = y[k] ** 2 + 0.3
    return np.sum(y)


@case(V, 3)
def whole_array_in_a_loop(x, n):
    y = x.copy()
    for _ in range(n):
        y *= np.cos(y)
    return np.sum(y)


@case(V, 3)
def reads_old_after_writing_new(x, n):
    y = x.copy()
    for _ in range(n):
        old = y.copy()
        y[1:-1] = old[:-2] * old[2:]
    return np.sum(y**2)


# --- aliases


@case(V)
def alias_scaled(x):
    y = x
    y *= 2
    return np.sum(x * y)


@case(V)
def alias_of_a_copy(x):
    x = x.copy()
    y = x
    y[0] = y[1] * 3.0
    x[2] *= y[0]
    return np.sum(x * y)


@case(V, True, also=[(V, False)])
def alias_decided_by_branch(x, share):
    a = x * 1.0
    b = a if share else a.copy()
    b[1:] *= 2.0 * b[:-1]
    return np.sum(a * a) + np.sum(b)


@case(V)
def rebinding_breaks_the_alias(x):
    y = x.copy()
    z = y
    y = y * 2.0
    y[0] = 5.0 * z[1]
    z += y
    return np.sum(y * z)


@case(V)
def not_in_place_keeps_the_alias_old(x):
    y = x.copy()
    z = y
    y = y + 1.0
    return np.sum(y * z)


@case(V, U, tags="issue3")
def aliases_swapped(x, w):
    a = x.copy()
    b = w.copy()
    a, b = b, a
    a[0] = b[0] * b[1]
    b *= a
    return np.sum(a * b)


@case(V, 4)
def double_buffering(x, n):
    old = x.copy()
    new = np.zeros_like(x)
    for _ in range(n):
        for i in range(1, 4):
            new[i] = 0.5 * (old[i - 1] * old[i + 1]) + old[i]
        new[0] = old[0]
        new[4] = old[4] * 0.9
        old, new = new, old
    return np.sum(old * old)


@case(V, 3, also=[(V, 2)], tags="issue3")
def three_level_leapfrog(x, n):
    before = x * 0.9
    now = x.copy()
    after = np.empty_like(x)
    for _ in range(n):
        after[1:-1] = 2 * now[1:-1] - before[1:-1] + 0.1 * now[:-2] * now[2:]
        after[0] = 0.0
        after[-1] = now[-1]
        before, now, after = now, after, before
    return np.sum(now**2) + np.sum(before * after)


@case(V, tags="issue3")
def asarray_is_an_alias(x):
    y = np.asarray(x)
    y[0] = x[1] * 2.0
    return np.sum(x**2)


# --- views


@case(V)
def view_then_write_through_view(x):
    y = x.copy()
    v = y[1:4]
    v *= 2.0
    v[0] = y[0] * v[1]
    return np.sum(y**2)


@case(V)
def view_then_write_through_base(x):
    y = x.copy()
    v = y[1:4]
    y *= y
    y[2] = 0.5 * y[0]
    return np.sum(v**2) + v[1]


@case(V, tags="issue3")
def view_of_view(x):
    y = x.copy()
    v = y[1:]
    w = v[1:]
    w[0] = v[0] * w[1]
    v[-1] *= y[2]
    y[3] += w[0] ** 2
    return np.sum(y * y) + np.sum(v) * np.sum(w)


@case(V, tags="issue3")
def strided_and_reversed_views(x):
    y = x.copy()
    even = y[::2]
    back = y[::-1]
    even *= 3.0
    back[0] = even[0] * y[1]
    back[1:3] += even[:2]
    return np.sum(y**3)


@case(M)
def row_view_written(m):
    a = m.copy()
    row = a[1]
    row[:] = row * a[0]
    row += 1.0
    a[0] *= row
    return np.sum(a**2)


@case(M)
def column_view_written(m):
    a = m.copy()
    col = a[:, 1]
    col -= a[:, 0] * col
    a[2] = col
    return np.sum(a * a)


@case(M, tags="issue3")
def transpose_written(m):
    a = m.copy()
    t = a.T
    t[0] = a[0] * 2.0
    t[1, 2] = a[2, 2] * a[0, 0]
    a[2] *= t[2]
    return np.sum(a * t) + np.sum(a**2)


@case(M, tags="issue3")
def reshape_view_written(m):
    a = m.copy()
    flat = a.reshape(-1)
    flat[::4] = 1.0
    flat[1:3] *= a[2, :2]
    return np.sum(a @ a)


@case(M, tags="issue3")
def ravel_of_transpose_is_a_copy(m):
    a = m.copy()
    flat = a.T.ravel()
    flat *= 2.0
    a[0] = flat[:3]
    return np.sum(a * a)


@case(M, tags="issue3")
def diagonal_by_reshape(m):
    a = m @ m
    a.reshape(-1)[::4] += 2.0 * m[0]
    return np.sum(a**2)


@case(M, tags="issue3")
def rows_in_for_loop_written(m):
    a = m.copy()
    for row in a:
        row *= row[0]
        row[1] = row[2] ** 2
    return np.sum(a**2)


@case(M, tags="issue3")
def unpacked_rows_written(m):
    a = m.copy()
    p, q, r = a
    p += q * r
    r[:] = p * q
    return np.sum(a**2)


@case(V, tags="issue3")
def newaxis_view_written(x):
    y = x.copy()
    c = y[:, None]
    c *= 2.0
    c[0, 0] = y[1] * y[2]
    return np.sum(y**2)


@case(V)
def fancy_index_is_a_copy(x):
    y = x.copy()
    v = y[[0, 1, 2]]
    v *= 10.0
    y[0] = v[1] * v[2]
    return np.sum(y**2)


@case(V)
def view_kept_across_iterations(x):
    y = x.copy()
    v = y[:2]
    for k in range(3):
        v *= y[2]
        y[2] = v[0] + 0.5 * k
    return np.sum(y)


@case(M, tags="issue3")
def swap_rows_fancy(m):
    a = m.copy()
    a[[0, 2]] = a[[2, 0]]
    a[0] *= a[1]
    return np.sum(a * m)


@case(M)
def swap_rows_with_temporary(m):
    a = m.copy()
    temporary = a[0].copy()
    a[0] = a[1]
    a[1] = temporary
    return np.sum(a * m * m)


@case(M)
def swap_rows_forgotten_copy(m):
    a = m.copy()
    temporary = a[0]
    a[0] = a[1]
    a[1] = temporary
    return np.sum(a * m * m)


@case(V)
def swap_elements_tuple(x):
    y = x * x
    y[0], y[3] = y[3], y[0]
    y[1], y[2] = y[2] * y[0], y[1]
    return np.sum(y * x)


# --- helpers that write into their arguments


def fill_with_squares(out, x):
    for i in range(len(out)):
        out[i] = x[i] * x[i]


def smooth(u):
    u[1:-1] = 0.25 * u[:-2] * u[2:] + 0.5 * u[1:-1]


def scale_and_return(v, a):
    v *= a
    return v


def axpy(a, x, y):
    y += a * x


@case(V)
def helper_fills(x):
    y = np.zeros(5)
    fill_with_squares(y, x)
    return np.sum(y * x)


@case(V, tags="issue3")
def helper_fills_twice(x):
    y = np.zeros(5)
    fill_with_squares(y, x)
    z = np.sum(y)
    fill_with_squares(y, y * x)
    return np.sum(y) * z


@case(V)
def helper_called_on_view(x):
    y = x.copy()
    fill_with_squares(y[1:3], x)
    smooth(y[:4])
    return np.sum(y**2)


@case(V, 3)
def helper_called_in_a_loop(x, n):
    u = x.copy()
    for _ in range(n):
        smooth(u)
    return np.sum(u**2)


@case(V, 1.5)
def helper_returns_its_argument(x, a):
    y = x.copy()
    z = scale_and_return(y, a)
    z[0] = y[1] * a
    return np.sum(y * z)


@case(V, U, tags="issue3")
def same_array_as_both_arguments(x, w):
    y = x * w
    axpy(2.0, y, y)
    axpy(y[0], x, y)
    fill_with_squares(y, y)
    return np.sum(y * x)


@case(M)
def helper_on_rows(m):
    a = m.copy()
    for i in range(1, 3):
        axpy(-a[i, 0] / a[0, 0], a[0], a[i])
    return np.sum(a**2)


# --- arguments changed


@case(V)
def argument_elements_changed(x):
    x[0] = x[1] * x[2]
    x[3] *= x[0]
    return np.sum(x**2)


@case(V, U)
def argument_filled(x, out):
    out[:] = np.sin(x) * out[0]
    out[1] *= out[2]
    return np.sum(out * x)


@case(V)
def argument_scaled_after_use(x):
    s = np.sum(np.exp(x))
    x *= s
    return np.sum(x)


@case(M, 2)
def argument_changed_in_helper(m, n):
    for _ in range(n):
        for row in m:
            smooth(row)
    return np.sum(m**2)


@case(V, U)
def both_arguments_changed(x, y):
    x += y
    y *= x
    x -= y[0]
    return np.sum(x * y)


# --- NumPy's ways of writing


@case(V, np.array([0, 2, 2, 4]), tags="issue3")
def fancy_write_with_duplicates(x, k):
    y = np.zeros(5)
    y[k] = x[:4] ** 2
    return np.sum(y**2)


@case(V, np.array([0, 2, 2, 4]), tags="issue3")
def scatter_add(x, k):
    y = x.copy()
    np.add.at(y, k, x[1:] ** 2)
    return np.sum(y**2)


@case(V, np.array([1, 1, 0]), tags="issue3")
def augmented_with_duplicates(x, k):
    y = x.copy()
    y[k] += x[:3]
    return np.sum(y**2)


@case(M, np.array([2, 0]), tags="issue3")
def fancy_row_write(m, rows):
    a = np.ones((3, 3))
    a[rows] = m[:2] * a[rows]
    a[:, rows] *= m[0, 0]
    return np.sum(a**2)


@case(V, tags="issue3")
def mask_write(x):
    y = x.copy()
    y[y < 0.5] = 0.0
    y[x > 1.0] = x[0] * x[1]
    return np.sum(y**2 * x)


@case(V, U, tags="issue3")
def out_argument(x, w):
    y = np.empty_like(x)
    np.multiply(x, w, out=y)
    np.sin(y, out=y)
    np.add(y, x, out=y[:])
    return np.sum(y * x)


@case(V, tags="issue3")
def fill_and_copyto(x):
    y = x.copy()
    z = np.empty(5)
    z.fill(x[0])
    np.copyto(y[1:], z[1:] * y[:-1])
    return np.sum(y * z)


@case(V, tags="issue3")
def sort_in_place(x):
    y = x * 2.0
    y.sort()
    y[0] = y[-1] * y[1]
    return np.sum(y * np.arange(5.0) * x)


@case(V, tags="issue3")
def put_and_fill_diagonal(x):
    a = np.outer(x[:3], x[2:])
    np.fill_diagonal(a, x[0] ** 2)
    np.put(a, [1, 2], x[:2])
    return np.sum(a**2)


# --- kernels


@case(V, 5)
def heat_equation(u, n):
    u = u.copy()
    for _ in range(n):
        u[1:-1] += 0.1 * (u[:-2] - 2.0 * u[1:-1] + u[2:])
    return np.sum(u * u)


@case(V, 0.2, 4)
def burgers_upwind(u, dt, n):
    u = u.copy()
    for _ in range(n):
        u[1:] -= dt * u[1:] * (u[1:] - u[:-1])
        u[0] = u[-1]
    return np.sum(u**2)


@case(M, 2)
def gauss_seidel(m, sweeps):
    u = m.copy()
    for _ in range(sweeps):
        for i in range(1, 3):
            for j in range(1, 3):
                u[i, j] = 0.5 * (u[i - 1, j] + u[i, j - 1]) * u[i, j]
    return np.sum(u**2)


@case(S, V[:3])
def gaussian_elimination(a, b):
    n = len(b)
    a = a.copy()
    b = b.copy()
    for k in range(n):
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            a[i, k:] -= factor * a[k, k:]
            b[i] -= factor * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return np.sum(x**2)


@case(S)
def cholesky_in_place(a):
    low = a.copy()
    n = low.shape[0]
    for j in range(n):
        for k in range(j):
            low[j:, j] -= low[j:, k] * low[j, k]
        low[j, j] = math.sqrt(low[j, j])
        low[j + 1 :, j] /= low[j, j]
    logdet = 0.0
    for j in range(n):
        logdet += 2.0 * math.log(low[j, j])
    return logdet + low[2, 1]


@case(S)
def gram_schmidt(a):
    q = a.copy()
    for j in range(3):
        for k in range(j):
            q[:, j] -= (q[:, k] @ a[:, j]) * q[:, k]
        q[:, j] /= np.sqrt(q[:, j] @ q[:, j])
    return np.sum(q * np.arange(9.0).reshape(3, 3))


@case(np.array([[0.0, 0.1], [1.0, -0.2], [0.3, 1.1]]), 3)
def n_body_in_place(p, steps):
    p = p.copy()
    v = np.zeros_like(p)
    for _ in range(steps):
        for i in range(3):
            for j in range(3):
                if i != j:
                    d = p[j] - p[i]
                    v[i] += 0.01 * d / (d @ d + 0.1) ** 1.5
        p += 0.1 * v
    return np.sum(p**2)


@case(V, U)
def tridiagonal_solve(d, r):
    n = len(d)
    c = np.zeros(n)
    x = np.zeros(n)
    beta = 3.0 + d[0]
    x[0] = r[0] / beta
    for i in range(1, n):
        c[i] = 1.0 / beta
        beta = 3.0 + d[i] - c[i]
        x[i] = (r[i] - x[i - 1]) / beta
    for i in range(n - 2, -1, -1):
        x[i] -= c[i + 1] * x[i + 1]
    return np.sum(x**2)


@case(M, M.T.copy(), 0.5, 1.5)
def gemm_update(a, b, alpha, beta):
    c = np.ones((3, 3))
    c *= beta
    c[:] += alpha * a @ b
    c[:] = c @ a
    return np.sum(c**2)


@case(V, 3)
def history_matrix(x, n):
    h = np.zeros((n + 1, 5))
    h[0] = x
    for t in range(n):
        h[t + 1] = np.tanh(h[t]) * h[0]
        h[t + 1, 0] += h[t, -1]
    return np.sum(h[-1] ** 2) + h[1, 1]


@case(V)
def bubble_sort(x):
    y = x.copy()
    for i in range(4):
        for j in range(4 - i):
            if y[j] > y[j + 1]:
                y[j], y[j + 1] = y[j + 1], y[j]
    return np.sum(y**2 * np.arange(5.0))


@case(V)
def write_in_branch(x):
    y = x.copy()
    for i in range(5):
        if y[i] > 0.5:
            y[i] *= y[i]
        elif y[i] < 0:
            y[i] = y[i - 1] * 2.0
        else:
            continue
        y[0] += 0.1 * y[i]
    return np.sum(y**2)


@case(V)
def write_then_break(x):
    y = x.copy()
    for i in range(1, 5):
        y[i] *= y[i - 1]
        if y[i] < 0:
            y[0] = y[i] ** 2
            break
    return np.sum(y**2)


@case(V)
def write_then_return(x):
    y = x.copy()
    for i in range(1, 5):
        y[i] *= y[i - 1]
        if y[i] < 0:
            y *= 2.0
            return np.sum(y**2)
    return y[0]


@case(V, 0)
def write_in_zero_trip_loop(x, n):
    y = x.copy()
    for i in range(n):
        y[i] = 0.0
    y *= y
    return np.sum(y)


@case(V.astype(np.float32))
def float32_in_place(x):
    y = np.zeros_like(x)
    y[1:] = x[:-1] * x[1:]
    y += x
    y *= 2.0
    return np.sum(y * y)


@case(V)
def integer_buffer_beside(x):
    count = np.zeros(5, dtype=int)
    for i in range(5):
        count[i] += i
        count[0] += 1
    y = x * count
    y[count > 2] *= x[0]
    return np.sum(y**2)


@case(V, tags="issue3")
def index_array_modified(x):
    k = np.array([0, 1, 2])
    s = x[k] * 2.0
    k += 2
    s *= x[k]
    k[:] = 0
    return np.sum(s * x[k])


@case(V)
def index_variable_changed_after_write(x):
    y = x.copy()
    i = 1
    y[i] = y[i] ** 2
    i = 3
    y[i] = y[i] * y[1]
    i = i - 3
    return y[i] + np.sum(y**2)


@case(V)
def ones_like_accumulator(x):
    acc = np.ones_like(x)
    for k in range(1, 4):
        acc *= x / k
        acc += 1.0
    return np.sum(acc)


@case(V)
def copy_then_both_change(x):
    a = x.copy()
    b = a.copy()
    a[0] *= b[1]
    b[1] *= a[0]
    a[1] = b[1] + a[0]
    return np.sum(a * b)


@case(np.array([0.5]))
def size_one_state(x):
    y = x.copy()
    for _ in range(3):
        y[0] = math.sin(y[0]) + y[0] ** 2
        y += x
    return y


@case(np.array(0.5))
def zero_d_state(x):
    y = x.copy()
    y += x
    y *= y
    y[...] = y * x
    return y * 1.0


@case(0.5)
def array_of_constants_written(a):
    y = np.array([1.0, 2.0, 3.0])
    y[0] = a
    y[1:] *= y[0]
    return np.sum(y**2)


@case(0.5, np.array([1.0, 2.0, 3.0]), wrt="a")
def active_written_into_inactive_argument(a, grid):
    grid[1] = a * grid[0]
    grid *= grid[1]
    return np.sum(grid)


@case(V, tags="issue3")
def delayed_write_to_alias_in_tuple(x):
    y = x.copy()
    pair = (y, x * 2.0)
    y[0] = pair[1][0] * 5.0
    pair[0][1] = y[0] ** 2
    return np.sum(y * pair[1])


# --- where Python's own rules are easily forgotten


@case(M)
def accumulator_becomes_an_array(m):
    s = 0.0
    for row in m:
        s += row
        s = s * row
    return np.sum(s)


@case(M)
def accumulator_is_a_row_of_the_argument(m):
    s = m[0]
    for row in m[1:]:
        s += row * row
    return np.sum(m**2) + s[0]


@case(V)
def numpy_scalar_is_not_an_alias(x):
    s = np.sum(x)
    t = s
    s *= 2.0
    s += t * t
    return s * t


@case(V)
def element_is_not_an_alias(x):
    y = x.copy()
    a = y[0]
    a *= 2.0
    y[0] = a * y[1]
    return a * y[0]


@case(M, tags="issue3")
def swap_rows_by_tuple_is_wrong_but_legal(m):
    a = m.copy()
    a[0], a[1] = a[1], a[0]
    return np.sum(a * m)


@case(V, tags="issue3")
def targets_assigned_left_to_right(x):
    y = x.copy()
    i = 0
    i, y[i] = 2, x[1] * x[3]
    y[i], i = y[0] * x[4], 1
    y[i] *= y[2]
    return np.sum(y**2) + i


@case(V, tags="issue3")
def target_index_evaluated_once(x):
    y = x.copy()
    order = [3, 1, 0]
    y[order.pop()] += x[4] ** 2
    y[order.pop()] *= y[0]
    return np.sum(y * y) + len(order)


@case(M)
def chained_subscript_writes(m):
    a = m.copy()
    a[0][1] = a[1][2] * a[2][0]
    a[1][1:] *= a[0][:2]
    a.T[0] += a[:, 1]
    a[2][::-1][0] = a[0, 0] ** 2
    return np.sum(a**2)


@case(V)
def negative_step_writes(x):
    y = np.zeros(5)
    y[::-1] = x
    y[3:0:-2] *= x[:2]
    y[-1:1:-1] += y[:3] * x[0]
    return np.sum(y**2)


@case(V, tags="issue3")
def mask_outlives_the_values(x):
    y = x.copy()
    mask = y > 0.5
    y[mask] = -(y[mask] ** 2)
    y[mask] *= x[0]
    y[~mask] += y[mask][:2]
    mask[:] = True
    return np.sum(y[mask] ** 2)


@case(V, tags="issue3")
def index_array_modified_between_writes(x):
    y = x.copy()
    k = np.array([0, 1])
    y[k] = y[k] * x[2:4]
    k[0] = 4
    y[k] *= y[k]
    k += 1
    return np.sum(y**2)


@case(V, tags="issue3")
def closure_writes_into_array(x):
    y = np.zeros(5)

    def put(i, value):
        y[i] = value * value
        y[i - 1] += value

    for i in range(5):
        put(i, x[i])
    return np.sum(y**2)


@case(1.7)
def truncated_to_integers(x):
    k = np.zeros(2, dtype=int)
    k[0] = int(x * 2.0)
    k[1] = k[0] + 1
    return x * k[1] + k[0]


@case(1.7)
def trip_count_from_float(x):
    y = np.ones(4)
    for i in range(int(x * 2.0)):
        y[i] = x * y[i - 1] + i
    return np.sum(y)


def inner_part(v):
    return v[1:-1]


@case(V, tags="issue3")
def helper_returns_a_view(x):
    y = x.copy()
    inner = inner_part(y)
    inner *= y[0]
    y *= 2.0
    inner_part(inner)[:] = inner[0] * inner[2]
    return np.sum(y**2)


def split_update(v, a):
    w = v * a
    v += w
    return v, w, v[:2]


@case(V, 0.4, tags="issue3")
def helper_returns_alias_copy_and_view(x, a):
    y = x.copy()
    same, fresh, head = split_update(y, a)
    head *= fresh[2:4]
    same[4] = head[0] * a
    return np.sum(y * fresh)


def prefix_products(v, i):
    if i < len(v):
        v[i] *= v[i - 1]
        prefix_products(v, i + 1)
        v[i - 1] += v[i]


@case(V, tags="issue3")
def recursion_in_place(x):
    y = x.copy()
    prefix_products(y, 1)
    return np.sum(y**2)


def fill_unless_negative(v, x):
    if x < 0:
        return
    for i in range(len(v)):
        if v[i] > 1.0:
            return
        v[i] = x * v[i] + x


@case(V, tags="issue3")
def helper_returns_early(x):
    y = x.copy()
    for e in x:
        fill_unless_negative(y, e)
    return np.sum(y**2)


@case(S, V[:3])
def jacobi_until_converged(a, b):
    x = np.zeros(3)
    change = 1.0
    while change > 1e-13:
        new = np.zeros(3)
        for i in range(3):
            new[i] = (b[i] - a[i] @ x + a[i, i] * x[i]) / a[i, i]
        change = np.max(np.abs(new - x))
        x[:] = new
    return np.sum(x**2)


@case(V, 3)
def view_of_a_buffer_that_is_rebound(x, n):
    y = x.copy()
    v = y[:2]
    for _ in range(n):
        y = y * 1.1
        v *= y[:2]
        y[:2] += v
    return np.sum(y**2) + np.sum(v)


@case(V, tags="issue3")
def same_array_three_times_in_a_list(x):
    rows = [np.zeros(2)] * 3
    rows[0][0] = x[0] * x[1]
    rows[2] += x[2:4]
    rows[1] = rows[0] * 2.0
    rows[0] *= x[4]
    return np.sum(rows[0] * rows[1] * rows[2])


@case(V)
def condition_reads_what_is_overwritten(x):
    y = x.copy()
    if y[0] < 0.5:
        y[0] = y[1] + 1.0
    else:
        y[0] = y[2] * 7.0
    while y[1] < 2.0:
        y[1] = y[1] * 1.5 + y[0] ** 2
    return np.sum(y**2)


@case(V, 3, also=[(V, 0)])
def break_inside_in_place_nest(x, n):
    y = x.copy()
    for t in range(n):
        for i in range(1, 5):
            y[i] = y[i - 1] * y[i] + 0.2
            if y[i] > 0.45:
                break
        y[0] = y[i] if t else y[0] * 1.5
    return np.sum(y**2)


@case(V)
def parameter_rebound_then_written(x):
    x = x * 2.0
    x[0] = x[1] ** 2
    x = x[1:]
    x[0] *= x[-1]
    return np.sum(x**2)


@case(np.array([[0.7, 0.1, 0.9], [0.8, -1.0, -0.1]]), np.array([0.6, -0.4]), 3)
def column_by_an_index_stored_from_another(x, y, k):
    """Where nothing says that k is a number, its column is looked at when it runs."""
    x[:, (k + 1) % 3] = np.tanh(y * x[:, -1 - k % 3])
    return np.sum(x * np.arange(3.0))
