"""General matrix product, C <- alpha A B + beta C, as the BLAS define it.

The sums are accumulated row by row into the caller's C.
"""

import numpy as np


def gemm(alpha, beta, C, A, B):
    n, m = A.shape
    for i in range(n):
        C[i, :] *= beta
        for k in range(m):
            C[i, :] += alpha * A[i, k] * B[k, :]


def loss(alpha, beta, C, A, B):
    gemm(alpha, beta, C, A, B)
    return np.sum(C**2)


def data():
    rng = np.random.default_rng(1)
    A = rng.normal(size=(3, 4))
    B = rng.normal(size=(4, 2))
    C = rng.normal(size=(3, 2))
    return 1.5, 1.2, C, A, B
