"""Code beside the jobs (functions, scripts, deployments) that works on what a migration leaves behind: Glue's catalog, Athena, Lake Formation.

Nothing of it is converted. It goes on without an error, on tables that nobody reads any more, so it is told. Python is told by the rules
that go over it (`rewrite.aws`), which know what is a job's.
"""

import re

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.readers.in_code import CLIENT
from glue2lakehouse.tools.jobs.readers.spellings import calls, commands

RULE = "catalog-in-code"
_TABLES = (
    "create_table update_table delete_table batch_delete_table create_database update_database delete_database create_partition "
    "batch_create_partition update_partition batch_update_partition delete_partition batch_delete_partition get_table get_tables "
    "get_partition get_partitions get_database get_databases search_tables"
)
_CRAWLERS = "start_crawler"
_BOOKMARKS = "reset_job_bookmark get_job_bookmark"
_RIGHTS = (
    "grant_permissions revoke_permissions batch_grant_permissions batch_revoke_permissions add_lf_tags_to_resource "
    "remove_lf_tags_from_resource create_lf_tag create_data_cells_filter register_resource"
)
_LAKE_FORMATION = re.compile(r"lake-?formation", re.IGNORECASE)
_ATHENA = re.compile(r"athena", re.IGNORECASE)
_FAMILIES: tuple[tuple[str, str, re.Pattern[str], str, str], ...] = (
    ("glue", _TABLES, CLIENT, "the Glue catalog is read or changed here, which is frozen with the migration",
     "let it work on the tables of Unity Catalog (spark.sql, or the Tables API), or drop it where a migrated job takes its place"),
    ("glue", _CRAWLERS, CLIENT, "a crawler is started here, which fills the Glue catalog and not Unity Catalog",
     "drop it: tables of Unity Catalog find their rows themselves; new files are read with Auto Loader"),
    ("glue", _BOOKMARKS, CLIENT, "bookmarks of Glue jobs are read or reset here, and the migrated jobs have none there",
     "delete the watermark or the checkpoint that took the bookmark's place"),
    ("athena", "start_query_execution", _ATHENA, "Athena is asked here, which sees the Glue catalog and not Unity Catalog",
     "run the statement on a SQL warehouse (the Statement Execution API), or in a job with spark.sql"),
    ("lakeformation", _RIGHTS, _LAKE_FORMATION, "rights are given by Lake Formation here, which Unity Catalog does not ask",
     "GRANT and REVOKE them in Unity Catalog, with row filters and column masks where it limits rows or columns"),
)  # fmt: skip
_SEEN = tuple(
    (calls(operations), commands(service, operations), client, message, action)
    for service, operations, client, message, action in _FAMILIES
)


def catalog_in_code(path: str, text: str) -> list[Finding]:
    """Return a warning for each family of such operations, at the first line that calls one of it."""
    found = []
    for called, command, client, message, action in _SEEN:
        match = (called.search(text) if client.search(text) else None) or command.search(text)
        if match is not None:
            line = text.count("\n", 0, match.start()) + 1
            found.append(
                Finding(rule=RULE, severity=Severity.WARNING, path=path, line=line, message=message, action=action)
            )
    return found
