"""Blocks of a document that a program writes: `<!-- name -->` ... `<!-- /name -->`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLESS = os.environ.get("S2SAD_BLESS") == "1"
_BLOCK = re.compile(
    r"^<!-- (?P<name>\S+:\S+) -->\n(?P<body>.*?)^<!-- /(?P=name) -->$",
    re.MULTILINE | re.DOTALL,
)


def blocks(path: Path) -> dict[str, str]:
    """What stands in each block of a document."""
    text = path.read_text(encoding="utf-8")
    return {found["name"]: found["body"] for found in _BLOCK.finditer(text)}


def fenced(text: str, language: str) -> str:
    """A fenced code block of Markdown, to be left as it is."""
    if language == "python":
        fence = fenced(text, "").removeprefix("```")
        return f"<!-- fmt: off -->\n```python{fence}<!-- fmt: on -->\n"
    return f"```{language}\n{text.strip()}\n```\n"


def check_block(
    path: Path, name: str, body: str, compared: Callable[[str], str] = str
) -> None:
    """The block holds this text; with S2SAD_BLESS=1, it does from now on.

    `compared` takes out of both texts what may differ between machines.
    """
    if BLESS:
        text = path.read_text(encoding="utf-8")

        def written(found: re.Match[str]) -> str:
            if found["name"] != name:
                return found[0]
            return f"<!-- {name} -->\n{body}<!-- /{name} -->"

        path.write_text(_BLOCK.sub(written, text), encoding="utf-8", newline="\n")
    assert compared(blocks(path)[name]) == compared(body), (
        "S2SAD_BLESS=1 accepts the new text"
    )
