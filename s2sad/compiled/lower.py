"""A derivative to the text that Numba compiles: kinds, loops, and Python again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from s2sad.compiled.fuse import fuse
from s2sad.compiled.infer import Kinds
from s2sad.compiled.kinds import OTHER, Kind, kind_of, refuse
from s2sad.compiled.loops import Loops
from s2sad.emit.module import Module, emit
from s2sad.ir.core import Coined, Function, Op, Param, Value, walk
from s2sad.ir.printer import show
from s2sad.ir.verify import verify
from s2sad.optimize.dead import remove_dead
from s2sad.pipeline import Derivative

OPTIONS = 'error_model="numpy"'


@dataclass
class Lowered:
    """Text with loops, and what it must be given beside the arguments."""

    module: Module
    ssa: str
    #: globals and variables of enclosing functions, in the order of the parameters
    globals: list[Op]
    #: arguments that must not share memory with others
    apart: list[tuple[str, tuple[str, ...]]]


def lower(derivative: Derivative, args: Sequence[Any]) -> Lowered:
    """The derivative for arguments of these kinds, one for each parameter."""
    function = derivative.function
    assert function is not None
    if derivative.halves:
        refuse(None, "a function that calls itself")
    known: dict[Value, Kind] = {}
    for param, arg in zip(function.params, args, strict=True):
        known[param.value] = kind_of(arg, param.value)
        if param.kind not in ("posonly", "positional"):
            param.kind = "positional"  # Numba has no keyword-only parameters
    taken = _parameters_for_globals(function, known)
    kinds = Kinds(function, known)
    kinds.settle()
    function.loose = False
    loops = Loops(function, kinds)
    loops.forward = derivative.forward_ops
    loops.run()
    kinds.settle()
    remove_dead(function)
    fuse(function, loops.forward)
    remove_dead(function)
    verify(function)
    ssa = show(function)
    home = derivative.source.scope.module_name
    module = emit(function, loops.forward, home)
    return Lowered(_decorated(module), ssa, taken, loops.apart)


def _parameters_for_globals(function: Function, known: dict[Value, Kind]) -> list[Op]:
    """Globals become parameters: Numba would take them for constants for ever."""
    found: dict[tuple[str, str], tuple[Op, Value]] = {}
    for op in list(walk(function.body)):
        if op.code != "global" or op.block is None:
            continue
        path = op.attrs["path"]
        if "." in path and path.split(".")[0] in ("numpy", "math"):
            continue
        key = (op.attrs["module"], path)
        if key not in found:
            value = op.result
            kind = kind_of(value_of(function, op), value)
            if kind is OTHER:
                refuse(op, f"the global {path}, which is no number and no array")
            known[value] = kind
            found[key] = (op, value)
        op.block.ops.remove(op)
        if op.result is not found[key][1]:
            known[op.result] = known[found[key][1]]
            _replace(function, op.result, found[key][1])
    for op, value in found.values():
        value.op, value.block = None, function.body
        label = op.attrs["path"].replace(".", "_")
        names = {p.name for p in function.params}
        while label in names:
            label += "_"
        value.name = Coined(label)
        function.params.append(Param(label, value, "positional"))
        function.body.params.append(value)
    if found:
        _without_defaults(function)
    return [op for op, _ in found.values()]


def _replace(function: Function, old: Value, new: Value) -> None:
    from s2sad.ir.core import replace_uses

    replace_uses(function.body, {old: new})


def _without_defaults(function: Function) -> None:
    """What follows a parameter with a default must have one: so nobody has."""
    for param in function.params:
        param.default = None


def value_of(function: Function, op: Op) -> Any:
    """The present value of a global."""
    source = op.origin.source if op.origin else function.source
    assert source is not None
    found = source.scope.resolve(op.attrs["path"])
    if not found.known:
        refuse(op, f"the value of {op.attrs['path']} is not known")
    return found.value


def _decorated(module: Module) -> Module:
    """The text with the decorator that it is compiled by."""
    imports, mark, rest = module.text.partition("def ")
    head = (
        f"import numba\n{imports.lstrip()}" if imports.strip() else "import numba\n\n\n"
    )
    text = f"{head}@numba.njit({OPTIONS})\n{mark}{rest}"
    shift = text.count("\n") - module.text.count("\n")
    lines = {number + shift: line for number, line in module.lines.items()}
    return Module(module.name, text, module.modules, module.helpers, lines)
