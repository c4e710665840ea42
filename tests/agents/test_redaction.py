import ast
import base64

import pytest

from glue2lakehouse.agents.redaction import Redactor, redacted, strange_placeholders

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

BLOB = base64.b64encode(bytes(range(7, 200))).decode()
GOOGLE = "AIza" + "SyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY"

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
    "aws secret in an f-string": (f'conf = f"fs.s3a.secret.key={AWS_SECRET}&x={{y}}"', AWS_SECRET),
    "lines of a configuration": ('cfg = """\nuser: etl\npassword: Tr0ub4dor&3\n"""', "Tr0ub4dor&3"),
    "a comment": ("# password: hunter2x", "hunter2x"),
    "a sentence": ("# the password is hunter2x, ask ana", "hunter2x"),
    "SQL user": ("spark.sql(\"CREATE USER u IDENTIFIED BY 'p4ssW0rd'\")", "p4ssW0rd"),
    "SQL copy": (f"q = \"COPY t CREDENTIALS 'aws_secret_access_key={AWS_SECRET}'\"", AWS_SECRET),
    "SQL person": ("q = \"WHERE email = 'jane@corp.com'\"", "jane@corp.com"),
    "bearer of letters": ('h = "Bearer abcdefghijklmnopqrstuvwxyz"', "abcdefghijklmnopqrstuvwxyz"),
    "bearer in two texts": ('h = "Bearer " + "abc-def"', "abc-def"),
    "second part of a value": ('password = "abcd" + "efg99"', "efg99"),
    "value in parentheses": ('password = (\n    "hunter2x"\n)', "hunter2x"),
    "triple quotes": ('password = """hunter22"""', "hunter22"),
    "escaped quotes": ('password="a\\"b\\"cdef"', "cdef"),
    "JSON in a text": ('c = "{\\"password\\": \\"hunter2x\\"}"', "hunter2x"),
    "default of the environment": ('os.getenv("DB_PASSWORD", "hunter2x")', "hunter2x"),
    "default of an argument": ('parser.add_argument("--password", default="hunter2x")', "hunter2x"),
    "argument list": ('run(["--password", "hunter2x"])', "hunter2x"),
    "XML": ('x = "<password>hunter2x</password>"', "hunter2x"),
    "encoded bytes": (f'blob = "{BLOB}"', BLOB),
    "Google key": (f'k = "{GOOGLE}"', GOOGLE),
    "British number": ('x = "AB123456C"', "AB123456C"),
    "Spanish number": ('x = "12345678Z"', "12345678Z"),
    "number beside its name": ('{"passport_no": "C01X00T47 1234"}', "C01X00T47 1234"),
    "phone beside its name": ('phone = "4155552671"', "4155552671"),
    "American Express": ("# test 378282246310005", "378282246310005"),
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
    '("password", "string", "password", "string")',
    'df.drop("password", "email")',
    "password=config2[name]",
    "token = uuid.uuid4()",
    'primary_key = "customer_id"',
    'x = "d41d8cd98f00b204e9800998ecf8427e"',
    'x = "123e4567-e89b-12d3-a456-426614174000"',
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


def test_a_placeholder_in_other_case_is_put_back() -> None:
    redactor = Redactor()
    redactor.hide('password = "hunter2!"')
    assert redactor.restore('x = "redacted_secret_1"') == 'x = "hunter2!"'


def test_words_of_the_user_that_look_like_placeholders_are_never_given_out() -> None:
    text = 'x = "REDACTED_SECRET_1"\npassword = "hunter2!"'
    redactor = Redactor(reserved=[text])
    hidden = redactor.hide(text)
    assert "REDACTED_SECRET_2" in hidden
    assert redactor.restore(hidden) == text


def test_placeholders_of_nothing_are_found() -> None:
    code = 'a = "REDACTED_SECRET_7"\nb = "redacted_email_1"'
    assert strange_placeholders(code, 'b = "REDACTED_EMAIL_1"') == [(1, "REDACTED_SECRET_7")]
