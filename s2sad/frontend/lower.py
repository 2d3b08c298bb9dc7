"""Python to three-address code in SSA form: statements, and the way in.

Variables become values as in Braun et al., *Simple and efficient construction of SSA
form* (CC 2013), made simpler by structured control flow: what a branch assigns is
yielded by its `if`, what a loop body assigns is carried by the loop.
"""

from __future__ import annotations

import gast

from s2sad.errors import UnsupportedError
from s2sad.frontend.builtin import Builtins
from s2sad.frontend.exits import RETURN, structured
from s2sad.frontend.expressions import BINARY
from s2sad.frontend.frame import Closure, Frame, Static, assigned_names
from s2sad.frontend.scope import Binding
from s2sad.frontend.source import FunctionSource
from s2sad.ir.builder import Builder
from s2sad.ir.core import Block, Const, Function, Op, Param, Undef, Value
from s2sad.ir.types import ANY, FLOAT, INT, Type, array

Env = dict[str, Value]


class Lowering(Builtins):
    """Lowers one function, and the user's functions that it calls, into one body."""

    def __init__(self, frame: Frame, builder: Builder) -> None:
        self.frame = frame
        self.root = frame.source.scope
        self.b = builder
        self.active: list[object] = []
        self.rebinds = False

    def body(self, function: gast.AST) -> Value:
        """Lower a function's body in the current frame and return its result."""
        if isinstance(function, gast.Lambda):
            return self.expr(function.body)
        self.statements(structured(function.body))
        return self.frame.env.get(RETURN, Const(None))

    def statements(self, body: list[gast.AST]) -> None:
        for node in body:
            method = getattr(self, f"stmt_{type(node).__name__}", None)
            if method is None:
                self.refuse_node(node)
                return
            self.b.origin = self.frame.origin(node)
            method(node)

    def stmt_Pass(self, node: gast.Pass) -> None:
        pass

    def stmt_Expr(self, node: gast.Expr) -> None:
        if not isinstance(node.value, gast.Constant):
            self.expr(node.value)

    def stmt_Assign(self, node: gast.Assign) -> None:
        value = self.expr(node.value)
        for target in node.targets:
            self.assign(target, value)

    def stmt_AnnAssign(self, node: gast.AnnAssign) -> None:
        if node.value is not None:
            value = self.expr(node.value)
            self.assign(node.target, value)

    def assign(self, target: gast.AST, value: Value) -> None:
        if isinstance(target, gast.Name):
            self.bind(target.id, value)
        elif isinstance(target, gast.Tuple | gast.List):
            self.unpack(target, value)
        elif isinstance(target, gast.Subscript):
            base = self.expr(target.value)
            self.b.effect("setitem", base, self.index(target.slice), value)
        else:
            self.frame.refuse(target, "assignment to an attribute is not supported")

    def unpack(self, target: gast.AST, value: Value) -> None:
        count = len(target.elts)
        made = value.op
        stars = [k for k, t in enumerate(target.elts) if isinstance(t, gast.Starred)]
        if stars:
            self.unpack_starred(target, value, stars[0])
            return
        if made is not None and made.code in ("tuple", "list"):
            if len(made.args) != count:
                self.frame.refuse(target, f"{len(made.args)} values for {count} names")
            parts = list(made.args)
        else:
            if made is not None and made.code == "getattr":
                if made.attrs["attr"] == "shape":
                    _has_rank(made.args[0], count)
                    value.type = Type("tuple", items=(INT,) * count)
            parts = [self.b.emit("getitem", value, Const(k)) for k in range(count)]
        for part, value in zip(target.elts, parts, strict=True):
            self.assign(part, value)

    def unpack_starred(self, target: gast.AST, value: Value, at: int) -> None:
        """`a, *rest, b = x`: the rest is a list, or here the part of the array."""
        after = len(target.elts) - at - 1
        made = value.op
        if made is not None and made.code in ("tuple", "list"):
            values = list(made.args)
            stop = len(values) - after
            rest = self.b.emit("list", *values[at:stop])
            parts = [*values[:at], rest, *values[stop:]]
        else:
            last_kept = Const(-after if after else None)
            cut = self.b.emit("slice", Const(at), last_kept, Const(None))
            last = range(-after, 0)
            parts = [self.b.emit("getitem", value, Const(k)) for k in range(at)]
            parts.append(self.b.emit("getitem", value, cut))
            parts += [self.b.emit("getitem", value, Const(k)) for k in last]
        for node, part in zip(target.elts, parts, strict=True):
            self.assign(node.value if isinstance(node, gast.Starred) else node, part)

    def stmt_AugAssign(self, node: gast.AugAssign) -> None:
        code = BINARY[type(node.op)]
        target = node.target
        if isinstance(target, gast.Name):
            self.rebinds = True
            old = self.name(target.id, target)
            value = self.expr(node.value)
            if isinstance(old, Const) or old.type.kind in ("str", "tuple"):
                new = self.b.emit(code, old, value)
            else:
                new = self.b.emit("iop", old, value, op=code)
            self.bind(target.id, new)
        elif isinstance(target, gast.Subscript):
            base = self.expr(target.value)
            index = self.index(target.slice)
            value = self.expr(node.value)
            if code in ("add", "sub", "mul", "div"):
                self.b.effect("augitem", base, index, value, op=code)
                return
            old = self.b.emit("getitem", base, index)
            self.b.effect("setitem", base, index, self.b.emit(code, old, value))
        else:
            self.frame.refuse(target, "assignment to an attribute is not supported")

    def stmt_If(self, node: gast.If) -> None:
        test = self.expr(node.test)
        if isinstance(test, Const):
            self.statements(node.body if test.value else node.orelse)
            return
        env, outer = dict(self.frame.env), self.b
        blocks, ends = [], []
        for body in (node.body, node.orelse):
            block = Block()
            blocks.append(block)
            self.frame.env = dict(env)
            self.b = Builder(block, outer.origin)
            self.statements(body)
            ends.append(self.frame.env)
        self.b = outer
        self.b.origin = self.frame.origin(node)
        self.merge(test, blocks, env, ends, [])

    def merge(
        self,
        test: Value,
        blocks: list[Block],
        env: Env,
        ends: list[Env],
        values: list[Value],
    ) -> Value:
        """Close an `if`: yield what its branches assigned, and `values` if given."""
        changed = [
            name
            for name in dict.fromkeys([*ends[0], *ends[1]])
            if ends[0].get(name) is not ends[1].get(name)
        ]
        self.frame.env = dict(env)
        for name in ends[0]:
            if ends[0].get(name) is ends[1].get(name):
                self.frame.env[name] = ends[0][name]
        op = Op("if", [test], {}, blocks, self.b.origin)
        pairs = [(n, [e.get(n) or Undef() for e in ends]) for n in changed]
        if values:
            pairs.append(("", values))
        result: Value = Const(None)
        for name, (then, other) in pairs:
            if isinstance(then, Static | Closure) or isinstance(
                other, Static | Closure
            ):
                # which function it is depends on the run: refused where it is called
                value: Value = Undef()
            elif _same_constant(then, other) or then is other:
                value = then
            else:
                blocks[0].results.append(then)
                blocks[1].results.append(other)
                hint = None if name.startswith("$") or not name else name
                from s2sad.ir.types import join

                value = op.define(hint, join(then.type, other.type))
            if name:
                self.frame.env[name] = value
            else:
                result = value
        self.b.append(op)
        return result

    def stmt_While(self, node: gast.While) -> None:
        names = self.carried([node])
        test, body = Block(), Block()
        outer, env = self.b, dict(self.frame.env)
        start = self.enter(names, test)
        self.b = Builder(test, outer.origin)
        before = dict(self.frame.env)
        condition = self.expr(node.test)
        if any(self.frame.env[n] is not before[n] for n in names):
            self.frame.refuse(
                node.test, "an assignment inside a while test is not supported"
            )
        test.results = [condition]
        self.frame.env = dict(env)
        self.enter(names, body)
        self.finish("while", start, [test, body], node, names, env, outer)

    def stmt_For(self, node: gast.For) -> None:
        iterable, unpack = self.iteration(node)
        names = self.carried([*node.body, node.target])
        body = Block()
        outer, env = self.b, dict(self.frame.env)
        item = body.param(None, INT)
        start = self.enter(names, body)
        self.b = Builder(body, outer.origin)
        unpack(item)
        self.b = outer
        self.finish("for", [iterable, *start], [body], node, names, env, outer)

    def iteration(self, node: gast.For):  # type: ignore[no-untyped-def]
        """The range that a loop runs over, and how its target is made from an index."""
        from s2sad.frontend.iteration import over

        return over(self, node.target, node.iter)

    def carried(self, nodes: list[gast.AST]) -> list[str]:
        """Variables that a loop assigns and that are values, not functions."""
        return [
            name
            for name in assigned_names(nodes)
            if not isinstance(self.frame.env.get(name), Static | Closure)
        ]

    def enter(self, names: list[str], block: Block) -> list[Value]:
        """Make the loop's variables parameters of a block; return what they were."""
        start = []
        for name in names:
            value = self.frame.env.get(name) or Undef()
            start.append(value)
            hint = None if name.startswith("$") else name
            self.frame.env[name] = block.param(hint, value.type)
        return start

    def finish(
        self,
        code: str,
        args: list[Value],
        blocks: list[Block],
        node: gast.AST,
        names: list[str],
        env: Env,
        outer: Builder,
    ) -> None:
        """Lower a loop's body and close the loop."""
        body = blocks[-1]
        self.b = Builder(body, outer.origin)
        self.statements(node.body)
        inner, self.b = self.frame.env, outer
        self.b.origin = self.frame.origin(node)
        stop = getattr(node, "stop", None)
        op = Op(code, args, {"stop": True} if stop else {}, blocks, self.b.origin)
        if stop:
            body.results.append(inner[stop])
        self.frame.env = dict(env)
        for name in names:
            value = inner[name]
            if isinstance(value, Static | Closure):
                value = Undef()
            body.results.append(value)
            hint = None if name.startswith("$") else name
            self.frame.env[name] = op.define(hint, ANY)
        for name, value in inner.items():
            if isinstance(value, Static | Closure):
                self.frame.env[name] = value
        self.b.append(op)

    def stmt_FunctionDef(self, node: gast.FunctionDef) -> None:
        if node.decorator_list:
            self.frame.refuse(node, "a decorated nested function is not supported")
        defaults = self.default_values(node.args, self.frame)
        self.frame.env[node.name] = Closure(node, self.frame, defaults)

    def expr_Lambda(self, node: gast.Lambda) -> Value:
        return Closure(node, self.frame, self.default_values(node.args, self.frame))

    def stmt_Import(self, node: gast.Import) -> None:
        for alias in node.names:
            path = alias.name if alias.asname else alias.name.split(".")[0]
            name = alias.asname or path
            self.import_module(name, path, node)

    def import_module(self, name: str, path: str, node: gast.AST) -> Static:
        from s2sad.frontend.imports import module_binding

        binding = module_binding(path)
        if binding is None:
            self.frame.refuse(node, f"the module {path} cannot be seen from here")
        found = Static(binding, self.frame.source.scope)
        self.frame.env[name] = found
        return found

    def stmt_ImportFrom(self, node: gast.ImportFrom) -> None:
        if node.level or node.module is None:
            self.frame.refuse(node, "a relative import inside a function")
        module = self.import_module("$module", node.module, node)
        for alias in node.names:
            found = self.member(module, alias.name, node)
            self.frame.env[alias.asname or alias.name] = self.bound(found)

    def stmt_Assert(self, node: gast.Assert) -> None:
        test = self.expr(node.test)
        message = [] if node.msg is None else [self.expr(node.msg)]
        self.b.effect("assert", test, *message)

    def stmt_Raise(self, node: gast.Raise) -> None:
        call = node.exc
        if node.cause is not None or call is None:
            self.frame.refuse(node, "this form of raise is not supported")
        args: list[Value] = []
        if isinstance(call, gast.Call):
            args, keywords = self.arguments(call)
            if keywords:
                self.frame.refuse(node, "keywords of an exception are not supported")
            call = call.func
        found = self.expr(call)
        if not isinstance(found, Static):
            self.frame.refuse(node, "only an exception class can be raised")
        self.b.effect("raise", *args, path=found.binding.path)


