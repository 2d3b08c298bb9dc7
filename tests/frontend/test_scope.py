"""What names mean, in live functions and in files that are only read."""

import builtins  # noqa: F401, as many below: they are looked up by name
import functools
import itertools  # noqa: F401
import math
import operator
import random  # noqa: F401
import textwrap  # noqa: F401

import numpy as np
import numpy.linalg as la  # noqa: F401
import pytest
from numpy import sin  # noqa: F401

from s2sad.errors import S2sadError
from s2sad.frontend.scope import ALIASES, LiveScope
from s2sad.frontend.source import static_scope

RATE = 0.5
TABLE = [1, 2]
absolute = abs
norm = np.linalg.norm
halve = functools.partial(operator.mul, 0.5)


def helper(x):
    return x


@functools.lru_cache
def cached(x):
    return x


third = functools.partial(helper, 3)


class Thing:
    def method(self, x):
        return x

    @staticmethod
    def still(x):
        return x


thing = Thing()


def user(x):
    return x


LIVE = LiveScope(user)


def dotted(scope, text):
    name, *attributes = text.split(".")
    return functools.reduce(scope.attribute, attributes, scope.resolve(name))


@pytest.mark.parametrize(
    ("text", "kind", "path"),
    [
        ("np", "module", "numpy"),
        ("la", "module", "numpy.linalg"),
        ("np.linalg", "module", "numpy.linalg"),
        ("np.linalg.norm", "library", "numpy.linalg.norm"),
        ("la.norm", "library", "numpy.linalg.norm"),
        ("norm", "library", "numpy.linalg.norm"),
        ("sin", "library", "numpy.sin"),
        ("np.sum", "library", "numpy.sum"),
        ("np.abs", "library", "numpy.absolute"),
        ("np.float64", "library", "numpy.float64"),
        ("np.add.at", "library", "numpy.add.at"),
        ("np.random.normal", "library", "numpy.random.normal"),
        ("np.pi", "value", "numpy.pi"),
        ("np.nothing", "unknown", "numpy.nothing"),
        ("math.sin", "library", "math.sin"),
        ("math.sin.lost", "unknown", "math.sin.lost"),
        ("functools.reduce", "library", "functools.reduce"),
        ("functools.partial", "library", "functools.partial"),
        ("itertools.product", "library", "itertools.product"),
        ("operator.mul", "library", "operator.mul"),
        ("random.random", "library", "random.random"),
        ("random.gauss", "library", "random.gauss"),
        ("builtins.len", "builtin", "len"),
        ("len", "builtin", "len"),
        ("float", "builtin", "float"),
        ("absolute", "builtin", "abs"),
        ("dict.fromkeys", "builtin", "dict.fromkeys"),
        ("RATE", "value", "RATE"),
        ("TABLE", "value", "TABLE"),
        ("TABLE.append", "unknown", "TABLE.append"),
        ("halve", "value", "halve"),
        ("thing", "value", "thing"),
        ("helper", "function", f"{__name__}.helper"),
        ("cached", "function", f"{__name__}.cached"),
        ("third", "function", f"{__name__}.helper"),
        ("Thing", "class", f"{__name__}.Thing"),
        ("Thing.method", "function", f"{__name__}.Thing.method"),
        ("Thing.still", "function", f"{__name__}.Thing.still"),
        ("lost", "unknown", "lost"),
    ],
)
def test_live(text, kind, path):
    found = dotted(LIVE, text)
    assert (found.kind, found.path) == (kind, path)
    assert found.known == (kind != "unknown")


def test_live_values_and_origins():
    assert LIVE.resolve("RATE").value == 0.5
    assert LIVE.resolve("RATE").origin == "global"
    assert LIVE.resolve("len").origin == "builtin"
    assert dotted(LIVE, "math.pi").value == math.pi
    assert LIVE.module_name == __name__


def test_live_sources():
    assert LIVE.resolve("helper").source().name == "helper"
    assert LIVE.resolve("third").source().bound == (3,)
    assert dotted(LIVE, "Thing.method").source().qualname == "Thing.method"
    assert dotted(LIVE, "math.sin").source is None


def test_python_functions_of_libraries_have_a_source():
    found = dotted(LIVE, "textwrap.dedent")
    assert (found.kind, found.path) == ("library", "textwrap.dedent")
    assert found.source().name == "dedent"


def test_live_closures():
    def outer(k, helper):
        def inner(x):
            return x * k * later * helper(x)

        scope = LiveScope(inner)
        before = scope.resolve("later")
        later = 3
        return scope, before, later

    scope, before, _ = outer(2, np.cos)
    assert (before.kind, before.origin) == ("unknown", "closure")
    assert scope.resolve("later").value == 3
    assert (scope.resolve("k").value, scope.resolve("k").origin) == (2, "closure")
    assert scope.resolve("helper").path == "numpy.cos"


def test_wrapped_helper_is_refused_when_it_is_asked_for():
    @functools.wraps(helper)
    def wrapper(x):
        return helper(x) * 10

    def calls(x):
        return wrapper(x)

    found = LiveScope(calls).resolve("wrapper")
    assert found.kind == "function"
    with pytest.raises(S2sadError):
        found.source()


def test_objects_that_refuse_to_be_asked():
    class Rude:
        def __getattr__(self, name):
            raise RuntimeError("never ask")

        def __call__(self, x):
            return x

    rude = Rude()

    def calls(x):
        return rude(x)

    assert LiveScope(calls).resolve("rude").kind == "value"


