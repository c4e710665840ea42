"""What a function on records does beside making a value is not done twice, and not taken for what a row of Spark tells."""

from collections.abc import Callable

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.rewrite import Conversion

Convert = Callable[..., Conversion]
HEAD = (
    "import json\nimport hashlib\nimport urllib.parse\nimport urllib.request\nimport boto3\nimport requests\n"
    "from awsglue.context import GlueContext\nfrom awsglue.transforms import *\n\n"
    "glueContext = GlueContext()\nqueue = boto3.resource('sqs').get_queue_by_name(QueueName='q')\n"
)
TABLE = "frame = glueContext.create_dynamic_frame.from_catalog('d', 't')\n"
JSON = "frame = glueContext.create_dynamic_frame.from_options('s3', {'paths': ['s3://a']}, 'json')\n"
CSV = (
    "frame = glueContext.create_dynamic_frame.from_options('s3', {'paths': ['s3://a']}, 'csv', {'withHeader': True})\n"
)


def mapped(body: str, frame: str = TABLE) -> str:
    return f"{HEAD}def change(r):\n    {body}\n    return r\n\n\n{frame}out = Map.apply(frame=frame, f=change)\nout.show()\n"


def told(converted: Conversion) -> list[tuple[Severity, str]]:
    """Return what is said of the function, without what test_missing_fields.py looks at."""
    said = [(f.severity, f.message) for f in converted.findings if f.rule in ("map", "filter")]
    return [(severity, message) for severity, message in said if "raises KeyError" not in message]


ACTING = {
    "a post": "requests.post('https://a', json=r)",
    "a client of the module": "queue.send_message(MessageBody=json.dumps(r))",
    "a client of its own": "boto3.client('sns').publish(Message=r['a'])",
    "a table's put": "table = boto3.resource('dynamodb').Table('t')\n    table.put_item(Item=r)",
    "a request with data": "urllib.request.urlopen('https://a', data=b'x')",
    "a request made before": "urllib.request.urlopen(urllib.request.Request('https://a', data=b'x'))",
    "a file": "open('/tmp/log', 'a').write(r['a'])",
    "a read by a method that posts": "requests.request('POST', 'https://a')",
}


@pytest.mark.parametrize("body", ACTING.values(), ids=ACTING)
def test_a_map_that_acts_on_something_outside_is_handed_off(convert: Convert, body: str) -> None:
    converted = convert(mapped(body))
    assert [severity for severity, message in told(converted) if "twice" in message] == [Severity.BLOCKER]
    assert "Map.apply(" in converted.after


def test_so_is_one_that_calls_a_function_which_does(convert: Convert) -> None:
    source = mapped("notify(r)").replace("def change", "def notify(r):\n    requests.post('https://a')\n\n\ndef change")
    assert any("twice" in message for _, message in told(convert(source)))


def test_so_is_one_whose_function_stands_in_another_module(convert: Convert) -> None:
    source = mapped("pass").replace("import json\n", "from tools import notify\n").replace("f=change", "f=notify")
    tools = "import requests as web\n\n\ndef notify(r):\n    web.put('https://a', r['a'])\n    return r\n"
    assert any("twice" in message for _, message in told(convert(source, tools=tools)))


READING = {
    "a get": "r['a'] = requests.get('https://a').json()",
    "a secret": "r['a'] = boto3.client('secretsmanager').get_secret_value(SecretId='s')['SecretString']",
    "a url": "r['a'] = urllib.parse.urlparse(r['a']).path",
    "a hash": "r['a'] = hashlib.sha256(r['a'].encode()).hexdigest()",
    "json": "r['a'] = json.loads(r['a'])",
    "a file that is read": "r['a'] = open('/tmp/names').read()",
    "a dict's update": "r.update({'a': 1})",
    "a page": "r['a'] = urllib.request.urlopen('https://a').read()",
}


@pytest.mark.parametrize("body", READING.values(), ids=READING)
def test_a_map_that_only_reads_or_computes_is_converted(convert: Convert, body: str) -> None:
    converted = convert(mapped(body))
    assert "map_records(frame, change)" in converted.after
    assert told(converted) == []


def test_a_map_that_runs_once_may_act(convert: Convert) -> None:
    source = mapped("requests.post('https://a', json=r)").replace(
        "out.show()", "ApplyMapping.apply(frame=out, mappings=[('a', 'string', 'a', 'string')]).show()"
    )
    assert "map_records_as(frame, change" in convert(source).after


ASKING = {
    "in": "r['n'] = 'a' in r",
    "not in": "if 'a' not in r:\n        r['a'] = 1",
    "in its keys": "r['n'] = 'a' in r.keys()",
    "a name for it": "for c in ('a', 'b'):\n        if c in r:\n            r[c] = 1",
    "a default": "r['n'] = r.get('a', 'none').lower()",
    "a default of a struct": "r['n'] = r['s'].get('a', 'none')",
    "setdefault": "r.setdefault('a', 0)",
    "a pop with a default": "r.pop('a', 0)",
    "an attribute": "r['n'] = hasattr(r, 'a')",
    "a copy": "row = dict(r)\n    r['n'] = 'a' in row",
    "another name": "row = r\n    row['n'] = row.get('a', 'none')",
    "an error that is caught": "try:\n        r['n'] = r['a']\n    except KeyError:\n        r['n'] = 'none'",
}


