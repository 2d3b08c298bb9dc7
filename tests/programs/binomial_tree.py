"""American put on a binomial tree (Cox, Ross, Rubinstein 1979), values in place."""

import numpy as np


def american_put(S, K, T, r, sigma, n):
    dt = T / n
    u = np.exp(sigma * np.sqrt(dt))
    d = 1.0 / u
    p = (np.exp(r * dt) - d) / (u - d)
    disc = np.exp(-r * dt)
    prices = S * u ** np.arange(n, -n - 1, -2)
    values = np.maximum(K - prices, 0.0)
    for i in range(n - 1, -1, -1):
        values[: i + 1] = disc * (p * values[: i + 1] + (1.0 - p) * values[1 : i + 2])
        prices = prices[:-1] * d
        values[: i + 1] = np.maximum(values[: i + 1], K - prices)
    return values[0]


def loss(S, K, T, r, sigma):
    return american_put(S, K, T, r, sigma, 7)


def data():
    return 100.0, 103.0, 1.0, 0.05, 0.25
