"""s2sad: source-to-source automatic differentiation of Python functions."""

from s2sad.api import grad, source, value_and_grad
from s2sad.errors import S2sadError
from s2sad.products import jvp
from s2sad.stages import stages

__all__ = ["S2sadError", "grad", "jvp", "source", "stages", "value_and_grad"]
__version__ = "0.1.0"
