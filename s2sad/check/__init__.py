"""Derivative oracles that know nothing of the compiler.

Three routes to the same numbers, each by running the user's own function:
`differences` (central differences, extrapolated), `complexstep` (one complex
evaluation an entry) and `dual` (dual numbers through the original code).
"""
