"""Gauss-Seidel sweeps of a nine-point average over the inside of a square."""

import numpy as np


def seidel_2d(steps, n, A):
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i, j] = (
                    A[i - 1, j - 1]
                    + A[i - 1, j]
                    + A[i - 1, j + 1]
                    + A[i, j - 1]
                    + A[i, j]
                    + A[i, j + 1]
                    + A[i + 1, j - 1]
                    + A[i + 1, j]
                    + A[i + 1, j + 1]
                ) / 9.0


def loss(A):
    seidel_2d(3, len(A), A)
    return np.sum(A**3)


def data():
    return (np.random.default_rng(21).uniform(0.5, 1.5, size=(5, 5)),)
