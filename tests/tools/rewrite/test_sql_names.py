"""Three-level names in SQL and table arguments: what stays, what is said, what changes."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import convert_project

HEAD = "from awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("a view registered by name", 'spark.sql("select * from v")'),
        ("a common table expression", 'spark.sql("with q as (select 1 as a) select * from q")'),
        ("a view that SQL makes", 'spark.sql("create temporary view w as select 1 as a")'),
        ("files by path", 'spark.sql("select * from parquet.`s3://a/b`")'),
        ("three levels of the target", 'spark.sql("select * from main.sales.orders")'),
        (
            "text that only looks like a table",
            "spark.sql(\"select 'from sales.orders' as a from v -- from sales.orders\")",
        ),
        ("a setting", 'spark.sql("SET spark.sql.shuffle.partitions=2")'),
        ("a view of another name", 'spark.table("v")'),
    ],
)
def test_what_names_no_table_of_a_database_stays_without_a_word(convert, why: str, line: str) -> None:
    source = HEAD + 'spark.range(1).createOrReplaceTempView("v")\n' + line + "\n"
    conversion = convert(source)
    assert conversion.after.splitlines()[-1] == line, why
    assert conversion.findings == ()


def test_a_project_without_glue_keeps_its_names(convert) -> None:
    source = 'from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\nspark.sql("select * from a.b")\n'
    assert convert(source).after == source
    assert convert(source).findings == ()


@pytest.mark.parametrize(
    "line",
    [
        "spark.sql(text)",
        'spark.sql("select * from " + text)',
        'spark.sql("select from from where")',
        "spark.table(text)",
        'spark.range(1).write.saveAsTable(f"{text}")',
    ],
)
def test_what_is_put_together_at_run_time_stays_with_a_warning(convert, line: str) -> None:
    conversion = convert(HEAD + f"\n\ndef run(text):\n    {line}\n")
    assert line in conversion.after
    assert [f.severity for f in conversion.findings] == [Severity.WARNING]


def test_a_name_that_is_no_known_view_is_said(convert) -> None:
    conversion = convert(HEAD + 'spark.sql("select * from orders")\nspark.table("orders")\n')
    assert 'spark.sql("select * from orders")' in conversion.after
    assert ["orders" in f.message for f in conversion.findings] == [True]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('spark.sql("select * from sales.orders o")', 'spark.sql("select * from main.sales.orders o")'),
        ("spark.sql('''\n  select  a.x -- from sales.z\n  from `sales`.orders a''')",
         "spark.sql('''\n  select  a.x -- from sales.z\n  from main.sales.orders a''')"),
        ('spark.sql(f"insert into {db}.t select {c} from a.b")', 'spark.sql(f"insert into main.{db}.t select {c} from main.a.b")'),
        ('spark.sql("select * from {}.t".format(db))', 'spark.sql("select * from main.{}.t".format(db))'),
        ('spark.sql("select * from %s.t where a = %s" % (db, 1))', 'spark.sql("select * from main.%s.t where a = %s" % (db, 1))'),
        ('spark.sql("select * from glue_catalog.sales.t")', 'spark.sql("select * from main.sales.t")'),
        ('spark.sql("use sales")', 'spark.sql("use main.sales")'),
        ('spark.sql("create database if not exists sales")', 'spark.sql("create database if not exists main.sales")'),
        ('spark.sql("MSCK REPAIR TABLE sales.t")', 'spark.sql("MSCK REPAIR TABLE main.sales.t")'),
        ('spark.sql("show tables in sales")', 'spark.sql("show tables in main.sales")'),
        ('spark.sql("select 1\\nfrom a.b")', 'spark.sql("select 1\\nfrom main.a.b")'),
        ('spark.sql("select 1 "\n          "from a.b")', 'spark.sql("select 1 "\n          "from main.a.b")'),
        ('spark.table("sales.orders").count()', 'spark.table("main.sales.orders").count()'),
        ('spark.read.table(f"{db}.orders")', 'spark.read.table(f"main.{db}.orders")'),
        ('spark.table(db + "." + c)', 'spark.table("main." + db + "." + c)'),
        ('spark.range(1).write.mode("append").format("parquet").insertInto("a.b")',
         'spark.range(1).write.mode("append").format("parquet").insertInto("main.a.b")'),
        ('spark.range(1).writeTo("glue_catalog.a.b").append()', 'spark.range(1).writeTo("main.a.b").append()'),
        ('spark.catalog.tableExists("b", "a")', 'spark.catalog.tableExists("main.a.b")'),
        ('spark.catalog.setCurrentDatabase("a")', 'spark.sql("USE main.a")'),
        ('spark.catalog.listTables("a")', 'spark.catalog.listTables("main.a")'),
    ],
)  # fmt: skip
def test_only_the_names_change(convert, before: str, after: str) -> None:
    body = "\n\ndef run(db, c):\n    return "
    conversion = convert(HEAD + body + before + "\n")
    assert f"    return {after}\n" in conversion.after
    told = [f.message for f in conversion.findings if f.severity is not Severity.INFO]
    assert all(message.startswith("MSCK REPAIR TABLE is refused for a Delta table") for message in told)


def test_the_text_of_a_variable_changes_where_it_stands(convert) -> None:
    source = HEAD + 'query = """\nselect *\nfrom sales.orders  -- all\n"""  # daily\nspark.sql(query)\n'
    after = convert(source).after
    assert 'query = """\nselect *\nfrom main.sales.orders  -- all\n"""  # daily\nspark.sql(query)\n' in after


def test_a_variable_that_goes_elsewhere_keeps_its_text(convert) -> None:
    source = HEAD + 'query = "select * from sales.orders"\nspark.sql(query)\nathena.start(query)\n'
    conversion = convert(source)
    assert 'query = "select * from sales.orders"' in conversion.after
    assert [f.severity for f in conversion.findings] == [Severity.WARNING]


def test_schemas_and_tables_are_named_as_the_project_maps_them(convert) -> None:
    settings = Settings(
        catalog="prod-eu", schemas={"sales": "sales_v2"}, tables={"sales.old": "archive.sales.old"},
        paths={"s3://raw": "/Volumes/main/raw/files"},
    )  # fmt: skip
    source = HEAD + 'spark.sql("select * from sales.orders, sales.old, csv.`s3://raw/x`")\n'
    after = convert(source, settings=settings).after
    assert "from `prod-eu`.sales_v2.orders, archive.sales.old, csv.`/Volumes/main/raw/files/x`" in after


def test_names_are_changed_once(convert) -> None:
    source = HEAD + 'spark.sql("select * from sales.orders")\n'
    once = convert(source).after
    assert convert(once).after == once


def test_a_catalog_of_another_name_is_said(convert) -> None:
    conversion = convert(HEAD + 'spark.sql("select * from lake.sales.orders")\n')
    assert '"select * from lake.sales.orders"' in conversion.after
    assert [(f.severity, "lake" in f.message) for f in conversion.findings] == [(Severity.INFO, True)]


STUDIO = """
def sparkSqlQuery(glueContext, query, mapping, transformation_ctx):
    for alias, frame in mapping.items():
        frame.createOrReplaceTempView(alias)
    return spark.sql(query)


