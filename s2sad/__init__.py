"""s2sad: source-to-source automatic differentiation of Python functions."""

from s2sad.api import grad, source, value_and_grad
from s2sad.errors import S2sadError

__all__ = ["S2sadError", "grad", "source", "value_and_grad"]
__version__ = "0.1.0"
