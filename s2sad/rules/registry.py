"""What the compiler knows of library functions: their derivatives and their results.

A rule is declared once. For an elementwise function it is the partial derivative as
an expression in the arguments, the result `y` and a direction `g`: with the cotangent
of y for g it is reverse mode, with a tangent forward mode. For the rest it is a small
Python function from the cotangent `g`, the result `y` and the arguments to the
cotangent of one argument, read by our own frontend and inlined where it is used.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from s2sad.errors import KeywordError, UnsupportedError
from s2sad.ir.core import Const, Value
from s2sad.ir.infer import broadcast, is_complex, roots_of
from s2sad.ir.types import ANY, ARRAY, BOOL, COMPLEX, FLOAT, INT, NUM, Type

if TYPE_CHECKING:
    from s2sad.ir.core import Op

Adjoint = Callable[..., Any]
#: A rule: a function, or an expression.
T = TypeVar("T")
#: Tag, or function from the bound arguments to a type.
Result = str | Callable[[dict[str, Value]], Type]


@dataclass
class Rule:
    """The knowledge of one function.

    `partials` holds an expression, `adjoints` a function, for each differentiable
    parameter; a rule with neither has derivative zero everywhere. What `adjoints` are
    to reverse mode, `tangents` are to forward mode; a function that is linear is its
    own tangent. `effect` says that the call must stay for what it does: printing,
    drawing random numbers, raising. A function with several results has `parts`: its
    adjoints take a tuple `g`, with None for a part that nothing uses, and a tuple `y`.
    """

    name: str
    parameters: tuple[str, ...]
    defaults: dict[str, Any]
    variadic: bool = False
    result: Result = "any"
    partials: dict[str, str | Adjoint] = field(default_factory=dict)
    adjoints: dict[str, Any] = field(default_factory=dict)
    tangents: dict[str, Any] = field(default_factory=dict)
    linear: tuple[str, ...] = ()  # parameters that it is linear in, taken together
    multilinear: tuple[str, ...] = ()  # parameters that it is linear in, each alone
    listed: tuple[str, ...] = ()  # parameters that are lists of arrays
    alias: str | None = None  # the parameter whose memory the result may share
    effect: bool = False
    #: parameters that may vary and that the result does not vary with
    flat: tuple[str, ...] = ()
    #: parameters of which only some values are handled: all others are refused
    only: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    #: names of the results of a function that returns several
    parts: tuple[str, ...] = ()
    #: the module and the name of a user's function
    home: tuple[str, str] | None = None
    #: the function as a few others: a body to inline in the place of the call
    definition: Adjoint | None = None

    @property
    def differentiable(self) -> tuple[str, ...]:
        return (*self.partials, *self.adjoints)


RULES: dict[str, Rule] = {}
#: Functions that users gave rules to, by identity, and the names of those.
OWN: dict[int, tuple[Any, str]] = {}
#: Options of how a function computes, which say nothing of what.
HOW = frozenset({"check_finite", "lapack_driver", "driver", "lwork", "workers"})
#: Functions of complex numbers that are real.
REAL_VALUED = frozenset(
    f"numpy.{name}"
    for name in (
        *("absolute", "real", "imag", "angle", "isnan", "isfinite"),
        *("linalg.norm", "var", "std", "linalg.svdvals", "linalg.eigvalsh"),
    )
) | {"abs", "scipy.linalg.norm"}


def read_signature(text: str) -> tuple[str, tuple[str, ...], dict[str, Any], bool]:
    """Read `numpy.sum(a, axis=None)` as a name, parameters and defaults."""
    name, _, rest = text.partition("(")
    scope: dict[str, Any] = {}
    exec(f"def f({rest}: pass" if rest else "def f(*args): pass", scope)
    parameters = inspect.signature(scope["f"]).parameters.values()
    variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    names = tuple(p.name for p in parameters if p.kind is not p.VAR_POSITIONAL)
    defaults = {p.name: p.default for p in parameters if p.default is not p.empty}
    return name, names, defaults, variadic


def declare(signature: str, result: Result = "any", **options: Any) -> Rule:
    """Enter a rule under the name in its signature."""
    name, parameters, defaults, variadic = read_signature(signature)
    rule = Rule(name, parameters, defaults, variadic, result, **options)
    RULES[name] = rule
    return rule


def elementwise(
    signature: str, flat: tuple[str, ...] = (), **partials: str | Adjoint
) -> Rule:
    """An elementwise function by its partial derivatives times a direction g.

    It is flat in the parameters that `flat` names; one that has neither a partial nor
    a place there must not vary.

    >>> elementwise("example.cube(x)", x="g * (3.0 * x * x)").differentiable
    ('x',)
    """
    return declare(signature, "elementwise", partials=partials, flat=flat)


def constant(*signatures: str, result: Result = "any") -> None:
    """Functions whose derivative is zero, or whose result is no real number."""
    for signature in signatures:
        declare(signature, result)


def adjoint(
    signature: str, wrt: str, result: Result = "any", **options: Any
) -> Callable[[T], T]:
    """Declare the reverse rule of a function in one parameter.

    The decorated function takes `g`, then those of `y` and the parameters that it
    names, and returns the cotangent of `wrt`.
    """
    name = signature.partition("(")[0]

    def enter(function: T) -> T:
        rule = RULES.get(name)
        if rule is None or "(" in signature:
            previous = rule.adjoints if rule is not None else {}
            rule = declare(signature, result, **options)
            rule.adjoints.update(previous)
        rule.adjoints[wrt] = function
        return function

    return enter


def define(signature: str, **options: Any) -> Callable[[Adjoint], Adjoint]:
    """Declare a function to be what the decorated one computes with other functions.

    A call of it is that body, inlined; the derivative is then the body's. For what is
    a formula in NumPy itself, so that the numbers are the library's own.
    """

    def enter(function: Adjoint) -> Adjoint:
        declare(signature, definition=function, **options)
        return function

    return enter


def tangent(name: str, wrt: str, listed: bool = False) -> Callable[[T], T]:
    """Declare the forward rule of a function in one parameter.

    The decorated function takes `g`, the tangent of `wrt`, then those of `y` and the
    parameters that it names, and returns what `wrt` contributes to the tangent of y.
    It goes before the partial derivative, where the rule has that too. With `listed`,
    `wrt` is a list of arrays, and so is `g`; else a list of numbers becomes an array.
    """
    if listed:
        RULES[name].listed += (wrt,)

    def enter(function: T) -> T:
        RULES[name].tangents[wrt] = function
        return function

    return enter


#: Abbreviations of the rule language: functions that are written out in every rule.
SHORT: dict[str, Adjoint] = {}


def short(function: Adjoint) -> Adjoint:
    """Let rules call a function that is written out where they do."""
    SHORT[f"s2sad.runtime.{function.__name__}"] = function
    return function


#: Functions that are known and refused, and why.
REFUSALS: dict[str, str] = {}


def refuse(name: str, reason: str) -> None:
    """Say why a function has no rule."""
    REFUSALS[name] = reason


def linear(name: str, *parameters: str) -> None:
    """Declare a function linear: f(x + y, u + v) = f(x, u) + f(y, v)."""
    RULES[name].linear = parameters


def multilinear(name: str, *parameters: str, listed: bool = False) -> None:
    """Declare a function linear in each of some parameters, the others held.

    With `listed`, these are lists of arrays, and it is linear in each of the arrays.
    """
    RULES[name].multilinear = parameters
    if listed:
        RULES[name].listed += parameters


def find(op: Op) -> Rule | None:
    """The rule of a call, if there is one."""
    return lookup(op.attrs["fn"])


def has_parts(op: Op) -> bool:
    """Is it a call with several results?"""
    rule = find(op) if op.code == "call" else None
    return rule is not None and bool(rule.parts) and op.result.type.items is not None


def lookup(name: str) -> Rule | None:
    """The rule of a function by its canonical name; families load on first use."""
    from s2sad.rules import load

    load.families(name.partition(".")[0])
    return RULES.get(name)


def bind(op: Op, rule: Rule) -> dict[str, Value]:
    """Arguments of a call by the rule's parameter names, defaults as constants."""
    from s2sad.rules.results import literal

    keywords: tuple[str, ...] = op.attrs.get("kw", ())
    count = len(op.args) - len(keywords)
    positional, named = op.args[:count], op.args[count:]
    at = op.origin.location if op.origin else None
    if rule.variadic:
        bound = {f"*{i}": v for i, v in enumerate(positional)}
    elif count > len(rule.parameters):
        raise UnsupportedError(
            f"{rule.name} takes at most {len(rule.parameters)} arguments here", at=at
        )
    else:
        bound = dict(zip(rule.parameters, positional, strict=False))
    for name, value in zip(keywords, named, strict=True):
        if name in bound or name not in rule.parameters:
            raise KeywordError(
                f"the rule of {rule.name} does not handle the keyword {name}=",
                at=at,
                hint=f"it knows {', '.join(rule.parameters)}",
            )
        bound[name] = value
    for name, allowed in rule.only.items():
        given: Any = bound.get(name, rule.defaults.get(name))
        known = literal(given) if isinstance(given, Value) else given
        if not any(_is(known, a) for a in allowed):
            raise KeywordError(
                f"the rule of {rule.name} does not handle this {name}=",
                at=at,
                hint=f"it handles {', '.join(map(repr, allowed))}",
            )
    for name, default in rule.defaults.items():
        if name not in bound:
            bound[name] = Const(default)
    for name in rule.parameters:
        if name not in bound:
            raise UnsupportedError(f"{rule.name} needs the argument {name}", at=at)
    return bound


