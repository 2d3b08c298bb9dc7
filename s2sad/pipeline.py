"""The whole path: source, three-address code, adjoint, text. One stage a line."""

from __future__ import annotations

import contextlib
import gc
import keyword
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import gast

from s2sad.analysis.activity import active
from s2sad.analysis.memory import Memory
from s2sad.analysis.real import check_real
from s2sad.analysis.recalled import recall
from s2sad.analysis.types import Assumed, infer, infer_scalar_result
from s2sad.emit.module import Module, emit
from s2sad.errors import ResultError, UnsupportedError, WrtError, did_you_mean
from s2sad.frontend.lower import annotated, lower
from s2sad.frontend.source import FunctionSource
from s2sad.ir.builder import Builder
from s2sad.ir.core import (
    Block,
    Coined,
    Const,
    Function,
    Op,
    Param,
    Undef,
    Value,
    blocks_within,
    walk,
)
from s2sad.ir.infer import index_parts
from s2sad.ir.printer import show
from s2sad.ir.types import FLOAT, Type, array
from s2sad.optimize.common import share_common
from s2sad.optimize.dead import remove_dead
from s2sad.optimize.invariant import merge_twins
from s2sad.optimize.passes import optimize
from s2sad.transform.adjoints import adjoint_name
from s2sad.transform.inplace import look_before, settle
from s2sad.transform.recording import record
from s2sad.transform.reverse import Reverse
from s2sad.transform.shadows import Places, forward_shadows, with_shadows
from s2sad.transform.split import Pairs

Wrt = int | str | tuple[int | str, ...]


@dataclass
class Derivative:
    """A derivative and the stages it went through, as text."""

    source: FunctionSource
    wrt: tuple[str, ...]
    primal_ssa: str
    adjoint_ssa: str
    final_ssa: str
    module: Module
    #: the keywords that the tangents are given by, direction by direction
    tangents: tuple[str, ...] = ()
    #: may an argument be an object whose class only a call can tell?
    open: bool = False
    #: what was known of the parameters
    types: dict[str, Type] = field(default_factory=dict)
    #: the text is for kinds that only a run can tell, and refuses others
    assumes: bool = False
    #: the derivative in three-address code, the operations of its forward sweep, and
    #: the functions that it calls: what another tier starts from
    function: Function | None = None
    forward_ops: set[Op] = field(default_factory=set)
    halves: list[Function] = field(default_factory=list)

    def text(self, standalone: bool = False) -> str:
        """The emitted module; standalone, with the helpers' source in it."""
        if not standalone:
            return self.module.text
        from s2sad.emit.standalone import standalone_text

        return standalone_text(self.module, self.source)

    def ssa(self) -> str:
        """Primal and adjoint in three-address code."""
        return f"{self.primal_ssa}\n\n{self.final_ssa}"


def prepare(source: FunctionSource) -> tuple[Function, Assumed]:
    """Source to three-address code with types, in-place changes settled."""
    function = lower(source)
    recall(function)
    infer(function)  # what is changed depends on what is an array
    look_before(function)
    remove_dead(function)
    assumed = infer_scalar_result(function)
    settle(function)
    merge_twins(function)
    share_common(function)
    _drop_checks(function)
    remove_dead(function)
    return function, assumed


def _drop_checks(function: Function) -> None:
    """Forget the checks of what is known by now."""
    for block in blocks_within(function.body):
        block.ops = [
            op for op in block.ops if not (op.code == "check" and _is_known(op))
        ]


def _is_known(check: Op) -> bool:
    kind = check.args[0].type
    if check.attrs["fn"] == "require_sequence":
        return kind.kind in ("array", "list", "tuple", "str")
    items = kind.items or ()
    numbers = kind.kind == "list" and bool(items) and items[0].is_scalar
    return check.attrs["fn"] == "require_flat" and (numbers or kind.kind == "array")


