"""Hudi writes as writes to Delta tables: which rows stay, and what of Hudi's options may change that."""

from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.rewrite import JobFacts

HEAD = (
    "from awsglue.context import GlueContext\n\nglueContext = GlueContext()\nspark = glueContext.spark_session\n"
    'frame = glueContext.create_dynamic_frame.from_catalog("a", "b")\n'
)
KEYED = {
    "path": "s3://b/t/",
    "hoodie.table.name": "t",
    "hoodie.datasource.write.recordkey.field": "id",
    "hoodie.datasource.write.precombine.field": "at",
}
SYNCED = {
    "hoodie.datasource.hive_sync.enable": "true",
    "hoodie.datasource.hive_sync.database": "d",
    "hoodie.datasource.hive_sync.table": "u",
}
PARTITION = {"hoodie.datasource.write.partitionpath.field": "day"}
NOT_PARTITIONED = {"hoodie.datasource.write.keygenerator.class": "org.apache.hudi.keygen.NonpartitionedKeyGenerator"}


def operation(name: str) -> dict[str, str]:
    return {"hoodie.datasource.write.operation": name}


def sink(options: dict[str, object], connection: str = "marketplace.spark") -> str:
    return (
        f"{HEAD}glueContext.write_dynamic_frame.from_options("
        f"frame=frame, connection_type={connection!r}, connection_options={options!r})\n"
    )


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({}, "upsert_rows(frame, 's3://b/t/', 'id', 'at')"),
        (SYNCED, 'upsert_rows(frame, "main.d.u", \'id\', \'at\')'),
        ({**SYNCED, "hoodie.datasource.hive_sync.enable": "false"}, "upsert_rows(frame, 's3://b/t/', 'id', 'at')"),
        (PARTITION, "upsert_rows(frame, 's3://b/t/', 'id', 'at', partitions='day')"),
        ({**PARTITION, **NOT_PARTITIONED}, "upsert_rows(frame, 's3://b/t/', 'id', 'at')"),
        ({"hoodie.datasource.write.partitionpath.field": ""}, "upsert_rows(frame, 's3://b/t/', 'id', 'at')"),
        ({**PARTITION, "hoodie.index.type": "GLOBAL_BLOOM", "hoodie.bloom.index.update.partition.path": "true"},
         "upsert_rows(frame, 's3://b/t/', 'id', 'at')"),
        ({**PARTITION, "hoodie.index.type": "BLOOM"}, "upsert_rows(frame, 's3://b/t/', 'id', 'at', partitions='day')"),
        ({"hoodie.datasource.write.payload.class": "org.apache.hudi.common.model.DefaultHoodieRecordPayload"},
         "upsert_rows(frame, 's3://b/t/', 'id', 'at', later_only=True)"),
        ({"hoodie.datasource.write.payload.class": "org.apache.hudi.common.model.EmptyHoodieRecordPayload"},
         "delete_rows(frame, 's3://b/t/', 'id')"),
        ({**operation("delete"), **PARTITION}, "delete_rows(frame, 's3://b/t/', 'id', partitions='day')"),
        (operation("bulk_insert"), "frame.write.mode(\"append\").format(\"delta\").save('s3://b/t/')"),
        ({**operation("insert"), **SYNCED}, 'frame.write.mode("append").saveAsTable("main.d.u")'),
        ({**operation("insert_overwrite"), **PARTITION}, "replace_partitions(frame, 's3://b/t/', 'day')"),
        ({**operation("insert_overwrite_table"), **PARTITION}, "replace_partitions(frame, 's3://b/t/')"),
        ({"hoodie.upsert.shuffle.parallelism": 3, "hoodie.cleaner.policy": "KEEP_LATEST_COMMITS",
          "hoodie.datasource.write.table.type": "COPY_ON_WRITE", "hoodie.combine.before.upsert": "true",
          "hoodie.datasource.write.insert.drop.duplicates": "false"}, "upsert_rows(frame, 's3://b/t/', 'id', 'at')"),
    ],
)  # fmt: skip
def test_the_options_say_which_write_it_is(convert, blockers, options: dict[str, object], line: str) -> None:
    source = sink({**KEYED, **options})
    assert convert(source).after.splitlines()[-1] == line
    assert blockers(source) == []


