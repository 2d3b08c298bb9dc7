"""Lorenz's 1996 model of a latitude circle; the forecast's misfit to observations.

States are appended to a list, and the analysis compares every second one.
"""

import numpy as np


def tendency(x, forcing):
    return (np.roll(x, -1) - np.roll(x, 2)) * np.roll(x, 1) - x + forcing


def forecast(x0, forcing, dt, steps):
    states = [x0]
    for _ in range(steps):
        x = states[-1]
        k1 = tendency(x, forcing)
        k2 = tendency(x + 0.5 * dt * k1, forcing)
        states.append(x + dt * k2)
    return states


def loss(x0, forcing, observations):
    states = forecast(x0, forcing, 0.05, 6)
    misfit = 0.0
    for k, observed in enumerate(observations):
        misfit += np.sum((states[2 * (k + 1)] - observed) ** 2)
    return misfit


def data():
    rng = np.random.default_rng(56)
    return rng.normal(size=5) + 2.0, 8.0, rng.normal(size=(3, 5))
