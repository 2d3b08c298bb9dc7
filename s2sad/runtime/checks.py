"""What only a run can tell: are the arguments what the derivative was written for?"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.errors import DtypeError, KindError, ResultError


def require_float(x: Any, name: str) -> None:
    """Refuse an array of integers where a derivative was asked for."""
    if isinstance(x, np.ndarray) and x.dtype.kind not in "fc":
        raise DtypeError(
            f"{name} is an array of {x.dtype}, and has no derivative",
            hint=f"pass {name}.astype(float)",
        )
    require_real(x)


def require_real(*parts: Any) -> None:
    """Refuse complex numbers where the derivative was written for real ones."""
    for part in parts:
        if isinstance(part, list | tuple):
            require_real(*part)
        elif isinstance(part, dict):
            require_real(*part.values())
        elif isinstance(part, np.ndarray | complex) and np.iscomplexobj(part):
            raise DtypeError(
                "complex numbers, where the derivative was written for real ones",
                hint="say so with examples of the arguments: grad(f, like=(x, c))",
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
        if hasattr(part, "__dict__"):
            require_number(part)
        if isinstance(part, np.ndarray):
            require_float(part, "an argument")
        if np.iscomplexobj(part):
            require_number(part)


def require_number(*parts: Any) -> None:
    """Refuse an array where the derivative was written for a number."""
    for part in parts:
        if isinstance(part, np.ndarray):
            require_float(part, "an argument")
            if part.ndim == 0:
                raise KindError(
                    "an array of no axes, where a number was thought of",
                    hint="pass x.item()",
                )
        elif hasattr(part, "__dict__"):
            raise KindError(
                f"a {type(part).__name__} where a number is needed",
                hint="annotate the argument with its class",
            )
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
        plain = isinstance(x, int | float | str | tuple | None)
        if arrays or (x is other and not plain):
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
    if isinstance(x, np.ndarray):
        raise KindError(
            "an attribute of an array is assigned",
            hint="x = x.reshape(...), x[...] = y",
        )
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


def require_list(x: Any) -> None:
    """Refuse another thing where the derivative was written for a list."""
    if not isinstance(x, list):
        raise KindError(
            f"a {type(x).__name__}, where the derivative was written for a list",
            hint="write np.asarray(...) where arrays are added",
        )


def require_integer(x: Any) -> None:
    """Refuse an array or a list of indices where the derivative takes one for one."""
    if not isinstance(x, int | np.integer) or isinstance(x, bool):
        raise KindError(
            f"a {type(x).__name__} for an index, where the derivative was written for a"
            " number: what it picks is changed",
            hint="annotate the argument as int, or write int(i)",
        )


def require_contiguous(x: Any) -> None:
    """Refuse an array whose copy has another order in memory than it has itself."""
    if isinstance(x, np.ndarray) and not x.flags.c_contiguous:
        raise KindError(
            "an array that is not in C order is changed, and seen in another shape",
            hint="pass np.ascontiguousarray(x)",
        )
