"""Derivatives made and called by many threads and processes at once."""

from __future__ import annotations

import multiprocessing
import pickle
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

from s2sad import S2sadError, grad, value_and_grad

X = np.array([0.3, -0.7, 1.1])


def smooth(x, k):
    y = np.zeros(3)
    for i in range(3):
        y[i] = np.sin(x[i] * k)
    y[1:] += y[:-1] ** 2
    return np.sum(y * x)


def product(x, k):
    total = 1.0
    for e in x:
        total *= e * k
    return total


def helped(x, k):
    return smooth(x, k) * product(x, 0.5)


def refused(x, k):
    yield x


FUNCTIONS = [smooth, product, helped]


def one_gradient(job):
    """For a worker: makes the derivative there and calls it."""
    index, k = job
    return grad(FUNCTIONS[index])(X.copy(), k)


def test_many_threads_make_derivatives():
    """Each thread compiles for itself; the results are those of one thread."""
    jobs = [(k % 3, 1.0 + 0.1 * k) for k in range(60)]
    expected = [one_gradient(job) for job in jobs]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(16) as pool:
            found = list(pool.map(one_gradient, jobs))
    finally:
        sys.setswitchinterval(before)
    for mine, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_many_threads_call_one_derivative():
    """A derivative keeps nothing between calls."""
    derivative = value_and_grad(helped)
    points = [X * (1.0 + 0.01 * k) for k in range(200)]
    expected = [derivative(p, 0.9) for p in points]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(16) as pool:
            found = list(pool.map(lambda p: derivative(p, 0.9), points))
    finally:
        sys.setswitchinterval(before)
    for (v, g), (w, h) in zip(found, expected, strict=True):
        assert v == w
        np.testing.assert_array_equal(g, h)


def test_refusals_in_threads_leave_others_alone():
    errors, right = [], []

    def work(k):
        try:
            grad(refused)
        except S2sadError as error:
            errors.append(error.code)
        right.append(one_gradient((k % 3, 1.0)))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(right) == 20
    assert errors == ["S201"] * 20


def test_spawned_processes():
    """Nothing that a derivative needs is lost where nothing was inherited."""
    jobs = [(0, 1.1), (1, 0.8), (2, 0.9)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        found = list(pool.map(one_gradient, jobs))
    for mine, job in zip(found, jobs, strict=True):
        np.testing.assert_array_equal(mine, one_gradient(job))


def test_cloudpickle():
    """By value, since it is found under no name: text, globals and all."""
    cloudpickle = pytest.importorskip("cloudpickle")
    derivative = grad(helped)
    again = pickle.loads(cloudpickle.dumps(derivative))
    np.testing.assert_array_equal(again(X.copy(), 0.9), derivative(X.copy(), 0.9))


def test_joblib_processes():
    joblib = pytest.importorskip("joblib")
    derivative = grad(smooth)
    calls = [joblib.delayed(derivative)(X * k, 1.2) for k in (1.0, 2.0, 3.0)]
    found = joblib.Parallel(n_jobs=2)(calls)
    for mine, k in zip(found, (1.0, 2.0, 3.0), strict=True):
        np.testing.assert_array_equal(mine, derivative(X * k, 1.2))


def test_joblib_threads():
    joblib = pytest.importorskip("joblib")
    jobs = [(k % 3, 1.0 + 0.1 * k) for k in range(12)]
    calls = [joblib.delayed(one_gradient)(job) for job in jobs]
    found = joblib.Parallel(n_jobs=4, prefer="threads")(calls)
    for mine, job in zip(found, jobs, strict=True):
        np.testing.assert_array_equal(mine, one_gradient(job))
