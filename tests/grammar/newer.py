"""Syntax of Python 3.12: type parameters and aliases."""

from collections.abc import Callable

from grammar.registry import refused, right


@right("TypeVar", "def largest[T] ...", 0.7, 1.2)
def type_variable(x, y):
    def largest[T](items: list[T]) -> T:
        return max(items)

    return largest([x * x, y * y])


@right("ParamSpec", "def applied[**P] ...", 0.7)
def parameter_specification(x):
    def applied[**P](g: Callable[P, float], *args: P.args) -> float:
        return g(*args)

    return applied(lambda y: y * y, x)


@right("TypeVarTuple", "def total[*Ts] ...", 0.7, 1.2)
def type_variable_tuple(x, y):
    def total[*Ts](items: tuple[*Ts]) -> float:
        return sum(items)

    return total((x * x, y * y))


@refused(
    "TypeAlias",
    "type Vector = list[float]",
    "S201",
    "the alias outside of the function",
    0.7,
)
def type_alias(x):
    type Vector = list[float]
    items: Vector = [x, 2.0 * x]
    return items[0] * items[1]
