"""for and while in every form."""

import math

import numpy as np

from corpus.registry import case

X = np.array([0.5, -0.3, 0.8, 1.2])
M = np.array([[0.5, -0.3, 0.8], [1.2, 0.4, -0.9]])


@case(0.8, 5, also=[(0.8, 0), (0.8, 1)])
def scalar_recurrence(x, n):
    s = 0.0
    for _ in range(n):
        s = s + math.sin(x) * x
        x = x * 0.9
    return s


@case(0.8, 4, also=[(0.8, 0)])
def power_by_repeated_product(x, n):
    y = 1.0
    for _ in range(n):
        y *= x
    return y


@case(X, np.array([1.0, 2.0, 3.0, 4.0]))
def dot_by_loop(x, w):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * w[i]
    return s


@case(X)
def range_with_start_and_step(x):
    s = 0.0
    for i in range(1, 4, 2):
        s = s * x[i] + x[i - 1] ** 2
    return s


@case(X)
def range_backwards(x):
    s = 1.0
    for i in range(len(x) - 1, -1, -1):
        s = s * 0.5 + x[i] * s
    return s


@case(X)
def negative_step_of_two(x):
    s = 0.0
    for i in range(3, 0, -2):
        s = math.sin(s + i * x[i])
    return s


@case(X, 5, 1, also=[(X, 0, 4), (X, 3, 3)])
def range_possibly_empty(x, start, stop):
    s = x[0]
    for i in range(start, stop):
        s = s * x[i % 4]
    return s


@case(X, -1, also=[(X, 1)])
def step_given_by_argument(x, step):
    s = 1.0
    for i in range(3, 0, step) if step < 0 else range(0, 4, step):
        s = s * x[i] + 0.5
    return s


@case(X)
def over_array_elements(x):
    s = 0.0
    for e in x:
        s = s * 0.5 + e * e
    return s


@case(M, tags="issue3")
def over_matrix_rows(m):
    s = 0.0
    for row in m:
        s = s + np.sum(row) * row[0]
    return s


@case(M, tags="issue3")
def nested_over_rows_and_elements(m):
    s = 1.0
    for row in m:
        for e in row:
            s = s * (1.0 + 0.1 * e)
    return s


@case(M)
def nested_ranges(m):
    s = 0.0
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            s += m[i, j] * math.sin(m[i, (j + 1) % 3])
    return s


@case(X)
def triangular_nest(x):
    s = 0.0
    for i in range(len(x)):
        for j in range(i):
            s += (x[i] - x[j]) ** 2
    return s


@case(X, 0.1)
def horner(coefficients, t):
    y = 0.0
    for c in coefficients[::-1]:
        y = y * t + c
    return y


@case(2.0, also=[(9.0,), (0.3,)])
def newton_square_root(a):
    x = a
    while abs(x * x - a) > 1e-12:
        x = 0.5 * (x + a / x)
    return x


@case(0.9, also=[(0.05,)])
def while_with_counter(x):
    k = 0
    while k < 4:
        x = math.sin(x) + 0.1 * k
        k += 1
    return x * k


@case(3.0, also=[(0.5,)])
def while_zero_trips(x):
    y = x * x
    while y > 1.3:
        y = y * 0.7
    return y * x


@case(X, also=[(-X,)])
def break_out(x):
    s = 0.0
    for e in x:
        if e > 0.7:
            s = s + 10.0 * e
            break
        s = s + e * e
    return s


@case(X)
def continue_over_negatives(x):
    s = 1.0
    for i in range(4):
        if x[i] < 0:
            continue
        s = s * x[i]
        s = s + 1.0
    return s


@case(X, also=[(-X,), (0.1 * X,)])
def return_inside_loop(x):
    s = 0.0
    for i in range(len(x)):
        s += x[i] ** 2
        if s > 0.8:
            return s * x[i]
    return s


@case(M, also=[(0.2 * M,)], tags="issue3")
def return_inside_nested_loops(m):
    total = 0.0
    for row in m:
        for e in row:
            total = total + e * e
            if total > 1.9:
                return total * e
        total = total * 1.1
    return total


@case(M)
def break_inner_only(m):
    s = 0.0
    for i in range(2):
        for j in range(3):
            if m[i, j] > 0.7:
                break
            s += m[i, j] ** 2
        s = s * 1.5 + j
    return s


@case(X)
def continue_and_break_together(x):
    s = 0.5
    k = 0
    while True:
        k += 1
        if k == 2:
            continue
        if k > 4:
            break
        s = s * x[k - 1] + k
    return s


@case(X, tags="issue3")
def loop_variable_after_loop(x):
    for i in range(3):
        last = x[i] * i
    return last * x[i] + i


@case(X, tags="issue3")
def element_after_loop(x):
    s = 0.0
    for e in x:
        s = s + e * e
    return s * e


@case(X, 0, also=[(X, 3)], tags="issue3")
def loop_variable_keeps_old_value(x, n):
    e = x[0] * x[1]
    for e in x[:n]:  # noqa: B007
        pass
    return e * e


