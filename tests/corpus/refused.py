"""Corpus checks that s2sad refuses for now: check -> error code.

Each is a program that a reasonable user may expect to work. Whoever makes one work
takes its line away; the test fails if a listed one is right, or refused otherwise.
"""

from __future__ import annotations

REFUSED: dict[str, str] = {
    "arrays.scalar_and_size_one-a": "S402",
    "arrays.scalar_and_size_one-b": "S402",
    "classes.generator_in_a_variable-x": "S301",
    "classes.cached_property-x": "S201",
    "classes.multiply_at-a": "S301",
    "classes.generator_in_a_sum-x": "S201",
    "dicts.default_of_list-x": "S201",
    "dicts.memo_of_a_recursion-x": "S201",
    "lists.mergesort-x": "S201",
    "lists.mergesort2-x": "S204",
    "lists.step_assign-x": "S201",
    "models.one_of_two_classes-layers": "S201",
    "models.one_of_two_classes-x": "S201",
    "models.layers_in_tuples_in_a_list-layers": "S204",
    "models.layers_in_tuples_in_a_list-x": "S204",
    "models.chain_of_nodes-n": "S204",
    "models.inner_attribute_assigned-h": "S204",
    "models.inner_method_changes_it-h": "S204",
    "mutation.column_view_written-m": "S404",
    "mutation.ravel_of_transpose_is_a_copy-m": "S404",
    "mutation.recursion_in_place-x": "S204",
    "once_broken.linked_list_built-v": "S204",
    "once_broken.linked_list_walked-v": "S204",
    "once_broken.walk_while-v": "S204",
    "once_broken.tuple_walk-v": "S204",
    "told.minus_an_object-a": "S404",
    "told.abs_of_an_object-a": "S404",
}

#: What forward mode refuses and reverse mode does not.
REFUSED_FORWARD: dict[str, str] = {
    "objects.object_argument_changed-body": "S404",
    "objects.state_with_history-state": "S404",
    "models.method_changes_the_argument-c": "S404",
    "functions.further_arguments-x": "S201",
    "written_through.tuple_repeated-t": "S201",
    "written_through.tuples_joined-a": "S201",
    "written_through.tuples_joined-b": "S201",
    "functions.further_arguments_handed_on-x": "S201",
}
