"""Log-likelihood of a hidden Markov model by the scaled forward recursion.

Transition and emission probabilities come from unconstrained scores (Rabiner 1989).
"""

import numpy as np


def normalise(scores):
    e = np.exp(scores - scores.max(axis=1)[:, None])
    return e / e.sum(axis=1)[:, None]


def forward(observations, start, transition, emission):
    alpha = start * emission[:, observations[0]]
    scale = alpha.sum()
    alpha = alpha / scale
    loglik = np.log(scale)
    for symbol in observations[1:]:
        alpha = (alpha @ transition) * emission[:, symbol]
        scale = alpha.sum()
        alpha /= scale
        loglik += np.log(scale)
    return loglik


def loss(transition_scores, emission_scores, observations):
    k = len(transition_scores)
    start = np.ones(k) / k
    return -forward(
        observations, start, normalise(transition_scores), normalise(emission_scores)
    )


def data():
    rng = np.random.default_rng(42)
    return (
        rng.normal(size=(3, 3)),
        rng.normal(size=(3, 4)),
        rng.integers(0, 4, size=8).tolist(),
    )
