"""The examples of docs/rules.md are the file that runs here."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from types import ModuleType

import pytest
from blocks import ROOT, check_block, fenced
from oracle import assert_close, reference_gradient

import s2sad
from s2sad.rules import load, registry

PAGE = ROOT / "docs" / "rules.md"
EXAMPLE = ROOT / "docs" / "examples" / "rules.py"


@pytest.fixture
def example() -> Iterator[ModuleType]:
    load.everything()
    before = dict(registry.RULES), dict(registry.OWN)
    spec = importlib.util.spec_from_file_location("rules_example", EXAMPLE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    for now, then in zip((registry.RULES, registry.OWN), before, strict=True):
        now.clear()
        now.update(then)  # type: ignore[attr-defined]


def test_page_shows_the_file() -> None:
    code = EXAMPLE.read_text(encoding="utf-8").partition("import s2sad\n")[2]
    check_block(PAGE, "rules:example", fenced(code, "python"))


def test_page_shows_the_derivative(example: ModuleType) -> None:
    text = s2sad.source(example.distance, wrt=("mean", "e"))
    check_block(PAGE, "rules:text", fenced(text, "python"))


def test_they_are_right(example: ModuleType) -> None:
    for argnum in (0, 1):
        found = s2sad.grad(example.distance, wrt=argnum)(1.3, 0.4)
        assert_close(found, reference_gradient(example.distance, (1.3, 0.4), argnum))
    found = s2sad.grad(example.sound_pressure)(0.9)
    assert_close(found, reference_gradient(example.sound_pressure, (0.9,), 0))
