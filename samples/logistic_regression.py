"""Benign or malignant? Logistic regression fitted by SciPy's L-BFGS.

The data are scikit-learn's bundled breast-cancer measurements (Wolberg, Street and
Mangasarian, 1995): 569 tumours, 30 numbers each. ``value_and_grad(loss)`` has the
arguments of ``loss`` and returns the pair (value, gradient), which is what
``scipy.optimize.minimize`` takes with ``jac=True``.

Run it: ``python samples/logistic_regression.py`` (needs SciPy and scikit-learn).
"""

import sys

import numpy as np
from scipy.optimize import minimize
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from s2sad import value_and_grad


def loss(w, X, y, strength):
    """Mean logistic loss of labels y = -1 or +1; w[0] is the constant term."""
    margin = y * (w[0] + X @ w[1:])
    return np.mean(np.logaddexp(0.0, -margin)) + strength * np.sum(w[1:] ** 2)


def accuracy(w, X, y):
    """The fraction of tumours on the right side of the plane."""
    return np.mean((w[0] + X @ w[1:] > 0) == (y > 0))


def data():
    """Standardised measurements and labels, for training and for testing."""
    X, benign = load_breast_cancer(return_X_y=True)
    y = np.where(benign == 1, 1.0, -1.0)
    X, X_test, y, y_test = train_test_split(
        X, y, test_size=0.25, random_state=0, stratify=y
    )
    centre, spread = X.mean(axis=0), X.std(axis=0)
    return (X - centre) / spread, (X_test - centre) / spread, y, y_test


def main():
    X, X_test, y, y_test = data()
    start = np.zeros(1 + X.shape[1])
    strength = 1e-3

    fit = minimize(
        value_and_grad(loss),
        start,
        args=(X, y, strength),
        jac=True,
        method="L-BFGS-B",
    )

    before = loss(start, X, y, strength)
    print(f"{len(y)} tumours to learn from, {len(y_test)} to test on")
    print(f"loss           {before:.6f} -> {fit.fun:.6f}")
    print(f"iterations     {fit.nit} ({fit.nfev} evaluations): {fit.message}")
    print(f"gradient norm  {np.linalg.norm(fit.jac):.1e}")
    print(f"accuracy       {accuracy(fit.x, X, y):.4f} on the training set")
    print(f"test accuracy  {accuracy(fit.x, X_test, y_test):.4f}")
    return 0 if fit.success else 1


if __name__ == "__main__":
    sys.exit(main())