query0 = '''select * from mine m join other.t using (id)'''
"""


def test_sql_that_a_function_is_given_changes_where_it_is_written(convert) -> None:
    calls = 'a = sparkSqlQuery(None, query=query0, mapping={"mine": 1}, transformation_ctx="a")\n'
    calls += 'b = sparkSqlQuery(None, "select * from mine, other.u", {"mine": 1}, "b")\n'
    conversion = convert(HEAD + STUDIO + calls)
    assert "query0 = '''select * from mine m join main.other.t using (id)'''" in conversion.after
    assert '"select * from mine, main.other.u"' in conversion.after
    assert conversion.findings == ()


@pytest.mark.parametrize(
    ("why", "call"),
    [
        ("a text that is put together", 'sparkSqlQuery(None, "select * from " + query0, {}, "b")'),
        ("the function goes elsewhere", 'list(map(sparkSqlQuery, [1]), sparkSqlQuery(None, "select 1 from other.u", {}, "b"))'),
        ("arguments that are not seen", 'sparkSqlQuery(*["a"])'),
    ],
)  # fmt: skip
def test_sql_that_is_not_seen_in_every_call_stays_with_a_warning(convert, why: str, call: str) -> None:
    conversion = convert(HEAD + STUDIO + call + "\n")
    assert call in conversion.after, why
    assert [f.severity for f in conversion.findings] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "spark.sql(\"CREATE EXTERNAL TABLE s.t (a int) STORED AS PARQUET LOCATION 's3://b/t'\")",
            'spark.sql("""CREATE TABLE main.s.t (\n  a INT\n)\nUSING PARQUET\nLOCATION \'s3://b/t\'\n""")',
        ),
        (
            "spark.sql(f\"create external table {db}.t (a int) partitioned by (d string) stored as orc location '{root}/t'\")",
            'spark.sql(f"""CREATE TABLE main.{db}.t (\n  a INT,\n  d STRING\n)\nUSING ORC\nPARTITIONED BY (d)\n'
            "LOCATION '{root}/t'\nTBLPROPERTIES ('nonDelta.partitionLog.enabled' = 'true')\n\"\"\")",
        ),
        (
            "spark.sql(\"CREATE TABLE s.t (a int) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' LOCATION '%s'\" % root)",
            "spark.sql(\"CREATE TABLE s.t (a int) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' LOCATION '%s'\" % root)",
        ),
        (
            "spark.sql(\"CREATE TABLE {}.t (a int) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://b'\".format(db))",
            'spark.sql("""CREATE TABLE main.{}.t (\n  a INT\n)\nUSING CSV\n'
            "OPTIONS ('sep' ',', 'quote' '', 'nullValue' '\\\\\\\\N', 'emptyValue' '')\nLOCATION 's3://b'\n\"\"\".format(db))",
        ),
    ],
    ids=["text", "f-string", "a backslash and a hole", "format"],
)
def test_a_hive_table_in_sql_text_becomes_what_it_becomes_in_a_file(convert, before: str, after: str) -> None:
    conversion = convert(HEAD + "db, root = 'd', 's3://b'\n" + before + "\n")
    assert conversion.after.endswith(after + "\n")
    assert any("Hive's CREATE TABLE" in finding.message for finding in conversion.findings)
    assert (Severity.BLOCKER in {f.severity for f in conversion.findings}) == (before == after)


