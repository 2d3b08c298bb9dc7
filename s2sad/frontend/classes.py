"""The user's classes: what an attribute of an object means, how one is made.

A class is seen as Python sees it: the namespaces of its bases in order (its mro), in
each of them functions, properties, static and class methods, constants. Live classes
are asked; those of a file that is only read, and those defined inside of a function,
are told by their statements.
"""

from __future__ import annotations

import dataclasses
import functools
import types
from dataclasses import dataclass, field
from typing import Any

import gast

from s2sad.errors import S2sadError
from s2sad.frontend.frame import Closure, Frame, Static
from s2sad.frontend.scope import Binding, Scope, StaticScope, classify
from s2sad.ir.core import Value

#: Methods that change what attributes are: such a class cannot be seen into.
MAGIC = ("__getattr__", "__getattribute__", "__setattr__", "__delattr__", "__new__")


@dataclass(frozen=True)
class Member:
    """kind: method, static, class, property, value, or opaque."""

    kind: str
    value: Value
    owner: Class
    #: of a property: what assigning it calls
    setter: Value | None = None


@dataclass(eq=False)
class Class:
    """A class: its name, its mro, and what its instances are made of."""

    name: str
    path: str
    scope: Scope
    members: dict[str, Member] = field(default_factory=dict)
    above: list[Class] = field(default_factory=list)  # the mro, without this class
    #: dataclass or NamedTuple fields: name -> default (a value, a factory, or None)
    fields: dict[str, Field] | None = None
    frozen: bool = False
    is_tuple: bool = False
    #: why instances cannot be followed, if they cannot
    refusal: str | None = None
    #: a class of exceptions: objects of it are only raised
    raised: bool = False
    live: type | None = None

    def find(self, name: str) -> Member | None:
        """The member that `instance.name` means, the class's own before its bases'."""
        for cls in (self, *self.above):
            if name in cls.members:
                return cls.members[name]
        return None

    def find_above(self, start: Class, name: str) -> Member | None:
        """What `super().name` means in a method of `start`."""
        order = [self, *self.above]
        for cls in order[order.index(start) + 1 :]:
            if name in cls.members:
                return cls.members[name]
        return None


@dataclass(frozen=True)
class Field:
    """A field of a dataclass: its default, and how it comes to be."""

    default: Value | None = None
    factory: Value | None = None
    init: bool = True
    kw_only: bool = False
    #: what it is annotated with: float, int, ndarray
    kind: str = ""


def of_binding(binding: Binding, scope: Scope) -> Class | None:
    """The class that a name stands for; nothing if it is no class of the user's."""
    if binding.kind != "class":
        return None
    if binding.known and isinstance(binding.value, type):
        return _live(binding.value, scope)
    definition = getattr(scope, "class_definition", None)
    node = definition(binding.path) if definition is not None else None
    return None if node is None else of_node(node, None, scope, binding.path)


_LIVE: dict[type, Class] = {}


def _live(cls: type, scope: Scope) -> Class:
    known = _LIVE.get(cls)
    if known is not None and _unchanged(known, cls):
        return known
    found = Class(cls.__name__, f"{cls.__module__}.{cls.__qualname__}", scope)
    found.live = cls
    found.refusal = _live_refusal(cls)
    found.raised = issubclass(cls, BaseException)
    found.is_tuple = issubclass(cls, tuple) and hasattr(cls, "_fields")
    for base in cls.__mro__[1:]:
        plain = base in (object, tuple) or base.__module__ == "typing"
        if not plain and not (found.raised and base.__module__ == "builtins"):
            found.above.append(_own(base, scope))
    found.members = _own(cls, scope, found).members
    if dataclasses.is_dataclass(cls):
        params = getattr(cls, "__dataclass_params__", None)
        found.frozen = bool(getattr(params, "frozen", False))
        found.fields = {
            f.name: Field(
                _wrapped(f.default, scope), _wrapped(f.default_factory, scope),
                f.init, bool(f.kw_only), _kind(f.type),
            )
            for f in dataclasses.fields(cls)
        }  # fmt: skip
    elif found.is_tuple:
        names: Any = cls
        defaults = getattr(cls, "_field_defaults", {})
        found.fields = {
            n: Field(
                _wrapped(defaults[n], scope) if n in defaults else None,
                kind=_kind(getattr(cls, "__annotations__", {}).get(n)),
            )
            for n in names._fields
        }
    if len(_LIVE) > 256:
        _LIVE.clear()
    _LIVE[cls] = found
    return found


