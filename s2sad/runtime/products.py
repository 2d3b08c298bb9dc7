"""Cotangents of products and of linear algebra, for any ranks."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.axes import others
from s2sad.runtime.basic import cast, float_dtype, unbroadcast
from s2sad.runtime.decompositions import require_real_matrix


def matmul_left(g: Any, a: Any, b: Any) -> Any:
    """The cotangent of a in a @ b."""
    if np.ndim(a) == np.ndim(b) == 2:
        return cast(g @ np.transpose(b), a)
    if np.ndim(b) == 1:
        out = np.expand_dims(g, -1) * b
    elif np.ndim(a) == 1:
        out = np.matmul(b, np.expand_dims(g, -1))[..., 0]
    else:
        out = np.matmul(g, np.swapaxes(b, -1, -2))
    return unbroadcast(out, a)


def matmul_right(g: Any, a: Any, b: Any) -> Any:
    """The cotangent of b in a @ b."""
    if np.ndim(a) == 2 and np.ndim(b) < 3:
        return cast(np.transpose(a) @ g, b)
    if np.ndim(b) == 1:
        out = np.expand_dims(g, -1) * a
    elif np.ndim(a) == 1:
        out = np.expand_dims(a, -1) * np.expand_dims(g, -2)
    else:
        out = np.matmul(np.swapaxes(a, -1, -2), g)
    return unbroadcast(out, b)


def dot_left(g: Any, a: Any, b: Any) -> Any:
    """The cotangent of a in np.dot(a, b)."""
    return tensordot_left(g, a, b, (-1, -min(2, np.ndim(b))))


def dot_right(g: Any, a: Any, b: Any) -> Any:
    """The cotangent of b in np.dot(a, b)."""
    return tensordot_right(g, a, b, (-1, -min(2, np.ndim(b))))


def tensordot_axes(a: Any, b: Any, axes: Any) -> tuple[list[int], ...]:
    """The summed axes of a and of b, then those that are left of each."""
    n, m = np.ndim(a), np.ndim(b)
    if np.ndim(axes) == 0 and not isinstance(axes, list | tuple):
        axes = (range(n - axes, n), range(axes))
    left = [int(k) % n for k in np.ravel(axes[0])]
    right = [int(k) % m for k in np.ravel(axes[1])]
    rest_a = [k for k in range(n) if k not in left]
    return left, right, rest_a, [k for k in range(m) if k not in right]


def tensordot_left(g: Any, a: Any, b: Any, axes: Any) -> Any:
    """The cotangent of a in np.tensordot(a, b, axes)."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(np.multiply(g, b), a)
    left, right, rest_a, rest_b = tensordot_axes(a, b, axes)
    last = list(range(np.ndim(g) - len(rest_b), np.ndim(g)))
    order = rest_a + [k for _, k in sorted(zip(right, left, strict=True))]
    part = np.tensordot(g, b, (last, rest_b))
    return cast(np.transpose(part, np.argsort(order)), a)


