"""Databases and tables that the AWS client makes, changes and drops are made, changed and dropped in Unity Catalog."""

from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from glue2lakehouse.tools.ddl.model import TableDefinition
from glue2lakehouse.tools.ddl.storage import storage_of
from glue2lakehouse.tools.rewrite.runtime.catalog import get_database, get_partitions, get_table, get_tables
from glue2lakehouse.tools.rewrite.runtime.catalog_writes import (
    batch_delete_table,
    create_database,
    create_table,
    delete_database,
    delete_table,
    update_table,
)
from glue2lakehouse.tools.rewrite.runtime.table_inputs import table_parts, table_refusals

HIVE = "org.apache.hadoop.hive.ql.io."
SERDES = {
    "parquet": (HIVE + "parquet.MapredParquetInputFormat", HIVE + "parquet.serde.ParquetHiveSerDe"),
    "orc": (HIVE + "orc.OrcInputFormat", HIVE + "orc.OrcSerde"),
    "avro": (HIVE + "avro.AvroContainerInputFormat", "org.apache.hadoop.hive.serde2.avro.AvroSerDe"),
    "json": ("org.apache.hadoop.mapred.TextInputFormat", "org.openx.data.jsonserde.JsonSerDe"),
    "text": ("org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"),
    "opencsv": ("org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.serde2.OpenCSVSerde"),
}


def table_input(
    kind: str = "parquet", place: str = "s3://b/t", serde: dict[str, str] | None = None, **more: Any
) -> Any:
    """A TableInput as scripts write it: what is given here goes over it, into the StorageDescriptor where it is a part of that."""
    files, library = SERDES[kind]
    storage = {
        "Columns": [{"Name": "id", "Type": "int"}, {"Name": "item", "Type": "string", "Comment": "what's sold"}],
        "Location": place,
        "InputFormat": files,
        "OutputFormat": HIVE + "HiveIgnoreKeyTextOutputFormat",
        "Compressed": False,
        "NumberOfBuckets": -1,
        "SerdeInfo": {"SerializationLibrary": library, "Parameters": serde or {"serialization.format": "1"}},
        "BucketColumns": [],
        "SortColumns": [],
        "StoredAsSubDirectories": False,
    }
    own = {
        key: more.pop(key)
        for key in list(more)
        if key in (*storage, "AdditionalLocations", "SkewedInfo", "SchemaReference")
    }
    told = {
        "Name": "t",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "csv" if kind in ("text", "opencsv") else kind},
    }
    return {**told, "StorageDescriptor": {**storage, **own}, **more}


@pytest.mark.spark
@pytest.mark.parametrize("named", [False, True])
def test_a_table_is_made_over_its_files_and_dropped_without_them(spark: Any, tmp_path: Path, named: bool) -> None:
    errors = boto3.client("glue", region_name="eu-west-1").exceptions if named else None
    missing = errors.EntityNotFoundException if errors else ClientError
    there = errors.AlreadyExistsException if errors else ClientError
    place = str(tmp_path / "t")
    spark.sql("SELECT 1 id, 'a' item, '01' day").write.partitionBy("day").parquet(place)
    given = table_input(
        place=place, PartitionKeys=[{"Name": "day", "Type": "string"}], Description="it's sold", Owner="hadoop"
    )

    with pytest.raises(missing, match=r"EntityNotFoundException.*CreateTable"):
        create_table("shop", given, errors=errors)
    with pytest.raises(missing, match=r"EntityNotFoundException.*GetDatabase") as caught:
        get_database("shop", errors=errors)
    assert caught.value.response["Error"]["Code"] == "EntityNotFoundException"
    made = create_database(
        "spark_catalog",
        {"Name": "shop", "Description": "all", "LocationUri": "s3://b/shop", "Parameters": {"a": "1"}},
        errors=errors,
    )
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert get_database("shop") == {"Database": {"Name": "shop", "Description": "all", "LocationUri": "s3://b/shop"}}
    with pytest.raises(there, match=r"AlreadyExistsException.*CreateDatabase"):
        create_database("spark_catalog", {"Name": "shop"}, errors=errors)

    create_table("shop", given, errors=errors)
    with pytest.raises(there, match=r"AlreadyExistsException.*CreateTable") as caught:
        create_table("shop", given, errors=errors)
    assert caught.value.response["Error"]["Code"] == "AlreadyExistsException"
    table = get_table("shop.t")["Table"]
    assert table["PartitionKeys"] == [{"Name": "day", "Type": "string"}]
    assert table["StorageDescriptor"]["Columns"] == given["StorageDescriptor"]["Columns"]
    assert table["StorageDescriptor"]["Location"].endswith(place)
    assert spark.table("shop.t").count() == 0
    spark.sql("MSCK REPAIR TABLE shop.t")
    assert spark.table("shop.t").collect() == [(1, "a", "01")]

    delete_table("shop.t", errors=errors)
    for name, call in (("GetTable", get_table), ("DeleteTable", delete_table), ("GetPartitions", get_partitions)):
        with pytest.raises(missing, match=f"EntityNotFoundException.*{name}"):
            call("shop.t", errors=errors)
    assert spark.read.parquet(place).count() == 1
    delete_database("shop", errors=errors)
    for name, call in (("DeleteDatabase", delete_database), ("GetTables", get_tables)):
        with pytest.raises(missing, match=f"EntityNotFoundException.*{name}"):
            call("shop", errors=errors)


