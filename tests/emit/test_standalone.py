"""Standalone text: it runs where s2sad cannot be imported, and computes the same."""

from __future__ import annotations

import ast
import json
import math
import subprocess
import sys

import numpy as np
import pytest
from corpus.registry import checks
from oracle import assert_same_bits

from s2sad import pipeline, runtime
from s2sad.dispatch import is_object
from s2sad.emit.compile import build
from s2sad.emit.edit import Edits
from s2sad.emit.module import Module
from s2sad.emit.standalone import standalone_text
from s2sad.errors import InternalError, S2sadError, UnsupportedError
from s2sad.frontend.source import from_function

SCALE = 0.25
ROUNDS = 3
LIMIT = math.inf
TABLE = np.array([1.0, 2.0])
SAMPLE = checks()[::4]


def derived(f, **options):
    source = from_function(f)
    return pipeline.derive(source, **options), source


def text_of(f, **options):
    derivative, source = derived(f, **options)
    return standalone_text(derivative.module, source)


def executed(text: str) -> dict[str, object]:
    """The names of a standalone text, which imports nothing of ours."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert "s2sad" not in ast.unparse(node)
    scope: dict[str, object] = {}
    exec(compile(text, "<standalone>", "exec"), scope)
    return scope


@pytest.mark.parametrize("check", SAMPLE, ids=lambda check: check.id)
def test_corpus(check):
    try:
        derivative, source = derived(check.case.f, wrt=check.argnum)
        text = standalone_text(derivative.module, source)
    except InternalError:
        raise
    except S2sadError as refusal:
        pytest.skip(f"{refusal.code} {refusal.message}")
    args = check.case.args(check.point)
    if derivative.open and any(map(is_object, args)):
        pytest.skip("written by the call")
    mine = outcome(executed(text)[derivative.module.name], *args)
    theirs = outcome(build(derivative.module, source), *check.case.args(check.point))
    assert_same_bits(mine, theirs)


def outcome(call, *args):
    """What a call returns, or the kind of what it raises."""
    try:
        return call(*args)
    except TypeError:
        return TypeError
    except Exception as error:
        return type(error)


def branching(x: np.ndarray, w):
    y = x * w
    if np.sum(x) < LIMIT:
        y = np.prod(y) * SCALE
    y = np.sum(y)
    for _ in range(ROUNDS):
        y = y * SCALE
    return y


def test_in_a_process_without_s2sad(tmp_path):
    text = text_of(branching, wrt=(0, 1))
    path = tmp_path / "derivative.py"
    path.write_text(text)
    run = (
        "import sys, json, runpy; sys.modules['s2sad'] = None\n"
        f"scope = runpy.run_path({str(path)!r})\n"
        "import numpy as np\n"
        "x, w = np.array([0.5, 2.0]), np.array([[1.0, 3.0]])\n"
        "print(json.dumps([v.tolist() for v in scope['dbranching'](x, w)]))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", run], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    derivative, source = derived(branching, wrt=(0, 1))
    expected = build(derivative.module, source)(
        np.array([0.5, 2.0]), np.array([[1.0, 3.0]])
    )
    assert json.loads(done.stdout) == [v.tolist() for v in expected]


def test_nothing_of_ours_is_left():
    text = text_of(branching, wrt=(0, 1))
    names = {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    assert "s2sad" not in text
    assert not {"Any", "DtypeError", "ResultError"} & names


def test_constants_are_written_out():
    text = text_of(branching)
    assert "\nSCALE = 0.25\n" in text
    assert "\nROUNDS = 3\n" in text
    assert "\nLIMIT = float('inf')\n" in text


def test_annotations_of_the_user_stay_and_need_nothing():
    text = text_of(branching)
    assert text.startswith("from __future__ import annotations\n")
    assert "x: np.ndarray" in text


def test_helpers_come_once_and_after_those_that_they_use():
    text = text_of(branching, wrt=(0, 1))
    names = [n.name for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
    assert len(names) == len(set(names))
    assert names[-1].startswith("dbranching")
    assert names.index("float_dtype") < names.index("others")


def test_an_array_of_the_module_is_refused():
    def f(x):
        return np.sum(x * TABLE)

    with pytest.raises(UnsupportedError, match="the global TABLE"):
        text_of(f)


def test_a_closure_variable_is_written_out():
    rate = 0.125

    def f(x):
        return x * x * rate

    assert "rate = 0.125\n" in text_of(f)


def test_default_values_are_written_out():
    def f(x, scale=SCALE):
        return x * x * scale

    scope = executed(text_of(f))
    assert scope["df_dx"](3.0) == 1.5


def test_functions_without_helpers():
    def f(x: float):
        return x * x

    text = text_of(f)
    assert text.startswith("from __future__ import annotations\n\n\ndef df(x")
    assert executed(text)["df"](3.0) == 6.0


def module(text: str, helpers: dict[str, str], **modules: str) -> Module:
    return Module("df", text, modules, helpers, {})


SPREAD = """\
import numpy as np
from s2sad.runtime import spread as spread_


