"""Great circle distances between pairs of places, by the haversine."""

import numpy as np


def arc_distance(theta_1, phi_1, theta_2, phi_2):
    temp = (
        np.sin((theta_2 - theta_1) / 2) ** 2
        + np.cos(theta_1) * np.cos(theta_2) * np.sin((phi_2 - phi_1) / 2) ** 2
    )
    distance_matrix = 2 * np.arctan2(np.sqrt(temp), np.sqrt(1 - temp))
    return distance_matrix


def loss(theta_1, phi_1, theta_2, phi_2, travelled):
    return np.sum((arc_distance(theta_1, phi_1, theta_2, phi_2) - travelled) ** 2)


def data():
    return tuple(np.random.default_rng(63).uniform(-1.2, 1.2, size=(5, 4)))
