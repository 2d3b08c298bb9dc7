"""The command line: a function's name in, its derivative's text out.

Standard output carries the derivative and nothing else. Status 0: done; 1: cannot
be differentiated; 2: the request is wrong; 3: a mistake of ours; 130: interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.metadata
import importlib.util
import inspect
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from s2sad.errors import (
    FileMissingError,
    FunctionMissingError,
    InternalError,
    NoSourceError,
    S2sadError,
    WrtError,
    did_you_mean,
)
from s2sad.frontend import source
from s2sad.frontend.source import FunctionSource

_EXAMPLES = """\
examples:
  s2sad model.py:loss                      gradient in the first argument
  s2sad model.py:loss --wrt w,b -o dloss.py --standalone
  s2sad model.py:loss --mode forward --with-value
  s2sad model.py:loss --check --at "np.ones(3), 0.1"
  s2sad model.py:loss --compile numba --at "np.ones(3), 0.1"
  s2sad model.py --list                    what can be differentiated, or why not
"""


class UsageError(Exception):
    """The command line asks for something that cannot be."""


@dataclass(frozen=True)
class Target:
    """`path.py:func` or `pkg.mod:func`; with --list, the function is left out."""

    place: str
    qualname: str
    is_path: bool

    @classmethod
    def parse(cls, text: str) -> Target:
        head, colon, tail = text.rpartition(":")
        if not colon or os.sep in tail or tail.endswith(".py"):
            head, tail = text, ""  # no function; the colon may be a drive's
        elif not all(part.isidentifier() for part in tail.split(".")):
            raise UsageError(f"{tail!r} in {text!r} is not a function's name")
        head = head.removesuffix(":")
        is_path = head.endswith(".py") or os.path.exists(head) or os.sep in head
        if not is_path and not all(part.isidentifier() for part in head.split(".")):
            raise UsageError(f"{text!r} is not path.py:function or module:function")
        return cls(head, tail, is_path)

    @property
    def path(self) -> str:
        return self.place if self.is_path else source.module_path(self.place)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = _parser().parse_args(argv)
    try:
        status = _run(options)
        sys.stdout.flush()
        return status
    except S2sadError as error:
        print(error, file=sys.stderr)
        if isinstance(error, InternalError):
            return 3
        wrong_request = (FileMissingError, FunctionMissingError, WrtError)
        return 2 if isinstance(error, wrong_request) else 1
    except UsageError as error:
        print(f"s2sad: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader has left (s2sad ... | head); what is buffered goes nowhere.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        traceback.print_exc()
        unforeseen = InternalError(f"unexpected {type(error).__name__}: {error}")
        print(unforeseen, file=sys.stderr)
        return 3


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="s2sad",
        description="Print the derivative of a Python function, as Python.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "target",
        metavar="TARGET",
        help="path.py:func, path.py::func, path.py:Class.method or pkg.mod:func",
    )
    add("--wrt", metavar="NAME[,NAME]", help="arguments (default: the first)")
    add(
        "--mode",
        choices=["reverse", "forward", "vjp"],
        default="reverse",
        help="gradient (default), tangent, or a forward and a reverse function",
    )
    add("--with-value", action="store_true", help="return (value, gradient)")
    add("--format", choices=["py", "ssa"], default="py")
    add("--standalone", action="store_true", help="carry helpers; never import s2sad")
    add("-o", "--output", metavar="FILE", help="write FILE, all of it or nothing")
    add("--import", action="store_true", dest="run", help="run the file to see names")
    add("--list", action="store_true", help="list functions: differentiable, or not")
    add("--check", action="store_true", help="hold derivatives against the function")
    add(
        "--compile",
        choices=["numba"],
        help="with loops, as Numba compiles it, for arguments like those of --at",
    )
    add("--at", metavar="ARGS", help="arguments: an expression, '2.0, np.ones(3)'")
    add("--color", choices=["auto", "always", "never"], default="auto")
    add("--version", action="version", version=f"s2sad {_version()}")
    return parser


def _version() -> str:
    try:
        return importlib.metadata.version("s2sad")
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"


def _run(options: argparse.Namespace) -> int:
    target = Target.parse(options.target)
    _check_output(options.output)
    if not target.is_path:
        _put_first(os.getcwd())
    if options.list:
        if target.qualname:
            raise UsageError("--list takes a file or a module, without a function")
        listing = "".join(f"{line}\n" for line in _list(target, options))
        _deliver(listing, options, highlight=False)
        return 0
    if not target.qualname:
        names = ", ".join(source.static_scope(target.path).functions)
        raise UsageError(f"name a function: {options.target}:NAME (it has: {names})")
    if options.check:
        return _check(target, options)
    if options.compile:
        text = _compiled(target, options)
        _deliver(text, options, highlight=options.format == "py")
        return 0
    text = _derive(_finder(target, options.run)(target.qualname), options)
    _deliver(text, options, highlight=options.format == "py")
    return 0


def _check(target: Target, options: argparse.Namespace) -> int:
    """Run the file, and hold what we make of the function against the function."""
    from s2sad.check.grads import check_grads

    function, args = _at(target, options)
    modes = {"reverse": ("reverse", "forward"), "forward": ("forward",)}
    report = check_grads(
        function, args, modes=modes.get(options.mode, ("reverse",)), raises=False
    )
    _deliver(f"{report}\n", options, highlight=False)
    return 0 if report.ok else 1


def _at(
    target: Target, options: argparse.Namespace
) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """The function, from its file that is run, and arguments for it."""
    from s2sad.check.arguments import guess

    module = _import(target)
    function = _attribute(module, target.qualname)
    if options.at is not None:
        return function, _arguments(options.at, module)
    found = guess(function)
    if found is None:
        raise UsageError("found no arguments that it runs with: give --at ARGS")
    print(f"at {', '.join(map(_shown, found))}", file=sys.stderr)
    return function, found


def _compiled(target: Target, options: argparse.Namespace) -> str:
    """The derivative as Numba compiles it; it is written, not compiled."""
    from s2sad.compiled.tier import lowered

    if options.mode != "reverse" or options.standalone:
        raise UsageError("--compile is for gradients, and needs no --standalone")
    function, args = _at(target, options)
    found = lowered(
        function, args, wrt=_wrt(options.wrt), with_value=options.with_value
    )
    return found.ssa if options.format == "ssa" else found.module.text


def _arguments(text: str, module: Any) -> tuple[Any, ...]:
    import math

    import numpy

    scope = {"np": numpy, "numpy": numpy, "math": math, **vars(module)}
    try:
        found = eval(f"({text},)", scope)
    except Exception as error:
        raise UsageError(f"--at: {type(error).__name__}: {error}") from error
    return tuple(found)


def _shown(value: Any) -> str:
    """An argument on one line."""
    return " ".join(repr(value).split())


def _finder(target: Target, run: bool) -> Callable[[str], FunctionSource]:
    """How to find a function of the target's file, which is read or run once."""
    scope = source.static_scope(target.path, "" if target.is_path else target.place)
    if not run:
        return lambda qualname: source.lookup(scope, qualname)
    module = _import(target)
    return lambda qualname: source.from_function(_attribute(module, qualname))


