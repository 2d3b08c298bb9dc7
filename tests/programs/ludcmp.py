"""Linear equations by LU decomposition and two substitutions, in scalar loops.

Numerical Recipes' arrangement: the factors overwrite A, then L y = b and U x = y.
"""

import numpy as np


def ludcmp(A, b, x, y):
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            w = A[i, j]
            for k in range(j):
                w -= A[i, k] * A[k, j]
            A[i, j] = w / A[j, j]
        for j in range(i, n):
            w = A[i, j]
            for k in range(i):
                w -= A[i, k] * A[k, j]
            A[i, j] = w
    for i in range(n):
        w = b[i]
        for j in range(i):
            w -= A[i, j] * y[j]
        y[i] = w
    for i in range(n - 1, -1, -1):
        w = y[i]
        for j in range(i + 1, n):
            w -= A[i, j] * x[j]
        x[i] = w / A[i, i]


def loss(A, b):
    x = np.zeros_like(b)
    y = np.zeros_like(b)
    ludcmp(A, b, x, y)
    return np.sum(x**2)


def data():
    rng = np.random.default_rng(10)
    return rng.normal(size=(4, 4)) + 4.0 * np.eye(4), rng.normal(size=4)
