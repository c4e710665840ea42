"""SQL cells of a notebook as a call, which the rules for SQL text work on, and back: `%%sql` -> `spark.sql(...)` -> `%sql`."""

import ast
import re
from collections.abc import Iterable

OPENING, _CLOSING = 'spark.sql("""', '""")'
_OTHER_SPARK = re.compile(
    r"^[ \t]*spark[ \t]*=(?!=)(?![^\n]*(?:spark_session|SparkSession|getOrCreate|\\\s*$|\(\s*$))", re.M
)


def sql_is_sparks(cells: Iterable[str], kernel: str = "") -> bool:
    """Whether a notebook of Glue's says nothing else than that `spark` is a session."""
    sources = list(cells)
    of_glue = "glue" in kernel.lower() or any("awsglue" in source for source in sources)
    return of_glue and not any(map(_OTHER_SPARK.search, sources))


def makes_spark(cell: str) -> bool:
    """Whether a cell gives `spark` its value, so that the cells below it are known to ask that session."""
    return re.search(r"^spark[ \t]*=(?!=)", cell, re.M) is not None


def as_call(source: str) -> str | None:
    """Return the call for a cell's SQL, line for line.

    None where the text cannot stand between its quotes as it is, and for a magic that something stands beside.
    """
    magic, _, below = source.lstrip().partition("\n")
    text = below.rstrip("\n")
    if magic.strip() != "%%sql" or not text.strip() or '"""' in text or "\\" in text or text.endswith('"'):
        return None
    return f"{OPENING}\n{text}\n{_CLOSING}\n"


def as_cell(magic: str, body: str) -> str | None:
    """Return the cell for a call; None for the cells that are kept as they are. Raises ValueError for code that is more."""
    if magic not in ("%sql", "%%sql") or not (statements := ast.parse(body).body):
        return None
    match statements:
        case [ast.Expr(ast.Call(ast.Attribute(ast.Name("spark"), "sql"), [ast.Constant(str(text))], []))]:
            below = text.removeprefix("\n").rstrip()
            return f"{magic}\n{below}\n"
    raise ValueError("a SQL cell became more than SQL, so it cannot be put back")
