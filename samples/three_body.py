"""How fast were Jupiter and Saturn? Orbits found from where the planets were seen.

The Sun, Jupiter and Saturn attract one another. We know where they were on
5 September 1994 and where the planets were seen every fifth part of the next
4,000 days, to about 150 km; the velocities on the first day are to be found. The
orbit is a leapfrog of 2,000 steps that updates positions and velocities in place,
with a helper that fills the array of accelerations body by body. The gradient of
the misfit with respect to the initial velocities goes back through all of it.

Units: astronomical units, years, solar masses. The true orbit is the one from the
positions, velocities and masses that Hairer, Lubich and Wanner print for the outer
solar system (Geometric Numerical Integration, section I.2.4); the observations are
that orbit, followed with the same leapfrog, plus noise.

Run it: ``python samples/three_body.py [--out DIR]`` (needs SciPy; the picture, drawn
only with ``--out``, needs matplotlib).
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from s2sad import value_and_grad

YEAR = 365.25  # days
G = 2.95912208286e-4 * YEAR**2
MASSES = np.array([1.00000597682, 0.000954786104043, 0.000285583733151])
POSITIONS = np.array(
    [
        (0.0, 0.0, 0.0),
        (-3.5023653, -3.8169847, -1.5507963),
        (9.0755314, -3.0458353, -1.6483708),
    ]
)
# of Jupiter and Saturn: what is to be found
VELOCITIES = YEAR * np.array(
    [
        (0.00565429, -0.00412490, -0.00190589),
        (0.00168318, 0.00483525, 0.00192462),
    ]
)

DT = 2.0 / YEAR
SIGHTINGS = 5
BETWEEN = 400  # steps from one sighting to the next
NOISE = 1e-6  # astronomical units


def accelerations(r, masses, a):
    """Fill a with the acceleration of each body at r."""
    a[:] = 0.0
    for i in range(len(masses)):
        for j in range(i):
            apart = r[j] - r[i]
            pull = G * apart / np.sum(apart**2) ** 1.5
            a[i] += masses[j] * pull
            a[j] -= masses[i] * pull


def leapfrog(r, v, a, masses, dt):
    """Move the bodies by one step, in place."""
    v += 0.5 * dt * a
    r += dt * v
    accelerations(r, masses, a)
    v += 0.5 * dt * a


def launch(velocities, positions, masses):
    """Arrays r, v and a of the first day: new ones, (bodies, 3) each.

    velocities are those of the planets, flat; the Sun's makes the momentum zero.
    """
    r = positions.copy()
    v = np.zeros_like(r)
    v[1:] = velocities.reshape((len(masses) - 1, 3))
    v[0] = -(masses[1:] @ v[1:]) / masses[0]
    a = np.zeros_like(r)
    accelerations(r, masses, a)
    return r, v, a


def misfit(velocities, positions, masses, seen, between, dt):
    """Mean over the sightings of the planets' squared distance from where they were.

    seen is (sightings, bodies - 1, 3); between is the steps from one to the next.
    """
    r, v, a = launch(velocities, positions, masses)
    total = 0.0
    for k in range(len(seen)):
        for _ in range(between):
            leapfrog(r, v, a, masses, dt)
        total += np.sum((r[1:] - seen[k]) ** 2)
    return total / len(seen)


def orbit(velocities, positions, masses, steps, dt):
    """Where every body is at the start and after each step: (steps + 1, bodies, 3)."""
    r, v, a = launch(velocities, positions, masses)
    path = np.empty((steps + 1, *r.shape))
    path[0] = r
    for n in range(steps):
        leapfrog(r, v, a, masses, dt)
        path[n + 1] = r
    return path


def circular_guess(positions, masses):
    """Velocities of circular orbits round the Sun, in the plane of the ecliptic."""
    guess = np.zeros((len(masses) - 1, 3))
    for planet, x in zip(guess, positions[1:], strict=True):
        distance = np.sqrt(np.sum(x**2))
        speed = np.sqrt(G * masses[0] / distance)
        planet[:2] = speed * np.array([-x[1], x[0]]) / np.hypot(x[0], x[1])
    return guess.ravel()


def central_differences(f, x, h=1e-5):
    """The gradient of f at x from two evaluations for each coordinate."""
    return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(x.size)])


def draw(path, before, after, seen):
    """The two orbits from above, the guessed one and the one found."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 6), layout="constrained")
    for body, name in ((1, "Jupiter"), (2, "Saturn")):
        (line,) = axes.plot(*after[:, body, :2].T, label=f"{name}, found")
        guess = {"color": line.get_color(), "linestyle": ":", "alpha": 0.7}
        axes.plot(*before[:, body, :2].T, label=f"{name}, first guess", **guess)
        axes.plot(*seen[:, body - 1, :2].T, "o", color=line.get_color())
    axes.plot(0, 0, "*", color="orange", markersize=14)
    axes.set_aspect("equal")
    axes.set_xlabel("astronomical units")
    axes.set_title("Seen (dots), guessed (dotted) and found")
    figure.legend(loc="outside lower center", ncols=2)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, help="write three_body.png here")
    options = parser.parse_args(argv)

    steps = SIGHTINGS * BETWEEN
    rng = np.random.default_rng(0)
    truth = orbit(VELOCITIES.ravel(), POSITIONS, MASSES, steps, DT)
    seen = truth[BETWEEN::BETWEEN, 1:]
    seen = seen + NOISE * rng.normal(size=seen.shape)
    problem = (POSITIONS, MASSES, seen, BETWEEN, DT)

    misfit_and_gradient = value_and_grad(misfit)
    guess = circular_guess(POSITIONS, MASSES)
    value, gradient = misfit_and_gradient(guess, *problem)
    expected = central_differences(lambda v: misfit(v, *problem), guess)
    error = np.max(np.abs(gradient - expected)) / np.max(np.abs(expected))
    print(f"{steps} steps of {DT * YEAR:g} days, {SIGHTINGS} sightings of each planet")
    print(f"gradient against central differences: relative error {error:.1e}")

    fit = minimize(
        misfit_and_gradient,
        guess,
        args=problem,
        jac=True,
        method="BFGS",
        options={"gtol": 1e-9},
    )
    found = fit.x.reshape(VELOCITIES.shape)
    print(f"iterations  {fit.nit} ({fit.nfev} evaluations)")
    print(f"distance    {np.sqrt(value):.3g} -> {np.sqrt(fit.fun):.3g} au")
    for name, v, true in zip(("Jupiter", "Saturn"), found, VELOCITIES, strict=True):
        off = np.max(np.abs(v - true))
        print(f"{name:8s}    {np.round(v, 6)} au/year, off by {off:.1e}")

    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        picture = options.out / "three_body.png"
        before = orbit(guess, POSITIONS, MASSES, steps, DT)
        after = orbit(fit.x, POSITIONS, MASSES, steps, DT)
        draw(picture, before, after, seen)
        print(f"wrote {picture}")
    return 0 if error < 1e-6 and np.sqrt(fit.fun) < 10 * NOISE else 1


if __name__ == "__main__":
    sys.exit(main())
