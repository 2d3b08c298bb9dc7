"""The run-time helpers, as functions that an emitted derivative calls in its turn."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.rules.registry import adjoint, declare
from s2sad.runtime import unbroadcast

for name in ("uncrossed", "apart", "number", "one", "scalar", "array", "element"):
    declare(f"s2sad.runtime.require_{name}(*parts)", effect=True)
declare("s2sad.runtime.require_rank(x, ndim)", effect=True)
declare("s2sad.runtime.require_float(x, name)", effect=True)
declare("s2sad.runtime.zeros_like(x)")


@adjoint("s2sad.runtime.unbroadcast(c, x)", wrt="c")
def unbroadcast_(g, c):
    return np.broadcast_to(g, np.shape(c))


@adjoint("s2sad.runtime.spread(c, x)", wrt="c")
def spread_(g, c):
    return unbroadcast(g, c)
