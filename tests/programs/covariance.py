"""Covariance matrix by its sums, the upper triangle mirrored into the lower."""

import numpy as np


def covariance(x):
    n, m = x.shape
    mean = np.zeros(m)
    for i in range(n):
        mean += x[i]
    mean /= n
    centred = x - mean
    cov = np.zeros((m, m))
    for i in range(m):
        for j in range(i, m):
            cov[i, j] = centred[:, i] @ centred[:, j] / (n - 1.0)
            cov[j, i] = cov[i, j]
    return cov


def loss(x, weights):
    """Variance of a portfolio and how far its variance is from equally shared."""
    cov = covariance(x)
    contribution = weights * (cov @ weights)
    return contribution.sum() + np.var(contribution)


def data():
    rng = np.random.default_rng(32)
    return rng.normal(size=(6, 3)), np.array([0.5, 0.3, 0.2])