def test_a_hive_table_that_no_rule_can_write_is_a_blocker(convert) -> None:
    line = "spark.sql(\"CREATE EXTERNAL TABLE s.t (u uniontype<int,string>) STORED AS ORC LOCATION 's3://b/t'\")"
    conversion = convert(HEAD + line + "\n")
    assert conversion.after.endswith(line + "\n")
    assert any(f.severity is Severity.BLOCKER and "uniontype" in f.message for f in conversion.findings)


@pytest.mark.parametrize(
    ("made", "line", "becomes"),
    [
        ('n = db + "." + t', 'spark.sql(f"select * from {n}")', 'spark.sql(f"select * from main.{n}")'),
        ('n = f"{db}.{t}"', "spark.table(n)", 'spark.table(f"main.{n}")'),
        ('n = "{}.{}".format(db, t)', "df.write.saveAsTable(n)", 'df.write.saveAsTable(f"main.{n}")'),
        ('n = "%s.%s" % (db, t)', 'spark.sql("select * from %s" % n)', 'spark.sql("select * from main.%s" % n)'),
        (
            'n = f"sales.{t}"',
            'spark.sql("insert into {a} select {} from {a}".format(1, a=n))',
            'spark.sql("insert into main.{a} select {} from main.{a}".format(1, a=n))',
        ),
        ('n = f"main.{db}.{t}"', "spark.table(n)", "spark.table(n)"),
        ('n = f"{db}.{t}"', "spark.sql(f\"select '{n}' as a\")", "spark.sql(f\"select '{n}' as a\")"),
        ('n = f"parquet.{t}"', 'spark.sql(f"select * from {n}")', 'spark.sql(f"select * from {n}")'),
    ],
)
def test_a_variable_with_database_and_table_gets_the_catalog_where_it_names_one(
    convert, made: str, line: str, becomes: str
) -> None:
    conversion = convert(f"{HEAD}\n\ndef run(df, db, t):\n    {made}\n    print(n)\n    {line}\n")
    assert conversion.after.splitlines()[-3:] == [f"    {made}", "    print(n)", f"    {becomes}"]
    assert [finding for finding in conversion.findings if finding.severity is not Severity.INFO] == []


