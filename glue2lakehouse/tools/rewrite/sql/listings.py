"""What lists schemas, or the tables of one: the catalog that it lists, and what it finds there that is not what Glue had."""

import ast
import re

from glue2lakehouse.domain import Finding
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.literals import HOLE, Text
from glue2lakehouse.tools.rewrite.mapping.names import quote_name
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Rewrite
from glue2lakehouse.tools.rewrite.sql.commands import Listing, used_in
from glue2lakehouse.tools.rewrite.sql.computed_names import glue_catalogs

_OF_TABLES = re.compile(r"\s*(?:SHOW\s+(?:TABLES|VIEWS|TABLE\s+EXTENDED)|ANALYZE\s+TABLES)\b", re.IGNORECASE)
_DROPS = re.compile(r"\s*DROP\s+(?:DATABASE|SCHEMA)\b", re.IGNORECASE)


def schemas_in_sql(call: GlueCall, literal: ast.expr, text: Text, listing: Listing) -> Answer:
    """`SHOW DATABASES` lists those of the current catalog, which another may be than the project's: it is named."""
    told = _renamed(call, "SHOW DATABASES")
    if listing.catalog and (HOLE in listing.catalog or listing.catalog.strip("`").lower() not in glue_catalogs(call)):
        return told
    change = (listing.start, listing.end, listing.before + quote_name(call.settings.catalog))
    return Rewrite(others=((literal, Code((text.replaced([change]),))),), findings=tuple(told))


def catalog_in_use(call: GlueCall, literal: ast.expr, text: Text) -> Answer | None:
    """`USE glue_catalog` makes the target's catalog current, which Databricks says by another word; None for other texts."""
    used = used_in(text.text)
    if used is None or used[0].strip("`").lower() not in glue_catalogs(call):
        return None
    change = (used[1], used[2], f"CATALOG {quote_name(call.settings.catalog)}")
    return Rewrite(others=((literal, Code((text.replaced([change]),))),))


def current_catalog(call: GlueCall, given: ast.expr | None) -> Answer:
    """`setCurrentCatalog` of a catalog that stands for Glue's."""
    named = call.literal(given) if given is not None else None
    if given is None or not isinstance(named, str) or named.lower() not in glue_catalogs(call):
        return ()
    return Rewrite(others=((given, Code((quoted(call.settings.catalog),))),))


def schemas_of_catalog(call: GlueCall) -> Answer:
    """Answer for `listDatabases` and `currentDatabase`, which have no place for a catalog."""
    told = _renamed(call, call.leaf)
    if call.leaf == "listDatabases" and not told:
        here = (
            f"listDatabases lists the schemas of the current catalog, which may be another than {call.settings.catalog}"
        )
        told = [call.warning(here, f"run spark.sql('USE CATALOG {call.settings.catalog}') first")]
    return told


def _renamed(call: GlueCall, what: str) -> list[Finding]:
    new = {database: schema for database, schema in call.settings.schemas.items() if schema.lower() != database.lower()}
    if not new:
        return []
    shown = ", ".join(f"{schema} for {database}" for database, schema in sorted(new.items())[:3])
    message = f"{what} gives the schemas by the names that they have now, for instance {shown}"
    return [call.warning(message, "compare with the names of the target")]


def tables_listed(call: GlueCall, database: str | None, sql: str = "") -> list[Finding]:
    """Tell where a schema does not hold the tables that the database has had; the database is None where it is computed."""
    drops = _DROPS.match(sql) is not None
    if sql and not drops and not _OF_TABLES.match(sql):
        return []
    differs = _difference(call.settings, database)
    if not differs:
        return []
    if drops:
        return [call.blocker(f"the schema is dropped, and {differs}", "drop the tables by their names")]
    return [call.warning(f"the tables of a schema are listed, and {differs}", "name the tables that are meant")]


def _difference(settings: Settings, database: str | None) -> str:
    """Say in which way schemas hold other tables than the databases that became them; "" where they hold the same."""
    for source, full in sorted(settings.tables.items()):
        of, _, table = source.partition(".")
        stays = f"{settings.catalog}.{settings.schema_for(of)}"
        concerned = database is None or database.lower() in (of.lower(), _database_of(settings, full))
        if concerned and full.lower() != f"{stays}.{table}".lower():
            return f"{source} is {full} now"
    schemas: dict[str, str] = {}
    for of, schema in sorted(settings.schemas.items()):
        other = schemas.setdefault(schema.lower(), of)
        if other != of and (database is None or settings.schema_for(database).lower() == schema.lower()):
            return f"the tables of {other} and {of} are both in {schema} now"
    return ""


def _database_of(settings: Settings, full: str) -> str:
    """Return the database, in lower case, whose schema a table of the target is in; "" for that of another catalog."""
    catalog, schema, _ = [*full.split("."), "", ""][:3]
    if catalog.lower() != settings.catalog.lower():
        return ""
    return next((of.lower() for of, name in settings.schemas.items() if name.lower() == schema.lower()), schema.lower())
