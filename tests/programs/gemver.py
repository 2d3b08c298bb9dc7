"""Vector multiplication and matrix addition in one pass (the updated BLAS' dgemver)."""

import numpy as np


def gemver(alpha, beta, A, u1, v1, u2, v2, w, x, y, z):
    A += np.outer(u1, v1) + np.outer(u2, v2)
    x += beta * y @ A + z
    w += alpha * A @ x


def loss(alpha, beta, A, u1, v1, y, z):
    x = np.zeros_like(y)
    w = np.zeros_like(y)
    gemver(alpha, beta, A, u1, v1, v1, u1, w, x, y, z)
    return w @ w


def data():
    rng = np.random.default_rng(52)
    vectors = rng.normal(size=(4, 3))
    return 1.5, 1.2, rng.normal(size=(3, 3)), *vectors