def _same_constant(a: Value, b: Value) -> bool:
    if not (isinstance(a, Const) and isinstance(b, Const)):
        return isinstance(a, Undef) and isinstance(b, Undef)
    return type(a.value) is type(b.value) and repr(a.value) == repr(b.value)


def _has_rank(value: Value, ndim: int) -> None:
    """Unpacking `x.shape` into n names says that x has n axes."""
    kind = value.type
    if kind.kind in ("any", "array") and kind.ndim is None:
        roots = kind.shape if kind.shape is not None else frozenset({value})
        value.type = array(ndim, roots, kind.dtype)


def annotated(annotation: gast.AST | None) -> Type:
    """What an annotation says: float, int, bool, np.ndarray and the like."""
    name = getattr(annotation, "id", None) or getattr(annotation, "attr", None)
    if isinstance(annotation, gast.Constant) and isinstance(annotation.value, str):
        name = annotation.value.rpartition(".")[2]
    known = {
        "float": FLOAT,
        "int": INT,
        "bool": Type("bool"),
        "str": Type("str"),
        "ndarray": array(),
        "NDArray": array(),
    }
    if isinstance(annotation, gast.Subscript):
        return annotated(annotation.value)
    return known.get(name or "", ANY)


def lower(source: FunctionSource, known: dict[str, Type] | None = None) -> Function:
    """Lower a function: its parameters become values, its body one block.

    `known` are types of parameters, which their annotations do not tell.
    """
    live = source.function
    known = {**(live.__dict__.get("__types__", {}) if live else {}), **(known or {})}
    if not isinstance(source.node, gast.FunctionDef | gast.Lambda):
        raise UnsupportedError("an async function", at=source.location(source.node))
    frame = Frame(source)
    block = Block()
    lowering = Lowering(frame, Builder(block, frame.origin(source.node)))
    spec = source.node.args
    if spec.vararg or spec.kwarg:
        star = spec.vararg or spec.kwarg
        frame.refuse(star, "a function with * or ** parameters is not supported")
    function = Function(source.name, [], block, source)
    ordered = [*spec.posonlyargs, *spec.args]
    defaults = [None] * (len(ordered) - len(spec.defaults)) + list(spec.defaults)
    kinds = ["posonly"] * len(spec.posonlyargs) + ["positional"] * len(spec.args)
    rows = list(zip(ordered, kinds, defaults, strict=True))
    rows += [
        (a, "kwonly", d) for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
    ]
    for node, kind, default in rows:
        if node.id in source.bound_kw:
            frame.env[node.id] = Const(source.bound_kw[node.id])
            continue
        told = annotated(node.annotation)
        if told.kind in ("any", "array"):
            told = known.get(node.id, told)
        value = block.param(node.id, told)
        if told.kind == "array":
            value.type = array(told.ndim, frozenset({value}), told.dtype)
        frame.env[node.id] = value
        param = Param(node.id, value, kind, default, node.annotation)
        function.params.append(param)
    for given, param in zip(source.bound, list(function.params), strict=False):
        frame.env[param.name] = Const(given)
        function.params.remove(param)
        block.params.remove(param.value)
    body = [] if isinstance(source.node, gast.Lambda) else source.node.body
    frame.local = frozenset(frame.env) | frozenset(assigned_names(body))
    lowering.active.append(source.node)
    try:
        block.results = [lowering.body(source.node)]
    except RecursionError:
        raise UnsupportedError(
            "an expression is nested too deeply", at=source.location(source.node)
        ) from None
    function.rebinds = lowering.rebinds
    function.reserved = {*frame.local, "np", "math"}
    return function


__all__ = ["Binding", "Lowering", "annotated", "lower"]
