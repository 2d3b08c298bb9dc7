"""scipy.stats: densities and distribution functions, by location, scale and shape.

With z = (x - loc) / scale and the score s, the derivative of the log density in z:
in x it is s / scale, in loc -s / scale, in scale -(1 + z s) / scale. Outside of the
support all are 0. Of a distribution function the derivative in x is the density; those
in shape parameters have no closed form, and are refused.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from s2sad.ir.infer import broadcast
from s2sad.ir.types import ANY, FLOAT, Type
from s2sad.rules.registry import adjoint, declare, define
from s2sad.rules.results import Bound
from s2sad.runtime import mvn_part, one_triangle, require_rank

if TYPE_CHECKING:
    import scipy


ST, SP = "scipy.stats", "scipy.special"
Z = "((x - loc) / scale)"
#: name -> (score, support, derivatives of the log density in the shapes), all of z.
CONTINUOUS: dict[str, tuple[str, str, dict[str, str]]] = {
    "norm": ("-z", "", {}),
    "t": (
        "-(df + 1.0) * z / (df + z * z)",
        "",
        {
            "df": "0.5 * (sp.psi(0.5 * df + 0.5) - sp.psi(0.5 * df) - 1.0 / df"
            " - np.log1p(z * z / df) + (df + 1.0) * z * z / (df * (df + z * z)))"
        },
    ),
    "gamma": ("(a - 1.0) / z - 1.0", "z > 0", {"a": "np.log(z) - sp.psi(a)"}),
    "beta": (
        "(a - 1.0) / z - (b - 1.0) / (1.0 - z)",
        "(z > 0) & (z < 1)",
        {
            "a": "np.log(z) - sp.psi(a) + sp.psi(a + b)",
            "b": "np.log1p(-z) - sp.psi(b) + sp.psi(a + b)",
        },
    ),
    "chi2": (
        "(0.5 * df - 1.0) / z - 0.5",
        "z > 0",
        {"df": "0.5 * (np.log(0.5 * z) - sp.psi(0.5 * df))"},
    ),
    "expon": ("-1.0", "z >= 0", {}),
    "laplace": ("-np.sign(z)", "", {}),
    "logistic": ("-np.tanh(0.5 * z)", "", {}),
    "cauchy": ("-2.0 * z / (1.0 + z * z)", "", {}),
    "uniform": ("0.0", "(z >= 0) & (z <= 1)", {}),
    "lognorm": (
        "-(1.0 + np.log(z) / (s * s)) / z",
        "z > 0",
        {"s": "np.log(z) ** 2 / s ** 3 - 1.0 / s"},
    ),
    "weibull_min": (
        "(c - 1.0) / z - c * z ** (c - 1.0)",
        "z > 0",
        {"c": "1.0 / c + (1.0 - z ** c) * np.log(z)"},
    ),
    "pareto": ("-(b + 1.0) / z", "z >= 1", {"b": "1.0 / b - np.log(z)"}),
    "truncnorm": (
        "-z",
        "(z >= a) & (z <= b)",
        {
            "a": "st.norm.pdf(a) / (st.norm.cdf(b) - st.norm.cdf(a))",
            "b": "-st.norm.pdf(b) / (st.norm.cdf(b) - st.norm.cdf(a))",
        },
    ),
    "gumbel_r": ("np.exp(-z) - 1.0", "", {}),
    "vonmises": (
        "-kappa * np.sin(z)",
        "",
        {"kappa": "np.cos(z) - sp.i1e(kappa) / sp.i0e(kappa)"},
    ),
}


def everywhere(bound: Bound) -> Type:
    return broadcast(list(bound.values()))


def text_of(expression: str) -> str:
    """The names written out: z, the libraries."""
    for short, long in (("sp.", f"{SP}."), ("st.", f"{ST}.")):
        expression = expression.replace(short, long)
    return "".join(Z if token == "z" else token for token in _tokens(expression))


def _tokens(expression: str) -> list[str]:
    import re

    return re.findall(r"\w+(?:\.\w+)*|\W", expression)


def inside(slope: str, support: str) -> str:
    """A slope that is zero outside of the support."""
    return text_of(f"np.where({support}, {slope}, 0.0)" if support else f"({slope})")


def continuous(name: str) -> None:
    """The rules of one distribution's methods."""
    score, support, shapes = CONTINUOUS[name]
    form = ", ".join(["x", *shapes, "loc=0", "scale=1"])
    args = ", ".join(["x", *shapes, "loc", "scale"])
    density = f"{ST}.{name}.pdf({args})"
    log_density = f"{ST}.{name}.logpdf({args})"
    slopes = {
        "x": f"{inside(score, support)} / scale",
        "loc": f"-{inside(score, support)} / scale",
        "scale": f"-{inside(f'1.0 + z * ({score})', support)} / scale",
        **{k: inside(v, support) for k, v in shapes.items()},
    }

    def enter(method: str, partials: dict[str, str]) -> None:
        declare(f"{ST}.{name}.{method}({form})", everywhere, partials=partials)

    enter("logpdf", {k: f"g * {v}" for k, v in slopes.items()})
    enter("pdf", {k: f"g * y * {v}" for k, v in slopes.items()})
    for method, part in {
        "cdf": density,
        "sf": f"-{density}",
        "logcdf": f"np.exp({log_density} - y)",
        "logsf": f"-np.exp({log_density} - y)",
    }.items():
        sign, bare = ("-", part[1:]) if part.startswith("-") else ("", part)
        turned = "" if sign else "-"
        enter(
            method,
            {
                "x": f"{sign}g * {bare}",
                "loc": f"{turned}g * {bare}",
                "scale": f"{turned}g * {Z} * {bare}",
            },
        )
    inverse = density.replace("(x,", "(y,", 1)
    form = form.replace("x", "q", 1)
    enter(
        "ppf",
        {
            "q": f"g / {inverse}",
            "loc": "g",
            "scale": "g * (y - loc) / scale",
        },
    )


