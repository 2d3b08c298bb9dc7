"""The command: what it prints, where, and with which exit status."""

import os
import pathlib
import subprocess
import sys
import types

import pytest

from s2sad import cli
from s2sad.errors import UnsupportedError, WrtError, did_you_mean

ROOT = pathlib.Path(cli.__file__).parents[1]

FILE = '''\
"""A user's module."""
print("noise")

def square(x):
    return x * x

def product(weight, x):
    return weight * x

def refused(x):
    yield x

class Model:
    @staticmethod
    def loss(x):
        return x * x
'''


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for variable in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    path = tmp_path / "user_file.py"
    path.write_text(FILE)
    yield path
    for name in ("user_file", str(path)):
        sys.modules.pop(name, None)


class Derivative:
    def __init__(self, name, request):
        self.name, self.request = name, request

    def text(self, standalone):
        return f"def d{self.name}(): return {self.request}, {standalone}\n"

    def ssa(self):
        return f"{self.name}: ssa\n"


@pytest.fixture
def pipeline(monkeypatch):
    """Stands in for the compiler: says what it was asked, refuses generators."""

    def derive(source, *, wrt, with_value, mode):
        names = [argument.id for argument in source.node.args.args]
        for name in [wrt] if isinstance(wrt, str) else []:
            if name not in names:
                raise WrtError(f"no {name}", hint=did_you_mean(name, names))
        if source.name == "refused":
            at = source.location(source.node.body[0].value)
            raise UnsupportedError("a generator", at=at, hint="return a list")
        return Derivative(source.name, (wrt, with_value, mode))

    module = types.ModuleType("s2sad.pipeline")
    module.derive = derive
    monkeypatch.setitem(sys.modules, "s2sad.pipeline", module)
    return module


@pytest.fixture
def run(file, pipeline, capsys):
    def run(*argv):
        status = cli.main(argv)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.mark.parametrize(
    "target",
    [
        "user_file.py:square",
        "user_file.py::square",
        "./user_file.py:square",
        "user_file:square",
    ],
)
def test_targets(run, target):
    text = "def dsquare(): return (0, False, 'reverse'), False\n"
    assert run(target) == (0, text, "")


def test_absolute_path_and_method(run, file):
    status, out, _ = run(f"{file}:Model.loss")
    assert (status, out.split("(")[0]) == (0, "def dloss")


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (["--wrt", "weight"], "('weight', False, 'reverse'), False"),
        (["--wrt", "weight, x"], "(('weight', 'x'), False, 'reverse'), False"),
        (["--with-value"], "(0, True, 'reverse'), False"),
        (["--standalone"], "(0, False, 'reverse'), True"),
        (["--mode", "reverse"], "(0, False, 'reverse'), False"),
        (["--format", "ssa"], "product: ssa"),
    ],
)
def test_options(run, argv, shown):
    status, out, err = run("user_file.py:product", *argv)
    assert (status, err) == (0, "")
    assert shown in out


def test_refusal_is_status_1_and_on_stderr(run):
    assert run("user_file.py:refused") == (
        1,
        "",
        "user_file.py:11:5: S201 a generator\n"
        "    yield x\n"
        "    ^^^^^^^\n"
        "hint: return a list\n",
    )


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["user_file.py:sqare"], "did you mean 'square'?"),
        (["user_fiel.py:square"], "did you mean 'user_file.py'?"),
        (["nowhere.at.all:square"], "no module named 'nowhere.at.all'"),
        (["user_file.py"], "name a function: user_file.py:NAME (it has: square"),
        (["user_file.py:"], "is not a function's name"),
        (["user_file.py:a b"], "is not a function's name"),
        (["what is this:f"], "is not path.py:function"),
        (["user_file.py:product", "--wrt", "wieght"], "did you mean 'weight'?"),
        (["user_file.py:square", "-o", "lost/out.py"], "there is no directory"),
        (["user_file.py:square", "-o", "."], "it is a directory"),
        (["user_file.py:square", "--list"], "without a function"),
        (["user_file.py:sqare", "--import"], "did you mean 'square'?"),
        (["user_fiel.py:square", "--import"], "did you mean 'user_file.py'?"),
    ],
)
def test_wrong_requests_are_status_2(run, argv, message):
    status, out, err = run(*argv)
    assert (status, out) == (2, "")
    assert message in err