def _unchanged(known: Class, cls: type) -> bool:
    own = {k: v for k, v in vars(cls).items() if not k.startswith("__")}
    return all(k in known.members for k in own) or known.is_tuple


def _own(cls: type, scope: Scope, into: Class | None = None) -> Class:
    """A class with the members of its own namespace only."""
    found = into or Class(cls.__name__, f"{cls.__module__}.{cls.__qualname__}", scope)
    found.live = cls
    for name, raw in vars(cls).items():
        found.members[name] = _member(name, raw, cls, found, scope)
    return found


def _member(name: str, raw: Any, cls: type, owner: Class, scope: Scope) -> Member:
    path = f"{cls.__qualname__}.{name}"
    if isinstance(raw, types.FunctionType):
        return Member("method", _function(raw, path, scope), owner)
    if isinstance(raw, staticmethod):
        return Member("static", _function(raw.__func__, path, scope), owner)
    if isinstance(raw, classmethod):
        return Member("class", _function(raw.__func__, path, scope), owner)
    if isinstance(raw, property) and isinstance(raw.fget, types.FunctionType):
        setter = raw.fset
        given = isinstance(setter, types.FunctionType)
        store = _function(setter, path, scope) if given else None
        return Member("property", _function(raw.fget, path, scope), owner, store)
    if isinstance(raw, types.MemberDescriptorType):
        return Member("slot", _constant(raw, path, scope), owner)
    if isinstance(raw, functools.cached_property):
        return Member("opaque", _constant(raw, path, scope), owner)
    if type(raw).__name__ == "_tuplegetter":
        return Member("slot", _constant(raw, path, scope), owner)
    if hasattr(type(raw), "__get__") and not name.startswith("__"):
        return Member("opaque", _constant(raw, path, scope), owner)
    return Member("value", _constant(raw, path, scope), owner)


def _function(function: Any, path: str, scope: Scope) -> Static:
    return Static(classify(function, path), scope)


def _constant(raw: Any, path: str, scope: Scope) -> Static:
    found = classify(raw, path)
    return Static(found, scope)


def _kind(annotation: Any) -> str:
    """The last part of an annotation's name."""
    name = annotation if isinstance(annotation, str) else ""
    if isinstance(annotation, type):
        name = annotation.__name__
    return name.rpartition(".")[2]


def _wrapped(default: Any, scope: Scope) -> Value | None:
    if default is dataclasses.MISSING:
        return None
    return Static(classify(default, "default"), scope)


def _live_refusal(cls: type) -> str | None:
    import abc
    import enum

    if issubclass(cls, enum.Enum):
        return "an Enum"
    if type(cls) not in (type, abc.ABCMeta):
        return f"of the metaclass {type(cls).__name__}"
    for base in cls.__mro__[:-1]:
        if base is tuple or base.__module__ in ("typing", "abc", "collections.abc"):
            continue
        named = issubclass(cls, tuple) and hasattr(cls, "_fields")
        if issubclass(base, BaseException) and not _is_python(base):
            continue
        if base.__module__ == "builtins" or not _is_python(base):
            return f"built on {base.__qualname__}"
        generated = dataclasses.is_dataclass(base) or named
        for name in MAGIC:
            if name in vars(base) and not generated:
                return f"with {name}"
    return None


def _is_python(cls: type) -> bool:
    return bool(cls.__flags__ & (1 << 9))  # a heap type: made by a class statement


