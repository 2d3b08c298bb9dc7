"""Heat equation on a square by alternating directions (Peaceman and Rachford 1955).

Each half step solves tridiagonal systems along one direction, all columns at once,
by elimination forward and substitution backward.
"""

import numpy as np


def adi(u, steps, dt, dx):
    n = u.shape[0]
    r = dt / dx**2
    a = -r / 2.0
    b = 1.0 + r
    c = a
    v = np.zeros_like(u)
    p = np.zeros_like(u)
    q = np.zeros_like(u)
    for _ in range(steps):
        for src, dst in ((u, v), (v, u)):
            dst[0, :] = 0.0
            p[:, 0] = 0.0
            q[1:-1, 0] = 0.0
            for j in range(1, n - 1):
                p[1:-1, j] = -c / (a * p[1:-1, j - 1] + b)
                rhs = -a * src[j, :-2] + (1.0 + 2.0 * a) * src[j, 1:-1] - c * src[j, 2:]
                q[1:-1, j] = (rhs - a * q[1:-1, j - 1]) / (a * p[1:-1, j - 1] + b)
            dst[-1, 1:-1] = 0.0
            for j in range(n - 2, 0, -1):
                dst[1:-1, j] = p[1:-1, j] * dst[1:-1, j + 1] + q[1:-1, j]


def loss(u, dt):
    adi(u, 2, dt, 1.0 / len(u))
    return np.sum(u**2)


def data():
    return np.random.default_rng(25).uniform(size=(5, 5)), 0.02
