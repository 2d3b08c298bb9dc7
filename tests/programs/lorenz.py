"""Lorenz's convection (1963), forward Euler in three scalars; a time average."""


def lorenz(x, y, z, sigma, rho, beta, dt, steps):
    mean = 0.0
    for _ in range(steps):
        dx = sigma * (y - x)
        dy = x * (rho - z) - y
        dz = x * y - beta * z
        x, y, z = x + dt * dx, y + dt * dy, z + dt * dz
        mean += z / steps
    return x, y, z, mean


def loss(x, y, z, sigma, rho, beta):
    *last, mean = lorenz(x, y, z, sigma, rho, beta, 0.01, 30)
    return mean + 0.01 * sum(v * v for v in last)


def data():
    return 1.0, 1.1, 20.0, 10.0, 28.0, 8.0 / 3.0
