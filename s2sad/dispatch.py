"""Derivatives of functions that take objects: one for each class, when it is called.

Which function `model.energy()` calls depends on what `model` is. An annotation tells;
where there is none, the arguments of a call do. The derivative is then made for their
classes, once for each combination, and kept.
"""

from __future__ import annotations

import dataclasses
import inspect
import threading
from collections.abc import Callable
from typing import Any

from s2sad.errors import UnknownClassError
from s2sad.frontend.source import FunctionSource

Function = Callable[..., Any]
Make = Callable[[FunctionSource], Function]


def by_class(
    source: FunctionSource,
    make: Make,
    general: Function | None,
    error: UnknownClassError | None,
) -> Function:
    """A derivative that looks at the classes of its arguments.

    `general` is the one for arguments that are no objects of the user's; without one,
    `error` says why.
    """
    primal: Any = source.function
    signature = inspect.signature(primal)
    skipped = len(source.bound)
    names = list(signature.parameters)[skipped:]
    made: dict[tuple[tuple[str, type], ...], Function] = {}
    lock = threading.Lock()

    def derivative(*args: Any, **kwargs: Any) -> Any:
        given = dict(zip(names, args, strict=False))
        given.update((k, v) for k, v in kwargs.items() if k in names)
        classes = {n: type(v) for n, v in given.items() if _is_object(v)}
        if not classes and general is not None:
            return general(*args, **kwargs)
        if not classes:
            assert error is not None
            raise error
        key = tuple(sorted(classes.items(), key=lambda pair: pair[0]))
        with lock:
            if key not in made:
                made[key] = make(dataclasses.replace(source, classes=classes))
        return made[key](*args, **kwargs)

    derivative.__name__ = f"d{primal.__name__}"
    derivative.__qualname__ = derivative.__name__
    derivative.__module__ = primal.__module__
    shown: Any = derivative
    # What a derivative of this derivative is made from.
    shown.general = general
    if general is not None:
        shown.__signature__ = inspect.signature(general)
    else:
        left = [signature.parameters[name] for name in names]
        shown.__signature__ = inspect.Signature(left)
    return derivative


def _is_object(value: Any) -> bool:
    """Is it an object of a class of the user's?"""
    home = type(value).__module__
    return home not in ("builtins", "numpy") and (
        hasattr(value, "__dict__") or hasattr(type(value), "__slots__")
    )
