"""The pullback's verdict on one check of the corpus."""

from __future__ import annotations

import copy

import numpy as np
from oracle import assert_close, assert_same_bits, precision, reference_gradient

from corpus.judge import Verdict, _one_line
from corpus.judge_forward import direction
from corpus.registry import Check
from s2sad.check.structure import flatten, is_float


def judge_vjp(check: Check) -> Verdict:
    """Gradients of one pullback called twice, and <1, J u> = <J' 1, u>."""
    import s2sad
    from s2sad.errors import InternalError, S2sadError

    args = check.case.args(check.point)
    before = copy.deepcopy(args)
    reference = reference_gradient(check.case.f, before, check.argnum)
    try:
        value, pullback = s2sad.vjp(check.case.f, *args)
        one = np.ones_like(value) if np.ndim(value) else 1.0
        first = pullback(one)
        kept = copy.deepcopy(first)
        gradient = first[check.argnum]
        if gradient is None:
            assert not is_float(args[check.argnum])
            return Verdict("right")
        assert_close(gradient, reference, precision(args))
        assert_same_bits(args, before, "arguments after the call")
        assert_same_bits(pullback(one), kept, "second call of the pullback")
        twice = pullback(2.0 * one)[check.argnum]
        np.testing.assert_allclose(flatten(twice), 2.0 * flatten(gradient), rtol=1e-5)
        along = direction(args[check.argnum])
        tangents = [along if k == check.argnum else None for k in range(len(args))]
        _, tangent = s2sad.jvp(check.case.f, args, tangents)
        there = float(np.reshape(np.real(tangent), -1)[0])
        back = float(flatten(gradient) @ flatten(along))
        size = float(np.abs(flatten(gradient)) @ np.abs(flatten(along)))
        exact = 1e-10 if precision(args) < 1e-5 else 1e-5
        assert abs(there - back) <= exact * max(size, 1e-3), f"{there} != {back}"
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