@pytest.mark.spark
def test_no_table_goes_whose_rows_would_go_with_it(spark: Any, tmp_path: Path) -> None:
    spark.sql("CREATE SCHEMA shop")
    spark.sql("CREATE TABLE shop.held USING parquet AS SELECT 1 id")
    spark.sql("CREATE VIEW shop.seen AS SELECT id FROM shop.held")
    create_table("shop", table_input(place=str(tmp_path / "t")))
    with pytest.raises(ValueError, match=r"shop.held is MANAGED"):
        delete_table("shop.held")
    for drop in (lambda: delete_database("shop"), lambda: batch_delete_table("shop", ["t", "held"])):
        with pytest.raises(ValueError, match=r"is MANAGED"):
            drop()
        assert {row.tableName for row in spark.sql("SHOW TABLES IN shop").collect()} == {"held", "seen", "t"}
    (error,) = batch_delete_table("shop", ["t", "nothing", "seen"])["Errors"]
    assert (error["TableName"], error["ErrorDetail"]["ErrorCode"]) == ("nothing", "EntityNotFoundException")
    assert [row.tableName for row in spark.sql("SHOW TABLES IN shop").collect()] == ["held"]
    assert batch_delete_table("shop", [])["Errors"] == []
    with pytest.raises(ClientError, match="EntityNotFoundException"):
        batch_delete_table("nowhere", ["t"])
    spark.sql("CREATE FUNCTION shop.f AS 'org.example.F'")
    spark.sql("DROP TABLE shop.held")
    with pytest.raises(Exception, match="SCHEMA_NOT_EMPTY"):
        delete_database("shop")


@pytest.mark.spark
def test_a_table_is_brought_in_line_in_place_or_not_at_all(spark: Any, tmp_path: Path) -> None:
    spark.sql("CREATE SCHEMA shop")
    day = [{"Name": "day", "Type": "string"}]
    given = table_input(
        place=str(tmp_path / "t"),
        PartitionKeys=day,
        Parameters={"classification": "parquet", "a": "1", "it's locked": "x"},
    )
    with pytest.raises(ClientError, match=r"EntityNotFoundException.*UpdateTable"):
        update_table("shop", given)
    create_table("shop", given)
    before = spark.sql("SHOW TBLPROPERTIES shop.t").collect()
    update_table("shop", given)
    assert spark.sql("SHOW TBLPROPERTIES shop.t").collect() == before

    columns = [{"Name": "ID", "Type": "integer", "Comment": "key"}, {"Name": "item", "Type": "string"},
               {"Name": "parts", "Type": "struct<long:bigint,n:decimal(10,2)>"}]  # fmt: skip
    wider = table_input(
        place=str(tmp_path / "t") + "/", PartitionKeys=day, Columns=columns, Description="new", Parameters={"a": "2"}
    )
    for _ in range(2):
        update_table("shop", wider)
        assert [(c.name, c.dataType, c.description, c.isPartition) for c in spark.catalog.listColumns("shop.t")] == [
            ("id", "int", "key", False), ("item", "string", "what's sold", False),
            ("parts", "struct<long:bigint,n:decimal(10,2)>", None, False), ("day", "string", None, True),
        ]  # fmt: skip
    held = {row.key: row.value for row in spark.sql("SHOW TBLPROPERTIES shop.t").collect()}
    assert held == {"a": "2", "classification": "parquet", "nonDelta.partitionLog.enabled": "true"}
    assert spark.catalog.getTable("shop.t").description == "new"

    for why, changed in {
        "columns": {"Columns": [{"Name": "id", "Type": "bigint"}, *columns[1:]]},
        "columns 2": {"Columns": columns[:2]},
        "columns 3": {"Columns": [columns[1], columns[0], columns[2]]},
        "keys": {"PartitionKeys": []},
        "location": {"place": str(tmp_path / "other")},
        "format": {"kind": "orc"},
    }.items():
        with pytest.raises(ValueError, match=f"cannot be changed in place: .*{why.split()[0]}"):
            update_table("shop", table_input(**{**wider_as_given(tmp_path, day, columns), **changed}))
    assert len(spark.catalog.listColumns("shop.t")) == 4


