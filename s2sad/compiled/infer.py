"""The kind of every value of a derivative, from the kinds of its arguments.

Forwards, round loops to a fixpoint. Whatever has no kind that Numba knows is refused
here, with the line that it comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from s2sad.compiled import library, making, whole
from s2sad.compiled.kinds import (
    OTHER,
    UNDEFINED,
    Axis,
    Dim,
    Kind,
    Length,
    floating,
    is_float,
    longer,
    number,
    of_array,
    promote,
    refuse,
    type_of,
)
from s2sad.compiled.subscripts import places
from s2sad.frontend.frame import Static
from s2sad.ir.core import (
    Block,
    Const,
    Function,
    Op,
    Undef,
    Value,
    enclosing,
    home,
    walk,
)
from s2sad.ir.infer import ARITHMETIC, BITWISE, COMPARISON, IDENTITY
from s2sad.ir.paths import resolve

ROUNDS = 6
#: The families of functions whose kinds are known; importing them enters their rules.
FAMILIES = (making, whole)


class Kinds:
    """Kinds of the values of a function; `of` is the table."""

    def __init__(self, function: Function, known: Mapping[Value, Kind]) -> None:
        self.table: dict[Value, Kind] = dict(known)
        self.items: dict[Any, Kind] = {}  # where a list is made -> what is in it
        self._changed = True
        for _ in range(ROUNDS):
            self._changed = False
            self.block(function.body)
            if not self._changed:
                break
        for op in walk(function.body):
            if self._changed or (op.results and not op.blocks and self.is_open(op)):
                refuse(op, "what a list holds is not known")

    def of(self, value: Value) -> Kind:
        if isinstance(value, Undef):
            return UNDEFINED
        if isinstance(value, Const):
            return of_constant(value.value)
        if isinstance(value, Static):
            return OTHER
        return self.table.get(value, UNDEFINED)

    def is_open(self, op: Op) -> bool:
        return any(self.of(v).name == "undef" for v in op.results)

    def set(self, value: Value, kind: Kind) -> None:
        self.table[value] = kind

    def settle(self) -> None:
        """Tell the printer and the other analyses."""
        for value, kind in self.table.items():
            value.type = type_of(kind)

    # -- control ---------------------------------------------------------------------

    def block(self, block: Block) -> None:
        for op in block.ops:
            if op.code in ("for", "while"):
                self.loop(op)
            elif op.code == "if":
                self.branch(op)
            elif op.code in ("push", "insert"):
                self.put(op)
            elif op.results:
                self.set(op.result, self.result(op))
            elif op.code == "setitem" and self.of(op.args[0]).name == "list":
                self.put(op)

    def branch(self, op: Op) -> None:
        if "catch" in op.attrs or "context" in op.attrs:
            refuse(op, "a try, or a with")
        for inner in op.blocks:
            self.block(inner)
        then, other = op.blocks
        for k, value in enumerate(op.results):
            a, b = self.of(then.results[k]), self.of(other.results[k])
            self.set(value, self.outside(self.join(a, b, value, op), value, op))

    def loop(self, op: Op) -> None:
        skip = 1 if op.code == "for" else 0
        offset = 1 if op.attrs.get("stop") else 0
        body = op.blocks[-1]
        if op.code == "for":
            self.set(body.params[0], self.item_of(op.args[0], body.params[0], op))
        starts = [self.of(v) for v in op.args[skip:]]
        kinds = list(starts)
        carried = body.params[skip:]
        for attempt in range(ROUNDS + 1):
            if attempt == ROUNDS:
                refuse(op, "what a loop carries changes its kind each time")
            for inner in op.blocks:
                params = inner.params[len(inner.params) - len(kinds) :]
                for param, whose, kind in zip(params, carried, kinds, strict=True):
                    self.set(param, moved(kind, whose, param))
                self.block(inner)
            ends = [self.of(v) for v in body.results[offset:]]
            found = [
                self.join(a, self.join(k, e, p, op), p, op)
                for a, k, e, p in zip(starts, kinds, ends, carried, strict=True)
            ]
            if found == kinds:
                break
            kinds = found
        for value, kind in zip(op.results, kinds, strict=True):
            self.set(value, self.outside(kind, value, op))

    def outside(self, kind: Kind, value: Value, op: Op) -> Kind:
        """The kind of what a region leaves: lengths known inside have no name."""
        inner = set(op.blocks)
        return renamed(kind, value, lambda d: is_within(d, inner))

    def item_of(self, iterable: Value, item: Value, op: Op) -> Kind:
        kind = self.of(iterable)
        if kind.name == "range":
            return number("int")
        if kind.is_array:
            dims = [Length(Axis(item, k)) for k in range(kind.rank - 1)]
            return of_array(kind.dtype, dims)
        if kind.name == "list":
            return self.taken(kind, item, op)
        refuse(op, f"a loop over {kind}")

    def join(self, a: Kind, b: Kind, owner: Value, op: Op) -> Kind:
        """What is known where two paths meet."""
        if a == b or b.name == "undef":
            return a
        if a.name == "undef":
            return b
        if a.is_number and b.is_number:
            return number(promote((a.dtype, b.dtype)))
        if a.is_array and b.is_array and a.rank == b.rank and a.dtype == b.dtype:
            pairs = enumerate(zip(a.dims, b.dims, strict=True))
            dims = [p if p == q else Length(Axis(owner, k)) for k, (p, q) in pairs]
            return of_array(a.dtype, dims)
        if a.name == b.name == "tuple" and len(a.items) == len(b.items):
            items = zip(a.items, b.items, strict=True)
            both = tuple(self.join(p, q, owner, op) for p, q in items)
            return Kind("tuple", items=both)
        if a.name == b.name == "list":
            self.unite(a, b, owner, op)
            return a
        label = f"{owner.name} is" if owner.name else "this is"
        refuse(op, f"{label} {a} on one path and {b} on another")

    def unite(self, a: Kind, b: Kind, owner: Value, op: Op) -> None:
        one, two = (self.items.get(k.site, UNDEFINED) for k in (a, b))
        both = self.join(one, two, owner, op)
        for kind in (a, b):
            self.fill(kind.site, both)

    # -- lists -----------------------------------------------------------------------

    def put(self, op: Op) -> None:
        kind = self.of(op.args[0])
        if kind.name == "undef":
            return
        if kind.name != "list":
            refuse(op, f"{op.code} of {kind}")
        old = self.items.get(kind.site, UNDEFINED)
        item = self.lasting(self.of(op.args[-1]), op.args[0], op.args[-1])
        self.fill(kind.site, self.join(old, item, op.args[0], op))

    def fill(self, site: Any, kind: Kind) -> None:
        if self.items.get(site) != kind:
            self.items[site] = kind
            self._changed = True

    def lasting(self, kind: Kind, owner: Value, item: Value) -> Kind:
        """The kind of an item of a list: lengths within loops differ each time."""
        inner = {b for b in enclosing(home(item)) if b.owner is not None}
        return renamed(kind, owner, lambda d: is_within(d, inner))

    def taken(self, kind: Kind, value: Value, op: Op) -> Kind:
        """An item that is taken out of a list."""
        found = self.items.get(kind.site, UNDEFINED)
        return renamed(found, value, self.is_of_container)

    def shadow(self, op: Op, site: Any, kind: Kind) -> Kind:
        """The kind of the adjoint of a list or a tuple: a list, whose items change."""
        if kind.name == "tuple":
            found = kind.items[0] if len(set(kind.items)) == 1 else UNDEFINED
            if found.is_array or (found.name == "undef" and kind.items):
                same = {(k.name, k.dtype, k.rank) for k in kind.items}
                found = kind.items[0] if len(same) == 1 else found
            if found.name == "undef":
                refuse(op, f"the adjoint of {kind} of several kinds")
        else:
            found = self.items.get(kind.site, UNDEFINED)
        if found.is_number:
            found = number("float")
        elif found.is_array:
            dtype = found.dtype if is_float(found.dtype) else "float64"
            found = renamed(replace(found, dtype=dtype), op.result, lambda _: True)
        elif found.name in ("list", "tuple"):
            found = self.shadow(op, (site, "item"), found)
        elif found.name != "undef":
            refuse(op, f"the adjoint of a list of {found}")
        self.fill(site, found)
        return Kind("list", site=site)

    def is_of_container(self, dim: Dim) -> bool:
        """Is it the length of something in a list or a tuple, which has no name?"""
        if isinstance(dim, int) or not isinstance(dim.symbol, Axis):
            return False
        return not self.of(dim.symbol.value).is_array

    # -- operations ------------------------------------------------------------------

    def result(self, op: Op) -> Kind:
        if any(self.of(a).name == "undef" for a in op.args if op.code != "if"):
            return UNDEFINED  # in a later round it is known
        code = op.code
        if code in ARITHMETIC or code in COMPARISON or code in BITWISE:
            return self.elementwise(op, code)
        if code in ("neg", "pos", "invert"):
            return self.elementwise(op, code)
        if code in IDENTITY:
            return number("bool")
        method: Callable[[Op], Kind] | None = getattr(self, f"op_{code}", None)
        if method is None:
            refuse(op, f"the operation {code}")
        return method(op)

    def broadcast(self, op: Op, values: list[Value]) -> tuple[Dim, ...]:
        """The axes of an elementwise function of these."""
        kinds = [self.of(v) for v in values]
        rank = max(k.rank for k in kinds)
        dims: list[Dim] = []
        for k in range(rank):
            found: Dim = 1
            for kind in kinds:
                if k >= rank - kind.rank:
                    dim = kind.dims[k - rank + kind.rank]
                    found = dim if found == 1 else found
            dims.append(found)
        return tuple(dims)

    def elementwise(self, op: Op, code: str) -> Kind:
        kinds = [self.of(a) for a in op.args]
        for kind in kinds:
            if kind.name in ("list", "tuple", "str", "none") and code in COMPARISON:
                return number("bool")
            if not (kind.is_number or kind.is_array):
                refuse(op, f"arithmetic with {kind}")
        dtype = promote(k.dtype for k in kinds)
        if code == "div" or (code == "pow" and not integer_power(op)):
            dtype = floating(dtype)
        elif code in COMPARISON:
            dtype = "bool"
        elif dtype == "bool" and code not in BITWISE | {"invert"}:
            if any(k.is_array for k in kinds):
                refuse(op, "arithmetic of truth values alone")
            dtype = "int"
        return of_array(dtype, self.broadcast(op, op.args))

    def op_matmul(self, op: Op) -> Kind:
        return whole.matmul(self, op)

    def op_tuple(self, op: Op) -> Kind:
        return Kind("tuple", items=tuple(map(self.of, op.args)))

    def op_slice(self, op: Op) -> Kind:
        return Kind("slice")

    def op_range(self, op: Op) -> Kind:
        return Kind("range")

    def op_tape(self, op: Op) -> Kind:
        return Kind("list", site=op)

    def op_list(self, op: Op) -> Kind:
        found = self.items.get(op, UNDEFINED)
        for value in op.args:
            item = self.lasting(self.of(value), op.result, value)
            found = self.join(found, item, op.result, op)
        self.fill(op, found)
        return Kind("list", site=op)

    def op_pop(self, op: Op) -> Kind:
        return self.taken(self.of(op.args[0]), op.result, op)

    op_popat = op_pop

    def op_iop(self, op: Op) -> Kind:
        kind = self.of(op.args[0])
        if kind.is_array:
            return kind
        return self.elementwise(op, op.attrs["op"])

    def op_take(self, op: Op) -> Kind:
        return self.of(op.args[0])

    def op_global(self, op: Op) -> Kind:
        path = op.attrs["path"]
        if path.split(".")[0] in ("numpy", "math") and "." in path:
            return of_constant(resolve(path))  # pi, inf and their like
        return self.table.get(op.result, OTHER)

    def op_getattr(self, op: Op) -> Kind:
        kind, attr = self.of(op.args[0]), op.attrs["attr"]
        if attr == "shape" and kind.is_array:
            return Kind("tuple", items=(number("int"),) * kind.rank)
        if attr in ("size", "ndim") and kind.is_array:
            return number("int")
        if attr == "dtype" and kind.is_array:
            return Kind("dtype", dtype=kind.dtype)
        if attr == "T" and kind.is_array:
            return of_array(kind.dtype, reversed(kind.dims))
        if attr == "T" and kind.is_number:
            return kind
        refuse(op, f"the attribute {attr} of {kind}")

    def op_getitem(self, op: Op) -> Kind:
        base, index = op.args
        kind = self.of(base)
        if kind.name == "list":
            if self.of(index).name == "slice":
                return kind
            return self.taken(kind, op.result, op)
        if kind.name == "tuple":
            at = getattr(index, "value", None)
            found = kind.items[0] if len(set(kind.items)) == 1 else None
            if type(at) is int and -len(kind.items) <= at < len(kind.items):
                found = kind.items[at]
            if found is not None:
                return renamed(found, op.result, self.is_of_container)
        if kind.name == "range":
            return number("int")
        if not kind.is_array:
            refuse(op, f"a subscript of {kind}")
        dims: list[Dim] = []
        for part in places(self, op, base, index):
            dims += part.dims(self, op, len(dims))
        return of_array(kind.dtype, dims)

    def op_unpack(self, op: Op) -> Kind:
        refuse(op, "a function with several results")

    def op_calluser(self, op: Op) -> Kind:
        refuse(op, "a function that calls itself")

    op_callrev = op_calltangent = op_calluser

    def op_call(self, op: Op) -> Kind:
        return library.result(self, op)

    def length(self, value: Value) -> Dim:
        """The length that a number is: `x.shape[0] - 2` is that of x's axis, less 2."""
        if isinstance(value, Const) and type(value.value) is int:
            return value.value
        op = value.op
        if op is None:
            return Length(value)
        if op.code in ("add", "sub"):
            left, right = op.args
            if isinstance(right, Const) and type(right.value) is int:
                by = right.value if op.code == "add" else -right.value
                return longer(self.length(left), by)
            if op.code == "add" and isinstance(left, Const):
                if type(left.value) is int:
                    return longer(self.length(right), left.value)
        if op.code == "call" and op.attrs["fn"] == "len":
            kind = self.of(op.args[0])
            if kind.is_array:
                return kind.dims[0]
        if op.code == "getitem" and op.args[0].op is not None:
            made, at = op.args[0].op, getattr(op.args[1], "value", None)
            if made.code == "getattr" and made.attrs["attr"] == "shape":
                kind = self.of(made.args[0])
                if type(at) is int and -kind.rank <= at < kind.rank:
                    return kind.dims[at]
        return Length(value)


