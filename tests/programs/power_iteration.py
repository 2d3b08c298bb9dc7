"""Greatest eigenvalue of a symmetric matrix by power iteration to convergence."""

import numpy as np


def power_iteration(A, v, tol):
    v = v / np.linalg.norm(v)
    eigenvalue = 0.0
    while True:
        w = A @ v
        previous = eigenvalue
        eigenvalue = np.dot(v, w)
        v = w / np.linalg.norm(w)
        if abs(eigenvalue - previous) < tol * abs(eigenvalue):
            return eigenvalue, v


def loss(A, start, weights):
    eigenvalue, v = power_iteration(A, start, 1e-8)
    return eigenvalue + np.sum(weights * v**2)


def data():
    rng = np.random.default_rng(16)
    B = rng.normal(size=(4, 4))
    return B + B.T + np.diag([9.0, 1.0, 0.0, -1.0]), np.ones(4), rng.normal(size=4)
