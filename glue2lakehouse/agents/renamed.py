"""What the project calls the databases, tables and places of a code on Databricks, as far as it calls them otherwise."""

import re

from glue2lakehouse.settings import Settings


def renamed_in(code: str, settings: Settings) -> dict[str, str]:
    """Return Glue's name -> the target's for each mapping of the settings whose name stands in a code."""
    words = {word.lower() for word in re.findall(r"\w+", code)}
    found = {
        f"table {table}": full for table, full in settings.tables.items() if set(table.lower().split(".")) <= words
    }
    found |= {
        f"database {database}": f"schema {settings.catalog}.{schema}"
        for database, schema in settings.schemas.items()
        if database.lower() in words and schema
    }
    # After the scheme: in Glue, s3a and s3n name the same objects.
    return found | {old: new for old, new in settings.paths.items() if old[old.find("://") :].rstrip("/") in code}
