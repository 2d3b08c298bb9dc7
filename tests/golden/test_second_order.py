"""Second-order text, read by a person: three golden files.

S2SAD_BLESS=1 writes them anew.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from blocks import BLESS

import s2sad

FOLDER = Path(__file__).parent / "second"


def lecture(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def rollout(x: float, n):
    s = 0.0
    for _ in range(n):
        s = s + np.sin(x) * x
        x = x * 0.9
    return s


def heat(u: np.ndarray, n):
    u = u.copy()
    for _ in range(n):
        u[1:-1] += 0.1 * (u[:-2] - 2.0 * u[1:-1] + u[2:])
    return np.sum(u * u)


TEXTS = {
    "lecture_reverse_over_reverse": lambda: s2sad.grad(s2sad.grad(lecture)),
    "rollout_forward_over_reverse": lambda: s2sad.derivative(s2sad.grad(rollout)),
    "heat_forward_over_reverse": lambda: s2sad.derivative(s2sad.grad(heat)),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text(name):
    text = TEXTS[name]().__source__
    path = FOLDER / f"{name}.txt"
    if BLESS:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
