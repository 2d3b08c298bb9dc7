"""Triangular matrix product in place, B <- alpha A' B, unit lower A (BLAS)."""

import numpy as np


def trmm(alpha, A, B):
    for i in range(B.shape[0]):
        for j in range(B.shape[1]):
            B[i, j] += np.dot(A[i + 1 :, i], B[i + 1 :, j])
    B *= alpha


def loss(alpha, A, B):
    trmm(alpha, A, B)
    return np.sum(np.tanh(B))


def data():
    rng = np.random.default_rng(6)
    A = np.tril(rng.normal(size=(4, 4)), -1) + np.eye(4)
    B = rng.normal(size=(4, 3))
    return 0.9, A, B
