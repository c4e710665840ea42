"""Append to tables of the catalog: `saveAsTable` on Delta, a helper where the table stays one of files."""

import ast
import re

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.code import Code, Piece
from glue2lakehouse.tools.rewrite.io.hudi import is_hudi, write_hudi
from glue2lakehouse.tools.rewrite.io.lakes import save_mode
from glue2lakehouse.tools.rewrite.io.table_sinks import deleted_elsewhere
from glue2lakehouse.tools.rewrite.io.transactions import drop_transaction
from glue2lakehouse.tools.rewrite.io.unanswered import unanswered
from glue2lakehouse.tools.rewrite.io.writes import appended, partitions
from glue2lakehouse.tools.rewrite.kinds.stubs import FRAME_WRITER
from glue2lakehouse.tools.rewrite.mapping.names import table_code
from glue2lakehouse.tools.rewrite.options import Options, truth
from glue2lakehouse.tools.rewrite.rule import Answer, Rewrite, Use, code

DELTA = "the target is a Delta table, which matches columns by name and takes none with a blank or one of ,;{}()= in it"


def write_table(use: Use, frame: Piece, database: Piece, table: Piece, options: Options) -> Answer:
    """Return the append to a catalog table, with schema evolution only where Glue would change the table's schema."""
    name, known = table_code(use, database, table)
    if is_hudi(options):
        options.take("useSparkDataSink", "path")
        return write_hudi(use, frame, options, table=name)
    keys = partitions(use, options)
    if isinstance(keys, Finding):
        return keys
    asked = next((options.values[key] for key in options.values if key.lower() in ("mode", "savemode")), None)
    appends = "data_frame" not in use.name and not use.name.startswith(FRAME_WRITER)
    mode = save_mode(options)
    mode = '"append"' if appends else mode
    evolve = truth(options.literal("enableUpdateCatalog")) is True and options.literal("updateBehavior") != "LOG"
    options.take("enableUpdateCatalog", "updateBehavior", "useSparkDataSink", "useGlueParquetWriter")
    compression = options.take("compression")
    placed = _placed(use, database, table, options) if appends else ()
    if isinstance(placed, Finding):
        return placed
    atomic = drop_transaction(use, options)
    if left := sorted(options.leftover()):
        return unanswered(use, left, "option", "a catalog write")
    said = (*placed, *_uncompressed(use, compression), *(appended(use, options, asked) if appends else ()))
    if mode == '"append"' and stays_in_files(use, database, table):
        return _append_files(frame, name, (*said, *atomic, *_as_it_is(use, keys, evolve)))
    said = (*said, *(deleted_elsewhere(use) if mode == '"append"' else ()))
    merge = '.option("mergeSchema", True)' if evolve else ""
    conditions = [DELTA]
    conditions += ["path names the table's own folder"] if placed else []
    conditions += [_GROWS] if evolve and not any(keys.parts) else []
    conditions += [] if known else ["the name is computed, and its schema is called like the database"]
    return Rewrite(
        code(
            "{frame}.write.mode({mode}){keys}{merge}.saveAsTable({name})",
            frame=frame, keys=keys, merge=merge, name=name, mode=mode,
        ),
        certainty=Certainty.CONDITIONAL,
        condition="; ".join(conditions),
        findings=(*said, *atomic),
    )  # fmt: skip


_GROWS = "a column that only the frame has becomes one of the table (AWS documents no such change of a table without partitions)"


def _append_files(frame: Piece, name: Code, said: tuple[Finding, ...]) -> Rewrite:
    return Rewrite(
        code("append_table({frame}, {name})", frame=frame, name=name),
        certainty=Certainty.CONDITIONAL,
        condition="the table's columns keep their types; columns that it does not have are left out",
        imports=("from glue_compat import append_table",),
        compat=("append_table",),
        findings=said,
    )


def _placed(use: Use, database: Piece, table: Piece, options: Options) -> tuple[Finding, ...] | Finding:
    """Answer for `path`: where it is the table's own folder the rows go there anyway, and for another Glue documents nothing."""
    path, written = options.take("path"), options.literal("path")
    if path is None:
        return ()
    names = [use.literal(piece) if isinstance(piece, ast.expr) else None for piece in (database, table)]
    facts = use.place.world.tables.get(".".join(map(str, names)).lower())
    shown = use.text(path) if isinstance(path, ast.expr) else "its value"
    if isinstance(written, str) and facts is not None and facts.location.startswith("s3") and "{" not in facts.location:
        if _folder(written) == _folder(facts.location):
            return ()
        return use.blocker(
            f"path {shown} is not the folder of the table, {facts.location}: which of them Glue writes to is not documented",
            "write to the table without path, or the files with write_dynamic_frame.from_options",
        )
    return (
        use.warning(
            f"path {shown} is taken for the table's own folder and goes: the rows go to the table",
            "where it names another folder, look in S3 which of them Glue has written to",
        ),
    )


def _folder(path: str) -> str:
    return re.sub(r"^s3[an]?://", "s3://", path).rstrip("/")


def _as_it_is(use: Use, keys: Code, evolve: bool) -> tuple[Finding, ...]:
    """Say what a table that stays files takes from its definition instead of the call."""
    partitioned = (use.info("partitionKeys goes: the table has the partitions of its definition", ""),)
    grows = (
        use.warning(
            "enableUpdateCatalog=True lets Glue add columns to the table (updateBehavior UPDATE_IN_DATABASE, the default), "
            "and a table of files keeps those it has",
            "add new columns to its DDL, or make it a Delta table",
        ),
    )
    return (*(partitioned if keys.parts else ()), *(grows if evolve else ()))


def stays_in_files(use: Use, database: Piece | None, table: Piece | None) -> bool:
    """Whether the table is known to stay an external one of files that are no Delta: `saveAsTable` would ask for Delta."""
    names = [use.literal(piece) if isinstance(piece, ast.expr) else None for piece in (database, table)]
    if not all(isinstance(name, str) for name in names):
        return False
    facts = use.place.world.tables.get(f"{names[0]}.{names[1]}".lower())
    if facts is None or not facts.located or facts.format in ("", "delta", "iceberg", "hudi"):
        return False
    return use.settings.action_for(str(names[0]), str(names[1])) == "keep_external"


def _uncompressed(use: Use, compression: Piece | None) -> tuple[Finding, ...]:
    if compression is None:
        return ()
    shown = use.text(compression) if isinstance(compression, ast.expr) else "its value"
    return (use.info(f"compression {shown} goes: the table's own format compresses its files", ""),)
