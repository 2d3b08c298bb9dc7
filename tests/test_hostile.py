"""Input made to do harm: the outcome is a derivative or a proper refusal.

Nothing here may crash, hang, or run the code of a file that is only read.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from s2sad import S2sadError, cli, errors, grad

CODE = re.compile(r"\bS\d{3}\b")
SQUARE = "def f(x):\n    return x * x\n"


@pytest.fixture
def write(tmp_path):
    """Writes a file and returns its path."""

    def made(text, name="hostile.py"):
        path = tmp_path / name
        data = text if isinstance(text, bytes) else text.encode("utf-8")
        path.write_bytes(data)
        return path

    return made


@pytest.fixture
def run(capsys):
    """Runs the command: (status, stdout, stderr)."""

    def ran(*argv):
        status = cli.main([str(a) for a in argv])
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return status, shown.out, shown.err

    return ran


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def refused_or_differentiated(status, out, err):
    """What a user can live with: a derivative, or a refusal that says why."""
    if status == 0:
        compile(out, "<derivative>", "exec")
    else:
        assert status in (1, 2), err
        assert CODE.search(err), err
        assert out == ""


# -- the command reads, it does not run -----------------------------------------------

TRACE = """\
import pathlib
pathlib.Path({path!r}).write_text("was run")


class Meta(type):
    def __init_subclass__(cls):
        pathlib.Path({path!r}).write_text("was run")


def decorate(f):
    pathlib.Path({path!r}).write_text("was run")
    return f


def default(value=pathlib.Path({path!r}).write_text("was run")):
    return value


LIMIT = [pathlib.Path({path!r}).write_text("was run")]


def f(x):
    return x * x


def g(x, k=pathlib.Path({path!r}).touch()):
    return x * x


def h(x):
    return x * LIMIT[0]
