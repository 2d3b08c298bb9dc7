"""Clustering by expectation and maximisation of spherical clusters, a few rounds.

Responsibilities are computed by broadcasting; the result is the final distortion.
"""

import numpy as np


def squared_distances(X, centers):
    return ((X[:, None, :] - centers[None, :, :]) ** 2).sum(axis=2)


def soft_kmeans(X, centers, stiffness, rounds):
    for _ in range(rounds):
        d2 = squared_distances(X, centers)
        r = np.exp(-stiffness * (d2 - d2.min(axis=1, keepdims=True)))
        r = r / r.sum(axis=1, keepdims=True)
        centers = (r.T @ X) / r.sum(axis=0)[:, None]
    return centers, r


def loss(X, centers, stiffness):
    centers, r = soft_kmeans(X, centers, stiffness, 3)
    return np.einsum("nk,nk->", r, squared_distances(X, centers)) / X.shape[0]


def data():
    rng = np.random.default_rng(65)
    X = np.concatenate([rng.normal(size=(4, 2)), rng.normal(size=(4, 2)) + 3.0])
    return X, X[[0, 5]] + 0.1, 0.7
