"""The run-time helpers, as functions that an emitted derivative calls in its turn.

Most are linear in the cotangent that they are given, and their adjoint is the function
whose adjoint they are: that of `untake` is `np.take`. With `left(g, a, b)` for the
cotangent of a in a product a b, <w, left(g, a, b)> = <g, w b>, so that its own
cotangents are w b in g and `right(g, w, b)` in b. The rest are NumPy that can be read
as a user's function is.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import inspect

import numpy as np

from s2sad import runtime
from s2sad.rules.registry import RULES, Rule, adjoint, declare, define
from s2sad.runtime import (
    dot_left,
    dot_right,
    fitted,
    gathered,
    last_stored,
    matmul_left,
    matmul_right,
    on_diagonal,
    solve_like,
    tensordot_left,
    tensordot_right,
    unbroadcast,
    unspread,
)

for name in ("uncrossed", "apart", "number", "one", "scalar", "array", "element"):
    declare(f"s2sad.runtime.require_{name}(*parts)", effect=True)
declare("s2sad.runtime.require_rank(x, ndim)", effect=True)
declare("s2sad.runtime.require_float(x, name)", effect=True)
declare("s2sad.runtime.require_real(a)", effect=True)
declare("s2sad.runtime.require_square(a)", effect=True)
declare("s2sad.runtime.zeros_like(x)", "like")
for name in ("places(a)", "shape_along(a, s, axes)", "float_dtype(x)", "copied(x)"):
    declare(f"s2sad.runtime.{name}")
for name in ("histogram_places(a, edges)", "trimmed_places(a, trim)"):
    declare(f"s2sad.runtime.{name}")
declare("s2sad.runtime.simpson_weights(n, x, dx)")


def linear(signature: str, flat: str, wrt: str = "g"):
    """A helper that is linear in one parameter, and flat in some."""
    return adjoint(f"s2sad.runtime.{signature}", wrt, flat=tuple(flat.split()))


@linear("unbroadcast(c, x, m1=None, m2=None, m3=None)", "x m1 m2 m3", "c")
def unbroadcast_(g, c):
    return unbroadcast(g, c)


@linear("match(c, x)", "x", "c")
def match(g, c):
    return unbroadcast(g, c)


@linear("spread(c, x, axis=None, keepdims=False)", "x", "c")
def spread(g, c, axis, keepdims):
    return unspread(g, c, axis, keepdims)


@linear("turned(a)", "", "a")
def turned(g):
    return np.swapaxes(g, -1, -2)


@linear("fitted(c, a)", "a", "c")
def fitted_(g, c):
    return fitted(g, c)


@linear("on_diagonal(c, a, k=0, axis1=0, axis2=1)", "a", "c")
def on_diagonal_(g, c, a, k, axis1, axis2):
    if np.ndim(a) == 1:
        return on_diagonal(g, c, k)
    return np.diagonal(g, k, axis1, axis2)


@linear("scattered(c, at, a)", "a", "c")
def scattered(g, c, at):
    return gathered(g, at, c)


@linear("untake(c, a, indices, axis=None)", "a", "c")
def untake(g, indices, axis):
    return np.take(g, indices, axis)


@linear("undiff(c, n, axis)", "", "c")
def undiff(g, n, axis):
    return np.diff(g, n, axis)


@linear("unrepeat(c, a, repeats, axis=None)", "a", "c")
def unrepeat(g, repeats, axis):
    return np.repeat(g, repeats, axis)


@linear("untile(c, A, reps)", "A", "c")
def untile(g, reps):
    return np.tile(g, reps)


@linear("unpad(c, array, pad_width, mode='constant')", "array", "c")
def unpad(g, pad_width, mode):
    return np.pad(g, pad_width, mode)


@linear("split_like(c, arrays, axis)", "arrays", "c")
def split_like(g, axis):
    return np.concatenate(g, axis)


@linear("last_stored(c, index)", "", "c")
def last_stored_(g, index):
    return last_stored(g, index)


# --- products ----------------------------------------------------------------


@linear("matmul_left(c, a, b)", "a", "c")
def matmul_left_c(g, b):
    return np.matmul(g, b)


@adjoint("s2sad.runtime.matmul_left", "b")
def matmul_left_b(g, c, b):
    return matmul_right(c, g, b)


@linear("matmul_right(c, a, b)", "b", "c")
def matmul_right_c(g, a):
    return np.matmul(a, g)


@adjoint("s2sad.runtime.matmul_right", "a")
def matmul_right_a(g, c, a):
    return matmul_left(c, a, g)


@linear("dot_left(c, a, b)", "a", "c")
def dot_left_c(g, b):
    return np.dot(g, b)


@adjoint("s2sad.runtime.dot_left", "b")
def dot_left_b(g, c, b):
    return dot_right(c, g, b)


@linear("dot_right(c, a, b)", "b", "c")
def dot_right_c(g, a):
    return np.dot(a, g)


@adjoint("s2sad.runtime.dot_right", "a")
def dot_right_a(g, c, a):
    return dot_left(c, a, g)


@linear("tensordot_left(c, a, b, axes)", "a", "c")
def tensordot_left_c(g, b, axes):
    return np.tensordot(g, b, axes)


@adjoint("s2sad.runtime.tensordot_left", "b")
def tensordot_left_b(g, c, b, axes):
    return tensordot_right(c, g, b, axes)


@linear("tensordot_right(c, a, b, axes)", "b", "c")
def tensordot_right_c(g, a, axes):
    return np.tensordot(a, g, axes)


@adjoint("s2sad.runtime.tensordot_right", "a")
def tensordot_right_a(g, c, a, axes):
    return tensordot_left(c, a, g, axes)


@linear("solve_right(c, a, b)", "b", "c")
def solve_right_c(g, a, c, b):
    return unbroadcast(solve_like(a, g, b), c)


@adjoint("s2sad.runtime.solve_right", "a")
def solve_right_a(g, a, c, b):
    inner = solve_like(np.swapaxes(a, -1, -2), c, b)
    outer = solve_like(a, g, b)
    if np.ndim(b) == 1:
        return unbroadcast(-(inner[..., :, None] * outer[..., None, :]), a)
    return unbroadcast(-np.matmul(inner, np.swapaxes(outer, -1, -2)), a)


@linear("solve_like(a, c, b)", "b", "c")
def solve_like_c(g, a, c, b):
    return unbroadcast(solve_like(np.swapaxes(a, -1, -2), g, b), c)


@adjoint("s2sad.runtime.solve_like", "a")
def solve_like_a(g, y, a, b):
    outer = solve_like(np.swapaxes(a, -1, -2), g, b)
    if np.ndim(b) == 1:
        return unbroadcast(-(outer[..., :, None] * y[..., None, :]), a)
    return unbroadcast(-np.matmul(outer, np.swapaxes(y, -1, -2)), a)


@define("s2sad.runtime.solve_left(c, y, a, b)")
def solve_left(c, y, a, b):
    inner = solve_like(np.swapaxes(a, -1, -2), c, b)
    if np.ndim(b) == 1:
        return unbroadcast(-(inner[..., :, None] * y[..., None, :]), a)
    return unbroadcast(-np.matmul(inner, np.swapaxes(y, -1, -2)), a)


# --- the rest, as it stands ---------------------------------------------------

for name in runtime.__all__:
    path = f"s2sad.runtime.{name}"
    if path not in RULES:
        helper = getattr(runtime, name)
        found = inspect.signature(helper).parameters.values()
        if any(p.kind is p.VAR_POSITIONAL for p in found):
            continue
        defaults = {p.name: p.default for p in found if p.default is not p.empty}
        parameters = tuple(p.name for p in found)
        RULES[path] = Rule(path, parameters, defaults, definition=helper)
