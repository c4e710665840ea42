"""What a Glue job becomes in the bundle, field by field, and the files around it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from glue2lakehouse.domain import Compute, Severity, Status
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.jobs import BundleResult, check_bundle, read_definitions, write_bundle
from glue2lakehouse.tools.jobs.bundle.spark_conf import split_conf
from glue2lakehouse.tools.jobs.bundle.writer import typed_job

BASE: dict[str, Any] = {
    "Name": "load orders",
    "Role": "r",
    "GlueVersion": "4.0",
    "WorkerType": "G.1X",
    "NumberOfWorkers": 5,
    "Command": {"Name": "glueetl", "ScriptLocation": "s3://c/jobs/load.py"},
}


class Written:
    """One job, written to a folder together with its script."""

    def __init__(
        self, out: Path, changes: dict[str, Any], *, arguments: dict[str, str] | None = None, **settings: Any
    ) -> None:
        job = {**BASE, **changes, **({"DefaultArguments": arguments} if arguments else {})}
        files = {
            "jobs/load.py": "",
            "defs/jobs.json": json.dumps({"Jobs": [job]}, indent=1),
            "shared/__init__.py": "",
            "shared/io.py": "",
        }
        self.out = out
        statuses = settings.pop("statuses", {})
        for path in files:
            (out / "src" / path).parent.mkdir(parents=True, exist_ok=True)
            (out / "src" / path).write_text(settings.get("text", "") if path.endswith(".py") else "")
        settings.pop("text", None)
        self.result: BundleResult = write_bundle(
            read_definitions(files), out, Settings(**settings), statuses, files=files
        )
        self.text = (out / self.result.jobs[0].file).read_text()
        self.job = yaml.safe_load(self.text)["resources"]["jobs"][self.result.jobs[0].key]
        self.root = yaml.safe_load((out / "databricks.yml").read_text())

    @property
    def task(self) -> dict[str, Any]:
        task: dict[str, Any] = self.job["tasks"][0]
        return task

    @property
    def cluster(self) -> dict[str, Any]:
        cluster: dict[str, Any] = self.job["job_clusters"][0]["new_cluster"]
        return cluster

    def said(self, rule: str) -> list[str]:
        return [finding.message for finding in self.result.findings if finding.rule == rule]


def test_a_plain_job_is_one_task_on_one_cluster_and_passes_the_check(tmp_path: Path) -> None:
    written = Written(tmp_path, {})
    assert written.result.jobs[0].key == "load_orders"
    assert written.job["name"] == "load orders"
    assert written.task["spark_python_task"]["python_file"] == "../src/jobs/load.py"
    assert written.cluster["num_workers"] == 4
    assert written.cluster["spark_version"] == "16.4.x-scala2.12"
    assert check_bundle(tmp_path, command=None) == []


def test_the_driver_counts_among_glues_workers_and_has_the_same_node_type(tmp_path: Path) -> None:
    cluster = Written(tmp_path, {"NumberOfWorkers": 10, "WorkerType": "G.2X"}).cluster
    assert cluster["num_workers"] == 9
    assert cluster["driver_node_type_id"] == cluster["node_type_id"] == "${var.node_type_g_2x}"


def test_autoscaling_goes_from_one_worker_to_all_but_the_driver(tmp_path: Path) -> None:
    cluster = Written(tmp_path, {}, arguments={"--enable-auto-scaling": "true"}).cluster
    assert cluster["autoscale"] == {"min_workers": 1, "max_workers": 4}
    assert "num_workers" not in cluster


def test_autoscaling_of_two_workers_is_one_fixed_worker_since_the_maximum_must_exceed_the_minimum(
    tmp_path: Path,
) -> None:
    assert (
        Written(tmp_path, {"NumberOfWorkers": 2}, arguments={"--enable-auto-scaling": "true"}).cluster["num_workers"]
        == 1
    )


@pytest.mark.parametrize(("version", "seconds"), [("3.0", 172_800), ("4.0", 172_800), ("5.0", 28_800), ("5.1", 28_800)])
def test_a_timeout_that_is_not_given_is_glues_default_written_in_full(
    version: str, seconds: int, tmp_path: Path
) -> None:
    assert Written(tmp_path, {"GlueVersion": version}).task["timeout_seconds"] == seconds


def test_retries_do_not_repeat_a_timeout(tmp_path: Path) -> None:
    task = Written(tmp_path, {"MaxRetries": 2, "Timeout": 10}).task
    assert (task["max_retries"], task["retry_on_timeout"], task["timeout_seconds"]) == (2, False, 600)


def test_flex_is_spot_and_standard_is_on_demand(tmp_path: Path) -> None:
    flex = Written(tmp_path / "a", {"ExecutionClass": "FLEX"}).cluster["aws_attributes"]
    assert flex == {"availability": "SPOT_WITH_FALLBACK", "first_on_demand": 1}
    assert Written(tmp_path / "b", {}).cluster["aws_attributes"] == {"availability": "ON_DEMAND"}


def test_defaults_are_parameters_and_non_overridable_arguments_are_literals(tmp_path: Path) -> None:
    written = Written(
        tmp_path,
        {"NonOverridableArguments": {"--fixed": "no", "--b": "2"}},
        arguments={"--a": "1", "--b": "1", "--with-dash": "x"},
    )
    assert written.job["parameters"] == [{"name": "a", "default": "1"}, {"name": "with-dash", "default": "x"}]
    assert written.task["spark_python_task"]["parameters"] == [
        "--JOB_NAME", "load orders", "--JOB_RUN_ID", "{{job.run_id}}", "--a", "{{job.parameters.a}}",
        "--with-dash", "{{job.parameters.`with-dash`}}", "--fixed", "no", "--b", "2",
    ]  # fmt: skip
    assert any("--b" in message for message in written.said("job-arguments"))


def test_arguments_that_configure_glue_do_not_reach_the_script(tmp_path: Path) -> None:
    written = Written(
        tmp_path, {}, arguments={"--enable-metrics": "true", "--job-language": "python", "--conf": "a.b=c"}
    )
    assert "parameters" not in written.job
    assert written.task["spark_python_task"]["parameters"] == [
        "--JOB_NAME",
        "load orders",
        "--JOB_RUN_ID",
        "{{job.run_id}}",
    ]


def test_paths_follow_the_settings_and_the_scratch_folder_is_a_variable(tmp_path: Path) -> None:
    written = Written(
        tmp_path,
        {},
        arguments={"--in": "s3://raw/x/", "--TempDir": "s3://tmp/a"},
        paths={"s3://raw": "/Volumes/main/raw"},
    )
    assert {p["name"]: p["default"] for p in written.job["parameters"]} == {
        "in": "/Volumes/main/raw/x/",
        "TempDir": "${var.temp_dir}",
    }
    assert written.root["variables"]["temp_dir"]["default"] == "s3://tmp/a"


@pytest.mark.parametrize("helper", ["mapped_path", "get_table, mapped_path", "S3OnVolumes", "read_moved_source"])
def test_paths_stay_where_the_script_looks_them_up_itself(tmp_path: Path, helper: str) -> None:
    written = Written(
        tmp_path, {}, arguments={"--in": "s3a://raw/x/", "--day": "1"}, paths={"s3://raw": "/Volumes/main/raw"},
        text=f"from glue_compat import {helper}\n",
    )  # fmt: skip
    assert {p["name"]: p["default"] for p in written.job["parameters"]} == {"in": "s3a://raw/x/", "day": "1"}
    assert "--in, a path that the script looks up in the mapping" in written.text


def test_a_dollar_brace_of_the_source_stays_literal(tmp_path: Path) -> None:
    written = Written(tmp_path, {}, arguments={"--pattern": "${yyyy}"})
    assert written.job["parameters"][0]["default"] == "$${yyyy}"
    assert check_bundle(tmp_path, command=None) == []


def test_chained_conf_is_split_and_filtered_and_what_is_left_out_is_told(tmp_path: Path) -> None:
    chain = "spark.sql.shuffle.partitions=7 --conf spark.sql.catalog.glue=x --conf spark.executor.memory=8g  --conf spark.sql.adaptive.enabled=false"
    written = Written(tmp_path, {}, arguments={"--conf": chain})
    assert written.cluster["spark_conf"] == {
        "spark.databricks.sql.initial.catalog.namespace": "${var.catalog}",
        "spark.sql.ansi.enabled": "false",
        "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
        "spark.sql.shuffle.partitions": "7",
        "spark.sql.adaptive.enabled": "false",
    }
    assert [message.split(": ")[-1].split("=")[0] for message in written.said("job-conf")] == [
        "spark.sql.catalog.glue",
        "spark.executor.memory",
    ]


def test_a_conf_value_may_hold_an_equals_sign_and_odd_pieces_are_returned() -> None:
    assert split_conf("--conf a.b=c=d --conf odd --conf=e.f='g h'") == ({"a.b": "c=d", "e.f": "g h"}, ["odd"])


def test_modules_and_jars_are_libraries_of_the_task_not_of_the_cluster(tmp_path: Path) -> None:
    arguments = {"--additional-python-modules": "a==1,s3://w/b.whl", "--extra-jars": "s3://j/c.jar"}
    written = Written(tmp_path, {}, arguments=arguments)
    assert written.task["libraries"] == [
        {"pypi": {"package": "a==1"}},
        {"whl": "s3://w/b.whl"},
        {"jar": "s3://j/c.jar"},
    ]


def test_a_package_of_extra_py_files_is_a_wheel_that_the_bundle_builds(tmp_path: Path) -> None:
    written = Written(tmp_path, {}, arguments={"--extra-py-files": "s3://c/shared.zip,s3://c/gone.zip"})
    assert written.task["libraries"] == [{"whl": "../src/dist/*.whl"}]
    assert written.root["artifacts"]["libraries"]["path"] == "./src"
    assert 'packages = ["shared"]' in (tmp_path / "src/pyproject.toml").read_text()
    assert [message for message in written.said("job-extra-files") if "'gone'" in message]


def test_what_a_package_opens_beside_itself_is_in_its_wheel(tmp_path: Path) -> None:
    arguments = {"--extra-py-files": "s3://c/shared.zip"}
    Written(tmp_path, {}, arguments=arguments)
    assert "package-data" not in (tmp_path / "src/pyproject.toml").read_text()
    (tmp_path / "src/shared/queries").mkdir()
    (tmp_path / "src/shared/queries/one.sql").write_text("")
    Written(tmp_path, {}, arguments=arguments)
    assert '[tool.setuptools.package-data]\n"*" = ["**"]\n' in (tmp_path / "src/pyproject.toml").read_text()


def test_a_script_that_imports_the_runtime_helpers_gets_them_as_a_wheel(tmp_path: Path) -> None:
    written = Written(tmp_path, {}, text="from glue_compat import x\n")
    assert written.task["libraries"] == [{"whl": "../src/dist/*.whl"}]
    assert 'py-modules = ["glue_compat"]' in (tmp_path / "src/pyproject.toml").read_text()


def test_a_script_that_runs_statements_in_snowflake_gets_its_library(tmp_path: Path) -> None:
    text = "from snowflake.connector import connect as connect_to_snowflake\nfrom glue_compat import run_in_snowflake\n"
    written = Written(tmp_path, {}, text=text)
    assert {"pypi": {"package": "snowflake-connector-python"}} in written.task["libraries"]
    own = {"DefaultArguments": {"--additional-python-modules": "Snowflake_connector_python==3.12.0"}}
    assert [library for library in Written(tmp_path, own, text=text).task["libraries"] if "pypi" in library] == [
        {"pypi": {"package": "Snowflake_connector_python==3.12.0"}}
    ]


def test_a_python_shell_job_is_one_node(tmp_path: Path) -> None:
    shell = {"Command": {"Name": "pythonshell", "ScriptLocation": "s3://c/jobs/load.py"}, "MaxCapacity": 0.0625}
    cluster = Written(tmp_path, shell).cluster
    assert cluster["num_workers"] == 0
    assert cluster["spark_conf"]["spark.databricks.cluster.profile"] == "singleNode"


def test_a_stream_is_continuous_with_one_run_and_its_maintenance_window(tmp_path: Path) -> None:
    stream = {
        "Command": {"Name": "gluestreaming", "ScriptLocation": "s3://c/jobs/load.py"},
        "MaxRetries": 3,
        "MaintenanceWindow": "Sun:10",
    }
    written = Written(tmp_path, stream)
    assert written.job["continuous"] == {
        "pause_status": "PAUSED", "task_retry_mode": "ON_FAILURE",
        "maintenance_window": {"day_of_week": "SUNDAY", "start_hour": 10, "timezone_id": "UTC"},
    }  # fmt: skip
    assert (written.job["max_concurrent_runs"], written.task["timeout_seconds"]) == (1, 0)
    assert "max_retries" not in written.task


@pytest.mark.parametrize(
    ("changes", "arguments", "word"),
    [
        ({"Command": {"Name": "glueray", "ScriptLocation": "s3://c/jobs/load.py", "Runtime": "Ray2.4"}}, None, "Ray"),
        ({}, {"--job-language": "scala"}, "Scala"),
        ({"Command": {"Name": "glueetl", "ScriptLocation": "s3://c/gone.py"}}, None, "not in the source"),
    ],
)
def test_a_job_that_cannot_be_mapped_fails_loudly_and_says_so_everywhere(
    changes: dict[str, Any], arguments: dict[str, str] | None, word: str, tmp_path: Path
) -> None:
    written = Written(tmp_path, changes, arguments=arguments)
    script = tmp_path / "resources" / written.task["spark_python_task"]["python_file"]
    with pytest.raises(SystemExit, match=word):
        exec(compile(script.read_text(), "script", "exec"), {})
    assert written.job["description"].startswith("NEEDS REVIEW: ")
    assert written.text.splitlines()[1].startswith("# NEEDS REVIEW")
    assert written.result.jobs[0].needs_review
    assert check_bundle(tmp_path, command=None) == []


def test_a_script_that_needs_review_is_said_at_its_job(tmp_path: Path) -> None:
    written = Written(tmp_path, {"Description": "Loads."}, statuses={"jobs/load.py": Status.NEEDS_REVIEW})
    assert written.job["description"] == "NEEDS REVIEW: src/jobs/load.py needs review before it runs. Loads."
    assert written.result.jobs[0].needs_review


def test_comments_say_where_a_value_comes_from(tmp_path: Path) -> None:
    written = Written(tmp_path, {"Timeout": 10})
    line = next(row for row in written.text.splitlines() if "timeout_seconds" in row)
    number = int(line.rsplit(":", 1)[1])
    assert "# Timeout 10 minutes, defs/jobs.json:" in line
    files = json.dumps({"Jobs": [{**BASE, "Timeout": 10}]}, indent=1)
    assert '"Timeout"' in files.splitlines()[number - 1]


@pytest.mark.parametrize(("compute", "mode"), [(Compute.CLASSIC, "SINGLE_USER"), (Compute.STANDARD, "USER_ISOLATION")])
def test_classic_compute_is_dedicated_and_standard_is_shared(compute: Compute, mode: str, tmp_path: Path) -> None:
    assert Written(tmp_path, {}, compute=compute).cluster["data_security_mode"] == mode


def test_serverless_has_an_environment_and_tells_what_it_cannot_take(tmp_path: Path) -> None:
    arguments = {
        "--additional-python-modules": "a==1",
        "--conf": "spark.sql.shuffle.partitions=7",
        "--extra-jars": "s3://j/c.jar",
    }
    written = Written(tmp_path, {"ExecutionClass": "FLEX"}, arguments=arguments, compute=Compute.SERVERLESS)
    assert written.task["environment_key"] == written.job["environments"][0]["environment_key"]
    assert written.job["environments"][0]["spec"]["dependencies"] == ["a==1"]
    assert written.job["performance_target"] == "STANDARD"
    assert "job_clusters" not in written.job
    said = " ".join(written.said("job-serverless"))
    assert "spark.sql.ansi.enabled=false" in said
    assert "--extra-jars" in said
    assert check_bundle(tmp_path, command=None) == []


def test_photon_is_a_switch_that_is_off(tmp_path: Path) -> None:
    written = Written(tmp_path, {})
    assert written.cluster["runtime_engine"] == "${var.runtime_engine}"
    assert written.root["variables"]["runtime_engine"]["default"] == "STANDARD"


def test_there_is_a_target_for_development_and_one_for_production(tmp_path: Path) -> None:
    targets = Written(tmp_path, {}).root["targets"]
    assert targets["dev"] == {"mode": "development", "default": True}
    assert targets["prod"]["mode"] == "production"


def test_spark_2_gets_legacy_settings_and_a_finding(tmp_path: Path) -> None:
    written = Written(tmp_path, {"GlueVersion": "2.0"})
    assert written.cluster["spark_conf"]["spark.sql.legacy.timeParserPolicy"] == "LEGACY"
    assert "Spark 2" in written.said("job-runtime")[0]


def test_bookmarks_are_told_where_they_are_on(tmp_path: Path) -> None:
    written = Written(tmp_path, {}, arguments={"--job-bookmark-option": "job-bookmark-enable"})
    assert "reads only what is new" in written.said("job-bookmark")[0]
    opened = Written(tmp_path / "open", {}, arguments={"--job-bookmark-option": "job-bookmark-⟦on⟧"})
    assert "job-bookmark-<on>, which may enable them" in opened.said("job-bookmark")[0]
    assert (
        Written(tmp_path / "off", {}, arguments={"--job-bookmark-option": "job-bookmark-disable"}).said("job-bookmark")
        == []
    )


def test_an_open_reference_is_a_variable_that_a_deployment_has_to_give(tmp_path: Path) -> None:
    template = """\