@pytest.mark.parametrize(
    ("why", "options"),
    [
        ("rows of one key are merged by code of its own", {"hoodie.datasource.write.payload.class": "a.b.MyPayload"}),
        ("rows of one key are merged by code of its own", {"hoodie.datasource.write.record.merge.mode": "CUSTOM"}),
        ("partitions are made of a time", {**PARTITION, "hoodie.datasource.write.keygenerator.class": "a.TimestampBasedKeyGenerator"}),
        ("partitions are made of a time", {**PARTITION, "hoodie.datasource.write.keygenerator.type": "CUSTOM"}),
        ("partitions are made of a time", {"hoodie.datasource.write.partitionpath.field": "day:TIMESTAMP"}),
        ("keys stay in their old partition", {**PARTITION, "hoodie.index.type": "GLOBAL_BLOOM"}),
        ("keys stay in their old partition", {**PARTITION, "hoodie.index.type": "GLOBAL_SIMPLE", "hoodie.simple.index.update.partition.path": "false"}),
        ("keys stay in their old partition", {**PARTITION, "hoodie.index.type": "RECORD_INDEX"}),
        ("an upsert becomes an insert of new keys", {"hoodie.datasource.write.insert.drop.duplicates": "true"}),
        ("rows of one key all go in", {"hoodie.combine.before.upsert": "false"}),
        ("one of each key goes in", {**operation("insert"), "hoodie.combine.before.insert": "true"}),
        ("whole partitions go", operation("delete_partition")),
        ("no option that is known", {"hoodie.novel": "x"}),
        ("a sink of DynamicFrames appends", {"saveMode": "overwrite"}),
    ],
)  # fmt: skip
def test_what_would_be_other_rows_is_handed_off(convert, blockers, why: str, options: dict[str, object]) -> None:
    source = sink({**KEYED, **options})
    assert "write_dynamic_frame.from_options" in convert(source).after, why
    assert len(blockers(source)) == 1


@pytest.mark.parametrize("given", [{"path": "s3://b/"}, {"hoodie.datasource.write.recordkey.field": "id"}])
def test_a_write_without_key_or_target_is_handed_off(blockers, given: dict[str, object]) -> None:
    assert len(blockers(sink({**given, "hoodie.table.name": "t"}))) == 1


def test_from_glue_5_1_a_stored_row_that_is_newer_stays(convert) -> None:
    upsert = sink(KEYED)
    assert "later_only=True" in convert(upsert, facts=JobFacts(glue_version="5.1")).after
    assert "later_only" not in convert(upsert, facts=JobFacts(glue_version="5.0")).after
    unordered = {key: value for key, value in KEYED.items() if "precombine" not in key}
    assert "later_only" not in convert(sink(unordered), facts=JobFacts(glue_version="5.1")).after


@pytest.mark.parametrize(("version", "told"), [("4.0", True), ("5.1", False)])
def test_an_insert_says_what_hudi_before_1_0_does_with_small_files(convert, version: str, told: bool) -> None:
    found = convert(sink({**KEYED, **operation("insert")}), facts=JobFacts(glue_version=version)).findings
    assert any("small file" in f.message for f in found if f.severity is Severity.WARNING) is told


def test_a_catalog_write_goes_to_the_table_it_names(convert, blockers) -> None:
    source = HEAD + (
        'glueContext.write_data_frame.from_catalog(frame.toDF(), "d", "t", '
        'additional_options={"hoodie.datasource.write.recordkey.field": "id", "path": "s3://x/"})\n'
    )
    assert convert(source).after.splitlines()[-1] == 'upsert_rows(frame, "main.d.t", "id")'
    assert blockers(source) == []


def test_the_name_of_a_synchronised_table_may_be_computed(convert) -> None:
    source = (
        f"{HEAD}\n\ndef save(frame, where):\n    options = {{**{KEYED!r}, **{SYNCED!r}, "
        "'hoodie.datasource.hive_sync.table': where}\n"
        "    glueContext.write_dynamic_frame.from_options(glueContext.create_dynamic_frame.from_catalog('a', 'b'), 'hudi', options)\n"
    )
    line = '".".join(["main.d", options["hoodie.datasource.hive_sync.table"]])'
    assert line in convert(source).after


