"""Second derivatives that are refused: check or case -> nestings.

Reverse over reverse follows arrays through the lists that the first reverse sweep keeps
them in, but not if they change while they are there; nor what a recursive function
hands from its forward to its reverse half.
"""

from __future__ import annotations

REVERSE_TWICE = ("reverse over reverse",)
ON_REVERSE = ("reverse over reverse", "forward over reverse")
REFUSED_SECOND: dict[str, tuple[str, ...]] = {
    "functions.recursion": ON_REVERSE,
    "functions.itself_recursive": REVERSE_TWICE,
    "functions.mutual_recursion": REVERSE_TWICE,
    "functions.divide_and_conquer": REVERSE_TWICE,
    "mutation.double_buffering": REVERSE_TWICE,
    "mutation.three_level_leapfrog": REVERSE_TWICE,
    "mutation.helper_on_rows": REVERSE_TWICE,
    "mutation.gaussian_elimination": REVERSE_TWICE,
    "mutation.write_then_return": REVERSE_TWICE,
    "mutation.accumulator_is_a_row_of_the_argument": ON_REVERSE,
    "mutation.jacobi_until_converged": REVERSE_TWICE,
    "containers.nested_dict_argument": ON_REVERSE,
}
