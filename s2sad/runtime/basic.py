"""Cotangents in the shape of what they belong to; predicates."""

from __future__ import annotations

import copy
import types
from typing import Any

import numpy as np

from s2sad.errors import KindError


def is_known(v: Any) -> bool:
    """Is v a literal? To a run, whatever may be one is."""
    return v is None or isinstance(v, bool | int | float | complex | str)


def rank(x: Any) -> int | None:
    """The number of axes; None to the compiler where only a run can tell."""
    return np.ndim(x)


def is_array(x: Any) -> bool:
    """Is x an array for certain?"""
    return isinstance(x, np.ndarray)


def is_complex(x: Any) -> bool:
    """May x be complex? To the compiler, as far as its type says."""
    return bool(np.iscomplexobj(x))


def float_dtype(x: Any) -> Any:
    """The dtype of x's cotangent: its own, or float64 for an integer."""
    dtype = np.asarray(x).dtype if isinstance(x, list) else getattr(x, "dtype", None)
    return dtype if dtype is not None and dtype.kind in "fc" else np.dtype(float)


def cast(g: Any, x: Any) -> Any:
    """g in the dtype of x's cotangent; only the real part, where x is real."""
    dtype = float_dtype(x)
    if g.dtype == dtype:
        return g
    if g.dtype.kind == "c" and dtype.kind != "c" and not np.iscomplexobj(x):
        g = g.real
    return g.astype(dtype) if isinstance(x, np.ndarray) or g.dtype.kind != "c" else g


def unbroadcast(g: Any, x: Any, *more: Any) -> Any:
    """g summed over the axes along which x was broadcast; x and more together."""
    if more:
        x = np.empty(
            np.broadcast_shapes(np.shape(x), *map(np.shape, more)),
            np.result_type(float_dtype(x), *map(float_dtype, more)),
        )
        x = x if x.ndim else 0.0
    if isinstance(x, np.ndarray):
        if isinstance(g, np.ndarray) and g.shape == x.shape:
            return g if g.dtype == x.dtype else cast(g, x)
        g = np.asarray(g)
        if g.ndim > x.ndim:
            g = np.sum(g, tuple(range(g.ndim - x.ndim)))
        short = tuple(
            k for k in range(g.ndim) if x.shape[k - g.ndim] == 1 != g.shape[k]
        )
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
    if isinstance(x, np.inexact):
        return x.dtype.type(g)
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
    """A zero cotangent for x: lists and tuples as lists, dicts and objects as such."""
    if isinstance(x, np.ndarray):
        return np.zeros(x.shape, float_dtype(x))
    if isinstance(x, list | tuple):
        return [zeros_like(v) for v in x]
    if isinstance(x, dict):
        return {k: zeros_like(v) for k, v in x.items()}
    if has_attributes(x):
        pairs = ((name, zeros_like(v)) for name, v in vars(x).items())
        return types.SimpleNamespace(**dict(pairs))
    return 0.0


def has_attributes(x: Any) -> bool:
    """Is x an object with attributes of its own, and no function?"""
    home = type(x).__module__
    if isinstance(x, type) or home in ("builtins", "functools", "numpy"):
        return False
    return hasattr(x, "__dict__")


def shadow_like(x: Any, seen: Any = None) -> Any:
    """A zero cotangent for x, in which what stands in x twice has one cotangent.

    For what changes in place, and so changes wherever it stands.
    """
    seen = {} if seen is None else seen
    if id(x) in seen:
        return seen[id(x)]
    if isinstance(x, list | tuple):
        seen[id(x)] = [shadow_like(v, seen) for v in x]
    elif isinstance(x, dict):
        seen[id(x)] = {k: shadow_like(v, seen) for k, v in x.items()}
    elif not isinstance(x, np.ndarray) and has_attributes(x):
        zero = seen[id(x)] = types.SimpleNamespace()
        for name, v in vars(x).items():
            setattr(zero, name, shadow_like(v, seen))
    elif isinstance(x, np.ndarray):
        seen[id(x)] = zeros_like(x)
    else:
        return zeros_like(x)
    return seen[id(x)]


def plus(a: Any, b: Any) -> Any:
    """The sum of two cotangents of one thing, item by item."""
    if isinstance(a, list | tuple):
        return [plus(v, b[k]) for k, v in enumerate(a)]
    if isinstance(a, dict):
        return {k: plus(v, b[k]) for k, v in a.items()}
    if isinstance(a, types.SimpleNamespace):
        pairs = ((k, plus(v, getattr(b, k))) for k, v in vars(a).items())
        return types.SimpleNamespace(**dict(pairs))
    if isinstance(b, list | dict | types.SimpleNamespace):
        return a + b if isinstance(a, np.ndarray) else b
    return a + b