@pytest.mark.parametrize(
    "held",
    [
        "options = {{**base, **{more}}}",
        "options = dict(base, **{more})",
        "options = base | {more}",
        "rest = {more}\noptions = base | rest",
        "options = {{**base.copy(), **dict({more})}}",
    ],
)
def test_options_may_be_merged_in_any_way(convert, blockers, held: str) -> None:
    source = (
        f"{HEAD}base = {KEYED!r}\n{held.format(more=operation('bulk_insert'))}\n"
        'glueContext.write_dynamic_frame.from_options(frame, "marketplace.spark", options)\n'
    )
    assert convert(source).after.splitlines()[-1] == 'frame.write.mode("append").format("delta").save(options["path"])'
    assert blockers(source) == []


COLUMNS = "id int, at int, name string"


@pytest.fixture
def table(spark: Any, tmp_path: Path) -> str:
    place = str(tmp_path / "orders")
    spark.createDataFrame([(1, 4, "old"), (2, 1, "kept")], COLUMNS).write.format("delta").save(place)
    return place


def rows_of(spark: Any, place: str) -> list[tuple[object, ...]]:
    return sorted(tuple(row) for row in spark.read.format("delta").load(place).collect())


@pytest.mark.spark
def test_an_upsert_replaces_by_key_adds_the_rest_and_takes_the_newest_of_several(spark: Any, table: str) -> None:
    from glue2lakehouse.tools.rewrite.runtime.upserting import upsert_rows

    frame = spark.createDataFrame([(1, 5, "late"), (1, 3, "early"), (3, None, "new")], COLUMNS)
    upsert_rows(frame, table, "id", "at")
    assert rows_of(spark, table) == [(1, 5, "late"), (2, 1, "kept"), (3, None, "new")]
    upsert_rows(spark.createDataFrame([(3, 9, "once")], COLUMNS), table, "id, name")
    assert spark.read.format("delta").load(table).count() == 4


@pytest.mark.spark
def test_an_older_row_counts_unless_only_later_ones_do(spark: Any, table: str) -> None:
    from glue2lakehouse.tools.rewrite.runtime.upserting import upsert_rows

    older = spark.createDataFrame([(1, 3, "older")], COLUMNS)
    upsert_rows(older, table, "id", "at", later_only=True)
    assert (1, 4, "old") in rows_of(spark, table)
    upsert_rows(older, table, "id", "at")
    assert (1, 3, "older") in rows_of(spark, table)


@pytest.mark.spark
def test_a_key_is_one_within_its_partition(spark: Any, table: str) -> None:
    from glue2lakehouse.tools.rewrite.runtime.upserting import delete_rows, upsert_rows

    upsert_rows(spark.createDataFrame([(1, 9, "other"), (1, 9, "old")], COLUMNS), table, "id", partitions="name")
    assert rows_of(spark, table) == [(1, 9, "old"), (1, 9, "other"), (2, 1, "kept")]
    delete_rows(spark.createDataFrame([(1, 0, "other")], COLUMNS), table, "id", partitions="name")
    assert rows_of(spark, table) == [(1, 9, "old"), (2, 1, "kept")]
    delete_rows(spark.createDataFrame([(1, 0, "x"), (1, 0, "y"), (7, 0, "z")], COLUMNS), table, "id")
    assert rows_of(spark, table) == [(2, 1, "kept")]


@pytest.mark.spark
def test_a_column_called_like_the_rank_of_a_row_stays(spark: Any, tmp_path: Path) -> None:
    from glue2lakehouse.tools.rewrite.runtime.upserting import upsert_rows

    place = str(tmp_path / "t")
    upsert_rows(spark.createDataFrame([(1, 3, 8), (1, 4, 9)], "id int, at int, Rank_of_row int"), place, "id", "at")
    assert rows_of(spark, place) == [(1, 4, 9)]


