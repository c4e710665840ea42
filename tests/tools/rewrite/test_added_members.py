"""Members that a project adds to Glue's classes at run time."""

import pytest

from glue2lakehouse.domain import Evidence, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import Conversion, convert_project, render_compat

FRAME = "from awsglue.dynamicframe import DynamicFrame\n"
BOTH = "from awsglue.context import GlueContext\n" + FRAME
TIDY = "\n\ndef tidy(self, name):\n    return self.drop_fields([name, 'note'])\n\n\n"
READER = (
    BOTH + "\n\nclass Reader:\n    def __init__(self, glue):\n        self.glue = glue\n\n"
    "    def table(self, name):\n        return self.glue.create_dynamic_frame.from_catalog('d', name)\n\n\n"
    "@property\ndef read(self):\n    return Reader(self)\n\n\nsetattr(GlueContext, 'read', read)\n"
)
WRITER = (
    BOTH + "\n\nclass Writer:\n    def __init__(self, frame):\n        self.frame = frame\n\n"
    "    def parquet(self, path):\n        self.frame.toDF().write.mode('append').parquet(path)\n\n\n"
    "@property\ndef write(self):\n    return Writer(self)\n\n\nsetattr(DynamicFrame, 'write', write)\n"
)
GLUE = "from awsglue.context import GlueContext\n"
START = GLUE + "import library\n\nglue = GlueContext()\n"
FROM = 'frame = glue.create_dynamic_frame.from_catalog("a", "b")\n'


def converted(**files: str) -> dict[str, Conversion]:
    """Convert modules by their names."""
    found = converted_at({f"{name}.py": text for name, text in files.items()})
    return {path.removesuffix(".py"): conversion for path, conversion in found.items()}


def converted_at(files: dict[str, str]) -> dict[str, Conversion]:
    """Convert modules by their paths."""
    return {c.path: c for c in convert_project(files, Settings())}


def blockers(found: dict[str, Conversion]) -> list[str]:
    return [str(f) for c in found.values() for f in c.findings if f.severity is Severity.BLOCKER]


def evidence(found: dict[str, Conversion]) -> set[Evidence]:
    """What the independent checks say of each file."""
    before, after = ({c.path: text for c in found.values() for text in (getattr(c, at),)} for at in ("before", "after"))
    helpers = frozenset().union(*(c.compat for c in found.values()))
    after |= {"glue_compat.py": render_compat(helpers)} if helpers else {}
    return {check(c.before, c.after, c.path, before, after, c.findings, Settings()).evidence for c in found.values()}


PATCHES = {
    "assigned": TIDY + "DynamicFrame.tidy = tidy\n",
    "setattr": TIDY + "setattr(DynamicFrame, 'tidy', tidy)\n",
    "a loop over a dict": TIDY + "for n, f in {'tidy': tidy}.items():\n    setattr(DynamicFrame, n, f)\n",
    "a loop over functions": TIDY + "for f in [tidy]:\n    setattr(DynamicFrame, f.__name__, f)\n",
    "where it is not there": TIDY + "if not hasattr(DynamicFrame, 'tidy'):\n    DynamicFrame.tidy = tidy\n",
    "a decorator": "\n\ndef extend(cls):\n    def add(f):\n        setattr(cls, f.__name__, f)\n        return f\n\n    return add\n\n\n@extend(DynamicFrame)"
    + TIDY.removeprefix("\n"),
    "a decorator without arguments": "\n\ndef method(f):\n    setattr(DynamicFrame, f.__name__, f)\n    return f\n\n\n@method" + TIDY.removeprefix("\n"),
}  # fmt: skip


