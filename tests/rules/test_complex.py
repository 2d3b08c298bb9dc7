"""Complex numbers on the way from real arguments to a real result.

Where a value is known to be complex (a literal, a constant of the module, an example of
the argument) the derivative is right. Where it is not, and a conjugate hangs on it, the
run refuses complex numbers.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.check import differences
from s2sad.errors import DtypeError

C = np.array([[1 + 2j, -0.5 + 0.3j, 0.2], [0.3j, 1.2, -1j], [0.5, 0.1 + 0.1j, 1.4]])
D = np.array([1 + 2j, -0.5 + 0.3j, 0.7j])
X, V = np.array([0.3, 0.7, 0.45]), np.array([1.0, 0.5, -0.3])
RIGHT = [
    "np.sum(np.abs(C @ x))",
    "np.sum(np.real(C @ x)**2)",
    "np.sum(np.abs(np.dot(C, x)))",
    "np.real(np.vdot(D * x, D + x))",
    "np.real(np.vdot(x, D * x))",
    "np.real(np.inner(D * x, D + x))",
    "np.linalg.norm(D * x)",
    "np.linalg.norm(D * x, 1)",
    "np.linalg.norm(D * x, 3)",
    "np.linalg.norm(C * x, 2)",
    "np.linalg.norm(C * x, 1)",
    "np.linalg.norm(C * x, axis=0).sum()",
    "np.var(D * x)",
    "np.std(D * x)",
    "np.sum(np.var(C * x, axis=1))",
    "np.abs(np.sum(D * x))",
    "np.abs(np.mean(D * x * x))",
    "np.abs(np.prod(D * x))",
    "np.sum(np.abs(np.cumsum(D * x)))",
    "np.sum(np.abs(np.cumprod(D * x)))",
    "np.abs(np.linalg.det(C * x))",
    "np.sum(np.abs(np.linalg.inv(C * x)))",
    "np.sum(np.abs(np.linalg.solve(C * x, D)))",
    "np.sum(np.abs(np.linalg.solve(C, D * x)))",
    "np.abs(np.trace(C * x))",
    "np.sum(np.abs(np.outer(D, x)))",
    "np.sum(np.real(np.outer(D, x)))",
    "np.sum(np.abs(np.kron(D, x)))",
    'np.sum(np.abs(np.einsum("ij,j->i", C, x)))',
    "np.sum(np.abs(np.tensordot(C, x, 1)))",
    "np.sum(np.abs(np.where(x > 0.2, D * x, x)))",
    "np.sum(np.abs(np.concatenate([D * x, x])))",
    "np.sum(np.abs(np.stack([D, x])))",
    "np.sum(np.abs(np.convolve(D, x)))",
    "np.sum(np.abs(np.exp(D * x)))",
    "np.sum(np.angle(D * x * x + 1.0))",
    "np.sum(np.imag(np.sqrt(D * x + 1.0)))",
    "np.sum(np.abs(np.diff(D * x)))",
    "np.sum((D * x).real * (D * x).imag)",
    "np.sum(abs(D * x))",
    "np.sum((D * x).conj() * (D * x)).real",
    "np.sum(np.real(D * np.real(D * x)))",
    "np.sum(np.real(C @ np.real(D * x)))",
    "np.sum(np.real(C @ np.abs(D * x)))",
    "np.sum(np.abs(np.linalg.matrix_power(C * x, 2)))",
    "np.linalg.slogdet(C * x)[1]",
    "np.abs(np.average(D * x, weights=[1.0, 2.0, 3.0]))",
    "np.sum(np.abs(np.fft.ifft(np.fft.fft(x) * D)))",
    "np.sum(np.abs(np.interp(0.4, [0.0, 1.0, 2.0], x) * D))",
    "np.sum(np.abs(np.polyval(D, x)))",
    "np.sum(np.linalg.norm(C * x))",
    "np.abs((D * x) ** 2.5).sum()",
    "np.abs(x ** D).sum()",
    "np.sum(np.abs(np.square(D * x)))",
    "np.sum(np.abs(np.multiply(D, x) / (D + x)))",
    "np.sum(np.abs(np.arctan(D * x)))",
    "np.sum(np.abs(np.tanh(D * x)))",
    "np.sum(np.abs(np.log(D * x)))",
    "np.max(np.abs(D * x))",
    "np.sum(np.abs(np.cov(D * x)))",
    "np.real(np.vecdot(D * x, D + x))",
    "np.sum(np.abs(np.sinc(x * D)))",
    "np.sum(np.abs(np.sort(D * x)))",
    "np.abs(np.trapezoid(D * x))",
    "np.sum(np.abs(np.broadcast_to(D * x, (2, 3))))",
    "np.sum(np.abs(np.tile(D * x, 2)))",
    "np.abs(np.dot(D, x))",
    "np.abs(D @ x)",
    "np.abs(complex(x[0], x[1]))",
    "abs(complex(x[0], x[1]) * (1 + 2j))",
    "np.abs(x[0] + 1j * x[1])",
    "(x[0] + 1j * x[1]).real ** 2",
    "np.sum(np.abs(np.array([x[0] + 1j, x[1] * 2j])))",
    "sum(abs(D[i] * x[i]) for i in range(3))",
    "np.linalg.norm(x - np.abs(D))",
    "np.sum(np.abs(np.cross(D, x)))",
]
#: Decompositions of complex matrices.
REFUSED = [
    "np.sum(np.abs(np.linalg.pinv(C * x)))",
    "np.sum(np.abs(np.linalg.cholesky((C * x) @ np.conj((C * x).T) + np.eye(3))))",
    "np.sum(np.linalg.svd(C * x)[1])",
]


def written(folder: Path, expression: str) -> tuple[Callable[..., Any], ...]:
    """Of x alone, C and D being constants; of x, C and D."""
    path = folder / "given.py"
    path.write_text(
        "import numpy as np\n\n"
        f"\ndef alone(x):\n    return {expression}\n"
        f"\n\ndef together(x, C, D):\n    return {expression}\n"
    )
    spec = importlib.util.spec_from_file_location("given", path)
    assert spec is not None and spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.C, module.D = C, D
    return module.alone, module.together


def close(found: Any, want: Any) -> None:
    assert not np.iscomplexobj(found)
    np.testing.assert_allclose(found, want, rtol=0, atol=1e-6)


@pytest.mark.parametrize("expression", RIGHT)
def test_gradient_and_tangent(expression: str, tmp_path: Path) -> None:
    alone, together = written(tmp_path, expression)
    want = np.asarray(differences.gradient(alone, (X,), 0).gradient)
    close(s2sad.grad(alone)(X), want)
    close(s2sad.grad(together, like=(X, C, D))(X, C, D), want)
    close(s2sad.jvp(alone, (X,), (V,))[1], want @ V)
    close(s2sad.jvp(together, (X, C, D), (V, None, None))[1], want @ V)
    try:
        found = s2sad.grad(together)(X, C, D)
    except DtypeError as refusal:
        assert "like=" in str(refusal.hint)
        return
    close(found, want)


@pytest.mark.parametrize("expression", REFUSED)
def test_decompositions_are_refused(expression: str, tmp_path: Path) -> None:
    for f, args in zip(written(tmp_path, expression), [(X,), (X, C, D)], strict=True):
        with pytest.raises(DtypeError):
            s2sad.grad(f)(*args)
        with pytest.raises(DtypeError):
            s2sad.jvp(f, args, (V, None, None)[: len(args)])


def size(x: Any) -> Any:
    return np.sum(np.abs(x) ** 2)


def test_a_complex_argument() -> None:
    """dL = Re(sum of g dz): what is known to be complex has a complex gradient."""
    for derivative in (s2sad.grad(size), s2sad.grad(size, like=(D,))):
        np.testing.assert_allclose(derivative(D), 2.0 * np.conj(D))
