"""The mapping of paths reaches paths in variables, sums, dicts and arguments; what it cannot reach is told."""

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, convert_project, render_compat

HEAD = (
    "import os\nimport sys\nfrom awsglue.context import GlueContext\nfrom awsglue.utils import getResolvedOptions\n"
    "from pyspark.context import SparkContext\n\nglueContext = GlueContext(SparkContext.getOrCreate())\n"
    "spark = glueContext.spark_session\n"
)
MAPPED = Settings(
    paths={"s3://raw": "/Volumes/main/raw/files", "s3://lake/in/": "/Volumes/main/lake/in/", "s3://ext": "s3://new/ext"}
)
RAW = "/Volumes/main/raw/files"


def converted(body: str, settings: Settings = MAPPED, **others: str) -> Conversion:
    files = {"job.py": HEAD + body, **{f"{name}.py": text for name, text in others.items()}}
    return next(made for made in convert_project(files, settings) if made.path == "job.py")


def told(made: Conversion) -> list[tuple[Severity, int]]:
    return [(f.severity, f.line - HEAD.count("\n")) for f in made.findings if f.rule == "mapped-paths"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('P = "s3://raw/a"\nspark.read.parquet(P)\n', f'P = "{RAW}/a"\nspark.read.parquet(P)\n'),
        ('P = "s3a://raw/a"\nspark.read.parquet(P)\n', f'P = "{RAW}/a"\nspark.read.parquet(P)\n'),
        (
            'B = "s3://raw/a"\nP = B + "/b"\nprint("reading", P)\nspark.read.csv(P)\n',
            f'B = "{RAW}/a"\nP = B + "/b"\nprint("reading", P)\nspark.read.csv(P)\n',
        ),
        (
            'B = "s3://raw"\nspark.read.csv(f"{B}/x/{os.getpid()}")\n',
            f'B = "{RAW}"\nspark.read.csv(f"{{B}}/x/{{os.getpid()}}")\n',
        ),
        (
            'B = "s3://raw"\nspark.read.csv(os.path.join(B, "x"))\n',
            f'B = "{RAW}"\nspark.read.csv(os.path.join(B, "x"))\n',
        ),
        (
            'spark.range(1).write.save("s3://raw/{}/x".format(os.getpid()))\n',
            f'spark.range(1).write.save("{RAW}/{{}}/x".format(os.getpid()))\n',
        ),
        (
            'spark.range(1).write.save("s3://lake/in/%s/x" % os.getpid())\n',
            'spark.range(1).write.save("/Volumes/main/lake/in/%s/x" % os.getpid())\n',
        ),
        (
            'C = {"in": "s3://raw/a", "out": "s3://b"}\nspark.read.json(C["in"]).write.json(C["out"])\n',
            f'C = {{"in": "{RAW}/a", "out": "s3://b"}}\nspark.read.json(C["in"]).write.json(C["out"])\n',
        ),
        (
            'P = "s3://raw/a"\nspark.range(1).writeStream.option("checkpointLocation", P).start("s3://raw/b")\n',
            f'P = "{RAW}/a"\nspark.range(1).writeStream.option("checkpointLocation", P).start("{RAW}/b")\n',
        ),
        (
            'spark.range(1).write.saveAsTable("main.a.b", path="s3://ext/a")\n',
            'spark.range(1).write.saveAsTable("main.a.b", path="s3://new/ext/a")\n',
        ),
        (
            'def go(s):\n    return s.spark.read.option("header", True).csv("s3://raw/a")\n',
            f'def go(s):\n    return s.spark.read.option("header", True).csv("{RAW}/a")\n',
        ),
        (
            'spark.read.json("s3://raw/a" if os.getpid() else "s3://b")\n',
            f'spark.read.json("{RAW}/a" if os.getpid() else "s3://b")\n',
        ),
    ],
)
def test_a_literal_that_begins_paths_only_changes_where_it_is_written(before: str, after: str) -> None:
    made = converted(before)
    assert after in made.after
    assert "mapped_path" not in made.after
    assert told(made) == []


