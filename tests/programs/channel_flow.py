"""Flow in a channel, periodic along the stream, driven by a force until it settles.

Navier-Stokes with np.roll for the periodic direction, a pressure iteration, no slip
at the walls.
"""

import numpy as np


def pressure_poisson_periodic(p, b, nit, h):
    for _ in range(nit):
        pn = p.copy()
        p[1:-1] = (
            np.roll(pn, -1, axis=1)[1:-1]
            + np.roll(pn, 1, axis=1)[1:-1]
            + pn[2:]
            + pn[:-2]
            - h**2 * b[1:-1]
        ) / 4
        p[-1, :] = p[-2, :]
        p[0, :] = p[1, :]


def ddx(f, h):
    return (np.roll(f, -1, axis=1) - np.roll(f, 1, axis=1)) / (2 * h)


def ddy(f, h):
    out = np.zeros_like(f)
    out[1:-1] = (f[2:] - f[:-2]) / (2 * h)
    return out


def laplacian(f, h):
    out = np.zeros_like(f)
    out[1:-1] = f[2:] + f[:-2] - 2 * f[1:-1]
    out += np.roll(f, -1, axis=1) + np.roll(f, 1, axis=1) - 2 * f
    return out / h**2


def channel_flow(u, v, p, force, rho, nu, dt, h):
    change = 1.0
    steps = 0
    while change > 0.05:
        un, vn = u.copy(), v.copy()
        ux, vy = ddx(u, h), ddy(v, h)
        b = rho * ((ux + vy) / dt - ux**2 - 2 * ddy(u, h) * ddx(v, h) - vy**2)
        pressure_poisson_periodic(p, b, 4, h)
        u += dt * (
            -un * ddx(un, h)
            - vn * ddy(un, h)
            - ddx(p, h) / rho
            + nu * laplacian(un, h)
            + force
        )
        v += dt * (
            -un * ddx(vn, h) - vn * ddy(vn, h) - ddy(p, h) / rho + nu * laplacian(vn, h)
        )
        for w in (u, v):
            w[0, :] = 0.0
            w[-1, :] = 0.0
        change = (np.sum(u) - np.sum(un)) / np.sum(u)
        steps += 1
    return steps


def loss(u, v, force, nu):
    p = np.zeros_like(u)
    channel_flow(u, v, p, force, 1.0, nu, 0.05, 0.5)
    return np.sum(u**2) + np.sum(v**2)


def data():
    rng = np.random.default_rng(29)
    u = 0.1 * rng.normal(size=(5, 5))
    v = 0.1 * rng.normal(size=(5, 5))
    return u, v, 1.0, 0.1
