"""Emitted texts, kept to be read, and the programs that they are derivatives of."""