@pytest.mark.parametrize("how", PATCHES)
def test_a_method_is_called_as_the_function_that_it_is(how: str) -> None:
    found = converted(library=FRAME + PATCHES[how], job=START + FROM + "out = frame.tidy('x').tidy(name='y').toDF()\n")
    assert blockers(found) == []
    assert "import library\nfrom library import tidy\n" in found["job"].after
    assert "out = tidy(tidy(frame, 'x'), name='y')\n" in found["job"].after
    library = found["library"].after
    assert "self.drop" in library or "drop_fields(self" in library
    assert "DynamicFrame" not in library
    assert "DataFrame" not in library
    assert "@" not in library
    told = [f for f in found["library"].findings if f.severity is Severity.WARNING]
    assert [(f.rule, f.message[:20]) for f in told] == [("added-members", "`DynamicFrame.tidy` ")]
    assert evidence(found) == {Evidence.RESOLVED}


def test_a_lambda_gets_a_name() -> None:
    patch = "DynamicFrame.tidy = lambda self, *names: self.drop_fields(['a'])\n"
    found = converted(library=FRAME + patch, job=START + FROM + "frame.tidy('b', *[]).toDF().show()\n")
    assert blockers(found) == []
    assert 'tidy = lambda self, *names: self.drop("a")\n' in found["library"].after
    assert "tidy(frame, 'b', *[]).show()\n" in found["job"].after


def test_a_library_by_itself_is_converted_as_what_its_functions_are_called_with() -> None:
    found = converted(
        library=FRAME + "\n\ndef tidy(self):\n    return self.toDF().count()\n\n\nDynamicFrame.tidy = tidy\n"
    )
    assert found["library"].after == "def tidy(self):\n    return self.count()\n"


def test_a_property_that_takes_the_place_of_one_of_glue() -> None:
    job = START + "glue.read.table('t').toDF().show()\nspark = glue.spark_session\nspark.read.parquet('p').show()\n"
    found = converted(library=READER, job=job)
    assert blockers(found) == []
    assert "def read(self):\n    return Reader(self)\n" in found["library"].after
    assert "setattr" not in found["library"].after
    assert "@property" not in found["library"].after
    assert "read(spark).table('t').show()\n" in found["job"].after
    assert "spark.read.parquet('p').show()\n" in found["job"].after
    assert 'self.glue.read.table(f"main.d.{name}")' in found["library"].after
    assert evidence(found) == {Evidence.RESOLVED}


def test_a_property_by_a_call_is_the_function_that_it_is_given() -> None:
    library = READER.replace("@property\n", "").replace("'read', read", "'read', property(read)")
    found = converted(library=library, job=START + "glue.read.table('t').toDF().show()\n")
    assert blockers(found) == []
    assert "read(spark).table('t').show()\n" in found["job"].after


def test_the_writer_of_data_frames_stays_sparks() -> None:
    job = START + FROM + "frame.write.parquet('a')\nframe.toDF().write.parquet('b')\n"
    found = converted(library=WRITER, job=job)
    assert blockers(found) == []
    assert "write(frame).parquet('a')\nframe.write.parquet('b')\n" in found["job"].after
    assert "self.frame.write.mode('append').parquet(path)" in found["library"].after


def test_a_bound_method_and_one_of_the_class() -> None:
    job = (
        START + FROM + FRAME + "run = frame.tidy\nrun('x').toDF().show()\nDynamicFrame.tidy(frame, 'y').toDF().show()\n"
    )
    found = converted(library=FRAME + PATCHES["assigned"], job=job)
    assert blockers(found) == []
    assert "run = functools.partial(tidy, frame)\nrun('x').show()\ntidy(frame, 'y').show()\n" in found["job"].after


def test_the_import_has_a_name_of_its_own_where_the_first_is_taken() -> None:
    job = START + FROM + "tidy = 'x'\nframe.tidy(tidy).toDF().show()\n"
    found = converted(library=FRAME + PATCHES["assigned"], job=job)
    assert "from library import tidy as dynamic_frame_tidy\n" in found["job"].after
    assert "dynamic_frame_tidy(frame, tidy).show()\n" in found["job"].after