def test_a_name_that_is_also_read_as_text_changes_only_where_it_names_the_table(convert) -> None:
    source = HEAD + 'n = "sales.orders"\nspark.table(n).write.parquet("s3://bucket/" + n)\n'
    assert convert(source).after.splitlines()[-2:] == [
        'n = "sales.orders"',
        'spark.table("main.sales.orders").write.parquet("s3://bucket/" + n)',
    ]


def test_a_variable_of_unknown_text_in_sql_is_told_by_its_name(convert) -> None:
    conversion = convert(HEAD + '\n\ndef run(n):\n    spark.sql(f"select * from {n}")\n')
    (finding,) = conversion.findings
    assert finding.severity is Severity.WARNING
    assert (
        finding.message
        == "the table {n} in SQL text is computed; with two levels it is looked up in the default catalog"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "spark.sql(f\"CREATE DATABASE IF NOT EXISTS {db} LOCATION '{root}/{db}/'\")",
            'spark.sql(f"""CREATE SCHEMA IF NOT EXISTS main.{db}\n""")',
        ),
        ('spark.sql("ALTER TABLE s.t RECOVER PARTITIONS")', 'spark.sql("""MSCK REPAIR TABLE main.s.t\n""")'),
    ],
)
def test_ddl_that_unity_catalog_refuses_becomes_what_it_becomes_in_a_file(convert, before: str, after: str) -> None:
    conversion = convert(HEAD + "db, root = 'd', 's3://b'\n" + before + "\n")
    assert conversion.after.endswith(after + "\n")
    assert Severity.BLOCKER not in {f.severity for f in conversion.findings}


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE s.t DROP IF EXISTS PARTITION (d='1')",
        "ALTER TABLE s.t SET LOCATION 's3://c'",
        "LOAD DATA INPATH 's3://c' INTO TABLE s.t",
    ],
)
def test_ddl_that_means_something_else_on_delta_is_a_blocker(convert, sql: str) -> None:
    conversion = convert(HEAD + f'spark.sql("{sql}")\n')
    assert Severity.BLOCKER in {f.severity for f in conversion.findings}


def test_ddl_that_unity_catalog_has_as_well_is_only_renamed(convert) -> None:
    lines = 'spark.sql("MSCK REPAIR TABLE s.t")\nspark.sql("ALTER TABLE s.t ADD PARTITION (d=\'1\')")\n'
    conversion = convert(HEAD + lines)
    assert conversion.after.endswith(lines.replace("s.t", "main.s.t"))
    assert [f.message.split(" is refused")[0] for f in conversion.findings] == ["MSCK REPAIR TABLE", "ADD PARTITION"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'spark.sql("create table s.t using parquet as select 1 as a")',
            'spark.sql("create table main.s.t using DELTA as select 1 as a")',
        ),
        (
            'df.write.format("parquet").mode("overwrite").saveAsTable("s.t")',
            'df.write.format("delta").mode("overwrite").saveAsTable("main.s.t")',
        ),
        ('df.write.saveAsTable("s.t", format="orc")', 'df.write.saveAsTable("main.s.t", format="delta")'),
    ],
)
def test_a_table_without_a_location_is_managed_as_delta(convert, before: str, after: str) -> None:
    conversion = convert(HEAD + before + "\n")
    assert conversion.after.endswith(after + "\n")
    assert [f.severity for f in conversion.findings] == [Severity.WARNING]


