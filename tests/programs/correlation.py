"""Correlation matrix of data in columns, standardised in place, row by row."""

import numpy as np


def correlation(data):
    n, m = data.shape
    mean = np.mean(data, axis=0)
    stddev = np.std(data, axis=0)
    stddev[stddev <= 0.1] = 1.0
    data -= mean
    data /= np.sqrt(n) * stddev
    corr = np.eye(m, dtype=data.dtype)
    for i in range(m - 1):
        corr[i + 1 :, i] = corr[i, i + 1 :] = data[:, i] @ data[:, i + 1 :]
    return corr


def loss(samples):
    corr = correlation(samples)
    return -np.sum(np.log(1.0 - np.tril(corr, -1) ** 2))


def data():
    return (np.random.default_rng(31).normal(size=(6, 3)),)
