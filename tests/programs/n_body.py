"""Gravitating bodies, all pairs, by the leapfrog in kick-drift-kick form."""

import numpy as np

G = 1.0
SOFTENING = 0.1


def accelerations(pos, mass):
    x = pos[:, 0:1]
    y = pos[:, 1:2]
    z = pos[:, 2:3]
    dx = x.T - x
    dy = y.T - y
    dz = z.T - z
    inv_r3 = (dx**2 + dy**2 + dz**2 + SOFTENING**2) ** (-1.5)
    ax = G * (dx * inv_r3) @ mass
    ay = G * (dy * inv_r3) @ mass
    az = G * (dz * inv_r3) @ mass
    return np.stack((ax, ay, az), axis=1)


def energy(pos, vel, mass):
    kinetic = 0.5 * np.sum(mass * np.sum(vel**2, axis=1))
    potential = 0.0
    for i in range(len(mass)):
        for j in range(i):
            d = pos[i] - pos[j]
            potential -= G * mass[i] * mass[j] / np.sqrt(d @ d + SOFTENING**2)
    return kinetic, potential


def loss(pos, vel, mass):
    dt = 0.01
    vel -= np.average(vel, axis=0, weights=mass)
    acc = accelerations(pos, mass)
    for _ in range(4):
        vel += acc * dt / 2.0
        pos += vel * dt
        acc = accelerations(pos, mass)
        vel += acc * dt / 2.0
    kinetic, potential = energy(pos, vel, mass)
    return kinetic + potential + np.sum(pos[0] ** 2)


def data():
    rng = np.random.default_rng(26)
    return (
        rng.normal(size=(4, 3)),
        rng.normal(size=(4, 3)),
        rng.uniform(0.5, 1.5, size=4),
    )