@pytest.mark.parametrize(
    "body",
    [
        'P = "s3://raw/a"\nif P.startswith("s3"):\n    spark.read.parquet(§P§)\n',
        'P = "s3://raw/a"\nspark.read.parquet(§P§)\nparts = P.split("/")\n',
        'P = "s3://raw/a"\nspark.read.parquet(§P§)\nos.system(f"echo {P}")\n',
        'P = "s3://raw/a"\nP = P + "/b"\nspark.read.parquet(§P§)\n',
        'B = "raw"\nspark.read.parquet(§f"s3://{B}/a"§)\n',
        'B = "s3://raw"\nspark.read.parquet(§f"{B}{os.getpid()}"§)\n',
        'B = "s3://raw"\nspark.read.parquet(f"{B}/a")\nspark.read.parquet(§B + str(os.getpid())§)\n'.replace(
            'f"{B}/a"', '§f"{B}/a"§'
        ),
        'def read(path):\n    return spark.read.parquet(§path§)\n\n\nread("s3://raw/a")\n',
        'for p in ["s3://raw/a", "s3://b"]:\n    spark.read.parquet(§p§)\n',
        'P = ["s3://raw/a", "s3://b"]\nspark.read.parquet(*§P§)\n',
        'spark.read.parquet(§os.environ["X"]§).write.save(§sys.argv[1]§)\n',
        'C = {"in": "s3://raw/a"}\nspark.read.json(§C["in"]§)\nfor k in C.values():\n    print(k)\n',
        'class Settings:\n    SOURCE = "s3://raw/a"\n\n\nspark.read.json(§Settings.SOURCE§)\n',
        "opts = dict(os.environ)\nspark.read.options(**§opts§).load()\n",
    ],
)
def test_a_path_that_is_computed_or_read_elsewhere_too_is_mapped_where_it_is_used(body: str) -> None:
    made = converted(body.replace("§", ""))
    expected = re.sub("§(.*?)§", r"mapped_path(\1)", body)
    assert expected in made.after
    assert "from glue_compat import mapped_path\n" in made.after
    assert made.compat == {"mapped_path"}


@pytest.mark.parametrize(
    "body",
    [
        'spark.read.parquet(f"/tmp/{os.getpid()}")\n',
        'B = "s3://other"\nspark.read.parquet(B + "/" + str(os.getpid()))\n',
        'B = "s3://raw2/"\nspark.read.parquet(B + str(os.getpid()))\n',
        'spark.read.parquet("s3://lake/input")\n',
        "spark.read.json(spark.sparkContext.parallelize(['{}']))\n",
    ],
)
def test_a_path_that_cannot_have_moved_stays(body: str) -> None:
    made = converted(body, MAPPED.model_copy(update={"compute": Compute.CLASSIC}))
    assert body in made.after
    assert told(made) == []


def test_a_name_that_another_module_reads_stays_and_is_mapped_where_it_is_used() -> None:
    made = converted(
        'P = "s3://raw/a"\nspark.read.json(P)\n', other="from awsglue.job import Job\nimport job\nprint(job.P)\n"
    )
    assert 'P = "s3://raw/a"\nspark.read.json(mapped_path(P))\n' in made.after


@pytest.mark.parametrize("path", ["s3://lake/", "s3://lake", "s3://lake/*", "s3://lake/i*/x", "s3n://lake/{in,out}"])
def test_a_path_above_one_that_has_moved_is_a_blocker(path: str) -> None:
    assert told(converted(f'spark.read.parquet("{path}")\n')) == [(Severity.BLOCKER, 1)]


def test_a_nested_prefix_is_looked_at_before_the_one_around_it() -> None:
    settings = Settings(paths={"s3://raw": "/Volumes/a/b/c", "s3://raw/x": "/Volumes/x/y/z"})
    made = converted(
        'spark.read.csv("s3://raw/x/1")\nspark.read.csv("s3://raw/w")\nB = "s3://raw/"\n'
        "spark.read.csv(B + str(os.getpid()))\n",
        settings,
    )
    assert 'csv("/Volumes/x/y/z/1")\nspark.read.csv("/Volumes/a/b/c/w")\n' in made.after
    assert "csv(mapped_path(B + str(os.getpid())))" in made.after
    assert told(converted('spark.read.csv("s3://raw")\n', settings)) == [(Severity.BLOCKER, 1)]


def test_a_text_with_a_moved_prefix_that_is_no_path_here_is_told() -> None:
    assert told(converted('launch(["cp", "s3://raw/a", "x"])\n')) == [(Severity.WARNING, 1)]
    assert told(converted('launch(f"cp s3://raw/{os.getpid()}")\n')) == [(Severity.WARNING, 1)]
    assert told(converted('launch("s3://rawer/a", "s3://lake/inner")\n')) == []
    assert told(converted('"""Reads s3://raw/a."""\nspark.read.csv("s3://raw/a")\n')) == []


