"""The engine: what stays byte for byte, what is accounted for, what is handed off."""

import ast
import textwrap

import pytest

from glue2lakehouse.domain import Certainty, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import JobFacts, TableFacts, convert_project

HEAD = "from awsglue.context import GlueContext\nfrom awsglue.transforms import *\n\nglueContext = GlueContext()\n"


@pytest.mark.parametrize(
    ("why", "source"),
    [
        ("no Glue at all", "import os\n\n\ndef f(x):\n    return x  # kept\n"),
        ("plain Spark", "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\nspark.sql('select 1')\n"),
        ("names that only look like Glue", "class GlueContext:\n    def getSink(self): ...\n\n\nGlueContext().getSink()\n"),
        ("toDF of an RDD", "from pyspark.sql import SparkSession\ns = SparkSession.builder.getOrCreate()\ns.sparkContext.parallelize([1]).toDF()\n"),
        ("filter of a DataFrame", "from pyspark.sql import SparkSession\ns = SparkSession.builder.getOrCreate()\ns.table('t').filter('a > 1')\n"),
        ("no newline at the end", "x = 1"),
        ("an empty file", ""),
        ("tabs, form feeds and odd spaces", "if 1:\n\tx = [ 1,2 ]\n\x0c\ny=2\n"),
    ],
)  # fmt: skip
def test_a_file_without_glue_comes_out_byte_for_byte(convert, why: str, source: str) -> None:
    assert convert(source).after == source, why


@pytest.mark.parametrize("mark", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_characters_that_only_splitlines_takes_for_line_ends_move_no_edit(convert, mark: str) -> None:
    source = (
        HEAD
        + f's = "a{mark}é"\n{mark if mark == chr(12) else ""}f = glueContext.create_dynamic_frame.from_catalog("a", "b")\n'
    )
    source += 'f.drop_fields(["é"]).toDF().show()\n'
    assert convert(source).after.endswith(f's = "a{mark}é"\nf = spark.read.table("main.a.b")\nf.drop("é").show()\n')


def test_comments_and_formatting_around_an_edit_stay(convert) -> None:
    source = HEAD + textwrap.dedent(
        """
        # load the orders
        orders = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")  # all of them

        total = {  'rows' :  orders.count()  }   # odd spaces stay
        """
    )
    after = convert(source).after
    assert "# load the orders\n" in after
    assert 'orders = spark.read.table("main.sales.orders")  # all of them' in after
    assert "total = {  'rows' :  orders.count()  }   # odd spaces stay" in after


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_is_a_line_to_str_only_does_not_move_what_is_edited(convert, end: str) -> None:
    source = HEAD + (
        "# a page\x0c break, a \u2028 separator\n\x0c\nname = str(1)\n"
        'frame = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://a/" + name.strip()]}, format="parquet")\n'
    )
    after = convert(source.replace("\n", end)).after
    assert 'spark.read.parquet("s3://a/" + name.strip())' in after
    assert "# a page\x0c break, a \u2028 separator" in after


def test_comments_inside_an_edited_statement_stay_above_it(convert) -> None:
    source = (
        HEAD + 'x = 1  # one\nframe = glueContext.create_dynamic_frame.from_catalog(\n    database="sales",  # of\n'
    )
    after = convert(source + '    table_name="orders",\n    # all\n)\ny = 2\n').after
    assert after.index("x = 1  # one") < after.index("# of\n# all\nframe = spark.read.table") < after.index("y = 2")


LOOSE = (
    "from awsglue.dynamicframe import DynamicFrame\nimport sys\nspark = glueContext.spark_session\n"
    'a, b, new = spark.table("a"), spark.table("b"), len(sys.argv) > 3\n'
    'd = DynamicFrame.fromDF(a, glueContext, "d")\ne = DynamicFrame.fromDF(b, glueContext, "e")\n'
)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('x = DynamicFrame.fromDF(a if new else b, glueContext, "x").count()', "x = (a if new else b).count()"),
        ('x = 1 + DynamicFrame.fromDF(a or b, glueContext, "x").count()', "x = 1 + (a or b).count()"),
        ('x = not DynamicFrame.fromDF(a or b, glueContext, "x")', "x = not (a or b)"),
        ('x = "%s" % DynamicFrame.fromDF(a or b, glueContext, "x")', 'x = "%s" % (a or b)'),
        ('x = [c for c in DynamicFrame.fromDF(a if new else b, glueContext, "x").toDF().columns]',
         "x = [c for c in (a if new else b).columns]"),
        ('x = f"{DynamicFrame.fromDF(a if new else b, glueContext, str()).count()}"', 'x = f"{(a if new else b).count()}"'),
        ('x = DropFields.apply(DynamicFrame.fromDF(a if new else b, glueContext, "x"), paths=["c"])', 'x = (a if new else b).drop("c")'),
        ('x = DropFields.apply(frame=d if new else e, paths=["c"]).toDF()', 'x = (d if new else e).drop("c")'),
        ('x = (DynamicFrame.fromDF(a if new else b, glueContext, "x") if new else d).toDF()', "x = (a if new else b) if new else d"),
        ('x = (y := DynamicFrame.fromDF(a, glueContext, "x")).toDF()', "x = (y := a)"),
        ('x = DynamicFrame.fromDF(a if new else b, glueContext, "x").toDF()', "x = (a if new else b)"),
        ('x = DynamicFrame.fromDF(\n    a if new\n    else b, glueContext, "x").count()', "x = (a if new\n    else b).count()"),
    ],
)  # fmt: skip
def test_what_a_call_becomes_is_not_taken_apart_by_what_stands_beside_it(convert, line: str, wanted: str) -> None:
    assert convert(HEAD + LOOSE + line + "\n").after.endswith(wanted + "\n")


