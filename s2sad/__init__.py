"""s2sad: source-to-source automatic differentiation of Python functions."""

from s2sad.api import grad, source, value_and_grad
from s2sad.check.grads import check_grads
from s2sad.errors import S2sadError
from s2sad.jacobians import derivative, hessian, hvp, jacobian, value_and_jacobian
from s2sad.products import jvp, vjp
from s2sad.rules.custom import elementwise, non_differentiable, rule, zero_derivative
from s2sad.runtime import stop_gradient
from s2sad.stages import stages

__all__ = [
    "S2sadError",
    "check_grads",
    "derivative",
    "elementwise",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "non_differentiable",
    "rule",
    "source",
    "stages",
    "stop_gradient",
    "value_and_grad",
    "value_and_jacobian",
    "vjp",
    "zero_derivative",
]
__version__ = "0.1.0"
