"""Syntax of Python 3.14: template strings."""

from grammar.registry import refused


@refused("TemplateStr", 't"x is {x}"', "S201", "an f-string", 0.7)
def template_string(x):
    said = t"x is {x}"
    return x * len(said.values)


@refused("Interpolation", 't"{x:.3f}"', "S201", "an f-string", 0.7)
def interpolation(x):
    said = t"{x:.3f}"
    return x * len(said.values)
