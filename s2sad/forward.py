"""Forward mode, the whole path: source, three-address code, tangents, text."""

from __future__ import annotations

import gast

from s2sad.analysis.activity import active
from s2sad.analysis.memory import Memory
from s2sad.analysis.real import check_real
from s2sad.analysis.recalled import recall
from s2sad.analysis.types import infer, infer_scalar_result
from s2sad.emit.module import emit
from s2sad.errors import AmbiguousError
from s2sad.frontend.lower import lower
from s2sad.frontend.source import FunctionSource
from s2sad.ir.builder import Builder
from s2sad.ir.core import Const, Function, Op, Param, Value, walk
from s2sad.ir.printer import show
from s2sad.ir.types import FLOAT, Type
from s2sad.optimize.dead import remove_dead
from s2sad.optimize.invariant import merge_twins
from s2sad.optimize.passes import optimize
from s2sad.pipeline import (
    Derivative,
    Wrt,
    known_parameters,
    may_be_objects,
    wrt_names,
)
from s2sad.transform.adjoints import adjoint_type
from s2sad.transform.inplace import look_before, settle
from s2sad.transform.tangent import Tangents
from s2sad.transform.tangent_calls import Callees

#: What is known of parameters before the program runs.
Known = dict[str, Type]


def prepare(source: FunctionSource, known: Known | None = None) -> Function:
    """Source to three-address code with types, for a result of any kind.

    Where it depends on the result being one number what an assignment means, it is
    taken for one: then the run checks that.
    """
    try:
        return _prepare(source, known, False)
    except AmbiguousError:
        return _prepare(source, known, True)


def _prepare(source: FunctionSource, known: Known | None, number: bool) -> Function:
    function = lower(source, known)
    recall(function)
    infer(function)  # what is changed depends on what is an array
    look_before(function)
    _return_what_changes(function)
    remove_dead(function)
    if number:
        assumed = infer_scalar_result(function)
        if assumed.items or assumed.ranks:  # of parts of arrays: look at the result
            assumed.result = True
        for value in (*assumed.numbers, *function.body.results * assumed.result):
            check = Op("check", [value], {"fn": "require_number"})
            check.block = function.body
            made = value.op is not None
            place = len(function.body.ops) if made else 0
            function.body.ops.insert(place, check)
    else:
        infer(function)
    settle(function)
    merge_twins(function)
    remove_dead(function)
    return function


def _return_what_changes(function: Function) -> None:
    """A function that returns nothing has the arguments that it changes for results."""
    body = function.body
    result = body.results[0]
    if not isinstance(result, Const) or result.value is not None:
        return
    memory = Memory(body)
    changed = set(memory.written)
    for op in walk(body):
        if op.code == "iop" and not op.args[0].type.is_scalar:
            changed |= memory.of(op.args[0])
    outputs = [p.value for p in function.params if p.value in changed]
    if len(outputs) > 1:
        body.results = [Builder(body).emit("tuple", *outputs)]
    elif outputs:
        body.results = outputs


def derive_forward(
    source: FunctionSource,
    *,
    wrt: Wrt = 0,
    with_value: bool = True,
    known: Known | None = None,
    count: int = 1,
    ones: bool = False,
) -> Derivative:
    """Value and tangent of a function, from tangents of some of its parameters.

    With `ones`, a tangent of 1.0 means 1.0 for each element of an array.
    """
    function = prepare(source, known)
    is_open = may_be_objects(function)
    names = wrt_names(function, wrt, source)
    values = [next(p.value for p in function.params if p.name == n) for n in names]
    for value in values:
        if value.type.is_scalar or value.type.is_discrete:
            value.type = FLOAT
    infer(function)
    primal = show(function)
    memory = Memory(function.body)
    body = function.body
    found = active(function, values, memory)
    check_real(function, found, values)
    forward = Tangents(function, found, memory, count)
    seeds: list[dict[Value, Value]] = []
    taken = {p.name for p in function.params} | function.reserved
    taken |= {op.attrs["path"] for op in walk(body) if op.code == "global"}
    alone = len(values) == 1 and count == 1 and not with_value
    for k, _ in forward.each([None] * count):
        seeds.append({})
        for value in values:
            name = str(forward.name(value))
            while name in taken:
                name += "_"
            default = gast.Constant(1.0, None) if alone else None
            tangent = body.param(name, adjoint_type(value))
            function.params.append(Param(name, tangent, "kwonly", default))
            seeds[k][value] = tangent
    checks = float_checks(function, values)
    if ones and not values[0].type.is_scalar:
        whole = Builder(body).call(
            "s2sad.runtime.spread", seeds[0][values[0]], values[0]
        )
        whole.name = forward.name(values[0])
        checks += body.ops[-1:]
        body.ops.pop()
        seeds[0][values[0]] = whole
    tangents = forward.run(seeds)
    body.ops[0:0] = checks
    result = body.results[0]
    if alone:
        body.results = tangents
    elif with_value:
        body.results = [result, *tangents]
    else:
        body.results = tangents
    with_tangents = show(function)
    optimize(function)
    label = "lambda" if source.name == "<lambda>" else source.name
    prefix = "jvp" if with_value else "d"
    every = set(names) == {p.name for p in function.params if p.kind != "kwonly"}
    suffix = "" if every else "_d" + "_".join(names)
    function.name = f"{prefix}{'_' * with_value}{label}{suffix}"
    what = "Value and tangent" if with_value else "Tangent"
    function.docstring = f"{what} of {label}, along tangents of {', '.join(names)}."
    callees = Callees(count)
    others = callees.complete(body)
    remove_dead(function)
    final = show(function)
    module = emit(function, set(), source.scope.module_name, others, sweeps=False)
    keywords = tuple(p.name for p in function.params[-len(values) * count :])
    types = known_parameters(function)
    return Derivative(
        source, names, primal, with_tangents, final, module, keywords, is_open, types
    )


def float_checks(function: Function, values: list[Value]) -> list[Op]:
    """An array of integers has no derivative: only a run can tell."""
    found = []
    for value in values:
        if not value.type.is_scalar and value.type.dtype not in ("float", "complex"):
            check = Builder(function.body).const(value.name)
            op = Op("check", [value, check], {"fn": "require_float"})
            op.block = function.body
            found.append(op)
    return found
