"""Statements and what becomes of them: first what must not be touched or claimed, then what is converted."""

import inspect
from pathlib import Path

import pytest

from glue2lakehouse.domain import Compute, Severity, Status
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.ddl import DdlConversion, KnownTables, convert_ddl, extract_tables, rules
from glue2lakehouse.tools.ddl.model import Dialect
from glue2lakehouse.tools.ddl.rules import RULES

SETTINGS = Settings(
    schemas={"sales": "sales_prod"},
    tables={"sales.old": "other.x.new"},
    paths={"s3://lake/raw": "/Volumes/main/raw/files"},
)


def convert(text: str, dialect: Dialect | None = None, settings: Settings = SETTINGS) -> DdlConversion:
    return convert_ddl(text, "ddl/file.sql", settings, dialect)


def check_handed_off(text: str, message: str, dialect: Dialect | None = None) -> None:
    """The one statement is left as a comment under a finding that says why."""
    result = convert(text, dialect)
    (statement,) = result.statements
    blockers = [f for f in statement.findings if f.severity is Severity.BLOCKER]
    assert any(message in f.message for f in blockers), blockers
    assert result.status is Status.NEEDS_REVIEW
    assert statement.output == ""
    assert statement.edits == ()
    assert all(line.startswith("--") for line in result.sql.splitlines() if line.strip())
    assert all(line.strip() in result.sql for line in text.splitlines())


def check_converted(text: str, expected: str, dialect: Dialect | None = None) -> None:
    """The one statement becomes exactly this, and needs nobody."""
    result = convert(text, dialect)
    assert result.sql.strip() == expected + ";"
    assert result.status is Status.CONVERTED, result.findings


FOREIGN = {
    "Redshift": "CREATE TABLE t (id int) DISTKEY(id) SORTKEY(id);",
    "PostgreSQL": "CREATE TABLE t (id serial primary key, doc jsonb);",
    "MySQL": "CREATE TABLE `t` (id int NOT NULL AUTO_INCREMENT) ENGINE=InnoDB;",
    "PostgreSQL or Redshift": "VACUUM FULL;\nSELECT relname FROM pg_stat_user_tables;\n",
    "SQL Server": "CREATE TABLE [dbo].[t] (name nvarchar(10));\nGO\n",
    "Oracle": "CREATE TABLE t (name VARCHAR2(10));",
    "Spark": "CREATE TABLE t (id int) USING delta;",
    "a relational database": "CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(20) DEFAULT 'x');",
}


@pytest.mark.parametrize(("product", "text"), FOREIGN.items())
def test_another_products_file_comes_out_byte_for_byte(product: str, text: str) -> None:
    result = convert(text)
    assert result.sql == text
    assert result.status is Status.UNCHANGED
    assert [f.severity for f in result.findings] == [Severity.INFO]
    assert product in result.findings[0].message


