"""Programs that must have the same gradient, and what else must agree.

Each relation takes a program that the oracles found right and returns what it finds
broken. A changed program counts only if it computes the same numbers.
"""

from __future__ import annotations

import ast
import copy
import types
from collections.abc import Callable
from typing import Any

import numpy as np
from corpus.judge_forward import judge_jvp
from corpus.judge_vjp import judge_vjp
from oracle import assert_same_bits

import s2sad
from fuzz.outcome import (
    SECONDS,
    Outcome,
    check_of,
    judge_module,
    limit,
    loaded,
    quiet,
)
from s2sad.check.structure import as_float, flatten, map_leaves, unflatten
from s2sad.errors import InternalError, KindError, S2sadError
from s2sad.frontend.lower import lower
from s2sad.frontend.source import from_function
from s2sad.ir.interpret import interpret

Relation = Callable[[types.ModuleType, str], None]
RELATIONS: dict[str, Relation] = {}
RTOL = 1e-9


def relation(f: Relation) -> Relation:
    RELATIONS[f.__name__] = f
    return f


def broken(text: str, name: str, judged: bool = True) -> Outcome | None:
    """What is wrong with a program by one relation; None if nothing is.

    A refusal of a changed program is none, unless it comes from inside.
    """
    with quiet(), limit(SECONDS):
        try:
            with loaded(text) as module:
                if not judged and judge_module(module).kind != "right":
                    return None
                RELATIONS[name](module, text)
        except (InternalError, AssertionError) as failure:
            lines = str(failure).strip().splitlines()
            first = " | ".join(line for line in lines[:5] if line)[:300]
            return Outcome("RELATION", name, first)
        except S2sadError:
            return None
        except Exception as failure:
            kind = type(failure).__name__
            return Outcome("RELATION", name, f"{kind}: {str(failure)[:200]}")
    return None


def gradient(module: types.ModuleType, **options: Any) -> Any:
    args = copy.deepcopy(module.ARGS)
    return s2sad.grad(module.f, wrt=module.WRT, **options)(*args)


def same_as_changed(module: types.ModuleType, tree: ast.Module, factor: float = 1.0):
    """The changed program, if it computes the same, has the same gradient."""
    text = ast.unparse(ast.fix_missing_locations(tree))
    with loaded(text) as other:
        if not same_values(module, other, factor):
            return
        expected, found = gradient(module), gradient(other)
        expected = map_leaves(expected, lambda leaf: leaf * factor, lambda leaf: leaf)
        close(found, expected)


def same_values(one: types.ModuleType, other: types.ModuleType, factor: float) -> bool:
    point = flatten(as_float(one.ARGS[one.WRT]))
    rng = np.random.default_rng(2)
    for scale in (0.0, 1e-3, 1e-3):
        moved = point + scale * rng.uniform(-1.0, 1.0, point.shape)
        results = []
        for module in (one, other):
            args = list(copy.deepcopy(module.ARGS))
            args[one.WRT] = unflatten(as_float(args[one.WRT]), moved)
            try:
                results.append(np.asarray(module.f(*args)).reshape(-1)[0])
            except Exception:
                return False
        if not np.allclose(results[0] * factor, results[1], rtol=1e-12, atol=1e-13):
            return False
    return True


def close(found: Any, expected: Any) -> None:
    """As assert_close, between objects of one class from two modules too."""
    a, e = flatten(found), flatten(expected)
    largest = float(np.max(np.abs(e), initial=1e-3))
    assert a.shape == e.shape, f"{a.shape} entries for {e.shape}"
    np.testing.assert_allclose(a, e, rtol=RTOL, atol=RTOL * largest)


def main_of(tree: ast.Module) -> ast.FunctionDef:
    return next(
        n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "f"
    )


# -- the same program, asked otherwise ----------------------------------------------