def wider_as_given(tmp_path: Path, day: Any, columns: Any) -> dict[str, Any]:
    return {"place": str(tmp_path / "t"), "PartitionKeys": day, "Columns": columns}


@pytest.mark.spark
def test_names_that_an_input_brings_are_looked_up(spark: Any, tmp_path: Path) -> None:
    create_database("main", {"Name": "sales"}, named=lambda name: f"spark_catalog.{name}_now")
    given = table_input(place=str(tmp_path / "t"))
    for call in (create_table, update_table):
        call("sales", given, named=lambda schema, name: f"{schema}_now.{name}_now")
    assert get_table("sales_now.t_now")["Table"]["Name"] == "t_now"
    told = batch_delete_table("sales", ["t", "u"], named=lambda schema, name: f"{schema}_now.{name}_now")
    assert [error["TableName"] for error in told["Errors"]] == ["u"]
    assert spark.sql("SHOW TABLES IN sales_now").collect() == []


@pytest.mark.spark
def test_a_governed_table_is_a_managed_delta_table(spark: Any) -> None:
    spark.sql("CREATE SCHEMA shop")
    given = table_input(
        TableType="GOVERNED", Parameters={"classification": "parquet", "lakeformation.aso.status": "true"}
    )
    create_table("shop", given)
    update_table("shop", {**given, "Description": "new"})
    spark.sql("INSERT INTO shop.t VALUES (1, 'a')")
    assert spark.table("shop.t").collect() == [(1, "a")]
    held = spark.sql("DESCRIBE DETAIL shop.t").first()
    assert (held.format, held.description, held.location.endswith("shop.db/t")) == ("delta", "new", True)
    with pytest.raises(ValueError, match="is MANAGED"):
        delete_table("shop.t")


@pytest.mark.spark
def test_what_a_look_up_tells_is_taken_for_an_update(spark: Any, tmp_path: Path) -> None:
    spark.sql("CREATE SCHEMA shop")
    day = [{"Name": "day", "Type": "string"}]
    for kind in ("parquet", "orc"):
        create_table(
            "shop",
            table_input(kind, str(tmp_path / kind), Name=kind, PartitionKeys=day, Description="told", Owner="hadoop"),
        )
    spark.sql("CREATE TABLE shop.delta (id INT COMMENT 'key') USING delta TBLPROPERTIES ('a' = '1')")
    for name in ("parquet", "orc", "delta"):
        table = get_table(f"shop.{name}")["Table"]
        assert table["Parameters"]["classification"] == name
        spoken = {key: value for key, value in table.items() if key != "DatabaseName"}
        before = spark.sql(f"SHOW TBLPROPERTIES shop.{name}").collect()
        update_table("shop", spoken)
        assert spark.sql(f"SHOW TBLPROPERTIES shop.{name}").collect() == before
        spoken["StorageDescriptor"]["Columns"] += [{"Name": "more", "Type": "string"}]
        spoken["Parameters"].pop("a", None)
        update_table("shop", spoken)
        assert "a" not in get_table(f"shop.{name}")["Table"]["Parameters"]
        assert "more" in spark.table(f"shop.{name}").columns
        again = get_table(f"shop.{name}")["Table"]
        assert {k: v for k, v in again.items() if k != "Parameters"} == {
            k: v for k, v in table.items() if k != "Parameters"
        }
        assert again["StorageDescriptor"]["Columns"][-1] == {"Name": "more", "Type": "string"}
        assert again.get("Description") == ("told" if name != "delta" else None)