HANDED_OFF = {
    "a union type": ("CREATE TABLE t (u uniontype<int,string>)", "uniontype", "hive"),
    "a nested union type": ("CREATE TABLE t (u array<struct<a:uniontype<int,string>>>)", "uniontype", "hive"),
    "a regex table": (
        "CREATE EXTERNAL TABLE t (a string) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'\n"
        "WITH SERDEPROPERTIES ('input.regex'='(.*)') LOCATION 's3://b/x'",
        "regex tables",
        "athena",
    ),
    "a JSON table of CloudTrail's input format": (
        "CREATE EXTERNAL TABLE t (a string) ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe' STORED AS"
        " INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat' OUTPUTFORMAT 'x' LOCATION 's3://b/x'",
        "cloudtrail tables",
        "athena",
    ),
    "a text SerDe on sequence files": (
        "CREATE EXTERNAL TABLE t (a string) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe' STORED AS"
        " INPUTFORMAT 'org.apache.hadoop.mapred.SequenceFileInputFormat' OUTPUTFORMAT 'x' LOCATION 's3://b/x'",
        "sequencefile tables",
        "athena",
    ),
    "an input format that nobody knows": (
        "CREATE EXTERNAL TABLE t (a string) STORED AS INPUTFORMAT 'com.acme.LzoInputFormat' OUTPUTFORMAT 'x' LOCATION 's3://b/x'",
        "LzoInputFormat tables",
        "hive",
    ),
    "Parquet columns by position": (
        "CREATE EXTERNAL TABLE t (a int) ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'"
        " WITH SERDEPROPERTIES ('parquet.column.index.access'='true') LOCATION 's3://b/x'",
        "by their position",
        "athena",
    ),
    "JSON files with a header": (
        "CREATE EXTERNAL TABLE t (a int) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://b/x'"
        " TBLPROPERTIES ('skip.header.line.count'='1')",
        "skips the first lines",
        "athena",
    ),
    "a delimiter that is a byte, not a letter": (
        "CREATE EXTERNAL TABLE t (a int) ROW FORMAT DELIMITED FIELDS TERMINATED BY 'þ' LOCATION 's3://b/x'",
        "the byte 0xfe",
        "hive",
    ),
    "a stream": (
        "CREATE EXTERNAL TABLE t (a string) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 'clicks'"
        " TBLPROPERTIES ('typeOfData'='kinesis')",
        "stream",
        "athena",
    ),
    "a Hudi table": (
        "CREATE EXTERNAL TABLE t (a string) STORED AS INPUTFORMAT 'org.apache.hudi.hadoop.HoodieParquetInputFormat'"
        " OUTPUTFORMAT 'x' LOCATION 's3://b/x'",
        "hudi",
        "athena",
    ),
    "a storage handler": (
        "CREATE TABLE t (a int) STORED BY 'org.apache.hadoop.hive.hbase.HBaseStorageHandler'",
        "handler",
        None,
    ),
    "projected folders that are not key=value": (
        "CREATE EXTERNAL TABLE t (a int) PARTITIONED BY (d string) STORED AS PARQUET LOCATION 's3://b/x'\n"
        "TBLPROPERTIES ('projection.enabled'='true', 'storage.location.template'='s3://b/x/${d}')",
        "not `key=value` folders",
        "athena",
    ),
    "two header lines": (
        "CREATE EXTERNAL TABLE t (a int) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://b/x'"
        " TBLPROPERTIES ('skip.header.line.count'='2')",
        "2 header lines",
        "athena",
    ),
    "dates of OpenCSVSerde": (
        "CREATE EXTERNAL TABLE t (a date) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' LOCATION 's3://b/x'",
        "UNIX numbers",
        "athena",
    ),
    "an external table without a place": ("CREATE EXTERNAL TABLE t (a int) STORED AS ORC", "needs a LOCATION", "hive"),
    "a temporary table": ("CREATE TEMPORARY TABLE t (a int)", "temporary", "hive"),
    "an unknown clause": ("CREATE TABLE t (a int) FROBNICATED BY (a)", "cannot read `FROBNICATED`", "hive"),
    "named partitions and others overwritten at once": (
        "FROM s INSERT OVERWRITE TABLE t PARTITION (ds) SELECT a, ds INSERT OVERWRITE TABLE u PARTITION (ds='1') SELECT a",
        "in two modes",
        "hive",
    ),
    "a template block that decides": (
        "CREATE TABLE t (a int {% if wide %}, b int {% endif %})",
        "template block",
        "hive",
    ),
    "a function with another value": ("CREATE VIEW v AS SELECT hash(a) AS h FROM t", "function hash", "hive"),
    "words in capitals": ("SELECT initcap(a) FROM t", "function initcap", "hive"),
    "a group that may match nothing": ("SELECT regexp_extract(a, '(x)?y', 1) FROM t", "may take no part", "hive"),
    "fields without names that get stored": (
        "CREATE TABLE x AS SELECT struct(a) AS s FROM t",
        "names its fields",
        "hive",
    ),
    "grouping by a number": ("SELECT a, count(*) FROM t GROUP BY 1", "GROUP BY 1", "hive"),
    "arithmetic of unknown types": ("SELECT a + 1 FROM t", "types are not known", "hive"),
    "a cast of an unknown type to text": ("SELECT cast(a AS string) FROM t", "CAST of a value of unknown type", "hive"),
    "a sample": ("SELECT * FROM t TABLESAMPLE(10 ROWS) s", "TABLESAMPLE", "hive"),
    "a virtual column": ("SELECT INPUT__FILE__NAME FROM t", "virtual column", "hive"),
    "a regular expression for columns": ("SELECT `(a|b)?+.+` FROM t", "regular expression", "hive"),
    "a script": ("SELECT TRANSFORM (a) USING 'cat' AS b FROM t", "not proven", "hive"),
    "division of unknown types": ("SELECT a / b FROM t", "division", "athena"),
    "an array in order of two keys": ("SELECT array_agg(a ORDER BY b, c) FROM t", "array_agg", "athena"),
    "different elements in order": ("SELECT array_agg(DISTINCT a ORDER BY a) FROM t", "array_agg", "athena"),
    "a part of a second": ("SELECT date_format(a, '%f') FROM t", "date format %f", "athena"),
    "a date format of other signs": ("SELECT date_format(a, '%Y年') FROM t", "date format %Y年", "athena"),
    "a date format that is computed": ("SELECT date_format(a, f) FROM t", "is computed", "athena"),
    "half a day without its half": ("SELECT date_parse(a, '%h:%i') FROM t", "date format %h:%i", "athena"),
    "a day of the year that is read": ("SELECT date_parse(a, '%Y%j') FROM t", "date format %Y%j", "athena"),
    "numbers out of JSON text": ("SELECT cast(json_parse(a) as bigint) FROM t", "json_parse", "athena"),
    "a list of numbers out of JSON": (
        "SELECT cast(json_extract(a, '$.b') as array(bigint)) FROM t",
        "CAST of",
        "athena",
    ),
    "texts that are cut": ("SELECT cast(json_parse(a) as array(varchar(3))) FROM t", "json_parse", "athena"),
    "a list that is no JSON": ("SELECT cast(a as array(varchar)) FROM t", "CAST of", "athena"),
    "a sign by its number": ("SELECT chr(a) FROM t", "chr", "athena"),
    "a sign beyond ASCII": ("SELECT chr(8364) FROM t", "chr", "athena"),
    "the length of a list deep in JSON": (
        "SELECT json_array_length(json_extract(a, '$.b.c')) FROM t",
        "json_array_length",
        "athena",
    ),
    "a last column that takes the rest": (
        "CREATE EXTERNAL TABLE t (a int, b string) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe'"
        " WITH SERDEPROPERTIES ('serialization.last.column.takes.rest'='TRUE') LOCATION 's3://b/t'",
        "takes what is left",
        "athena",
    ),
    "times in several patterns": (
        "CREATE EXTERNAL TABLE t (a timestamp) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe'"
        " WITH SERDEPROPERTIES ('timestamp.formats'='dd/MM/yyyy,yyyy.MM.dd') LOCATION 's3://b/t'",
        "times written as dd/MM",
        "athena",
    ),
    "times in milliseconds": (
        "CREATE EXTERNAL TABLE t (a timestamp) ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'"
        " WITH SERDEPROPERTIES ('timestamp.formats'='millis') LOCATION 's3://b/t'",
        "times written as millis",
        "athena",
    ),
    "JSON keys with dots, in capitals": (
        "CREATE EXTERNAL TABLE t (a int) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"
        " WITH SERDEPROPERTIES ('dots.in.keys'='TRUE') LOCATION 's3://b/t'",
        "dots.in.keys",
        "athena",
    ),
    "a folder for each value": (
        "UNLOAD (SELECT a FROM t) TO 's3://b/t/' WITH (format='PARQUET', partitioned_by=ARRAY['a'])",
        "partitioned_by",
        "athena",
    ),
    "the owner of a database": ("ALTER DATABASE d SET OWNER USER x", "owner and location", None),
    "a property that moves the files": (
        "ALTER TABLE t SET TBLPROPERTIES ('projection.enabled'='true', 'notes'='x')",
        "projection.enabled changes",
        "athena",
    ),
    "several arrays side by side": ("SELECT x FROM t CROSS JOIN UNNEST(a, b) AS u (x, y)", "UNNEST", "athena"),
    "a hidden column": ('SELECT "$path" FROM t', "$path", "athena"),
    "Java letters that are not the same in Spark": (
        "SELECT format_datetime(a, 'EEE') FROM t",
        "format_datetime",
        "athena",
    ),
    "an index that is computed": ("SELECT a[i] FROM t", "computed", "athena"),
    "a start that is computed": ("SELECT substr(a, b) FROM t", "substr", "athena"),
    "the two largest": ("SELECT max(a, 2) FROM t", "several values", "athena"),
    "rows that tie": ("SELECT a FROM t ORDER BY a FETCH FIRST 5 ROWS WITH TIES", "WITH TIES", "athena"),
    "a year of two digits": ("SELECT date_parse(a, '%y-%m') FROM t", "date format", "athena"),
    "a JSON value": ("SELECT json_extract(a, '$.b') AS x FROM t", "JSON value", "athena"),
    "a path with wildcards": ("SELECT json_extract_scalar(a, '$.b[*]') AS x FROM t", "JSONPathWildcard", "athena"),
    "a group that may match nothing in Athena": (
        "SELECT regexp_extract(a, '(x)?y', 1) FROM t",
        "may take no part",
        "athena",
    ),
    "a random number below a bound": ("SELECT random(5) FROM t", "random", "athena"),
    "characters of fixed length": ("SELECT cast(a AS char(3)) FROM t", "CAST", "athena"),
    "a swallowed error": ("SELECT try(a + b) FROM t", "swallows errors", "athena"),
    "a quotient of more digits than Spark keeps": (
        "SELECT cast(a AS decimal(38, 10)) / cast(b AS decimal(38, 10)) FROM t",
        "cast one side to DOUBLE",
        "athena",
    ),
    "a quotient of a REAL": ("SELECT cast(a AS real) / 2 FROM t", "cast one side to DOUBLE", "athena"),
    "an average of decimals that is divided": ("SELECT avg(1.5) / 2 FROM t", "not known", "athena"),
    "a swallowed error below a cast": ("SELECT try(cast(a / b AS integer)) FROM t", "swallows errors", "athena"),
    "a moment in a zone of its own": (
        "SELECT cast(a AS timestamp) AT TIME ZONE 'Asia/Tokyo' AS x FROM t",
        "no zone of its own",
        "athena",
    ),
    "a text with the zone of a moment": (
        "SELECT cast(cast(a AS timestamp) AT TIME ZONE 'Asia/Tokyo' AS varchar) AS x FROM t",
        "no zone of its own",
        "athena",
    ),
    "a moment that is cut in one zone and moved to another": (
        "SELECT hour(date_trunc('day', a AT TIME ZONE 'Asia/Tokyo') AT TIME ZONE 'UTC') FROM t",
        "no zone of its own",
        "athena",
    ),
    "an index below 1 whose error is swallowed": ("SELECT try(split(a, ',')[-1]) FROM t", "below 1", "athena"),
    "a map of some rows": ("SELECT map_agg(a, b) FILTER (WHERE c) FROM t", "map_agg", "athena"),
    "a time zone that is computed": ("SELECT date(a AT TIME ZONE b) FROM t", "computed", "athena"),
    "a moment made in another zone": ("SELECT from_unixtime(a, 'Asia/Tokyo') FROM t", "no zone of its own", "athena"),
    "digits beside numbers that are read": ("SELECT date_parse(a, '%Y-%m-01') FROM t", "date format", "athena"),
    "the offset of a text": ("SELECT cast(from_iso8601_timestamp(a) AS varchar) FROM t", "offset", "athena"),
    "a list over a window": ("SELECT array_agg(a) FILTER (WHERE b) OVER (PARTITION BY c) FROM t", "window", "athena"),
    "a text that is replaced everywhere": ("SELECT replace(a, '', 'x') FROM t", "empty text", "athena"),
    "a backslash in LIKE": (r"SELECT a FROM t WHERE a LIKE 'x\_y'", "LIKE", "athena"),
    "an unload of text": ("UNLOAD (SELECT a FROM t) TO 's3://b/x/' WITH (format='CSV')", "UNLOAD", "athena"),
    "a load into a table that nobody defines": ("LOAD DATA INPATH 's3://b/x' INTO TABLE t", "does not define", "hive"),
    "an unknown session setting": ("SET hive.support.quoted.identifiers=none", "may change results", "hive"),
    "another type for a column": ("ALTER TABLE t CHANGE COLUMN a a bigint", "renames, retypes or moves", "hive"),
    "new columns of an unknown table": ("ALTER TABLE t ADD COLUMNS (a int)", "partition columns", "hive"),
    "a partition dropped from an unknown table": (
        "ALTER TABLE t DROP PARTITION (ds='1')",
        "does not say which",
        "hive",
    ),
    "a move to another schema": ("ALTER TABLE a.t RENAME TO b.t", "another schema", "hive"),
    "files in HDFS": (
        "CREATE EXTERNAL TABLE t (a int) STORED AS ORC LOCATION 'hdfs:///x'",
        "cloud storage only",
        "hive",
    ),
    "a date pattern of other letters": ("SELECT date_format(a, 'u') FROM t", "date pattern", "hive"),
    "a date pattern that is computed": ("SELECT from_unixtime(a, f) FROM t", "date pattern", "hive"),
    "a year of two digits to be read": ("SELECT unix_timestamp(a, 'dd.MM.yy') FROM t", "date pattern", "hive"),
    "clauses that sort twice": ("SELECT a FROM t ORDER BY a CLUSTER BY a", "refused by Spark", "hive"),
    "a window built on another": (
        "SELECT sum(a) OVER w FROM t WINDOW v AS (PARTITION BY a), w AS (v ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
        "built on another",
        "hive",
    ),
    "a merge into columns that nobody names": (
        "MERGE INTO t USING s ON t.a = s.a WHEN NOT MATCHED THEN INSERT VALUES (s.a, 1)",
        "without naming its columns",
        "hive",
    ),
    "a grant": ("GRANT SELECT ON TABLE t TO USER x", "privileges", "hive"),
    "a Java function": ("CREATE TEMPORARY FUNCTION f AS 'com.acme.F'", "Java function", "hive"),
    "a variable in the text of a query": ("SELECT a FROM t WHERE ${condition}", "variable", "hive"),
    "a grammar template": ("CREATE TABLE [db_name.]t (a int) LOCATION 's3://b'", "cannot read `[`", "athena"),
    "what is no SQL": ("hello world", "no rule knows", "hive"),
    "an Athena property nobody knows": ("CREATE TABLE t WITH (frob = 'x') AS SELECT a FROM s", "frob", "athena"),
}


