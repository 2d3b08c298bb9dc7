"""The samples do what the README says they do, run as a user runs them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PNG = b"\x89PNG\r\n\x1a\n"


def run(name, *options):
    """The standard output of a sample; it must succeed and warn of nothing."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, str(ROOT / "samples" / name), *options],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Warning" not in done.stderr, done.stderr
    return done.stdout


def number(pattern, text):
    """The number that follows a pattern in a text."""
    found = re.search(pattern + r"\s*([-+.e\d]+)", text)
    assert found, f"no {pattern!r} in:\n{text}"
    return float(found[1])


@pytest.fixture(scope="module")
def linear():
    return run("linear_regression.py")


def test_linear_regression_shows_the_function_and_its_gradient(linear):
    assert "residual = slope * x + intercept - y" in linear
    shown = linear.partition("as s2sad wrote it:")[2].partition("100 log10")[0]
    assert "def " in shown and "return " in shown
    compile(shown, "<shown>", "exec")


def test_linear_regression_is_the_least_squares_line(linear):
    # 0.8956, -42.16: numpy.polyfit on the same seventeen points
    fitted = re.search(r"gradient descent +(\S+) +(\S+)", linear)
    expected = re.search(r"numpy\.polyfit +(\S+) +(\S+)", linear)
    assert fitted.groups() == expected.groups() == ("0.895618", "-42.164184")


def test_linear_regression_checks_its_gradient(linear):
    assert number("relative error", linear) < 1e-6


def test_logistic_regression():
    out = run("logistic_regression.py")
    assert number("test accuracy", out) > 0.95
    assert number("gradient norm", out) < 1e-3
    assert "CONVERGENCE" in out


def test_digits_network(tmp_path):
    out = run("digits_network.py", "--out", str(tmp_path / "new"))
    assert len(re.findall(r"^epoch ", out, re.MULTILINE)) == 5
    assert number(r"\ntest accuracy", out) > 0.95
    for name in ("digits_curve.png", "digits_examples.png"):
        assert (tmp_path / "new" / name).read_bytes().startswith(PNG)


def test_three_body(tmp_path):
    out = run("three_body.py", "--out", str(tmp_path))
    assert out.startswith("2000 steps")
    assert number("relative error", out) < 1e-6
    # observations to 1e-6 au: six numbers fitted to thirty
    before, after = re.search(r"distance +(\S+) -> (\S+) au", out).groups()
    assert float(before) > 1.0
    assert float(after) < 1e-5
    for planet in ("Jupiter", "Saturn"):
        assert number(planet + r".*off by", out) < 1e-5
    assert (tmp_path / "three_body.png").read_bytes().startswith(PNG)


def test_results_do_not_change_from_run_to_run():
    assert run("logistic_regression.py") == run("logistic_regression.py")


def test_newton_cg():
    shown = run("newton_cg.py")
    minima = re.findall(r"loss (\S+)", shown)
    assert len(set(minima)) == 1
    assert number("with hvp", shown) > 1.0
