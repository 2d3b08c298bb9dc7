"""Derivatives held against what does not come from us: `check_grads`.

First order: the gradient of a random combination of the results, backwards and
forwards, against the complex step where it applies, else central differences with their
own estimate of their error; and <c, J v> = <J' c, v>. Second order: H v against
differences of gradients, and <u, H v> = <v, H u>.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from s2sad.check import complexstep, differences, dual
from s2sad.check.structure import (
    NotCovered,
    as_float,
    children,
    flatten,
    map_leaves,
    unflatten,
    widen,
)

Function = Callable[..., Any]
#: The doubt that a reference leaves, as a share of the largest entry.
EXACT, ESTIMATED, SINGLE = 1e-8, 1e-6, 2e-3
STEP = 1e-4


@dataclass(frozen=True)
class Finding:
    """One comparison: what was computed, what it should be, how sure that is."""

    what: str  # "reverse", "forward", "<c, J v> = <J' c, v>", ...
    order: int
    argument: str
    element: str  # the worst one
    got: float
    want: float
    bound: float  # the greatest error that is still right
    method: str  # where `want` comes from, and how sure that is

    @property
    def error(self) -> float:
        return abs(self.got - self.want)

    @property
    def ok(self) -> bool:
        return bool(self.error <= self.bound)

    def __str__(self) -> str:
        verdict = "ok" if self.ok else "WRONG"
        place = f"{self.argument}{self.element}"
        return (
            f"{verdict:5}  order {self.order}  {self.what:22} {place:12}"
            f" {self.got:.12g} against {self.want:.12g}: off by {self.error:.1e},"
            f" {self.bound:.1e} allowed ({self.method})"
        )


@dataclass
class Report:
    """Every comparison, and what could not be compared."""

    name: str
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return all(f.ok for f in self.findings)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        wrong = sum(not f.ok for f in self.findings)
        verdict = f"{wrong} WRONG" if wrong else "all right"
        head = f"{self.name}: {len(self.findings)} comparisons, {verdict}"
        return "\n".join([head, *map(str, self.findings), *self.notes])


def check_grads(
    f: Function,
    args: Sequence[Any],
    order: int = 2,
    modes: Sequence[str] = ("forward", "reverse"),
    *,
    seed: int = 0,
    raises: bool = True,
) -> Report:
    """Hold the derivatives of f at `args` against the function itself.

    Every argument that holds floats is checked, up to `order` 1 or 2, in the `modes`
    given. The report names the argument, the worst element, its error, the greatest
    error allowed and how sure the reference is. Raises AssertionError with the report
    if anything is wrong, unless told not to; S2sadError for what is refused.

    >>> def area(w, h): return w * h
    >>> check_grads(area, (3.0, 4.0)).ok
    True
    """
    if order not in (1, 2):
        raise ValueError(f"order={order}: 1 or 2")
    if not modes or set(modes) - {"forward", "reverse"}:
        raise ValueError(f"modes={modes!r}: forward, reverse or both")
    found = _Check(f, tuple(args), list(modes), seed)
    found.first()
    if order == 2:
        found.second()
    if raises and not found.report.ok:
        raise AssertionError(str(found.report))
    return found.report


class _Check:
    def __init__(
        self, f: Function, args: tuple[Any, ...], modes: list[str], seed: int
    ) -> None:
        from s2sad.products import differentiated
        from s2sad.signature import names_of

        self.f = f
        self.args = args
        self.modes = modes
        self.rng = np.random.default_rng(seed)
        self.names = names_of(f, len(args))
        self.places = differentiated(args)
        self.report = Report(getattr(f, "__name__", repr(f)))
        self.changed: list[int] | None = None
        self.value = self.call(args)
        self.scalar = children(self.value) is None and np.size(self.value) == 1
        self.weights = self.like(self.value)
        if self.scalar:
            self.weights = map_leaves(self.value, np.ones_like, lambda leaf: leaf)

    def call(self, args: Sequence[Any]) -> Any:
        """The value of f; what it changes in place, if it returns nothing."""
        mine = copy.deepcopy(list(args))
        value = self.f(*mine)
        if value is not None:
            return value
        if self.changed is None:
            self.changed = [
                k
                for k, (new, old) in enumerate(zip(mine, args, strict=True))
                if np.any(flatten(as_float(new)) != flatten(as_float(old)))
            ]
        outputs = tuple(mine[k] for k in self.changed)
        return outputs[0] if len(outputs) == 1 else outputs

    def like(self, value: Any) -> Any:
        """Random numbers of order one in the structure of a value."""

        def leaf(x: Any) -> Any:
            numbers = self.rng.uniform(0.5, 1.5, np.shape(x))
            if isinstance(x, np.ndarray):
                return numbers.astype(x.dtype)
            return type(x)(numbers)

        return map_leaves(as_float(value), leaf, lambda other: other)

    def combined(self, *args: Any) -> float:
        """The results weighed and added: a function of one result."""
        return float(flatten(as_float(self.call(args))) @ flatten(self.weights))

    def reference(self, args: Sequence[Any], k: int) -> tuple[Any, float, str]:
        """The gradient in one argument, a bound on its error, and where it is from."""
        if self.scalar:
            for oracle in (complexstep, dual):
                try:
                    found = flatten(oracle.gradient(self.f, args, k))
                except NotCovered:
                    continue
                except Exception:
                    continue
                name = oracle.__name__.rpartition(".")[2]
                name = {"complexstep": "complex step", "dual": "dual numbers"}[name]
                return found, 0.0, f"{name}: exact to rounding"
        estimate = differences.gradient(self.combined, args, k)
        doubt = f"differences: sure to {estimate.error:.0e}"
        return flatten(estimate.gradient), estimate.error, doubt

    def allowed(self, k: int, scale: float, error: float, method: str) -> float:
        """The greatest error that is still right."""
        narrow = any(
            np.asarray(leaf).dtype.itemsize < 8
            for a in (self.args[k], self.value)
            for leaf in _float_leaves(as_float(a))
        )
        exact = method.endswith("rounding")
        share = SINGLE if narrow else EXACT if exact else ESTIMATED
        return max(share * max(1.0, scale), 20.0 * error)

    def worst(
        self, what: str, order: int, k: int, got: Any, want: Any, error: float, how: str
    ) -> None:
        """Note the element that is furthest off."""
        argument = self.names[k]
        if got.shape != want.shape:
            self.report.notes.append(
                f"WRONG  {what} {argument}: {got.size} numbers, not {want.size}"
            )
            got = np.full(want.shape, np.nan)
        if not want.size:
            return
        off = np.abs(got - want)
        j = int(np.argmax(np.where(np.isnan(off), np.inf, off)))
        scale = float(np.max(np.abs(want)))
        bound = self.allowed(k, scale, error, how)
        element = _element(self.args[k], j)
        pair = (float(got[j]), float(want[j]))
        finding = Finding(what, order, argument, element, *pair, bound, how)
        self.report.findings.append(finding)

    def first(self) -> None:
        from s2sad import jvp, vjp

        backwards: Any = None
        if "reverse" in self.modes:
            _, pullback = vjp(self.f, *copy.deepcopy(list(self.args)))
            backwards = pullback(self.weights)
        for k in self.places:
            want, error, how = self.reference(self.args, k)
            v = self.like(self.args[k])
            size = float(np.abs(want) @ np.abs(flatten(v)))
            along = np.nan
            if backwards is not None:
                got = flatten(as_float(backwards[k]))
                self.worst("reverse", 1, k, got, want, error, how)
            if "forward" in self.modes:
                tangents = [v if j == k else None for j in range(len(self.args))]
                _, tangent = jvp(self.f, self.args, tangents)
                along = float(flatten(as_float(tangent)) @ flatten(self.weights))
                straight = float(want @ flatten(v))
                total = error * float(np.sum(np.abs(flatten(v))))
                bound = self.allowed(k, size, total, how)
                self.note("forward", 1, k, along, straight, bound, how)
            if backwards is not None and "forward" in self.modes:
                back = float(flatten(as_float(backwards[k])) @ flatten(v))
                exact = "rounding"
                bound = 1e-2 * self.allowed(k, size, 0.0, exact)
                self.note("<c, J v> = <J' c, v>", 1, k, along, back, bound, "identity")

    def note(
        self,
        what: str,
        order: int,
        k: int,
        got: float,
        want: float,
        bound: float,
        how: str,
    ) -> None:
        self.report.findings.append(
            Finding(what, order, self.names[k], "", got, want, bound, how)
        )

    def second(self) -> None:
        from s2sad import grad, jvp

        if not self.scalar:
            self.report.notes.append("order 2: only if the result is one number")
            return
        for k in self.places:
            gradient = grad(self.f, wrt=k)
            v, u = self.like(self.args[k]), self.like(self.args[k])
            products = []
            for w in (v, u):
                tangents = [w if j == k else None for j in range(len(self.args))]
                found = jvp(gradient, self.args, tangents)[1]
                products.append(flatten(as_float(found)))
            want, error, how = self.curvature(k, flatten(v))
            self.worst("H v", 2, k, products[0], want, error, how)
            left = float(flatten(u) @ products[0])
            right = float(flatten(v) @ products[1])
            size = float(np.abs(flatten(u)) @ np.abs(products[0]))
            bound = self.allowed(k, size, 0.0, "rounding")
            self.note("<u, H v> = <v, H u>", 2, k, left, right, bound, "identity")

    def curvature(self, k: int, v: Any) -> tuple[Any, float, str]:
        """H v by differences of gradients, at two steps that tell their error."""
        wide = [widen(a) for a in self.args]
        wide[k] = widen(as_float(self.args[k]))
        point = flatten(wide[k])
        method = ""

        def slope(h: float) -> Any:
            nonlocal method
            ends = []
            for step in (h, -h):
                moved = copy.deepcopy(wide)
                moved[k] = unflatten(wide[k], point + step * v)
                found, _, method = self.reference(moved, k)
                ends.append(found)
            return (ends[0] - ends[1]) / (2.0 * h)

        far, near = slope(STEP), slope(0.5 * STEP)
        best = (4.0 * near - far) / 3.0
        error = float(np.max(np.abs(near - far), initial=0.0))
        source = method.partition(":")[0]
        return best, error, f"differences of {source} gradients: sure to {error:.0e}"


def _float_leaves(tree: Any) -> list[Any]:
    found: list[Any] = []
    map_leaves(tree, found.append, lambda leaf: leaf)
    return found


def _element(argument: Any, j: int) -> str:
    """The place of the j-th number of an argument, as an index."""
    if isinstance(argument, np.ndarray) and argument.ndim:
        place = np.unravel_index(j, argument.shape)
        return f"[{', '.join(str(int(p)) for p in place)}]"
    parts = children(argument)
    if parts is None:
        return ""
    keys = list(argument) if isinstance(argument, dict) else list(range(len(parts)))
    if not isinstance(argument, dict | list | tuple):
        keys = list(vars(argument))
    for key, part in zip(keys, parts, strict=True):
        size = flatten(part).size
        if j < size:
            return f"[{key!r}]{_element(part, j)}"
        j -= size
    return ""