"""


@pytest.mark.parametrize(
    "options",
    [
        [":f"],
        [":g"],
        [":h"],
        [":decorate"],
        [":f", "--format", "ssa"],
        [":f", "--standalone"],
        ["", "--list"],
    ],
    ids=" ".join,
)
def test_a_file_is_not_run(write, run, tmp_path, options):
    trace = tmp_path / "trace"
    path = write(TRACE.format(path=str(trace)))
    run(f"{path}{options[0]}", *options[1:])
    assert not trace.exists()
    assert str(path.stem) not in sys.modules


def test_a_file_is_run_when_asked(write, run, tmp_path):
    trace = tmp_path / "trace"
    path = write(TRACE.format(path=str(trace)))
    status, _, _ = run(f"{path}:f", "--import")
    assert status == 0
    assert trace.exists()


def test_a_file_is_not_run_by_a_process_of_its_own(write, tmp_path):
    """Neither through the directory that Python puts on sys.path."""
    trace = tmp_path / "trace"
    path = write(TRACE.format(path=str(trace)))
    write(TRACE.format(path=str(trace)), "numpy_like.py")
    command = [sys.executable, "-m", "s2sad", f"{path.name}:f"]
    root = str(Path(cli.__file__).parents[1])
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    assert not trace.exists()


# -- size and depth -------------------------------------------------------------------


def test_ten_thousand_parentheses(write, run):
    path = write(f"def f(x):\n    return {'(' * 10_000}x{')' * 10_000}\n")
    refused_or_differentiated(*run(f"{path}:f"))


@pytest.mark.parametrize("depth", [50, 90, 150, 199])
def test_nested_parentheses(write, run, depth):
    path = write(f"def f(x):\n    return {'(x * ' * depth}x{')' * depth}\n")
    refused_or_differentiated(*run(f"{path}:f"))


@pytest.mark.parametrize("terms", [500, 2_000, 20_000])
def test_a_long_sum(write, run, terms):
    """Left-nested: as deep a tree as there are terms."""
    path = write(f"def f(x):\n    return {' + '.join(['x'] * terms)}\n")
    refused_or_differentiated(*run(f"{path}:f"))


@pytest.mark.parametrize("depth", [15, 19, 60])
def test_nested_blocks(write, run, depth):
    lines = ["def f(x):"]
    for k in range(depth):
        lines.append("    " * (k + 1) + f"if x > {k}:")
    lines += ["    " * (depth + 1) + "x = x * x", "    return x"]
    refused_or_differentiated(*run(f"{write(chr(10).join(lines))}:f"))


@pytest.mark.parametrize("depth", [30, 400])
def test_nested_calls_of_helpers(write, run, depth):
    """Each helper calls the one before it."""
    text = "def h0(x):\n    return x * x\n\n\n"
    for k in range(1, depth):
        text += f"def h{k}(x):\n    return h{k - 1}(x) * 0.5\n\n\n"
    path = write(f"{text}def f(x):\n    return h{depth - 1}(x)\n")
    refused_or_differentiated(*run(f"{path}:f"))


def test_a_million_tokens(write, run):
    """A large file around a small function costs its parsing, not more."""
    table = "TABLE = [\n" + "1, 2, 3, 4, 5, 6, 7, 8, 9, 10,\n" * 50_000 + "]\n"
    path = write(table + SQUARE)
    status, out, _ = run(f"{path}:f")
    assert status == 0
    assert "TABLE" not in out


@pytest.mark.parametrize(
    "literal",
    [
        "9" * 4_000,
        "1e999",
        "-1e-999",
        pytest.param(
            "0x" + "f" * 5_000,
            marks=pytest.mark.xfail(reason="printed in decimal, which Python limits"),
        ),
        "1_000.0",
        "1e308 * 10",
    ],
    ids=["4000 digits", "1e999", "-1e-999", "hex", "underscore", "overflow"],
)
def test_enormous_literals(write, run, literal):
    path = write(f"def f(x):\n    y = {literal}\n    return x * x + 0.0 * (y > 0)\n")
    refused_or_differentiated(*run(f"{path}:f"))


def test_more_digits_than_python_reads(write, run):
    path = write(f"def f(x):\n    return x * {'9' * 10_000}\n")
    refused_or_differentiated(*run(f"{path}:f"))


def test_a_long_string_and_a_long_line(write, run):
    path = write(f"def f(x):\n    y = '{'a' * 300_000}'\n    return x * len(y)\n")
    refused_or_differentiated(*run(f"{path}:f"))


# -- bytes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        SQUARE.encode() + b"\0",
        b"\0" + SQUARE.encode(),
        b"def f(x):\n    return x * '\0'\n",
        b"\xff\xfe" + SQUARE.encode("utf-16-le"),
        SQUARE.encode() + b"# \xe9\n",
        b"# coding: nonsense\n" + SQUARE.encode(),
        b"# coding: rot13\n" + SQUARE.encode(),
        b"",
        b"\xef\xbb\xbf",
        b"def f(x):\n\treturn x\n        return x\n",
        random.Random(0).randbytes(2_000),
    ],
    ids=[
        "null at the end",
        "null at the start",
        "null in a string",
        "utf-16",
        "latin-1 without a cookie",
        "unknown encoding",
        "not a text encoding",
        "empty",
        "a mark and nothing else",
        "tabs and spaces",
        "noise",
    ],
)
def test_files_that_are_not_python(write, run, data):
    status, out, err = run(f"{write(data)}:f")
    assert status in (1, 2)
    assert out == ""
    assert CODE.search(err), err


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + SQUARE.encode(),
        b"# coding: latin-1\n# \xe9\n" + SQUARE.encode(),
        SQUARE.replace("\n", "\r\n").encode(),
        SQUARE.replace("\n", "\r").encode(),
        b"\x0c\n" + SQUARE.encode(),
        SQUARE.rstrip().encode(),
    ],
    ids=["mark", "latin-1", "crlf", "cr", "form feed", "no last newline"],
)
def test_other_encodings_and_line_ends(write, run, data):
    status, out, _ = run(f"{write(data)}:f")
    assert status == 0
    found: dict = {}
    exec(compile(out, "<derivative>", "exec"), found)
    assert found["df"](3.0) == 6.0


# -- names ----------------------------------------------------------------------------

NAMES = [
    "ﬁ",  # becomes "fi" when Python reads it
    "µ",
    "ℌ",  # noqa: RUF001
    "变量",
    "by",
    "np",
    "t_1",
    "_",
    "__",
    "match",
    "type",
    "require_one",
    "df",
    "zip",
    "x" * 5_000,
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:12])
def test_names_that_the_derivative_uses_itself(write, name):
    text = (
        f'import math\n\n\ndef f({name}):\n    """It\'s `\'\'\'` and \\\\ here."""\n'
        f"    y = {name} * {name}\n    for k in [0, 1]:\n"
        f"        y = y + math.sin(y) * {name}\n    return y\n"
    )
    path = write(text, "named.py")
    f = load(path).f
    h = 1e-6
    slope = (f(0.7 + h) - f(0.7 - h)) / (2 * h)
    np.testing.assert_allclose(grad(f)(0.7), slope, rtol=1e-7)


