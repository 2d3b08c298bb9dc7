"""Double pendulum by RK4 with the state in a list of floats, as in a textbook."""

from math import cos, sin

G = 9.81


def derivatives(state, l1, l2, m1, m2):
    th1, w1, th2, w2 = state
    d = th2 - th1
    den1 = (m1 + m2) * l1 - m2 * l1 * cos(d) * cos(d)
    a1 = (
        m2 * l1 * w1 * w1 * sin(d) * cos(d)
        + m2 * G * sin(th2) * cos(d)
        + m2 * l2 * w2 * w2 * sin(d)
        - (m1 + m2) * G * sin(th1)
    ) / den1
    den2 = l2 / l1 * den1
    a2 = (
        -m2 * l2 * w2 * w2 * sin(d) * cos(d)
        + (m1 + m2) * G * sin(th1) * cos(d)
        - (m1 + m2) * l1 * w1 * w1 * sin(d)
        - (m1 + m2) * G * sin(th2)
    ) / den2
    return [w1, a1, w2, a2]


def rk4(state, h, *args):
    k1 = derivatives(state, *args)
    k2 = derivatives([s + h / 2 * k for s, k in zip(state, k1)], *args)
    k3 = derivatives([s + h / 2 * k for s, k in zip(state, k2)], *args)
    k4 = derivatives([s + h * k for s, k in zip(state, k3)], *args)
    return [
        s + h / 6 * (a + 2 * b + 2 * c + d)
        for s, a, b, c, d in zip(state, k1, k2, k3, k4)
    ]


def loss(state, l1, l2, m1, m2):
    for _ in range(10):
        state = rk4(state, 0.02, l1, l2, m1, m2)
    x = l1 * sin(state[0]) + l2 * sin(state[2])
    y = -l1 * cos(state[0]) - l2 * cos(state[2])
    return x + 0.5 * y * y


def data():
    return [1.0, 0.1, 0.6, -0.2], 1.0, 0.8, 1.5, 1.0
