"""Classes and generators: setters, items, iteration, constants."""

import functools
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np

from corpus.registry import case

V = np.array([0.3, 0.8, -0.4])


@case(V)
def generator_in_a_variable(x):
    def gen():
        yield x[0]
        yield x[1] * 2

    g = gen()
    return next(g) * next(g)


@case(V)
def yield_from_two(x):
    def gen(v):
        yield from v
        yield v[0] * v[1]

    return sum(k * e for k, e in enumerate(gen(x)))


@case(V)
def first_that_fits(x):
    return next(e * e for e in x if e > 0.5)


class P:
    def __init__(self, w):
        self._w = w

    @property
    def w(self):
        return self._w

    @w.setter
    def w(self, v):
        self._w = v * 2.0

    scale = 3.0

    @classmethod
    def make(cls, v):
        return cls(v * cls.scale)

    @staticmethod
    def sq(v):
        return v * v


@case(0.4)
def property_assigned(x):
    p = P(x)
    p.w = x * x
    return p.w


@case(0.4)
def class_methods(x):
    return P.make(x).w * P.sq(x) * P(x).make(x).w


class It:
    def __init__(self, v):
        self.v = v

    def __iter__(self):
        return iter(self.v)

    def __len__(self):
        return len(self.v)

    def __contains__(self, k):
        return k in self.v

    def __getitem__(self, k):
        return self.v[k]

    def __setitem__(self, k, z):
        self.v[k] = z


@case(V)
def object_with_items(x):
    o = It([x[0], x[1] * x[2]])
    o[0] = o[1] * 2
    s = 0.0
    for e in o:
        s += e
    return s * len(o)


class Gen:
    def __init__(self, v):
        self.v = v

    def __iter__(self):
        for e in self.v:
            yield e * e


@case(V)
def sum_over_an_object(x):
    return sum(Gen(x))


@case(V)
def loop_over_an_object(x):
    s = 0.0
    for k, e in enumerate(Gen(x)):
        s += e * k
    return s


class Slots:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a
        self.b = a * a


@case(0.4)
def slots_changed(x):
    s = Slots(x)
    s.a = s.b * 2
    return s.a


@dataclass(frozen=True)
class D:
    a: float
    b: list = field(default_factory=list)


@case(0.4)
def frozen_replaced(x):
    d = D(x)
    e = replace(d, a=d.a * x)
    e.b.append(x)
    return e.a * e.b[0]


class Mode(Enum):
    A = 1
    B = 2


@case(0.4)
def enum_constant(x):
    m = Mode.A
    return x * x if m is Mode.A else x


@case(Mode.B, 0.4)
def enum_argument(m, x):
    return x * x if m == Mode.B else x * m.value


class CP:
    def __init__(self, w):
        self.w = w

    @functools.cached_property
    def sq(self):
        return self.w * self.w


@case(0.4)
def cached_property(x):
    c = CP(x)
    return c.sq * c.sq


@case(V, V)
def third_argument_is_out(a, b):
    c = np.zeros(3)
    np.add(a, b, c)
    np.multiply(c, a, c)
    return np.sum(c)


@case(V)
def multiply_at(a):
    c = a.copy()
    np.multiply.at(c, [0, 1, 0], 2.0)
    return np.sum(c * a)


@case(V, 0.6)
def first_or_default(x, y):
    return next((e * e for e in x if e > 5), y * y)


class Base:
    rate = 0.5

    def __init__(self, w):
        self.w = w

    def f(self, x):
        return self.w * x


class Child(Base):
    rate = 0.25

    def f(self, x):
        return super().f(x) * self.rate + type(self).rate


@case(0.3, 0.4)
def super_and_constants(w, x):
    return Child(w).f(x) * Base(x).f(w)


@case(Child(0.3), 0.4)
def super_of_an_argument(model, x):
    return model.f(x) * model.w


class Guard:
    def __init__(self, w):
        self.w = w

    def __enter__(self):
        self.w = self.w * 2.0
        return self

    def __exit__(self, *_):
        self.w = 0.0


@case(0.3)
def entered(x):
    guard = Guard(x)
    guard.__enter__()
    return guard.w * x


@case(V)
def generator_with_a_loop(x):
    def squares(v):
        for e in v:
            if e > 0:
                yield e * e

    total = 0.0
    for k, e in enumerate(squares(x)):
        total += (k + 1) * e
    return total


@case(V)
def generator_in_a_sum(x):
    doubled = (2.0 * e for e in x)
    return sum(e * e for e in doubled)
