"""Programs that s2sad refuses for now: program, or program-argument -> error code.

Each is written as its user would write it. Whoever makes one work takes its line
away; the test fails if a listed one is right, or refused otherwise. BROKEN lists
what is worse than refused, until it is mended, with the kind that it shows.
"""

from __future__ import annotations

REFUSED: dict[str, str] = {
    "spectral_burgers": "S301",
    "vertical_advection": "S301",
}

BROKEN: dict[str, str] = {
    # exp(-inf / gamma) is 0, and its derivative comes out as 0 * inf.
    "soft_time_warping-gamma": "CRASH",
}
