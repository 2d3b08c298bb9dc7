"""scipy.special. A parameter without a partial here must not vary: it is refused."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from s2sad.ir.infer import broadcast
from s2sad.ir.types import COMPLEX, Type
from s2sad.rules.registry import adjoint, declare, elementwise
from s2sad.rules.results import Bound, averaged, same
from s2sad.runtime import is_known, spread

if TYPE_CHECKING:
    import scipy

SP = "scipy.special"
ROOT_PI = "math.sqrt(math.pi)"
ROOT_TWO_PI = "math.sqrt(2.0 * math.pi)"
#: Functions of one argument. `sp.` is scipy.special.
ONE = {
    "expit": "g * y * (1.0 - y)",
    "logit": "g / (x * (1.0 - x))",
    "log_expit": "g * sp.expit(-x)",
    "erf": f"g * 2.0 / {ROOT_PI} * np.exp(-x * x)",
    "erfc": f"-g * 2.0 / {ROOT_PI} * np.exp(-x * x)",
    "erfcx": f"g * (2.0 * x * y - 2.0 / {ROOT_PI})",
    "erfinv": f"g * 0.5 * {ROOT_PI} * np.exp(y * y)",
    "erfcinv": f"-g * 0.5 * {ROOT_PI} * np.exp(y * y)",
    "gamma": "g * y * sp.psi(x)",
    "gammaln": "g * sp.psi(x)",
    "loggamma": "g * sp.psi(x)",
    "rgamma": "g * rgamma_slope",
    "psi": "unbroadcast(g * sp.polygamma(1, x), x)",
    "entr": "-g * (np.log(x) + 1.0)",
    "ndtr": f"g / {ROOT_TWO_PI} * np.exp(-0.5 * x * x)",
    "ndtri": f"g * {ROOT_TWO_PI} * np.exp(0.5 * y * y)",
    "log_ndtr": f"g / {ROOT_TWO_PI} * np.exp(-0.5 * x * x - y)",
    "j0": "-g * sp.j1(x)",
    "j1": "0.5 * g * (sp.j0(x) - sp.jv(2, x))",
    "y0": "-g * sp.y1(x)",
    "y1": "unbroadcast(0.5 * g * (sp.y0(x) - sp.yn(2, x)), x)",
    "i0": "g * sp.i1(x)",
    "i1": "0.5 * g * (sp.i0(x) + sp.iv(2, x))",
    "i0e": "g * (sp.i1e(x) - np.sign(x) * y)",
    "i1e": "g * (0.5 * (sp.i0e(x) + sp.ive(2, x)) - np.sign(x) * y)",
    "k0": "-g * sp.k1(x)",
    "k1": "unbroadcast(-0.5 * g * (sp.k0(x) + sp.kn(2, x)), x)",
    "exp1": "-g * np.exp(-x) / x",
    "expi": "g * np.exp(x) / x",
    "expm1": "g * (y + 1.0)",
    "log1p": "g / (1.0 + x)",
    "exp2": "g * y * math.log(2.0)",
    "exp10": "g * y * math.log(10.0)",
    "cbrt": "g / (3.0 * y * y)",
    "dawsn": "g * (1.0 - 2.0 * x * y)",
}
RGAMMA = (
    "np.where((y == 0) & (x <= 0),"
    " np.cos(np.pi * x) * sp.gamma(1.0 - x), -y * sp.psi(x))"
)


def special(signature: str, flat=(), **partials) -> None:
    """An elementwise function of scipy.special."""
    texts = {
        name: text.replace("sp.", f"{SP}.") if isinstance(text, str) else text
        for name, text in partials.items()
    }
    elementwise(f"{SP}.{signature}", flat=flat, **texts)


for name, text in ONE.items():
    special(f"{name}(x)", x=text.replace("rgamma_slope", RGAMMA))
special("gammasgn(x)")
special("polygamma(n, x)", x="unbroadcast(g * sp.polygamma(n + 1, x), x)")
special(
    "multigammaln(a, d)",
    a="g * np.sum(sp.psi(np.expand_dims(a, -1) - 0.5 * np.arange(d)), -1)",
)
special("gammainc(a, x)", x="g * np.exp((a - 1.0) * np.log(x) - x - sp.gammaln(a))")
special("gammaincc(a, x)", x="-g * np.exp((a - 1.0) * np.log(x) - x - sp.gammaln(a))")
special(
    "beta(a, b)",
    a="g * y * (sp.psi(a) - sp.psi(a + b))",
    b="g * y * (sp.psi(b) - sp.psi(a + b))",
)
special(
    "betaln(a, b)",
    a="g * (sp.psi(a) - sp.psi(a + b))",
    b="g * (sp.psi(b) - sp.psi(a + b))",
)
special(
    "betainc(a, b, x)",
    x="unbroadcast("
    "g * x ** (a - 1.0) * (1.0 - x) ** (b - 1.0) / sp.beta(a, b), x + a + b)",
)
special("xlogy(a, b)", a="g * np.log(b)", b="g * a / np.where(a == 0, 1.0, b)")
special(
    "xlog1py(a, b)", a="g * np.log1p(b)", b="g * a / np.where(a == 0, 1.0, 1.0 + b)"
)
special("rel_entr(a, b)", a="g * (np.log(a / b) + 1.0)", b="-g * a / b")
special("kl_div(a, b)", a="g * np.log(a / b)", b="g * (1.0 - a / b)")
for name in ("jv", "yv", "yn"):
    special(f"{name}(n, x)", x=f"0.5 * g * (sp.{name}(n - 1, x) - sp.{name}(n + 1, x))")
special("iv(n, x)", x="0.5 * g * (sp.iv(n - 1, x) + sp.iv(n + 1, x))")
special(
    "ive(n, x)",
    x="g * (0.5 * (sp.ive(n - 1, x) + sp.ive(n + 1, x)) - np.sign(x) * y)",
)
for name in ("kv", "kn"):
    special(
        f"{name}(n, x)", x=f"-0.5 * g * (sp.{name}(n - 1, x) + sp.{name}(n + 1, x))"
    )


def expn_slope(g, y, n, x):
    """E_n' = -E_(n-1), and E_0 = exp(-x) / x."""
    if is_known(n) and n == 0:
        return -g * y * (1.0 + 1.0 / x)
    return -g * scipy.special.expn(n - 1, x)


