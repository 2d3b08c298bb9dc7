"""Forward mode's verdict on one check of the corpus."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from oracle import assert_same_bits, precision, reference_gradient

from corpus.judge import Verdict, _one_line
from corpus.registry import Check
from s2sad.check.structure import as_float, flatten, map_leaves


def direction(argument: Any, seed: int = 0) -> Any:
    """A tangent for an argument: numbers of order one in its structure."""
    rng = np.random.default_rng(seed + flatten(as_float(argument)).size)

    def leaf(x: Any) -> Any:
        numbers = rng.uniform(-1.0, 1.0, np.shape(x))
        if isinstance(x, np.ndarray):
            return numbers.astype(x.dtype)
        return type(x)(numbers)

    return map_leaves(as_float(argument), leaf, lambda x: x)


def judge_jvp(check: Check) -> Verdict:
    """<gradient by the oracle, v> against the tangent along v."""
    import s2sad
    from s2sad.errors import InternalError, S2sadError

    args = check.case.args(check.point)
    before = copy.deepcopy(args)
    reference = reference_gradient(check.case.f, before, check.argnum)
    along = direction(args[check.argnum])
    want = float(flatten(reference) @ flatten(along))
    tangents = [along if k == check.argnum else None for k in range(len(args))]
    try:
        value, tangent = s2sad.jvp(check.case.f, args, tangents)
        assert_same_bits(args, before, "arguments after the call")
        assert np.size(tangent) == 1, f"the tangent has shape {np.shape(tangent)}"
        got = float(np.reshape(np.real(tangent), -1)[0])
        scale = float(np.abs(flatten(reference)) @ np.abs(flatten(along)))
        bound = precision(args) * max(scale, 1e-6)
        assert abs(got - want) <= bound, f"tangent {got}, oracle {want}"
        primal = check.case.f(*copy.deepcopy(before))
        np.testing.assert_allclose(value, primal, rtol=precision(args))
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
