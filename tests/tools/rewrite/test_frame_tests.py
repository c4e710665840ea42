"""Code that tells a DynamicFrame from a DataFrame: what goes one way now must have been the same either way."""

from collections.abc import Callable

import pytest

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion

Convert = Callable[..., Conversion]
HEAD = (
    "from awsglue.context import GlueContext\nfrom awsglue.dynamicframe import DynamicFrame\nfrom pyspark.sql import DataFrame\n"
    "\nglue = GlueContext()\n\n\ndef f(frame, other):\n"
)
SAME = {
    "returned": "    if isinstance(frame, DynamicFrame):\n        return frame.toDF()\n    return frame\n",
    "a choice": "    return frame.toDF() if isinstance(frame, DynamicFrame) else frame\n",
    "made one": "    if not isinstance(frame, DynamicFrame):\n        frame = DynamicFrame.fromDF(frame, glue, 'n')\n    return frame\n",
    "a choice of the other way": "    return DynamicFrame.fromDF(frame, glue, 'n') if not isinstance(frame, DynamicFrame) else frame\n",
    "with another name": "    if isinstance(frame, DynamicFrame):\n        df = frame.toDF()\n    else:\n        df = frame\n    return df\n",
    "each class asked for": "    if isinstance(frame, DynamicFrame):\n        return frame.toDF()\n    elif isinstance(frame, DataFrame):\n"
    "        return frame\n    else:\n        raise TypeError(frame)\n",
    "asked for one after the other": "    if isinstance(frame, DataFrame):\n        return frame\n    if isinstance(frame, DynamicFrame):\n"
    "        return frame.toDF()\n    raise TypeError(frame)\n",
    "a list first": "    if isinstance(frame, DynamicFrame):\n        return frame.toDF()\n    if isinstance(frame, list):\n"
    "        return frame[0]\n    return frame\n",
    "both classes": "    if isinstance(frame, (DynamicFrame, DataFrame)):\n        return frame.count()\n    return len(frame)\n",
    "either class": "    if isinstance(frame, DynamicFrame) or isinstance(frame, DataFrame):\n        return frame.count()\n    return 0\n",
    "with a log": "    if isinstance(frame, DynamicFrame):\n        print('a dynamic frame')\n        frame = frame.toDF()\n    return frame\n",
    "refused": "    if not isinstance(frame, DynamicFrame):\n        raise TypeError('want a DynamicFrame')\n    return frame.count()\n",
    "asserted": "    assert isinstance(frame, DynamicFrame)\n    return frame.count()\n",
    "with another test": "    return frame.toDF() if hasattr(frame, 'toDF') and isinstance(frame, DynamicFrame) else frame\n",
    "in a list": "    return [each.toDF() if isinstance(each, DynamicFrame) else each for each in frame]\n",
}
OTHER = {
    "less of a DataFrame": "    return frame.toDF() if isinstance(frame, DynamicFrame) else frame.limit(10)\n",
    "another frame": "    if isinstance(frame, DynamicFrame):\n        frame = other.toDF()\n    return frame\n",
    "another name bound": "    df = other\n    if isinstance(frame, DynamicFrame):\n        df = frame.toDF()\n    return df\n",
    "other columns": "    if isinstance(frame, DynamicFrame):\n        return frame.drop_fields(['a'])\n    return frame.drop('b')\n",
    "refused": "    if isinstance(frame, DynamicFrame):\n        raise TypeError('want a DataFrame')\n    return frame\n",
    "kept in a variable": "    ours = isinstance(frame, DynamicFrame)\n    return frame.count() if ours else 0\n",
    "picked": "    return [each for each in frame if isinstance(each, DynamicFrame)]\n",
    "or something else": "    if isinstance(frame, DynamicFrame) or other:\n        return frame.count()\n    return 0\n",
    "and something else": "    if isinstance(frame, DynamicFrame) and other:\n        return frame.count()\n    return 0\n",
    "the other class asked for": "    if isinstance(frame, DynamicFrame):\n        return frame.toDF()\n    elif isinstance(frame, DataFrame):\n"
    "        return frame.limit(1)\n    return frame\n",
    "nothing for a DataFrame": "    if isinstance(frame, DynamicFrame):\n        return frame.toDF()\n    if isinstance(frame, list):\n"
    "        return frame\n    return None\n",
    "a tuple of classes": "    kinds = (DynamicFrame, list)\n    return 1 if isinstance(frame, kinds) else 2\n",
    "the very class": "    if type(frame) is DynamicFrame:\n        return frame.toDF()\n    return frame\n",
    "one of classes": "    return 1 if type(frame) in (DynamicFrame, list) else 2\n",
    "a pattern": "    match frame:\n        case DynamicFrame():\n            return 1\n        case DataFrame():\n            return 2\n",
    "a table of functions": "    return {DynamicFrame: len, DataFrame: str}[type(frame)](frame)\n",
    "the class's name": "    if type(frame).__name__ == 'DynamicFrame':\n        return frame.count()\n    return 0\n",
    "the class as a text": "    if 'DynamicFrame' in str(type(frame)):\n        return frame.count()\n    return 0\n",
    "the module's name": "    return 1 if frame.__class__.__module__ == 'awsglue.dynamicframe' else 2\n",
    "a member": "    if hasattr(frame, 'resolveChoice'):\n        return frame.count()\n    return 0\n",
    "the beginning of its module": "    return 1 if type(frame).__module__.startswith('awsglue') else 2\n",
    "a list of its members": "    return 1 if 'resolveChoice' in dir(frame) else 2\n",
    "the class's name, under a name": "    name = type(frame).__name__\n    return 1 if name == 'DynamicFrame' else 2\n",
    "the context's member": "    return glue if hasattr(frame, 'glue_ctx') else other\n",
    "a member that may be missing": "    return 1 if getattr(frame, 'resolveChoice', None) else 2\n",
    "refused by a member": "    if not hasattr(frame, 'relationalize'):\n        raise TypeError(frame)\n    return frame.count()\n",
}  # fmt: skip