special("expn(n, x)", x=expn_slope)
special(
    "spence(x)",
    x="g * np.where(x == 1, -1.0, np.log(x) / np.where(x == 1, 1.0, 1.0 - x))",
)
special("zeta(a, q)", q="-g * a * sp.zeta(a + 1, q)")
special("hyp1f1(a, b, x)", x="g * a / b * sp.hyp1f1(a + 1, b + 1, x)")
special("hyp2f1(a, b, c, x)", x="g * a * b / c * sp.hyp2f1(a + 1, b + 1, c + 1, x)")
special(
    "boxcox(x, lmbda)",
    x="g * x ** (lmbda - 1.0)",
    lmbda="g * np.where(lmbda == 0, 0.5 * np.log(x) ** 2,"
    " ((1.0 + lmbda * y) * np.log(x) - y) / np.where(lmbda == 0, 1.0, lmbda))",
)
special(
    "poch(z, m)", z="g * y * (sp.psi(z + m) - sp.psi(z))", m="g * y * sp.psi(z + m)"
)
special(
    "binom(n, k)",
    n="g * y * (sp.psi(n + 1.0) - sp.psi(n - k + 1.0))",
    k="g * y * (sp.psi(n - k + 1.0) - sp.psi(k + 1.0))",
)
special(
    "exprel(x)",
    x="g * np.where(abs(x) < 1e-4, 0.5 + x / 3.0 + x * x / 8.0,"
    " (np.exp(x) - y) / np.where(x == 0, 1.0, x))",
)
special(
    "ellipk(m)",
    m="g * np.where(m == 0, np.pi / 8.0, (sp.ellipe(m) - (1.0 - m) * y)"
    " / np.where(m == 0, 1.0, 2.0 * m * (1.0 - m)))",
)
special(
    "ellipe(m)",
    m="g * np.where(m == 0, -np.pi / 8.0,"
    " (y - sp.ellipk(m)) / np.where(m == 0, 1.0, 2.0 * m))",
)
special(
    "eval_legendre(n, x)",
    x="g * np.where(abs(x) == 1, 0.5 * n * (n + 1) * np.sign(x) ** (n + 1),"
    " n * (x * y - sp.eval_legendre(n - 1, x))"
    " / np.where(abs(x) == 1, 1.0, x * x - 1.0))",
)
special(
    "huber(delta, r)",
    delta="g * np.where(abs(r) <= delta, 0.0, abs(r) - delta)",
    r="g * np.where(abs(r) <= delta, r, delta * np.sign(r))",
)
special(
    "pseudo_huber(delta, r)",
    delta="g * (2.0 * delta * (np.hypot(1.0, r / delta) - 1.0)"
    " - r * r / (delta * np.hypot(1.0, r / delta)))",
    r="g * r / np.hypot(1.0, r / delta)",
)


