"""Scan the AWS Glue Data Catalog, page by page; `tools.jobs.account.glue_client` makes the client that waits when throttled.

AWS Glue API: GetDatabases, GetTables, GetPartitions, GetConnections, GetCrawlers, GetClassifiers.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from glue2lakehouse.errors import CatalogError
from glue2lakehouse.tools.catalog.glue_shapes import (
    ANSWERS,
    database_of,
    partition_of,
    table_of,
)
from glue2lakehouse.tools.catalog.model import Item, Refusal, Table
from glue2lakehouse.tools.catalog.paging import Page, Position

_OTHERS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("connections", "get_connections", "ConnectionList", {"HidePassword": True}),
    ("crawlers", "get_crawlers", "Crawlers", {}),
    ("classifiers", "get_classifiers", "Classifiers", {}),
)
_STAGES = ("databases", "tables", *(stage for stage, *_ in _OTHERS))


def scan_glue(client: Any, start: Position | None = None, *, partitions: bool = True) -> Iterator[Page]:
    """Yield the catalog of the client's account and region: databases, tables with partitions, connections, crawlers, classifiers.

    `start` is the position of the last page that was kept. What AWS refuses to this role (a database that Lake Formation
    hides) is a `Refusal` among the items, and the scan goes on. Raises CatalogError when AWS does not answer or no longer takes
    the position's page token.
    """
    scan = _Scan(client, start or Position(stage=_STAGES[0]), partitions)
    for stage in _STAGES[_STAGES.index(scan.start.stage) :]:
        start_here = scan.start if scan.start.stage == stage else Position(stage=stage)
        if stage == "databases":
            yield from scan.listing(start_here, "get_databases", "DatabaseList", {}, database_of)
        elif stage == "tables":
            yield from scan.tables(start_here)
        else:
            _, call, key, arguments = next(other for other in _OTHERS if other[0] == stage)
            yield from scan.listing(start_here, call, key, arguments, ANSWERS[key])


class _Scan:
    def __init__(self, client: Any, start: Position, partitions: bool) -> None:
        self.client = client
        self.start = start
        self.partitions = partitions

    def listing(
        self,
        start: Position,
        call: str,
        key: str,
        arguments: dict[str, Any],
        make: Callable[[Mapping[str, Any]], Item],
    ) -> Iterator[Page]:
        """Yield the pages of a call that lists one kind of thing."""
        if start.tables_written and not start.token:
            return
        token = start.token
        while True:
            answer = self._ask(call, **arguments, **_token(token))
            if isinstance(answer, Refusal):
                yield Page((answer,), Position(stage=start.stage, tables_written=True))
                return
            token = answer.get("NextToken") or ""
            items = tuple(make(raw) for raw in answer.get(key) or ())
            yield Page(items, Position(stage=start.stage, token=token, tables_written=not token))
            if not token:
                return

    def tables(self, start: Position) -> Iterator[Page]:
        """Yield the tables of all databases in the order of their names, each page followed by its partitions."""
        for name in sorted(self._database_names()):
            if name < start.database:
                continue
            yield from self._tables_of(start if name == start.database else Position(stage="tables", database=name))

    def _tables_of(self, position: Position) -> Iterator[Page]:
        while True:
            answer = self._ask("get_tables", DatabaseName=position.database, **_token(position.token))
            if isinstance(answer, Refusal):
                yield Page((answer,), position)
                return
            tables = [table_of(raw, position.database) for raw in answer.get("TableList") or ()]
            if not position.tables_written:
                position = position.model_copy(update={"tables_written": True})
                yield Page(tuple(tables), position)
            for page in self._partitions_of_page(tables, position):
                position = page.after
                yield page
            following = answer.get("NextToken") or ""
            if not following:
                return
            position = Position(stage="tables", database=position.database, token=following)

    def _partitions_of_page(self, tables: list[Table], position: Position) -> Iterator[Page]:
        names = [table.name for table in tables]
        done = names.index(position.table) if position.table in names else -1
        for number, table in enumerate(tables):
            stored = table.partition_keys and table.properties.get("projection.enabled", "").lower() != "true"
            half_read = number == done and position.partition_token
            if not self.partitions or not stored or (number <= done and not half_read):
                continue
            here = position.model_copy(
                update={"table": table.name, "partition_token": position.partition_token if half_read else ""}
            )
            yield from self._partitions_of(table, here)

    def _partitions_of(self, table: Table, position: Position) -> Iterator[Page]:
        where = {"DatabaseName": table.database, "TableName": table.name}
        token = position.partition_token
        while True:
            answer = self._ask("get_partitions", **where, ExcludeColumnSchema=True, **_token(token))
            if isinstance(answer, Refusal):
                yield Page((answer,), position.model_copy(update={"partition_token": ""}))
                return
            token = answer.get("NextToken") or ""
            items = tuple(partition_of(raw, table.database, table.name) for raw in answer.get("Partitions") or ())
            yield Page(items, position.model_copy(update={"partition_token": token}))
            if not token:
                return

    def _database_names(self) -> Iterator[str]:
        token = ""
        while True:
            answer = self._ask("get_databases", **_token(token))
            if isinstance(answer, Refusal):
                return
            yield from (raw["Name"] for raw in answer.get("DatabaseList") or ())
            token = answer.get("NextToken") or ""
            if not token:
                return

    def _ask(self, call: str, **arguments: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        where = f"aws:{self.client.meta.region_name} {call}" + "".join(
            f" {value}" for name, value in arguments.items() if name in ("DatabaseName", "TableName")
        )
        try:
            return getattr(self.client, call)(**arguments)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            why = error.response.get("Error", {}).get("Message", "") or code
            if "NextToken" in arguments and code in ("InvalidInputException", "ValidationException"):
                action = "delete the .cursor file and scan again"
                raise CatalogError(f"{where}: AWS no longer takes the page token ({why}); {action}") from error
            if code in (
                "AccessDeniedException",
                "EntityNotFoundException",
                "AccessDenied",
                "FederationSourceException",
            ):
                permission = "".join(word.title() for word in call.split("_"))
                return Refusal(where=where, message=f"{code}: {why}", action=f"allow glue:{permission} to this role")
            raise CatalogError(f"{where}: {code}: {why}; run the same scan again to go on") from error
        except NotImplementedError as error:
            return Refusal(where=where, message=f"not implemented by this endpoint: {error}")
        except BotoCoreError as error:
            raise CatalogError(f"{where}: {error}; run the same scan again to go on") from error


def _token(token: str) -> dict[str, str]:
    return {"NextToken": token} if token else {}
