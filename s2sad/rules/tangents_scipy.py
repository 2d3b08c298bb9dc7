"""Forward rules of SciPy's special functions, densities, signals and distances."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from s2sad.rules.registry import linear, multilinear, tangent
from s2sad.rules.short import mirrored
from s2sad.runtime import require_covariance, require_rank, spread

if TYPE_CHECKING:
    import scipy

SP, ST, MVN = "scipy.special", "scipy.stats", "scipy.stats.multivariate_normal"
for name in ("fft", "ifft", "rfft", "irfft", "dct"):
    linear(f"scipy.fft.{name}", "x")
for name in ("convolve", "fftconvolve", "convolve2d"):
    multilinear(f"scipy.signal.{name}", "in1", "in2")
linear("scipy.integrate.simpson", "y")
linear("scipy.signal.detrend", "data")
linear("scipy.sparse.linalg.spsolve", "b")
linear("s2sad.runtime.spline_slopes", "y_")
multilinear("scipy.signal.lfilter", "b", "x")


@tangent("scipy.signal.lfilter", "a")
def lfilter(g, y, a, axis):
    """a y = b x, as products of delays; what a starts with divides all."""
    return -scipy.signal.lfilter(
        [1.0], a, scipy.signal.lfilter(g, [1.0], y, axis), axis
    )


@tangent("scipy.ndimage.gaussian_filter", "input")
def gaussian_filter(g, sigma, mode, cval, truncate):
    return scipy.ndimage.gaussian_filter(g, sigma, mode=mode, truncate=truncate)


@tangent("scipy.ndimage.map_coordinates", "input")
def map_coordinates(g, coordinates, order, cval, prefilter):
    return scipy.ndimage.map_coordinates(g, coordinates, order=1)


@tangent("scipy.spatial.distance.cdist", "XA")
def cdist(g, y, XA, XB, metric):
    part = np.sum(g * XA, 1)[:, None] - g @ XB.T
    if metric == "euclidean":
        return part / (y + (y == 0))
    return 2.0 * part


@tangent("scipy.spatial.distance.cdist", "XB")
def cdist_second(g, y, XA, XB, metric):
    part = np.sum(g * XB, 1) - XA @ g.T
    if metric == "euclidean":
        return part / (y + (y == 0))
    return 2.0 * part


@tangent(f"{SP}.logsumexp", "a")
def logsumexp(g, y, a, axis, b, keepdims):
    if b is None:
        return np.sum(g * scipy.special.softmax(a, axis), axis, keepdims=keepdims)
    share = b * np.exp(a - spread(y, a, axis, keepdims))
    return np.sum(g * share, axis, keepdims=keepdims)


@tangent(f"{SP}.logsumexp", "b")
def logsumexp_b(g, y, a, axis, keepdims):
    share = np.exp(a - spread(y, a, axis, keepdims))
    return np.sum(g * share, axis, keepdims=keepdims)


@tangent(f"{SP}.softmax", "x")
def softmax(g, y, axis):
    return y * (g - np.sum(g * y, axis, keepdims=True))


@tangent(f"{SP}.log_softmax", "x")
def log_softmax(g, y, axis):
    return g - np.sum(g * np.exp(y), axis, keepdims=True)


@tangent(f"{SP}.sici", "x")
def sici(g, x):
    return g * np.sinc(x / np.pi), g * np.cos(x) / x


@tangent(f"{SP}.fresnel", "x")
def fresnel(g, x):
    angle = 0.5 * np.pi * x * x
    return g * np.sin(angle), g * np.cos(angle)


@tangent(f"{SP}.airy", "x")
def airy(g, y, x):
    return g * y[1], g * x * y[0], g * y[3], g * x * y[2]


# -- the normal density: its log is -(x - m)' inverse(cov) (x - m) / 2, and a constant -


@tangent(f"{MVN}.logpdf", "x")
def mvn_x(g, x, mean, cov):
    require_covariance(x, cov)
    away = x if mean is None else x - mean
    return -np.sum(away @ np.linalg.inv(cov) * g, -1)


@tangent(f"{MVN}.logpdf", "mean")
def mvn_mean(g, x, mean, cov):
    require_covariance(x, cov)
    return np.sum((x - mean) @ np.linalg.inv(cov) * g, -1)


@tangent(f"{MVN}.logpdf", "cov")
def mvn_cov(g, x, mean, cov):
    require_covariance(x, cov)
    inverse, change = np.linalg.inv(cov), mirrored(g, True)
    away = x if mean is None else x - mean
    solved = away @ inverse
    return 0.5 * (np.sum(solved @ change * solved, -1) - np.sum(inverse * change))


@tangent(f"{MVN}.pdf", "x")
def mvn_pdf_x(g, y, x, mean, cov):
    require_covariance(x, cov)
    away = x if mean is None else x - mean
    return -y * np.sum(away @ np.linalg.inv(cov) * g, -1)


@tangent(f"{MVN}.pdf", "mean")
def mvn_pdf_mean(g, y, x, mean, cov):
    require_covariance(x, cov)
    return y * np.sum((x - mean) @ np.linalg.inv(cov) * g, -1)


@tangent(f"{MVN}.pdf", "cov")
def mvn_pdf_cov(g, y, x, mean, cov):
    require_covariance(x, cov)
    inverse, change = np.linalg.inv(cov), mirrored(g, True)
    away = x if mean is None else x - mean
    solved = away @ inverse
    part = np.sum(solved @ change * solved, -1) - np.sum(inverse * change)
    return 0.5 * y * part


@tangent(f"{MVN}.entropy", "cov")
def mvn_entropy(g, mean, cov):
    require_rank(cov, 2)
    return 0.5 * np.sum(np.linalg.inv(cov) * mirrored(g, True))


@tangent(f"{ST}.dirichlet.logpdf", "alpha")
def dirichlet(g, x, alpha):
    require_rank(x, 1)
    total = scipy.special.psi(np.sum(alpha))
    return np.sum(g * (np.log(x) + total - scipy.special.psi(alpha)))
