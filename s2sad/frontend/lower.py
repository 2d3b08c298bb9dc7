"""Python to three-address code in SSA form: statements, and the way in."""

from __future__ import annotations

from typing import Any

import gast

from s2sad.errors import MutationError, UnsupportedError
from s2sad.frontend.builtin import Builtins
from s2sad.frontend.classes import ClassValue, of_binding, of_node
from s2sad.frontend.exits import RETURN, structured
from s2sad.frontend.expressions import BINARY
from s2sad.frontend.frame import Closure, Frame, Static, assigned_names
from s2sad.frontend.handed import check_caught, hand_out
from s2sad.frontend.oneshot import is_iterator, misread, shared_by_objects
from s2sad.frontend.schemas import Schemas
from s2sad.frontend.scope import classify
from s2sad.frontend.source import FunctionSource
from s2sad.frontend.trying import EffectfulTest
from s2sad.frontend.virtual import Aggregate, Record, Restart, Site, is_plain
from s2sad.ir.builder import Builder
from s2sad.ir.core import Block, Const, Function, Param, Value
from s2sad.ir.types import ANY, FLOAT, INT, Type, array

#: How often a function is lowered anew before it is given up.
LIMIT = 100


class Lowering(Builtins):
    """Lowers one function, and the user's functions that it calls, into one body."""

    def __init__(
        self,
        frame: Frame,
        builder: Builder,
        dynamic: frozenset[Site] = frozenset(),
        tests: frozenset[tuple[int, int]] = frozenset(),
        schemas: Schemas | None = None,
    ) -> None:
        self.frame = frame
        self.root = frame.source.scope
        self.b = Builder(builder.block, builder.origin, self.operand)
        self.active: list[object] = []
        self.stack = [frame]
        self.path = ()
        self.heap = {}
        self.over = {}
        self.classes = {}
        self.lifted = {}
        self.made_at = {}
        self.factories = {}
        self.read_of = set()
        self.looked_into = set()
        self.assigned = {}
        self.told = frame.source.classes
        objects = [w for w, kind in self.told.items() if not isinstance(kind, Type)]
        self.led = {w[:k] for w in objects for k in range(1, len(w) + 1)}
        self.ways = {}
        self.mixed = set()
        self.nothing = set()
        self.schemas = schemas or Schemas()
        self.dynamic = dynamic
        #: tests of `while` loops that change something
        self.tests = tests
        self.rebinds = False
        self.opened = set()
        self.begins = set()
        self.nones = set()

    def body(self, function: gast.AST) -> Value:
        """Lower a function's body in the current frame and return its result."""
        if isinstance(function, gast.Lambda):
            return self.expr(function.body)
        self.statements(structured(function.body, self.tests))
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

    def stmt_Nonlocal(self, node: gast.Nonlocal) -> None:
        """Told apart when the function is entered."""

    def stmt_Global(self, node: gast.Global) -> None:
        """Reading a global is what happens anyway; assigning to one is refused."""
        function: Any = self.active[-1]
        for name in node.names:
            if any(
                isinstance(n, gast.Name) and n.id == name and not _is_load(n)
                for part in function.body
                for n in gast.walk(part)
            ):
                self.refuse(
                    node,
                    f"the global variable {name} is assigned",
                    "return the value, and assign it where the function is called",
                )

    def stmt_Expr(self, node: gast.Expr) -> None:
        if isinstance(node.value, gast.Yield):
            given = node.value.value
            self.stmt_yield(Const(None) if given is None else self.expr(given), node)
        elif isinstance(node.value, gast.YieldFrom):
            self.stmt_yield_from(self.expr(node.value.value), node)
        elif not isinstance(node.value, gast.Constant):
            self.expr(node.value)

    def stmt_Assign(self, node: gast.Assign) -> None:
        if is_iterator(node.value) and self.active:
            reason = misread(node, self.active[-1])
            if reason is not None:
                self.refuse(node, reason, "make a list of it: list(...)")
        value = self.expr(node.value)
        for target in node.targets:
            self.assign(target, value)

    def stmt_AnnAssign(self, node: gast.AnnAssign) -> None:
        if node.value is not None:
            value = self.expr(node.value)
            self.assign(node.target, value)

    def stmt_Delete(self, node: gast.Delete) -> None:
        for target in node.targets:
            self.delete(target)

    def delete(self, target: gast.AST) -> None:
        if isinstance(target, gast.Name):
            if self.frame.place(target.id) is not None:
                self.refuse(target, "del of a variable that functions share")
            self.frame.env.pop(target.id, None)
        elif isinstance(target, gast.Tuple | gast.List):
            for part in target.elts:
                self.delete(part)
        elif isinstance(target, gast.Subscript) and self.cuts_off(target):
            self.cut_off(target)
        elif isinstance(target, gast.Subscript):
            self.delitem(self.expr(target.value), self.index(target.slice), target)
        else:
            self.del_attribute(self.expr(target.value), target.attr, target)

    def cuts_off(self, target: gast.Subscript) -> bool:
        """Is it `a[k:]`, of a list that is a value?"""
        part, base = target.slice, target.value
        if not isinstance(part, gast.Slice) or not isinstance(base, gast.Name):
            return False
        if part.lower is None or part.upper is not None or part.step is not None:
            return False
        return self.content(self.expr(base)) is None

    def cut_off(self, target: gast.Subscript) -> None:
        """`del a[k:]`: `while len(a) > k: a.pop()`"""
        count = self.expr(target.slice.lower)
        made = count.op
        known = made is not None and made.attrs.get("fn") == "len"
        if not known and not (isinstance(count, Const) and count.value >= 0):
            self.refuse(target, "del of the last items of a list, counted from its end")
        name, hidden = target.value.id, self.hidden("count", target)
        self.bind(hidden, count)
        loop = gast.parse(f"while len({name}) > count: {name}.pop()").body[0]
        for node in gast.walk(loop):
            gast.copy_location(node, target)
            if isinstance(node, gast.Name) and node.id == "count":
                node.id = hidden
        self.statements([loop])
        self.frame.env.pop(hidden, None)

    def assign(self, target: gast.AST, value: Value) -> None:
        if isinstance(target, gast.Name):
            self.bind(target.id, value)
        elif isinstance(target, gast.Tuple | gast.List):
            self.unpack(target, value)
        elif isinstance(target, gast.Subscript):
            base = self.expr(target.value)
            self.setitem(base, self.index(target.slice), value, target)
        elif isinstance(target, gast.Starred):
            self.assign(target.value, value)
        else:
            self.set_attribute(self.expr(target.value), target.attr, value, target)

    def unpack(self, target: gast.AST, value: Value) -> None:
        count = len(target.elts)
        stars = [k for k, t in enumerate(target.elts) if isinstance(t, gast.Starred)]
        if stars:
            self.unpack_starred(target, value, stars[0])
            return
        parts = self.static_items(value)
        if parts is not None:
            if len(parts) != count:
                self.refuse(target, f"{len(parts)} values for {count} names")
        else:
            value = self.operand(value)
            made = value.op
            if made is not None and made.code == "getattr":
                if made.attrs["attr"] == "shape":
                    _has_rank(made.args[0], count)
                    value.type = Type("tuple", items=(INT,) * count)
            parts = [self.item(value, Const(k), target) for k in range(count)]
        for part, item in zip(target.elts, parts, strict=True):
            self.assign(part, item)

    def unpack_starred(self, target: gast.AST, value: Value, at: int) -> None:
        """`a, *rest, b = x`: the rest is a list, or here the part of the array."""
        after = len(target.elts) - at - 1
        values = self.static_items(value)
        if values is not None:
            stop = len(values) - after
            rest = self.new_list(values[at:stop], target)
            parts = [*values[:at], rest, *values[stop:]]
        else:
            last_kept = Const(-after if after else None)
            cut = self.b.emit("slice", Const(at), last_kept, Const(None))
            last = range(-after, 0)
            parts = [self.item(value, Const(k), target) for k in range(at)]
            parts.append(self.item(value, cut, target))
            parts += [self.item(value, Const(k), target) for k in last]
        for node, part in zip(target.elts, parts, strict=True):
            self.assign(node.value if isinstance(node, gast.Starred) else node, part)

    def stmt_AugAssign(self, node: gast.AugAssign) -> None:
        code = BINARY[type(node.op)]
        target = node.target
        if isinstance(target, gast.Name):
            old = self.name(target.id, target)
            self.bind(target.id, self.augmented(code, old, self.expr(node.value), node))
        elif isinstance(target, gast.Subscript):
            base = self.expr(target.value)
            index = self.index(target.slice)
            value = self.expr(node.value)
            if is_plain(base) and base.type.kind not in ("list", "dict", "tuple"):
                if is_plain(value) and code in ("add", "sub", "mul", "div"):
                    self.b.effect("augitem", base, index, value, op=code)
                    return
            old = self.getitem(base, index, target)
            self.setitem(base, index, self.augmented(code, old, value, node), target)
        else:
            base = self.expr(target.value)
            old = self.attribute(base, target.attr, target)
            new = self.augmented(code, old, self.expr(node.value), node)
            self.set_attribute(base, target.attr, new, target)

    def augmented(self, code: str, old: Value, value: Value, node: gast.AST) -> Value:
        """`old += value`: a new value, or the old object changed."""
        if isinstance(old, Record) and old.kind == "dict" and code == "bitor":
            self.apply(self.attribute(old, "update", node), [value], {}, node)
            return old
        if isinstance(old, Record) and old.kind == "list" and code == "add":
            self.apply(self.attribute(old, "extend", node), [value], {}, node)
            return old
        if is_plain(old) and old.type.kind == "list" and code == "add":
            self.extend(old, value, node)
            return old
        if not is_plain(old) or old in self.classes:
            name = f"__i{code if code != 'div' else 'truediv'}__"
            special = self.special(name, old, [value], node)
            return (
                special if special is not None else self.binary(code, old, value, node)
            )
        if isinstance(old, Const) or old.type.kind in ("str", "tuple"):
            return self.binary(code, old, value, node)
        if self.object_class(value) is not None:
            return self.binary(code, old, value, node)
        self.rebinds = True
        return self.b.emit("iop", old, value, op=code)

    def stmt_FunctionDef(self, node: gast.FunctionDef) -> None:
        if node.decorator_list:
            self.refuse(node, "a decorated nested function is not supported")
        defaults = self.default_values(node.args, self.frame)
        self.bind(node.name, Closure(node, self.frame, defaults))

    def stmt_ClassDef(self, node: gast.ClassDef) -> None:
        common = shared_by_objects(node)
        if common is not None:
            self.refuse(
                common,
                "a list, dict or array that the objects of a class have in common",
                "make it in __init__",
            )
        path = f"{self.frame.source.qualname}.{node.name}"
        cls = of_node(node, self.frame, self.frame.source.scope, path)
        self.bind(node.name, ClassValue(cls))

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


