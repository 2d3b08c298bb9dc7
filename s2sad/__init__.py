"""s2sad: source-to-source automatic differentiation of Python functions."""

from s2sad.api import grad, source, value_and_grad
from s2sad.errors import S2sadError
from s2sad.rules.custom import elementwise, non_differentiable, rule, zero_derivative
from s2sad.stages import stages

__all__ = [
    "S2sadError",
    "elementwise",
    "grad",
    "non_differentiable",
    "rule",
    "source",
    "stages",
    "value_and_grad",
    "zero_derivative",
]
__version__ = "0.1.0"