@pytest.mark.parametrize(
    "line",
    [
        'df.write.format("parquet").option("path", "s3://b/t").saveAsTable("s.t")',
        'df.write.saveAsTable("s.t", format="parquet", path="s3://b/t")',
        'df.write.format("delta").saveAsTable("s.t")',
        "spark.sql(\"create table s.t (a int) using parquet location 's3://b/t'\")",
        "spark.sql(\"create table s.t (a int) using csv options (path 's3://b/t', header 'true')\")",
    ],
)
def test_a_table_with_a_place_of_its_own_keeps_its_format(convert, line: str) -> None:
    conversion = convert(HEAD + line + "\n")
    assert conversion.after.endswith(line.replace("s.t", "main.s.t") + "\n")
    assert conversion.findings == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("spark.table(n)", "spark.table(uc_name(n))"),
        ('spark.sql(f"select * from {n}")', 'spark.sql(f"select * from {uc_name(n)}")'),
    ],
)
def test_a_name_in_a_catalog_of_glue_that_a_variable_holds_is_looked_up(convert, before: str, after: str) -> None:
    conversion = convert(f'{HEAD}\n\ndef run(t):\n    n = f"glue_catalog.sales.{{t}}"\n    {before}\n')
    assert conversion.after.endswith(f"    {after}\n")
    assert [each for each in conversion.findings if each.severity is not Severity.INFO] == []


def test_a_text_that_only_begins_like_use_is_no_statement(convert) -> None:
    assert 'print("use ", "USE")' in convert(HEAD + 'print("use ", "USE")\n').after


MAPPED = Settings(schemas={"sales": "gold"}, tables={"sales.old": "archive.hist.old2"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('sql("EXPLAIN EXTENDED select * from sales.old")', 'sql("EXPLAIN EXTENDED select * from archive.hist.old2")'),
        ("sql(\"insert overwrite directory '/x' using csv select * from sales.o\")",
         "sql(\"insert overwrite directory '/x' using csv select * from main.gold.o\")"),
        ('sql("TABLE sales.old")', 'sql("TABLE archive.hist.old2")'),
        ('sql("replace table sales.old using delta as select 1 a")',
         'sql("replace table archive.hist.old2 using delta as select 1 a")'),
        ('sql("DESCRIBE DATABASE EXTENDED sales")', 'sql("DESCRIBE DATABASE EXTENDED main.gold")'),
        ('catalog.tableExists("old", dbName="sales")', 'catalog.tableExists("archive.hist.old2")'),
        ('catalog.tableExists(dbName="sales", tableName="old")', 'catalog.tableExists("archive.hist.old2")'),
        ('catalog.listColumns("o", "sales")', 'catalog.listColumns("main.gold.o")'),
        ('catalog.createTable("sales.new", source="delta")', 'catalog.createTable("main.gold.new", source="delta")'),
    ],
)  # fmt: skip
def test_statements_and_methods_around_a_table_name_it_as_mapped(convert, before: str, after: str) -> None:
    assert f"spark.{after}\n" in convert(HEAD + f"spark.{before}\n", settings=MAPPED).after


def test_a_name_that_format_puts_together_keeps_what_goes_into_it(convert) -> None:
    after = convert(HEAD + 'spark.table("{}.{}".format(a, b))\n').after
    assert 'spark.table("main.{}.{}".format(a, b))' in after


def test_a_table_that_is_handed_to_a_table_function_is_told(convert) -> None:
    conversion = convert(HEAD + 'spark.sql("select * from table(sales.old)")\n')
    assert [f.severity for f in conversion.findings] == [Severity.WARNING]


