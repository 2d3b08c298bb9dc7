"""Cotangents in the shape of what they belong to; predicates and checks."""

from __future__ import annotations

import copy
import types
from typing import Any

import numpy as np

from s2sad.errors import DtypeError, KindError, ResultError


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


def zeros_like(x: Any, seen: Any = None) -> Any:
    """A zero cotangent for x: lists and tuples as lists, dicts and objects as such.

    An array that stands in x twice has one cotangent.
    """
    if isinstance(x, np.ndarray):
        return np.zeros(x.shape, float_dtype(x))
    if isinstance(x, float | int | np.generic | str | type(None)):
        return 0.0
    seen = {} if seen is None else seen
    if id(x) in seen:
        return seen[id(x)]
    if isinstance(x, list | tuple):
        seen[id(x)] = [zero_item(v, seen) for v in x]
    elif isinstance(x, dict):
        seen[id(x)] = {k: zero_item(v, seen) for k, v in x.items()}
    elif hasattr(x, "__dict__") and not callable(x):
        zero = seen[id(x)] = types.SimpleNamespace()
        for name, v in vars(x).items():
            setattr(zero, name, zero_item(v, seen))
    else:
        return 0.0
    return seen[id(x)]


def zero_item(x: Any, seen: Any) -> Any:
    """The same for an item of a container."""
    if isinstance(x, np.ndarray):
        if id(x) not in seen:
            seen[id(x)] = np.zeros(x.shape, float_dtype(x))
        return seen[id(x)]
    return zeros_like(x, seen)


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
        b[k] = plus(b[k], g[k])


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
            b[k] = plus(b[k], g[place])
        return
    parts = index if isinstance(index, tuple) else (index,)
    fancy = any(isinstance(p, list | np.ndarray) for p in parts)
    if isinstance(b, np.ndarray) and fancy:
        np.add.at(b, index, g)
    elif isinstance(b, list | dict) and isinstance(b[index], np.ndarray):
        b[index] += g  # the array may be known elsewhere
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
        return {k: match_item(g[k], v) for k, v in x.items()}
    if hasattr(x, "__dict__") and not callable(x):
        twin = copy.copy(x)
        for name, v in vars(x).items():
            object.__setattr__(twin, name, match_item(getattr(g, name), v))
        return twin
    g = np.sum(g)
    if isinstance(x, np.inexact):
        return x.dtype.type(g if np.iscomplexobj(x) else g.real)
    return complex(g) if isinstance(x, complex) else float(g.real)


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
        what = f"a {type(part).__name__}"
        if np.iscomplexobj(part) or isinstance(part, bool | np.bool_):
            raise ResultError(f"{what} where a real number is needed")
        if isinstance(part, np.ndarray):
            if part.size == 1:
                continue
            what = f"an array of shape {part.shape}"
        elif np.isscalar(part):
            continue
        raise ResultError(
            f"{what} where one number is needed",
            hint="sum it: a gradient is that of one number",
        )


def require_one(*parts: Any) -> None:
    """Refuse arrays where one number each is needed; of one element all will do."""
    shapes = {np.shape(part) for part in parts}
    if len(shapes) > 1 or np.size(parts[0]) != 1:
        require_number(*parts)
    for part in parts:
        if isinstance(part, np.ndarray):
            require_float(part, "an argument")
        if np.iscomplexobj(part):
            require_number(part)


def require_number(*parts: Any) -> None:
    """Refuse an array where the derivative was written for a number."""
    for part in parts:
        if isinstance(part, np.ndarray):
            require_float(part, "an argument")
        if np.iscomplexobj(part):
            raise ResultError(
                "a complex number where a real one is needed",
                hint="return a real number",
            )
        if np.ndim(part):
            raise ResultError(
                f"an array of shape {np.shape(part)} where one number is needed",
                hint="a gradient is that of one number; annotate arrays as np.ndarray",
            )


def require_array(x: Any) -> None:
    """Refuse a number where the derivative was written for an array."""
    if not isinstance(x, np.ndarray):
        raise KindError(
            f"a {type(x).__name__}, where the derivative was written for an array:"
            " it is changed in place while other names refer to it",
            hint="annotate the parameters that are numbers as float",
        )


def require_items(x: Any) -> None:
    """Refuse what is neither an array nor a list of numbers."""
    if isinstance(x, list) and all(isinstance(v, float | int | np.number) for v in x):
        return
    require_array(x)


