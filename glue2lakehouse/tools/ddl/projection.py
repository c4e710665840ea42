"""Partition projection of Athena: whether the folders that it computes are those that Databricks finds by listing.

Athena user guide: partition-projection-setting-up, partition-projection-supported-types. A template takes the place of the
table's location; without one, folders are `key=value` below it, one for each key in the order of the keys.
"""

import re
from collections.abc import Iterator

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.ddl.lexer import literal
from glue2lakehouse.tools.ddl.model import TableDefinition
from glue2lakehouse.tools.ddl.types import quoted

Said = tuple[Severity, str, str]


def projection_findings(table: TableDefinition, place: str) -> Iterator[Said]:
    """Yield what is to be said of a table's projection; `place` is where its files are after the migration."""
    given = {k.lower(): v for k, v in table.properties.items()}
    if given.get("projection.enabled", "").lower() != "true":
        return
    ranges = [
        f"{k.split('.')[1]} in {v}" for k, v in given.items() if re.fullmatch(r"projection\.[^.]+\.(range|values)", k)
    ]
    template = given.get("storage.location.template", "")
    keys = [key.name for key in table.partition_keys]
    usual = "/".join([table.location.rstrip("/"), *(f"{key}=${{{key}}}" for key in keys)])
    if template and template.rstrip("/").lower() != usual.lower():
        parts = "; ".join(_key_expressions(template, keys))
        action = f"make it a view of read_files({literal(place)}, …) whose keys come from the path: {parts}"
        yield (
            Severity.BLOCKER,
            f"partition projection finds folders by {template}, which are not `key=value` folders below the table's location",
            f"{action}; or register each folder with ALTER TABLE … ADD PARTITION … LOCATION",
        )
        return
    for key in keys:
        if "/" in (shape := given.get(f"projection.{key.lower()}.format", "")):
            yield (
                Severity.BLOCKER,
                f"partition projection writes {key} as {shape}, which makes several folders of one value",
                "register each folder with ALTER TABLE … ADD PARTITION … LOCATION, or move the files",
            )
    yield (
        Severity.WARNING,
        f"partition projection ({'; '.join(ranges) or 'enabled'}) does not exist on Databricks; folders are listed instead",
        "folders outside the projected range become visible: check that there are none",
    )


def _key_expressions(template: str, keys: list[str]) -> Iterator[str]:
    """Yield, for each partition key, the expression that takes it out of a file's path."""
    pattern = (
        re.sub(r"\\\$\\\{(\w+)\\\}", "([^/]+)", re.escape(template.rstrip("/"))).replace("\\/", "/").replace("\\-", "-")
    )
    order = [name.lower() for name in re.findall(r"\$\{(\w+)\}", template)]
    for key in keys:
        if key.lower() in order:
            group = order.index(key.lower()) + 1
            yield f"regexp_extract(_metadata.file_path, r'{pattern}', {group}) AS {quoted(key)}"