for name in CONTINUOUS:
    continuous(name)

#: name -> derivatives of the log mass in the shapes; n = k - loc.
DISCRETE: dict[str, dict[str, str]] = {
    "poisson": {"mu": "(k - loc) / mu - 1.0"},
    "binom": {"n": "", "p": "(k - loc) / p - (n - (k - loc)) / (1.0 - p)"},
    "bernoulli": {"p": "(k - loc) / p - (1.0 - (k - loc)) / (1.0 - p)"},
    "nbinom": {
        "n": f"{SP}.psi(k - loc + n) - {SP}.psi(n) + np.log(p)",
        "p": "n / p - (k - loc) / (1.0 - p)",
    },
}
for name, shapes in DISCRETE.items():
    form = ", ".join(["k", *shapes, "loc=0"])
    slopes = {k: v for k, v in shapes.items() if v}
    declare(
        f"{ST}.{name}.logpmf({form})",
        everywhere,
        partials={k: f"g * np.isfinite(y) * ({v})" for k, v in slopes.items()},
    )
    declare(
        f"{ST}.{name}.pmf({form})",
        everywhere,
        partials={k: f"g * y * ({v})" for k, v in slopes.items()},
    )
declare(
    f"{ST}.poisson.cdf(k, mu, loc=0)",
    everywhere,
    partials={"mu": f"-g * {ST}.poisson.pmf(np.floor(k), mu, loc)"},
)

MVN = f"{ST}.multivariate_normal"


def per_point(bound: Bound) -> Type:
    return FLOAT if bound["x"].type.ndim == 1 else ANY


@adjoint(f"{MVN}.logpdf(x, mean=None, cov=1)", "x", per_point)
def mvn_x(g, x, mean, cov):
    return mvn_part(g, x, mean, cov)[0]


@adjoint(f"{MVN}.logpdf", "mean")
def mvn_mean(g, x, mean, cov):
    return mvn_part(g, x, mean, cov)[1]


@adjoint(f"{MVN}.logpdf", "cov")
def mvn_cov(g, x, mean, cov):
    return mvn_part(g, x, mean, cov)[2]


@adjoint(f"{MVN}.pdf(x, mean=None, cov=1)", "x", per_point)
def mvn_pdf_x(g, y, x, mean, cov):
    return mvn_part(g * y, x, mean, cov)[0]


@adjoint(f"{MVN}.pdf", "mean")
def mvn_pdf_mean(g, y, x, mean, cov):
    return mvn_part(g * y, x, mean, cov)[1]


@adjoint(f"{MVN}.pdf", "cov")
def mvn_pdf_cov(g, y, x, mean, cov):
    return mvn_part(g * y, x, mean, cov)[2]


@adjoint(f"{MVN}.entropy(mean=None, cov=1)", "cov", "scalar", flat=("mean",))
def mvn_entropy(g, cov):
    require_rank(cov, 2)
    return one_triangle(0.5 * g * np.linalg.inv(cov), True)


@adjoint(f"{ST}.dirichlet.logpdf(x, alpha)", "alpha", "any")
def dirichlet(g, x, alpha):
    require_rank(x, 1)
    total = scipy.special.psi(np.sum(alpha))
    return g * (np.log(x) + total - scipy.special.psi(alpha))


@define(
    f"{ST}.zscore(a, axis=0, ddof=0, nan_policy='propagate')",
    only={"nan_policy": ("propagate",)},
)
def zscore(a, axis, ddof):
    away = a - np.mean(a, axis, keepdims=True)
    return away / np.std(a, axis, ddof=ddof, keepdims=True)