@pytest.mark.parametrize("argv", [[], ["a.py:f", "--mode", "sideways"], ["--colour"]])
def test_argparse_errors_are_status_2(argv, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(argv)
    assert caught.value.code == 2


def test_help_and_version(capsys):
    for option, shown in (("--help", "examples:"), ("--version", "s2sad ")):
        with pytest.raises(SystemExit) as caught:
            cli.main([option])
        assert caught.value.code == 0
        assert shown in capsys.readouterr().out


def test_our_mistakes_are_status_3(run, pipeline, monkeypatch):
    monkeypatch.setattr(pipeline, "derive", lambda *a, **k: {}["lost"])
    status, out, err = run("user_file.py:square")
    assert (status, out) == (3, "")
    assert "Traceback" in err and "please report" in err


def test_interrupt_is_status_130(run, pipeline, monkeypatch):
    def derive(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "derive", derive)
    assert run("user_file.py:square") == (130, "", "")


def test_list(run):
    status, out, err = run("user_file.py", "--list")
    assert (status, err) == (0, "")
    assert out == (
        "user_file.py:4: square: differentiable\n"
        "user_file.py:7: product: differentiable\n"
        "user_file.py:10: refused: S201 a generator (line 11)\n"
        "user_file.py:15: Model.loss: differentiable\n"
    )


def test_list_of_a_module_and_with_import(run, file):
    assert len(run("user_file", "--list")[1].splitlines()) == 4
    status, out, err = run("user_file.py", "--list", "--import")
    assert (status, err) == (0, "noise\n")
    assert out.count("differentiable") == 3


def test_list_goes_on_after_our_mistakes(run, pipeline, monkeypatch):
    monkeypatch.setattr(pipeline, "derive", lambda *a, **k: {}["lost"])
    _, out, _ = run("user_file.py", "--list")
    assert out.count("S901 unexpected KeyError, please report") == 4


def test_import_keeps_stdout_clean(run):
    for target in ("user_file.py:Model.loss", "user_file:square"):
        sys.modules.pop("user_file", None)
        status, out, err = run(target, "--import")
        assert (status, err) == (0, "noise\n")
        assert out.startswith("def d")


@pytest.mark.parametrize("body", ["raise SystemExit(7)", "import lost_package", "1/0"])
def test_import_that_fails(run, file, body):
    file.write_text(f"{body}\ndef f(x):\n    return x\n")
    status, out, err = run("user_file.py:f", "--import")
    assert (status, out) == (1, "")
    assert "importing user_file.py failed with" in err
    assert run("user_file.py:f")[0] == 0


def test_output_file(run, file):
    out = file.parent / "out.py"
    out.write_text("old\n")
    out.chmod(0o640)
    assert run("user_file.py:square", "-o", str(out), "--color", "always") == (
        0,
        "",
        "",
    )
    assert out.read_text().startswith("def dsquare()")
    assert out.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(file.parent)) == ["out.py", "user_file.py"]


def test_output_is_all_or_nothing(run, file, monkeypatch):
    out = file.parent / "out.py"
    out.write_text("old\n")
    assert run("user_file.py:refused", "-o", str(out))[0] == 1
    assert out.read_text() == "old\n"

    def replace(*paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", replace)
    status, _, err = run("user_file.py:square", "-o", str(out))
    assert (status, "No space left" in err) == (2, True)
    assert out.read_text() == "old\n"
    assert sorted(os.listdir(file.parent)) == ["out.py", "user_file.py"]


def test_output_to_a_link_and_to_a_device(run, file):
    real, link = file.parent / "real.py", file.parent / "link.py"
    real.write_text("old\n")
    link.symlink_to(real)
    assert run("user_file.py:square", "-o", str(link))[0] == 0
    assert link.is_symlink() and real.read_text().startswith("def dsquare")
    assert run("user_file.py:square", "-o", os.devnull)[0] == 0
    assert not os.path.isfile(os.devnull)


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "colored"),
    [
        ("auto", {}, False, False),
        ("auto", {}, True, True),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_color(run, monkeypatch, choice, environment, terminal, colored):
    pytest.importorskip("pygments")
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    _, out, _ = run("user_file.py:square", "--color", choice)
    assert ("\x1b[" in out) == colored
    assert "\x1b[" not in run("user_file.py", "--list", "--color", "always")[1]


def test_color_without_pygments(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "pygments", None)
    status, out, _ = run("user_file.py:square", "--color", "always")
    assert (status, "\x1b[" in out) == (0, False)


def command(*argv, shell=None, **options):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        shell or [sys.executable, "-m", "s2sad", *argv],
        shell=shell is not None,
        capture_output=True,
        text=True,
        env=environment,
        **options,
    )


def test_reader_that_leaves(file):
    """`s2sad ... | head` prints no traceback."""
    names = (f"f{i}_{'long' * 25}" for i in range(1000))
    file.write_text("".join(f"def {name}(x): return x\n" for name in names))
    program = (
        "import sys; from s2sad import cli;"
        "cli._derive = lambda *a: 'x' * 100;"
        "sys.exit(cli.main(['user_file.py', '--list']))"
    )
    shell = f'{sys.executable} -c "{program}" | head -1'
    done = command(shell=shell, cwd=file.parent)
    assert done.stdout.startswith("user_file.py:1: f0_")
    assert done.stderr == ""


def test_help_brings_in_no_numpy():
    program = (
        "import sys, s2sad; before = 'numpy' in sys.modules\n"
        "from s2sad import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: print(before == ('numpy' in sys.modules))"
    )
    done = command(shell=f'{sys.executable} -c "{program}"')
    assert done.stdout.endswith("True\n"), done.stderr


# What follows runs the real compiler.


def test_real_derivative_is_a_module(file):
    pytest.importorskip("s2sad.pipeline")
    done = command("user_file.py:square", "--standalone", cwd=file.parent)
    assert (done.returncode, done.stderr) == (0, "")
    space = {}
    exec(done.stdout, space)
    derivative = [f for f in space.values() if isinstance(f, types.FunctionType)][-1]
    assert derivative(3.0) == 6.0


def test_real_value_and_two_arguments(file):
    pytest.importorskip("s2sad.pipeline")
    argv = ["user_file.py:product", "--wrt", "weight,x", "--with-value", "--standalone"]
    done = command(*argv, cwd=file.parent)
    assert (done.returncode, done.stderr) == (0, "")
    space = {}
    exec(done.stdout, space)
    derivative = [f for f in space.values() if isinstance(f, types.FunctionType)][-1]
    assert derivative(3.0, 5.0) == (15.0, (5.0, 3.0))


def test_real_refusals(file):
    pytest.importorskip("s2sad.pipeline")
    done = command("user_file.py:refused", cwd=file.parent)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("user_file.py:")
    done = command("user_file.py:product", "--wrt", "wieght", cwd=file.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean 'weight'?" in done.stderr


def test_real_ssa_and_list(file):
    pytest.importorskip("s2sad.pipeline")
    done = command("user_file.py:square", "--format", "ssa", cwd=file.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
    done = command("user_file.py", "--list", cwd=file.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert "user_file.py:4: square: differentiable\n" in done.stdout
