"""What derivatives call when they run: short functions of NumPy alone.

An emitted derivative imports these from here, or holds a copy of their source, so each
uses only NumPy and others of these. `g` is always a cotangent: the derivative of the
final result in the value that it belongs to.
"""

from types import FunctionType

from s2sad.runtime.axes import (
    along,
    cumprod_part,
    lined,
    median_part,
    norm_part,
    on_diagonal,
    others,
    undiff,
    unlined,
)
from s2sad.runtime.basic import (
    add_at,
    cast,
    copied,
    float_dtype,
    is_array,
    is_known,
    last_stored,
    match,
    match_item,
    rank,
    require_apart,
    require_array,
    require_element,
    require_float,
    require_number,
    require_one,
    require_rank,
    require_scalar,
    require_uncrossed,
    spread,
    unbroadcast,
    zeros_like,
)
from s2sad.runtime.moves import (
    split_flat,
    split_like,
    unpad,
    unrepeat,
    untake,
    untile,
)
from s2sad.runtime.products import (
    cholesky_part,
    cofactors,
    dot_left,
    dot_right,
    einsum_part,
    kron_part,
    matmul_left,
    matmul_right,
    solve_left,
    solve_right,
    tensordot_axes,
    tensordot_left,
    tensordot_right,
)
from s2sad.runtime.special import digamma, sinc_slope
from s2sad.runtime.tangents import cholesky_tangent, cumprod_tangent, solve_tangent

__all__ = [
    "add_at",
    "along",
    "cast",
    "cholesky_part",
    "cholesky_tangent",
    "cofactors",
    "copied",
    "cumprod_part",
    "cumprod_tangent",
    "digamma",
    "dot_left",
    "dot_right",
    "einsum_part",
    "float_dtype",
    "is_array",
    "is_known",
    "kron_part",
    "last_stored",
    "lined",
    "match",
    "match_item",
    "matmul_left",
    "matmul_right",
    "median_part",
    "norm_part",
    "on_diagonal",
    "others",
    "rank",
    "require_apart",
    "require_array",
    "require_element",
    "require_float",
    "require_number",
    "require_one",
    "require_rank",
    "require_scalar",
    "require_uncrossed",
    "sinc_slope",
    "solve_left",
    "solve_right",
    "solve_tangent",
    "split_flat",
    "split_like",
    "spread",
    "tensordot_axes",
    "tensordot_left",
    "tensordot_right",
    "unbroadcast",
    "undiff",
    "unlined",
    "unpad",
    "unrepeat",
    "untake",
    "untile",
    "zeros_like",
]

for _name in __all__:  # they are known by the place that derivatives import them from
    _helper = globals()[_name]
    assert isinstance(_helper, FunctionType)
    _helper.__module__ = __name__
