"""A forward function and a reverse function, the whole path.

value, saved = f_forward(x, ...)       the forward sweep
bx = f_reverse(saved, by)              the reverse sweep, as often as wanted
"""

from __future__ import annotations

from dataclasses import dataclass

from s2sad.analysis.activity import active
from s2sad.analysis.memory import Memory
from s2sad.analysis.real import check_real
from s2sad.analysis.types import infer
from s2sad.emit.module import emit
from s2sad.forward import Known, float_checks, prepare
from s2sad.frontend.source import FunctionSource
from s2sad.ir.builder import Builder
from s2sad.ir.core import Coined
from s2sad.ir.printer import show
from s2sad.ir.types import FLOAT
from s2sad.optimize.passes import optimize
from s2sad.pipeline import Derivative, Wrt, seed_name, wrt_names
from s2sad.transform.adjoints import adjoint_type
from s2sad.transform.recording import record
from s2sad.transform.reuse import NotReusable
from s2sad.transform.reverse import Reverse
from s2sad.transform.shadows import Places, forward_shadows, with_shadows
from s2sad.transform.split import Pairs, cut


@dataclass
class DerivedPair(Derivative):
    """The text of a forward and a reverse function."""

    forward: str = ""
    reverse: str = ""
    #: may `reverse` be called more than once with what was saved?
    reusable: bool = True


def derive_pair(
    source: FunctionSource, *, wrt: Wrt = 0, known: Known | None = None
) -> DerivedPair:
    """The two sweeps of a function's adjoint as functions of their own.

    The result may be of any kind that the reverse sweep can follow; its cotangent has
    the result's structure.
    """

    def derive(wanted: frozenset[int], places: list[Places]) -> DerivedPair:
        try:
            return _derive_pair(source, wrt, known, True, wanted, places)
        except NotReusable:
            return _derive_pair(source, wrt, known, False, wanted, places)

    return with_shadows(derive)


def _derive_pair(
    source: FunctionSource,
    wrt: Wrt,
    known: Known | None,
    reusable: bool,
    wanted: frozenset[int],
    places: list[Places],
) -> DerivedPair:
    function = prepare(source, known)
    names = wrt_names(function, wrt, source)
    values = [next(p.value for p in function.params if p.name == n) for n in names]
    for value in values:
        if value.type.is_scalar or (
            value.type.is_discrete and value.type.kind != "array"
        ):
            value.type = FLOAT
    infer(function)
    primal = show(function)
    body = function.body
    checks = float_checks(function, values)
    body.ops[0:0] = checks
    result = body.results[0]
    memory = Memory(body)
    found = active(function, values, memory)
    check_real(function, found, values)
    shadows = forward_shadows(function, memory, wanted, places)
    seed = body.param(Coined(seed_name(function, result)), adjoint_type(result))
    forward_count = len(body.ops)
    builder = Builder(body)
    reverse = Reverse(function, found, memory, shadows)
    gradients = reverse.run(seed, values, builder)
    body.results = [result, *gradients]
    adjoint = show(function)
    forward_ops = set(body.ops[:forward_count])
    record(function, reverse.sweep, forward_count)
    optimize(function)
    final = show(function)
    label = "lambda" if source.name == "<lambda>" else source.name
    function.name = label
    pairs = Pairs(reusable=reusable)
    pairs.complete(body)
    if any(pair.source.node is source.node for pair in pairs.made.values()):
        function.name = f"{label}_outermost"  # its calls of itself have halves too
    front, back = cut(function, seed, forward_ops, reusable)
    front.docstring = f"The result of {label}, and what {back.name} needs of it."
    back.docstring = f"Adjoints of {', '.join(names)}, from that of {label}'s result."
    halves = [
        half
        for pair in sorted(pairs.made.values(), key=lambda p: p.name)
        for half in (pair.forward, pair.reverse)
        if half is not None
    ]
    module = emit(back, set(), source.scope.module_name, [*halves, front])
    return DerivedPair(
        source,
        names,
        primal,
        adjoint,
        final,
        module,
        forward=front.name,
        reverse=back.name,
        reusable=reusable,
    )
