"""Programs whose gradient was once wrong, or crashed: each guards a class of errors."""

# ruff: noqa: B007, B905, F841, RUF005, RUF007, RUF059

import contextlib
import math
import operator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from corpus.registry import case

V = np.array([0.3, 0.8, -0.4])


@dataclass
class P:
    x: float
    y: float = 1.0


class Node:
    def __init__(self, v, n=None):
        self.v = v
        self.n = n


class Box:
    def __init__(self, a):
        self.a = a


class NT(NamedTuple):
    w: float
    b: float


# -- try
@case(0.5)
def raise_in_loop_in_try(x):
    s = x
    try:
        for i in range(3):
            s = s * x
            if i == 1:
                raise KeyError
    except KeyError:
        pass
    return s


@case(0.5)
def raise_in_nested_if(x):
    s = x
    try:
        s = s * x
        if s < 0.5:
            s = s * x
            raise KeyError
    except KeyError:
        s = s * 2
    return s


@case(0.5)
def nested_try(x):
    r = 1.0
    try:
        r = r * x
        try:
            r = r * x
            if x > 0:
                raise KeyError
        except ValueError:
            r = 0.0
    except KeyError:
        r = r * 10
    return r


@case(0.5)
def finally_lost(x):
    r = x
    try:
        try:
            if x > 0:
                raise ValueError
        finally:
            r += x
    except ValueError:
        r *= 5
    return r


@case(0.5)
def with_in_try(x):
    s = x
    try:
        s = s * x
        with np.errstate(all="ignore"):
            s = s * x
            raise KeyError
    except KeyError:
        s = s * 2
    return s


@case(0.5)
def helper_raises_in_loop(x):
    def f(i):
        if i > 1:
            raise KeyError
        return x * (i + 1)

    s = 0.0
    try:
        for i in range(3):
            s += f(i)
    except KeyError:
        s *= x
    return s


@case(V)
def index_error_ends_loop(v):
    s = 0.0
    try:
        for i in range(10):
            s += v[i] ** 2
    except IndexError:
        pass
    return s * v[0]


@case(V)
def exc_after_finally_in_loop(v):
    s = 1.0
    for t in v:
        try:
            s *= t
            if t > 0.5:
                raise RuntimeError
        except RuntimeError:
            s += t
            continue
        else:
            s *= 2
        finally:
            s += 0.1 * t
    return s


@case(V)
def program_t8b(v):
    s = 1.0
    for t in v:
        try:
            if t < 0:
                continue
            s *= t
            if t > 0.5:
                raise RuntimeError
        except RuntimeError:
            s += t
    return s


@case(0.5)
def break_in_loop_in_try(x):
    s = x
    try:
        for i in range(3):
            if i > 1:
                break
            s = s * x
    except KeyError:
        s = 1.0
    return s


@case(0.5)
def break_in_suppress(x):
    s = x
    with contextlib.suppress(KeyError):
        for i in range(3):
            if i > 1:
                break
            s = s * x
    return s


@case(V)
def try_raises_unbound(v):
    try:
        L = np.outer(v, v)[5]
    except IndexError:
        L = v * v
    return np.sum(L)


@case(V)
def keyerror_then_added(v):
    d = {"a": v[0]}
    s = 0.0
    for k in ("a", "b", "a"):
        try:
            s += d[k]
        except KeyError:
            d[k] = v[1]
            s *= 2
    return s * d["b"]


@case(0.5)
def program_t11b(x):
    d = {"a": x}
    for k in ("a", "b"):
        try:
            y = d[k]
        except KeyError:
            d[k] = x * x
    return d["b"]


# -- slices
@case(V)
def slice_of_arrays(v):
    A = [v * i for i in range(3)]
    for a in A[1:]:
        a *= v
    return np.sum(A[1])


@case(V)
def slice_member_set(v):
    A = [v * i for i in range(3)]
    B = A[1:]
    A[1] *= 2.0
    return np.sum(B[0] * v)


@case(V)
def slice_of_objects(v):
    ps = [P(t) for t in v]
    qs = ps[1:]
    qs[0].x = 2.0
    return ps[1].x * ps[2].x


@case(V)
def copy_comprehension(v):
    A = [v * i for i in range(2)]
    B = [a for a in A]
    B[1] *= v
    return np.sum(A[1])


