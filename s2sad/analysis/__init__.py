"""Facts about a function in three-address code, one analysis a file."""
