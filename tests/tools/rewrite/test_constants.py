"""A value is only taken from the text where nothing can give the name another one when the job runs."""

from collections.abc import Callable

import pytest

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion

Convert = Callable[..., Conversion]
HEAD = "import sys\nfrom awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
READ = "frame = glueContext.create_dynamic_frame.from_options('s3', {'paths': ['s3://a']}, format=FORMAT)\n"
LATE = "read_source(spark, 's3', {'paths': ['s3://a']}, FORMAT)"

COMPUTED = {
    "a star import after it": "FORMAT = 'csv'\nfrom settings import *\n" + READ,
    "an import with a fallback": "try:\n    from settings import FORMAT\nexcept ImportError:\n    FORMAT = 'csv'\n" + READ,
    "globals": "FORMAT = 'csv'\nglobals()['FORMAT'] = 'json'\n" + READ,
    "exec": "FORMAT = 'csv'\nexec('FORMAT = \"json\"')\n" + READ,
    "a default of a parameter": "def load(FORMAT=None):\n    FORMAT = FORMAT or 'csv'\n    " + READ,
    "a default in a branch": "def load(FORMAT=None):\n    if not FORMAT:\n        FORMAT = 'csv'\n    " + READ,
    "a function that returns what it was given": "def pick(x):\n    if x:\n        return x\n    return 'csv'\n\n\n"
    "FORMAT = pick(sys.argv[1])\n" + READ,
    "a value that a match binds": "FORMAT = 'csv'\nmatch sys.argv:\n    case [_, FORMAT]:\n        pass\n" + READ,
    "None or a text": "FORMAT = None\nif sys.argv:\n    FORMAT = 'csv'\n" + READ,
    "a loop over texts": "for FORMAT in ['csv']:\n    " + READ,
}  # fmt: skip


@pytest.mark.parametrize("source", COMPUTED.values(), ids=COMPUTED)
def test_a_format_that_may_be_another_one_is_read_when_it_runs(convert: Convert, source: str) -> None:
    assert LATE in convert(HEAD + source).after.replace('"', "'")


CONFIGURED = {
    "a dataclass": "from dataclasses import dataclass\n\n\n@dataclass\nclass C:\n    f: str = 'csv'\n\n\nc = C(f='json')\n",
    "a class that sets any attribute": "class C:\n    f = 'csv'\n\n    def __init__(self, **kw):\n"
    "        self.__dict__.update(kw)\n\n\nc = C(f='json')\n",
    "setattr in a loop": "class C:\n    f = 'csv'\n\n\nc = C()\nfor name, value in load():\n    setattr(c, name, value)\n",
    "a subclass of something unseen": "from base import Base\n\n\nclass C(Base):\n    f = 'csv'\n\n\nc = C()\n",
    "a constructor's argument": "class C:\n    f = 'csv'\n\n    def __init__(self, f=None):\n        if f:\n"
    "            self.f = f\n\n\nc = C('json')\n",
}  # fmt: skip


@pytest.mark.parametrize("source", CONFIGURED.values(), ids=CONFIGURED)
def test_an_attribute_that_code_out_of_sight_sets_is_read_when_it_runs(convert: Convert, source: str) -> None:
    after = convert(HEAD + source + READ.replace("FORMAT", "c.f")).after
    assert LATE.replace("FORMAT", "c.f") in after.replace('"', "'")


CHANGED_DICTS = {
    "update with names": "o.update(f='json')\n",
    "a function that changes it": "def tweak(x):\n    x['f'] = 'json'\n\n\ntweak(o)\n",
    "a merge": "o |= {'f': 'json'}\n",
    "another name for it": "p = o\np['f'] = 'json'\n",
}


@pytest.mark.parametrize("change", CHANGED_DICTS.values(), ids=CHANGED_DICTS)
def test_an_item_of_a_dict_that_is_changed_is_read_when_it_runs(convert: Convert, change: str) -> None:
    after = convert(HEAD + "o = {'f': 'csv'}\n" + change + READ.replace("FORMAT", "o['f']")).after
    assert LATE.replace("FORMAT", "o['f']") in after.replace('"', "'")


def test_an_item_of_a_dict_that_nothing_changes_is_its_value(convert: Convert) -> None:
    after = convert(HEAD + "o = {'f': 'orc'}\n" + READ.replace("FORMAT", "o['f']")).after
    assert 'spark.read.orc("s3://a")' in after.replace("'", '"')


