"""Settle what `y *= e` means: a new value, or a change that others see.

Before: `iop`, which rebinds a number and mutates an array. After: arithmetic where
nobody else can see the difference, a store into all of `y` where others can:

    y = x.copy(); y *= 2      ==>   y = mul(copy(x), 2)
    y = x[1:]; y *= 2; ... x  ==>   y = x[1:]; y[...] *= 2; ... x

Parameters that the function changes in place are copied first, so that the caller's
arrays hold after the derivative what they held before.
"""

from __future__ import annotations

from typing import NoReturn

from s2sad.analysis.memory import (
    CONTAINERS,
    STORES,
    STRUCTURE,
    Memory,
    has_slice,
    is_view,
    subscripted,
)
from s2sad.analysis.order import Order
from s2sad.analysis.types import infer
from s2sad.errors import AmbiguousError, MutationError
from s2sad.ir.core import (
    Block,
    Const,
    Function,
    Op,
    Undef,
    Value,
    blocks_within,
    replace_uses,
    walk,
)
from s2sad.ir.flows import sources
from s2sad.ir.infer import ARITHMETIC, index_parts, is_basic
from s2sad.ir.types import FLOAT, INT, array
from s2sad.optimize.invariant import drop_invariants
from s2sad.transform.views import hazard, settle_views


def settle(function: Function) -> None:
    """Remove every `iop`; copy parameters that are written to."""
    _expand(function)
    _slices_of_arrays(function)
    _indices(function)
    while not _settle(function):
        infer(function)  # something was assumed to be an array: look again
    _slices_of_arrays(function)  # more is known to change now
    settle_views(function)
    _elements(function)
    _refuse_containers(function)
    _iterated(function)
    _crossing_stores(function)
    _copy_parameters(function)


def look_before(function: Function) -> None:
    """What must be known of changes before those that nothing reads are forgotten.

    They may be of memory that has another name: an argument given twice, or what a
    function did not copy.
    """
    memory = Memory(function.body)
    _uncopied(function, memory)
    touched = set(memory.written)
    for op in walk(function.body):
        if op.code == "iop" and not op.args[0].type.is_scalar:
            touched |= memory.own(op.args[0])
    function.touched = {p.value for p in function.params if p.value in touched}


def _after_checks(body: Block) -> int:
    """The place behind the checks that a function begins with."""
    return next((k for k, op in enumerate(body.ops) if op.code != "check"), 0)


def _crossing_stores(function: Function) -> None:
    """`w[:, 2] = w[1]`: a row into a column of one array.

    NumPy copies while it reads, where such views cross; what is stored then is not
    what was there. The run looks whether they do.
    """
    memory = Memory(function.body)
    for op in list(walk(function.body)):
        if op.code != "setitem" or op.block is None or op.args[2].type.is_scalar:
            continue
        base, index, value = op.args
        made = value.op
        if base.type.kind in ("list", "dict") or index.type.kind == "str":
            continue
        if made is None or made.code != "getitem" or not memory.of(value):
            continue
        if not memory.of(value) & memory.of(base):
            continue
        if _integer_places(index) == _integer_places(made.args[1]):
            continue
        part = Op("getitem", [base, index], origin=op.origin)
        check = Op("check", [part.define(None, array()), value], origin=op.origin)
        check.attrs["fn"] = "require_uncrossed"
        part.block = check.block = op.block
        at = op.block.ops.index(op)
        op.block.ops[at:at] = [part, check]


def _iterated(function: Function) -> None:
    """Refuse to change the length of a list in a loop over its items."""
    for loop in walk(function.body):
        made = loop.args[0].op if loop.code == "for" else None
        if made is None or not made.attrs.get("over"):
            continue
        lengths = [made.args[1]]
        while lengths:
            op = lengths.pop().op
            if op is None or op.code != "call":
                continue
            if op.attrs["fn"] != "len":
                lengths += op.args
                continue
            for inner in walk(loop.blocks[-1]):
                if inner.code in STRUCTURE and inner.args[0] is op.args[0]:
                    raise MutationError(
                        "a list gets longer or shorter while a loop runs over it",
                        at=inner.origin.location if inner.origin else None,
                        hint="loop over a copy: for v in list(q), or use a while loop",
                    )