def derive(
    source: FunctionSource,
    *,
    wrt: Wrt = 0,
    with_value: bool = False,
    mode: str = "reverse",
) -> Derivative:
    """The gradient of a function, with respect to some of its parameters."""
    with no_collection():
        if mode == "forward":
            from s2sad.forward import derive_forward

            return derive_forward(source, wrt=wrt, with_value=with_value)
        if mode == "vjp":
            from s2sad.pairs import derive_pair

            return derive_pair(source, wrt=wrt)
        return _derive(source, wrt, with_value, mode)


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Nothing that is made here is garbage yet; looking for some takes long."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _derive(
    source: FunctionSource, wrt: Wrt, with_value: bool, mode: str
) -> Derivative:
    return with_shadows(
        lambda wanted, places: _reverse(source, wrt, with_value, mode, wanted, places)
    )


def _reverse(
    source: FunctionSource,
    wrt: Wrt,
    with_value: bool,
    mode: str,
    wanted: frozenset[int],
    places: list[Places],
) -> Derivative:
    if mode != "reverse":
        raise UnsupportedError(f"mode {mode!r}", hint="modes: reverse, forward, vjp")
    function, assumed = prepare(source)
    names = wrt_names(function, wrt, source)
    values = [next(p.value for p in function.params if p.name == n) for n in names]
    for value in values:
        if value.type.is_scalar or (
            value.type.is_discrete and value.type.kind != "array"
        ):
            value.type = FLOAT
    infer(function)
    primal = show(function)
    result = function.body.results[0]
    _scalar_result(function, result)
    _checks(function, result, values, assumed)
    memory = Memory(function.body)
    found = active(function, values, memory)
    check_real(function, found, values)
    body = function.body
    shadows = forward_shadows(function, memory, wanted, places)
    b = Builder(body)
    seed = Param(
        seed_name(function, result), Value(), "kwonly", gast.Constant(1.0, None)
    )
    seed.value = body.param(Coined(seed.name), FLOAT)
    forward_count = len(body.ops)
    reverse = Reverse(function, found, memory, shadows)
    gradients = reverse.run(seed.value, values, b)
    gradients = [_structured(v, g, b) for v, g in zip(values, gradients, strict=True)]
    if not with_value:
        body.results = list(gradients)
    else:
        packed = gradients
        if not isinstance(wrt, tuple):
            body.results = [result, *packed]
        else:
            body.results = [result, b.emit("tuple", *packed)]
    function.params.append(seed)
    adjoint = show(function)
    forward_ops = {o for top in body.ops[:forward_count] for o in (top, *_inner(top))}
    record(function, reverse.sweep, forward_count)
    optimize(function)
    made_forward = _forward(function, forward_ops, set(reverse.sweep.mirror) - {body})
    every = len(names) == len(function.params) - 1
    suffix = "" if every else "_d" + "_".join(names)
    label = "lambda" if source.name == "<lambda>" else source.name
    function.name = spelled(f"d{label}{suffix}")
    what = "Value and gradient" if with_value else "Gradient"
    function.docstring = f"{what} of {label} with respect to {', '.join(names)}."
    if source.types:
        told = ", ".join(f"{n}: {kind}" for n, kind in source.types.items())
        function.docstring += f"\n\n    Written for {told}.\n    "
    if isinstance(wrt, tuple) and len(wrt) == 1 and not with_value:
        body.results = [Builder(body).emit("tuple", *body.results)]
    final = show(function)
    pairs = Pairs()
    pairs.complete(body)
    halves = [
        half
        for pair in sorted(pairs.made.values(), key=lambda p: p.name)
        for half in (pair.forward, pair.reverse)
        if half is not None
    ]
    module = emit(function, made_forward, source.scope.module_name, halves)
    types = known_parameters(function)
    return Derivative(
        source,
        names,
        primal,
        adjoint,
        final,
        module,
        types=types,
        open=may_be_objects(function),
        assumes=function.assumes or bool(assumed.ranks),
        function=function,
        forward_ops=made_forward,
        halves=halves,
    )


def known_parameters(function: Function) -> dict[str, Type]:
    """Kinds and ranks of parameters, where they are known."""
    found = {}
    told = function.source.types if function.source is not None else {}
    for param in function.params:
        kind = param.value.type
        if kind.kind == "array":
            found[param.name] = array(kind.ndim, None, kind.dtype)
        elif kind.is_scalar or param.name in told:
            found[param.name] = kind
    return found