def df(x, spread=1.0, float_dtype=2.0):
    return spread_(spread, x) + np.float64(float_dtype)
"""


def plain(x):
    return x


def test_names_of_helpers_are_honoured():
    made = module(SPREAD, {"spread": "spread_"}, numpy="np")
    text = standalone_text(made, from_function(plain))
    assert "def spread_(g, x, axis=None, keepdims=False):" in text
    assert "def float_dtype_(x):" in text  # a parameter has the name
    assert executed(text)["df"](np.ones(2)).tolist() == [3.0, 3.0]


def test_modules_under_another_name():
    text = SPREAD.replace("numpy as np", "numpy as np_").replace("np.", "np_.")
    made = module(text, {"spread": "spread_"}, numpy="np_")
    text = standalone_text(made, from_function(plain))
    assert text.count("import numpy") == 1
    assert executed(text)["df"](np.ones(2)).tolist() == [3.0, 3.0]


def test_a_module_that_only_helpers_need():
    text = "from s2sad.runtime import rank\n\n\ndef df(np):\n    return rank(np)\n"
    made = standalone_text(module(text, {"rank": "rank"}), from_function(plain))
    assert "import numpy as np_\n" in made
    assert executed(made)["df"]([1.0]) == 1


def test_errors_are_pythons_own_and_keep_their_hints():
    text = (
        "from s2sad.runtime import require_float\n\n\n"
        "def df(x):\n    require_float(x, 'x')\n"
    )
    made = module(text, {"require_float": "require_float"})
    df = executed(standalone_text(made, from_function(plain)))["df"]
    with pytest.raises(
        TypeError, match=r"derivative; pass x.astype\(float\)"
    ) as caught:
        df(np.arange(3))
    assert type(caught.value) is TypeError


@pytest.mark.parametrize("helper", sorted(runtime.__all__))
def test_every_helper_can_be_copied(helper):
    text = f"from s2sad.runtime import {helper}\n\n\ndef df():\n    return {helper}\n"
    made = standalone_text(module(text, {helper: helper}), from_function(plain))
    copied = executed(made)["df"]()
    assert copied.__name__ == helper
    assert copied.__doc__ == getattr(runtime, helper).__doc__
    assert copied.__annotations__ == {}


# -- edits ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(x: int) -> str: pass", "def f(x): pass"),
        ("def f(x: int, *a: T, k: U = 1): pass", "def f(x, *a, k=1): pass"),
        ("def f(é: int = 'é', y: list[int] = 2): pass", "def f(é='é', y=2): pass"),
        ("x: int = 3", "x = 3"),
        ("def f(\n    x: int,  # why\n): pass", "def f(\n    x,  # why\n): pass"),
    ],
    ids=["plain", "kinds", "wide", "variable", "comment"],
)
def test_remove_annotations(before, after):
    edits = Edits(before)
    edits.remove_annotations()
    assert edits.apply() == after
