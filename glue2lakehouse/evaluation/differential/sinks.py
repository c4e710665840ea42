"""How a job writes its last frame: files of a format with and without partition folders, and tables of the catalog."""

from random import Random
from typing import Any, NamedTuple

from glue2lakehouse.evaluation.differential.tables import Columns

_ATOMS = ("int", "bigint", "string", "boolean", "date")
_NESTED_FORMS = ("json", "parquet", "glueparquet", "parquet", "orc")


class Sink(NamedTuple):
    """The lines that write `IN`, and the definition of the table that they write to, if it is one that is there."""

    text: str
    ddl: str = ""


def made_sink(rng: Random, columns: Columns) -> Sink:
    """Return a sink for a frame that is likely to have these columns."""
    atoms = [name for name, kind in columns.items() if kind.partition("(")[0] in _ATOMS]
    keys = [rng.choice(atoms)] if len(columns) > 1 and atoms and rng.random() < 0.25 else []
    drawn = rng.random()
    if drawn < 0.12:
        return Sink(_table_sink(rng, keys))
    if drawn < 0.2:
        return Sink(_from_catalog(rng, keys), _definition(columns, keys))
    return Sink(_files(rng, columns, keys))


def _files(rng: Random, columns: Columns, keys: list[str]) -> str:
    nested = any("<" in kind for kind in columns.values())
    form = rng.choice(_NESTED_FORMS if nested else (*_NESTED_FORMS, "csv", "csv"))
    details: dict[str, Any] = {}
    if form == "csv" and rng.random() < 0.3:
        details = rng.choice(({"separator": "|"}, {"writeHeader": False}, {"quoteChar": -1}, {"separator": "\t"}))
    if form == "parquet" and rng.random() < 0.15:
        details = rng.choice(({"compression": "gzip"}, {"useGlueParquetWriter": True}))
    options: dict[str, Any] = {"path": rng.choice(("s3://out/t", "s3://out/t/"))}
    if keys:
        options["partitionKeys"] = keys
    if form in ("json", "csv") and rng.random() < 0.1:
        options["compression"] = "gzip"
    spelled = f", format_options={details!r}" if details else ""
    if rng.random() < 0.15:
        given = "".join(f", {key}={value!r}" for key, value in options.items() if key != "path")
        formed = "".join(f", {key}={value!r}" for key, value in details.items())
        return (f'sink = glueContext.getSink(connection_type="s3", path={options["path"]!r}{given})\nsink.setFormat({form!r}{formed})\n'
                "sink.writeFrame(IN)")  # fmt: skip
    if rng.random() < 0.15:
        return f"glueContext.write_dynamic_frame_from_options(IN, 's3', {options!r}, {form!r}, {details!r})"
    return (f'glueContext.write_dynamic_frame.from_options(frame=IN, connection_type="s3", connection_options={options!r}, '
            f'format={form!r}{spelled}{rng.choice(("", ", transformation_ctx=" + repr("sink0")))})')  # fmt: skip


def _table_sink(rng: Random, keys: list[str]) -> str:
    update = rng.choice(("", ', updateBehavior="UPDATE_IN_DATABASE"', ', updateBehavior="LOG"'))
    form = rng.choice(("glueparquet", "parquet", "json", "csv"))
    return (f'sink = glueContext.getSink(connection_type="s3", path="s3://out/made/", enableUpdateCatalog=True{update}, '
            f'partitionKeys={keys!r})\nsink.setFormat({form!r})\nsink.setCatalogInfo(catalogDatabase="db", catalogTableName="made")\n'
            "sink.writeFrame(IN)")  # fmt: skip


def _from_catalog(rng: Random, keys: list[str]) -> str:
    options: dict[str, Any] = {"partitionKeys": keys} if keys else {}
    if rng.random() < 0.6:
        options |= {"enableUpdateCatalog": True}
    given = f", additional_options={options!r}" if options else ""
    return f'glueContext.write_dynamic_frame.from_catalog(frame=IN, database="db", table_name="target"{given})'


def _definition(columns: Columns, keys: list[str]) -> str:
    """Return the definition of an empty table with the columns in lower case, as the catalog has them."""

    def spelled(names: list[str]) -> str:
        return ", ".join(
            f"`{name.lower()}` {'string' if columns[name] in ('void', 'payload') else columns[name]}" for name in names
        )

    partitioned = f"PARTITIONED BY ({spelled(keys)})\n" if keys else ""
    return (f"CREATE EXTERNAL TABLE `db`.`target` ({spelled([name for name in columns if name not in keys])})\n{partitioned}"
            "STORED AS PARQUET\nLOCATION 's3://out/target/';\n")  # fmt: skip
