"""Models made of objects: layers in lists and dicts; functions held, or given."""

import math
from collections import namedtuple
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from corpus.registry import case

V = np.array([0.3, 0.8, -0.4])
W = np.array([[0.5, -0.3, 0.8], [1.2, 0.4, -0.9], [0.2, 0.1, -0.6]])


class Dense:
    def __init__(self, w, b):
        self.w = w
        self.b = b

    def __call__(self, x):
        return self.w @ x + self.b


class Scale:
    def __init__(self, s):
        self.s = s

    def __call__(self, x):
        return self.s * np.tanh(x)


class Net:
    def __init__(self, layers, act):
        self.layers = layers
        self.act = act

    def forward(self, x):
        for layer in self.layers:
            x = self.act(layer(x))
        return x


def relu(z):
    return np.maximum(z, 0.1 * z)


def net():
    return Net([Dense(W, V), Scale(0.7), Dense(W.T, V * 2)], relu)


def net2():
    return Net([Dense(W, V), Dense(W.T, V * 2)], np.tanh)


@case(net(), V, also=[(net2(), V)])
def network(net, x):
    return np.sum(net.forward(x) ** 2)


@case(net(), V, wrt="net")
def network_by_index(net, x):
    return np.sum(net.layers[1](net.layers[0](x)))


@case(net2(), V, 1)
def layer_by_number(net, x, k):
    return np.sum(net.layers[k](x))


@case([Dense(W, V), Dense(W.T, V * 2)], V)
def best_layer_of_a_loop(layers, x):
    best = None
    top = -100.0
    for layer in layers:
        s = np.sum(layer(x))
        if s > top:
            best = layer
            top = s
    return np.sum(best(x) ** 2)


@case([Dense(W, V), Dense(W.T, V * 2)], V)
def one_of_two_layers(layers, x):
    layer = layers[0] if x[0] > 1 else layers[1]
    return np.sum(layer(x) ** 2)


@case([Dense(W, V), Scale(0.4)], V)
def one_of_two_classes(layers, x):
    layer = layers[0] if x[0] > 1 else layers[1]
    return np.sum(layer(x) ** 2)


@case([Dense(W, V), Dense(W.T, V * 2)], V)
def layers_filtered(layers, x):
    chosen = [layer for layer in layers if layer.b[0] > 0.4]
    s = 0.0
    for layer in chosen:
        s += np.sum(layer(x))
    return s


@case([Dense(W, V), Dense(W.T, V * 2)], V)
def layers_in_tuples_in_a_list(layers, x):
    chosen = [(layer, k) for k, layer in enumerate(layers)]
    s = 0.0
    for layer, k in chosen:
        s += np.sum(layer(x)) * k
    return s


@case({"a": Scale(0.3), "b": Dense(W, V)}, V)
def items_of_several_classes(d, x):
    for _name, layer in d.items():
        x = layer(x)
    return np.sum(x)


@case({"a": Scale(0.3), "b": Scale(0.5)}, V)
def keys_of_one_class(d, x):
    s = 0.0
    for name in d:
        s += np.sum(d[name](x))
    return s


@case({"a": Scale(0.3), "b": Dense(W, V)}, V)
def values_of_several_classes(d, x):
    for layer in d.values():
        x = layer(x)
    return np.sum(x)


@case(SimpleNamespace(a=Scale(0.3), w=V, k=2))
def namespace_holds_an_object(p):
    return np.sum(p.a(p.w)) * p.k


class Node:
    def __init__(self, v, left=None, right=None):
        self.v = v
        self.left = left
        self.right = right


def tree():
    return Node(0.3, Node(0.5, None, Node(0.2)), Node(0.8))


def total(node):
    if node is None:
        return 0.0
    return (
        math.sin(node.v) + total(node.left) * total(node.right) + 2.0 * total(node.left)
    )


@case(tree())
def tree_of_nodes(t):
    return total(t)


@case(Node(0.3, Node(0.4, Node(0.5))))
def chain_of_nodes(n):
    s = 0.0
    while n is not None:
        s = s * 0.5 + n.v * n.v
        n = n.left
    return s


def simpson(f, a, b):
    return (b - a) / 6 * (f(a) + 4 * f((a + b) / 2) + f(b))


@case(math.sin, 0.2, 1.3, wrt=(1, 2), also=[(lambda t: t * t, 0.1, 0.4)])
def function_argument(f, a, b):
    return (b - a) / 6 * (f(a) + 4 * f((a + b) / 2) + f(b))


@case(np.tanh, V, wrt=(1,))
def function_argument_of_arrays(f, x):
    return np.sum(f(x) * x)


class Vec:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, o):
        return Vec(self.x + o.x, self.y + o.y)

    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)

    __rmul__ = __mul__

    def dot(self, o):
        return self.x * o.x + self.y * o.y

    @property
    def norm(self):
        return math.sqrt(self.dot(self))


@case(Vec(0.3, 0.4), Vec(0.5, -0.2), 0.3)
def vector_arithmetic(a, b, k):
    c = a + 2.0 * b * k
    c += a
    return c.norm + c.dot(a)


@dataclass
class Body:
    m: float
    pos: np.ndarray
    vel: np.ndarray


@case([Body(1.0, V, V * 2), Body(2.0, V[::-1].copy(), -V)])
def pairs_of_bodies(bodies):
    e = 0.0
    for i, a in enumerate(bodies):
        e += 0.5 * a.m * np.sum(a.vel**2)
        for b in bodies[i + 1 :]:
            e -= a.m * b.m / np.sqrt(np.sum((a.pos - b.pos) ** 2) + 0.1)
    return e


L = namedtuple("L", "w b")


@case([L(W, V), L(W.T, V * 2)], V)
def list_of_named_tuples(layers, x):
    for w, b in layers:
        x = np.tanh(w @ x + b)
    for layer in layers:
        x = np.tanh(layer.w @ x)
    return np.sum(x)


class WithInt:
    def __init__(self):
        self.n = 3
        self.x = 0.4
        self.name = "a"

    def f(self):
        return self.x**self.n


@case(WithInt())
def integer_attribute(o):
    return o.f() if o.name == "a" else 0.0


class Counter:
    def __init__(self, w):
        self.w = w
        self.n = 0

    def step(self):
        self.n += 1
        self.w = self.w * 1.5 + self.n
        return self.w


class Holder:
    def __init__(self):
        self.c = Counter(0.3)
        self.k = 2.0


@case(Holder())
def inner_attribute_assigned(h):
    h.c.w = h.c.w * h.k
    return h.c.w**2


@case(Holder())
def inner_method_changes_it(h):
    a = h.c.step()
    return a * h.c.step() * h.k


@case(Counter(0.4))
def method_changes_the_argument(c):
    return c.step() * c.step()