@pytest.mark.parametrize("what", SAME)
def test_a_test_that_both_classes_come_out_of_alike_is_converted(blockers: Callable[..., list[str]], what: str) -> None:
    assert blockers(HEAD + SAME[what]) == []


@pytest.mark.parametrize("what", OTHER)
def test_a_test_that_makes_a_difference_is_handed_off(blockers: Callable[..., list[str]], what: str) -> None:
    found = blockers(HEAD + OTHER[what])
    assert any("every frame is a DataFrame" in each for each in found), found


def test_what_only_turned_a_frame_into_a_data_frame_goes(convert: Convert) -> None:
    for what in ("returned", "a choice", "made one"):
        after = convert(HEAD + SAME[what]).after
        assert "isinstance" not in after
        assert after.endswith("):\n    return frame\n")


def test_two_classes_that_are_one_now_are_named_once(convert: Convert) -> None:
    head = "from typing import Union\n" + HEAD.replace(
        "def f(frame, other)", "Frame = Union[DynamicFrame, DataFrame]\n\n\ndef f(x: {})"
    )
    assert "Frame = DataFrame\n" in convert(head.format("Frame") + "    return x.count()\n").after
    spelled = convert(head.format("Union[DynamicFrame, DataFrame]") + "    return x.count()\n").after
    assert "def f(x: Union[DataFrame, DataFrame]):" in spelled


def test_a_choice_in_the_head_of_a_loop_stays(convert: Convert) -> None:
    after = convert(
        HEAD + "    for row in frame.toDF() if isinstance(frame, DynamicFrame) else frame:\n        print(row)\n"
    ).after
    assert "for row in frame if isinstance(frame, classes_of(DataFrame)) else frame:" in after


def test_a_function_that_is_registered_for_the_class_of_its_argument_is_handed_off(
    blockers: Callable[..., list[str]],
) -> None:
    source = HEAD + "    return frame\n\n\n@f.register\ndef _(frame: DynamicFrame):\n    return frame.toDF()\n"
    assert any("every frame is a DataFrame now" in each for each in blockers(source))


