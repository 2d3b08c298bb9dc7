"""Objects as arguments, unannotated: the call tells their classes.

Their attributes and methods have the names that arrays have, and they stand in
lists, dicts and other objects.
"""

import numpy as np

from corpus.registry import case

V = np.array([0.3, 0.8, -0.4])
W = np.array([[0.5, -0.3, 0.8], [1.2, 0.4, -0.9], [0.2, 0.1, -0.6]])


class Model:
    def __init__(self, w, b):
        self.w = w
        self.b = b

    @property
    def size(self):
        return self.w * self.w * self.b

    @property
    def T(self):
        return Model(self.b, self.w)

    @property
    def real(self):
        return self.w**3

    @property
    def shape(self):
        return (self.w * 2.0, self.b)

    def sum(self):
        return self.w * self.b

    def mean(self):
        return self.w - self.b * self.b

    def dot(self, x):
        return self.w * x * x

    def copy(self):
        return Model(self.w * 1.0, self.b * 1.0)

    def append(self, x):
        self.w = self.w * x

    def __add__(self, o):
        return Model(self.w * o.w, self.b * o.b)

    def __matmul__(self, x):
        return self.w * x * x

    def __neg__(self):
        return self.w * self.w

    def __abs__(self):
        return self.w**4


class Seq(Model):
    def __getitem__(self, k):
        if k >= 3:
            raise IndexError(k)
        return self.w * self.w * k

    def __len__(self):
        return 3


class Fn(Model):
    def __call__(self, x):
        return self.w * x * x


def sq():
    return Seq(0.7, 1.3)


def fn():
    return Fn(0.7, 1.3)


def m():
    return Model(0.7, 1.3)


@case(m())
def property_size(model):
    return model.size


@case(m())
def property_transposed(model):
    return model.T.w * 2.0


@case(m())
def property_real(model):
    return model.real * 2


@case(m())
def property_shape(model):
    return model.shape[0] * model.shape[1]


@case(m())
def method_sum(model):
    return model.sum()


@case(m())
def method_mean(model):
    return model.mean()


@case(m(), 0.6)
def method_dot(model, x):
    return model.dot(x)


@case(m(), 0.6)
def method_dot_in_call(model, x):
    return np.sin(model.dot(x))


@case(m())
def method_copy(model):
    other = model.copy()
    other.w = other.w * model.b
    return other.w * model.w


@case(m(), 0.6)
def method_append(model, x):
    model2 = Model(model.w, model.b)
    model2.append(x)
    return model2.w


@case(m(), m())
def operator_add(a, b):
    return (a + b).w


@case(m(), 0.6)
def operator_matmul(a, x):
    return a @ x


@case(m(), V)
def operator_matmul_of_array(a, x):
    return np.sum(a @ x)


@case(sq())
def item_of_an_object(a):
    return a[2]


@case(sq())
def items_of_an_object(a):
    return a[2] * a[1]


@case(sq(), 0.6)
def length_of_an_object(a, x):
    return len(a) * x


@case(m())
def minus_an_object(a):
    return -a


@case(m())
def abs_of_an_object(a):
    return abs(a)


@case(sq())
def loop_over_items_of_an_object(a):
    s = 0.0
    for k in range(len(a)):
        s = s + a[k]
    return s


@case(fn(), 0.5)
def object_called(a, x):
    return a(x)


class Outer:
    def __init__(self):
        self.inner = Fn(0.4, 1.1)
        self.scale = 0.7


@case(Outer())
def inner_size(o):
    return o.inner.size


@case(Outer(), 0.3)
def inner_dot(o, x):
    return o.inner.dot(x) * o.scale


@case(Outer())
def inner_sum(o):
    return o.inner.sum() + o.scale


@case(Outer(), 0.3)
def inner_called(o, x):
    return o.inner(x)


@case([m(), m()], 0.3)
def list_of_objects_dot(os, x):
    s = 0.0
    for o in os:
        s += o.dot(x)
    return s


@case([m(), m()])
def list_of_objects_sum(os):
    s = 0.0
    for o in os:
        s += o.sum()
    return s


@case([m(), m()])
def list_of_objects_size(os):
    s = 0.0
    for o in os:
        s += o.size
    return s


@case({"a": m()}, 0.3)
def dict_of_objects(d, x):
    return d["a"].dot(x)


class H:
    def __init__(self, w):
        self.w = w

    def sum(self):
        return self.w * 2


@case(H(V))
def sum_that_scales(h):
    return np.sum(h.w * h.sum())


def meaned(z):
    return z.mean()


@case(m())
def helper_asks_for_mean(model):
    return meaned(model) * 2.0
