"""Sample arguments for every differentiable rule: lists of (args, keywords)."""

from __future__ import annotations

from typing import Any

import numpy as np

rng = np.random.default_rng(20240)


def u(*shape: int, low: float = 0.3, high: float = 0.9) -> Any:
    return rng.uniform(low, high, shape)


def n(*shape: int) -> Any:
    return rng.normal(size=shape)


def definite(*shape: int) -> Any:
    a = n(*shape, shape[-1])
    return a @ np.swapaxes(a, -1, -2) + 2.0 * np.eye(shape[-1])


ROWS: dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]] = {}


def rows(names: str, *samples: Any) -> None:
    for name in names.split():
        for sample in samples:
            args, kwargs = sample if _has_keywords(sample) else (sample, {})
            ROWS.setdefault(name, []).append((args, kwargs))


def _has_keywords(sample: Any) -> bool:
    return (
        len(sample) == 2
        and isinstance(sample[0], tuple)
        and isinstance(sample[1], dict)
    )


def numpy(names: str, *samples: Any) -> None:
    rows(" ".join(f"numpy.{name}" for name in names.split()), *samples)


def math(names: str, *samples: Any) -> None:
    rows(" ".join(f"math.{name}" for name in names.split()), *samples)


# --- elementwise --------------------------------------------------------------------

ONE = ((u(3),), (u(2, 3),), (0.4,), (np.array(0.6),), (np.float64(0.7),))
numpy(
    "sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arctanh exp exp2 expm1 log"
    " log2 log10 log1p sqrt cbrt deg2rad radians rad2deg degrees fabs absolute square"
    " reciprocal negative positive sinc conjugate real imag angle float64 float32"
    " longdouble nan_to_num",
    *ONE,
)
numpy("sin cbrt fabs absolute square reciprocal sinc expm1", (n(4) - 1.5,))
numpy("sinc", (np.array([0.0, 1e-9, 1e-4, 0.031, 0.0319, 2.0]),))
numpy("arccosh", (u(3) + 1.0,), (1.5,))
numpy("nan_to_num", (np.array([1.0, np.nan, np.inf, -np.inf]), True, 0.5, 2.0, 3.0))
TWO = (
    (u(3), u(3)),
    (u(2, 3), u(3)),
    (u(3), u(2, 1)),
    (0.4, u(3)),
    (u(3), 0.6),
    (0.4, 0.7),
    (u(2, 1, 3), u(4, 1)),
)
numpy(
    "add subtract multiply divide power float_power hypot logaddexp logaddexp2 arctan2"
    " copysign maximum minimum fmax fmin",
    *TWO,
)
numpy("remainder fmod", (u(3) + 3.0, u(3)), (-2.3, 0.7), (u(2, 1) - 4.0, u(3)))
numpy("heaviside", (np.array([0.0, -1.0, 2.0]), u(3)))
numpy("ldexp", (u(3), np.array([1, 2, -3])), (0.4, 2))
numpy("copysign arctan2 hypot", (n(4), n(4)))
numpy("power float_power", (n(4), 2), (n(4), 3), (u(4), 0.5), (n(4), -1), (n(4), 4))
numpy("fmax fmin", (np.array([1.0, np.nan, 2.0]), np.array([2.0, 1.0, np.nan])))
numpy(
    "where",
    (np.array([True, False, True]), n(3), n(3)),
    (np.array([True, False, True]), n(3), 0.3),
    (np.array([[True], [False]]), 1.5, n(3)),
    (True, 1.5, 2.5),
)
numpy(
    "clip",
    (n(5), -0.3, 0.4),
    (n(5), None, 0.4),
    (n(5), -0.3, None),
    (n(5), n(5) - 1.0, n(5) + 1.0),
    (n(2, 3), u(3) - 1.0, u(2, 1)),
    (0.4, 0.0, 1.0),
    (1.4, 0.0, 1.0),
)
SCALAR = ((0.4,), (0.8,))
math(
    "sin cos tan asin acos atan sinh cosh tanh asinh atanh exp exp2 expm1 log log2"
    " log10 log1p sqrt cbrt radians degrees fabs erf erfc gamma lgamma",
    *SCALAR,
)
math("acosh", (1.5,))
math("fabs erf gamma", (-0.3,), (-1.6,))
math("gamma lgamma", (5.5,), (12.5,))
math("log", (0.4, 3.0))
math("pow", (0.4, 1.7), (1.3, 2), (-0.7, 3))
math("fmod remainder", (5.3, 0.7), (-5.3, 0.7))
math("atan2 copysign", (0.4, -0.7), (-1.4, 0.7))
math("hypot", (0.4, -0.7), (0.4, -0.7, 1.1), (-0.3,))
math("ldexp", (0.4, 3))
math("fma", (0.4, 0.3, 0.2))