def test_a_method_that_only_data_frames_have_tells_what_its_frame_is(convert: Convert) -> None:
    source = HEAD + (
        "    return frame.withColumn('a', other)\n\n\nframe = glue.create_dynamic_frame.from_catalog('d', 't')\n"
        "f(frame.toDF() if glue else frame, 1).drop('b').show()\n"
    )
    assert [found.rule for found in convert(source).findings] == []


EITHER = HEAD.replace("f(frame, other)", "f(frame: Union[DynamicFrame, DataFrame], other: DataFrame)")
TOLD = {
    "a condition": ("frame.filter('a > 1')", "frame.filter('a > 1')"),
    "a column": ("frame.filter(col('a') > 1)", "frame.filter(col('a') > 1)"),
    "a function": ("frame.filter(lambda r: r['a'] == 1)", 'filter_typed(frame, F.col("a") == 1, {"a": "number"})'),
    "a frame to join": ("frame.join(other, 'a', 'left')", "frame.join(other, 'a', 'left')"),
    "a number of partitions": ("frame.repartition(2)", "frame.repartition(2)"),
    "a column's method": ("frame.filter(col('a').isNull())", "frame.filter(col('a').isNull())"),
    "names": ("frame.toDF('a', 'b')", "frame.toDF('a', 'b')"),
    "a map": ("frame.map(g)", "map_records(frame, g)"),
    "columns": ("frame.select('a').drop('b')", "frame.select('a').drop('b')"),
}


@pytest.mark.parametrize("what", TOLD)
def test_what_a_method_is_given_tells_whose_it_is(convert: Convert, what: str) -> None:
    before, after = TOLD[what]
    conversion = convert(
        f"from typing import Union\nfrom pyspark.sql.functions import col\n{EITHER}    return {before}\n"
    )
    assert f"    return {after}\n" in conversion.after
    assert [found.rule for found in conversion.findings if found.severity is Severity.BLOCKER] == []


@pytest.mark.parametrize(
    "call", ["frame.union(other)", "frame.filter(other)", "frame.join(*other)", "frame.repartition(2, 'a')"]
)
def test_what_either_class_may_be_meant_by_is_handed_off(blockers: Callable[..., list[str]], call: str) -> None:
    source = "from typing import Union\n" + EITHER.replace("other: DataFrame", "other") + f"    return {call}\n"
    assert any("may be a DynamicFrame or a DataFrame" in each for each in blockers(source))


