"""Implicit vertical advection in an atmospheric column: a tridiagonal solve by level.

The coefficients of each level are set up on the way down, with the first and the
last level apart, and the tendency is found on the way up.
"""

import numpy as np

BET_M = 0.5
BET_P = 0.5


def vadv(utens_stage, u_stage, wcon, u_pos, utens, dtr_stage):
    I, J, K = utens_stage.shape
    ccol = np.ndarray((I, J, K))
    dcol = np.ndarray((I, J, K))
    data_col = np.ndarray((I, J))

    for k in range(1):
        gcv = 0.25 * (wcon[1:, :, k + 1] + wcon[:-1, :, k + 1])
        cs = gcv * BET_M
        ccol[:, :, k] = gcv * BET_P
        bcol = dtr_stage - ccol[:, :, k]
        correction_term = -cs * (u_stage[:, :, k + 1] - u_stage[:, :, k])
        dcol[:, :, k] = (
            dtr_stage * u_pos[:, :, k]
            + utens[:, :, k]
            + utens_stage[:, :, k]
            + correction_term
        )
        divided = 1.0 / bcol
        ccol[:, :, k] = ccol[:, :, k] * divided
        dcol[:, :, k] = dcol[:, :, k] * divided

    for k in range(1, K):
        gav = -0.25 * (wcon[1:, :, k] + wcon[:-1, :, k])
        as_ = gav * BET_M
        acol = gav * BET_P
        correction_term = -as_ * (u_stage[:, :, k - 1] - u_stage[:, :, k])
        bcol = dtr_stage - acol
        if k < K - 1:
            gcv = 0.25 * (wcon[1:, :, k + 1] + wcon[:-1, :, k + 1])
            cs = gcv * BET_M
            ccol[:, :, k] = gcv * BET_P
            bcol -= ccol[:, :, k]
            correction_term -= cs * (u_stage[:, :, k + 1] - u_stage[:, :, k])
        dcol[:, :, k] = (
            dtr_stage * u_pos[:, :, k]
            + utens[:, :, k]
            + utens_stage[:, :, k]
            + correction_term
        )
        divided = 1.0 / (bcol - ccol[:, :, k - 1] * acol)
        if k < K - 1:
            ccol[:, :, k] = ccol[:, :, k] * divided
        dcol[:, :, k] = (dcol[:, :, k] - dcol[:, :, k - 1] * acol) * divided

    for k in range(K - 1, -1, -1):
        datacol = dcol[:, :, k]
        if k < K - 1:
            datacol -= ccol[:, :, k] * data_col
        data_col[:] = datacol
        utens_stage[:, :, k] = dtr_stage * (datacol - u_pos[:, :, k])


def loss(utens_stage, u_stage, wcon, u_pos, utens):
    vadv(utens_stage, u_stage, wcon, u_pos, utens, 3.0 / 20.0)
    return np.sum(utens_stage**2)


def data():
    rng = np.random.default_rng(39)
    fields = [rng.uniform(0.0, 0.1, size=(2, 2, 4)) for _ in range(4)]
    wcon = rng.uniform(0.0, 0.1, size=(3, 2, 4))
    return fields[0], fields[1], wcon, fields[2], fields[3]
