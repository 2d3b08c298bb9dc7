"""Three-address code run as it stands, without any text: what each stage means.

    interpret(lower(source), x) == f(x)

A test that compares this with what the emitted text computes tells a mistake of the
transformation from a mistake of the printer.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import gast

from s2sad import runtime
from s2sad.errors import InternalError, UnknownNameError
from s2sad.ir.core import Block, Const, Function, Op, Param, Undef, Value
from s2sad.ir.operators import BINARY, COMPARE, UNARY
from s2sad.ir.paths import resolve

#: What `!s`, `!r` and `!a` do, by the numbers that the parser has for them.
CONVERT: dict[int, Callable[[Any], Any]] = {
    -1: lambda v: v,
    ord("s"): str,
    ord("r"): repr,
    ord("a"): ascii,
}
KINDS = {
    "posonly": inspect.Parameter.POSITIONAL_ONLY,
    "positional": inspect.Parameter.POSITIONAL_OR_KEYWORD,
    "vararg": inspect.Parameter.VAR_POSITIONAL,
    "kwonly": inspect.Parameter.KEYWORD_ONLY,
    "kwarg": inspect.Parameter.VAR_KEYWORD,
}


def interpret(function: Function, *args: Any, **kwargs: Any) -> Any:
    """Call a function in three-address code; several results make a tuple."""
    return interpret_with((), function, *args, **kwargs)


def interpret_with(
    halves: Iterable[Function], function: Function, *args: Any, **kwargs: Any
) -> Any:
    """The same for an adjoint, and the halves of recursive functions that it calls."""
    bound = signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    machine = Machine(function, {half.name: half for half in halves})
    return machine.call([bound.arguments[p.name] for p in function.params])


def signature(function: Function) -> inspect.Signature:
    """The parameters as Python sees them, with the user's own default values."""
    source = function.source
    live = source.function if source is not None else None
    known = inspect.signature(live).parameters if live is not None else {}

    def default(param: Param) -> Any:
        if param.default is None:
            return inspect.Parameter.empty
        if param.name in known:
            return known[param.name].default
        return gast.literal_eval(param.default)

    return inspect.Signature(
        [
            inspect.Parameter(p.name, KINDS[p.kind], default=default(p))
            for p in function.params
        ]
    )


