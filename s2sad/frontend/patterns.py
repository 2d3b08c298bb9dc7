"""`match`: each case a test and the names that it binds.

Patterns after PEP 634. What is known when compiled is tested then; a test of what only
a run knows is written with isinstance, len, in and ==.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from s2sad.frontend.base import literal_key
from s2sad.frontend.contexts import Contexts
from s2sad.frontend.frame import Static
from s2sad.frontend.virtual import Aggregate, Record
from s2sad.ir.core import Const, Value

Then = Callable[[], Any]
NUMBERS = {"int": int, "float": float, "str": str, "bool": bool}


class Patterns(Contexts):
    """The part of the lowering that knows `match`."""

    def stmt_Match(self, node: gast.Match) -> None:
        self.cases(self.expr(node.subject), list(node.cases))

    def cases(self, subject: Value, cases: list[gast.match_case]) -> None:
        if not cases:
            return
        case, rest = cases[0], cases[1:]
        test = self.pattern(subject, case.pattern)
        test = self.guarded(test, case)
        if isinstance(test, Const):
            self.statements(case.body) if test.value else self.cases(subject, rest)
            return
        self.fork(
            test,
            lambda: self.matched_case(subject, case),
            lambda: self.cases(subject, rest),
        )

    def matched_case(self, subject: Value, case: gast.match_case) -> None:
        self.names(subject, case.pattern)
        self.statements(case.body)

    def guarded(self, test: Value, case: gast.match_case) -> Value:
        """A case's test with its `if`; where it holds, the names are bound."""

        def inner() -> Value:
            self.names(self.subject_of(case), case.pattern)
            if case.guard is None:
                return Const(True)
            return self.truth(self.expr(case.guard), case.guard)

        if isinstance(test, Const) and not test.value:
            return test
        if case.guard is None and not isinstance(test, Const):
            return test
        return self.choose(test, inner, lambda: Const(False))

    def subject_of(self, case: gast.match_case) -> Value:
        return self.subjects[id(case.pattern)]

    subjects: dict[int, Value]

    def pattern(self, subject: Value, pattern: gast.AST) -> Value:
        """Does the subject match, as a condition?"""
        self.subjects = {**getattr(self, "subjects", {}), id(pattern): subject}
        method = getattr(self, f"test_{type(pattern).__name__}", None)
        if method is None:
            self.refuse(pattern, f"the pattern {type(pattern).__name__}")
        found: Value = method(subject, pattern)
        return found

    def names(self, subject: Value, pattern: gast.AST) -> None:
        """Bind the names of a pattern that matches."""
        method = getattr(self, f"bind_{type(pattern).__name__}", None)
        if method is not None:
            method(subject, pattern)

    def all_of(self, tests: list[Callable[[], Value]]) -> Value:
        """`a and b and ...` of tests made only where they are reached."""
        if not tests:
            return Const(True)
        first = tests[0]()
        if len(tests) == 1:
            return first
        return self.choose(first, lambda: self.all_of(tests[1:]), lambda: Const(False))

    # -- values and names -----------------------------------------------------------

    def test_MatchValue(self, subject: Value, pattern: gast.MatchValue) -> Value:
        return self.equal(subject, self.expr(pattern.value), pattern)

    def equal(self, left: Value, right: Value, node: gast.AST) -> Value:
        known = self.static_test("eq", left, right)
        return known if known is not None else self.binary("eq", left, right, node)

    def static_test(self, code: str, left: Value, right: Value) -> Value | None:
        raise NotImplementedError

    def test_MatchSingleton(
        self, subject: Value, pattern: gast.MatchSingleton
    ) -> Value:
        if isinstance(subject, Const):
            return Const(subject.value is pattern.value)
        return self.b.emit("is", subject, Const(pattern.value))

    def test_MatchAs(self, subject: Value, pattern: gast.MatchAs) -> Value:
        if pattern.pattern is None:
            return Const(True)
        return self.pattern(subject, pattern.pattern)

    def bind_MatchAs(self, subject: Value, pattern: gast.MatchAs) -> None:
        if pattern.pattern is not None:
            self.names(subject, pattern.pattern)
        if pattern.name is not None:
            self.bind(pattern.name, subject)

    def test_MatchOr(self, subject: Value, pattern: gast.MatchOr) -> Value:
        def bound(p: gast.AST) -> bool:
            kinds = gast.MatchAs | gast.MatchStar | gast.MatchMapping
            return any(
                isinstance(n, kinds) and getattr(n, "name", getattr(n, "rest", None))
                for n in gast.walk(p)
            )

        if any(map(bound, pattern.patterns)):
            self.refuse(pattern, "names in an or-pattern are not supported")
        result = self.pattern(subject, pattern.patterns[0])
        for other in pattern.patterns[1:]:
            so_far = result
            result = self.choose(
                so_far,
                lambda: Const(True),
                lambda other=other: self.pattern(subject, other),  # type: ignore[misc]
            )
        return result

    # -- sequences ------------------------------------------------------------------

    def test_MatchSequence(self, subject: Value, pattern: gast.MatchSequence) -> Value:
        stars = [isinstance(p, gast.MatchStar) for p in pattern.patterns]
        count = len(stars) - sum(stars)
        items = self.static_items(subject)
        tests: list[Callable[[], Value]] = []
        content = self.content(subject)
        if content is not None and content.kind not in ("tuple", "list"):
            return Const(False)
        if items is not None:
            fits = len(items) >= count if any(stars) else len(items) == count
            if not fits or isinstance(subject, Const):
                return Const(False)
        elif subject.type.is_scalar or subject.type.kind in ("array", "str", "dict"):
            return Const(False)
        else:
            kinds = self.b.emit("tuple", self.builtin("list"), self.builtin("tuple"))
            code = "ge" if any(stars) else "eq"
            tests.append(lambda: self.b.call("isinstance", subject, kinds))
            tests.append(
                lambda: self.b.emit(code, self.b.call("len", subject), Const(count))
            )
        for place, part in enumerate(pattern.patterns):
            if not isinstance(part, gast.MatchStar):
                tests.append(
                    lambda place=place, part=part: self.pattern(  # type: ignore[misc]
                        self.part(subject, pattern, place), part
                    )
                )
        return self.all_of(tests)

    def part(self, subject: Value, pattern: gast.MatchSequence, place: int) -> Value:
        star = next(
            (
                k
                for k, p in enumerate(pattern.patterns)
                if isinstance(p, gast.MatchStar)
            ),
            None,
        )
        at = place
        if star is not None and place > star:
            at = place - len(pattern.patterns)
        if star != place:
            return self.getitem(subject, Const(at), pattern)
        after = len(pattern.patterns) - place - 1
        bounds = [Const(place), Const(-after if after else None), Const(None)]
        found = self.getitem(subject, self.b.emit("slice", *bounds), pattern)
        if isinstance(found, Aggregate):  # what is left over is a list
            return self.new_list(list(found.items), pattern)
        found.type = type(found.type)("list")
        return found

    def bind_MatchSequence(self, subject: Value, pattern: gast.MatchSequence) -> None:
        for place, part in enumerate(pattern.patterns):
            name = getattr(part, "name", None)
            if isinstance(part, gast.MatchAs) and part.pattern is None and not name:
                continue
            if isinstance(part, gast.MatchStar) and name is None:
                continue
            value = self.part(subject, pattern, place)
            if isinstance(part, gast.MatchStar) and name is not None:
                self.bind(name, value)
            else:
                self.names(value, part)

    # -- mappings -------------------------------------------------------------------

    def test_MatchMapping(self, subject: Value, pattern: gast.MatchMapping) -> Value:
        keys = [self.expr(k) for k in pattern.keys]
        content = self.content(subject)
        tests: list[Callable[[], Value]] = []
        if content is not None and content.kind != "dict":
            return Const(False)
        if content is None:
            if subject.type.kind not in ("any", "dict"):
                return Const(False)
            tests.append(
                lambda: self.b.call("isinstance", subject, self.builtin("dict"))
            )
        for key, part in zip(keys, pattern.patterns, strict=True):
            known, literal = literal_key(key)
            if content is not None:
                if not known:
                    self.refuse(pattern, "a key of a pattern that is not a constant")
                if content.get(literal) is None:
                    return Const(False)
            else:
                tests.append(lambda key=key: self.b.emit("in", key, subject))  # type: ignore[misc]
            tests.append(
                lambda key=key, part=part: self.pattern(  # type: ignore[misc]
                    self.getitem(subject, key, pattern), part
                )
            )
        return self.all_of(tests)

    def bind_MatchMapping(self, subject: Value, pattern: gast.MatchMapping) -> None:
        for key, part in zip(pattern.keys, pattern.patterns, strict=True):
            self.names(self.getitem(subject, self.expr(key), pattern), part)
        if pattern.rest is not None:
            content = self.content(subject)
            if content is None:
                self.refuse(pattern, "** of a pattern for a dict that is an argument")
            left = content
            for key in pattern.keys:
                left = left.without(literal_key(self.expr(key))[1])
            self.bind(
                pattern.rest, self.new_dict(list(left.keys), list(left.items), pattern)
            )

    # -- classes --------------------------------------------------------------------

    def test_MatchClass(self, subject: Value, pattern: gast.MatchClass) -> Value:
        named = self.expr(pattern.cls)
        cls = self.class_of(named)
        tests: list[Callable[[], Value]] = []
        if cls is not None:
            mine = self.object_class(subject)
            if mine is None and not isinstance(subject, Record | Aggregate):
                tests.append(lambda: self.b.call("isinstance", subject, named))
            elif mine is None or cls not in (mine, *mine.above):
                return Const(False)
        elif isinstance(named, Static) and named.binding.kind in ("builtin", "library"):
            if isinstance(subject, Record | Aggregate):
                return Const(False)
            tests.append(lambda: self.b.call("isinstance", subject, named))
        else:
            self.refuse(pattern, "a class pattern of what is no class")
        for name, part in self.attributes(pattern, cls):
            tests.append(
                lambda name=name, part=part: self.pattern(  # type: ignore[misc]
                    self.matched(subject, name, pattern), part
                )
            )
        return self.all_of(tests)

    def attributes(self, pattern: gast.MatchClass, cls: Any) -> list[Any]:
        """The sub-patterns of a class pattern under the attributes they look at."""
        found: list[Any] = []
        if pattern.patterns:
            if cls is None and len(pattern.patterns) == 1:
                found.append((None, pattern.patterns[0]))  # float(x): the thing itself
            elif cls is None or cls.fields is None:
                self.refuse(pattern, "a class pattern with positions")
            else:
                found += zip(cls.fields, pattern.patterns, strict=False)
        found += zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True)
        return found

    def matched(self, subject: Value, name: str | None, node: gast.AST) -> Value:
        return subject if name is None else self.attribute(subject, name, node)

    def bind_MatchClass(self, subject: Value, pattern: gast.MatchClass) -> None:
        cls = self.class_of(self.expr(pattern.cls))
        for name, part in self.attributes(pattern, cls):
            self.names(self.matched(subject, name, pattern), part)
