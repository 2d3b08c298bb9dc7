"""Linear equations by LU decomposition with partial pivoting (Golub and Van Loan 3.4).

Rows are exchanged in the matrix itself, and their order is kept for the right side.
"""

import numpy as np


def lu_factor(A):
    n = len(A)
    piv = np.arange(n)
    for k in range(n - 1):
        p = k + np.argmax(np.abs(A[k:, k]))
        if p != k:
            A[[k, p]] = A[[p, k]]
            piv[[k, p]] = piv[[p, k]]
        A[k + 1 :, k] /= A[k, k]
        A[k + 1 :, k + 1 :] -= np.outer(A[k + 1 :, k], A[k, k + 1 :])
    return piv


def lu_solve(LU, piv, b):
    n = len(b)
    x = b[piv]
    for i in range(1, n):
        x[i] -= LU[i, :i] @ x[:i]
    for i in range(n - 1, -1, -1):
        x[i] = (x[i] - LU[i, i + 1 :] @ x[i + 1 :]) / LU[i, i]
    return x


def loss(A, b):
    piv = lu_factor(A)
    x = lu_solve(A, piv, b)
    return x @ x


def data():
    rng = np.random.default_rng(9)
    return rng.normal(size=(5, 5)), rng.normal(size=5)
