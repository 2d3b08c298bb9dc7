"""Derivatives of polynomials' coefficients and roots; the highest power is first."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.basic import unbroadcast
from s2sad.runtime.decompositions import eig_part


def polyder_part(g: Any, m: int) -> Any:
    """The cotangent of p in np.polyder(p, m)."""
    for _ in range(m):
        g = np.append(g * np.arange(len(g), 0, -1), 0.0)
    return g


def polyint_part(g: Any, m: int) -> Any:
    """The cotangent of p in np.polyint(p, m)."""
    for _ in range(m):
        g = g[:-1] / np.arange(len(g) - 1, 0, -1)
    return g


def polymul_part(g: Any, a: Any, b: Any) -> Any:
    """The cotangent of a in np.polymul(a, b), which drops leading zeros."""
    whole = np.pad(g, (np.size(a) + np.size(b) - 1 - len(g), 0))
    return np.reshape(np.convolve(whole, np.ravel(b)[::-1], "valid"), np.shape(a))


def polydiv_part(gq: Any, gr: Any, u: Any, v: Any) -> Any:
    """The cotangents of u and v in q, r = np.polydiv(u, v): u = v q + r."""
    k, n = len(u) - len(v) + 1, len(v)
    rest = np.zeros(len(u)) if gr is None else np.pad(gr, (len(u) - len(gr), 0))
    if k < 1:
        return rest, np.zeros(n)
    q = np.polydiv(u, v)[0]
    inner = -np.convolve(rest, v[::-1], "valid")
    inner = inner if gq is None else inner + gq
    lead = np.pad(v, (0, max(k - n, 0)))[:k]
    rows = np.arange(k)[:, None] - np.arange(k)
    z = np.linalg.solve(np.where(rows >= 0, lead[rows], 0.0).T, inner)
    both = rest + np.pad(z, (0, n - 1))
    return both, -np.convolve(both, q[::-1], "valid")


def roots_part(g: Any, y: Any, p: Any) -> Any:
    """The cotangent of p in np.roots(p), where the roots are simple."""
    slope = np.polyval(np.polyder(p), y)
    powers = np.vander(y, len(p))
    return unbroadcast(-(g / slope) @ powers, p)


def poly_part(g: Any, a: Any) -> Any:
    """The cotangent of a in np.poly(a): of roots, or of a matrix."""
    vectors = None
    roots = np.asarray(a)
    if roots.ndim == 2:
        roots, vectors = np.linalg.eig(roots)
    others = [np.poly(np.delete(roots, k)) for k in range(len(roots))]
    part = -np.array([np.sum(g[1:] * c) for c in others])
    if vectors is not None:
        part = eig_part(part, None, roots, vectors)
    return unbroadcast(part, a)


def poly_tangent(g: Any, a: Any) -> Any:
    """The tangent of np.poly(a): of roots, or of a matrix."""
    roots = np.asarray(a)
    if roots.ndim == 2:
        roots, v = np.linalg.eig(roots)
        g = np.diagonal(np.linalg.solve(v, g @ v))
    parts = [-g[k] * np.poly(np.delete(roots, k)) for k in range(len(roots))]
    return unbroadcast(np.append(0.0, np.sum(np.array(parts), 0)), np.poly(a))


def polydiv_tangent(g: Any, y: Any, v: Any) -> Any:
    """The tangents of q, r = y = np.polydiv(u, v), with g that of u - v q."""
    if len(g) < len(v):
        return np.zeros_like(y[0]), g[len(g) - len(y[1]) :]
    q = np.polydiv(g, v)[0]
    rest = g - np.convolve(q, v)
    return q, rest[len(rest) - len(y[1]) :]
