"""Functions that call themselves, in forward mode: a function for value and tangent.

    y, dy = f_jvp(x, dx)

Which parameters have tangents is found together with the calls: a call that gives a
tangent to one more makes the function be made again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sad.analysis.activity import active
from s2sad.analysis.memory import Memory
from s2sad.analysis.real import check_real
from s2sad.analysis.types import infer, infer_scalar_result
from s2sad.errors import MutationError
from s2sad.frontend.lower import lower
from s2sad.frontend.source import FunctionSource
from s2sad.ir.core import Block, Function, Op, Param, Value, walk
from s2sad.ir.types import FLOAT
from s2sad.optimize.dead import remove_dead
from s2sad.optimize.passes import optimize
from s2sad.transform.adjoints import adjoint_type
from s2sad.transform.inplace import settle
from s2sad.transform.tangent import Tangents


@dataclass
class Callee:
    """A function that is called for its tangent, and what it was made for."""

    source: FunctionSource
    wanted: list[bool]  # the parameters that have tangents
    number: bool  # the function is known to return a number
    function: Function | None = None


@dataclass
class Callees:
    """The functions that a tangent needs, made until no call asks for more."""

    count: int = 1
    made: dict[object, Callee] = field(default_factory=dict)

    def complete(self, body: Block) -> list[Function]:
        """Make the functions that are called here, and those that they call."""
        pending = _calls(body)
        while pending:
            op = pending.pop()
            source: FunctionSource = op.attrs["callee"]
            wanted: list[bool] = op.attrs["wanted"]
            known = self.made.get(source.node)
            if known is not None:
                wanted = [a or b for a, b in zip(known.wanted, wanted, strict=True)]
                if wanted == known.wanted:
                    continue
            callee = Callee(source, wanted, op.result.type == FLOAT)
            self.made[source.node] = callee
            callee.function = _make(callee, self.count)
            pending += _calls(callee.function.body)
        functions = [c.function for c in self.made.values() if c.function is not None]
        for function in functions:
            self.align(function)
        self.align_body(body)
        return sorted(functions, key=lambda f: f.name)

    def align(self, function: Function) -> None:
        self.align_body(function.body)
        remove_dead(function)

    def align_body(self, body: Block) -> None:
        """Let every call give the tangents that its function takes."""
        for op in _calls(body):
            wanted = self.made[op.attrs["callee"].node].wanted
            given = op.attrs["given"]
            tangents = op.args[given:]
            keep = [t for k, t in enumerate(tangents) if wanted[k % given]]
            op.args = [*op.args[:given], *keep]


def _calls(body: Block) -> list[Op]:
    return [op for op in walk(body) if op.code == "calltangent"]


def _make(callee: Callee, count: int) -> Function:
    """The function that computes value and tangents."""
    function = lower(callee.source)
    infer(function)  # what is changed depends on what is an array
    remove_dead(function)
    if callee.number:
        infer_scalar_result(function)
    else:
        infer(function)
    params = [p.value for p in function.params]
    memory = Memory(function.body)
    changed = set(memory.written)
    for op in walk(function.body):
        if op.code == "iop" and not op.args[0].type.is_scalar:
            changed |= memory.of(op.args[0])
    if changed & set(params):
        raise MutationError(
            "a function that calls itself changes its argument in place",
            at=callee.source.location(callee.source.node),
            hint="return the new array instead",
        )
    settle(function)
    remove_dead(function)
    wrt = [v for v, w in zip(params, callee.wanted, strict=True) if w]
    for param in function.params:
        param.kind, param.default = "positional", None
    body = function.body
    memory = Memory(body)
    found = active(function, wrt, memory)
    check_real(function, found, [])
    forward = Tangents(function, found, memory, count)
    seeds: list[dict[Value, Value]] = []
    for k, _ in forward.each([None] * count):
        seeds.append({})
        for value in wrt:
            tangent = body.param(forward.name(value), adjoint_type(value))
            seeds[k][value] = tangent
            name = str(tangent.name)
            while name in function.reserved or name in {
                p.name for p in function.params
            }:
                name += "_"
            function.params.append(Param(name, tangent))
    body.results += forward.run(seeds)
    function.name = f"{callee.source.name}_jvp"
    function.docstring = f"{callee.source.name}, and its tangent."
    optimize(function)
    return function