rows("operator.add operator.sub operator.mul operator.div operator.pow", *TWO)
rows("operator.pow", (n(3), 2), (n(3), 3), (n(3), 1), (u(3), 0.5), (n(3), -1), (1.3, 4))
rows("operator.mod", (u(3) + 3.0, u(3)), (-2.3, 0.7))
rows("operator.neg operator.pos", *ONE)
rows("abs", (n(3),), (-0.4,), (0.4,))
rows("float", (0.4,), (np.float64(0.3),))
rows("pow", (0.4, 1.7), (1.4, 2), (n(3), 2))
rows(
    "sum", (n(3),), (n(3, 2),), ([0.1, 0.2, 0.4], 2.0), ([n(2), n(2)], 1.0), (n(3), 0.5)
)

# --- reductions ---------------------------------------------------------------------

AXES = (
    {},
    {"axis": 0},
    {"axis": -1},
    {"axis": (0, 2)},
    {"axis": 1, "keepdims": True},
    {"keepdims": True},
)
REDUCE = [((n(2, 3, 4),), k) for k in AXES] + [
    ((n(4),), {}),
    ((n(4),), {"axis": 0}),
    ((n(5, 1),), {"axis": 1}),
    ((np.array(0.3),), {}),
    ((0.3,), {}),
    (([0.1, 0.5, 0.3],), {}),
]
numpy("sum mean max min prod median ptp", *REDUCE)
numpy(
    "var std", *REDUCE[:9], ((n(5),), {"ddof": 1}), ((n(2, 3),), {"axis": 1, "ddof": 1})
)
numpy("prod", (np.array([0.0, 2.0, 3.0]),), (np.array([0.0, 2.0, 0.0]),))
numpy("prod", ((np.array([[0.0, 2.0], [3.0, 0.5]]), 1), {}))
numpy("average", (n(4),), (n(3, 4), 1), ((n(4),), {"weights": u(4)}))
numpy("average", (n(3, 4), 1, u(4)), (n(3, 4), 0, u(3, 4)), (n(3, 4), None, u(3, 4)))
math("prod", ([0.3, 0.4, 2.0],), ([0.3, 0.0, 2.0], 1.5), (n(3), 0.5))
math("fsum", ([0.3, 0.4, 2.0],), (n(3),))
RUNNING = ((n(5),), (n(2, 3),), (n(2, 3), 0), (n(2, 3), -1), (n(2, 3, 2), 1))
numpy("cumsum cumprod", *RUNNING)
numpy("cumprod", (np.array([0.5, 0.0, 3.0, 0.0, 2.0]),), (np.diag([1.0, 0.0]) + 0.0, 1))
numpy("diff", (n(5),), (n(5), 2), (n(3, 4),), (n(3, 4), 1, 0), (n(3, 5), 3, -1))
numpy(
    "trace", (n(3, 3),), (n(2, 4),), (n(3, 4), 1), (n(3, 4), -2), (n(3, 4, 2), 0, 1, 2)
)
numpy("sort", (n(5),), (n(3, 4),), (n(3, 4), 0))
rows(
    "numpy.linalg.norm",
    *REDUCE[:3],
    ((n(2, 3, 4),), {"axis": 1, "keepdims": True}),
    ((n(2, 3, 4),), {"axis": (0, 2)}),
    (n(4),),
    ([0.3, 0.4],),
    (n(3, 4), "fro"),
    (n(3, 4), "nuc"),
    *((n(4), p) for p in (1, 2, 3, 0.5, -1, np.inf, -np.inf, 0)),
    *((n(3, 4), p) for p in (1, 2, -1, -2, np.inf, -np.inf)),
    *((n(3, 4), p, 1) for p in (1, 2, 3, np.inf)),
    *((n(3, 4, 2), p, (0, 2)) for p in (1, 2, np.inf, "fro", "nuc")),
    ((n(3, 4), 3), {"axis": 0, "keepdims": True}),
    ((n(3, 4), 1), {"keepdims": True}),
)

# --- shapes -------------------------------------------------------------------------

