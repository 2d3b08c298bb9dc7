"""Calls: the user's functions inlined, library functions by their canonical names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast

from s2sad.errors import NoRuleError, UnknownClassError, UnsupportedError
from s2sad.frontend.classes import Class
from s2sad.frontend.comprehensions import YIELDED
from s2sad.frontend.expressions import Expressions
from s2sad.frontend.frame import (
    Closure,
    Frame,
    Static,
    assigned_names,
    declared,
    shared_names,
)
from s2sad.frontend.iterators import LISTED
from s2sad.frontend.source import FunctionSource, from_function
from s2sad.frontend.virtual import (
    Aggregate,
    Bound,
    Either,
    ListMethod,
    Partial,
    Record,
    Super,
    Unknown,
    is_plain,
    is_static,
    parts,
)
from s2sad.ir.core import Const, Op, Undef, Value
from s2sad.ir.types import Type

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
            "choose",
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
#: Functions that ask for an item at a time.
LAZY = frozenset({"zip", "enumerate", "map", "filter", "iter", "reversed"})
#: Functions that only ask what an object is.
ASKING = frozenset({"isinstance", "hasattr", "callable", "type", "id", "str", "repr"})
MAX_DEPTH = 60
#: How often a function may be inlined into itself, its objects being another each time.
MAX_UNFOLDED = 24


class Calls(Expressions):
    """The part of the lowering that calls."""

    #: functions being inlined, from the outermost
    active: list[object]

    def expr_Call(self, node: gast.Call) -> Value:
        if isinstance(node.func, gast.Name) and node.func.id == "super":
            return self.super_(node)
        callee = self.expr(node.func)
        if isinstance(callee, Static) and self.is_raisable(callee):
            return self.made(callee, *self.arguments(node), node)
        if isinstance(callee, Static) and callee.binding.kind in ("library", "builtin"):
            return self.library(callee.binding, node)
        args, keywords = self.arguments(node)
        return self.apply(callee, args, keywords, node)

    def super_(self, node: gast.Call) -> Value:
        frame: Frame | None = self.frame
        while frame is not None and frame.method_of is None:
            frame = frame.outer
        if node.args or frame is None or frame.method_of is None:
            self.refuse(node, "super() is only supported without arguments in a method")
        cls, owner = frame.method_of
        assert isinstance(cls, Class)
        return Super(owner, cls)

    def member(self, base: Static, name: str, node: gast.AST) -> Binding:
        found = base.scope.attribute(base.binding, name)
        if found.kind == "unknown":
            self.frame.refuse(node, f"{base.binding.path}.{name} is not known here")
        return found

    def arguments(self, node: gast.Call) -> tuple[list[Value], dict[str, Value]]:
        args: list[Value] = []
        for arg in node.args:
            if isinstance(arg, gast.Starred):
                packed = self.static_items(self.expr(arg.value))
                if packed is None:
                    raise UnsupportedError(
                        "the length of a starred argument is unknown",
                        at=self.frame.source.location(arg),
                        by_class=True,
                    )
                args += packed
            else:
                args.append(self.expr(arg))
        keywords: dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.expr(keyword.value)
            if keyword.arg is not None:
                keywords[keyword.arg] = value
                continue
            content = self.content(value)
            if content is None or content.kind != "dict":
                self.frame.refuse(node, "** of a dict that is not written out here")
            for key, item in zip(content.keys, content.items, strict=True):
                if not isinstance(key, str) or key in keywords:
                    self.frame.refuse(node, f"the keyword {key!r} is given twice")
                keywords[key] = item
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
            if callee.home is not None and args:
                frame.method_of = (callee.home, args[0])
            return self.inline(
                callee.node, frame, args, keywords, node, callee.defaults
            )
        if isinstance(callee, Bound):
            return self.apply(callee.function, [callee.owner, *args], keywords, node)
        if isinstance(callee, Partial):
            known = {**callee.keywords, **keywords}
            return self.apply(callee.callee, [*callee.args, *args], known, node)
        if isinstance(callee, Either):
            return self.choose(
                callee.test,
                lambda: self.apply(callee.then, args, keywords, node),
                lambda: self.apply(callee.other, args, keywords, node),
            )
        if isinstance(callee, ListMethod):
            return self.method(callee, args, keywords, node)
        if isinstance(callee, Unknown):
            self.operand(callee)
        cls = self.class_of(callee)
        if cls is not None:
            return self.instantiate(cls, args, keywords, node)
        if isinstance(callee, Static):
            return self.apply_static(callee, args, keywords, node)
        member = self.object_class(callee)
        called = member.find("__call__") if member is not None else None
        if called is not None:
            return self.call_member(called, callee, args, keywords, node)
        made = callee.op
        if made is not None and made.code == "getattr":
            raise UnknownClassError(
                f"the method {made.attrs['attr']} is of an object whose class is not"
                " known when this is compiled",
                at=self.frame.source.location(node),
            )
        raise UnsupportedError(
            "the function that is called here is not known when this is compiled",
            at=self.frame.source.location(node),
            hint="call a function by its name",
            by_class=is_plain(callee) and not isinstance(callee, Const),
        )

    def apply_static(
        self,
        callee: Static,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> Value:
        binding = callee.binding
        if binding.kind == "function" and binding.source is not None:
            return self.user(binding.source(), args, keywords, node, callee.home)
        if binding.kind in ("library", "builtin"):
            return self.library_call(binding, args, keywords, node)
        self.frame.refuse(
            node,
            f"{binding.path} cannot be called here",
            "only functions with Python source, or with a rule, are differentiated",
            NoRuleError,
        )

    def user(
        self,
        found: FunctionSource,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
        home: object = None,
    ) -> Value:
        frame = Frame(found)
        bound = [self.given(v, node) for v in found.bound]
        known = {k: self.given(v, node) for k, v in found.bound_kw.items()}
        keywords = {**known, **keywords}
        for name in found.captured:
            keywords[name] = self.name(name, node)
        if home is not None and args:
            frame.method_of = (home, args[0])
        return self.inline(found.node, frame, bound + args, keywords, node, None)

    def given(self, value: object, node: gast.AST) -> Value:
        """What a partial or a bound method carries along."""
        if isinstance(value, bool | int | float | complex | str | type(None)):
            return Const(value)
        self.frame.refuse(
            node, f"a function that carries a {type(value).__name__} along"
        )

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
        if isinstance(function, gast.AsyncFunctionDef):
            self.frame.refuse(node, "an async function is called")
        if function in self.active:
            values = [*args, *keywords.values()]
            objects = any(
                not is_plain(p) or self.is_led(p) for v in values for p in parts(v)
            )
            if not objects or self.active.count(function) > MAX_UNFOLDED:
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
        generator = self.is_generator(function)
        if generator:
            self.check_generator(function)
            frame.env[YIELDED] = self.list_value([], function)
        self.active.append(function)
        self.stack.append(frame)
        path, self.path = self.path, (*self.path, node.lineno, node.col_offset)
        self.frame = frame
        frame.on_stack = True
        self.prepare(frame, body)
        eager, ahead = self.eager, self.ahead
        self.ahead, self.eager = ahead or (generator and not eager), False
        try:
            value = self.body(function)
            return frame.env[YIELDED] if generator else value
        finally:
            self.eager, self.ahead = eager, ahead
            self.active.pop()
            self.stack.pop()
            self.path = path
            frame.on_stack = self.is_returned(frame)
            self.frame, self.b.origin = caller, origin

    def is_returned(self, frame: Frame) -> bool:
        """Are the variables of a call that is over good wherever they are used?"""
        return all(isinstance(v, Const) or is_static(v) for v in frame.env.values())

    def prepare(self, frame: Frame, body: list[gast.AST]) -> None:
        """Give the variables that several functions assign to a place of the heap."""
        frame.nonlocals = declared(body, gast.Nonlocal)
        frame.shared_globals = declared(body, gast.Global)
        for name in shared_names(body) - frame.nonlocals:
            place = Record("cell", (*self.path, name))
            frame.cells[name] = place
            self.heap[place] = frame.env.pop(name, Undef())

    def recursive(
        self,
        function: gast.AST,
        frame: Frame,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> Value:
        """A call of a function that is being inlined: it stays a call."""
        source = frame.source
        if frame.outer is not None:
            source = self.closed(function, frame, node)
            for name in source.captured:
                keywords[name] = self.name(name, node)
            frame = Frame(source)
            function = source.node
        if source.bound or frame.method_of is not None:
            self.frame.refuse(
                node,
                "a method that calls itself is not supported",
                "make it a function of the module",
            )
        defaults = self.default_values(function.args, frame)
        bound = self.bind_arguments(function, args, keywords, defaults, node)
        spec = function.args
        every = [p for v in bound.values() for p in parts(v)]
        if any(not is_plain(p) or self.is_led(p) for p in every):
            self.frame.refuse(
                node, "a function or an object is passed through a recursive call"
            )
        names = [a.id for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]
        if spec.vararg or spec.kwarg:
            self.frame.refuse(node, "a recursive function with * parameters")
        values = [bound[n] for n in names]
        return self.b.emit("calluser", *values, callee=source)

    def closed(
        self, function: gast.AST, frame: Frame, node: gast.AST
    ) -> FunctionSource:
        """A nested function as one that is given what it uses of those around it."""
        known = self.lifted.get(function)
        if known is not None:
            return known
        if not isinstance(function, gast.FunctionDef):
            self.frame.refuse(node, "a lambda that calls itself is not supported")
        body = function.body
        if declared(body, gast.Nonlocal):
            self.frame.refuse(
                node, "a function that calls itself and assigns to a nonlocal variable"
            )
        spec = function.args
        own = {a.id for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
        own |= set(assigned_names(body)) | {function.name}
        used = dict.fromkeys(
            n.id
            for part in body
            for n in gast.walk(part)
            if isinstance(n, gast.Name) and n.id not in own
        )
        captured = [n for n in used if self.is_captured(n, frame.outer, node)]
        extra = [gast.Name(n, gast.Param(), None, None) for n in captured]
        kwonly = [*spec.kwonlyargs, *extra]
        kw_defaults = [*spec.kw_defaults, *[None] * len(extra)]
        new_spec = gast.arguments(
            args=spec.args, posonlyargs=spec.posonlyargs, vararg=spec.vararg,
            kwonlyargs=kwonly, kw_defaults=kw_defaults, kwarg=spec.kwarg,
            defaults=spec.defaults,
        )  # fmt: skip
        new = gast.FunctionDef(function.name, new_spec, body, [], None, None, [])
        gast.copy_location(new, function)
        outer = frame.source
        found = FunctionSource(
            function.name, function.name, outer.path, new, outer.lines, outer.scope
        )
        found.captured = tuple(captured)
        found.nested = True
        self.lifted[function] = found
        return found

    lifted: dict[gast.AST, FunctionSource]

    def is_captured(self, name: str, frame: Frame | None, node: gast.AST) -> bool:
        """Is it a variable of an enclosing function, with a value of the program?"""
        while frame is not None:
            if frame.place(name) is not None:
                self.frame.refuse(node, f"{name} is shared with a recursive function")
            if name in frame.env:
                value = frame.env[name]
                if isinstance(value, Static):
                    return False
                if not is_plain(value):
                    self.frame.refuse(
                        node, f"{name} is no plain value, and used in a recursion"
                    )
                return True
            frame = frame.outer
        return False

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
            bound[spec.vararg.id] = Aggregate("tuple", tuple(args[len(names) :]))
        more: dict[object, Value] = {}
        for name, value in keywords.items():
            if name not in allowed and spec.kwarg is not None:
                more[name] = value
                continue
            if name in bound or name not in allowed:
                self.frame.refuse(node, f"unexpected keyword argument {name!r}")
            bound[name] = value
        if spec.kwarg is not None:
            bound[spec.kwarg.id] = self.new_dict(list(more), list(more.values()), node)
        for name in names + [a.id for a in spec.kwonlyargs]:
            if name not in bound:
                if name not in defaults:
                    self.frame.refuse(node, f"missing argument {name!r}")
                bound[name] = defaults[name]
        return bound

    def library(self, binding: Binding, node: gast.Call) -> Value:
        self.eager, eager = binding.path not in LAZY, self.eager
        args, keywords = self.arguments(node)
        self.eager = eager
        return self.library_call(binding, args, keywords, node)

    def library_call(
        self,
        binding: Binding,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> Value:
        special = getattr(self, f"call_{binding.path.replace('.', '_')}", None)
        if special is not None:
            value: Value = special(args, keywords, node)
            return value
        if binding.path in LISTED:
            self.check_listed(binding.path, args, keywords, node)
            suffix = ", repeat" if "repeat" in keywords else ""
            found = from_function(LISTED[binding.path + suffix])
            return self.user(found, args, keywords, node)
        inputs = getattr(binding.value, "nin", None)
        if inputs is not None and len(args) == inputs + 1 and "out" not in keywords:
            return self.into(binding, args[:-1], {**keywords, "out": args[-1]}, node)
        if "out" in keywords:
            return self.into(binding, args, keywords, node)
        values = (*args, *keywords.values())
        return self.library_values(binding.path, values, tuple(keywords), node)

    def check_listed(
        self,
        path: str,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> None:
        """Refuse calls of iterators that are not written for so many arguments."""
        counts = [keywords["repeat"]] if "repeat" in keywords else []
        counts += args[1:] if path == "itertools.combinations" else []
        pairs = all(isinstance(v, Const) and v.value == 2 for v in counts)
        if path == "itertools.product":
            pairs = pairs and len(args) + len(counts) == 2
        if not pairs:
            self.refuse(node, f"{path} of other than pairs is not supported")
        if len(args) > 3 and path == "itertools.islice":
            self.refuse(node, "itertools.islice with a step is not supported")

    def into(
        self,
        binding: Binding,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> Value:
        """`np.add(a, b, out=c)`: the result is stored into all of c, and is c."""
        keywords = dict(keywords)
        out = keywords.pop("out")
        if isinstance(out, Aggregate) and len(out.items) == 1:
            out = out.items[0]
        where = keywords.pop("where", None)
        if not isinstance(out, Const):
            value = self.library_call(binding, args, keywords, node)
            if where is not None:
                value = self.b.call("numpy.where", where, value, out)
            self.b.effect("setitem", out, Const(Ellipsis), value)
            return out
        if where is not None:
            keywords["where"] = where
        return self.library_call(binding, args, keywords, node)

    def library_values(
        self,
        path: str,
        values: tuple[Value, ...],
        kw: tuple[str, ...],
        node: gast.AST,
        **attrs: Any,
    ) -> Value:
        from s2sad.rules.expanded import EXPANSIONS
        from s2sad.rules.registry import REFUSALS, bind, lookup
        from s2sad.transform.templates import inline

        rule = lookup(path)
        if path in EXPANSIONS:
            count = len(values) - len(kw)
            keywords = dict(zip(kw, values[count:], strict=True))
            made = EXPANSIONS[path](self, list(values[:count]), keywords, node)
            if made is not None:
                return made
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
                REFUSALS.get(path, "write it with functions that have one"),
                NoRuleError,
            )
        origin = self.frame.origin(node)
        own = path.startswith("s2sad.runtime.") or path in ASKING
        if not own and any(map(self.is_opaque, values)):
            self.nowhere("an object is handed to what cannot be seen into")
        values = tuple(map(self.operand, values))
        call = Op("call", list(values), {"fn": path, "kw": kw}, origin=origin)
        bound = bind(call, rule)
        if rule.definition is not None:
            return inline(rule.definition, self.b, bound, name=True)
        value = self.b.emit("call", *values, fn=path, kw=kw, **attrs)
        return self.parts(value, rule.parts)

    def is_opaque(self, value: Value) -> bool:
        """Is it an object that a library function could do anything with?"""
        cls = self.classes.get(value)
        return value in self.mixed or (cls is not None and not cls.is_tuple)

    def parts(self, value: Value, names: tuple[str, ...]) -> Value:
        """A call with several results, taken apart at once: `w, V = np.linalg.eigh(A)`.

        So every result is a value of its own, with an adjoint of its own.
        """
        items = value.type.items
        if not names or items is None:
            return value
        found = [self.b.emit("getitem", value, Const(k)) for k in range(len(items))]
        whole = Aggregate("tuple", tuple(found))
        whole.fields = names
        return whole

    def method(
        self,
        method: ListMethod,
        args: list[Value],
        keywords: dict[str, Value],
        node: gast.AST,
    ) -> Value:
        """A method of a container or an array."""
        base, name = method.owner, method.name_
        found = self.container_method(method, args, keywords, node)
        if found is not None:
            return found
        changing = getattr(self, f"array_{name}", None)
        if changing is not None:
            value: Value = changing(base, args, keywords, node)
            return value
        if name == "view" and not args and not keywords:
            return self.b.emit("getitem", base, Const(Ellipsis))
        if name not in METHODS:
            raise UnsupportedError(
                f"the method .{name}() is not supported",
                at=self.frame.source.location(node),
                hint="use the NumPy function, or annotate the argument with its class",
                by_class=is_plain(base) and base.type.kind == "any",
            )
        path = METHODS[name]
        if "out" in keywords:
            out = keywords.pop("out")
            value = self.method(method, args, keywords, node)
            self.b.effect("setitem", out, Const(Ellipsis), value)
            return out
        if name == "compress":  # the function has them the other way round
            given = (args[0], base, *args[1:], *keywords.values())
            return self.library_values(path, given, tuple(keywords), node)
        if name in ("reshape", "transpose", "item") and len(args) != 1:
            args = [Aggregate("tuple", tuple(args))] if args else []
        values = (base, *args, *keywords.values())
        return self.library_values(path, values, tuple(keywords), node, method=name)

    # -- methods that change an array -----------------------------------------------

    def array_fill(
        self, base: Value, args: list[Value], keywords: dict[str, Value], node: gast.AST
    ) -> Value:
        self.b.effect("setitem", base, Const(Ellipsis), args[0])
        return Const(None)

    def array_sort(
        self, base: Value, args: list[Value], keywords: dict[str, Value], node: gast.AST
    ) -> Value:
        self.as_array(base)
        values = (base, *args, *keywords.values())
        new = self.library_values("numpy.sort", values, tuple(keywords), node)
        self.b.effect("setitem", base, Const(Ellipsis), new)
        return Const(None)

    def as_array(self, value: Value) -> None:
        """A value that must be an array here; the run looks that it is."""
        if value.type.kind == "any":
            self.b.effect("check", value, fn="require_array")
            value.type = Type("array", shape=frozenset({value}))
