"""Tangents through branches, loops and recursive calls: carried along with the values.

if c: y = ...          yields y and dy
for ... with s:        carries s and ds
y = f(x)               y, dy = f_jvp(x, dx), where f is a function being differentiated
"""

from __future__ import annotations

from s2sad.ir.builder import Builder
from s2sad.ir.core import Const, Op, Undef, Value
from s2sad.transform.adjoints import adjoint_type
from s2sad.transform.tangent_state import TangentState


class TangentRegions(TangentState):
    """`if`, `for`, `while` and calls that stay calls."""

    def if_(self, op: Op, b: Builder) -> None:
        for branch in op.blocks:
            self.block(branch)
        b.append(op)
        results = list(op.results)
        for _ in self.directions():
            for k, value in enumerate(results):
                if value not in self.active:
                    continue
                ends = [block.results[k] for block in op.blocks]
                if all(self.of(end) is None for end in ends):
                    continue
                for block, end in zip(op.blocks, ends, strict=True):
                    inner = Builder(block, op.origin)
                    block.results.append(self.full(end, inner))
                self.define(op, value)

    def for_(self, op: Op, b: Builder) -> None:
        self.loop(op, 1, b)

    def while_(self, op: Op, b: Builder) -> None:
        self.loop(op, 0, b)

    def loop(self, op: Op, skip: int, b: Builder) -> None:
        """Carry the tangent of what the loop carries, from its start on."""
        body = op.blocks[-1]
        offset = 1 if op.attrs.get("stop") else 0
        count = len(op.results)
        carried = [block.params[len(block.params) - count :] for block in op.blocks]
        slots = [
            k
            for k, value in enumerate(op.results)
            if value in self.active or any(p[k] in self.active for p in carried)
        ]
        starts = [op.args[skip + k] for k in slots]
        for _ in self.directions():
            for k, start in zip(slots, starts, strict=True):
                op.args.append(self.start(start, b))
                for block, params in zip(op.blocks, carried, strict=True):
                    kind = adjoint_type(params[k])
                    self.hold(params[k], block.param(self.name(params[k]), kind))
        ends = [body.results[offset + k] for k in slots]
        for block in op.blocks:
            self.block(block)
        b.append(op)
        values = [op.results[k] for k in slots]
        for _ in self.directions():
            inner = Builder(body, op.origin)
            for value, end in zip(values, ends, strict=True):
                body.results.append(self.full(end, inner))
                self.define(op, value)

    def start(self, value: Value, b: Builder) -> Value:
        """What a carried tangent starts from."""
        tangent = self.full(value, b)
        if isinstance(value, Const | Undef) or tangent.op is None:
            return tangent
        if tangent.name is None and tangent.op.block is b.block:
            tangent.name = self.name(value)
        return tangent

    def calluser_(self, op: Op, b: Builder) -> None:
        """A recursive call: of the function that computes value and tangent.

        Which of the arguments have tangents there, is settled when all calls are known.
        """
        result = op.result
        op.code = "calltangent"
        op.attrs["wanted"] = [v in self.active for v in op.args]
        op.attrs["count"] = self.count
        tangents: list[list[Value]] = []
        for _ in self.directions():
            tangents.append([self.full(v, b) for v in op.args])
        op.attrs["given"] = len(op.args)
        for row in tangents:
            op.args.extend(row)
        b.append(op)
        for _ in self.directions():
            tangent = op.define(self.name(result), adjoint_type(result))
            self.hold(result, tangent)
