"""Read files and databases with Spark's readers: `create_dynamic_frame.from_options` -> `spark.read`.

Glue: aws-glue-api-crawler-pyspark-extensions-glue-context (create_dynamic_frame_from_options), -connect-*, -format-*.
Parquet and ORC are read by Spark itself in Glue. Other formats differ in what they infer; the condition says in what.
"""

import ast
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite import bookmarks, computed, connections, connectors, dynamodb, files, jdbc_types
from glue2lakehouse.tools.rewrite.code import Code, Piece, joined
from glue2lakehouse.tools.rewrite.computed import FILE_TYPES
from glue2lakehouse.tools.rewrite.kinds.stubs import READER
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.lakes import LAKES, read_lake, with_options
from glue2lakehouse.tools.rewrite.later import mapped_later
from glue2lakehouse.tools.rewrite.names import paths_code
from glue2lakehouse.tools.rewrite.options import Options, quoted, read_options, truth
from glue2lakehouse.tools.rewrite.rule import (
    FUNCTIONS,
    NOT_LITERAL,
    Answer,
    Example,
    GlueCall,
    Rewrite,
    Rule,
    Use,
    code,
)
from glue2lakehouse.tools.rewrite.rules.read_catalog import sample_note
from glue2lakehouse.tools.rewrite.unpacking import is_held, is_named, prepared, reads_all, session_of, unpacked


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
            return _noted(_read_dynamic(call), extra)
        if _format_is_computed(call, connection):
            return _noted(_read_dynamic(call), extra)
        predicate = call.argument("push_down_predicate")
        if connection.lower() in FILE_TYPES:
            answer = _read_files(call, connection.lower(), options, form_options)
        else:
            call.drop("format")
            answer = _read_database(call, connection, options, form_options)
        answer = _noted(answer, extra)
        if isinstance(answer, Rewrite) and predicate is not None and call.literal(predicate) != "":
            assert answer.code is not None
            return _changed(answer, code("{frame}.where({predicate})", frame=answer.code, predicate=predicate))
        if isinstance(answer, Rewrite) and "sample" in call.name:
            return _sampled(call, answer)
        return answer

    def refer(self, use: Use) -> Answer:
        """A reader that is handed around becomes the helper `read_source`, with the session in it."""
        if is_held(use):
            return ()
        if "sample" in use.name or not is_named(use):
            return super().refer(use)
        content, imports = prepared(use, "read_source", session_of(use))
        answer = _helped(content)
        return replace(answer, imports=(*answer.imports, *imports))


def _format_is_computed(call: GlueCall, connection: str) -> bool:
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


def _noted(answer: Answer, notes: tuple[Finding, ...]) -> Answer:
    return replace(answer, findings=(*answer.findings, *notes)) if isinstance(answer, Rewrite) else answer


def dynamic_arguments(call: GlueCall) -> Code:
    """Return the connection and format arguments of a call, by position, as the helpers for computed options take them."""
    names = ("connection_type", "connection_options", "format", "format_options")
    given = [call.argument(name) for name in names]
    while given and given[-1] is None:
        given.pop()
    return joined(", ", [piece if piece is not None else "None" for piece in given])


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
        result = code("{frame}.where({predicate})", frame=result, predicate=predicate)
    if number is not None:
        result = code("{frame}.limit({number})", frame=result, number=number)
    return _helped(result, note, helper)


_ANY = computed.Helper("read_source", True, computed.CONDITION)


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
    return _noted(sampled, sample_note(call))