def _uncopied(function: Function, memory: Memory) -> None:
    """Refuse changes of what `copy=False` may have left uncopied."""
    changed = [op for op in walk(function.body) if op.code in (*STORES, "iop")]
    for op in walk(function.body):
        if op.code != "call" or op.attrs["fn"] not in COPYING or not op.results:
            continue
        words = op.attrs.get("kw", ())
        given = dict(zip(words, op.args[len(op.args) - len(words) :], strict=True))
        kept = given.get("copy")
        if kept is None or (isinstance(kept, Const) and kept.value is True):
            continue
        mine = memory.own(op.result) | memory.own(op.args[0])
        if any(memory.own(store.args[0]) & mine for store in changed):
            raise MutationError(
                "this may be a copy or not, and is changed in place",
                at=op.origin.location if op.origin else None,
                hint="leave out copy=, or take a copy: x.copy()",
            )


def _integer_places(index: Value) -> tuple[int, ...]:
    parts = index_parts(index)
    return tuple(k for k, part in enumerate(parts) if part.type.kind == "int")


def _refuse_containers(function: Function) -> None:
    """Tuples that hold an array that changes while they are in use."""
    memory = Memory(function.body)
    order = Order(function.body)
    stores = [op for op in walk(function.body) if op.code in STORES]
    for op in walk(function.body):
        if op.code != "tuple":
            continue
        for store in stores:
            held = [a for a in op.args if memory.of(a) & memory.own(store.args[0])]
            if any(not a.type.is_scalar for a in held):
                if order.reaches(op, store) and order.used_after(op.result, store):
                    _refuse(op, f"a {op.code} holds an array that is changed in place")


def _slices_of_arrays(function: Function) -> None:
    """`v = x[1:]; v[0] = 1`: a change of x if that is an array; the run checks it."""
    while found := _changed_slices(function):
        known = [_assume_array(v, function, set()) for v in found]
        if not any(known) and not any(
            [_assume_array(v, function, set(), results=True) for v in found]
        ):
            op = found[0].op
            raise AmbiguousError(
                "a part of this is changed, which is a part of an array or a copy of a"
                " part of a list",
                at=op.origin.location if op is not None and op.origin else None,
                hint="annotate the parameters: x: np.ndarray",
            )
        infer(function)


def _changed_slices(function: Function) -> list[Value]:
    """What has a slice that is changed, and is an array or a list."""
    memory = Memory(function.body)
    return [
        op.args[0]
        for op in walk(function.body)
        if op.code == "getitem"
        and op.args[0].type.kind == "any"
        and has_slice(op.args[1])
        and memory.is_stored(op.result)
    ]


def _assume_result(value: Value, function: Function) -> bool:
    """Take what arithmetic gives for an array; the run looks that it is."""
    op = value.op
    if op is None or op.block is None or op.code not in ARITHMETIC:
        return False
    op.attrs["fact"] = array(None, value.type.shape)
    _check(function, value, op.block, op.block.ops.index(op) + 1)
    return True


def _expand(function: Function) -> None:
    """`x[i] += e` as a read and a store, where it is no plain change of an array.

    With an array of indices, of equal ones the last is stored; an item of a list or
    dict is replaced, and may itself be an array that changes.
    """
    for op in list(walk(function.body)):
        if op.code != "augitem" or op.block is None:
            continue
        base, index, value = op.args
        listed = base.type.kind in ("list", "dict") or index.type.kind == "str"
        if not listed and is_basic(index) is True:
            continue
        how = op.attrs.pop("op")
        read = Op("getitem", [base, index], origin=op.origin)
        old = read.define(None)
        if listed and how in ("add", "sub", "mul", "div") and not _is_shadow(base):
            new = Op("iop", [old, value], {"op": how}, origin=op.origin)
        else:
            new = Op(how, [old, value], origin=op.origin)
        read.block = new.block = op.block
        at = op.block.ops.index(op)
        op.block.ops[at:at] = [read, new]
        op.code, op.args = "setitem", [base, index, new.define(None)]
    infer(function)


def _is_shadow(base: Value) -> bool:
    """Is this a derivative's cotangent of a container, whose items nobody else has?"""
    made = base.op
    names = ("zeros_like", "shadow_like", "own")
    shadows = [f"s2sad.runtime.{name}" for name in names]
    return made is not None and made.attrs.get("fn") in shadows


