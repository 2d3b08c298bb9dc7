"""Linear equations by BiCGSTAB (van der Vorst 1992), a matrix without symmetry."""

import numpy as np


def bicgstab(A, b, iterations):
    x = np.zeros(len(b))
    r = b - A.dot(x)
    r_hat = r.copy()
    rho = alpha = omega = 1.0
    v = p = np.zeros(len(b))
    for _ in range(iterations):
        rho_old, rho = rho, r_hat @ r
        beta = (rho / rho_old) * (alpha / omega)
        p = r + beta * (p - omega * v)
        v = A @ p
        alpha = rho / (r_hat @ v)
        s = r - alpha * v
        t = A @ s
        omega = (t @ s) / (t @ t)
        x += alpha * p + omega * s
        r = s - omega * t
    return x, np.linalg.norm(r)


def loss(A, b):
    x, residual = bicgstab(A, b, 3)
    return x @ b + residual


def data():
    rng = np.random.default_rng(53)
    return 3.0 * np.eye(4) + rng.normal(size=(4, 4)), rng.normal(size=4)
