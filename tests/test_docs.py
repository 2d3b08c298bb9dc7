"""The documents name what there is: files, error codes, classes."""

from __future__ import annotations

import inspect
import re

import pytest
from blocks import ROOT

from s2sad import errors

DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CLASSES = {
    cls.code: cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, errors.S2sadError) and cls is not errors.S2sadError
}


def prose(path):
    """A document without its code blocks."""
    return re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", prose(path)):
        if "://" not in target:
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_paths_exist(path):
    for named in re.findall(r"`((?:s2sad|tests|samples|docs)/[\w/.]*)`", prose(path)):
        assert (ROOT / named).exists(), named


def test_design_names_files_that_there_are():
    text = prose(ROOT / "docs" / "design.md")
    folders = [path for path in (ROOT / "s2sad").iterdir() if path.is_dir()]
    for named in re.findall(r"`(\w+/\w+\.py)`", text):
        assert (ROOT / named).exists() or (ROOT / "s2sad" / named).exists(), named
    for folder, name in re.findall(
        r"^\| `(s2sad/\w+/)` .*\| `(\w+\.py)` \|", text, re.M
    ):
        assert (ROOT / folder / name).exists(), folder + name
    for folder in folders:
        if (folder / "__init__.py").exists():
            assert f"`s2sad/{folder.name}/`" in text, folder.name


def test_every_error_is_listed():
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (S\d+) \| `(\w+)` \| (.+) \| (.+) \|$", text, re.M)
    assert {code: name for code, name, *_ in rows} == {
        code: cls.__name__ for code, cls in CLASSES.items()
    }
    for code, _, meaning, _ in rows:
        for kind in (TypeError, ValueError):
            said = f"Also a `{kind.__name__}`" in meaning
            assert said == issubclass(CLASSES[code], kind), code


def test_exit_statuses_of_the_error_page_are_those_of_the_command():
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    wrong_request = re.search(r"2 for a request that is wrong \((.*?)\)", text, re.S)[1]
    assert set(re.findall(r"S\d+", wrong_request)) == {"S103", "S104", "S401"}
