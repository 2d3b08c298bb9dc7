"""Predators and prey (Lotka 1925, Volterra 1926), by the classical Runge-Kutta method.

The trajectory is stored in an array and compared with counts.
"""

import numpy as np


def rhs(y, p):
    prey, predators = y
    return np.array(
        [
            p["birth"] * prey - p["predation"] * prey * predators,
            p["growth"] * prey * predators - p["death"] * predators,
        ]
    )


def rk4(f, y0, times, p):
    y = np.zeros((len(times), len(y0)))
    y[0] = y0
    for n in range(len(times) - 1):
        h = times[n + 1] - times[n]
        k1 = f(y[n], p)
        k2 = f(y[n] + 0.5 * h * k1, p)
        k3 = f(y[n] + 0.5 * h * k2, p)
        k4 = f(y[n] + h * k3, p)
        y[n + 1] = y[n] + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return y


def loss(p, y0, times, counts):
    y = rk4(rhs, y0, times, p)
    return np.sum((np.log(y) - np.log(counts)) ** 2)


def data():
    p = {"birth": 1.1, "predation": 0.4, "growth": 0.1, "death": 0.4}
    rng = np.random.default_rng(27)
    times = np.linspace(0.0, 1.5, 6)
    return p, np.array([10.0, 5.0]), times, rng.uniform(5.0, 15.0, size=(6, 2))
