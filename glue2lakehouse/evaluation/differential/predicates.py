"""Record functions for Filter: lambdas, functions with early returns, with try and except."""

from random import Random

from glue2lakehouse.evaluation.differential.functions import Function, Grammar


def made_predicate(rng: Random, grammar: Grammar, name: str) -> Function:
    """Return a Filter's function: a lambda, or a function with early returns or a try."""
    columns = grammar.columns
    drawn = rng.random() * (0.75 if grammar.plain else 1)
    if drawn < 0.6:
        return Function("", f"lambda r: {grammar.condition()}", columns)
    if drawn < 0.75:
        body = f"    return {grammar.condition()}\n"
    elif drawn < 0.88:
        body = (f"    if {grammar.condition(1)}:\n        return {rng.choice(('False', 'True', grammar.condition(1)))}\n"
                f"    return {grammar.condition()}\n")  # fmt: skip
    else:
        body = (f"    try:\n        return {grammar.condition()}\n"
                f"    except {rng.choice(('Exception', '(TypeError, KeyError)', 'ValueError'))}:\n        return {rng.choice(('True', 'False'))}\n")  # fmt: skip
    return Function(f"def {name}(r):\n{body}", name, columns)
