"""Cotangents of matrix decompositions, for stacks of real matrices.

Where two eigenvalues or singular values are equal the vectors are not determined; the
cotangents are then those of a result that does not depend on the choice.

M. Giles, Collected matrix derivative results for forward and reverse mode AD (2008).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.errors import DtypeError, KindError


def turned(a: Any) -> Any:
    """The transpose of each matrix in a stack."""
    return np.swapaxes(a, -1, -2)


def require_real_matrix(a: Any) -> None:
    """Refuse a complex matrix where the derivative was written for a real one."""
    if np.iscomplexobj(a):
        raise DtypeError(
            "this decomposition of a complex matrix has no derivative here"
        )


def gaps(w: Any) -> Any:
    """1 / (w[j] - w[i]), and 0 where they are equal."""
    gap = w[..., None, :] - w[..., :, None]
    return np.where(gap == 0, 0.0, 1.0 / np.where(gap == 0, 1.0, gap)).astype(w.dtype)


def one_triangle(s: Any, lower: bool) -> Any:
    """The cotangent of a symmetric matrix, of which one triangle is read."""
    both = s + turned(s)
    part = np.tril(both, -1) if lower else np.triu(both, 1)
    return part + s * np.eye(s.shape[-1], dtype=s.dtype)


def eigh_part(gw: Any, gv: Any, w: Any, v: Any, lower: bool = True) -> Any:
    """The cotangent of a in w, v = np.linalg.eigh(a)."""
    require_real_matrix(v)
    middle = np.zeros_like(v)
    if gw is not None:
        middle = middle + gw[..., None, :] * np.eye(v.shape[-1], dtype=v.dtype)
    if gv is not None:
        middle = middle + gaps(w) * (turned(v) @ gv)
    return one_triangle(v @ middle @ turned(v), lower)


def eig_part(gw: Any, gv: Any, w: Any, v: Any) -> Any:
    """The cotangent of a in w, v = np.linalg.eig(a): vectors of length one.

    Of a complex vector, LAPACK makes the largest entry real.
    """
    left = turned(np.linalg.inv(v))
    middle = np.zeros(v.shape, complex)
    if gw is not None:
        middle = middle + gw[..., None, :] * np.eye(v.shape[-1])
    if gv is not None:
        along = np.sum(gv * v, -2, keepdims=True)
        top = np.argmax(np.abs(v), -2)[..., None, :]
        at_top = np.arange(v.shape[-1])[:, None] == top
        phase = np.imag(along) / np.sum(v * at_top, -2, keepdims=True)
        free = gv - np.real(along) * np.conj(v) - 1j * phase * at_top
        middle = middle + gaps(w) * (turned(v) @ free)
    return left @ middle @ turned(v)


def require_thin(u: Any, v: Any) -> None:
    """Refuse the full factors of a singular value decomposition."""
    if u.shape[-1] != v.shape[-2]:
        raise KindError(
            "the full matrices of a decomposition are not determined",
            hint="pass full_matrices=False",
        )


def svd_part(gu: Any, gs: Any, gv: Any, u: Any, s: Any, v: Any) -> Any:
    """The cotangent of a in u, s, v = np.linalg.svd(a, full_matrices=False)."""
    require_real_matrix(u)
    k = s.shape[-1]
    if u.shape[-1] != k or v.shape[-2] != k:
        if gu is not None or gv is not None:
            require_thin(u, v)
        u, v = u[..., :k], v[..., :k, :]
    middle, size = np.zeros((*s.shape, k), s.dtype), s[..., None, :]
    if gs is not None:
        middle = middle + gs[..., None, :] * np.eye(k, dtype=s.dtype)
    f, out = gaps(s * s), np.zeros((*u.shape[:-1], v.shape[-1]), s.dtype)
    safe = np.where(size == 0, 1.0, size)
    if gu is not None:
        inner = turned(u) @ gu
        part = f * inner
        middle = middle + (part + turned(part)) * size
        out = out + ((gu - u @ inner) / safe) @ v
    if gv is not None:
        inner = v @ turned(gv)
        part = f * inner
        middle = middle + turned(size) * (part + turned(part))
        out = out + (u / safe) @ (gv - turned(inner) @ v)
    return u @ middle @ v + out


def require_reduced(q: Any, r: Any) -> None:
    """Refuse the complete factor of a tall matrix."""
    if q.shape[-1] > r.shape[-1]:
        raise KindError(
            "the complete q of a decomposition is not determined",
            hint='pass mode="reduced"',
        )


def qr_part(gq: Any, gr: Any, q: Any, r: Any, a: Any) -> Any:
    """The cotangent of a in q, r = np.linalg.qr(a)."""
    require_real_matrix(a)
    require_reduced(q, r)
    m, n = np.shape(a)[-2:]
    gq = np.zeros_like(q) if gq is None else gq
    gr = np.zeros_like(r) if gr is None else gr
    if m < n:
        gq = gq + a[..., m:] @ turned(gr[..., m:])
    square, gsquare = r[..., :m], gr[..., :m]
    inner = square @ turned(gsquare) - turned(gq) @ q
    inner = np.tril(inner) + turned(np.tril(inner, -1))
    part = turned(np.linalg.solve(square, turned(gq + q @ inner)))
    if m < n:
        part = np.concatenate([part, q @ gr[..., m:]], -1)
    return part


def pinv_part(g: Any, y: Any, a: Any) -> Any:
    """The cotangent of a in np.linalg.pinv(a), which is y; a keeps its rank."""
    require_real_matrix(a)
    yt, gt = turned(y), turned(g)
    first = (gt - a @ (y @ gt)) @ (y @ yt)
    return first + yt @ y @ (gt - (gt @ y) @ a) - yt @ g @ yt


def lstsq_part(gx: Any, gr: Any, gs: Any, a: Any, b: Any) -> Any:
    """The cotangents of a and b in np.linalg.lstsq(a, b)."""
    require_real_matrix(a)
    y, vector = np.linalg.pinv(a), np.ndim(b) == 1
    rhs = b[:, None] if vector else b
    x = y @ rhs
    rest = rhs - a @ x
    ga, gb = np.zeros_like(a), np.zeros_like(rhs)
    if gx is not None:
        g = gx[:, None] if vector else gx
        z = y.T @ g
        gb = gb + z
        ga = ga - z @ x.T + rest @ (y @ z).T + (y.T @ x) @ (g - a.T @ z).T
    if gr is not None and np.size(gr):
        gb = gb + 2.0 * rest * gr
        ga = ga - 2.0 * (rest * gr) @ x.T
    if gs is not None:
        u, _, v = np.linalg.svd(a, full_matrices=False)
        ga = ga + (u * gs) @ v
    return ga, np.reshape(gb, np.shape(b))


def power_part(g: Any, a: Any, n: int) -> Any:
    """The cotangent of a in np.linalg.matrix_power(a, n), n >= 0."""
    at, out = turned(a), np.zeros_like(a)
    for _ in range(n):
        out = out @ at + g
        g = at @ g
    return out


def chain_part(g: Any, arrays: Any) -> Any:
    """The cotangents of the arrays in np.linalg.multi_dot(arrays)."""
    whole = [np.asarray(v) for v in arrays]
    if whole[0].ndim == 1:
        whole[0] = whole[0][None, :]
    if whole[-1].ndim == 1:
        whole[-1] = whole[-1][:, None]
    left = [np.reshape(g, (whole[0].shape[0], whole[-1].shape[1]))]
    for v in whole[:0:-1]:  # the product of all that follow, from the left of g
        left.append(left[-1] @ v.T)
    out, before = [], None
    for v, rest, given in zip(whole, left[::-1], arrays, strict=True):
        part = rest if before is None else before.T @ rest
        out.append(np.reshape(part, np.shape(given)))
        before = v if before is None else before @ v
    return out