def complex_like(bound: Bound) -> Type:
    from dataclasses import replace

    kind = broadcast([bound["z"]])
    return COMPLEX if kind.is_scalar else replace(kind, dtype="complex")


declare(
    f"{SP}.lambertw(z, k=0, tol=1e-8)",
    complex_like,
    partials={"z": "g / (np.exp(y) * (1.0 + y))"},
)


@adjoint(
    f"{SP}.logsumexp(a, axis=None, b=None, keepdims=False, return_sign=False)",
    "a",
    averaged,
    only={"return_sign": (False,)},
)
def logsumexp(g, y, a, axis, b, keepdims):
    if axis is None and not keepdims:
        part = g * np.exp(a - y)
    else:
        part = spread(g, a, axis, keepdims) * np.exp(a - spread(y, a, axis, keepdims))
    if b is None:
        return part
    return part * b


@adjoint(f"{SP}.logsumexp", "b")
def logsumexp_b(g, y, a, axis, b, keepdims):
    return spread(g, a, axis, keepdims) * np.exp(a - spread(y, a, axis, keepdims))


@adjoint(f"{SP}.softmax(x, axis=None)", "x", same)
def softmax(g, y, axis):
    return y * (g - np.sum(g * y, axis, keepdims=True))


@adjoint(f"{SP}.log_softmax(x, axis=None)", "x", same)
def log_softmax(g, y, axis):
    return g - np.exp(y) * np.sum(g, axis, keepdims=True)


def several(count: int):
    def result(bound: Bound) -> Type:
        part = broadcast([bound["x"]])
        return Type("tuple", items=(part,) * count)

    return result


@adjoint(f"{SP}.sici(x)", "x", several(2), parts=("si", "ci"))
def sici(g, x):
    if g[0] is None:
        return g[1] * np.cos(x) / x
    if g[1] is None:
        return g[0] * np.sinc(x / np.pi)
    return g[0] * np.sinc(x / np.pi) + g[1] * np.cos(x) / x


@adjoint(f"{SP}.fresnel(x)", "x", several(2), parts=("s", "c"))
def fresnel(g, x):
    angle = 0.5 * np.pi * x * x
    if g[0] is None:
        return g[1] * np.cos(angle)
    if g[1] is None:
        return g[0] * np.sin(angle)
    return g[0] * np.sin(angle) + g[1] * np.cos(angle)


@adjoint(f"{SP}.airy(x)", "x", several(4), parts=("ai", "aip", "bi", "bip"))
def airy(g, y, x):
    part = 0.0
    if g[0] is not None:
        part = part + g[0] * y[1]
    if g[1] is not None:
        part = part + g[1] * x * y[0]
    if g[2] is not None:
        part = part + g[2] * y[3]
    if g[3] is not None:
        part = part + g[3] * x * y[2]
    return part