def test_a_comment_above_a_removed_line_stays(convert) -> None:
    after = convert(HEAD + "from awsglue.job import Job\njob = Job(glueContext)\n# all done\njob.commit()\n").after
    assert "# all done" in after
    assert "commit" not in after


def test_a_block_that_loses_its_only_line_gets_pass(convert) -> None:
    source = HEAD + "from awsglue.job import Job\njob = Job(glueContext)\nif True:\n    job.commit()\n"
    after = convert(source).after
    ast.parse(after)
    assert "if True:\n    pass" in after


def test_an_unknown_glue_callable_is_a_blocker_at_its_line(blockers) -> None:
    found = blockers(HEAD + "glueContext.frobnicate_dynamic_frame(1)\n")
    assert len(found) == 1
    assert found[0].startswith("job.py:5: [unknown-glue]")


def test_an_argument_that_no_rule_knows_is_a_blocker(blockers) -> None:
    found = blockers(HEAD + 'glueContext.create_dynamic_frame.from_catalog("a", "b", surprise=1)\n')
    assert "surprise" in found[0]


def test_an_option_that_no_rule_knows_is_a_blocker(blockers) -> None:
    found = blockers(
        HEAD + 'glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://a"], "novel": 1}, "parquet")\n'
    )
    assert "novel" in found[0]


def test_what_is_handed_off_stays_as_it_is(convert) -> None:
    line = 'glueContext.transition_s3_path("s3://old/", "GLACIER")'
    conversion = convert(HEAD + line + "\n")
    assert line.replace("glueContext", "spark") in conversion.after
    assert conversion.findings[0].action


def test_an_unparsable_file_is_a_finding_and_stays(convert) -> None:
    source = "from awsglue.context import GlueContext\nprint 'python 2'\n"
    conversion = convert(source)
    assert conversion.after == source
    assert conversion.findings[0].severity is Severity.BLOCKER
    assert conversion.findings[0].line == 2


def test_edits_name_source_and_target_lines(convert) -> None:
    source = HEAD + '\n\nx = glueContext.create_dynamic_frame.from_catalog("a", "b")\n'
    conversion = convert(source)
    edit = next(edit for edit in conversion.edits if edit.rule == "from-catalog")
    assert source.splitlines()[edit.source_line - 1].startswith("x = glueContext")
    assert conversion.after.splitlines()[edit.target_line - 1].startswith("x = spark.read")


def test_nested_calls_are_rewritten_inside_out(convert) -> None:
    source = HEAD + (
        'out = DropFields.apply(SelectFields.apply(frame=glueContext.create_dynamic_frame.from_catalog("a", "b"), '
        'paths=["x", "y"]), ["y"]).toDF()\n'
    )
    assert 'out = spark.read.table("main.a.b").select("x", "y").drop("y")' in convert(source).after


def test_a_call_inside_an_f_string_is_rewritten(convert) -> None:
    source = (
        HEAD
        + 'frame = glueContext.create_dynamic_frame.from_catalog("a", "b")\nprint(f"{frame.toDF().count()} rows")\n'
    )
    assert "frame.count()" in convert(source).after
    assert "toDF" not in convert(source).after


