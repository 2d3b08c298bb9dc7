"""What derivatives call when they run: short functions of NumPy alone.

An emitted derivative imports these, or holds a copy of their source, so each uses
only NumPy and others of this file. `g` is always a cotangent, the derivative of the
final result in the value that it belongs to.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.errors import DtypeError, ResultError

# --- what a rule may ask; the compiler answers before the program runs --------------


def is_known(v: Any) -> bool:
    """Is v a literal? Only the compiler can tell; here every value is known."""
    return True


def rank(x: Any) -> int | None:
    """The number of axes; None to the compiler where only a run can tell."""
    return np.ndim(x)


def is_array(x: Any) -> bool:
    """Is x an array for certain?"""
    return isinstance(x, np.ndarray)


# --- shapes -------------------------------------------------------------------------


def float_dtype(x: Any) -> Any:
    """The dtype of x's cotangent: its own, or float64 for an integer."""
    dtype = getattr(x, "dtype", None)
    return dtype if dtype is not None and dtype.kind in "fc" else np.dtype(float)


def cast(g: Any, x: Any) -> Any:
    """g in the dtype of x's cotangent; only the real part, where x is real."""
    dtype = float_dtype(x)
    if g.dtype == dtype:
        return g
    if g.dtype.kind == "c" and dtype.kind != "c" and not np.iscomplexobj(x):
        g = g.real
    return g.astype(dtype) if isinstance(x, np.ndarray) or g.dtype.kind != "c" else g


def unbroadcast(g: Any, x: Any) -> Any:
    """g summed over the axes along which x was broadcast."""
    if isinstance(x, np.ndarray):
        if isinstance(g, np.ndarray) and g.shape == x.shape:
            return g if g.dtype == x.dtype else cast(g, x)
        g = np.asarray(g)
        if g.ndim > x.ndim:
            g = np.sum(g, tuple(range(g.ndim - x.ndim)))
        short = tuple(k for k in range(g.ndim) if x.shape[k - g.ndim] < g.shape[k])
        if short:
            g = np.sum(g, short, keepdims=True)
        if g.shape != x.shape:
            return np.array(np.broadcast_to(g, x.shape), float_dtype(x))
        return cast(np.asarray(g), x)
    if isinstance(x, list | tuple):
        return unbroadcast(g, np.asarray(x))
    if np.ndim(g):
        g = np.sum(g)
    if isinstance(g, complex | np.complexfloating) and not np.iscomplexobj(x):
        g = g.real
    return g if isinstance(x, np.generic) else g * 1.0