@case(V)
def extended_then_changed(v):
    A = [v * i for i in range(2)]
    C = []
    C.extend(A)
    C[1] *= v
    return np.sum(A[1])


@case(V)
def reversed_then_changed(v):
    A = [v * i for i in range(2)]
    B = list(reversed(A))
    B[0] *= v
    return np.sum(A[1])


@case(V)
def reverse_while_held(v):
    A = [v * i for i in range(2)]
    A.reverse()
    a = A[0]
    A.reverse()
    a *= v
    return np.sum(A[1])


@case(V)
def tuple_of_list(v):
    A = [v * i for i in range(2)]
    t = tuple(A)
    t[1][0] *= v[1]
    return np.sum(A[1])


@case(V)
def star_unpack(v):
    A = [v * i for i in range(2)]
    x, *y = A
    y[0][0] *= v[1]
    return np.sum(A[1])


@case(V)
def zip_neighbours(v):
    A = [v * i for i in range(2)]
    for x, y in zip(A, A[1:]):
        y *= v
    return np.sum(A[1])


@case(V)
def zip_neighbour_objects(v):
    L = [P(t) for t in v]
    for a, b in zip(L, L[1:]):
        b.x += a.x * a.y
        a.y = b.x
    return sum(a.x * a.y for a in L)


@case(V)
def alias_then_add(v):
    A = [v * i for i in range(2)]
    B = A + [v]
    A[1] *= 2.0
    return np.sum(B[1] * v)


@case(V)
def held_item_replaced(v):
    d = [v * i for i in range(2)]
    a = d[1]
    d[1] = v * 3
    a *= v
    d[0] += a
    return np.sum(d[0] * v)


@case(V)
def views_in_list(v):
    a = v * 2
    L = [a[i:] for i in range(2)]
    a[1] = 5.0
    return np.sum(L[0])


@case(V)
def views_of_input_in_list(v):
    L = [v[i:] * 2 for i in range(3)]
    for a in L[:2]:
        a[0] = 3.0
    return np.sum(L[0])


@case(V)
def helper_gets_slice(v):
    def f(L):
        L[0] *= 2

    A = [v * i for i in range(2)]
    f(A[1:])
    return np.sum(A[1])


@case(V)
def append_to_slice_member(v):
    L = [[t] for t in v]
    for q in L[1:]:
        q.append(3.0)
    return L[0][0] * L[1][0]


@case(V)
def program_l18(v):
    A = [v * i for i in range(3)]
    m = A[-1]
    k = A[1:][1]
    k *= v
    m += 1.0
    return np.sum(A[2])


# -- list
@case(0.5)
def remove_ignored(x):
    L = [1.0, x]
    L.remove(x)
    return sum(L)


@case(0.5)
def program_r1b(x):
    L = [1, x, 2]
    L.remove(1)
    L.remove(2)
    return sum(L) * len(L)


@case(V)
def pop_sort_in_loop(v):
    L = [t * t for t in v]
    s = 0.0
    for i in range(2):
        L.pop()
        L.sort()
        s += L[0]
    return s


@case(V)
def reverse_pop_in_while(v):
    L = list(v)
    s = 0.0
    while len(L) > 1:
        L.reverse()
        L.pop()
        s += L[0] * len(L)
    return s


@case(V)
def program_r2c(v):
    L = list(v)
    s = 0.0
    for i in range(2):
        L.reverse()
        L.pop()
    return L[0]


@case(V)
def list_enumerate(v):
    s = 0.0
    for i, t in list(enumerate(v)):
        s += t * t
    return s


@case(V)
def list_zip(v):
    K = list(zip(v, v * 2))
    return K[1][1] * K[2][0]


@case(V)
def sorted_tuples(v):
    return sorted([(t, t * t) for t in v])[1][1]


@case(V)
def max_tuples(v):
    return max((t * t, i) for i, t in enumerate(v))[0]


@case(V)
def item_rebuilt(v):
    L = [[t, 1.0] for t in v]
    L[0] = [2 * L[0][0], 3.0]
    return L[0][0] * L[1][0]


@case(V)
def item_rebuilt_obj(v):
    L = [P(t) for t in v]
    L[0] = P(2 * L[0].x)
    return L[0].x


