"""Every callable of the surface exists in the fake packages: implemented, or refusing by name."""

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from glue2lakehouse.tools.glue_runtime.modules import install, uninstall
from glue2lakehouse.tools.glue_runtime.refusals import NotAvailableLocally

NAMES = (Path(__file__).parent / "data" / "surface_names.txt").read_text().splitlines()
INLINE = {"sparkSqlQuery", "sparkAggregate", "sparkUnion", "drop_nulls", "threadedRoute / GroupFilter", "directJDBCSource",
          "MyTransform"}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _installed() -> Iterator[None]:
    install()
    yield
    uninstall()


def dotted_names(row: str) -> list[str]:
    """Spell the rows of the list that stand for several names."""
    if row.startswith("context.GlueContext.<"):
        members = "sql table tables tableNames read readStream createDataFrame range udf registerFunction "
        members += "registerDataFrameAsTable dropTempTable cacheTable uncacheTable clearCache setConf getConf newSession streams"
        return [f"awsglue.context.GlueContext.{name}" for name in members.split()]
    if row.startswith("gs_"):
        return [f"{row}.{row}"]
    if row.startswith("devutils."):
        return [
            f"awsglue.devutils.{name}"
            for name in ("GlueJobUtils", "Job", "Command", "Connections", "ExecutionProperty")
        ]
    if row.startswith("scripts."):
        return [f"awsglue.scripts.{name}" for name in re.findall(r"\w+", row.partition("(")[2])]
    if row.startswith("awsglue.blueprint"):
        return ["awsglue.blueprint.workflow.Workflow", "awsglue.blueprint.job.Job", "awsglue.blueprint.crawler.Crawler"]
    first, *others = row.replace("()", "").split(" / ")
    stem = first.rpartition(".")[0]
    prefix = "" if first.startswith(("awsgluedq", "awsglueml")) else "awsglue."
    return [prefix + name for name in (first, *(f"{stem}.{other}" for other in others))]


def resolve(dotted: str) -> object:
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part) if part != "spark_session" else part
        return found
    raise AssertionError(f"{dotted} cannot be imported")


@pytest.mark.parametrize("row", [name for name in NAMES if name not in INLINE])
def test_every_name_of_the_surface_can_be_reached(row: str) -> None:
    for dotted in dotted_names(row):
        assert resolve(dotted) is not None, dotted


def test_the_list_of_inline_functions_is_all_that_is_left_out() -> None:
    assert set(NAMES) >= INLINE


def test_a_star_import_of_transforms_gives_the_transforms_and_the_leaked_names() -> None:
    names: dict[str, object] = {}
    exec("from awsglue.transforms import *", names)
    assert {"ApplyMapping", "Join", "Repartition", "Coalesce", "Union", "json", "SelectFromCollection"} <= set(names)


def test_the_package_itself_gives_the_frame_class() -> None:
    assert sys.modules["awsglue"].DynamicFrame is sys.modules["awsglue.dynamicframe"].DynamicFrame


@pytest.mark.parametrize("name", ["FindMatches", "FindIncrementalMatches", "FillMissingValues"])
def test_a_model_that_lives_on_aws_refuses_by_name(name: str) -> None:
    with pytest.raises(NotAvailableLocally, match=name):
        getattr(sys.modules["awsglueml.transforms"], name).apply(frame=None, transformId="t")


def test_entity_detection_refuses_by_name() -> None:
    with pytest.raises(NotAvailableLocally, match=r"EntityDetector\.detect"):
        sys.modules["awsglueml.transforms"].EntityDetector().detect(None, ["EMAIL"])
