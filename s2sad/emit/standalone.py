"""A derivative's text that runs where s2sad is not: with what it uses written into it.

    from s2sad.runtime import unbroadcast     ==>     def unbroadcast(g, x, *more): ...
    ... LAM * x ...                           ==>     LAM = 0.001

The helpers are copied as they stand, comments and all, but for annotations, the names
that the text has for them, and our error classes: Python's own stand in for those.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import math
import symtable
from types import FunctionType, ModuleType
from typing import Any

from s2sad import runtime
from s2sad.emit.edit import Edits
from s2sad.emit.module import Module
from s2sad.errors import S2sadError, UnsupportedError
from s2sad.frontend.source import FunctionSource

IMPORT = "from s2sad.runtime import "


def standalone_text(module: Module, source: FunctionSource) -> str:
    """The text of a module that imports nothing of ours."""
    bare = _without_annotations(module.text)
    lines = bare.splitlines(keepends=True)
    start = next(k for k, line in enumerate(lines) if line.startswith("def "))
    imports = [line.rstrip() for line in lines[:start] if line.strip()]
    imports = [line for line in imports if not line.startswith(IMPORT)]
    needed = _Needed(module, _names(bare))
    known = {line.split()[-1] for line in imports}
    known |= set(module.helpers.values())
    constants = []
    for name in sorted(_free(bare) - known):
        line = _definition(name, source)
        if line is not None:
            (imports if "import" in line.split() else constants).append(line)
    imports += [line for line in needed.imports if line not in imports]
    blocks = ["\n".join(sorted(imports)), "\n".join(constants)]
    head = "\n\n".join(filter(None, blocks)) + "\n"
    parts = [head.lstrip(), *needed.texts, "".join(lines[start:])]
    return "\n\n".join(filter(None, parts))


class _Needed:
    """The helpers that a module uses, and those that they use, in order."""

    def __init__(self, module: Module, taken: set[str]) -> None:
        self.taken = taken
        self.names: dict[object, str] = {}
        self.texts: list[str] = []
        self.imports: list[str] = []
        for helper, short in module.helpers.items():
            self.names[getattr(runtime, helper)] = short
        for path, short in module.modules.items():
            self.names[path] = short
        for helper in module.helpers:
            self.copy(getattr(runtime, helper))

    def copy(self, helper: FunctionType) -> None:
        """Write a helper, after those that it uses."""
        text = inspect.getsource(helper)
        edits = Edits(text)
        tree = ast.parse(text)
        self.done = {*getattr(self, "done", ()), helper}
        for node in ast.walk(tree):
            edits.unannotate(node)
            if isinstance(node, ast.Raise):
                edits.plain_raise(node)
            if isinstance(node, ast.Name):
                edits.rename(node, self.name(node.id, helper))
        definition = tree.body[0]
        assert isinstance(definition, ast.FunctionDef)
        edits.rename_definition(definition, self.short(helper, helper.__name__))
        self.texts.append(edits.text())
