"""Read files with Spark's readers: what a read by path and format becomes, and each of its options."""

import ast
from collections.abc import Collection
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.analyses.later import mapped_later
from glue2lakehouse.tools.rewrite.code import Code, Piece, joined
from glue2lakehouse.tools.rewrite.io import bookmarks, files
from glue2lakehouse.tools.rewrite.io.file_conditions import FOLDERS, SOMETHING
from glue2lakehouse.tools.rewrite.io.lakes import LAKES, read_lake, with_options
from glue2lakehouse.tools.rewrite.io.unanswered import unanswered
from glue2lakehouse.tools.rewrite.io.unpacking import session_of
from glue2lakehouse.tools.rewrite.mapping.names import paths_code
from glue2lakehouse.tools.rewrite.options import Options, quoted, truth
from glue2lakehouse.tools.rewrite.rule import (
    FUNCTIONS,
    NOT_LITERAL,
    Answer,
    GlueCall,
    Rewrite,
    code,
)


def read_files(call: GlueCall, connection: str, options: Options, form_options: Options) -> Answer:
    """Return the read of files in the format of the call; an option without a counterpart is a blocker."""
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
    if reading.format in ("parquet", "orc") and form_options.given(*files.ATTACHED):
        reading = reading._replace(findings=(*reading.findings, _told_two_ways(call, form)))
    excluded = options.take("exclusions") if options.literal("exclusions") not in ("", "[]", None) else None
    attached = {
        field: column
        for option, field in _ATTACHED.items()
        if (column := form_options.take(option) or options.take(option)) is not None
    }
    left = sorted({*options.leftover(), *form_options.leftover()} - {"exclusions"})
    if left:
        return unanswered(call, left, "option", f"a {form} read")
    # A mode that the call asks for comes before the reader's own.
    done = list(dict([*reading.options, *settled]).items())
    if excluded is None:
        return _file_rewrite(call, reading, done, paths, options, attached)
    named = _remaining_paths(call, paths, excluded, settled)
    return _remaining(_file_rewrite(call, reading, done, named, options, attached))


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
    refused = bookmarks.bounded(call, options)
    options.take("boundedFiles", "boundedSize")
    return refused or done


def _file_rewrite(
    call: GlueCall,
    reading: files.Reading,
    done: list[tuple[str, Piece]],
    paths: Piece,
    options: Options,
    attached: dict[str, Piece],
) -> Answer:
    if attached and reading.rename_columns:
        return call.blocker(
            "the name of the file is attached to rows whose columns have no names",
            "read with a header, or name the columns, then add F.col('_metadata.file_path')",
        )
    if reading.stream:
        return _stream_rewrite(call, reading, done, paths_code(call, paths), attached, options)
    result = _read(call, reading, done, paths, options)
    imports: tuple[str, ...] = ()
    for field, column in attached.items():
        imports = (FUNCTIONS,)
        result = code(
            '{frame}.withColumn({column}, {F}.col("_metadata.{field}"))',
            frame=result, column=column, field=field, F=call.place.functions,
        )  # fmt: skip
    if reading.format == "csv":
        result = code('{frame}.fillna("")', frame=result)
    helpers = []
    if reading.format in ("json", "xml") and reading.schema is None and mapped_later(call) is None:
        helpers.append("narrow_integers")
    if reading.rename_columns:
        helpers.append("name_columns")
    for helper in helpers:
        result = code("{helper}({frame})", helper=helper, frame=result)
    codec = options.literal("compressionType", "compression")
    gone = f"compressionType={codec} goes: Spark tells the compression by the files' names"
    certainty, condition = _certainty(reading, done, codec)
    if attached:
        certainty, condition = Certainty.CONDITIONAL, "; ".join([condition, *known_of_files(call, attached)])
    answer = Rewrite(
        result,
        certainty=certainty,
        condition=condition,
        imports=(*imports, *(f"from glue_compat import {helper}" for helper in helpers)),
        compat=tuple(helpers),
        findings=(*reading.findings, *((call.info(gone, ""),) if isinstance(codec, str) else ())),
    )
    return answer if bookmarks.context_of(call) is None else bookmarks.kept(answer, "read_new_files")


