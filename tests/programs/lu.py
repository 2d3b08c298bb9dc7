"""LU decomposition in place without pivoting (Doolittle); log|det| of its diagonal."""

import numpy as np


def lu(A):
    n = A.shape[0]
    for i in range(n):
        for j in range(i):
            A[i, j] -= A[i, :j] @ A[:j, j]
            A[i, j] /= A[j, j]
        for j in range(i, n):
            A[i, j] -= A[i, :i] @ A[:i, j]


def loss(A):
    lu(A)
    return np.sum(np.log(np.abs(np.diag(A)))) + 0.1 * np.sum(A[-1])


def data():
    rng = np.random.default_rng(8)
    return (rng.normal(size=(5, 5)) + 5.0 * np.eye(5),)
