"""`check_grads` passes what is right, and names what is wrong."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from blocks import ROOT

from s2sad.check.arguments import guess
from s2sad.check.grads import check_grads
from s2sad.rules.registry import lookup

X = np.array([0.3, -0.7, 1.2])


def smooth(x, w):
    return np.sum(np.sin(x) * w) ** 2


def structured(p, x):
    h = np.tanh(p["w"] @ x + p["b"])
    return h, np.sum(h)


def in_place(c, a):
    c[1:] += a * c[:-1]


@pytest.fixture
def wrong_sine(monkeypatch):
    """The rule of np.sin with a mistake in it."""
    rule = lookup("numpy.sin")
    assert rule is not None
    monkeypatch.setitem(rule.partials, "x", "g * np.sin(x)")


def test_right():
    report = check_grads(smooth, (X, X + 1.0))
    assert report.ok and bool(report) and len(report.findings) == 10
    methods = {f.method for f in report.findings}
    assert "complex step: exact to rounding" in methods and "identity" in methods
    assert "10 comparisons, all right" in str(report)


def test_structures_and_changed_arguments():
    p = {"w": np.ones((2, 3)), "b": np.array([0.1, 0.2])}
    assert check_grads(structured, (p, X)).ok
    report = check_grads(in_place, (X, 0.5), modes=("reverse",))
    assert report.ok and {f.what for f in report.findings} == {"reverse"}


def test_single_precision():
    assert check_grads(smooth, (X.astype(np.float32), np.ones(3, np.float32))).ok


def test_wrong(wrong_sine):
    def faulty(x, w):
        return np.sum(np.sin(x) * w) ** 2

    report = check_grads(faulty, (X, X + 1.0), raises=False)
    wrong = [f for f in report.findings if not f.ok]
    assert {f.argument for f in wrong if f.order == 1} == {"x"}
    assert {"reverse", "forward"} <= {f.what for f in wrong}
    assert all(f.ok for f in report.findings if f.method == "identity")
    first = next(f for f in wrong if f.what == "reverse")
    assert first.element in ("[0]", "[1]", "[2]") and first.error > 1e-3
    with pytest.raises(AssertionError, match=r"WRONG  order 1  reverse .* x\["):
        check_grads(faulty, (X, X + 1.0))


@pytest.mark.parametrize(
    ("order", "modes"), [(3, ("forward",)), (1, ()), (1, ("sideways",))]
)
def test_nonsense(order, modes):
    with pytest.raises(ValueError, match=r"order|modes"):
        check_grads(smooth, (X, X), order, modes)


def test_guess():
    assert np.shape(guess(smooth)[0]) in ((), (3,))
    assert guess(lambda x, n=4: sum(x * k for k in range(n)))[1] == 4
    assert guess(lambda a: a.shape[5]) is None


FILE = """
import numpy as np

def right(x, n):
    s = 0.0
    for k in range(n):
        s += np.sin(x) * k
    return s

def kinked(x):
    return abs(x - 0.25)
"""


def command(path, *argv):
    return subprocess.run(
        [sys.executable, "-m", "s2sad", *argv],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


def test_command(tmp_path):
    (tmp_path / "model.py").write_text(FILE)
    target = f"{tmp_path / 'model.py'}:"
    done = command(tmp_path, f"{target}right", "--check")
    assert done.returncode == 0 and "all right" in done.stdout
    assert done.stderr.startswith("at 0.")
    done = command(tmp_path, f"{target}right", "--check", "--at", "0.5, 4")
    assert done.returncode == 0 and not done.stderr
    done = command(tmp_path, f"{target}kinked", "--check", "--at", "0.25")
    assert done.returncode == 1 and "WRONG" in done.stdout
    done = command(tmp_path, f"{target}right", "--check", "--at", "0.5,, 4")
    assert done.returncode == 2 and "--at" in done.stderr
