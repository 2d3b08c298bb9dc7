"""QR decomposition by Householder reflections (Golub and Van Loan 5.2.1).

R overwrites A; the reflections are applied to the right side b as they come.
"""

import numpy as np


def house(x):
    v = x.copy()
    v[0] += np.copysign(np.linalg.norm(x), x[0])
    return v / np.linalg.norm(v)


def least_squares(A, b):
    m, n = A.shape
    for j in range(n):
        v = house(A[j:, j])
        A[j:, j:] -= 2.0 * np.outer(v, v @ A[j:, j:])
        b[j:] -= 2.0 * v * (v @ b[j:])
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    return x


def loss(A, b):
    x = least_squares(A, b)
    return np.sum(x * x)


def data():
    rng = np.random.default_rng(17)
    return rng.normal(size=(5, 3)), rng.normal(size=5)
