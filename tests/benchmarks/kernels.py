"""Programs of tests/programs at sizes worth timing: about 1e5 updates or more.

`LARGE` gives arguments for the programs' own `loss`; the kinds are those of `data()`.
"""

import numpy as np


def _rng():
    return np.random.default_rng(0)


def _spd(n):
    R = _rng().normal(size=(n, n)) / n**0.5
    return R @ R.T + 2.0 * np.eye(n)


def _dominant(n):
    return _rng().normal(size=(n, n)) / n**0.5 + 4.0 * np.eye(n)


def _sparse(n):
    indices = np.sort((np.arange(n)[:, None] + [0, 7, 19, 101]) % n, axis=1).ravel()
    rows = np.repeat(np.arange(n), 4)
    values = np.where(rows == indices, 6.0, _rng().uniform(-1.0, 1.0, 4 * n))
    return values, _rng().normal(size=n), np.arange(0, 4 * n + 1, 4), indices


def _fields(count, *shape):
    return [0.1 * _rng().normal(size=shape) for _ in range(count)]


def _vertical(n, levels):
    fields = [_rng().uniform(0.0, 0.1, size=(n, n, levels)) for _ in range(4)]
    wcon = _rng().uniform(0.0, 0.1, size=(n + 1, n, levels))
    return fields[0], fields[1], wcon, fields[2], fields[3]


LARGE = {
    "jacobi_1d": lambda: (*_fields(2, 2000), 100),
    "heat_3d": lambda: (_rng().normal(size=(40, 40, 40)),),
    "fdtd_2d": lambda: (*_fields(3, 100, 120), np.sin(0.3 * np.arange(10))),
    "gauss_seidel": lambda: (_rng().uniform(0.5, 1.5, size=(200, 200)),),
    "adi": lambda: (_rng().uniform(size=(120, 120)), 0.02),
    "horizontal_diffusion": lambda: (
        _rng().normal(size=(68, 68, 40)),
        _rng().uniform(0.01, 0.1, size=(64, 64, 40)),
    ),
    "vertical_advection": lambda: _vertical(32, 60),
    "lu": lambda: (_dominant(80),),
    "ludcmp": lambda: (_dominant(80), _rng().normal(size=80)),
    "cholesky": lambda: (_spd(80), _rng().normal(size=80)),
    "trmm": lambda: (0.9, np.tril(_dominant(80)) / 4.0, _rng().normal(size=(80, 60))),
    "syrk": lambda: (1.5, 0.8, *_fields(2, 100, 100)),
    "syr2k": lambda: (1.1, 0.6, *_fields(3, 100, 100)),
    "durbin": lambda: (0.5 ** np.arange(1, 400),),
    "deriche": lambda: (0.25, _rng().uniform(size=(200, 220))),
    "sparse_product": lambda: _sparse(4000),
}
