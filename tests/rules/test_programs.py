"""Every function of the list: right against differences, or refused with a reason.

Each program runs as it is, in single precision, and on an array that is not contiguous
and that runs backwards.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from blocks import BLESS, ROOT
from rules.programs import ROWS, Program, Row, load

import s2sad
from s2sad.check import differences
from s2sad.check.structure import flatten

COVERAGE = ROOT / "docs" / "coverage.md"
TOTAL = 584
BEYOND = "beyond the list"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Callable[..., Any]]:
    programs = [p for row in ROWS.values() for p in row.programs]
    return load(tmp_path_factory.mktemp("programs"), programs)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def test_the_list_is_whole() -> None:
    assert sum(row.family != BEYOND for row in ROWS.values()) == TOTAL
    assert not [row.name for row in ROWS.values() if not row.programs]


def compare(program: Program, found: Any, want: Any, error: float) -> None:
    """Equal, but where the argument is NaN: there nothing can be said."""
    x = program.value()
    assert np.shape(found) == np.shape(x)
    got, true, point = flatten(found), flatten(want), flatten(x)
    known = ~np.isnan(point)
    scale = max(1.0, float(np.max(np.abs(true[known]), initial=0.0)))
    np.testing.assert_allclose(
        got[known], true[known], rtol=0, atol=max(1e-6 * scale, 20.0 * error)
    )


def laid_out(x: Any) -> Any:
    """The same numbers with gaps between them, and in the opposite order."""
    if not isinstance(x, np.ndarray) or not x.size or not x.ndim:
        return x
    wide = np.repeat(x, 2, axis=-1)[..., ::-1]
    assert np.array_equal(wide[..., ::-2], x, equal_nan=True)
    return wide[..., ::-2]


def judge(program: Program, f: Callable[..., Any]) -> str:
    """`right`, or why it is refused; fails if it is wrong."""
    try:
        derivative = s2sad.grad(f)
        found = derivative(program.value())
    except s2sad.S2sadError as refusal:
        assert refusal.code != "S901", refusal
        return f"{refusal.message}: {refusal.hint}" if refusal.hint else refusal.message
    want, error = differences.gradient(f, (program.value(),), 0)
    compare(program, found, want, error)
    again = derivative(laid_out(program.value()))
    np.testing.assert_allclose(again, found, rtol=1e-9, atol=1e-9)
    single = program.value()
    if isinstance(single, np.ndarray):
        single = single.astype(np.float32)
        narrow = derivative(single.copy())
        if np.asarray(f(single.copy())).dtype == np.float32:
            assert narrow.dtype == np.float32
        if program.row not in DISCONTINUOUS:
            scale = max(1.0, float(np.nanmax(np.abs(found), initial=0.0)))
            np.testing.assert_allclose(
                narrow, found, rtol=0, atol=5e-3 * scale, equal_nan=True
            )
    return "right"


#: The order of eigenvalues, which LAPACK does not promise, is another one.
DISCONTINUOUS = {"np.linalg.eig", "np.linalg.eigvals"}


@pytest.mark.parametrize("name", ROWS)
def test_row(name: str, written: dict[str, Callable[..., Any]]) -> None:
    for program in ROWS[name].programs:
        verdict = judge(program, written[program.name])
        if not program.refused:
            assert verdict == "right", program.body


def status(row: Row, written: dict[str, Callable[..., Any]]) -> tuple[str, str]:
    """Whether a row is right or refused, and the reason of what is refused."""
    reasons = []
    for program in row.programs:
        if program.refused:
            verdict = judge(program, written[program.name])
            if verdict != "right":
                reasons.append(f"`{program.body}`: {verdict}")
    if not reasons:
        return "right", ""
    whole = len(reasons) == len(row.programs)
    return "refused" if whole else "in part", reasons[0]


def coverage(written: dict[str, Callable[..., Any]]) -> str:
    """The page: counts, what is refused and why, the functions by family."""
    rows = {name: row for name, row in ROWS.items() if row.family != BEYOND}
    found = {name: status(row, written) for name, row in rows.items()}
    count = {k: sum(s == k for s, _ in found.values()) for k in STATUSES}
    programs = sum(len(row.programs) for row in ROWS.values())
    lines = [
        "# What has a derivative",
        "",
        f"{TOTAL} functions and forms of Python, NumPy and SciPy, each in one program",
        f"or more ({programs} in all), against central differences: {count['right']}"
        f" right, {count['in part']} right",
        f"in part, {count['refused']} refused. None is wrong. This page is written by",
        "[test_programs.py](../tests/rules/test_programs.py).",
        "",
        "## Refused",
        "",
        "| function | | why |",
        "|---|---|---|",
    ]
    for name, (state, reason) in found.items():
        if state != "right":
            lines.append(
                f"| `{name}` | {state} | {reason.replace('|', chr(92) + '|')} |"
            )
    family = ""
    for name, row in rows.items():
        if row.family != family:
            family = row.family
            lines += ["", f"## {family[0].upper()}{family[1:]}", ""]
        mark = "" if found[name][0] == "right" else f" ({found[name][0]})"
        lines.append(f"- `{name}`{mark}")
    return "\n".join(lines) + "\n"


STATUSES = ("right", "in part", "refused")


def test_coverage_page_is_current(written: dict[str, Callable[..., Any]]) -> None:
    text = coverage(written)
    if BLESS:
        COVERAGE.write_text(text, encoding="utf-8")
    assert COVERAGE.read_text(encoding="utf-8") == text