def test_functions_of_one_name_from_two_modules_have_two_names() -> None:
    library = FRAME + "\n\ndef clean(self):\n    return self.drop_fields(['{0}'])\n\n\nDynamicFrame.{1} = clean\n"
    files = {"a": library.format("x", "tidy"), "b": library.format("y", "neat")}
    found = converted(**files, job=START.replace("library", "a, b") + FROM + "frame.tidy().neat().toDF().show()\n")
    assert blockers(found) == []
    assert (
        "from a import clean as dynamic_frame_tidy\nfrom b import clean as dynamic_frame_neat\n" in found["job"].after
    )
    assert "dynamic_frame_neat(dynamic_frame_tidy(frame)).show()\n" in found["job"].after
    assert evidence(found) == {Evidence.RESOLVED}


@pytest.mark.parametrize("name", ["drop_fields", "F", "spark", "list"])
def test_a_function_does_not_take_the_name_of_what_a_conversion_brings(name: str) -> None:
    library = (FRAME + PATCHES["assigned"]).replace("def tidy", f"def {name}").replace("= tidy", f"= {name}")
    found = converted(
        library=library, job=START + FROM + "x = input()\nframe.tidy('x').drop_fields([x]).toDF().show()\n"
    )
    assert blockers(found) == []
    assert f"from library import {name} as dynamic_frame_tidy\n" in found["job"].after
    assert "drop_fields(dynamic_frame_tidy(frame, 'x'), [x]).show()\n" in found["job"].after


def test_lambdas_of_one_name_for_two_classes_have_two_names() -> None:
    library = (
        BOTH
        + "GlueContext.load = lambda self, n: self.create_dynamic_frame.from_catalog('d', n)\n"
        + "DynamicFrame.load = lambda self: self.drop_fields(['a'])\n"
    )
    found = converted(library=library, job=START + "glue.load('x').load().toDF().show()\n")
    assert blockers(found) == []
    assert "\ndynamic_frame_load = lambda self: self.drop(" in found["library"].after
    assert "dynamic_frame_load(load(spark, 'x')).show()\n" in found["job"].after


@pytest.mark.parametrize("patch", [PATCHES["assigned"], "DynamicFrame.tidy = lambda self, name: self.drop_fields([name])\n"])  # fmt: skip
def test_a_star_import_does_not_bring_the_function_where_the_name_is_taken(patch: str) -> None:
    steps = FRAME + "import library\n\n\ndef clean(frame: DynamicFrame):\n    return frame.tidy('x').toDF()\n"
    files = {"library": FRAME + patch.replace("tidy(self", "tidied(self").replace("= tidy", "= tidied"), "steps": steps}
    files["other"] = "def tidy(x):\n    return x\n\n\ntidied = tidy\n"
    taken = "from other import tidied, tidy\nfrom {} import *\n"
    users = {f"job{at}": START + taken.format(at) + FROM + "print(tidied(tidy(1)))\n" for at in ("library", "steps")}
    found = converted(**files, **users)
    if "lambda" in patch:
        assert "dynamic_frame_tidy = lambda" in found["library"].after
    assert "    return dynamic_frame_tidy(frame, 'x')\n" in found["steps"].after


def test_an_import_that_is_there_is_used() -> None:
    job = GLUE + "from library import tidy\n\nglue = GlueContext()\n" + FROM + "frame.tidy('a').toDF().show()\n"
    after = converted(library=FRAME + PATCHES["assigned"], job=job)["job"].after
    assert after.count("import tidy") == 1
    assert "tidy(frame, 'a').show()\n" in after


def test_the_import_comes_after_what_makes_the_library_found() -> None:
    job = GLUE + "import sys\n\nsys.path.append('lib')\nimport library  # patches\n\nglue = GlueContext()\n" + FROM
    after = converted(library=FRAME + PATCHES["assigned"], job=job + "frame.tidy('a').toDF().show()\n")["job"].after
    assert "sys.path.append('lib')\nimport library\nfrom library import tidy  # patches\n" in after


