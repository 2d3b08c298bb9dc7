"""Symmetric matrix product, C <- alpha A B + beta C (BLAS).

Only the lower triangle of A is looked at: what stands above it is not read.
"""

import numpy as np


def symm(alpha, beta, C, A, B):
    m, n = C.shape
    temp2 = np.empty(n)
    for i in range(m):
        for j in range(n):
            C[:i, j] += alpha * B[i, j] * A[i, :i]
            temp2[j] = B[:i, j] @ A[i, :i]
        C[i, :] = beta * C[i, :] + alpha * B[i, :] * A[i, i] + alpha * temp2


def loss(alpha, beta, C, A, B):
    symm(alpha, beta, C, A, B)
    return np.mean(C**2)


def data():
    rng = np.random.default_rng(7)
    A = rng.normal(size=(3, 3))
    B = rng.normal(size=(3, 2))
    C = rng.normal(size=(3, 2))
    return 1.3, 0.4, C, A, B
