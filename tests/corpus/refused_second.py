"""Second derivatives that are refused: check or case -> nestings.

Reverse over reverse follows arrays through the lists that the first reverse sweep keeps
them in, but not if they change while they are there; nor what a recursive function
hands from its forward to its reverse half.
"""

from __future__ import annotations

FR, RR = "forward over reverse", "reverse over reverse"
RF, FF = "reverse over forward", "forward over forward"
REFUSED_SECOND: dict[str, tuple[str, ...]] = {
    "exceptions.try_in_a_recursion-v": (FR, RR),
    "exceptions.recursion_that_raises_in_a_loop-v": (FR, RR),
    "exceptions.else_and_finally_around_an_exception-v": (RF, FF),
    "exceptions.keys_that_are_not_there_yet-v": (FR, RR),
    "exceptions.list_of_arrays_until-v": (FR, RR, RF, FF),
    "exceptions.break_and_exception-v": (FR, RR),
    "exceptions.break_and_exception-v@1": (FR, RR),
    "exceptions.break_and_exception-v@2": (FR, RR),
    "exceptions.helper_in_the_middle_of_an_expression-x": (RR,),
    "exceptions.return_out_of_suppress-v": (FR, RR),
    "exceptions.return_out_of_suppress-v@1": (FR, RR),
    "exceptions.single_precision-v": (RR,),
    "exceptions.size_one-v": (RR,),
    "exceptions.zero_division_after_changes-x": (FR, RR, RF, FF),
    "containers.append_and_pop-x": (
        FR,
        RR,
    ),
    "containers.history_of_states-x": (
        FR,
        RR,
    ),
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
    "control.delete_a_key-d": (
        FR,
        RR,
        RF,
        FF,
    ),
    "control.star_in_displays-x": (
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
    "once_broken.pop_sort_in_loop-v": (
        FR,
        RR,
    ),
    "once_broken.reverse_pop_in_while-v": (
        FR,
        RR,
    ),
    "once_broken.program_r2c-v": (
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
    "once_broken.program_r8b-v": (
        FR,
        RR,
    ),
    "once_broken.program_r8d-v": (
        FR,
        RR,
    ),
    "once_broken.prod_plus_reduce-v": (
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
    "once_broken.for_key-p": (
        FR,
        RR,
        RF,
        FF,
    ),
    "once_broken.for_key-x": (
        FR,
        RR,
        RF,
        FF,
    ),
    "once_broken.dict_items_rebound-u": (
        FR,
        RR,
        RF,
        FF,
    ),
}

#: Second derivatives that end with an error that is not ours: to be mended.
BROKEN_SECOND: dict[str, tuple[str, ...]] = {
    "once_broken.append_to_slice_member-v": (FR,),
    "once_broken.list_enumerate-v": (RR,),
    "once_broken.list_zip-v": (RR,),
}

#: Fourth derivatives that end so.
BROKEN_FOURTH = {
    "loops.defined_only_in_the_loop-y": AttributeError,
    "exceptions.several_handlers-x": UnboundLocalError,
}