def _derive(found: FunctionSource, options: argparse.Namespace) -> str:
    from s2sad.pipeline import derive  # brings NumPy, which --help does without

    derivative = derive(
        found,
        wrt=_wrt(options.wrt),
        with_value=options.with_value,
        mode=options.mode,
    )
    if options.format == "ssa":
        return derivative.ssa()
    return derivative.text(standalone=options.standalone)


def _wrt(text: str | None) -> int | str | tuple[str, ...]:
    if text is None:
        return 0
    names = tuple(name.strip() for name in text.split(","))
    return names if len(names) > 1 else names[0]


def _list(target: Target, options: argparse.Namespace) -> Iterator[str]:
    """A line for each function: that it is differentiable, or the first reason."""
    find = _finder(target, options.run)
    for qualname, line in source.static_scope(target.path).functions.items():
        try:
            _derive(find(qualname), options)
            verdict = "differentiable"
        except S2sadError as error:
            where = f" (line {error.lineno})" if error.lineno else ""
            verdict = f"{error.code} {error.message}{where}"
        except Exception as error:  # ours; the other functions are still listed
            unforeseen = InternalError(f"unexpected {type(error).__name__}")
            verdict = f"{unforeseen.code} {unforeseen.message}, please report"
        yield f"{target.path}:{line}: {qualname}: {verdict}"


