"""The compiled tier: derivatives written as loops that Numba makes machine code of."""
