"""Derivatives that NumPy and math have no function for."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.basic import float_dtype


def sinc_slope(x: Any) -> Any:
    """The derivative of np.sinc; 0 at 0."""
    t = np.pi * x
    near = np.abs(t) < 0.1
    safe = np.where(near, 1.0, t)
    s = t * t
    series = t * (s * (s * (s / 45360 - 1 / 840) + 1 / 30) - 1 / 3)
    return np.pi * np.where(near, series, (np.cos(t) - np.sin(safe) / safe) / safe)


def polygamma(n: int, x: float) -> float:
    """The n-th derivative of digamma."""
    if n == 0:
        return digamma(x)
    sign = 1.0 if n % 2 else -1.0
    if x <= 0.0 and x == np.floor(x):
        return float(np.inf)
    factorial = float(np.prod(np.arange(1.0, n + 1.0)))
    total = 0.0
    while x < 20.0 + n:
        total += x ** -(n + 1.0)
        x += 1.0
    numbers = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
    tail = 1.0 / (n * x**n) + 0.5 / x ** (n + 1)
    rising = 1.0
    for k, bernoulli in enumerate(numbers, 1):
        top, low = n + 2 * k - 1, 2 * k
        rising = float(np.prod(np.arange(n + 1.0, top + 1.0))) / float(
            np.prod(np.arange(1.0, low + 1.0))
        )
        tail += bernoulli * rising / x ** (n + 2 * k)
    return sign * factorial * (total + tail)


def digamma(x: float) -> float:
    """The derivative of math.lgamma."""
    if x <= 0.0:
        turn = np.pi * (x - np.floor(x))
        return float(digamma(1.0 - x) - np.pi / np.tan(turn))
    total = 0.0
    while x < 10.0:
        total -= 1.0 / x
        x += 1.0
    s = 1.0 / (x * x)
    tail = s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s / 132))))
    return float(total + np.log(x) - 0.5 / x - tail)


def i1(x: Any) -> Any:
    """The derivative of np.i0: the modified Bessel function of order one."""
    angle = np.pi * (np.arange(64) + 0.5) / 64
    size = np.asarray(np.abs(x))[..., None]
    near = np.mean(np.exp(np.minimum(size, 20.0) * np.cos(angle)) * np.cos(angle), -1)
    s = np.maximum(size[..., 0], 20.0)
    term, far = np.ones_like(s), np.ones_like(s)
    for k in range(1, 20):
        term = -term * (4.0 - (2 * k - 1) ** 2) / (8.0 * k * s)
        far = far + term
    far = far * np.exp(s) / np.sqrt(2.0 * np.pi * s)
    out = np.sign(x) * np.where(size[..., 0] < 20.0, near, far)
    return out.astype(float_dtype(x))[()]