def _is_load(node: gast.Name) -> bool:
    return isinstance(node.ctx, gast.Load)


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
    told = live.__dict__.get("__types__", {}) if live else {}
    known = {**told, **source.types, **(known or {})}
    if not isinstance(source.node, gast.FunctionDef | gast.Lambda):
        raise UnsupportedError("an async function", at=source.location(source.node))
    dynamic: frozenset[Site] = frozenset()
    tests: frozenset[tuple[int, int]] = frozenset()
    schemas = Schemas()
    for _ in range(LIMIT):
        schemas.read.clear()
        try:
            return _lower(source, dynamic, tests, schemas, known)
        except Restart as found:
            dynamic |= {found.site}
        except EffectfulTest as found_test:
            tests |= {found_test.place}
    raise UnsupportedError(
        "what is in the lists of this function cannot be followed",
        at=source.location(source.node),
    )


def _lower(
    source: FunctionSource,
    dynamic: frozenset[Site],
    tests: frozenset[tuple[int, int]],
    schemas: Schemas,
    known: dict[str, Type],
) -> Function:
    frame = Frame(source)
    block = Block()
    builder = Builder(block, frame.origin(source.node))
    lowering = Lowering(frame, builder, dynamic, tests, schemas)
    function = Function(source.name, [], block, source)
    _parameters(function, lowering, known)
    body = [] if isinstance(source.node, gast.Lambda) else source.node.body
    frame.local = frozenset(frame.env) | frozenset(assigned_names(body))
    frame.on_stack = True
    lowering.prepare(frame, body)
    lowering.active.append(source.node)
    try:
        block.results = [lowering.operand(lowering.body(source.node))]
    except (UnsupportedError, MutationError) as error:
        error.by_class |= bool(lowering.read_of)
        raise
    except RecursionError:
        raise UnsupportedError(
            "an expression is nested too deeply", at=source.location(source.node)
        ) from None
    hand_out(block)
    check_caught(block)
    _check_objects(block, lowering)
    function.rebinds = lowering.rebinds
    function.looked_into = lowering.looked_into
    function.reserved = {*frame.local, "np", "math"}
    return function