@case(X, tags="issue3")
def loop_variable_reassigned(x):
    s = 0.0
    for i in range(3):
        i = i + 1
        s += x[i] * i
    return s * i


@case(X, tags="issue3")
def active_loop_variable_reassigned(x):
    s = 0.0
    for e in x:
        e = e * e
        s += math.sin(e)
        e = 0.0
    return s + e


@case(X, tags="issue3")
def nested_loops_same_variable(x):
    s = 0.0
    for i in range(2):
        for i in range(1, 3):
            s += x[i] * x[i]
        s *= x[i]
    return s


@case(X, 3)
def bound_changes_in_the_loop(x, n):
    s = 1.0
    for i in range(n):
        n = n + 5
        s = s * x[i]
    return s * n


@case(X)
def two_accumulators(x):
    a = 1.0
    b = 0.0
    for e in x:
        a, b = a * e + b, a - b * e
    return a * b


@case(0.3, 0.4)
def defined_only_in_the_loop(x, y):
    for k in range(3):
        if k == 0:  # noqa: SIM108
            acc = x
        else:
            acc = acc * y + x
    return acc


@case(0.7)
def previous_iterations_value(x):
    old = 0.0
    s = x
    for _ in range(4):
        new = s * x + old
        old = s
        s = new
    return s + old


@case(0.7)
def overwritten_each_iteration(x):
    for k in range(1, 4):
        y = x * k
        z = y * y
        x = math.cos(z)
    return x + y + z


@case(np.array([0.2, 0.1]), 6, 0.05)
def explicit_euler(state, steps, dt):
    x, v = state
    for _ in range(steps):
        a = -math.sin(x) - 0.1 * v
        x = x + dt * v
        v = v + dt * a
    return x * x + v * v


@case(np.array([1.0, 0.5]), 0.1)
def runge_kutta(y, h):
    for _ in range(3):
        k1 = np.array([y[1], -(y[0] ** 3)])
        mid = y + 0.5 * h * k1
        k2 = np.array([mid[1], -(mid[0] ** 3)])
        y = y + h * k2
    return np.sum(y * y)


@case(np.array([1.0, 1.1, 0.9]), 0.01, 10.0)
def lorenz(s, dt, sigma):
    x, y, z = s[0], s[1], s[2]
    for _ in range(10):
        dx = sigma * (y - x)
        dy = x * (28.0 - z) - y
        dz = x * y - 8.0 / 3.0 * z
        x, y, z = x + dt * dx, y + dt * dy, z + dt * dz
    return x * y + z


@case(0.4, 3)
def rebinds_array_in_loop(a, n):
    v = np.ones(3)
    for k in range(n):
        v = v * a + k
    return np.sum(v**2)


@case(np.array([1.0, 1.0, 1.0]), np.array([[2.0, 1, 0], [1, 3, 1], [0, 1, 4.0]]))
def power_iteration(v, a):
    for _ in range(4):
        w = a @ v
        v = w / np.sqrt(w @ w)
    return v @ a @ v


@case(0.5)
def while_condition_on_float(x):
    t = 0.0
    total = 0.0
    while t < 1.0 - 1e-9:
        total += math.exp(-x * t) * 0.25
        t += 0.25
    return total


@case(1.3, also=[(0.2,)])
def collatz_like_path(x):
    steps = 0
    while x < 10.0 and steps < 8:
        if steps % 3 == 1:  # noqa: SIM108
            x = x / 2.0
        else:
            x = x * x + 1.0
        steps = steps + 1
    return x + steps


@case(0.5)
def pass_only_loop(x):
    for _ in range(3):
        pass
    return x * x


@case(0.3)
def inactive_loop(x):
    k = 1
    for i in range(5):
        k = k * 2 + i
    return x * k


@case(X)
def sum_of_previous_pairs(x):
    best = x[0] * x[1]
    for i in range(1, len(x) - 1):
        v = x[i] * x[i + 1]
        if v > best:
            best = v
    return best


@case(X)
def two_loops_in_sequence(x):
    s = 0.0
    for i in range(4):
        s += x[i] * x[i]
    t = 1.0
    for i in range(4):
        t *= 1.0 + x[i] / s
    return t


@case(0.5)
def deep_nest(x):
    s = 0.0
    for i in range(2):
        for j in range(2):
            for k in range(2):
                for m in range(2):
                    s = math.sin(s + x * (i + 2 * j + 3 * k + m))
    return s


@case(0.6, [1, 0, 2], tags="issue3")
def trip_counts_from_list(x, counts):
    s = x
    for n in counts:
        for _ in range(n):
            s = s * x + 1.0
        s = s * 0.5
    return s


@case(X)
def while_over_index(x):
    i = 0
    s = 0.0
    while i < len(x):
        s = s + x[i] * x[i - 1]
        i = i + 1
    return s


@case(X)
def over_range_of_shape_of_empty(x):
    s = np.sum(x) ** 2
    for i in range(len(x[4:])):
        s = s * x[i]
    for e in x[4:]:
        s = s * e
    return s
