"""What gradients cost, and how long s2sad takes to write them: ``make bench``.

The cost of a gradient is its time over the time of the function itself. All
contenders for one workload run in one process and take turns: a round times each
of them once, in an order that rotates, and gives one ratio each; the table has the
medians. So a machine that is busy for a while slows all alike.

The compiled tier is timed beside, over the same function; what it costs over every
program of tests/programs is the business of compiled.py. A second table has the growth:
times at n = 100 ... 1,000,000 and the exponent that fits them.

The table goes to standard output, progress to standard error, and with
``--json FILE`` everything measured goes into that file.
"""

import argparse
import gc
import importlib.util
import json
import math
import os
import platform
import statistics
import sys
import tempfile
import time
import tracemalloc
import types
from pathlib import Path

import numpy as np
from workloads import WORKLOADS

from s2sad import grad

ROUNDS = 40
SECONDS = 0.005  # that each timing takes, at least
SIZES = (100, 1000, 10_000, 100_000, 1_000_000)
LENGTHS = (100, 200, 500, 1000, 2000, 5000)
PATIENCE = 3  # compilations of each length; the fastest counts


def progress(text):
    print(text, file=sys.stderr, flush=True)


# --- the cost of gradients --------------------------------------------------


def by_autograd(f, wrt):
    """The gradient of f from the package autograd, or None where there is none."""
    try:
        import autograd
        import autograd.numpy as wrapped
    except ImportError:
        return None
    # autograd follows values through its own NumPy: lend f that one.
    names = {**f.__globals__, "np": wrapped, "math": wrapped}
    return autograd.grad(types.FunctionType(f.__code__, names), wrt)


def contenders(workload):
    """Name -> function, the primal first; each takes the workload's arguments."""
    found = {
        "primal": workload.primal,
        "by hand": workload.by_hand,
        "s2sad": grad(workload.primal, wrt=workload.wrt),
    }
    if importlib.util.find_spec("numba") is not None:
        found["numba"] = grad(workload.primal, wrt=workload.wrt, compile="numba")
    rival = by_autograd(workload.primal, workload.wrt)
    if rival is not None:
        found["autograd"] = rival
    found["differences"] = by_differences(workload.primal, workload.wrt)
    return found


def by_differences(f, wrt):
    """Central differences in one element: a gradient takes as many of these as it has
    elements, which is what the table says."""

    def once(*args):
        args = list(args)
        at = wrt if isinstance(wrt, int) else wrt[0]
        values = []
        for step in (1e-6, -1e-6):
            moved = np.array(args[at], float)
            moved.flat[0] += step
            values.append(f(*args[:at], moved[()], *args[at + 1 :]))
        return (values[0] - values[1]) / 2e-6

    return once


def elements(workload, args):
    wrt = workload.wrt if isinstance(workload.wrt, tuple) else (workload.wrt,)
    return sum(np.size(args[k]) for k in wrt)


def leaves(result):
    return result if isinstance(result, tuple) else (result,)


def check(found, args):
    """Every gradient must be the one written by hand before any is timed."""
    expected = leaves(found["by hand"](*args))
    for name, f in found.items():
        if name not in ("primal", "differences"):
            for got, want in zip(leaves(f(*args)), expected, strict=True):
                np.testing.assert_allclose(got, want, rtol=1e-8, atol=1e-12)


def seconds(f, args, repeat):
    start = time.perf_counter()
    for _ in range(repeat):
        f(*args)
    return (time.perf_counter() - start) / repeat


def repetitions(f, args):
    """How many calls one timing of f takes, to be long enough to be measured."""
    once = min(seconds(f, args, 1) for _ in range(3))
    return max(1, math.ceil(SECONDS / once))


def measure(workload, rounds):
    """Seconds of the primal, and the ratio to it of every gradient."""
    args = workload.arguments(np.random.default_rng(0), 1.0)
    found = contenders(workload)
    check(found, args)
    names = list(found)
    repeat = {name: repetitions(f, args) for name, f in found.items()}
    times = {name: [] for name in names}
    gc.collect()
    gc.disable()
    try:
        for i in range(rounds):
            turn = i % len(names)
            for name in names[turn:] + names[:turn]:
                times[name].append(seconds(found[name], args, repeat[name]))
    finally:
        gc.enable()
    times["differences"] = [t * elements(workload, args) for t in times["differences"]]
    return {
        "primal_seconds": statistics.median(times["primal"]),
        "ratio": {
            name: median_ratio(times[name], times["primal"]) for name in names[1:]
        },
        "peak_bytes": {name: peak(found[name], args) for name in names[:3]},
        "s2sad_to_hand": median_ratio(times["s2sad"], times["by hand"]),
    }


def peak(f, args):
    """Bytes that a call has had at once, of those that Python and NumPy count."""
    tracemalloc.start()
    try:
        f(*args)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def median_ratio(above, below):
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def cost_table(results):
    tools = ("by hand", "s2sad", "numba", "autograd", "differences")
    lines = [
        f"{'gradient / function':30s} {'function':>10s}"
        + "".join(f" {tool:>11s}" for tool in tools)
        + f" {'s2sad/hand':>11s} {'memory':>9s}"
    ]
    for title, row in results.items():
        ratio = row["ratio"]
        cells = [f"{ratio[t]:11.2f}" if t in ratio else f"{'-':>11s}" for t in tools]
        memory = row["peak_bytes"]["s2sad"] / max(1, row["peak_bytes"]["by hand"])
        lines.append(
            f"{title:30s} {row['primal_seconds'] * 1e3:7.3f} ms {' '.join(cells)}"
            f" {row['s2sad_to_hand']:11.2f} {memory:9.2f}"
        )
    lines.append(
        "memory: the most that s2sad's has at once over that of the one by hand"
    )
    return "\n".join(lines)