def test_packages_are_named_as_the_project_names_them() -> None:
    load = "from .frames import DynamicFrame\n\n\ndef load(frame: DynamicFrame):\n    return frame.tidy('a')\n"
    job = (
        GLUE
        + "from ext import frames\nimport ext.load\n\nglue = GlueContext()\n"
        + FROM
        + "frame.tidy('b').toDF().show()\n"
    )
    files = {
        "src/ext/__init__.py": "",
        "src/ext/frames.py": FRAME + PATCHES["assigned"],
        "src/ext/load.py": load,
        "job.py": job,
    }
    found = converted_at(files)
    assert blockers(found) == []
    assert "from ext import frames\nfrom ext.frames import tidy\n" in found["job.py"].after
    assert "from .frames import tidy\n" in found["src/ext/load.py"].after


def test_a_package_that_adds_what_a_module_below_it_has() -> None:
    package = FRAME + "from .frames import tidy\n\nDynamicFrame.tidy = tidy\n"
    job = GLUE + "import ext\n\nglue = GlueContext()\n" + FROM + "frame.tidy('b').toDF().show()\n"
    found = converted_at({"ext/__init__.py": package, "ext/frames.py": TIDY.lstrip(), "job.py": job})
    assert blockers(found) == []
    assert "import ext\nfrom ext.frames import tidy\n" in found["job.py"].after
    assert "tidy(frame, 'b').show()\n" in found["job.py"].after


@pytest.mark.parametrize("owner", ["type(glue)", "glue.__class__"])
def test_the_class_of_an_object_is_the_class(owner: str) -> None:
    job = GLUE + "glue = GlueContext()\n" + READER.replace("GlueContext, 'read'", f"{owner}, 'read'").removeprefix(BOTH)
    found = converted(job=job + "glue.read.table('t').toDF().show()\n")
    assert "spark.read.table('t')" not in found["job"].after
    assert blockers(found) != [] or "read(spark).table('t').show()" in found["job"].after


def test_one_name_added_to_one_of_several_classes_is_lost_for_each() -> None:
    library = READER.replace("setattr(GlueContext", "for each in (GlueContext, DynamicFrame):\n    setattr(each")
    found = converted(library=library, job=START + "glue.read.parquet('a').show()\n")
    assert any(each.startswith("job.py:5: [monkeypatch]") for each in blockers(found)), blockers(found)


HANDED_OFF = {
    "a frame of unknown kind": ("def f(x):\n    return x.tidy('a')\n", "job.py:7"),
    "asked for by name": ("getattr(frame, 'tidy')('a')\n", "job.py:6"),
    "tested for by name": ("if hasattr(frame, 'tidy'):\n    frame.tidy('a')\n", "job.py:6"),
    "a method caller": ("import operator\noperator.methodcaller('tidy', 'a')(frame)\n", "job.py:7"),
    "set on one object": ("frame.tidy = print\n", "job.py:6"),
    "looked for in all members": ("if 'tidy' in dir(frame):\n    print('a')\n", "job.py:6"),
    "a mock in its place": ("from unittest.mock import patch\npatch('library.DynamicFrame.tidy')\n", "job.py:7"),
    "another class has it": (
        "class Other:\n    def tidy(self, name):\n        return name\n\n\nx = frame if input() else Other()\nx.tidy('a')\n",
        "job.py:12",
    ),
}


@pytest.mark.parametrize("why", HANDED_OFF)
def test_a_use_out_of_sight_is_named(why: str) -> None:
    line, told = HANDED_OFF[why]
    found = converted(library=FRAME + PATCHES["assigned"], job=START + FROM + line)
    assert any("[monkeypatch]" in each and told in each for each in blockers(found)), blockers(found)
    assert "DynamicFrame.tidy = tidy\n" in found["library"].after, "it fails when it runs"
    assert "tidy(frame" not in found["job"].after