def _read_files(call: GlueCall, connection: str, options: Options, form_options: Options) -> Answer:
    form = call.constant("format")
    if form in (NOT_LITERAL, None) and connection in ("parquet", "orc"):
        form = connection
    if not isinstance(form, str):
        return call.blocker("the format of the files is not written out", 'name it at the call: format="parquet"')
    if form.lower() in LAKES:
        form_options.taken |= set(form_options.values)
        return read_lake(call, session_of(call), form.lower(), options)
    reading = files.reader_for(call, form, form_options)
    if isinstance(reading, files.Refused):
        return reading.finding
    paths = options.take("paths", "path")
    if paths is None:
        return call.blocker("no paths are given", 'name them in connection_options: {"paths": [...]}')
    settled = _file_options(call, options)
    if isinstance(settled, Finding):
        return settled
    excluded = options.take("exclusions") if options.literal("exclusions") not in ("", "[]", None) else None
    left = sorted({*options.leftover(), *form_options.leftover()} - _ATTACHED.keys() - {"exclusions"})
    if left:
        return call.blocker(
            f"option {', '.join(left)} of a {form} read has no counterpart in Spark",
            "drop it where it is not needed, or rewrite this call by hand",
        )
    # A mode that the call asks for comes before the reader's own.
    done = list(dict([*reading.options, *settled]).items())
    if excluded is None:
        return _file_rewrite(call, reading, done, paths, options)
    return _remaining(_file_rewrite(call, reading, done, _remaining_paths(call, paths, excluded, settled), options))


def _remaining_paths(call: GlueCall, paths: Piece, excluded: Piece, settled: list[tuple[str, Piece]]) -> Code:
    """Return the listing of the files that exclusions leave."""
    recurse = dict(settled).get("recursiveFileLookup")
    deep = code(", {recurse}", recurse=recurse) if recurse is not None else code("")
    return code(
        "remaining_files({session}, {paths}, {excluded}{deep})",
        session=session_of(call), paths=paths_code(call, paths), excluded=excluded, deep=deep,
    )  # fmt: skip


def _remaining(answer: Answer) -> Answer:
    if not isinstance(answer, Rewrite):
        return answer
    rule = "no single * of an exclusion is meant to cross folders; files that come while it runs are not seen"
    return replace(
        answer,
        certainty=Certainty.CONDITIONAL,
        condition="; ".join(filter(None, [answer.condition, rule])),
        imports=(*answer.imports, "from glue_compat import remaining_files"),
        compat=(*answer.compat, "remaining_files"),
    )


def _file_options(call: GlueCall, options: Options) -> list[tuple[str, Piece]] | Finding:
    options.take(*files.SOURCE_DROPPED)
    done: list[tuple[str, Piece]] = []
    if options.given("recurse"):
        recurse = truth(options.literal("recurse"))
        if recurse is not False:
            done.append(("recursiveFileLookup", "True" if recurse else options.take("recurse") or "True"))
    if options.given("isFailFast") and truth(options.literal("isFailFast")) is None:
        return call.blocker("isFailFast is computed at run time", "write it out as True or False")
    if truth(options.literal("isFailFast")) is True:
        done.append(("mode", '"FAILFAST"'))
    excluding = options.given("exclusions") and options.literal("exclusions") not in ("", "[]", None)
    if excluding and (bookmarks.context_of(call) is not None or call.settings.paths):
        return call.blocker(
            "files are excluded from the read by glob patterns, which go by names in S3 and by no bookmark",
            "filter by F.col('_metadata.file_path'), or list the paths to read",
        )
    codec = options.literal("compressionType", "compression")
    if str(codec).lower() == "lzo":
        return call.blocker(
            "the files are compressed with LZO, which Databricks cannot read", "write them anew with gzip"
        )
    options.take("isFailFast")
    if merge := options.take("mergeSchema"):
        done.append(("mergeSchema", merge))
    bounded = [key for key in ("boundedFiles", "boundedSize") if options.given(key)]
    if bookmarks.context_of(call) is not None:
        options.take(*bounded)
    elif bounded:
        return call.blocker(
            f"{bounded[0]} limits each run to a part of what is new, which needs job bookmarks",
            "set `bookmarks: incremental` and `bookmarks_enabled: true`, or read with Auto Loader and its limits",
        )
    return done


