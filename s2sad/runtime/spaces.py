"""The cotangents of the ends of a linear space."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.basic import unbroadcast


def linspace_part(
    g: Any, step: Any, end: Any, num: int, endpoint: bool, axis: int, first: bool
) -> Any:
    """The cotangent of one end of np.linspace: of its samples, and of its step."""
    total: Any = 0.0
    if g is not None:
        up = np.linspace(0.0, 1.0, num, endpoint)
        weights = 1.0 - up if first else up
        total = np.tensordot(weights, np.moveaxis(g, axis, 0), 1)
    if step is not None:
        count = num - 1 if endpoint else num
        total = total + (-step if first else step) / count
    return unbroadcast(total, end)
