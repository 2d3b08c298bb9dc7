"""Print how s2sad fares on the corpus: `python tests/corpus_report.py --only loops`.

A table of counts by theme, then every check that is not right. Exit status 1 when
anything is wrong or crashes, or is refused without being listed as such.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))

from corpus.judge import Verdict, judge
from corpus.registry import Check, checks, themes

KINDS = ("right", "refused", "WRONG", "CRASH")
SECONDS = 20


class TimeLimit(BaseException):
    """Not an Exception, so that no handler in between can swallow it."""


def _stop(signum: int, frame: object) -> None:
    raise TimeLimit


def timed(check: Check) -> Verdict:
    """The verdict, or a crash when it takes longer than the limit."""
    signal.alarm(SECONDS)
    try:
        return judge(check)
    except TimeLimit:
        return Verdict("CRASH", detail=f"more than {SECONDS} s")
    except Exception as failure:
        return Verdict("CRASH", detail=f"outside the compiler: {failure!r}")
    finally:
        signal.alarm(0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=themes(), help="one theme")
    parser.add_argument("--tag", help="only cases with this tag, such as issue2")
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, _stop)

    counts: dict[str, Counter[str]] = {}
    listed: list[str] = []
    failed = False
    for check in checks():
        if options.only not in (None, check.case.theme):
            continue
        if options.tag and options.tag not in check.case.tags:
            continue
        verdict = timed(check)
        counts.setdefault(check.case.theme, Counter())[verdict.kind] += 1
        excused = verdict.excused(check)
        failed |= not excused
        if verdict.kind != "right":
            mark = " (listed)" if excused else ""
            words = f"{verdict.kind:8}{check.id}{mark}: {verdict.code} {verdict.detail}"
            listed.append(words)

    print(f"{'theme':12}" + "".join(f"{kind:>9}" for kind in KINDS))
    total: Counter[str] = Counter()
    for theme, row in counts.items():
        total += row
        print(f"{theme:12}" + "".join(f"{row[kind]:9}" for kind in KINDS))
    print(f"{'all':12}" + "".join(f"{total[kind]:9}" for kind in KINDS))
    if listed:
        order = {kind: k for k, kind in enumerate(reversed(KINDS))}
        print("", *sorted(listed, key=lambda line: order[line.split()[0]]), sep="\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