numpy(
    "reshape", (n(2, 3), (3, 2)), (n(6), (2, -1)), (n(2, 3), 6), (np.array(0.2), (1, 1))
)
numpy("ravel squeeze", (n(2, 3),), (n(1, 3),), (n(3),))
numpy("squeeze", (n(1, 3), 0))
rows("s2sad.flatten", (n(2, 3),))
rows("s2sad.item", (np.array(0.3),), (n(1),), (n(3), 1), (n(2, 3), 4))
rows("s2sad.tolist", (n(3),), (n(2, 3),))
numpy("expand_dims", (n(3), 0), (n(3), (0, 2)), (0.4, 0))
numpy("atleast_1d atleast_2d atleast_3d", (n(3),), (n(2, 3),), (0.4,))
numpy("transpose", (n(3),), (n(2, 3),), (n(2, 3, 4),), (n(2, 3, 4), (2, 0, 1)))
numpy("swapaxes", (n(2, 3, 4), 0, -1))
numpy("moveaxis", (n(2, 3, 4), 0, 2), (n(2, 3, 4), (0, 1), (2, 0)))
numpy("matrix_transpose", (n(2, 3),), (n(2, 3, 4),))
numpy("flip", (n(3),), (n(2, 3),), (n(2, 3), 1), (n(2, 3), (0, 1)))
numpy("fliplr flipud rot90", (n(2, 3),))
numpy("rot90", (n(2, 3), 2), (n(2, 3), -1))
numpy("roll", (n(4), 1), (n(2, 3), 2), (n(2, 3), -1, 1), (n(2, 3), (1, 2), (0, 1)))
numpy("concatenate", ([n(2), n(3)],), ((n(2, 3), n(1, 3)),), ([n(2, 3), n(2, 1)], 1))
numpy("concatenate", ([n(2, 3), n(2, 1)], -1), ([n(2, 3), n(2)], None), (n(3, 2, 2),))
numpy(
    "stack", ([n(2), n(2)],), ([n(2), n(2)], 1), ([n(2, 3), n(2, 3)], -1), ([0.1, 0.2],)
)
numpy("vstack", ([n(3), n(3)],), ([n(2, 3), n(3)],), ([n(2, 3), n(1, 3)],))
numpy("hstack", ([n(3), n(2)],), ([n(2, 3), n(2, 1)],), ([0.3, n(2)],))
numpy("column_stack", ([n(3), n(3)],), ([n(3, 2), n(3)],))
numpy("dstack", ([n(2, 3), n(2, 3)],), ([n(3), n(3)],))
numpy("append", (n(3), n(2)), (n(3), 0.5), (n(2, 3), n(1, 3), 0), (n(2, 3), n(2, 1), 1))
numpy("split array_split", (n(6), 3), (n(6), [1, 4]), (n(2, 6), 2, 1))
numpy("tile", (n(3), 2), (n(3), (2, 2)), (n(2, 3), 2), (n(2, 3), (3, 1, 2)), (0.4, 3))
numpy("repeat", (n(3), 2), (n(2, 3), 2), (n(2, 3), 2, 0), (n(3), [1, 0, 2]), (0.4, 3))
numpy("repeat", (n(2, 3), [1, 0, 2], 1))
numpy("broadcast_to", (n(3), (2, 3)), (n(2, 1), (4, 2, 3)), (0.4, (2,)))
numpy("pad", (n(3), 1), (n(2, 3), ((1, 0), (0, 2))))
for mode in ("edge", "reflect", "symmetric", "wrap"):
    numpy("pad", ((n(3, 4), 2), {"mode": mode}))
numpy("diag", (n(3),), (n(3), 1), (n(3), -1), (n(3, 3),), (n(2, 4), 1), (n(4, 2), -1))
numpy(
    "diagonal", (n(3, 3),), (n(2, 4), 1), (n(3, 2, 4), 0, 1, 2), (n(3, 2, 4), -1, 2, 0)
)
numpy("tril triu", (n(3, 3),), (n(2, 4), 1), (n(4, 2), -1), (n(2, 3, 3),))
MADE = ((n(3),), (n(2, 3),), (0.4,), ([0.3, 0.4],), ([[0.3, 0.4], [0.1, 0.2]],))
numpy("array asarray asanyarray ascontiguousarray asfortranarray copy", *MADE)
numpy("array", ([n(2), n(2)],), ((n(2), n(2)), float))
numpy("astype", (n(3), float), (n(3), np.float64))
numpy("full", (3, 0.4), ((2, 3), 0.4), ((2, 3), n(3)))
numpy("full_like", (n(2, 3), 0.4), (n(2, 3), n(3)))
numpy(
    "linspace",
    (0.2, 1.4, 5),
    (0.2, 1.4, 5, False),
    (n(2), 0.4, 4),
    (n(2), n(2), 4, False),
)
numpy("arange", (0.2, 1.5), (0.2, 1.5, 0.25), (2.5,))
numpy("take", (n(4), 2), (n(4), [0, 2, 2]), (n(3, 4), [0, 2, 2], 1), (n(3, 4), [5, 5]))
numpy("take", (n(3, 4), np.array([[0, 1], [1, 1]]), -1))
numpy(
    "take_along_axis",
    (n(3, 4), np.argsort(n(3, 4), 1), 1),
    (n(4), np.array([2, 0, 1]), 0),
)