def may_be_objects(function: Function) -> bool:
    """Is there a parameter whose class only a call can tell?"""
    assert function.source is not None
    known = function.source.types
    return any(
        (p.value in function.looked_into or not p.value.type.is_scalar)
        and p.name not in known
        and annotated(p.annotation).kind == "any"
        for p in function.params
    )


#: Cotangents of what lists may be given to as well: np.sum of a list.
LISTS_TOO = frozenset(
    f"s2sad.runtime.{name}" for name in ("zeros_like", "shadow_like", "spread")
)

#: Helpers that give what their first argument is.
OF_ITS_KIND = frozenset({"s2sad.runtime.own", "s2sad.runtime.plus"})


def spelled(name: str) -> str:
    """A name that is no keyword: the derivative of `el` is `del_`."""
    return f"{name}_" if keyword.iskeyword(name) else name


def _structured(value: Value, gradient: Value, b: Builder) -> Value:
    """A gradient with the structure of what may be a list, a tuple or a dict."""
    made = gradient.op
    if value.type.kind in ("list", "tuple", "dict", "object"):
        return b.call("s2sad.runtime.match", gradient, value)
    if value.type.kind != "any" or made is None:
        return gradient
    if not _may_be_array(gradient):
        return gradient
    return b.call("s2sad.runtime.match", gradient, value)


def _may_be_array(gradient: Value) -> bool:
    """May it be an array where the argument is a list?"""
    made = gradient.op
    if made is None:
        return False
    if made.code == "if":
        k = made.results.index(gradient)
        return any(_may_be_array(block.results[k]) for block in made.blocks)
    fn = made.attrs.get("fn")
    return fn in LISTS_TOO or (fn in OF_ITS_KIND and _may_be_array(made.args[0]))


def _inner(op: Op) -> list[Op]:
    return [o for block in op.blocks for o in walk(block)]


def _forward(function: Function, known: set[Op], mirrors: set[Block]) -> set[Op]:
    """Operations of the forward sweep, those that recording has added included."""
    found = set()
    last = max((k for k, op in enumerate(function.body.ops) if op in known), default=-1)
    for op in function.body.ops[: last + 1]:
        found.add(op)
        found.update(_inner(op))
    return found


def wrt_names(function: Function, wrt: Wrt, source: FunctionSource) -> tuple[str, ...]:
    """The parameters that `wrt` means, by name."""
    names = tuple(_parameter(function, w, source) for w in _several(wrt))
    if not names or len(set(names)) < len(names):
        at = source.location(source.node)
        raise WrtError(f"wrt={wrt!r} names no parameter, or one twice", at=at)
    return names


def _several(wrt: Wrt) -> tuple[int | str, ...]:
    return wrt if isinstance(wrt, tuple) else (wrt,)


def _parameter(function: Function, wrt: int | str, source: FunctionSource) -> str:
    names = [p.name for p in function.params]
    at = source.location(source.node)
    if isinstance(wrt, bool) or not isinstance(wrt, int | str):
        raise WrtError(f"wrt must be a position or a name, not {wrt!r}", at=at)
    if isinstance(wrt, int):
        if not -len(names) <= wrt < len(names):
            raise WrtError(
                f"wrt={wrt}, but {source.name} has {len(names)} parameters",
                at=at,
                hint=f"parameters: {', '.join(names)}",
            )
        wrt = names[wrt]
    if wrt == "self" and wrt in names:
        raise WrtError(
            "self is an object, which is not differentiated yet",
            at=at,
            hint=f"name one of {', '.join(names[1:])}",
        )
    if wrt not in names:
        hint = did_you_mean(wrt, names) or f"parameters: {', '.join(names)}"
        raise WrtError(f"{source.name} has no parameter {wrt!r}", at=at, hint=hint)
    return wrt


def seed_name(function: Function, result: Value) -> str:
    taken = {p.name for p in function.params} | function.reserved
    taken |= {op.attrs["path"] for op in walk(function.body) if op.code == "global"}
    name = adjoint_name(result) if result.op is not None else None
    name = str(name or "by")
    while name in taken:
        name += "_"
    return name


