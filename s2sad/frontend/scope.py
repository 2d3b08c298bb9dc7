"""What a name means: in a live function, or in a file that is only read.

Both scopes give the same canonical path to the same library function, however it
was imported, so that derivative rules have one name to be found under.
"""

from __future__ import annotations

import builtins
import cmath
import functools
import math
import os
import sys
import sysconfig
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import gast

from s2sad.errors import S2sadError

if TYPE_CHECKING:
    from s2sad.frontend.source import FunctionSource

#: Top-level packages known by name, so that a static run imports nothing.
LIBRARIES = {
    *sys.stdlib_module_names,
    *("numpy", "scipy", "numba", "s2sad", "autograd", "cupy", "dask", "jax"),
    *("matplotlib", "pandas", "sklearn", "torch", "tqdm"),
}

#: Library modules that are attributes of their package.
SUBMODULES = frozenset(
    f"{package}.{name}"
    for package, names in {
        "numpy": "fft lib linalg ma polynomial random testing typing",
        "scipy": "cluster constants fft fftpack integrate interpolate io linalg"
        " ndimage optimize signal sparse spatial special stats",
        "os": "path",
        "collections": "abc",
    }.items()
    for name in names.split()
)

#: Constants that a static run knows the value of.
CONSTANTS: dict[str, Any] = {
    f"{module}.{name}": getattr(math, name)
    for module in ("math", "cmath", "numpy")
    for name in ("pi", "e", "inf", "nan")
} | {
    "math.tau": math.tau,
    "cmath.tau": math.tau,
    "cmath.infj": cmath.infj,
    "cmath.nanj": cmath.nanj,
    "numpy.euler_gamma": 0.5772156649015329,
    "numpy.newaxis": None,
}

#: Second names of library functions, and the name that the object itself carries.
ALIASES = {
    f"{module}.{alias}": f"{module}.{name}"
    for module, pairs in {
        "numpy": "abs=absolute acos=arccos acosh=arccosh asin=arcsin asinh=arcsinh"
        " atan=arctan atan2=arctan2 atanh=arctanh bitwise_invert=invert"
        " bitwise_left_shift=left_shift bitwise_not=invert"
        " bitwise_right_shift=right_shift concat=concatenate conj=conjugate"
        " mod=remainder permute_dims=transpose pow=power true_divide=divide"
        " amax=max amin=min bool_=bool byte=int8 cdouble=complex128"
        " csingle=complex64 double=float64 half=float16 short=int16 single=float32"
        " ubyte=uint8 ushort=uint16 intc=int32 uintc=uint32",
        "scipy.special": "digamma=psi jn=jv",
    }.items()
    for alias, name in (pair.split("=") for pair in pairs.split())
}


@dataclass(frozen=True, eq=False)
class Binding:
    """What a name is bound to.

    `kind` is one of module, function (the user's own, in Python), class (the
    user's own), library (a function or class of an installed library), builtin,
    value and unknown. `path` is the dotted name: canonical for modules and
    libraries. `value` is the live object or the literal, if `known`. `source`
    gives the FunctionSource of a function, and of a library function in Python.
    `origin` is one of global, closure, builtin, import.
    """

    kind: str
    path: str
    value: Any = None
    known: bool = False
    source: Callable[[], FunctionSource] | None = None
    origin: str = "global"


class Scope(Protocol):
    """Resolves the names that a function does not bind itself."""

    module_name: str

    def resolve(self, name: str) -> Binding: ...

    def attribute(self, base: Binding, attr: str) -> Binding: ...


def _builtin(name: str) -> Binding:
    if hasattr(builtins, name):
        return Binding("builtin", name, getattr(builtins, name), True, origin="builtin")
    return Binding("unknown", name)


