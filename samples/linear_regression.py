"""The boiling point of water and the pressure of the air: a line by hand.

In the 1840s James Forbes carried a kettle and a barometer up mountains in the
Alps and in Scotland. Water boils cooler where the air is thin, and Forbes found
that the logarithm of the pressure is a straight line in the boiling point: so a
kettle can do a barometer's work. Here the line is fitted to those seventeen
measurements by gradient descent, written out by hand, and the gradient is the one
that s2sad writes. The program prints that gradient's source, the fit beside the
one of ``numpy.polyfit``, and the gradient checked against central differences.

Data: J. D. Forbes, "Further experiments and remarks on the measurement of heights
by the boiling point of water", Trans. R. Soc. Edinburgh 21 (1857) 235-243.

Run it: ``python samples/linear_regression.py``. It needs nothing but NumPy.
"""

import inspect
import sys

import numpy as np

from s2sad import grad

# boiling point of water in degrees Fahrenheit, pressure in inches of mercury
FORBES = np.array(
    [
        (194.5, 20.79),
        (194.3, 20.79),
        (197.9, 22.40),
        (198.4, 22.67),
        (199.4, 23.15),
        (199.9, 23.35),
        (200.9, 23.89),
        (201.1, 23.99),
        (201.4, 24.02),
        (201.3, 24.01),
        (203.6, 25.14),
        (204.6, 26.57),
        (209.5, 28.49),
        (208.6, 27.76),
        (210.7, 29.04),
        (211.9, 29.88),
        (212.2, 30.06),
    ]
)

TOLERANCE = 1e-6


def loss(slope, intercept, x, y):
    """Mean squared distance of the points from the line."""
    residual = slope * x + intercept - y
    return np.mean(residual**2)


def fit(dloss, x, y, steps=200, rate=0.3):
    """Gradient descent from the horizontal line through zero."""
    slope, intercept = 0.0, 0.0
    for _ in range(steps):
        dslope, dintercept = dloss(slope, intercept, x, y)
        slope -= rate * dslope
        intercept -= rate * dintercept
    return slope, intercept


def central_differences(slope, intercept, x, y, h=1e-5):
    """The gradient of loss, by evaluating loss at four points near by."""
    up, down = loss(slope + h, intercept, x, y), loss(slope - h, intercept, x, y)
    right, left = loss(slope, intercept + h, x, y), loss(slope, intercept - h, x, y)
    return (up - down) / (2 * h), (right - left) / (2 * h)


def main():
    boiling, pressure = FORBES.T
    centre, spread = boiling.mean(), boiling.std()
    x = (boiling - centre) / spread
    y = 100 * np.log10(pressure)

    dloss = grad(loss, wrt=("slope", "intercept"))
    print("The function, as written:\n")
    print(inspect.getsource(loss))
    print("Its gradient, as s2sad wrote it:\n")
    print(dloss.__source__)

    slope, intercept = fit(dloss, x, y)
    print("100 log10(pressure) = slope * boiling point + intercept")
    print(f"  gradient descent  {slope / spread:.6f}", end="")
    print(f"  {intercept - slope * centre / spread:.6f}")
    print("  numpy.polyfit     {:.6f}  {:.6f}".format(*np.polyfit(boiling, y, 1)))

    at = (1.0, 100.0, x, y)
    gradient, expected = np.array(dloss(*at)), np.array(central_differences(*at))
    error = np.max(np.abs(gradient - expected) / np.abs(expected))
    print("\nThe gradient at slope 1, intercept 100")
    print("  s2sad                {:.8f}  {:.8f}".format(*gradient))
    print("  central differences  {:.8f}  {:.8f}".format(*expected))
    print(f"  relative error       {error:.1e}")
    return 0 if error < TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