def _refuse(op: Op, message: str) -> NoReturn:
    raise MutationError(
        f"{message}, which cannot be followed yet",
        at=op.origin.location if op.origin else None,
        hint="use an array: np.array([...]), or a name for each item",
    )


def _settle(function: Function) -> bool:
    order = Order(function.body)
    memory = Memory(function.body)
    mapping: dict[Value, Value] = {}
    seen: dict[object, list[Value]] = {}
    for value in order.uses:
        for item in memory.of(value):
            seen.setdefault(item, []).append(value)
    for op in list(walk(function.body)):
        if op.code != "iop":
            continue
        target = op.args[0]
        others = {v for item in memory.of(target) for v in seen.get(item, ())}
        others -= {target, op.result}
        others -= _put_back(op, others, memory)
        shared = any(
            order.used_after(v, op) and not _later(v, op, order) for v in others
        ) or order.used_after(target, op)
        stored = target.type.kind == "array" and memory.is_mutated(op.result)
        if target.type.is_scalar or not (shared or stored):
            op.code = op.attrs.pop("op")
            op.attrs["augmented"] = True
            if not target.type.is_scalar:
                mine = memory.of(target)
                function.rebound |= {v for v in function.body.params if v in mine}
        elif target.type.kind == "array" or _is_array_or_none(target):
            mapping[op.result] = target
            _in_place(op, target)
        elif _assume_elements(target, op.args[1], function) or _assume_array(
            target, function, set()
        ):
            replace_uses(function.body, mapping)
            return False
        else:
            raise AmbiguousError(
                "this changes an array in place but rebinds a number, and other names"
                " still refer to it",
                at=op.origin.location if op.origin else None,
                hint="annotate the parameters (x: float, x: np.ndarray), or write"
                " y = y * e for a new value and y[...] *= e for a change in place",
            )
    if mapping:
        replace_uses(function.body, mapping)
        drop_invariants(function)
    infer(function)
    return True


def _is_array_or_none(value: Value) -> bool:
    """Is it None until it is an array? None is nothing that can be changed."""
    pending, seen, arrays = [value], {value}, False
    while pending:
        value = pending.pop()
        ways = sources(value)
        if value.type.kind == "array":
            arrays = True
        elif not ways and not isinstance(value, Undef):
            if not isinstance(value, Const) or value.value is not None:
                return False
        for operands, k in ways if value.type.kind != "array" else []:
            if operands[k] not in seen:
                seen.add(operands[k])
                pending.append(operands[k])
    return arrays


def _put_back(op: Op, others: set[Value], memory: Memory) -> set[Value]:
    """Lists that an item comes from and goes back to: they cannot tell the two apart.

    An array that such a list alone holds may be changed or replaced.
    """
    made = op.args[0].op
    if made is None or made.code != "getitem" or made.args[0].type.kind != "list":
        return set()
    base, index = made.args
    back = any(
        store.code == "setitem"
        and (store.args[0], store.args[2]) == (base, op.result)
        and (store.args[1] is index or _equal(store.args[1], index))
        for store in (made.block.ops if made.block is not None else ())
    )
    if not back:
        return set()
    mine = memory.own(op.args[0])
    if any(
        memory.held(frozenset({o})) & mine for o in memory.holders - memory.own(base)
    ):
        return set()  # another list has the array too
    if not _held_once(op, mine, memory):
        return set()
    return {v for v in others if v.type.kind == "list" and not memory.own(v) & mine}


def _held_once(op: Op, objects: frozenset[object], memory: Memory) -> bool:
    """Does each of these go into a list at one place, as often as it is made?"""
    body = op.block
    while body is not None and body.parent is not None:
        body = body.parent
    assert body is not None
    entered: set[object] = set()
    for other in walk(body):
        if other.code not in ("push", "insert", "setitem", "list", "dict"):
            continue
        if other.code == "setitem" and (other.args[2] is op.result or other is op):
            continue
        for value in other.args if other.code in CONTAINERS else other.args[-1:]:
            for item in memory.own(value) & objects:
                made = isinstance(item, Op) and item.block is other.block
                if item in entered or not made:
                    return False
                entered.add(item)
    return True


