"""A long short-term memory cell (Hochreiter, Schmidhuber 1997) over a sequence.

The gates stand side by side in one matrix and are sliced apart.
"""

import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lstm_step(params, x, h, c):
    n = h.shape[0]
    gates = params["Wx"] @ x + params["Wh"] @ h + params["b"]
    i = sigmoid(gates[:n])
    f = sigmoid(gates[n : 2 * n] + 1.0)
    o = sigmoid(gates[2 * n : 3 * n])
    g = np.tanh(gates[3 * n :])
    c = f * c + i * g
    h = o * np.tanh(c)
    return h, c


def loss(params, xs, ys):
    n = params["Wh"].shape[1]
    h = np.zeros(n)
    c = np.zeros(n)
    total = 0.0
    for x, y in zip(xs, ys):
        h, c = lstm_step(params, x, h, c)
        prediction = params["out"] @ h
        total += 0.5 * (prediction - y) ** 2
    return total / len(xs)


def data():
    rng = np.random.default_rng(36)
    n, m = 2, 2
    params = {
        "Wx": rng.normal(size=(4 * n, m)),
        "Wh": rng.normal(size=(4 * n, n)),
        "b": np.zeros(4 * n),
        "out": rng.normal(size=n),
    }
    return params, rng.normal(size=(4, m)), rng.normal(size=4)
