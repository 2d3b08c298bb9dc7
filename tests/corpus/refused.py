"""Corpus checks that s2sad refuses for now: check -> error code.

Each is a program that a reasonable user may expect to work. Whoever makes one work
takes its line away; the test fails if a listed one is right, or refused otherwise.
"""

from __future__ import annotations

REFUSED: dict[str, str] = {
    "arrays.scalar_and_size_one-a": "S402",
    "arrays.scalar_and_size_one-b": "S402",
    "containers.list_of_arrays_argument-arrays": "S404",
    "containers.named_tuple_inside-x": "S301",
    "containers.named_tuple_inside-a": "S301",
    "control.user_exception-x": "S201",
    "control.user_exception-x@1": "S201",
    "mutation.alias_decided_by_branch-x": "S204",
    "mutation.alias_decided_by_branch-x@1": "S204",
    "mutation.column_view_written-m": "S404",
    "mutation.ravel_of_transpose_is_a_copy-m": "S404",
    "mutation.unpacked_rows_written-m": "S404",
    "mutation.swap_rows_forgotten_copy-m": "S404",
    "mutation.same_array_as_both_arguments-x": "S203",
    "mutation.same_array_as_both_arguments-w": "S203",
    "mutation.accumulator_is_a_row_of_the_argument-m": "S404",
    "mutation.swap_rows_by_tuple_is_wrong_but_legal-m": "S404",
    "mutation.recursion_in_place-x": "S204",
    "mutation.view_of_a_buffer_that_is_rebound-x": "S204",
    "objects.frozen_dataclass_argument-p": "S201",
    "objects.plain_object_argument-body": "S404",
    "objects.object_argument_changed-body": "S201",
    "objects.state_with_history-state": "S404",
}