def _equal(a: Value, b: Value) -> bool:
    return isinstance(a, Const) and isinstance(b, Const) and a.value == b.value


def _in_place(op: Op, target: Value) -> None:
    """`y *= e` as a change of the array y; other operators as a store of all of it."""
    how = op.attrs["op"]
    whole = Const(Ellipsis)
    if how in ("add", "sub", "mul", "div"):
        op.code = "augitem"
        op.args = [target, whole, op.args[1]]
        op.results = []
        return
    assert op.block is not None
    new = Op(how, list(op.args), origin=op.origin)
    new.block = op.block
    op.block.ops.insert(op.block.ops.index(op), new)
    op.code = "setitem"
    op.args = [target, whole, new.define(None, target.type)]
    op.results = []


def _made_of(value: Value) -> set[Op]:
    """The operations that a value is computed by, in its block."""
    found: set[Op] = set()
    pending = [value]
    while pending:
        op = pending.pop().op
        if op is not None and op not in found:
            found.add(op)
            if op.code in ARITHMETIC or op.code == "neg":
                pending += op.args
    return found


def _assume_elements(target: Value, amount: Value, function: Function) -> bool:
    """Take `w = a[i, j]` for an element that `w -= e` does not change in place.

    So is `w = b[i]` where a loop subtracts elements from it; the run looks that it is.
    """
    carried = target.op is None or bool(target.op.blocks)
    indexed = subscripted(function.body)
    found: list[Op] = []
    pending, seen = [target], {target}
    elements = any(
        o.code == "getitem" and len(index_parts(o.args[1])) > 1
        for o in _made_of(amount)
    )
    while pending:
        value = pending.pop()
        op, block = value.op, value.block
        if value.type.is_scalar or isinstance(value, Const | Undef):
            continue
        sources: list[Value] = []
        if op is not None and op.code == "getitem":
            if any(p.type.kind != "int" for p in index_parts(op.args[1])):
                return False
            if value in indexed or op.args[0].type.kind not in ("any", "array"):
                return False
            if len(index_parts(op.args[1])) < 2 and not (carried and elements):
                return False
            found.append(op)
        elif op is not None and (op.code in ARITHMETIC or op.code in ("iop", "neg")):
            sources = op.args
        elif op is not None and op.code == "if":
            k = op.results.index(value)
            sources = [b.results[k] for b in op.blocks]
        else:
            owner = op if op is not None else (block.owner if block else None)
            if owner is None or owner.code not in ("for", "while"):
                return False
            body = owner.blocks[-1]
            names = owner.results if op is not None else block.params  # type: ignore[union-attr]
            k = names.index(value) - (len(names) - len(owner.results))
            if k < 0:
                return False
            skip = 1 if owner.code == "for" else 0
            end = body.results[k + (1 if owner.attrs.get("stop") else 0)]
            sources = [owner.args[skip + k], end]
        for source in sources:
            if source not in seen:
                seen.add(source)
                pending.append(source)
    for op in found:
        assert op.block is not None
        op.attrs["fact"] = FLOAT
        at = op.block.ops.index(op) + 1
        _check(function, op.result, op.block, at, "require_element")
    return bool(found)


def _assume_array(
    value: Value, function: Function, seen: set[Value], results: bool = False
) -> bool:
    """Take a value of unknown kind for an array, and let the run check that it is.

    Says whether anything is known now that was not known before. `results` of
    arithmetic are taken for arrays only if asked for.
    """
    if value in seen or value.type.kind != "any" or isinstance(value, Const | Undef):
        return False
    seen.add(value)
    op, block = value.op, value.block
    if op is None and block is function.body:
        value.type = array(None, frozenset({value}))
        _check(function, value, block, 0)
        return True
    if op is None or op.code in ("for", "while"):
        owner = block.owner if block is not None else op
        if owner is None or owner.code not in ("for", "while"):
            return False
        skip = 1 if owner.code == "for" else 0
        body = owner.blocks[-1]
        if op is None and block is not None:
            k = block.params.index(value) - (len(block.params) - len(owner.results))
        else:
            k = owner.results.index(value)
        if k < 0:
            return False
        end = body.results[k + (1 if owner.attrs.get("stop") else 0)]
        sources = [owner.args[skip + k], end]
    elif op.code == "if":
        k = op.results.index(value)
        sources = [b.results[k] for b in op.blocks]
    elif op.code == "iop":
        sources = [op.args[0]]
    elif results and op.code in ARITHMETIC and "fact" not in op.attrs:
        return _assume_result(value, function)
    elif op.code in ARITHMETIC or "fact" in op.attrs or op.block is None:
        return False
    else:
        op.attrs["fact"] = array()
        _check(function, value, op.block, op.block.ops.index(op) + 1)
        return True
    return any([_assume_array(v, function, seen, results) for v in sources])


