"""Operations of AWS that are told by their names and arguments alone, and what other libraries do with Glue's catalog.

AWS SDK for pandas, PyAthena: an operation is told by its name together with the names of its arguments, which no other library has.
"""

import ast
import re
from collections.abc import Iterable, Iterator

from glue2lakehouse.domain import Severity

BY_ARGUMENTS = {
    "create_table": {"TableInput"}, "update_table": {"TableInput"}, "delete_table": {"DatabaseName", "Name"},
    "batch_delete_table": {"TablesToDelete"}, "create_database": {"DatabaseInput"}, "update_database": {"DatabaseInput"},
    "delete_database": {"Name"}, "get_database": {"Name"}, "get_table": {"DatabaseName", "Name"},
    "get_tables": {"DatabaseName"}, "get_partitions": {"DatabaseName", "TableName"}, "start_job_run": {"JobName"},
    "get_job_run": {"JobName", "RunId"}, "get_job_runs": {"JobName"}, "get_job": {"JobName"},
    "update_job": {"JobName", "JobUpdate"}, "create_job": {"Command", "Role"}, "delete_job": {"JobName"},
    "start_workflow_run": {"Name"}, "stop_workflow_run": {"Name", "RunId"}, "get_tags": {"ResourceArn"},
    "get_workflow_runs": {"Name"}, "create_partition": {"PartitionInput"}, "batch_create_partition": {"PartitionInputList"},
    "get_partition": {"PartitionValues"}, "delete_partition": {"PartitionValues"}, "batch_delete_partition": {"PartitionsToDelete"},
    "get_workflow_run_properties": {"Name", "RunId"}, "put_workflow_run_properties": {"RunProperties"},
    "tag_resource": {"TagsToAdd"}, "untag_resource": {"TagsToRemove"}, "search_tables": {"SearchText"},
    "start_query_execution": {"QueryString"}, "get_log_events": {"logGroupName"}, "filter_log_events": {"logGroupName"},
    "start_execution": {"stateMachineArn"}, "revoke_permissions": {"Principal", "Resource"},
    "grant_permissions": {"Principal", "Resource"}, "get_metric_statistics": {"Namespace"},
}  # fmt: skip
BY_WORD = re.compile(
    r"crawler|partition|bookmark|trigger|workflow|blueprint|data_quality|column_statistics|table_version|data_cells|lf_tag|"
    r"user_defined_function|batch_stop_job_run"
)

_ATHENA_LIBRARIES = ("pyathena", "pyathenajdbc", "sqlalchemy_athena", "awsathena")
_WRANGLER = "awswrangler"
_CATALOG_MODULES = frozenset({"athena", "catalog", "lakeformation", "data_quality"})
_CATALOG_ARGUMENTS = frozenset({"database", "table", "glue_table_settings"})
_NAMES_ONE = re.compile(r"""["']database["']|\bdatabase\s*=""")
_REPLACED = re.compile(r"patch|mock|setattr", re.IGNORECASE)
_TABLES_NOW = "read and write the tables with spark.table, spark.sql and saveAsTable"


def imported_names(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """Return what names of a module stand for that other libraries brought: `wr` -> awswrangler."""
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """Return the qualified name that an expression spells out; an empty text for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in names:
        return ""
    return ".".join([names[node.id], *reversed(parts)])


def brings_wrangler(names: dict[str, str]) -> bool:
    """Whether a module imports something of AWS SDK for pandas."""
    return any(name.partition(".")[0] == _WRANGLER for name in names.values())


def names_a_database(source: str) -> bool:
    """Whether a source names an argument `database` anywhere, as a keyword or a key."""
    return _NAMES_ONE.search(source) is not None


def handed_on(nodes: Iterable[ast.AST], names: dict[str, str], named: bool) -> Iterator[tuple[ast.expr, str, str]]:
    """Yield what of AWS SDK for pandas is not called where it is named, so that nobody sees on which tables it works.

    `named` says that the code names a `database` somewhere; without, only what always works on the catalog is told.
    """
    if not brings_wrangler(names):
        return
    nodes = list(nodes)
    seen = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if isinstance(node, ast.Call):
            replaced = _REPLACED.search(ast.unparse(node.func)) is not None
            seen.update({id(node.func)} | ({id(given) for given in node.args} if replaced else set()))
    for node in nodes:
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in seen:
            name = dotted(node, names)
            root, _, rest = name.partition(".")
            module, _, leaf = rest.partition(".")
            always = module in _CATALOG_MODULES or (
                module == "s3" and (leaf.endswith("_table") or leaf == "store_parquet_metadata")
            )
            maybe = named and (not rest or (module == "s3" and (not leaf or leaf.startswith("to_"))))
            if root == _WRANGLER and (always or maybe):
                yield (
                    node, f"`{name}` is handed on, so that what it does with tables of the Glue catalog, which are frozen, is not seen",
                    f"call it by its full name where it is used; {_TABLES_NOW}",
                )  # fmt: skip


def library(name: str, call: ast.Call, named: bool = True) -> Iterator[tuple[Severity, str, str]]:
    """Yield what a call of a qualified name does with Athena (PyAthena) or the catalog (AWS SDK for pandas), and what to do instead.

    `named` says that the code names a `database` somewhere, which arguments that are not seen may hold.
    """
    root, _, rest = name.partition(".")
    if root.lower() in _ATHENA_LIBRARIES:
        yield (
            Severity.BLOCKER, f"`{name}` asks Athena, which sees the Glue catalog, not Unity Catalog",
            "run the statement with spark.sql, where its tables are",
        )  # fmt: skip
    if root != _WRANGLER:
        return
    module, _, leaf = rest.partition(".")
    given = {keyword.arg for keyword in call.keywords}
    registers = module == "s3" and (
        given & _CATALOG_ARGUMENTS or leaf.endswith("_table") or leaf == "store_parquet_metadata"
    )
    if module in _CATALOG_MODULES or registers:
        yield (
            Severity.BLOCKER, f"`{name}` works on tables of the Glue catalog, which are frozen with the migration",
            _TABLES_NOW,
        )  # fmt: skip
    elif named and None in given and module == "s3" and leaf.startswith("to_"):
        yield (
            Severity.BLOCKER, f"`{name}` is given arguments that are not seen here, and a database may be among them",
            f"write out its arguments; where it has a database, {_TABLES_NOW}",
        )  # fmt: skip
    elif leaf == "connect":
        yield (
            Severity.WARNING, f"`{name}` may take what it connects with from a Glue connection",
            "give it the values of a secret scope: dbutils.secrets.get",
        )  # fmt: skip
    elif module == "cloudwatch":
        yield (
            Severity.WARNING, f"`{name}` reads logs, and a Databricks run writes none into the groups of Glue",
            "see which groups it reads",
        )  # fmt: skip
