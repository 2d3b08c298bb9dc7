"""What every part of the reverse sweep shares: adjoints, facts, shapes."""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sad.analysis.activity import OPERATORS
from s2sad.analysis.memory import Memory, subscripted
from s2sad.analysis.order import Order
from s2sad.analysis.real import has_complex
from s2sad.ir.builder import Builder
from s2sad.ir.core import Block, Function, Op, Value, blocks_within, walk
from s2sad.ir.infer import is_complex, roots_of
from s2sad.rules import registry
from s2sad.transform.adjoints import Adjoints, adjoint_type
from s2sad.transform.shadows import Shadows


@dataclass
class Sweep:
    """What the reverse sweep must know of the forward sweep."""

    #: the forward block that each reverse block is the mirror of
    mirror: dict[Block, Block] = field(default_factory=dict)
    #: the loop variable of each forward loop, as the reverse loop has it
    items: dict[Value, Value] = field(default_factory=dict)
    #: for each store, the place in the reverse sweep where its memory is put back
    undo: list[tuple[Op, Op]] = field(default_factory=list)


class State:
    """The adjoints so far, and what is known of the function."""

    def __init__(
        self,
        function: Function,
        active: set[Value],
        memory: Memory,
        shadows: Shadows,
    ) -> None:
        self.function = function
        self.shadows = shadows
        self.memory = memory
        self.active = active
        self.indexed = subscripted(function.body)
        self.adj = Adjoints(active, memory, self.indexed)
        self.adj.forward = shadows.of
        self.adj.items = shadows.items
        self.adj.complex = has_complex(function)
        self.uses = _count_uses(function.body)
        self.escaping = _escaping(function.body)
        #: values whose adjoint still has the shape that they were broadcast to
        self.wide: set[Value] = set()
        #: values whose adjoint is zero where a choice did not take them
        self.chosen: set[Value] = set()
        #: for a call with several results, the adjoint of each that is used
        self.parts: dict[Value, dict[int, Value]] = {}
        self.sweep = Sweep()
        self.order = Order(function.body)

    def replace_item(self, op: Op, b: Builder) -> None:
        """`y[k] = v` of a list whose shadow the forward sweep has made."""
        raise NotImplementedError

    def hand_over(self, value: Value, part: Value, b: Builder, op: Op) -> None:
        """The adjoint of an item, back to what was put there."""
        raise NotImplementedError

    def block(self, block: Block, b: Builder) -> None:
        """Append the adjoints of a block's operations, from the last to the first."""
        raise NotImplementedError

    def narrowed(self, term: Value, value: Value, b: Builder) -> Value:
        """Sum over what the value was broadcast along: now, or where it comes from.

        What a value used once was computed from elementwise can take the sum as well:
        sum(g) * p = sum(g * p) for a partial p that does not vary along the axes.
        """
        made = value.op
        if (
            made is not None
            and self.uses.get(value) == 1
            and not value.type.is_scalar
            and made.block is self.sweep.mirror[b.block]
            and _is_elementwise(made)
        ):
            self.wide.add(value)
            return term
        return self.shaped(term, value, b)

    def shaped(self, term: Value, value: Value, b: Builder) -> Value:
        """A contribution in the shape and dtype of a value, by a run-time helper."""
        return b.emit(
            "call", term, *shape_of(value), fn="s2sad.runtime.unbroadcast", kw=(),
            type=adjoint_type(value),
        )  # fmt: skip


def _count_uses(body: Block) -> dict[Value, int]:
    count: dict[Value, int] = {}
    for block in blocks_within(body):
        for op in block.ops:
            for value in op.args:
                count[value] = count.get(value, 0) + 1
        for value in block.results:
            count[value] = count.get(value, 0) + 1
    return count


def _escaping(body: Block) -> set[Value]:
    """Values that branches and loops take or give."""
    found = {v for op in walk(body) if op.blocks for v in op.args}
    inner = (b for b in blocks_within(body) if b is not body)
    return found.union(*(b.results for b in inner))


def _is_elementwise(op: Op) -> bool:
    if op.code in OPERATORS:
        return op.code not in ("matmul", "iop")
    if op.code != "call":
        return False
    rule = registry.find(op)
    return rule is not None and rule.result == "elementwise" and not rule.adjoints


def shape_of(value: Value) -> list[Value]:
    """Values whose shapes broadcast to this one's: the plainest that there are."""
    if value.op is None or value.op.code in ("getitem", "getattr"):
        return [value]
    roots = roots_of(value)
    if is_complex(value) or any(isinstance(r, Value) and is_complex(r) for r in roots):
        return [value]  # a shape's dtype counts too: the real part of a cotangent
    if roots and all(isinstance(r, Value) and r.name for r in roots):
        return sorted(roots, key=lambda r: r.name or "")
    return [value]
