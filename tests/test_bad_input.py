"""What cannot be differentiated: each refusal names the place, the reason, a remedy.

Each is asked twice, through the functions and through the command.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from blocks import ROOT

from s2sad import errors, grad, value_and_grad
from s2sad.errors import S2sadError

FILE = '''\
"""A user's file."""
import math
import numpy as np


def square(x):
    return x * x


def misspelt(x, scale):
    return x * scael


def unknown_name(x):
    return x * nowhere


def unknown_function(x):
    return helper(x)


def no_rule(x):
    y = x + 1.0
    return np.bmat(y)


def unsupported(x):
    y = x * x
    yield y


async def asynchronous(x):
    return x


def writes_global(x):
    global counter
    counter = x
    return x


def pair(x):
    return x, x


def nothing(x):
    x * 2.0


def keyword(x):
    return np.std(x, mean=3.0)
'''

# function -> class, line, column, what the message says, the text above the caret,
# what the hint says
REFUSED = {
    "misspelt": (
        errors.UnknownNameError,
        (11, 16),
        "'scael'",
        "scael",
        "did you mean 'scale'?",
    ),
    "unknown_name": (errors.UnknownNameError, (15, 16), "'nowhere'", "nowhere", ""),
    "unknown_function": (errors.UnknownNameError, (19, 12), "'helper'", "helper", ""),
    "no_rule": (errors.NoRuleError, (24, 12), "numpy.bmat", "np.bmat(y)", "write"),
    "unsupported": (errors.UnsupportedError, (29, 5), "yield", "yield y", ""),
    "asynchronous": (errors.UnsupportedError, (32, 1), "async", "async def", ""),
    "writes_global": (errors.UnsupportedError, (37, 5), "global", "global counter", ""),
    "pair": (errors.ResultError, (42, 1), "tuple", "def pair(x):", "return a float"),
    "nothing": (errors.ResultError, (46, 1), "nothing", "def", "return a float"),
    "keyword": (errors.KeywordError, (51, 12), "mean=", "np.std", "it knows a, axis"),
}
each = pytest.mark.parametrize("name", REFUSED)


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "user_file.py"
    path.write_text(FILE)
    return path


@pytest.fixture
def module(file):
    spec = importlib.util.spec_from_file_location("user_file", file)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def command(*argv):
    """Run `python -m s2sad`: (status, standard output, standard error)."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, "-m", "s2sad", *map(str, argv)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    return done.returncode, done.stdout, done.stderr


@each
def test_by_function(module, file, name):
    kind, place, message, above, hint = REFUSED[name]
    with pytest.raises(kind) as caught:
        grad(getattr(module, name))
    error = caught.value
    assert isinstance(error, S2sadError)
    assert Path(error.filename) == file
    assert (error.lineno, error.column) == place
    assert message in error.message
    line, carets = error.excerpt.splitlines()
    assert line == FILE.splitlines()[place[0] - 1].strip()
    start = carets.index("^")
    assert line[start:].startswith(above)
    assert set(carets.strip()) == {"^"}
    assert error.hint, "no hint"
    assert hint in error.hint
    assert str(error).startswith(f"{file}:{place[0]}:{place[1]}: {error.code} ")


@each
def test_by_command(file, name):
    kind, (line, column), message, _, hint = REFUSED[name]
    status, out, err = command(f"user_file.py:{name}", "-o", "out.py")
    assert (status, out) == (1, "")
    first, excerpt, carets, *last = err.splitlines()
    assert first.startswith(f"user_file.py:{line}:{column}: {kind.code} ")
    assert message in first
    assert excerpt.strip() == FILE.splitlines()[line - 1].strip()
    assert set(carets.strip()) == {"^"}
    assert last, "no hint"
    assert last[0].startswith("hint: ")
    assert hint in last[0]
    assert os.listdir() == ["user_file.py"]


def test_a_file_that_was_there_stays_as_it_was(file):
    Path("out.py").write_text("precious = 1\n")
    assert command("user_file.py:pair", "-o", "out.py")[0] == 1
    assert Path("out.py").read_text() == "precious = 1\n"
    assert sorted(os.listdir()) == ["out.py", "user_file.py"]


# --- the request ------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrt", "message", "hint"),
    [
        ("scael", "no parameter 'scael'", "did you mean 'scale'?"),
        ("q", "no parameter 'q'", "parameters: x, scale"),
        (("x", "sclae"), "no parameter 'sclae'", "did you mean 'scale'?"),
        (5, "wrt=5", "x, scale"),
        (1.5, "1.5", ""),
        ((), "", ""),
    ],
)
def test_bad_wrt(wrt, message, hint):
    def scaled(x, scale):
        return x * scale

    for derive in (grad, value_and_grad):
        with pytest.raises(errors.WrtError) as caught:
            derive(scaled, wrt=wrt)
        assert message in caught.value.message
        assert hint in (caught.value.hint or "")
        assert Path(caught.value.filename) == Path(__file__)
        assert "def scaled(x, scale):" in caught.value.excerpt


def test_bad_wrt_by_command(file):
    Path("user_file.py").write_text("def scaled(x, scale):\n    return x * scale\n")
    status, out, err = command("user_file.py:scaled", "--wrt", "scael", "-o", "out.py")
    assert (status, out) == (2, "")
    assert err.startswith("user_file.py:1:1: S401 ")
    assert "hint: did you mean 'scale'?" in err
    assert os.listdir() == ["user_file.py"]


def test_missing_file(file):
    status, out, err = command("user_fiel.py:square", "-o", "out.py")
    assert (status, out) == (2, "")
    assert err.startswith("S103 ")
    assert "user_fiel.py" in err
    assert "did you mean 'user_file.py'?" in err
    assert os.listdir() == ["user_file.py"]


def test_missing_module(file):
    status, out, err = command("no_such_module:square")
    assert (status, out) == (2, "")
    assert err.startswith("S103 no module named 'no_such_module'")


def test_missing_function(file):
    status, out, err = command("user_file.py:sqare", "-o", "out.py")
    assert (status, out) == (2, "")
    assert err.startswith("S104 ")
    assert "did you mean 'square'?" in err
    assert os.listdir() == ["user_file.py"]


def test_syntax_error_in_the_file(file):
    file.write_text("def square(x):\n    return x *\n")
    status, out, err = command("user_file.py:square", "-o", "out.py")
    assert (status, out) == (1, "")
    assert err.startswith("user_file.py:2:")
    assert "S105 " in err
    assert "return x *" in err
    assert "^" in err
    assert os.listdir() == ["user_file.py"]


# --- what is no function with a source --------------------------------------


def test_no_source():
    namespace = {}
    exec("def square(x):\n    return x * x", namespace)
    with pytest.raises(errors.NoSourceError) as caught:
        grad(namespace["square"])
    assert "square" in caught.value.message
    assert "put it in a file" in caught.value.hint


@pytest.mark.parametrize("thing", [3, "square", np.sin, len, int, object()])
def test_not_a_function(thing):
    with pytest.raises(errors.NotAFunctionError) as caught:
        grad(thing)
    assert isinstance(caught.value, TypeError)
    assert caught.value.hint


# --- what only the call can tell --------------------------------------------


def total(x):
    return np.sum(x * x)


def double(x):
    return x * 2.0


def array_or_row(x: np.ndarray):
    return x * 2.0


@pytest.mark.parametrize("dtype", [int, np.int32, bool])
@pytest.mark.parametrize(
    ("f", "elements"), [(total, [1, 0, 1]), (array_or_row, [1, 0]), (double, [1])]
)
def test_integer_array(f, elements, dtype):
    with pytest.raises(errors.DtypeError) as caught:
        grad(f)(np.array(elements, dtype))
    # what was taken for numbers is checked together, and no name is known for each
    assert f is double or "x" in caught.value.message
    assert caught.value.filename == __file__ and caught.value.lineno
    assert np.dtype(dtype).name in caught.value.message
    assert "astype(float)" in caught.value.hint


@pytest.mark.parametrize("shape", [(3,), (2, 2)])
@pytest.mark.parametrize("f", [double, array_or_row])
@pytest.mark.parametrize("derive", [grad, value_and_grad])
def test_non_scalar_result(f, shape, derive):
    with pytest.raises(errors.ResultError) as caught:
        derive(f)(np.ones(shape))
    assert str(shape) in caught.value.message
    assert caught.value.hint
