"""Every differentiable rule in forward mode: <g, J v> = <J' g, v> with its reverse.

The reverse rule is held against differences next door; here the tangent, computed by
the compiled function, must agree with that to rounding.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from corpus.judge_forward import direction
from rules import direct
from rules.test_rules_direct import CASES, NO_DIFFERENCES, RULED, available

import s2sad
from s2sad.check.structure import flatten
from s2sad.runtime import match

OPERATORS = {
    **{"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "mod": "%"},
    "matmul": "@",
}


def called(name: str, args: tuple[Any, ...], kwargs: dict[str, Any], at: int) -> Any:
    """A function of one argument that calls the library function with the others."""
    short = name.rpartition(".")[2]
    names = [f"a{k}" for k in range(len(args))]
    listed = [
        repr(a) if k != at and (a is None or isinstance(a, str)) else n
        for k, (n, a) in enumerate(zip(names, args, strict=True))
    ]
    listed += [
        f"{k}={v!r}" if isinstance(v, str) or v is None else f"{k}=k_{k}"
        for k, v in kwargs.items()
    ]
    if name == "math.prod" and len(listed) > 1:
        listed[1] = f"start={listed[1]}"
    call = f"{name.replace('numpy.', 'np.')}({', '.join(listed)})"
    if name.startswith("operator.") and short in OPERATORS:
        call = f"a0 {OPERATORS[short]} a1"
    elif name.startswith("operator."):
        call = {"neg": "-a0", "pos": "+a0"}[short]
    elif name.startswith("s2sad."):
        call = f"a0.{short}({', '.join(names[1:])})"
    elif name == "numpy.astype":
        call = "a0.astype(a1)"
    return names, call


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A module with a function for each case."""
    import importlib.util

    lines = ["import math", "import numpy as np", ""]
    places = []
    for number, case in enumerate(CASES):
        name, args, kwargs, at, _ = case.values
        names, call = called(name, args, kwargs, at)
        mine = [*names, *(f"k_{k}" for k in kwargs)]
        lines += [f"def f{number}({', '.join(mine)}):", f"    return {call}", ""]
        places.append(at)
    path = tmp_path_factory.mktemp("rules") / "called_rules.py"
    path.write_text("\n".join(lines))
    spec = importlib.util.spec_from_file_location("called_rules", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("number", range(len(CASES)), ids=[c.id for c in CASES])
def test_tangent(written, number: int) -> None:
    name, args, kwargs, at, wrt = CASES[number].values
    if not available(name):
        pytest.skip("not in this version")
    f, rule = getattr(written, f"f{number}"), RULED[name]
    if name.startswith("s2sad.") or name == "numpy.astype":
        if not hasattr(args[0], name.rpartition(".")[2]):
            pytest.skip("a method of arrays")
    args = (*args, *kwargs.values())
    along = direction(args[at])
    tangents = [along if k == at else None for k in range(len(args))]
    value, tangent = s2sad.jvp(f, args, tangents)
    bound = direct.bind(rule, args[: len(args) - len(kwargs)], kwargs)
    g = direct.weights(value)
    back = match(direct.cotangent(rule, wrt, g, value, bound), args[at])
    left, right = paired(g, tangent), float(flatten(back) @ flatten(along))
    if name in NO_DIFFERENCES:
        right = 0.0
    scale = float(np.abs(flatten(back)) @ np.abs(flatten(along)))
    narrow = 1e-5 if name == "numpy.float32" else 1e-10
    assert abs(left - right) <= narrow * max(1.0, scale)
    if not isinstance(value, list | tuple):
        assert np.shape(tangent) == np.shape(value)


def paired(g: Any, tangent: Any) -> float:
    if isinstance(g, list | tuple):
        return sum(paired(a, b) for a, b in zip(g, tangent, strict=True))
    assert np.shape(g) == np.shape(tangent)
    return float(np.sum(np.real(g * tangent)))