def _is(value: Any, allowed: Any) -> bool:
    """Is it this value, or a value of this type?"""
    if isinstance(allowed, type):
        return type(value) is allowed
    return value is allowed or (type(value) is type(allowed) and value == allowed)


def library_result(op: Op) -> Type:
    """The type of a library call's result."""
    if op.attrs["fn"] == "s2sad.runtime.spread" and len(op.args) == 2:
        kind = _like(op.args[1])
        return ARRAY if kind.kind in ("list", "tuple") else kind
    rule = find(op)
    if rule is None:
        return ANY
    simple = {
        "scalar": FLOAT,
        "int": INT,
        "bool": BOOL,
        "num": NUM,
        "array": ARRAY,
        "any": ANY,
    }
    if isinstance(rule.result, str) and rule.result in simple:
        return simple[rule.result]
    try:
        bound = bind(op, rule)
    except (KeywordError, UnsupportedError):
        return ANY  # the refusal comes where a derivative is asked for
    if callable(rule.result):
        made = rule.result(bound)
        if rule.name in REAL_VALUED and made.dtype == "complex":
            return replace(made, dtype="float")
        return FLOAT if rule.name in REAL_VALUED and made == COMPLEX else made
    if rule.result == "elementwise":
        values = [bound[p] for p in rule.parameters if p not in rule.defaults]
        found = broadcast(values)
        if any(is_complex(v) for v in values) and rule.name not in REAL_VALUED:
            return replace(COMPLEX if found.is_scalar else found, dtype="complex")
        return found
    if rule.result == "reduce":
        whole = all(
            isinstance(bound.get(k), Const | None)
            and not getattr(bound.get(k), "value", None)
            for k in ("axis", "keepdims")
        ) and _is_none(bound.get("axis"))
        return FLOAT if whole else ANY
    if rule.result == "like":
        return _like(bound[rule.parameters[0]])
    raise AssertionError(rule.result)


def _like(value: Value) -> Type:
    kind = value.type
    if kind.is_scalar or kind.kind not in ("array", "any"):
        return Type("list") if kind.kind == "tuple" else kind
    return Type(kind.kind, kind.ndim, roots_of(value), kind.dtype)


def _is_none(value: Value | None) -> bool:
    return value is None or (isinstance(value, Const) and value.value is None)
