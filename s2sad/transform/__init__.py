"""From a function to its derivative, both in three-address code."""
