"""A program for each node of Python's grammar: what is accepted, what is refused.

`registry.py` says what a program shows; the other modules hold the programs, each a
function as its user would write it. The table of docs/language.md is made from them.
"""
