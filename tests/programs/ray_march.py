"""A sphere and a ground plane rendered by marching rays through a distance field."""

import numpy as np

MAX_STEPS = 60
HIT = 1e-6


def distance(p, center, radius):
    sphere = np.linalg.norm(p - center) - radius
    ground = p[1] + 1.0
    return min(sphere, ground)


def normal(p, center, radius):
    eps = 1e-4
    n = np.zeros(3)
    for axis in range(3):
        step = np.zeros(3)
        step[axis] = eps
        n[axis] = distance(p + step, center, radius) - distance(
            p - step, center, radius
        )
    return n / np.linalg.norm(n)


def shade(origin, direction, center, radius, light):
    t = 0.0
    for _ in range(MAX_STEPS):
        p = origin + t * direction
        d = distance(p, center, radius)
        if d < HIT:
            brightness = normal(p, center, radius) @ light
            return max(brightness, 0.05)
        t += d
        if t > 20.0:
            break
    return 0.0


def loss(center, radius, light):
    light = light / np.linalg.norm(light)
    origin = np.array([0.0, 0.0, -4.0])
    total = 0.0
    for x in np.linspace(-0.6, 0.6, 3):
        for y in np.linspace(-0.6, 0.6, 3):
            direction = np.array([x, y, 2.0])
            direction /= np.sqrt(np.sum(direction**2))
            total += shade(origin, direction, center, radius, light)
    return total / 9.0


def data():
    return np.array([0.05, 0.1, 0.0]), 1.0, np.array([0.4, 1.0, -0.7])
