"""SciPy's integration, signals, images, interpolation, distances, sparse systems."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from s2sad.ir.types import Type, array
from s2sad.rules.fft import signal, spectrum
from s2sad.rules.registry import adjoint, define, refuse
from s2sad.rules.results import Bound, averaged, permuted, same
from s2sad.runtime import (
    along,
    embedded,
    fitted,
    half_turned,
    is_known,
    lagged,
    linear_part,
    simpson_weights,
    spline_part,
    spread,
    unbroadcast,
)

if TYPE_CHECKING:
    import scipy


@define("scipy.integrate.trapezoid(y, x=None, dx=1.0, axis=-1)")
def trapezoid(y, x, dx, axis):
    last = is_known(axis) and axis == -1
    v = np.asarray(y) if last else np.moveaxis(y, axis, -1)
    pairs = v[..., 1:] + v[..., :-1]
    if x is None:
        return np.sum(dx * pairs / 2.0, -1)
    if last:
        return np.sum(np.diff(x) * pairs / 2.0, -1)
    t = np.moveaxis(x, axis if np.ndim(x) > 1 else 0, -1)
    return np.sum(np.diff(t) * pairs / 2.0, -1)


def sampled(bound: Bound) -> Type:
    return averaged({"a": bound["y"], "axis": bound["axis"]})


@adjoint("scipy.integrate.simpson(y, x=None, dx=1.0, axis=-1)", "y", sampled)
def simpson(g, y, x, dx, axis):
    weights = simpson_weights(np.shape(y)[axis], x, dx)
    return unbroadcast(spread(g, y, axis) * along(weights, y, axis), y)


@define(
    "scipy.integrate.cumulative_trapezoid(y, x=None, dx=1.0, axis=-1, initial=None)"
)
def cumulative_trapezoid(y, x, dx, axis, initial):
    v = np.moveaxis(y, axis, -1)
    pairs = v[..., 1:] + v[..., :-1]
    if x is None:
        sums = np.cumsum(dx * pairs / 2.0, -1)
    else:
        t = np.moveaxis(x, axis if np.ndim(x) > 1 else 0, -1)
        sums = np.cumsum(np.diff(t) * pairs / 2.0, -1)
    if initial is not None:
        sums = np.insert(sums, 0, initial, -1)
    return np.moveaxis(sums, -1, axis)


MODES = ("full", "same", "valid")
CONVOLVE: dict[str, tuple[str, dict[str, Any]]] = {
    "convolve": ("method='auto'", {}),
    "fftconvolve": ("axes=None", {"axes": (None,)}),
    "convolve2d": (
        "boundary='fill', fillvalue=0",
        {"boundary": ("fill",), "fillvalue": (0,)},
    ),
}


def convolve_first(g, in1, in2, mode):
    whole = embedded(g, in1, in2, mode)
    return scipy.signal.convolve(whole, np.flip(in2), "valid")


def convolve_second(g, in1, in2, mode):
    whole = embedded(g, in1, in2, mode)
    return scipy.signal.convolve(whole, np.flip(in1), "valid")


for name, (rest, only) in CONVOLVE.items():
    form = f"scipy.signal.{name}(in1, in2, mode='full', {rest})"
    adjoint(
        form,
        "in1",
        lambda bound: array(bound["in1"].type.ndim),
        only={"mode": MODES, **only},
    )(convolve_first)
    adjoint(f"scipy.signal.{name}", "in2")(convolve_second)


@define("scipy.signal.correlate(in1, in2, mode='full', method='auto')")
def correlate(in1, in2, mode, method):
    return scipy.signal.convolve(in1, np.conjugate(np.flip(in2)), mode, method)


@adjoint(
    "scipy.signal.lfilter(b, a, x, axis=-1, zi=None)",
    "x",
    lambda bound: array(bound["x"].type.ndim),
    only={"zi": (None,)},
)
def lfilter(g, b, a, axis):
    return np.flip(scipy.signal.lfilter(b, a, np.flip(g, axis), axis), axis)


@adjoint("scipy.signal.lfilter", "b")
def lfilter_b(g, b, a, x, axis):
    inner = np.flip(scipy.signal.lfilter([1.0], a, np.flip(g, axis), axis), axis)
    return lagged(inner, x, len(b), axis)


@adjoint("scipy.signal.lfilter", "a")
def lfilter_a(g, y, a, axis):
    inner = np.flip(scipy.signal.lfilter([1.0], a, np.flip(g, axis), axis), axis)
    return -lagged(inner, y, len(a), axis)


@adjoint(
    "scipy.signal.detrend(data, axis=-1, type='linear', bp=0, overwrite_data=False)",
    "data",
    same,
    only={"overwrite_data": (False,)},
)
def detrend(g, axis, type, bp):
    """A projection, so its own adjoint."""
    return scipy.signal.detrend(g, axis, type, bp)


def spectrum_of(bound: Bound) -> Type:
    return spectrum({"a": bound["x"]})


def signal_of(bound: Bound) -> Type:
    return signal({"a": bound["x"]})


FFT = "n=None, axis=-1, norm=None, overwrite_x=False, workers=None"


@adjoint(f"scipy.fft.fft(x, {FFT})", "x", spectrum_of)
def fft(g, x, axis, norm):
    return fitted(scipy.fft.fft(g, axis=axis, norm=norm), x)


@adjoint(f"scipy.fft.ifft(x, {FFT})", "x", spectrum_of)
def ifft(g, x, axis, norm):
    return fitted(scipy.fft.ifft(g, axis=axis, norm=norm), x)


@adjoint(f"scipy.fft.rfft(x, {FFT})", "x", spectrum_of)
def rfft(g, x, n, axis, norm):
    if n is None:
        return scipy.fft.fft(g, np.shape(x)[axis], axis, norm).real
    return fitted(scipy.fft.fft(g, n, axis, norm), x)


@adjoint(
    f"scipy.fft.irfft(x, {FFT})",
    "x",
    signal_of,
    only={"norm": (None, "backward", "ortho", "forward")},
)
def irfft(g, x, axis, norm):
    return half_turned(g, x, (axis,), norm)


@adjoint(
    f"scipy.fft.dct(x, type=2, {FFT}, orthogonalize=None)",
    "x",
    same,
    only={
        "type": (2, 3),
        "n": (None,),
        "norm": (None, "backward", "ortho"),
        "orthogonalize": (None,),
    },
)
def dct(g, type, axis, norm):
    """The types 2 and 3 are each other's transpose, but for a factor of the first."""
    other = 5 - type
    if norm == "ortho":
        return scipy.fft.dct(g, other, axis=axis, norm=norm)
    first = np.take(g, [0], axis)
    if type == 2:
        return scipy.fft.dct(g, 3, axis=axis) + first
    whole = scipy.fft.dct(g, 2, axis=axis)
    return whole - np.insert(
        np.zeros_like(np.delete(whole, 0, axis)),
        0,
        0.5 * np.take(whole, 0, axis),
        axis,
    )