@case(V)
def append_sum_of_itself(v):
    h = {"x": []}
    for t in v:
        h["x"].append(t * sum(h["x"]) if h["x"] else t)
    return h["x"][-1]


@case(V)
def program_r8b(v):
    h = []
    for t in v:
        h.append(t * sum(h))
    return h[-1]


@case(V)
def program_r8c(v):
    h = []
    y = []
    for t in v:
        h.append(t)
        y.append(t * sum(h))
    return sum(y)


@case(V)
def program_r8d(v):
    h = []
    y = []
    for t in v:
        h.append(t)
        y.append(t * sum(h))
        if len(h) > 2:
            h.pop(0)
    return sum(y)


@case(V)
def prod_plus_reduce(v):
    return math.fsum(map(operator.mul, v, v)) + math.prod(v)


@case(V)
def program_r9b(v):
    s = 0.0
    for t in v:
        s = operator.add(s, t)
    return s


@case(V)
def program_r9c(v):
    s = 0.0
    for t in v:
        s = s + operator.mul(t, t)
    return s


@case(0.5)
def program_r9d(x):
    return operator.mul(x, x) + operator.add(x, 1.0) * operator.pow(x, 2)


# -- objects
@case(V)
def rebound_in_loop_and_branch(v):
    best = P(v[0])
    for t in v:
        if t > best.x:
            best = P(t)
    return best.x


@case(V)
def box_rebound(v):
    b = Box(v * 1)
    for i in range(2):
        if i == 1:
            b = Box(b.a * v)
        b.a[i] = 3.0
    return np.sum(b.a)


@case(V)
def linked_list_built(v):
    h = Node(v[0])
    for i in range(2):
        h = Node(v[i], h)
    return h.v * h.n.v


@case(V)
def linked_list_walked(v):
    n = Node(v[0], Node(v[1]))
    s = 0.0
    for i in range(2):
        s += n.v
        if n.n is None:
            break
        n = n.n
    return s


@case(V)
def walk_while(v):
    n = Node(v[0], Node(v[1]))
    s = 0.0
    while n is not None:
        s += n.v**2
        n = n.n
    return s


@case(V)
def tuple_walk(v):
    k = (v[0], (v[1], None))
    s = 0.0
    while k is not None:
        s += k[0] ** 2
        k = k[1]
    return s


@case([P(0.3, 0.5), P(0.2, 0.4)])
def list_of_objects_arg(ps):
    return ps[0].x * ps[1].y


@case([NT(0.3, 0.4), NT(0.2, 0.1)], 0.5)
def list_of_namedtuples_arg(ms, x):
    return ms[0].w * ms[1].b * x


@case(V)
def dict_swapped(v):
    d = {"a": v[0], "b": v[1]}
    for i in range(2):
        if i == 1:
            d = dict(a=d["b"], b=d["a"])
    return d["a"]


@case(V)
def program_o8b(v):
    d = {"a": v[0], "b": v[1]}
    for i in range(2):
        d = {"a": d["b"] * 2, "b": d["a"]}
    return d["a"]


@case(V)
def program_o8c(v):
    d = {"a": v[0], "b": v[1]}
    if v[0] > 0:
        d = {"a": d["b"] * 2, "b": d["a"]}
    return d["a"]


# -- dict
@case({"l1": 0.3, "l2": 0.4}, 0.5)
def for_key(p, x):
    for k in p:
        x = x * p[k]
    return x


@case(V)
def lambda_table(v):
    ops = {"a": lambda t: t * v[1], "b": np.sin, "c": np.cos}
    r = v[0]
    for k in ("a", "b", "c"):
        r = ops[k](r)
    return r


@case(V)
def elif_chain(v):
    r = v[0]
    for k in ("a", "b", "c"):
        t2 = k == "b"
        if k == "a":
            r = r * v[1]
        elif k == "b":
            r = np.sin(r)
        else:
            r = np.cos(r)
    return r


@case(V)
def dict_items_rebound(u):
    d = {k: u * i for i, k in enumerate("abc")}
    for k in d:
        d[k][0] += u[1]
        d[k] = d[k] * u
    return sum(np.sum(f) for f in d.values())


@case([[0.3], [0.4, 0.5]])
def nested_list_arg(L):
    L[0].append(L[1][0])
    return sum(sum(r) for r in L)


