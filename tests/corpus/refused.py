"""Corpus checks that s2sad refuses for now: check -> error code.

Each is a program that a reasonable user may expect to work. Whoever makes one work
takes its line away; the test fails if a listed one is right, or refused otherwise.
"""

from __future__ import annotations

REFUSED: dict[str, str] = {
    "arrays.scalar_and_size_one-a": "S402",
    "arrays.scalar_and_size_one-b": "S402",
    "mutation.column_view_written-m": "S404",
    "mutation.ravel_of_transpose_is_a_copy-m": "S404",
    "mutation.recursion_in_place-x": "S204",
    "once_broken.remove_ignored-x": "S201",
    "once_broken.program_r1b-x": "S201",
    "once_broken.sorted_tuples-v": "S404",
    "once_broken.max_tuples-v": "S404",
    "once_broken.linked_list_built-v": "S204",
    "once_broken.linked_list_walked-v": "S204",
    "once_broken.walk_while-v": "S204",
    "once_broken.tuple_walk-v": "S204",
}

#: What forward mode refuses and reverse mode does not.
REFUSED_FORWARD: dict[str, str] = {
    "objects.object_argument_changed-body": "S404",
    "objects.state_with_history-state": "S404",
}