class LiveScope:
    """The names that a function object sees: its cells, globals, builtins."""

    def __init__(self, function: types.FunctionType) -> None:
        self.module_name = _home(function) or "__main__"
        free = function.__code__.co_freevars
        self._cells = dict(zip(free, function.__closure__ or (), strict=True))
        self._globals = function.__globals__

    def resolve(self, name: str) -> Binding:
        if name in self._cells:
            try:
                value = self._cells[name].cell_contents
            except ValueError:  # assigned later, or never
                return Binding("unknown", name, origin="closure")
            return classify(value, name, "closure")
        if name in self._globals:
            return classify(self._globals[name], name, "global")
        return _builtin(name)

    def attribute(self, base: Binding, attr: str) -> Binding:
        path = f"{base.path}.{attr}"
        unknown = Binding("unknown", path, origin=base.origin)
        kinds = ("module", "class", "library", "builtin")
        if not base.known or base.kind not in kinds:
            return unknown
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = getattr(base.value, attr)
        except Exception:  # a module's or a metaclass's __getattr__ may do anything
            return unknown
        method = base.kind == "library" and not isinstance(value, type)
        if method and getattr(value, "__self__", None) is base.value:
            return Binding("library", path, value, True, origin=base.origin)
        found = classify(value, path, base.origin)
        if found.kind == "value" and callable(value):
            # Reached by way of a library (np.add.reduce), so one of its functions.
            if base.kind in ("library", "builtin"):
                return Binding(base.kind, path, value, True, origin=base.origin)
            if base.kind == "module" and is_library_module(base.path):
                return Binding("library", path, value, True, origin=base.origin)
        return found


def classify(value: Any, path: str, origin: str = "global") -> Binding:
    """The binding of a live object that was reached under the given path."""
    from s2sad.frontend import source  # source builds on this module
    from s2sad.rules.registry import OWN

    def bind(kind: str, path: str, *, function: bool = False) -> Binding:
        find = functools.partial(source.from_function, value) if function else None
        return Binding(kind, path, value, True, find, origin)

    if isinstance(value, types.ModuleType):
        return bind("module", value.__name__)
    if id(value) in OWN and OWN[id(value)][0] is value:
        return bind("library", OWN[id(value)][1])
    native = isinstance(value, type | types.BuiltinFunctionType)
    name = value.__name__ if native else ""
    if name and vars(builtins).get(name) is value:
        return bind("builtin", name)
    if public := library_path(value):
        return bind("library", public, function=isinstance(value, types.FunctionType))
    if isinstance(value, type):
        kind = "library" if is_library_module(_home(value)) else "class"
        return bind(kind, f"{_home(value)}.{value.__qualname__}")
    function: Any = value
    ours = source.is_by_call(value)
    if ours or not isinstance(value, types.FunctionType):
        if not ours and not source.is_transparent(value):
            return bind("value", path)
        try:
            function = source.unwrap(value)[0]
        except S2sadError:
            return bind("value", path)
    kind = "library" if _is_library_function(function) else "function"
    return bind(kind, f"{_home(function)}.{function.__qualname__}", function=True)


def _home(value: Any) -> str:
    """The module that a function or class says it is from, if it says so."""
    module = getattr(value, "__module__", None)
    return module if isinstance(module, str) else ""


def library_path(value: Any) -> str | None:
    """The shortest public path that leads to this very object, in its library."""
    maker = _home(type(value))
    if maker != "builtins" and not is_library_module(maker):
        return None  # a user's object, whose attributes may do anything
    name = getattr(value, "__name__", None) or getattr(value, "name", None)
    if not callable(value) or not isinstance(name, str):
        return None
    declared = _home(value)
    homes = [declared, _home(type(getattr(value, "__self__", None))), maker]
    tops = {home.split(".")[0].lstrip("_") for home in homes}
    tops = {top for top in tops - {"builtins", ""} if is_library_module(top)}
    if type(value).__name__ == "ufunc":  # says numpy, whoever made it
        tops.add("scipy")
    if not tops:
        return None
    found = [
        module
        for module, contents in list(sys.modules.items())
        if module.split(".")[0] in tops
        and "._" not in module
        and getattr(contents, "__dict__", {}).get(name) is value
    ]
    if not found:
        return None
    home = min(found, key=lambda m: (m != declared, m.count("."), m))
    return ALIASES.get(f"{home}.{name}", f"{home}.{name}")


def _is_library_function(function: types.FunctionType) -> bool:
    """By the file that it was compiled from; by its module where there is none."""
    file = function.__code__.co_filename
    if os.path.exists(file):
        return _is_library_file(file)
    return is_library_module(_home(function))


