"""From three-address code to Python text, and from text to a function."""
