"""What a call has told of the objects in its arguments: their classes, by way.

A way leads from an argument to what is in it: ("model", "layer") is `model.layer`, and
("models", ITEM) is any item of `models`, where all are alike. Items that are not alike
have ways of their own, by key.
"""

from __future__ import annotations

from typing import Any

Way = tuple[Any, ...]


class Mark:
    """A step of a way, or an answer, that is none of the user's."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


#: any item of a list, a tuple or a dict
ITEM = Mark("item")
#: what is told of any item where they are not alike
SEVERAL = Mark("several")
#: what is told of a number, an array, a string
NOTHING = Mark("nothing")

#: an object's class, the function itself, or the type of a list or dict
Told = dict[Way, Any]


def below(told: Told, way: Way) -> Told:
    """What is told of a thing and what is in it, by the ways from there."""
    n = len(way)
    return {w[n:]: kind for w, kind in told.items() if w[:n] == way}


def alike(told: Told, a: Way, b: Way) -> bool:
    """Do two ways lead to things of one make?"""
    return a == b or below(told, a) == below(told, b)


def keys_of(told: Told, way: Way) -> list[Any] | None:
    """The keys of a container whose items are not alike; nothing of another one."""
    if told.get((*way, ITEM)) is not SEVERAL:
        return None
    n = len(way)
    found = dict.fromkeys(w[n] for w in told if len(w) == n + 1 and w[:n] == way)
    del found[ITEM]
    return list(found) or None
