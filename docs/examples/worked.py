"""The worked examples of worked-examples.md."""

import numpy as np


def lecture(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def twice(x):
    e = np.exp(x)
    return (e + 1) * e


def shared(x, y):
    return x * y + np.exp(x * y)


def wave(x):
    return x - np.exp(-2 * np.sin(4 * x) ** 2)


def product(x):
    p = 1.0
    for i in range(len(x)):
        p = p * x[i]
    return p


def matrices(X, W, C):
    Z = X @ W
    return np.sum(C * Z)


def lookup(d):
    b = d["cat"]
    return b
