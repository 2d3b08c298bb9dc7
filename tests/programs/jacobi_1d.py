"""Jacobi sweeps of a three-point average on a line, between two arrays in turn."""

import numpy as np


def jacobi_1d(steps, A, B):
    for _ in range(1, steps):
        B[1:-1] = 0.33333 * (A[:-2] + A[1:-1] + A[2:])
        A[1:-1] = 0.33333 * (B[:-2] + B[1:-1] + B[2:])


def loss(A, B, steps):
    jacobi_1d(steps, A, B)
    return np.sum(A**2)


def data():
    n = 9
    A = (np.arange(n) + 2.0) / n
    B = (np.arange(n) + 3.0) / n
    return A, B, 5
