"""Classes, dataclasses, methods, attributes."""

import math
from dataclasses import dataclass, field

import numpy as np

from corpus.registry import case

V = np.array([0.3, 0.8, -0.4])
U = np.array([1.2, -0.5, 0.9])
T = "issue3"


class Counter:
    def __init__(self, start=0.0):
        self.total = start
        self.n = 0

    def add(self, x):
        self.total = self.total + x * x
        self.n += 1
        return self

    def mean(self):
        return self.total / self.n


class Body:
    def __init__(self, x, v, mass=1.0):
        self.x = x
        self.v = v
        self.mass = mass

    def kick(self, force, dt):
        self.v = self.v + force / self.mass * dt

    def drift(self, dt):
        self.x += self.v * dt

    @property
    def energy(self):
        return 0.5 * self.mass * self.v**2

    @staticmethod
    def spring(x):
        return -(x**3)

    @classmethod
    def resting(cls, x):
        return cls(x, 0.0)


class Heavy(Body):
    def __init__(self, x, v):
        super().__init__(x, v, mass=3.0)

    def kick(self, force, dt):
        super().kick(0.5 * force, dt)


class Vec2:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vec2(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        return Vec2(self.x * k, self.y * k)

    def __neg__(self):
        return Vec2(-self.x, -self.y)

    def __getitem__(self, i):
        return self.x if i == 0 else self.y

    def dot(self, other):
        return self.x * other.x + self.y * other.y


class Polynomial:
    degree_limit = 5

    def __init__(self, coefficients):
        self.coefficients = coefficients

    def __call__(self, t):
        y = 0.0
        for c in self.coefficients:
            y = y * t + c
        return y

    def __len__(self):
        return len(self.coefficients)


@dataclass
class Params:
    w: np.ndarray
    b: float = 0.5
    name: str = "params"


@dataclass
class State:
    position: float
    velocity: float
    history: list = field(default_factory=list)


@dataclass(frozen=True)
class Point:
    x: float
    y: float

    def norm(self):
        return math.hypot(self.x, self.y)


@dataclass
class Grid:
    u: np.ndarray
    dx: float

    def step(self, dt):
        self.u[1:-1] += dt / self.dx**2 * (self.u[:-2] - 2 * self.u[1:-1] + self.u[2:])


MODEL = Params(np.array([1.0, 2.0, 3.0]), 0.25)


@case(V, tags=T)
def accumulate_in_object(x):
    c = Counter()
    for e in x:
        c.add(e)
    return c.mean() * c.total


@case(0.7, tags=T)
def chained_methods(x):
    return Counter(x).add(x).add(2.0 * x).mean()


@case(0.7, 0.3, tags=T)
def leapfrog_with_object(x, v):
    body = Body(x, v)
    for _ in range(4):
        body.kick(Body.spring(body.x), 0.1)
        body.drift(0.1)
    return body.energy + body.x**2


@case(0.7, 0.3, tags=T)
def inherited_methods(x, v):
    body = Heavy(x, v)
    body.kick(-body.x, 0.5)
    body.drift(0.5)
    return body.x * body.energy


@case(0.7, tags=T)
def class_method_constructor(x):
    body = Body.resting(x * x)
    body.kick(x, 2.0)
    return body.energy * body.x


@case(0.7, 1.3, tags=T)
def overloaded_operators(x, y):
    a = Vec2(x, y)
    b = (a + a * x) * 0.5 + -a
    return a.dot(b) * b[0] + b[1]


@case(V, 0.4, tags=T)
def callable_object(c, t):
    p = Polynomial(c)
    return p(t) * p(2.0 * t) + len(p) * p.degree_limit


@case(V, 0.4, tags=T)
def dataclass_inside(x, a):
    p = Params(x * a, b=a)
    return np.sum(p.w**2) * p.b


@case(Params(V, 0.5), U, tags=T)
def dataclass_argument(p, x):
    return (p.w @ x + p.b) ** 2


@case(Point(0.6, 0.8), tags=T)
def frozen_dataclass_argument(p):
    return p.norm() * p.x


@case(Body(0.7, 0.3, 2.0), tags=T)
def plain_object_argument(body):
    return body.energy * body.x + body.mass**2


@case(Body(0.7, 0.3, 2.0), tags=T)
def object_argument_changed(body):
    body.kick(body.x, 0.5)
    body.drift(1.0)
    body.mass *= body.x
    return body.energy + body.x


@case(State(0.5, 1.0), 3, tags=T)
def state_with_history(state, n):
    for _ in range(n):
        state.history.append(state.position)
        state.velocity -= 0.1 * math.sin(state.position)
        state.position += 0.1 * state.velocity
    return state.position * state.history[-1] + sum(state.history)


@case(np.array([0.1, 0.9, -0.3, 0.5]), 0.8, tags=T)
def array_attribute_in_place(u, dx):
    grid = Grid(u.copy(), dx)
    for _ in range(3):
        grid.step(0.05)
    return np.sum(grid.u**2)


@case(V, tags=T)
def two_objects_share_an_array(x):
    y = x.copy()
    a = Params(y)
    b = Params(y, 2.0)
    a.w *= b.b
    b.w[0] = a.w[1] * a.w[2]
    return np.sum(a.w**2) + np.sum(y)


@case(0.7, tags=T)
def two_names_one_object(x):
    a = Counter(x)
    b = a
    b.add(x)
    a.total *= 2.0
    return b.total * a.n


@case(V, tags="issue3")
def constant_global_object(x):
    return np.sum(MODEL.w * x) + MODEL.b * x[0]


@case(0.7, tags=T)
def attribute_swap(x):
    p = Vec2(x, x * x)
    p.x, p.y = p.y, p.x
    p.x *= p.y
    return p.x + p.y**2


@case(0.7, 3, tags=T)
def list_of_objects(x, n):
    bodies = [Body(x * k, 1.0) for k in range(1, n + 1)]
    for body in bodies:
        body.kick(-body.x, 0.1)
    for body in bodies:
        body.drift(0.1)
    return sum(body.x * body.energy for body in bodies)


@case(0.7, tags=T)
def bound_method_in_a_name(x):
    c = Counter()
    push = c.add
    push(x)
    push(x * x)
    return c.total


@case(0.7, True, also=[(0.7, False)], tags=T)
def object_chosen_by_branch(x, heavy):
    body = Heavy(x, 1.0) if heavy else Body(x, 1.0)
    body.kick(x, 1.0)
    return body.energy


@case(0.7, tags=T)
def class_defined_inside(x):
    class Pair:
        def __init__(self, a, b):
            self.a = a
            self.b = b

        def product(self):
            return self.a * self.b

    return Pair(x, x * x).product()
