"""Number and mean of the eigenvalues inside a circle, by an integral of resolvents.

Polizzi's and Beyn's contour methods: complex quadrature points, real result.
"""

import numpy as np


def moments(A, center, radius, points):
    n = A.shape[0]
    identity = np.eye(n)
    mu0 = 0.0
    mu1 = 0.0
    for k in range(points):
        phase = np.exp(2j * np.pi * (k + 0.5) / points)
        z = center + radius * phase
        resolvent = np.linalg.inv(z * identity - A)
        weight = radius * phase / points
        trace = np.trace(resolvent)
        mu0 += (weight * trace).real
        mu1 += (weight * z * trace).real
    return mu0, mu1


def loss(A, center, radius):
    mu0, mu1 = moments(A, center, radius, 6)
    return mu1 / mu0 + 0.1 * mu0


def data():
    rng = np.random.default_rng(66)
    return np.diag([1.0, 1.4, 4.0, 6.0]) + 0.1 * rng.normal(size=(4, 4)), 1.2, 1.5