# --- growth -----------------------------------------------------------------


def elementwise(n):
    return (np.linspace(0.1, 1.0, n),), lambda x: np.sum(np.sin(x) * np.exp(-x) * x)


def stencil(n):
    def f(x):
        y = x.copy()
        for _ in range(4):
            y[1:-1] += 0.1 * (y[:-2] - 2.0 * y[1:-1] + y[2:])
        return np.sum(y * y)

    return (np.linspace(0.0, 1.0, n),), f


def scalars(n):
    def f(x):
        s = 0.0
        for i in range(1, len(x)):
            s = 0.9 * s + x[i] * x[i - 1]
        return s

    return (np.linspace(0.1, 1.0, n),), f


def growth_of(make, compiled):
    """n -> seconds of a gradient, and the exponent over the larger half."""
    found = {}
    for n in SIZES if compiled or make is not scalars else SIZES[:-1]:
        args, f = make(n)
        df = grad(f, compile="numba") if compiled else grad(f, like=args)
        df(*args)
        repeat = repetitions(df, args)
        found[n] = min(seconds(df, args, repeat) for _ in range(5))
    large = list(found)[len(found) // 2 :]
    slope = np.polyfit(np.log(large), np.log([found[n] for n in large]), 1)[0]
    return {"seconds": found, "exponent": float(slope)}


def growth():
    results = {}
    for make in (elementwise, stencil, scalars):
        for compiled in (False, True):
            if compiled and importlib.util.find_spec("numba") is None:
                continue
            title = f"{make.__name__}, {'numba' if compiled else 'NumPy'}"
            progress(f"growth: {title}")
            results[title] = growth_of(make, compiled)
    return results


def growth_table(results):
    head = "".join(f" {n:>10,d}" for n in SIZES)
    lines = [f"{'ms for n elements':24s}{head} {'exponent':>9s}"]
    for title, row in results.items():
        cells = [row["seconds"].get(n) for n in SIZES]
        shown = [
            f" {c * 1e3:10.3f}" if c is not None else f" {'-':>10s}" for c in cells
        ]
        lines.append(f"{title:24s}{''.join(shown)} {row['exponent']:9.2f}")
    return "\n".join(lines)


# --- the time to compile ----------------------------------------------------


def program(length):
    """A function of that many elementary statements, each on the one before."""
    forms = (
        "v{0} = np.sin(v{1})",
        "v{0} = v{1} * x",
        "v{0} = v{1} + v{2}",
        "v{0} = np.tanh(v{1})",
        "v{0} = 0.5 * v{1}",
    )
    lines = ["import numpy as np", "", "", "def f(x):", "    v0 = x", "    v1 = x"]
    for i in range(2, length + 2):
        lines.append("    " + forms[i % len(forms)].format(i, i - 1, i - 2))
    lines.append(f"    return v{length + 1}")
    return "\n".join(lines) + "\n"


def load(path):
    """The function f of a file, as a new object each time."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.f


def compile_times():
    """Length -> seconds from the function to its first gradient."""
    found = {}
    with tempfile.TemporaryDirectory() as directory:
        for length in LENGTHS:
            progress(f"compiling {length} statements")
            path = Path(directory) / f"program_{length}.py"
            path.write_text(program(length))
            times = []
            for _ in range(PATIENCE):
                f = load(path)
                start = time.perf_counter()
                gradient = grad(f)(0.7)
                times.append(time.perf_counter() - start)
            h = 1e-6
            expected = (f(0.7 + h) - f(0.7 - h)) / (2 * h)
            np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-9)
            found[length] = min(times)
    return found


def compile_table(found):
    lines = [f"{'statements':>10s} {'seconds':>9s} {'ms each':>9s}"]
    for length, spent in found.items():
        lines.append(f"{length:10d} {spent:9.3f} {spent / length * 1e3:9.3f}")
    growth = found[LENGTHS[-1]] / found[500] / (LENGTHS[-1] / 500)
    lines.append(f"from 500 to {LENGTHS[-1]}: {growth:.2f} times linear")
    return "\n".join(lines)


def machine():
    return {
        "date": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "blas_threads": os.environ.get("OMP_NUM_THREADS", "as many as there are"),
    }


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(argv)

    about = machine()
    print(", ".join(f"{key} {value}" for key, value in about.items()), "\n")
    results = {}
    for workload in WORKLOADS:
        progress(f"timing {workload.title}")
        results[workload.title] = measure(workload, options.rounds)
    print(cost_table(results), "\n")
    grown = growth()
    print(growth_table(grown), "\n")
    compiled = compile_times()
    print(compile_table(compiled))

    if options.json is not None:
        everything = {
            "machine": about,
            "cost": results,
            "growth": grown,
            "compile_seconds": compiled,
        }
        options.json.write_text(json.dumps(everything, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
