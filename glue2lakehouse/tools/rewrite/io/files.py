"""File formats: what becomes of the options of S3 reads and writes, by format.

Source: aws-glue-programming-etl-format-* and -connect-s3 of the Glue guide, as in `tools/facts/options.csv`.
"""

import ast
from typing import NamedTuple

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.code import Piece
from glue2lakehouse.tools.rewrite.io import file_conditions as conditions
from glue2lakehouse.tools.rewrite.io.kept_choices import Kept, kept_choices
from glue2lakehouse.tools.rewrite.options import Options, quoted, truth
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, GlueCall, Use

SOURCE_DROPPED = (
    "groupFiles", "groupSize", "useS3ListImplementation", "maxBand", "maxFilesInBand", "acceptedListingTimeout",
)  # fmt: skip
"""They set how files are listed and grouped into tasks, never which rows come out."""


class Reading(NamedTuple):
    """A Spark reader: format, options, what is to be said, and when it is the same as Glue's.

    `stream` says that a file is a stream of JSON values, of which Spark's reader takes the first only, or with `lines` that each
    line is; `kept` are the columns whose values of several types are kept apart.
    """

    format: str
    options: list[tuple[str, Piece]]
    certainty: Certainty
    condition: str = ""
    rename_columns: bool = False
    findings: tuple[Finding, ...] = ()
    schema: Piece | None = None
    stream: bool = False
    lines: bool = False
    kept: Kept | None = None


class Refused(NamedTuple):
    """Why there is no Spark reader or writer for it."""

    finding: Finding


def _literal_bool(options: Options, *keys: str) -> bool | str | None:
    """Return True or False for a written-out value, None where it is not given, "dynamic" where it is computed."""
    if not options.given(*keys):
        return None
    found = truth(options.literal(*keys))
    return "dynamic" if found is None else found


def reader_for(use: Use, form: str, options: Options) -> Reading | Refused:
    """Return how Spark reads the format with these format options."""
    lowered = form.lower()
    options.take("optimizePerformance")
    if lowered in ("parquet", "glueparquet", "orc"):
        given = ", ".join(key for key in options.values if key.lower() not in ("optimizeperformance", *ATTACHED))
        options.taken |= set(options.values)
        notes = (use.info(f"the format options {given} go: Glue ignores them for {form}", ""),) if given else ()
        return Reading("orc" if lowered == "orc" else "parquet", [], Certainty.EXACT, findings=notes)
    if lowered == "csv":
        return _csv(use, options)
    if lowered == "json":
        return _json(use, options)
    if lowered == "avro":
        asked = options.literal("version")
        gone = (
            (use.info(f"version {asked} goes: Spark's reader knows no other", ""),) if options.given("version") else ()
        )
        return Reading("avro", [], Certainty.CONDITIONAL, "the files hold no Avro logical types", findings=gone)
    if lowered == "xml":
        return _xml(use, options)
    return Refused(
        use.blocker(
            f"Spark has no reader for the format {form}",
            "read it with a library of its own, or convert the files first",
        )
    )


def _passed(options: Options, names: dict[str, str]) -> list[tuple[str, Piece]]:
    return [(target, value) for key, target in names.items() if (value := options.take(key)) is not None]


def _csv(use: Use, options: Options) -> Reading | Refused:
    done = _passed(
        options, {"separator": "sep", "multiLine": "multiLine", "encoding": "encoding", "charset": "encoding"}
    )
    header = _literal_bool(options, "withHeader")
    if header == "dynamic" or truth(options.literal("skipFirst")) is True:
        return Refused(
            use.blocker(
                "the CSV header is skipped or switched on at run time",
                "read with header or without, and name the columns",
            )
        )
    options.take("skipFirst", "strictCheckForQuoting", "inferSchema")
    if header:
        done.insert(0, ("header", "True"))
    quote = options.literal("quoteChar")
    if quote in (-1, "-1"):
        done.append(("quote", '""'))
    elif quote is not NOT_LITERAL and isinstance(quote, str):
        done.append(("quote", quoted(quote)))
    elif options.given("quoteChar"):
        done.append(("quote", options.take("quoteChar") or ""))
    escape = options.take("escaper")
    done.append(("escape", escape if escape is not None else _doubled(options)))
    return Reading(
        "csv",
        done,
        Certainty.CONDITIONAL,
        conditions.csv_rows(bool(header)),
        not header,
        findings=() if escape is None else (_escaped(use),),
    )


def _doubled(options: Options) -> Piece:
    """Return the escape character under which a quote within quotes is doubled, as Glue has it: the quote itself."""
    quote = options.literal("quoteChar")
    if options.given("quoteChar") and quote is NOT_LITERAL:
        return options.take("quoteChar") or ""
    return quoted(quote if isinstance(quote, str) and len(quote) == 1 else '"')


