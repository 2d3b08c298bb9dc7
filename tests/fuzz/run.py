"""Run random programs and report: python tests/fuzz/run.py --help.

Exit status 1 if a program is wrong, crashes the compiler or breaks a relation.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for place in (ROOT / "tests", ROOT):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

from fuzz.generate import program  # noqa: E402
from fuzz.outcome import Outcome, outcome_of  # noqa: E402
from fuzz.relations import RELATIONS, broken  # noqa: E402
from fuzz.shrink import shrink, shrink_while  # noqa: E402
from fuzz.statements import GROUPS  # noqa: E402

Groups = dict[str, float] | None
Job = tuple[int, Groups, bool]
FAILURES = ("WRONG", "CRASH", "RELATION")


@dataclass
class Report:
    """What became of the programs of a run."""

    seeds: range
    kinds: Counter[str] = field(default_factory=Counter)
    causes: dict[str, list[int]] = field(default_factory=dict)
    details: dict[int, Outcome] = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, seed: int, outcome: Outcome) -> None:
        self.kinds[outcome.kind] += 1
        if outcome.kind != "right":
            self.causes.setdefault(outcome.cause, []).append(seed)
            self.details[seed] = outcome

    @property
    def failed(self) -> int:
        return sum(self.kinds[kind] for kind in FAILURES)

    def line(self) -> str:
        done = sum(self.kinds.values())
        counts = ", ".join(f"{n} {kind}" for kind, n in sorted(self.kinds.items()))
        return f"{done}/{len(self.seeds)} programs: {counts}"

    def text(self, replay: str) -> str:
        judged = sum(self.kinds[k] for k in ("right", "refused", *FAILURES))
        share = 100.0 * self.kinds["refused"] / max(1, judged)
        lines = [self.line(), f"{self.seconds:.0f} s; refused: {share:.1f} %"]
        order = sorted(self.causes.items(), key=lambda c: (_rank(c[0]), -len(c[1])))
        for cause, seeds in order:
            lines.append(f"{len(seeds):6d}  {cause}")
            detail = self.details[seeds[0]]
            if detail.kind in FAILURES:
                lines.append(f"        {detail.detail}")
                lines.append(f"        {replay} --seed {seeds[0]} --shrink")
        return "\n".join(lines)


def _rank(cause: str) -> int:
    order = (*FAILURES, "refused", "unsure", "invalid")
    return order.index(cause.partition(" ")[0])


def run_one(job: Job) -> tuple[int, Outcome]:
    """The outcome of one program, its relations too if they are asked for."""
    seed, groups, related = job
    try:
        text = program(seed, groups)
    except Exception as error:
        return seed, Outcome("invalid", detail=f"generator: {error!r}")
    outcome = outcome_of(text)
    if outcome.kind == "right" and related:
        name = list(RELATIONS)[seed % len(RELATIONS)]
        outcome = broken(text, name) or outcome
    return seed, outcome


def run(
    seeds: range,
    groups: Groups = None,
    related: bool = True,
    workers: int = 1,
    progress: bool = False,
) -> Report:
    """Judge the programs of these seeds."""
    report = Report(seeds)
    start = shown = time.monotonic()
    jobs = [(seed, groups, related) for seed in seeds]
    context = multiprocessing.get_context("spawn")
    pool = context.Pool(workers) if workers > 1 else None
    results = pool.imap_unordered(run_one, jobs, 4) if pool else map(run_one, jobs)
    tty = sys.stderr.isatty()
    try:
        for seed, outcome in results:
            report.add(seed, outcome)
            now = time.monotonic()
            if progress and now - shown > (0.2 if tty else 10.0):
                shown = now
                text = f"\r\033[K{report.line()}" if tty else f"{report.line()}\n"
                print(text, end="", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
    finally:
        if pool:
            pool.terminate()
    if progress and tty:
        print(file=sys.stderr)
    report.seconds = time.monotonic() - start
    return report


def shrunk(seed: int, groups: Groups, seconds: float) -> str:
    """The minimal program of a failing seed, and how it fails."""
    text = program(seed, groups)
    outcome = outcome_of(text)
    if outcome.kind != "right":
        small = shrink(text, outcome, seconds)
        return f"# seed {seed}: {outcome}\n{small}"
    for name in RELATIONS:
        found = broken(text, name)
        if found:

            def fails(
                candidate: str, name: str = name, cause: str = found.cause
            ) -> bool:
                again = broken(candidate, name, judged=False)
                return again is not None and again.cause == cause

            return f"# seed {seed}: {found}\n{shrink_while(text, fails, seconds)}"
    return f"# seed {seed}: right"


def groups_of(text: str | None) -> Groups:
    """ "views,writes:2" as {"views": 1.0, "writes": 2.0}, with scalars."""
    if not text:
        return None
    found = {"scalars": 1.0}
    if text == "all":
        return {group: 1.0 for group in GROUPS}
    for part in text.split(","):
        name, _, weight = part.partition(":")
        if name not in GROUPS:
            raise SystemExit(f"no group {name!r}; groups: {', '.join(GROUPS)}")
        found[name] = float(weight or 1.0)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=1000, help="how many programs")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--groups", help=f"of {','.join(GROUPS)}; or all; name:weight")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--no-relations", action="store_true")
    parser.add_argument("--show", action="store_true", help="print the seed's program")
    parser.add_argument("--shrink", action="store_true", help="make the seed's small")
    parser.add_argument("--shrink-all", action="store_true", help="some of each cause")
    parser.add_argument("--refused", action="store_true", help="refusals too")
    parser.add_argument("--each", type=int, default=2, help="so many of each cause")
    parser.add_argument("--shrink-seconds", type=float, default=60.0)
    options = parser.parse_args()
    groups = groups_of(options.groups)
    if options.show:
        print(program(options.seed, groups))
        return 0
    if options.shrink:
        print(shrunk(options.seed, groups, options.shrink_seconds))
        return 0
    seeds = range(options.seed, options.seed + options.n)
    report = run(seeds, groups, not options.no_relations, options.workers, True)
    replay = "python tests/fuzz/run.py"
    if options.groups:
        replay += f" --groups {options.groups}"
    print(report.text(replay))
    if options.shrink_all:
        for cause, failing in report.causes.items():
            wanted = FAILURES + ("refused",) * options.refused
            if cause.partition(" ")[0] in wanted:
                for seed in failing[: options.each]:
                    print(shrunk(seed, groups, options.shrink_seconds), flush=True)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
