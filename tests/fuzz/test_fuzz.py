"""Random programs on every run of the tests: none is wrong, none crashes.

`make fuzz` runs more of them.
"""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

import s2sad
from fuzz import outcome as outcomes
from fuzz.generate import program
from fuzz.known import KNOWN, is_known
from fuzz.outcome import Outcome, outcome_of
from fuzz.relations import RELATIONS, broken
from fuzz.run import FAILURES, groups_of, run
from fuzz.shrink import shrink, shrink_while
from fuzz.statements import GROUPS, STATEMENTS, Body

BLOCK = 15
#: What any user expects to work. The share that is refused may only become less.
PLAIN = "arrays,matrices,writes,control,exits,helpers"


@pytest.mark.parametrize("first", range(0, 120, BLOCK))
def test_no_random_program_is_wrong(first):
    """Right by the oracles, or refused; and one relation of each that is right."""
    report = run(range(first, first + BLOCK))
    failed = [
        f"{outcome}\n    python tests/fuzz/run.py --seed {seed} --shrink"
        for seed, outcome in report.details.items()
        if outcome.kind in FAILURES and not is_known(outcome)
    ]
    assert not failed, "\n".join(failed)
    assert report.kinds["right"] >= BLOCK // 3, report.text("")


def test_plain_programs_are_not_refused_more_often():
    report = run(range(30), groups_of(PLAIN), related=False)
    assert report.kinds["refused"] <= 8, report.text("")
    assert report.kinds["invalid"] + report.kinds["unsure"] <= 4, report.text("")


# -- the machinery --------------------------------------------------------------------

MASKED = """\
import numpy as np


def f(x, k):
    y = x * 2.0
    z = np.zeros(3)
    for i in range(k):
        z[i] = np.tanh(y[i]) * 0.5
    y[y > 0.0] *= 3.0
    z += y
    return np.sum(z * x)


ARGS = (np.array([0.3, -0.7, 0.9]), 2)
WRT = 0
"""


def test_a_seed_is_a_program():
    assert [program(k) for k in range(20)] == [program(k) for k in range(20)]
    assert len({program(k) for k in range(20)}) == 20


def test_every_statement_is_generated(monkeypatch):
    written = Counter()

    def counted(name, method):
        def call(self):
            before = len(self.lines)
            method(self)
            written[name] += len(self.lines) > before

        return call

    for name in STATEMENTS:
        monkeypatch.setattr(Body, name, counted(name, getattr(Body, name)))
    for seed in range(200):
        ast.parse(program(seed))
    assert set(written) == set(STATEMENTS)
    assert min(written.values()) >= 2, written


@pytest.mark.parametrize("group", GROUPS)
def test_groups_can_be_chosen(group):
    for seed in range(5):
        ast.parse(program(seed, groups_of(group)))


def test_a_right_program_is_right():
    assert outcome_of(MASKED).kind == "right"


@pytest.mark.parametrize("name", RELATIONS)
def test_relations_hold_of_a_right_program(name):
    assert broken(MASKED, name) is None


def test_a_wrong_gradient_is_found_and_shrunk(monkeypatch):
    """A compiler that forgets what tanh does is found out, in few lines."""
    real = s2sad.grad

    def forgetful(f, **options):
        right = real(f, **options)
        wrong = "tanh" in Path(f.__code__.co_filename).read_text()
        return lambda *args: right(*args) * (0.5 if wrong else 1.0)

    monkeypatch.setattr(s2sad, "grad", forgetful)
    found = outcome_of(MASKED)
    assert found.kind == "WRONG"
    small = shrink(MASKED, found, seconds=10.0)
    assert "tanh" in small
    assert len(small.splitlines()) <= 11, small


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (ZeroDivisionError("no"), "CRASH"),
        (s2sad.errors.InternalError("no"), "CRASH"),
        (s2sad.errors.UnsupportedError("no"), "refused"),
    ],
    ids=lambda v: getattr(v, "code", str(v)),
)
def test_kinds_of_failures(monkeypatch, raised, kind):
    def fail(f, **options):
        raise raised

    monkeypatch.setattr(s2sad, "grad", fail)
    assert outcome_of(MASKED).kind == kind
    assert outcomes.failure_of(MASKED).kind == kind


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("return np.sum(z * x)", "return x", "invalid"),
        ("return np.sum(z * x)", "return np.sum(x) / 0.0 + np.inf", "unsure"),
        ("y > 0.0", "y > nowhere", "invalid"),
        ("z += y", "if x[0] > 0.3 - 1e-9:\n        z += y", "unsure"),
    ],
)
def test_programs_that_tell_nothing(old, new, kind):
    assert outcome_of(MASKED.replace(old, new)).kind == kind


def test_shrinking_ends_with_what_matters():
    small = shrink_while(program(7), lambda text: "def f" in text, 5.0)
    assert len(small.splitlines()) <= 3


def test_causes_leave_names_and_numbers_out():
    one = Outcome("refused", "S201", "no 'x12' here (line 7)")
    other = Outcome("refused", "S201", "no 'u3' here (line 12)")
    assert one.cause == other.cause


def test_known_failures_say_why():
    assert all(KNOWN.values())
