"""Failures that the fuzzer has found and that are not mended yet.

Each is a part of the cause of an outcome, as reports print it. Who mends one takes
its line away. Refusals are no failures and do not stand here.
"""

from __future__ import annotations

from fuzz.outcome import Outcome

KNOWN: dict[str, str] = {
    "CRASH  ValueError [runtime/basic.py:require_rank]": (
        "x[0] of a tuple (0.5, [0.5]), which is looked at as an array"
    ),
    "CRASH  TypeError [emitted: raise TypeError(": (
        "two `with np.errstate(...)` share one context, which may be entered once"
    ),
    "CRASH  TypeError [dispatch.py:derivative]": "the same, of an object's gradient",
    "CRASH  KeyError [emit/naming.py:name]": "a loop or an `and` before a raise",
    "CRASH  ValueError [optimize/dead.py:define]": "likewise",
    "CRASH  UnboundLocalError [emitted:": "what an early exit leaves unset is read",
    "CRASH  IndexError [emitted:": "a list that grows in an except",
    "CRASH  IndexError [runtime/basic.py:": "u = x[-1]; del x[0] of a list",
    "RELATION forward_mode CRASH UnboundLocalError": "an early exit, as above",
    "RELATION value_too UnboundLocalError": "an early exit, as above",
    "RELATION while_for UnboundLocalError": "an early exit, as above",
    "RELATION products": "vjp of a function that returns an argument that it changed",
}


#: Wrong gradients have one cause as far as a program can tell: these are known by
#: the seed of their program, so that another one fails the tests.
WRONG = {
    34: "np.add.at before a raise in the same try",
    58: "c.x, c.v = c.v, 0.5 in a loop that is not entered: two variables, one name",
}


def is_known(outcome: Outcome, seed: int) -> bool:
    if outcome.kind == "WRONG":
        return seed in WRONG
    return any(part in outcome.cause for part in KNOWN)
