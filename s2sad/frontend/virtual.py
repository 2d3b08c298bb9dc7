"""Containers and objects that exist while a function is lowered, and not after.

A tuple is its items. A list, a dict, an object is a *record*: a name for a place of the
*heap*, which holds its present content, an aggregate of values. So `p.x += 1` assigns a
variable, aliases are right by construction, and the emitted text has `p_x` where the
user has `p.x`. What the structure of depends on a run becomes a value of the program:
a list that a loop appends to, a tuple of unknown length.

Scalar replacement of aggregates, after Stadler, Wuerthinger, Moessenboeck, Partial
Escape Analysis and Scalar Replacement for Java (CGO 2014).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from s2sad.frontend.frame import Closure, Static
from s2sad.ir.core import Const, Undef, Value
from s2sad.ir.types import Type

if TYPE_CHECKING:
    from s2sad.frontend.classes import Class

#: what a container is created at: its place in the source and the calls that led there
Site = tuple[Any, ...]
Heap = dict["Record", Value]


class Aggregate(Value):
    """Items under keys, never changed: a tuple, or what a record holds at a time."""

    __slots__ = ("cls", "fields", "items", "keys", "kind")

    def __init__(
        self,
        kind: str,
        items: tuple[Value, ...],
        keys: tuple[Any, ...] | None = None,
        cls: Class | None = None,
    ) -> None:
        whole = tuple(v.type for v in items) if kind == "tuple" else None
        super().__init__(None, Type(kind, items=whole))
        self.kind = kind
        self.items = items
        self.keys = tuple(range(len(items))) if keys is None else keys
        self.cls = cls
        #: of an object that is a list of its attributes: their names
        self.fields: tuple[Any, ...] = ()

    def get(self, key: Any) -> Value | None:
        for known, item in zip(self.keys, self.items, strict=True):
            if known == key:
                return item
        return None

    def put(self, key: Any, value: Value) -> Aggregate:
        """The same with another item, or one more."""
        if self.get(key) is None:
            return self.like((*self.items, value), (*self.keys, key))
        items = tuple(
            value if known == key else item
            for known, item in zip(self.keys, self.items, strict=True)
        )
        return self.like(items, self.keys)

    def without(self, key: Any) -> Aggregate:
        kept = [(k, v) for k, v in zip(self.keys, self.items, strict=True) if k != key]
        return self.like(tuple(v for _, v in kept), tuple(k for k, _ in kept))

    def like(
        self, items: tuple[Value, ...], keys: tuple[Any, ...] | None = None
    ) -> Aggregate:
        new = Aggregate(self.kind, items, keys, self.cls)
        new.fields = self.fields
        return new

    def __repr__(self) -> str:
        return f"{self.kind}{self.items}"


class Record(Value):
    """A list, a dict, an object or a variable that closures share: one place."""

    __slots__ = ("base", "cls", "kind", "sealed", "site")

    def __init__(
        self,
        kind: str,
        site: Site,
        cls: Class | None = None,
        base: Value | None = None,
    ) -> None:
        super().__init__(None, Type(kind))
        self.kind = kind
        self.site = site
        self.cls = cls
        #: a value of the program that this record changes a copy of, item by item
        self.base = base
        #: it may be the same object as another record, so nothing may change it
        self.sealed = False

    def __repr__(self) -> str:
        return f"<{self.kind}>"


class Bound(Value):
    """A method and the object that it belongs to."""

    __slots__ = ("function", "owner")

    def __init__(self, function: Value, owner: Value) -> None:
        super().__init__(None, Type("function"))
        self.function = function
        self.owner = owner


class ListMethod(Value):
    """A method of a container or an array, not called yet."""

    __slots__ = ("name_", "owner")

    def __init__(self, name: str, owner: Value) -> None:
        super().__init__(None, Type("function"))
        self.name_ = name
        self.owner = owner


class Partial(Value):
    """A function with some of its arguments: functools.partial."""

    __slots__ = ("args", "callee", "keywords")

    def __init__(
        self, callee: Value, args: list[Value], keywords: dict[str, Value]
    ) -> None:
        super().__init__(None, Type("function"))
        self.callee = callee
        self.args = args
        self.keywords = keywords


class Either(Value):
    """One of two things, as a condition of the run decides."""

    __slots__ = ("other", "test", "then")

    def __init__(self, test: Value, then: Value, other: Value) -> None:
        super().__init__(None, Type("any"))
        self.test = test
        self.then = then
        self.other = other


class Super(Value):
    """`super()`: an object, seen as one of a class further up."""

    __slots__ = ("above", "owner")

    def __init__(self, owner: Value, above: Class) -> None:
        super().__init__(None, Type("object"))
        self.owner = owner
        self.above = above


class Unknown(Value):
    """What only a run can tell; whoever uses it is refused."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(None, Type("any"))


class Caught(Value):
    """An exception that an `except ... as name` has caught.

    `carried` is it as an object, where the code that raises it is seen.
    """

    __slots__ = ("carried", "value")

    def __init__(self, value: Value, carried: Value) -> None:
        super().__init__(None, Type("object"))
        self.value = value
        self.carried = carried


class Restart(Exception):
    """The lowering begins anew, with a list made as a value from the start."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.site = site


def is_plain(value: Value) -> bool:
    """Is it a value of the program, or a constant?"""
    return type(value) in (Value, Const, Undef)


def is_static(value: Value) -> bool:
    """Is it nothing but a name for what is known when compiled?"""
    return isinstance(value, Static | Closure | Bound | Partial | ListMethod | Super)


def same(a: Value, b: Value) -> bool:
    """Are both the very same thing?"""
    if a is b:
        return True
    if isinstance(a, Const) and isinstance(b, Const):
        return type(a.value) is type(b.value) and repr(a.value) == repr(b.value)
    if isinstance(a, Undef) and isinstance(b, Undef):
        return True
    if isinstance(a, Unknown) and isinstance(b, Unknown):
        return True
    if isinstance(a, Static) and isinstance(b, Static):
        return a.binding.path == b.binding.path and a.binding.value is b.binding.value
    if isinstance(a, Closure) and isinstance(b, Closure):
        return a.node is b.node and a.frame is b.frame
    if isinstance(a, Bound) and isinstance(b, Bound):
        return a.owner is b.owner and same(a.function, b.function)
    if isinstance(a, Aggregate) and isinstance(b, Aggregate):
        return (
            (a.kind, a.cls, len(a.items)) == (b.kind, b.cls, len(b.items))
            and all(map(_same_key, a.keys, b.keys))
            and all(map(same, a.items, b.items))
        )
    return False


def _same_key(a: Any, b: Any) -> bool:
    return type(a) is type(b) and bool(a == b)


def parts(value: Value) -> Iterator[Value]:
    """A value and what it is made of, records not followed."""
    yield value
    inner: tuple[Value, ...] = ()
    if isinstance(value, Aggregate):
        inner = value.items
    elif isinstance(value, Bound | ListMethod | Super):
        inner = (value.owner,)
    elif isinstance(value, Partial):
        inner = (value.callee, *value.args, *value.keywords.values())
    elif isinstance(value, Caught):
        known = not isinstance(value.carried, Unknown)
        inner = (value.value, value.carried) if known else (value.value,)
    elif isinstance(value, Either):
        inner = (value.test, value.then, value.other)
    elif isinstance(value, Closure):
        inner = tuple((value.defaults or {}).values())
    for part in inner:
        yield from parts(part)
