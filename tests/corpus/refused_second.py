"""Second derivatives that are refused: check or case -> nestings."""

from __future__ import annotations

REVERSE_TWICE = ("reverse over reverse",)
ON_REVERSE = ("reverse over reverse", "forward over reverse")
REFUSED_SECOND: dict[str, tuple[str, ...]] = {}
