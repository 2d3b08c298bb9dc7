"""What iterators of the library give, as lists: calls of them are calls of these."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations


def pairwise(iterable, /):
    items = list(iterable)
    return [(items[k], items[k + 1]) for k in range(len(items) - 1)]


def square(iterable, /, *, repeat):
    items = list(iterable)
    return [(a, b) for a in items for b in items]


def product(first, second, /):
    seconds = list(second)
    return [(a, b) for a in first for b in seconds]


def chain(*iterables):
    found = []
    for iterable in iterables:
        for item in iterable:
            found.append(item)
    return found


def combinations(iterable, r, /):
    items = list(iterable)
    n = len(items)
    return [(items[i], items[j]) for i in range(n) for j in range(i + 1, n)]


def accumulate(iterable, func=None, *, initial=None):
    found = []
    items = list(iterable)
    start = 0
    if initial is not None:
        found.append(initial)
    elif len(items) > 0:
        found.append(items[0])
        start = 1
    for k in range(start, len(items)):
        if func is None:
            found.append(found[-1] + items[k])
        else:
            found.append(func(found[-1], items[k]))
    return found


def islice(iterable, start, stop=None, /):
    if stop is None:
        return list(iterable)[:start]
    return list(iterable)[start:stop]


#: products of one thing with itself have a name of their own here
LISTED = {
    "itertools.pairwise": pairwise,
    "itertools.product": product,
    "itertools.product, repeat": square,
    "itertools.chain": chain,
    "itertools.combinations": combinations,
    "itertools.accumulate": accumulate,
    "itertools.islice": islice,
}
