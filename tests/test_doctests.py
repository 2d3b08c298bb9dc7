"""The examples in s2sad's own docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import s2sad

MODULES = [
    "s2sad",
    *(
        found.name
        for found in pkgutil.walk_packages(s2sad.__path__, "s2sad.")
        if not found.name.endswith("__main__")
    ),
]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    report = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    for example in doctest.DocTestFinder().find(importlib.import_module(name), name):
        runner.run(example, out=report.append)
    assert runner.failures == 0, "".join(report)
