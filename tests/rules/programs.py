"""One-function programs, some for every function that must have a derivative.

`programs/*.txt` says what the programs are. A line without indentation names a
function; each line below it is a program: the name of its argument, and statements, of
which the last is a value. `v! ...` is a program that is to be refused, with a reason.

    np.diff
        w: np.diff(x * x)
        M: np.diff(x * x, axis=0)
"""

from __future__ import annotations

import importlib.util
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent / "programs"

INPUTS: dict[str, Any] = {
    "s": 0.4,
    "v": np.array([0.3, 0.7, 0.45]),
    "w": np.array([-1.3, 0.4, 2.1, -0.6]),
    "z": np.array([0.0, 2.0, 3.0]),
    "n": np.array([0.7, np.nan, 0.2, 1.4]),
    "e": np.zeros((0, 3)),
    "r": np.array([0.3, 0.7, 0.5, 0.9])[::-2],
    "M": np.array([[0.3, 0.7, 0.5], [0.9, 0.2, 0.65]]),
    "A": np.array([[1.3, 0.2, -0.4], [0.3, 0.9, 0.5], [-0.6, 0.1, 1.7]]),
    "R": np.array([[0.2, -1.1, 0.1], [0.9, 0.3, 0.2], [0.1, 0.3, 1.5]]),
}
INPUTS["k"] = np.linspace(0.2, 1.7, 6).reshape(3, 1, 2)[::-1] ** 1.5
INPUTS["q"] = np.array([[0.8]])
INPUTS["o"] = np.array(0.6)
INPUTS["B"] = np.stack([INPUTS["A"], INPUTS["R"].T + 0.3])
INPUTS["T"] = np.linspace(0.3, 1.4, 12).reshape(2, 3, 2)[:, ::-1] ** 2

HEADER = """\
import functools
import math

import numpy as np
import scipy.fft
import scipy.integrate
import scipy.interpolate
import scipy.linalg
import scipy.ndimage
import scipy.optimize
import scipy.signal
import scipy.sparse.linalg
import scipy.spatial
import scipy.special
import scipy.stats
from scipy import linalg as sl
from scipy import special as sp
from scipy import stats as st
from scipy.stats import norm

C3 = np.array([0.25, 0.6, 0.4])
C3s = np.array([0.1, 0.5, 1.2])
I3 = np.array([1, 3, 2])
C4 = np.array([0.5, 1.25, 2.0, 0.75])
C4s = np.array([0.0, 0.35, 0.8, 1.5])
C23 = np.array([[0.5, 0.1, -0.7], [0.2, 1.1, 0.4]])
CA = np.array([[1.1, 0.3, 0.2], [-0.2, 1.4, 0.5], [0.4, 0.1, 0.9]])
CS = CA @ CA.T + np.eye(3)
CL = np.linalg.cholesky(CS)
CT = np.cos(np.arange(16.0)).reshape(4, 4) + 3.0 * np.eye(4)
CBand = np.array([[0.0, 0.3, 0.2], [1.5, 1.7, 2.0], [0.1, 0.4, 0.0]])
CSp = scipy.sparse.csc_array(CA)
"""
WEIGHTED = """\
    y = {0}
    weights = np.cos(1.0 + np.arange(np.size(y)).reshape(np.shape(y)))
    return np.sum(np.asarray(weights, np.result_type(np.asarray(y), np.float16)) * y)
"""


@dataclass
class Program:
    """A function of one argument, whose result is one number."""

    row: str
    place: int
    number: int
    argument: str
    body: str
    refused: bool

    @property
    def name(self) -> str:
        stem = "".join(c if c.isalnum() else "_" for c in self.row)
        return f"f_{stem}_{self.place}_{self.number}"

    @property
    def label(self) -> str:
        return f"{self.row}-{self.number}"

    def text(self) -> str:
        *statements, value = self.body.split(";")
        lines = [s if s.startswith("    ") else s.strip() for s in statements]
        body = textwrap.indent("".join(f"{s}\n" for s in lines), "    ")
        return f"def {self.name}(x):\n{body}{WEIGHTED.format(value.strip())}"

    def value(self) -> Any:
        found = INPUTS[self.argument]
        return found.copy() if isinstance(found, np.ndarray) else found


@dataclass
class Row:
    """A function or a form, and the programs that use it."""

    name: str
    family: str
    programs: list[Program] = field(default_factory=list)


def read() -> dict[str, Row]:
    """Every row of every family, in order."""
    rows: dict[str, Row] = {}
    for path in sorted(FOLDER.glob("*.txt")):
        family, row = "", None
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("= "):
                family = line[2:]
            elif line.startswith("    "):
                assert row is not None
                argument, mark, body = line.strip().partition(line.strip()[1])
                number = len(row.programs)
                row.programs.append(
                    Program(
                        row.name, len(rows), number, argument, body.strip(), mark == "!"
                    )
                )
            elif line:
                row = rows[line] = Row(line, family)
    return rows


ROWS = read()


def load(folder: Path, programs: list[Program]) -> dict[str, Callable[..., Any]]:
    """The functions, from a module as a user would write it."""
    path = folder / "written.py"
    text = "\n\n".join(p.text() for p in programs)
    path.write_text(f"{HEADER}\n\n{text}", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("written", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["written"] = module  # a derivative of a derivative imports from it
    spec.loader.exec_module(module)
    return vars(module)
