"""Names, imports, what is left of Glue, what compute refuses, and how findings of the conversion are weighed."""

import pytest

from glue2lakehouse.domain import Compute, Evidence, Finding, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import CheckResult, check

GLUE = """from awsglue.transforms import *
from awsglue.context import GlueContext
from pyspark.context import SparkContext
glueContext = GlueContext(SparkContext())
spark = glueContext.spark_session
"""
SPARK = """from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
"""


def run(
    before: str,
    after: str,
    *findings: Finding,
    path: str = "jobs/job.py",
    old: dict[str, str] | None = None,
    new: dict[str, str] | None = None,
    settings: Settings | None = None,
) -> CheckResult:
    old_files, new_files = {path: before} | (old or {}), {path: after} | (new or {})
    return check(before, after, path, old_files, new_files, findings, settings or Settings())


def rules(result: CheckResult, severity: Severity = Severity.BLOCKER) -> list[str]:
    return [finding.rule for finding in result.findings if finding.severity is severity]


def finding(line: int, message: str = "no rule yet", severity: Severity = Severity.BLOCKER) -> Finding:
    return Finding(rule="r", severity=severity, path="jobs/job.py", line=line, message=message)


def test_a_file_without_glue_is_resolved_as_it_is() -> None:
    text = "import os\n\n\ndef f(x):\n    return os.path.join(x, 'a')\n"
    assert run(text, text) == CheckResult(Evidence.RESOLVED, (), ())


@pytest.mark.parametrize("broken", ["def f(:\n    pass\n", "return 1\n", "x = 'a\n", "a\0b"])
def test_what_does_not_parse_has_no_evidence(broken: str) -> None:
    result = run("x = 1\n", broken)
    assert (result.evidence, rules(result)) == (Evidence.NONE, ["check-parses"])
    assert result.issues[0].severity == "critical"


def test_a_broken_original_still_lets_the_conversion_be_looked_at() -> None:
    assert run("print 'a'\n", "print('a')\n").evidence is Evidence.RESOLVED


@pytest.mark.parametrize(
    "scope",
    [
        "x = [i * j for i in range(3) for j in range(i)]",
        "def f():\n    global seen\n    seen = 1\n\n\ndef g():\n    return seen",
        "def f():\n    n = 0\n\n    def g():\n        nonlocal n\n        n += 1\n    return g",
        "class A:\n    size = 3\n    sizes = [size]\n\n    def f(self):\n        return __class__, self.size",
        "try:\n    import fast as impl\nexcept ImportError:\n    impl = None\nprint(impl)",
        "try:\n    print(1)\nexcept ValueError as error:\n    print(error)",
        "with open('a') as handle:\n    print(handle)\nfor i in range(2):\n    print(i)\nelse:\n    print(i)",
        "if (n := 10) > 5:\n    print(n)\nprint(__name__, __file__)",
        "def f(*args, key=None, **rest):\n    return args, key, rest\n\n\nprint(f)",
        "match 1:\n    case int(n):\n        print(n)",
        "def late():\n    return helper()\n\n\ndef helper():\n    return late",
    ],
)
def test_pythons_scopes_are_understood(scope: str) -> None:
    assert run(GLUE + "x = 1\n", SPARK + "x = 1\n" + scope + "\n").evidence is Evidence.RESOLVED


@pytest.mark.parametrize(
    ("after", "name"),
    [
        ("print(glueContext)\n", "glueContext"),
        (SPARK + "class A:\n    size = 3\n\n    def f(self):\n        return size\n", "size"),
        (SPARK + "def f():\n    inner = 1\n\n\nprint(inner)\n", "inner"),
        (SPARK + "print([i for i in range(3)], i)\n", "i"),
        ("df = spark.range(3)\n" + SPARK, "spark"),
        (SPARK + "from missing import *\nprint(glueContext)\n", "glueContext"),
    ],
)
def test_a_new_undefined_name_stops(after: str, name: str) -> None:
    result = run(GLUE + "df = spark.range(3)\nprint(glueContext, df)\n", after)
    assert any(f.rule == "check-undefined-name" and f"'{name}'" in f.message for f in result.findings)
    assert result.evidence is Evidence.PARSED


def test_a_name_undefined_in_the_original_is_only_mentioned() -> None:
    result = run(GLUE + "display(undefined_thing)\n", SPARK + "display(undefined_thing)\n")
    assert (result.evidence, rules(result, Severity.INFO)) == (Evidence.RESOLVED, ["check-undefined-name"] * 2)