# --- products -----------------------------------------------------------------------

PAIRS = (
    (n(3), n(3)),
    (n(2, 3), n(3)),
    (n(3), n(3, 2)),
    (n(2, 3), n(3, 4)),
    (n(5, 2, 3), n(3)),
    (n(3), n(5, 3, 2)),
)
STACKS = ((n(5, 2, 3), n(5, 3, 4)), (n(2, 3), n(5, 3, 4)), (n(6, 1, 2, 3), n(5, 3, 2)))
rows("operator.matmul numpy.matmul", *PAIRS, *STACKS)
numpy("dot", *PAIRS, (0.3, n(3)), (n(2, 3), 0.4), (0.3, 0.4), (n(5, 2, 3), n(4, 3, 2)))
numpy("vdot", (n(3), n(3)), (n(2, 3), n(3, 2)), (n(2, 3), n(6)))
numpy("inner", (n(3), n(3)), (n(2, 3), n(4, 3)), (n(2, 3), n(3)), (n(2, 4, 3), n(5, 3)))
numpy("inner", (0.3, n(3)), (n(2, 3), 0.5))
numpy("outer", (n(3), n(2)), (n(2, 3), n(2)), (0.3, n(2)))
numpy("kron", (n(3), n(2)), (n(2, 3), n(3, 2)), (n(2), n(3, 2)), (n(2, 2, 3), n(2)))
numpy("kron", (0.3, n(2)))
numpy("tensordot", (n(2, 3), n(2, 3)), (n(2, 3), n(3, 4), 1), (n(2), n(3), 0))
numpy(
    "tensordot",
    (n(2, 3, 4), n(4, 5, 2), ((0, 2), (2, 0))),
    (n(2, 3, 4), n(4, 2), ([2], [0])),
)
numpy("tensordot", (n(2, 3, 4), n(5, 4, 3), ((1, -1), (-1, 1))))
numpy("cross", (n(3), n(3)), (n(4, 3), n(4, 3)), (n(4, 3), n(3)))
numpy(
    "einsum",
    ("ij,jk->ik", n(2, 3), n(3, 4)),
    ("ij,jk", n(2, 3), n(3, 4)),
    ("ij->", n(2, 3)),
    ("ij->j", n(2, 3)),
    ("ii->i", n(3, 3)),
    ("ii", n(3, 3)),
    ("iij->j", n(3, 3, 2)),
    ("i,i->", n(3), n(3)),
    ("i,j->ij", n(3), n(2)),
    ("ij,ij->i", n(2, 3), n(2, 3)),
    ("...ij,...jk->...ik", n(4, 2, 3), n(3, 2)),
    ("...ij,...jk->...ik", n(4, 2, 3), n(1, 3, 2)),
    ("i...,i...", n(3, 2), n(3, 2)),
    ("bi,ij,bj->b", n(4, 2), n(2, 3), n(4, 3)),
    ("i,j,k,ijk -> ", n(2), n(3), n(2), n(2, 3, 2)),
    ("ij,k->k", n(2, 3), n(4)),
)
rows("numpy.linalg.inv", (definite(3),), (definite(2, 3),))
rows("numpy.linalg.det", (n(3, 3),), (n(2, 3, 3),), (np.diag([1.0, 2.0, 0.0]) + 0.0,))
rows("numpy.linalg.slogdet", (definite(3),), (definite(2, 3),))
rows("numpy.linalg.cholesky", (definite(3),), (definite(2, 3),))
rows(
    "numpy.linalg.solve",
    (definite(3), n(3)),
    (definite(3), n(3, 2)),
    (definite(2, 3), n(2, 3, 2)),
    (definite(2, 3), n(3, 2)),
)
if np.lib.NumpyVersion(np.__version__) >= "2.0.0":
    rows("numpy.linalg.solve", (definite(2, 3), n(3)))
