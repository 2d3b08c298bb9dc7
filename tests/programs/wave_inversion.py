"""Seismic waves on a line through layers, a record at one place, and its misfit.

Three time levels change places by name; the velocities of the layers are unknown.
"""

import numpy as np


def ricker(t, frequency=5.0, delay=0.2):
    a = (np.pi * frequency * (t - delay)) ** 2
    return (1.0 - 2.0 * a) * np.exp(-a)


def record(velocity, thickness, n, dx, dt, nt, source, receiver):
    c = np.repeat(velocity, thickness)
    courant = (c * dt / dx) ** 2
    previous = np.zeros(n)
    current = np.zeros(n)
    following = np.zeros(n)
    trace = np.zeros(nt)
    for k in range(nt):
        following[1:-1] = (
            2.0 * current[1:-1]
            - previous[1:-1]
            + courant[1:-1] * (current[2:] - 2.0 * current[1:-1] + current[:-2])
        )
        following[source] += dt**2 * ricker(k * dt)
        following[0] = current[1]
        previous, current, following = current, following, previous
        trace[k] = current[receiver]
    return trace


def loss(velocity, observed):
    trace = record(velocity, [3, 3, 4], 10, 0.1, 0.04, len(observed), 1, 7)
    return 1e4 * np.sum((trace - observed) ** 2)


def data():
    rng = np.random.default_rng(69)
    return np.array([1.5, 1.8, 2.2]), 1e-3 * rng.normal(size=14)
