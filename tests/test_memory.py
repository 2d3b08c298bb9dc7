"""What a derivative keeps: nothing of what is linear, else what a later adjoint reads.

Peaks are of the memory that the derivative asks for while it runs, its result included.
"""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from oracle import assert_close, reference_gradient

from s2sad import grad

CELLS = 1_000
ARRAY = 8 * CELLS
X = np.linspace(0.0, 1.0, CELLS)


def diffused(x, steps):
    y = x.copy()
    for _ in range(steps):
        y[1:-1] += 0.1 * (y[:-2] - 2.0 * y[1:-1] + y[2:])
    return np.sum(y * y)


def diffused_and_written(x, steps):
    """The same with the sum written out."""
    y = x.copy()
    for _ in range(steps):
        y[1:-1] = y[1:-1] + 0.1 * (y[:-2] - 2.0 * y[1:-1] + y[2:])
    return np.sum(y * y)


def advected(x, steps, speed=0.3):
    """Upwind, with a speed that is no variable of the derivative."""
    y = x.copy()
    for _ in range(steps):
        y[1:] -= speed * (y[1:] - y[:-1])
        y[0] = 0.0
    return np.sum(y * y)


def reacting(x, steps):
    y = x.copy()
    for _ in range(steps):
        change = 0.1 * (y[:-2] - 2.0 * y[1:-1] + y[2:])
        y[1:-1] = y[1:-1] + change - 0.01 * y[1:-1] ** 3
    return np.sum(y * y)


def heated_in_one_place(x, steps):
    y = x.copy()
    for _ in range(steps):
        y[1:-1] += 0.1 * (y[:-2] - 2.0 * y[1:-1] + y[2:])
        y[10:20] += 0.01 * y[10:20] ** 2
    return np.sum(y * y)


def peak(derivative, *args):
    """The most bytes that a call asks for at a time; the first call is not counted."""
    derivative(*args)
    tracemalloc.start()
    try:
        derivative(*args)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def forward_sweep(derivative):
    return derivative.__source__.partition("# reverse sweep")[0]


@pytest.mark.parametrize(
    "f", [diffused, diffused_and_written, advected], ids=lambda f: f.__name__
)
def test_a_linear_stencil_saves_nothing(f):
    """10,000 steps in place on 1,000 cells, in the memory of a few arrays."""
    derivative = grad(f)
    assert "append" not in derivative.__source__
    assert peak(derivative, X, 10_000) < 6 * ARRAY
    assert peak(derivative, X, 100) > 2 * ARRAY, "the measure sees the arrays"


def test_a_nonlinear_term_saves_what_it_reads():
    """One slice a step, and nothing else."""
    derivative = grad(reacting)
    forward = forward_sweep(derivative)
    assert forward.count(".append(") == 1
    assert ".append(y[1:-1].copy())" in forward
    small, large = (peak(derivative, X, steps) for steps in (100, 600))
    # Beside its numbers an array has a header, and a list a pointer to it.
    assert (large - small) / 500 == pytest.approx(8 * (CELLS - 2), rel=0.05)
    assert large < 600 * 1.05 * ARRAY + 6 * ARRAY


def test_a_term_that_reads_a_part_saves_that_part():
    derivative = grad(heated_in_one_place)
    forward = forward_sweep(derivative)
    assert forward.count(".append(") == 1
    assert ".append(y[10:20].copy())" in forward
    assert peak(derivative, X, 600) < 600 * 300 + 6 * ARRAY


@pytest.mark.parametrize(
    "f",
    [diffused, diffused_and_written, advected, reacting, heated_in_one_place],
    ids=lambda f: f.__name__,
)
def test_these_gradients_are_right(f):
    args = (np.sin(np.arange(25.0)), 7)
    assert_close(grad(f)(*args), reference_gradient(f, args, 0))