def tensordot_right(g: Any, a: Any, b: Any, axes: Any) -> Any:
    """The cotangent of b in np.tensordot(a, b, axes)."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(np.multiply(g, a), b)
    left, right, rest_a, rest_b = tensordot_axes(a, b, axes)
    first = list(range(len(rest_a)))
    order = [k for _, k in sorted(zip(left, right, strict=True))] + rest_b
    part = np.tensordot(a, g, (rest_a, first))
    return cast(np.transpose(part, np.argsort(order)), b)


def einsum_part(g: Any, subscripts: str, operands: Any, k: int) -> Any:
    """The cotangent of operand k in np.einsum(subscripts, *operands)."""
    spare = [c for c in "ZYXWVUTSRQPONMLKJIHGFEDCBA" if c not in subscripts]
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if not arrow:
        once = sorted(c for c in set(inputs) - set(",.") if inputs.count(c) == 1)
        output = "..." * ("." in inputs) + "".join(once)
    sizes = [
        np.ndim(v) - len(t.replace(".", ""))
        for v, t in zip(operands, terms, strict=True)
    ]
    dots = "".join(
        spare[: max(n * ("." in t) for n, t in zip(sizes, terms, strict=True))]
    )
    terms = [
        t.replace("...", dots[len(dots) - n :])
        for t, n in zip(terms, sizes, strict=True)
    ]
    output = output.replace("...", dots)
    mine = terms.pop(k)
    others = [v for i, v in enumerate(operands) if i != k]
    names = "".join(dict.fromkeys(mine))
    kept = "".join(c for c in names if c in output + "".join(terms))
    part = np.einsum(f"{','.join([output, *terms])}->{kept}", g, *others)
    gone = tuple(i for i, c in enumerate(names) if c not in kept)
    part = np.expand_dims(part, gone)
    x = np.asarray(operands[k])
    if len(names) == len(mine):
        return unbroadcast(part, x)
    out = np.zeros(x.shape, float_dtype(x))
    np.einsum(f"{mine}->{names}", out)[...] = part
    return out


def kron_part(g: Any, a: Any, b: Any, left: bool) -> Any:
    """The cotangent of a, or of b, in np.kron(a, b)."""
    n = max(np.ndim(a), np.ndim(b))
    p = (1,) * (n - np.ndim(a)) + np.shape(a)
    q = (1,) * (n - np.ndim(b)) + np.shape(b)
    pairs = np.reshape(g, [k for pair in zip(p, q, strict=True) for k in pair])
    mine, other = (a, b) if left else (b, a)
    at = range(1, 2 * n, 2) if left else range(0, 2 * n, 2)
    axes = tuple(k for k in range(2 * n) if k not in at)
    weight = np.expand_dims(np.reshape(other, q if left else p), axes)
    return np.reshape(np.sum(pairs * weight, tuple(at)), np.shape(mine))


def cofactors(a: Any) -> Any:
    """The derivative of np.linalg.det(a), for singular matrices too."""
    u, s, v = np.linalg.svd(a)
    sign = np.linalg.det(u) * np.linalg.det(v)
    turned = np.conj(np.matmul(u * others(s, -1)[..., None, :], v))
    return sign[..., None, None] * turned


def solve_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    """The cotangent of a in np.linalg.solve(a, b), which is y."""
    if np.ndim(b) == 1:
        g, y = g[..., None], y[..., None]
    part = np.linalg.solve(np.swapaxes(a, -1, -2), g)
    return unbroadcast(-np.matmul(part, np.swapaxes(y, -1, -2)), a)


def solve_right(g: Any, a: Any, b: Any) -> Any:
    """The cotangent of b in np.linalg.solve(a, b)."""
    turned = np.swapaxes(a, -1, -2)
    if np.ndim(b) == 1:
        return unbroadcast(np.linalg.solve(turned, g[..., None])[..., 0], b)
    return unbroadcast(np.linalg.solve(turned, g), b)


def cholesky_part(g: Any, y: Any) -> Any:
    """The cotangent of a in np.linalg.cholesky(a), which reads the lower triangle."""
    require_real_matrix(y)
    half = 1.0 - 0.5 * np.eye(y.shape[-1], dtype=y.dtype)
    upper = np.swapaxes(y, -1, -2)
    middle = np.tril(np.matmul(upper, g)) * half
    left = np.linalg.solve(upper, middle)
    whole = np.linalg.solve(upper, np.swapaxes(left, -1, -2))
    return np.tril(whole + np.swapaxes(whole, -1, -2)) * half


def solve_like(a: Any, g: Any, b: Any) -> Any:
    """np.linalg.solve(a, g), where g is a vector for each matrix if b is a vector."""
    if np.ndim(b) == 1:
        return np.linalg.solve(a, g[..., None])[..., 0]
    return np.linalg.solve(a, g)
