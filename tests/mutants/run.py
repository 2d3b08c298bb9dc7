"""Break the compiler on purpose, and see whether the tests notice.

    python tests/mutants/run.py -n 200 --seed 0

Each mutant is one small change of one line of s2sad, in a copy of the project in a
temporary directory: an adjoint with the wrong sign, a zeroing or a save that is left
out, a sum that is not taken back (unbroadcast), a range that is not reversed, a
condition turned round, an alias check dropped. Against each run a comparison with
recorded results, which stops at the first difference, and if there is none a part of
the tests. What survives is printed by name. Equivalent
changes count as survivors: the share that is printed is a lower bound.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).resolve().parents[2]

#: Parts of the compiler, and how often each is broken.
PARTS = {
    "rules": 4.0,
    "transform": 4.0,
    "runtime": 2.0,
    "analysis": 1.5,
    "optimize": 1.0,
    "emit": 1.0,
    "ir": 0.5,
}
#: Asked about what the comparison lets live.
TESTS = ["tests/test_runtime.py", "tests/test_products.py"]
#: Calls that give their first argument back when they are left out.
WRAPPERS = ("unbroadcast", "reversed", "spread", "copy", "zeros_like", "sum_to")


@dataclass(frozen=True)
class Mutant:
    """One change: the text from `start` to `end` of a file becomes `new`."""

    path: str
    line: int
    kind: str
    start: int
    end: int
    old: str
    new: str

    @property
    def name(self) -> str:
        old, new = (re.sub(r"\s+", " ", t)[:50] for t in (self.old, self.new))
        return f"{self.path}:{self.line} {self.kind}: {old} -> {new or 'nothing'}"

    def apply(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.end :]


class Finder(ast.NodeVisitor):
    """Collects the mutants of one file."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        self.found: list[Mutant] = []
        self.starts = [0]
        for line in text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def place(self, node: ast.AST) -> tuple[int, int]:
        return (
            self.starts[node.lineno - 1] + self._column(node.lineno, node.col_offset),
            self.starts[node.end_lineno - 1]
            + self._column(node.end_lineno, node.end_col_offset),
        )

    def _column(self, line: int, column: int) -> int:
        """From bytes to characters."""
        whole = self.text[self.starts[line - 1] : self.starts[line]]
        return len(whole.encode()[:column].decode())

    def add(self, node: ast.AST, kind: str, new: str) -> None:
        start, end = self.place(node)
        old = self.text[start:end]
        if new != old:
            mutant = Mutant(self.path, node.lineno, kind, start, end, old, new)
            self.found.append(mutant)

    def source(self, node: ast.AST) -> str:
        start, end = self.place(node)
        return self.text[start:end]

    # What only words a message, or speaks to mypy, is left alone.

    def visit_Raise(self, node: ast.Raise) -> None:
        pass

    def visit_Assert(self, node: ast.Assert) -> None:
        pass

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return
        if isinstance(node.value, ast.Call):
            name = ast.unparse(node.value.func)
            if any(word in name for word in ("refuse", "elementwise", "declare")):
                self.generic_visit(node)
                return
            self.add(node, "drop call", "pass")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.add(node, "drop update", "pass")
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        if all(isinstance(s, ast.Raise) for s in node.body):
            self.add(node.test, "drop check", "False")
        else:
            self.add(node.test, "turn round", f"not ({self.source(node.test)})")
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        body, other = self.source(node.body), self.source(node.orelse)
        test = self.source(node.test)
        self.add(node, "swap branches", f"({other} if {test} else {body})")
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        swaps = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
        if len(node.ops) == 1 and type(node.ops[0]) in swaps:
            left, right = self.source(node.left), self.source(node.comparators[0])
            new = f"{left} {swaps[type(node.ops[0])]} {right}"
            self.add(node, "off by one", new)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for k in range(len(node.values)):
            rest = [self.source(v) for j, v in enumerate(node.values) if j != k]
            word = " and " if isinstance(node.op, ast.And) else " or "
            self.add(node, "drop condition", f"({word.join(rest)})")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        signs = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*"}
        sign = signs.get(type(node.op))
        text = self.source(node)
        if sign and '"' not in text and "[" not in text:
            left, right = self.source(node.left), self.source(node.right)
            self.add(node, "other operator", f"({left} {sign} {right})")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.USub):
            self.add(node, "flip sign", self.source(node.operand))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = ast.unparse(node.func).rpartition(".")[2]
        if name in WRAPPERS and node.args:
            inner = self.source(node.args[0])
            new = f"list({inner})" if name == "reversed" else f"({inner})"
            self.add(node, f"forget {name}", new)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self.add(node, "other constant", str(not value))
        elif isinstance(value, (int, float)) and value in (0, 1, 2, 0.5):
            self.add(node, "other constant", str(value + 1))
        elif (
            isinstance(value, str)
            and re.search(r"\bg\b", value)
            and "rules" in (self.path)
        ):
            text = self.source(node)
            sites = [m.start() for m in re.finditer(r"\bg\b", text)]
            if sites and text[:1] in "\"'":
                new = f"{text[: sites[0]]}(-g){text[sites[0] + 1 :]}"
                self.add(node, "flip sign of a rule", new)
                inner = re.sub(r"unbroadcast\(([^()]*), \w+\)", r"(\1)", text)
                self.add(node, "forget unbroadcast in a rule", inner)
                for old, other in (("* 2.0", "* 1.0"), ("1.0 - ", "1.0 + ")):
                    if old in text:
                        new = text.replace(old, other, 1)
                        self.add(node, "other factor of a rule", new)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        pass

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            if default is not None:
                self.visit(default)
        for statement in node.body:
            self.visit(statement)


