"""Rules that users add: for functions without Python source, or better than theirs.

They are entered as the project's own are, and checked on samples first: what a rule
says must agree with central differences of the function itself.
"""

from __future__ import annotations

import inspect
import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.check import differences
from s2sad.check.structure import flatten, is_float
from s2sad.errors import RuleError
from s2sad.frontend.scope import library_path
from s2sad.rules import registry
from s2sad.rules.registry import Rule

Samples = Sequence[tuple[Any, ...]]
#: How far a rule may be from the differences, relative to the greatest entry.
TOLERANCE = 1e-5


def rule(
    function: Callable[..., Any],
    wrt: str,
    *,
    samples: Samples,
    result: str = "any",
    signature: str | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the reverse rule of a function in one parameter.

    The decorated function takes `g`, the derivative of the final number in the
    function's result, then those of `y` (the result) and of the function's parameters
    that it names; it returns the derivative in the parameter `wrt`, in the shape of
    that. Its body is read as any function's is, and written into the derivative.

    `samples` are tuples of arguments on which the rule is checked, now, against
    central differences; RuleError says where they differ. `result` is `scalar` or
    `array` where the result is sure to be that. `signature`, such as `"f(x, n=2)"`, is
    needed for a function that does not tell its own.

    >>> def cube(x): return x * x * x
    >>> @rule(cube, "x", samples=[(2.0,)])
    ... def cube_x(g, x):
    ...     return g * 3.0 * x * x
    """

    def enter(body: Callable[..., Any]) -> Callable[..., Any]:
        known = _entered(function, signature, result)
        if wrt not in known.parameters:
            raise RuleError(f"{known.name} has no parameter {wrt!r}")
        _check(function, known, wrt, body, samples)
        known.adjoints[wrt] = body
        _register(function, known)
        return body

    return enter


def elementwise(
    function: Callable[..., Any],
    *,
    samples: Samples,
    signature: str | None = None,
    **partials: str,
) -> None:
    """Declare an elementwise function by its partial derivatives times `g`.

    Each is an expression in `g`, the result `y` and the parameters; it may call
    functions of np, math and scipy. Broadcasting is undone for all of them.

    >>> def cube(x): return x * x * x
    >>> elementwise(cube, x="g * 3.0 * x * x", samples=[(2.0,), (np.arange(3.0),)])
    """
    known = _entered(function, signature, "elementwise")
    known.result = "elementwise"
    for name, partial in partials.items():
        if name not in known.parameters:
            raise RuleError(f"{known.name} has no parameter {name!r}")
        _check(function, known, name, partial, samples)
    known.partials.update(partials)
    _register(function, known)


def zero_derivative(
    function: Callable[..., Any], *, signature: str | None = None
) -> None:
    """Declare that a function's derivative is zero, wherever it has one.

    >>> def level(x): return int(x > 0.5)
    >>> zero_derivative(level)
    """
    _register(function, _entered(function, signature, "any"))


def non_differentiable(function: Callable[..., Any], reason: str) -> None:
    """Declare that a function is refused, and why: calls of it are errors.

    >>> def lookup(x): return x
    >>> non_differentiable(lookup, "it reads a table of a database")
    """
    name, _ = _place(function)
    registry.refuse(name, reason)
    registry.OWN[id(function)] = (function, name)
    registry.RULES.pop(name, None)


def _place(function: Callable[..., Any]) -> tuple[str, tuple[str, str] | None]:
    """The name that the function's rule has, and where a user's function is found."""
    public = library_path(function)
    if public is not None:
        return public, None
    module = getattr(function, "__module__", None)
    name = getattr(function, "__qualname__", None) or getattr(function, "__name__", "")
    if not module or not name:
        raise RuleError(
            f"{function!r} does not say what it is called",
            hint="give the rule to a function of a module",
        )
    return f"{module}.{name}", (str(module), str(name))


def _entered(function: Callable[..., Any], signature: str | None, result: str) -> Rule:
    """The rule of a function so far, or a new one."""
    name, home = _place(function)
    own = registry.OWN.get(id(function))
    if own is not None and name in registry.RULES:
        return registry.RULES[name]
    text = signature
    if text is None:
        try:
            found = inspect.signature(getattr(function, "py_func", function))
        except (TypeError, ValueError) as error:
            raise RuleError(
                f"{name} does not tell its parameters",
                hint='pass signature="f(x, n=2)"',
            ) from error
        plain = [
            p.replace(annotation=inspect.Parameter.empty)
            for p in found.parameters.values()
        ]
        if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in plain):
            raise RuleError(f"{name} has * or ** parameters")
        parameters = tuple(p.name for p in plain)
        defaults = {p.name: p.default for p in plain if p.default is not p.empty}
    else:
        _, parameters, defaults, _ = registry.read_signature(text)
    return Rule(name, parameters, defaults, result=result, home=home)


def _register(function: Callable[..., Any], known: Rule) -> None:
    if known.home is not None:
        module, path = known.home
        found: Any = sys.modules.get(module)
        for part in path.split("."):
            found = getattr(found, part, None)
        if "<locals>" not in path and found is not None and found is not function:
            raise RuleError(f"{known.name} is another function")
    registry.RULES[known.name] = known
    registry.REFUSALS.pop(known.name, None)
    registry.OWN[id(function)] = (function, known.name)


def _check(
    function: Callable[..., Any],
    known: Rule,
    wrt: str,
    template: str | Callable[..., Any],
    samples: Samples,
) -> None:
    """Compare a rule with central differences of its function."""
    if not samples:
        raise RuleError(f"a rule of {known.name} needs samples to be checked on")
    at = known.parameters.index(wrt)
    checked = False
    for args in samples:
        if at >= len(args) or not is_float(args[at]):
            continue
        checked = True
        y = function(*args)
        g = _weights(y)
        bound = {**known.defaults, **dict(zip(known.parameters, args, strict=False))}
        found = _evaluate(template, {"y": y, **bound, "g": g})
        if isinstance(template, str):
            found = runtime.unbroadcast(found, args[at])
        if np.shape(found) != np.shape(args[at]):
            raise RuleError(
                f"the rule of {known.name} in {wrt} gives the shape {np.shape(found)}"
                f" for {np.shape(args[at])}",
                hint="sum over the axes along which it was broadcast",
            )

        def number(*moved: Any, g: Any = g) -> Any:
            return np.sum(np.real(function(*moved)) * g)

        want, error = differences.gradient(number, args, at)
        got, true = flatten(found), flatten(want)
        scale = max(1.0, float(np.max(np.abs(true), initial=0.0)))
        if not np.all(np.abs(got - true) <= max(TOLERANCE * scale, 10.0 * error)):
            raise RuleError(
                f"the rule of {known.name} in {wrt} says {got}, differences say {true}",
                hint=f"at the sample {args!r}",
            )
    if not checked:
        raise RuleError(f"no sample has a float for the parameter {wrt}")


def _weights(y: Any) -> Any:
    """A cotangent for a result."""
    if isinstance(y, list | tuple):
        raise RuleError("a rule for a function with several results is not supported")
    if np.ndim(y) == 0:
        return 0.7
    return np.cos(1.0 + np.arange(np.size(y))).reshape(np.shape(y))


def _evaluate(template: str | Callable[..., Any], values: dict[str, Any]) -> Any:
    if not isinstance(template, str):
        wanted = inspect.signature(template).parameters
        return template(**{name: values[name] for name in wanted})
    names: dict[str, Any] = {n: getattr(runtime, n) for n in runtime.__all__}
    names |= {"np": np, "math": math}
    if "scipy" in template:
        import importlib

        names["scipy"] = importlib.import_module("scipy")
    return eval(template, names, values)
