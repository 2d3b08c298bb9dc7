"""Durbin's recursion for the Yule-Walker equations (Golub and Van Loan 4.7.2).

The coefficients are reversed and updated through a flipped slice.
"""

import numpy as np


def durbin(r):
    y = np.empty_like(r)
    alpha = -r[0]
    beta = 1.0
    y[0] = -r[0]
    for k in range(1, r.shape[0]):
        beta *= 1.0 - alpha * alpha
        alpha = -(r[k] + np.dot(np.flip(r[:k]), y[:k])) / beta
        y[:k] += alpha * np.flip(y[:k])
        y[k] = alpha
    return y


def loss(r):
    y = durbin(r)
    return y @ y


def data():
    return (0.8 ** np.arange(1, 7) + 0.05 * np.random.default_rng(14).normal(size=6),)