def spread(g: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The cotangent of a sum over axes, laid over all of x again."""
    if np.ndim(x) == 0 and not isinstance(x, np.ndarray):
        return g
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    out = np.empty(np.shape(x), float_dtype(x))
    out[...] = g
    return out


def zeros_like(x: Any) -> Any:
    """A zero cotangent for x: lists and tuples as lists, dicts as dicts."""
    if isinstance(x, np.ndarray):
        return np.zeros(x.shape, float_dtype(x))
    if isinstance(x, list | tuple):
        return [zeros_like(v) for v in x]
    if isinstance(x, dict):
        return {k: zeros_like(v) for k, v in x.items()}
    return 0.0


def add_at(b: Any, index: Any, g: Any) -> None:
    """b[index] += g, where an index that comes twice counts twice."""
    parts = index if isinstance(index, tuple) else (index,)
    if isinstance(b, np.ndarray) and any(isinstance(p, list | np.ndarray) for p in parts):
        np.add.at(b, index, g)
    else:
        b[index] = b[index] + g


def match(g: Any, x: Any) -> Any:
    """A gradient in the shape and dtype of x: its own memory, floats for scalars."""
    if isinstance(x, np.ndarray):
        return np.array(unbroadcast(g, x))
    if isinstance(x, list):
        return [match(g[k], v) for k, v in enumerate(x)]
    if isinstance(x, tuple):
        parts = [match(g[k], v) for k, v in enumerate(x)]
        return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)
    if isinstance(x, dict):
        return {k: match(g[k], v) for k, v in x.items()}
    g = np.sum(g)
    if isinstance(x, np.inexact):
        return x.dtype.type(g if np.iscomplexobj(x) else g.real)
    return complex(g) if isinstance(x, complex) else float(g.real)


# --- checks -------------------------------------------------------------------------


def require_float(x: Any, name: str) -> None:
    """Refuse an array of integers where a derivative was asked for."""
    if isinstance(x, np.ndarray) and x.dtype.kind not in "fc":
        raise DtypeError(
            f"{name} is an array of {x.dtype}, and has no derivative",
            hint=f"pass {name}.astype(float)",
        )


def require_scalar(*parts: Any) -> None:
    """Refuse a result that is not one number."""
    for part in parts:
        if isinstance(part, list | tuple | dict) or np.size(part) != 1:
            what = (
                f"a {type(part).__name__}"
                if isinstance(part, list | tuple | dict)
                else f"an array of shape {np.shape(part)}"
            )
            raise ResultError(
                f"the result is {what}, not one number",
                hint="sum it, or use vjp or jacobian",
            )


# --- products -----------------------------------------------------------------------


def matmul_left(g: Any, a: Any, b: Any) -> Any:
    """The cotangent of a in a @ b."""
    if np.ndim(b) == 1:
        out = np.expand_dims(g, -1) * b
    elif np.ndim(a) == 1:
        out = np.matmul(b, np.expand_dims(g, -1))[..., 0]
    else:
        out = np.matmul(g, np.swapaxes(b, -1, -2))
    return unbroadcast(out, a)


def matmul_right(g: Any, a: Any, b: Any) -> Any:
    """The cotangent of b in a @ b."""
    if np.ndim(b) == 1:
        out = np.expand_dims(g, -1) * a
    elif np.ndim(a) == 1:
        out = np.expand_dims(a, -1) * np.expand_dims(g, -2)
    else:
        out = np.matmul(np.swapaxes(a, -1, -2), g)
    return unbroadcast(out, b)


def dot_left(g: Any, a: Any, b: Any) -> Any:
    """The cotangent of a in np.dot(a, b)."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(np.multiply(g, b), a)
    return tensordot_left(g, a, b, (-1, -min(2, np.ndim(b))))


def dot_right(g: Any, a: Any, b: Any) -> Any:
    """The cotangent of b in np.dot(a, b)."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(np.multiply(g, a), b)
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
    left, right, rest_a, rest_b = tensordot_axes(a, b, axes)
    last = list(range(np.ndim(g) - len(rest_b), np.ndim(g)))
    order = rest_a + [k for _, k in sorted(zip(right, left, strict=True))]
    return np.transpose(np.tensordot(g, b, (last, rest_b)), np.argsort(order))


def tensordot_right(g: Any, a: Any, b: Any, axes: Any) -> Any:
    """The cotangent of b in np.tensordot(a, b, axes)."""
    left, right, rest_a, rest_b = tensordot_axes(a, b, axes)
    first = list(range(len(rest_a)))
    order = [k for _, k in sorted(zip(left, right, strict=True))] + rest_b
    return np.transpose(np.tensordot(a, g, (rest_a, first)), np.argsort(order))


def einsum_part(g: Any, subscripts: str, operands: Any, k: int) -> Any:
    """The cotangent of operand k in np.einsum(subscripts, *operands)."""
    spare = [c for c in "ZYXWVUTSRQPONMLKJIHGFEDCBA" if c not in subscripts]
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    wide = [np.ndim(v) - len(t.replace("...", "")) for v, t in zip(operands, terms)]
    dots = "".join(spare[: max([n for n, t in zip(wide, terms) if "." in t] or [0])])
    if not arrow:
        once = sorted(c for c in set(inputs) - set(",.") if inputs.count(c) == 1)
        output = "..." * ("." in inputs) + "".join(once)
    terms = [t.replace("...", dots[len(dots) - n :]) for t, n in zip(terms, wide)]
    output = output.replace("...", dots)
    mine = terms.pop(k)
    others = [v for i, v in enumerate(operands) if i != k]
    names = "".join(dict.fromkeys(mine))
    kept = "".join(c for c in names if c in output + "".join(terms))
    part = np.einsum(f"{','.join([output, *terms])}->{kept}", g, *others)
    part = np.expand_dims(part, [i for i, c in enumerate(names) if c not in kept])
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
    axes = tuple(k for k in range(2 * n) if (k in at) != left)
    weight = np.expand_dims(np.reshape(other, q if left else p), axes)
    return np.reshape(np.sum(pairs * weight, tuple(at)), np.shape(mine))
