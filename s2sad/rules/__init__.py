"""Derivative rules, by family: one rule for one function, declared once."""