def of_node(node: gast.ClassDef, frame: Frame | None, scope: Scope, path: str) -> Class:
    """A class told by its statements; `frame` is the function that it stands in."""
    from s2sad.frontend import source as sources

    found = Class(node.name, path, scope)
    decorators = [
        _dotted(d.func if isinstance(d, gast.Call) else d) for d in node.decorator_list
    ]
    for name, decorator in zip(decorators, node.decorator_list, strict=True):
        if name.rpartition(".")[2] != "dataclass":
            found.refusal = f"under the decorator {name or '...'}"
        elif isinstance(decorator, gast.Call):
            found.frozen = any(
                k.arg == "frozen" and getattr(k.value, "value", False) is True
                for k in decorator.keywords
            )
    for base in node.bases:
        name = _dotted(base)
        if name.rpartition(".")[2] == "NamedTuple":
            found.is_tuple = True
        elif name != "object":
            known = _base(name, frame, scope)
            if known is None and _is_raised(name, scope):
                found.raised = True
            elif known is None:
                found.refusal = f"built on {name or 'a computed base'}"
            else:
                found.above += [known, *known.above]
                found.raised |= known.raised
    if node.keywords:
        found.refusal = "of a metaclass"
    outer = frame
    if outer is None:
        assert isinstance(scope, StaticScope)
        module = sources.FunctionSource(
            node.name, node.name, scope.path, node, scope.lines, scope
        )
        outer = Frame(module)
    is_data = any(n.rpartition(".")[2] == "dataclass" for n in decorators)
    fields: dict[str, Field] = {}
    for base_class in reversed(found.above):
        fields.update(base_class.fields or {})
    for item in node.body:
        _enter(item, found, outer, fields)
    if is_data or found.is_tuple:
        found.fields = fields
    return found


def _enter(item: gast.AST, cls: Class, frame: Frame, fields: dict[str, Field]) -> None:
    if isinstance(item, gast.FunctionDef):
        kind = "method"
        for decorator in item.decorator_list:
            name = _dotted(decorator)
            known = {
                "staticmethod": "static",
                "classmethod": "class",
                "property": "property",
            }
            kind = known.get(name, "opaque")
        cls.members[item.name] = Member(kind, Closure(item, frame, None), cls)
        if item.name in MAGIC:
            cls.refusal = f"with {item.name}"
    elif isinstance(item, gast.AnnAssign) and isinstance(item.target, gast.Name):
        found = _field(item.value, frame)
        kind = _kind(_dotted(item.annotation))
        fields[item.target.id] = dataclasses.replace(found, kind=kind)
        if item.value is not None and not isinstance(item.value, gast.Call):
            cls.members[item.target.id] = Member("value", Late(item.value, frame), cls)
    elif isinstance(item, gast.Assign) and all(
        isinstance(t, gast.Name) for t in item.targets
    ):
        for target in item.targets:
            cls.members[target.id] = Member("value", Late(item.value, frame), cls)
    elif not isinstance(item, gast.Pass | gast.Expr):
        cls.refusal = f"with a {type(item).__name__} in its body"


class Late(Value):
    """An expression of a class body, made a value where it is asked for."""

    __slots__ = ("frame", "node")

    def __init__(self, node: gast.AST, frame: Frame) -> None:
        super().__init__()
        self.node = node
        self.frame = frame


def _field(value: gast.AST | None, frame: Frame) -> Field:
    if value is None:
        return Field()
    if isinstance(value, gast.Call) and _dotted(value.func).endswith("field"):
        given = {k.arg: k.value for k in value.keywords}
        default, factory = given.get("default"), given.get("default_factory")
        init = getattr(given.get("init"), "value", True)
        return Field(
            Late(default, frame) if default is not None else None,
            Late(factory, frame) if factory is not None else None,
            bool(init),
        )
    return Field(Late(value, frame))


def _dotted(node: gast.AST) -> str:
    if isinstance(node, gast.Name):
        return str(node.id)
    if isinstance(node, gast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return ""


def _base(name: str, frame: Frame | None, scope: Scope) -> Class | None:
    if frame is not None:
        local = frame.env.get(name)
        if isinstance(local, ClassValue):
            return local.cls
    try:
        found = scope.resolve(name)
    except S2sadError:
        return None
    return of_binding(found, scope)


class ClassValue(Value):
    """A class that is defined inside of a function."""

    __slots__ = ("cls",)

    def __init__(self, cls: Class) -> None:
        super().__init__()
        self.cls = cls


def _is_raised(name: str, scope: Scope) -> bool:
    try:
        return is_exception(scope.resolve(name))
    except S2sadError:
        return False


def is_exception(binding: Binding) -> bool:
    """Does a name stand for a class of exceptions?"""
    return isinstance(binding.value, type) and issubclass(binding.value, BaseException)
