"""An SEIR epidemic with a contact rate that changes on given days, fitted to cases.

Negative log-likelihood of Poisson counts; a few Euler substeps a day.
"""

import math


def simulate(beta, sigma, gamma, N, E0, days, change_day, substeps=4):
    S, E, I, R = N - E0, E0, 0.0, 0.0
    dt = 1.0 / substeps
    daily = []
    for day in range(days):
        rate = beta[0] if day < change_day else beta[1]
        new_cases = 0.0
        for _ in range(substeps):
            infections = rate * S * I / N * dt
            onsets = sigma * E * dt
            recoveries = gamma * I * dt
            S -= infections
            E += infections - onsets
            I += onsets - recoveries
            R += recoveries
            new_cases += onsets
        daily.append(new_cases)
    return daily


def loss(beta, sigma, gamma, E0, cases):
    predicted = simulate(beta, sigma, gamma, 1e4, E0, len(cases), 4)
    nll = 0.0
    for k, mu in zip(cases, predicted):
        nll += mu - k * math.log(mu)
    return nll


def data():
    return (0.8, 0.3), 0.25, 0.2, 30.0, [6, 5, 8, 7, 9, 8, 9]
