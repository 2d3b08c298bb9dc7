"""Arguments to check a function at, where none are given.

What types say, and defaults, comes first; what nobody says is tried out as a number, a
vector, a matrix, until the function runs.
"""

from __future__ import annotations

import contextlib
import copy
import inspect
import io
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from s2sad.errors import S2sadError
from s2sad.frontend.lower import lower
from s2sad.frontend.source import from_function
from s2sad.ir.types import Type
from s2sad.optimize.dead import remove_dead

LIMIT = 200
N = 3


def guess(f: Callable[..., Any]) -> tuple[Any, ...] | None:
    """Arguments that f runs with and gives finite numbers for; None if none do."""
    from s2sad.analysis.types import infer

    function = lower(from_function(f))
    remove_dead(function)
    infer(function)
    types = {p.name: p.value.type for p in function.params}
    rng = np.random.default_rng(0)
    choices = []
    for parameter in inspect.signature(f).parameters.values():
        if parameter.kind not in (
            parameter.POSITIONAL_ONLY,
            parameter.POSITIONAL_OR_KEYWORD,
        ):
            continue
        if parameter.default is not parameter.empty:
            choices.append([parameter.default])
            continue
        choices.append(list(_candidates(types[parameter.name], rng)))
    for args in itertools.islice(itertools.product(*choices), LIMIT):
        if _runs(f, args):
            return args
    return None


def _candidates(kind: Type, rng: np.random.Generator) -> Iterator[Any]:
    if kind.kind == "bool":
        yield True
    elif kind.kind in ("int", "num"):
        yield N
    if kind.kind in ("float", "num", "any"):
        yield float(rng.uniform(0.2, 0.8))
    for ndim in (1, 2, 3):
        if kind.kind == "any" or (kind.kind == "array" and kind.ndim in (None, ndim)):
            yield rng.uniform(0.2, 0.8, (N,) * ndim)


def _runs(f: Callable[..., Any], args: tuple[Any, ...]) -> bool:
    from s2sad.check.structure import flatten

    try:
        with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
            value = f(*copy.deepcopy(args))
            return value is None or bool(np.all(np.isfinite(flatten(value))))
    except S2sadError:
        raise
    except Exception:
        return False
