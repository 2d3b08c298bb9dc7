"""Advection and diffusion on a line, implicit Euler, by the Thomas algorithm.

u_t + c u_x = D u_xx with u = 0 at both ends, upwind for c > 0.
"""

import numpy as np


def thomas(lower, diag, upper, rhs):
    n = len(rhs)
    cp = np.zeros(n)
    dp = np.zeros(n)
    cp[0] = upper[0] / diag[0]
    dp[0] = rhs[0] / diag[0]
    for i in range(1, n):
        m = diag[i] - lower[i] * cp[i - 1]
        cp[i] = upper[i] / m
        dp[i] = (rhs[i] - lower[i] * dp[i - 1]) / m
    x = np.zeros(n)
    x[-1] = dp[-1]
    for i in range(n - 2, -1, -1):
        x[i] = dp[i] - cp[i] * x[i + 1]
    return x


def transport(u0, speed, diffusivity, dx, dt, steps):
    n = len(u0)
    lower = np.full(n, -dt * (diffusivity / dx**2 + speed / dx))
    diag = np.full(n, 1 + dt * (2 * diffusivity / dx**2 + speed / dx))
    upper = np.full(n, -dt * diffusivity / dx**2)
    u = u0.copy()
    for _ in range(steps):
        u = thomas(lower, diag, upper, u)
    return u


def loss(u0, speed, diffusivity, observed):
    u = transport(u0, speed, diffusivity, 0.1, 0.02, 5)
    misfit = u - observed
    return 0.5 * np.dot(misfit, misfit)


def data():
    x = np.linspace(0.1, 0.8, 8)
    u0 = np.exp(-(((x - 0.3) / 0.1) ** 2))
    return u0, 0.8, 0.05, np.exp(-(((x - 0.4) / 0.15) ** 2))
