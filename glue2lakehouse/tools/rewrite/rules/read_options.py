"""Read files and databases with Spark's readers: `create_dynamic_frame.from_options` -> `spark.read`.

Glue: aws-glue-api-crawler-pyspark-extensions-glue-context (create_dynamic_frame_from_options), -connect-*, -format-*.
Parquet and ORC are read by Spark itself in Glue. Other formats differ in what they infer; the condition says in what.
"""

import ast
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.code import Code, Piece, joined
from glue2lakehouse.tools.rewrite.io import bookmarks, computed
from glue2lakehouse.tools.rewrite.io.computed import FILE_TYPES
from glue2lakehouse.tools.rewrite.io.database_reads import read_database
from glue2lakehouse.tools.rewrite.io.file_reads import read_files
from glue2lakehouse.tools.rewrite.io.unpacking import (
    is_held,
    is_named,
    prepared,
    reads_all,
    session_of,
    unpacked,
)
from glue2lakehouse.tools.rewrite.kinds.stubs import READER
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.mapping.names import path_code
from glue2lakehouse.tools.rewrite.options import read_options
from glue2lakehouse.tools.rewrite.rule import (
    NOT_LITERAL,
    Answer,
    Example,
    GlueCall,
    Rewrite,
    Rule,
    Use,
    code,
)
from glue2lakehouse.tools.rewrite.rules.read_catalog import filtered, sample_note


