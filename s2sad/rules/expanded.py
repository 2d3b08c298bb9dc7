"""Calls that are written out when they are read: what takes functions, or a list of
arrays of any length.

An expansion is given the lowering, the positional arguments, the keywords and the node,
and returns the value that stands for the call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2sad.ir.core import Value

Expansion = Callable[[Any, list[Value], dict[str, Value], Any], Value]
EXPANSIONS: dict[str, Expansion] = {}