def test_the_frames_of_a_base_class_are_known_in_its_subclasses(convert) -> None:
    base = (
        "from awsglue.context import GlueContext\n\n\nclass Base:\n    def __init__(self):\n"
        "        self.context = GlueContext()\n"
        '        frame = self.context.create_dynamic_frame.from_catalog(database="d", table_name="t")\n'
        "        self.out = self.execute(frame)\n"
    )
    job = "from base import Base\n\n\nclass Job(Base):\n    def execute(self, frame):\n        return frame.drop_fields(['a'])\n"
    assert 'return frame.drop("a")' in convert(job, base=base).after


def test_a_context_passed_as_an_argument_is_known_in_the_callee(convert) -> None:
    helper = "def load(ctx, name):\n    return ctx.create_dynamic_frame.from_catalog(database='d', table_name=name)\n"
    caller = HEAD + "from helper import load\nframe = load(glueContext, 't')\nprint(frame.toDF().count())\n"
    conversion = convert(caller, helper=helper)
    assert "load(spark, 't')" in conversion.after
    assert "frame.count()" in conversion.after


def test_a_method_that_only_dynamic_frames_have_is_rewritten_where_none_may_come_too(convert) -> None:
    source = HEAD + (
        "def pick(flag):\n    if flag:\n"
        '        return glueContext.create_dynamic_frame.from_catalog("a", "b")\n    return None\n\n'
        "pick(True).drop_fields(['a'])\n"
    )
    assert "pick(True).drop('a')".replace("'", '"') in convert(source).after


def test_a_shared_method_of_what_may_be_either_kind_of_frame_is_a_blocker(blockers) -> None:
    source = HEAD + (
        "def pick(flag):\n"
        '    frame = glueContext.create_dynamic_frame.from_catalog("a", "b")\n'
        "    return frame if flag else frame.toDF()\n\n"
        "both = pick(True).union(pick(True))\n"
    )
    assert "[ambiguous-frame]" in blockers(source)[0]


def test_whether_bookmarks_are_on_is_asked_where_nothing_says_so(convert) -> None:
    source = HEAD + "from awsglue.job import Job\njob = Job(glueContext)\njob.init('a')\njob.commit()\n"
    (finding,) = convert(source).findings
    assert (finding.rule, finding.severity) == ("job-lifecycle", Severity.INFO)
    assert convert(source, facts=JobFacts(bookmarks_enabled=False)).findings == ()


def test_job_bookmarks_are_handed_off_where_the_definition_enables_them(convert) -> None:
    source = HEAD + "from awsglue.job import Job\njob = Job(glueContext)\njob.init('x')\njob.commit()\n"
    enabled = convert(source, facts=JobFacts(bookmarks_enabled=True))
    assert any(f.rule == "job-lifecycle" and f.severity is Severity.BLOCKER for f in enabled.findings)
    disabled = convert(source, facts=JobFacts(bookmarks_enabled=False))
    assert disabled.findings == ()
    chosen = convert(source, facts=JobFacts(bookmarks_enabled=True), settings=Settings(bookmarks="full_read"))
    assert [f.severity for f in chosen.findings] == [Severity.WARNING]


def test_arguments_are_read_by_the_helper_where_hidden_keys_are_used(convert) -> None:
    source = (
        "import sys\nfrom awsglue.utils import getResolvedOptions\n"
        'args = getResolvedOptions(sys.argv, ["a"])\nprint(args["TempDir"])\n'
    )
    conversion = convert(source)
    assert "resolved_options(sys.argv" in conversion.after
    assert conversion.compat == {"resolved_options"}


READ = HEAD + 'frame = glueContext.create_dynamic_frame.from_catalog(database="a", table_name="B")\n'


@pytest.mark.parametrize(
    ("form", "code", "held", "texts"),
    [
        ("delta", 'spark.read.table("main.a.B")\n', False, False),
        ("iceberg", 'spark.read.table("main.a.B")\n', False, False),
        ("parquet", 'spark.read.table("main.a.B")\n', True, False),
        ("orc", 'spark.read.table("main.a.B")\n', True, False),
        ("avro", 'spark.read.table("main.a.B")\n', True, False),
        ("csv", 'spark.read.table("main.a.B").fillna("")\n', True, True),
        ("json", 'spark.read.table("main.a.B")\n', True, True),
    ],
)
def test_a_catalog_read_is_as_sure_as_the_tables_storage(form: str, code: str, held: bool, texts: bool) -> None:
    tables = {"a.b": TableFacts(form, (("id", "bigint"), ("name", "string")))}
    (conversion,) = convert_project({"job.py": READ}, Settings(), tables=tables)
    assert conversion.after.endswith(code)
    (edit,) = [edit for edit in conversion.edits if edit.rule == "from-catalog"]
    assert edit.certainty is (Certainty.CONDITIONAL if held else Certainty.EXACT)
    assert ("spelled and typed as the catalog has them" in edit.condition) is held
    assert ("in quotes where the SerDe reads none" in edit.condition) is texts


