"""A small neural differential equation; network parameters packed in one vector."""

import numpy as np


def unpack(theta, sizes):
    weights = []
    start = 0
    for m, n in zip(sizes[:-1], sizes[1:]):
        W = theta[start : start + m * n].reshape(m, n)
        start += m * n
        b = theta[start : start + n]
        start += n
        weights.append((W, b))
    return weights


def velocity(y, weights):
    *hidden, (W_out, b_out) = weights
    for W, b in hidden:
        y = np.tanh(y @ W + b)
    return y @ W_out + b_out


def loss(theta, y0, targets):
    weights = unpack(theta, [2, 3, 2])
    y = y0
    total = 0.0
    for target in targets:
        k = velocity(y, weights)
        y = y + 0.1 * velocity(y + 0.05 * k, weights)
        total += np.sum((y - target) ** 2)
    return total


def data():
    rng = np.random.default_rng(57)
    return rng.normal(size=17), np.array([1.0, 0.0]), rng.normal(size=(3, 2))
