"""All shortest paths by Floyd and Warshall, with a smooth minimum."""

import numpy as np


def softmin(a, b, gamma):
    low = np.minimum(a, b)
    return low - gamma * np.log(np.exp(-(a - low) / gamma) + np.exp(-(b - low) / gamma))


def floyd_warshall(path, gamma):
    for k in range(path.shape[0]):
        path[:] = softmin(path[:], np.add.outer(path[:, k], path[k, :]), gamma)


def loss(lengths, gamma):
    path = lengths.copy()
    floyd_warshall(path, gamma)
    return np.sum(path) / path.size


def data():
    return np.random.default_rng(43).uniform(0.5, 4.0, size=(4, 4)), 0.3
