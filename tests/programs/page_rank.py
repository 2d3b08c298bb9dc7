"""PageRank of a weighted graph by repeated products, until the ranks settle."""

import numpy as np


def pagerank(weights, damping=0.85, tol=1e-9):
    n = weights.shape[0]
    out = weights.sum(axis=1)
    M = (weights / out[:, np.newaxis]).T
    rank = np.ones(n) / n
    delta = 1.0
    while delta > tol:
        new_rank = (1.0 - damping) / n + damping * M.dot(rank)
        delta = np.linalg.norm(new_rank - rank, 1)
        rank = new_rank
    return rank


def loss(weights, damping):
    rank = pagerank(weights, damping=damping)
    return -np.sum(rank * np.log(rank))


def data():
    weights = np.random.default_rng(51).uniform(0.1, 1.0, size=(4, 4))
    return weights, 0.85
