"""Symmetric rank-k update of a lower triangle, C <- alpha A A' + beta C (BLAS)."""

import numpy as np


def syrk(alpha, beta, C, A):
    for i in range(A.shape[0]):
        C[i, : i + 1] *= beta
        for k in range(A.shape[1]):
            C[i, : i + 1] += alpha * A[i, k] * A[: i + 1, k]


def loss(alpha, beta, C, A):
    syrk(alpha, beta, C, A)
    return np.sum(np.tril(C) ** 2)


def data():
    rng = np.random.default_rng(4)
    A = rng.normal(size=(4, 3))
    C = rng.normal(size=(4, 4))
    return 1.5, 0.8, C, A
