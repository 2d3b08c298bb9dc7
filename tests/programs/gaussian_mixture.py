"""Negative log-likelihood of a mixture of Gaussians, by log-sum-exp.

Each covariance is given by its inverse Cholesky factor: logarithms of the diagonal
and the entries below it.
"""

import numpy as np


def logsumexp(x, axis):
    m = np.max(x, axis=axis, keepdims=True)
    return np.squeeze(m, axis) + np.log(np.sum(np.exp(x - m), axis=axis))


def precision_factor(log_diagonal, below):
    d = len(log_diagonal)
    L = np.zeros((d, d))
    L[np.arange(d), np.arange(d)] = np.exp(log_diagonal)
    L[np.tril_indices(d, -1)] = below
    return L


def loss(alphas, means, log_diagonals, below, x):
    n, d = x.shape
    K = len(alphas)
    terms = np.zeros((n, K))
    for k in range(K):
        L = precision_factor(log_diagonals[k], below[k])
        q = (x - means[k]) @ L.T
        terms[:, k] = alphas[k] + log_diagonals[k].sum() - 0.5 * np.sum(q**2, axis=1)
    loglik = logsumexp(terms, 1).sum() - n * logsumexp(alphas, 0)
    return -(loglik - 0.5 * n * d * np.log(2 * np.pi))


def data():
    rng = np.random.default_rng(47)
    d, K, n = 2, 3, 5
    return (
        rng.normal(size=K),
        rng.normal(size=(K, d)),
        0.2 * rng.normal(size=(K, d)),
        rng.normal(size=(K, d * (d - 1) // 2)),
        rng.normal(size=(n, d)),
    )
