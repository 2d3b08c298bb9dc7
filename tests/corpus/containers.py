"""Lists, dicts, tuples: as values, as arguments, in comprehensions."""

import math
from collections import namedtuple

import numpy as np

from corpus.registry import case

V = np.array([0.3, 0.8, -0.4])
U = np.array([1.2, -0.5, 0.9])
M = np.array([[0.5, -0.3, 0.8], [1.2, 0.4, -0.9]])

Layer = namedtuple("Layer", "w b")


@case(V, tags="issue3")
def append_and_sum(x):
    parts = []
    for e in x:
        parts.append(e * e)
    return sum(parts) * parts[0]


@case(V, tags="issue3")
def append_and_pop(x):
    stack = [x[0]]
    for e in x[1:]:
        stack.append(stack[-1] * e)
    s = 0.0
    while stack:
        s = s * 0.5 + stack.pop()
    return s


@case(0.7, 3, tags="issue3")
def history_of_states(x, n):
    hs = [x]
    for k in range(n):
        hs.append(math.sin(hs[k]) + hs[0])
    return hs[-1] * hs[1]


@case(V, 3, tags="issue3")
def list_of_arrays(x, n):
    states = [x]
    for _ in range(n):
        states.append(np.tanh(states[-1]) * x)
    return np.sum(states[1] * states[-1])


@case(V, tags="issue3")
def list_of_arrays_then_stacked(x):
    rows = []
    for k in range(1, 4):
        rows.append(x**k)
    m = np.array(rows)
    return np.sum(m @ x) + np.sum(np.stack(rows)[2])


@case(V, tags="issue3")
def array_in_list_mutated_later(x):
    y = x.copy()
    kept = [y, x]
    y *= 2.0
    kept[0][1] = y[0] * y[2]
    return np.sum(kept[0] ** 2) + np.sum(y)


@case(V, tags="issue3")
def list_element_written(x):
    items = [x[0], x[1], 3.0]
    items[2] = items[0] * items[1]
    items[0] += items[2]
    items[1] *= items[0]
    return items[0] * items[1] * items[2]


@case(V, tags="issue3")
def list_aliased(x):
    a = [x[0], x[1]]
    b = a
    b[0] = b[1] * x[2]
    a.append(b[0] ** 2)
    return sum(b) * len(a)


@case(V, tags="issue3")
def list_methods(x):
    a = [x[0], x[1]]
    a.insert(0, x[2] * x[0])
    a.extend([x[1] ** 2, 1.0])
    a.reverse()
    last = a.pop(0)
    del a[1]
    return a[0] * a[1] + last + a[-1]


@case(V, tags="issue3")
def list_arithmetic(x):
    a = [x[0]] * 2 + [x[1], x[2]]
    b = a[1:3] + list(x)
    return b[0] * b[1] * b[-1] + len(b)


@case(0.7, [1, 2, 3], tags="issue3")
def list_comprehension(x, powers):
    terms = [x**p / p for p in powers]
    return sum(terms) * terms[1]


@case(V, tags="issue3")
def comprehension_with_condition(x):
    positive = [e * e for e in x if e > 0]
    return sum(positive) + len(positive) * x[0]


@case(M, tags="issue3")
def nested_comprehension(m):
    squares = [[e * e for e in row] for row in m]
    flat = [e * 0.5 for row in squares for e in row]
    return sum(flat) + squares[1][2] * flat[0]


@case(V, U, tags="issue3")
def sum_of_generator(x, w):
    return sum(a * b for a, b in zip(x, w)) ** 2  # noqa: B905


@case(V, tags="issue3")
def max_of_generator(x):
    return max(e * e for e in x) + min(e**3 for e in x)


@case(V, U, tags="issue3")
def zip_and_enumerate(x, w):
    s = 0.0
    for i, (a, b) in enumerate(zip(x, w)):  # noqa: B905
        s += (i + 1) * a * b * b
    for i, a in enumerate(x, start=2):
        s *= 1.0 + a / i
    return s


@case(V, tags="issue3")
def reversed_and_sorted(x):
    s = 0.0
    for e in reversed(x):
        s = s * 0.5 + e
    ordered = sorted(x)
    return s * ordered[0] * ordered[-1] ** 2


@case(V, tags="issue3")
def array_from_comprehension(x):
    y = np.array([e * x[0] for e in x])
    return np.sum(y**2)


@case(0.7, tags="issue3")
def dict_of_values(x):
    d = {"a": x, "b": x * x}
    d["c"] = d["a"] * d["b"]
    d["a"] = d["c"] + 1.0
    return d["a"] * d["c"] + len(d)


@case(0.7, tags="issue3")
def dict_updates(x):
    d = {"n": 0, "total": 0.0}
    for k in range(3):
        d["n"] += 1
        d["total"] += x ** d["n"] * (k + 1)
    d.update(total=d["total"] * 2.0)
    return d["total"] * d.get("missing", x)