def test_a_cached_query_and_a_schema_that_is_computed_make_names_known(convert) -> None:
    body = 'spark.sql("cache table x as select * from sales.o")\nspark.sql("select * from x")\n'
    assert convert(HEAD + body).findings == ()
    assert convert(HEAD + 'spark.sql(f"use {db}")\nspark.sql("select * from o")\n').findings == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("select old.a, sales.old.b from sales.old where sales.old.c = 1",
         "select old2.a, hist.old2.b from archive.hist.old2 where hist.old2.c = 1"),
        ("select sales.o.a, o.b from sales.o", "select gold.o.a, o.b from main.gold.o"),
        ("select old.a from sales.old as old", "select old.a from archive.hist.old2 as old"),
        ("select old.a from sales.old x join sales.o old", "select old.a from archive.hist.old2 x join main.gold.o old"),
        ("select other.a, x.old.b from sales.old", "select other.a, x.old.b from archive.hist.old2"),
        ("with old as (select 1 a) select old.a from old", "with old as (select 1 a) select old.a from old"),
        ("select `old`.`a` from `sales`.`old`", "select old2.`a` from archive.hist.old2"),
        ("merge into sales.old using sales.o on old.id = o.id when matched then update set old.a = o.a",
         "merge into archive.hist.old2 using main.gold.o on old2.id = o.id when matched then update set old2.a = o.a"),
        ("select old.a from (select a from sales.old) old", "select old.a from (select a from archive.hist.old2) old"),
        ("select old.* from sales.old", "select old2.* from archive.hist.old2"),
        ("select spark_catalog.sales.old.a from sales.old", "select archive.hist.old2.a from archive.hist.old2"),
        ("select spark_catalog.sales.o.a from sales.o", "select main.gold.o.a from main.gold.o"),
        ("select lake.sales.o.a from sales.o", "select lake.sales.o.a from main.gold.o"),
    ],
)  # fmt: skip
def test_columns_are_named_after_the_table_as_it_is_called_now(convert, before: str, after: str) -> None:
    assert f'spark.sql("{after}")' in convert(HEAD + f'spark.sql("{before}")\n', settings=MAPPED).after


def test_hive_tables_in_the_text_that_a_function_is_given_are_written_for_unity_catalog(convert) -> None:
    made = convert(
        HEAD
        + "def run(text):\n    return spark.sql(text)\nrun(\"create external table a.b (c int) stored as parquet location 's3://x/b'\")\n"
    )
    assert "USING PARQUET" in made.after
    assert "stored as" not in made.after


@pytest.mark.parametrize(
    ("why", "body"),
    [
        ("another name holds it", "NAME = 'a.b'\nt = NAME\nspark.table(t)\nprint(NAME.split('.')[1])\n"),
        ("it is a class's attribute", "class C:\n    T = 'a.b'\n    t = spark.table(T)\nprint(C.T.split('.')[1])\n"),
    ],
)
def test_a_text_that_is_read_in_another_way_too_stays(convert, why: str, body: str) -> None:
    made = convert(HEAD + body)
    assert "'a.b'" in made.after, why
    assert "main.a.b" in made.after or 'f"main.{' in made.after


def test_a_text_that_another_module_reads_stays() -> None:
    texts = HEAD + "T = 'a.b'\nQ = 'select * from a.b'\nspark.table(T)\nspark.sql(Q)\n"
    files = {
        "texts.py": texts,
        "job.py": HEAD + "from texts import Q, T\nprint(T.split('.')[1], Q.replace('a.b', 'c.d'))\n",
    }
    after = {made.path: made.after for made in convert_project(files, Settings())}["texts.py"]
    assert "T = 'a.b'\nQ = 'select * from a.b'\n" in after
    alone = {made.path: made.after for made in convert_project({"texts.py": texts}, Settings())}["texts.py"]
    assert "T = 'main.a.b'\nQ = 'select * from main.a.b'\n" in alone


@pytest.mark.parametrize(
    ("user", "told"), [("from job import run\nrun('select 1 from other.u')\n", True), ("import job\n", False)]
)
def test_sql_that_another_module_gives_a_function_is_told(user: str, told: bool) -> None:
    source = HEAD + "def run(q):\n    return spark.sql(q)\nrun('select 1 from other.t')\n"
    made = convert_project({"job.py": source, "user.py": user}, Settings())
    done = next(each for each in made if each.before == source)
    assert "main.other.t" in done.after
    assert ([each.severity for each in done.findings] == [Severity.WARNING]) == told
