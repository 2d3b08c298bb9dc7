"""What holds for every rule that is declared."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from blocks import ROOT
from oracle import assert_close
from rules import direct, programs, rows

import s2sad
from s2sad.check import differences
from s2sad.rules import load
from s2sad.rules.registry import RULES, Rule
from s2sad.rules.stats import CONTINUOUS, DISCRETE
from s2sad.transform import reverse, templates

for module in ("fft", "integrate", "interpolate", "linalg", "ndimage", "signal"):
    importlib.import_module(f"scipy.{module}")
for module in ("sparse.linalg", "spatial", "special", "stats"):
    importlib.import_module(f"scipy.{module}")
load.everything()
LIBRARY = {
    name: rule
    for name, rule in RULES.items()
    if name.startswith(("numpy.", "scipy.", "math."))
}
POSITIONAL = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
)


def positional(name: str) -> list[inspect.Parameter] | None:
    """The positional parameters that a function says it has."""
    try:
        function = direct.real_function(name)
        found = inspect.signature(function).parameters.values()
    except (AttributeError, ValueError, TypeError):
        return None
    if isinstance(function, np.ufunc) or name.startswith("scipy.special."):
        return None
    if any(p.kind is p.VAR_POSITIONAL for p in found):
        return None
    return [p for p in found if p.kind in POSITIONAL]


@pytest.mark.parametrize("name", LIBRARY)
def test_parameters_stand_in_the_function_s_order(name: str) -> None:
    """Or an argument would be taken for another."""
    own = positional(name)
    if own is None:
        pytest.skip("it does not say")
    rule = LIBRARY[name]
    for known, real in zip(rule.parameters, own, strict=False):
        if real.kind is not inspect.Parameter.POSITIONAL_ONLY:
            assert known == real.name or (name, real.name) in OTHER_NAMES


#: Called by position by everybody.
OTHER_NAMES = {("numpy.broadcast_to", "array")}


def test_defaults_are_the_function_s() -> None:
    for name, rule in LIBRARY.items():
        for real in positional(name) or []:
            ours = rule.defaults.get(real.name, real.default)
            same = repr(ours) == repr(real.default) or "no value" in repr(real.default)
            assert same or (name, real.name) in OTHER_DEFAULTS, (name, real.name)


#: Of the same meaning.
OTHER_DEFAULTS = {
    *((f"numpy.{name}", "dtype") for name in ("eye", "tri", "indices")),
    *((f"scipy.linalg.{name}", "disp") for name in ("logm", "sqrtm")),
}


def test_what_is_limited_is_a_parameter() -> None:
    for rule in RULES.values():
        assert {*rule.only, *rule.flat} <= set(rule.parameters), rule.name
        assert set(rule.differentiable) - {"*"} <= set(rule.parameters), rule.name
        assert not set(rule.flat) & set(rule.differentiable), rule.name


def test_every_rule_is_exercised(tmp_path: Path, monkeypatch: Any) -> None:
    """By a program, or directly by a row of `rows`."""
    seen: set[Any] = set()
    inline = templates.inline

    def watched(template: Any, *args: Any, **kwargs: Any) -> Any:
        seen.add(template)
        return inline(template, *args, **kwargs)

    monkeypatch.setattr(reverse, "inline", watched)
    monkeypatch.setattr(templates, "inline", watched)
    all_programs = [p for row in programs.ROWS.values() for p in row.programs]
    functions = programs.load(tmp_path, all_programs)
    for program in all_programs:
        with contextlib.suppress(s2sad.S2sadError):
            s2sad.grad(functions[program.name])
    missing = {name: unseen(rule, seen) for name, rule in RULES.items()}
    elsewhere = (*rows.ROWS, "s2sad.runtime.unbroadcast", "s2sad.runtime.spread")
    assert not {
        name: left
        for name, left in missing.items()
        if left and name not in elsewhere and not name.startswith(STATS)
    }


#: Tested below; `example` is of a doctest, helpers are for second derivatives.
STATS = ("scipy.stats.", "example.", "s2sad.runtime.", "copy.")


def unseen(rule: Rule, seen: set[Any]) -> list[str]:
    templates_of = {**rule.partials, **rule.adjoints}
    left = [name for name, template in templates_of.items() if template not in seen]
    if rule.definition is not None and rule.definition not in seen:
        left.append("definition")
    return left


# --- distributions, method by method --------------------------------------------------

PLACE = {"beta": 0.4, "pareto": 1.9, "uniform": 0.4, "truncnorm": 0.3}
SHAPES = {"df": 3.4, "a": 1.8, "b": 2.3, "s": 0.7, "c": 1.6, "kappa": 1.4}
TRUNCATED = {"a": -1.1, "b": 1.7}
METHODS = ("pdf", "logpdf", "cdf", "sf", "logcdf", "logsf", "ppf")


def cases() -> list[Any]:
    found = []
    for name, (_, _, shapes) in CONTINUOUS.items():
        for method in METHODS:
            for wrt in RULES[f"scipy.stats.{name}.{method}"].partials:
                found.append(
                    pytest.param(name, method, wrt, id=f"{name}-{method}-{wrt}")
                )
        assert set(shapes) <= set(SHAPES)
    return found


def of_one(tmp_path: Path, call: str, wrt: str) -> Callable[[Any], Any]:
    """A function of one argument of a call, as a user writes it."""
    path = tmp_path / "written.py"
    text = f"from scipy import stats\n\n\ndef f({wrt}):\n    return stats.{call}\n"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("written", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function: Callable[[Any], Any] = module.f
    return function


@pytest.mark.parametrize(("name", "method", "wrt"), cases())
def test_continuous(name: str, method: str, wrt: str, tmp_path: Path) -> None:
    at = PLACE.get(name, 0.7)
    values = {"q" if method == "ppf" else "x": 0.3 if method == "ppf" else at}
    shapes = {**SHAPES, **(TRUNCATED if name == "truncnorm" else {})}
    values |= {k: shapes[k] for k in CONTINUOUS[name][2]}
    values |= {"loc": 0.05, "scale": 1.1}
    arguments = ", ".join(k if k == wrt else repr(v) for k, v in values.items())
    f = of_one(tmp_path, f"{name}.{method}({arguments})", wrt)
    want, error = differences.gradient(f, (values[wrt],), 0)
    assert error < 1e-7
    assert_close(float(s2sad.grad(f)(values[wrt])), float(want), 1e-6)


@pytest.mark.parametrize("method", ["pmf", "logpmf"])
@pytest.mark.parametrize("name", DISCRETE)
def test_discrete(name: str, method: str, tmp_path: Path) -> None:
    values = {"k": 1, "mu": 2.3, "n": 5.0, "p": 0.4}
    rule = RULES[f"scipy.stats.{name}.{method}"]
    for wrt in rule.partials:
        names = [p for p in rule.parameters if p != "loc"]
        arguments = ", ".join(k if k == wrt else repr(values[k]) for k in names)
        f = of_one(tmp_path, f"{name}.{method}({arguments})", wrt)
        want, _ = differences.gradient(f, (values[wrt],), 0)
        assert_close(float(s2sad.grad(f)(values[wrt])), float(want), 1e-6)


@pytest.mark.parametrize("name", ["gamma", "expon", "uniform", "pareto", "lognorm"])
def test_outside_of_the_support_it_is_flat(name: str, tmp_path: Path) -> None:
    shapes = "".join(f"{SHAPES[k]}, " for k in CONTINUOUS[name][2])
    f = of_one(tmp_path, f"{name}.pdf(x, {shapes})", "x")
    with np.errstate(all="ignore"):
        assert s2sad.grad(f)(-0.4) == 0.0


# --- what is not imported -------------------------------------------------------------


def test_scipy_is_not_needed() -> None:
    """Importing and using s2sad on NumPy's functions imports no SciPy."""
    code = (
        "import sys, numpy as np, s2sad\n"
        "sys.path.insert(0, 'tests/golden')\n"
        "import programs\n"
        "s2sad.source(programs.stencil)\n"
        "assert not [m for m in sys.modules if m.startswith('scipy')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=ENVIRONMENT)


ENVIRONMENT = {"PYTHONPATH": str(ROOT)}
