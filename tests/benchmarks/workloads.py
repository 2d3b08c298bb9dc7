"""What the benchmark times: four functions, and their gradients written by hand.

Each gradient is what a careful person writes who knows the rules of reverse mode
and has an afternoon: no value is computed twice, none is kept that is not needed,
and no array is made that plain NumPy expressions do not make.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


def rollout(x, n):
    """A Python loop over floats: nothing but interpreter and bookkeeping."""
    s = 0.0
    for _ in range(n):
        s = s + math.sin(x) * x
        x = x * 0.9
    return s


def rollout_by_hand(x, n):
    """d rollout / dx."""
    xs = []
    for _ in range(n):
        xs.append(x)
        x = x * 0.9
    bx = 0.0
    for x in reversed(xs):
        bx = bx * 0.9 + math.cos(x) * x + math.sin(x)
    return bx


def logistic(w, X, y):
    """Mean logistic loss of labels y = -1 or +1."""
    return np.mean(np.log1p(np.exp(-y * (X @ w))))


def logistic_by_hand(w, X, y):
    """d logistic / dw."""
    odds = np.exp(-y * (X @ w))
    return (-y * (odds / (1.0 + odds)) / len(y)) @ X


def network(W1, b1, W2, b2, X, Y):
    """Mean squared error of a network with one tanh layer and a linear one."""
    hidden = np.tanh(X @ W1 + b1)
    error = hidden @ W2 + b2 - Y
    return np.mean(error**2)


def network_by_hand(W1, b1, W2, b2, X, Y):
    """d network / d(W1, b1, W2, b2)."""
    hidden = np.tanh(X @ W1 + b1)
    error = hidden @ W2 + b2 - Y
    berror = (2.0 / error.size) * error
    bhidden = berror @ W2.T
    bsum = bhidden * (1.0 - hidden**2)
    return X.T @ bsum, np.sum(bsum, axis=0), hidden.T @ berror, np.sum(berror, axis=0)


def chain(x):
    """Elementwise operations one after another, and a sum."""
    a = np.sin(x)
    b = a * x
    c = np.tanh(b)
    d = c * c + 1.0
    return np.sum(np.log(d))


def chain_by_hand(x):
    """d chain / dx."""
    a = np.sin(x)
    c = np.tanh(a * x)
    square = c * c
    bc = 2.0 * c / (square + 1.0)
    bb = bc * (1.0 - square)
    return bb * (a + np.cos(x) * x)


@dataclass(frozen=True)
class Workload:
    """A function, its gradient by hand, and arguments of any size.

    arguments(rng, scale) gives those of the benchmark at scale 1 and smaller ones
    below it.
    """

    title: str
    primal: Callable[..., Any]
    by_hand: Callable[..., Any]
    wrt: int | tuple[int, ...]
    arguments: Callable[[np.random.Generator, float], tuple[Any, ...]]


def _logistic_arguments(rng, scale):
    n, m = round(1000 * scale), round(50 * scale)
    y = rng.choice([-1.0, 1.0], n)
    return 0.1 * rng.normal(size=m), rng.normal(size=(n, m)), y


def _network_arguments(rng, scale):
    batch, width = round(64 * scale), round(256 * scale)
    weights = [rng.normal(0.0, width**-0.5, (width, width)) for _ in range(2)]
    biases = [0.1 * rng.normal(size=width) for _ in range(2)]
    X, Y = rng.normal(size=(2, batch, width))
    return weights[0], biases[0], weights[1], biases[1], X, Y


WORKLOADS = [
    Workload(
        "scalar loop, 1,000 iterations",
        rollout,
        rollout_by_hand,
        0,
        lambda rng, scale: (1.3, round(1000 * scale)),
    ),
    Workload(
        "logistic loss, 1000 x 50",
        logistic,
        logistic_by_hand,
        0,
        _logistic_arguments,
    ),
    Workload(
        "tanh network, 64 x 256 x 256",
        network,
        network_by_hand,
        (0, 1, 2, 3),
        _network_arguments,
    ),
    Workload(
        "elementwise chain, 1,000,000",
        chain,
        chain_by_hand,
        0,
        lambda rng, scale: (rng.normal(size=round(1_000_000 * scale)),),
    ),
]