BOTH = "\n\nboth = glue.create_dynamic_frame.from_catalog('d', 't')\nf(both, 1)\nf(both.toDF(), 1)\n"
SAME_FOR_DATA_FRAMES = {
    "returned": "    if isinstance(frame, DataFrame):\n        return frame\n    return frame.toDF()\n",
    "a choice": "    return frame if isinstance(frame, DataFrame) else frame.toDF()\n",
    "each class asked for": "    if isinstance(frame, DataFrame):\n        df = frame\n    elif isinstance(frame, DynamicFrame):\n"
    "        df = frame.toDF()\n    else:\n        raise TypeError(frame)\n    return df\n",
    "asked after it is one": "    if isinstance(frame, DynamicFrame):\n        frame = frame.toDF()\n    if isinstance(frame, DataFrame):\n"
    "        frame = frame.limit(1)\n    return frame\n",
    "refused": "    if not isinstance(frame, DataFrame):\n        raise TypeError(frame)\n    return frame.limit(1)\n",
    "either class": "    if isinstance(frame, (DataFrame, DynamicFrame)):\n        return 1\n    return 2\n",
    "a text": "    if isinstance(frame, str):\n        return 1\n    return 2\n",
    "tried": "    try:\n        frame = frame.toDF()\n    except Exception as error:\n        print(error)\n    return frame\n",
    "tried with another name": "    try:\n        df = frame.toDF()\n    except AttributeError:\n        df = frame\n    return df\n",
    "tried and raised": "    try:\n        return frame.toDF().drop('a')\n    except Exception:\n        raise\n",
    "what both have": "    try:\n        return frame.count()\n    except Exception:\n        return 0\n",
}
OTHER_FOR_DATA_FRAMES = {
    "less of a DataFrame": "    if isinstance(frame, DataFrame):\n        frame = frame.dropDuplicates()\n    return frame\n",
    "two tests": "    if isinstance(frame, DynamicFrame):\n        print(1)\n    if isinstance(frame, DataFrame):\n"
    "        frame = frame.dropDuplicates()\n    return frame\n",
    "less of a DynamicFrame": "    if not isinstance(frame, DataFrame):\n        frame = frame.drop_fields(['a'])\n    return frame\n",
    "or something else": "    if isinstance(frame, (DataFrame, list)):\n        return 1\n    return 2\n",
    "a tuple of classes": "    classes = (DataFrame, list)\n    return 1 if isinstance(frame, classes) else 2\n",
    "kept in a variable": "    ours = isinstance(frame, DataFrame)\n    return 1 if ours else 2\n",
    "the very class": "    return 1 if type(frame) is DataFrame else 2\n",
    "the very class, as an attribute": "    return 1 if frame.__class__ == DataFrame else 2\n",
    "the very class, under a name": "    kind = type(frame)\n    return 1 if kind is DataFrame else 2\n",
    "the class's name, under a name": "    kind = type(frame).__name__\n    return 1 if kind == 'DataFrame' else 2\n",
    "a list of its members": "    return 1 if 'withColumn' in dir(frame) else 2\n",
    "the class's name": "    return 1 if type(frame).__name__ == 'DataFrame' else 2\n",
    "the class as a text": "    return 1 if str(type(frame)) == \"<class 'pyspark.sql.dataframe.DataFrame'>\" else 2\n",
    "a member": "    return 1 if hasattr(frame, 'withColumn') else 2\n",
    "a member that may be missing": "    return 1 if callable(getattr(frame, 'limit', None)) else 2\n",
    "a subclass": "    return 1 if issubclass(type(frame), DataFrame) else 2\n",
    "a pattern": "    match frame:\n        case DataFrame():\n            return 1\n    return 2\n",
    "tried": "    try:\n        return frame.toDF().drop('a')\n    except Exception:\n        return frame\n",
    "tried otherwise": "    try:\n        return frame.drop_fields(['a'])\n    except AttributeError:\n        return frame.drop('b')\n",
    "tried the other way": "    try:\n        return frame.limit(1)\n    except AttributeError:\n        return frame.toDF()\n",
    "tried in a row": "    try:\n        frame = frame.toDF()\n        print('was Glue')\n        frame = frame.limit(1)\n"
    "    except Exception:\n        pass\n    return frame\n",
}  # fmt: skip


@pytest.mark.parametrize("compute", [Compute.STANDARD, Compute.CLASSIC])
@pytest.mark.parametrize("what", OTHER_FOR_DATA_FRAMES)
def test_a_test_for_a_data_frame_that_a_dynamic_frame_passes_now_is_handed_off(
    blockers: Callable[..., list[str]], what: str, compute: Compute
) -> None:
    found = blockers(HEAD + OTHER_FOR_DATA_FRAMES[what] + BOTH, settings=Settings(compute=compute))
    assert any("[data-frame-test]" in each for each in found), found


@pytest.mark.parametrize("what", SAME_FOR_DATA_FRAMES)
def test_a_test_for_a_data_frame_that_makes_no_difference_is_converted(
    blockers: Callable[..., list[str]], what: str
) -> None:
    assert blockers(HEAD + SAME_FOR_DATA_FRAMES[what] + BOTH) == []


def test_a_test_for_a_data_frame_asks_nothing_where_its_frame_is_one(convert: Convert) -> None:
    source = HEAD.replace("f(frame, other)", "f(frame: DataFrame, other)") + OTHER_FOR_DATA_FRAMES["or something else"]
    assert "data-frame-test" not in {found.rule for found in convert(source).findings}


