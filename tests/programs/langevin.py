"""Mean reverting stochastic equation by Euler-Maruyama, with the noise given.

An Ornstein-Uhlenbeck rate with a level dependent volatility (Cox, Ingersoll, Ross),
many paths at once, each kept in a row of the history.
"""

import numpy as np


def simulate(r0, kappa, level, sigma, noise, dt):
    paths, steps = noise.shape
    r = np.empty((paths, steps + 1))
    r[:, 0] = r0
    for t in range(steps):
        drift = kappa * (level - r[:, t]) * dt
        shock = sigma * np.sqrt(np.maximum(r[:, t], 0.0) * dt) * noise[:, t]
        r[:, t + 1] = r[:, t] + drift + shock
    return r


def loss(r0, kappa, level, sigma, noise):
    """Price of a discount bond: the mean of exp(-integral of the rate)."""
    dt = 0.25
    r = simulate(r0, kappa, level, sigma, noise, dt)
    integral = dt * (r[:, :-1] + r[:, 1:]).sum(axis=1) / 2
    return np.exp(-integral).mean()


def data():
    noise = np.random.default_rng(28).normal(size=(5, 4))
    return 0.04, 0.6, 0.05, 0.1, noise
