"""Common subexpressions: what is computed twice from the same values is computed once.

    t = np.exp(x); ... bx = by * np.exp(x)          ==>     bx = by * t

Only operations on values: what reads memory that is stored into stays where it is.
"""

from __future__ import annotations

from s2sad.analysis.memory import Memory
from s2sad.ir.core import Block, Const, Function, Op, Value, replace_uses
from s2sad.ir.infer import ARITHMETIC, COMPARISON

PURE = ARITHMETIC | COMPARISON | {"neg", "pos", "not", "getitem", "getattr", "matmul"}
#: Calls of which each makes a buffer of its own.
NEW = frozenset(
    f"numpy.{n}"
    for n in [
        "zeros",
        "ones",
        "empty",
        "zeros_like",
        "ones_like",
        "empty_like",
        "copy",
        "array",
        "full",
        "full_like",
    ]
)


def share_common(function: Function) -> None:
    """Replace repeated pure operations by their first result."""
    sharing = _Sharing(Memory(function.body))
    sharing.block(function.body)
    if sharing.mapping:
        replace_uses(function.body, sharing.mapping)


class _Sharing:
    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.mapping: dict[Value, Value] = {}
        self.known: dict[object, Value] = {}

    def block(self, block: Block) -> None:
        """Share inside a block and with what stands before it; then forget it."""
        kept, added = [], []
        for op in block.ops:
            op.args = [self.mapping.get(v, v) for v in op.args]
            key = self.key(op)
            if key is not None and key in self.known:
                first = self.known[key]
                self.mapping[op.result] = first
                if first.name is None:
                    first.name = op.result.name
                continue
            if key is not None:
                self.known[key] = op.result
                added.append(key)
            kept.append(op)
            for inner in op.blocks:
                self.block(inner)
        block.ops = kept
        for key in added:
            del self.known[key]

    def key(self, op: Op) -> object | None:
        if op.code == "call":
            fn = op.attrs["fn"]
            if not fn.startswith(
                ("numpy.", "math.", "s2sad.runtime.unbroadcast", "len")
            ):
                return None
            if op.attrs.get("fresh") or fn in NEW or fn.startswith("numpy.random"):
                return None
        elif op.code not in PURE:
            return None
        if any(self.memory.is_mutated(v) for v in (*op.args, *op.results)):
            return None
        extra = (op.attrs.get("fn"), op.attrs.get("kw"), op.attrs.get("attr"))
        return (op.code, tuple(_identity(v) for v in op.args), extra)


def _identity(value: Value) -> object:
    """A value; a constant by its text, an index by its parts."""
    if isinstance(value, Const):
        return ("const", type(value.value).__name__, repr(value.value))
    if value.op is not None and value.op.code in ("slice", "tuple"):
        return (value.op.code, *(_identity(a) for a in value.op.args))
    return value