def test_static_names_are_those_that_live_objects_carry():
    for name in np.__all__:
        live = dotted(LIVE, f"np.{name}")
        if live.kind == "library" and not isinstance(live.value, type):
            path = f"numpy.{name}"
            assert ALIASES.get(path, path) == live.path


FILE = """\
from __future__ import annotations
import math
import numpy as np
import numpy.linalg
import scipy.special as sp
import os.path
import xml.dom.minidom
import helpers
from numpy import sin as sinus, linalg as la
from math import pi, exp
from . import sibling
from .sibling import cousin
from helpers import assist
from s2sad import grad
try:
    import numpy as xp
except ImportError:
    xp = None

RATE: float = 0.001
NEGATIVE = -2.5
SIZES = (1, -2)
THIRD = 1.0 / 3
LIST = [1]
COUNT = 0
norm = np.linalg.norm
PI = math.pi
TWICE = 1
TWICE = 2
a = b = 3
SUM = 1
SUM += 1
if helpers:
    MAYBE = 1
    sum = 3
for index in range(3):
    INNER = 1
with open("f") as stream:
    pass
match helpers:
    case [first, *rest]:
        pass
RATES = [RATE for RATE in range(3)]

def f(x):
    global COUNT
    COUNT += 1
    return x

alias = f
square = lambda x: x * x

class Model:
    def loss(self, x):
        return x

if __name__ == "__main__":
    RATE = 7
"""


@pytest.fixture(scope="module")
def static(tmp_path_factory):
    path = tmp_path_factory.mktemp("static") / "user.py"
    path.write_text(FILE)
    return static_scope(path)


@pytest.mark.parametrize(
    ("text", "kind", "path"),
    [
        ("np", "module", "numpy"),
        ("np.linalg", "module", "numpy.linalg"),
        ("np.linalg.norm", "library", "numpy.linalg.norm"),
        ("norm", "library", "numpy.linalg.norm"),
        ("la.solve", "library", "numpy.linalg.solve"),
        ("numpy.linalg.det", "library", "numpy.linalg.det"),
        ("sinus", "library", "numpy.sin"),
        ("np.abs", "library", "numpy.absolute"),
        ("np.add.at", "library", "numpy.add.at"),
        ("sp.expit", "library", "scipy.special.expit"),
        ("math.sin", "library", "math.sin"),
        ("exp", "library", "math.exp"),
        ("os.path.join", "library", "os.path.join"),
        ("xml.dom.minidom", "module", "xml.dom.minidom"),
        ("grad", "library", "s2sad.grad"),
        ("len", "builtin", "len"),
        ("f", "function", "user.f"),
        ("alias", "function", "user.f"),
        ("square", "function", "user.square"),
        ("Model", "class", "user.Model"),
        ("Model.loss", "function", "user.Model.loss"),
        ("Model.lost", "unknown", "user.Model.lost"),
        ("helpers", "unknown", "helpers"),
        ("helpers.tool", "unknown", "helpers.tool"),
        ("assist", "unknown", "helpers.assist"),
        ("sibling", "unknown", "..sibling"),
        ("cousin", "unknown", ".sibling.cousin"),
        ("xp", "unknown", "xp"),
        ("sum", "unknown", "sum"),
        ("lost", "unknown", "lost"),
    ],
)
def test_static(static, text, kind, path):
    found = dotted(static, text)
    assert (found.kind, found.path) == (kind, path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RATE", 0.001),
        ("NEGATIVE", -2.5),
        ("SIZES", (1, -2)),
        ("TWICE", 2),
        ("MAYBE", 1),
        ("INNER", 1),
        ("PI", math.pi),
        ("pi", math.pi),
    ],
)
def test_static_literals(static, name, value):
    found = static.resolve(name)
    assert (found.kind, found.known, found.value) == ("value", True, value)


@pytest.mark.parametrize(
    "name",
    ["THIRD", "LIST", "COUNT", "SUM", "a", "b", "index", "stream", "first", "rest"],
)
def test_static_values_only_a_run_can_tell(static, name):
    found = static.resolve(name)
    assert (found.kind, found.known) == ("value", False)


def test_static_sources_share_the_scope(static):
    found = static.resolve("f").source()
    assert found.name == "f"
    assert found.scope is static
    assert dotted(static, "Model.loss").source().qualname == "Model.loss"
    assert list(static.functions) == ["f", "square", "Model.loss"]


def test_static_origins(static):
    assert static.resolve("assist").origin == "import"
    assert static.resolve("np").origin == "import"
    assert static.resolve("f").origin == "global"


def scope_of(tmp_path, text):
    path = tmp_path / "user.py"
    path.write_text(text)
    return static_scope(path)


def test_star_imports_hide_what_came_before_and_builtins(tmp_path):
    scope = scope_of(tmp_path, "RATE = 1\nfrom numpy import *\nSIZE = 2\n")
    assert scope.resolve("RATE").kind == "unknown"
    assert scope.resolve("sum").kind == "unknown"
    assert scope.resolve("SIZE").value == 2


def test_a_file_beside_the_user_s_shadows_a_library(tmp_path):
    (tmp_path / "random.py").touch()
    scope = scope_of(tmp_path, "import random\nimport math\n")
    assert scope.resolve("random").kind == "unknown"
    assert dotted(scope, "math.sin").path == "math.sin"
    (tmp_path / "__init__.py").touch()
    scope = scope_of(tmp_path, "import random\n")
    assert scope.resolve("random").kind == "module"
