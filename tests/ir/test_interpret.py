"""Three-address code, run directly, against Python and against the emitted text."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from corpus.registry import Check, checks, load
from oracle import assert_same_bits

from s2sad import pipeline
from s2sad.dispatch import is_object
from s2sad.emit.compile import build
from s2sad.errors import InternalError, KindError, S2sadError
from s2sad.frontend.lower import lower
from s2sad.frontend.source import from_function
from s2sad.ir.core import Block, Const, Function, Op, Param
from s2sad.ir.interpret import interpret, interpret_with
from s2sad.ir.paths import resolve

CASES = load()
SAMPLE = checks()[::3]


def accepted(stage, *args, **kwargs):
    """What a stage makes of a function; the test is skipped if that is refused."""
    try:
        return stage(*args, **kwargs)
    except InternalError:
        raise
    except S2sadError as refusal:
        pytest.skip(f"{refusal.code} {refusal.message}")


def plain(value):
    """A number as Python's own: what sums it up may be NumPy or not."""
    return value.item() if isinstance(value, np.generic) else value


def assert_equal_run(function, case):
    for point in range(len(case.points)):
        try:
            actual = interpret(function, *case.args(point))
        except KindError as refusal:
            pytest.skip(f"refused by the run: {refusal.message}")
        assert_same_bits(plain(actual), plain(case.f(*case.args(point))))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_lowered(case):
    function = accepted(lower, from_function(case.f))
    assert_equal_run(function, case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_lowered_changes_what_python_changes(case):
    function = accepted(lower, from_function(case.f))
    mine, theirs = case.args(0), case.args(0)
    if any(hasattr(value, "__dict__") for value in mine):
        pytest.skip("the attributes that are assigned are values of the derivative's")
    accepted(interpret, function, *mine)
    case.f(*theirs)
    assert_same_bits(mine, theirs, "arguments")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_prepared(case):
    found = accepted(pipeline.prepare, from_function(case.f))
    function = found[0] if isinstance(found, tuple) else found
    assert_equal_run(function, case)


@pytest.mark.parametrize("check", SAMPLE, ids=lambda check: check.id)
def test_adjoint(check: Check, monkeypatch: pytest.MonkeyPatch):
    """The adjoint before it is printed computes what the printed one computes."""
    finished = []
    emit = pipeline.emit

    def spy(function, forward, home, halves=()):
        finished.extend([halves, function])
        return emit(function, forward, home, halves)

    monkeypatch.setattr(pipeline, "emit", spy)
    source = from_function(check.case.f)
    derivative = accepted(pipeline.derive, source, wrt=check.argnum)
    if derivative.open and any(map(is_object, check.case.args(check.point))):
        pytest.skip("written by the call")
    compiled = build(derivative.module, source)
    expected = outcome(compiled, *check.case.args(check.point))
    actual = outcome(interpret_with, *finished, *check.case.args(check.point))
    assert_same_bits(plain(actual), plain(expected))


def outcome(call, *args):
    """What a call returns, or the type of what it raises."""
    try:
        return call(*args)
    except Exception as error:
        return type(error)


# -- single operations ---------------------------------------------------------------

LIMIT = 0.25


def formatted(x):
    text = f"{x:.3f} {x!r:>8} {LIMIT}"
    return len(text) * x


def raising(x):
    if x > LIMIT:
        raise ValueError("too big")
    return x


def asserting(x):
    assert x > LIMIT, "too small"
    return x


def with_defaults(x, /, a=LIMIT, *, b=2.0):
    return x * a + b


def swapped(x, n):
    a, b = x, 1.0
    for _ in range(n):
        a, b = b, a * 2.0
    return a + 3.0 * b


def left_early(x):
    k = 0
    while True:
        x = x * 0.5
        k += 1
        if x < LIMIT:
            break
    return x * k


def either(x):
    return (x > 1.0 and x) or (x < 0.0 and -x) or 0.5


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (formatted, (0.3,)),
        (with_defaults, (0.3,)),
        (with_defaults, (0.3, 1.0)),
        (swapped, (0.3, 5)),
        (left_early, (9.0,)),
        (either, (2.0,)),
        (either, (-2.0,)),
        (either, (0.2,)),
    ],
    ids=lambda v: getattr(v, "__name__", "at" + re.sub(r"\W+", "_", str(v))),
)
def test_program(f, args):
    assert_same_bits(interpret(lower(from_function(f)), *args), f(*args))