REFUSED = {
    "a method that Glue calls itself": "DynamicFrame.toDF = tidy\n",
    "no function of the project": "DynamicFrame.tidy = len\n",
    "two functions under one name": "DynamicFrame.tidy = tidy\nDynamicFrame.tidy = lambda self: self\n",
    "a name that is computed": "setattr(DynamicFrame, 'ti' + str(1), tidy)\n",
    "where Glue has it not": "if not hasattr(DynamicFrame, 'write'):\n    DynamicFrame.write = tidy\n",
    "where another one is not there": "if not hasattr(DynamicFrame, 'neat'):\n    DynamicFrame.tidy = tidy\n",
    "where it is not there, else": "if not hasattr(DynamicFrame, 'tidy'):\n    DynamicFrame.tidy = tidy\nelse:\n    print(1)\n",
    "in a branch": "if input():\n    DynamicFrame.tidy = tidy\n",
    "in a function": "def install():\n    DynamicFrame.tidy = tidy\n",
    "taken away again": "DynamicFrame.tidy = tidy\ndel DynamicFrame.tidy\n",
    "what a call makes": "DynamicFrame.tidy = staticmethod(tidy)\n",
    "a name that is bound again": "DynamicFrame.tidy = tidy\ntidy = None\n",
    "several at once": "DynamicFrame.tidy = DynamicFrame.neat = tidy\n",
    "a class of another kind": "from awsglue.job import Job\nJob.tidy = tidy\n",
    "one of Python's own": "DynamicFrame.__len__ = tidy\n",
    "a method of Glue's context": "from awsglue.context import GlueContext\nGlueContext.purge_table = tidy\n",
    "a subclass that has its own": "class Mine(DynamicFrame):\n    def tidy(self):\n        pass\n\n\nDynamicFrame.tidy = tidy\n",
    "a decorator that is called elsewhere": "def ext(f):\n    setattr(DynamicFrame, f.__name__, f)\n    return f\n\n\next(tidy)\n",
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_not_simply_added_is_handed_off(why: str) -> None:
    found = converted(library=FRAME + TIDY + REFUSED[why])
    assert any("[monkeypatch]" in each for each in blockers(found)), found["library"].after


def test_a_name_of_sparks_is_not_sparks_where_the_frame_is_unknown() -> None:
    found = converted(library=WRITER, job=START + "def f(x):\n    x.write.parquet('a')\n")
    assert any("nothing tells what `x` is (job.py:6)" in each for each in blockers(found))


def test_what_cannot_be_the_member_keeps_nothing_from_being_converted() -> None:
    job = (
        START
        + FROM
        + "def f(x, y):\n    x.write.mode('append').save('a')\n    y.write('text')\n\n\nframe.write.parquet('b')\n"
    )
    found = converted(library=WRITER, job=job)
    assert blockers(found) == []
    assert "    x.write.mode('append').save('a')\n    y.write('text')\n" in found["job"].after


def test_a_name_of_sparks_before_the_patch_is_handed_off() -> None:
    late = (
        GLUE
        + "glue = GlueContext()\nglue.read.parquet('a').show()\nimport library\nglue.read.table('t').toDF().show()\n"
    )
    assert any(
        "before it is added" in each and "job.py:3" in each for each in blockers(converted(library=READER, job=late))
    )


def test_a_module_that_another_one_patches_for_it_is_handed_off() -> None:
    job = START + "import steps\nsteps.load(glue)\n"
    steps = GLUE + "\n\ndef load(glue: GlueContext):\n    return glue.read.table('t').toDF()\n"
    assert any("steps.py:5" in each for each in blockers(converted(library=READER, job=job, steps=steps)))


STEPS = "from awsglue.dynamicframe import DynamicFrame\n\n\ndef clean(frame: DynamicFrame):\n    return frame.tidy('a').toDF()\n"


def test_a_module_whose_programs_all_load_the_patch_gets_the_import() -> None:
    job = START + FROM + "import steps\nsteps.clean(frame).show()\n"
    found = converted(library=FRAME + PATCHES["assigned"], job=job, steps=STEPS)
    assert blockers(found) == []
    assert "from library import tidy\n" in found["steps"].after
    assert "    return tidy(frame, 'a')\n" in found["steps"].after
    assert evidence(found) == {Evidence.RESOLVED}


@pytest.mark.parametrize(
    ("why", "others"),
    [
        ("another program does not load it", {"other": "import steps\nsteps.clean(1)\n"}),
        ("another program loads it in a branch", {"other": "import steps\nif input():\n    import library\n"}),
        ("a program loads modules by name", {"other": "import importlib, steps\nimportlib.import_module(input())\n"}),
        ("the patch is loaded by what it needs", {"library": "import steps\n" + FRAME + PATCHES["assigned"]}),
    ],
)
def test_a_module_that_some_program_runs_without_the_patch_is_handed_off(why: str, others: dict[str, str]) -> None:
    job = START + FROM + "import steps\nsteps.clean(frame).show()\n"
    found = converted(**{"library": FRAME + PATCHES["assigned"], "job": job, "steps": STEPS} | others)
    assert any(each.startswith("steps.py") for each in blockers(found)), why
    assert "from library import" not in found["steps"].after


def test_a_conditional_import_of_the_patch_is_handed_off() -> None:
    job = GLUE + "if input():\n    import library\nglue = GlueContext()\nglue.read.table('t').toDF().show()\n"
    assert blockers(converted(library=READER, job=job)) != []


@pytest.mark.parametrize(
    "load",
    ["import importlib\nimportlib.import_module('library')\n", "__import__('library')\n", "exec(open('library.py').read())\n"],
)  # fmt: skip
def test_a_name_of_sparks_where_the_patch_is_loaded_by_name_is_handed_off(load: str) -> None:
    job = GLUE + load + "glue = GlueContext()\nglue.read.table('a').toDF().show()\n"
    found = blockers(converted(library=READER, job=job))
    assert any("before it is added, or without" in each and each.startswith("job.py") for each in found), found


def test_a_module_that_never_meets_the_patch_keeps_sparks_reader() -> None:
    common = "def twice(x):\n    return 2 * x\n"
    other = GLUE + "import common\n\nglue = GlueContext()\nglue.read.parquet('a').show()\n"
    found = converted(library=READER + "import common\n", common=common, other=other)
    assert blockers(found) == []
    assert "spark.read.parquet('a').show()\n" in found["other"].after


def test_an_import_that_would_run_in_a_circle_is_handed_off() -> None:
    steps = GLUE + "import library\n\n\ndef load(glue: GlueContext):\n    return glue.read.table('t').toDF()\n"
    found = converted(library="import steps\n" + READER, steps=steps)
    assert any("itself imports steps.py" in each for each in blockers(found))


def test_a_column_of_the_same_name_is_no_member() -> None:
    job = START + FROM + "frame.tidy('x')\ndf = frame.toDF()\ndf.filter(df.tidy == 1).show()\n"
    found = converted(library=FRAME + PATCHES["assigned"], job=job)
    assert blockers(found) == []
    assert "frame.filter(frame.tidy == 1)" in found["job"].after or "df.filter(df.tidy == 1)" in found["job"].after
    assert "setattr" not in found["library"].after
    assert ".tidy =" not in found["library"].after


def test_the_reader_of_a_patch_that_is_not_understood_is_not_taken_for_sparks() -> None:
    library = READER.replace("setattr(GlueContext", "if input():\n    setattr(GlueContext")
    found = converted(library=library, job=START + "glue.read.parquet('a').show()\n")
    assert any(each.startswith("job.py:5: [monkeypatch]") for each in blockers(found)), blockers(found)
    assert "setattr(GlueContext, 'read', read)" in found["library"].after


def test_every_file_that_uses_a_member_which_stays_one_says_so() -> None:
    steps = GLUE + "import library\n\n\ndef load(glue: GlueContext):\n    return glue.read.parquet('t')\n"
    found = converted(library=READER, steps=steps, job=START + "def f(x):\n    return x.read.table('t')\n")
    assert {each.split(":")[0] for each in blockers(found)} == {"library.py", "steps.py", "job.py"}
    assert "from library" not in found["steps"].after


def test_an_object_that_hands_on_to_its_frame_is_handed_off() -> None:
    wrapper = (
        "class Wrapper:\n    def __init__(self, frame):\n        self.frame = frame\n\n"
        "    def __getattr__(self, name):\n        return getattr(self.frame, name)\n\n\nWrapper(frame).write.parquet('a')\n"
    )
    found = converted(library=WRITER, job=START + FROM + wrapper)
    assert any("[monkeypatch]" in each and "job.py:14" in each for each in blockers(found)), blockers(found)


def test_an_import_for_type_checkers_is_none() -> None:
    job = (
        GLUE + "from typing import TYPE_CHECKING\n\nimport library\n\nif TYPE_CHECKING:\n    from library import tidy\n"
        "glue = GlueContext()\n" + FROM + "frame.tidy('a').toDF().show()\n"
    )
    after = converted(library=FRAME + PATCHES["assigned"], job=job)["job"].after
    assert "import library\nfrom library import tidy as dynamic_frame_tidy\n" in after
    assert "dynamic_frame_tidy(frame, 'a').show()\n" in after


def test_a_parameter_of_the_same_name_in_the_module_of_the_function_is_handed_off() -> None:
    job = GLUE + FRAME + TIDY + "DynamicFrame.tidy = tidy\nglue = GlueContext()\n" + FROM
    job += "\n\ndef f(tidy=True):\n    return frame.tidy('a').toDF() if tidy else frame.toDF()\n"
    assert any("is the name of something else" in each for each in blockers(converted(job=job)))


def test_a_star_import_that_may_bring_another_function_is_handed_off() -> None:
    job = START + "from unknown import *\n" + FROM + "frame.tidy('a').toDF().show()\n"
    assert any("star import" in each for each in blockers(converted(library=FRAME + PATCHES["assigned"], job=job)))


def test_a_wrapped_function_is_called_wrapped() -> None:
    logged = "\n\ndef logged(f):\n    def run(*a, **k):\n        print(f)\n        return f(*a, **k)\n\n    return run\n\n\n@logged"
    found = converted(
        library=FRAME + logged + TIDY.removeprefix("\n") + "DynamicFrame.tidy = tidy\n",
        job=START + FROM + "frame.tidy('a').toDF().show()\n",
    )
    assert blockers(found) == []
    assert "@logged\ndef tidy" in found["library"].after
    assert "tidy(frame, 'a').show()" in found["job"].after


def test_a_wrapper_that_is_no_function_is_handed_off() -> None:
    wrapped = "\n\nclass Wrapped:\n    def __init__(self, f):\n        self.f = f\n\n    def __call__(self, *a):\n        return self.f(*a)\n\n\n@Wrapped"
    library = FRAME + wrapped + TIDY.removeprefix("\n") + "DynamicFrame.tidy = tidy\n"
    assert any("[monkeypatch]" in each for each in blockers(converted(library=library)))


ARGUMENTS = {
    "frame.tidy(*['a']).toDF()": "tidy(frame, *['a'])",
    "frame.tidy(**{'name': 'a'}).toDF()": "tidy(frame, **{'name': 'a'})",
    "frame.tidy(n for n in 'a').toDF()": "tidy(frame, (n for n in 'a'))",
    "(frame if input() else frame).tidy('a').toDF()": "tidy(frame if input() else frame, 'a')",
    "f'{frame.tidy(\"a\").count()}'": '{tidy(frame, "a").count()}',
    "frame.tidy('a').drop_fields(['b']).tidy('c').toDF()": "tidy(tidy(frame, 'a').drop(\"b\"), 'c')",
    "[f.tidy('a').toDF() for f in [frame]]": "[tidy(f, 'a') for f in [frame]]",
}


@pytest.mark.parametrize("before", ARGUMENTS)
def test_in_one_script_with_all_kinds_of_arguments(before: str) -> None:
    job = GLUE + FRAME + TIDY + "DynamicFrame.tidy = tidy\nglue = GlueContext()\n" + FROM
    found = converted(job=job + f"x = {before}\n")
    assert blockers(found) == []
    assert ARGUMENTS[before] in found["job"].after


def test_converting_the_output_again_changes_nothing() -> None:
    found = converted(library=READER, job=START + "glue.read.table('t').toDF().show()\n")
    again = converted(**{name: conversion.after for name, conversion in found.items()})
    assert {name: c.after for name, c in again.items()} == {name: c.after for name, c in found.items()}


READERS_OF_A_LAMBDA = {
    "a lambda": ("GlueContext.fetch = lambda self, name: self.create_dynamic_frame.from_catalog('d', name)\n",
                 "glue.fetch('t').toDF().show()\n", "fetch(spark, 't').show()\n"),
    "a lambda with a name": ("take = lambda self, name: self.create_dynamic_frame.from_catalog('d', name)\nGlueContext.fetch = take\n",
                             "glue.fetch('t').toDF().show()\n", "take(spark, 't').show()\n"),
    "a property of a lambda": ("setattr(GlueContext, 'orders', property(lambda self: self.create_dynamic_frame.from_catalog('d', 'o')))\n",
                               "glue.orders.toDF().show()\n", "orders(spark).show()\n"),
}  # fmt: skip


@pytest.mark.parametrize("how", READERS_OF_A_LAMBDA)
def test_lambdas_of_the_context(how: str) -> None:
    patch, use, after = READERS_OF_A_LAMBDA[how]
    found = converted(library=BOTH + patch, job=START + use)
    assert blockers(found) == []
    assert after in found["job"].after
    assert "lambda self" in found["library"].after
    assert "self.read.table" in found["library"].after
    assert "property" not in found["library"].after
    assert evidence(found) == {Evidence.RESOLVED}


def test_the_name_of_a_frame_is_no_column() -> None:
    assert len(blockers(converted(library="", job=START + FROM + "print(frame.name)\n"))) == 1


@pytest.mark.parametrize(
    ("use", "header"),
    [
        ("csv('p')", True),
        ("option('writeHeader', False).csv('p')", False),
        ("option('writeHeader', True).parquet('p')", True),
    ],
)
def test_a_writer_of_the_projects_own_writes_a_header_where_it_is_not_told_otherwise(use: str, header: bool) -> None:
    library = BOTH + (
        "\n\nclass Writer:\n    def __init__(self, frame):\n        self.frame = frame\n        self.options = {}\n\n"
        "    def option(self, key, value):\n        self.options[key] = value\n        return self\n\n"
        "    def csv(self, path):\n        self.save(path, 'csv')\n\n    def parquet(self, path):\n        self.save(path, 'parquet')\n\n"
        "    def save(self, path, kind):\n        self.frame.glue_ctx.write_dynamic_frame.from_options(\n"
        "            self.frame, 's3', {'path': path}, format=kind, format_options=self.options\n        )\n\n\n"
        "setattr(DynamicFrame, 'write', property(lambda self: Writer(self)))\n"
    )
    frame = "frame = glue.create_dynamic_frame.from_options('s3', {'paths': ['s3://b/p']}, format='json')\n"
    found = converted(library=library, job=START + frame + f"frame.write.{use}\n")
    assert f"write(frame).{use}\n" in found["job"].after
    assert any("column-order" in each for each in blockers(found)) is not header


def test_a_writer_of_the_projects_own_without_a_header_is_told_where_it_writes() -> None:
    library = WRITER.replace(".parquet(path)\n", ".csv(path)\n")
    frame = "frame = glue.create_dynamic_frame.from_options('s3', {'paths': ['s3://b/p']}, format='json')\n"
    found = converted(library=library, job=START + frame + "frame.write.parquet('p')\n")
    assert any("library.py" in each and "column-order" in each for each in blockers(found)), blockers(found)
