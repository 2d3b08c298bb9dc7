"""Modules that a function imports in its own body."""

from __future__ import annotations

import sys

from s2sad.frontend.scope import LIBRARIES, Binding


def module_binding(path: str) -> Binding | None:
    """A module that is loaded, or a library's by name; never imports the user's."""
    module = sys.modules.get(path)
    if module is not None:
        return Binding("module", path, module, True, origin="import")
    if path.split(".")[0] in LIBRARIES:
        return Binding("module", path, None, False, origin="import")
    return None
