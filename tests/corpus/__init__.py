"""Test programs, one theme a module, each registered with `registry.case`."""