@pytest.mark.parametrize(
    ("form", "code"), [("csv", "read_table(glueContext, "), ("parquet", "glueContext.read.table(")]
)
def test_a_table_with_a_computed_name_is_looked_at_when_it_may_lie_in_csv(form: str, code: str) -> None:
    source = HEAD + (
        "def load(table):\n    return glueContext.create_dynamic_frame.from_catalog(database='a', table_name=table)\n"
    )
    tables = {"a.b": TableFacts(form, (("name", "string"),))}
    (conversion,) = convert_project({"job.py": source}, Settings(), tables=tables)
    assert code in conversion.after.replace("spark", "glueContext")


def test_a_text_compared_with_a_number_column_is_not_translated(convert) -> None:
    source = READ + "out = Filter.apply(frame=frame, f=lambda x: x['id'] == '7')\n"
    tables = {"a.b": TableFacts("parquet", (("id", "bigint"),))}
    (conversion,) = convert_project({"job.py": source}, Settings(), tables=tables)
    assert "filter_records(frame, lambda x: x['id'] == '7')" in conversion.after


def test_a_class_that_derives_from_glue_is_a_blocker(blockers) -> None:
    assert (
        "derives from"
        in blockers("from awsglue.context import GlueContext\n\n\nclass Mine(GlueContext):\n    pass\n")[0]
    )


def test_telling_a_dynamic_frame_apart_is_a_blocker_and_only_turning_it_into_a_data_frame_is_not(blockers) -> None:
    head = "from awsglue.dynamicframe import DynamicFrame\n\n\ndef f(x):\n    if isinstance(x, DynamicFrame):\n"
    assert blockers(head + "        x = x.toDF()\n    return x\n") == []
    assert blockers(head + "        return 1\n    return 2\n") != []


def test_json_that_came_with_the_star_import_is_imported(convert) -> None:
    after = convert(HEAD + "print(json.dumps({}))\nspark = glueContext.spark_session\n").after
    assert "import json" in after


def test_options_that_other_code_may_change_are_read_when_it_runs(convert) -> None:
    source = HEAD + (
        'frame = glueContext.create_dynamic_frame.from_catalog("a", "b")\noptions = {"path": "s3://o/"}\n'
        "adapt(options)\n"
        'glueContext.write_dynamic_frame.from_options(frame, "s3", options, "parquet")\n'
    )
    assert 'write_target(frame, "s3", options, "parquet")' in convert(source).after
    assert "write_target" not in convert(source.replace("adapt(options)\n", "")).after


def test_a_union_of_unknown_frames_is_warned_of(convert) -> None:
    conversion = convert(HEAD + "def both(a, b):\n    return a.union(b)\n\nlog = glueContext.get_logger()\n")
    assert [f.rule for f in conversion.findings] == ["unknown-frame"]


STREAM = HEAD + (
    'frame = glueContext.create_data_frame.from_catalog(database="a", table_name="s", '
    'additional_options={"startingPosition": "%s", "inferSchema": "true"%s})\n'
)


def test_a_stream_of_the_catalog_is_read_from_the_table_that_is_fed_from_it(convert) -> None:
    conversion = convert(STREAM % ("TRIM_HORIZON", ""))
    assert 'spark.readStream.table("main.a.s")' in conversion.after
    assert [found.severity for found in conversion.findings] == [Severity.WARNING]
    assert '.option("startingVersion", "latest").table(' in convert(STREAM % ("latest", "")).after


def test_a_stream_that_starts_at_a_time_is_handed_off(blockers) -> None:
    assert blockers(STREAM % ("2024-01-01T00:00:00Z", ""))


def test_choices_of_records_are_not_resolved_by_doing_nothing(blockers) -> None:
    read = HEAD + 'frame = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://a"]}, "json")\n'
    assert blockers(read + 'frame = frame.repartition(2)\nResolveChoice.apply(frame, choice="make_cols")\n')
    typed = HEAD + 'frame = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://a"]}, "parquet")\n'
    assert blockers(typed + 'out = ResolveChoice.apply(frame, choice="make_cols")\n') == []


