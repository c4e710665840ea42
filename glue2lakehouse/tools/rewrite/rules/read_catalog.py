"""Read catalog tables through Unity Catalog: `create_dynamic_frame.from_catalog` -> `spark.read.table`.

Glue: aws-glue-api-crawler-pyspark-extensions-glue-context (create_dynamic_frame_from_catalog). Glue applies the catalog's
types value by value and keeps what does not fit in its own type, so the rewrite is exact where every value fits.
"""

import ast
import re

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.tools.rewrite.code import Code, Piece
from glue2lakehouse.tools.rewrite.io import bookmarks
from glue2lakehouse.tools.rewrite.io.catalog_options import TUNING, left_out, staged_in_redshift
from glue2lakehouse.tools.rewrite.io.catalog_streams import STREAM_OPTIONS, misread_stream, read_stream
from glue2lakehouse.tools.rewrite.io.transactions import drop_transaction
from glue2lakehouse.tools.rewrite.io.unanswered import unanswered
from glue2lakehouse.tools.rewrite.io.unpacking import is_held, is_named, prepared, reads_all, session_of, unpacked
from glue2lakehouse.tools.rewrite.kinds.frames import TYPED_STORAGE
from glue2lakehouse.tools.rewrite.kinds.stubs import FRAME_READER, READER
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT, TableFacts
from glue2lakehouse.tools.rewrite.mapping.names import quote_name, table_code
from glue2lakehouse.tools.rewrite.options import Options, quoted, read_options
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Answer, Example, GlueCall, Rewrite, Rule, Use, code

HELD = (
    "the files behind the table hold its columns and no others, spelled and typed as the catalog has them (what Glue follows where "
    "they differ is not documented), and no partition is __HIVE_DEFAULT_PARTITION__, which is null in Spark (Glue does not document it)"
)
TYPED = f"{HELD}; no text file behind it has an empty field, or one in quotes where the SerDe reads none"


