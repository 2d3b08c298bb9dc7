"""The intermediate representation: SSA three-address code with structured control."""