def add_items(b: Any, g: Any) -> None:
    """Add to every item of a list, a dict, an object or an array."""
    if isinstance(b, np.ndarray):
        b += g
        return
    if isinstance(b, types.SimpleNamespace):
        for name, v in vars(b).items():
            setattr(b, name, plus(v, getattr(g, name)))
        return
    for k in b if isinstance(b, dict) else range(len(b)):
        b[k] = added(b[k], g[k])


def is_same(a: Any, b: Any) -> bool:
    """Are both one array, list or dict? Numbers are no places."""
    return a is b and isinstance(a, np.ndarray | list | dict)


def added(b: Any, g: Any) -> Any:
    """A cotangent with more, in place if it can: another name may refer to it."""
    if is_same(b, g):
        return b  # an item of two lists
    if isinstance(b, np.ndarray):
        b += g if b.dtype.kind == "c" else np.real(g)
    elif isinstance(b, list | dict):
        add_items(b, g)
    else:
        b = plus(b, g)
    return b


def add_part(b: Any, name: str, g: Any, x: Any) -> None:
    """Add to the cotangent of the attribute x.name, which is a part of that of x."""
    if isinstance(b, list) and name in getattr(x, "_fields", ()):
        b[x._fields.index(name)] = plus(b[x._fields.index(name)], g)
    elif name in getattr(b, "__dict__", ()):
        setattr(b, name, plus(getattr(b, name), g))
    else:
        raise KindError(
            f"{name} of a {type(x).__name__} is computed by its class, and the"
            " derivative was written for an attribute",
            hint="annotate the argument with its class",
        )


def add_at(b: Any, index: Any, g: Any) -> None:
    """b[index] += g, where an index that comes twice counts twice."""
    if isinstance(b, list) and isinstance(index, slice):
        for place, k in enumerate(range(*index.indices(len(b)))):
            b[k] = added(b[k], g[place])
        return
    parts = index if isinstance(index, tuple) else (index,)
    fancy = any(isinstance(p, list | np.ndarray) for p in parts)
    if isinstance(b, np.ndarray) and fancy:
        np.add.at(b, index, g)
    elif isinstance(b, list | dict):
        b[index] = added(b[index], g)
    else:
        b[index] = plus(b[index], g)


def last_stored(g: Any, index: Any, x: Any) -> Any:
    """The part of g that `x[index] = v` let stay: of equal places the last one's."""
    parts = index if isinstance(index, tuple) else (index,)
    arrays = [np.asarray(p) for p in parts if isinstance(p, list | np.ndarray)]
    if not arrays or any(a.dtype == bool for a in arrays):
        return copied(g)  # a view of what is set to zero next, else
    order = np.empty(x.shape, int)
    numbers = np.arange(g.size).reshape(g.shape)
    order[index] = numbers
    return np.where(order[index] == numbers, g, 0.0)


def own(x: Any) -> Any:
    """A cotangent in memory of its own, to be stored into: tuples as lists."""
    if isinstance(x, list | tuple):
        return [own(v) for v in x]
    if isinstance(x, dict):
        return {k: own(v) for k, v in x.items()}
    return x.copy() if isinstance(x, np.ndarray) else x


def copied(x: Any) -> Any:
    """x in memory of its own."""
    return x.copy() if isinstance(x, np.ndarray) else x


def former(x: Any, key: Any) -> Any:
    """What x has under a key, None if nothing."""
    return x.get(key) if isinstance(x, dict) else copied(x[key])


def match_item(g: Any, x: Any) -> Any:
    """The same for an item of a container; None for what is no float."""
    if isinstance(x, bool | int | str | np.integer | np.bool_ | type(None)):
        return None
    if isinstance(x, np.ndarray) and x.dtype.kind not in "fc":
        return None
    if callable(x) and not has_attributes(x):
        return None
    return match(g, x)


def match(g: Any, x: Any) -> Any:
    """A gradient in the structure, shapes and dtypes of x."""
    if isinstance(x, np.ndarray):
        return unbroadcast(g, x)
    if isinstance(x, list):
        return [match_item(g[k], v) for k, v in enumerate(x)]
    if isinstance(x, tuple):
        parts = [match_item(g[k], v) for k, v in enumerate(x)]
        return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)
    if isinstance(x, dict):
        return {k: match_item(g.get(k, 0.0), v) for k, v in x.items()}
    if has_attributes(x):
        twin = copy.copy(x)
        for name, v in vars(x).items():
            object.__setattr__(twin, name, match_item(getattr(g, name), v))
        return twin
    g = np.sum(g)
    if isinstance(x, np.inexact):
        return x.dtype.type(g if np.iscomplexobj(x) else g.real)
    return complex(g) if isinstance(x, complex) else float(g.real)


def unspread(g: Any, c: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The cotangent of c in spread(c, x, axis, keepdims)."""
    if axis is None or keepdims:
        return unbroadcast(g, c)
    wide = unbroadcast(g, np.expand_dims(c, axis))
    return np.reshape(wide, np.shape(c)) if np.ndim(c) else np.sum(wide)