def test_a_stream_that_infers_its_schema_is_parsed_where_the_batch_becomes_a_frame(convert) -> None:
    source = HEAD + (
        "from awsglue.dynamicframe import DynamicFrame\n"
        'raw = glueContext.create_data_frame.from_options(connection_type="kinesis", connection_options={"streamARN": '
        '"arn:aws:kinesis:us-east-1:1:stream/s", "classification": "json", "startingPosition": "latest", '
        '"inferSchema": "true"})\n\n\n'
        "def work(batch, number):\n"
        '    frame = DynamicFrame.fromDF(batch, glueContext, "b")\n    print(frame.count())\n\n\n'
        'glueContext.forEachBatch(raw, work, {"windowSize": "9 seconds", "checkpointLocation": "s3://c", "outputMode": "x"})\n'
    )
    conversion = convert(source)
    assert "frame = parse_records(batch)" in conversion.after
    assert '.alias("$json$data_infer_schema$_temporary$")' in conversion.after
    assert {found.severity for found in conversion.findings} == {Severity.INFO}
    assert "outputMode=x is no option" in conversion.findings[-1].message


def test_a_text_that_a_function_may_change_is_not_taken_for_a_constant(convert) -> None:
    source = HEAD + (
        'form = "csv"\n\n\ndef choose():\n    global form\n    form = "json"\n\n\nchoose()\n'
        'frame = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://a"]}, format=form)\n'
    )
    assert "read_source(spark, " in convert(source).after
    assert ".csv(" not in convert(source).after


@pytest.mark.integration
def test_a_chain_of_hundreds_of_calls_is_converted(convert) -> None:
    source = (
        "from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n"
        "frame = GlueContext(SparkContext()).create_dynamic_frame.from_catalog(database='d', table_name='t')\n"
    )
    found = convert(source + "frame = frame" + ".drop_fields(['x'])" * 200 + "\n")
    assert "drop_fields([" not in found.after
    assert found.findings == ()


def test_the_target_line_of_an_edit_holds_what_the_statement_became(convert) -> None:
    """The parser's four lines stand before it, so that counting alone would point into them."""
    source = (
        "import sys\nfrom awsglue.context import GlueContext\nfrom awsglue.utils import getResolvedOptions\n"
        "from pyspark.context import SparkContext\nargs = getResolvedOptions(sys.argv, ['JOB_NAME'])\n"
        "sc = SparkContext()\nglueContext = GlueContext(sc)\nframe = glueContext.create_dynamic_frame.from_catalog('d', 't')\n"
    )
    conversion = convert(source)
    lines = conversion.after.splitlines()
    shown = {edit.rule: (edit.source_line, lines[edit.target_line - 1]) for edit in conversion.edits}
    assert shown["glue-context"] == (7, "spark = SparkSession.builder.getOrCreate()")
    assert shown["from-catalog"] == (8, 'frame = spark.read.table("main.d.t")')
    assert shown["job-arguments"] == (5, "parser = argparse.ArgumentParser()")


def test_a_context_class_of_the_project_is_not_taken_for_the_session(convert) -> None:
    library = (
        "from awsglue.context import GlueContext\n\n\nclass TeamContext(GlueContext):\n"
        "    def table(self, name):\n        return name\n"
    )
    found = convert("from library import TeamContext\nprint(TeamContext(None).table('t'))\n", library=library)
    assert "TeamContext(None).table('t')" in found.after
    assert [(f.rule, f.severity) for f in found.findings] == [("glue-context", Severity.BLOCKER)]


def test_comments_inside_what_is_replaced_move_above_the_statement(convert) -> None:
    source = (
        HEAD + "if True:\n    # read\n    rows = glueContext.create_dynamic_frame.from_catalog(\n"
        '        database="a",  # the raw one, not #2\n        # bookmarks hang on it\n        table_name="b",  # noqa: S1\n'
        "    )  # at the end\n    wide = (\n        rows\n        # all but x\n        .drop_fields(['x'])\n    )\n"
    )
    assert convert(source).after.endswith(
        'if True:\n    # read\n    # the raw one, not #2\n    # bookmarks hang on it\n    rows = spark.read.table("main.a.b")'
        '  # at the end\n    # all but x\n    wide = (\n        rows.drop("x")\n    )\n'
    )


def test_keys_that_differ_in_case_only_are_handed_off(blockers) -> None:
    read = HEAD + 'a = glueContext.create_dynamic_frame.from_catalog("d", "t")\n'
    assert blockers(read + 'Join.apply(a, a, ["Key"], ["key"])\n')
    assert blockers(read + 'Join.apply(a, a, ["Key"], ["Key"])\n') == []