def _import(target: Target) -> Any:
    """Run the user's file, as Python would import it; what it prints is no output."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            if not target.is_path:
                return importlib.import_module(target.place)
            return _run_file(os.path.abspath(target.place))
    except (Exception, SystemExit) as error:
        raise NoSourceError(
            f"importing {target.place} failed with {type(error).__name__}: {error}",
            hint="without --import the file is only read",
        ) from error


def _run_file(path: str) -> Any:
    name = os.path.basename(path).removesuffix(".py")
    _put_first(os.path.dirname(path))
    if name in sys.modules:
        name = path  # the name is another module's
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("it is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _attribute(module: Any, qualname: str) -> Any:
    found = module
    for name in qualname.split("."):
        try:
            owner, found = found, inspect.getattr_static(found, name)
        except AttributeError:
            names = [n for n, value in vars(found).items() if callable(value)]
            raise FunctionMissingError(
                f"{module.__name__} has no function {qualname!r}",
                hint=did_you_mean(name, names),
            ) from None
        if isinstance(found, classmethod):
            found = found.__get__(None, owner)
    return found


def _put_first(folder: str) -> None:
    if folder not in sys.path:
        sys.path.insert(0, folder)


def _check_output(path: str | None) -> None:
    """Refuse what cannot be written before any work is done."""
    if path is None:
        return
    folder = os.path.dirname(os.path.realpath(path))
    if not os.path.isdir(folder):
        raise UsageError(f"cannot write {path}: there is no directory {folder}")
    if os.path.isdir(path):
        raise UsageError(f"cannot write {path}: it is a directory")


def _deliver(text: str, options: argparse.Namespace, *, highlight: bool) -> None:
    if options.output is not None:
        try:
            _write(options.output, text)
        except OSError as error:
            raise UsageError(
                f"cannot write {options.output}: {error.strerror}"
            ) from None
        return
    if highlight and _wants_color(options.color):
        text = _highlighted(text)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # names may be of any alphabet, consoles not
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(text if text.endswith("\n") or not text else f"{text}\n")


def _write(path: str, text: str) -> None:
    """Replace the file in one step, so that nobody ever sees half of it."""
    path = os.path.realpath(path)
    if os.path.exists(path) and not os.path.isfile(path):  # a device, a pipe
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        return
    folder, name = os.path.split(path)
    draft = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    try:
        with open(draft, "x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        if os.path.exists(path):
            shutil.copymode(path, draft)
        os.replace(draft, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
        raise


def _wants_color(choice: str) -> bool:
    """Python 3.13's own rule: NO_COLOR, FORCE_COLOR, TERM, then the terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and sys.stdout.isatty()


def _highlighted(text: str) -> str:
    try:
        pygments = importlib.import_module("pygments")
        lexers = importlib.import_module("pygments.lexers")
        formatters = importlib.import_module("pygments.formatters")
    except ImportError:  # colour is for those who have it
        return text
    lexer = lexers.get_lexer_by_name("python", stripnl=False)
    formatter = formatters.get_formatter_by_name("terminal")
    return str(pygments.highlight(text, lexer, formatter))
