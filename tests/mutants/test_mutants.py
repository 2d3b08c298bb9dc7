"""Mutants are small, different, and still Python. `make mutants` runs them."""

import ast

from mutants.run import PARTS, ROOT, Finder, chosen, report


def test_a_sample():
    mutants = chosen(100, 0)
    assert 90 <= len(mutants) <= 110
    assert len({m.name for m in mutants}) > 90
    assert {m.path.split("/")[1] for m in mutants} == set(PARTS)
    for mutant in mutants:
        text = (ROOT / mutant.path).read_text(encoding="utf-8")
        assert text[mutant.start : mutant.end] == mutant.old
        assert ast.parse(mutant.apply(text))
    assert mutants == chosen(100, 0)


SAMPLE = '''\
"""É: columns are counted in characters."""
def f(g, x):
    é = "é"; total = unbroadcast(g * 2.0, x) - x
    for op in reversed(x):
        total += op
        save(op)
    if x < 1 and g:
        return -total
    if not x:
        raise ValueError("no")
    return total if g else x
'''
CHANGES = {
    "forget unbroadcast: unbroadcast(g * 2.0, x) -> (g * 2.0)",
    "forget reversed: reversed(x) -> list(x)",
    "drop update: total += op -> pass",
    "drop call: save(op) -> pass",
    "turn round: x < 1 and g -> not (x < 1 and g)",
    "drop condition: x < 1 and g -> (g)",
    "off by one: x < 1 -> x <= 1",
    "flip sign: -total -> total",
    "drop check: not x -> False",
    "swap branches: total if g else x -> (x if g else total)",
}


def test_what_is_changed():
    finder = Finder("s2sad/rules/sample.py", SAMPLE)
    finder.visit(ast.parse(SAMPLE))
    assert {m.name.partition(" ")[2] for m in finder.found} >= CHANGES


def test_report_names_the_survivors():
    one, two = chosen(20, 3)[:2]
    text = report({one: "a test", two: None}, 3, 1.0)
    assert "killed 1/2 = 50.0 %" in text
    assert f"SURVIVED {two.name}" in text
