"""The compiler, broken on purpose."""