@pytest.mark.parametrize(("text", "message", "dialect"), HANDED_OFF.values(), ids=HANDED_OFF.keys())
def test_what_cannot_be_proven_is_left_as_a_comment(text: str, message: str, dialect: Dialect | None) -> None:
    check_handed_off(text + ";", message, dialect)


def test_a_text_that_two_dialects_read_differently_is_handed_off() -> None:
    check_handed_off("SELECT substr(a, 0, 2) FROM t;", "positive constant")
    assert convert("SELECT a FROM t WHERE b = 'x';").status is Status.CONVERTED


CONVERTED = {
    "the local day of a moment": ("SELECT date(a AT TIME ZONE 'Asia/Tokyo') AS d FROM sales.t", "SELECT\n  DATE(FROM_UTC_TIMESTAMP(a, 'Asia/Tokyo')) AS d\nFROM main.sales_prod.t", "athena"),
    "a schema": ("CREATE DATABASE IF NOT EXISTS sales COMMENT 'x'", "CREATE SCHEMA IF NOT EXISTS main.sales_prod\nCOMMENT 'x'", None),
    "a mapped name": ("DROP TABLE IF EXISTS sales.old", "DROP TABLE IF EXISTS other.x.new", None),
    "the Glue catalog's own name": ('SELECT "a" FROM awsdatacatalog.sales.t', "SELECT\n  `a`\nFROM main.sales_prod.t", "athena"),
    "parquet files": (
        "CREATE EXTERNAL TABLE IF NOT EXISTS `sales.t` (`A` int COMMENT 'it''s') STORED AS PARQUET LOCATION 's3://b/t/'"
        " TBLPROPERTIES ('parquet.compression'='SNAPPY', 'team'='x')",
        "CREATE TABLE IF NOT EXISTS main.sales_prod.t (\n  A INT COMMENT 'its'\n)\nUSING PARQUET\n"
        "OPTIONS ('compression' 'snappy')\nLOCATION 's3://b/t/'\nTBLPROPERTIES ('team' = 'x')",
        "athena",
    ),
    "a managed table": (
        "CREATE TABLE sales.t (id int, `end` timestamp) PARTITIONED BY (ds string) CLUSTERED BY (id) INTO 4 BUCKETS STORED AS ORC",
        "CREATE TABLE main.sales_prod.t (\n  id INT,\n  `end` TIMESTAMP,\n  ds STRING\n)\nUSING DELTA\nPARTITIONED BY (ds)",
        "hive",
    ),
    "a file of tabs without text columns": (
        "CREATE EXTERNAL TABLE sales.t (a int) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' LOCATION 's3://b/t'"
        " TBLPROPERTIES ('skip.header.line.count'='1')",
        "CREATE TABLE main.sales_prod.t (\n  a INT\n)\nUSING CSV\n"
        "OPTIONS ('sep' '\\t', 'quote' '', 'nullValue' '\\\\N', 'emptyValue' '', 'header' 'true')\nLOCATION 's3://b/t'",
        "athena",
    ),
    "a delimiter given as the code of its sign": (
        "CREATE EXTERNAL TABLE sales.t (a int) ROW FORMAT DELIMITED FIELDS TERMINATED BY '44' LOCATION 's3://b/t'",
        "CREATE TABLE main.sales_prod.t (\n  a INT\n)\nUSING CSV\n"
        "OPTIONS ('sep' ',', 'quote' '', 'nullValue' '\\\\N', 'emptyValue' '')\nLOCATION 's3://b/t'",
        "hive",
    ),
    "a delimiter of which Hive takes the first sign": (
        "CREATE EXTERNAL TABLE sales.t (a int) ROW FORMAT DELIMITED FIELDS TERMINATED BY '||' LOCATION 's3://b/t'",
        "CREATE TABLE main.sales_prod.t (\n  a INT\n)\nUSING CSV\n"
        "OPTIONS ('sep' '|', 'quote' '', 'nullValue' '\\\\N', 'emptyValue' '')\nLOCATION 's3://b/t'",
        "hive",
    ),
    "empty text that is NULL": (
        "CREATE EXTERNAL TABLE sales.t (a string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' NULL DEFINED AS ''"
        " LOCATION 's3://b/t'",
        "CREATE TABLE main.sales_prod.t (\n  a STRING\n)\nUSING CSV\n"
        "OPTIONS ('sep' ',', 'quote' '', 'nullValue' '', 'emptyValue' '')\nLOCATION 's3://b/t'",
        "hive",
    ),
    "a Delta table behind a manifest": (
        "CREATE EXTERNAL TABLE sales.t (a int) ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'"
        " STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat' OUTPUTFORMAT 'x'"
        " LOCATION 's3://b/t/_symlink_format_manifest/'",
        "CREATE TABLE main.sales_prod.t (\n  a INT\n)\nUSING DELTA\nLOCATION 's3://b/t'",
        "athena",
    ),
    "an Iceberg table, its columns in their order": (
        "CREATE TABLE sales.t (k string, id bigint) PARTITIONED BY (k) LOCATION 's3://b/t' TBLPROPERTIES ('table_type'='ICEBERG')",
        "CREATE TABLE main.sales_prod.t (\n  k STRING,\n  id BIGINT\n)\nUSING DELTA\nPARTITIONED BY (k)",
        "athena",
    ),
    "hidden partitioning": (
        "CREATE TABLE sales.t (id bigint) PARTITIONED BY (bucket(16, id)) LOCATION 's3://b/t' TBLPROPERTIES ('table_type'='ICEBERG')",
        "CREATE TABLE main.sales_prod.t (\n  id BIGINT\n)\nUSING DELTA\nCLUSTER BY (id)",
        "athena",
    ),
    "a table without rows": (
        "CREATE TABLE sales.e WITH (format='ORC') AS SELECT a FROM sales.t WITH NO DATA",
        "CREATE TABLE main.sales_prod.e\nUSING DELTA\nAS SELECT * FROM (\nSELECT\n  a\nFROM main.sales_prod.t\n) AS no_data LIMIT 0",
        "athena",
    ),
    "Hive's names for unnamed columns": (
        "CREATE TABLE x AS SELECT k, count(*), upper(v) FROM s GROUP BY k",
        "CREATE TABLE x\nUSING DELTA\nAS SELECT k, count(*) AS _c1, upper(v) AS _c2 FROM s GROUP BY k",
        "hive",
    ),
    "a Hive query, as it was written": (
        "insert into table sales.a  -- why\n select /*+ MAPJOIN(b) */ b.k from Sales.b b where b.k rlike 'x'",
        "insert into table main.sales_prod.a  -- why\n select /*+ MAPJOIN(b) */ b.k from main.sales_prod.b b where b.k rlike 'x'",
        "hive",
    ),
    "quotes side by side, which Hive joins": ("SELECT 'it''s'", "SELECT 'it' 's'", "hive"),
    "rows from an offset": ("SELECT a FROM t LIMIT 2, 5", "SELECT a FROM t LIMIT 5 OFFSET 2", "hive"),
    "functions that take NULL otherwise": (
        "SELECT size(a), array_contains(a, size(b)), sqrt(c), stddev(c) FROM t",
        "SELECT coalesce(size(a), -1), coalesce(array_contains(a, coalesce(size(b), -1)), false),"
        " nullif(sqrt(c), double('NaN')), stddev_pop(c) FROM t",
        "hive",
    ),
    "division of whole numbers": ("SELECT 7 / 2 AS x", "SELECT\n  7 DIV 2 AS x", "athena"),
    "rows of an array, in their place among the joins": (
        "SELECT x, n FROM t LEFT JOIN UNNEST(a) AS u (x) ON true CROSS JOIN UNNEST(b) WITH ORDINALITY AS w (y, n)",
        "SELECT\n  x,\n  n\nFROM t\nLEFT JOIN LATERAL EXPLODE(a) AS u(x)\n  ON TRUE\nCROSS JOIN LATERAL (\n  SELECT\n"
        "    col AS y,\n    pos + 1 AS n\n  FROM POSEXPLODE(b)\n) AS w",
        "athena",
    ),
    "order of NULLs": ("SELECT a FROM t ORDER BY a", "SELECT\n  a\nFROM t\nORDER BY\n  a NULLS LAST", "athena"),
    "a backslash that is no escape": (r"SELECT 'a\b' AS x", r"SELECT" + "\n" + r"  'a\\b' AS x", "athena"),
    "a variable": ("USE ${env}_db", "USE main.${env}_db", "hive"),
    "a repair of an external table": ("MSCK REPAIR TABLE sales.t", "MSCK REPAIR TABLE main.sales_prod.t", None),
    "Spark's spelling of a repair": ("ALTER TABLE sales.t RECOVER PARTITIONS", "MSCK REPAIR TABLE main.sales_prod.t", "hive"),
    "a new partition": (
        "ALTER TABLE sales.t ADD IF NOT EXISTS PARTITION (d='1') LOCATION 's3://b/1' PARTITION (d='2')",
        "ALTER TABLE main.sales_prod.t ADD IF NOT EXISTS PARTITION (d = '1') LOCATION 's3://b/1'\n  PARTITION (d = '2')",
        "athena",
    ),
    "compaction": ("OPTIMIZE sales.t REWRITE DATA USING BIN_PACK", "OPTIMIZE main.sales_prod.t", "athena"),
    "a dropped table that need not exist": ("DROP TABLE sales.t", "DROP TABLE IF EXISTS main.sales_prod.t", "hive"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "dialect"), CONVERTED.values(), ids=CONVERTED.keys())