def _stored_by_item(function: Function, value: Value, memory: Memory) -> bool:
    """Is every store one of `x[i] = v`, which a list of numbers has as well?"""
    return all(
        op.code in ("setitem", "augitem")
        and op.args[0] is value
        and len(index_parts(op.args[1])) == 1
        and op.args[1].type.kind == "int"
        for op in walk(function.body)
        if op.code in STORES and value in memory.own(op.args[0])
    )


def _check(
    function: Function, value: Value, block: Block, at: int, name: str = "require_array"
) -> None:
    function.assumes = True
    made = value.op.origin if value.op else None
    check = Op("check", [value], {"fn": name}, origin=made)
    check.block = block
    block.ops.insert(at, check)


def _indices(function: Function) -> None:
    """`r = A[i]; r += x`: a change of A if i is a number, and not if it is a list.

    Where only a run can tell what an index is, the run must say that it is a number.
    """
    memory = Memory(function.body)
    order = Order(function.body)
    stores = [
        op
        for op in walk(function.body)
        if op.code in STORES
        or op.code in STRUCTURE
        or (op.code == "iop" and not op.args[0].type.is_scalar)
    ]
    touched = {item for op in stores for item in memory.of(op.args[0])}
    found: dict[Value, Op] = {}
    for op in walk(function.body):
        if op.code not in ("getitem", "popat", "delitem") or len(op.args) < 2:
            continue
        kind = op.args[0].type.kind
        if kind in ("dict", "tuple", "str") or not memory.of(op.args[0]) & touched:
            continue
        parts = index_parts(op.args[1])
        parts = [p for p in parts if not isinstance(p, Const | Undef)]
        parts = [p for p in parts if p.type.kind == "any"]
        if parts and op.code == "getitem":
            if not hazard(function, op, stores, memory, order):
                continue
        for part in parts:
            found.setdefault(part, op)
    for part, op in found.items():
        assert op.block is not None
        made = part.op if part.op is not None and not part.op.blocks else None
        where = made if made is not None else op
        assert where.block is not None
        at = where.block.ops.index(where) + (made is not None)
        _check(function, part, where.block, at, "require_integer")
        if made is not None:
            made.attrs["fact"] = INT
        elif part.block is function.body:
            part.type = INT
    if found:
        infer(function)


def _elements(function: Function) -> None:
    """`t = a[i]` is an element or a row; a later store into `a` changes only a row.

    Where the difference would be seen, the run must say that it is an element.
    """
    memory = Memory(function.body)
    order = Order(function.body)
    indexed = subscripted(function.body)
    stores = [op for op in walk(function.body) if op.code in ("setitem", "augitem")]
    found = []
    escaping = {v for block in blocks_within(function.body) for v in block.results}
    for op in walk(function.body):
        kept = ("push", "insert", "list", "tuple", "dict")
        listed = op.code == "setitem" and op.args[0].type.kind != "array"
        if op.blocks or op.code in kept or listed:
            escaping.update(op.args)
    for op in walk(function.body):
        if op.code != "getitem" or op.result.type.kind != "any" or op.block is None:
            continue
        if not memory.is_mutated(op.result) or is_view(op, indexed):
            continue
        mine = memory.of(op.args[0])
        if op.result in escaping or any(
            memory.of(store.args[0]) & mine
            and order.reaches(op, store)
            and order.used_after(op.result, store)
            for store in stores
        ):
            found.append(op)
    for op in found:
        assert op.block is not None
        op.attrs["fact"] = FLOAT
        at = op.block.ops.index(op) + 1
        _check(function, op.result, op.block, at, "require_element")
    if found:
        infer(function)


