"""Every refusal: a class, a stable code, the place in the source, and a hint.

Codes are grouped by what went wrong: S1xx finding the source, S2xx the language,
S3xx derivative rules, S4xx the request and the run, S9xx our own mistakes.
"""

from __future__ import annotations

import difflib
import sys
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Location:
    """A span of one source line; columns count characters from 1.

    `end_column` is the column just after the span, None when the span goes on
    below this line; `text` is the whole line, without its newline.
    """

    path: str
    line: int
    column: int = 1
    end_column: int | None = None
    text: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"

    def excerpt(self) -> str:
        """The line, less its indentation, with carets below the span.

        >>> print(Location("a.py", 3, 12, 15, "    return f(x)").excerpt())
        return f(x)
               ^^^
        """
        text = self.text.rstrip()
        start = min(self.column - 1, len(text))
        stop = self.end_column - 1 if self.end_column else start + 1
        indent = min(len(text) - len(text.lstrip()), start)
        blank = "".join(map(_blank, text[indent:start]))
        carets = "^" * max(1, sum(len(_blank(c)) for c in text[start:stop]))
        return f"{text[indent:]}\n{blank}{carets}"


def _blank(character: str) -> str:
    """White space as wide as the character is on a terminal."""
    if character == "\t":
        return character
    if unicodedata.combining(character):
        return ""
    return " " * (1 + (unicodedata.east_asian_width(character) in "WF"))


#: Emitted file name -> where the line of it stands in the user's source.
PLACES: dict[str, Callable[[int], Location | None]] = {}


def _running_place() -> Location | None:
    """For an error that a running derivative raises: the line that it comes from."""
    frame = sys._getframe(2)
    for _ in range(6):
        if frame.f_code.co_filename in PLACES:
            return PLACES[frame.f_code.co_filename](frame.f_lineno)
        if frame.f_back is None:
            break
        frame = frame.f_back
    return None


class S2sadError(Exception):
    """What s2sad refuses to do, where, and what to do about it."""

    code: ClassVar[str] = "S000"
    default_hint: ClassVar[str | None] = None
    #: may it be otherwise for the classes that a call tells?
    by_class: bool = False

    def __init__(
        self,
        message: str,
        *,
        at: Location | None = None,
        hint: str | None = None,
        by_class: bool = False,
    ) -> None:
        # `args` is what pickle calls the class with; the rest is in __dict__.
        super().__init__(message)
        self.at = at or _running_place()
        self.hint = hint or self.default_hint
        if by_class:
            self.by_class = True

    @property
    def message(self) -> str:
        return str(self.args[0])

    @property
    def filename(self) -> str | None:
        return self.at.path if self.at else None

    @property
    def lineno(self) -> int | None:
        return self.at.line if self.at else None

    @property
    def column(self) -> int | None:
        return self.at.column if self.at else None

    @property
    def excerpt(self) -> str:
        """The source line with its carets; empty when there is no line to show."""
        return self.at.excerpt() if self.at and self.at.text.strip() else ""

    def __str__(self) -> str:
        place = f"{self.at}: " if self.at else ""
        lines = [f"{place}{self.code} {self.message}"]
        lines += [f"    {line}" for line in self.excerpt.splitlines()]
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


class NoSourceError(S2sadError):
    """The function's source text cannot be had, or is not what was compiled."""

    code = "S101"


class NotAFunctionError(S2sadError, TypeError):
    """The object is not a function written in Python."""

    code = "S102"
    default_hint = "pass a function made with def or lambda"


class FileMissingError(S2sadError):
    """There is no such file or module."""

    code = "S103"


class FunctionMissingError(S2sadError):
    """The file has no such function."""

    code = "S104"


class SourceSyntaxError(S2sadError):
    """The file is not Python that this interpreter can parse."""

    code = "S105"


class DecoratedError(S2sadError):
    """A decorator stands between the name and the function below it."""

    code = "S106"


class UnsupportedError(S2sadError):
    """A statement or an expression outside the language we differentiate."""

    code = "S201"
    default_hint = (
        "move this out of the function, or write it another way: docs/errors.md"
    )


class UnknownClassError(UnsupportedError):
    """A method of an object whose class only a call can tell."""

    code = "S205"
    by_class = True
    default_hint = "annotate the argument with its class: def f(model: Model, ...)"


class UnknownNameError(S2sadError):
    """A name whose meaning cannot be found."""

    code = "S202"
    default_hint = "define it in the module, or import it"


class AmbiguousError(S2sadError):
    """Float or array, view or copy: it decides, and only a run can tell."""

    code = "S203"


class MutationError(S2sadError):
    """A mutation that cannot be followed."""

    code = "S204"


class NoRuleError(S2sadError):
    """A function that has neither a derivative rule nor Python source."""

    code = "S301"
    default_hint = "write it with functions that have a rule"


class KeywordError(S2sadError):
    """A keyword argument that the function's rule does not handle."""

    code = "S302"


class RuleError(S2sadError, ValueError):
    """A rule that is added is not the derivative of its function."""

    code = "S303"


class WrtError(S2sadError, ValueError):
    """What to differentiate with respect to is not an argument."""

    code = "S401"
    default_hint = "name parameters of the function, or give their positions"


class ResultError(S2sadError, TypeError):
    """The result is not one number."""

    code = "S402"
    default_hint = "return one float"


class DtypeError(S2sadError, TypeError):
    """An integer array where a derivative was asked for."""

    code = "S403"


class KindError(S2sadError, TypeError):
    """A check that had to wait for the run failed."""

    code = "S404"


class CompileError(UnsupportedError):
    """A derivative, or a part of one, that Numba does not compile."""

    code = "S405"
    default_hint = "without compile='numba' the derivative is plain NumPy, and works"


class InternalError(S2sadError):
    """A mistake of ours, never of the user's program."""

    code = "S901"
    default_hint = "this is a bug in s2sad: please report it, with the function"


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """A question naming the nearest candidate, or nothing.

    >>> did_you_mean("wieght", ["weight", "bias"])
    "did you mean 'weight'?"
    """
    near = difflib.get_close_matches(name, list(candidates), n=1)
    return f"did you mean {near[0]!r}?" if near else ""