@pytest.mark.spark
def test_a_delta_table_is_made_where_its_log_is(spark: Any, tmp_path: Path) -> None:
    spark.sql("CREATE SCHEMA shop")
    spark.sql("SELECT 1 id, 'a' item").write.format("delta").save(str(tmp_path / "t"))
    delta = {"classification": "delta", "table_type": "DELTA", "spark.sql.sources.provider": "delta"}
    columns = [{"Name": "id", "Type": "int"}, {"Name": "item", "Type": "string"}]
    create_table("shop", table_input("parquet", str(tmp_path / "t"), Parameters=delta, Columns=columns))
    assert spark.table("shop.t").collect() == [(1, "a")]
    other = table_input(
        "parquet", str(tmp_path / "t"), Name="u", Parameters=delta, Columns=[{"Name": "col", "Type": "array<string>"}]
    )
    with pytest.raises(Exception, match=r"(?i)schema"):
        create_table("shop", other)


@pytest.mark.spark
def test_how_files_are_read_is_a_part_of_the_table(spark: Any, tmp_path: Path) -> None:
    spark.sql("CREATE SCHEMA shop")
    rows = {
        "text": ('1|a"b\n\\N|\\N\n', {"field.delim": "|"}, [(1, 'a"b'), (None, None)]),
        "opencsv": ("1;'a;b'\n", {"separatorChar": ";", "quoteChar": "'"}, [(1, "a;b")]),
        "json": ('{"id": 1, "item": "x"}\n', {"paths": "id,item"}, [(1, "x")]),
    }
    for kind, (text, serde, expected) in rows.items():
        folder = tmp_path / kind
        folder.mkdir()
        (folder / "part-0").write_text(text)
        given = table_input(kind, str(folder), serde, Name=kind)
        create_table("shop", given)
        assert spark.table(f"shop.{kind}").collect() == expected
        update_table("shop", given)
        if kind != "json":
            with pytest.raises(ValueError, match="options"):
                update_table(
                    "shop",
                    table_input(
                        kind, str(folder), {**serde, "escape.delim" if kind == "text" else "escapeChar": "#"}, Name=kind
                    ),
                )
        with (
            pytest.raises(ValueError, match="options") if kind != "json" else pytest.raises(ValueError, match="header")
        ):
            header = {**given["Parameters"], "skip.header.line.count": "1"}
            update_table("shop", {**given, "Parameters": header})


@pytest.mark.parametrize(
    ("kind", "serde", "parameters"),
    [
        ("parquet", {}, {}), ("orc", {}, {}), ("avro", {"avro.schema.literal": '{"type": "record"}'}, {}), ("json", {}, {}),
        ("json", {"ignore.malformed.json": "true"}, {}), ("text", {}, {}), ("text", {"serialization.format": "44"}, {}),
        ("text", {"field.delim": "\t", "escape.delim": "\\", "line.delim": "\r", "serialization.null.format": ""}, {}),
        ("text", {"field.delim": ",", "serialization.encoding": "latin1"}, {"skip.header.line.count": "1"}),
        ("opencsv", {}, {}), ("opencsv", {"separatorChar": "\t", "quoteChar": "'", "escapeChar": "~"}, {"skip.header.line.count": "1"}),
    ],
)  # fmt: skip
def test_files_are_read_as_the_ddl_of_the_same_table_reads_them(
    kind: str, serde: dict[str, str], parameters: dict[str, str]
) -> None:
    given = table_input(kind, serde=serde, Parameters=parameters)
    storage = given["StorageDescriptor"]
    table = TableDefinition(
        database="d", name="t", columns=(), properties=parameters, serde=storage["SerdeInfo"]["SerializationLibrary"],
        serde_properties=serde, input_format=storage["InputFormat"], location="s3://b/t", external=True,
    )  # fmt: skip
    told = storage_of(table, athena=True)
    parts = table_parts(given)
    assert (parts["format"].upper(), parts["options"]) == (told.format, told.options)


