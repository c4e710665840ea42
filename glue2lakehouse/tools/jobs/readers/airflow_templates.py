"""Values that Airflow fills in when it runs a task: its parameters and variables have counterparts, the others have none.

Airflow: templates-ref (`params`, `var.value`), core-concepts/params. A variable is what one installation holds: open here.
"""

import re
from collections.abc import Mapping
from typing import Any

from glue2lakehouse.tools.jobs.readers.intrinsics import reference_name
from glue2lakehouse.tools.jobs.values import from_input

_PARAM = re.compile(r"\{\{\s*params(?:\.(\w+)|\[\s*['\"](\w+)['\"]\s*\])\s*\}\}")
_VARIABLE = re.compile(r"\{\{\s*var\.value\.(\w+)\s*\}\}")


def params_of(given: Any) -> dict[str, str]:
    """Return the parameters of a DAG whose defaults are known, as a template writes them."""
    pairs = given.items() if isinstance(given, Mapping) else ()
    return {str(name): str(value) for name, value in pairs if isinstance(value, str | int | float)}


def filled(text: str, params: Mapping[str, str], variables: dict[str, str]) -> str | None:
    """Return what an argument is on Databricks, None where a template has no counterpart there.

    Airflow's variables become open references, which are added to `variables` with the template that they stand for.
    """
    param = _PARAM.fullmatch(text.strip())
    if param is not None:
        name = param[1] or param[2]
        return from_input(name) if name in params else None

    def put(match: re.Match[str]) -> str:
        name = reference_name(f"airflow.{match[1]}")
        variables[name] = match[0]
        return f"⟦{name}⟧"

    made = _VARIABLE.sub(put, text)
    return None if "{{" in made or "{%" in made else made