def mutants_of(path: Path) -> list[Mutant]:
    text = path.read_text(encoding="utf-8")
    finder = Finder(path.relative_to(ROOT).as_posix(), text)
    finder.visit(ast.parse(text))
    return finder.found


def is_python(mutant: Mutant) -> bool:
    text = (ROOT / mutant.path).read_text(encoding="utf-8")
    try:
        ast.parse(mutant.apply(text))
    except SyntaxError:
        return False
    return True


def chosen(count: int, seed: int) -> list[Mutant]:
    """A sample: parts by their weight, kinds evenly within a part."""
    rng = random.Random(seed)
    found: list[Mutant] = []
    for part, weight in PARTS.items():
        by_kind: dict[str, list[Mutant]] = {}
        for path in sorted((ROOT / "s2sad" / part).rglob("*.py")):
            if path.name == "printer.py":  # what it writes is for people
                continue
            for mutant in mutants_of(path):
                by_kind.setdefault(mutant.kind, []).append(mutant)
        for mutants in by_kind.values():
            rng.shuffle(mutants)
        share = round(count * weight / sum(PARTS.values()))
        while share > 0 and any(by_kind.values()):
            for mutants in by_kind.values():
                if mutants and share > 0:
                    mutant = mutants.pop()
                    if is_python(mutant):
                        found.append(mutant)
                        share -= 1
    rng.shuffle(found)
    return found


def python(home: Path, arguments: list[str], seconds: float | None) -> tuple[int, str]:
    """The status and the output of Python in a copy of the project."""
    environment = {**os.environ, "PYTHONPATH": str(home), "OMP_NUM_THREADS": "1"}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"}
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    return ran.returncode, ran.stdout + ran.stderr


def tested(home: Path, options: list[str], seconds: float | None) -> list[str]:
    """The tests that fail."""
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line", "-rfE"]
    status, output = python(home, [*command, *options, *TESTS], seconds)
    found = re.findall(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE)
    return found or ["no test could run"] * (status not in (0, 5))


def killed_by(
    mutant: Mutant, home: Path, record: Path, seconds: float, left_out: list[str]
) -> str | None:
    """What notices a mutant, or None if it survives."""
    path = home / mutant.path
    original = path.read_text(encoding="utf-8")
    path.write_text(mutant.apply(original), encoding="utf-8")
    part = "rules" if mutant.path.split("/")[1] in ("rules", "runtime") else "whole"
    options = ["-x", *(f"--deselect={test}" for test in left_out)]
    try:
        compare = ["tests/mutants/fast.py", "compare", str(record), part]
        status, output = python(home, compare, seconds)
        if status:
            return (output.strip().splitlines() or ["nothing said"])[-1]
        return next(iter(tested(home, options, seconds)), None)
    except subprocess.TimeoutExpired:
        return "time"
    finally:
        path.write_text(original, encoding="utf-8")


def copy_project() -> Path:
    home = Path(tempfile.mkdtemp(prefix="s2sad-mutants-"))
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("s2sad", "tests"):
        shutil.copytree(ROOT / name, home / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", home)
    return home


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-n", type=int, default=200, help="how many mutants")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=180.0, help="of one, at most")
    parser.add_argument("--budget", type=float, help="stop after so many seconds")
    parser.add_argument("--list", action="store_true", help="name them, run nothing")
    options = parser.parse_args()
    mutants = chosen(options.n, options.seed)
    if options.list:
        print("\n".join(m.name for m in mutants))
        return 0
    homes: Queue[Path] = Queue()
    copies = [copy_project() for _ in range(options.workers)]
    for home in copies:
        homes.put(home)
    record = copies[0] / "record"
    start = time.monotonic()
    outcome: dict[Mutant, str | None] = {}

    def judge(mutant: Mutant) -> None:
        if options.budget and time.monotonic() - start > options.budget:
            return
        home = homes.get()
        try:
            outcome[mutant] = killed_by(mutant, home, record, options.seconds, left_out)
        finally:
            homes.put(home)
        killed = sum(found is not None for found in outcome.values())
        word = "SURVIVED" if outcome[mutant] is None else "killed"
        print(f"{killed}/{len(outcome)} {word} {mutant.name}", flush=True)

    try:
        status, said = python(
            copies[0], ["tests/mutants/fast.py", "record", str(record)], None
        )
        if status:
            print(said, file=sys.stderr)
            return 2
        left_out = tested(copies[0], [], None)
        if left_out:
            print(f"failing without a mutant, left out: {' '.join(left_out)}")
        with ThreadPoolExecutor(options.workers) as pool:
            list(pool.map(judge, mutants))
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    finally:
        for home in copies:
            shutil.rmtree(home, ignore_errors=True)
    print(report(outcome, options.seed, time.monotonic() - start))
    return 0


def report(outcome: dict[Mutant, str | None], seed: int, seconds: float) -> str:
    killed = [m for m, found in outcome.items() if found is not None]
    survived = [m for m, found in outcome.items() if found is None]
    share = 100.0 * len(killed) / max(1, len(outcome))
    digest = hashlib.sha1("".join(m.name for m in outcome).encode()).hexdigest()[:8]
    lines = [
        f"killed {len(killed)}/{len(outcome)} = {share:.1f} %"
        f"  (seed {seed}, {seconds:.0f} s, sample {digest})"
    ]
    for part in PARTS:
        of = [m for m in outcome if m.path.startswith(f"s2sad/{part}/")]
        dead = sum(m in killed for m in of)
        lines.append(f"  {part}: {dead}/{len(of)}")
    kinds = Counter(m.kind for m in survived)
    lines += [f"  {n} survived: {kind}" for kind, n in kinds.most_common()]
    lines += [f"SURVIVED {m.name}" for m in sorted(survived, key=lambda m: m.name)]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
