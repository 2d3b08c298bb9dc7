"""Errors: their text, their fields, and that they survive pickle and copy."""

import copy
import inspect
import pickle

import pytest

from s2sad import errors
from s2sad.errors import (
    AmbiguousError,
    Location,
    S2sadError,
    UnsupportedError,
    did_you_mean,
)

CLASSES = [
    cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, S2sadError) and cls is not S2sadError
]


def test_text_shows_place_line_caret_and_hint():
    at = Location("m.py", 7, 9, 14, "    y = yield")
    error = UnsupportedError("a generator", at=at, hint="return a list")
    assert str(error) == (
        "m.py:7:9: S201 a generator\n    y = yield\n        ^^^^^\nhint: return a list"
    )


def test_text_without_a_place():
    assert str(AmbiguousError("no")) == "S203 no"
    assert str(UnsupportedError("no")).startswith("S201 no\nhint: ")
    assert str(UnsupportedError("no", hint="yes")) == "S201 no\nhint: yes"


def test_fields():
    at = Location("m.py", 7, 9, 14, "    y = yield")
    error = UnsupportedError("a generator", at=at)
    assert (error.filename, error.lineno, error.column) == ("m.py", 7, 9)
    assert (error.message, error.code) == ("a generator", "S201")
    assert error.hint == UnsupportedError.default_hint
    assert error.excerpt == "y = yield\n    ^^^^^"
    bare = UnsupportedError("a generator")
    assert (bare.filename, bare.lineno, bare.column, bare.excerpt) == (
        None,
        None,
        None,
        "",
    )


@pytest.mark.parametrize(
    ("text", "column", "end", "excerpt"),
    [
        ("x = 1", 1, None, "x = 1\n^"),
        ("\tx =\ty", 6, 7, "x =\ty\n   \t^"),
        ("  é = 关(x)", 7, 8, "é = 关(x)\n    ^^"),
        ("关 = y", 5, 6, "关 = y\n     ^"),
        ("x", 9, 12, "x\n ^"),
    ],
)
def test_carets_stand_below_the_span(text, column, end, excerpt):
    assert Location("m.py", 1, column, end, text).excerpt() == excerpt


def pickled(error):
    return pickle.loads(pickle.dumps(error))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("clone", [copy.copy, copy.deepcopy, pickled])
def test_clones_are_equal(cls, clone):
    error = cls("message", at=Location("m.py", 1, 2, 3, "text"), hint="hint")
    twin = clone(error)
    assert type(twin) is cls
    assert str(twin) == str(error)
    assert (twin.at, twin.hint, twin.message) == (error.at, "hint", "message")


def test_codes_are_distinct_and_stable():
    assert {cls.__name__: cls.code for cls in CLASSES} == {
        "NoSourceError": "S101",
        "NotAFunctionError": "S102",
        "FileMissingError": "S103",
        "FunctionMissingError": "S104",
        "SourceSyntaxError": "S105",
        "DecoratedError": "S106",
        "UnsupportedError": "S201",
        "UnknownNameError": "S202",
        "AmbiguousError": "S203",
        "MutationError": "S204",
        "UnknownClassError": "S205",
        "NoRuleError": "S301",
        "KeywordError": "S302",
        "RuleError": "S303",
        "WrtError": "S401",
        "ResultError": "S402",
        "DtypeError": "S403",
        "KindError": "S404",
        "CompileError": "S405",
        "InternalError": "S901",
    }


def test_some_are_also_what_python_would_raise():
    assert issubclass(errors.WrtError, ValueError)
    for name in ("NotAFunctionError", "ResultError", "DtypeError", "KindError"):
        assert issubclass(getattr(errors, name), TypeError)


def test_internal_errors_ask_for_a_report():
    assert "please report" in str(errors.InternalError("lost"))


def test_did_you_mean():
    assert did_you_mean("wieghts", ["weights", "bias"]) == "did you mean 'weights'?"
    assert did_you_mean("q", ["weights", "bias"]) == ""