def test_what_is_proven_is_converted(text: str, expected: str, dialect: Dialect | None) -> None:
    check_converted(text + ";", expected, dialect)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_example_of_every_rule_holds(rule: object) -> None:
    before, after = rule.example  # type: ignore[attr-defined]
    (statement,) = convert_ddl(before, "x.sql", Settings(), "athena" if "'" in before else "hive").statements
    assert statement.kind == rule.name  # type: ignore[attr-defined]
    assert (statement.output if statement.outcome != "handed_off" else None) == after


def test_empty_text_fields_are_a_warning_above_the_statement() -> None:
    result = convert(
        "CREATE EXTERNAL TABLE s.t (a string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://b/t';"
    )
    (statement,) = result.statements
    assert statement.outcome == "confirm"
    assert result.status is Status.NEEDS_REVIEW
    assert result.sql.startswith("-- CHECK [create-table] line 1: an empty field")
    assert "\nCREATE TABLE main.s.t" in result.sql


def test_two_tables_on_one_folder_are_a_warning() -> None:
    text = "".join(f"CREATE EXTERNAL TABLE s.{n} (a int) STORED AS ORC LOCATION 's3://b/t';\n" for n in "xy")
    assert [s.outcome for s in convert(text).statements] == ["converted", "confirm"]


def test_files_in_hives_acid_layout_are_never_read_as_plain_orc() -> None:
    text = "CREATE TABLE s.t (a int) STORED AS ORC LOCATION 's3://b/t' TBLPROPERTIES ('transactional'='true');"
    (statement,) = convert(text, "hive").statements
    assert "USING DELTA" in statement.output
    assert "s3://b/t" not in statement.output
    assert "ACID layout" in statement.findings[0].message


def test_json_keys_in_another_case_are_a_warning() -> None:
    text = (
        "CREATE EXTERNAL TABLE s.t (a int) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://b/t';"
    )
    (statement,) = convert(text).statements
    assert "OPTIONS ('mode' 'FAILFAST')" in statement.output
    assert [f.severity for f in statement.findings] == [Severity.WARNING]


def test_managed_delta_tables_need_no_partitions_and_no_repair() -> None:
    text = "CREATE TABLE t (a int) PARTITIONED BY (d string);\nALTER TABLE t ADD PARTITION (d='1');\nMSCK REPAIR TABLE t;\n"
    outcomes = [s.outcome for s in convert(text, "hive").statements]
    assert outcomes == ["converted", "dropped", "dropped"]


def test_new_columns_stay_before_the_partition_columns() -> None:
    text = "CREATE TABLE t (a int) PARTITIONED BY (d string);\nALTER TABLE t ADD COLUMNS (b int, c int);\n"
    assert convert(text, "hive").statements[1].output == "ALTER TABLE t ADD COLUMNS (b INT AFTER a, c INT AFTER b)"


@pytest.mark.parametrize(
    ("partitions", "condition"),
    [
        ("PARTITION (d='1')", "(d = '1')"),
        ("PARTITION (d='a, b', e=2), PARTITION (d='3')", "(d = 'a, b' AND e = 2) OR (d = '3')"),
        ("PARTITION (d < '2020', e >= -1)", "(d < '2020' AND e >= -1)"),
    ],
)
def test_dropping_a_partition_of_a_managed_table_deletes_its_rows(partitions: str, condition: str) -> None:
    text = f"CREATE TABLE t (a int) PARTITIONED BY (d string, e int);\nALTER TABLE t DROP IF EXISTS {partitions};\n"
    assert convert(text, "hive").statements[1].output == f"DELETE FROM t WHERE {condition}"


