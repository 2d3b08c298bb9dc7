"""Python's builtins."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from s2sad.ir.types import COMPLEX, INT, NUM, STR, Type
from s2sad.rules.arithmetic import pow_base, pow_exponent
from s2sad.rules.elementwise import absolute_along, absolute_slope
from s2sad.rules.registry import adjoint, constant, declare, elementwise, tangent
from s2sad.rules.results import Bound
from s2sad.runtime import spread, unbroadcast

elementwise("abs(x)", x=absolute_slope)
tangent("abs", "x")(absolute_along)
elementwise("pow(a, b)", a=pow_base, b=pow_exponent)
declare(
    "complex(real=0.0, imag=0.0)",
    lambda bound: COMPLEX,
    partials={"real": "g", "imag": "1j * g"},
)
declare("float(x=0.0)", "scalar", partials={"x": "g"})


for _kind in ("list", "tuple"):  # of a dict: its keys
    declare(f"{_kind}(iterable=())", lambda bound: Type("list"), flat=("iterable",))


for _copy in ("copy.copy", "copy.deepcopy"):

    @adjoint(f"{_copy}(x)", "x", lambda bound: bound["x"].type)
    def copied_(g):
        return g


@adjoint("sum(iterable, start=0)", "iterable", "any")
def sum_(g, iterable):
    return spread(g, iterable, 0)


@adjoint("sum", "start")
def sum_start(g, start):
    return unbroadcast(g, start)


def rounded(bound: Bound) -> Type:
    if bound["ndigits"].type.kind != "none":
        return bound["number"].type
    return INT if bound["number"].type.is_scalar else NUM


declare("round(number, ndigits=None)", rounded)
constant(
    "len(obj)", "int(x=0, base=10)", "hash(obj)", "id(obj)", "ord(c)", result="int"
)
constant(
    "bool(x=False)",
    "isinstance(obj, class_or_tuple)",
    "issubclass(cls, class_or_tuple)",
    "callable(obj)",
    "hasattr(obj, name)",
    result="bool",
)
declare("range(start, stop=None, step=1)", lambda bound: Type("range"))
for name in (
    "str(obj='')",
    "repr(obj)",
    "ascii(obj)",
    "chr(i)",
    "format(value, spec='')",
):
    declare(name, lambda bound: STR)
declare("type(obj)", "any")
declare("print(*args, sep=' ', end='\\n', file=None, flush=False)", "any", effect=True)