def _check_objects(body: Block, lowering: Lowering) -> None:
    """What a run must look at where attributes of arguments are assigned."""
    checks = Builder(Block())
    for base in lowering.assigned:
        others = [p for p in body.params if p is not base]
        others = [p for p in others if p.type.kind in ("any", "object")]
        if others:
            checks.effect("check", base, *others, fn="require_distinct")
        if base not in lowering.classes:
            checks.effect("check", base, fn="require_plain")
    for op in checks.block.ops:
        op.block = body
    body.ops[0:0] = checks.block.ops


def _parameters(function: Function, lowering: Lowering, known: dict[str, Type]) -> None:
    """Parameters become values, but for those that the function object carries."""
    source, frame, block = function.source, lowering.frame, function.body
    assert source is not None
    spec = source.node.args
    ordered = [*spec.posonlyargs, *spec.args]
    defaults = [None] * (len(ordered) - len(spec.defaults)) + list(spec.defaults)
    kinds = ["posonly"] * len(spec.posonlyargs) + ["positional"] * len(spec.args)
    rows = list(zip(ordered, kinds, defaults, strict=True))
    rows += [
        (a, "kwonly", d) for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
    ]
    if spec.vararg and len(source.bound) > len(ordered):
        frame.refuse(spec.vararg, "a partial that gives some of the * arguments")
    given = dict(zip([a.id for a, _, _ in rows], source.bound, strict=False))
    given.update(source.bound_kw)
    count = len(ordered)
    rows[count:count] = [(spec.vararg, "vararg", None)] if spec.vararg else []
    rows += [(spec.kwarg, "kwarg", None)] if spec.kwarg else []
    for node, kind, default in rows:
        if node.id in ("range", "len", "min", "max", "slice", "reversed", "list"):
            frame.refuse(
                node,
                f"a parameter with the name of the builtin {node.id}",
                "give it another name",
            )
        if node.id in given:
            frame.env[node.id] = _given(given[node.id], node.id, lowering)
            continue
        told = annotated(node.annotation)
        if told.kind in ("any", "array"):
            told = known.get(node.id, told)
        if kind in ("vararg", "kwarg"):
            told = Type("tuple" if kind == "vararg" else "dict")
        value = block.param(node.id, told)
        if told.kind == "array":
            value.type = array(told.ndim, frozenset({value}), told.dtype)
        frame.env[node.id] = lowering.traced(value, (node.id,))
        if isinstance(frame.env[node.id], Static):
            pass  # a function, which the call has told
        elif value in lowering.classes:
            if not lowering.classes[value].is_tuple:
                value.type = Type("object")
        elif node.annotation is not None and value.type.kind == "any":
            _annotate_class(value, node.annotation, lowering)
        if value.type.kind in ("any", "object"):
            lowering.record_over(value, node)
        inside = source.types.get(node.id)
        if inside is not None and inside.items is not None:
            value.type = inside  # the call has told what is in it
            frame.env[node.id] = _taken_apart(value, (node.id,), lowering)
        param = Param(node.id, value, kind, default, node.annotation)
        function.params.append(param)


