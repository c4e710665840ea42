"""What stands in for the secret that a database connection names."""

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check

HEAD = "from awsglue.context import GlueContext\n\nglue = GlueContext()\n"


def test_the_secret_of_a_connection_becomes_a_scope(convert) -> None:
    options = '{"url": "jdbc:mysql://h/d", "dbtable": "t", "secretId": "prod/shop"}'
    source = HEAD + f'frame = glue.create_dynamic_frame.from_options("mysql", {options})\nframe.toDF().show()\n'
    conversion = convert(source)
    assert 'user=dbutils.secrets.get("prod-shop", "user")' in conversion.after
    assert 'password=dbutils.secrets.get("prod-shop", "password")' in conversion.after
    assert 'get("prod-shop", "url")' not in conversion.after
    assert [f.message for f in conversion.findings if f.severity is Severity.WARNING] == [
        'the secret of secretId "prod/shop" is replaced by a secret scope'
    ]
    result = check(source, conversion.after, "job.py", {}, {}, conversion.findings, Settings())
    assert [str(f) for f in result.findings if f.severity is Severity.BLOCKER] == []
    named = convert(source, settings=Settings(secrets={"prod/shop": "shop"})).after
    assert 'dbutils.secrets.get("shop", "user")' in named
