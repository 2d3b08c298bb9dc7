"""The derivative of every program's derivative: right, or refused with a reason.

The oracle is central differences of the first derivative, which has its own tests.
"""

from __future__ import annotations

import importlib.util
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corpus.judge_forward import direction
from rules.programs import ROWS, Program, load

import s2sad
from s2sad.check import differences
from s2sad.check.structure import flatten

TEXT = """\
import numpy as np


def h(x):
    r = G(x)
    return np.sum(np.cos(2.0 + np.arange(np.size(r)).reshape(np.shape(r))) * r)
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Callable[..., Any]]:
    programs = [p for row in ROWS.values() for p in row.programs]
    return load(tmp_path_factory.mktemp("programs"), programs)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def of_derivative(g: Callable[..., Any], path: Path) -> Callable[..., Any]:
    """A function of a file that calls a derivative."""
    path.write_text(TEXT, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    module.G = g  # type: ignore[attr-defined]
    function: Callable[..., Any] = module.h
    return function


def second(
    nesting: str, h: Callable[..., Any], program: Program, want: Any, error: Any
) -> str:
    """`right`, or why it is refused; fails if it is wrong."""
    x = program.value()
    known = ~np.isnan(flatten(x))
    true = flatten(want)[known]
    try:
        if nesting == REVERSE:
            got = flatten(s2sad.grad(h)(x))[known]
        else:
            v = direction(x)
            got = np.real(flatten(s2sad.jvp(h, (x,), (v,))[1]))
            true = np.array([true @ flatten(v)[known]])
    except s2sad.S2sadError as refusal:
        assert refusal.code != "S901", refusal
        return refusal.message
    scale = max(1.0, float(np.max(np.abs(true), initial=0.0)))
    atol = max(2e-5 * scale, 50.0 * float(np.max(error)) * max(1, np.size(x)))
    np.testing.assert_allclose(got, true, rtol=0, atol=atol, err_msg=program.body)
    return "right"


REVERSE, FORWARD = "reverse over reverse", "forward over reverse"
#: Programs whose second derivative is refused: in every nesting, or in reverse mode.
REFUSED = {
    "np.linalg.multi_dot([x, x, C3])",
    "np.linalg.multi_dot([x, CA, x.T, x])",
    "np.linalg.multi_dot([x, C3])",
    "np.linalg.cond(x, 1)",
    "np.linalg.matrix_norm(x, ord=2)",
    "np.var([x[0], x[1], 2.0])",
    "sp.logsumexp([x[0], x[1]])",
    "u, s, v = np.linalg.svd(x); s",
    "y = x.copy();for i in range(1, 4):;    y[i] = y[i] * y[i - 1];y",
}


@pytest.mark.parametrize("name", ROWS)
def test_row(name: str, written: dict[str, Callable[..., Any]], tmp_path: Path) -> None:
    for program in ROWS[name].programs:
        path = tmp_path / f"second_{program.place}_{program.number}.py"
        try:
            h = of_derivative(s2sad.grad(written[program.name]), path)
            want, error = differences.gradient(h, (program.value(),), 0)
        except s2sad.S2sadError:
            assert program.refused
            continue
        for nesting in (REVERSE, FORWARD):
            found = second(nesting, h, program, want, error)
            sure = not program.refused and program.body not in REFUSED
            assert found == "right" or not sure, f"{nesting}, {program.body}: {found}"
