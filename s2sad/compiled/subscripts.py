"""The parts of a subscript, each with the axis that it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from s2sad.compiled.kinds import (
    Axis,
    Dim,
    Length,
    longer,
    refuse,
)
from s2sad.ir.core import (
    Op,
    Value,
)
from s2sad.ir.infer import index_parts

if TYPE_CHECKING:
    from s2sad.compiled.infer import Kinds


class Place:
    """One part of a subscript, and the axis of the array that it is for."""

    def __init__(self, axis: int | None, part: Value | None) -> None:
        self.axis = axis  # none for np.newaxis
        self.part = part  # none for an axis that is not mentioned

    def dims(self, kinds: Kinds, op: Op, at: int) -> list[Dim]:
        """The axes that it leaves; `at` is the number of the first of them."""
        if self.axis is None:
            return [1]
        base = kinds.of(op.args[0]).dims[self.axis]
        if self.part is None:
            return [base]
        kind = kinds.of(self.part)
        if kind.is_number:
            return []
        if kind.is_array:
            return [
                Length(Axis(op.result, at + k)) if kind.dtype == "bool" else d
                for k, d in enumerate(kind.dims)
            ]
        return [self.sliced(base, op, at)]

    def sliced(self, base: Dim, op: Op, at: int) -> Dim:
        assert self.part is not None and self.part.op is not None
        start, stop, step = bounds(self.part)
        unknown = Length(Axis(op.result, at))
        if step not in (None, 1):
            return base if step == -1 and start is None and stop is None else unknown
        if not (start is None or type(start) is int) or (start or 0) < 0:
            return unknown
        if stop is None:
            return longer(base, -(start or 0))
        if type(stop) is not int:
            return unknown
        if stop < 0:
            return longer(base, stop - (start or 0))
        return max(0, stop - (start or 0))  # the run looks whether it is so long


def bounds(part: Value) -> list[Any]:
    """Start, stop and step of a slice: constants as they are."""
    assert part.op is not None
    return [getattr(a, "value", a) for a in part.op.args]


def places(kinds: Kinds, op: Op, base: Value, index: Value) -> list[Place]:
    """The parts of a subscript with the axes that they are for."""
    parts = index_parts(index)
    rank = kinds.of(base).rank
    names = [kinds.of(p).name for p in parts]
    taken = sum(1 for n in names if n not in ("none", "ellipsis"))
    found: list[Place] = []
    axis = 0
    for part, name in zip(parts, names, strict=True):
        kind = kinds.of(part)
        if name == "none":
            found.append(Place(None, part))
        elif name == "ellipsis":
            for _ in range(rank - taken):
                found.append(Place(axis, None))
                axis += 1
        elif name == "slice":
            if part.op is None or part.op.code != "slice":
                refuse(op, "a slice that is not written here")
            found.append(Place(axis, part))
            axis += 1
        elif kind.is_number and kind.dtype != "bool":
            found.append(Place(axis, part))
            axis += 1
        elif kind.is_array and (len(parts) == 1 or kind.rank == 1):
            if kind.dtype == "bool" and (kind.rank > 1 or len(parts) > 1):
                refuse(op, "a mask with several axes")
            found.append(Place(axis, part))
            axis += 1
        else:
            refuse(op, f"a subscript by {kind}")
    while axis < rank:
        found.append(Place(axis, None))
        axis += 1
    if axis > rank:
        refuse(op, "more indices than axes")
    arrays = [k for k, n in enumerate(names) if n == "array"]
    others = [k for k, n in enumerate(names) if n == "number"]
    if len(arrays) > 1:
        refuse(op, "a subscript by several arrays")
    if arrays and others:
        near = range(min(arrays + others), max(arrays + others) + 1)
        if len(near) > len(arrays) + len(others):
            refuse(op, "an array and a number apart from it as subscripts")
    return found
