"""Calls: the user's functions inlined, library functions by their canonical names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast

from s2sad.errors import NoRuleError
from s2sad.frontend.expressions import Expressions
from s2sad.frontend.frame import Closure, Frame, Static, assigned_names
from s2sad.frontend.source import FunctionSource
from s2sad.ir.core import Const, Op, Value

if TYPE_CHECKING:
    from s2sad.frontend.scope import Binding

#: Methods of an array, and the function that does the same.
METHODS = {
    **{
        name: f"numpy.{name}"
        for name in [
            "sum",
            "mean",
            "max",
            "min",
            "prod",
            "std",
            "var",
            "cumsum",
            "cumprod",
            "dot",
            "transpose",
            "reshape",
            "ravel",
            "squeeze",
            "swapaxes",
            "clip",
            "diagonal",
            "trace",
            "take",
            "repeat",
            "argmax",
            "argmin",
            "argsort",
            "nonzero",
            "all",
            "any",
            "compress",
            "ptp",
            "searchsorted",
        ]
    },
    "copy": "numpy.copy",
    "flatten": "s2sad.flatten",
    "astype": "numpy.astype",
    "item": "s2sad.item",
    "conj": "numpy.conjugate",
    "conjugate": "numpy.conjugate",
    "round": "numpy.round",
    "tolist": "s2sad.tolist",
}
MAX_DEPTH = 60


class Calls(Expressions):
    """The part of the lowering that calls."""

    #: functions being inlined, from the outermost
    active: list[object]

    def expr_Call(self, node: gast.Call) -> Value:
        func = node.func
        if isinstance(func, gast.Attribute):
            base = self.expr(func.value)
            if not isinstance(base, Static):
                return self.method(base, func.attr, node)
            callee = self.bound(self.member(base, func.attr, node))
        else:
            callee = self.expr(func)
        if isinstance(callee, Static) and callee.binding.kind in ("library", "builtin"):
            return self.library(callee.binding, node)
        args, keywords = self.arguments(node)
        return self.apply(callee, args, keywords, node)

    def member(self, base: Static, name: str, node: gast.AST) -> Binding:
        found = base.scope.attribute(base.binding, name)
        if found.kind == "unknown":
            self.frame.refuse(node, f"{base.binding.path}.{name} is not known here")
        return found

    def arguments(self, node: gast.Call) -> tuple[list[Value], dict[str, Value]]:
        args: list[Value] = []
        for arg in node.args:
            if isinstance(arg, gast.Starred):
                packed = self.expr(arg.value)
                if packed.op is None or packed.op.code not in ("tuple", "list"):
                    self.frame.refuse(
                        arg, "the length of a starred argument is unknown"
                    )
                args += packed.op.args
            else:
                args.append(self.expr(arg))
        keywords = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                self.frame.refuse(node, "** in a call is not supported")
            keywords[keyword.arg] = self.expr(keyword.value)
        return args, keywords

    def apply(
        self,
        callee: Value,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> Value:
        """Call a value with values."""
        if isinstance(callee, Closure):
            frame = Frame(callee.frame.source, outer=callee.frame)
            return self.inline(
                callee.node, frame, args, keywords, node, callee.defaults
            )
        if isinstance(callee, Static):
            binding = callee.binding
            if binding.kind == "function" and binding.source is not None:
                found = binding.source()
                return self.user(found, args, keywords, node)
            if binding.kind in ("library", "builtin"):
                values = (*args, *keywords.values())
                return self.library_values(binding.path, values, tuple(keywords), node)
            self.frame.refuse(
                node,
                f"{binding.path} cannot be called here",
                "only functions with Python source, or with a rule, are differentiated",
                NoRuleError,
            )
        self.frame.refuse(
            node,
            "the function that is called here is not known when this is compiled",
            "call a function by its name",
        )

    def user(
        self,
        found: FunctionSource,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> Value:
        frame = Frame(found)
        bound = [Const(v) for v in found.bound]
        keywords = {**{k: Const(v) for k, v in found.bound_kw.items()}, **keywords}
        return self.inline(found.node, frame, bound + args, keywords, node, None)

    def inline(
        self,
        function: gast.AST,
        frame: Frame,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
        defaults: dict[str, Value] | None,
    ) -> Value:
        """Lower a function's body here, its parameters bound to the arguments."""
        if function in self.active:
            return self.recursive(function, frame, args, keywords, node)
        if len(self.active) > MAX_DEPTH:
            self.frame.refuse(node, "calls nest too deeply")
        caller, origin = self.frame, self.b.origin
        if defaults is None:
            defaults = self.default_values(function.args, frame)
        bound = self.bind_arguments(function, args, keywords, defaults, node)
        frame.env.update(bound)
        body = [] if isinstance(function, gast.Lambda) else function.body
        frame.local = frozenset(bound) | frozenset(assigned_names(body))
        self.active.append(function)
        self.frame = frame
        try:
            value = self.body(function)
        finally:
            self.active.pop()
            self.frame, self.b.origin = caller, origin
        return value

    def recursive(
        self,
        function: gast.AST,
        frame: Frame,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> Value:
        """A call of a function that is being inlined: it stays a call."""
        if frame.outer is not None or frame.source.bound:
            self.frame.refuse(
                node,
                "a nested function or a method that calls itself is not supported",
                "make it a function of the module",
            )
        defaults = self.default_values(function.args, frame)
        bound = self.bind_arguments(function, args, keywords, defaults, node)
        values = list(bound.values())
        if any(isinstance(v, Static | Closure) for v in values):
            self.frame.refuse(node, "a function is passed through a recursive call")
        spec = function.args
        names = [a.id for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]
        if spec.vararg:
            self.frame.refuse(node, "a recursive function with * parameters")
        values = [bound[n] for n in names]
        return self.b.emit("calluser", *values, callee=frame.source)

    def body(self, function: gast.AST) -> Value:
        raise NotImplementedError

    def default_values(self, args: gast.arguments, frame: Frame) -> dict[str, Value]:
        """Defaults of a function of the module, as the definition evaluated them."""
        ordered = [*args.posonlyargs, *args.args]
        pairs = list(
            zip(
                ordered[len(ordered) - len(args.defaults) :], args.defaults, strict=True
            )
        )
        pairs += [
            (a, d)
            for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True)
            if d is not None
        ]
        caller, self.frame = self.frame, frame
        try:
            return {a.id: self.expr(d) for a, d in pairs}
        finally:
            self.frame = caller

    def bind_arguments(
        self,
        function: gast.AST,
        args: list[Value],
        keywords: dict[str, Value],
        defaults: dict[str, Value],
        node: gast.AST,
    ) -> dict[str, Value]:
        spec: gast.arguments = function.args
        names = [a.id for a in (*spec.posonlyargs, *spec.args)]
        allowed = names[len(spec.posonlyargs) :] + [a.id for a in spec.kwonlyargs]
        bound: dict[str, Value] = dict(zip(names, args, strict=False))
        if len(args) > len(names):
            if spec.vararg is None:
                self.frame.refuse(node, f"too many arguments: {len(args)}")
        if spec.vararg is not None:
            bound[spec.vararg.id] = self.b.emit("tuple", *args[len(names) :])
        for name, value in keywords.items():
            if name in bound or name not in allowed:
                self.frame.refuse(node, f"unexpected keyword argument {name!r}")
            bound[name] = value
        if spec.kwarg is not None:
            self.frame.refuse(node, "a callee with ** parameters is not supported")
        for name in names + [a.id for a in spec.kwonlyargs]:
            if name not in bound:
                if name not in defaults:
                    self.frame.refuse(node, f"missing argument {name!r}")
                bound[name] = defaults[name]
        return bound

    def library(self, binding: Binding, node: gast.Call) -> Value:
        args, keywords = self.arguments(node)
        special = getattr(self, f"call_{binding.path.replace('.', '_')}", None)
        if special is not None:
            value: Value = special(args, keywords, node)
            return value
        values = (*args, *keywords.values())
        return self.library_values(binding.path, values, tuple(keywords), node)

    def call_numpy_add_at(
        self, args: list[Value], keywords: dict[str, Value], node: gast.AST
    ) -> Value:
        """`np.add.at(y, i, v)`: a store, in which an index that comes twice counts."""
        if keywords or len(args) != 3:
            self.frame.refuse(node, "np.add.at takes an array, an index and values")
        self.b.effect("addat", *args)
        return Const(None)

    call_s2sad_runtime_add_at = call_numpy_add_at

    def library_values(
        self,
        path: str,
        values: tuple[Value, ...],
        kw: tuple[str, ...],
        node: gast.AST,
        **attrs: Any,
    ) -> Value:
        from s2sad.rules.registry import bind, lookup

        rule = lookup(path)
        if path.startswith("s2sad.runtime."):
            from s2sad.rules.helpers import helper_source

            found = helper_source(path)
            if found is not None:
                count = len(values) - len(kw)
                keywords = dict(zip(kw, values[count:], strict=True))
                return self.user(found, list(values[:count]), keywords, node)
        if rule is None:
            self.frame.refuse(
                node,
                f"there is no derivative rule for {path}",
                "write it with functions that have one",
                NoRuleError,
            )
        origin = self.frame.origin(node)
        bind(Op("call", list(values), {"fn": path, "kw": kw}, origin=origin), rule)
        return self.b.emit("call", *values, fn=path, kw=kw, **attrs)

    def tape(self, base: Value, name: str, args: list[Value]) -> Value:
        """`append` and `pop` of a list in a derivative's text, read again."""
        if name == "append":
            assert base.op is not None
            base.op.attrs.setdefault("pushed", []).append(args[0])
            self.b.effect("push", base, *args)
            return Const(None)
        return self.b.emit("pop", base)

    def method(self, base: Value, name: str, node: gast.Call) -> Value:
        args, keywords = self.arguments(node)
        if base.op is not None and base.op.code == "tape":
            return self.tape(base, name, args)
        if isinstance(base, Closure) or name not in METHODS:
            self.frame.refuse(
                node,
                f"the method .{name}() is not supported",
                "use the NumPy function, or pass the parts that it needs",
            )
        path = METHODS[name]
        if name in ("reshape", "transpose") and len(args) != 1:
            args = [self.b.emit("tuple", *args)] if args else []
        values = (base, *args, *keywords.values())
        return self.library_values(path, values, tuple(keywords), node, method=name)
