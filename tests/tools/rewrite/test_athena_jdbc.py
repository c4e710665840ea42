"""Tables of Athena that Spark reads through JDBC are read by their names; anything else of Athena stays with a person."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import convert_project

HEAD = """import sys
from awsglue.context import GlueContext

glueContext = GlueContext()
spark = glueContext.spark_session
user, password, url = sys.argv[1:4]
"""
GIVEN = {
    "DRIVER": "com.simba.athena.jdbc.Driver",
    "URL": "jdbc:awsathena://athena.eu-west-1.amazonaws.com:443;S3OutputLocation=s3://results/",
}
CHAIN = 'frame = {}.read.format("jdbc"){}.load()\n'
OPTION = '.option("driver", DRIVER).option("url", url).option("dbtable", {}).option("user", user).option("password", password)'
READ = {
    "by the context": CHAIN.format("glueContext", OPTION.format('"sales.orders"')),
    "by the session": CHAIN.format("spark", OPTION.format('"Sales.Orders"')),
    "in quotes": CHAIN.format("spark", OPTION.format('\'"sales"."orders"\'')),
    "with the catalog": CHAIN.format("spark", OPTION.format('"AwsDataCatalog.sales.orders"')),
    "by a variable": 'table = "sales.orders"\n' + CHAIN.format("spark", OPTION.format("table")),
    "by options": CHAIN.format("spark", '.options(url=URL, dbtable="sales.orders", fetchsize=10000, user=user)'),
    "by a dict": 'given = {"url": URL, "dbtable": "sales.orders"}\n' + CHAIN.format("spark", ".options(**given)"),
    "the options first": 'frame = spark.read.option("url", URL).format("jdbc").option("dbtable", "sales.orders").load()\n',
}
HANDED_OFF = {
    "an option twice": CHAIN.format("spark", OPTION.format('"sales.old"') + '.option("dbtable", "sales.orders")'),
    "a query as a table": CHAIN.format("spark", OPTION.format('"(SELECT * FROM sales.orders) o"')),
    "a query": CHAIN.format("spark", '.option("url", URL).option("query", "SELECT 1")'),
    "a table beside a query": CHAIN.format("spark", OPTION.format('"sales.orders"') + '.option("query", "SELECT 1")'),
    "a table without a schema": CHAIN.format("spark", OPTION.format('"orders"')),
    "a computed table": CHAIN.format("spark", OPTION.format("sys.argv[4]")),
    "another source of Athena": CHAIN.format("spark", OPTION.format('"lambda_hbase.sales.orders"')),
    "another source by the address": CHAIN.format("spark", '.option("url", URL + "Catalog=hbase").option("dbtable", "sales.orders")'),
    "a schema of its own": CHAIN.format("spark", OPTION.format('"sales.orders"') + '.option("customSchema", "a INT")'),
    "a statement before it": CHAIN.format("spark", OPTION.format('"sales.orders"') + '.option("sessionInitStatement", "x")'),
    "options that are not known": CHAIN.format("spark", '.options(driver=DRIVER, **sys.argv).option("dbtable", "sales.orders")'),
    "a password in the source": CHAIN.format("spark", OPTION.replace("password)", '"p")').format('"sales.orders"')),
    "in two steps": 'reader = spark.read.format("jdbc").option("driver", DRIVER).option("url", url)\nframe = reader.option("dbtable", "sales.orders").load()\n',
    "the driver elsewhere too": CHAIN.format("spark", OPTION.format('"sales.orders"')) + "connect(DRIVER)\n",
    "by jdbc": 'frame = spark.read.jdbc(URL, "sales.orders")\n',
}  # fmt: skip


def source_of(read: str) -> str:
    """Return a job with what is read, and with the address and the driver where the read takes them."""
    return (
        HEAD + "".join(f"{name} = {text!r}\n" for name, text in GIVEN.items() if name in read) + read + "frame.show()\n"
    )


@pytest.mark.parametrize("read", READ.values(), ids=READ)
def test_a_table_is_read_by_its_name(read: str) -> None:
    source = source_of(read)
    (conversion,) = convert_project({"job.py": source}, Settings())
    assert 'frame = spark.read.table("main.sales.orders")\n' in conversion.after
    assert [found for found in conversion.findings if found.severity is Severity.BLOCKER] == []
    before, after = {"job.py": source}, {"job.py": conversion.after}
    checked = check(source, conversion.after, "job.py", before, after, conversion.findings, Settings())
    assert checked.findings == ()


@pytest.mark.parametrize("read", HANDED_OFF.values(), ids=HANDED_OFF)
def test_what_may_be_something_else_is_handed_off(read: str) -> None:
    (conversion,) = convert_project({"job.py": source_of(read)}, Settings())
    told = [found.rule for found in conversion.findings if found.severity is Severity.BLOCKER]
    assert "aws-elsewhere" in told


def test_another_database_stays_as_it_is() -> None:
    read = CHAIN.format("spark", '.option("url", "jdbc:postgresql://h/d").option("dbtable", "sales.orders")')
    (conversion,) = convert_project({"job.py": source_of(read)}, Settings())
    assert '.option("dbtable", "sales.orders")' in conversion.after