def renamed(kind: Kind, owner: Value, which: Callable[[Dim], bool]) -> Kind:
    """The same kind with some lengths as those of the axes of another value."""
    if kind.name == "tuple":
        return replace(kind, items=tuple(renamed(k, owner, which) for k in kind.items))
    if not kind.is_array:
        return kind
    dims = enumerate(kind.dims)
    return replace(
        kind, dims=tuple(Length(Axis(owner, k)) if which(d) else d for k, d in dims)
    )


def moved(kind: Kind, old: Value, new: Value) -> Kind:
    """Lengths that are axes of one value as axes of another."""
    if old is new:
        return kind

    def is_old(d: Dim) -> bool:
        return (
            isinstance(d, Length)
            and isinstance(d.symbol, Axis)
            and d.symbol.value is old
        )

    return renamed(kind, new, is_old)


def of_constant(value: Any) -> Kind:
    if type(value) in (bool, int, float, complex):
        return number(type(value).__name__)
    if value is None:
        return Kind("none")
    if isinstance(value, str):
        return Kind("str")
    if value is Ellipsis:
        return Kind("ellipsis")
    if isinstance(value, tuple):
        return Kind("tuple", items=tuple(map(of_constant, value)))
    return OTHER


def integer_power(op: Op) -> bool:
    """Is it a power of an integer that is an integer?"""
    exponent = getattr(op.args[1], "value", None)
    return not (type(exponent) is int and exponent < 0)


def is_within(dim: Dim, blocks: set[Block]) -> bool:
    """Is a length one that may be another each time that these blocks run?"""
    if isinstance(dim, int):
        return False
    symbol = dim.symbol.value if isinstance(dim.symbol, Axis) else dim.symbol
    return any(b in blocks for b in enclosing(home(symbol)))
