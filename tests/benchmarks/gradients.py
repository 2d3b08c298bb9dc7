"""What gradients cost, and how long s2sad takes to write them: ``make bench``.

The cost of a gradient is its time over the time of the function itself. All
contenders for one workload run in one process and take turns: a round times each
of them once, in an order that rotates, and gives one ratio each; the table has the
medians. So a machine that is busy for a while slows all alike.

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
import types
from pathlib import Path

import numpy as np
from workloads import WORKLOADS

from s2sad import grad

ROUNDS = 40
SECONDS = 0.005  # that each timing takes, at least
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
    rival = by_autograd(workload.primal, workload.wrt)
    return found if rival is None else {**found, "autograd": rival}


def leaves(result):
    return result if isinstance(result, tuple) else (result,)


def check(found, args):
    """Every gradient must be the one written by hand before any is timed."""
    expected = leaves(found["by hand"](*args))
    for name, f in found.items():
        if name != "primal":
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
    return {
        "primal_seconds": statistics.median(times["primal"]),
        "ratio": {
            name: median_ratio(times[name], times["primal"]) for name in names[1:]
        },
        "s2sad_to_hand": median_ratio(times["s2sad"], times["by hand"]),
    }


def median_ratio(above, below):
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def cost_table(results):
    lines = [
        f"{'gradient / function':30s} {'function':>10s} {'by hand':>8s}"
        f" {'s2sad':>8s} {'autograd':>8s} {'s2sad/hand':>11s}"
    ]
    for title, row in results.items():
        ratio = row["ratio"]
        autograd = f"{ratio['autograd']:8.2f}" if "autograd" in ratio else f"{'-':>8s}"
        lines.append(
            f"{title:30s} {row['primal_seconds'] * 1e3:7.3f} ms"
            f" {ratio['by hand']:8.2f} {ratio['s2sad']:8.2f} {autograd}"
            f" {row['s2sad_to_hand']:11.2f}"
        )
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
    compiled = compile_times()
    print(compile_table(compiled))

    if options.json is not None:
        everything = {"machine": about, "cost": results, "compile_seconds": compiled}
        options.json.write_text(json.dumps(everything, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