@pytest.mark.parametrize(
    ("why", "given"),
    [
        ("AdditionalLocations", table_input(TableType="GOVERNED", AdditionalLocations=["s3://b/u"])),
        ("is a view", table_input(TableType="VIRTUAL_VIEW")),
        ("managed", table_input(TableType="MANAGED_TABLE")),
        ("TargetTable", table_input(TargetTable={"Name": "x"})),
        ("ViewOriginalText", table_input(ViewOriginalText="select 1")),
        ("without a Location", table_input(place="")),
        ("in a volume", table_input(place="/Volumes/a/b/c/t")),
        ("AdditionalLocations", table_input(AdditionalLocations=["s3://b/u"])),
        ("SortColumns", table_input(SortColumns=[{"Column": "id", "SortOrder": 1}])),
        ("BucketColumns", table_input(BucketColumns=["id"])),
        ("NumberOfBuckets", table_input(NumberOfBuckets=4)),
        ("SkewedInfo", table_input(SkewedInfo={"SkewedColumnNames": ["id"]})),
        ("SchemaReference", table_input(SchemaReference={"SchemaVersionNumber": 1})),
        ("StoredAsSubDirectories", table_input(StoredAsSubDirectories=True)),
        ("lake format", table_input(Parameters={"table_type": "ICEBERG"})),
        ("that Spark made", table_input(Parameters={"spark.sql.sources.provider": "parquet"})),
        ("Athena computes", table_input(Parameters={"projection.enabled": "true"})),
        ("Federation", table_input(Parameters={"connectionName": "x"})),
        ("two formats", table_input(Parameters={"classification": "csv"})),
        ("over", table_input(InputFormat=SERDES["orc"][0])),
        ("no reader", table_input(InputFormat="org.apache.hudi.hadoop.HoodieParquetInputFormat")),
        ("no reader", table_input("text", SerdeInfo={"SerializationLibrary": "org.apache.hadoop.hive.serde2.RegexSerDe"})),
        ("no reader", table_input(InputFormat="", SerdeInfo={}, Parameters={"classification": "csv"})),
        ("column.index.access", table_input(serde={"parquet.column.index.access": "true"})),
        ("mapping.id", table_input("json", serde={"mapping.id": "Id"})),
        ("colelction.delim", table_input("text", serde={"colelction.delim": "|"})),
        ("a byte of the delimiter", table_input("text", serde={"field.delim": "§"})),
        ("header lines", table_input("text", Parameters={"skip.header.line.count": "2"})),
        ("holds no array", table_input("text", Columns=[{"Name": "a", "Type": "array<int>"}])),
        ("as a number", table_input("opencsv", Columns=[{"Name": "a", "Type": "date"}])),
        ("no type", table_input(Columns=[{"Name": "a"}])),
        ("Parameters of a column", table_input(Columns=[{"Name": "a", "Type": "int", "Parameters": {"x": "y"}}])),
        ("Parameters of a column", table_input(PartitionKeys=[{"Name": "a", "Type": "int", "Parameters": {"x": "y"}}])),
        ("Unheard of TableInput", table_input(Unheard="of")),
    ],
)  # fmt: skip
def test_what_a_table_cannot_hold_is_refused(why: str, given: dict[str, Any]) -> None:
    if "Unheard" in why:
        why = "Unheard of TableInput"
    with pytest.raises(ValueError, match=why):
        table_parts(given)


def test_what_readers_do_not_notice_is_kept_or_left_out() -> None:
    given = table_input(
        Owner="hadoop", Retention=5, LastAccessTime=1, TableType="EXTERNAL_TABLE", Compressed=True, SkewedInfo={"SkewedColumnNames": []},
        Parameters={"EXTERNAL": "TRUE", "classification": "PARQUET", "projection.enabled": "false", "comment": "told", "n": 1},
        PartitionKeys=[{"Name": "day", "Type": "string"}],
    )  # fmt: skip
    parts = table_parts(given)
    assert parts["comment"] == "told"
    assert parts["properties"] == {
        "classification": "PARQUET", "projection.enabled": "false", "n": "1", "glue.Owner": "hadoop", "glue.Retention": "5",
        "nonDelta.partitionLog.enabled": "true",
    }  # fmt: skip


def test_what_is_not_known_yet_is_not_refused() -> None:
    storage = dict.fromkeys(("Columns", "Location", "InputFormat", "SerdeInfo", "Parameters"))
    assert (
        list(table_refusals({"Name": None, "StorageDescriptor": storage, "Parameters": {"classification": None}})) == []
    )
    assert list(table_refusals({"Name": None, "StorageDescriptor": None})) == []
    known = {"Location": None, "Columns": [{"Name": None, "Type": None}], "SerdeInfo": {"SerializationLibrary": None}}
    assert (
        list(table_refusals({"TableType": "EXTERNAL_TABLE", "StorageDescriptor": known, "PartitionKeys": None})) == []
    )


@pytest.mark.parametrize(
    "given",
    [
        {"Name": "d", "TargetDatabase": {"DatabaseName": "x"}},
        {"Name": "d", "Parameters": {"owner": "x"}},
        {"Name": "d", "CreateTableDefaultPermissions": [{"Principal": {"DataLakePrincipalIdentifier": "arn:x"}, "Permissions": ["ALL"]}]},
    ],
)  # fmt: skip
def test_what_a_schema_cannot_hold_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a schema cannot hold"):
        create_database("main", given)
