"""Questions that a rule asks of its operands, answered when it is inlined."""

from __future__ import annotations

from s2sad.analysis.real import may_be_complex, sources
from s2sad.ir.core import Const, Value


def fold(path: str, values: tuple[Value, ...]) -> Value | None:
    """is_known(x), rank(x), is_array(x): constants, of what the types say."""
    name = path.removeprefix("s2sad.runtime.")
    if name == path or not values:
        return None
    kind = values[0].type
    if name == "is_known":
        return Const(isinstance(values[0], Const))
    if name == "rank":
        return Const(0 if kind.is_scalar else kind.ndim)
    if name == "is_complex":
        return Const(may_be_complex(values[0]))
    if name == "require_real_matrix" and sources(values[0]) == (False, []):
        return Const(None)
    if name == "is_array":
        return Const(kind.kind == "array")
    return None
