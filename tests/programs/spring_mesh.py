"""A piece of cloth hanging from two corners: masses on springs, symplectic Euler.

The springs are pairs of indices; their forces are added up at both ends.
"""

import numpy as np


class Mesh:
    def __init__(self, position, pairs, stiffness):
        self.position = position
        self.velocity = np.zeros_like(position)
        self.pairs = pairs
        self.stiffness = stiffness
        a, b = pairs.T
        self.rest = 0.95 * np.linalg.norm(position[a] - position[b], axis=1)

    def forces(self, gravity, damping):
        a, b = self.pairs.T
        d = self.position[b] - self.position[a]
        length = np.sqrt(np.sum(d**2, axis=1))
        pull = (self.stiffness * (length - self.rest) / length)[:, None] * d
        f = np.zeros_like(self.position)
        f[:, 1] -= gravity
        np.add.at(f, a, pull)
        np.subtract.at(f, b, pull)
        return f - damping * self.velocity

    def advance(self, dt, gravity, damping, pinned):
        f = self.forces(gravity, damping)
        self.velocity += dt * f
        self.velocity[pinned] = 0.0
        self.position += dt * self.velocity


def loss(position, stiffness, gravity, damping, pairs):
    mesh = Mesh(position.copy(), pairs, stiffness)
    for _ in range(6):
        mesh.advance(0.05, gravity, damping, [0, 2])
    return np.mean(mesh.position[:, 1])


def data():
    rng = np.random.default_rng(49)
    x, y = np.meshgrid(np.arange(3.0), np.arange(2.0))
    position = np.stack([x.ravel(), -y.ravel()], axis=1) + 0.05 * rng.normal(
        size=(6, 2)
    )
    pairs = np.array([[0, 1], [1, 2], [3, 4], [4, 5], [0, 3], [1, 4], [2, 5], [0, 4]])
    return position, np.full(8, 20.0), 9.8, 0.3, pairs
