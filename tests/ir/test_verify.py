"""Every stage of every corpus program is well formed; what is not is found out."""

from __future__ import annotations

import pytest
from corpus.registry import checks

from s2sad import pipeline
from s2sad.errors import InternalError, S2sadError
from s2sad.frontend.lower import lower
from s2sad.frontend.source import from_function
from s2sad.ir.core import Block, Const, Function, Op, Param, Undef, Value, walk
from s2sad.ir.verify import verify
from s2sad.optimize.passes import LATE

STAGES = ("lower", "infer", "infer_scalar_result", "settle", "remove_dead")


def watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pipeline verify what every stage leaves behind."""

    def watched(stage):
        def run(*args):
            result = stage(*args)
            verify(result if isinstance(result, Function) else args[0])
            return result

        return run

    def record(function, sweep, forward):
        verify(function, forward_values=True)
        recorder(function, sweep, forward)
        verify(function)

    def optimize(function):
        for step in LATE:
            step(function)
            verify(function)

    def emit(function, forward, home, halves=()):
        for each in (*halves, function):
            verify(each)
        return emitter(function, forward, home, halves)

    recorder, emitter = pipeline.record, pipeline.emit
    for name in STAGES:
        monkeypatch.setattr(pipeline, name, watched(getattr(pipeline, name)))
    monkeypatch.setattr(pipeline, "emit", emit)
    monkeypatch.setattr(pipeline, "record", record)
    monkeypatch.setattr(pipeline, "optimize", optimize)


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.id)
def test_every_stage(check, monkeypatch):
    watch(monkeypatch)
    source = from_function(check.case.f)
    try:
        pipeline.derive(source, wrt=check.argnum, with_value=True)
    except InternalError:
        raise
    except S2sadError as refusal:
        pytest.skip(f"{refusal.code} {refusal.message}")


# -- broken by hand ------------------------------------------------------------------


def program(x, n):
    total = 0.0
    for i in range(n):
        total = total + x * i
        if total > 3.0:
            break
    k = 0
    while k < n:
        k = k + 1
    y = total - x
    if total > 1.0:
        y = total * k
    return y


@pytest.fixture
def function() -> Function:
    found = lower(from_function(program))
    verify(found)
    return found


def first(function: Function, code: str) -> Op:
    return next(op for op in walk(function.body) if op.code == code)


def refused(function: Function, message: str, **options: bool) -> None:
    with pytest.raises(InternalError, match=message):
        verify(function, **options)


def test_defined_twice(function):
    op = first(function, "range")
    op.results.append(op.result)
    op.code = "unpack"
    refused(function, "defined twice")


def test_used_before_it_is_defined(function):
    ops = function.body.ops
    ops.insert(0, ops.pop(ops.index(first(function, "while"))))
    ops.reverse()
    refused(function, "used before it is defined")


def test_used_outside_of_its_block(function):
    inner = first(function, "for").blocks[0].ops[0].result
    function.body.results = [inner]
    refused(function, "used outside of the block")
    verify(function, forward_values=True)


def test_forward_values_must_come_before(function):
    ops = function.body.ops
    ops.append(ops.pop(0))
    refused(function, "used before it is defined", forward_values=True)


def test_removed_definition(function):
    function.body.ops.remove(first(function, "range"))
    refused(function, "defined by what has been removed")


def test_defined_nowhere(function):
    function.body.results = [Value("ghost")]
    refused(function, "%ghost is defined nowhere")


def test_value_of_another_function(function):
    other = lower(from_function(program))
    function.body.results = other.body.results
    refused(function, "belongs to another function")


def test_undefined_is_not_used(function):
    first(function, "range").args[0] = Undef()
    refused(function, "<range .* an undefined value is used")


def test_undefined_is_yielded_and_starts_loops(function):
    loop = first(function, "for")
    loop.args[1] = Undef()
    first(function, "if").blocks[0].results[0] = Undef()
    verify(function)


def test_condition_is_not_undefined(function):
    first(function, "if").args[0] = Undef()
    refused(function, "an undefined value is used")


def test_branches_yield_what_the_if_defines(function):
    function.body.ops[-1].blocks[0].results.append(Const(1))
    refused(function, "<if .* 2 values yielded, not 1")


def test_branches_have_no_parameters(function):
    first(function, "if").blocks[1].param("p")
    refused(function, "1 parameters of a branch, not 0")


def test_one_condition(function):
    first(function, "if").args.append(Const(True))
    refused(function, "2 operands, not 1")


@pytest.mark.parametrize("code", ["for", "while"])
def test_loop_starts(function, code):
    first(function, code).args.append(Const(1))
    refused(function, f"<{code} .* operands, not")


@pytest.mark.parametrize("code", ["for", "while"])
def test_loop_parameters(function, code):
    first(function, code).blocks[-1].param("p")
    refused(function, f"<{code} .* parameters of the body, not")


@pytest.mark.parametrize("code", ["for", "while"])
def test_loop_yields(function, code):
    first(function, code).blocks[-1].results.append(Const(1))
    refused(function, f"<{code} .* values yielded, not")


def test_loop_that_stops_yields_one_more(function):
    del first(function, "for").attrs["stop"]
    refused(function, "<for .* values yielded, not")


def test_loop_test(function):
    test = first(function, "while").blocks[0]
    test.results = []
    refused(function, "0 results of the test, not 1")
    test.results = [Const(True)]
    test.params.pop()
    refused(function, "0 parameters of the test, not 1")


def test_number_of_blocks(function):
    first(function, "if").blocks.pop()
    refused(function, "<if .* has 1 blocks")


def test_only_regions_have_blocks(function):
    op = first(function, "range")
    op.blocks.append(Block())
    refused(function, "<range .* has 1 blocks")


def test_one_result(function):
    first(function, "range").results.clear()
    refused(function, "<range .* 0 results, not 1")


def test_effect_without_result(function):
    first(function, "range").code = "push"
    refused(function, "<push .* 1 results, not 0")


def test_operation_knows_its_block(function):
    first(function, "range").block = first(function, "for").blocks[0]
    refused(function, "<range .* says that it is in another block")


def test_operation_stands_once(function):
    ops = function.body.ops
    ops.append(ops[0])
    refused(function, "stands in two places")


def test_block_stands_once(function):
    op = first(function, "while")
    op.blocks[0] = op.blocks[1]
    refused(function, "parameters|stands in two places|results of the test")


def test_block_knows_its_owner(function):
    first(function, "for").blocks[0].owner = None
    refused(function, "<for .* a block has another owner")


def test_body_has_no_owner(function):
    function.body.owner = first(function, "for")
    refused(function, "body belongs to an operation")


def test_result_knows_its_operation(function):
    op = first(function, "range")
    op.result.op = first(function, "for")
    refused(function, "result .* is of another operation")


def test_parameter_knows_its_block(function):
    function.body.params[0].block = Block()
    refused(function, "parameter %x is of another block")


def test_parameters_are_those_of_the_body(function):
    function.params.append(Param("z", Value("z")))
    refused(function, "parameters and the body's do not match")


def test_the_place_is_told(function):
    first(function, "if").args.append(Const(True))
    with pytest.raises(InternalError) as caught:
        verify(function)
    assert "program" in caught.value.message
    assert caught.value.lineno is not None


def test_deep_straight_line_code():
    body = Block()
    value = body.param("x")
    function = Function("f", [Param("x", value)], body)
    for _ in range(20_000):
        op = Op("neg", [value])
        op.block = body
        body.ops.append(op)
        value = op.define()
    body.results = [value]
    verify(function)