class ReadOptions(Rule):
    """Files by path and format, databases by connector; every option is mapped, dropped with a reason, or handed off."""

    name = "from-options"
    glue = (
        f"{READER}.from_options",
        f"{GLUE_CONTEXT}.create_dynamic_frame_from_options",
        f"{GLUE_CONTEXT}.create_sample_dynamic_frame_from_options",
    )
    example = Example(
        before="from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
        "frame = glueContext.create_dynamic_frame.from_options(\n"
        '    connection_type="s3",\n    connection_options={"paths": ["s3://raw/orders/"], "recurse": True},\n'
        '    format="csv",\n    format_options={"withHeader": True, "separator": ";"},\n)\n',
        after="from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        'frame = spark.read.options(header=True, sep=";", escape=\'"\', recursiveFileLookup=True).csv("s3://raw/orders/").fillna("")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """See the module's page."""
        if "sample" not in call.name and reads_all(call) and (arguments := unpacked(call)) is not None:
            made = code("read_source({session}, {given})", session=session_of(call), given=arguments)
            return computed.never_unpacked(call) or _helped(made)
        call.drop("transformation_ctx", "minPartitions", "targetPartitions")
        extra = without_effect(call)
        connection = call.constant("connection_type")
        options = read_options(call, call.argument("connection_options"))
        form_options = read_options(call, call.argument("format_options"))
        if isinstance(options, Finding) or isinstance(form_options, Finding) or not isinstance(connection, str):
            return noted(_read_dynamic(call), extra)
        if format_is_computed(call, connection):
            return noted(_read_dynamic(call), extra)
        predicate = call.argument("push_down_predicate")
        if connection.lower() in FILE_TYPES:
            answer = read_files(call, connection.lower(), options, form_options)
        else:
            call.drop("format")
            answer = read_database(call, connection, options, form_options)
        answer = noted(answer, extra)
        if isinstance(answer, Rewrite) and predicate is not None and call.literal(predicate) != "":
            answer = filtered_by_path(call, answer, predicate)
        if isinstance(answer, Rewrite) and "sample" in call.name:
            return _sampled(call, answer)
        return answer

    def refer(self, use: Use) -> Answer:
        """A reader that is handed around becomes the helper `read_source`, with the session in it."""
        if is_held(use):
            return ()
        if "sample" in use.name or not is_named(use):
            return super().refer(use)
        helper = _ANY._replace(name="read_moved_source") if use.settings.paths else _ANY
        content, imports = prepared(use, helper.name, session_of(use))
        answer = _helped(content, (), helper)
        return replace(answer, imports=(*answer.imports, *imports))


def format_is_computed(call: GlueCall, connection: str) -> bool:
    """Whether it is known only at run time which format files have."""
    return (
        connection.lower() in FILE_TYPES
        and call.argument("format") is not None
        and call.constant("format") is NOT_LITERAL
    )


def without_effect(call: GlueCall) -> tuple[Finding, ...]:
    """Account for `kwargs=`, which Glue only looks into for numbers of partitions."""
    extra = call.argument("kwargs")
    if extra is None:
        return ()
    return (call.info(f"kwargs={call.text(extra)} goes: Glue only reads numbers of partitions from it", ""),)


def noted(answer: Answer, notes: tuple[Finding, ...]) -> Answer:
    """Return an answer that says more."""
    return replace(answer, findings=(*answer.findings, *notes)) if isinstance(answer, Rewrite) else answer


def dynamic_arguments(call: GlueCall) -> Code:
    """Return the connection and format arguments of a call, by position, as the helpers for computed options take them."""
    names = ("connection_type", "connection_options", "format", "format_options")
    given = [call.argument(name) for name in names]
    while given and given[-1] is None:
        given.pop()
    pieces: list[Piece] = [piece if piece is not None else "None" for piece in given]
    if len(given) > 1 and given[1] is not None and not isinstance(given[1], ast.Dict):
        pieces[1] = path_code(call, code("{options}", options=given[1]))
    return joined(", ", pieces)


def _read_dynamic(call: GlueCall) -> Answer:
    predicate = call.argument("push_down_predicate")
    number = call.argument("num")
    note = sample_note(call)
    if call.argument("connection_type") is None:
        return call.blocker("the connection type is not given", "pass connection_type")
    helper = computed.helper_for(call, "read")
    if isinstance(helper, Finding):
        return helper
    if helper.told and bookmarks.context_of(call) is not None:
        return bookmarks.computed(call)
    if not helper.told:
        call.drop("format", "format_options")
    given = dynamic_arguments(call) if helper.told else call.argument("connection_options")
    assert given is not None
    result = code("{helper}({session}, {given})", helper=helper.name, session=session_of(call), given=given)
    if predicate is not None and call.literal(predicate) != "":
        result = filtered(call, result, predicate)
        note = (*note, *_of_partitions(call, predicate))
    if number is not None:
        result = code("{frame}.limit({number})", frame=result, number=number)
    return _helped(result, note, helper)


def filtered_by_path(call: GlueCall, answer: Rewrite, predicate: ast.expr) -> Rewrite:
    """Return a read by path or connection with a predicate on its rows, and what is to be said of it."""
    assert answer.code is not None
    found = (*answer.findings, *_of_partitions(call, predicate))
    return replace(answer, code=filtered(call, answer.code, predicate), findings=found)


def _of_partitions(call: GlueCall, predicate: ast.expr) -> tuple[Finding, ...]:
    if not isinstance(call.literal(predicate), str):
        return ()
    return (
        call.warning(
            f"push_down_predicate {call.text(predicate)} of a read that is no catalog table's: Glue documents it for the partitions "
            "of tables, and here it filters rows by columns that have to be there",
            "drop it where Glue has left it aside, or read the table by its name",
        ),
    )


_ANY = computed.Helper("read_source", True, computed.READS)


def _helped(result: Code, notes: tuple[Finding, ...] = (), helper: computed.Helper = _ANY) -> Rewrite:
    return Rewrite(
        result,
        certainty=Certainty.CONDITIONAL,
        condition=helper.condition,
        imports=(f"from glue_compat import {helper.name}",),
        compat=(helper.name,),
        findings=notes,
    )


def _changed(answer: Rewrite, content: Code) -> Rewrite:
    return replace(answer, code=content)


def _sampled(call: GlueCall, answer: Rewrite) -> Answer:
    number = call.argument("num")
    if number is None or answer.code is None:
        return call.blocker("the sample has no number of records", "pass num")
    sampled = _changed(answer, code("{frame}.limit({number})", frame=answer.code, number=number))
    return noted(sampled, sample_note(call))