def test_files_that_hive_deletes_with_a_table_or_partition_are_spoken_of() -> None:
    text = (
        "CREATE TABLE s.t (a int) PARTITIONED BY (d string) STORED AS ORC LOCATION 's3://b/t';\n"
        "ALTER TABLE s.t DROP PARTITION (d='1');\nDROP TABLE s.t;\n"
    )
    made, partition, table = convert(text, "hive").statements
    assert (made.outcome, partition.outcome, table.outcome) == ("converted", "handed_off", "confirm")
    assert "finds the old rows" in table.findings[0].action


def test_an_external_table_of_athena_drops_a_partition_and_keeps_its_files() -> None:
    check_converted(
        "ALTER TABLE sales.t DROP PARTITION (d='1');",
        "ALTER TABLE main.sales_prod.t DROP PARTITION (d = '1')",
        "athena",
    )


def test_what_changes_a_table_that_waits_waits_too() -> None:
    text = (
        "CREATE EXTERNAL TABLE s.t (a int) PARTITIONED BY (d string) STORED AS SEQUENCEFILE LOCATION 's3://b/t';\n"
        "ALTER TABLE s.t ADD PARTITION (d='1');\nMSCK REPAIR TABLE s.t;\n"
    )
    assert [s.outcome for s in convert(text, "hive").statements] == ["handed_off"] * 3


def test_the_policy_for_a_table_holds_in_files_that_do_not_create_it() -> None:
    settings = Settings(table_actions={"s.t": "convert_to_delta", "s.gone": "skip"})
    text = "MSCK REPAIR TABLE s.t; ALTER TABLE s.t DROP PARTITION (d='1'); TRUNCATE TABLE s.t; DROP TABLE s.gone;"
    statements = convert(text, "hive", settings).statements
    assert [s.output for s in statements] == [
        "",
        "DELETE FROM main.s.t WHERE (d = '1')",
        "TRUNCATE TABLE main.s.t",
        "",
    ]
    assert {s.outcome for s in statements} == {"dropped", "converted"}


def test_a_table_of_another_file_proves_types_and_is_external() -> None:
    known = KnownTables(extract_tables("CREATE EXTERNAL TABLE s.t (a int) STORED AS ORC LOCATION 's3://b/t';", "a.sql"))
    text = "SELECT a + 1 FROM s.t;"
    assert convert_ddl(text, "b.hql", SETTINGS, known=known).status is Status.CONVERTED
    assert convert_ddl(text, "b.hql", SETTINGS).status is Status.NEEDS_REVIEW


def test_a_table_that_two_files_define_otherwise_proves_nothing() -> None:
    made = [extract_tables(f"CREATE TABLE s.t (a {kind});", f"{kind}.sql") for kind in ("int", "string")]
    known = KnownTables(table for tables in made for table in tables)
    assert convert_ddl("SELECT a + 1 FROM s.t;", "b.hql", SETTINGS, known=known).status is Status.NEEDS_REVIEW


def test_a_merge_names_the_columns_that_the_file_declares() -> None:
    merge = "MERGE INTO t USING s ON t.a = s.a WHEN NOT MATCHED THEN INSERT VALUES (s.a, 1);"
    text = f"CREATE TABLE t (a int, `end` int);\n{merge}\n"
    assert "INSERT (a, `end`) VALUES" in convert(text, "hive").statements[1].output
    athena = text.replace(");", ") LOCATION 's3://b/t' TBLPROPERTIES ('table_type'='ICEBERG');", 1)
    assert "INSERT (a, `end`) VALUES" in " ".join(convert(athena, "athena").statements[1].output.split())


def test_a_renamed_table_keeps_the_name_that_its_columns_are_called_by() -> None:
    for dialect in ("hive", "athena"):
        (statement,) = convert("SELECT old.a FROM sales.old WHERE old.b = 1;", dialect).statements
        assert "FROM other.x.new AS old" in statement.output


def test_the_settings_can_name_the_dialect() -> None:
    text = "SELECT a FROM t ORDER BY a;"
    assert convert(text).status is Status.NEEDS_REVIEW
    assert "NULLS LAST" in convert(text, settings=Settings(sql_dialect="athena")).sql
    assert convert(text, settings=Settings(sql_dialect="hive")).sql == text


@pytest.mark.parametrize("path", ["sql/redshift/a.sql", "mysql_commands.sql"])
def test_the_path_names_the_product_where_the_text_does_not(path: str) -> None:
    text = "SELECT a FROM t ORDER BY a;"
    assert convert_ddl(text, path, SETTINGS).status is Status.UNCHANGED
    external = "CREATE EXTERNAL TABLE s.t (a int) STORED AS ORC LOCATION 's3://b/t';"
    assert convert_ddl(external, path, SETTINGS).status is Status.CONVERTED


def test_a_list_of_values_alone_is_left_out() -> None:
    (statement,) = convert("('a', 'b'), (1);", "athena").statements
    assert statement.outcome == "dropped"


def test_types_that_the_file_declares_prove_arithmetic() -> None:
    text = "CREATE TABLE t (a int, s string);\nINSERT INTO t SELECT a + 1, s FROM t;\nINSERT INTO t SELECT s + 1, s FROM t;\n"
    assert [s.outcome for s in convert(text, "hive").statements] == ["converted", "converted", "handed_off"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT f FROM t WHERE f = 0.22",
        "SELECT f FROM t WHERE f IN (1, 0.5)",
        "SELECT coalesce(a, '0') AS x FROM t",
        "SELECT CASE WHEN a = 1 THEN s ELSE 2 END AS x FROM t",
        "SELECT s FROM t UNION ALL SELECT a FROM t",
    ],
)
def test_types_that_meet_otherwise_in_spark_are_handed_off(query: str) -> None:
    text = f"CREATE TABLE t (a int, s string, f float);\n{query};\n"
    assert [s.outcome for s in convert(text, "hive").statements] == ["converted", "handed_off"]


def test_a_variable_is_put_back_where_it_stood_and_nowhere_else() -> None:
    (statement,) = convert("SELECT msg0value, 'g0v' AS x FROM t WHERE d = '${day}';", "athena").statements
    assert "msg0value" in statement.output
    assert "'g0v'" in statement.output
    assert "'${day}'" in statement.output


def test_types_prove_nothing_once_a_change_is_left_to_a_person() -> None:
    text = "CREATE TABLE t (a int);\nALTER TABLE t REPLACE COLUMNS (a string);\nSELECT a + 1 FROM t;\n"
    assert [s.outcome for s in convert(text, "hive").statements] == ["converted", "handed_off", "handed_off"]


def test_the_partitions_that_rows_name_are_the_only_ones_replaced() -> None:
    text = "INSERT OVERWRITE TABLE sales.t PARTITION (ds) SELECT a, ds FROM s;"
    result = convert(text, "hive")
    mode = "spark.sql.sources.partitionOverwriteMode"
    assert result.sql == (
        f"SET {mode} = dynamic;\nINSERT OVERWRITE TABLE main.sales_prod.t PARTITION (ds) SELECT a, ds FROM s;\nRESET {mode};"
    )
    assert result.sql.splitlines()[result.statements[0].target_line - 1].startswith("INSERT")
    serverless = convert(text, "hive", Settings(compute=Compute.SERVERLESS))
    assert serverless.statements[0].outcome == "handed_off"


LOADED = """CREATE TABLE s.t (a int, `end` double) PARTITIONED BY (d string)
ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' STORED AS TEXTFILE;
"""


def test_files_are_loaded_as_the_table_reads_them() -> None:
    load = "LOAD DATA INPATH 's3://lake/raw/x' OVERWRITE INTO TABLE s.t PARTITION (d='1');"
    (_, statement) = convert(LOADED + load, "hive").statements
    assert statement.output == (
        "INSERT OVERWRITE TABLE main.s.t PARTITION (d = '1')\nSELECT a, `end`\n"
        "FROM read_files('/Volumes/main/raw/files/x', format => 'csv', schema => 'a INT, `end` DOUBLE', sep => '|',"
        " quote => '', nullValue => '\\\\N', emptyValue => '')"
    )
    assert "loads them again" in statement.findings[0].message


