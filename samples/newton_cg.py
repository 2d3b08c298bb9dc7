"""Newton's method without the Hessian: SciPy's Newton-CG with `hvp`.

The logistic regression of ``logistic_regression.py``, by a method of second order. Each
step solves a system with the Hessian by conjugate gradients, and asks only for its
products with vectors: ``hvp(loss)(w, v, X, y, strength)``, forward mode over the
gradient. Without it, SciPy takes a difference of two gradients for each product.

Run it: ``python samples/newton_cg.py`` (needs SciPy and scikit-learn).
"""

import sys
import time

import numpy as np
from logistic_regression import data, loss
from scipy.optimize import minimize

from s2sad import grad, hvp

REPEATS = 5


def fit(hessp, gradient, start, args):
    """The minimum, and how long it took."""
    begun = time.perf_counter()
    found = minimize(
        loss,
        start,
        args=args,
        jac=gradient,
        hessp=hessp,
        method="Newton-CG",
        options={"maxiter": 200},
    )
    return found, time.perf_counter() - begun


def main():
    X, _, y, _ = data()
    args = (np.tile(X, (20, 1)), np.tile(y, 20), 1e-3)
    start = np.zeros(1 + X.shape[1])
    gradient, product = grad(loss), hvp(loss)
    product(start, start, *args)  # made when it is first called

    rows = []
    for name, hessp in (("hvp", product), ("differences", None)):
        runs = [fit(hessp, gradient, start, args) for _ in range(REPEATS)]
        found, seconds = min(runs, key=lambda run: run[1])
        rows.append((found, seconds))
        norm = np.linalg.norm(gradient(found.x, *args))
        print(
            f"{name:12} loss {found.fun:.9f}  gradient norm {norm:.1e}"
            f"  {found.nit} steps  {found.njev} gradients  {found.nhev} products"
            f"  {seconds:.3f} s"
        )
    print(f"with hvp     {rows[1][1] / rows[0][1]:.2f} times as fast")
    return 0 if rows[0][0].success else 1


if __name__ == "__main__":
    sys.exit(main())
