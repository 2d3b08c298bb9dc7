"""Changes to a text at the places of its tree's nodes; the rest stays as written."""

from __future__ import annotations

import ast


class Edits:
    """A Python text, its tree, and replacements that are made all at once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self._lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))
        self._made: list[tuple[int, int, str]] = []

    def _place(self, line: int, column: int) -> int:
        """An offset in characters; trees count the bytes of a line."""
        before = self._lines[line - 1].encode()[:column]
        return self._starts[line - 1] + len(before.decode())

    def start(self, node: ast.expr | ast.stmt | ast.arg) -> int:
        return self._place(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt | ast.arg) -> int:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self._place(node.end_lineno, node.end_col_offset)

    def replace(self, start: int, end: int, new: str) -> None:
        self._made.append((start, end, new))

    def apply(self) -> str:
        """The text with every replacement made."""
        text = self.text
        for start, end, new in sorted(self._made, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def remove_annotations(self) -> None:
        """Take them out of the text, and out of the tree."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.arg) and node.annotation is not None:
                start = self.start(node) + len(node.arg)
                end = self.end(node.annotation)
                default = self.text.startswith(" = ", end)
                self.replace(start, end + 3 * default, "=" * default)
                node.annotation = None
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                self.replace(self.end(node.target), self.end(node.annotation), "")
                node.annotation = ast.Constant(None)
            elif isinstance(node, ast.FunctionDef) and node.returns is not None:
                arrow = self.text.rindex("->", 0, self.start(node.returns))
                start = len(self.text[:arrow].rstrip())
                self.replace(start, self.end(node.returns), "")
                node.returns = None

    def rename_function(self, node: ast.FunctionDef, new: str) -> None:
        start = self.text.index(node.name, self.start(node) + len("def "))
        self.replace(start, start + len(node.name), new)

    def join_hint(self, call: ast.Call) -> None:
        """`E("what", hint="do")` becomes `E("what" "; do")`: one literal."""
        for keyword in call.keywords:
            if keyword.arg != "hint":
                continue
            message, hint = call.args[-1], keyword.value
            assert isinstance(message, ast.Constant | ast.JoinedStr)
            assert isinstance(hint, ast.Constant | ast.JoinedStr)
            start, end = self.end(message), self.start(hint)
            gap = self.text[start:end].replace(",", "").replace("hint=", "")
            self.replace(start, end, gap)
            quote = self.text.index('"', end) + 1
            self.replace(quote, quote, "; ")
