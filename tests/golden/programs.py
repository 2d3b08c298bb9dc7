"""The programs whose derivatives are kept as text: one way of writing code each.

`@golden(arguments..., wrt=..., with_value=...)` adds one; its text is kept beside
this file as `<function>.py.txt`.
"""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

CHOSEN: dict[str, Golden] = {}


@dataclass(frozen=True)
class Golden:
    """A function, a point to run its derivative at, and which derivative."""

    f: Callable[..., Any]
    point: tuple[Any, ...]
    wrt: int | str | tuple[int | str, ...]
    with_value: bool

    @property
    def name(self) -> str:
        return self.f.__name__

    def args(self) -> tuple[Any, ...]:
        """A fresh copy of the arguments."""
        return copy.deepcopy(self.point)

    def argnums(self) -> list[int]:
        """The positions of the arguments to differentiate in."""
        names = list(inspect.signature(self.f).parameters)
        several = self.wrt if isinstance(self.wrt, tuple) else (self.wrt,)
        return [names.index(w) if isinstance(w, str) else w for w in several]


def golden(*args: Any, wrt: Any = 0, with_value: bool = False) -> Any:
    """Keep the derivative of the decorated function; return it as it is."""

    def keep(f: Callable[..., Any]) -> Callable[..., Any]:
        CHOSEN[f.__name__] = Golden(f, args, wrt, with_value)
        return f

    return keep


rng = np.random.default_rng(20)
X = rng.normal(size=(6, 3))
LABELS = np.array([1.0, -1.0, 1.0, 1.0, -1.0, -1.0])
U = np.sin(np.arange(9) * 0.7)
V = np.array([0.3, 0.8, -0.4, 1.1])
L = np.array([[2.0, 0.0, 0.0], [0.5, 1.5, 0.0], [-0.3, 0.7, 1.2]])
RATE = 0.1


# --- straight lines ---------------------------------------------------------


@golden(2.0, 5.0, wrt=("x1", "x2"))
def lecture(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


@golden(0.7)
def annotated(x: float, scale: float = 2.0):
    y = math.exp(-x * x) * scale
    return y / (1.0 + y)


@golden(V)
def chain(x):
    a = np.sin(x)
    b = a * x
    c = np.tanh(b)
    d = c * c + 1.0
    return np.sum(np.log(d))


@golden(0.1 * V[:3], X, LABELS)
def logistic(w, X, y):
    return np.mean(np.log1p(np.exp(-y * (X @ w))))


@golden(
    0.3 * X[:3],
    V[:3],
    0.5 * X[3:],
    V[1:],
    X,
    X[::-1].copy(),
    wrt=("W1", "b1", "W2", "b2"),
    with_value=True,
)
def network(W1, b1, W2, b2, images, targets):
    hidden = np.tanh(images @ W1 + b1)
    error = hidden @ W2 + b2 - targets
    return np.mean(error**2)


@golden(X, L, wrt=("X", "W"))
def matrix_product(X, W):
    Z = X @ W
    return np.sum(Z * Z)


@golden({"cat": 0.4, "dog": 3.0})
def dictionary(d):
    b = d["cat"]
    return b * b


@golden(0.7, 1.9, wrt=("x", "y"))
def swap(x: float, y: float):
    x, y = y, x
    return x * np.sin(y)


@golden(V, 0.2)
def clipped(x, low):
    kept = np.where(x > low, x * x, 0.0)
    return np.max(kept) + np.sum(np.maximum(x, low))


@golden(1.3, with_value=True)
def square_root(x):
    return math.sqrt(x) * x


# --- branches ---------------------------------------------------------------


@golden(0.7)
def branches(x: float):
    if x > 1.0:
        y = x * x
    elif x > 0.0:
        y = np.sin(x)
    else:
        y = 0.0
    return y * x


@golden(0.7, 3.0)
def early_return(x: float, limit: float):
    y = x
    for _ in range(10):
        y = y * y + x
        if y > limit:
            return y * x
    return y


# --- loops ------------------------------------------------------------------


@golden(1.3, 5)
def rollout(x, n):
    s = 0.0
    for _ in range(n):
        s = s + np.sin(x) * x
        x = x * 0.9
    return s


@golden(V, np.cos(V))
def dot_product(x, w):
    s = 0.0
    for i in range(len(x)):
        s = s + x[i] * w[i]
    return s


@golden(V)
def product(x):
    p = 1.0
    for i in range(len(x)):
        p = p * x[i]
    return p


@golden(0.7)
def doubling(x: float):
    y = x
    while y < 10.0:
        y = y * (1.5 + x)
    return y


@golden(2.0)
def newton(a: float):
    y = a
    for _ in range(50):
        y = 0.5 * (y + a / y)
        if abs(y * y - a) < 1e-12:
            break
    return y


@golden(0.6, 4)
def recursive(x: float, n: int):
    if n == 0:
        return 1.0
    return x * recursive(x, n - 1) + np.sin(x)


# --- in place ---------------------------------------------------------------


@golden(U, 3)
def heat(u, n):
    u = u.copy()
    for _ in range(n):
        u[1:-1] += 0.1 * (u[:-2] - 2.0 * u[1:-1] + u[2:])
    return np.sum(u * u)


@golden(U, 3)
def heat_loss(u, n):
    u = u.copy()
    for _ in range(n):
        u[1:-1] += 0.1 * (u[:-2] - 2.0 * u[1:-1] + u[2:]) - 0.01 * u[1:-1] ** 3
    return np.sum(u * u)


@golden(U, V[:3])
def stencil(u, k):
    v = np.zeros_like(u)
    for i in range(1, len(u) - 1):
        v[i] = k[0] * u[i - 1] + k[1] * u[i] + k[2] * u[i + 1]
    return np.sum(v * v)


@golden(L, V[:3], wrt=("L", "b"))
def triangular_solve(L, b):
    x = np.zeros(3)
    for i in range(3):
        s = b[i]
        for j in range(i):
            s = s - L[i, j] * x[j]
        x[i] = s / L[i, i]
    return np.sum(x * x)


def fill(out, x):
    out[0] = x[0]
    for i in range(1, len(x)):
        out[i] = out[i - 1] * x[i]


@golden(V)
def helper_fills(x):
    out = np.zeros_like(x)
    fill(out, x)
    return np.sum(out)


# --- names ------------------------------------------------------------------


def _scaled(k):
    def closure(x: float):
        return k * x * x + RATE

    return closure


golden(1.3)(_scaled(3.0))
