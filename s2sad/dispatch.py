"""Derivatives that are written when they are called, for the arguments of the call.

Which function `model.energy()` calls depends on what `model` is; whether `y += x`
changes an array depends on what `y` is. An annotation tells; where there is none, the
arguments of a call do. The derivative is then made for their classes, kinds and ranks,
once for each combination, and kept.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from typing import Any

from s2sad.errors import KindError, ResultError, S2sadError
from s2sad.runtime.kinds import is_object
from s2sad.signature import attributes_of, type_of

Function = Callable[..., Any]
#: makes a derivative for arguments by name
Make = Callable[[dict[str, Any]], Function]


def by_call(
    primal: Any, names: list[str], make: Make, general: Any, error: S2sadError | None
) -> Function:
    """A derivative that looks at the classes and kinds of its arguments.

    `general` is the one that is written without them, for arguments that are no
    objects of the user's and fit it; without one, `error` says why.
    """
    made: dict[object, Function] = {}
    failed: set[object] = set()
    lock = threading.Lock()
    takes_objects = general is None or bool(general.attributes)

    def named(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        given = dict(zip(names, args, strict=False))
        given.update((k, v) for k, v in kwargs.items() if k in names)
        return given

    def written_for(given: dict[str, Any]) -> Function:
        key = told_by(given)
        with lock:
            if key not in made:
                made[key] = make(given)
        return made[key]

    def derivative(*args: Any, **kwargs: Any) -> Any:
        reason = error
        if takes_objects or failed:
            given = named(args, kwargs)
            if any(is_object(v) for v in given.values()):
                return written_for(given)(*args, **kwargs)
        if general is not None and not (failed and told_by(given) in failed):
            try:
                return general(*args, **kwargs)
            except (KindError, ResultError) as refused:
                reason = refused
        return again(reason, args, kwargs)

    def again(
        reason: S2sadError | None, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """What the general one refuses, by one that is written for this call."""
        given = named(args, kwargs)
        key = told_by(given)
        if not key and reason is not None:
            raise reason
        failed.add(key)
        return written_for(given)(*args, **kwargs)

    signature = inspect.signature(primal)
    derivative.__name__ = f"d{getattr(primal, '__name__', 'f')}"
    derivative.__qualname__ = derivative.__name__
    derivative.__module__ = primal.__module__
    shown: Any = derivative
    # What a derivative of this derivative is made from.
    shown.general = general
    shown.written_for = written_for
    if general is not None:
        shown.__dict__.update(general.__dict__)
        shown.__doc__ = general.__doc__
        shown.__signature__ = inspect.signature(general)
    else:
        left = [p for n, p in signature.parameters.items() if n in names]
        shown.__signature__ = inspect.Signature(left)
    return derivative


def chosen(f: Any, given: dict[str, Any]) -> Any:
    """A function; of one that is written by the call, that for such arguments."""
    written_for = getattr(f, "__dict__", {}).get("written_for")
    return f if written_for is None else written_for(given)


def told_by(given: dict[str, Any]) -> tuple[object, ...]:
    """What arguments tell: the class of each object, the kind of all others."""
    found: list[object] = []
    for name, value in sorted(given.items(), key=lambda pair: pair[0]):
        if is_object(value):
            found.append((name, type(value), attributes_of(value)))
        else:
            found.append((name, type_of(value)))
    return tuple(found)
