"""Programs that s2sad refuses for now: program, or program-argument -> error code.

Each is written as its user would write it. Whoever makes one work takes its line
away; the test fails if a listed one is right, or refused otherwise.
"""

from __future__ import annotations

REFUSED: dict[str, str] = {}
