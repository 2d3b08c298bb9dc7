"""Three matrix products, G = (A B)(C D), into arrays allocated by the caller."""

import numpy as np


def three_products(E, A, B, F, C, D, G):
    E[:] = A @ B
    F[:] = C @ D
    G[:] = np.dot(E, F)


def loss(A, B, C, D):
    E = np.zeros((A.shape[0], B.shape[1]))
    F = np.zeros((C.shape[0], D.shape[1]))
    G = np.zeros((E.shape[0], F.shape[1]))
    three_products(E, A, B, F, C, D, G)
    return np.trace(G) + 0.5 * np.sum(G * G)


def data():
    rng = np.random.default_rng(3)
    A = rng.normal(size=(3, 2))
    B = rng.normal(size=(2, 4))
    C = rng.normal(size=(4, 2))
    D = rng.normal(size=(2, 3))
    return A, B, C, D
