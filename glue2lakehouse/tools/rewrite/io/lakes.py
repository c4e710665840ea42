"""Delta, Iceberg and Hudi, as a format or as a connection type: Delta by path, Iceberg by name, Hudi as Delta.

Source: aws-glue-programming-etl-format-{delta-lake,iceberg,hudi}. Databricks reads and writes Delta at any path and Iceberg by
the table's name; it has no Hudi, so a Hudi table is taken to have become a Delta table of the same path or name.
"""

import ast
import re

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.code import Code, Piece, code
from glue2lakehouse.tools.rewrite.mapping.names import path_code, paths_code, target_name
from glue2lakehouse.tools.rewrite.options import Options, quoted
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Answer, Rewrite, Use
from glue2lakehouse.tools.rewrite.sql.computed_names import glue_catalogs

LAKES = frozenset({"delta", "iceberg", "hudi"})
_DELTA_READ = frozenset(
    "versionAsOf timestampAsOf readChangeFeed readChangeData startingVersion endingVersion startingTimestamp "
    "endingTimestamp ignoreDeletes ignoreChanges".split()
)
_DELTA_WRITE = frozenset("mergeSchema overwriteSchema replaceWhere partitionOverwriteMode userMetadata".split())


def read_lake(use: Use, session: Piece, form: str, options: Options) -> Answer:
    """Return the read of a lake table; what is left of the options is a finding."""
    path = options.take("paths", "path")
    if path is None:
        return use.blocker(f"the {form} table has no path", 'name it in connection_options: {"path": ...}')
    gone = _gone(use, options, "connectionName", "className")
    if form == "hudi":
        return use.blocker(
            "Databricks has no reader for Hudi",
            "write the table as Delta once, then read it by name: spark.read.table",
        )
    chosen = [key for key in options.leftover() if form == "delta" and key in _DELTA_READ]
    done = [(key, value) for key in chosen if (value := options.take(key)) is not None]
    if refused := _refused(use, options, f"{form} read"):
        return refused
    if form == "iceberg":
        name = iceberg_name(use, path)
        if name is None:
            return use.blocker(
                "an Iceberg table is read by its path", "name the table of the catalog: spark.read.table"
            )
        read = code("{session}.read.table({name})", session=session, name=name)
        return Rewrite(read, findings=(*gone, *told_of_catalog(use, path)))
    reader = with_options(code('{session}.read.format("delta")', session=session), done)
    return Rewrite(code("{reader}.load({path})", reader=reader, path=paths_code(use, path)), findings=gone)


def write_lake(use: Use, frame: Piece, form: str, options: Options, keys: Code) -> Answer:
    """Return the write to a lake table: append unless `saveMode` says otherwise. Hudi has a module of its own."""
    path = options.take("path", "paths")
    gone = _gone(use, options, "connectionName", "className", "enableUpdateCatalog", "updateBehavior")
    mode = save_mode(options)
    if path is None:
        return use.blocker(f"the {form} table has no path", 'name it in connection_options: {"path": ...}')
    chosen = [key for key in options.leftover() if form == "delta" and key in _DELTA_WRITE]
    done = [(key, value) for key in chosen if (value := options.take(key)) is not None]
    if refused := _refused(use, options, f"{form} write"):
        return refused
    if form == "iceberg":
        name = iceberg_name(use, path)
        if name is None:
            return use.blocker("an Iceberg table is written by its path", "name the table: df.writeTo(name).append()")
        return Rewrite(
            code("{frame}.write.mode({mode}).saveAsTable({name})", frame=frame, mode=mode, name=name),
            certainty=Certainty.CONDITIONAL,
            condition="the table of that name exists, and columns are matched by name",
            findings=(*gone, *told_of_catalog(use, path)),
        )
    writer = with_options(
        code('{frame}.write.format("delta").mode({mode}){keys}', frame=frame, mode=mode, keys=keys), done
    )
    return Rewrite(code("{writer}.save({path})", writer=writer, path=path_code(use, path)), findings=gone)


def _gone(use: Use, options: Options, *keys: str) -> tuple[Finding, ...]:
    """Account for options that have no part in the data, and say which of the given ones go, with their values."""
    shown = []
    for key in options.values:
        if key.lower() in {name.lower() for name in keys}:
            value = options.take(key)
            shown.append(f"{key}={use.text(value) if isinstance(value, ast.expr) else '...'}")
    return (use.info(f"{', '.join(shown)}: goes, the table is all that is needed", ""),) if shown else ()


def save_mode(options: Options) -> Piece:
    """Return the mode that a write of a DataFrame is given, in lower case where it is written out; append is the default."""
    mode = options.take("saveMode", "mode")
    if isinstance(mode, ast.Constant) and isinstance(mode.value, str):
        return quoted(mode.value.lower())
    return mode or '"append"'


def _refused(use: Use, options: Options, what: str) -> Finding | None:
    if not (left := sorted(options.leftover())):
        return None
    return use.blocker(
        f"option {', '.join(left)} of a {what} has no counterpart here",
        "drop it where it is not needed, or rewrite this call by hand",
    )


def iceberg_name(use: Use, path: Piece) -> Code | None:
    """Return the three-level name for `glue_catalog.db.table` or `db.table`; None for anything else."""
    spelled = use.literal(path) if isinstance(path, ast.expr) else NOT_LITERAL
    parts = spelled.split(".") if isinstance(spelled, str) and re.fullmatch(r"\w+(\.\w+){1,2}", spelled) else []
    if len(parts) < 2:
        return None
    return code("{name}", name=quoted(target_name(use, parts[-2], parts[-1])))


def told_of_catalog(use: Use, path: Piece | None) -> tuple[Finding, ...]:
    """Say that the catalog before an Iceberg table's name is taken for Glue's, where nothing tells that it is."""
    spelled = use.literal(path) if isinstance(path, ast.expr) else NOT_LITERAL
    catalog, *levels = spelled.split(".") if isinstance(spelled, str) else [""]
    if len(levels) != 2 or catalog.lower() in glue_catalogs(use):
        return ()
    return (
        use.warning(
            f"the catalog {catalog} is taken for Glue's, whose place {use.settings.catalog} takes",
            "name the table as Unity Catalog has it where it is another catalog",
        ),
    )


def with_options(reader: Code, done: list[tuple[str, Piece]]) -> Code:
    """Return the reader or writer with its options: one by `option`, several by `options` where their names allow it."""
    if len(done) > 1 and all(key.isidentifier() for key, _ in done):
        inside = code("{key}={value}", key=done[0][0], value=done[0][1])
        for key, value in done[1:]:
            inside = code("{inside}, {key}={value}", inside=inside, key=key, value=value)
        return code("{reader}.options({inside})", reader=reader, inside=inside)
    for key, value in done:
        reader = code("{reader}.option({key}, {value})", reader=reader, key=quoted(key), value=value)
    return reader
