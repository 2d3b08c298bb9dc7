"""A derivative at every stage of its making, as text: to learn from, to debug with."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gast

from s2sad import pipeline
from s2sad.frontend.source import FunctionSource, from_function

TITLES = {
    "source": "source",
    "ast": "syntax tree",
    "ssa": "three-address code",
    "adjoint": "with its adjoint",
    "optimized": "recorded and optimized",
    "text": "derivative",
}


@dataclass(frozen=True)
class Stages:
    """The user's text, and what became of it.

    `ast` is the tree, `ssa` three-address code with types, `adjoint` that with the
    reverse sweep behind it, `optimized` what is left of this, `text` the derivative.
    """

    source: str
    ast: str
    ssa: str
    adjoint: str
    optimized: str
    text: str

    def _sections(self) -> list[tuple[str, str]]:
        return [(title, getattr(self, name)) for name, title in TITLES.items()]

    def __str__(self) -> str:
        return "\n\n".join(
            f"# {title} {'-' * (85 - len(title))}\n\n{text.strip()}"
            for title, text in self._sections()
        )

    def _repr_html_(self) -> str:
        return "\n".join(
            f"<details{' open' * (title in ('source', 'derivative'))}>"
            f"<summary>{title}</summary><pre>{html.escape(text.strip())}</pre></details>"
            for title, text in self._sections()
        )


def stages(
    f: Callable[..., Any], *, wrt: pipeline.Wrt = 0, with_value: bool = False
) -> Stages:
    """Every stage of a derivative of f, each as text.

    >>> def square(x): return x * x
    >>> print(stages(square).source.strip())
    def square(x): return x * x
    """
    source = from_function(f)
    derivative = pipeline.derive(source, wrt=wrt, with_value=with_value)
    return Stages(
        source=_text(source),
        ast=gast.dump(source.node, indent=2),
        ssa=derivative.primal_ssa,
        adjoint=derivative.adjoint_ssa,
        optimized=derivative.final_ssa,
        text=derivative.module.text,
    )


def _text(source: FunctionSource) -> str:
    """The lines that a function stands in, its decorators with it."""
    node = source.node
    decorators = getattr(node, "decorator_list", [])
    start = min(n.lineno for n in (node, *decorators))
    lines = source.lines[start - 1 : node.end_lineno]
    return textwrap.dedent("\n".join(lines)) + "\n"
