"""A planet about its sun: velocity Verlet on a NamedTuple, its path in a list."""

from typing import NamedTuple

import numpy as np


class State(NamedTuple):
    position: np.ndarray
    velocity: np.ndarray


def gravity(position, mu):
    return -mu * position / np.linalg.norm(position) ** 3


def verlet(state, mu, dt):
    half = state.velocity + 0.5 * dt * gravity(state.position, mu)
    position = state.position + dt * half
    return State(position, half + 0.5 * dt * gravity(position, mu))


def orbit(start, mu, dt, steps):
    states = [start]
    for _ in range(steps):
        states.append(verlet(states[-1], mu, dt))
    return states


def loss(position, velocity, mu, observed):
    path = orbit(State(position, velocity), mu, 0.1, len(observed))
    total = 0.0
    for state, seen in zip(path[1:], observed):
        total += np.sum((state.position - seen) ** 2)
    return total


def data():
    angles = 0.1 * np.arange(1, 6)
    observed = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.array([1.0, 0.05]), np.array([0.02, 0.95]), 1.0, observed
