"""A stiff-ish relaxation (van der Pol) by Heun and Euler with step size control.

The step shrinks when the two estimates differ and grows when they agree.
"""

import numpy as np


def van_der_pol(y, mu):
    return np.array([y[1], mu * (1 - y[0] ** 2) * y[1] - y[0]])


def integrate(y, mu, t_end, h, tolerance):
    t = 0.0
    accepted = rejected = 0
    while t < t_end:
        if t + h > t_end:
            h = t_end - t
        k1 = van_der_pol(y, mu)
        k2 = van_der_pol(y + h * k1, mu)
        error = np.linalg.norm(0.5 * h * (k2 - k1))
        if error > tolerance:
            h *= 0.5
            rejected += 1
            continue
        t += h
        y = y + 0.5 * h * (k1 + k2)
        accepted += 1
        if error < 0.1 * tolerance:
            h *= 2.0
    return y, (accepted, rejected)


def loss(y0, mu):
    y, _ = integrate(y0, mu, 1.0, 0.3, 1e-2)
    return y[0] ** 2 + 0.5 * y[1] ** 2


def data():
    return np.array([2.0, 0.3]), 1.5
