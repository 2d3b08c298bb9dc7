"""What became of one check: right, refused, wrong or a crash."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from oracle import (
    assert_close,
    assert_same_bits,
    precision,
    reference_gradient,
)

from corpus.refused import REFUSED
from corpus.registry import Check
from s2sad.check.structure import map_leaves


@dataclass(frozen=True)
class Verdict:
    """`kind` is "right", "refused", "WRONG" or "CRASH"; `detail` one line."""

    kind: str
    code: str = ""
    detail: str = ""

    def excused(self, check: Check) -> bool:
        """Whether it is right, or refused as `refused.py` says it should be."""
        listed = REFUSED.get(check.id, REFUSED.get(check.case.name))
        if listed is None:
            return self.kind == "right"
        return self.kind == "refused" and self.code == listed


def judge(check: Check) -> Verdict:
    """Differentiate with s2sad and hold the result against the oracle."""
    # Late, so that the corpus can be loaded and tested without the compiler.
    import s2sad
    from s2sad.errors import InternalError, S2sadError

    args = check.case.args(check.point)
    before = copy.deepcopy(args)
    reference = reference_gradient(check.case.f, before, check.argnum)
    try:
        derivative = s2sad.grad(check.case.f, wrt=check.argnum)
        first = derivative(*args)
        kept = copy.deepcopy(first)
        assert_close(first, reference, precision(args))
        assert_same_bits(args, before, "arguments after the call")
        _assert_apart(first, args)
        assert_same_bits(derivative(*args), kept, "second call")
        assert_same_bits(first, kept, "first result after the second call")
    except AssertionError as failure:
        return Verdict("WRONG", detail=_one_line(failure))
    except InternalError as failure:
        return Verdict("CRASH", failure.code, _one_line(failure))
    except S2sadError as failure:
        place = f" (line {failure.at.line})" if failure.at else ""
        return Verdict("refused", failure.code, failure.message + place)
    except Exception as failure:
        name = type(failure).__name__
        return Verdict("CRASH", detail=f"{name}: {_one_line(failure)}")
    return Verdict("right")


def _assert_apart(gradient: Any, args: tuple[Any, ...]) -> None:
    """The gradient shares no memory with an argument."""
    for mine in _arrays(gradient):
        for yours in _arrays(args):
            assert not np.shares_memory(mine, yours), "the gradient is an argument"


def _arrays(tree: Any) -> list[Any]:
    found: list[Any] = []

    def look(leaf: Any) -> None:
        if isinstance(leaf, np.ndarray):
            found.append(leaf)

    map_leaves(tree, look, look)
    return found


def _one_line(failure: BaseException) -> str:
    lines = [line.strip() for line in str(failure).splitlines() if line.strip()]
    return " | ".join(lines[:4])[:300]