@pytest.mark.parametrize(
    ("f", "x", "error"),
    [(raising, 1.0, ValueError), (asserting, 0.0, AssertionError)],
    ids=["raise", "assert"],
)
def test_exception(f, x, error):
    with pytest.raises(error) as theirs:
        f(x)
    with pytest.raises(error) as mine:
        interpret(lower(from_function(f)), x)
    assert str(mine.value) == str(theirs.value).partition("\n")[0]


def test_keywords():
    function = lower(from_function(with_defaults))
    assert interpret(function, 0.3, b=1.0) == with_defaults(0.3, b=1.0)
    with pytest.raises(TypeError):
        interpret(function)
    with pytest.raises(TypeError):
        interpret(function, x=0.3)


def test_a_global_is_read_when_the_call_is_made(monkeypatch):
    function = lower(from_function(with_defaults))
    later = lower(from_function(left_early))
    monkeypatch.setitem(globals(), "LIMIT", 4.0)
    assert interpret(function, 1.0) == with_defaults(1.0)  # a default is not
    assert interpret(later, 5.0) == left_early(5.0)


def straight(count: int) -> Function:
    body = Block()
    x = value = body.param("x")
    for _ in range(count):
        op = Op("add", [value, Const(1.0)])
        op.block = body
        body.ops.append(op)
        value = op.define()
    body.results = [value]
    return Function("straight", [Param("x", x)], body)


def test_straight_line_code_of_any_length():
    assert interpret(straight(20_000), 1.0) == 20_001.0


def test_several_results_are_a_tuple():
    function = straight(1)
    function.body.results *= 2
    assert interpret(function, 1.0) == (2.0, 2.0)


def test_an_augmented_operation_keeps_the_dtype_and_the_operand():
    function = straight(1)
    function.body.ops[0].attrs["augmented"] = True
    x = np.ones(2, np.float32)
    function.body.ops[0].args[1] = Const(np.full(2, 0.1))
    assert interpret(function, x).dtype == np.float32
    assert x.tolist() == [1.0, 1.0]


def test_dict_display():
    function = straight(1)
    (op,) = function.body.ops
    op.code, op.args = "dict", [Const("a"), op.args[0], Const("b"), Const(2)]
    assert interpret(function, 1.0) == {"a": 1.0, "b": 2}


def test_a_number_at_a_place_is_added_to_there():
    """`iadd` on an element of a list: the list changes, as in `b[0] += v`."""
    body = Block()
    box = body.param("box")
    part = Op("getitem", [box, Const(0)])
    element = part.define()
    add = Op("iadd", [element, Const(2.0)])
    for op in (part, add):
        op.block = body
        body.ops.append(op)
    body.results = [box]
    function = Function("f", [Param("box", box)], body)
    assert interpret(function, [1.0, 5.0]) == [3.0, 5.0]


def test_unknown_code():
    function = straight(1)
    function.body.ops[0].code = "frobnicate"
    with pytest.raises(InternalError, match="frobnicate"):
        interpret(function, 1.0)


def test_undefined_value():
    function = straight(2)
    del function.body.ops[0]
    with pytest.raises(InternalError, match="before it is defined"):
        interpret(function, 1.0)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("len", len),
        ("dict.fromkeys", dict.fromkeys),
        ("math.sin", math.sin),
        ("numpy.linalg.norm", np.linalg.norm),
        ("numpy.add.reduce", np.add.reduce),
    ],
)
def test_resolve(path, value):
    assert resolve(path) == value
