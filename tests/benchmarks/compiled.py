"""The compiled tier over every program of tests/programs: what compiles, what it costs.

    python tests/benchmarks/compiled.py               every program, at its small data
    python tests/benchmarks/compiled.py --large       those of kernels.py, timed

Each program has a process of its own. The primal is compiled by numba.njit with every
function of its module; its gradient by grad(loss, compile="numba"). Times alternate,
and the table has medians: the gradient over the compiled primal, the NumPy tier over
the compiled one; and seconds of processor time to write and compile the gradient.
"""

import argparse
import copy
import importlib
import inspect
import json
import pkgutil
import statistics
import subprocess
import sys
import time
import types
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for place in (ROOT / "tests", ROOT / "tests" / "benchmarks", ROOT):
    sys.path.insert(0, str(place))

LIMIT = 180  # seconds for one program
ENOUGH = 4  # seconds for one tool
SECONDS = 0.02  # that each timing takes, at least


def programs():
    import programs as package

    found = pkgutil.iter_modules(package.__path__)
    return [m.name for m in found if m.name != "refused"]


def wanted(module, args):
    from s2sad.check.structure import flatten

    chosen = getattr(module, "wrt", None)
    names = list(inspect.signature(module.loss).parameters)
    return tuple(
        k
        for k, arg in enumerate(args)
        if (flatten(arg).size if chosen is None else names[k] in chosen)
    )


def compiled_primal(module):
    """`loss` with every function of its module compiled."""
    import numba

    twin = types.ModuleType(module.__name__)
    twin.__dict__.update(vars(module))
    exec(compile(inspect.getsource(module), module.__file__, "exec"), twin.__dict__)
    for name, value in list(vars(twin).items()):
        if isinstance(value, types.FunctionType) and name != "data":
            if value.__globals__ is twin.__dict__:
                setattr(twin, name, numba.njit(error_model="numpy")(value))
    return twin.loss


def first_line(error):
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    lines = [t for t in lines if not t.startswith("Failed in nopython")]
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:160]


def timed(f, args, repeat):
    start = time.perf_counter()
    for _ in range(repeat):
        f(*args)
    return (time.perf_counter() - start) / repeat


def survey(name, large):
    """Everything about one program, as a dictionary."""
    import numpy as np
    from kernels import LARGE

    import s2sad
    from s2sad.check.structure import flatten

    module = importlib.import_module(f"programs.{name}")
    args = LARGE[name]() if large else module.data()
    wrt = wanted(module, args)
    found = {"name": name}
    try:
        primal = compiled_primal(module)
        start = time.perf_counter()
        value = primal(*copy.deepcopy(args))
        found["primal_compile"] = time.perf_counter() - start
        np.testing.assert_allclose(value, module.loss(*copy.deepcopy(args)), rtol=1e-9)
    except Exception as error:
        found["primal"] = first_line(error)
        return found
    plain = s2sad.grad(module.loss, wrt=wrt)
    expected = [flatten(g) for g in plain(*copy.deepcopy(args))]
    fast = s2sad.grad(module.loss, wrt=wrt, compile="numba")
    try:
        start = time.process_time()
        got = fast(*copy.deepcopy(args))
        found["compile"] = time.process_time() - start
    except s2sad.errors.S2sadError as error:
        found["refused"] = f"{error.code} {error.message} (line {error.lineno})"
        return found
    scale = [max(1e-300, float(np.max(np.abs(e), initial=0.0))) for e in expected]
    found["error"] = max(
        float(np.max(np.abs(flatten(g) - e), initial=0.0)) / s
        for g, e, s in zip(got, expected, scale, strict=True)
    )
    given = copy.deepcopy(args)  # a primal may change its arguments: the same for all
    tools = {"primal": primal, "numba": fast, "numpy": plain}
    times = {tool: [] for tool in tools}
    repeat = {
        tool: max(1, int(SECONDS / max(1e-9, timed(f, given, 1))))
        for tool, f in tools.items()
    }
    for _ in range(9 if large else 25):
        for tool, f in tools.items():
            if sum(times[tool]) > ENOUGH:
                continue
            fresh = copy.deepcopy(args)
            times[tool].append(timed(f, fresh, repeat[tool] if large else 1))
    for tool, measured in times.items():
        found[tool] = statistics.median(measured)
    return found


def in_process(name, large):
    command = [sys.executable, __file__, "--one", name, *(["--large"] if large else [])]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return {"name": name, "refused": f"more than {LIMIT} s"}
    if done.returncode:
        return {"name": name, "refused": done.stderr.strip().splitlines()[-1]}
    return json.loads(done.stdout.splitlines()[-1])


def line(row):
    name = f"{row['name']:24s}"
    if "primal" in row and isinstance(row["primal"], str):
        return f"{name} primal: {row['primal']}"
    if "refused" in row:
        return f"{name} gradient: {row['refused']}"
    return (
        f"{name} {row['primal'] * 1e3:9.3f} ms {row['numba'] / row['primal']:7.2f}"
        f" {row['numpy'] / row['numba']:9.1f} {row['compile']:8.1f} s"
        f" {row['error']:9.1e}"
    )


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--only", nargs="*", default=None)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(argv)
    if options.one:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            print(json.dumps(survey(options.one, options.large)))
        return 0
    from kernels import LARGE

    names = options.only or (list(LARGE) if options.large else programs())
    print(
        f"{'program':24s} {'primal':>12s} {'grad/f':>7s} {'NumPy/it':>9s}"
        f" {'compile':>10s} {'error':>9s}"
    )
    rows = []
    for name in names:
        rows.append(in_process(name, options.large))
        print(line(rows[-1]), flush=True)
    print(summary(rows, options.large))
    if options.json is not None:
        options.json.write_text(json.dumps(rows, indent=2) + "\n")
    return 0


def summary(rows, large):
    able = [r for r in rows if not isinstance(r.get("primal"), str)]
    done = [r for r in able if "compile" in r]
    text = (
        f"{len(rows)} programs; Numba compiles {len(able)}"
        f" of them, and the gradients of {len(done)} of these"
    )
    if not done:
        return text
    text += (
        f"\nworst error {max(r['error'] for r in done):.1e};"
        f" longest compile {max(r['compile'] for r in done):.1f} s"
    )
    if not large:
        return text  # at such sizes a call is measured, not what it does
    ratio = [r["numba"] / r["primal"] for r in done]
    gain = [r["numpy"] / r["numba"] for r in done]
    return (
        f"{text}\ngradient over compiled primal: median {statistics.median(ratio):.2f},"
        f" at most {max(ratio):.2f}; NumPy tier over it: median"
        f" {statistics.median(gain):.1f}, at least {min(gain):.1f}"
    )


if __name__ == "__main__":
    sys.exit(main())
