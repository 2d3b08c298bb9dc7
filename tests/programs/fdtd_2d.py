"""Maxwell's equations in a plane on Yee's staggered grid (FDTD), a driven edge."""

import numpy as np


def fdtd_2d(ex, ey, hz, source):
    for t in range(len(source)):
        ey[0, :] = source[t]
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])


def loss(ex, ey, hz, source):
    fdtd_2d(ex, ey, hz, source)
    return 0.5 * (np.sum(ex**2) + np.sum(ey**2) + np.sum(hz**2))


def data():
    rng = np.random.default_rng(24)
    fields = 0.1 * rng.normal(size=(3, 4, 5))
    return fields[0], fields[1], fields[2], np.sin(0.3 * np.arange(6))
