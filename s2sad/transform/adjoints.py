"""Cotangents in the making: the adjoint of each value, as it accumulates.

Two kinds (Mooncake's rdata and fdata, Enzyme's shadows). A number, or an array that is
only used whole, has its adjoint *by value*: assigned first, added to later. An array
that is indexed, or changed in place, has a *shadow*: a buffer of its shape, made once,
that contributions are added into where they belong; a view's shadow is the same view
of the shadow, so aliases are right by construction.
"""

from __future__ import annotations

from s2sad.analysis.memory import Memory, is_view
from s2sad.analysis.real import may_be_complex
from s2sad.errors import MutationError
from s2sad.ir.builder import Builder
from s2sad.ir.core import Coined, Const, Op, Undef, Value
from s2sad.ir.infer import index_parts, roots_of
from s2sad.ir.types import FLOAT, Type, array

#: Operations whose result nobody else refers to.
FRESH = frozenset(
    ["add", "sub", "mul", "div", "neg", "pow", "matmul", "floordiv", "mod"]
)
FRESH_CALLS_NOT = frozenset({"s2sad.runtime.unbroadcast", "s2sad.runtime.match"})


#: Helpers whose result may be a list.
LISTS = frozenset(
    [
        "split_like",
        "split_flat",
        "match",
        "own",
        "plus",
        "zeros_like",
        "shadow_like",
        "einsum_operands",
        "gradient_again",
        "copied",
    ]
)


#: Kinds whose adjoint is a list, a dict or an object, added to item by item.
LISTED = frozenset({"list", "tuple", "dict", "object"})


class NeedsShadows(MutationError):
    """An adjoint that takes shadows which the forward sweep makes."""

    def __init__(self, value: Value, op: Op) -> None:
        super().__init__(
            "two names for one array that is changed in place meet here, and which"
            " of them is used cannot be followed",
            at=op.origin.location if op.origin else None,
            hint="copy the array: y = x.copy()",
        )
        self.value = value


class Adjoints:
    """The adjoints known at a point of the reverse sweep."""

    def __init__(self, active: set[Value], memory: Memory, indexed: set[Value]) -> None:
        self.active = active
        self.memory = memory
        self.indexed = indexed
        self.current: dict[Value, Value] = {}
        self.owned: set[Value] = set()
        #: shadows that the forward sweep has made: see `shadows`
        self.forward: dict[Value, Value] = {}
        #: the same of items of lists, which may be numbers
        self.items: dict[Value, Value] = {}
        #: are complex numbers known to take part?
        self.complex = False

    def of(self, value: Value, b: Builder) -> Value | None:
        """The adjoint of a value so far; nothing if it is zero."""
        if value in self.forward:
            return self.shadow(value, b)
        if value in self.items:
            return self.current.get(value, self.items[value])
        if self.is_view(value):
            made = value.op
            assert made is not None
            base = self.of(made.args[0], b)
            return None if base is None else self._view(made, base, value, b)
        return self.current.get(value)

    def is_view(self, value: Value) -> bool:
        op = value.op
        if op is not None and value in self.forward:
            return op.code in ("getitem", "getattr") or bool(op.attrs.get("view"))
        return op is not None and is_view(op, self.indexed)

    def root(self, value: Value) -> Value:
        """What a view is a view of."""
        while value not in self.forward and self.is_view(value):
            assert value.op is not None
            value = value.op.args[0]
        return value

    def _view(self, made: Op, base: Value, value: Value, b: Builder) -> Value:
        type_ = _of(value)
        attrs = {k: v for k, v in made.attrs.items() if k != "view"}
        result = b.emit(made.code, base, *made.args[1:], type=type_, **attrs)
        if result.name is None and value.name and result.op is not None:
            result.name = adjoint_name(value)
        return result

    def shadow(self, value: Value, b: Builder) -> Value:
        """The adjoint as a buffer that may be written to."""
        made = value.op
        if value in self.items:
            return self.current.get(value, self.items[value])
        if value in self.forward:
            if (
                made is None
                or not self.is_view(value)
                or made.args[0].type.kind in LISTED
            ):
                return self.forward[value]
        if self.is_view(value):
            made = value.op
            assert made is not None
            return self._view(made, self.shadow(made.args[0], b), value, b)
        known = self.current.get(value)
        if known is not None and known in self.owned:
            return known
        if known is not None and may_be_list(known, value):
            buffer = b.call("s2sad.runtime.own", known)
        else:
            buffer = zeros(value, b, shared=_is_copy(value))
            if known is not None:
                listed = value.type.kind in ("list", "dict", "tuple")
                b.effect("additems" if listed else "iadd", buffer, known)
        if buffer.op is not None:
            buffer.name = adjoint_name(value)
        self.current[value] = buffer
        self.owned.add(buffer)
        return buffer

    def add(self, value: Value, contribution: Value, b: Builder) -> None:
        """Accumulate a contribution of the value's own shape."""
        if value not in self.active or isinstance(value, Const | Undef):
            return
        if self.complex:
            contribution = self.conformed(value, contribution, b)
        if value in self.forward:
            listed = value.type.kind in LISTED
            code = "additems" if listed else "iadd"
            b.effect(code, self.shadow(value, b), contribution)
            return
        if value in self.items:
            part = self.shadow(value, b)
            more = b.emit(
                "iop", part, contribution, op="add", adjoint=True, type=part.type
            )
            self.current[value] = more
            return
        if self.may_be_list(value, contribution):
            made = value.op
            assert made is not None
            base = self.shadow(made.args[0], b)
            b.effect("addat", base, made.args[1], contribution, adjoint=True)
            return
        whole = value.type.kind == "tuple" and not self.is_view(value)
        if whole and value not in self.current:
            self.owned.discard(contribution)
            self.current[value] = self._named(contribution, value, b)
            return
        if value.type.kind in LISTED:
            b.effect("additems", self.shadow(value, b), contribution)
            return
        if self.is_view(value):
            b.effect("iadd", self.shadow(value, b), contribution)
            return
        known = self.current.get(value)
        if known is not None and (
            may_be_list(known, value) and may_be_list(contribution, value)
        ):
            total = b.call("s2sad.runtime.plus", known, contribution)
            self.current[value] = self._named(total, value, b)
            return
        if known is None:
            # a buffer that has another owner is read here, and not written to
            self.owned.discard(contribution)
            self.current[value] = self._named(contribution, value, b)
        elif known in self.owned:
            b.effect("iadd", known, contribution)
        else:
            total = b.emit("add", known, contribution, type=_of(value))
            self.current[value] = self._named(total, value, b)

    def conformed(self, value: Value, contribution: Value, b: Builder) -> Value:
        """Of a complex contribution the part that a real value has."""
        if value.type.kind in LISTED or may_be_complex(value):
            return contribution
        if not may_be_complex(contribution):
            return contribution
        return b.call("s2sad.runtime.unbroadcast", contribution, value)

    def may_be_list(self, value: Value, contribution: Value) -> bool:
        """Is it an item of what may be a list, so that it may be a list itself?"""
        op = value.op
        if value.type.kind != "any" or op is None:
            return False
        listed = op.code == "getitem" and op.args[0].type.kind in ("list", "dict")
        if contribution.type.is_scalar and not listed:
            return False
        single = op.code == "getitem" and len(index_parts(op.args[1])) == 1
        return self.is_view(value) and single and op.args[0].type.kind != "array"

    def start(self, value: Value, b: Builder) -> Value:
        """What an adjoint is before anything is added to it."""
        return self.items[value] if value in self.items else zeros(value, b)

    def _named(self, adjoint: Value, value: Value, b: Builder) -> Value:
        made = adjoint.op
        if made is not None and made.block is b.block and adjoint.name is None:
            if value.name and made.attrs.get("reverse", True):
                adjoint.name = adjoint_name(value)
        return adjoint

    def adopt(self, value: Value, adjoint: Value, b: Builder, op: Op) -> None:
        """Hand an adjoint over from one name of an object to another.

        For what changes in place the buffer itself is handed over, and that is right
        only if nobody holds another one for the same object.
        """
        if value not in self.active or isinstance(value, Const | Undef):
            return
        if value in self.forward or value in self.items:
            self.add(value, adjoint, b)
            return
        if value.type.kind in ("list", "dict") and self.memory.holds_stored(value):
            raise MutationError(
                "one of two lists meets here, and an item of it is changed in place",
                at=op.origin.location if op.origin else None,
                hint="copy the items: rows = [row.copy() for row in rows]",
            )
        if not self.memory.is_mutated(value) or value.type.is_scalar:
            self.add(value, adjoint, b)
            return
        if self.is_view(value) or value in self.current:
            raise NeedsShadows(value, op)
        self.current[value] = adjoint
        self.owned.add(adjoint)