@pytest.mark.parametrize("name", ["list", "range", "len"])
def test_parameters_that_hide_what_the_derivative_calls(write, name):
    path = write(f"def f({name}):\n    return {name} * {name}\n", "hiding.py")
    with pytest.raises(S2sadError, match=f"the builtin {name}"):
        grad(load(path).f)


def test_strings_that_would_end_a_docstring(write):
    text = (
        'import numpy as np\n\n\ndef f(x, kind=\'"""\'):\n'
        "    r'''Ends with a quote: \"\"\" or \\ '''\n"
        "    names = {'\"\"\"': 2.0, \"'''\": 3.0, '\\\\': 4.0, '\\n#': 5.0}\n"
        "    return x * x * names[kind] * names['\\n#']  # \"\"\" '''\n"
    )
    f = load(write(text, "quoted.py")).f
    assert grad(f)(3.0) == 60.0


# -- the file system ------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links")
def test_links(write, run, tmp_path):
    path = write(SQUARE)
    link = tmp_path / "link.py"
    link.symlink_to(path)
    assert run(f"{link}:f")[0] == 0
    link.unlink()
    link.symlink_to(link)  # to itself
    refused_or_differentiated(*run(f"{link}:f"))
    link.unlink()
    link.symlink_to(tmp_path / "nowhere.py")
    status, out, err = run(f"{link}:f")
    assert (status, out) == (2, "")
    assert "S103" in err


def test_a_directory_and_a_device(run, tmp_path):
    (tmp_path / "directory.py").mkdir()
    status, out, err = run(f"{tmp_path / 'directory.py'}:f")
    assert (status, out) == (2, "")
    assert "S103" in err
    if os.path.exists("/dev/null"):
        assert run("/dev/null:f")[0] == 2


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a user, not root"
)
def test_a_file_that_may_not_be_read(write, run):
    path = write(SQUARE)
    path.chmod(0)
    status, _, err = run(f"{path}:f")
    assert status == 2
    assert "S103" in err


# -- functions that are not what they were --------------------------------------------


def test_a_function_that_redefines_itself(write):
    text = (
        "def f(x):\n    global f\n    def f(x):\n        return x ** 3\n"
        "    return x * x\n"
    )
    module = load(write(text, "redefines.py"))
    with pytest.raises(S2sadError):
        grad(module.f)


def test_a_name_that_is_defined_twice(write):
    text = SQUARE + "\n\nold = f\n\n\ndef f(x):\n    return x * x * x\n"
    module = load(write(text, "twice.py"))
    assert grad(module.old)(3.0) == 6.0
    assert grad(module.f)(3.0) == 27.0


def test_code_that_was_replaced(write):
    text = SQUARE + "\n\ndef g(x):\n    return x * x * x\n"
    module = load(write(text, "replaced.py"))
    module.f.__code__ = module.g.__code__
    with contextlib.suppress(errors.NoSourceError):
        assert grad(module.f)(3.0) == 27.0


@pytest.mark.parametrize(
    "body",
    [
        "raise SystemExit(0)",
        "raise KeyboardInterrupt",
        "1 / 0",
        "import no_such_module_anywhere",
        "def f(x:",
        pytest.param(
            "raise BaseException('all of it')",
            marks=pytest.mark.xfail(reason="BaseException passes the command"),
        ),
    ],
)
def test_a_module_that_fails_on_import(write, run, body):
    path = write(f"{body}\n{SQUARE}", "failing.py")
    try:
        status, out, _ = run(f"{path}:f", "--import")
    except KeyboardInterrupt:
        assert body == "raise KeyboardInterrupt"
        return
    assert status in (1, 2, 130)
    assert out == ""
    assert "failing" not in sys.modules


def test_a_module_that_looks_itself_up(write, run):
    """Circular, and reached through a name that is not its own."""
    path = write("import circular\n" + SQUARE, "circular.py")
    refused_or_differentiated(*run(f"{path}:f"))


def test_helpers_that_call_one_another_for_ever(write, run):
    text = "def g(x):\n    return f(x)\n\n\ndef f(x):\n    return g(x) * 0.5\n"
    refused_or_differentiated(*run(f"{write(text)}:f"))