def _read(
    call: GlueCall, reading: files.Reading, done: list[tuple[str, Piece]], paths: Piece, options: Options
) -> Code:
    """Return the reader with its options on the paths; under bookmarks on what is new below them."""
    where = paths_code(call, paths)
    reader = with_options(code("{session}.read", session=session_of(call)), done)
    if reading.schema is not None:
        reader = code("{reader}.schema({schema})", reader=reader, schema=reading.schema)
    context = bookmarks.context_of(call)
    if context is not None:
        form, bounds = code("{form}", form=quoted(reading.format)), bookmarks.bounds_of(options)
        return bookmarks.read_files(reader, form, where, context, bounds, bookmarks.recursion(options))
    many = isinstance(paths, ast.List | ast.Tuple) and len(paths.elts) != 1
    direct = reading.format in ("csv", "json", "parquet", "orc") and (not many or reading.format in ("csv", "json"))
    if not direct or not isinstance(paths, ast.List | ast.Tuple | ast.Constant):
        return code("{reader}.format({form}).load({where})", reader=reader, form=quoted(reading.format), where=where)
    return code("{reader}.{form}({where})", reader=reader, form=reading.format, where=where)


def _certainty(reading: files.Reading, done: list[tuple[str, Piece]], codec: object) -> tuple[Certainty, str]:
    """Return under which condition on the files the read gives Glue's rows."""
    certainty, condition = reading.certainty, reading.condition
    folders = FOLDERS
    if reading.format in ("parquet", "orc"):
        folders = f"{folders} (whether Glue makes columns of them is documented two ways)"
    if reading.format in ("parquet", "orc") or not any(key == "recursiveFileLookup" for key, _ in done):
        certainty = Certainty.CONDITIONAL
        condition = "; ".join(filter(None, [condition, folders]))
    if reading.format not in ("parquet", "orc"):
        condition = "; ".join(filter(None, [condition, SOMETHING]))
    if isinstance(codec, str) and codec.lower() in _ENDINGS and reading.format in ("csv", "json", "text", "xml"):
        certainty = Certainty.CONDITIONAL
        ending = f"the files' names end in {_ENDINGS[codec.lower()]}, by which Spark tells the compression"
        condition = "; ".join(filter(None, [condition, ending]))
    return certainty, condition


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
    if reading.kept is not None:
        helper = "read_json_choices"
    context = bookmarks.context_of(call)
    given: list[Piece] = [session_of(call), where]
    if context is not None:
        given = [
            bookmarks.documents(helper, given, context, bookmarks.bounds_of(options), bookmarks.recursion(options))
        ]
    if reading.kept is not None and reading.kept.columns is not None:
        given.append(code("[{names}]", names=", ".join(map(quoted, reading.kept.columns))))
    if reading.kept is not None and reading.lines:
        given.append(code("lines=True"))
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
        condition="; ".join([reading.condition, SOMETHING, *known_of_files(call, attached)]),
        imports=(f"from glue_compat import {helper}",),
        compat=(helper,),
        findings=reading.findings,
    )
    return answer if context is None else bookmarks.kept(answer, called)


def _told_two_ways(call: GlueCall, form: str) -> Finding:
    return call.warning(
        f"AWS documents attachFilename and attachTimestamp for all formats, and its library ignores format options of {form}",
        "drop the column where Glue's frame does not have it",
    )


def known_of_files(call: GlueCall, fields: Collection[str]) -> list[str]:
    """Return when what Spark knows of a file, by the fields of its `_metadata`, is what Glue gives."""
    names = "no file's name holds a blank, % or another character that is escaped in _metadata.file_path"
    moved = "; a file that has moved into a volume is called by its place there" if call.settings.paths else ""
    times = "attachTimestamp is a timestamp (Glue does not document its type)"
    said = {"file_path": names + moved, "file_modification_time": times}
    return [text for field, text in said.items() if field in fields]


_ATTACHED = {"attachFilename": "file_path", "attachTimestamp": "file_modification_time"}
"""Options that name a column for what is known of the file -> the field of Spark's _metadata."""
_ENDINGS = {"gzip": ".gz", "bzip2": ".bz2"}
