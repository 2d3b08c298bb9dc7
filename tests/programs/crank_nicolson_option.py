"""European option by Crank and Nicolson in the logarithm of the price, densely."""

import numpy as np


def build(n, dx, dt, r, sigma):
    alpha = 0.5 * sigma**2 / dx**2
    beta = (r - 0.5 * sigma**2) / (2.0 * dx)
    L = np.zeros((n, n))
    for i in range(1, n - 1):
        L[i, i - 1] = alpha - beta
        L[i, i] = -2.0 * alpha - r
        L[i, i + 1] = alpha + beta
    return np.eye(n) - 0.5 * dt * L, np.eye(n) + 0.5 * dt * L


def loss(S, K, T, r, sigma):
    n, steps = 9, 4
    x = np.log(S) + np.linspace(-1.2, 1.2, n)
    V = np.maximum(np.exp(x) - K, 0.0)
    left, right = build(n, x[1] - x[0], T / steps, r, sigma)
    for k in range(1, steps + 1):
        rhs = right @ V
        rhs[0] = 0.0
        rhs[-1] = np.exp(x[-1]) - K * np.exp(-r * k * T / steps)
        V = np.linalg.solve(left, rhs)
    return V[n // 2]


def data():
    return 100.0, 95.0, 0.5, 0.03, 0.3
