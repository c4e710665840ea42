"""What the list of proven functions claims: the documented results of Hive and Trino come out of Spark in ANSI mode.

Hive's values are the examples of its LanguageManual (UDF), Trino's those of its function pages, plus edges of our own.
"""

from typing import TYPE_CHECKING

import pytest

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.ddl import convert_ddl
from glue2lakehouse.tools.ddl.model import Dialect

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

HIVE = {
    r"substr('foobar', 4)": "bar",
    r"substr('foobar', 4, 1)": "b",
    r"regexp_replace('foobar', 'oo|ar', '')": "fb",
    r"regexp_extract('foothebar', 'foo(.*?)(bar)', 1)": "the",
    r"regexp_extract('foothebar', 'foo(.*?)(bar)', 2)": "bar",
    r"split('a1b2c', '\\d')": ["a", "b", "c"],
    r"split('a,b,,', ',')": ["a", "b", "", ""],
    r"instr('foobar', 'bar')": 4,
    r"locate('bar', 'foobarbar', 5)": 7,
    r"lpad('hi', 5, '?')": "???hi",
    r"rpad('hi', 1, '?')": "h",
    r"months_between('1997-02-28 10:30:00', '1996-10-30')": 3.94959677,
    r"cast(next_day('2015-01-14', 'TU') as date) = date '2015-01-20'": True,
    r"datediff('2009-03-01', '2009-02-27')": 2,
    r"date_add('2008-12-31', 1) = date '2009-01-01'": True,
    r"weekofyear('1970-11-01 00:00:00')": 44,
    r"quarter('2015-04-08')": 2,
    r"soundex('Miller')": "M460",
    r"levenshtein('kitten', 'sitting')": 3,
    r"substring_index('www.apache.org', '.', 2)": "www.apache",
    r"md5('ABC')": "902fbdd2b1df0c4f70b4a5d23525e932",
    r"sha1('ABC')": "3c01bdbb26f358bab27f267924aa2c9a03fcfdb8",
    r"crc32('ABC')": 2743272264,
    r"find_in_set('ab', 'abc,b,ab,c,def')": 3,
    r"concat_ws('-', 'a', null, 'b')": "a-b",
    r"translate('abcdef', 'adc', '19')": "1b9ef",
    r"pmod(-7, 3)": 2,
    r"round(2.5) = 3": True,
    r"round(-2.5) = -3": True,
    r"ceil(-1.5) = -1": True,
    r"7 div 2": 3,
    r"-7 % 3": -1,
    r"factorial(5)": 120,
    r"cast('12' as int)": 12,
    r"cast(12.7D as int)": 12,
    r"'1' = 1": True,
    r"'10.0' <=> null": False,
    r"nvl(null, 'x')": "x",
    r"'a' rlike '^A'": False,
    r"parse_url('http://facebook.com/path1/p.php?k1=v1&k2=v2', 'QUERY', 'k1')": "v1",
    r"'tab\there'": "tab\there",
    r"'it''s'": "its",
    r"size(null)": -1,
    r"array_contains(cast(null as array<int>), 1)": False,
    r"sqrt(-1D)": None,
    r"sqrt(9D)": 3.0,
}
ATHENA = {
    r"7 / 2": 3,
    r"-7 / 2": -3,
    r"mod(-7, 3)": -1,
    r"week(date '2005-01-01')": 53,
    r"regexp_replace('1a 2b 14m', '\d+[ab] ', '')": "14m",
    r"regexp_replace('1a 2b 14m', '(\d+)([ab]) ', '3c$2 ')": "3ca 3cb 14m",
    r"regexp_like('1a 2b 14m', '\d+b')": True,
    r"split('a.b.', '.')": ["a", "b", ""],
    r"strpos('abc', 'c')": 3,
    r"substr('hello', 2, 3)": "ell",
    r"lpad('ab', 4, 'x')": "xxab",
    r"replace('abc', 'b')": "ac",
    r"length('a\nb')": 4,
    r"concat_ws('-', 'a', null, 'b')": "a-b",
    r"array_join(array['a', null, 'b'], '-')": "a-b",
    r"contains(array[1, 2], 2)": True,
    r"filter(array[1, 2, 3], x -> x > 1)": [2, 3],
    r"map_keys(map(array['a'], array[1]))": ["a"],
    r"date_format(timestamp '2001-08-02 03:04:05', '%Y-%m-%d %H:%i:%s')": "2001-08-02 03:04:05",
    r"date_format(date_parse('2020-3-4', '%Y-%m-%d'), '%Y/%m/%d')": "2020/03/04",
    r"date '2020-01-31' + interval '1' month = date '2020-02-29'": True,
    r"cast('12' as bigint)": 12,
    r"cast(date '2020-01-02' as varchar)": "2020-01-02",
    r"round(2.5) = 3": True,
    r"if(1 > 2, 'a', 'b')": "b",
    r"nullif('a', 'a')": None,
    r"1 is distinct from null": True,
    r"'it''s'": "it's",
    r"coalesce(null, 'x')": "x",
    r"power(2, 3)": 8.0,
    r"quarter(date '2020-05-01')": 2,
}
CASES = [("hive", text, value) for text, value in HIVE.items()] + [("athena", t, v) for t, v in ATHENA.items()]


def test_documented_results_come_out_of_spark(spark: "SparkSession") -> None:
    spark.conf.set("spark.sql.ansi.enabled", "true")
    wrong = [f"{text}: {found!r}" for dialect, text, value in CASES if (found := _run(spark, dialect, text)) != value]
    assert wrong == []


def _run(spark: "SparkSession", dialect: Dialect, expression: str) -> object:
    (statement,) = convert_ddl(f"SELECT {expression} AS x;", "x.sql", Settings(), dialect).statements
    assert statement.outcome == "converted", (expression, statement.findings)
    return spark.sql(statement.output).collect()[0][0]