@case(0.7, tags="issue3")
def dict_items_loop(x):
    d = {1: x, 2: x * x, 3: 0.5}
    s = 0.0
    for key, value in d.items():
        s += key * value**2
    for value in d.values():
        s *= 1.0 + value
    return s


@case(0.7, tags="issue3")
def dict_comprehension(x):
    d = {k: x**k for k in range(3)}
    return sum(d.values()) * d[2]


@case({"w": V, "b": 0.5})
def dict_argument(params):
    return np.sum(params["w"] ** 2) * params["b"] + params["b"]


@case({"w": V, "unused": 2.0, "n": 3}, tags="issue3")
def dict_argument_with_other_things(params):
    return np.sum(params["w"]) * params["n"]


@case({"outer": {"inner": V, "bias": 1.5}, "scale": 2.0}, tags="issue3")
def nested_dict_argument(p):
    inner = p["outer"]
    return p["scale"] * np.sum(inner["inner"] ** 2) * inner["bias"]


@case({"x": 1.0, "y": 2.0}, tags="issue3")
def dict_argument_changed(d):
    d["x"] = d["x"] * d["y"]
    d["z"] = d["x"] ** 2
    return d["z"] * d["y"]


@case([1.0, 2.0, 3.0], tags="issue3")
def list_argument(values):
    return values[0] * values[1] ** values[2]


@case([1.0, 2.0, 3.0], tags="issue3")
def list_argument_looped(values):
    s = 1.0
    for v in values:
        s = s * v + v
    return s + sum(values) * max(values)


@case([1.0, 2.0, 3.0], tags="issue3")
def list_argument_changed(values):
    values.append(values[0] * values[2])
    values[1] = values[3] ** 2
    return sum(values)


@case([np.array([0.3, 0.8, -0.4]), np.array([[1.0, 2.0]])], tags="issue3")
def list_of_arrays_argument(arrays):
    v, m = arrays
    v *= 2.0
    return np.sum(v**2) * np.sum(m * m)


@case((0.5, V, [2.0, 3]), tags="issue3")
def nested_tuple_argument(t):
    a, v, (b, n) = t
    return a * np.sum(v * v) * b + n * a


@case((1.0, 2.0), tags="issue3")
def tuple_argument(pair):
    x, y = pair
    return x * y**2


@case(
    [
        {"w": np.array([[0.3, 0.1], [0.2, -0.4], [0.6, 0.5]]), "b": V[:2]},
        {"w": np.array([[0.7], [-0.2]]), "b": np.array([0.1])},
    ],
    V,
    tags="issue3",
)
def network_of_layers(layers, x):
    for layer in layers:
        x = np.tanh(x @ layer["w"] + layer["b"])
    return np.sum(x**2)


@case(Layer(V, 0.5), U, tags="issue3")
def named_tuple_argument(layer, x):
    return (layer.w @ x + layer.b) ** 2 + layer[1]


@case(V, 0.5, tags="issue3")
def named_tuple_inside(x, a):
    layer = Layer(x * a, a)
    bigger = layer._replace(b=a * a)
    return np.sum(layer.w) * bigger.b


@case(0.7, tags="issue3")
def tuple_building(x):
    t = (x, x * x)
    t = t + (t[0] * t[1],)  # noqa: RUF005
    a, *rest = t
    return a * rest[0] * rest[1] + sum(t)


@case(0.7, tags="issue3")
def set_of_constants(x):
    seen = {1, 2}
    s = 0.0
    for k in (1, 2, 3):
        if k in seen:
            s += x**k
    return s


@case(V, tags="issue3")
def sequence_of_pairs(x):
    pairs = [(x[i], x[i + 1]) for i in range(2)]
    return sum(a * b * b for a, b in pairs)


@case(V, tags="issue3")
def matrix_as_list_of_lists(x):
    m = [[0.0] * 2 for _ in range(2)]
    for i in range(2):
        for j in range(2):
            m[i][j] = x[i] * x[j + 1] + i
    return m[0][0] * m[1][1] - m[0][1] * m[1][0]


@case(V, tags="issue3")
def list_rows_shared(x):
    row = [x[0], x[1]]
    m = [row, row]
    m[0][0] = x[2] * x[1]
    return m[1][0] * m[0][1]


@case(V, tags="issue3")
def math_fsum_and_prod(x):
    return math.fsum([e * e for e in x]) * math.prod([1.0 + x[0], x[1]])


@case(V, tags="issue3")
def map_and_filter(x):
    kept = list(filter(lambda e: e > 0, x))
    return sum(map(lambda e: e**3, kept)) * kept[0]


@case(V, tags="issue3")
def tolist_round_trip(x):
    items = x.tolist()
    items[0] = items[1] * 2.0
    return np.sum(np.array(items) ** 2) + len(items)


@case(0.4, tags="issue3")
def queue_by_slicing(x):
    queue = [x, 2.0 * x, 3.0]
    s = 0.0
    while queue:
        head, queue = queue[0], queue[1:]
        s = s * 0.5 + head * head
    return s
