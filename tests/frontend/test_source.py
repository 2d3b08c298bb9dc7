"""Finding a function's source, from the object and from the file."""

import functools
import importlib.util
import linecache
import os
import re
import subprocess
import sys
import textwrap

import gast
import numpy as np
import pytest

from s2sad import errors
from s2sad.frontend.source import from_function, from_module, from_path, unwrap

ROOT = os.path.dirname(os.path.dirname(errors.__file__))


def body(source):
    """The text of the function's last statement or of the lambda's body."""
    node = source.node.body
    node = node if isinstance(source.node, gast.Lambda) else node[-1]
    line = source.lines[node.lineno - 1].encode()
    return line[node.col_offset : node.end_col_offset].decode()


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Write a module, import it, and return it."""

    def load(text, name="user_module"):
        path = tmp_path / f"{name}.py"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    return load


def plain(x, k=2):
    return x * k


def ignoring(function):
    return function


@ignoring
@ignoring
def below_decorators(x):
    return x + 1


class Model:
    w = 3.0

    def loss(self, x):
        text = """
at column 0"""
        return self.w * x + len(text)

    @classmethod
    def made(cls, x):
        return x - 1

    @staticmethod
    def still(x):
        return x - 2

    @functools.lru_cache  # noqa: B019
    def kept(self, x):
        return x - 3

    def __call__(self, x):
        return x / 2

    @property
    def size(self):
        return 1

    def __private(self, __x):
        return __x * 9

    private = __private


@functools.cache
def cached(x):
    return x * 5


def scale(function):
    @functools.wraps(function)
    def wrapper(*args):
        return 10 * function(*args)

    return wrapper


def bare(function):
    def inner(x):
        return function(x) + 1

    return inner


@scale
def scaled(x):
    return x * x


@bare
def barely(x):
    return x * x


model = Model()


def test_plain_function():
    found = from_function(plain)
    assert (found.name, found.qualname, found.path) == ("plain", "plain", __file__)
    assert found.node.lineno == plain.__code__.co_firstlineno
    assert found.function is plain
    assert (found.bound, found.bound_kw) == ((), {})
    assert body(found) == "return x * k"
    at = found.location(found.node.body[0].value.right)
    assert at.text == "    return x * k"
    assert (at.column, at.end_column) == (16, 17)
    assert found.location(found.node.args).line == found.node.lineno


@pytest.mark.parametrize(
    ("f", "text", "bound", "bound_kw"),
    [
        (below_decorators, "return x + 1", (), {}),
        (Model.loss, "return self.w * x + len(text)", (), {}),
        (model.loss, "return self.w * x + len(text)", (model,), {}),
        (Model.made, "return x - 1", (Model,), {}),
        (Model.still, "return x - 2", (), {}),
        (Model.__dict__["still"], "return x - 2", (), {}),
        (model.kept, "return x - 3", (model,), {}),
        (model, "return x / 2", (model,), {}),
        (model.private, "return __x * 9", (model,), {}),
        (cached, "return x * 5", (), {}),
        (barely, "return function(x) + 1", (), {}),
        (functools.partial(plain, 4), "return x * k", (4,), {}),
        (
            functools.partial(functools.partial(plain, k=1), 4, k=5),
            "return x * k",
            (4,),
            {"k": 5},
        ),
        (functools.partial(model.made, 7), "return x - 1", (Model, 7), {}),
    ],
)
def test_callables(f, text, bound, bound_kw):
    found = from_function(f)
    assert body(found) == text
    assert (found.bound, found.bound_kw) == (bound, bound_kw)


def test_numba_dispatcher():
    numba = pytest.importorskip("numba")
    assert body(from_function(numba.njit(plain))) == "return x * k"


def test_lambdas_on_one_line():
    fs = [lambda x: x * 2, lambda x: x * 3, lambda y: lambda x: x * y, lambda x: 7]
    assert [body(from_function(f)) for f in fs] == [
        "x * 2",
        "x * 3",
        "(lambda x: x * y)"[1:-1],
        "7",
    ]
    assert body(from_function(fs[2](1))) == "x * y"


def test_lambda_after_wide_characters():
    _, f = "αβγ", lambda x: x * 2
    found = from_function(f)
    assert (
        found.location(found.node.body).column
        == found.lines[found.node.lineno - 1].index("x * 2") + 1
    )


def test_nested_and_equal_names():
    def make(k):
        if k:

            def f(x):
                return x + k

        else:

            def f(x):
                return x - k

        return f

    assert body(from_function(make(1))) == "return x + k"
    assert body(from_function(make(0))) == "return x - k"


def test_registered_in_linecache():
    text = "def f(x):\n    return x * 11\n"
    name = "<s2sad test of linecache>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    space = {}
    exec(compile(text, name, "exec"), space)
    assert body(from_function(space["f"])) == "return x * 11"
    del linecache.cache[name]


def test_function_with_assert_which_pytest_rewrote():
    def f(x):
        assert -1 < x < 2 * 3, "small"
        return x * 13

    assert body(from_function(f)) == "return x * 13"


def test_doctest_source():
    """Doctest serves its examples through linecache.

    >>> def f(x):
    ...     return x * 17
    >>> from s2sad.frontend.source import from_function
    >>> from_function(f).lines[1]
    '    return x * 17'
    """


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (Model, "Model is a class"),
        (len, "len is not written in Python"),
        (np.sin, "sin is not written in Python"),
        (np.sum, "sum is not written in Python"),
        (functools.partial(np.sum, axis=0), "sum is not written in Python"),
        (Model.__dict__["size"], "a property is not a function"),
        (3, "not a function but of type int"),
        (None, "not a function but of type NoneType"),
    ],
)
def test_not_functions(f, message):
    with pytest.raises(errors.NotAFunctionError, match=re.escape(message)):
        from_function(f)


@pytest.mark.parametrize("f", [scaled, functools.singledispatch(plain)])
def test_wrappers_are_refused_by_name(f):
    with pytest.raises(errors.DecoratedError, match=r"wrapped by a decorator, in \S+"):
        from_function(f)


def test_async_is_refused():
    async def f(x):
        return x

    with pytest.raises(errors.UnsupportedError, match="async") as caught:
        from_function(f)
    assert caught.value.lineno == f.__code__.co_firstlineno


def test_exec_has_no_source():
    space = {}
    exec("def f(x): return x", space)
    with pytest.raises(errors.NoSourceError, match="typed at a prompt or made by exec"):
        from_function(space["f"])


def test_no_source_at_a_prompt():
    program = (
        "from s2sad import errors\n"
        "from s2sad.frontend.source import from_function\n"
        "def f(x):\n    return x\n\n"
        "try:\n    from_function(f)\nexcept errors.NoSourceError as e:\n    print(e)\n"
    )
    run = subprocess.run(
        [sys.executable, "-"],
        input=program,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": ROOT},
    )
    assert "S101 f has no source file" in run.stdout, run.stderr


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return x * 2", "return x * 3"),
        ("return x * y", "return y * x"),
        ("return x * y", "return x + y"),
        ("return abs(x)", "return len(x)"),
    ],
)
def test_edited_after_import(load, before, after):
    module = load(f"def f(x, y):\n    {before}\n")
    assert body(from_function(module.f)) == before
    with open(module.__file__, "a") as stream:
        stream.write("\n# a comment below changes nothing\n")
    assert body(from_function(module.f)) == before
    with open(module.__file__, "w") as stream:
        stream.write(f"def f(x, y):\n    {after}\n\n")
    with pytest.raises(errors.NoSourceError, match="has changed since f was imported"):
        from_function(module.f)


def test_moved_or_renamed_after_import(load):
    module = load("def f(x):\n    return x\n")
    for text in (
        "\ndef f(x):\n    return x\n",
        "def f(y):\n    return y\n",
        "def g(x):\n    return x\n",
    ):
        with open(module.__file__, "w") as stream:
            stream.write(text)
        with pytest.raises(errors.NoSourceError, match="re-import"):
            from_function(module.f)


def test_deleted_after_import(load):
    module = load("def f(x):\n    return x\n")
    os.remove(module.__file__)
    with pytest.raises(errors.NoSourceError, match="cannot be read"):
        from_function(module.f)


def test_unwrap_gives_the_plain_function():
    assert unwrap(model.loss) == (Model.loss, (model,), {})


FILE = '''\
"""A module that must never run."""
import functools
import missing_package
from missing_package import helper
import s2sad
from s2sad import grad

raise SystemExit("it was run")

def loss(w, x):
    return w * x

@grad(wrt="w")
@s2sad.value_and_grad
@functools.lru_cache(maxsize=None)
def clear(w):
    return w

@helper
def hidden(w):
    return w

@functools.wraps(loss)
def wrapped(w):
    return w

twice = helper(loss)
cube = lambda x: x ** 3

def again(x):
    return 1
def again(x):
    return x * 2

async def later(x):
    return x

if helper:
    def either(x):
        return 1
else:
    def either(x):
        return 2

class Model:
    @staticmethod
    def still(x):
        return x - 2

    def loss(self, x):
        return x - 1

    @property
    def size(self):
        return 1

def rebound(x):
    return x
rebound = helper(rebound)

if __name__ == "__main__":
    loss = helper(loss)
'''


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(FILE)
    return path


@pytest.mark.parametrize(
    ("qualname", "text"),
    [
        ("loss", "return w * x"),
        ("clear", "return w"),
        ("cube", "x ** 3"),
        ("again", "return x * 2"),
        ("Model.still", "return x - 2"),
        ("Model.loss", "return x - 1"),
    ],
)
def test_static(file, qualname, text):
    found = from_path(file, qualname)
    assert body(found) == text
    assert (found.qualname, found.path) == (qualname, str(file))
    assert found.function is None
    assert found.scope.module_name == "model"


@pytest.mark.parametrize(
    ("qualname", "error", "message"),
    [
        ("hidden", "DecoratedError", "@missing_package.helper may make another"),
        ("wrapped", "DecoratedError", "@functools.wraps may make another"),
        ("Model.size", "DecoratedError", "@property"),
        ("Model", "NotAFunctionError", "Model.method"),
        ("Model.lost", "FunctionMissingError", "did you mean 'Model.loss'"),
        ("los", "FunctionMissingError", "did you mean 'loss'"),
        ("zzzzzz", "FunctionMissingError", "it has loss, clear"),
        ("helper", "FunctionMissingError", "is imported into"),
        ("later", "UnsupportedError", "async"),
        ("either", "NoSourceError", "bound more than once"),
        ("rebound", "NoSourceError", "bound more than once"),
        ("twice", "FunctionMissingError", "no function 'twice'"),
        ("Model.a.b", "FunctionMissingError", "no function"),
        ("", "FunctionMissingError", "no function"),
    ],
)
def test_static_refusals(file, qualname, error, message):
    with pytest.raises(getattr(errors, error), match=re.escape(message)):
        from_path(file, qualname)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"def f(x:\n  pass\n", errors.SourceSyntaxError),
        (b"def f(x):\n\x00  pass\n", errors.SourceSyntaxError),
        (b"# coding: klingon\n", errors.SourceSyntaxError),
        (b"x = '\xff'\n", errors.SourceSyntaxError),
        (b"x = " + b"-" * 100_000 + b"1\n", errors.UnsupportedError),
        (b"x = " + b"(" * 100_000 + b"1\n", errors.SourceSyntaxError),
        (b"x = a" + b".b" * 5_000 + b"\n", errors.UnsupportedError),
        (b"x = 1" + b" + 1" * 5_000 + b"\n", errors.UnsupportedError),
    ],
)
def test_files_that_do_not_parse(tmp_path, data, error):
    path = tmp_path / "broken.py"
    path.write_bytes(data)
    with pytest.raises(error) as caught:
        from_path(path, "f")
    assert caught.value.filename == str(path)


def test_syntax_error_has_its_place(tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("y = 1\ndef f(x):\n    return x +\n")
    with pytest.raises(errors.SourceSyntaxError) as caught:
        from_path(path, "f")
    assert caught.value.lineno == 3
    assert "return x +" in caught.value.excerpt


def test_missing_files(tmp_path):
    (tmp_path / "model.py").touch()
    for path in (tmp_path / "modle.py", tmp_path, "a\0b"):
        with pytest.raises(errors.FileMissingError):
            from_path(path, "f")
    with pytest.raises(errors.FileMissingError, match=r"did you mean 'model\.py'"):
        from_path(tmp_path / "modle.py", "f")


def test_modules_are_found_and_not_imported(tmp_path, monkeypatch):
    package = tmp_path / "parent_package"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('it was run')")
    (package / "child.py").write_text("def f(x):\n    return x * 19\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = from_module("parent_package.child", "f")
    assert body(found) == "return x * 19"
    assert found.scope.module_name == "parent_package.child"
    for name in ("parent_package.lost", "parent_package.child.f", "nowhere", ""):
        with pytest.raises(errors.FileMissingError):
            from_module(name, "f")
    with pytest.raises(errors.NoSourceError):
        from_module("sys", "f")