@case([[0.3], [0.4, 0.5]])
def program_d4b(L):
    L.append([L[0][0] * 2])
    return sum(sum(r) for r in L)


@case(0.7, 0.5, also=[(0.7, 2.0)], wrt="x")
def key_of_one_branch(x, p):
    d = {"a": x * x}
    if p > 1:
        d["c"] = x
    return sum(d.values()) * len(d)


@case(0.7, 0.5, also=[(0.7, 2.0)], wrt="x")
def key_asked_for_after_a_branch(x, p):
    d = {"a": x * x}
    if p > 1:
        d["c"] = x
    s = 0.0
    for k in d:
        s = s + d[k] * 2
    if "c" in d:
        s = s * 3
    return s + d.get("c", 7.0) * x


@case(0.7, 0.5, also=[(0.7, 2.0)], wrt="x")
def key_deleted_in_a_branch(x, p):
    d = {"a": x, "b": x * x}
    if p < 1:
        del d["b"]
    return sum(d.values()) + len(d) * x


@case(0.7, 0.5, also=[(0.7, 2.0)], wrt="x")
def order_of_keys_by_branch(x, p):
    d = {}
    if p < 1:
        d["b"] = x
        d["a"] = x * x
    else:
        d["a"] = x * x * x
        d["b"] = x
    r = 0.0
    for v in d.values():
        r = r * 2 + v
    return r


@case([0.5], wrt="x")
def sum_or_a_number(x):
    if len(x) > 1:
        return 2
    return sum(x)


class Held:
    def __init__(self, u):
        self.u = u


@case(np.array([-0.5, 0.3]))
def sign_before_a_store(u):
    held = Held(u.copy())
    p = (-held.u,)
    held.u[:1] = 0.5
    return np.sum(2 * p[0])


@case([0.5], False, wrt="x")
def sum_and_last_of_a_list(x, first):
    u = np.array([2.0]) + x[-1]
    if first:
        return sum(x)
    return sum(u)


@case(0.7)
def condition_inside_a_try(x):
    p = x
    try:
        if p and 0:  # noqa: SIM223
            pass
        raise ValueError
    except ValueError:
        pass
    return x * 0.5


@case(np.array([-0.5, 0.5]))
def sign_of_a_view_in_a_loop(x):
    for _ in range(1, 0, -1):
        np.add.at(x, [1], np.sin(-x[1:]))
    return np.sum(x)


@case([0.5], wrt="x")
def list_changed_where_branches_meet(x):
    last = [x[-1]]
    if len(x) > 1:
        return 2
    return sum(x) + sum(last)


@case(V, 3, also=[(V, 0), (V, 1)])
def number_until_an_array(x, n):
    b = 0.0
    total = 0.0
    for k in range(n):
        now = x * (k + 1.0)
        if k > 0:
            b[...] = b[...] * now
            total += np.sum(b)
        b = now
    return total + np.sum(b * x)


@case([V, V + 1.0], also=[([V],)])
def rows_of_one_list(rows):
    total = 0.0
    for row in rows:
        total = total + np.sum(row) * row[0]
        row *= 2.0
    return total + rows[0][1]


@case({"a": 0.3, "b": 0.8})
def dict_of_numbers_added_to(d):
    d["a"] += 0.5 * d["b"]
    return sum(d.values()) * d["a"]


@case((0.3, V))
def array_of_a_tuple_changed(pair):
    a, b = pair
    b[::2] = 2.0 * a * b[1]
    return a * np.sum(b)


class Membrane:
    def __init__(self, u, gain):
        self.u = u
        self.gain = gain

    def total(self):
        return self.gain * np.sum(self.u)


@case(Membrane(V, 0.5), 0.7, also=[(Membrane(V, 0.5), -0.7)])
def attribute_changed_in_a_branch(m, s):
    if s > 0:
        m.u *= s
    return m.total()


@case(Membrane(V, 0.5))
def attribute_changed_and_read(m):
    m.u[1:2] *= 0.5 * m.gain
    return min(m.gain, 3.0) * np.sum(m.u)


def _summed(items):
    return sum(items)


@case(Membrane(V, 0.5))
def elements_of_what_changes_in_a_list(m):
    m.u[::2] += 0.5
    total = _summed([e for e in m.u])
    return np.sum(total)
