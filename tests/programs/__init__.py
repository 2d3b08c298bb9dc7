"""Whole programs as their users write them, one a file.

Each module defines `loss`, a function of its arguments that returns one number, and
`data()`, which returns small arguments for it. Optional: `wrt`, the names of the
arguments to differentiate with respect to, where not every float one is meant.
"""
