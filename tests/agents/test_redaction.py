import ast

import pytest

from glue2lakehouse.agents.redaction import Redactor, redacted

# Put together here, so that no scanner takes this file for a leak.
AWS_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"
GITHUB = "ghp_" + "1234567890abcdefghij" + "ABCDEFGHIJ123456"
JWT = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    + "eyJzdWIiOiIxMjM0NTY3ODkwIn0."
    + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
)
DATABRICKS = "dapi" + "0123456789abcdef" * 2
SLACK = "xoxb-" + "123456789012-1234567890123-" + "abcdefABCDEFabcdefABCDEF"
STRIPE = "sk_live_" + "abcdefghijklmnopqrstuvwx"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\nabc+/=\n-----END RSA PRIVATE KEY-----"

PLANTED = {
    "keyword argument": ('connect(password="hunter2!")', "hunter2!"),
    "dictionary entry": ('{"user": "etl", "password": "s3cr3t"}', "s3cr3t"),
    "spark option": ('df.write.option("user", "u").option("password", "pa55 word")', "pa55 word"),
    "spark configuration": ('spark.conf.set("fs.s3a.secret.key", "not-a-real-one")', "not-a-real-one"),
    "snowflake option": ('opts = {"sfPassword": "Snow#1"}', "Snow#1"),
    "assignment": ("DB_PASSWORD = 'letmein99'", "letmein99"),
    "api key": ("api_key='ab12cd34ef'", "ab12cd34ef"),
    "item assignment": ('os.environ["API_TOKEN"] = "abc-123-def"', "abc-123-def"),
    "jdbc parameter": ('"jdbc:sqlserver://h:1433;databaseName=d;user=u;password=Pa55w0rd;encrypt=true"', "Pa55w0rd"),
    "jdbc query": ('"jdbc:redshift://h:5439/d?user=u&password=Pa55w0rd"', "Pa55w0rd"),
    "oracle": ('"jdbc:oracle:thin:scott/tiger99@//db:1521/x"', "tiger99"),
    "url": ('"mongodb://root:toor1@db:27017"', "toor1"),
    "azure": ('"DefaultEndpointsProtocol=https;AccountName=a;AccountKey=Zm9vYmFyYmF6cXV4;"', "Zm9vYmFyYmF6cXV4"),
    "bearer": ('headers = {"Authorization": "Bearer abcdef0123456789"}', "abcdef0123456789"),
    "aws key": (f'key = "{AWS_KEY}"', AWS_KEY),
    "aws secret": (f'x = "{AWS_SECRET}"', AWS_SECRET),
    "github": (f"# {GITHUB}", GITHUB),
    "jwt": (f'x = "{JWT}"', JWT),
    "databricks": (f'x = "{DATABRICKS}"', DATABRICKS),
    "slack": (f'x = "{SLACK}"', SLACK),
    "stripe": (f'x = "{STRIPE}"', STRIPE),
    "private key": (f'x = """{PEM}"""', "MIIEpAIBAAKCAQEA7"),
    "email": ('to = "jane.doe+etl@example.co.uk"', "jane.doe+etl@example.co.uk"),
    "social security": ('x = "078-05-1120"', "078-05-1120"),
    "card": ('x = "4111 1111 1111 1111"', "4111 1111 1111 1111"),
    "account": ('x = "DE89 3704 0044 0532 0130 00"', "3704 0044 0532"),
    "phone": ('call = "+1 (415) 555-2671"', "555-2671"),
}
INNOCENT = (
    'args = getResolvedOptions(sys.argv, ["password", "JOB_NAME"])',
    'password = args["password"]',
    'df.option("password", args["pw"])',
    'connect(password=f"{secret}")',
    'secret_name = "prod/redshift/etl"',
    'get_secret_value(SecretId="prod/redshift")',
    "s3://bucket/2021/01/05/part-00000-a1b2c3.snappy.parquet",
    'x = "2021-01-05 10:11:12.123456"',
    'ids = "1234567890123456"',
    'ctx = "datasource0_transformation_ctx_1"',
    "arn:aws:iam::123456789012:role/GlueServiceRole",
    '("customer_id", "bigint", "customer_id", "bigint")',
)


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_value_is_hidden_and_put_back(kind: str) -> None:
    text, value = PLANTED[kind]
    redactor = Redactor()
    hidden = redactor.hide(text)
    assert value not in hidden
    assert redactor.restore(hidden) == text


@pytest.mark.parametrize("text", INNOCENT)
def test_what_hides_nothing_stays_as_it_is(text: str) -> None:
    assert Redactor().hide(text) == text


def test_a_value_is_hidden_where_it_stands_without_its_name() -> None:
    redactor = Redactor()
    hidden = redactor.hide('password = "hunter2!"\nprint("hunter2!")\n')
    assert "hunter2!" not in hidden
    assert "hunter2!" not in redactor.hide("a later message with hunter2! in it")


def test_one_value_has_one_placeholder() -> None:
    redactor = Redactor()
    first, second = redactor.hide('password = "hunter2!"'), redactor.hide('pwd = "hunter2!"')
    assert first.split()[-1] == second.split()[-1]
    assert redactor.hidden == 1


def test_code_with_placeholders_still_parses() -> None:
    for text, _ in PLANTED.values():
        if not text.startswith('"'):
            ast.parse(Redactor().hide(text))


def test_hiding_twice_changes_nothing_more() -> None:
    for text, _ in PLANTED.values():
        assert redacted(redacted(text)) == redacted(text)


def test_a_placeholder_that_a_model_made_up_stays() -> None:
    assert Redactor().restore("REDACTED_SECRET_9") == "REDACTED_SECRET_9"