class ReadCatalog(Rule):
    """`push_down_predicate` and `catalogPartitionPredicate` filter partition columns: a `where`."""

    name = "from-catalog"
    glue = (
        f"{READER}.from_catalog",
        f"{GLUE_CONTEXT}.create_dynamic_frame_from_catalog",
        f"{FRAME_READER}.from_catalog",
        f"{GLUE_CONTEXT}.create_data_frame_from_catalog",
        f"{GLUE_CONTEXT}.create_sample_dynamic_frame_from_catalog",
    )
    example = Example(
        before="from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
        "orders = glueContext.create_dynamic_frame.from_catalog(\n"
        '    database="sales", table_name="orders", push_down_predicate="day = \'2024-01-01\'", transformation_ctx="o"\n)\n',
        after="from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        'orders = spark.read.table("main.sales.orders").where("day = \'2024-01-01\'")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """See the module's page."""
        if call.name in HELPED and reads_all(call) and (arguments := unpacked(call)) is not None:
            return _helped(call, code("read_catalog({before}, {given})", before=_before(call), given=arguments))
        database = call.argument("database", "name_space")
        table = call.argument("table_name")
        call.drop(
            "transformation_ctx",
            "redshift_tmp_dir",
            "minPartitions",
            "targetPartitions",
            "stageThreshold",
            "totalThreshold",
        )
        other = foreign_catalog(call)
        if other is not None and other.severity is Severity.BLOCKER:
            return other
        if database is None or table is None or twice_named(call):
            return unnamed(call)
        session = session_of(call)
        name, known = table_code(call, database, table)
        extra = call.argument("kwargs")
        given = call.argument("additional_options")
        options = read_options(call, given)
        if isinstance(options, Finding):
            return _computed(call, name, given, (other, _without_effect(call, extra)))
        as_frame = call.name.rsplit(".", 1)[0] == FRAME_READER or call.leaf == "create_data_frame_from_catalog"
        if as_frame and options.given(*STREAM_OPTIONS):
            return read_stream(call, name, options)
        if options.given("startingPosition", "startingOffsets"):
            return misread_stream(call, name, options)
        if not as_frame and bookmarks.context_of(call) is not None:
            return _read_new(call, session, name, options)
        merged, atomic = _reader_options(options), drop_transaction(call, options)
        refused = _refused(call, options)
        if refused is not None:
            return refused
        looks = not known and given is None and _has_text_in_csv(call) and not as_frame
        template = "read_table({session}, {name})" if looks else "{session}.read{options}.table({name})"
        result = code(template, session=session, name=name, options=merged)
        for predicate in (call.argument("push_down_predicate"), options.take("catalogPartitionPredicate")):
            result = filtered(call, result, predicate)
        result = _text_kept(call, result)
        if "sample" in call.name:
            return self._sample(call, result)
        notes = (*(note for note in (other, _without_effect(call, extra)) if note is not None), *atomic)
        notes += (*left_out(call, options), *bookmarks.keys_left_out(call, options))
        condition = (
            _held(call) if known else f"{TYPED}; the name is computed, and its schema is called like the database"
        )
        return _read(call, result, condition, notes, ("read_table",) if looks else ())

    def refer(self, use: Use) -> Answer:
        """A reader that is handed around becomes the helper `read_catalog`, with the session in it."""
        if is_held(use):
            return ()
        if use.name not in HELPED or not is_named(use):
            return super().refer(use)
        content, imports = prepared(use, "read_catalog", _before(use))
        return _helped(use, content, imports)

    def _sample(self, call: GlueCall, frame: Code) -> Answer:
        number = call.argument("num")
        if number is None:
            return call.blocker("the sample has no number of records", "pass num")
        return Rewrite(
            code("{frame}.limit({number})", frame=frame, number=number),
            certainty=Certainty.JUDGEMENT,
            condition="which records are sampled does not matter",
            findings=sample_note(call),
        )


def _read(
    call: GlueCall, result: Code, condition: str, notes: tuple[Finding, ...], helpers: tuple[str, ...]
) -> Rewrite:
    """Return the read of a table on a condition, with what is to be said of it."""
    if not condition and not notes:
        return Rewrite(result)
    return Rewrite(
        result,
        certainty=Certainty.CONDITIONAL if condition else Certainty.EXACT,
        condition=condition,
        findings=(*notes, *(staged_in_redshift(call) if _table(call) is None else ())),
        imports=tuple(f"from glue_compat import {name}" for name in helpers),
        compat=helpers,
    )


def twice_named(call: GlueCall) -> bool:
    """Whether database and name_space are both given, on which Glue stops."""
    return {"database", "name_space"} <= {*call.bound.arguments, *call.bound.extra}


def unnamed(call: GlueCall) -> Finding:
    """Say why a call names no table of the catalog: Glue itself stops where a parameter is missing or misspelled."""
    if twice_named(call):
        return call.blocker("database and name_space are both given, on which Glue stops", "keep database")
    meant = {
        "tablename": "table_name",
        "table": "table_name",
        "database": "database",
        "databasename": "database",
        "namespace": "name_space",
    }
    for name in call.bound.extra:
        right = meant.get(name.lower().replace("_", ""), name)
        if right != name:
            missing = "table_name is" if right == "table_name" else "name_space or database is"
            return call.blocker(
                f"`{name}` is no parameter of {call.leaf}: Glue stops with 'Parameter {missing} missing.'",
                f"write {right}={call.text(call.bound.extra[name])} if that is what is meant",
            )
    return call.blocker("the table is not named by database and table_name", "pass both")


def sample_note(call: GlueCall) -> tuple[Finding, ...]:
    """Account for `sample_options`, which say how much of each partition is looked at for a sample."""
    given = call.argument("sample_options")
    if given is None or call.literal(given) in ({}, None):
        return ()
    return (call.info(f"sample_options={call.text(given)} goes: Spark takes any rows", ""),)


def filtered(call: GlueCall, frame: Code, predicate: Piece | None) -> Code:
    """Return the frame with a predicate on its partitions; Glue takes an empty one for none, which Spark does not."""
    if predicate is None:
        return frame
    value = call.literal(predicate) if isinstance(predicate, ast.expr) else NOT_LITERAL
    if value in ("", None):
        return frame
    if value is NOT_LITERAL and not _says_something(
        call.value_of(predicate) if isinstance(predicate, ast.expr) else None
    ):
        return code('{frame}.where({predicate} or "true")', frame=frame, predicate=predicate)
    return code("{frame}.where({predicate})", frame=frame, predicate=predicate)


def _says_something(node: ast.expr | None) -> bool:
    """Whether a text that is put together is never empty: words stand in it beside what is filled in."""
    if isinstance(node, ast.JoinedStr):
        return any(_says_something(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _says_something(node.left) or (isinstance(node.op, ast.Add) and _says_something(node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        node = node.func.value
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and bool(re.sub(r"\{[^}]*\}|%\w", "", node.value).strip())
    )


def _without_effect(call: GlueCall, extra: ast.expr | None) -> Finding | None:
    """Account for `kwargs=`, which Glue only looks into for numbers of partitions."""
    if extra is None:
        return None
    return call.info(f"kwargs={call.text(extra)} goes: Glue only reads numbers of partitions from it", "")


def _computed(call: GlueCall, name: Code, options: ast.expr | None, notes: tuple[Finding | None, ...]) -> Answer:
    """Read through the helper `read_table`, which looks at the options when it runs and refuses what it does not know."""
    assert options is not None
    if bookmarks.context_of(call) is not None:
        return bookmarks.computed(call)
    if "sample" in call.name or call.name.startswith(FRAME_READER) or "data_frame" in call.name:
        return call.blocker("the options are put together at run time", "write them out at the call", options)
    frame = code(
        "read_table({session}, {name}, {options})", session=session_of(call), name=name, options=options
    )  # fmt: skip
    return Rewrite(
        filtered(call, frame, call.argument("push_down_predicate")),
        certainty=Certainty.CONDITIONAL,
        condition=f"{TYPED}; the options name only what Spark has as well, or it raises when it runs",
        imports=("from glue_compat import read_table",),
        compat=("read_table",),
        findings=tuple(note for note in notes if note is not None),
    )


def _read_new(call: GlueCall, session: Code, name: Code, options: Options) -> Answer:
    """Read what no committed run has read: by keys where the call names them, else by the table's files."""
    if any(key.lower() == "jobbookmarkkeys" for key in options.values):
        frame = filtered(
            call, code("{s}.read.table({name})", s=session, name=name), call.argument("push_down_predicate")
        )
        plain = Rewrite(frame, certainty=Certainty.CONDITIONAL, condition=TYPED, findings=left_out(call, options))
        answer = bookmarks.database_rows(call, options, plain)
        return _refused(call, options) or answer
    predicates = [call.argument("push_down_predicate"), options.take("catalogPartitionPredicate")]
    given = [piece for piece in predicates if piece is not None]
    bounds = bookmarks.bounds_of(options)
    refused = _refused(call, options)
    if refused is not None or len(given) > 1:
        return refused or call.blocker("the table is filtered by two predicates and a bookmark", "keep one predicate")
    read = bookmarks.table_rows(call, session, name, given[0] if given else None, bounds)
    if read is None or isinstance(read, Finding):
        return read or ()
    plain = Rewrite(
        _text_kept(call, read), certainty=Certainty.CONDITIONAL, condition=TYPED, findings=left_out(call, options)
    )
    return bookmarks.kept(plain, "read_new_rows", "the table is still one of files")


HELPED = (f"{READER}.from_catalog", f"{GLUE_CONTEXT}.create_dynamic_frame_from_catalog")


def _before(use: Use) -> Code:
    """Return what the helper `read_catalog` wants before Glue's own arguments: the session and the catalog."""
    return code(
        "{session}, {catalog}", session=session_of(use), catalog=quoted(quote_name(use.settings.catalog))
    )  # fmt: skip


def _helped(use: Use, content: Code, imports: tuple[str, ...] = ()) -> Rewrite:
    return Rewrite(
        content,
        certainty=Certainty.CONDITIONAL,
        condition=f"{TYPED}; the arguments name only what Spark has as well, or it raises when it runs; schemas are called like "
        "the databases",
        imports=("from glue_compat import read_catalog", *imports),
        compat=("read_catalog",),
    )


def _table(call: GlueCall) -> TableFacts | None:
    frame = call.kind(call.node).frame
    return call.place.world.tables.get(frame.source.lower()) if frame is not None else None


def _held(call: GlueCall) -> str:
    """Return what has to hold of the files behind a table: less where they carry the types themselves, nothing in a lakehouse format."""
    table = _table(call)
    if table is None or table.format not in TYPED_STORAGE:
        return TYPED
    return "" if table.format in ("delta", "iceberg") else HELD


def _text_kept(call: GlueCall, frame: Code) -> Code:
    """An empty field of a CSV table is an empty text in Glue, and null in Spark's reader."""
    table = _table(call)
    return code('{frame}.fillna("")', frame=frame) if table is not None and _is_text_in_csv(table) else frame


def _is_text_in_csv(table: TableFacts) -> bool:
    return table.format == "csv" and any(kind == "string" for _, kind in table.columns)


def _has_text_in_csv(call: GlueCall) -> bool:
    """Whether a table whose name is computed may be one of CSV files: the helper looks when it runs."""
    return any(map(_is_text_in_csv, call.place.world.tables.values()))


def foreign_catalog(call: GlueCall) -> Finding | None:
    """Answer for `catalog_id`: None is the job's own catalog, a written-out one another account's; a computed one is noted."""
    given = call.argument("catalog_id")
    if given is None or call.literal(given) is None:
        return None
    if isinstance(given, ast.Constant):
        return call.blocker(
            "the table is in another account's catalog", "share it through Delta Sharing, then name it here"
        )
    return call.warning(
        f"catalog_id `{call.text(given)}` may name another account's catalog, and is left out",
        "make sure that it is this account's, or share the table through Delta Sharing",
    )


def _reader_options(options: Options) -> Code:
    merge = options.take("mergeSchema")
    return code('.option("mergeSchema", {merge})', merge=merge) if merge is not None else code("")


def _refused(call: GlueCall, options: Options) -> Finding | None:
    """Answer for what is left of `additional_options`: tuning goes, the rest is handed off by name."""
    options.take(*TUNING)
    bookmarks.keys_left_out(call, options)
    if unbounded := bookmarks.bounded(call, options):
        return unbounded
    left = sorted(set(options.leftover()) - {"catalogPartitionPredicate"})
    if any(key.startswith("jobBookmarkKeys") for key in left):
        return bookmarks.by_keys(call)
    if not left:
        return None
    return unanswered(call, left, "additional_options", "a catalog read")
