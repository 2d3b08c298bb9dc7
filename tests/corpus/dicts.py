"""Dicts with keys that only a run knows; what the library has of lists."""

import functools
import itertools
import operator
from collections import defaultdict, deque

import numpy as np

from corpus.registry import case

V = np.array([0.3, 0.8, -0.4])


@case({"a": [0.3, 0.2], "b": [0.5]})
def dict_of_lists(d):
    return d["a"][0] * d["b"][0] + sum(d["a"])


@case({"a": 0.3, "b": 0.5}, 0.4)
def updated_by_display(d, x):
    d.update({"a": x * d["b"], "c": x})
    d["b"] += d["a"]
    return d["a"] * d["b"] * d["c"]


@case({"a": 0.3, "b": 0.5}, 0.4)
def dict_of_a_dict(d, x):
    e = dict(d)
    e.update(a=x)
    e.update({"z": e["b"]})
    return e["a"] * e["b"] * e["z"] * d["a"]


@case({"a": 0.3, "b": 0.5}, {"b": 0.4, "c": 0.7})
def dicts_in_a_display(d, e):
    d = {**d, **e}
    return sum(d.values()) * d["b"]


@case({"a": 0.3, "b": 0.5}, {"b": 0.4, "c": 0.7})
def union_of_dicts(d, e):
    f = d | e
    return f["a"] * f["b"] * f["c"]


@case({"a": 0.3, "b": 0.5}, {"b": 0.4, "c": 0.7})
def updated_by_a_dict(d, e):
    d.update(e)
    return d["a"] * d["b"] * d["c"]


@case([0.3, 0.8, 0.3])
def keys_by_number(x):
    d = {}
    for k, v in enumerate(x):
        d[k] = v * v
    d.pop(0)
    s = d.get(7, x[0])
    for k in d:
        s += d[k] * k
    for v in d.values():
        s += v
    return s + d.setdefault(1, 0.0) + len(d)


@case([0.3, 0.8, 0.3])
def default_of_float(x):
    d = defaultdict(float)
    for k, v in enumerate(x):
        d[k % 2] += v * v
    return d[0] * d[1]


@case([0.3, 0.8, 0.3])
def default_of_list(x):
    d = defaultdict(list)
    for k, v in enumerate(x):
        d[k % 2].append(v * v)
    return sum(d[0]) * sum(d[1])


@case(0.3, 2)
def inner_dict_in_a_branch(x, n):
    d = {}
    if n > 1:
        d["a"] = {"p": x}
    else:
        d["b"] = {"p": x * 2}
    d["c"] = x * x
    return d["c"] * (d["a"]["p"] if "a" in d else 1.0)


@case(0.3, 2)
def inner_dict_by_number(x, n):
    d = {"a": {}, "b": {}}
    for k in range(n):
        d["a"][k] = x * (k + 1)
    return sum(d["a"].values()) * x


@case([0.3, 0.8])
def memo_of_a_recursion(x):
    memo = {}

    def fib(n):
        if n < 2:
            return x[n]
        if n not in memo:
            memo[n] = fib(n - 1) * 0.5 + fib(n - 2)
        return memo[n]

    return fib(6)


@case({"a": 0.3, "b": 0.5})
def popped_by_greatest(d):
    k = max(d, key=lambda n: d[n])
    v = d.pop(k)
    return v * v + sum(d.values())


@case({"a": 0.3, "b": 0.5})
def sorted_items(d):
    return sum(v * v for k, v in sorted(d.items()) if k != "b") + len(d) * d.get(
        "zz", 1.0
    ) * d.get("a", 0.0)


@case({"a": 0.3, "b": 0.5})
def comprehension_and_del(d):
    e = {k: v * 2 for k, v in d.items()}
    del e["a"]
    return e["b"] * (1.0 if "a" in e else d["a"])


@case(V)
def deque_at_both_ends(x):
    q = deque()
    for e in x:
        q.append(e)
    q.appendleft(x[0] * 2)
    a = q.popleft()
    b = q.pop()
    return a * b + sum(q)


@case(V)
def product_with_itself(x):
    return sum(a * b for a, b in itertools.product(x, repeat=2))


@case(V)
def pairs_of_items(x):
    return sum(a * b for a, b in itertools.combinations(x, 2))


@case(V)
def neighbours(x):
    return sum(a * b for a, b in itertools.pairwise(x))


@case(V)
def running_sums(x):
    return sum(k * s for k, s in enumerate(itertools.accumulate(x)))


@case(V)
def chained(x):
    return sum(k * s for k, s in enumerate(itertools.chain(x, x * 2)))


@case(V)
def some_of_a_generator(x):
    return sum(itertools.islice((e * e for e in x), 2))


@case(V)
def reduced(x):
    return functools.reduce(operator.mul, x) + functools.reduce(
        lambda a, b: a * b + 1, x, 2.0
    )


@case(V)
def mapped_and_filtered(x):
    return sum(map(operator.mul, x, x)) + sum(filter(lambda t: t > 0, x))


@case(V, V * 2)
def product_of_two(x, y):
    return sum(a * b * b for a, b in itertools.product(x, y))
