"""What the tests compute, without their oracles: recorded once, compared after.

    python tests/mutants/fast.py record FILE
    python tests/mutants/fast.py compare FILE rules|whole

The unbroken compiler's results, which the tests hold against oracles, are recorded.
A mutant whose results differ by more than the tests let pass would fail there too.
"""

from __future__ import annotations

import atexit
import contextlib
import pickle
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from corpus.judge_forward import direction  # noqa: E402
from corpus.registry import checks  # noqa: E402
from fuzz.generate import program  # noqa: E402
from fuzz.outcome import loaded  # noqa: E402
from golden.programs import CHOSEN  # noqa: E402
from rules import direct, programs  # noqa: E402
from rules.test_rules_direct import CASES, available  # noqa: E402

import s2sad  # noqa: E402
from s2sad.check.structure import flatten  # noqa: E402

Item = tuple[str, Callable[[], Any]]


def rules() -> Iterator[Item]:
    for case in CASES:
        name, args, kwargs, _, wrt = case.values
        if available(str(name)):
            yield f"rule {case.id}", lambda c=(name, args, kwargs, wrt): cotangent(*c)


def cotangent(name: Any, args: Any, kwargs: Any, wrt: Any) -> Any:
    rule = direct.differentiable()[name]
    y = direct.real_function(name)(*args, **kwargs)
    bound = direct.bind(rule, args, kwargs)
    return direct.cotangent(rule, wrt, direct.weights(y), y, bound)


def forms(step: int = 1) -> Iterator[Item]:
    chosen = [p for row in programs.ROWS.values() for p in row.programs][::step]
    folder = Path(tempfile.mkdtemp(prefix="s2sad-forms-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    written = programs.load(folder, chosen)
    for one in chosen:
        f = written[one.name]
        yield f"form {one.label}", lambda f=f, p=one: s2sad.grad(f)(p.value())


def corpus() -> Iterator[Item]:
    for check in checks():
        yield f"corpus {check.id}", lambda c=check: gradient_and_arguments(c)


def gradient_and_arguments(check: Any) -> Any:
    args = check.case.args(check.point)
    found = s2sad.grad(check.case.f, wrt=check.argnum)(*args)
    return [found, [a for a in args if isinstance(a, float | np.ndarray | list)]]


def tangents() -> Iterator[Item]:
    for check in checks()[::3]:
        yield f"tangent {check.id}", lambda c=check: tangent(c)


def tangent(check: Any) -> Any:
    args = check.case.args(check.point)
    along = direction(args[check.argnum])
    tangents = [along if k == check.argnum else None for k in range(len(args))]
    return s2sad.jvp(check.case.f, args, tangents)[1]


def texts() -> Iterator[Item]:
    for one in CHOSEN.values():
        yield (
            f"golden {one.name}",
            lambda o=one: s2sad.source(o.f, wrt=o.wrt, with_value=o.with_value),
        )


def random_programs() -> Iterator[Item]:
    for seed in range(60):
        yield f"random {seed}", lambda s=seed: of_random(s)


def of_random(seed: int) -> Any:
    with loaded(program(seed)) as module:
        args = module.ARGS
        return s2sad.grad(module.f, wrt=module.WRT)(*args)


def items(part: str) -> Iterator[Item]:
    if part == "rules":
        yield from rules()
        yield from forms()
    yield from texts()
    yield from corpus()
    yield from random_programs()
    yield from tangents()
    if part != "rules":
        yield from forms(4)


def outcome(compute: Callable[[], Any]) -> Any:
    try:
        found = compute()
    except s2sad.S2sadError as error:
        return f"refused {error.code}"
    except Exception as error:
        return f"raised {type(error).__name__}"
    return found if isinstance(found, str) else flatten(found)


def same(found: Any, known: Any) -> bool:
    if isinstance(known, str) or isinstance(found, str):
        return bool(isinstance(found, str) and found == known)
    if found.shape != known.shape:
        return False
    scale = float(np.nanmax(np.abs(known), initial=0.0))
    if not np.isfinite(scale):
        scale = 1.0
    return bool(np.allclose(found, known, rtol=1e-6, atol=1e-8 * scale, equal_nan=True))


def main() -> int:
    warnings.simplefilter("ignore")
    action, path = sys.argv[1], Path(sys.argv[2])
    with np.errstate(all="ignore"), contextlib.suppress(BrokenPipeError):
        if action == "record":
            known = {}
            for part in ("rules", "whole"):
                for name, compute in items(part):
                    if name not in known:
                        known[name] = outcome(compute)
            path.write_bytes(pickle.dumps(known))
            return 0
        known = pickle.loads(path.read_bytes())
        for name, compute in items(sys.argv[3]):
            if not same(outcome(compute), known[name]):
                print(name)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