def test_a_notebook_has_names_that_nobody_defines() -> None:
    result = run(GLUE + "display(spark)\n", "display(spark)\n", path="a.ipynb")
    assert (result.evidence, result.findings) == (Evidence.RESOLVED, ())


def test_star_imports_of_the_project_are_followed() -> None:
    before = GLUE + "from common import *\nprint(load())\n"
    after = SPARK + "from common import *\nprint(load())\n"
    files = {"jobs/common.py": "from deeper import *\n", "jobs/deeper.py": "def load():\n    return 1\n"}
    assert run(before, after, old=files, new=files).evidence is Evidence.RESOLVED
    without = files | {"jobs/deeper.py": "def loads():\n    return 1\n"}
    assert "check-undefined-name" in rules(run(before, after, old=files, new=without))


def test_dunder_all_bounds_a_star_import() -> None:
    files = {"jobs/common.py": "__all__ = ['a']\na = b = 1\n"}
    before, after = GLUE + "b = 2\nprint(b)\n", SPARK + "from common import *\nprint(b)\n"
    assert "check-undefined-name" in rules(run(before, after, old=files, new=files))


@pytest.mark.parametrize(
    "line",
    ["from common import load", "import common.load", "from .common import load", "from lib.common import load"],
)
def test_an_import_of_the_project_has_to_be_there_after(line: str) -> None:
    old = {"jobs/common.py": "load = 1\n", "jobs/common/load.py": "", "x/lib/common.py": "load = 1\n"}
    before, after = GLUE + line + "\n", SPARK + line + "\n"
    assert run(before, after, old=old, new=old).evidence is Evidence.RESOLVED
    assert "check-import" in rules(run(before, after, old=old))


def test_an_imported_name_has_to_be_there_after() -> None:
    text = "from common import load\nprint(load)\n"
    old, new = {"common.py": "def load(): ...\n"}, {"common.py": "def loads(): ...\n"}
    assert "check-import" in rules(run(GLUE + text, SPARK + text, old=old, new=new))


def test_runtime_helpers_have_to_exist() -> None:
    after = SPARK + "from glue_compat import relationalize\nprint(relationalize)\n"
    there = {"glue_compat.py": "def relationalize(): ...\n"}
    assert run(GLUE, after, new=there).evidence is Evidence.RESOLVED
    assert "check-import" in rules(run(GLUE, after, new={"glue_compat.py": ""}))
    assert "check-import" in rules(run(GLUE, after))


def test_a_library_that_databricks_lacks_is_a_warning() -> None:
    assert rules(run(GLUE, SPARK + "import nowhere\n"), Severity.WARNING) == ["check-import"]


@pytest.mark.parametrize(
    "left",
    [
        "from awsglue.job import Job\n",
        "import awsglue.utils as au\n",
        "import gs_flatten\n",
        "df2 = Filter.apply(frame=df, f=print)\n",
        "df2 = df.toDF()\n",
        "df2 = df.resolveChoice(specs=[('a', 'cast:int')])\n",
        "df2 = df.select_fields(['a'])\n",
        "df2 = spark.create_dynamic_frame.from_catalog('a', 'b')\n",
        "df.write_it(transformation_ctx='x')\n",
        "spark._jvm.java = 'com.amazonaws.services.glue.GlueContext'\n",
    ],
)
def test_what_is_left_of_glue_is_found(left: str) -> None:
    result = run(GLUE + "df = 1\n" + left, SPARK + "df = 1\n" + left, settings=Settings(compute=Compute.CLASSIC))
    assert "check-glue-left" in rules(result)
    assert {f.line for f in result.findings if f.rule == "check-glue-left"} == {7}


@pytest.mark.parametrize(
    "fine",
    [
        "df2 = spark.sparkContext.parallelize([1]).toDF()\n",
        "df2 = df.rdd.map(str).toDF()\n",
        "df2 = df.toDF('a', 'b')\n",
        "import glue_compat\ndf2 = glue_compat.select_fields(df, ['a'])\n",
        "class Own:\n    def unbox(self):\n        return self\n\n\nOwn().unbox()\n",
        "from itertools import chain as Join\nJoin.apply = print\n",
        "note = 'awsglue is not needed: ApplyMapping'\n",
    ],
)
def test_what_only_looks_like_glue_is_left_alone(fine: str) -> None:
    before, after = GLUE + "df = 1\n" + fine, SPARK + "df = 1\n" + fine
    result = run(
        before, after, new={"glue_compat.py": "def select_fields(): ...\n"}, settings=Settings(compute=Compute.CLASSIC)
    )
    assert "check-glue-left" not in [f.rule for f in result.findings]


