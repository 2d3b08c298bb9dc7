"""Arrays made of numbers, of lists and of other arrays."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from s2sad.ir.types import ANY, FLOAT, Type, array
from s2sad.rules.registry import adjoint, constant, declare, define
from s2sad.rules.results import (
    Bound,
    filled,
    fixed,
    kind_of_dtype,
    literal,
    made_of,
    same,
    shape_tuple,
)
from s2sad.runtime import (
    is_array,
    is_known,
    linspace_part,
    places,
    rank,
    require_number,
    spread,
    unbroadcast,
    untake,
)


def through(g):
    """The same numbers, in another place or another precision."""
    return g


def array_type(bound: Bound) -> Type:
    found: Type = made_of("object")(bound)
    if bound["ndmin"].type.kind == "int" and getattr(bound["ndmin"], "value", 1) == 0:
        return found
    return array(None, None, found.dtype)


@adjoint(
    "numpy.array(object, dtype=None, copy=True, order='K', subok=False, ndmin=0)",
    "object",
    array_type,
    only={"copy": (True, False, None), "subok": (False, True)},
)
def made(g, object, ndmin):
    if is_known(ndmin) and ndmin == 0:
        return g
    return np.reshape(g, np.shape(object))


for name in ("asarray", "asanyarray"):
    form = f"numpy.{name}(a, dtype=None, order=None)"
    adjoint(form, "a", made_of("a"), alias="a")(through)


def contiguous_type(bound: Bound) -> Type:
    found: Type = made_of("a")(bound)
    return array(1, None, found.dtype) if found.ndim == 0 else found


def contiguous(g, a):
    """A number becomes an array of one."""
    if is_array(a):
        return g
    return np.reshape(g, np.shape(a))


for name in ("asfortranarray", "ascontiguousarray"):
    adjoint(f"numpy.{name}(a, dtype=None)", "a", contiguous_type, alias="a")(contiguous)
adjoint("numpy.copy(a, order='K', subok=False)", "a", made_of("a"))(through)
adjoint("numpy.fromiter(iter, dtype, count=-1)", "iter", fixed(1))(through)


@adjoint("numpy.astype(x, dtype, copy=True)", "x", same)
def astype(g, x):
    return unbroadcast(g, x)


@adjoint("s2sad.item(a, index=None)", "a", "num")
def item(g, a, index):
    if index is None:
        return spread(g, a)
    if rank(index) == 0:
        return untake(g, a, index)
    return untake(g, a, places(a).item(index))


@adjoint("s2sad.tolist(a)", "a", "any")
def tolist(g, a):
    return np.array(g, a.dtype)


@adjoint("numpy.full(shape, fill_value, dtype=None)", "fill_value", filled(None))
def full(g, fill_value):
    if rank(fill_value) == 0:
        return np.sum(g)
    return unbroadcast(g, fill_value)


@adjoint("numpy.full_like(a, fill_value, dtype=None)", "fill_value", same, flat=("a",))
def full_like(g, fill_value):
    if rank(fill_value) == 0:
        return np.sum(g)
    return unbroadcast(g, fill_value)


def linspace_type(bound: Bound) -> Type:
    ends = [bound["start"].type, bound["stop"].type]
    scalars = all(t.is_scalar for t in ends)
    found = array(1 if scalars else None, None, "float")
    if literal(bound["retstep"]):
        return Type("tuple", items=(found, FLOAT if scalars else ANY))
    return found


LINSPACE = "num=50, endpoint=True, retstep=False, dtype=None, axis=0"


@adjoint(
    f"numpy.linspace(start, stop, {LINSPACE})",
    "start",
    linspace_type,
    parts=("samples", "step"),
    only={"retstep": (True, False)},
)
def linspace_start(g, start, num, endpoint, retstep, axis):
    if retstep:
        return linspace_part(g[0], g[1], start, num, endpoint, axis, True)
    if is_known(endpoint) and endpoint and is_known(axis) and axis == 0:
        if rank(g) == 1 and rank(start) == 0:
            return np.linspace(1.0, 0.0, num) @ g
    return linspace_part(g, None, start, num, endpoint, axis, True)


@adjoint("numpy.linspace", "stop")
def linspace_stop(g, stop, num, endpoint, retstep, axis):
    if retstep:
        return linspace_part(g[0], g[1], stop, num, endpoint, axis, False)
    if is_known(endpoint) and endpoint and is_known(axis) and axis == 0:
        if rank(g) == 1 and rank(stop) == 0:
            return np.linspace(0.0, 1.0, num) @ g
    return linspace_part(g, None, stop, num, endpoint, axis, False)


@define("numpy.logspace(start, stop, num=50, endpoint=True, base=10.0)")
def logspace(start, stop, num, endpoint, base):
    return np.power(base, np.linspace(start, stop, num, endpoint))


@define("numpy.geomspace(start, stop, num=50, endpoint=True)")
def geomspace(start, stop, num, endpoint):
    require_number(start, stop)
    return start * (stop / start) ** np.linspace(0.0, 1.0, num, endpoint)


@adjoint("numpy.vander(x, N=None, increasing=False)", "x", lambda bound: array(2))
def vander(g, x, increasing):
    powers = np.arange(np.shape(g)[1])
    if not increasing:
        powers = powers[::-1]
    return np.sum(g * powers * x[:, None] ** np.maximum(powers - 1, 0), 1)


def arange_type(bound: Bound) -> Type:
    kinds = {v.type.kind for k, v in bound.items() if k != "dtype"} - {"none"}
    dtype = "float" if "float" in kinds else "int" if kinds <= {"int"} else None
    return array(1, None, kind_of_dtype(bound["dtype"], dtype))


@adjoint("numpy.arange(start, stop=None, step=1, dtype=None)", "start", arange_type)
def arange_start(g, stop):
    if stop is None:
        return 0.0
    return np.sum(g)


@adjoint("numpy.arange", "step")
def arange_step(g):
    return np.arange(np.size(g)) @ g


for name in ("zeros", "ones", "empty"):
    declare(f"numpy.{name}(shape, dtype=None)", filled())
    declare(f"numpy.{name}_like(a, dtype=None)", same)
declare("numpy.eye(N, M=None, k=0, dtype=None)", fixed(2, "float"))
declare("numpy.identity(n, dtype=None)", fixed(2, "float"))
declare("numpy.tri(N, M=None, k=0, dtype=None)", fixed(2, "float"))
for bits in (8, 16, 32, 64):
    declare(f"numpy.int{bits}(x=0)", "any")
    declare(f"numpy.uint{bits}(x=0)", "any")
declare("numpy.intp(x=0)", "any")
declare("numpy.bool(x=False)", "any")
declare("numpy.shape(a)", shape_tuple)
constant("numpy.ndim(a)", "numpy.size(a, axis=None)", result="int")
constant("numpy.isscalar(element)", "numpy.iscomplexobj(x)", result="bool")
constant("numpy.triu_indices(n, k=0, m=None)", "numpy.tril_indices(n, k=0, m=None)")
constant("numpy.triu_indices_from(arr, k=0)", "numpy.tril_indices_from(arr, k=0)")
constant("numpy.diag_indices(n, ndim=2)", "numpy.ix_(*args)")
constant("numpy.indices(dimensions, dtype=int, sparse=False)")