def test_where_nothing_tells_what_is_asked_for_a_data_frame_it_is_a_warning(convert: Convert) -> None:
    found = convert(HEAD + OTHER_FOR_DATA_FRAMES["or something else"]).findings
    assert [each.severity for each in found if each.rule == "data-frame-test"] == [Severity.WARNING]


def test_a_function_that_is_registered_for_data_frames_is_handed_off(blockers: Callable[..., list[str]]) -> None:
    source = HEAD + "    return frame.toDF()\n\n\n@f.register\ndef _(frame: DataFrame):\n    return frame.limit(1)\n"
    assert any("[data-frame-test]" in each for each in blockers(source))


@pytest.mark.parametrize(
    "line",
    [
        "return NAMED[type(frame).__name__](frame)",
        "return NAMED.get(type(frame).__name__, len)(frame)",
        "return getattr(other, f'on_{type(frame).__name__.lower()}')(frame)",
        "match frame.__class__.__name__:\n        case 'DynamicFrame':\n            return 1",
    ],
)
def test_what_is_chosen_by_the_name_of_a_dynamic_frames_class_is_handed_off(
    blockers: Callable[..., list[str]], line: str
) -> None:
    source = (
        HEAD.replace("\n\ndef", "NAMED = {'DynamicFrame': len, 'DataFrame': str}\n\n\ndef") + f"    {line}\n" + BOTH
    )
    assert any("[type-text]" in each for each in blockers(source))
    spark = source.replace("f(both, 1)", "").replace("NAMED = {'DynamicFrame': len, ", "NAMED = {")
    assert not any("[type-text]" in each for each in blockers(spark))


def test_a_member_of_an_enumeration_that_is_a_class_of_glue_is_handed_off(blockers: Callable[..., list[str]]) -> None:
    members = "\n\nclass Frames(Enum):\n    SPARK = DataFrame\n    GLUE = DynamicFrame\n\n\nprint(len(Frames))\n"
    found = blockers("from enum import Enum\n" + HEAD + "    return 1\n" + members)
    assert any("every frame is a DataFrame now" in each for each in found), found


def test_a_name_that_a_condition_binds_anew_is_not_narrowed_by_it(convert: Convert) -> None:
    test = (
        "    if isinstance(frame, DataFrame) and (frame := other):\n        return frame.union(other)\n    return 1\n"
    )
    calls = "\n\nboth = glue.create_dynamic_frame.from_catalog('d', 't')\nf(both.toDF(), both)\n"
    assert "return frame.unionByName(other, allowMissingColumns=True)" in convert(HEAD + test + calls).after


CONTEXTS = (
    "from awsglue.context import GlueContext\nfrom awsglue.dynamicframe import DynamicFrameCollection\n"
    "from pyspark.context import SparkContext\nfrom pyspark.sql import SparkSession\n\nglue = GlueContext(SparkContext.getOrCreate())\n"
    "\n\ndef f(x):\n    {}\n\n\nf(glue)\nf(glue.spark_session)\nf(DynamicFrameCollection({{}}, glue))\nf({{'a': 1}})\n"
)


@pytest.mark.parametrize(
    ("line", "differs"),
    [
        ("return 1 if isinstance(x, GlueContext) else 2", True),
        ("return 1 if isinstance(x, SparkSession) else 2", True),
        ("return 1 if isinstance(x, DynamicFrameCollection) else 2", True),
        ("return 1 if isinstance(x, dict) else 2", True),
        ("return x.spark_session if isinstance(x, GlueContext) else x", False),
        ("return x if isinstance(x, SparkSession) else x.spark_session", False),
        ("return 1 if isinstance(x, (SparkSession, GlueContext)) else 2", False),
        ("return 1 if isinstance(x, str) else 2", False),
    ],
)
def test_a_context_and_a_session_and_a_collection_and_a_dict_are_one_now(
    blockers: Callable[..., list[str]], line: str, differs: bool
) -> None:
    found = blockers(CONTEXTS.format(line))
    assert any("[data-frame-test]" in each for each in found) is differs, found
