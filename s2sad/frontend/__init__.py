"""From a function, or a file's text, to a parsed tree whose names are resolved."""
