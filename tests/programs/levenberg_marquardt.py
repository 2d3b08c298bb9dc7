"""Curve fitting by Levenberg and Marquardt: a decay with an offset, loss at the end.

The derivative with respect to the observations goes through the whole fit.
"""

import numpy as np


def model(p, t):
    return p[0] * np.exp(-p[1] * t) + p[2]


def jacobian(p, t):
    e = np.exp(-p[1] * t)
    return np.column_stack([e, -p[0] * t * e, np.ones_like(t)])


def fit(t, y, p, damping=1e-2, steps=5):
    cost = np.sum((y - model(p, t)) ** 2)
    for _ in range(steps):
        J = jacobian(p, t)
        r = y - model(p, t)
        H = J.T @ J
        H[np.diag_indices(3)] *= 1.0 + damping
        trial = p + np.linalg.solve(H, J.T @ r)
        trial_cost = np.sum((y - model(trial, t)) ** 2)
        if trial_cost < cost:
            p, cost = trial, trial_cost
            damping /= 10.0
        else:
            damping *= 10.0
    return p


def loss(y, t, guess):
    amplitude, rate, offset = fit(t, y, guess)
    return amplitude / rate + offset


def data():
    t = np.linspace(0.0, 3.0, 7)
    rng = np.random.default_rng(54)
    y = 2.0 * np.exp(-1.3 * t) + 0.5 + 0.05 * rng.normal(size=7)
    return y, t, np.array([1.5, 1.0, 0.3])