def _later(value: Value, op: Op, order: Order) -> bool:
    """Is the value made after the operation, and from its result only?"""
    seen = set()
    pending = [value]
    while pending:
        current = pending.pop()
        if current is op.result:
            return True
        made = current.op
        if (
            made is None
            or made in seen
            or made.code not in ("getitem", "getattr", "call")
        ):
            continue
        seen.add(made)
        pending += made.args
    return False


def _copy_parameters(function: Function) -> None:
    memory = Memory(function.body)
    written = [p.value for p in function.params if p.value in memory.written]
    changed = [
        p.value
        for p in function.params
        if p.value in written
        or p.value in function.rebound
        or (p.value in function.touched and not p.value.type.is_scalar)
    ]
    others = [p.value for p in function.params if not p.value.type.is_scalar]
    kinds = ("array", "any", "list", "dict", "object")
    deep = _containers(function, memory)
    ops = list(walk(function.body))
    for value in changed:
        if value in written and value.type.kind == "any" and value not in deep:
            # a list's copy would hold the caller's arrays
            by_item = _stored_by_item(function, value, memory)
            name = "require_items" if by_item else "require_array"
            assumes = function.assumes
            _check(function, value, function.body, 0, name)
            if any(op.code in STORES and op.args[0] is value for op in ops):
                function.assumes = assumes  # it says so itself: `x[0] = 1.0`
        if value in written and _is_reshaped(value, ops, memory):
            check = Op("check", [value], {"fn": "require_contiguous"})
            check.block = function.body
            function.body.ops.insert(0, check)
        near = [v for v in others if v is not value and v.type.kind in kinds]
        if near:
            apart = Op("check", [value, *near], {"fn": "require_apart"})
            apart.block = function.body
            function.body.ops.insert(0, apart)
    if not written:
        return
    for value in written:
        by_item = value.type.kind == "any" and _stored_by_item(function, value, memory)
        if value in deep:
            op = Op("call", [value], {"fn": "copy.deepcopy", "kw": ()})
        elif by_item:
            op = Op("call", [value], {"fn": "copy.copy", "kw": (), "method": "copy"})
        elif value.type.kind not in ("array", "any"):
            raise MutationError(f"a {value.type} parameter is changed in place")
        else:
            op = Op("call", [value], {"fn": "numpy.copy", "kw": (), "method": "copy"})
        copy = op.define(value.name, value.type)
        op.block = function.body
        place = _after_checks(function.body)
        checks = [(check, check.args) for check in function.body.ops[:place]]
        replace_uses(function.body, {value: copy})
        for check, args in checks:
            check.args = args  # what the caller gave, not the copy that is made later
        op.args = [value]
        function.body.ops.insert(place, op)
    infer(function)


def _is_reshaped(value: Value, ops: list[Op], memory: Memory) -> bool:
    """Is it seen as a view that depends on its order in memory?"""
    return any(
        op.code == "call" and op.attrs.get("view") and value in memory.own(op.args[0])
        for op in ops
    )


def _containers(function: Function, memory: Memory) -> set[Value]:
    """Parameters that are changed as only a list, a dict or an object can be."""
    params = set(function.body.params)
    found: set[Value] = set()
    for op in walk(function.body):
        if op.code in STRUCTURE or (
            op.code in STORES
            and (op.args[0].type.kind in ("list", "dict") or _is_key(op))
        ):
            found |= {v for v in params if v in memory.own(op.args[0])}
        elif op.code in STORES:
            base = op.args[0]
            while base.op is not None and base.op.code in ("getitem", "getattr"):
                if base.op.code == "getattr" and base.op.attrs["attr"] not in ARRAYS:
                    found |= {v for v in params if v in memory.own(base)}
                base = base.op.args[0]
    kinds = ("list", "dict", "tuple", "object")
    return found | {v for v in params if v.type.kind in kinds}


#: Functions that copy unless they are told not to.
COPYING = frozenset({"numpy.astype", "numpy.array", "numpy.nan_to_num"})
#: Attributes that arrays have.
ARRAYS = frozenset({"T", "mT", "real", "imag", "flat"})


def _is_key(op: Op) -> bool:
    return len(op.args) > 1 and op.args[1].type.kind == "str"