@pytest.mark.parametrize("body", ASKING.values(), ids=ASKING)
def test_whether_a_field_is_there_is_not_told_by_a_row(convert: Convert, body: str) -> None:
    assert [severity for severity, _ in told(convert(mapped(body, JSON)))] == [Severity.BLOCKER]
    assert [severity for severity, _ in told(convert(mapped(body, TABLE)))] == [Severity.WARNING]
    assert told(convert(mapped(body, CSV))) == []


OVER_ALL = {
    "a loop": "for name in r:\n        r[name] = str(r[name])",
    "its items": "for name, value in r.items():\n        r[name] = value or ''",
    "how many": "r['n'] = len(r)",
    "its names": "r['n'] = ','.join(sorted(r))",
    "a text": "r['n'] = json.dumps(r)",
    "a dict of texts": "r = {name: str(value) for name, value in r.items()}",
    "some": "r = {name: value for name, value in r.items() if value != 'a'}",
}
NAMED = {
    "other names": "r = {name.lower(): value for name, value in r.items()}",
    "one field": "r['n'] = str(r['a']) + json.dumps(r['a'])",
    "others": "r['n'] = len([1]) + sum(n for n in (1, 2))",
}


@pytest.mark.parametrize("body", OVER_ALL.values(), ids=OVER_ALL)
def test_what_goes_over_the_fields_that_there_are_is_told(convert: Convert, body: str) -> None:
    assert [severity for severity, _ in told(convert(mapped(body, JSON)))] == [Severity.WARNING]
    assert told(convert(mapped(body, CSV))) == []


@pytest.mark.parametrize("body", NAMED.values(), ids=NAMED)
def test_what_gives_null_for_null_is_not(convert: Convert, body: str) -> None:
    assert told(convert(mapped(body, JSON))) == []


def test_a_filter_asks_the_same(convert: Convert) -> None:
    source = HEAD + JSON + "Filter.apply(frame=frame, f=lambda r: 'a' in r and r['a'] > 1).show()\n"
    assert [severity for severity, _ in told(convert(source))] == [Severity.BLOCKER]


@pytest.mark.parametrize(
    "body",
    ["r['n'] = 'a' in r['text']", "r['n'] = r['a'] in ('a', 'b')", "r['n'] = r.get('a')", "r['n'] = r.get('a', None)",
     "r['n'] = NAMES.get(r['a'], 'none')", "r.pop('a', None)"],
)  # fmt: skip
def test_what_holds_for_null_as_for_nothing_is_no_question(convert: Convert, body: str) -> None:
    assert told(convert("NAMES = {}\n" + mapped(body, JSON))) == []


MAPPED_TABLE = TABLE + "frame = ApplyMapping.apply(frame=frame, mappings=[('a', 'string', 'a', 'string')])\n"
FIXED = (
    "from awsglue.dynamicframe import DynamicFrame\n"
    "one = DynamicFrame.fromDF(glueContext.spark_session.table('d.t'), glueContext, 'one')\n"
    "two = DynamicFrame.fromDF(glueContext.spark_session.table('d.u'), glueContext, 'two')\n"
)
NAMED_COLUMNS = (
    "one = ApplyMapping.apply(frame=one, mappings=[('a', 'string', 'a', 'string')])\n"
    "two = ApplyMapping.apply(frame=two, mappings=[('b', 'string', 'a', 'string')])\n"
)
LACKING = {
    "a mapping of a table's records": MAPPED_TABLE,
    "a union": FIXED + "frame = one.union(two)\n",
    "a merge": FIXED + "frame = one.mergeDynamicFrame(two, ['id'])\n",
    "a union that is joined": FIXED + "frame = Join.apply(one.union(two), one, 'id', 'id')\n",
    "members of a struct": FIXED
    + "frame = ApplyMapping.apply(frame=one, mappings=[('s.a', 'string', 'a', 'string')])\n",
    "a union that is mapped": FIXED
    + "frame = ApplyMapping.apply(frame=one.union(two), mappings=[('a', 'string', 'a', 'string')])\n",
}
COMPLETE = {
    "a table": FIXED + "frame = one\n",
    "a union of the same columns": FIXED + NAMED_COLUMNS + "frame = one.union(two)\n",
    "a union that was a DataFrame": FIXED
    + "frame = DynamicFrame.fromDF(one.union(two).toDF(), glueContext, 'frame')\n",
}


@pytest.mark.parametrize("frame", LACKING.values(), ids=LACKING)
def test_a_field_that_some_records_may_lack_is_told(convert: Convert, frame: str) -> None:
    assert [severity for severity, _ in told(convert(mapped("r['n'] = r.get('a', 'none').lower()", frame)))] == [
        Severity.WARNING
    ]
    edits = convert(mapped("r['n'] = r['a'] or 'none'", frame)).edits
    assert any("every record has the fields" in edit.condition for edit in edits if edit.rule == "map")


@pytest.mark.parametrize("frame", COMPLETE.values(), ids=COMPLETE)
def test_one_that_all_records_have_is_no_question(convert: Convert, frame: str) -> None:
    assert told(convert(mapped("r['n'] = str(r.get('a', 'none'))[:2]", frame))) == []