def test_what_is_left_in_a_rewritten_block_is_told_at_the_line_that_names_it() -> None:
    purge = ".purge_s3_path('s3://a/', {'excludeStorageClasses': ['GLACIER']})\n"
    write = "glueContext.write_dynamic_frame.from_options(a, 's3', {'path': 's3://b/'}, 'json')\n"
    before = GLUE + "a = made()\n" + write + "glueContext" + purge + "job.commit()\n"
    after = SPARK + "a = made()\na.write.mode('append').json('s3://b/')\nspark" + purge
    result = run(before, after, settings=Settings(compute=Compute.CLASSIC))
    (left,) = (f for f in result.findings if f.rule == "check-glue-left")
    assert "glueContext.purge_s3_path" in before.splitlines()[left.line - 1]


def test_an_unchanged_dynamic_frame_method_means_something_else_on_a_dataframe() -> None:
    before = GLUE + "a = glueContext.create_dynamic_frame.from_catalog('d', 't')\nb = a.union(a)\nprint(b)\n"
    after = SPARK + "a = spark.read.table('main.d.t')\nb = a.union(a)\nprint(b)\n"
    assert rules(run(before, after)) == ["check-glue-left"]


def test_glue_under_a_blocker_is_known_but_not_resolved() -> None:
    text = "df = glueContext.purge_table('d', 't')\n"
    result = run(GLUE + text, GLUE + text, finding(6))
    assert "check-glue-left" in rules(result, Severity.INFO)
    assert (result.evidence, rules(result)) == (Evidence.PARSED, ["check-compute"])


@pytest.mark.parametrize(
    ("line", "message", "severity", "caught"),
    [
        (6, "whatever", Severity.BLOCKER, False),
        (7, "whatever", Severity.BLOCKER, False),
        (5, "whatever", Severity.BLOCKER, True),
        (7, "'separator' has no counterpart", Severity.WARNING, False),
        (7, "'partitionKeys' has no counterpart", Severity.WARNING, True),
        (6, "separator ';' was dropped", Severity.INFO, False),
    ],
)
def test_a_finding_answers_for_what_it_names(line: int, message: str, severity: Severity, caught: bool) -> None:
    before = (
        GLUE + "glueContext.write_dynamic_frame.from_options(spark, 's3',\n"
        "    {'path': 's3://a'}, 'csv', {'separator': ';'})\n"
    )
    after = SPARK + "spark.write.mode('append').option('header', True).csv('s3://a')\n"
    result = run(before, after, finding(line, message, severity))
    assert ("check-vanished" in rules(result)) is caught


def test_settings_say_where_tables_and_paths_went() -> None:
    settings = Settings(catalog="prod", schemas={"db": "bronze"}, paths={"s3://raw": "/Volumes/prod/raw/files"})
    before = GLUE + (
        "a = glueContext.create_dynamic_frame.from_catalog('db', 't')\n"
        "b = glueContext.create_dynamic_frame.from_options('s3', {'paths': ['s3://raw/x']}, 'json')\n"
        "c = glueContext.sql('select 1 from db.t')\n"
    )
    after = SPARK + (
        "a = spark.read.table('prod.bronze.t')\n"
        "b = spark.read.json('/Volumes/prod/raw/files/x')\n"
        "c = spark.sql('select 1 from prod.bronze.t')\n"
    )
    assert run(before, after, settings=settings).findings == ()
    assert rules(run(before, after)) == ["check-vanished"] * 3


def test_bookmarks_do_not_go_without_a_word() -> None:
    before = GLUE + "from awsglue.job import Job\njob = Job(glueContext)\njob.init('a')\njob.commit()\n"
    assert run(before, SPARK).evidence is Evidence.RESOLVED
    on = Settings(bookmarks_enabled=True)
    assert rules(run(before, SPARK, settings=on)) == ["check-vanished"]
    assert rules(run(before, SPARK, finding(9, "bookmark state", Severity.INFO), settings=on)) == []


@pytest.mark.parametrize(
    "refused",
    [
        "n = df.rdd.getNumPartitions()\n",
        "spark.sparkContext.addPyFile('s3://a.zip')\n",
        "spark._jvm.System.gc()\n",
        "seen = sc.accumulator(0)\n",
        "lines = sc.textFile('s3://b/p')\n",
        "df.createOrReplaceGlobalTempView('v')\n",
        "url = 'http://169.254.169.254/latest'\n",
        "d = spark.sql('select 1 from global_temp.v')\n",
        "w = DataFrameWriter(df).mode('append')\n",
    ],
)
def test_unity_catalog_compute_refuses(refused: str) -> None:
    text = SPARK + "df = 1\n" + refused
    for compute, severity in (
        (Compute.STANDARD, "blocker"),
        (Compute.SERVERLESS, "blocker"),
        (Compute.CLASSIC, "warning"),
    ):
        found = [f for f in run(text, text, settings=Settings(compute=compute)).findings if f.rule == "check-compute"]
        assert {(f.severity.value, f.line) for f in found} == {(severity, 4)}