def _scalar_result(function: Function, result: Value) -> None:
    kind = result.type
    source = function.source
    assert source is not None
    if kind.kind == "bool" or kind.dtype == "bool":
        raise ResultError(
            f"{function.name} returns a truth value, which has no derivative",
            at=source.location(source.node),
            hint="return a float",
        )
    bad = ("tuple", "list", "dict", "none", "str", "function", "slice")
    if kind.kind in bad or kind.kind == "complex":
        what = "nothing" if kind.kind == "none" else f"a {kind.kind}"
        raise ResultError(
            f"{source.name} returns {what}, and a gradient is that of one number",
            at=source.location(source.node),
            hint="return a float",
        )


def _checks(
    function: Function, result: Value, wrt: list[Value], assumed: Assumed
) -> None:
    """What only a run can tell: that arguments are floats and the result a number."""
    body = function.body

    def check(fn: str, *args: Value) -> Op:
        op = Op("check", list(args), {"fn": fn})
        op.block = body
        return op

    first = []
    if assumed.numbers:
        loose = not function.rebinds and not Memory(body).written
        function.loose = loose
        fn = "require_one" if loose else "require_number"
        first.append(check(fn, *assumed.numbers))
    assert function.source is not None
    first += _as_told(function, function.source.types, check)
    parts: dict[object, Op] = {}
    for op in assumed.items:
        key = (
            op.args[0],
            *(repr(getattr(p, "value", p)) for p in index_parts(op.args[1])),
        )
        parts.setdefault(key, op)
    if parts:
        loads = Builder(body)
        loads.block = Block()
        values = []
        for op in parts.values():
            inner = index_parts(op.args[1])
            several = not inner or inner[0] is not op.args[1]
            index = loads.emit("tuple", *inner) if several else op.args[1]
            base = op.args[0]
            if base.op is not None and base.op.code == "call":
                base = base.op.args[0]  # the private copy of a parameter is made later
            values.append(loads.emit("getitem", base, index, type=FLOAT))
        first += [*loads.block.ops, check("require_number", *values)]
        for op in loads.block.ops:
            op.block = body
    for value, ndim in assumed.ranks.items():
        if value.type.ndim is None:
            first.append(check("require_rank", value, Const(ndim)))
            if value.type.kind == "array":
                value.type = array(ndim, value.type.shape, value.type.dtype)
    for value in wrt:
        if not value.type.is_scalar and value.type.dtype != "complex":
            first.append(check("require_float", value, Const(value.name)))
    body.ops[0:0] = first
    if assumed.result:
        body.ops.append(check("require_number", result))
    elif not result.type.is_scalar or _may_be_undefined(result):
        body.ops.append(check("require_scalar", result))


def _as_told(
    function: Function, types: dict[str, Type], check: Callable[..., Op]
) -> list[Op]:
    """Are the arguments like those that the derivative was written for?"""
    found = []
    for param in function.params:
        kind = types.get(param.name)
        if kind is not None and kind.is_scalar:
            found.append(check("require_number", param.value))
        elif kind is not None and kind.ndim is not None:
            found.append(check("require_rank", param.value, Const(kind.ndim)))
        elif kind is not None and kind.items is not None:
            found.append(check("require_kind", param.value, Const(str(kind))))
    return found


def _may_be_undefined(result: Value) -> bool:
    """Is the result made of a variable that some path does not define?

    Then the primal must run, so that Python can say so.
    """
    seen: set[Value] = set()
    pending = [result]
    while pending:
        value = pending.pop()
        if value in seen or value.op is None:
            continue
        seen.add(value)
        pending += value.op.args
        for block in value.op.blocks:
            pending += block.results
        if not value.op.blocks or value.name is None:
            continue
        k = value.op.results.index(value) - len(value.op.results)
        if value.op.code == "if":
            sources = [block.results[k] for block in value.op.blocks]
        else:
            sources = [value.op.args[k], value.op.blocks[-1].results[k]]
        if any(isinstance(v, Undef) for v in sources):
            return True
    return False
