"""Helpers that need no Spark to be judged: job arguments against the local Glue runtime, and what none of them may use."""

import ast
from importlib import resources
from typing import Any

import pytest

from glue2lakehouse.tools.glue_runtime import arguments as glue
from glue2lakehouse.tools.rewrite import render_compat
from glue2lakehouse.tools.rewrite.runtime.arguments import GlueArgumentError, resolved_options

_CLASSIC_ONLY = {"rdd", "sparkContext", "_jvm", "_jdf", "_jsc", "_sc", "mapPartitions", "createGlobalTempView", "persist", "cache"}  # fmt: skip


def test_one_name_is_imported_in_one_way_by_all_helpers_since_they_end_up_in_one_module() -> None:
    ways: dict[str, set[str]] = {}
    for file in sorted(resources.files("glue2lakehouse.tools.rewrite.runtime").iterdir(), key=str):
        for node in ast.parse(file.read_text(encoding="utf-8")).body if file.name.endswith(".py") else ():
            if isinstance(node, ast.Import | ast.ImportFrom) and "glue2lakehouse" not in (
                getattr(node, "module", "") or ""
            ):
                for alias in node.names:
                    way = f"{getattr(node, 'module', '')} {alias.name}"
                    ways.setdefault(alias.asname or alias.name.split(".")[0], set()).add(way)
    assert {name: found for name, found in ways.items() if len(found) > 1} == {}


def test_no_helper_needs_more_than_spark_connect_has() -> None:
    for file in resources.files("glue2lakehouse.tools.rewrite.runtime").iterdir():
        if file.name.endswith(".py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            assert not used & _CLASSIC_ONLY, file.name


def test_each_name_means_one_thing_in_all_helpers() -> None:
    """They end up in one file, where a second definition or import of a name would take the place of the first."""
    meant: dict[str, dict[str, str]] = {}
    for file in resources.files("glue2lakehouse.tools.rewrite.runtime").iterdir():
        if not file.name.endswith(".py"):
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                if not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("glue2lakehouse")):
                    for alias in node.names:
                        came = f"{getattr(node, 'module', '')}.{alias.name}"
                        meant.setdefault(alias.asname or alias.name.partition(".")[0], {})[came] = file.name
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                meant.setdefault(node.name, {})[file.name] = file.name
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    if isinstance(target, ast.Name):
                        meant.setdefault(target.id, {})[file.name] = file.name
    assert {name: places for name, places in meant.items() if len(places) > 1} == {}


@pytest.mark.parametrize(
    ("helper", "travels"),
    [("unbox_json", True), ("filter_records", True), ("spigot", False), ("S3ResourceOnVolumes", True)],
)
def test_what_executors_run_is_sent_to_them_whole(helper: str, travels: bool) -> None:
    assert ("register_pickle_by_value(sys.modules[__name__])" in render_compat([helper])) is travels


@pytest.mark.parametrize(
    ("argv", "names"),
    [
        (["--JOB_NAME", "j", "--my-opt", "v"], ["JOB_NAME", "my-opt"]),
        (["--a", "1", "--a", "2"], ["a"]),
        (["--a", "-5"], ["a"]),
        (["--a=b=c", "--unknown", "x"], ["a"]),
        (["--a", ""], ["a"]),
        (["--input_pa", "1"], ["input_path"]),
        (["--TempDir", "s3://t/"], ["TempDir"]),
        ([], ["TempDir"]),
        (["--a", "x y", "--RedshiftTempDir", "s3://r/"], ["a"]),
    ],
)
def test_job_arguments_are_those_of_glue(argv: list[str], names: list[str]) -> None:
    assert resolved_options(["job.py", *argv], names) == glue.getResolvedOptions(["job.py", *argv], names)


@pytest.mark.parametrize("argv", [[], ["--a"], ["--a", "--b"], ["--a", "-x"]])
def test_arguments_that_glue_refuses_are_refused(argv: list[str]) -> None:
    for call, error in ((resolved_options, GlueArgumentError), (glue.getResolvedOptions, glue.GlueArgumentError)):
        asked: Any = call
        with pytest.raises(error):
            asked(["job.py", *argv], ["a"])
