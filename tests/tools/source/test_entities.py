"""Jobs, modules, classes and functions, with what each imports, calls and depends on."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from glue2lakehouse.domain import Entity, EntityType
from glue2lakehouse.tools.source import ProjectModules, extract_entities, open_source, survey

JOB = dedent('''
    """A job."""
    import sys
    from awsglue.context import GlueContext
    from awsglue.transforms import *
    from awsglue.utils import getResolvedOptions
    from shared.dates import today

    args = getResolvedOptions(sys.argv, ["JOB_NAME"])
    glueContext = GlueContext(None)

    def clean(frame, limit):
        # comment

        if limit and frame:
            return DropNullFields.apply(frame=frame)
        return today()

    class Orders:
        @property
        def name(self):
            return clean(None, 1)

        @name.setter
        def name(self, value):
            self.value = value

    frame = glueContext.create_dynamic_frame.from_catalog(database="d", table_name="t")
    clean(frame.toDF(), 3)
''').lstrip()


def by_name(source: str, path: str = "jobs/orders.py", **options: object) -> dict[str, Entity]:
    return {entity.name: entity for entity in extract_entities("p", path, dedent(source), **options)}  # type: ignore[arg-type]


def test_entities_come_with_type_place_and_size() -> None:
    found = by_name(JOB)
    assert [(entity.name, entity.type.value, entity.line_start, entity.line_end) for entity in found.values()] == [
        ("orders", "job", 1, 28),
        ("clean", "function", 11, 16),
        ("Orders", "class", 18, 25),
        ("Orders.name", "function", 19, 21),
        ("Orders.name#2", "function", 23, 25),
    ]
    assert found["clean"].code.startswith("def clean(frame, limit):\n")
    assert found["Orders.name"].code.startswith("    @property\n")
    assert found["orders"].code == JOB
    assert (found["clean"].lines_of_code, found["clean"].complexity) == (4, 3)
    assert {entity.module for entity in found.values()} == {"jobs.orders"}


def test_imports_calls_and_dependencies_are_qualified() -> None:
    modules = ProjectModules(frozenset({"jobs/orders.py", "shared/dates.py", "shared/__init__.py"}))
    found = by_name(JOB, modules=modules)
    assert found["orders"].imports == (
        "sys",
        "awsglue.context.GlueContext",
        "awsglue.transforms.*",
        "awsglue.utils.getResolvedOptions",
        "shared.dates.today",
    )
    assert "glueContext.create_dynamic_frame.from_catalog" in found["orders"].calls
    assert found["clean"].imports == ("shared.dates.today",)
    assert found["clean"].calls == ("awsglue.transforms.DropNullFields.apply", "shared.dates.today")
    assert found["clean"].dependencies == ("shared.dates.today",)
    assert found["orders"].dependencies == ("shared.dates",)
    assert found["Orders.name"].dependencies == ("jobs.orders.clean",)


def test_use_of_glue_is_flagged_where_it_is() -> None:
    found = by_name(JOB)
    assert {name for name, entity in found.items() if entity.uses_dynamic_frame} == {"orders", "clean"}
    assert {name for name, entity in found.items() if entity.uses_glue_context} == {"orders"}


def test_ids_are_the_same_in_every_run_and_differ_between_projects() -> None:
    first, again = extract_entities("p", "a.py", JOB), extract_entities("p", "a.py", JOB)
    other = extract_entities("q", "a.py", JOB)
    assert [entity.id for entity in first] == [entity.id for entity in again]
    assert len({entity.id for entity in [*first, *other]}) == 2 * len(first)


@pytest.mark.parametrize(
    ("source", "is_job"),
    [
        ("from awsglue.context import GlueContext\ng = GlueContext(None)\n", True),
        ("import awsglue.utils as au\nau.getResolvedOptions([], [])\n", True),
        ("from awsglue import job, context\nj = job.Job(context.GlueContext(None))\n", True),
        ("from common import *\ng = GlueContext(None)\n", True),
        ("from awsglue.job import Job\ndef main():\n    Job(None)\nif __name__ == '__main__':\n    main()\n", True),
        ("from awsglue.job import Job\nclass A:\n    def run(self):\n        Job(None)\nA().run()\n", True),
        (
            "from pyspark.sql import SparkSession\nif __name__ == '__main__':\n    SparkSession.builder.getOrCreate()\n",
            True,
        ),
        ("from awsglue.job import Job\ndef make():\n    return Job(None)\n", False),
        ("from awsglue.context import GlueContext\nclass A(GlueContext):\n    pass\n", False),
        ("from pyspark.sql import SparkSession\ndef session():\n    return SparkSession.builder\n", False),
        ("import unittest\nif __name__ == '__main__':\n    unittest.main()\n", False),
        ("class Job: ...\nJob()\n", False),
    ],
)
def test_a_job_is_a_module_that_is_run(source: str, is_job: bool) -> None:
    assert (by_name(source)["orders"].type is EntityType.JOB) is is_job


def test_a_thin_main_over_a_base_class_of_the_project_is_a_job(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text("from awsglue.job import Job\nclass Base:\n    job = Job\n")
    source = "from base import Base\nclass A(Base): ...\nif __name__ == '__main__':\n    A().run()\n"
    (tmp_path / "orders.py").write_text(source)
    with open_source(str(tmp_path)) as tree:
        modules = survey(tree.files)
    assert by_name(source, "orders.py", modules=modules)["orders"].type is EntityType.JOB
    assert by_name(source, "orders.py")["orders"].type is EntityType.MODULE


def test_a_module_that_a_definition_names_is_a_job() -> None:
    assert by_name("a = 1\n", named_as_job=True)["orders"].type is EntityType.JOB


@pytest.mark.parametrize(
    ("imported", "importer", "found"),
    [
        ("helpers.f", "jobs/a.py", ("jobs/helpers.py", "f")),
        ("shared.helpers", "jobs/a.py", ("lib/shared/helpers.py", "")),
        ("lib.shared.helpers.f.g", "jobs/a.py", ("lib/shared/helpers.py", "f.g")),
        ("helpers", "top.py", ("", "")),
        ("a", "jobs/a.py", ("", "")),
        ("pandas", "jobs/a.py", ("", "")),
    ],
)
def test_an_import_is_looked_for_beside_above_and_then_anywhere_if_unambiguous(
    imported: str, importer: str, found: tuple[str, str]
) -> None:
    paths = {"jobs/a.py", "jobs/helpers.py", "lib/shared/helpers.py", "top.py"}
    assert ProjectModules(frozenset(paths)).find(imported, importer) == found


def test_relative_imports_are_resolved() -> None:
    found = by_name("from ..shared import dates\nfrom . import x\n", "lib/jobs/orders.py")
    assert found["orders"].imports == ("lib.shared.dates", "lib.jobs.x")


def test_definitions_under_conditions_are_found_and_inner_functions_belong_to_the_outer() -> None:
    source = """
        try:
            import x
        except ImportError:
            def f():
                def inner(): ...
        else:
            async def g(): ...
        with a:
            class B:
                class C:
                    def m(self): ...
    """
    assert list(by_name(source)) == ["orders", "f", "g", "B", "B.C", "B.C.m"]


def test_a_chain_of_a_thousand_calls_is_no_crash() -> None:
    entities = extract_entities("p", "a.py", "df = df" + ".a(1)" * 60 + "\nif x:\n    y = 1 if a and b else 2\n")
    assert entities[0].complexity == 4
    deep = (
        "df = df" + "".join(f"\\\n    .withColumn('c{number}', f({number}))" for number in range(400)) + "\nif x: ...\n"
    )
    entities = extract_entities("p", "a.py", deep)
    assert entities == [] or entities[0].complexity == 2


def test_text_that_does_not_parse_has_no_entities() -> None:
    assert extract_entities("p", "a.py", "a = (") == []


def test_an_empty_file_is_a_module() -> None:
    (entity,) = extract_entities("p", "pkg/__init__.py", "")
    assert (entity.type, entity.name, entity.module, entity.line_end) == (EntityType.MODULE, "pkg", "pkg", 1)


def test_reading_sources_imports_nothing_heavy() -> None:
    heavy = "{'pyspark', 'mlflow', 'langgraph', 'deltalake', 'boto3', 'libcst', 'sqlglot'}"
    code = f"import sys, glue2lakehouse.tools.source; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
