"""Databases and tables that Terraform, CloudFormation or exported JSON define, as the values of a catalog.

AWS provider: aws_glue_catalog_table, aws_glue_catalog_database. CloudFormation: AWS::Glue::Table, AWS::Glue::Database. Both give the
fields of the Glue API; a value that the source leaves open becomes a variable of the SQL, `${name}`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from glue2lakehouse.tools.catalog.glue_shapes import database_of, table_of
from glue2lakehouse.tools.catalog.model import Database, Item, Refusal, Table
from glue2lakehouse.tools.ddl.lexer import split_statements
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.model import Definition, Kind, Place

FOLDER = "glue_definitions"
_OPEN = re.compile(r"⟦([^⟦⟧]+)⟧")
_NAME = r"([^\s.(]+(?: ?\. ?[^\s.(]+)*)"
_CREATED = re.compile(rf"create (?:external )?table (?:if not exists )?{_NAME}", re.IGNORECASE)
_USED = re.compile(rf"use (?:database |schema )?{_NAME}$", re.IGNORECASE)
_SINGLE = ("StorageDescriptor", "SerdeInfo", "TargetTable", "TargetDatabase", "OpenTableFormatInput")


def items_of(definitions: Definitions, known: Iterable[str] = ()) -> Iterator[Item]:
    """Yield the databases and tables that are defined, without those in `known` (`database.table`, lower case)."""
    taken = set(known)
    for definition in definitions.of(Kind.DATABASE, Kind.TABLE):
        made = _item(definition)
        if not (isinstance(made, Table) and made.full_name in taken):
            yield made


def tables_of(definitions: Definitions) -> list[Table]:
    """Return the tables that are defined under a name that the source holds."""
    return [item for item in items_of(definitions) if isinstance(item, Table) and "${" not in item.full_name]


def places_of(definitions: Definitions) -> dict[str, Place]:
    """Return where each table is defined, by `database.table` in lower case."""
    made = ((_item(definition), definition.place) for definition in definitions.of(Kind.TABLE))
    return {item.full_name: place for item, place in made if isinstance(item, Table)}


def created_in(texts: Iterable[str]) -> set[str]:
    """Return the names, `database.table` in lower case, of the tables that SQL files create; theirs count over a definition."""
    found: set[str] = set()
    for text in texts:
        database = ""
        for statement in split_statements(text)[0]:
            said = " ".join(token.text for token in statement.tokens)
            used, created = _USED.match(said), _CREATED.match(said)
            database = _plain(used[1]) if used else database
            if created:
                found.add(".".join(f"{database}.{_plain(created[1])}".lstrip(".").split(".")[-2:]))
    return found


def _plain(name: str) -> str:
    return re.sub(r"[`\" ]", "", name).lower()


def _item(definition: Definition) -> Database | Table | Refusal:
    raw = _shaped(definition.fields())
    for nested in ("TableInput", "DatabaseInput"):
        raw |= raw.pop(nested, {})
    if definition.kind is Kind.DATABASE:
        return database_of(raw)
    if raw.get("OpenTableFormatInput"):
        raw["Parameters"] = {"table_type": "ICEBERG", **raw.get("Parameters", {})}
    if not raw.get("DatabaseName"):
        return Refusal(where=str(definition.place), message=f"table '{raw['Name']}' does not say its database")
    return table_of(raw)


def _shaped(value: Any) -> Any:
    """Put blocks that stand once in the place of their list, and the SQL's variables in the place of open references."""
    if isinstance(value, str):
        return _OPEN.sub(r"${\1}", value)
    if isinstance(value, list):
        return [_shaped(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    shaped = {("SerdeInfo" if key == "SerDeInfo" else _shaped(key)): _shaped(item) for key, item in value.items()}
    for name in _SINGLE:
        if isinstance(shaped.get(name), list):
            shaped[name] = shaped[name][0] if shaped[name] else {}
    for name in ("Columns", "PartitionKeys"):
        if isinstance(shaped.get(name), Mapping):
            shaped[name] = [shaped[name]]
    return shaped
