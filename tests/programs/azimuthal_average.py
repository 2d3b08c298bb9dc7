"""Mean of an image over rings about a centre, as beam lines do it, by masks."""

import numpy as np


def azimuthal_average(values, radius, npt):
    rmax = radius.max()
    res = np.zeros(npt, dtype=np.float64)
    for i in range(npt):
        r1 = rmax * i / npt
        r2 = rmax * (i + 1) / npt
        mask_r12 = np.logical_and((r1 <= radius), (radius < r2))
        if np.any(mask_r12):
            values_r12 = values[mask_r12]
            res[i] = values_r12.mean()
    return res


def loss(image, reference, radius):
    profile = azimuthal_average(image, radius, len(reference))
    return np.sum((profile - reference) ** 2)


wrt = ("image", "reference")


def data():
    y, x = np.mgrid[-2:3, -2:3]
    radius = np.hypot(x, y)
    rng = np.random.default_rng(64)
    return rng.uniform(size=(5, 5)), np.array([0.4, 0.5, 0.6]), radius
