"""The rules that docs/rules.md shows."""

import math

import numpy as np
import scipy.special

import s2sad

# --- a function of a C library: its partial derivative ------------------------

s2sad.elementwise(
    scipy.special.struve,
    signature="struve(v, x)",
    x="g * (scipy.special.struve(v - 1, x) - v / x * y)",
    samples=[(0, 0.7), (1, np.array([0.4, 2.5]))],
)


def sound_pressure(k):
    """The imaginary part of a piston's radiation impedance, for some wave numbers."""
    return np.sum(scipy.special.struve(1, 2.0 * k) / k)


# --- an iteration: the derivative of what it converges to ---------------------


def anomaly(mean, e):
    """Solve Kepler's equation E - e sin(E) = mean by Newton's method."""
    found = mean
    for _ in range(50):
        step = (found - e * math.sin(found) - mean) / (1.0 - e * math.cos(found))
        found = found - step
        if abs(step) < 1e-14:
            break
    return found


SAMPLES = [(0.8, 0.1), (2.0, 0.6)]


@s2sad.rule(anomaly, "mean", samples=SAMPLES, result="scalar")
def anomaly_mean(g, y, e):
    return g / (1.0 - e * math.cos(y))


@s2sad.rule(anomaly, "e", samples=SAMPLES)
def anomaly_e(g, y, e):
    return g * math.sin(y) / (1.0 - e * math.cos(y))


def distance(mean, e):
    """The distance from the sun, in units of the greater half axis."""
    return 1.0 - e * math.cos(anomaly(mean, e))
