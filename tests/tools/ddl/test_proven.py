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
    r"from_unixtime(0)": "1970-01-01 00:00:00",
    r"from_unixtime(86400, 'yyyy-MM-dd')": "1970-01-02",
    r"date_format('2015-04-08', 'yyyyMM')": "201504",
    r"unix_timestamp('1970-01-02', 'yyyy-MM-dd')": 86400,
    r"trunc('2015-03-17', 'MM') = date '2015-03-01'": True,
    r"percentile(10, 0.5)": 10.0,
    r"size(null)": -1,
    r"array_contains(array(1, null), 2)": False,
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
    r"date_diff('day', timestamp '2020-03-01 23:00:00', timestamp '2020-03-02 01:00:00')": 0,
    r"date_diff('second', timestamp '2020-03-01 00:00:00', timestamp '2020-03-02 00:00:00')": 86400,
    r"date_diff('millisecond', timestamp '2020-06-01 12:30:45.000', timestamp '2020-06-02 12:30:45.123')": 86400123,
    r"date_diff('week', date '2020-01-01', date '2020-01-20')": 2,
    r"date_add('month', 1, date '2020-01-31') = date '2020-02-29'": True,
    r"date_add('day', -1, timestamp '2020-03-01 00:00:00') = timestamp '2020-02-29 00:00:00'": True,
    r"date_add('quarter', 2, date '2020-01-01') = date '2020-07-01'": True,
    r"cast(date_add('day', 2 - 1, date '2020-01-01') as varchar)": "2020-01-02",
    r"cast(date '2020-01-01' + interval '1' day as varchar)": "2020-01-02",
    r"cast(date_add('day', -1, date '2020-01-01') as varchar)": "2019-12-31",
    r"cast(date_add('month', 3 - 1, date '2020-01-01') as varchar)": "2020-03-01",
    r"cast(date_trunc('month', date '2020-05-17') as varchar)": "2020-05-01",
    r"cast(date_trunc('day', date '2020-05-17') as varchar)": "2020-05-17",
    r"cast(date_trunc('hour', timestamp '2001-08-22 03:04:05') as varchar)": "2001-08-22 03:00:00.000",
    r"to_unixtime(from_unixtime(1700000000))": 1700000000.0,
    r"to_unixtime(from_iso8601_timestamp('2020-05-11T11:15:05Z'))": 1589195705.0,
    r"cast(from_iso8601_date('2020-05-11') as varchar)": "2020-05-11",
    r"date_format(date_parse('2020-03-04T05:06:07', '%Y-%m-%dT%H:%i:%s'), '%Y-%m-%dT%H')": "2020-03-04T05",
    r"format_datetime(timestamp '2020-03-04 05:06:07', 'yyyyMMdd''T''HH')": "20200304T05",
    r"year_of_week(date '2021-01-01')": 2020,
    r"day_of_week(date '2020-01-05')": 7,
    r"extract(dow from date '2020-01-06')": 1,
    r"extract(second from timestamp '2020-01-06 01:02:03.5')": 3,
    r"map(array['k'], array[5])['k']": 5,
    r"element_at(array[1, 2], 3)": None,
    r"element_at(array[1, 2], -1)": 2,
    r"element_at(map(array['k'], array[5]), 'x')": None,
    r"cardinality(array[1, 2])": 2,
    r"greatest(1, null)": None,
    r"least(3, 2, 5)": 2,
    r"'[' || trim(' 	 a b  ') || ']'": "[a b]",
    r"'[' || ltrim('  a ') || ']'": "[a ]",
    r"split_part('a/b/c', '/', 2)": "b",
    r"split_part('a/b', '/', 5)": None,
    r"split_part('a..b', '.', 2)": "",
    r"cast('12345678901234' as decimal) = 12345678901234": True,
    r"cast(12345678901234.5 as decimal) = 12345678901235": True,
    r"array_join(split('a.b.c', '.', 2), '|')": "a|b.c",
    r"array_join(split('a.b.c', '.'), '|')": "a|b|c",
    r"map(array[1, 2], array['a', 'b'])[1]": "a",
    r"array[map(array[5], array['a'])][1][5]": "a",
    r"array['a', 'b'][1]": "a",
    r"regexp_extract('1a 2b 14m', '\d+')": "1",
    r"regexp_extract('abc', '\d+')": None,
    r"regexp_extract('1a 2b 14m', '(\d+)([a-z]+)', 2)": "a",
    r"regexp_extract('abc', '(\d+)x', 1)": None,
    r"substr('hello', -3)": "llo",
    r"substr('ab', -3)": "",
    r"substr('a=bc', strpos('a=bc', '=') + 1)": "bc",
    r"cast(1.5 as integer)": 2,
    r"cast(cast(-2.5 as double) as bigint)": -3,
    r"try(cast('x' as integer))": None,
    r"try_cast('12' as integer)": 12,
    r"cast(true as varchar)": "true",
    r"cast('abcdef' as varchar(3))": "abc",
    r"cast(row(1, 'a') as row(x bigint, y varchar)).y": "a",
    """cast(json_extract('{"a": {"b": 7}}', '$.a.b') as bigint)""": 7,
    """json_extract_scalar('{"a": [1, 2]}', '$.a[1]')""": "2",
    r"json_extract_scalar('not json', '$.a')": None,
    r"any_match(array[1, 2], x -> x > 1)": True,
    r"all_match(array[1, 2], x -> x > 1)": False,
    r"none_match(array[1, 2], x -> x > 5)": True,
    r"to_hex(md5(to_utf8('ABC')))": "902FBDD2B1DF0C4F70B4A5D23525E932",
    r"lower(to_hex(sha256(to_utf8('abc'))))": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    r"url_extract_host('http://example.com:80/a?b=c')": "example.com",
    r"array_sort(array[3, null, 1])": [1, 3, None],
    r"array_agg(cast(null as integer))": [None],
    r"map_agg('a', 1)['a']": 1,
    r"2.0 * 3": 6,
    r"cast(7 as double) / 2": 3.5,
    r"floor(-1.5)": -2,
    r"round(cast(2.5 as double))": 3.0,
    r"listagg('x', ',') within group (order by 1)": "x",
    r"arbitrary(5)": 5,
    r"bitwise_and(12, 10)": 8,
    r"sequence(1, 3)": [1, 2, 3],
    r"slice(array[1, 2, 3], 2, 2)": [2, 3],
    r"array_position(array[5, 6], 6)": 2,
    r"date_format(timestamp '2001-08-02 15:04:05', '%W, %M %e %Y, %h:%i %p')": "Thursday, August 2 2001, 03:04 PM",
    r"date_format(timestamp '2001-08-02 00:04:05', '%a %b %d %y %j')": "Thu Aug 02 01 214",
    r"date_format(timestamp '2001-08-02 03:04:05', '%Y-%m-%dT%TZ')": "2001-08-02T03:04:05Z",
    r"cast(date_parse('01/Feb/2020:03:04:05', '%d/%b/%Y:%H:%i:%s') as varchar)": "2020-02-01 03:04:05.000",
    r"cast(date_parse('2/1/2020 3:04:05 PM', '%m/%d/%Y %h:%i:%s %p') as varchar)": "2020-02-01 15:04:05.000",
    r"cast(date_parse('2020-02-01 03:04:05.123', '%Y-%m-%d %H:%i:%s.%f') as varchar)": "2020-02-01 03:04:05.123",
    r"cast(date_parse('2020-02-01 03:04:05.1', '%Y-%m-%d %H:%i:%s.%f') as varchar)": "2020-02-01 03:04:05.100",
    r"cast(date_parse('20200201', '%Y%m%d') as varchar)": "2020-02-01 00:00:00.000",
    r"cast(date_parse('1 February 2020', '%d %M %Y') as varchar)": "2020-02-01 00:00:00.000",
    r"if(1 > 2, 'a')": None,
    r"if(2 > 1, 'a')": "a",
    r"from_utf8(from_base64('YWJj'))": "abc",
    r"from_utf8(from_hex('616263'))": "abc",
    r"chr(65)": "A",
    r"reduce(array[5, 20, 50], 0, (s, x) -> s + x, s -> s)": 75,
    r"reduce(array[5, null, 50], 0, (s, x) -> s + coalesce(x, 0), s -> s)": 55,
    r"array_max(array[1, 3, 2])": 3,
    r"array_max(array[1, null, 2])": None,
    r"array_min(array[3, 1, 2])": 1,
    r"flatten(array[array[1, 2], null, array[3]])": [1, 2, 3],
    r"json_array_length('[1, 2, 3]')": 3,
    """cast(json_parse('["a", 1, true, null]') as array(varchar))""": ["a", "1", "true", None],
    """cast(json_extract('{"a": {"b": ["x", "y"]}}', '$.a.b') as array(varchar))[2]""": "y",
    """cast(json_extract('{"a": 1}', '$.b') as array(varchar))""": None,
    """cast(json_parse('{"a": "x", "b": 2}') as map(varchar, varchar))['b']""": "2",
    """try_cast(json_parse('{"a": "x"}') as array(varchar))""": None,
    r"json_array_length('{}')": None,
    """json_array_length(json_extract('{"a": [1, 2]}', '$.a'))""": 2,
    """json_array_length(json_extract('{"a": {"b": 1}}', '$.a'))""": None,
}
CASES = [("hive", text, value) for text, value in HIVE.items()] + [("athena", t, v) for t, v in ATHENA.items()]


