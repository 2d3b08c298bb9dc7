"""Passes from three-address code to better three-address code, one a file."""
