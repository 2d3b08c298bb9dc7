"""Failures that the fuzzer has found and that are not mended yet.

Each is a part of the cause of an outcome, as reports print it. Who mends one takes
its line away. Refusals are no failures and do not stand here.
"""

from __future__ import annotations

from fuzz.outcome import Outcome

KNOWN: dict[str, str] = {
    "RELATION products": "vjp of a function that returns an argument that it changed",
}


def is_known(outcome: Outcome) -> bool:
    return outcome.kind != "WRONG" and any(part in outcome.cause for part in KNOWN)