def test_only_serverless_refuses_a_cache() -> None:
    text = SPARK + "df = spark.range(3).cache()\n"
    assert run(text, text).evidence is Evidence.RESOLVED
    assert rules(run(text, text, settings=Settings(compute=Compute.SERVERLESS))) == ["check-compute"]


def test_a_writer_that_is_only_named_is_refused_nowhere() -> None:
    text = SPARK + "from pyspark.sql import DataFrameWriter\n\n\ndef f(w: DataFrameWriter):\n    return w\n"
    assert run(text, text).evidence is Evidence.RESOLVED


def test_lines_are_those_of_the_source() -> None:
    before = GLUE + "x = 1\ny = 2\nz = spark.sparkContext\n"
    after = SPARK + "x = 1\n\n\ny = 2\nz = spark.sparkContext\n"
    assert [(f.rule, f.line) for f in run(before, after).findings] == [("check-compute", 8)]


TYPES = """from awsglue.gluetypes import ArrayType, DecimalType, Field as F1, StringType, StructType
from awsglue import gluetypes as gt
import awsglue.gluetypes
schema = StructType([F1("a", DecimalType(precision=5, scale=2)), F1(name="b", dataType=ArrayType(elementType=StringType()))])
other = gt.StructType(fields=[gt.Field("m", awsglue.gluetypes.LongType())])
"""
SPARK_TYPES = """from pyspark.sql.types import ArrayType, DecimalType, LongType, StringType, StructField, StructType
schema = StructType([StructField("a", DecimalType(5, 2)), StructField("b", ArrayType(StringType()))])
other = StructType([StructField("m", LongType())])
"""


def test_types_of_glues_schemas_may_be_called_and_filled_as_spark_does() -> None:
    assert rules(run(TYPES, SPARK_TYPES)) == []
    assert rules(run(TYPES.replace(" ArrayType, DecimalType, Field as F1, StringType, StructType", " *").replace("F1", "Field"), SPARK_TYPES)) == []  # fmt: skip


@pytest.mark.parametrize(
    ("lost", "left"),
    [("DecimalType(5, 2)", "DecimalType(6, 2)"), ("(5, 2)", "(5, 0)"), ('"b"', '"c"'), ("LongType())", "StringType())"),
     ('StructField("a", DecimalType(5, 2)), ', ""), ("ArrayType(StringType())", "StringType()")],
)  # fmt: skip
def test_what_a_schema_loses_is_found(lost: str, left: str) -> None:
    assert "check-vanished" in rules(run(TYPES, SPARK_TYPES.replace(lost, left)))


def test_an_attribute_of_ones_own_may_be_called_like_sparks() -> None:
    base = "class Base:\n    def __init__(self, spark):\n        self._sc = spark\n        self.session = self._sc\n"
    assert rules(run(base, base)) == []
    child = (
        "from base import Base\n\n\nclass Child(Base):\n    def run(self):\n        return self._sc.sql('select 1')\n"
    )
    assert rules(run(child, child, old={"jobs/base.py": base}, new={"jobs/base.py": base})) == []
    assert rules(run(child, child)) == ["check-compute"]
    reached = base.replace("= spark\n", "= spark.sparkContext\n")
    assert set(rules(run(reached, reached))) == {"check-compute"}
    assert rules(run(child, child, old={"jobs/base.py": reached}, new={"jobs/base.py": reached})) == ["check-compute"]


def test_a_writer_of_ones_own_writes_as_it_did() -> None:
    used = "from lake import Writer\n{}\nWriter({}).write(frame, path='s3://b')\nWriter({}).write(frame)\n"
    before = used.format("from awsglue.context import GlueContext\nctx = GlueContext()", "ctx", "ctx")
    after = used.format(SPARK.strip(), "spark", "spark")
    lake = {"jobs/lake.py": "class Writer: ...\n"}
    assert rules(run(before, after, old=lake, new=lake)) == []
    assert rules(run(before, after.replace(".write(frame)", ".close(frame)"), old=lake, new=lake)) != []
