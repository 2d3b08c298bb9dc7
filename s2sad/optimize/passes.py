"""The passes over an adjoint, in their order."""

from __future__ import annotations

from s2sad.ir.core import Function
from s2sad.optimize.assign import assign_first
from s2sad.optimize.common import share_common
from s2sad.optimize.dead import remove_dead

PASSES = (share_common, assign_first, remove_dead)


def optimize(function: Function) -> None:
    """Run every pass once."""
    for step in PASSES:
        step(function)