GLUE = "glueContext.create_dynamic_frame.from_options('s3', {}, 'parquet')\n"


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ('{"paths": ["s3://raw/a"]}', f'.load("{RAW}/a")'),
        ('{"paths": [args["source"]]}', '.load(mapped_path(args["source"]))'),
        ('{"paths": [args["source"] + "/x", "s3://raw/b"]}', f'([mapped_path(args["source"] + "/x"), "{RAW}/b"])'),
        ('{"path": f"{BASE}/a"}', '.load(f"{BASE}/a")'),
        ("options", '.load(mapped_path(options["paths"]))'),
        ("more", "'s3', mapped_path(more), 'parquet')"),
    ],
)
def test_paths_of_glue_options_follow_the_mapping(given: str, after: str) -> None:
    body = 'args = getResolvedOptions(sys.argv, ["source"])\nBASE = "s3://raw"\noptions = {"paths": ["s3://raw/a"]}\n'
    body += "more = dict(os.environ)\n"
    made = converted(body + f"frame = glueContext.create_dynamic_frame.from_options('s3', {given}, 'parquet')\n")
    text = made.after.replace("args.source", 'args["source"]')
    assert after in text or after.replace(".load(", ".parquet(") in text
    assert ("mapped_path" in made.after) == ("mapped_path" in made.compat)


def _helper(moved: dict[str, str]) -> Any:
    names: dict[str, Any] = {}
    exec(render_compat(["mapped_path"], Settings(paths=moved)), names)
    return names["mapped_path"]


def test_the_helper_maps_texts_lists_and_options_and_nothing_else() -> None:
    mapped_path = _helper({"s3://raw/": "/Volumes/r/", "s3a://raw/x/": "/Volumes/x", "s3://lake/in": "abfss://l@x/in"})
    assert mapped_path("s3://raw/a") == "/Volumes/r/a"
    assert mapped_path("S3N://raw/x/a") == "/Volumes/x/a"
    assert mapped_path("s3://raw/xy") == "/Volumes/r/xy"
    assert mapped_path("s3://raw2/a") == "s3://raw2/a"
    assert mapped_path(["s3://raw/a", "/Volumes/r/b"]) == ["/Volumes/r/a", "/Volumes/r/b"]
    assert mapped_path({"paths": ("s3://lake/in",), "x": "s3://raw/a"}) == {
        "paths": ("abfss://l@x/in",),
        "x": "s3://raw/a",
    }
    assert mapped_path({"connection_options": {"Path": "s3://raw/a"}}) == {
        "connection_options": {"Path": "/Volumes/r/a"}
    }
    assert mapped_path(None) is None
    assert mapped_path(f"s3://raw/{each}" for each in "ab") == ["/Volumes/r/a", "/Volumes/r/b"]
    assert mapped_path({"a": "s3://raw/a"}.values()) == ["/Volumes/r/a"]
    assert mapped_path("s3://raw/a,s3a://raw/x/b,s3://other/c") == "/Volumes/r/a,/Volumes/x/b,s3://other/c"
    assert mapped_path("s3://lake/in/{a,b},c") == "abfss://l@x/in/{a,b},c"


@pytest.mark.parametrize("path", ["s3://raw", "s3://raw/", "s3://lake", "s3a://lake/*/x", "s3://raw/*"])
def test_the_helper_refuses_a_path_that_holds_moved_and_unmoved_places(path: str) -> None:
    with pytest.raises(ValueError, match="name each place by its own path"):
        _helper({"s3://raw": "/Volumes/r", "s3://raw/x": "/Volumes/x", "s3://lake/in": "/Volumes/l"})(path)


def test_a_reader_that_is_handed_on_looks_its_paths_up_as_well() -> None:
    made = converted("read = glueContext.create_dynamic_frame.from_options\nwrite = glueContext.write_dynamic_frame.from_options\n"
                     "write(frame=read('s3', {'paths': [sys.argv[1]]}, 'parquet'), connection_type='s3')\n")  # fmt: skip
    assert "read = partial(read_moved_source, spark)\nwrite = write_moved_target\n" in made.after
    names: dict[str, Any] = {}
    exec(render_compat(made.compat, MAPPED), names)
    names["read_source"] = lambda *given, **named: (given, named)
    assert names["read_moved_source"](1, "s3", {"paths": ["s3://raw/a"]}, format="csv") == (
        (1, "s3", {"paths": [f"{RAW}/a"]}), {"format": "csv"})  # fmt: skip