def may_be_list(adjoint: Value, value: Value) -> bool:
    """May an adjoint be a list, which `+` would join end to end?"""
    kinds = (value.type.kind, adjoint.type.kind)
    if "array" in kinds or value.type.is_scalar or adjoint.type.is_scalar:
        return False
    op = adjoint.op
    if op is None:
        return True
    if op.code == "call":
        return op.attrs["fn"].removeprefix("s2sad.runtime.") in LISTS
    if op.code == "if":
        k = op.results.index(adjoint)
        return any(may_be_list(block.results[k], value) for block in op.blocks)
    if op.code == "getitem":  # of the cotangent of several results
        return op.args[0].op is None and op.args[0].type.kind != "array"
    return op.code in ("list", "tuple", "dict", "callrev")


def adjoint_name(value: Value) -> str | None:
    return Coined(f"b{value.name}") if value.name else None


def _of(value: Value) -> Type:
    """The type of a value's adjoint: the value's, and real if it was a number."""
    kind = value.type
    if kind.is_scalar:
        return FLOAT
    if kind.kind == "array":
        return array(kind.ndim, roots_of(value), "float")
    if kind.kind == "list":
        return Type("list", items=tuple(map(adjoint_kind, kind.items or ())) or None)
    if kind.kind in ("dict", "object", "tuple"):
        return Type("list" if kind.kind == "tuple" else kind.kind)
    return Type("any", shape=roots_of(value))


def adjoint_kind(kind: Type) -> Type:
    """The type of an item's adjoint, from the item's."""
    if kind.is_scalar:
        return FLOAT
    if kind.kind == "array":
        return array(kind.ndim, None, "float")
    if kind.kind == "list":
        return Type("list", items=tuple(map(adjoint_kind, kind.items or ())) or None)
    return Type(kind.kind) if kind.kind == "dict" else Type("any")


adjoint_type = _of


def _is_copy(value: Value) -> bool:
    """Is it the copy of an argument, in which one array may stand twice?"""
    return value.op is not None and value.op.attrs.get("fn") == "copy.deepcopy"


def zeros(value: Value, b: Builder, shared: bool = False) -> Value:
    """A zero adjoint of the value's own shape, in a new buffer.

    Shared: what stands twice in a container is one thing, and has one adjoint.
    """
    if value.type.is_scalar:
        return Const(0.0)
    fn = "s2sad.runtime.shadow_like" if shared else "s2sad.runtime.zeros_like"
    if value.type.kind == "array":
        fn = "numpy.zeros_like"
    return b.emit("call", value, fn=fn, kw=(), type=_of(value), fresh=True)