Parameters: {Bucket: {Type: String}}
Resources:
  J:
    Type: AWS::Glue::Job
    Properties: {Name: j, Role: r, GlueVersion: "4.0", Command: {Name: glueetl, ScriptLocation: s3://c/load.py},
                 DefaultArguments: {"--in": !Sub "s3://${Bucket}/in"}}
"""
    files = {"t.yaml": template, "load.py": ""}
    write_bundle(read_definitions(files), tmp_path, Settings(), files=files)
    root = yaml.safe_load((tmp_path / "databricks.yml").read_text())
    assert root["variables"]["bucket"] == {"description": "Not in the source: Bucket in t.yaml:1"}
    assert "s3://${var.bucket}/in" in (tmp_path / "resources/j.yml").read_text()


def test_names_that_give_the_same_key_get_different_ones(tmp_path: Path) -> None:
    files = {"jobs/load.py": "", "d.json": json.dumps([{**BASE, "Name": name} for name in ("a-b", "a_b", "A B")])}
    result = write_bundle(read_definitions(files), tmp_path, Settings(), files=files)
    assert len({job.key for job in result.jobs}) == 3
    (tmp_path / "src/jobs").mkdir(parents=True)
    (tmp_path / "src/jobs/load.py").write_text("")
    assert check_bundle(tmp_path, command=None) == []


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    arguments = {"--conf": "a.b=c", "--x": "1", "--extra-py-files": "s3://c/shared.zip"}
    first, second = (
        Written(tmp_path / name, {"Tags": {"b": "1", "a": "2"}}, arguments=arguments) for name in ("one", "two")
    )
    for file in first.result.files:
        assert (first.out / file).read_bytes() == (second.out / file).read_bytes()


def test_the_models_refuse_a_field_that_they_do_not_have() -> None:
    with pytest.raises(ValueError, match="num_wokers"):
        typed_job({"name": "x", "job_clusters": [{"job_cluster_key": "a", "new_cluster": {"num_wokers": 1}}]})


def test_blockers_are_only_what_makes_a_deployment_wrong(tmp_path: Path) -> None:
    assert [f for f in Written(tmp_path, {}).result.findings if f.severity is Severity.BLOCKER] == []


def test_a_resources_file_of_an_earlier_run_is_removed_and_one_of_somebody_else_stays(tmp_path: Path) -> None:
    Written(tmp_path, {"Name": "old"})
    (tmp_path / "resources/own.yml").write_text("resources: {}\n")
    Written(tmp_path, {"Name": "new"})
    assert sorted(file.name for file in tmp_path.glob("resources/*")) == ["new.yml", "own.yml"]


def test_text_that_yaml_1_2_takes_for_a_number_is_quoted(tmp_path: Path) -> None:
    text = Written(tmp_path, {}, arguments={"--a": "1e3", "--b": "0o17"}).text
    assert 'default: "1e3"' in text
    assert 'default: "0o17"' in text


def test_a_number_that_is_none_is_set_aside_and_an_open_worker_type_gets_a_node_type_to_choose(tmp_path: Path) -> None:
    written = Written(tmp_path, {"Timeout": "long", "WorkerType": "⟦var_type⟧", "Description": "costs ${x}"})
    assert written.task["timeout_seconds"] == 172_800
    assert any(
        "'Timeout' " in message or "Timeout is not written" in message for message in written.said("glue-field-unknown")
    )
    assert written.cluster["node_type_id"] == "${var.node_type_var_type}"
    assert written.job["description"] == "costs $${x}"
    assert check_bundle(tmp_path, command=None) == []


def test_tags_that_a_cluster_would_be_refused_for_are_left_out_one_by_one_and_told(tmp_path: Path) -> None:
    tags = {
        "aws:stack": "x",
        "Name": "n",
        "Owner": "a",
        "owner": "b",
        "cost": "50%",
        "team": "data + ml/eu-1@x",
        "é": "ü",
    }
    written = Written(tmp_path, {"Tags": tags})
    assert written.job["tags"] == {"Owner": "a", "team": "data + ml/eu-1@x", "é": "ü"}
    assert len(written.said("job-tags")) == 4


def test_a_key_starts_with_a_letter_since_references_do(tmp_path: Path) -> None:
    written = Written(tmp_path, {"Name": "1_load_"})
    assert written.result.jobs[0].key == "n1_load"
    assert written.job["name"] == "1_load_"


ASKS = """\
import argparse
import sys

from glue_compat import resolved_options

parser = argparse.ArgumentParser()
parser.add_argument("--JOB_NAME", required=True)
parser.add_argument("--day", required=True)
parser.add_argument("--conf", required=True)
args = vars(parser.parse_known_args()[0])
if "--full" in sys.argv:
    args |= resolved_options(sys.argv, ["full"])
"""


def test_what_the_script_asks_for_and_nobody_defines_is_a_parameter_that_a_deployment_has_to_give(
    tmp_path: Path,
) -> None:
    written = Written(tmp_path, {}, arguments={"--conf": "spark.a=1"}, text=ASKS)
    assert written.job["parameters"] == [
        {"name": "conf", "default": "spark.a=1"},
        {"name": "day", "default": "${var.load_orders_day}"},
    ]
    line = written.task["spark_python_task"]["parameters"]
    assert line[line.index("--day") + 1] == "{{job.parameters.day}}"
    assert "default" not in written.root["variables"]["load_orders_day"]
    assert written.said("job-arguments") == [
        "job 'load orders': its script asks for --day, which no definition gives: every run of it gave its own"
    ]
    assert check_bundle(tmp_path, command=None) == []


def test_braces_that_databricks_would_take_for_a_reference_are_a_blocker(tmp_path: Path) -> None:
    written = Written(tmp_path, {}, arguments={"--template": "{{ ds }}"})
    assert [f.severity for f in written.result.findings if f.rule == "job-arguments"] == [Severity.BLOCKER]


def test_an_argument_whose_name_no_parameter_can_have_is_a_literal_and_told(tmp_path: Path) -> None:
    written = Written(tmp_path, {}, arguments={"--to:day": "x", "--a-b.c": "y"})
    assert written.job["parameters"] == [{"name": "a-b.c", "default": "y"}]
    assert written.task["spark_python_task"]["parameters"][4:6] == ["--to:day", "x"]
    assert "--to:day" in written.said("job-arguments")[0]


def test_more_arguments_than_a_task_takes_are_a_blocker(tmp_path: Path) -> None:
    written = Written(tmp_path, {}, arguments={"--big": "x" * 10_000})
    assert "bytes" in written.said("job-arguments")[0]


def test_modules_are_told_apart_by_what_they_are(tmp_path: Path) -> None:
    modules = "pandas[parquet,aws]==2.2,s3://c/x-1.0-py3-none-any.whl,s3://c/requirements.txt,s3://c/y.tar.gz"
    written = Written(tmp_path, {}, arguments={"--additional-python-modules": modules})
    assert written.task["libraries"] == [
        {"pypi": {"package": "pandas[parquet,aws]==2.2"}},
        {"whl": "s3://c/x-1.0-py3-none-any.whl"},
        {"requirements": "s3://c/requirements.txt"},
    ]
    assert "y.tar.gz" in written.said("job-modules")[0]
    environment = Written(
        tmp_path / "s", {}, arguments={"--additional-python-modules": modules}, compute=Compute.SERVERLESS
    ).job["environments"][0]["spec"]
    assert environment["dependencies"][2] == "-r s3://c/requirements.txt"


def test_scaling_is_on_however_true_is_spelled(tmp_path: Path) -> None:
    assert "autoscale" in Written(tmp_path, {}, arguments={"--enable-auto-scaling": "True"}).cluster


def test_a_comma_in_quotes_belongs_to_the_value_of_an_environment_variable(tmp_path: Path) -> None:
    given = {
        "--customer-driver-env-vars": 'CUSTOMER_A=1, CUSTOMER_B="x,y z",CUSTOMER_C=',
        "--customer-executor-env-vars": "CUSTOMER_D=a=b",
    }
    written = Written(tmp_path, {}, arguments=given)
    assert written.cluster["spark_env_vars"] == {
        "CUSTOMER_A": "1", "CUSTOMER_B": "x,y z", "CUSTOMER_C": "", "CUSTOMER_D": "a=b",
    }  # fmt: skip


def test_no_runs_at_once_is_what_a_skeleton_says_and_not_written(tmp_path: Path) -> None:
    written = Written(tmp_path, {"ExecutionProperty": {"MaxConcurrentRuns": 0}})
    assert written.job["max_concurrent_runs"] == 1
    assert [f.rule for f in written.result.findings if f.rule == "job-runs"] == ["job-runs"]
