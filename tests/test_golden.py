"""The emitted text of chosen programs: what it says, how it is made, that it runs.

`S2SAD_BLESS=1 pytest -k golden` writes the files anew; then read the difference.
"""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from golden.programs import CHOSEN
from oracle import assert_close, assert_same_bits, precision, reference_gradient

from s2sad import grad, source, value_and_grad

FOLDER = Path(__file__).with_name("golden")
ROOT = FOLDER.parents[1]
BLESS = os.environ.get("S2SAD_BLESS") == "1"

each = pytest.mark.parametrize("one", CHOSEN.values(), ids=lambda one: one.name)


def text_of(one):
    return source(one.f, wrt=one.wrt, with_value=one.with_value)


@each
def test_text(one):
    path = FOLDER / f"{one.name}.py.txt"
    text = text_of(one)
    if BLESS:
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8"), "S2SAD_BLESS=1 accepts the new"


@each
def test_it_runs(one):
    args = one.args()
    expected = [reference_gradient(one.f, one.args(), k) for k in one.argnums()]
    derive = value_and_grad if one.with_value else grad
    derivative = derive(one.f, wrt=one.wrt)
    assert derivative.__source__ == text_of(one)
    found = derivative(*args)
    if one.with_value:
        value, found = found
        assert value == one.f(*one.args())
    if not isinstance(one.wrt, tuple):
        found = (found,)
    assert len(found) == len(expected)
    for mine, reference in zip(found, expected, strict=True):
        assert_close(mine, reference, precision(args))
    assert_same_bits(args, one.args(), "the arguments after the call")


@each
def test_text_is_python_and_is_the_same_again(one):
    text = text_of(one)
    ast.parse(text)
    assert text_of(one) == text
    assert max(map(len, text.splitlines())) <= 100


def test_texts_do_not_depend_on_the_hash_seed():
    program = (
        "from golden.programs import CHOSEN\n"
        "from s2sad import source\n"
        "for one in CHOSEN.values():\n"
        "    print(source(one.f, wrt=one.wrt, with_value=one.with_value))\n"
    )
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "77")
    }
    assert len(printed) == 1
    assert printed == {"".join(text_of(one) + "\n" for one in CHOSEN.values())}


def test_no_text_is_left_over():
    kept = {path.name.removesuffix(".py.txt") for path in FOLDER.glob("*.py.txt")}
    assert kept == set(CHOSEN)


# --- how it is written ------------------------------------------------------


def nodes(tree, *kinds):
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def method_calls(tree, method):
    """The names on which a method is called, as in name.method(...)."""
    return [
        call.func.value.id
        for call in nodes(tree, ast.Call)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == method
        and isinstance(call.func.value, ast.Name)
    ]


def primal(one):
    return ast.parse(textwrap.dedent(inspect.getsource(one.f)))


def is_straight(one):
    """No branch, no loop, and no call of another function of the same file."""
    branching = (ast.For, ast.While, ast.If, ast.IfExp, ast.BoolOp)
    tree = primal(one)
    calls = [call.func for call in nodes(tree, ast.Call)]
    own = any(isinstance(callee, ast.Name) for callee in calls)
    return not own and not nodes(tree, *branching)


def only_ranges(one):
    """Every loop runs over a range to its end."""
    tree = primal(one)
    loops = nodes(tree, ast.For)
    early = nodes(tree, ast.While, ast.Break)
    inside = [r for loop in loops for r in nodes(loop, ast.Return)]
    return bool(loops) and not early and not inside


def chosen(test):
    found = [one for one in CHOSEN.values() if test(one)]
    return pytest.mark.parametrize("one", found, ids=lambda one: one.name)


@each
def test_what_is_pushed_is_popped(one):
    tree = ast.parse(text_of(one))
    assert sorted(method_calls(tree, "append")) == sorted(method_calls(tree, "pop"))


@each
def test_no_name_is_assigned_and_never_read(one):
    for function in nodes(ast.parse(text_of(one)), ast.FunctionDef):
        names = nodes(function, ast.Name)
        read = {n.id for n in names if isinstance(n.ctx, ast.Load)}
        written = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        assert written - read <= {"_"}


@each
def test_no_name_is_assigned_to_another_and_nothing_more(one):
    """No `t = x` for a `t` that is read once: `x` says the same."""
    for function in nodes(ast.parse(text_of(one)), ast.FunctionDef):
        stored = [
            n.id for n in nodes(function, ast.Name) if isinstance(n.ctx, ast.Store)
        ]
        arguments = {a.arg for a in nodes(function, ast.arg)}
        for statement in nodes(function, ast.Assign):
            left, right = statement.targets[0], statement.value
            if isinstance(left, ast.Name) and isinstance(right, ast.Name):
                once = stored.count(left.id) == 1 and stored.count(right.id) <= 1
                fixed = once and left.id not in arguments
                assert not fixed, ast.unparse(statement)


@chosen(is_straight)
def test_straight_lines_have_no_tape(one):
    tree = ast.parse(text_of(one))
    assert not method_calls(tree, "append")
    assert not nodes(tree, ast.For, ast.While)


@chosen(only_ranges)
def test_a_range_is_reversed_without_a_count_of_its_trips(one):
    for step in nodes(ast.parse(text_of(one)), ast.AugAssign):
        by_one = isinstance(step.value, ast.Constant) and step.value.value == 1
        counts = by_one and isinstance(step.target, ast.Name)
        assert not counts, ast.unparse(step)


def test_a_linear_update_in_place_saves_nothing():
    text = text_of(CHOSEN["heat"])
    assert "append" not in text
    assert text.count(".copy()") == 1  # the user's own


def test_a_nonlinear_update_saves_one_slice_a_step():
    tree = ast.parse(text_of(CHOSEN["heat_loss"]))
    assert len(method_calls(tree, "append")) == 1


@pytest.mark.parametrize("name", ["dot_product", "product", "stencil"])
def test_no_array_is_made_in_a_loop_over_elements(name):
    makers = {"zeros_like", "zeros", "full_like", "full", "empty_like", "array"}
    for loop in nodes(ast.parse(text_of(CHOSEN[name])), ast.For, ast.While):
        for call in nodes(loop, ast.Call):
            made = call.func.attr if isinstance(call.func, ast.Attribute) else None
            made = call.func.id if isinstance(call.func, ast.Name) else made
            assert made not in makers, ast.unparse(call)


class Counted(np.ndarray):
    """An array that counts the elements that NumPy's functions handle."""

    handled = 0

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        plain = [np.asarray(i) if isinstance(i, Counted) else i for i in inputs]
        if "out" in options:
            options["out"] = tuple(np.asarray(o) for o in options["out"])
        Counted.handled += max(np.size(i) for i in plain)
        return getattr(ufunc, method)(*plain, **options)

    def __array_function__(self, func, types, args, kwargs):
        sizes = [a.size for a in args if isinstance(a, np.ndarray)]
        Counted.handled += max(sizes, default=0)
        return super().__array_function__(func, types, args, kwargs)

    def copy(self, *args):
        Counted.handled += self.size
        return super().copy(*args)


@pytest.mark.parametrize("n", [10, 100, 1000])
def test_reading_one_element_in_a_loop_costs_one_element(n):
    f = CHOSEN["dot_product"].f
    w = np.linspace(1.0, 2.0, n)
    Counted.handled = 0
    gradient = grad(f)(np.linspace(0.0, 1.0, n).view(Counted), w)
    assert 0 < Counted.handled <= 8 * n
    np.testing.assert_array_equal(np.asarray(gradient), w)