class Machine:
    """The values of one call. A method for each code that is no mere operator."""

    def __init__(self, function: Function, halves: dict[str, Function]) -> None:
        self.function = function
        self.halves = halves
        self.values: dict[Value, Any] = {}

    def call(self, args: list[Any]) -> Any:
        results = self.enter(self.function.body, args)
        return results[0] if len(results) == 1 else tuple(results)

    def get(self, value: Value) -> Any:
        if isinstance(value, Const):
            return value.value
        if isinstance(value, Undef):
            return None
        if (binding := getattr(value, "binding", None)) is not None:
            return binding.value if binding.known else resolve(binding.path)
        if value not in self.values:
            raise InternalError(f"{value} is used before it is defined")
        return self.values[value]

    def block(self, block: Block) -> list[Any]:
        """Run a block and return what it yields."""
        for op in block.ops:
            self.op(op)
        return [self.get(v) for v in block.results]

    def op(self, op: Op) -> None:
        method = getattr(self, f"op_{op.code}", None)
        if method is not None:
            results = method(op)
        else:
            results = (self.operation(op, *map(self.get, op.args)),)
        self.values.update(zip(op.results, results or (), strict=True))

    def operation(self, op: Op, *args: Any) -> Any:
        """The operators of Python."""
        code = op.code
        if code in BINARY:
            if op.attrs.get("augmented") and hasattr(args[0], "__array__"):
                return BINARY[code][1](args[0].copy(), args[1])  # keeps its dtype
            return BINARY[code][0](*args)
        if code in COMPARE:
            return COMPARE[code](*args)
        if code in UNARY:
            return UNARY[code](*args)
        raise InternalError(f"no interpretation of {op}")

    # -- values --------------------------------------------------------------------

    def op_tuple(self, op: Op) -> tuple[Any]:
        return (tuple(map(self.get, op.args)),)

    def op_list(self, op: Op) -> tuple[Any]:
        return (list(map(self.get, op.args)),)

    def op_dict(self, op: Op) -> tuple[Any]:
        """Keys and values take turns."""
        parts = [self.get(a) for a in op.args]
        return (dict(zip(parts[::2], parts[1::2], strict=True)),)

    def op_slice(self, op: Op) -> tuple[Any]:
        return (slice(*map(self.get, op.args)),)

    def op_range(self, op: Op) -> tuple[Any]:
        return (range(*map(self.get, op.args)),)

    def op_getattr(self, op: Op) -> tuple[Any]:
        return (getattr(self.get(op.args[0]), op.attrs["attr"]),)

    def op_getitem(self, op: Op) -> tuple[Any]:
        return (self.get(op.args[0])[self.get(op.args[1])],)

    def op_global(self, op: Op) -> tuple[Any]:
        path = op.attrs["path"]
        source = op.origin.source if op.origin else self.function.source
        head, *rest = path.split(".")
        known = source.scope.resolve(head) if source is not None and rest else None
        if known is not None and known.known:
            return (functools.reduce(getattr, rest, known.value),)
        if "." in path or source is None:  # reached by way of a module
            return (resolve(path),)
        found = source.scope.resolve(path)
        if not found.known:
            at = op.origin.location if op.origin else None
            raise UnknownNameError(f"the value of {path} is not known", at=at)
        return (found.value,)

    def op_fstring(self, op: Op) -> tuple[Any]:
        args = iter(op.args)
        return ("".join(self.formatted(p, args) for p in op.attrs["parts"]),)

    def formatted(self, part: Any, args: Any) -> str:
        if isinstance(part, str):
            return part
        conversion, spec = part
        style = "".join(p.value for p in spec.values) if spec is not None else ""
        return format(CONVERT[conversion](self.get(next(args))), style)

    def op_call(self, op: Op) -> tuple[Any]:
        args = [self.get(a) for a in op.args]
        names = op.attrs.get("kw", ())
        count = len(args) - len(names)
        keywords = dict(zip(names, args[count:], strict=True))
        method = op.attrs.get("method")
        if method is not None:
            return (getattr(args[0], method)(*args[1:count], **keywords),)
        return (resolve(op.attrs["fn"])(*args[:count], **keywords),)

    def op_calluser(self, op: Op) -> list[Any]:
        """A recursive call: of the forward half, in an adjoint."""
        args = [self.get(a) for a in op.args]
        callee = op.attrs["callee"]
        half = self.halves.get(f"{callee.name}_forward")
        if half is not None:
            return list(Machine(half, self.halves).call(args))[: len(op.results)]
        from s2sad.frontend.lower import lower

        return [Machine(lower(callee), {}).call(args)]

    def op_callrev(self, op: Op) -> list[Any]:
        half = self.halves[f"{op.attrs['callee'].name}_reverse"]
        found = Machine(half, self.halves).call([self.get(a) for a in op.args])
        return [found] if len(op.results) == 1 else list(found)

    def op_calltangent(self, op: Op) -> list[Any]:
        callee = self.halves[f"{op.attrs['callee'].name}_jvp"]
        return list(Machine(callee, self.halves).call([self.get(a) for a in op.args]))

    def op_unpack(self, op: Op) -> list[Any]:
        return list(self.get(op.args[0]))

    # -- memory --------------------------------------------------------------------

    def op_setitem(self, op: Op) -> None:
        base, index, value = map(self.get, op.args)
        base[index] = value

    def op_augitem(self, op: Op) -> None:
        base, index, value = map(self.get, op.args)
        base[index] = BINARY[op.attrs["op"]][1](base[index], value)

    def op_iop(self, op: Op) -> tuple[Any]:
        if op.attrs.get("adjoint"):
            return (runtime.added(*map(self.get, op.args)),)
        return (BINARY[op.attrs["op"]][1](*map(self.get, op.args)),)

    def op_insert(self, op: Op) -> None:
        target, at, value = map(self.get, op.args)
        target.insert(at, value)

    def op_popat(self, op: Op) -> tuple[Any]:
        target, at = map(self.get, op.args)
        return (target.pop(at),)

    def op_drop(self, op: Op) -> None:
        self.get(op.args[0]).pop()

    def op_truncate(self, op: Op) -> None:
        target, count = map(self.get, op.args)
        del target[count:]

    def op_delitem(self, op: Op) -> None:
        target, key = map(self.get, op.args)
        del target[key]

    def op_additems(self, op: Op) -> None:
        runtime.add_items(*map(self.get, op.args))

    def op_addattr(self, op: Op) -> None:
        base, value, *known = map(self.get, op.args)
        if known:
            runtime.add_part(base, op.attrs["attr"], value, *known)
            return
        setattr(base, op.attrs["attr"], getattr(base, op.attrs["attr"]) + value)

    def op_iadd(self, op: Op) -> None:
        base, value = map(self.get, op.args)
        base += value
        self.put(op.args[0], base)

    def put(self, value: Value, content: Any) -> None:
        """Rebind a number that stands for a place; an array has changed already."""
        self.values[value] = content
        made = value.op
        if made is not None and made.code == "getitem":
            base, index = map(self.get, made.args)
            base[index] = content

    def op_addat(self, op: Op) -> None:
        runtime.add_at(*map(self.get, op.args))

    def op_take(self, op: Op) -> tuple[Any]:
        return (runtime.copied(self.get(op.args[0])),)

    def op_tape(self, op: Op) -> tuple[Any]:
        return ([],)

    def op_push(self, op: Op) -> None:
        self.get(op.args[0]).append(self.get(op.args[1]))

    def op_pop(self, op: Op) -> tuple[Any]:
        return (self.get(op.args[0]).pop(),)

    # -- control -------------------------------------------------------------------

    def op_if(self, op: Op) -> list[Any]:
        then, other = op.blocks
        if "catch" in op.attrs:
            try:
                return self.block(then)
            except tuple(map(self.get, op.attrs["catch"])) as error:
                return self.enter(other, [error])
        if "context" in op.attrs:
            with self.get(op.args[0]):
                return self.block(then)
        return self.block(then if self.get(op.args[0]) else other)

    def op_for(self, op: Op) -> list[Any]:
        iterable, *state = map(self.get, op.args)
        (body,) = op.blocks
        for item in iterable:
            stop, state = self.iteration(op, body, [item, *state])
            if stop:
                break
        return state

    def op_while(self, op: Op) -> list[Any]:
        state = [self.get(a) for a in op.args]
        test, body = op.blocks
        while self.enter(test, state)[0]:
            stop, state = self.iteration(op, body, state)
            if stop:
                break
        return state

    def enter(self, block: Block, arguments: list[Any]) -> list[Any]:
        """Run a block with its parameters bound."""
        self.values.update(zip(block.params, arguments, strict=True))
        return self.block(block)

    def iteration(self, op: Op, body: Block, state: list[Any]) -> tuple[Any, list[Any]]:
        """Whether the loop ends here, and what it carries on."""
        ends = self.enter(body, state)
        return (ends[0], ends[1:]) if op.attrs.get("stop") else (False, ends)

    def op_assert(self, op: Op) -> None:
        test, *message = op.args
        if not self.get(test):
            raise AssertionError(*map(self.get, message))

    def op_raise(self, op: Op) -> None:
        if not op.attrs["path"]:
            raise self.get(op.args[0])
        raise self.op_exception(op)[0]

    def op_exception(self, op: Op) -> tuple[Any]:
        path, module = op.attrs["path"], op.attrs.get("module")
        args = [self.get(a) for a in op.args]
        words = op.attrs.get("kw", ())
        first = len(args) - len(words)
        made = resolve(f"{module}.{path}" if module else path)
        return (made(*args[:first], **dict(zip(words, args[first:], strict=True))),)

    def op_check(self, op: Op) -> None:
        getattr(runtime, op.attrs["fn"])(*map(self.get, op.args))
