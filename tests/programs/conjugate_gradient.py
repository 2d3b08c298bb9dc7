"""Conjugate gradients for a positive definite system (Hestenes, Stiefel 1952).

Stops when the residual is small enough, as one does.
"""

import numpy as np


def conjugate_gradient(A, b, tol=1e-10, max_iter=50):
    x = np.zeros_like(b)
    r = b - A @ x
    p = r.copy()
    rs_old = r @ r
    for _ in range(max_iter):
        Ap = A @ p
        alpha = rs_old / (p @ Ap)
        x += alpha * p
        r -= alpha * Ap
        rs_new = r @ r
        if np.sqrt(rs_new) < tol:
            break
        p = r + (rs_new / rs_old) * p
        rs_old = rs_new
    return x


def loss(M, b, target):
    A = M @ M.T + np.eye(len(b))
    x = conjugate_gradient(A, b, tol=1e-7)
    return np.sum((x - target) ** 2)


def data():
    rng = np.random.default_rng(15)
    return rng.normal(size=(4, 4)), rng.normal(size=4), rng.normal(size=4)
