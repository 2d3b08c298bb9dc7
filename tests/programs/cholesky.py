"""Cholesky decomposition in place, row by row, by its defining sums.

The loss is the negative log density of a centred normal vector with covariance A.
"""

import math

import numpy as np


def cholesky(A):
    A[0, 0] = np.sqrt(A[0, 0])
    for i in range(1, A.shape[0]):
        for j in range(i):
            A[i, j] -= np.dot(A[i, :j], A[j, :j])
            A[i, j] /= A[j, j]
        A[i, i] -= np.dot(A[i, :i], A[i, :i])
        A[i, i] = np.sqrt(A[i, i])


def loss(A, x):
    n = len(x)
    cholesky(A)
    z = np.zeros(n)
    for i in range(n):
        z[i] = (x[i] - A[i, :i] @ z[:i]) / A[i, i]
    return 0.5 * z @ z + np.log(np.diag(A)).sum() + 0.5 * n * math.log(2.0 * math.pi)


def data():
    rng = np.random.default_rng(11)
    R = rng.normal(size=(4, 4))
    return R @ R.T + np.eye(4), rng.normal(size=4)