def _taken_apart(value: Value, site: Site, lowering: Lowering) -> Value:
    """A tuple or dict that is known to have certain items, as these."""
    kind = value.type
    if kind.kind not in ("tuple", "dict") or kind.items is None:
        return value
    if ("parameter", *site) in lowering.dynamic:
        numbers = all(item.kind == "float" for item in kind.items)
        value.type = Type(kind.kind, items=(FLOAT,) if numbers else None)
        return value
    keys = tuple(range(len(kind.items))) if kind.keys is None else kind.keys
    items = tuple(
        _taken_apart(
            lowering.part_of(lowering.b.emit("getitem", value, Const(key)), value, key),
            (*site, key),
            lowering,
        )
        for key in keys
    )
    if kind.kind == "tuple":
        return Aggregate("tuple", items)
    record = Record("dict", ("parameter", *site))
    lowering.heap[record] = Aggregate("dict", items, keys)
    return record


def _given(value: object, name: str, lowering: Lowering) -> Value:
    """What a bound method or a partial carries along: a constant, or an object."""
    if isinstance(value, bool | int | float | complex | str | type(None)):
        return Const(value)
    scope = lowering.frame.source.scope
    found = lowering.b.emit(
        "global", path=name, module=scope.module_name, origin="carried", type=ANY
    )
    _of_class(found, type(value), lowering)
    return found


def _of_class(value: Value, cls: type, lowering: Lowering) -> None:
    """A value that is an object of a class."""
    scope = lowering.frame.source.scope
    known = of_binding(classify(cls, cls.__name__), scope)
    if known is not None:
        lowering.classes[value] = known
        if not known.is_tuple:
            value.type = Type("object")
        lowering.record_over(value, lowering.frame.source.node)


def _annotate_class(value: Value, annotation: gast.AST, lowering: Lowering) -> None:
    """A parameter that is annotated with one of the user's classes."""
    node = annotation
    if isinstance(node, gast.Constant) and isinstance(node.value, str):
        if not node.value.isidentifier():
            return
        node = gast.Name(node.value, gast.Load(), None, None)
    if not isinstance(node, gast.Name):
        return
    found = lowering.frame.source.scope.resolve(node.id)
    cls = of_binding(found, lowering.frame.source.scope)
    if cls is not None:
        lowering.classes[value] = cls
        if not cls.is_tuple:
            value.type = Type("object")


__all__ = ["Lowering", "Static", "annotated", "lower"]
