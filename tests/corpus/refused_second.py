"""Second derivatives that are refused: check or case -> nestings.

Reverse over reverse follows arrays through the lists that the first reverse sweep keeps
them in, but not if they change while they are there; nor what a recursive function
hands from its forward to its reverse half.
"""

from __future__ import annotations

FR, RR = "forward over reverse", "reverse over reverse"
RF, FF = "reverse over forward", "forward over forward"
REFUSED_SECOND: dict[str, tuple[str, ...]] = {
    "containers.nested_dict_argument-p": (
        FR,
        RR,
    ),
    "containers.named_tuple_argument-layer": (
        FR,
        RR,
    ),
    "containers.matrix_as_list_of_lists-x": (RR,),
    "containers.queue_by_slicing-x": (
        FR,
        RR,
    ),
    "control.match_sequences-t": (
        FR,
        RR,
    ),
    "control.match_sequences-t@1": (
        FR,
        RR,
    ),
    "control.match_sequences-t@2": (
        FR,
        RR,
    ),
    "functions.recursion-x": (
        FR,
        RR,
    ),
    "functions.recursion-x@1": (
        FR,
        RR,
    ),
    "functions.itself_recursive-x": (RR,),
    "functions.mutual_recursion-x": (RR,),
    "functions.mutual_recursion-x@1": (RR,),
    "functions.divide_and_conquer-x": (RR,),
    "functions.fibonacci_memo_free-x": (
        FR,
        RR,
    ),
    "functions.fibonacci_memo_free-x@1": (
        FR,
        RR,
    ),
    "mutation.double_buffering-x": (RR,),
    "mutation.three_level_leapfrog-x": (RR,),
    "mutation.three_level_leapfrog-x@1": (RR,),
    "mutation.helper_on_rows-m": (RR,),
    "mutation.write_then_return-x": (RR,),
    "mutation.jacobi_until_converged-a": (RR,),
    "mutation.jacobi_until_converged-b": (RR,),
    "objects.dataclass_argument-p": (
        FR,
        RR,
    ),
    "objects.frozen_dataclass_argument-p": (
        FR,
        RR,
    ),
    "objects.plain_object_argument-body": (
        FR,
        RR,
    ),
    "objects.object_argument_changed-body": (
        FR,
        RR,
        RF,
        FF,
    ),
    "objects.state_with_history-state": (
        FR,
        RR,
        RF,
        FF,
    ),
    "objects.list_of_objects-x": (
        FR,
        RR,
    ),
    "once_broken.exc_after_finally_in_loop-v": (
        RF,
        FF,
    ),
    "once_broken.program_t8b-v": (
        RF,
        FF,
    ),
    "once_broken.slice_of_arrays-v": (
        FR,
        RR,
    ),
    "once_broken.slice_of_objects-v": (
        FR,
        RR,
    ),
    "once_broken.star_unpack-v": (
        FR,
        RR,
    ),
    "once_broken.zip_neighbours-v": (
        FR,
        RR,
    ),
    "once_broken.views_of_input_in_list-v": (
        FR,
        RR,
    ),
    "once_broken.append_to_slice_member-v": (RR,),
    "once_broken.program_l18-v": (
        FR,
        RR,
    ),
    "once_broken.item_rebuilt-v": (
        FR,
        RR,
    ),
    "once_broken.item_rebuilt_obj-v": (
        FR,
        RR,
    ),
    "once_broken.append_sum_of_itself-v": (
        FR,
        RR,
    ),
    "once_broken.box_rebound-v": (RR,),
    "once_broken.list_of_objects_arg-ps": (
        FR,
        RR,
    ),
    "once_broken.list_of_namedtuples_arg-ms": (
        FR,
        RR,
    ),
    "once_broken.dict_items_rebound-u": (
        FR,
        RR,
        RF,
        FF,
    ),
    "models.network-net": (
        FR,
        RR,
    ),
    "models.network-net@1": (
        FR,
        RR,
    ),
    "models.network_by_index-net": (
        FR,
        RR,
    ),
    "models.layer_by_number-net": (
        FR,
        RR,
    ),
    "models.best_layer_of_a_loop-layers": (
        FR,
        RR,
        RF,
    ),
    "models.one_of_two_layers-layers": (
        FR,
        RR,
    ),
    "models.layers_filtered-layers": (
        FR,
        RR,
    ),
    "models.items_of_several_classes-d": (
        FR,
        RR,
    ),
    "models.keys_of_one_class-d": (
        FR,
        RR,
    ),
    "models.values_of_several_classes-d": (
        FR,
        RR,
    ),
    "models.namespace_holds_an_object-p": (
        FR,
        RR,
    ),
    "models.tree_of_nodes-t": (
        FR,
        RR,
    ),
    "models.vector_arithmetic-a": (
        FR,
        RR,
    ),
    "models.vector_arithmetic-b": (
        FR,
        RR,
    ),
    "models.pairs_of_bodies-bodies": (
        FR,
        RR,
    ),
    "models.list_of_named_tuples-layers": (
        FR,
        RR,
    ),
    "models.integer_attribute-o": (
        FR,
        RR,
    ),
    "models.method_changes_the_argument-c": (
        FR,
        RR,
        RF,
        FF,
    ),
    "told.property_size-model": (
        FR,
        RR,
    ),
    "told.property_transposed-model": (
        FR,
        RR,
    ),
    "told.property_real-model": (
        FR,
        RR,
    ),
    "told.property_shape-model": (
        FR,
        RR,
    ),
    "told.method_sum-model": (
        FR,
        RR,
    ),
    "told.method_mean-model": (
        FR,
        RR,
    ),
    "told.method_dot-model": (
        FR,
        RR,
    ),
    "told.method_dot_in_call-model": (
        FR,
        RR,
    ),
    "told.method_copy-model": (
        FR,
        RR,
    ),
    "told.method_append-model": (
        FR,
        RR,
    ),
    "told.operator_add-a": (
        FR,
        RR,
    ),
    "told.operator_add-b": (
        FR,
        RR,
    ),
    "told.operator_matmul-a": (
        FR,
        RR,
    ),
    "told.operator_matmul_of_array-a": (
        FR,
        RR,
    ),
    "told.item_of_an_object-a": (
        FR,
        RR,
    ),
    "told.items_of_an_object-a": (
        FR,
        RR,
    ),
    "told.loop_over_items_of_an_object-a": (
        FR,
        RR,
    ),
    "told.object_called-a": (
        FR,
        RR,
    ),
    "told.inner_size-o": (
        FR,
        RR,
    ),
    "told.inner_dot-o": (
        FR,
        RR,
    ),
    "told.inner_sum-o": (
        FR,
        RR,
    ),
    "told.inner_called-o": (
        FR,
        RR,
    ),
    "told.list_of_objects_dot-os": (
        FR,
        RR,
    ),
    "told.list_of_objects_sum-os": (
        FR,
        RR,
    ),
    "told.list_of_objects_size-os": (
        FR,
        RR,
    ),
    "told.dict_of_objects-d": (
        FR,
        RR,
    ),
    "told.sum_that_scales-h": (
        FR,
        RR,
    ),
    "told.helper_asks_for_mean-model": (
        FR,
        RR,
    ),
    "lists.reverse_arg-x": (
        FR,
        RR,
        FF,
    ),
    "lists.sort_tuples-v": (
        FR,
        RR,
    ),
    "lists.sort_tuples_key-v": (
        FR,
        RR,
    ),
    "lists.ragged_built-v": (RR,),
    "lists.pascal-v": (RR,),
    "lists.slices_joined-x": (
        FR,
        RR,
    ),
    "lists.quicksort-x": (
        FR,
        RR,
    ),
    "lists.list_of_arrays_grows-a": (
        FR,
        RR,
    ),
    "containers.list_of_arrays_argument-arrays": (FF,),
    "dicts.inner_dict_in_a_branch-x": (
        FR,
        RR,
    ),
    "dicts.popped_by_greatest-d": (RR,),
    "lists.ragged_with_an_empty_row-rows": (
        FR,
        RR,
    ),
    "classes.super_of_an_argument-model": (
        FR,
        RR,
    ),
}

#: Second derivatives that end with an error that is not ours: to be mended.
BROKEN_SECOND: dict[str, tuple[str, ...]] = {
    "once_broken.append_to_slice_member-v": (FR,),
    "once_broken.list_enumerate-v": (RR,),
    "once_broken.list_zip-v": (RR,),
    "lists.nested_append-v": (RR,),
    "dicts.sorted_items-d": (RR,),
}

#: Fourth derivatives that end so.
BROKEN_FOURTH = {"loops.defined_only_in_the_loop-y": AttributeError}
