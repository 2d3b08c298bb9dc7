"""Negative log marginal likelihood of Gaussian process regression.

Squared exponential kernel with a length for each dimension, by the Cholesky factor
(Rasmussen and Williams 2006, algorithm 2.1).
"""

import numpy as np


def kernel(a, b, amplitude, lengths):
    diff = (a[:, None, :] - b[None, :, :]) / lengths
    return amplitude**2 * np.exp(-0.5 * np.sum(diff**2, axis=-1))


def loss(log_params, X, y):
    amplitude, noise = np.exp(log_params[0]), np.exp(log_params[1])
    lengths = np.exp(log_params[2:])
    n = len(y)
    K = kernel(X, X, amplitude, lengths) + noise**2 * np.eye(n)
    L = np.linalg.cholesky(K)
    alpha = np.linalg.solve(L.T, np.linalg.solve(L, y))
    return (
        0.5 * y @ alpha + np.sum(np.log(np.diagonal(L))) + 0.5 * n * np.log(2.0 * np.pi)
    )


def data():
    rng = np.random.default_rng(48)
    X = rng.uniform(-1.0, 1.0, size=(6, 2))
    y = np.sin(3.0 * X[:, 0]) + 0.1 * rng.normal(size=6)
    return np.array([0.1, -1.0, -0.3, 0.2]), X, y
