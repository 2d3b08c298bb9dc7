"""Every function of the list in forward mode: the tangent along v is <gradient, v>.

The gradient is held against differences next door.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from corpus.judge_forward import direction
from rules.programs import ROWS, load
from rules.test_programs import DISCONTINUOUS

import s2sad
from s2sad.check import differences
from s2sad.check.structure import flatten


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Callable[..., Any]]:
    programs = [p for row in ROWS.values() for p in row.programs]
    return load(tmp_path_factory.mktemp("programs"), programs)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


#: What NumPy computes with float64 on the way: in place, or np.polyder.
WIDER = {"x /= y", "np.polyval"}


@pytest.mark.parametrize("name", ROWS)
def test_row(name: str, written: dict[str, Callable[..., Any]]) -> None:
    for program in ROWS[name].programs:
        if program.refused:
            refused_too(written[program.name], program.value())
            continue
        f, x = written[program.name], program.value()
        v = direction(x)
        gradient = flatten(s2sad.grad(f)(program.value()))
        _, tangent = s2sad.jvp(f, (x,), (v,))
        known = ~np.isnan(flatten(x))
        want = float(gradient[known] @ flatten(v)[known])
        scale = float(np.abs(gradient[known]) @ np.abs(flatten(v)[known]))
        got = float(np.reshape(np.real(tangent), -1)[0])
        assert np.size(tangent) == 1
        assert abs(got - want) <= 1e-8 * max(1.0, scale), program.body
        if isinstance(x, np.ndarray) and name not in DISCONTINUOUS:
            single, along = x.astype(np.float32), v.astype(np.float32)
            value, narrow = s2sad.jvp(f, (single,), (along,))
            found = getattr(narrow, "dtype", np.result_type(value))  # 0.0 has none
            assert found == np.result_type(value) or name in WIDER, program.body
            assert abs(float(np.real(narrow)) - want) <= 5e-3 * max(1.0, scale)


def refused_too(f: Callable[..., Any], x: Any) -> None:
    """What has no gradient has no tangent either, except where it is right."""
    try:
        _, tangent = s2sad.jvp(f, (x,), (direction(x),))
    except s2sad.S2sadError as refusal:
        assert refusal.code != "S901", refusal
        return
    want, error = differences.gradient(f, (x,), 0)
    along = float(flatten(want) @ flatten(direction(x)))
    got = float(np.reshape(np.real(tangent), -1)[0])
    assert abs(got - along) <= max(1e-5, 100.0 * float(np.max(error)))
