"""QR decomposition by the modified Gram-Schmidt process (Golub and Van Loan 5.2.8)."""

import numpy as np


def gram_schmidt(A):
    Q = np.zeros_like(A)
    R = np.zeros((A.shape[1], A.shape[1]))
    for k in range(A.shape[1]):
        nrm = np.dot(A[:, k], A[:, k])
        R[k, k] = np.sqrt(nrm)
        Q[:, k] = A[:, k] / R[k, k]
        for j in range(k + 1, A.shape[1]):
            R[k, j] = np.dot(Q[:, k], A[:, j])
            A[:, j] -= Q[:, k] * R[k, j]
    return Q, R


def loss(A, b):
    """Sum of squares of the least squares solution of A x = b."""
    n = A.shape[1]
    Q, R = gram_schmidt(A)
    x = Q.T @ b
    for i in reversed(range(n)):
        x[i] = (x[i] - R[i, i + 1 :] @ x[i + 1 :]) / R[i, i]
    return np.sum(x**2)


def data():
    rng = np.random.default_rng(13)
    return rng.normal(size=(5, 3)), rng.normal(size=5)
