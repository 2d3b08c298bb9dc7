"""The passes over an adjoint, in their order."""

from __future__ import annotations

from s2sad.ir.core import Function
from s2sad.optimize.assign import assign_first
from s2sad.optimize.common import share_common
from s2sad.optimize.copies import drop_copies
from s2sad.optimize.dead import remove_dead
from s2sad.optimize.drops import remove_drops
from s2sad.optimize.invariant import drop_invariants
from s2sad.optimize.parts import unpack_parts

#: Before it is decided what the reverse sweep needs: less code needs less.
EARLY = (drop_invariants, remove_dead)
LATE = (
    drop_invariants,
    share_common,
    drop_copies,
    assign_first,
    remove_drops,
    remove_dead,
    unpack_parts,
)


def optimize(function: Function) -> None:
    """Run every pass once."""
    for step in LATE:
        step(function)
