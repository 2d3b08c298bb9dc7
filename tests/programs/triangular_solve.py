"""Forward substitution L x = b, and back substitution L' y = x."""

import numpy as np


def trisolv(L, x, b):
    for i in range(L.shape[0]):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]


def trisolv_transposed(L, y, b):
    for i in range(len(b))[::-1]:
        y[i] = (b[i] - np.sum(L[i + 1 :, i] * y[i + 1 :])) / L[i, i]


def loss(L, b):
    x = np.empty_like(b)
    y = np.empty_like(b)
    trisolv(L, x, b)
    trisolv_transposed(L, y, x)
    return b @ y


def data():
    rng = np.random.default_rng(12)
    L = np.tril(rng.normal(size=(4, 4))) + 3.0 * np.eye(4)
    return L, rng.normal(size=4)