def is_library_module(name: str) -> bool:
    file = getattr(sys.modules.get(name), "__file__", None)
    if isinstance(file, str):
        return _is_library_file(file)
    return name.split(".")[0] in LIBRARIES


@functools.cache
def _is_library_file(file: str) -> bool:
    full = os.path.realpath(file)
    if {"site-packages", "dist-packages"} & set(full.split(os.sep)):
        return True
    ours = os.path.dirname(os.path.dirname(__file__))
    roots = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), ours]
    return any(full.startswith(os.path.realpath(root) + os.sep) for root in roots)


class StaticScope:
    """The names of a module that is read and never run.

    A name is known if one straight-line statement binds it last: an import of a
    library, a def, a class, a literal, or a name for one of these.
    """

    def __init__(
        self, tree: gast.Module, path: str, lines: list[str], module_name: str = ""
    ) -> None:
        self.path = path
        self.lines = lines
        self.module_name = module_name or os.path.basename(path).removesuffix(".py")
        self._names: dict[str, Binding] = {}
        self._nodes: dict[str, gast.AST] = {}
        self._modules = set(SUBMODULES)
        self._starred = False
        #: The line of every function and method of the file, in its order.
        self.functions: dict[str, int] = {}
        self._scan(tree.body, conditional=False)
        for node in gast.walk(tree):
            if isinstance(node, gast.Global):
                for name in node.names:
                    self._names[name] = Binding("value", name)

    def resolve(self, name: str) -> Binding:
        if name in self._names:
            return self._names[name]
        return Binding("unknown", name) if self._starred else _builtin(name)

    def attribute(self, base: Binding, attr: str) -> Binding:
        path = f"{base.path}.{attr}"
        if base.kind == "module":
            return self._library(path, base.origin)
        if base.kind == "library":
            return Binding("library", path, origin=base.origin)
        if base.kind == "builtin" and hasattr(base.value, attr):
            value = getattr(base.value, attr)
            return Binding("builtin", path, value, True, origin="builtin")
        if base.kind == "class":
            qualname = path.removeprefix(f"{self.module_name}.")
            if self.definition(qualname) is not None:
                return self._function(qualname)
        return Binding("unknown", path, origin=base.origin)

    def evaluate(self, node: gast.AST, path: str = "") -> Binding:
        """The meaning of a dotted name or a literal; any other is a mere value."""
        if isinstance(node, gast.Name):
            return self.resolve(node.id)
        if isinstance(node, gast.Attribute):
            return self.attribute(self.evaluate(node.value), node.attr)
        if isinstance(node, gast.Constant | gast.UnaryOp | gast.Tuple):
            try:
                value = gast.literal_eval(node)
            except (ValueError, TypeError, RecursionError):
                return Binding("value", path)
            return Binding("value", path, value, True)
        return Binding("value", path)

    def definition(self, qualname: str) -> gast.AST | None:
        """The def or lambda called `f` or `Class.f`, if it is sure to be that."""
        name, _, method = qualname.partition(".")
        if self.resolve(name).kind not in ("function", "class"):
            return None
        node = self._nodes.get(name)
        if not method:
            return None if isinstance(node, gast.ClassDef) else node
        if not isinstance(node, gast.ClassDef):
            return None
        return _methods(node).get(method)

    def _function(self, qualname: str) -> Binding:
        from s2sad.frontend import source  # source builds on this module

        find = functools.partial(source.lookup, self, qualname)
        return Binding("function", f"{self.module_name}.{qualname}", source=find)

    def _library(self, path: str, origin: str) -> Binding:
        """What a dotted name is, told by the name alone."""
        top = path.split(".")[0]
        if top not in LIBRARIES or _is_shadowed(top, os.path.dirname(self.path)):
            return Binding("unknown", path, origin=origin)
        if path in CONSTANTS:
            return Binding("value", path, CONSTANTS[path], True, origin=origin)
        if path == top or path in self._modules:
            return Binding("module", path, origin=origin)
        return Binding("library", ALIASES.get(path, path), origin=origin)

    def _scan(self, body: list[gast.stmt], *, conditional: bool) -> None:
        """Enter what statements bind, in order; each may bind a name anew."""
        for statement in body:
            self._enter(statement, conditional)

    def _enter(self, statement: gast.AST, conditional: bool) -> None:
        def bind(name: str, binding: Binding, node: gast.AST | None = None) -> None:
            if conditional and (name in self._names or hasattr(builtins, name)):
                binding, node = Binding("unknown", name, origin=binding.origin), None
            self._names[name] = binding
            self._nodes.pop(name, None)
            if node is not None:
                self._nodes[name] = node

        if isinstance(statement, gast.Import):
            for alias in statement.names:
                parts = alias.name.split(".")
                self._modules |= {".".join(parts[: n + 1]) for n in range(len(parts))}
                path = alias.name if alias.asname else parts[0]
                bind(alias.asname or path, self._library(path, "import"))
        elif isinstance(statement, gast.ImportFrom):
            package = "." * (statement.level or 0) + (statement.module or "")
            for alias in statement.names:
                if alias.name == "*":
                    self._forget()
                    continue
                binding = self._library(f"{package}.{alias.name}", "import")
                bind(alias.asname or alias.name, binding)
        elif isinstance(statement, gast.FunctionDef | gast.AsyncFunctionDef):
            self.functions[statement.name] = statement.lineno
            bind(statement.name, self._function(statement.name), statement)
        elif isinstance(statement, gast.ClassDef):
            path = f"{self.module_name}.{statement.name}"
            for method, node in _methods(statement).items():
                self.functions[f"{statement.name}.{method}"] = node.lineno
            bind(statement.name, Binding("class", path), statement)
        elif name := _assigned(statement):
            for inner in _stored(statement.value):
                bind(inner, Binding("value", inner))
            if isinstance(statement.value, gast.Lambda):
                self.functions[name] = statement.lineno
                bind(name, self._function(name), statement.value)
            else:
                bind(name, self.evaluate(statement.value, name))
        elif not _is_main_guard(statement):
            for child in gast.iter_child_nodes(statement):
                for name in _stored(child):
                    bind(name, Binding("value", name))
                if isinstance(child, gast.stmt):
                    self._enter(child, True)
                elif isinstance(child, gast.ExceptHandler | gast.match_case):
                    self._scan(child.body, conditional=True)

    def _forget(self) -> None:
        """After `from m import *`, any name may be another's, a builtin's too."""
        self._starred = True
        self._names = {name: Binding("unknown", name) for name in self._names}


