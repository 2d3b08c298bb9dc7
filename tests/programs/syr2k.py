"""Symmetric rank-2k update, C <- alpha (A B' + B A') + beta C, lower triangle (BLAS).

Written with scalar loops over the triangle; the result is returned.
"""

import numpy as np


def syr2k(alpha, beta, C, A, B):
    n, m = A.shape
    for i in range(n):
        for j in range(i + 1):
            C[i, j] = beta * C[i, j]
        for k in range(m):
            for j in range(i + 1):
                C[i, j] += A[j, k] * alpha * B[i, k] + B[j, k] * alpha * A[i, k]
    return C


def loss(alpha, beta, C, A, B):
    S = syr2k(alpha, beta, C, A, B)
    total = 0.0
    for i in range(len(S)):
        total += S[i, : i + 1].sum() ** 2
    return total


def data():
    rng = np.random.default_rng(5)
    A = rng.normal(size=(3, 2))
    B = rng.normal(size=(3, 2))
    C = rng.normal(size=(3, 3))
    return 1.1, 0.6, C, A, B