@pytest.mark.parametrize(
    ("load", "message"),
    [
        ("LOAD DATA LOCAL INPATH '../files/x' INTO TABLE s.t PARTITION (d='1');", "in no cloud storage"),
        ("LOAD DATA INPATH 's3://b/x' INTO TABLE s.t;", "value of d"),
        ("LOAD DATA INPATH 's3://b/x' INTO TABLE s.t PARTITION (d > '1');", "one value for each key"),
    ],
)
def test_a_load_that_nobody_can_read_waits(load: str, message: str) -> None:
    (_, statement) = convert(LOADED + load, "hive").statements
    assert statement.outcome == "handed_off"
    assert message in statement.findings[0].message


def test_an_unload_is_written_with_a_warning_that_it_overwrites() -> None:
    text = "UNLOAD (SELECT a, b || ')' AS c FROM sales.t) TO 's3://b/x/' WITH (format = 'PARQUET', compression = 'SNAPPY');"
    (statement,) = convert(text, "athena").statements
    assert statement.outcome == "confirm"
    assert statement.output.split("\n")[:3] == [
        "INSERT OVERWRITE DIRECTORY 's3://b/x/'",
        "USING PARQUET",
        "OPTIONS ('compression' 'snappy')",
    ]
    assert "deletes them" in statement.findings[0].message


def test_a_projected_folder_says_how_its_keys_come_out_of_the_path() -> None:
    text = (
        "CREATE EXTERNAL TABLE t (a int) PARTITIONED BY (day string, id string) STORED AS PARQUET LOCATION 's3://b-c/x/'"
        " TBLPROPERTIES ('projection.enabled'='true', 'storage.location.template'='s3://b-c/x/${id}/log/${day}/');"
    )
    (finding,) = [f for f in convert(text, "athena").findings if f.severity is Severity.BLOCKER]
    assert "regexp_extract(_metadata.file_path, r's3://b-c/x/([^/]+)/log/([^/]+)', 2) AS day" in finding.action


def test_a_prepared_statement_runs_where_it_is_executed() -> None:
    text = (
        "PREPARE p FROM SELECT a FROM sales.t WHERE b = ? AND c = 'it''s';\nEXECUTE p USING 1, 'x''y';\n"
        "DEALLOCATE PREPARE p;\nEXECUTE other;\n"
    )
    prepared, execute, freed, unknown = convert(text, "athena").statements
    assert (prepared.outcome, freed.outcome, unknown.outcome) == ("dropped", "dropped", "handed_off")
    assert execute.output == (
        "EXECUTE IMMEDIATE 'SELECT\\n  a\\nFROM main.sales_prod.t\\nWHERE\\n  b = ? AND c = \\'it\\\\\\'s\\''"
        " USING 1, 'x\\'y'"
    )


def test_template_blocks_around_a_statement_stay_where_they_are() -> None:
    text = "{% if x %}\nDROP TABLE IF EXISTS s.t;\n{% endif %}\n{# it's a note; #}\nDROP TABLE IF EXISTS s.u;\n"
    result = convert(text, "hive")
    assert result.sql == text.replace("s.", "main.s.")
    assert [s.outcome for s in result.statements] == ["converted", "converted"]


def test_informational_keys_are_kept() -> None:
    text = "ALTER TABLE sales.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES sales.u (b) DISABLE NOVALIDATE RELY;"
    expected = "ALTER TABLE main.sales_prod.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES main.sales_prod.u (b)"
    check_converted(text, expected, "hive")


def test_the_current_database_follows_use() -> None:
    result = convert("USE sales;\nDROP TABLE t;\n", "hive")
    assert result.sql == "USE main.sales_prod;\nDROP TABLE IF EXISTS main.sales_prod.t;\n"


def test_lines_are_kept_and_comments_survive() -> None:
    text = "-- head; with a semicolon\nCREATE TABLE t (\n  a int -- inside\n);\n\n/* two\nlines */\nLOAD DATA INPATH 'x;y' INTO TABLE t;\n-- tail\n"
    result = convert(text, "hive")
    assert [s.source_line for s in result.statements] == [2, 8]
    for comment in (
        "-- head; with a semicolon",
        "-- inside",
        "/* two\nlines */",
        "-- tail",
        "-- LOAD DATA INPATH 'x;y'",
    ):
        assert comment in result.sql
    for statement in result.statements:
        target = result.sql.splitlines()[statement.target_line - 1]
        assert target.lstrip("- ").startswith(statement.source.split()[0])


def test_a_comment_never_swallows_the_statement_behind_it() -> None:
    result = convert("LOAD DATA INPATH 'x' INTO TABLE t; DROP TABLE t; -- why\nDROP TABLE u;", "hive")
    live = [line.strip() for line in result.sql.splitlines() if line.strip() and not line.startswith("--")]
    assert live == ["DROP TABLE IF EXISTS t; -- why", "DROP TABLE IF EXISTS u;"]


def test_remarks_that_are_no_sql_stay_as_comments() -> None:
    result = convert("=====\nCREATE TABLE s.t (a int);\n", "hive")
    assert result.sql.startswith("-- =====\nCREATE TABLE main.s.t")


def test_files_under_a_volume_become_a_managed_table_to_load() -> None:
    result = convert("CREATE EXTERNAL TABLE s.t (a int) STORED AS PARQUET LOCATION 's3://lake/raw/t';")
    (statement,) = result.statements
    assert "LOCATION" not in statement.output
    assert "read_files('/Volumes/main/raw/files/t', format => 'parquet')" in statement.findings[0].action
    assert result.volumes == ("/Volumes/main/raw/files/t",)


def test_what_differs_in_a_corner_is_converted_and_said() -> None:
    for query, word in {
        "SELECT cast(a AS integer) FROM t": "cut off",
        "SELECT cast(a AS varchar) FROM t": "ends in .000",
        "SELECT cast(a AS decimal(8, 2)) FROM t": "rounded the other way",
        "SELECT date_diff('month', a, b) FROM t": "counts a month",
        "SELECT date_trunc('day', a) FROM t": "gives a TIMESTAMP",
        "SELECT try_cast(a AS date) FROM t": "NULL in Athena",
        "SELECT try(cast(a AS boolean)) FROM t": "yes and n",
        "SELECT date(from_iso8601_timestamp(a)) FROM t": "stays at 00:30",
        "SELECT hour(parse_datetime(a, 'yyyy-MM-dd HH:mm:ss Z')) FROM t": "stays at 00:30",
        "SELECT date_trunc('day', from_iso8601_timestamp(a)) FROM t": "stays at 00:30",
        "SELECT date_trunc('day', from_iso8601_timestamp(a)) = b FROM t": "stays at 00:30",
        "SELECT hour(date_trunc('day', from_iso8601_timestamp(a)) AT TIME ZONE 'Asia/Tokyo') FROM t": "stays at 00:30",
        "SELECT hour(timestamp '2024-01-01 00:00:00 Asia/Tokyo') FROM t": "stays at 00:30",
        "SELECT cast(a AS decimal(38, 18)) * cast(b AS decimal(38, 18)) FROM t": "36 digits behind the point in Athena, rounded to 6",
        "SELECT cast(a AS decimal(20, 8)) * 2 - cast(b AS decimal(38, 10)) FROM t": "10 digits behind the point in Athena, rounded to 9",
        "SELECT coalesce(cast(a AS decimal(38, 18)), cast(b AS decimal(38, 0))) FROM t": "rounded to 0",
        "SELECT if(a > 1, cast(a AS decimal(38, 18)), cast(b AS decimal(28, 2))) FROM t": "rounded to 12",
        "SELECT CASE WHEN a > 1 THEN cast(a AS decimal(38, 30)) ELSE 0 END FROM t": "rounded to 28",
        "SELECT cast(a AS decimal(38, 18)) AS x FROM t UNION ALL SELECT cast(b AS decimal(38, 0)) FROM t": "rounded to 0",
        "SELECT sum(cast(a AS real)) FROM t": "the sum of a REAL",
        "SELECT json_extract_scalar(a, '$.b') FROM t": "as its text",
        "SELECT avg(a) FROM t": "four digits",
        "SELECT ln(a) FROM t": "-Infinity",
        "SELECT map_agg(a, b) FROM t": "comes twice",
        "SELECT k FROM t CROSS JOIN UNNEST(m) AS u (k, v)": "INLINE",
    }.items():
        (statement,) = convert(query + ";", "athena").statements
        assert statement.outcome == "confirm", query
        assert any(word in f.message and f.severity is Severity.WARNING for f in statement.findings), query