def require_apart(x: Any, *others: Any) -> None:
    """Refuse an array that is changed in place and passed a second time."""
    for other in others:
        arrays = isinstance(x, np.ndarray) and isinstance(other, np.ndarray)
        if arrays or (x is other and not isinstance(x, int | float | str | tuple)):
            if x is other or np.may_share_memory(x, other):
                raise KindError(
                    "an argument that is changed in place shares memory with another",
                    hint="pass a copy: x.copy()",
                )


def require_distinct(x: Any, *others: Any) -> None:
    """Refuse an object whose attributes are assigned and that is passed twice."""
    if any(x is other for other in others):
        raise KindError(
            "an argument whose attributes are assigned is passed a second time",
            hint="pass a copy: copy.copy(x)",
        )


def require_plain(x: Any) -> None:
    """Refuse an object whose class decides what assigning an attribute does."""
    for base in type(x).__mro__[:-1]:
        own = vars(base)
        if "__setattr__" in own or any(isinstance(v, property) for v in own.values()):
            raise KindError(
                f"the attributes of a {type(x).__name__} are assigned, and its class"
                " has properties",
                hint="annotate the argument with its class",
            )


def require_sequence(x: Any) -> None:
    """Refuse what is iterated otherwise than by its indices: a dict, an iterator."""
    if not hasattr(x, "__len__") or isinstance(x, dict | set | frozenset):
        raise KindError(
            f"a loop over a {type(x).__name__}, where the derivative was written for a"
            " list or an array",
            hint="loop over d.items(), d.keys() or list(x)",
        )


def require_flat(x: Any) -> None:
    """Refuse to order what are not numbers: tuples, strings, rows."""
    if np.ndim(x) != 1 or np.asarray(x).dtype.kind not in "biuf":
        raise KindError(
            f"the greatest, the least or the order of a {type(x).__name__} of what are"
            " not numbers has no derivative here",
            hint="order the numbers, and take the rest by their indices",
        )


def require_dict(x: Any) -> None:
    """Refuse another thing where the derivative was written for a dict."""
    if not isinstance(x, dict):
        raise KindError(
            f"a {type(x).__name__}, where the derivative was written for a dict",
            hint="loop over range(len(x))",
        )


def require_view(view: Any, x: Any) -> None:
    """Refuse a copy where the derivative was written for a view."""
    if not (isinstance(x, np.ndarray) and np.may_share_memory(view, x)):
        raise KindError(
            "this is a copy of the array, where the derivative was written for a view:"
            " what it was made of is changed in place",
            hint="take a copy before: np.copy(x)",
        )


def require_uncrossed(part: Any, value: Any) -> None:
    """Refuse to store a row into a column that it crosses: NumPy makes no copy."""
    if not (isinstance(part, np.ndarray) and isinstance(value, np.ndarray)):
        return
    steps = [tuple(map(abs, a.strides)) for a in (part, value)]
    if part.ndim == 1 and steps[0] != steps[1] and np.shares_memory(part, value):
        raise KindError(
            "what is stored shares memory with where it goes, in another direction",
            hint="store a copy: w[:, 2] = w[1].copy()",
        )


def require_element(x: Any) -> None:
    """Refuse a row where the derivative was written for an element."""
    if np.ndim(x):
        raise KindError(
            f"an array of shape {np.shape(x)}, where the derivative was written for an"
            " element: what it is a view of is changed while it is in use",
            hint="copy the row: x[i].copy()",
        )


def require_rank(x: Any, ndim: int) -> None:
    """Refuse an array of other rank than the derivative was written for."""
    try:
        axes = np.ndim(x)
    except ValueError:  # rows of several lengths
        axes = -1
    if axes != ndim:
        shown = f"an array with {axes} axes" if axes >= 0 else "rows of several lengths"
        raise ResultError(
            f"{shown}, where {ndim} axes make the result a number",
            hint="a gradient is that of one number: sum over the rest",
        )


def unspread(g: Any, c: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The cotangent of c in spread(c, x, axis, keepdims)."""
    if axis is None or keepdims:
        return unbroadcast(g, c)
    wide = unbroadcast(g, np.expand_dims(c, axis))
    return np.reshape(wide, np.shape(c)) if np.ndim(c) else np.sum(wide)
