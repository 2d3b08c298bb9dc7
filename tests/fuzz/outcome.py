"""What becomes of a random program: right, refused, WRONG, CRASH, or unsure."""

from __future__ import annotations

import contextlib
import copy
import importlib.util
import itertools
import os
import re
import shutil
import signal
import sys
import tempfile
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from corpus.judge import judge
from corpus.registry import Case, Check
from oracle import OraclesDisagree

import s2sad
from s2sad.check.structure import NotCovered, as_float, flatten, unflatten
from s2sad.errors import InternalError, S2sadError

MARGIN = 1e-6
SECONDS = 10.0
_serial = itertools.count()


@dataclass(frozen=True)
class Outcome:
    """`kind`: right, refused, WRONG, CRASH, unsure or invalid."""

    kind: str
    code: str = ""
    detail: str = ""
    place: str = ""  # of a crash: where in the compiler, or in what it emitted

    @property
    def cause(self) -> str:
        """Equal for programs that fail for one reason, as far as one can tell."""
        detail = re.sub(r" \(line \d+\)", "", self.detail)
        detail = re.sub(r"'[^']*'", "'...'", detail)
        if self.kind == "WRONG":
            known = ("arguments after the call", "second call", "shares", "is a")
            found = next((k for k in known if k in self.detail), "numbers")
            return f"WRONG {found}"
        if self.kind == "CRASH":
            detail = detail.partition(":")[0]
        detail = re.sub(r"\b([a-z]{1,6})\d+(_\d+)?\b", r"\1N", detail)
        detail = re.sub(r"-?\b\d+(\.\d+)?\b", "N", detail)
        return f"{self.kind} {self.code} {detail} {self.place}".strip()

    def __str__(self) -> str:
        return f"{self.kind} {self.code} {self.detail} {self.place}".strip()


class TooLong(Exception):
    """A program, or the compiler, takes more than its time."""


@contextlib.contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise TooLong after so many seconds, where the system has an alarm."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(*_: object) -> None:
        raise TooLong(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def loaded(text: str) -> Iterator[types.ModuleType]:
    """The module of a program, from a file of its own, which goes away after."""
    directory = Path(tempfile.mkdtemp(prefix="s2sad-fuzz-"))
    name = f"random_program_{os.getpid()}_{next(_serial)}"
    path = directory / f"{name}.py"
    try:
        path.write_text(text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # dataclasses look there
        with without_bytecode():
            spec.loader.exec_module(module)
        yield module
    finally:
        sys.modules.pop(name, None)
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def without_bytecode() -> Iterator[None]:
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def check_of(module: types.ModuleType) -> Check:
    """The module's gradient to check, as the corpus has them."""
    case = Case("random.f", module.f, (module.ARGS,), (module.WRT,), frozenset())
    return Check(case, 0, module.WRT)


def outcome_of(text: str, seconds: float = SECONDS) -> Outcome:
    """Judge a program."""
    with quiet(), limit(seconds):
        try:
            with loaded(text) as module:
                return judge_module(module)
        except TooLong as error:
            return Outcome("unsure", detail=str(error))
        except Exception as error:
            return Outcome("invalid", detail=f"{type(error).__name__}: {error}")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def judge_module(module: types.ModuleType) -> Outcome:
    stopped = not_a_program(module)
    if stopped:
        return stopped
    if near_a_kink(module):
        return Outcome("unsure", detail="another path within the margin")
    check = check_of(module)
    try:
        verdict = judge(check)
    except (OraclesDisagree, NotCovered) as error:
        return Outcome("unsure", detail=f"oracles: {str(error)[:200]}")
    place = raised(check).place if verdict.kind == "CRASH" else ""
    return Outcome(verdict.kind, verdict.code, verdict.detail, place)


def not_a_program(module: types.ModuleType) -> Outcome | None:
    """Does Python itself not run it to a number?"""
    try:
        value = module.f(*copy.deepcopy(module.ARGS))
    except Exception as error:
        return Outcome("invalid", detail=f"{type(error).__name__}: {error}")
    if not isinstance(value, float | np.ndarray) or np.size(value) != 1:
        return Outcome("invalid", detail=f"the result is {type(value).__name__}")
    if not np.all(np.abs(value) < 1e6):
        return Outcome("unsure", detail="the result is not finite, or great")
    return None


def failure_of(text: str, seconds: float = SECONDS) -> Outcome:
    """As outcome_of, but without the oracles: what fails visibly, or "right"."""
    with quiet(), limit(seconds):
        try:
            with loaded(text) as module:
                stopped = not_a_program(module)
                return stopped or raised(check_of(module))
        except Exception as error:
            return Outcome("invalid", detail=f"{type(error).__name__}: {error}")


def raised(check: Check) -> Outcome:
    """What making and calling the gradient raises, as the judge calls it."""
    try:
        s2sad.grad(check.case.f, wrt=check.argnum)(*check.case.args(0))
    except InternalError as error:
        detail = " | ".join(str(error).split("\n")[:4])
        return Outcome("CRASH", error.code, detail, place_of(error))
    except S2sadError as error:
        return Outcome("refused", error.code, error.message)
    except Exception as error:
        detail = f"{type(error).__name__}: {str(error)[:200]}"
        return Outcome("CRASH", "", detail, place_of(error))
    return Outcome("right")


def near_a_kink(module: types.ModuleType) -> bool:
    """Is there a point within the margin that takes another path?"""
    args, wrt = module.ARGS, module.WRT
    point = flatten(as_float(args[wrt]))
    rng = np.random.default_rng(1)

    def path(offset: np.ndarray[Any, Any]) -> list[int]:
        fresh = list(copy.deepcopy(args))
        fresh[wrt] = unflatten(as_float(args[wrt]), point + offset)
        return lines_of(module.f, fresh, module.__file__ or "")

    middle = path(0.0 * point)
    for _ in range(2):
        offset = MARGIN * rng.choice([-1.0, 1.0], point.shape)
        if path(offset) != middle or path(-offset) != middle:
            return True
    return False


def lines_of(f: Callable[..., Any], args: list[Any], filename: str) -> list[int]:
    """The lines that a call runs through."""
    found: list[int] = []

    def trace(frame: types.FrameType, event: str, arg: Any) -> Any:
        if frame.f_code.co_filename != filename:
            return None
        if event == "line":
            found.append(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        f(*args)
    finally:
        sys.settrace(before)
    return found


def place_of(error: Exception) -> str:
    """Where a crash comes from: file:function in s2sad, or a line of what it wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "/s2sad/" in f.filename]
    last = frames[-1]
    if ours and "/numpy/" in last.filename:
        last = next(f for f in reversed(frames) if "/numpy/" not in f.filename)
    if "/s2sad/" in last.filename:
        return f"[{last.filename.rpartition('/s2sad/')[2]}:{last.name}]"
    line = re.sub(r"[a-z]+\w*\d+\w*", "v", last.line or "")
    return f"[emitted: {line}]"
