"""Second derivatives that are refused: check or case -> nestings.

Reverse over reverse follows arrays through the lists that the first reverse sweep keeps
them in, but not if they change while they are there; nor what a recursive function
hands from its forward to its reverse half.
"""

from __future__ import annotations

FR, RR = "forward over reverse", "reverse over reverse"
RF, FF = "reverse over forward", "forward over forward"
REFUSED_SECOND: dict[str, tuple[str, ...]] = {
    "arrays.linspace_grid-a": (
        FR,
        RR,
    ),
    "arrays.linspace_grid-b": (
        FR,
        RR,
    ),
    "containers.append_and_pop-x": (
        FR,
        RR,
    ),
    "containers.dict_argument_changed-d": (
        FR,
        RR,
    ),
    "containers.history_of_states-x": (
        FR,
        RR,
    ),
    "containers.list_argument_changed-values": (
        FR,
        RR,
    ),
    "containers.nested_dict_argument-p": (
        FR,
        RR,
    ),
    "containers.queue_by_slicing-x": (
        FR,
        RR,
    ),
    "control.delete_a_key-d": (
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
    "control.star_in_displays-x": (
        FR,
        RR,
    ),
    "control.write_before_exception-x": (
        RF,
        FF,
    ),
    "functions.divide_and_conquer-x": (RR,),
    "functions.fibonacci_memo_free-x": (
        FR,
        RR,
    ),
    "functions.fibonacci_memo_free-x@1": (
        FR,
        RR,
    ),
    "functions.itself_recursive-x": (RR,),
    "functions.mutual_recursion-x": (RR,),
    "functions.mutual_recursion-x@1": (RR,),
    "functions.recursion-x": (
        FR,
        RR,
    ),
    "functions.recursion-x@1": (
        FR,
        RR,
    ),
    "mutation.asarray_is_an_alias-x": (
        FR,
        RR,
        RF,
        FF,
    ),
    "mutation.diagonal_by_reshape-m": (
        FR,
        RR,
        RF,
        FF,
    ),
    "mutation.double_buffering-x": (RR,),
    "mutation.helper_on_rows-m": (RR,),
    "mutation.jacobi_until_converged-a": (RR,),
    "mutation.jacobi_until_converged-b": (RR,),
    "mutation.put_and_fill_diagonal-x": (
        FR,
        RR,
        RF,
        FF,
    ),
    "mutation.reshape_view_written-m": (
        FR,
        RR,
        RF,
        FF,
    ),
    "mutation.three_level_leapfrog-x": (RR,),
    "mutation.three_level_leapfrog-x@1": (RR,),
    "mutation.write_then_return-x": (RR,),
    "objects.list_of_objects-x": (
        FR,
        RR,
    ),
}