def test_documented_results_come_out_of_spark(spark: "SparkSession") -> None:
    spark.conf.set("spark.sql.ansi.enabled", "true")
    wrong = [f"{text}: {found!r}" for dialect, text, value in CASES if (found := _run(spark, dialect, text)) != value]
    assert wrong == []


JOINED = {
    "SELECT x, n FROM (SELECT array['a', 'b'] AS a) AS t CROSS JOIN UNNEST(a) WITH ORDINALITY AS u (x, n)": [
        ("a", 1),
        ("b", 2),
    ],
    "SELECT k, x FROM (SELECT 1 AS k, filter(array[1], y -> y > 1) AS a) AS t LEFT JOIN UNNEST(a) AS u (x) ON true": [
        (1, None)
    ],
    "SELECT * FROM UNNEST(array[5]) WITH ORDINALITY AS u (x, n)": [(5, 1)],
    "SELECT x FROM UNNEST(array[5, 6]) AS u (x) ORDER BY x DESC": [(6,), (5,)],
    "SELECT array_agg(a) AS x FROM (SELECT 1 AS a) AS t WHERE a > 1": [(None,)],
    "SELECT array_agg(a ORDER BY b) AS x FROM (VALUES (1, 3), (2, null), (null, 1), (4, 2)) AS t (a, b)": [
        ([None, 4, 1, 2],)
    ],
    "SELECT array_agg(a ORDER BY b DESC) AS x FROM (VALUES (1, 3), (2, null), (4, 5)) AS t (a, b)": [([4, 1, 2],)],
    "SELECT array_agg(a ORDER BY b DESC NULLS FIRST) AS x FROM (VALUES (1, 3), (2, null), (4, 5)) AS t (a, b)": [
        ([2, 4, 1],)
    ],
    "SELECT array_agg(a ORDER BY a) AS x FROM (SELECT 1 AS a) AS t WHERE a > 1": [(None,)],
}


def test_rows_of_arrays_come_out_of_spark_as_athena_counts_them(spark: "SparkSession") -> None:
    for query, rows in JOINED.items():
        (statement,) = convert_ddl(query + ";", "x.sql", Settings(), "athena").statements
        assert statement.outcome == "converted", (query, statement.findings)
        assert [tuple(row) for row in spark.sql(statement.output).collect()] == rows, query


def _run(spark: "SparkSession", dialect: Dialect, expression: str) -> object:
    (statement,) = convert_ddl(f"SELECT {expression} AS x;", "x.sql", Settings(), dialect).statements
    assert statement.outcome in ("converted", "confirm"), (expression, statement.findings)
    return spark.sql(statement.output).collect()[0][0]
