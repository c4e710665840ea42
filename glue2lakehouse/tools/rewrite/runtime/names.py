"""Names of catalog tables after the migration, for names that are put together at run time."""

import re

_CATALOG = "main"
_SCHEMAS: dict[str, str] = {}
_TABLES: dict[str, str] = {}
_NAME = re.compile(r"\s*(?:`(?:[^`]|``)+`|[\w-]+)(?:\.(?:`(?:[^`]|``)+`|[\w-]+))*\s*")
_NO_DATABASES = frozenset(
    "global_temp information_schema system parquet csv json orc delta avro text binaryfile".split()
)


def uc_name(name, table=None):
    """Return the three-level name of a catalog table: of a database and a table, or of a name of one to three levels.

    A name of one level is a temporary view or a table of the current schema and stays, as does one with a catalog. Raises
    ValueError for SQL text that is more than a name: the tables in it would not be found where they are now.
    """
    # A member of `class Name(str, Enum)` is its value to Spark, and another text to str().
    name = str.__str__(name) if isinstance(name, str) else name
    if table is None and not _NAME.fullmatch(str(name)):
        if "." not in str(name):
            return name
        raise ValueError(f"{name} is no name of a table: name its tables as in Unity Catalog, and leave uc_name out")
    levels = [name, table] if table is not None else _levels_of(str(name).strip())
    if len(levels) == 3 and levels[0].lower() in ("glue_catalog", "awsdatacatalog", "spark_catalog"):
        levels = levels[1:]
    if len(levels) != 2 or levels[0].lower() in _NO_DATABASES:
        return name if table is None else ".".join(map(_in_backticks, levels))
    full = _TABLES.get(".".join(levels).lower())
    return ".".join(map(_in_backticks, _levels_of(full) if full else [_CATALOG, _schema_of(levels[0]), levels[1]]))


def uc_schema(database):
    """Return the name of a database's schema with its catalog."""
    return f"{_in_backticks(_CATALOG)}.{_in_backticks(_schema_of(_levels_of(database)[-1]))}"


def _schema_of(database):
    return _SCHEMAS.get(database.lower(), database)


def _levels_of(name):
    return [quoted.replace("``", "`") or plain for quoted, plain in re.findall(r"`((?:[^`]|``)+)`|([^.`]+)", str(name))]


def _in_backticks(level):
    return level if re.fullmatch(r"\w+", level) else "`" + level.replace("`", "``") + "`"
