"""Log-likelihood of a linear state space model by the Kalman filter (1960)."""

import numpy as np


def kalman_loglik(y, F, H, Q, R, m, P):
    loglik = 0.0
    eye = np.eye(len(m))
    for obs in y:
        # predict
        m = F @ m
        P = F @ P @ F.T + Q
        # update
        v = obs - H @ m
        S = H @ P @ H.T + R
        K = P @ H.T @ np.linalg.inv(S)
        m = m + K @ v
        P = (eye - K @ H) @ P
        sign, logdet = np.linalg.slogdet(S)
        loglik -= 0.5 * (
            v @ np.linalg.solve(S, v) + logdet + len(v) * np.log(2.0 * np.pi)
        )
    return loglik


def loss(log_q, log_r, y, dt):
    F = np.array([[1.0, dt], [0.0, 1.0]])
    H = np.array([[1.0, 0.0]])
    Q = np.exp(log_q) * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
    R = np.exp(log_r) * np.eye(1)
    return -kalman_loglik(y, F, H, Q, R, np.zeros(2), 10.0 * np.eye(2))


def data():
    rng = np.random.default_rng(41)
    y = np.cumsum(rng.normal(size=(6, 1)), axis=0)
    return -1.0, -0.5, y, 0.5
