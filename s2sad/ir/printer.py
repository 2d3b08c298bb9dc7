"""Three-address code as text: typed, one operation a line, with source names."""

from __future__ import annotations

from s2sad.ir.core import Block, Const, Function, Op, Undef, Value

SYMBOLS = {
    **{"add": "+", "sub": "-", "mul": "*", "div": "/", "floordiv": "//", "mod": "%"},
    **{"pow": "**", "matmul": "@", "lt": "<", "le": "<=", "gt": ">", "ge": ">="},
    **{"eq": "==", "ne": "!=", "bitand": "&", "bitor": "|", "bitxor": "^"},
    **{"is": "is", "isnot": "is not", "in": "in", "notin": "not in"},
}


def show(function: Function) -> str:
    """The text of a function; the same for the same function, always."""
    return _Printer().function(function)


class _Printer:
    def __init__(self) -> None:
        self.names: dict[Value, str] = {}
        self.taken: dict[str, int] = {}
        self.lines: list[str] = []

    def name(self, value: Value) -> str:
        if isinstance(value, Const):
            return repr(value.value)
        if isinstance(value, Undef):
            return "undefined"
        if value not in self.names:
            base = value.name or "t"
            count = self.taken.get(base, 0)
            self.taken[base] = count + 1
            first = base if value.name else "t0"
            self.names[value] = (
                f"{base}.{count}"
                if count and value.name
                else (first if not count else f"t{count}")
            )
        return self.names[value]

    def typed(self, value: Value) -> str:
        return f"{self.name(value)}: {value.type}"

    def function(self, function: Function) -> str:
        params = ", ".join(self.typed(p.value) for p in function.params)
        self.lines.append(f"{function.name}({params}):")
        self.block(function.body, 1, "return")
        return "\n".join(self.lines)

    def block(self, block: Block, depth: int, ending: str) -> None:
        for op in block.ops:
            self.op(op, depth)
        if block.results or ending == "return":
            values = ", ".join(self.name(v) for v in block.results)
            self.put(f"{ending} {values}", depth)

    def put(self, text: str, depth: int) -> None:
        self.lines.append("    " * depth + text.rstrip())

    def op(self, op: Op, depth: int) -> None:
        left = ", ".join(self.typed(v) for v in op.results)
        equals = f"{left} = " if left else ""
        if op.code == "if":
            head, other = f"if {self.name(op.args[0])}" if op.args else "try", "else"
            if "context" in op.attrs:
                head = f"with {self.name(op.args[0])}"
            elif not op.args:
                classes = ", ".join(map(repr, op.attrs["catch"]))
                other = f"except {classes} as {self.name(op.blocks[1].params[0])}"
            self.put(f"{equals}{head}:", depth)
            self.block(op.blocks[0], depth + 1, "yield")
            if op.blocks[1].ops or op.blocks[1].results:
                self.put(f"{other}:", depth)
                self.block(op.blocks[1], depth + 1, "yield")
        elif op.code == "for":
            body = op.blocks[0]
            item, *params = body.params
            start = self.start(params, op.args[1:])
            head = f"{equals}for {self.name(item)} in {self.name(op.args[0])}{start}:"
            self.put(head, depth)
            self.block(body, depth + 1, "yield")
        elif op.code == "while":
            test, body = op.blocks
            self.put(f"{equals}while{self.start(test.params, op.args)}:", depth)
            self.block(test, depth + 1, "test")
            self.put(f"do{self.start(body.params, test.params)}:", depth)
            self.block(body, depth + 1, "yield")
        else:
            self.put(equals + self.right(op), depth)

    def start(self, params: list[Value], values: list[Value]) -> str:
        pairs = (
            f"{self.name(p)} = {self.name(v)}"
            for p, v in zip(params, values, strict=True)
        )
        text = ", ".join(pairs)
        return f" with {text}" if text else ""

    def right(self, op: Op) -> str:
        args = [self.name(v) for v in op.args]
        if op.code in SYMBOLS and len(args) == 2:
            return f"{args[0]} {SYMBOLS[op.code]} {args[1]}"
        if op.code == "neg":
            return f"-{args[0]}"
        if op.code == "getitem":
            return f"{args[0]}[{args[1]}]"
        if op.code == "setitem":
            return f"{args[0]}[{args[1]}] = {args[2]}"
        if op.code == "augitem":
            return f"{args[0]}[{args[1]}] {SYMBOLS[op.attrs['op']]}= {args[2]}"
        if op.code == "iadd":
            return f"{args[0]} += {args[1]}"
        if op.code == "tuple":
            return f"({', '.join(args)}{',' if len(args) == 1 else ''})"
        if op.code == "getattr":
            return f"{args[0]}.{op.attrs['attr']}"
        if op.code == "call":
            names = op.attrs.get("kw", ())
            plain = len(args) - len(names)
            args[plain:] = [
                f"{n}={a}" for n, a in zip(names, args[plain:], strict=True)
            ]
            return f"{op.attrs['fn']}({', '.join(args)})"
        if op.code == "check":
            return f"check {op.attrs['fn']}({', '.join(args)})"
        if op.code == "global":
            return f"global {op.attrs['path']}"
        return f"{op.code}({', '.join(args)})"