def _escaped(use: Use) -> Finding:
    return use.warning(
        "Glue takes the character after the escaper as it is anywhere, and \\n, \\r, \\t, \\0 for what they stand for; Spark "
        "escapes a quote within quotes and nothing else, and no longer takes a doubled quote for one",
        "look whether the files escape anything but quotes within quotes; if they do, read lines of text and split them",
    )


def _json(use: Use, options: Options) -> Reading | Refused:
    done = _passed(options, {"encoding": "encoding"})
    path = options.literal("jsonPath")
    if options.given("jsonPath") and path not in ("$[*]", "$", "$.*"):
        return Refused(
            use.blocker(
                f"jsonPath {path if path is not NOT_LITERAL else ''} picks the records inside each document",
                "read with multiLine, then explode the array that holds the records",
            )
        )
    if path == "$.*":
        return Refused(
            use.blocker("jsonPath $.* makes a record of every member", "read with multiLine and stack the members")
        )
    stream = path == "$[*]" or (options.given("multiline") and truth(options.literal("multiline")) is not False)
    options.take("multiline")
    kept = kept_choices(use) if isinstance(use, GlueCall) else None
    if stream or use.place.world.counted_errors or kept is not None:
        return _kept_apart(_json_stream(use, done, options), kept, stream)
    if options.given("withSchema"):
        return _with_schema(use, "json", [*done, FAIL], options)
    return Reading(
        "json",
        [*done, ("mode", '"DROPMALFORMED"')],
        Certainty.CONDITIONAL,
        f"{conditions.ONE_TYPE}; {conditions.SET_ASIDE}",
    )


def _kept_apart(found: Reading | Refused, kept: Kept | None, stream: bool) -> Reading | Refused:
    """Return the read with the columns that are to be kept apart, one record a line where the files are no streams."""
    if kept is None or isinstance(found, Refused):
        return found
    named = kept.columns is not None
    others = f"but for {', '.join(kept.columns or ())}, {conditions.ONE_TYPE}" if named else conditions.UNTYPED
    memory = (
        "each file fits in a task's memory" if stream else f"no record goes over several lines, and {conditions.ALONE}"
    )
    told = "; ".join([others, "columns of several kinds of numbers stop the job", memory])
    return found._replace(kept=kept, lines=not stream, condition=told)


def _json_stream(use: Use, done: list[tuple[str, Piece]], options: Options) -> Reading | Refused:
    """Records over several lines, several in one line, or records whose errors are counted: whole files go to a helper."""
    encoding = options.literal("encoding")
    if done and str(encoding).lower().replace("-", "") != "utf8":
        return Refused(
            use.blocker(
                "JSON of another encoding than UTF-8 is read as a stream of values",
                "write the files in UTF-8, or one record a line without multiline",
            )
        )
    if options.given("withSchema"):
        found = _with_schema(use, "json", [], options)
        return found._replace(stream=True) if isinstance(found, Reading) else found
    return Reading(
        "json", [], Certainty.CONDITIONAL, f"{conditions.ONE_TYPE}; each file fits in a task's memory", stream=True
    )


ATTACHED = ("attachfilename", "attachtimestamp")
"""Options of all formats (lower case): columns for what is known of the file."""
FAIL: tuple[str, Piece] = ("mode", '"FAILFAST"')


def _with_schema(use: Use, form: str, done: list[tuple[str, Piece]], options: Options) -> Reading | Refused:
    """Hand the schema object itself to the reader where it is seen how its text is made: `json.dumps(s.jsonValue())`."""
    given = options.take("withSchema")
    made = use.value_of(given) if isinstance(given, ast.expr) else None
    if isinstance(made, ast.Call) and ast.unparse(made.func) in ("json.dumps", "dumps") and len(made.args) == 1:
        inner = use.value_of(made.args[0])
        schema = inner.func.value if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) else None
        if (
            isinstance(inner, ast.Call)
            and use.place.world.callees.get(inner) == "awsglue.gluetypes.StructType.jsonValue"
        ):
            condition = "every record is well-formed and fits the schema that the reader is given; the read fails where one does not"
            return Reading(form, done, Certainty.CONDITIONAL, condition, schema=schema)
    return Refused(
        use.blocker(
            f"the {form.upper()} reader is given a schema in Glue's own notation",
            "give Spark's reader the StructType, or a schema as DDL text: .schema(...)",
        )
    )