def _is_shadowed(top: str, folder: str) -> bool:
    """Whether a file beside the one that is read takes the library's name."""
    if top in sys.builtin_module_names or top == "s2sad":
        return False
    if os.path.isfile(os.path.join(folder, "__init__.py")):
        return False  # a package's own folder is not where imports begin
    rivals = (f"{top}.py", os.path.join(top, "__init__.py"))
    return any(os.path.isfile(os.path.join(folder, rival)) for rival in rivals)


def _methods(node: gast.ClassDef) -> dict[str, gast.AST]:
    kinds = gast.FunctionDef | gast.AsyncFunctionDef
    return {item.name: item for item in node.body if isinstance(item, kinds)}


def _assigned(statement: gast.AST) -> str | None:
    """The name in `name = value` or `name: T = value`."""
    targets: list[gast.AST] = []
    if isinstance(statement, gast.Assign):
        targets = statement.targets
    elif isinstance(statement, gast.AnnAssign) and statement.value is not None:
        targets = [statement.target]
    if len(targets) == 1 and isinstance(targets[0], gast.Name):
        return str(targets[0].id)
    return None


def _stored(node: gast.AST) -> Iterator[str]:
    """Names that a target or an expression binds, its inner scopes' apart."""
    if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store | gast.Del):
        yield node.id
    elif isinstance(node, gast.MatchAs | gast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, gast.MatchMapping) and node.rest:
        yield node.rest
    if isinstance(node, gast.stmt | gast.Lambda | gast.comprehension):
        return
    for child in gast.iter_child_nodes(node):
        yield from _stored(child)


def _is_main_guard(statement: gast.AST) -> bool:
    """Whether it is `if __name__ == "__main__":`, which an import passes over."""
    return (
        isinstance(statement, gast.If)
        and isinstance(statement.test, gast.Compare)
        and getattr(statement.test.left, "id", None) == "__name__"
    )