def test_the_policy_can_send_files_to_delta() -> None:
    text = "CREATE EXTERNAL TABLE s.t (a int) STORED AS PARQUET LOCATION 's3://b/t';"
    assert "USING DELTA" in convert(text, settings=Settings(table_format="delta")).sql
    assert "USING PARQUET" in convert(text, settings=Settings()).sql


def test_external_locations_and_schemas_are_listed() -> None:
    result = convert(
        "CREATE DATABASE d LOCATION 's3://b/d/';CREATE EXTERNAL TABLE d.t (a int) STORED AS ORC LOCATION 's3://b/t';"
    )
    assert result.schemas == ("main.d",)
    assert result.external_locations == ("s3://b/d/", "s3://b/t")


def test_tables_can_be_read_without_the_rest() -> None:
    text = (
        "CREATE EXTERNAL TABLE Db.T (id int COMMENT 'key', tags array<string>, p struct<a:int,b:decimal(10,2)>)"
        " PARTITIONED BY (d date) STORED AS PARQUET LOCATION 's3://b/t' TBLPROPERTIES ('x'='y');"
    )
    (table,) = extract_tables(text)
    assert (table.database, table.name, table.target_name) == ("db", "t", "main.db.t")
    assert [(c.name, c.type, c.comment) for c in table.all_columns] == [
        ("id", "INT", "key"),
        ("tags", "ARRAY<STRING>", ""),
        ("p", "STRUCT<a: INT, b: DECIMAL(10,2)>", ""),
        ("d", "DATE", ""),
    ]
    assert [key.name for key in table.partition_keys] == ["d"]
    assert (table.format, table.location, table.properties) == ("parquet", "s3://b/t", {"x": "y"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";;",
        "-- only a comment",
        "'unterminated",
        "((((",
        "CREATE",
        "CREATE TABLE",
        "\x00;`",
        "DROP TABLE ``",
        "SELECT " + "(" * 3000 + "1" + ")" * 3000,
        pytest.param(
            "CREATE TABLE t (a " + "array<" * 90000 + "int" + ">" * 90000 + ")", marks=pytest.mark.integration
        ),
    ],
)
def test_nothing_makes_the_converter_raise(text: str) -> None:
    result = convert(text, "hive")
    assert all(statement.outcome == "handed_off" for statement in result.statements)


def test_no_rule_file_is_forgotten() -> None:
    folder = Path(rules.__file__).parent
    used = {Path(inspect.getfile(rule.apply)).stem for rule in RULES}
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == used


def test_a_property_that_spark_reserves_is_told_and_does_not_stop_the_schema() -> None:
    reserved = "'owner'='data team', 'a'='b', 'Location'='s3://x/y'"
    result = convert(f"CREATE DATABASE raw WITH DBPROPERTIES ({reserved});")
    assert result.sql.strip().splitlines()[-2:] == ["CREATE SCHEMA main.raw", "WITH DBPROPERTIES ('a' = 'b');"]
    assert [finding.severity for finding in result.findings] == [Severity.INFO, Severity.INFO]
    assert "ALTER SCHEMA main.raw SET OWNER TO `data team`" in result.findings[0].action
    alone = convert("CREATE DATABASE raw WITH DBPROPERTIES ('owner'='x');")
    assert alone.sql.strip().endswith("CREATE SCHEMA main.raw;")


def test_times_that_are_written_otherwise_are_an_option_of_the_reader_and_iso_needs_none() -> None:
    table = (
        "CREATE EXTERNAL TABLE t (a {}) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe' WITH"
        " SERDEPROPERTIES ('field.delim'=',', 'timestamp.formats'='{}') LOCATION 's3://b/t';"
    )
    (odd,) = convert(table.format("timestamp", "dd/MM/yyyy HH:mm"), "athena").statements
    assert "'timestampFormat' 'dd/MM/yyyy HH:mm'" in odd.output
    assert "all times in the files are written as dd/MM/yyyy HH:mm" in odd.edits[0].condition
    for kind, written in (("timestamp", "yyyy-MM-dd''T''HH:mm:ss"), ("date", "dd/MM/yyyy")):
        (plain,) = convert(table.format(kind, written), "athena").statements
        assert (plain.outcome, "timestampFormat" in plain.output) == ("converted", False)


@pytest.mark.parametrize(("kind", "outcome"), [("TEXTFILE", "confirm"), ("JSON", "confirm"), ("PARQUET", "converted")])
def test_files_that_others_may_read_do_not_become_a_table_without_a_word(kind: str, outcome: str) -> None:
    text = f"CREATE TABLE t WITH (format='{kind}', external_location='s3://b/t/') AS SELECT 1 AS a;"
    assert [statement.outcome for statement in convert(text, "athena").statements] == [outcome]
    inside = f"CREATE TABLE t WITH (format='{kind}') AS SELECT 1 AS a;"
    assert [statement.outcome for statement in convert(inside, "athena").statements] == ["converted"]


def test_a_property_that_the_table_never_got_is_not_taken_from_it() -> None:
    check_converted(
        "ALTER TABLE s.t UNSET TBLPROPERTIES ('a');", "ALTER TABLE main.s.t UNSET TBLPROPERTIES IF EXISTS ('a')"
    )
    left = convert("ALTER TABLE t UNSET TBLPROPERTIES ('write_target_data_file_size_bytes');", "athena")
    assert [statement.outcome for statement in left.statements] == ["dropped"]


JSON_TABLE = "CREATE EXTERNAL TABLE t (a int) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' WITH SERDEPROPERTIES ({}) LOCATION 's3://b/t';"


def test_a_property_of_a_serde_that_nothing_knows_is_told() -> None:
    (odd,) = convert(JSON_TABLE.format("'strip.outer.array'='true', 'case.insensitive'='false'"), "athena").statements
    assert odd.outcome == "confirm"
    assert ["strip.outer.array" in finding.message for finding in odd.findings] == [True]
    (known,) = convert(
        JSON_TABLE.format("'Paths'='a', 'explicit.null'='true', 'case.insensitive'='FALSE'"), "athena"
    ).statements
    assert known.findings == ()


def test_orc_columns_that_are_asked_for_by_position_have_to_be_looked_at() -> None:
    table = "CREATE EXTERNAL TABLE t (a int) STORED AS ORC LOCATION 's3://b/t' TBLPROPERTIES ('orc.column.index.access'='{}');"
    outcomes = [convert(table.format(value), "athena").statements[0].outcome for value in ("true", "false")]
    assert outcomes == ["confirm", "converted"]


def test_a_table_with_a_column_twice_waits_for_a_person() -> None:
    check_handed_off(
        "CREATE EXTERNAL TABLE t (a int, b int, A string) STORED AS PARQUET LOCATION 's3://b/t';", "hold a twice"
    )


def test_a_partition_key_that_is_a_column_in_other_letters_waits_for_a_person() -> None:
    check_handed_off(
        "CREATE EXTERNAL TABLE t (a int) PARTITIONED BY (A string) STORED AS PARQUET LOCATION 's3://b/t';",
        "hold a twice",
    )


