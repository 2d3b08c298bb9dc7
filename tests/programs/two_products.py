"""Two chained matrix products, D <- alpha A B C + beta D, in scalar loops.

The product A B is kept in a work array that the caller hands in.
"""

import numpy as np


def two_products(alpha, beta, tmp, A, B, C, D):
    ni, nk = A.shape
    nj = B.shape[1]
    nl = D.shape[1]
    for i in range(ni):
        for j in range(nj):
            tmp[i, j] = 0.0
            for k in range(nk):
                tmp[i, j] += alpha * A[i, k] * B[k, j]
    for i in range(ni):
        for j in range(nl):
            D[i, j] *= beta
            for k in range(nj):
                D[i, j] += tmp[i, k] * C[k, j]


def loss(alpha, beta, A, B, C, D):
    tmp = np.empty((A.shape[0], B.shape[1]))
    two_products(alpha, beta, tmp, A, B, C, D)
    return np.sum(np.sin(D))


def data():
    rng = np.random.default_rng(2)
    A = rng.normal(size=(2, 3))
    B = rng.normal(size=(3, 2))
    C = rng.normal(size=(2, 3))
    D = rng.normal(size=(2, 3))
    return 0.7, 1.1, A, B, C, D