def test_a_local_name_that_is_bound_twice_is_not_the_modules(convert: Convert) -> None:
    after = convert(
        HEAD + "o = {'paths': ['s3://z'], 'recurse': True}\n\n\ndef load(flag):\n    o = {'paths': ['s3://a']}\n"
        "    if flag:\n        o = {'paths': ['s3://b']}\n"
        "    return glueContext.create_dynamic_frame.from_options('s3', o, format='parquet')\n"
    ).after
    assert "read_source(spark, 's3', o, 'parquet')" in after
    assert "recursiveFileLookup" not in after


def test_an_inner_function_sees_the_name_of_the_one_around_it(convert: Convert) -> None:
    after = convert(
        HEAD + "o = {'paths': ['s3://z'], 'recurse': True}\n\n\ndef outer():\n    o = {'paths': ['s3://a']}\n\n"
        "    def load():\n        return glueContext.create_dynamic_frame.from_options('s3', o, format='orc')\n\n"
        "    return load()\n"
    ).after
    assert "recursiveFileLookup" not in after


def test_options_that_another_module_changes_are_read_when_it_runs(convert: Convert) -> None:
    after = convert(
        HEAD + "import setup\n\nO = {'paths': ['s3://a']}\nsetup.go()\n"
        "frame = glueContext.create_dynamic_frame.from_options('s3', O, format='orc')\n",
        setup="import job\n\n\ndef go():\n    job.O['recurse'] = True\n",
    ).after
    assert "read_source(spark, 's3', O, 'orc')" in after


def test_a_global_that_a_function_sets_to_a_frame_is_one(convert: Convert) -> None:
    after = convert(
        HEAD + "frame = None\n\n\ndef load():\n    global frame\n"
        "    frame = glueContext.create_dynamic_frame.from_catalog('d', 't')\n\n\nload()\nframe.toDF().show()\n"
    ).after
    assert "\nframe.show()\n" in after


def test_calls_inside_a_match_are_converted(convert: Convert) -> None:
    after = convert(
        HEAD
        + "match sys.argv:\n    case [_, str(name)] if name:\n        glueContext.create_dynamic_frame.from_catalog('d', 't')"
        ".toDF().show()\n    case {'k': v, **rest}:\n        pass\n"
    ).after
    assert 'spark.read.table("main.d.t").show()' in after
    assert "case [_, str(name)] if name:" in after


KEEPERS = "def keep(r):\n    return r['x'] > 5\n\n\ndef low(r):\n    return r['x'] < 5\n\n\n"
FRAME = "d = glueContext.create_dynamic_frame.from_catalog('d', 't')\n"


def test_a_default_counts_beside_what_other_calls_pass(convert: Convert) -> None:
    go = "def go(frame, f=keep):\n    return Filter.apply(frame, f=f)\n\n\n"
    source = "from awsglue.transforms import Filter\n" + HEAD + KEEPERS + go + FRAME
    assert "filter_records(frame, f)" in convert(source + "go(d, low)\ngo(d)\n").after
    assert 'F.col("x") < 5' in convert(source + "go(d, low)\n").after


def test_a_frame_of_a_collection_has_no_columns_of_another(convert: Convert) -> None:
    source = "from awsglue.transforms import Map\n" + HEAD + FRAME + (
        "m = d.apply_mapping([('n', 'int', 'n', 'int')])\nparts = d.split_rows({'n': {'>': 5}}, 'a', 'b')\n"
        "x = parts['a'] if sys.argv[1:] else m\nMap.apply(frame=x, f=lambda r: {'k': r['n']}).toDF().show()\n"
    )  # fmt: skip
    assert "map_records(x, " in convert(source).after


def test_names_in_variables_go_where_the_mapping_says(convert: Convert) -> None:
    source = (
        HEAD + "DB, TBL = 'x', 'y'\nD = 'sales'\nT = 'orders'\nglueContext.create_dynamic_frame.from_catalog(D, T)\n"
    )
    settings = Settings(tables={"sales.orders": "main.gold.o"})
    assert "spark.read.table(uc_name(D, T))" in convert(source, settings=settings).after
    assert 'spark.read.table(f"main.{D}.{T}")' in convert(source).after