GAUSS = (
    "order=0, output=None, mode='reflect', cval=0.0, truncate=4.0, radius=None,"
    " axes=None"
)


@adjoint(
    f"scipy.ndimage.gaussian_filter(input, sigma, {GAUSS})",
    "input",
    same,
    only={
        "order": (0,),
        "output": (None,),
        "mode": ("reflect", "constant", "wrap"),
        "radius": (None,),
        "axes": (None,),
    },
)
def gaussian_filter(g, sigma, mode, truncate):
    """With these edges the filter is a symmetric matrix."""
    return scipy.ndimage.gaussian_filter(g, sigma, mode=mode, truncate=truncate)


MAP = "output=None, order=3, mode='constant', cval=0.0, prefilter=True"


@adjoint(
    f"scipy.ndimage.map_coordinates(input, coordinates, {MAP})",
    "input",
    "array",
    only={"output": (None,), "order": (1,), "mode": ("constant",)},
)
def map_coordinates(g, input, coordinates):
    return linear_part(g, input, coordinates)


@adjoint(
    "scipy.spatial.distance.cdist(XA, XB, metric='euclidean')",
    "XA",
    lambda bound: array(2),
    only={"metric": ("euclidean", "sqeuclidean")},
)
def cdist(g, y, XA, XB, metric):
    weight = 2.0 * g
    if metric == "euclidean":
        weight = g / (y + (y == 0))
    return np.sum(weight, 1)[:, None] * XA - weight @ XB


@adjoint("scipy.spatial.distance.cdist", "XB")
def cdist_second(g, y, XA, XB, metric):
    weight = 2.0 * g
    if metric == "euclidean":
        weight = g / (y + (y == 0))
    return np.sum(weight, 0)[:, None] * XB - weight.T @ XA


@adjoint(
    "scipy.sparse.linalg.spsolve(A, b, permc_spec=None, use_umfpack=True)",
    "b",
    permuted,
)
def spsolve(g, A):
    return scipy.sparse.linalg.spsolve(A.T, g)


@adjoint("s2sad.runtime.spline_slopes(x, y_)", "y_", lambda bound: array(1))
def spline_slopes_part(g, x, y_):
    return spline_part(g, x, y_)


LOOP = "write the steps of the method as a loop"
INSIDE = "its adjoint would need the derivative of the function that it is given"
for name in ("odeint", "solve_ivp"):
    refuse(f"scipy.integrate.{name}", f"{INSIDE}: {LOOP}")
refuse("scipy.integrate.quad", f"{INSIDE}: sum over the nodes of a quadrature rule")
refuse("scipy.optimize.root_scalar", f"{INSIDE}: {LOOP}")
