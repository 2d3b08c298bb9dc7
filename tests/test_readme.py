"""What README.md shows is what the program prints.

`S2SAD_BLESS=1 pytest -k golden` writes it anew; `output:bench` holds times, and is
pasted from `make bench`.
"""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest
from benchmarks.workloads import WORKLOADS
from blocks import ROOT, blocks, check_block, fenced

from s2sad import cli
from s2sad.check import differences

README = ROOT / "README.md"


@pytest.fixture
def first_example(tmp_path, monkeypatch):
    """The README's first program, run from a file: its names."""
    text = README.read_text(encoding="utf-8")
    program = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    path = tmp_path / "first.py"
    path.write_text(program)
    namespace = {"__name__": "first"}
    monkeypatch.syspath_prepend(str(tmp_path))
    exec(compile(program, str(path), "exec"), namespace)
    return namespace


def test_golden_first_example(capsys, first_example):
    printed = capsys.readouterr().out
    assert printed.strip() == first_example["dlecture"].__source__.strip()
    check_block(README, "emitted:lecture", fenced(printed, "python"))


def test_golden_check_against_differences(first_example):
    point = (2.0, 5.0)
    lecture = first_example["lecture"]
    gradient = first_example["dlecture"](*point)
    estimate = [differences.gradient(lecture, point, k)[0] for k in (0, 1)]
    np.testing.assert_allclose(gradient, estimate, rtol=1e-9)
    assert round(float(lecture(*point)), 3) == 11.652

    def show(pair):
        return "  ".join(f"{float(b):.8f}" for b in pair)

    shown = f"dlecture(2.0, 5.0)    {show(gradient)}\n"
    shown += f"central differences   {show(estimate)}\n"
    check_block(README, "check:lecture", fenced(shown, "text"))


def test_golden_refusal(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    target = "docs/examples/refused.py:smooth_phase"
    assert cli.main([target]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    check_block(
        README, "error:example", fenced(f"$ s2sad {target}\n{err.strip()}", "console")
    )


def test_golden_sample():
    path = ROOT / "samples" / "linear_regression.py"
    done = subprocess.run(
        [sys.executable, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    )
    shown = done.stdout[done.stdout.index("100 log10(pressure)") :]

    def without_rounding(text):  # what is left of it differs between machines
        return re.sub(r"(relative error +)\S+", r"\1...", text)

    check_block(README, "output:samples", fenced(shown, "text"), without_rounding)


def test_table_of_costs_is_there():
    table = blocks(README)["output:bench"]
    for workload in WORKLOADS:
        assert workload.title in table


def test_blocks():
    assert list(blocks(README)) == [
        "emitted:lecture",
        "check:lecture",
        "error:example",
        "output:samples",
        "output:bench",
    ]


def test_first_screen_has_both_commands():
    first_screen = README.read_text(encoding="utf-8").partition("## What it can")[0]
    assert "make demo" in first_screen
    assert "make test" in first_screen
    assert len(first_screen.splitlines()) < 75
