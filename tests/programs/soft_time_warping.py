"""Dynamic time warping with a smooth minimum (Cuturi and Blondel 2017)."""

import numpy as np


def softmin3(a, b, c, gamma):
    m = min(a, b, c)
    return m - gamma * np.log(
        np.exp((m - a) / gamma) + np.exp((m - b) / gamma) + np.exp((m - c) / gamma)
    )


def soft_dtw(x, y, gamma):
    n, m = len(x), len(y)
    R = np.full((n + 1, m + 1), np.inf)
    R[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = (x[i - 1] - y[j - 1]) ** 2
            R[i, j] = cost + softmin3(R[i - 1, j - 1], R[i - 1, j], R[i, j - 1], gamma)
    return R[n, m]


def loss(x, y, gamma):
    return soft_dtw(x, y, gamma)


def data():
    t = np.linspace(0.0, 3.0, 6)
    return np.sin(t), np.sin(t[:5] + 0.4), 0.5
