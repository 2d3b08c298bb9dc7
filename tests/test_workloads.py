"""The gradients that the benchmark calls written by hand are right, and so are ours."""

import numpy as np
import pytest
from benchmarks.workloads import WORKLOADS
from oracle import reference_gradient

from s2sad import grad


def leaves(gradient):
    return gradient if isinstance(gradient, tuple) else (gradient,)


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda w: w.primal.__name__)
def test_against_the_oracle(workload):
    scale = 1e-5 if workload.primal.__name__ == "chain" else 0.05
    args = workload.arguments(np.random.default_rng(1), scale)
    wrt = leaves(workload.wrt)
    by_hand = leaves(workload.by_hand(*args))
    ours = leaves(grad(workload.primal, wrt=workload.wrt)(*args))
    for i, hand, our in zip(wrt, by_hand, ours, strict=True):
        expected = reference_gradient(workload.primal, args, i)
        np.testing.assert_allclose(hand, expected, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(our, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda w: w.primal.__name__)
def test_at_full_size_along_one_direction(workload):
    rng = np.random.default_rng(2)
    args = workload.arguments(rng, 1.0)
    wrt = leaves(workload.wrt)
    gradients = leaves(workload.by_hand(*args))
    ways = [rng.normal(size=np.shape(args[i])) for i in wrt]

    def along(t):
        moved = list(args)
        for i, way in zip(wrt, ways, strict=True):
            moved[i] = args[i] + t * way
        return workload.primal(*moved)

    h = 1e-5
    expected = (along(h) - along(-h)) / (2 * h)
    found = sum(np.sum(g * d) for g, d in zip(gradients, ways, strict=True))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
