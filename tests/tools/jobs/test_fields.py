"""The table of fields against a copy of the facts about Glue: names only, as AWS documents them; and against the writer.

Sources: the Glue service model of botocore 1.43 (Job, Trigger, Workflow, Crawler, Connection, Classifier, Blueprint,
SecurityConfiguration), the AWS page on job arguments, and the worker types of the page on adding jobs.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from glue2lakehouse.domain import Finding
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.jobs import Outcome, account, read_definitions, write_bundle
from glue2lakehouse.tools.jobs.bundle.compute import NODE_TYPES
from glue2lakehouse.tools.jobs.fields import ARGUMENTS as SPECIAL
from glue2lakehouse.tools.jobs.fields import FIELDS
from glue2lakehouse.tools.jobs.model import Kind

JOB = """Name JobMode JobRunQueuingEnabled Description LogUri Role CreatedOn LastModifiedOn ExecutionProperty.MaxConcurrentRuns
Command.Name Command.ScriptLocation Command.PythonVersion Command.Runtime DefaultArguments NonOverridableArguments
Connections.Connections MaxRetries AllocatedCapacity Timeout MaxCapacity WorkerType NumberOfWorkers SecurityConfiguration
NotificationProperty.NotifyDelayAfter GlueVersion CodeGenConfigurationNodes ExecutionClass SourceControlDetails
MaintenanceWindow ProfileName AutoUpgradeMetadata Tags""".split()
TRIGGER = """Name WorkflowName Id Type State Description Schedule Actions.JobName Actions.Arguments Actions.Timeout
Actions.SecurityConfiguration Actions.NotificationProperty.NotifyDelayAfter Actions.CrawlerName Predicate.Logical
Predicate.Conditions.LogicalOperator Predicate.Conditions.JobName Predicate.Conditions.State Predicate.Conditions.CrawlerName
Predicate.Conditions.CrawlState EventBatchingCondition.BatchSize EventBatchingCondition.BatchWindow StartOnCreation""".split()
WORKFLOW = """Name Description DefaultRunProperties CreatedOn LastModifiedOn LastRun Graph MaxConcurrentRuns BlueprintDetails""".split()
CRAWLER = """Name Role Targets DatabaseName Description Classifiers RecrawlPolicy SchemaChangePolicy LineageConfiguration State
TablePrefix Schedule CrawlElapsedTime CreationTime LastUpdated LastCrawl Version Configuration CrawlerSecurityConfiguration
LakeFormationConfiguration""".split()
CONNECTION = """Name Description ConnectionType MatchCriteria ConnectionProperties SparkProperties AthenaProperties
PythonProperties PhysicalConnectionRequirements CreationTime LastUpdatedTime LastUpdatedBy Status StatusReason
LastConnectionValidationTime AuthenticationConfiguration ConnectionSchemaVersion CompatibleComputeEnvironments""".split()
CLASSIFIER = "CsvClassifier GrokClassifier JsonClassifier XMLClassifier".split()
BLUEPRINT = """Name Description CreatedOn LastModifiedOn ParameterSpec BlueprintLocation BlueprintServiceLocation Status
ErrorMessage LastActiveDefinition""".split()
SECURITY_CONFIGURATION = "Name CreatedTimeStamp EncryptionConfiguration".split()
ARGUMENTS = """--job-language --scriptLocation --class --extra-py-files --additional-python-modules
--python-modules-installer-option --extra-jars --user-jars-first --extra-files --job-bookmark-option --job-bookmark-from
--job-bookmark-to --TempDir --enable-glue-datacatalog --datalake-formats --conf --enable-auto-scaling
--auto-scale-within-microbatch --executor-cores --enable-metrics --enable-observability-metrics --enable-job-insights
--enable-continuous-cloudwatch-log --continuous-log-logGroup --enable-spark-ui --spark-event-logs-path
--enable-s3-parquet-optimized-committer --enable-rename-algorithm-v2 --enable-lakeformation-fine-grained-access
--disable-proxy --disable-proxy-v2 --use-postgres-driver --encryption-type --customer-driver-env-vars
--customer-executor-env-vars --enable-data-lineage --python-virtual-env --mode --debug --endpoint --JOB_NAME""".split()
WORKER_TYPES = "Standard G.025X G.1X G.2X G.4X G.8X G.12X G.16X R.1X R.2X R.4X R.8X".split()

TABLES = {
    Kind.JOB: JOB,
    Kind.TRIGGER: TRIGGER,
    Kind.WORKFLOW: WORKFLOW,
    Kind.CRAWLER: CRAWLER,
    Kind.CONNECTION: CONNECTION,
    Kind.CLASSIFIER: CLASSIFIER,
    Kind.BLUEPRINT: BLUEPRINT,
    Kind.SECURITY_CONFIGURATION: SECURITY_CONFIGURATION,
}

BASE: dict[str, Any] = {
    "Name": "load",
    "Role": "r",
    "GlueVersion": "4.0",
    "WorkerType": "G.1X",
    "NumberOfWorkers": 3,
    "Command": {"Name": "glueetl", "ScriptLocation": "s3://c/load.py"},
    "DefaultArguments": {"--a": "1"},
}
STREAM = {"Command": {"Name": "gluestreaming", "ScriptLocation": "s3://c/load.py"}}
OLD = {"WorkerType": None, "NumberOfWorkers": None}
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "Name": ({}, {"Name": "other"}),
    "Description": ({}, {"Description": "what it does"}),
    "JobRunQueuingEnabled": ({}, {"JobRunQueuingEnabled": True}),
    "ExecutionProperty.MaxConcurrentRuns": ({}, {"ExecutionProperty": {"MaxConcurrentRuns": 4}}),
    "Command.Name": ({}, {"Command": {"Name": "pythonshell", "ScriptLocation": "s3://c/load.py"}}),
    "Command.ScriptLocation": ({}, {"Command": {"Name": "glueetl", "ScriptLocation": "s3://c/second.py"}}),
    "DefaultArguments": ({}, {"DefaultArguments": {"--a": "2"}}),
    "NonOverridableArguments": ({}, {"NonOverridableArguments": {"--b": "2"}}),
    "MaxRetries": ({}, {"MaxRetries": 2}),
    "AllocatedCapacity": (OLD, {"AllocatedCapacity": 6}),
    "Timeout": ({}, {"Timeout": 77}),
    "MaxCapacity": (OLD, {"MaxCapacity": 6.0}),
    "WorkerType": ({}, {"WorkerType": "G.2X"}),
    "NumberOfWorkers": ({}, {"NumberOfWorkers": 8}),
    "NotificationProperty.NotifyDelayAfter": ({}, {"NotificationProperty": {"NotifyDelayAfter": 5}}),
    "GlueVersion": ({}, {"GlueVersion": "6.0"}),
    "ExecutionClass": ({}, {"ExecutionClass": "FLEX"}),
    "MaintenanceWindow": (STREAM, {"MaintenanceWindow": "Sun:10"}),
    "Tags": ({}, {"Tags": {"team": "x"}}),
}
ARGUMENT_VALUES = {
    "--extra-py-files": "s3://c/second.py",
    "--additional-python-modules": "requests==2.32.0",
    "--extra-jars": "s3://c/x.jar",
    "--job-bookmark-option": "job-bookmark-enable",
    "--TempDir": "s3://tmp/",
    "--datalake-formats": "hudi",
    "--conf": "spark.sql.shuffle.partitions=7",
    "--enable-auto-scaling": "true",
    "--auto-scale-within-microbatch": "true",
    "--customer-driver-env-vars": "CUSTOMER_A=1",
    "--customer-executor-env-vars": "CUSTOMER_B=2",
    "--JOB_ID": "x",
    "--mode": "full",
    "--debug": "1",
    "--endpoint": "x",
}
SAID_ONLY = {"--JOB_NAME", "--JOB_RUN_ID"}


def write(out: Path, *definitions: dict[str, Any]) -> tuple[Any, list[Finding]]:
    files = {"load.py": "", "second.py": "", "d.json": json.dumps(list(definitions))}
    result = write_bundle(read_definitions(files), out, Settings(), files=files)
    resources = {file: yaml.safe_load((out / file).read_text()) for file in result.files if file.endswith(".yml")}
    return resources, result.findings


def with_changes(*changes: dict[str, Any]) -> dict[str, Any]:
    merged = dict(BASE)
    for change in changes:
        merged |= change
    return {name: value for name, value in merged.items() if value is not None}


@pytest.mark.parametrize("kind", TABLES)
def test_the_table_answers_for_every_field_that_aws_documents(kind: Kind) -> None:
    assert set(TABLES[kind]) - FIELDS[kind].keys() == set()


def test_the_table_answers_for_every_field_of_the_service_model_that_is_installed() -> None:
    import botocore.session

    model = botocore.session.get_session().get_service_model("glue")
    shapes = {Kind.JOB: "Job", Kind.TRIGGER: "Trigger", Kind.WORKFLOW: "Workflow", Kind.CRAWLER: "Crawler",
              Kind.CONNECTION: "Connection", Kind.CLASSIFIER: "Classifier", Kind.BLUEPRINT: "Blueprint",
              Kind.SECURITY_CONFIGURATION: "SecurityConfiguration"}  # fmt: skip
    for kind, shape in shapes.items():
        heads = {name.split(".")[0] for name in FIELDS[kind]}
        assert set(model.shape_for(shape).members) - heads == set(), kind


def test_the_table_answers_for_every_special_argument_and_worker_type() -> None:
    assert set(ARGUMENTS) - SPECIAL.keys() == set()
    assert set(WORKER_TYPES) - NODE_TYPES.keys() == set()


def test_each_fate_says_where_to_or_why() -> None:
    for kind, table in FIELDS.items():
        for field, fate in table.items():
            assert len(fate.note) > 3, (kind, field)


@pytest.mark.parametrize("field", [name for name, fate in FIELDS[Kind.JOB].items() if fate.outcome is Outcome.MAPPED])
def test_a_mapped_field_of_a_job_changes_what_is_written(field: str, tmp_path: Path) -> None:
    before, change = CHANGES[field]
    plain, _ = write(tmp_path / "plain", with_changes(before))
    changed, _ = write(tmp_path / "changed", with_changes(before, change))
    assert plain != changed


@pytest.mark.parametrize(
    "name", [n for n, fate in SPECIAL.items() if fate.outcome is Outcome.MAPPED and n not in SAID_ONLY]
)
def test_a_mapped_argument_changes_what_is_written_or_said(name: str, tmp_path: Path) -> None:
    arguments = {"--a": "1", name: ARGUMENT_VALUES[name]}
    plain, said = write(tmp_path / "plain", with_changes())
    changed, said_more = write(tmp_path / "changed", with_changes({"DefaultArguments": arguments}))
    assert plain != changed or len(said_more) > len(said)


@pytest.mark.parametrize(
    "field", [n for n, fate in FIELDS[Kind.JOB].items() if fate.outcome is Outcome.ASKED and n != "TagsRefused"]
)
def test_a_field_that_a_person_has_to_decide_is_a_finding_at_its_line(field: str, tmp_path: Path) -> None:
    values: dict[str, Any] = {"Role": {"Role": "x"}, "Command.Runtime": {"Command": {"Name": "glueray", "ScriptLocation": "s3://c/load.py", "Runtime": "Ray2.4"}},
              "Connections.Connections": {"Connections": {"Connections": ["pg"]}}, "SecurityConfiguration": {"SecurityConfiguration": "kms"},
              "SourceControlDetails": {"SourceControlDetails": {"Provider": "GITHUB"}}}  # fmt: skip
    _, findings = write(tmp_path, with_changes(values[field]))
    assert any(field in finding.message and finding.action for finding in findings)


def test_an_unknown_field_is_a_finding_and_counts_as_not_accounted(tmp_path: Path) -> None:
    files = {
        "load.py": "",
        "d.json": json.dumps({**BASE, "Surprise": 1, "Command": {**BASE["Command"], "New": "x"}}, indent=1),
    }
    definitions = read_definitions(files)
    unknown = [row for row in account(definitions.jobs[0]) if row.outcome is Outcome.UNKNOWN]
    assert {row.field for row in unknown} == {"Surprise", "Command.New"}
    findings = write_bundle(definitions, tmp_path, Settings()).findings
    assert [f.rule for f in findings if "Surprise" in f.message] == ["glue-field-unknown"]
    assert "Surprise" in files["d.json"].splitlines()[next(row.line for row in unknown if row.field == "Surprise") - 1]


def test_every_argument_is_accounted_for_one_by_one() -> None:
    arguments = {"--mine": "1", "--enable-metrics": "true", "--extra-files": "s3://c/x.conf", "noDashes": "x"}
    (job,) = read_definitions({"load.py": "", "d.json": json.dumps(with_changes({"DefaultArguments": arguments}))}).jobs
    rows = {row.field: row.outcome for row in account(job) if row.field.startswith("DefaultArguments.")}
    assert rows == {
        "DefaultArguments.--mine": Outcome.MAPPED, "DefaultArguments.--enable-metrics": Outcome.DROPPED,
        "DefaultArguments.--extra-files": Outcome.ASKED, "DefaultArguments.noDashes": Outcome.ASKED,
    }  # fmt: skip
