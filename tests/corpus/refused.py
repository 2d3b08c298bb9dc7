"""Corpus checks that s2sad refuses on purpose: check or case name -> error code.

A name is that of a case ("loops.horner") or of one check of it ("loops.horner-x").
"""

from __future__ import annotations

REFUSED: dict[str, str] = {}
