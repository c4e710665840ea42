"""Unmodified Glue scripts on a scratch folder: readers, sinks, catalog, databases, bookmarks, streams, plain Spark."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.tools.glue_runtime.bookmarks import reset_bookmark
from glue2lakehouse.tools.glue_runtime.environment import CatalogTable, Column, RuntimeEnvironment

pytestmark = pytest.mark.spark
MEDICARE = "provider id,payments\n10001,5.5\n10005,6\nx,7\n"


def json_rows(folder: Path) -> list[dict[str, Any]]:
    lines = [line for file in sorted(folder.rglob("*.json")) for line in file.read_text().splitlines()]
    return sorted((json.loads(line) for line in lines), key=json.dumps)


def test_a_job_reads_maps_and_appends_with_partition_folders(run_glue: Any, put: Any, environment: RuntimeEnvironment) -> None:  # fmt: skip
    put("s3://in/a/x.csv", "id,name,amt\n1,Al,10.5\n2,Bo,x\n")
    body = """
        args = getResolvedOptions(sys.argv, ['JOB_NAME'])
        job = Job(glueContext); job.init(args['JOB_NAME'], args)
        frame = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://in/a/"]}, "csv", {"withHeader": True})
        frame = ApplyMapping.apply(frame=frame, mappings=[("id","string","id","long"), ("amt","string","amt","double")])
        glueContext.write_dynamic_frame.from_options(frame=frame, connection_type="s3", format="json",
            connection_options={"path": "s3://out/b", "partitionKeys": ["id"]})
        job.commit()
    """
    result = run_glue(body, ["--JOB_NAME", "j"])
    run_glue(body, ["--JOB_NAME", "j"])
    written = result.writes[0]
    assert (written.target, written.mode, written.partition_keys, written.rows) == ("s3://out/b", "append", ["id"], 2)
    assert len(result.writes) == 1
    assert json_rows(environment.local("s3://out/b/id=1")) == [{"amt": 10.5}, {"amt": 10.5}]


def test_plain_spark_sees_the_same_buckets_with_their_own_names(run_glue: Any, put: Any, environment: RuntimeEnvironment) -> None:  # fmt: skip
    put("s3://raw/t/x.json", '{"a": 1}\n')
    result = run_glue("""
        df = spark.read.json("s3a://raw/t/")
        assert df.inputFiles()[0].startswith("s3a://raw/t/"), df.inputFiles()
        df.write.mode("overwrite").parquet("s3://never-seen-before/t")
        assert spark.sql("select a from parquet.`s3n://never-seen-before/t`").collect()[0].a == 1
    """)
    assert [(write.target, write.mode, write.via) for write in result.writes] == [("s3://never-seen-before/t", "overwrite", "spark")]  # fmt: skip
    assert list(environment.local("s3://never-seen-before/t").glob("*.parquet"))


def test_a_dirty_catalog_column_becomes_a_choice_and_match_catalog_resolves_it(run_glue: Any, put: Any, environment: RuntimeEnvironment) -> None:  # fmt: skip
    put("s3://payments/m/x.csv", MEDICARE)
    columns = [Column(name="provider id", type="bigint"), Column(name="payments", type="double")]
    environment.put_table("db", "medicare", CatalogTable(location="s3://payments/m/", format="csv", columns=columns, options={"withHeader": "true"}))  # fmt: skip
    run_glue("""
        frame = glueContext.create_dynamic_frame.from_catalog(database="db", table_name="medicare")
        assert frame.schema().getField("provider id").dataType.typeName() == "choice"
        assert str(frame.toDF().schema["provider id"].dataType.simpleString()) == "struct<long:bigint,string:string>"
        clean = frame.resolveChoice(choice="match_catalog", database="db", table_name="medicare").toDF()
        assert [row["provider id"] for row in clean.collect()] == [10001, 10005, None]
        assert glueContext.sql("select sum(payments) s from db.medicare").collect()[0].s == 18.5
    """)


def test_partition_predicates_choose_folders_and_add_columns(run_glue: Any, put: Any, environment: RuntimeEnvironment) -> None:  # fmt: skip
    put("s3://lake/e/year=2023/x.json", '{"v": 1}\n')
    put("s3://lake/e/year=2024/x.json", '{"v": 2}\n')
    table = CatalogTable(location="s3://lake/e", format="json", columns=[Column(name="v", type="int")], partition_keys=[Column(name="year", type="int")])  # fmt: skip
    environment.put_table("db", "events", table)
    run_glue("""
        def read(**more):
            frame = glueContext.create_dynamic_frame.from_catalog(database="db", table_name="events", **more)
            return sorted((row.v, row.year) for row in frame.toDF().collect())
        assert read() == [(1, 2023), (2, 2024)]
        assert read(push_down_predicate="year == 2024") == [(2, 2024)]
        assert read(additional_options={"catalogPartitionPredicate": "year = '2023'"}) == [(1, 2023)]
        assert spark.table("db.events").count() == 2
    """)


def test_a_sink_creates_its_catalog_table(run_glue: Any, environment: RuntimeEnvironment) -> None:
    result = run_glue("""
        df = spark.createDataFrame([(1, "a"), (2, "b")], "id int, day string")
        sink = glueContext.getSink(connection_type="s3", path="s3://out/t", enableUpdateCatalog=True,
                                   updateBehavior="UPDATE_IN_DATABASE", partitionKeys=["day"])
        sink.setCatalogInfo(catalogDatabase="mart", catalogTableName="t")
        sink.setFormat("glueparquet", compression="snappy")
        sink.writeFrame(DynamicFrame.fromDF(df, glueContext, "df"))
        assert spark.table("mart.t").where("day = 'b'").collect()[0].id == 2
        back = glueContext.create_dynamic_frame.from_catalog(database="mart", table_name="t")
        assert sorted((row["id"], row["day"]) for row in back.toDF().collect()) == [(1, "a"), (2, "b")]
    """)
    assert [key["name"] for key in result.catalog["mart.t"]["partition_keys"]] == ["day"]


def test_csv_sinks_write_a_header_and_catalog_writes_follow_the_table(run_glue: Any, environment: RuntimeEnvironment) -> None:  # fmt: skip
    columns = [Column(name="id", type="int")]
    environment.put_table("db", "t", CatalogTable(location="s3://out/table", format="parquet", columns=columns))
    run_glue("""
        frame = DynamicFrame.fromDF(spark.createDataFrame([(1,)], "id int"), glueContext, "f")
        glueContext.write_dynamic_frame_from_options(frame, "s3", {"path": "s3://out/csv"}, "csv")
        glueContext.write_dynamic_frame.from_catalog(frame=frame, database="db", table_name="t")
        assert spark.table("db.t").count() == 1
        empty = frame.filter(lambda rec: False)
        glueContext.write_dynamic_frame_from_options(empty, "s3", {"path": "s3://out/empty"}, "csv")
    """)
    (written,) = environment.local("s3://out/csv").glob("*.csv")
    assert written.read_text() == "id\n1\n"
    assert not environment.local("s3://out/empty").exists()


def test_databases_are_folders_and_queries_run_on_them(run_glue: Any, environment: RuntimeEnvironment) -> None:
    environment.connections["shop"] = {
        "fullUrl": "jdbc:mysql://h:3306/shop",
        "user": "u",
        "password": "p",
        "vendor": "mysql",
    }
    result = run_glue("""
        frame = DynamicFrame.fromDF(spark.createDataFrame([(1, "a"), (2, "b")], "id int, x string"), glueContext, "f")
        glueContext.write_dynamic_frame.from_jdbc_conf(frame, "shop", {"dbtable": "orders", "database": "shop"})
        conf = glueContext.extract_jdbc_conf("shop")
        url = conf["fullUrl"]
        read = glueContext.create_dynamic_frame.from_options("mysql", {"url": url, "dbtable": "orders", "user": "u"})
        assert read.count() == 2
        assert spark.read.format("jdbc").option("url", url).option("query", "select max(id) m from orders o").load().collect()[0].m == 2
        assert spark.read.jdbc(url, "(select x from orders where id = 1) t").collect()[0].x == "a"
        read.toDF().write.format("jdbc").option("url", url).option("dbtable", "copy").mode("append").save()
    """)
    assert [(write.kind, write.target, write.via) for write in result.writes] == [("jdbc", "shop/orders", "glue"), ("jdbc", "shop/copy", "spark")]  # fmt: skip
    assert "password" not in json.dumps([write.model_dump() for write in result.writes])


def test_a_data_frame_goes_to_its_catalog_table_in_the_mode_that_is_asked_for(run_glue: Any, environment: RuntimeEnvironment) -> None:  # fmt: skip
    environment.put_table("db", "t", CatalogTable(location="s3://out/t", format="delta"))
    result = run_glue("""
        def write(value, **options):
            df = spark.createDataFrame([(value,)], "id int")
            glueContext.write_data_frame.from_catalog(frame=df, database="db", table_name="t", additional_options=options)
        write(1); write(2)
        assert spark.table("db.t").count() == 2
        write(3, saveMode="overwrite")
        assert glueContext.create_data_frame.from_catalog(database="db", table_name="t").collect()[0].id == 3
        try:
            glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://out/not-there"]}, "parquet")
            raise AssertionError("a missing path was read")
        except Exception as error:
            assert "PATH_NOT_FOUND" in str(error), error
    """)
    assert [write.mode for write in result.writes] == ["append", "append", "overwrite"]


def test_a_bookmark_passes_over_what_a_committed_run_has_read(run_glue: Any, put: Any, environment: RuntimeEnvironment) -> None:  # fmt: skip
    put("s3://in/a/1.json", '{"a": 1}\n')
    body = """
        args = getResolvedOptions(sys.argv, ['JOB_NAME', 'commit'])
        job = Job(glueContext); job.init(args['JOB_NAME'], args)
        frame = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://in/a"]}, "json", transformation_ctx="src")
        other = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://in/a"]}, "json")
        glueContext.write_dynamic_frame.from_options(frame, "s3", {"path": f"s3://out/{args['commit']}"}, "json")
        print(other.count())
        if args['commit'] != 'no': job.commit()
    """

    def read(commit: str, option: str = "job-bookmark-enable") -> int | None:
        result = run_glue(body, ["--JOB_NAME", "j", "--job-bookmark-option", option, "--commit", commit])
        rows: int | None = result.writes[0].rows
        return rows

    assert read("no") == 1
    assert read("yes") == 1
    assert read("yes") == 0
    put("s3://in/a/2.json", '{"a": 2}\n')
    assert read("yes", "job-bookmark-pause") == 1
    assert read("yes") == 1
    assert read("yes", "job-bookmark-disable") == 2
    later = time.time() + 10
    os.utime(environment.local("s3://in/a/1.json"), (later, later))
    assert read("yes") == 1
    reset_bookmark(environment.bookmark_file, "j")
    assert read("yes") == 2


def test_a_jdbc_bookmark_follows_its_key(run_glue: Any, environment: RuntimeEnvironment) -> None:
    body = """
        args = getResolvedOptions(sys.argv, ['JOB_NAME', 'new'])
        job = Job(glueContext); job.init('j', args)
        new = spark.createDataFrame([(int(args['new']),)], "id int")
        new.write.format("jdbc").option("url", "jdbc:mysql://h/db").option("dbtable", "t").mode("append").save()
        frame = glueContext.create_dynamic_frame.from_options("mysql", {"url": "jdbc:mysql://h/db", "dbtable": "t",
            "jobBookmarkKeys": ["id"], "jobBookmarkKeysSortOrder": "asc"}, transformation_ctx="t")
        glueContext.write_dynamic_frame.from_options(frame, "s3", {"path": "s3://out/k"}, "json")
        job.commit()
    """
    for new, expected in ((1, 1), (2, 1), (1, 0)):
        result = run_glue(body, ["--JOB_NAME", "j", "--job-bookmark-option", "job-bookmark-enable", "--new", str(new)])
        assert result.writes[-1].rows == expected


def test_a_stream_is_drained_and_from_df_parses_its_inference_column(run_glue: Any, put: Any, environment: RuntimeEnvironment) -> None:  # fmt: skip
    put("s3://streams/orders/1.json", '{"id": 1, "v": "a"}\n{"id": 2}\n')
    environment.streams["orders"] = "s3://streams/orders"
    result = run_glue("""
        options = {"typeOfData": "kinesis", "streamARN": "arn:aws:kinesis:eu-west-1:1:stream/orders",
                   "classification": "json", "startingPosition": "earliest", "inferSchema": "true"}
        data = glueContext.create_data_frame.from_options(connection_type="kinesis", connection_options=options)
        assert data.columns == ["$json$data_infer_schema$_temporary$"]
        def handle(batch, batch_id):
            frame = DynamicFrame.fromDF(glueContext.add_ingestion_time_columns(batch, "hour"), glueContext, "b")
            mapped = frame.apply_mapping([("id", "int", "id", "long"), ("ingest_year", "int", "year", "int")])
            glueContext.write_dynamic_frame.from_options(mapped, "s3", {"path": "s3://out/s", "partitionKeys": ["year"]}, "json")
        glueContext.forEachBatch(frame=data, batch_function=handle,
                                 options={"windowSize": "10 seconds", "checkpointLocation": "s3://out/checkpoint"})
    """)
    rows = json_rows(environment.local("s3://out/s"))
    assert rows == [{"id": 1}, {"id": 2}]
    assert result.switches["stream_is_drained"] == "once"


def test_gs_helpers_work_on_both_kinds_of_frame(run_glue: Any) -> None:
    run_glue("""
        import gs_concat, gs_flatten, gs_regex_extract, gs_null_rows, gs_to_timestamp, gs_array_to_cols, gs_split
        df = spark.createDataFrame([("a", None, "x-1"), (None, None, None)], "p string, q string, r string")
        frame = DynamicFrame.fromDF(df, glueContext, "f")
        row = frame.gs_concat(colName="c", colList=["p", "q"], spacer="-").toDF().collect()[0]
        assert row.c == "a-", row
        assert df.gs_null_rows().count() == 1
        assert frame.gs_regex_extract(colName="r", regex="(.)-(.)", newCols="l,d").toDF().collect()[0].d == "1"
        assert df.gs_split(colName="r", pattern="-").gs_array_to_cols(colName="r", colList="one,two,three").collect()[0].three is None
        mixed = DynamicFrame.of_rows([{"a": 1}, {"a": "x"}], glueContext)
        try:
            mixed.gs_flatten()
            raise AssertionError("choice accepted")
        except ValueError:
            pass
    """)


def test_data_quality_has_an_outcome_for_each_rule_and_row(run_glue: Any) -> None:
    run_glue('''
        from awsgluedq.transforms import EvaluateDataQuality
        frame = DynamicFrame.of_rows([{"myCol1": 2, "myCol2": 1}, {"myCol1": 0, "myCol2": 3}], glueContext, "f")
        rules = """Rules = [ (ColumnValues "myCol1" > 1) OR (ColumnValues "myCol2" > 2), RowCount between 1 and 3,
                    CustomSql "select count(*) from primary" = 2, IsComplete "myCol1" ]"""
        out = EvaluateDataQuality.apply(frame=frame, ruleset=rules, publishing_options={}).toDF().collect()
        assert [row.Outcome for row in out] == ["Failed", "Passed", "Passed", "Passed"], out
        assert out[3].EvaluatedMetrics == {"Column.myCol1.Completeness": 1.0}
        both = EvaluateDataQuality().process_rows(frame=frame, ruleset=rules, publishing_options={},
            additional_options={"compositeRuleEvaluation.method": "ROW"})
        assert sorted(both.keys()) == ["originalData", "rowLevelOutcomes", "ruleOutcomes"]
        assert [row.Outcome for row in both["ruleOutcomes"].toDF().collect()][0] == "Passed"
        levels = both["rowLevelOutcomes"].toDF()
        assert {row.DataQualityEvaluationResult for row in levels.collect()} == {"Passed"}
    ''')


def test_typed_sources_keep_their_types_through_empty_results(run_glue: Any) -> None:
    result = run_glue("""
        df = spark.createDataFrame([(1, None)], "id bigint, s string")
        frame = DynamicFrame.fromDF(df, glueContext, "f")
        assert DropNullFields.apply(frame).toDF().columns == ["id", "s"]
        none = frame.filter(lambda rec: False).apply_mapping([("id", "long", "n.id", "int")])
        assert none.toDF().schema.simpleString() == "struct<n:struct<id:int>>"
    """)
    assert result.switches["schema_of_empty_frame"] == "kept"


def test_two_columns_of_one_name_must_be_renamed_before_from_df(run_glue: Any) -> None:
    result = run_glue("DynamicFrame.fromDF(spark.sql('select 1 a, 2 a'), glueContext, 'f').count()", fails=True)
    assert (result.outcome, result.error_type) == ("raised", "ValueError")


def test_what_needs_aws_is_told_apart_from_a_failure(run_glue: Any) -> None:
    result = run_glue(
        "glueContext.create_dynamic_frame.from_options('salesforce', {'entityName': 'x'}).count()", fails=True
    )
    assert result.outcome == "not_available"
    assert "salesforce" in result.error


def test_exit_codes_and_stop_are_the_scripts_own(run_glue: Any) -> None:
    assert run_glue("sys.exit(3)", fails=True).exit_code == 3
    run_glue("spark.stop(); sc.stop()")
    assert run_glue("assert spark.range(2).count() == 2").outcome == "finished"


def test_columns_that_are_only_null_reach_csv_and_glueparquet(run_glue: Any, environment: RuntimeEnvironment) -> None:
    result = run_glue("""
        frame = DynamicFrame.of_rows([{"a": 1, "n": None}], glueContext, "f")
        glueContext.write_dynamic_frame.from_options(frame, "s3", {"path": "s3://out/csv"}, "csv")
        glueContext.write_dynamic_frame.from_options(frame, "s3", {"path": "s3://out/pq"}, "glueparquet")
        assert spark.read.parquet("s3://out/pq").columns == ["a"]
        glueContext.write_dynamic_frame.from_options(DropNullFields.apply(frame), "s3", {"path": "s3://out/pq2"}, "parquet")
    """)
    (written,) = environment.local("s3://out/csv").glob("*.csv")
    assert written.read_text() == "a,n\n1,\n"
    assert result.switches["null_type_in_glueparquet"] == "dropped"


def test_spigot_and_collections_leave_their_files(run_glue: Any, environment: RuntimeEnvironment) -> None:
    run_glue("""
        frame = DynamicFrame.of_rows([{"a": [1, 2], "b": 1}, {"a": [], "b": 2}], glueContext, "f")
        assert frame.spigot("s3://out/spigot", {"topk": 1}).count() == 2
        tables = frame.relationalize("root", "s3://tmp/")
        glueContext.write_dynamic_frame.from_options(tables, "s3", {"path": "s3://out/all"}, "json")
        picked = SelectFromCollection.apply(dfc=tables, key=list(tables.keys())[0])
        assert sorted(row.asDict()["b"] for row in picked.toDF().collect()) == [1, 2]
    """)
    assert len(json_rows(environment.local("s3://out/spigot"))) == 1
    assert json_rows(environment.local("s3://out/all/root_a"))[0] == {"a.val": 1, "id": 1, "index": 0}


def test_a_process_of_its_own_answers_a_request(tmp_path: Path) -> None:
    script = tmp_path / "job.py"
    script.write_text("import sys\nfrom awsglue.utils import getResolvedOptions\ngetResolvedOptions(sys.argv, ['x'])\n")
    request = {
        "script": str(script),
        "argv": [],
        "environment": {"scratch": str(tmp_path / "s")},
        "result": str(tmp_path / "r.json"),
    }
    (tmp_path / "request.json").write_text(json.dumps(request))
    command = [sys.executable, "-m", "glue2lakehouse.tools.glue_runtime", str(tmp_path / "request.json")]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 1
    assert json.loads((tmp_path / "r.json").read_text())["error_type"] == "GlueArgumentError"
