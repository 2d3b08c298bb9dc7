"""Cotangents of Fourier transforms."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.basic import unbroadcast


def fitted(g: Any, a: Any) -> Any:
    """g cut, or filled up with zeros, to the shape of a; real where a is."""
    shape = np.shape(a)
    if g.shape != shape:
        g = g[tuple(slice(n) for n in shape)]
        g = np.pad(g, [(0, n - m) for n, m in zip(shape, g.shape, strict=True)])
    return unbroadcast(g, a)


def shape_along(a: Any, s: Any, axes: Any) -> Any:
    """The lengths that a transform along axes has."""
    if s is not None:
        return s
    return (
        [np.shape(a)[k] for k in range(np.ndim(a))]
        if axes is None
        else [np.shape(a)[k] for k in axes]
    )


def half_turned(g: Any, a: Any, axes: Any, norm: Any) -> Any:
    """The cotangent of a half spectrum a in np.fft.irfftn(a, axes=axes)."""
    axes = None if axes is None else tuple(axes)
    last = -1 if axes is None else axes[-1]
    turned: Any = {None: "forward", "backward": "forward", "forward": "backward"}
    out = np.conj(np.fft.rfftn(g, None, axes, turned.get(norm, "ortho")))
    n = g.shape[last]
    weight = np.full(out.shape[last], 2.0)
    weight[0] = 1.0
    if n % 2 == 0:
        weight[-1] = 1.0
    wide = [1] * g.ndim
    wide[last] = -1
    return fitted(out * np.reshape(weight, wide), a)