@pytest.mark.spark
def test_a_job_reads_and_writes_where_the_mapping_says(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spark.range(3).write.parquet(str(tmp_path / "raw" / "orders" / "day=1"))
    spark.range(9).write.parquet(str(tmp_path / "s3" / "orders"))
    body = (
        'args = getResolvedOptions(sys.argv, ["source", "bucket"])\nOUT = "s3://lake/in"\n'
        'for day in ["day=1"]:\n    first = spark.read.parquet(os.path.join(args["source"], day))\n'
        'options = {"paths": [f"s3://{args[\'bucket\']}/orders/"], "recurse": True}\n'
        "second = glueContext.create_dynamic_frame.from_options('s3', options, 'parquet').toDF()\n"
        'first.join(second, "id").write.parquet(f"{OUT}/joined")\nspark.read.parquet(OUT + "/joined").count()\n'
    )
    settings = Settings(paths={"s3://raw": str(tmp_path / "raw"), "s3://lake/in": str(tmp_path / "out")})
    made = converted(body, settings)
    assert f'OUT = "{tmp_path}/out"' in made.after
    compat = ModuleType("glue_compat")
    monkeypatch.setitem(sys.modules, "glue_compat", compat)
    exec(render_compat(made.compat, settings), compat.__dict__)
    monkeypatch.setattr(sys, "argv", ["job.py", "--source", "s3a://raw/orders", "--bucket", "raw"])
    exec(made.after, {"__name__": "job"})
    assert sorted(row.id for row in spark.read.parquet(str(tmp_path / "out" / "joined")).collect()) == [0, 1, 2]


def test_a_file_without_glue_stays_and_tells_that_its_path_has_moved() -> None:
    plain = 'import pandas\n\n\ndef load():\n    """Reads s3://raw/a."""\n    return pandas.read_csv("s3://raw/a")\n'
    (made,) = convert_project({"load.py": plain}, MAPPED)
    assert made.after == plain
    assert [(f.rule, f.severity, f.line) for f in made.findings] == [("mapped-paths", Severity.WARNING, 6)]
    (fine,) = convert_project({"load.py": plain.replace('"s3://raw/a"', '"s3://rawer/a"')}, MAPPED)
    assert fine.findings == ()


def test_a_constant_of_a_module_that_the_job_imports_is_looked_up_where_the_job_uses_it() -> None:
    files = {"job.py": HEAD + "import places\nspark.read.csv(places.IN)\n", "places.py": 'IN = "s3://raw/a"\n'}
    made = {each.path: each for each in convert_project(files, MAPPED)}
    assert "spark.read.csv(mapped_path(places.IN))\n" in made["job.py"].after
    assert made["places.py"].after == files["places.py"]
    assert [f.severity for f in made["places.py"].findings] == [Severity.INFO]


ARGS = 'args = getResolvedOptions(sys.argv, ["path"])\n'


@pytest.mark.parametrize(
    ("why", "before", "after"),
    [
        (
            "a glob before what is not known may reach a moved place",
            "spark.read.json(f's3://lake/*/{args[\"path\"]}')\n",
            "json(mapped_path(f's3://lake/*/",
        ),
        ("two paths in one text", "spark.read.csv('s3://raw/a,s3://raw/b')\n", "mapped_path('s3://raw/a,s3://raw/b')"),
        (
            "which option it is shows when it runs",
            "for k, v in {'path': args['path']}.items():\n    spark.read.option(k, v)\n",
            ".option(k, mapped_path(v))",
        ),
        (
            "options that are unpacked into others",
            "more = {'path': args['path']}\nspark.read.load(**{**more, 'format': 'csv'})\n",
            "**{**mapped_path(more), 'format': 'csv'}",
        ),
        (
            "a reader in a variable, of a session that is not known",
            "def go(s, path):\n    reader = s.spark.read\n    return reader.parquet(path)\n",
            "reader.parquet(mapped_path(path))",
        ),
        (
            "a class's attribute is read by its name",
            "class C:\n    P = 's3://raw/a'\n    frame = spark.read.csv(P)\nlaunch(C.P)\n",
            "    P = 's3://raw/a'\n    frame = spark.read.csv(mapped_path(P))\n",
        ),
    ],
)
def test_a_path_that_may_have_moved_is_looked_up(why: str, before: str, after: str) -> None:
    assert after in converted(ARGS + before).after.replace("args.path", "args['path']"), why


@pytest.mark.parametrize(
    "body", ["read = spark.read.parquet\nread(args['path'])\n", "list(map(spark.read.json, [args['path']]))\n"]
)
def test_a_reader_that_is_handed_on_is_told(body: str) -> None:
    assert told(converted(ARGS + body)) == [(Severity.WARNING, 2)]
    assert told(converted(ARGS + body, Settings())) == []


def test_a_moved_path_that_stays_in_sql_text_whose_names_change_is_told() -> None:
    body = "spark.sql(\"select * from sales.files where path = 's3://raw/a'\")\n"
    made = converted(body)
    assert "main.sales.files where path = 's3://raw/a'" in made.after
    assert told(made) == [(Severity.WARNING, 1)]


def test_the_settings_map_each_of_several_paths_in_one_text() -> None:
    assert MAPPED.path_for("s3://raw/a,s3a://lake/in/b,s3://c") == f"{RAW}/a,/Volumes/main/lake/in/b,s3://c"
