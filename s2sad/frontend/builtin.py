"""Functions that are control flow, arithmetic or containers in disguise.

`max(a, b)` is `b if b > a else a`: its derivative is that of the branch that Python
takes. A sum over a generator is a loop; so is functools.reduce.
"""

from __future__ import annotations

from collections.abc import Callable

import gast

from s2sad.frontend.containers import Items
from s2sad.frontend.derived import Derived
from s2sad.frontend.frame import Static
from s2sad.frontend.scope import Binding
from s2sad.frontend.virtual import (
    Aggregate,
    Either,
    Partial,
    Record,
    is_plain,
    is_static,
)
from s2sad.ir.core import Const, Value
from s2sad.ir.types import FLOAT, INT, Type

#: What makes a zero.
NUMBERS = frozenset({"float", "int"})
Args = list[Value]
Keywords = dict[str, Value]


class Builtins(Derived):
    """Calls of functions that have a lowering of their own."""

    def library(self, binding: Binding, node: gast.Call) -> Value:
        path = binding.path
        if path in ("sum", "math.fsum") and node.args:
            made = node.args[0]
            if isinstance(made, gast.GeneratorExp | gast.ListComp):
                start: gast.AST = self.at(gast.Constant(0, None), node)
                for other in [*node.args[1:], *(k.value for k in node.keywords)]:
                    start = other
                return self.total(made, made.elt, start)
        if path == "next" and isinstance(node.args[0], gast.GeneratorExp):
            return self.first(node)
        if path in ("enumerate", "zip", "reversed", "range") and path != "range":
            return self.listed(node)
        return super().library(binding, node)

    def first(self, node: gast.Call) -> Value:
        """`next(... for ...)`: the first that there is, or the default."""
        items = self.expr(node.args[0])
        if len(node.args) == 1:
            return self.item(items, Const(0), node)
        some = self.b.emit("gt", self.b.call("len", items), Const(0))
        return self.choose(
            some,
            lambda: self.item(items, Const(0), node),
            lambda: self.expr(node.args[1]),
        )

    def listed(self, node: gast.AST) -> Value:
        """An iterator that is no loop's, as the list of its items."""
        from s2sad.frontend.iteration import iterate

        it = iterate(self, node)  # type: ignore[arg-type]
        if it.items is not None:
            return Aggregate("tuple", tuple(it.items))
        target = self.hidden("item", node)
        clause = gast.comprehension(
            self.name_node(target, node, gast.Store()), node, [], False
        )
        comp = gast.ListComp(self.name_node(target, node), [clause])
        return self.expr_ListComp(self.at(comp, node))

    def only(self, keywords: Keywords, node: gast.AST) -> None:
        for name in keywords:
            self.refuse(node, f"the keyword {name}= is not supported here")

    def items_of(self, args: Args) -> Args | None:
        """The values that a call ranges over, where they are listed."""
        return args if len(args) > 1 else self.static_items(args[0])

    def call_len(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        return self.length(args[0], node)

    def call_max(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        return self.extreme("gt", "numpy.argmax", args, keywords, node)

    def call_min(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        return self.extreme("lt", "numpy.argmin", args, keywords, node)

    def extreme(
        self, code: str, place: str, args: Args, keywords: Keywords, node: gast.AST
    ) -> Value:
        default = keywords.pop("default", None)
        key = keywords.pop("key", None)
        self.only(keywords, node)
        values = self.items_of(args)
        if values is None and args[0].type.kind == "dict":
            args = [self.collect(args[0], node)]
        if values is None:
            return self.extreme_of(args[0], place, key, default, node)
        if not values:
            if default is not None:
                return default
            self.refuse(node, "max() or min() of nothing")
        best, rank = values[0], self.ranked(values[0], key, node)
        for value in values[1:]:
            other = self.ranked(value, key, node)
            test = self.truth(self.binary(code, other, rank, node), node)
            best = self.choose(test, _giving(value), _giving(best))
            rank = (
                best
                if key is None
                else self.choose(test, _giving(other), _giving(rank))
            )
        return best

    def ranked(self, value: Value, key: Value | None, node: gast.AST) -> Value:
        """What a value is compared by."""
        none = key is None or (isinstance(key, Const) and key.value is None)
        return value if none or key is None else self.apply(key, [value], {}, node)

    def extreme_of(
        self,
        source: Value,
        place: str,
        key: Value | None,
        default: Value | None,
        node: gast.AST,
    ) -> Value:
        """The greatest of what only a run knows the length of: by its index."""

        def found() -> Value:
            ranks = source if key is None else self.keys_of(source, key, node)
            if ranks.type.kind == "list":
                least = Const(place == "numpy.argmin")
                where = self.b.call("s2sad.runtime.extreme_place", ranks, least)
            else:
                self.b.effect("check", ranks, fn="require_flat")
                where = self.b.emit("call", ranks, fn=place, kw=(), type=INT)
            return self.item(source, where, node)

        if default is None:
            return found()
        some = self.b.emit("gt", self.b.call("len", source), Const(0))
        return self.choose(some, found, _giving(default))

    def call_sum(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        start = keywords.pop("start", None) or (args[1] if len(args) > 1 else None)
        self.only(keywords, node)
        values = self.items_of(args[:1])
        if values is None and args[0].type.kind not in ("list", "tuple", "object"):
            total = self.b.emit("call", args[0], Const(0), fn="numpy.sum", kw=("axis",))
            return total if start is None else self.b.emit("add", start, total)
        if values is None:
            return self.sum_of_list(args[0], start or Const(0), node)
        total = start or Const(0)
        for value in values:
            zero = isinstance(total, Const) and total.value == 0
            total = (
                value
                if zero and is_plain(value)
                else self.binary("add", total, value, node)
            )
        return total

    def sum_of_list(self, value: Value, start: Value, node: gast.AST) -> Value:
        """The sum of a list as a loop."""
        source, item = self.hidden("source", node), self.hidden("item", node)
        first = self.hidden("start", node)
        self.frame.env[source], self.frame.env[first] = value, start
        clause = gast.comprehension(
            self.name_node(item, node, gast.Store()),
            self.name_node(source, node),
            [],
            False,
        )
        comp = self.at(gast.GeneratorExp(None, [clause]), node)
        total = self.total(
            comp, self.name_node(item, node), self.name_node(first, node)
        )
        del self.frame.env[source], self.frame.env[first]
        return total

    def call_math_fsum(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        self.only(keywords, node)
        return self.call_sum(args[:1], {}, node)

    def call_math_prod(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        total = keywords.pop("start", Const(1))
        self.only(keywords, node)
        values = self.items_of(args[:1])
        if values is None:
            kw = () if isinstance(total, Const) and total.value == 1 else ("start",)
            rest = (total,) if kw else ()
            return self.library_values("math.prod", (args[0], *rest), kw, node)
        for value in values:
            total = self.binary("mul", total, value, node)
        return total

    def call_divmod(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        self.only(keywords, node)
        parts = [self.b.emit(code, *args) for code in ("floordiv", "mod")]
        return Aggregate("tuple", tuple(parts))

    def call_pow(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        self.only(keywords, node)
        if len(args) != 2:
            self.refuse(node, "pow() with a modulus is not supported")
        return self.binary("pow", args[0], args[1], node)

    def call_abs(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        found = self.special("__abs__", args[0], [], node)
        if found is not None:
            return found
        return self.library_values("abs", tuple(args), tuple(keywords), node)

    def call_slice(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        self.only(keywords, node)
        none = Const(None)
        parts = [none, *args] if len(args) == 1 else list(args)
        return self.b.emit("slice", *parts, *[none] * (3 - len(parts)))

    # -- containers -----------------------------------------------------------------

    def call_collections_deque(
        self, args: Args, keywords: Keywords, node: gast.AST
    ) -> Value:
        """A list that gets longer and shorter at both ends."""
        if keywords or len(args) > 1:
            self.refuse(node, "a deque with maxlen is not supported")
        made = self.list_value([], node)
        for source in args:
            self.extend(made, source, node)
        return made

    def call_collections_defaultdict(
        self, args: Args, keywords: Keywords, node: gast.AST
    ) -> Value:
        """A dict that makes what it is asked for and has not."""
        if len(args) != 1 or keywords or not is_static(args[0]):
            self.refuse(node, "a defaultdict of this is not supported")
        site = self.site(node)
        self.factories[site] = args[0]
        if site not in self.dynamic:
            return self.new_dict([], [], node)
        factory = args[0]
        if not isinstance(factory, Static) or factory.binding.path not in NUMBERS:
            self.refuse(
                node,
                "a defaultdict whose keys only a run can tell, and which is not of"
                " numbers",
                "d.setdefault(key, [])",
            )
        numbers = Type("dict", items=(FLOAT,))
        made = self.b.emit("dict", type=numbers, fact=numbers)
        self.made_at[made] = site
        return made

    def call_iter(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        """What is iterated at once is its own iterator."""
        if len(self.active) < 2 or len(args) != 1:
            self.refuse(node, "iter() is only supported in __iter__")
        function = self.active[-1]
        if getattr(function, "name", "") != "__iter__":
            self.refuse(node, "iter() is only supported in __iter__")
        return args[0]

    def call_list(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        items = self.static_items(args[0]) if args else []
        if items is not None:
            return self.new_list(list(items), node)
        if isinstance(args[0], Items) or args[0].type.kind == "dict":
            return self.collect(args[0], node)
        if args[0].type.kind == "any":
            self.b.effect("check", args[0], fn="require_sequence")
        return self.copied_list(args[0], node)

    def collect(self, value: Value, node: gast.AST) -> Value:
        """The list of what an iterable gives."""
        source, item = self.hidden("source", node), self.hidden("item", node)
        self.frame.env[source] = value
        clause = gast.comprehension(
            self.name_node(item, node, gast.Store()),
            self.name_node(source, node),
            [],
            False,
        )
        comp = self.at(gast.ListComp(self.name_node(item, node), [clause]), node)
        found = self.expr_ListComp(comp)
        del self.frame.env[source]
        return found

    def call_tuple(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        items = self.static_items(args[0]) if args else []
        if items is not None:
            return Aggregate("tuple", tuple(items))
        return self.copied_list(args[0], node)

    def call_dict(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        keys: list[object] = []
        items: list[Value] = []
        for arg in args:
            content = self.content(arg)
            if content is None and arg.type.kind == "dict":
                more = [self.new_dict([*keywords], [*keywords.values()], node)]
                return self.dict_of([*args, *more * bool(keywords)], node)
            if content is None:
                self.unclear(arg, node, "dict() of what is not written out here")
            if content.kind == "dict":
                keys += content.keys
                items += content.items
                continue
            from s2sad.frontend.base import literal_key

            for pair in content.items:
                inner = self.static_items(pair)
                known, key = literal_key(inner[0]) if inner else (False, None)
                if inner is None or len(inner) != 2 or not known:
                    self.refuse(node, "dict() of pairs without constant keys")
                keys.append(key)
                items.append(inner[1])
        return self.new_dict([*keys, *keywords], [*items, *keywords.values()], node)

    def call_sorted(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        items = self.static_items(args[0])
        if isinstance(args[0], Items) or args[0].type.kind == "dict":
            args = [self.collect(args[0], node), *args[1:]]
        if items is not None and all(isinstance(v, Const) for v in items):
            if not keywords:
                values = sorted(v.value for v in items)  # type: ignore[attr-defined]
                return self.new_list([Const(v) for v in values], node)
        source = args[0]
        if items is not None:
            source = self.list_value(items, node)
        return self.sorted_list(source, keywords, node)

    def call_map(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        return self.in_advance(lambda: self.mapped(args[0], args[1:], node, None))

    def call_filter(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        return self.in_advance(lambda: self.mapped(None, args[1:], node, args[0]))

    def mapped(
        self, function: Value | None, sources: Args, node: gast.AST, test: Value | None
    ) -> Value:
        """map and filter: the list of their items."""
        names = {self.hidden(f"arg{k}", node): v for k, v in enumerate(sources)}
        called = self.hidden("function", node)
        self.frame.env.update(names)
        self.frame.env[called] = function or test or Const(None)
        item = self.hidden("item", node)
        load = [self.name_node(n, node) for n in names]
        target: gast.AST = self.name_node(item, node, gast.Store())
        element: gast.AST = self.name_node(item, node)
        source: gast.AST = load[0]
        if len(load) > 1:
            zipped = gast.Call(self.name_node("zip", node), load, [])
            source = self.at(zipped, node)
            arguments = [self.at(gast.Starred(element, gast.Load()), node)]
        else:
            arguments = [element]
        call = self.at(gast.Call(self.name_node(called, node), arguments, []), node)
        tests = []
        if function is None:
            tests = [element if isinstance(test, Const) else call]
        else:
            element = call
        clause = gast.comprehension(target, source, tests, False)
        found = self.expr_ListComp(self.at(gast.ListComp(element, [clause]), node))
        for name in [*names, called]:
            self.frame.env.pop(name, None)
        return found

    def call_any(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        return self.quantified(args, node, "numpy.any", False)

    def call_all(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        return self.quantified(args, node, "numpy.all", True)

    def quantified(
        self, args: Args, node: gast.AST, path: str, conjunction: bool
    ) -> Value:
        values = self.static_items(args[0])
        if values is None:
            found = self.library_values(path, (args[0],), (), node)
            return self.b.call("bool", found)
        result: Value = Const(conjunction)
        for value in reversed(values):
            test, rest = self.truth(value, node), _giving(result)
            ended = _giving(Const(not conjunction))
            then, other = (rest, ended) if conjunction else (ended, rest)
            result = self.choose(test, then, other)
        return result

    # -- functions and objects ------------------------------------------------------

    def call_functools_partial(
        self, args: Args, keywords: Keywords, node: gast.AST
    ) -> Value:
        return Partial(args[0], args[1:], keywords)

    def call_functools_reduce(
        self, args: Args, keywords: Keywords, node: gast.AST
    ) -> Value:
        items = self.static_items(args[1])
        function = args[0]
        if items is None:
            return self.reduced(args, node)
        values = [*args[2:], *items]
        if not values:
            self.refuse(node, "reduce() of nothing")
        total = values[0]
        for value in values[1:]:
            total = self.apply(function, [total, value], {}, node)
        return total

    def reduced(self, args: Args, node: gast.AST) -> Value:
        """functools.reduce over what only a run knows the length of."""
        source, function = self.hidden("source", node), self.hidden("function", node)
        total, item = self.hidden("total", node), self.hidden("item", node)
        env = self.frame.env
        env[function] = args[0]

        def load(name: str) -> gast.AST:
            return self.name_node(name, node)

        if len(args) > 2:
            env[source], env[total] = args[1], args[2]
        else:
            rest = self.b.emit("slice", Const(1), Const(None), Const(None))
            env[source] = self.getitem(args[1], rest, node)
            env[total] = self.getitem(args[1], Const(0), node)
        call = gast.Call(load(function), [load(total), load(item)], [])
        step = gast.Assign(
            [self.name_node(total, node, gast.Store())], self.at(call, node), None
        )
        target = self.name_node(item, node, gast.Store())
        loop = gast.For(target, load(source), [self.at(step, node)], [], None)
        self.statements([self.at(loop, node)])
        found = self.frame.env.pop(total)
        for name in (source, function, item):
            self.frame.env.pop(name, None)
        return found

    def call_isinstance(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        value, kinds = args
        listed = list(kinds.items) if isinstance(kinds, Aggregate) else [kinds]
        classes = [self.class_of(k) for k in listed]
        mine = self.object_class(value)
        if mine is not None or isinstance(value, Record | Aggregate):
            builtins = {getattr(k, "binding", Binding("", "")).path for k in listed}
            own = value.kind if isinstance(value, Record | Aggregate) else ""
            found = own in builtins or (
                mine is not None and any(c in (mine, *mine.above) for c in classes)
            )
            return Const(found or "object" in builtins)
        if isinstance(value, Either):
            return self.choose(
                value.test,
                lambda: self.call_isinstance([value.then, kinds], keywords, node),
                lambda: self.call_isinstance([value.other, kinds], keywords, node),
            )
        told = value.type.is_scalar or value.type.kind in ("array", "str", "none")
        if told and all(c is not None for c in classes):
            return Const(False)  # a number is no object of the user's classes
        return self.library_values("isinstance", (value, kinds), (), node)

    def call_getattr(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        if not isinstance(args[1], Const) or not isinstance(args[1].value, str):
            self.refuse(node, "getattr() of a name that only a run can tell")
        if len(args) > 2:
            self.refuse(node, "getattr() with a default is not supported")
        return self.attribute(args[0], args[1].value, node)

    def call_setattr(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        if not isinstance(args[1], Const) or not isinstance(args[1].value, str):
            self.refuse(node, "setattr() of a name that only a run can tell")
        self.set_attribute(args[0], args[1].value, args[2], node)
        return Const(None)

    def call_hasattr(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        content = self.content(args[0])
        cls = self.object_class(args[0])
        if (
            content is not None
            and content.kind == "object"
            and isinstance(args[1], Const)
        ):
            known = content.get(args[1].value) is not None
            return Const(
                known or (cls is not None and cls.find(args[1].value) is not None)
            )
        return self.library_values("hasattr", tuple(args), (), node)

    def call_callable(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        if args[0].type.kind == "function":
            return Const(True)
        return self.library_values("callable", tuple(args), (), node)

    def call_type(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        cls = self.object_class(args[0])
        if cls is not None:
            from s2sad.frontend.classes import ClassValue

            return ClassValue(cls)
        return self.library_values("type", tuple(args), (), node)

    def call_copy_copy(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        value = args[0]
        content = self.content(value)
        if content is not None and isinstance(value, Record):
            twin = Record(value.kind, self.site(node), value.cls)
            self.heap[twin] = content
            return twin
        if self.is_led(value):
            self.refuse(node, "copy.copy of an argument is not supported")
        return self.library_values("copy.copy", tuple(args), (), node)

    def call_dataclasses_replace(
        self, args: Args, keywords: Keywords, node: gast.AST
    ) -> Value:
        cls, value = self.object_class(args[0]), args[0]
        if cls is None or cls.fields is None:
            self.refuse(node, "dataclasses.replace of what is no dataclass here")
        given = {
            name: keywords[name]
            if name in keywords
            else self.attribute(value, name, node)
            for name, field in cls.fields.items()
            if field.init
        }
        return self.instantiate(cls, [], {**given, **keywords}, node)

    def call_copy_deepcopy(
        self, args: Args, keywords: Keywords, node: gast.AST
    ) -> Value:
        return self.deep(args[0], {}, node)

    def deep(self, value: Value, seen: dict[Value, Value], node: gast.AST) -> Value:
        content = self.content(value)
        if value in seen:
            return seen[value]
        if content is None:
            if isinstance(value, Const | Static) or value.type.is_scalar:
                return value
            seen[value] = self.b.call("copy.deepcopy", value)
            self.united_ways(seen[value], [value])
            return seen[value]
        new = content.like(
            tuple(self.deep(v, seen, node) for v in content.items), content.keys
        )
        if isinstance(value, Aggregate):
            return new
        assert isinstance(value, Record)
        twin = Record(value.kind, self.site(node), value.cls)
        seen[value] = twin
        self.heap[twin] = new
        return twin

    # -- functions that change an array ---------------------------------------------

    def call_numpy_copyto(
        self, args: Args, keywords: Keywords, node: gast.AST
    ) -> Value:
        where = keywords.pop("where", None)
        keywords.pop("casting", None)
        self.only(keywords, node)
        target, value = args[:2]
        if where is not None:
            value = self.b.call("numpy.where", where, value, target)
        self.b.effect("setitem", target, Const(Ellipsis), value)
        return Const(None)

    def call_numpy_add_at(
        self, args: Args, keywords: Keywords, node: gast.AST
    ) -> Value:
        self.only(keywords, node)
        self.b.effect("addat", *args)
        return Const(None)

    def call_numpy_subtract_at(
        self, args: Args, keywords: Keywords, node: gast.AST
    ) -> Value:
        self.only(keywords, node)
        self.b.effect("addat", args[0], args[1], self.b.emit("neg", args[2]))
        return Const(None)

    def call_numpy_fill_diagonal(
        self, args: Args, keywords: Keywords, node: gast.AST
    ) -> Value:
        self.only(keywords, node)
        target, value = args
        shape = self.b.emit("getattr", target, attr="shape")
        length = self.b.call("min", shape)
        length.type = INT
        place = self.b.call("numpy.arange", length)
        index = self.b.emit("tuple", place, place)
        self.b.effect("setitem", target, index, value)
        return Const(None)

    def call_numpy_put(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        self.only(keywords, node)
        target, index, value = args
        flat = self.library_values("numpy.reshape", (target, Const(-1)), (), node)
        self.b.effect("setitem", flat, index, value)
        return Const(None)

    def call_numpy_place(self, args: Args, keywords: Keywords, node: gast.AST) -> Value:
        self.refuse(node, "np.place is not supported", "write x[mask] = values")

    def call_numpy_put_along_axis(
        self, args: Args, keywords: Keywords, node: gast.AST
    ) -> Value:
        self.refuse(
            node,
            "np.put_along_axis is not supported",
            "write x[rows, columns] = values",
        )


def _giving(value: Value) -> Callable[[], Value]:
    return lambda: value
