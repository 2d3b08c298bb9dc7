"""Library calls that give a view or a copy, as the run decides: reshape, flip, diag.

Where nothing changes in place after the call while the result is in use, the two are
the same. Where it does, the derivative is written for a view, and the run looks that
it is one:

    v = x.reshape(-1)            require_view(v, x)
    v[0] = 1.0                   bv = bx.reshape(-1): the same view of the shadow
"""

from __future__ import annotations

from s2sad.analysis.memory import STORES, STRUCTURE, Memory
from s2sad.analysis.order import Order
from s2sad.ir.core import Const, Function, Op, Value, blocks_within, walk
from s2sad.rules import registry

#: Functions whose result, if it is a view, can be written to.
WRITABLE = frozenset(
    f"numpy.{name}"
    for name in [
        *("reshape", "ravel", "squeeze", "expand_dims", "transpose", "swapaxes"),
        *("moveaxis", "rollaxis", "matrix_transpose", "flip", "fliplr", "flipud"),
        *("rot90", "atleast_1d", "atleast_2d", "atleast_3d", "asarray"),
        *("asanyarray", "ascontiguousarray", "asfortranarray"),
    ]
)


def settle_views(function: Function) -> None:
    """Decide for each such call; attribute `view` or `copied` says how."""
    memory = Memory(function.body)
    order = Order(function.body)
    stores = [op for op in walk(function.body) if op.code in STORES]
    for op in list(walk(function.body)):
        if op.code == "getattr" and memory.is_stored(op.result):
            op.attrs["view"] = True  # another name for what is changed
        if op.code == "getitem" and op.args[0].type.kind in ("list", "dict"):
            _item(function, op, memory, order)
            continue
        if op.code != "call" or not op.results or op.block is None:
            continue
        rule = registry.find(op)
        if rule is None or rule.alias is None or not memory.is_mutated(op.result):
            continue
        if not hazard(function, op, stores, memory, order):
            op.attrs["copied"] = True
        elif op.attrs["fn"] in WRITABLE and rule.alias == rule.parameters[0]:
            op.attrs["view"] = True
            check = Op("check", [op.result, op.args[0]], {"fn": "require_view"})
            check.origin, check.block = op.origin, op.block
            op.block.ops.insert(op.block.ops.index(op) + 1, check)


def _item(function: Function, op: Op, memory: Memory, order: Order) -> None:
    """An item of a list that is changed itself, or a list of such items.

    Its shadow is the item of the list's shadow, as long as it stands at its place.
    """
    items = memory.held(memory.own(op.result))
    is_slice = op.args[1].type.kind == "slice"
    shared = is_slice and bool(items & memory.written)
    itself = memory.is_mutated(op.result) and not op.result.type.is_scalar
    if is_slice and not shared:
        return
    moved = _is_moved(function, op, memory, order)
    if not shared and not itself:
        if moved:  # nothing changes it, so that a shadow of its own will do
            op.attrs["view"] = False
        return
    if moved:
        function.shared |= {op.args[0], op.result}
        op.attrs["moved"] = True
    op.attrs["view"] = True


def _is_moved(function: Function, op: Op, memory: Memory, order: Order) -> bool:
    """May an item be used after its place in the list has changed?"""
    lists = memory.own(op.args[0])
    derived = _derived(function, op.result)
    values = derived if derived is not None else {op.result}
    values = {v for v in values if not v.type.is_scalar}
    for store in walk(function.body):
        moves = store.code in STRUCTURE or store.code == "setitem"
        if store.code == "push" and _counted_from_front(op.args[1]):
            continue
        if not moves or not memory.own(store.args[0]) & lists:
            continue
        if _is_put_back(store, op) or not order.reaches(op, store):
            continue
        if derived is None or any(order.used_after(v, store) for v in values):
            return True
    return False


def _is_put_back(store: Op, op: Op) -> bool:
    """`v = y[i]; ...; y[i] = v` changes nothing."""
    return (
        store.code == "setitem"
        and store.args[0] is op.args[0]
        and store.args[2] is op.result
    )


def _counted_from_front(index: Value) -> bool:
    return isinstance(index, Const) and type(index.value) is int and index.value >= 0


def hazard(
    function: Function, op: Op, stores: list[Op], memory: Memory, order: Order
) -> bool:
    """Could a view be told from a copy?"""
    derived = _derived(function, op.result)
    if derived is None:
        return True
    mine = memory.own(op.result)
    for store in stores:
        if not memory.own(store.args[0]) & mine or not order.reaches(op, store):
            continue
        if store.args[0] in derived:
            return True
        if any(order.used_after(value, store) for value in derived):
            return True
    return False


def _derived(function: Function, value: Value) -> set[Value] | None:
    """A value and its views; nothing if they get out of sight."""
    found = {value}
    for op in walk(function.body):
        if op.code in ("getitem", "getattr", "call", "iop") and op.results:
            if any(a in found for a in op.args[:1]):
                found.add(op.result)
    escaping = {v for block in blocks_within(function.body) for v in block.results}
    for op in walk(function.body):
        if op.blocks or op.code in ("tuple", "list", "dict", "push", "insert"):
            escaping.update(op.args)
    inside = {r for r in function.body.results}
    views = {v for v in found if not v.type.is_scalar}
    return None if views & (escaping - inside) else found