@relation
def like_examples(module: types.ModuleType, text: str) -> None:
    """Written for its arguments, the gradient is the general one."""
    close(gradient(module, like=module.ARGS), gradient(module))


@relation
def parsed_again(module: types.ModuleType, text: str) -> None:
    """The emitted text, parsed and printed anew, computes the same bits."""
    derivative = s2sad.grad(module.f, wrt=module.WRT)
    if not hasattr(derivative, "__source__"):
        return  # written at the call, when the argument's class is known
    source = ast.unparse(ast.parse(derivative.__source__))
    scope = dict(vars(module))
    exec(compile(source, "<again>", "exec"), scope)
    again = scope[ast.parse(source).body[-1].name]
    args = module.ARGS
    assert_same_bits(
        again(*copy.deepcopy(args)), derivative(*copy.deepcopy(args)), "gradient"
    )


@relation
def value_too(module: types.ModuleType, text: str) -> None:
    """value_and_grad gives the value and the same gradient."""
    both = s2sad.value_and_grad(module.f, wrt=module.WRT)
    value, found = both(*copy.deepcopy(module.ARGS))
    expected = module.f(*copy.deepcopy(module.ARGS))
    np.testing.assert_allclose(
        np.reshape(value, -1), np.reshape(expected, -1), rtol=1e-13
    )
    close(found, gradient(module))


@relation
def forward_mode(module: types.ModuleType, text: str) -> None:
    """The tangent along v is the gradient by the oracle times v."""
    verdict = judge_jvp(check_of(module))
    assert verdict.kind in ("right", "refused"), f"{verdict.kind} {verdict.detail}"


@relation
def products(module: types.ModuleType, text: str) -> None:
    """The pair of a forward and a reverse function agrees with the oracle."""
    verdict = judge_vjp(check_of(module))
    assert verdict.kind in ("right", "refused"), f"{verdict.kind} {verdict.detail}"


@relation
def interpreted(module: types.ModuleType, text: str) -> None:
    """Three-address code computes what Python computes, and changes what it does.

    But objects: their attributes are variables there.
    """
    function = lower(from_function(module.f))
    mine, theirs = copy.deepcopy(module.ARGS), copy.deepcopy(module.ARGS)
    expected = module.f(*theirs)
    try:
        found = interpret(function, *mine)
    except KindError:
        return
    np.testing.assert_array_equal(found, expected)
    for k, (a, b) in enumerate(zip(mine, theirs, strict=True)):
        if not hasattr(a, "__dict__"):
            assert_same_bits(a, b, f"argument {k}")


@relation
def larger_seed(module: types.ModuleType, text: str) -> None:
    """A gradient is linear in its seed."""
    derivative = s2sad.grad(module.f, wrt=module.WRT)
    if not getattr(derivative, "__kwdefaults__", None):
        return  # written at the call, when the argument's class is known
    seed = list(derivative.__kwdefaults__)[-1]
    one = derivative(*copy.deepcopy(module.ARGS))
    three = derivative(*copy.deepcopy(module.ARGS), **{seed: -3.0})
    close(flatten(three), -3.0 * flatten(one))


# -- changed programs ----------------------------------------------------------------


@relation
def scaled_in_a_wrapper(module: types.ModuleType, text: str) -> None:
    """grad(c * f) = c grad(f), with f a helper."""
    tree = ast.parse(text)
    f = main_of(tree)
    f.name = "inner_f"
    call = f"inner_f({', '.join(a.arg for a in f.args.args)})"
    wrapper = ast.parse(f"def f({ast.unparse(f.args)}):\n    return 2.5 * {call}")
    tree.body.insert(tree.body.index(f) + 1, wrapper.body[0])
    same_as_changed(module, tree, 2.5)