@pytest.mark.spark
def test_ts_orders_rows_where_nothing_is_named_and_deleted_rows_go(spark: Any, tmp_path: Path) -> None:
    from glue2lakehouse.tools.rewrite.runtime.upserting import upsert_rows

    place, columns = str(tmp_path / "t"), "id int, ts int, _hoodie_is_deleted boolean"
    upsert_rows(spark.createDataFrame([(1, 1, False), (1, 2, None), (2, 1, None), (3, 1, True)], columns), place, "id")
    assert rows_of(spark, place) == [(1, 2, None), (2, 1, None)]
    upsert_rows(spark.createDataFrame([(2, 2, True), (4, 2, True)], columns), place, "id")
    assert rows_of(spark, place) == [(1, 2, None)]


@pytest.mark.spark
def test_new_columns_are_added_and_missing_ones_and_keys_are_refused(spark: Any, table: str) -> None:
    from glue2lakehouse.tools.rewrite.runtime.upserting import upsert_rows

    upsert_rows(spark.createDataFrame([(1, 5, "x", True)], f"{COLUMNS}, vip boolean"), table, "id", "at")
    assert rows_of(spark, table) == [(1, 5, "x", True), (2, 1, "kept", None)]
    with pytest.raises(ValueError, match="has columns that the rows to upsert do not: vip"):
        upsert_rows(spark.createDataFrame([(1, 5, "x")], COLUMNS), table, "id", "at")
    with pytest.raises(Exception, match="a row to write has no id, which is its key"):
        upsert_rows(spark.createDataFrame([(None, 5, "x", True)], f"{COLUMNS}, vip boolean"), table, "id", "at")


@pytest.mark.spark
def test_partitions_are_replaced_however_the_table_is_laid_out(spark: Any, table: str) -> None:
    from glue2lakehouse.tools.rewrite.runtime.upserting import replace_partitions

    replace_partitions(spark.createDataFrame([(7, 7, "old"), (8, 8, "it's")], COLUMNS), table, "name")
    assert rows_of(spark, table) == [(2, 1, "kept"), (7, 7, "old"), (8, 8, "it's")]
    replace_partitions(spark.createDataFrame([], COLUMNS), table, "name")
    assert len(rows_of(spark, table)) == 3
    replace_partitions(spark.createDataFrame([(9, 9, None)], COLUMNS), table)
    assert rows_of(spark, table) == [(9, 9, None)]
    replace_partitions(spark.createDataFrame([(10, 9, None)], COLUMNS), table, "name, at")
    assert rows_of(spark, table) == [(10, 9, None)]


OPTIONS_OF_HUDI = "def hudi(table):\n    return {'className': 'org.apache.hudi', 'hoodie.table.name': table}\n"
COMPUTED = "glue.write_dynamic_frame.from_options(frame=frame, connection_type='marketplace.spark', connection_options=made('t'))\n"


@pytest.mark.parametrize(
    ("line", "other", "handed_off"),
    [
        ("from options import hudi as made\n", OPTIONS_OF_HUDI, True),
        ("from options import hudi as made\n", OPTIONS_OF_HUDI.replace("hoodie.table.name", "dbtable"), False),
        ("from plain import made\n", OPTIONS_OF_HUDI, False),
    ],
)
def test_options_that_a_function_of_another_module_makes_may_be_those_of_hudi(
    convert, line: str, other: str, handed_off: bool
) -> None:
    conversion = convert(line + HEAD + COMPUTED, options=other, plain="def made(table):\n    return load(table)\n")
    blockers = [f.message for f in conversion.findings if f.severity is Severity.BLOCKER]
    assert any("options of a Hudi table" in message for message in blockers) is handed_off


def test_options_of_a_catalog_write_that_may_be_those_of_hudi_are_warned_of(convert) -> None:
    line = "glue.write_dynamic_frame.from_catalog(frame, 'd', 't', additional_options=made('t'))\n"
    conversion = convert("from options import hudi as made\n" + HEAD + line, options=OPTIONS_OF_HUDI)
    assert any("options of Hudi" in f.message for f in conversion.findings if f.severity is Severity.WARNING)
