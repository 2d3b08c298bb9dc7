"""Training a small regression by Adam, differentiated through the optimiser.

The moments are kept in dicts beside the parameters and updated in place.
"""

import numpy as np


def gradients(params, x, y):
    residual = x @ params["w"] + params["c"] - y
    return {"w": 2.0 * x.T @ residual / len(y), "c": 2.0 * np.mean(residual)}


def train(params, x, y, rate, steps):
    m = {key: np.zeros_like(value) for key, value in params.items()}
    v = {key: np.zeros_like(value) for key, value in params.items()}
    for t in range(1, steps + 1):
        g = gradients(params, x, y)
        for key in params:
            m[key] = 0.9 * m[key] + 0.1 * g[key]
            v[key] = 0.999 * v[key] + 0.001 * g[key] ** 2
            m_hat = m[key] / (1.0 - 0.9**t)
            v_hat = v[key] / (1.0 - 0.999**t)
            params[key] = params[key] - rate * m_hat / (np.sqrt(v_hat) + 1e-8)
    return params


def loss(w, c, rate, x, y):
    params = train({"w": w, "c": c}, x, y, rate, 3)
    return np.mean((x @ params["w"] + params["c"] - y) ** 2)


def data():
    rng = np.random.default_rng(55)
    return rng.normal(size=2), 0.3, 0.1, rng.normal(size=(5, 2)), rng.normal(size=5)
