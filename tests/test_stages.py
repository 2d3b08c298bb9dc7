"""Every stage of a derivative as text."""

from __future__ import annotations

import dataclasses

import pytest

import s2sad
from s2sad.errors import WrtError
from s2sad.stages import TITLES, Stages, stages


def weighted(x, w):
    """Prints a < b."""
    y = x * w
    return y * y  # a comment & more


def marked(f):
    return f


@marked
def decorated(x):
    return 2.0 * x


def test_each_stage():
    found = stages(weighted)
    assert found.source.startswith("def weighted(x, w):\n")
    assert found.source.endswith("# a comment & more\n")
    assert found.ast.startswith("FunctionDef(\n  name='weighted'")
    assert "y: " in found.ssa
    assert "by" not in found.ssa
    assert "by" in found.adjoint
    assert "bw" in found.adjoint or "by" in found.optimized
    assert found.text == s2sad.source(weighted)
    assert all(isinstance(text, str) for text in dataclasses.astuple(found))


def test_options():
    found = stages(weighted, wrt="w", with_value=True)
    assert found.text == s2sad.source(weighted, wrt="w", with_value=True)
    with pytest.raises(WrtError):
        stages(weighted, wrt="v")


def test_str_shows_all_in_order():
    found = stages(weighted)
    shown = str(found)
    places = [shown.index(f"# {title} -") for title in TITLES.values()]
    assert places == sorted(places)
    for text in dataclasses.astuple(found):
        assert text.strip() in shown
    assert set(TITLES) == {field.name for field in dataclasses.fields(Stages)}


def test_headers_fit_the_line():
    headers = [k for k in str(stages(weighted)).splitlines() if k.endswith("----")]
    assert {len(line) for line in headers} == {88}


def test_html_is_escaped():
    page = stages(weighted)._repr_html_()
    assert "Prints a &lt; b." in page
    assert "comment &amp; more" in page
    assert page.count("<pre>") == page.count("</pre>") == len(TITLES)


def test_a_lambda_and_an_indented_function():
    square = lambda x: x * x  # noqa: E731

    def inner(x):
        return x * 3.0

    assert "lambda x: x * x" in stages(square).source
    assert stages(inner).source.startswith("def inner(x):\n    return")


def test_decorators_are_shown():
    assert stages(decorated).source.startswith("@marked\ndef decorated")
