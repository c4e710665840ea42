"""Options that are put together at run time, of databases and connectors: helpers take them, keys that are seen are checked before."""

from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite.io import computed, dynamodb
from glue2lakehouse.tools.rewrite.io.connection_types import CONNECTORS
from glue2lakehouse.tools.rewrite.runtime import connecting, dynamic, dynamodb_options

HEAD = "from awsglue.context import GlueContext\n\ngc = GlueContext()\n\n\ndef run(frame, table, role, more, names):\n"
READ = "    return gc.create_dynamic_frame.from_options(connection_type={kind!r}, connection_options=options)\n"
WRITE = "    gc.write_dynamic_frame.from_options(frame, {kind!r}, options)\n"
TABLE = "    options = {'dynamodb.input.tableName': table}\n"
WAYS = {
    "an item under a condition": "    if role:\n        options['dynamodb.sts.roleArn'] = role\n",
    "an item in a loop": "    for name in names:\n        options['dynamodb.region'] = name\n",
    "update by keyword": "    options.update(**{'dynamodb.region': role})\n",
    "update": "    options.update({'dynamodb.region': role})\n",
    "union": "    options |= {'dynamodb.region': role}\n",
    "a new dict": "    options = {**options, 'dynamodb.region': role}\n",
    "a second dict": "    options = dict(options, **more)\n",
    "setdefault": "    options.setdefault('dynamodb.splits', '4')\n",
    "another name": "    held = options\n    held['dynamodb.region'] = role\n",
    "other code": "    names(options)\n",
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_dict_that_is_changed_is_looked_at_when_the_job_runs(convert, blockers, way: str) -> None:
    source = HEAD + TABLE + way + READ.format(kind="dynamodb")
    assert blockers(source) == []
    converted = convert(source)
    assert (
        "return read_dynamodb_by(gc, options)" in converted.after
        or "read_dynamodb_by(spark, options)" in converted.after
    )
    assert way in converted.after


@pytest.mark.parametrize("shape", [READ, WRITE])
@pytest.mark.parametrize(
    "kind", ["dynamodb", "custom.spark", "marketplace.spark", "snowflake", "mongodb", "marketplace.jdbc"]
)
def test_the_checks_find_the_connection_again_in_the_helper(convert, kind: str, shape: str) -> None:
    source = HEAD + "    options = dict(more)\n" + shape.format(kind=kind)
    conversion = convert(source)
    found = check(source, conversion.after, "job.py", {}, {}, conversion.findings, Settings()).findings
    assert [str(f) for f in found if f.severity is Severity.BLOCKER and "glue_compat" not in f.message] == []


UNKNOWN = [way.replace("dynamodb.region", "dynamodb.x").replace("dynamodb.sts.roleArn", "dynamodb.x").replace("dynamodb.splits", "dynamodb.x")
           for name, way in WAYS.items() if name in ("an item under a condition", "an item in a loop", "update", "union", "a new dict", "setdefault")]  # fmt: skip


@pytest.mark.parametrize("way", UNKNOWN)
def test_a_key_that_one_path_may_set_and_nothing_answers_for_is_told(blockers, way: str) -> None:
    found = blockers(HEAD + TABLE + way + READ.format(kind="dynamodb"))
    assert ["option dynamodb.x of a dynamodb connection" in text for text in found] == [True]


@pytest.mark.parametrize(
    ("kind", "key", "told"),
    [
        ("mysql", "preactions", True), ("mysql", "bulkSize", False), ("custom.jdbc", "dataTypeMapping", True),
        ("custom.jdbc", "filterPredicate", True), ("redshift", "preactions", False), ("snowflake", "sfWarehouse", False),
        ("snowflake", "sfThing", True), ("mongodb", "username", False), ("mysql", "username", True), ("custom.spark", "anything", False),
        ("marketplace.spark", "partitionKeys", True), ("dynamodb", "dynamodb.input.tableName", True),
    ],
)  # fmt: skip
def test_each_connection_has_its_own_options(blockers, kind: str, key: str, told: bool) -> None:
    source = HEAD + f"    options = dict(more)\n    options[{key!r}] = role\n" + WRITE.format(kind=kind)
    assert [f"option {key} of a {kind} connection" in text for text in blockers(source)] == ([True] if told else [])


def test_an_option_of_another_function_is_not_this_ones(blockers) -> None:
    other = "\n\ndef other():\n    options = {}\n    options['dynamodb.x'] = 1\n    return options\n"
    assert blockers(HEAD + TABLE + WAYS["an item under a condition"] + READ.format(kind="dynamodb") + other) == []


S3 = "    options = {'path': 's3://b/', 'partitionKeys': names}\n    gc.write_dynamic_frame.from_options(frame, 's3', options, 'parquet')\n"


def test_a_dict_of_another_call_under_the_same_name_is_not_this_ones(blockers) -> None:
    read = READ.format(kind="dynamodb").replace("return", "frame =")
    plain = TABLE + WAYS["an item under a condition"] + read
    assert blockers(HEAD + S3 + plain) == []
    assert blockers(HEAD + plain + S3) == []
    chosen = "    if role:\n    " + S3.splitlines()[0] + "\n"
    assert len(blockers(HEAD + TABLE + chosen + WAYS["setdefault"] + read)) == 1
    assert (
        len(
            blockers(
                HEAD
                + TABLE
                + WAYS["setdefault"]
                + "    for n in names:\n    "
                + read
                + "        options['dynamodb.x'] = n\n"
            )
        )
        == 1
    )


def test_the_helpers_take_what_the_rules_take() -> None:
    assert set(dynamic._DATABASES) == computed.DATABASES
    for kind, form in dynamic._DATABASES.items():
        connector = CONNECTORS[kind]
        rules = {key.lower(): target for key, target in connector.options.items()} | {
            key.lower(): "" for key in connector.dropped
        }
        pairs = [text.partition("=") for text in dynamic._DATABASE_OPTIONS[form].split()]
        assert (form, rules) == (
            connector.format,
            {name.lower(): target if changed else name for name, changed, target in pairs},
        )
        assert dynamic._DATABASE_SECRETS[form] == connector.secrets


def test_an_option_of_a_database_goes_to_its_own_name_and_no_other() -> None:
    given = {"dbtable": "t", "url": "u", "bulksize": 5, "hashfield": "a", "samplequery": "select 1"}
    assert dynamic._database("mysql", given) == ("jdbc", {"url": "u", "batchsize": 5, "query": "select 1"})
    assert given["dbtable"] == "t"
    with pytest.raises(ValueError, match="preactions"):
        dynamic._database("mysql", {"preactions": "truncate t"})
    assert dynamic._database("redshift", {"dbtable": "t"})[1]["forward_spark_s3_credentials"] == "true"
    query = dynamic._database("redshift", {"dbtable": "t", "samplequery": "select 1", "aws_iam_role": "r"})
    assert query == ("redshift", {"query": "select 1", "aws_iam_role": "r"})
    assert dynamic._database("redshift", {"dbtable": "t", "aws_iam_role": "r"})[1] == {
        "dbtable": "t",
        "aws_iam_role": "r",
    }
    uri = dynamic._database(
        "mongodb", {"connection.uri": "mongodb://h/", "username": "a", "password": "p", "batchsize": 1}
    )
    assert uri == ("mongodb", {"connection.uri": "mongodb://a:p@h/"})
    with pytest.raises(ValueError, match=r"without connection\.uri"):
        dynamic._database("mongodb", {"username": "a"})


def test_dynamodbs_options_go_to_the_scan(monkeypatch) -> None:
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(dynamodb_options, "read_dynamodb", lambda *given, **named: calls.append((*given[1:], named)))
    monkeypatch.setattr(dynamodb_options, "write_dynamodb", lambda *given, **named: calls.append((*given[1:], named)))
    options = {
        "dynamodb.input.tableName": "t",
        "dynamodb.sts.roleArn": "r",
        "dynamodb.splits": "4",
        "dynamodb.throughput.read.percent": "1",
    }
    dynamodb_options.read_dynamodb_by(None, options)
    dynamodb_options.read_dynamodb_by(
        None, {"dynamodb.export": "ddb", "dynamodb.tableArn": "arn:t", "dynamodb.s3.bucket": "b"}
    )
    dynamodb_options.write_dynamodb_by(None, {"dynamodb.output.tableName": "u", "dynamodb.region": "eu"})
    assert calls == [("t", {"segments": "4", "role": "r"}), ("arn:t", {"tagged": True}), ("u", {"region": "eu"})]
    assert len(options) == 4
    for wrong in (
        {},
        {**options, "dynamodb.x": 1},
        {"dynamodb.export": "s3", "dynamodb.tableArn": "arn:t"},
        {"dynamodb.output.tableName": "u"},
    ):
        with pytest.raises(ValueError, match="no counterpart here"):
            dynamodb_options.read_dynamodb_by(None, wrong)
    with pytest.raises(ValueError, match="no counterpart here"):
        dynamodb_options.write_dynamodb_by(None, options)


@pytest.mark.parametrize(("verb", "options"), [("read", dynamodb.READ_OPTIONS), ("write", dynamodb.WRITE_OPTIONS)])
def test_every_option_that_the_rules_know_of_dynamodb_the_helpers_know(
    monkeypatch, verb: str, options: tuple[str, ...]
) -> None:
    for name in ("read_dynamodb", "write_dynamodb", "simplify_ddb_json"):
        monkeypatch.setattr(dynamodb_options, name, lambda *given, **named: None)
    plain = dict.fromkeys(options, "true")
    helper = getattr(dynamodb_options, f"{verb}_dynamodb_by")
    scan = {
        key: value
        for key, value in plain.items()
        if "xport" not in key and "s3" not in key and "DDBJson" not in key and "tableArn" not in key
    }
    helper(None, scan)
    if verb == "read":
        gone = ("dynamodb.input.tableName", "dynamodb.consistentRead")
        helper(None, {key: value for key, value in plain.items() if key not in gone} | {"dynamodb.export": "ddb"})


def test_a_connectors_class_and_secret_are_told_apart_from_its_options(monkeypatch) -> None:
    monkeypatch.setattr(connecting, "connection_properties", lambda scope: {"className": "held", "user": scope})
    assert connecting._given_connector({"className": "a.B", "secretId": "s", "User": "x", "t": 1}) == (
        "a.B",
        {"user": "s", "User": "x", "t": 1},
    )
    assert connecting._given_connector({"connectionName": "c", "t": 1}) == ("held", {"user": "c", "t": 1})
    for wrong in (
        {"t": 1},
        {"className": "delta"},
        {"className": "org.apache.hudi"},
        {"className": "a", "partitionKeys": ["d"]},
    ):
        with pytest.raises(ValueError, match=r"connector|lake format"):
            connecting._given_connector(wrong)


def test_hudi_options_that_are_merged_are_handed_off_once(blockers) -> None:
    source = (
        "from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
        'common = {"className": "org.apache.hudi", "hoodie.datasource.hive_sync.enable": "true"}\n'
        'first = {"hoodie.datasource.write.operation": "bulk_insert"}\n'
        'frame = glueContext.create_dynamic_frame.from_catalog("a", "b")\n'
        'for name in ("x", "y"):\n'
        '    config = {**common, **(first if input() else {}), "hoodie.table.name": name, "path": f"s3://b/{name}"}\n'
        '    glueContext.write_dynamic_frame.from_options(frame, "marketplace.spark", config)\n'
    )
    (told,) = blockers(source)
    assert "the options of a Hudi table are put together at run time" in told
