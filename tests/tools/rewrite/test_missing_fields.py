"""A record that lacks a field is gone in Glue: a function that gets on with null says so where records may lack fields."""

from collections.abc import Callable

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.rewrite import Conversion

Convert = Callable[..., Conversion]
HEAD = "import re\nfrom awsglue.context import GlueContext\nfrom awsglue.transforms import *\n\nglueContext = GlueContext()\n"
JSON = "frame = glueContext.create_dynamic_frame.from_options('s3', {'paths': ['s3://a']}, 'json')\n"
TABLE = "frame = glueContext.create_dynamic_frame.from_catalog('d', 't')\n"
PARQUET = "frame = glueContext.create_dynamic_frame.from_options('s3', {'paths': ['s3://a']}, 'parquet')\n"


def told(converted: Conversion) -> list[Severity]:
    return [finding.severity for finding in converted.findings if "raises KeyError" in finding.message]


KEEPING = {
    "Studio's not equal": "not (r['a'] == 0)",
    "not equal": "r['a'] != 'x'",
    "an attribute": "r.a != 'x'",
    "is None": "r['a'] is None",
    "not": "not r['a']",
    "not in": "r['a'] not in ['x', 'y']",
    "a null in the list": "r['a'] in ['x', None]",
    "or, read first": "r['a'] == 'x' or r['b'] > 1",
    "and with another field": "r['b'] == 1 and r['a'] != 'x'",
    "a choice": "True if r['a'] is None else r['a'] > 3",
    "a function of the job": "check(r['a'])",
    "a text of it": "str(r['a']) != 'x'",
    "two fields that are both null": "r['a'] == r['b']",
}


@pytest.mark.parametrize("condition", KEEPING.values(), ids=KEEPING)
def test_a_filter_that_keeps_null_warns_on_records_of_json(convert: Convert, condition: str) -> None:
    converted = convert(f"{HEAD}{JSON}out = Filter.apply(frame=frame, f=lambda r: {condition})\nout.show()\n")
    assert told(converted) == [Severity.WARNING]


DROPPING = {
    "equal": "r['a'] == 'x'",
    "an order": "r['a'] > 3 and r.b == 'x'",
    "not an order": "not (r['a'] > 3)",
    "in": "r['a'] in ['x', 'y']",
    "truth": "r['a']",
    "is not None": "r['a'] is not None and r['a'] != 'x'",
    "a method": "not r['a'].startswith('x')",
    "a number of it": "int(r['a']) != 3",
    "a length": "len(r['a']) < 3",
    "a pattern": "not re.match('x', r['a'])",
    "arithmetic": "r['a'] + 1 != 3",
    "or, read last": "r['b'] > 1 or r['a'] == 'x'",
    "a nested field": "r['a']['b'] != 'x'",
    "a get": "r.get('a') != 'x'",
    "a choice": "r['a'] > 3 if r['a'] else False",
}


@pytest.mark.parametrize("condition", DROPPING.values(), ids=DROPPING)
def test_one_that_drops_null_says_nothing(convert: Convert, condition: str) -> None:
    assert told(convert(f"{HEAD}{JSON}out = frame.filter(lambda r: {condition})\nout.show()\n")) == []


def test_records_of_fixed_columns_lack_nothing(convert: Convert) -> None:
    assert told(convert(f"{HEAD}{PARQUET}out = frame.filter(lambda r: r['a'] != 'x')\nout.show()\n")) == []


def test_of_a_table_whose_format_nobody_knows_a_filter_says_it_with_an_if(convert: Convert) -> None:
    converted = convert(f"{HEAD}{TABLE}out = frame.filter(lambda r: r['a'] != 'x')\nout.show()\n")
    assert told(converted) == [Severity.INFO]


def test_so_does_one_of_a_frame_that_is_read_in_a_format_which_is_computed(convert: Convert) -> None:
    read = "def load(form):\n    return glueContext.create_dynamic_frame.from_options('s3', {'paths': ['s3://a']}, form)\n\n\n"
    converted = convert(f"{HEAD}{read}out = load(input()).filter(lambda r: r['a'] != 'x')\nout.show()\n")
    assert told(converted) == [Severity.INFO]


def mapped(body: str, frame: str = JSON) -> str:
    return f"{HEAD}def change(r):\n    {body}\n    return r\n\n\n{frame}out = Map.apply(frame=frame, f=change)\nout.show()\n"


@pytest.mark.parametrize(
    "body",
    ["r['c'] = {'a': r['a']}", "r['a'] = r['a'] or 'x'", "del r['a']", "r['c'] = '%s-%s' % (r['a'], r['b'])",
     "r['c'] = r.pop('a')", "if r['a'] is None:\n        r['a'] = 0", "try:\n        r['a'] = int(r['a'])\n    except (TypeError, ValueError):\n        r['a'] = 0",
     "if r.get('b'):\n        r['c'] = r['a'].upper()\n    else:\n        r['c'] = r['a'] or ''", "s = dict(r)\n    r['c'] = s['a'] or ''",
     "for c in ('a', 'b'):\n        r[c] = r[c] or ''", "r['c'] = r.get('b') and r['a'].upper()\n    r['d'] = r['a']",
     "try:\n        r['a'] = r['a'] or 'x'\n    except Exception:\n        r['a'] = ''", "r['a'] = r['a'].upper() if r['a'] else ''"],
)  # fmt: skip
def test_a_map_that_gets_on_with_null_warns_on_records_of_json(convert: Convert, body: str) -> None:
    assert told(convert(mapped(body))) == [Severity.WARNING]
    assert told(convert(mapped(body, TABLE))) == []