@relation
def renamed(module: types.ModuleType, text: str) -> None:
    """Other names of variables."""
    tree = ast.parse(text)
    f = main_of(tree)
    bound = {n.id for n in ast.walk(f) if isinstance(n, ast.Name)}
    loads = {n.id for n in ast.walk(f) if isinstance(n, ast.Name)
             and isinstance(n.ctx, ast.Store)}  # fmt: skip
    bound &= loads | {a.arg for n in ast.walk(f) if isinstance(n, ast.arguments)
                      for a in n.args}  # fmt: skip
    new = {old: f"by_{old}_x"[::-1] for old in sorted(bound)}
    for node in ast.walk(f):
        if isinstance(node, ast.Name):
            node.id = new.get(node.id, node.id)
        elif isinstance(node, ast.arg):
            node.arg = new.get(node.arg, node.arg)
        elif isinstance(node, ast.Nonlocal):
            node.names = [new.get(n, n) for n in node.names]
    same_as_changed(module, tree)


@relation
def spelled_out(module: types.ModuleType, text: str) -> None:
    """`x[i] += e` as `x[i] = x[i] + e`, `x += e` of numbers as `x = x + e`."""
    tree = Spelled().visit(ast.parse(text))
    same_as_changed(module, tree)


class Spelled(ast.NodeTransformer):
    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        value: Any = ast.parse(ast.unparse(node.target), mode="eval").body
        return ast.Assign([node.target], ast.BinOp(value, node.op, node.value))


@relation
def while_for(module: types.ModuleType, text: str) -> None:
    """`for i in range(n)` as a while loop."""
    same_as_changed(module, Whiles().visit(ast.parse(text)))


def counted(node: ast.For) -> bool:
    call = node.iter
    return (
        isinstance(call, ast.Call)
        and ast.unparse(call.func) == "range"
        and len(call.args) == 1
        and isinstance(node.target, ast.Name)
    )


class Whiles(ast.NodeTransformer):
    count = 0

    def visit_For(self, node: ast.For) -> Any:
        self.generic_visit(node)
        if not counted(node):
            return node
        self.count += 1
        k, n = f"count_{self.count}", f"end_{self.count}"
        assert isinstance(node.iter, ast.Call)
        stop = ast.unparse(node.iter.args[0])
        target = ast.unparse(node.target)
        made = ast.parse(
            f"{k} = 0\n{n} = {stop}\nwhile {k} < {n}:\n    {target} = {k}\n    {k} += 1"
        ).body
        loop = made[-1]
        assert isinstance(loop, ast.While)
        loop.body += node.body
        loop.orelse = node.orelse
        return made


@relation
def unrolled(module: types.ModuleType, text: str) -> None:
    """A loop of a constant count, without exits, statement by statement."""
    same_as_changed(module, Unrolled().visit(ast.parse(text)))


class Unrolled(ast.NodeTransformer):
    def visit_For(self, node: ast.For) -> Any:
        self.generic_visit(node)
        if not counted(node):
            return node
        assert isinstance(node.iter, ast.Call)
        stop = node.iter.args[0]
        leaves = (ast.Break, ast.Continue)
        if not isinstance(stop, ast.Constant) or any(
            isinstance(n, leaves) for n in ast.walk(node)
        ):
            return node
        made: list[ast.stmt] = []
        for k in range(int(str(stop.value))):
            made += ast.parse(f"{ast.unparse(node.target)} = {k}").body
            made += copy.deepcopy(node.body)
        return [*made, *node.orelse] or ast.Pass()


@relation
def with_dead_code(module: types.ModuleType, text: str) -> None:
    """Statements that compute nothing that is used."""
    tree = ast.parse(text)
    f = main_of(tree)
    first = f.args.args[module.WRT].arg
    value = module.ARGS[module.WRT]
    if isinstance(value, float | np.ndarray):
        lines = f"unused_a = {first} * 2.0\nunused_b = np.sin(unused_a)\nunused_a = 0.0"
        f.body[0:0] = ast.parse(lines).body
    f.body[0:0] = ast.parse("unused_c = [1.0]\nunused_c.append(2.0)").body
    same_as_changed(module, tree)
