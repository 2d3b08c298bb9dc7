"""Every function of the list in forward mode: the tangent along v is <gradient, v>.

The gradient is held against differences next door.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from corpus.judge_forward import direction
from rules.programs import ROWS, load

import s2sad
from s2sad.check.structure import flatten

#: Functions that have a reverse rule only.
REVERSE_ONLY = frozenset(
    [
        "arrays of one element and without axes",
        "axes of length one",
        "lists where arrays may stand",
        "np.angle",
        "np.arange",
        "np.average",
        "np.divmod",
        "np.frexp",
        "np.fromiter",
        "np.histogram",
        "np.interp",
        "np.min",
        "integers and masks mixed in",
        "np.interp (left, right)",
        "np.linalg.cholesky",
        "np.linalg.cond",
        "np.linalg.eig",
        "np.linalg.eigh",
        "np.linalg.eigvals",
        "np.linalg.eigvalsh",
        "np.linalg.lstsq",
        "np.linalg.matrix_power",
        "np.linalg.multi_dot",
        "np.linalg.qr",
        "np.linalg.svd",
        "np.logaddexp.reduce",
        "np.max",
        "np.maximum.accumulate",
        "np.minimum.accumulate",
        "np.modf",
        "np.nanmax",
        "np.nanmedian",
        "np.nanmin",
        "np.nanpercentile",
        "np.nanquantile",
        "np.nanstd",
        "np.nanvar",
        "np.pad",
        "np.partition",
        "np.percentile",
        "np.poly",
        "np.polydiv",
        "np.polyfit",
        "np.polynomial.chebyshev.chebval",
        "np.polynomial.hermite.hermval",
        "np.polynomial.legendre.legval",
        "np.polynomial.polynomial.polyval",
        "np.polyval",
        "np.prod",
        "np.quantile",
        "np.roots",
        "np.sort",
        "np.std",
        "np.trim_zeros",
        "np.union1d",
        "np.unique",
        "np.unwrap",
        "np.vander",
        "np.var",
        "scipy.fft, the others",
        "scipy.fft.dct",
        "scipy.fft.fft",
        "scipy.integrate.simpson",
        "scipy.interpolate.CubicSpline",
        "scipy.interpolate.interp1d",
        "scipy.linalg, the others",
        "scipy.linalg.block_diag",
        "scipy.linalg.cho_solve",
        "scipy.linalg.cholesky",
        "scipy.linalg.det",
        "scipy.linalg.eigh",
        "scipy.linalg.expm",
        "scipy.linalg.inv",
        "scipy.linalg.logm",
        "scipy.linalg.lstsq",
        "scipy.linalg.lu",
        "scipy.linalg.lu_solve",
        "scipy.linalg.norm",
        "scipy.linalg.pinv",
        "scipy.linalg.polar",
        "scipy.linalg.qr",
        "scipy.linalg.solve",
        "scipy.linalg.solve_banded",
        "scipy.linalg.solve_sylvester",
        "scipy.linalg.solve_triangular",
        "scipy.linalg.sqrtm",
        "scipy.linalg.svd",
        "scipy.linalg.toeplitz",
        "scipy.ndimage.gaussian_filter",
        "scipy.ndimage.map_coordinates",
        "scipy.signal, the others",
        "scipy.signal.convolve",
        "scipy.signal.convolve2d",
        "scipy.signal.correlate",
        "scipy.signal.detrend",
        "scipy.signal.fftconvolve",
        "scipy.signal.lfilter",
        "scipy.sparse.linalg.spsolve",
        "scipy.spatial.distance.cdist",
        "scipy.special.airy",
        "scipy.special.fresnel",
        "scipy.special.log_softmax",
        "scipy.special.logsumexp",
        "scipy.special.sici",
        "scipy.special.softmax",
        "scipy.stats.dirichlet.logpdf",
        "scipy.stats.multivariate_normal.entropy",
        "scipy.stats.multivariate_normal.logpdf",
        "scipy.stats.multivariate_normal.pdf",
    ]
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Callable[..., Any]]:
    programs = [p for row in ROWS.values() for p in row.programs]
    return load(tmp_path_factory.mktemp("programs"), programs)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("name", ROWS)
def test_row(name: str, written: dict[str, Callable[..., Any]]) -> None:
    for program in ROWS[name].programs:
        if program.refused:
            continue
        f, x = written[program.name], program.value()
        v = direction(x)
        gradient = flatten(s2sad.grad(f)(program.value()))
        try:
            _, tangent = s2sad.jvp(f, (x,), (v,))
        except s2sad.S2sadError as refusal:
            assert refusal.code != "S901", refusal
            assert name in REVERSE_ONLY, f"{program.body}: {refusal.message}"
            continue
        known = ~np.isnan(flatten(x))
        want = float(gradient[known] @ flatten(v)[known])
        scale = float(np.abs(gradient[known]) @ np.abs(flatten(v)[known]))
        got = float(np.reshape(np.real(tangent), -1)[0])
        assert np.size(tangent) == 1
        assert abs(got - want) <= 1e-8 * max(1.0, scale), program.body
