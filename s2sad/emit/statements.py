"""A function in three-address code to the statements of a Python function."""

from __future__ import annotations

import gast

from s2sad.analysis.memory import PASSES
from s2sad.emit.expressions import BINARY, Expressions, dotted, name
from s2sad.emit.fold import Folding
from s2sad.emit.naming import Naming
from s2sad.ir.core import Block, Const, Function, Op, Undef, Value, walk
from s2sad.ir.flows import define_everywhere, handed_on
from s2sad.ir.infer import ARITHMETIC, roots_of
from s2sad.rules import registry

SHORT = {"numpy": "np"}


#: Builtins that emitted text calls.
OURS = frozenset({"range", "len", "min", "max", "slice", "reversed", "list", "tuple"})


class Writer(Expressions):
    """Writes one function; collects the modules and helpers that it refers to."""

    def __init__(self, function: Function, module: str) -> None:
        self.function = function
        self.home = module
        self.modules: dict[str, str] = {}
        self.helpers: dict[str, str] = {}
        self.users = set(function.reserved)
        self.folding = Folding(function.body)
        self.module_globals = {
            op.attrs["path"] for op in walk(function.body) if op.code == "global"
        }
        fixed = {p.value: p.name for p in function.params}
        taken = {"np", "math", *OURS, *self.module_globals} - set(fixed.values())
        self.naming = Naming(function.body, self.folding, fixed, self.users, taken)
        self.used = set(self.naming.names.values()) | self.users
        for source, target in handed_on(function.body):
            if not self.naming.share(source, target):
                define_everywhere(
                    source, unread=False
                )  # a copy is written, which reads it

    def variable(self, value: Value) -> str:
        return self.naming.name(value)

    def is_folded(self, value: Value) -> bool:
        return value in self.folding.folded

    def module(self, path: str) -> str:
        if path not in self.modules:
            short = SHORT.get(path, path.rpartition(".")[2])
            while short in self.used - {"np", "math"} or (
                short in {v for v in self.naming.names.values()}
            ):
                short += "_"
            self.modules[path] = short
        return self.modules[path]

    def helper(self, path: str) -> str:
        if path not in self.helpers:
            short = path
            while short in self.used:
                short += "_"
            self.helpers[path] = short
        return self.helpers[path]

    def foreign(self, module: str, path: str, origin: str) -> gast.AST:
        if origin != "module" and (
            module in (self.home, "s2sad.rules")
            or origin in ("closure", "builtin", "carried")
        ):
            return dotted(path)
        short = self.module(module)
        return dotted(f"{short}.{path}")

    # -- statements ----------------------------------------------------------------

    def body(self) -> list[gast.AST]:
        out = self.block(self.function.body)
        results = self.function.body.results
        nodes = [self.expr(v) for v in results]
        value = nodes[0] if len(nodes) == 1 else gast.Tuple(nodes, gast.Load())
        return [*out, gast.Return(value)]

    def block(self, block: Block) -> list[gast.AST]:
        out: list[gast.AST] = []
        done: set[Op] = set()
        for at, op in enumerate(block.ops):
            if op in done or (op.results and all(map(self.is_folded, op.results))):
                continue
            before = len(out)
            items = self.items(block, at)
            if items:
                done.update(items)
                self.taken_apart(items, block, at, out)
            else:
                getattr(self, f"stmt_{op.code}", self.assign)(op, out)
            for node in out[before:]:
                if not hasattr(node, "ir"):
                    node.ir = op
        return out

    def items(self, block: Block, at: int) -> list[Op]:
        """The operations that together take a tuple apart: `n, m = x.shape`."""
        first = block.ops[at]
        if first.code != "getitem" or first.args[0].type.kind != "tuple":
            return []
        whole = first.args[0]
        count = len(whole.type.items or ())
        found = block.ops[at : at + count]
        if count < 2 or len(found) < count:
            return []
        for k, op in enumerate(found):
            index = op.args[1] if op.code == "getitem" else None
            if not isinstance(index, Const) or index.value != k:
                return []
            if op.args[0] is not whole or self.is_folded(op.result):
                return []
        names = {self.variable(op.result) for op in found}
        return found if len(names) == count else []

    def taken_apart(
        self, items: list[Op], block: Block, at: int, out: list[gast.AST]
    ) -> None:
        whole = items[0].args[0]
        targets = [name(self.variable(op.result), True) for op in items]
        value = self.expr(whole)
        alone = self.folding.count.get(whole) == len(items)
        if alone and at and whole.op is block.ops[at - 1] and out:
            last = out[-1]
            if isinstance(last, gast.Assign) and not self.is_folded(whole):
                value = out.pop().value
        out.append(gast.Assign([gast.Tuple(targets, gast.Store())], value, None))

    def assign(self, op: Op, out: list[gast.AST]) -> None:
        target = self.variable(op.result)
        augmented = self.augmented(op, target)
        if augmented is not None:
            out.append(augmented)
            return
        node = self.operation(op)
        if isinstance(node, gast.Name) and node.id == target:
            return
        out.append(gast.Assign([name(target, True)], node, None))

    def augmented(self, op: Op, target: str) -> gast.AST | None:
        """`x += e` for `x = x + e`, where no array that others see would change."""
        if op.code not in ARITHMETIC:
            return None
        left, right = op.args
        if isinstance(left, Const | Undef) or self.is_folded(left):
            return None
        if self.variable(left) != target:
            return None
        certain = left.type.is_scalar and not self.function.loose
        if not (certain or self.is_ours(left, set())):
            return None
        if not left.type.is_scalar and not op.attrs.get("augmented"):
            if roots_of(left) != roots_of(op.result):
                return None
        value = self.expr(right)
        return gast.AugAssign(name(target, True), BINARY[op.code](), value)

    def is_ours(self, value: Value, seen: set[Value]) -> bool:
        """Is the value used once, and its memory nobody else's?"""
        if value in seen:
            return True
        seen.add(value)
        if isinstance(value, Const):
            return True
        if value.type.is_scalar and not self.function.loose:
            return True
        if self.folding.count.get(value, 0) > 1:
            return False
        op, block = value.op, value.block
        if op is None:
            owner = block.owner if block is not None else None
            if block is None or owner is None or owner.code != "for":
                return False
            if value is block.params[0]:
                return False
            k = block.params.index(value) - 1
            offset = 1 if owner.attrs.get("stop") else 0
            return self.is_ours(owner.args[1 + k], seen) and self.is_ours(
                block.results[offset + k], seen
            )
        if op.code in ARITHMETIC or op.code == "neg" or op.attrs.get("fresh"):
            return True
        if op.code == "call":
            rule = registry.find(op)
            fn = op.attrs["fn"]
            return fn not in PASSES and rule is not None and rule.alias is None
        return False

    def stmt_setitem(self, op: Op, out: list[gast.AST]) -> None:
        target = self.subscript(op.args[0], op.args[1], store=True)
        out.append(gast.Assign([target], self.expr(op.args[2]), None))

    def stmt_augitem(self, op: Op, out: list[gast.AST]) -> None:
        base, index, value = op.args
        whole = isinstance(index, Const) and index.value is Ellipsis
        if whole and base.type.kind == "array" and not self.is_folded(base):
            target: gast.AST = name(self.variable(base), True)
        else:
            target = self.subscript(base, index, store=True)
        self.increment(target, op.attrs["op"], value, out)

    def increment(
        self, target: gast.AST, code: str, value: Value, out: list[gast.AST]
    ) -> None:
        made = value.op
        if code in ("add", "sub") and made is not None and made.code == "neg":
            if self.is_folded(value):
                value = made.args[0]
                code = "sub" if code == "add" else "add"
        out.append(gast.AugAssign(target, BINARY[code](), self.expr(value)))

    def stmt_iadd(self, op: Op, out: list[gast.AST]) -> None:
        base, value = op.args
        made = base.op
        turned = made is not None and made.attrs.get("attr") in ("T", "mT")
        if made is not None and turned and self.is_folded(base):
            whole = Op("iadd", [made.args[0], value])
            self.stmt_iadd(whole, out)
            last = out[-1]
            last.value = gast.Attribute(last.value, made.attrs["attr"], gast.Load())
            return
        target = self.expr(base)
        target.ctx = gast.Store()
        self.increment(target, "add", value, out)

    def stmt_addat(self, op: Op, out: list[gast.AST]) -> None:
        base, index, value = op.args
        args = [self.expr(base), self.index_object(index), self.expr(value)]
        sure = base.type.kind == "array" and index.type.kind == "array"
        func = self.library("numpy.add.at" if sure else "s2sad.runtime.add_at")
        out.append(gast.Expr(gast.Call(func, args, [])))

    def stmt_push(self, op: Op, out: list[gast.AST]) -> None:
        func = gast.Attribute(self.expr(op.args[0]), "append", gast.Load())
        out.append(gast.Expr(gast.Call(func, [self.expr(op.args[1])], [])))

    def stmt_insert(self, op: Op, out: list[gast.AST]) -> None:
        func = gast.Attribute(self.expr(op.args[0]), "insert", gast.Load())
        call = gast.Call(func, [self.expr(a) for a in op.args[1:]], [])
        out.append(gast.Expr(call))

    def stmt_drop(self, op: Op, out: list[gast.AST]) -> None:
        func = gast.Attribute(self.expr(op.args[0]), "pop", gast.Load())
        out.append(gast.Expr(gast.Call(func, [], [])))

    def stmt_pop(self, op: Op, out: list[gast.AST]) -> None:
        if self.folding.count.get(op.result):
            self.assign(op, out)
        else:
            out.append(gast.Expr(self.operation(op)))

    stmt_popat = stmt_iop = stmt_pop

    def stmt_delitem(self, op: Op, out: list[gast.AST]) -> None:
        target = self.subscript(op.args[0], op.args[1], store=True)
        target.ctx = gast.Del()
        out.append(gast.Delete([target]))

    def stmt_truncate(self, op: Op, out: list[gast.AST]) -> None:
        rest = gast.Slice(self.expr(op.args[1]), None, None)
        target = gast.Subscript(self.expr(op.args[0]), rest, gast.Del())
        out.append(gast.Delete([target]))

    def stmt_additems(self, op: Op, out: list[gast.AST]) -> None:
        func = self.library("s2sad.runtime.add_items")
        out.append(gast.Expr(gast.Call(func, [self.expr(a) for a in op.args], [])))

    def stmt_addattr(self, op: Op, out: list[gast.AST]) -> None:
        if len(op.args) > 2:  # an object of a class that is not known
            args = [self.expr(a) for a in op.args]
            args[1:2] = [gast.Constant(op.attrs["attr"], None), args[1]]
            func = self.library("s2sad.runtime.add_part")
            out.append(gast.Expr(gast.Call(func, args, [])))
            return
        target = gast.Attribute(self.expr(op.args[0]), op.attrs["attr"], gast.Store())
        self.increment(target, "add", op.args[1], out)

    def stmt_check(self, op: Op, out: list[gast.AST]) -> None:
        func = name(self.helper(op.attrs["fn"]))
        args = [self.expr(a) for a in op.args]
        out.append(gast.Expr(gast.Call(func, args, [])))

    def stmt_assert(self, op: Op, out: list[gast.AST]) -> None:
        message = self.expr(op.args[1]) if len(op.args) > 1 else None
        out.append(gast.Assert(self.expr(op.args[0]), message))

    def stmt_raise(self, op: Op, out: list[gast.AST]) -> None:
        caught = not op.attrs["path"]
        raised = self.expr(op.args[0]) if caught else self.op_exception(op)
        out.append(gast.Raise(raised, None))

    def op_exception(self, op: Op) -> gast.AST:
        """The call that makes an exception."""
        path, module = op.attrs["path"], op.attrs.get("module") or ""
        args = [self.expr(a) for a in op.args]
        words = op.attrs.get("kw", ())
        first = len(args) - len(words)
        keywords = [
            gast.keyword(w, a) for w, a in zip(words, args[first:], strict=True)
        ]
        target = dotted(path)
        if module and module != "builtins":
            target = self.foreign(module, path, "global")
        elif "." in path:
            target = self.library(path)
        return gast.Call(target, args[:first], keywords)

    def stmt_call(self, op: Op, out: list[gast.AST]) -> None:
        rule = registry.find(op)
        if rule is not None and rule.effect and not self.folding.count.get(op.result):
            out.append(gast.Expr(self.operation(op)))
            return
        self.assign(op, out)

    def stmt_calluser(self, op: Op, out: list[gast.AST]) -> None:
        forward = self.half(op, "forward")
        call = gast.Call(name(forward), [self.expr(a) for a in op.args], [])
        if len(op.results) == 1 or not self.folding.count.get(op.results[1]):
            first = gast.Subscript(call, gast.Constant(0, None), gast.Load())
            out.append(gast.Assign([name(self.variable(op.result), True)], first, None))
            return
        self.unpacked(op.results, call, out)

    def stmt_callrev(self, op: Op, out: list[gast.AST]) -> None:
        reverse = self.half(op, "reverse")
        call = gast.Call(name(reverse), [self.expr(a) for a in op.args], [])
        if len(op.results) == 1:
            out.append(gast.Assign([name(self.variable(op.result), True)], call, None))
            return
        self.unpacked(op.results, call, out)

    def stmt_calltangent(self, op: Op, out: list[gast.AST]) -> None:
        function = f"{op.attrs['callee'].name}_jvp"
        call = gast.Call(name(function), [self.expr(a) for a in op.args], [])
        self.unpacked(op.results, call, out)

    def stmt_unpack(self, op: Op, out: list[gast.AST]) -> None:
        self.unpacked(op.results, self.expr(op.args[0]), out)

    def half(self, op: Op, which: str) -> str:
        return f"{op.attrs['callee'].name}_{which}"

    def unpacked(
        self, results: list[Value], value: gast.AST, out: list[gast.AST]
    ) -> None:
        names = [
            name(self.variable(v) if self.folding.count.get(v) else "_", True)
            for v in results
        ]
        out.append(gast.Assign([gast.Tuple(names, gast.Store())], value, None))

    def stmt_if(self, op: Op, out: list[gast.AST]) -> None:
        then, other = (self.block(b) + self.yielded(op, b) for b in op.blocks)
        if "catch" in op.attrs:
            out.append(self.attempt(op, then, other))
            return
        test = self.expr(op.args[0])
        if "context" in op.attrs:
            if then:
                out.append(gast.With([gast.withitem(test, None)], then, None))
            return
        if not then and not other:
            return
        if not then:
            then, other = other, []
            test = _negated(test)
        out.append(gast.If(test, then, other))

    def yielded(self, op: Op, block: Block) -> list[gast.AST]:
        """What a branch hands on, if its end is reached."""
        if block.ops and block.ops[-1].code == "raise":
            return []
        return self.copies(op.results, block.results)

    def attempt(self, op: Op, then: list[gast.AST], other: list[gast.AST]) -> gast.AST:
        """`try: ... except E as error: ...`"""
        classes = [self.expr(c) for c in op.attrs["catch"]]
        kind = classes[0] if len(classes) == 1 else gast.Tuple(classes, gast.Load())
        error = op.blocks[1].params[0]
        used = self.folding.count.get(error)
        target = name(self.variable(error), True) if used else None
        handler = gast.ExceptHandler(kind, target, other or [gast.Pass()])
        return gast.Try(then or [gast.Pass()], [handler], [], [])

    def stmt_for(self, op: Op, out: list[gast.AST]) -> None:
        body = op.blocks[0]
        out += self.copies(op.results, op.args[1:])
        inner = self.loop_body(op)
        item = body.params[0]
        used = self.folding.count.get(item) or "_" in self.users
        target = self.variable(item) if used else "_"
        iterable = self.expr(op.args[0])
        out.append(
            gast.For(name(target, True), iterable, inner or [gast.Pass()], [], None)
        )

    def stmt_while(self, op: Op, out: list[gast.AST]) -> None:
        out += self.copies(op.results, op.args)
        head = self.block(op.blocks[0])
        test = self.expr(op.blocks[0].results[0])
        inner = self.loop_body(op)
        if head:
            leave = gast.If(_negated(test), [gast.Break()], [])
            inner, test = [*head, leave, *inner], gast.Constant(True, None)
        out.append(gast.While(test, inner or [gast.Pass()], []))

    def loop_body(self, op: Op) -> list[gast.AST]:
        body = op.blocks[-1]
        stops = bool(op.attrs.get("stop"))
        inner = self.block(body)
        inner += self.copies(op.results, body.results[1 if stops else 0 :])
        if stops:
            inner.append(gast.If(self.expr(body.results[0]), [gast.Break()], []))
        return inner

    def copies(self, targets: list[Value], sources: list[Value]) -> list[gast.AST]:
        """Assign what a region yields to the variables that hold it after."""
        pairs = []
        for target, source in zip(targets, sources, strict=True):
            if isinstance(source, Undef):
                continue
            variable = self.variable(target)
            node = self.expr(source)
            if isinstance(node, gast.Name) and node.id == variable:
                continue
            pairs.append((variable, node))
        written: set[str] = set()
        clash = False
        for variable, node in pairs:
            clash |= any(
                isinstance(n, gast.Name) and n.id in written for n in gast.walk(node)
            )
            written.add(variable)
        if clash:
            left = gast.Tuple([name(v, True) for v, _ in pairs], gast.Store())
            right = gast.Tuple([n for _, n in pairs], gast.Load())
            return [gast.Assign([left], right, None)]
        return [gast.Assign([name(v, True)], n, None) for v, n in pairs]


def _negated(test: gast.AST) -> gast.AST:
    if isinstance(test, gast.UnaryOp) and isinstance(test.op, gast.Not):
        return test.operand
    if isinstance(test, gast.Compare) and isinstance(test.ops[0], gast.Is):
        return gast.Compare(test.left, [gast.IsNot()], test.comparators)
    return gast.UnaryOp(gast.Not(), test)
