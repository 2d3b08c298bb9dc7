"""Fourier transforms. A transform is a symmetric matrix, so its adjoint is a transform.

Cotangents of complex values are not conjugated: dL = Re(sum of g * dz).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.ir.types import Type, array
from s2sad.rules.registry import adjoint, define
from s2sad.rules.results import Bound, like
from s2sad.runtime import fitted, half_turned, shape_along

NO_OUT = {"only": {"out": (None,)}}
NORM = {
    "out": (None,),
    "norm": (None, "backward", "ortho", "forward"),
}


def spectrum(bound: Bound) -> Type:
    return array(bound["a"].type.ndim, None, "complex")


def signal(bound: Bound) -> Type:
    return array(bound["a"].type.ndim, None, "float")


@adjoint(
    "numpy.fft.fft(a, n=None, axis=-1, norm=None, out=None)", "a", spectrum, **NO_OUT
)
def fft(g, a, axis, norm):
    return fitted(np.fft.fft(g, axis=axis, norm=norm), a)


@adjoint(
    "numpy.fft.ifft(a, n=None, axis=-1, norm=None, out=None)", "a", spectrum, **NO_OUT
)
def ifft(g, a, axis, norm):
    return fitted(np.fft.ifft(g, axis=axis, norm=norm), a)


@adjoint(
    "numpy.fft.fftn(a, s=None, axes=None, norm=None, out=None)", "a", spectrum, **NO_OUT
)
def fftn(g, a, axes, norm):
    return fitted(np.fft.fftn(g, axes=axes, norm=norm), a)


@adjoint(
    "numpy.fft.ifftn(a, s=None, axes=None, norm=None, out=None)",
    "a",
    spectrum,
    **NO_OUT,
)
def ifftn(g, a, axes, norm):
    return fitted(np.fft.ifftn(g, axes=axes, norm=norm), a)


@define("numpy.fft.fft2(a, s=None, axes=(-2, -1), norm=None, out=None)", **NO_OUT)
def fft2(a, s, axes, norm):
    return np.fft.fftn(a, s, axes, norm)


@define("numpy.fft.ifft2(a, s=None, axes=(-2, -1), norm=None, out=None)", **NO_OUT)
def ifft2(a, s, axes, norm):
    return np.fft.ifftn(a, s, axes, norm)


@adjoint(
    "numpy.fft.rfft(a, n=None, axis=-1, norm=None, out=None)", "a", spectrum, **NO_OUT
)
def rfft(g, a, n, axis, norm):
    """The lower half of a transform, the rest of it being zero in the adjoint."""
    if n is None:
        return np.fft.fft(g, np.shape(a)[axis], axis, norm).real
    return fitted(np.fft.fft(g, n, axis, norm), a)


@adjoint(
    "numpy.fft.rfftn(a, s=None, axes=None, norm=None, out=None)",
    "a",
    spectrum,
    **NO_OUT,
)
def rfftn(g, a, s, axes, norm):
    return fitted(np.fft.fftn(g, shape_along(a, s, axes), axes, norm), a)


@define("numpy.fft.rfft2(a, s=None, axes=(-2, -1), norm=None, out=None)", **NO_OUT)
def rfft2(a, s, axes, norm):
    return np.fft.rfftn(a, s, axes, norm)


@adjoint(
    "numpy.fft.irfft(a, n=None, axis=-1, norm=None, out=None)", "a", signal, only=NORM
)
def irfft(g, a, axis, norm):
    return half_turned(g, a, (axis,), norm)


@adjoint(
    "numpy.fft.irfftn(a, s=None, axes=None, norm=None, out=None)",
    "a",
    signal,
    only=NORM,
)
def irfftn(g, a, s, axes, norm):
    if axes is None and s is not None:
        return half_turned(g, a, range(-len(s), 0), norm)
    return half_turned(g, a, axes, norm)


@define("numpy.fft.irfft2(a, s=None, axes=(-2, -1), norm=None, out=None)", only=NORM)
def irfft2(a, s, axes, norm):
    return np.fft.irfftn(a, s, axes, norm)


@define("numpy.fft.hfft(a, n=None, axis=-1, norm=None, out=None)", only=NORM)
def hfft(a, n, axis, norm):
    if norm is None or norm == "backward":
        return np.fft.irfft(np.conjugate(a), n, axis, "forward")
    if norm == "forward":
        return np.fft.irfft(np.conjugate(a), n, axis, "backward")
    return np.fft.irfft(np.conjugate(a), n, axis, "ortho")


@define("numpy.fft.ihfft(a, n=None, axis=-1, norm=None, out=None)", only=NORM)
def ihfft(a, n, axis, norm):
    if norm is None or norm == "backward":
        return np.conjugate(np.fft.rfft(a, n, axis, "forward"))
    if norm == "forward":
        return np.conjugate(np.fft.rfft(a, n, axis, "backward"))
    return np.conjugate(np.fft.rfft(a, n, axis, "ortho"))


@adjoint("numpy.fft.fftshift(x, axes=None)", "x", like)
def fftshift(g, axes):
    return np.fft.ifftshift(g, axes)


@adjoint("numpy.fft.ifftshift(x, axes=None)", "x", like)
def ifftshift(g, axes):
    return np.fft.fftshift(g, axes)
