"""Evidence of a changing Poisson rate: posterior over the day of change, by a matrix.

Rates have exponential priors; the log probabilities of all days are filled into an
array and combined by log-sum-exp.
"""

import numpy as np


def log_posterior(counts, early, late, rate_prior):
    n = len(counts)
    lp = np.empty(n)
    lp.fill(-np.log(n))
    for day in range(n):
        rate = np.where(np.arange(n) < day, early, late)
        lp[day] += np.sum(counts * np.log(rate) - rate)
    lp += 2 * np.log(rate_prior) - rate_prior * (early + late)
    return lp


def loss(early, late, rate_prior, counts):
    lp = log_posterior(counts, early, late, rate_prior)
    return -np.logaddexp.reduce(lp)


wrt = ("early", "late", "rate_prior")


def data():
    return 3.0, 1.0, 0.5, np.array([4, 5, 4, 0, 1, 2, 0, 1])