@pytest.mark.parametrize(
    ("change", "action"),
    [
        ("SET LOCATION 's3://b/x/'", "created anew with the new LOCATION"),
        ("REPLACE COLUMNS (a int)", "created anew with these columns"),
        ("DROP COLUMN a", "'delta.columnMapping.mode' = 'name'"),
        ("PARTITION (d='1') SET LOCATION 's3://b/x/'", "DROP PARTITION (…), then ADD PARTITION"),
        ("PARTITION (d='1') RENAME TO PARTITION (d='2')", "then ADD PARTITION (the new values)"),
        ("PARTITION (d='1') ADD COLUMNS (a int)", "add them to main.s.t as a whole"),
        ("EXCHANGE PARTITION (d='1') WITH TABLE s.u", "look at what it changes"),
    ],
)
def test_a_change_without_an_equal_says_what_to_do_instead(change: str, action: str) -> None:
    (statement,) = convert(f"ALTER TABLE s.t {change};").statements
    assert (statement.outcome, action in statement.findings[0].action) == ("handed_off", True)


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("strpos(x, 'a', 2)", "another occurrence"),
        ("split(x, y, 2)", "computed"),
        ("regexp_replace(x, 'a', m -> upper(m[1]))", "a function"),
        ("from_utf8(b, '?')", "no UTF-8"),
        ("DECIMAL '1.5'", "precision and scale"),
        ("cast(row(1, 2) as row(a integer, b integer))[1]", "by its name"),
    ],
)
def test_an_argument_that_spark_has_no_place_for_is_handed_off(call: str, why: str) -> None:
    check_handed_off(f"CREATE VIEW v AS SELECT {call} AS r FROM db.t", why, "athena")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("d", True),
        ("avg(n)", True),
        ("n * d", True),
        ("cast(n as double)", True),
        ("1.5e0", True),
        ("1.5", False),
        ("n", False),
        ("sum(n)", False),
        ("s", False),
    ],
)
def test_a_double_as_text_is_told(value: str, told: bool) -> None:
    table = "CREATE EXTERNAL TABLE t (d double, n int, s string) STORED AS PARQUET LOCATION 's3://a/b/';\n"
    view = f"CREATE OR REPLACE VIEW v AS SELECT cast({value} AS varchar) AS x FROM t;\n"
    made = convert_ddl(table + view, "a.sql", Settings())
    assert [found.line for found in made.findings if "a DOUBLE is 1.5E0" in found.message] == ([2] if told else [])


@pytest.mark.parametrize(
    ("array", "told"),
    [
        ("array_agg(d)", Severity.WARNING),
        ("array_sort(array_agg(distinct d))", Severity.WARNING),
        ("array_agg(d order by n)", Severity.WARNING),
        ("array[s, cast(t as varchar), 'x']", None),
        ("array[1.5e0]", Severity.WARNING),
        ("array[t]", Severity.WARNING),
        ("items", Severity.INFO),
        ("array_agg(s)", None),
        ("array_agg(distinct n)", None),
        ("split(s, ',')", None),
    ],
)
def test_elements_that_array_join_writes_otherwise_are_told(array: str, told: Severity | None) -> None:
    columns = "d double, n int, s string, t timestamp, items array<double>"
    table = f"CREATE EXTERNAL TABLE t ({columns}) STORED AS PARQUET LOCATION 's3://a/b/';\n"
    made = convert_ddl(
        f"{table}CREATE OR REPLACE VIEW v AS SELECT array_join({array}, ',') AS x FROM t;\n", "a.sql", Settings()
    )
    found = [finding.severity for finding in made.findings if "ARRAY_JOIN" in finding.message]
    assert found == ([told] if told else [])


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("UNNEST(items) AS t (sku, qty)", "LATERAL INLINE(items) AS t(sku, qty)"),
        ("UNNEST(o.items) AS t (sku, qty)", "LATERAL INLINE(o.items) AS t(sku, qty)"),
        ("UNNEST(one) AS t (a)", "LATERAL INLINE(one) AS t(a)"),
        ("UNNEST(m) AS t (k, v)", "LATERAL EXPLODE(m) AS t(k, v)"),
        ("UNNEST(numbers) AS t (x)", "LATERAL EXPLODE(numbers) AS t(x)"),
    ],
)
def test_an_array_of_rows_becomes_the_columns_of_its_rows(query: str, written: str) -> None:
    table = (
        "CREATE EXTERNAL TABLE s.o (items array<struct<sku:string,qty:decimal(10,2)>>, one array<struct<a:int>>,"
        " m map<string,int>, numbers array<int>) STORED AS PARQUET LOCATION 's3://b/o/';\n"
    )
    _, view = convert(f"{table}CREATE VIEW s.v AS SELECT 1 AS x FROM s.o o CROSS JOIN {query};", "athena").statements
    assert (written in view.output, view.findings) == (True, ())


@pytest.mark.parametrize(
    ("value", "written", "told"),
    [
        ("round(d, 2)", "CAST(ROUND(d, 2) AS DECIMAL(11, 4))", False),
        ("round(d * n, 2)", "CAST(ROUND(d * n, 2) AS DECIMAL(21, 4))", False),
        ("round(d, 4)", "ROUND(d, 4)", False),
        ("round(d)", "ROUND(d)", False),
        ("round(n, 2)", "ROUND(n, 2)", False),
        ("round(s.both, 2)", "ROUND(s.both, 2)", True),
    ],
)
def test_a_rounded_decimal_keeps_its_scale(value: str, written: str, told: bool) -> None:
    stored = "STORED AS PARQUET LOCATION 's3://a/b/';"
    tables = (
        f"CREATE EXTERNAL TABLE s.t (d decimal(10,4), n int) {stored}\nCREATE EXTERNAL TABLE s.s (both decimal(5,2))"
        f" {stored}\nCREATE EXTERNAL TABLE s.o (both decimal(7,3)) {stored}\n"
    )
    view = f"CREATE VIEW s.v AS SELECT {value} AS x FROM s.t CROSS JOIN s.s CROSS JOIN s.o;"
    made = convert(tables + view, "athena").statements[-1]
    assert f"{written} AS x" in made.output
    assert ["keeps its zeros" in found.message for found in made.findings] == ([True] if told else [])


def test_arithmetic_that_fits_into_38_digits_is_not_told() -> None:
    for value in (
        "cast(1 AS decimal(18, 8)) * 2",
        "0.12345678 * cast(2 AS integer)",
        "cast(1 AS decimal(38, 6)) + 0.5",
        "coalesce(cast(1 AS decimal(38, 18)), 0)",
    ):
        made = convert(f"SELECT {value} AS x FROM s.t;", "athena").statements[-1]
        assert [found.message for found in made.findings if "behind the point" in found.message] == [], value


def test_a_year_of_two_digits_that_a_try_reads_is_told() -> None:
    made = convert("SELECT try(date_parse(a, '%Y-%m-%d')) AS x FROM s.t;", "athena").statements[-1]
    assert [found.severity for found in made.findings if "the year 24" in found.message] == [Severity.INFO]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("cast(upper(a) AS timestamp)", True),
        ("try_cast(upper(a) AS timestamp)", True),
        ("cast('2024-01-01' AS timestamp)", False),
        ("cast(upper(a) AS date)", False),
    ],
)
def test_a_text_that_is_cast_to_a_timestamp_keeps_its_digits(value: str, told: bool) -> None:
    made = convert(f"SELECT {value} AS x FROM s.t;", "athena").statements[-1]
    assert ["keeps parts of a millisecond" in found.message for found in made.findings] == ([True] if told else [])


def test_rows_that_are_numbered_are_handed_off() -> None:
    table = "CREATE EXTERNAL TABLE s.o (one array<struct<a:int>>) STORED AS PARQUET LOCATION 's3://b/o/';\n"
    query = "SELECT t.a FROM s.o CROSS JOIN UNNEST(one) WITH ORDINALITY AS t (a, n)"
    made = convert(f"{table}CREATE VIEW s.v AS {query};", "athena").statements[-1]
    assert (made.outcome, "numbered" in made.findings[0].message) == ("handed_off", True)
