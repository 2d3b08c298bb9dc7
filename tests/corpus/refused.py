"""Corpus checks that s2sad refuses for now: check -> error code.

Each is a program that a reasonable user may expect to work. Whoever makes one work
takes its line away; the test fails if a listed one is right, or refused otherwise.
"""

from __future__ import annotations

REFUSED: dict[str, str] = {
    "arrays.scalar_and_size_one-a": "S402",
    "arrays.scalar_and_size_one-b": "S402",
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
    "once_broken.raise_in_loop_in_try-x": "S204",
    "once_broken.nested_try-x": "S204",
    "once_broken.finally_lost-x": "S204",
    "once_broken.with_in_try-x": "S204",
    "once_broken.helper_raises_in_loop-x": "S204",
    "once_broken.index_error_ends_loop-v": "S204",
    "once_broken.break_in_loop_in_try-x": "S204",
    "once_broken.break_in_suppress-x": "S204",
    "once_broken.slice_member_set-v": "S204",
    "once_broken.copy_comprehension-v": "S204",
    "once_broken.extended_then_changed-v": "S204",
    "once_broken.reversed_then_changed-v": "S204",
    "once_broken.reverse_while_held-v": "S204",
    "once_broken.tuple_of_list-v": "S204",
    "once_broken.zip_neighbour_objects-v": "S204",
    "once_broken.alias_then_add-v": "S204",
    "once_broken.held_item_replaced-v": "S204",
    "once_broken.views_in_list-v": "S204",
    "once_broken.helper_gets_slice-v": "S204",
    "once_broken.linked_list_built-v": "S204",
    "once_broken.linked_list_walked-v": "S204",
    "once_broken.walk_while-v": "S204",
    "once_broken.tuple_walk-v": "S204",
    "told.minus_an_object-a": "S404",
    "told.abs_of_an_object-a": "S404",
    "models.one_of_two_classes-layers": "S201",
    "models.one_of_two_classes-x": "S201",
    "models.layers_in_tuples_in_a_list-layers": "S204",
    "models.layers_in_tuples_in_a_list-x": "S204",
    "models.chain_of_nodes-n": "S204",
    "models.inner_attribute_assigned-h": "S204",
    "models.inner_method_changes_it-h": "S204",
    "lists.mergesort-x": "S201",
    "lists.mergesort2-x": "S204",
    "lists.step_assign-x": "S201",
}

#: What forward mode refuses and reverse mode does not.
REFUSED_FORWARD: dict[str, str] = {
    "objects.object_argument_changed-body": "S404",
    "objects.state_with_history-state": "S404",
    "models.method_changes_the_argument-c": "S404",
}