@pytest.mark.parametrize(
    "body",
    [
        "r['c'] = r['a'].upper()",
        "try:\n        r['a'] = int(r['a'])\n    except Exception:\n        r['a'] = 0",
        "for k in r:\n        r[k] = r[k] or ''",
        "for k, v in r.items():\n        r[k] = r[k] or v",
        "r['c'] = r['a'] + 1",
        "r['a'] = int(r['a'])",
        "r['a'] = 1",
        "r['c'] = r['a'][:3]",
        "r['c'] = int(r.pop('a'))",
        "try:\n        r['c'] = int(r['a'])\n    except ValueError:\n        r['c'] = 0",
        "try:\n        r['c'] = int(r['a'])\n    except:\n        r['c'] = 0",
        "try:\n        r['c'] = int(r['a'])\n    except TypeError:\n        r['c'] = 0\n    except Exception:\n        r['c'] = 1",
    ],
)
def test_a_map_that_null_stops_as_well_says_nothing(convert: Convert, body: str) -> None:
    assert told(convert(mapped(body))) == []


@pytest.mark.parametrize(
    ("body", "warned"),
    [("s = r['a']\n    return s != 'x'", True), ("if r['a'] == 'x':\n        return False\n    return True", True),
     ('"""Keep the rest."""\n    return r["a"] != "x"', True), ("return r['a'].strip() != ''", False)],
)  # fmt: skip
def test_a_filter_s_function_with_statements_is_looked_at_too(convert: Convert, body: str, warned: bool) -> None:
    source = f"{HEAD}def keep(r):\n    {body}\n\n\n{JSON}out = Filter.apply(frame=frame, f=keep)\nout.show()\n"
    assert bool(told(convert(source))) is warned


GIVEN = {
    "a method": "class K:\n    def keep(self, r):\n        return r['a'] != 'x'\n\n\n{frame}out = frame.filter(K().keep)\n",
    "a static one": "class K:\n    @staticmethod\n    def keep(r):\n        return r['a'] != 'x'\n\n\n{frame}out = frame.filter(K.keep)\n",
    "a partial": "from functools import partial\n\n\ndef keep(r, v):\n    return r['a'] != v\n\n\n{frame}out = frame.filter(partial(keep, v=1))\n",
    "a lambda with a name": "keep = lambda r: r['a'] != 'x'\n{frame}out = frame.filter(keep)\n",
    "one that asks another": "def ok(x):\n    return x['a'] != 'x'\n\n\n{frame}out = frame.filter(lambda r: ok(r))\n",
    "a name for the field": "A = 'a'\n{frame}out = frame.filter(lambda r: r[A] != 'x')\n",
}


@pytest.mark.parametrize("source", GIVEN.values(), ids=GIVEN)
def test_the_function_is_found_wherever_it_is(convert: Convert, source: str) -> None:
    assert told(convert(f"{HEAD}{source.format(frame=JSON)}out.show()\n")) == [Severity.WARNING]
    assert told(convert(f"{HEAD}{source.format(frame=PARQUET)}out.show()\n")) == []


@pytest.mark.parametrize(
    ("read", "paths", "conditional"),
    [
        (JSON, "['s.a']", True),
        (JSON, "['items.a', 'b']", True),
        (TABLE, "'s.a'", True),
        (PARQUET, "['s.a']", False),
        (JSON, "['a']", False),
    ],
)
def test_a_struct_that_a_drop_empties_in_some_records_is_told_of(
    convert: Convert, read: str, paths: str, conditional: bool
) -> None:
    edits = convert(f"{HEAD}{read}out = frame.drop_fields({paths})\n").edits
    told = [edit for edit in edits if "no struct in a record has only fields that are dropped" in edit.condition]
    assert bool(told) is conditional


@pytest.mark.parametrize(("read", "told"), [(JSON, True), (TABLE, True), (PARQUET, False)])
def test_a_map_that_leaves_a_record_without_a_field_is_told_of(convert: Convert, read: str, told: bool) -> None:
    lines = "def slim(r):\n    del r['a']\n    return r\n\n\nout = frame.map(slim)\n"
    conditions = [edit.condition for edit in convert(f"{HEAD}{read}{lines}").edits]
    assert any("none is left without a field" in condition for condition in conditions) is told


@pytest.mark.parametrize(("read", "told"), [(JSON, True), (TABLE, False), (PARQUET, False)])
def test_a_filter_of_records_says_that_a_field_of_none_has_no_column(convert: Convert, read: str, told: bool) -> None:
    conditions = [edit.condition for edit in convert(f"{HEAD}{read}out = frame.filter(lambda r: r['a'] > 1)\n").edits]
    assert any("is in a record that stays" in condition for condition in conditions) is told


FLATTENED = {
    "unnest": "UnnestFrame.apply(frame)",
    "the method": "frame.unnest()",
    "relationalize": "frame.relationalize('root', 's3://t/').select('root')",
    "a mapping": "ApplyMapping.apply(frame, [('s.a', 'int', 's.a', 'int')])",
}


@pytest.mark.parametrize("flat", FLATTENED.values(), ids=FLATTENED)
def test_fields_of_a_null_struct_may_be_lacking_once_they_are_columns(convert: Convert, flat: str) -> None:
    source = f"{HEAD}{PARQUET}flat = {flat}\nout = flat.filter(lambda r: r['s.a'] != 1)\nout.show()\n"
    assert told(convert(source)) == [Severity.WARNING]
    assert told(convert(source.replace("'s.a'] !=", "'id'] !="))) == [Severity.INFO]