def _file_rewrite(
    call: GlueCall, reading: files.Reading, done: list[tuple[str, Piece]], paths: Piece, options: Options
) -> Answer:
    attached = {field: column for option, field in _ATTACHED.items() if (column := options.take(option)) is not None}
    if attached and reading.rename_columns:
        return call.blocker(
            "the name of the file is attached to rows whose columns have no names",
            "read with a header, or name the columns, then add F.col('_metadata.file_path')",
        )
    if reading.stream:
        return _stream_rewrite(call, reading, done, paths_code(call, paths), attached, options)
    codec = options.literal("compressionType", "compression")
    where = paths_code(call, paths)
    many = isinstance(paths, ast.List | ast.Tuple) and len(paths.elts) != 1
    reader = with_options(code("{session}.read", session=session_of(call)), done)
    if reading.schema is not None:
        reader = code("{reader}.schema({schema})", reader=reader, schema=reading.schema)
    context = bookmarks.context_of(call)
    direct = reading.format in ("csv", "json", "parquet", "orc") and (not many or reading.format in ("csv", "json"))
    if context is not None:
        form, bounds = code("{form}", form=quoted(reading.format)), bookmarks.bounds_of(options)
        result = bookmarks.read_files(reader, form, where, context, bounds, bookmarks.recursion(options))
    elif not direct or not isinstance(paths, ast.List | ast.Tuple | ast.Constant):
        result = code("{reader}.format({form}).load({where})", reader=reader, form=quoted(reading.format), where=where)
    else:
        result = code("{reader}.{form}({where})", reader=reader, form=reading.format, where=where)
    imports: tuple[str, ...] = ()
    compat: tuple[str, ...] = ()
    for field, column in attached.items():
        imports = (FUNCTIONS,)
        result = code(
            '{frame}.withColumn({column}, {F}.col("_metadata.{field}"))',
            frame=result, column=column, field=field, F=call.place.functions,
        )  # fmt: skip
    if reading.format == "csv":
        result = code('{frame}.fillna("")', frame=result)
    if reading.format in ("json", "xml") and reading.schema is None and mapped_later(call) is None:
        result = code("narrow_integers({frame})", frame=result)
        imports, compat = (*imports, "from glue_compat import narrow_integers"), (*compat, "narrow_integers")
    if reading.rename_columns:
        result = code("name_columns({frame})", frame=result)
        imports, compat = (*imports, "from glue_compat import name_columns"), ("name_columns",)
    certainty, condition = reading.certainty, reading.condition
    folders = "the path holds no key=value folders"
    if reading.format in ("parquet", "orc"):
        folders = f"{folders} (whether Glue makes columns of them is documented two ways)"
    if reading.format in ("parquet", "orc") or not any(key == "recursiveFileLookup" for key, _ in done):
        certainty = Certainty.CONDITIONAL
        condition = "; ".join(filter(None, [condition, folders]))
    if isinstance(codec, str) and codec.lower() in _ENDINGS and reading.format in ("csv", "json", "text", "xml"):
        certainty = Certainty.CONDITIONAL
        ending = f"the files' names end in {_ENDINGS[codec.lower()]}, by which Spark tells the compression"
        condition = "; ".join(filter(None, [condition, ending]))
    gone = f"compressionType={codec} goes: Spark tells the compression by the files' names"
    notes = (*reading.findings, *((call.info(gone, ""),) if isinstance(codec, str) else ()))
    answer = Rewrite(result, certainty=certainty, condition=condition, imports=imports, compat=compat, findings=notes)
    return answer if context is None else bookmarks.kept(answer, "read_new_files")


def _stream_rewrite(
    call: GlueCall,
    reading: files.Reading,
    done: list[tuple[str, Piece]],
    where: Piece,
    attached: dict[str, Piece],
    options: Options,
) -> Answer:
    """Read whole files as streams of JSON values, and keep what is broken in them where the project counts it."""
    helper = "read_json_counted" if call.place.world.counted_errors else "read_json_stream"
    context = bookmarks.context_of(call)
    given: list[Piece] = [session_of(call), where]
    if context is not None:
        given = [
            bookmarks.documents(helper, given, context, bookmarks.bounds_of(options), bookmarks.recursion(options))
        ]
    columns: list[Piece] = [
        code("{column}: {field}", column=column, field=quoted(field)) for field, column in attached.items()
    ]
    if columns:
        given.append(code("attach={{{columns}}}", columns=joined(", ", columns)))
    if reading.schema is not None:
        given.append(code("schema={schema}", schema=reading.schema))
    for key, value in done:
        given.append("fail=True" if key == "mode" else code("{key}={value}", key=key, value=value))
    called = helper if context is None else "read_new_documents"
    answer = Rewrite(
        code("{called}({given})", called=called, given=joined(", ", given)),
        certainty=reading.certainty,
        condition=reading.condition,
        imports=(f"from glue_compat import {helper}",),
        compat=(helper,),
        findings=reading.findings,
    )
    return answer if context is None else bookmarks.kept(answer, called)


