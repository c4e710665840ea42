"""Whatever CREATE TABLE comes in, nothing of it is lost: a column, a key or a place is in the output or in a finding."""

import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.ddl import convert_ddl

NAMES = st.sampled_from(["id", "end", "order_no", "x1", "timestamp", "a", "zip", "select", "table", "value"])
PLAIN = st.sampled_from(
    ["int", "bigint", "string", "double", "date", "timestamp", "boolean", "decimal(10,2)", "varchar(5)", "binary"]
)
TYPES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        inner.map("array<{}>".format),
        inner.map("map<string,{}>".format),
        st.tuples(NAMES, inner).map(lambda p: f"struct<`{p[0]}`:{p[1]}>"),
    ),
    max_leaves=3,
)
STORAGE = st.sampled_from(
    [
        "STORED AS PARQUET",
        "STORED AS ORC",
        "ROW FORMAT DELIMITED FIELDS TERMINATED BY '|'",
        "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'",
        "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe' WITH SERDEPROPERTIES ('input.regex'='(.*)')",
        "STORED AS SEQUENCEFILE",
        "",
    ]
)
PROPERTIES = st.dictionaries(
    st.sampled_from(
        ["classification", "team", "skip.header.line.count", "projection.enabled", "EXTERNAL", "immutable"]
    ),
    st.sampled_from(["1", "true", "x"]),
    max_size=3,
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[tuple[str, str]], list[tuple[str, str]], dict[str, str]]:
    names = draw(st.lists(NAMES, min_size=2, max_size=6, unique=True))
    columns = [(name, draw(TYPES)) for name in names]
    count = draw(st.integers(0, len(columns) - 1))
    data, keys = columns[count:], [(name, "string") for name, _ in columns[:count]]
    properties = draw(PROPERTIES)
    text = "CREATE EXTERNAL TABLE db.t (" + ", ".join(f"`{n}` {t}" for n, t in data) + ")"
    if keys:
        text += " PARTITIONED BY (" + ", ".join(f"`{n}` {t}" for n, t in keys) + ")"
    text += f" {draw(STORAGE)} LOCATION 's3://bucket/place'"
    if properties:
        text += " TBLPROPERTIES (" + ", ".join(f"'{k}'='{v}'" for k, v in properties.items()) + ")"
    return text, data, keys, properties


@given(tables())
@settings(max_examples=60, deadline=None)
def test_nothing_of_a_table_is_lost(
    generated: tuple[str, list[tuple[str, str]], list[tuple[str, str]], dict[str, str]],
) -> None:
    text, data, keys, properties = generated
    result = convert_ddl(text + ";\n", "t.sql", Settings(), "athena")
    (statement,) = result.statements
    if any(f.severity is Severity.BLOCKER for f in statement.findings):
        assert statement.output == ""
        assert text in result.sql.replace("-- ", "")
        return
    tree = sqlglot.parse_one(statement.output, read="databricks")
    columns = [(c.name, c.args["kind"]) for c in tree.find_all(exp.ColumnDef) if c.parent is tree.this]
    wanted = [(name, exp.DataType.build(kind, dialect="hive")) for name, kind in (*data, *keys)]
    assert [name for name, _ in columns] == [name for name, _ in wanted]
    assert [k.sql("databricks", identify=True) for _, k in columns] == [
        k.sql("databricks", identify=True) for _, k in wanted
    ]
    assert "'s3://bucket/place'" in statement.output
    assert all(f"`{name}`" in statement.output or name in statement.output for name, _ in keys)
    told = statement.output + " ".join(f.message for f in statement.findings)
    assert all(key in told for key in properties)
