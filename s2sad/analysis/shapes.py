"""Operands of which an operation asks only the shape, not what is in them."""

from __future__ import annotations

from s2sad.ir.core import Op


def shape_operands(op: Op) -> set[int]:
    """Positions of the operands of which only the shape matters."""
    if op.code != "call":
        return set()
    if any(a.type.kind in ("list", "dict") for a in op.args):
        return set()  # how many items it has is what a list holds
    fn = op.attrs["fn"].removeprefix("s2sad.runtime.")
    if fn in ("unbroadcast", "spread"):
        return set(range(1, len(op.args)))
    if fn in ("matmul_left", "matmul_right"):
        return {1 if fn == "matmul_left" else 2}
    if fn in ("zeros_like", "shadow_like", "len") or fn in (
        f"numpy.{name}" for name in ("zeros_like", "size", "shape", "ndim")
    ):
        return {0}
    return set()