_ATTACHED = {"attachFilename": "file_path", "attachTimestamp": "file_modification_time"}
"""Options that name a column for what is known of the file -> the field of Spark's _metadata."""
_ENDINGS = {"gzip": ".gz", "bzip2": ".bz2"}


def _read_database(call: GlueCall, connection: str, options: Options, form_options: Options) -> Answer:
    if connection.lower() in LAKES:
        return read_lake(call, session_of(call), connection.lower(), options)
    if connection.lower() == "dynamodb":
        return dynamodb.read_table(call, session_of(call), options)
    if connection.lower() in connectors.TYPES:
        return connectors.read_connector(call, session_of(call), options)
    connector = connections.CONNECTORS.get(connection.lower())
    if connector is None or list(form_options.leftover()):
        return call.blocker(
            f"a {connection} source has no reader that gives the same rows",
            _ADVICE.get(connection.lower(), "read it with the connector that your workspace has for it"),
        )
    tuned = [key for key in options.values if key.lower().startswith(("hash", "enablepartitioningforsample"))]
    options.take(*tuned)
    if options.given("sampleQuery") and options.given("dbtable"):
        options.take("dbtable")
    keys = Options(
        call, {k: v for k, v in options.values.items() if k.lower().startswith("jobbookmarkkeys")}, options.literals
    )
    options.take(*keys.values)
    mapping = jdbc_types.take_mapping(call, connection, options)
    if isinstance(mapping, Finding):
        return mapping
    settled = connections.settle(call, connection, connector, options)
    if settled.blocked is not None:
        return settled.blocked
    imports, condition = settled.imports, "the driver maps column types as Glue's connector does"
    reader = code("{session}.read.format({form})", session=session_of(call), form=quoted(connector.format))
    result = code("{reader}.load()", reader=with_options(reader, settled.options))
    if mapping is not None:
        result = jdbc_types.mapped_read(session_of(call), mapping, settled.options)
        imports = (*imports, f"from glue_compat import {jdbc_types.HELPER}")
        condition = f"{condition}; {jdbc_types.CONDITION}"
    answer = Rewrite(
        result,
        certainty=Certainty.CONDITIONAL,
        condition=condition,
        imports=imports,
        compat=connections.compat_of(imports),
        findings=(*settled.findings, *_left_out(call, tuned)),
    )
    return bookmarks.database_rows(call, keys, answer) if connector.format in ("jdbc", "redshift") else answer


_CATALOG_METADATA = (
    "the definitions are in Unity Catalog now: query system.information_schema.tables and columns, or list them with spark.catalog; "
    "Glue's are taken over by `glue2lakehouse scan` and `migrate --dump`"
)
_ATHENA = (
    "the rows come from a Lambda function, which no reader here calls: make a foreign catalog where Lakehouse Federation knows the "
    "source, and read its table; or install a Spark data source for it, call it connection_type custom.spark, name its class in "
    "glue2lakehouse.yaml, connections: {NAME OF THE CONNECTION: {className: ...}}, and convert again"
)
_ADVICE = {
    "catalog": _CATALOG_METADATA,
    "com.amazonaws.services.glue.connections.datacatalogconnection": _CATALOG_METADATA,
    "custom.athena": _ATHENA,
    "marketplace.athena": _ATHENA,
    **dict.fromkeys(
        "salesforce servicenow googleanalytics4 netsuiteerp sapodata zendesk hubspot facebookads googleads".split(),
        "ingest it with Lakeflow Connect, then read the table",
    ),
    "kinesis": "read it as a stream: spark.readStream.format('kinesis')",
    "kafka": "read it with spark.read.format('kafka') and parse the value",
}


def _left_out(use: Use, keys: list[str]) -> tuple[Finding, ...]:
    """Say which tuning options go: they set how it is read in parallel, never which rows come out."""
    if not keys:
        return ()
    return (
        use.info(
            f"{', '.join(keys)} set how it is read in parallel and go", "set partitionColumn and bounds if it is slow"
        ),
    )
