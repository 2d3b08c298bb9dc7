"""Sparse matrix times vector in compressed rows, iterated as a damped Jacobi solve."""

import numpy as np


def spmv(indptr, indices, values, x):
    y = np.empty(len(indptr) - 1)
    for i in range(len(indptr) - 1):
        cols = indices[indptr[i] : indptr[i + 1]]
        vals = values[indptr[i] : indptr[i + 1]]
        y[i] = vals @ x[cols]
    return y


def diagonal(indptr, indices, values):
    d = np.zeros(len(indptr) - 1)
    for i in range(len(d)):
        for k in range(indptr[i], indptr[i + 1]):
            if indices[k] == i:
                d[i] = values[k]
    return d


def loss(values, b, indptr, indices):
    d = diagonal(indptr, indices, values)
    x = b / d
    for _ in range(6):
        residual = b - spmv(indptr, indices, values, x)
        x += 0.8 * residual / d
    return np.sum(x**2)


def data():
    rng = np.random.default_rng(40)
    dense = rng.normal(size=(5, 5)) * (rng.uniform(size=(5, 5)) < 0.4)
    dense[range(5), range(5)] = 3.0
    rows, cols = np.nonzero(dense)
    indptr = np.searchsorted(rows, np.arange(6))
    return dense[rows, cols], rng.normal(size=5), indptr, cols
