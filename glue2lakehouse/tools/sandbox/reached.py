"""Which sinks of a script no run came to: what stands behind an untaken branch or a swallowed exception is not proven."""

import ast
import re
from collections.abc import Collection

WRITES = re.compile(
    r"write_dynamic_frame|write_data_frame|writeFrame|writeDynamicFrame|\.write\b|writeStream|saveAsTable|insertInto|put_object|"
    r"upload_file|INSERT\s+INTO|to_csv|to_parquet",
    re.IGNORECASE,
)
_NOTED = re.compile(
    r"write_dynamic_frame|write_data_frame|writeFrame|writeDynamicFrame|\.write\b|saveAsTable|insertInto"
)


def unreached_sinks(text: str, reached: Collection[int]) -> list[int]:
    """Return the lines of a script's statements that write to Glue or Spark, and of which no line is among `reached`.

    Empty where nothing is known of the runs.
    """
    lines = set()
    for statement in ast.walk(ast.parse(text)) if reached else ():
        if isinstance(statement, ast.stmt) and not hasattr(statement, "body") and _writes(statement):
            span = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
            if not any(line in reached for line in span):
                lines.add(statement.lineno)
    return sorted(lines)


def _writes(statement: ast.stmt) -> bool:
    calls = (node for node in ast.walk(statement) if isinstance(node, ast.Call))
    return any(_NOTED.search(ast.unparse(call.func)) for call in calls)
