"""Abbreviations of the rule language: written out wherever a rule calls them."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.rules.registry import short
from s2sad.runtime import rank


@short
def turned(a):
    """The transpose of each matrix in a stack."""
    if rank(a) == 2:
        return a.T
    return np.swapaxes(a, -1, -2)


@short
def mirrored(a, lower):
    """The symmetric matrix, of which one triangle is read."""
    if lower:
        return np.tril(a) + turned(np.tril(a, -1))
    return np.triu(a) + turned(np.triu(a, 1))


@short
def diagonals(a):
    """The diagonal of each matrix in a stack."""
    if rank(a) == 2:
        return np.diagonal(a)
    return np.diagonal(a, 0, -2, -1)