def _xml(use: Use, options: Options) -> Reading | Refused:
    done = _passed(
        options,
        {
            "rowTag": "rowTag",
            "encoding": "charset",
            "excludeAttribute": "excludeAttribute",
            "attributePrefix": "attributePrefix",
            "valueTag": "valueTag",
            "ignoreSurroundingSpaces": "ignoreSurroundingSpaces",
        },
    )
    if not options.given("ignoreSurroundingSpaces"):
        # Spark takes the spaces around a text away unless it is told not to.
        done.append(("ignoreSurroundingSpaces", "False"))
    empties = _literal_bool(options, "treatEmptyValuesAsNulls")
    blank = "; no element holds white space alone" if empties is True else ""
    if empties is True:
        done.append(("nullValue", '""'))
    if empties == "dynamic":
        return Refused(use.blocker("treatEmptyValuesAsNulls is computed at run time", "write it out as True or False"))
    if options.given("withSchema"):
        return _with_schema(use, "xml", [*done, FAIL], options)
    return Reading(
        "xml",
        [*done, FAIL],
        Certainty.CONDITIONAL,
        "each element holds one type, and occurs once or always as a list; no row element closes itself, which Glue does not "
        f"support; no element holds a date or a time, of which Spark makes dates and timestamps{blank}; every file is well-formed: the read fails where one is not, and Glue sets it aside",
    )


class Writing(NamedTuple):
    """A Spark writer: format and options, when it writes what Glue's does, and what is to be said.

    `joined` is the separator that the columns are joined by beforehand, where no value is to be quoted; `guard` names the helper
    that stops the job where a column is of a type that Glue writes otherwise.
    """

    format: str
    options: list[tuple[str, Piece]]
    condition: str = ""
    findings: tuple[Finding, ...] = ()
    joined: Piece | None = None
    guard: str = ""


def writer_for(use: Use, form: str, options: Options) -> Writing | Refused:
    """Return how Spark writes the format with these format options; blocks where an option is not known."""
    lowered = form.lower()
    if lowered in ("parquet", "glueparquet", "orc"):
        done = _passed(options, {"compression": "compression"})
        options.take("useGlueParquetWriter", "blockSize", "pageSize", "rowGroupSize", "pageSizeBytes")
        return Writing("orc" if lowered == "orc" else "parquet", done)
    if lowered == "csv":
        return _csv_writer(use, options)
    if lowered == "json":
        said = f"{conditions.TIMES}; {conditions.NULLS}"
        return Writing("json", _passed(options, {"compression": "compression"}), said)
    if lowered == "avro":
        return _avro_writer(use, options)
    return Refused(use.blocker(f"Spark has no writer for the format {form}", "write another format, or use a library"))


def _avro_writer(use: Use, options: Options) -> Writing | Refused:
    version = options.literal("version") if options.given("version") else "1.7"
    if version not in ("1.7", "1.8"):
        return Refused(use.blocker("the version of Avro is not written out", 'name it: "version": "1.8"'))
    options.take("version")
    if version == "1.8":
        return Writing("avro", [], findings=(use.info("version 1.8 goes: Spark writes Avro with logical types", ""),))
    condition = (
        "no column is a decimal, date or timestamp, of which Glue's Avro 1.7 makes strings: the job stops where one is"
    )
    return Writing("avro", [], condition, guard="without_logical_types")


def _csv_writer(use: Use, options: Options) -> Writing | Refused:
    done: list[tuple[str, Piece]] = []
    header = _literal_bool(options, "writeHeader")
    options.take("withHeader", "optimizePerformance", "strictCheckForQuoting")
    if header == "dynamic":
        done.append(("header", options.take("writeHeader") or "True"))
    else:
        done.append(("header", "False" if header is False else "True"))
    quote = options.literal("quoteChar")
    if quote in (-1, "-1"):
        return _unquoted(options, done)
    done += _passed(options, {"separator": "sep", "compression": "compression"})
    if options.given("quoteChar"):
        done.append(("quote", options.take("quoteChar") or ""))
        if quote != '"':
            # Spark writes an empty text as two double quotes, whatever the quote character is.
            done.append(("emptyValue", '""'))
    done += [("escape", _doubled(options)), *UNTRIMMED]
    gone: tuple[Finding, ...] = ()
    if options.take("escaper") is not None:
        gone = (use.info("escaper goes: Glue escapes with it when it reads CSV, not when it writes", ""),)
    return Writing("csv", done, f"{conditions.TIMES}; {conditions.EMPTIES}", gone)


def _unquoted(options: Options, done: list[tuple[str, Piece]]) -> Writing:
    """Columns that are joined beforehand are written as one column, with a separator and a quote that no text holds."""
    done += [
        *_passed(options, {"compression": "compression"}),
        ("sep", r'"\x01"'),
        ("quote", '""'),
        ("emptyValue", '""'),
    ]
    options.take("escaper")
    separator = options.take("separator") or quoted(",")
    return Writing("csv", [*done, *UNTRIMMED], f"{conditions.TIMES}; no value holds a line break", joined=separator)


UNTRIMMED: tuple[tuple[str, Piece], ...] = (("ignoreLeadingWhiteSpace", "False"), ("ignoreTrailingWhiteSpace", "False"))
"""Glue's writer puts a text with blanks in quotes and keeps it as it is; Spark's takes the blanks at its ends away."""
