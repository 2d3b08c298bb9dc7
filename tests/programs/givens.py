"""QR decomposition by Givens rotations (Golub and Van Loan 5.2.5), R and Q'b."""

import math

import numpy as np


def rotation(a, b):
    if b == 0.0:
        return 1.0, 0.0
    if abs(b) > abs(a):
        t = -a / b
        s = 1.0 / math.sqrt(1.0 + t * t)
        return s * t, s
    t = -b / a
    c = 1.0 / math.sqrt(1.0 + t * t)
    return c, c * t


def givens_qr(A, b):
    m, n = A.shape
    for j in range(n):
        for i in range(m - 1, j, -1):
            c, s = rotation(A[i - 1, j], A[i, j])
            G = np.array([[c, -s], [s, c]])
            A[i - 1 : i + 1, j:] = G @ A[i - 1 : i + 1, j:]
            b[i - 1 : i + 1] = G @ b[i - 1 : i + 1]


def loss(A, b):
    """Residual sum of squares of A x = b, weighted by the determinant of R."""
    n = A.shape[1]
    givens_qr(A, b)
    return np.sum(b[n:] ** 2) * np.prod(np.diag(A))


def data():
    rng = np.random.default_rng(18)
    return rng.normal(size=(4, 3)), rng.normal(size=4)
