"""A damped pendulum as a class with a state and a method that advances it."""

import math


class Pendulum:
    def __init__(self, length, damping, theta, omega=0.0, g=9.81):
        self.length = length
        self.damping = damping
        self.theta = theta
        self.omega = omega
        self.g = g

    def acceleration(self):
        return -self.g / self.length * math.sin(self.theta) - self.damping * self.omega

    def step(self, dt):
        self.omega += dt * self.acceleration()
        self.theta += dt * self.omega

    @property
    def energy(self):
        height = self.length * (1.0 - math.cos(self.theta))
        return 0.5 * (self.length * self.omega) ** 2 + self.g * height


def loss(length, damping, theta):
    pendulum = Pendulum(length, damping, theta)
    for _ in range(20):
        pendulum.step(0.02)
    return pendulum.energy


def data():
    return 1.2, 0.3, 0.8
