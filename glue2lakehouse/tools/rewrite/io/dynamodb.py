"""DynamoDB as a source and a sink: the helpers `read_dynamodb` and `write_dynamodb`, boto3 on the executors.

Glue: aws-glue-programming-etl-connect-dynamodb-home. Databricks has no connector for DynamoDB. The types of numbers and what
becomes of nulls are not documented: they are conditions, and a type that is not clear stops the job.
"""

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.code import Code, Piece, code
from glue2lakehouse.tools.rewrite.options import Options, truth
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Answer, Rewrite, Use

_ACCESS = {
    "dynamodb.region": "region",
    "dynamodb.sts.roleArn": "role",
    "dynamodb.sts.roleSessionName": "session_name",
    "dynamodb.sts.region": "sts_region",
}
_READ_TUNING = ("dynamodb.throughput.read.percent", "dynamodb.throughput.read")
_WRITE_TUNING = (
    "dynamodb.throughput.write.percent",
    "dynamodb.throughput.write",
    "dynamodb.output.numParallelTasks",
    "dynamodb.output.retry",
)
_EXPORT_ONLY = ("dynamodb.s3.bucket", "dynamodb.s3.prefix", "dynamodb.s3.bucketOwner", "dynamodb.s3.sse.algorithm")
_CREDENTIALS = "boto3 finds AWS credentials on the executors (an instance profile, a service credential)"
_TYPES = (
    f"{_CREDENTIALS}; Glue reads whole numbers as bigint, other numbers as double and maps as structs, which is not documented: "
    "the job stops where an attribute holds more than one type"
)
_NULLS = f"{_CREDENTIALS}; a field that is null is left out of the item, which is not documented"
CONDITIONS = {"read": _TYPES, "write": _NULLS}
READ_OPTIONS = (
    *_ACCESS, *_READ_TUNING, *_EXPORT_ONLY, "dynamodb.input.tableName", "dynamodb.splits", "dynamodb.consistentRead", "dynamodb.export",
    "dynamodb.tableArn", "dynamodb.simplifyDDBJson", "dynamodb.unnestDDBJson",
)  # fmt: skip
WRITE_OPTIONS = (*_ACCESS, *_WRITE_TUNING, "dynamodb.output.tableName")
"""The options that have a counterpart, as the helpers for computed ones know them too."""


def read_table(use: Use, session: Piece, options: Options) -> Answer:
    """Return the scan of a table, also where Glue exports the table to S3 and reads the export."""
    if options.given("dynamodb.export"):
        return _read_export(use, session, options)
    table = options.take("dynamodb.input.tableName")
    if table is None:
        return use.blocker("no DynamoDB table is named", "name it: dynamodb.input.tableName")
    given = _access(options)
    if (splits := options.take("dynamodb.splits")) is not None:
        given = code("{given}, segments={splits}", given=given, splits=splits)
    if (consistent := options.take("dynamodb.consistentRead")) is not None:
        given = code("{given}, consistent={consistent}", given=given, consistent=consistent)
    notes = _tuning(use, options, _READ_TUNING)
    made = code("read_dynamodb({session}, {table}{given})", session=session, table=table, given=given)
    return _refused(use, options, "source") or _helper("read_dynamodb", made, _TYPES, notes)


def _read_export(use: Use, session: Piece, options: Options) -> Answer:
    """An export holds the items with DynamoDB's names of types below a column Item, unless they are taken off."""
    kind, arn = options.literal("dynamodb.export"), options.take("dynamodb.tableArn")
    if kind != "ddb" or arn is None:
        return use.blocker(
            "an export of a DynamoDB table that is there already is read",
            "read its files: simplify_ddb_json(spark.read.json('s3://bucket/AWSDynamoDB/<export>/data/'))",
        )
    flags = {name: options.literal(f"dynamodb.{name}") for name in ("simplifyDDBJson", "unnestDDBJson")}
    if any(truth(flag) is None and flag is not NOT_LITERAL for flag in flags.values()) or any(
        options.given(f"dynamodb.{name}") and flag is NOT_LITERAL for name, flag in flags.items()
    ):
        return use.blocker("how the export is simplified is computed at run time", "write it out as true or false")
    given = _access(options)
    notes = _tuning(use, options, (*_READ_TUNING, *_EXPORT_ONLY, "dynamodb.splits"))
    off = [f"dynamodb.{name}" for name, flag in flags.items() if truth(flag) is False]
    notes += (use.info(f"{'=False, '.join(off)}=False: nothing is done", ""),) if off else ()
    if refused := _refused(use, options, "export"):
        return refused
    made = code("read_dynamodb({session}, {arn}{given}, tagged=True)", session=session, arn=arn, given=given)
    after = "simplify_ddb_json" if truth(flags["simplifyDDBJson"]) else ""
    after = after or ("unnest_ddb_json" if truth(flags["unnestDDBJson"]) else "")
    condition = (
        f"{_CREDENTIALS}; the table is scanned as it is, where Glue exports it as of one moment; numbers are text"
    )
    done = _helper("read_dynamodb", made, condition, notes)
    if not after:
        return done
    both = _helper(after, code("{after}({made})", after=after, made=made), condition, notes)
    return Rewrite(
        both.code, certainty=both.certainty, condition=condition, findings=notes,
        imports=(*done.imports, *both.imports), compat=("read_dynamodb", after),
    )  # fmt: skip


def write_table(use: Use, frame: Piece, options: Options) -> Answer:
    """Return the put of each row as an item."""
    table = options.take("dynamodb.output.tableName")
    if table is None:
        return use.blocker("no DynamoDB table is named", "name it: dynamodb.output.tableName")
    given = _access(options)
    notes = _tuning(use, options, _WRITE_TUNING)
    made = code("write_dynamodb({frame}, {table}{given})", frame=frame, table=table, given=given)
    return _refused(use, options, "sink") or _helper("write_dynamodb", made, _NULLS, notes)


def _access(options: Options) -> Code:
    given = code("")
    for key, name in _ACCESS.items():
        if (value := options.take(key)) is not None:
            given = code("{given}, {name}={value}", given=given, name=name, value=value)
    return given


def _tuning(use: Use, options: Options, keys: tuple[str, ...]) -> tuple[Finding, ...]:
    gone = [key for key in options.values if key.lower() in {name.lower() for name in keys}]
    options.take(*gone)
    if not gone:
        return ()
    verb = "goes: it sets" if len(gone) == 1 else "go: they set"
    return (use.info(f"{', '.join(gone)} {verb} how it is read or written, not what", ""),)


def _refused(use: Use, options: Options, what: str) -> Finding | None:
    if not (left := sorted(options.leftover())):
        return None
    return use.blocker(
        f"option {', '.join(left)} of a dynamodb {what} has no counterpart here",
        "drop it where it is not needed, or rewrite this call by hand",
    )


def _helper(name: str, made: Code, condition: str, notes: tuple[Finding, ...]) -> Rewrite:
    return Rewrite(
        made,
        certainty=Certainty.CONDITIONAL,
        condition=condition,
        imports=(f"from glue_compat import {name}",),
        compat=(name,),
        findings=notes,
    )
