"""Fourth order horizontal diffusion with a flux limiter, as weather models use it.

A flux that would go up the gradient is set to zero.
"""

import numpy as np


def hdiff(in_field, out_field, coeff):
    ni, nj, _ = out_field.shape
    lap_field = 4.0 * in_field[1 : ni + 3, 1 : nj + 3, :] - (
        in_field[2 : ni + 4, 1 : nj + 3, :]
        + in_field[0 : ni + 2, 1 : nj + 3, :]
        + in_field[1 : ni + 3, 2 : nj + 4, :]
        + in_field[1 : ni + 3, 0 : nj + 2, :]
    )
    res = lap_field[1:, 1 : nj + 1, :] - lap_field[:-1, 1 : nj + 1, :]
    grad_x = in_field[2 : ni + 3, 2 : nj + 2, :] - in_field[1 : ni + 2, 2 : nj + 2, :]
    flx_field = np.where(res * grad_x > 0, 0, res)
    res = lap_field[1 : ni + 1, 1:, :] - lap_field[1 : ni + 1, :-1, :]
    grad_y = in_field[2 : ni + 2, 2 : nj + 3, :] - in_field[2 : ni + 2, 1 : nj + 2, :]
    fly_field = np.where(res * grad_y > 0, 0, res)
    out_field[:, :, :] = in_field[2 : ni + 2, 2 : nj + 2, :] - coeff * (
        flx_field[1:, :, :]
        - flx_field[:-1, :, :]
        + fly_field[:, 1:, :]
        - fly_field[:, :-1, :]
    )


def loss(in_field, coeff):
    out_field = np.zeros_like(coeff)
    hdiff(in_field, out_field, coeff)
    return np.sum(out_field**2)


def data():
    rng = np.random.default_rng(38)
    return rng.normal(size=(7, 7, 2)), rng.uniform(0.01, 0.1, size=(3, 3, 2))
