"""The Serverless Framework: variables, resources in files of their own, and what its plugins make of jobs and state machines."""

from typing import Any

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs import Definitions, read_definitions

JOB = """\
Resources:
  XJob:
    Type: AWS::Glue::Job
    Properties:
      Name: ${self:service}-x-${self:provider.stage}
      Role: r
      NumberOfWorkers: ${self:custom.stages.${self:provider.stage}.workers}
      Command: {Name: glueetl, ScriptLocation: "s3://b/x.py"}
      DefaultArguments: {"--db": "raw_${env:DB, 'd'}", "--account": "${aws:accountId}", "--sub": !Sub "${AWS::Region}"}
"""
TRIGGER = """\
Resources:
  T:
    Type: AWS::Glue::Trigger
    Properties: {Type: SCHEDULED, Schedule: cron(0 3 * * ? *), StartOnCreation: true, Actions: [{JobName: !Ref XJob}]}
"""
SERVICE = """\
service: lake
provider: {name: aws, stage: "${opt:stage, 'dev'}"}
custom: {stages: {dev: {workers: 2}, prod: {workers: 10}}}
resources:
  - ${file(resources/glue.yml)}
  - ${file(./resources/triggers.yml)}
"""


def _read(**more: str) -> Definitions:
    files = {"serverless.yml": SERVICE, "resources/glue.yml": JOB, "resources/triggers.yml": TRIGGER, "jobs/x.py": ""}
    return read_definitions(files | more)


def test_resources_in_files_are_one_template_with_the_variables_filled_in() -> None:
    found = _read()
    (job,) = found.jobs
    assert (job.name, job.number_of_workers) == ("lake-x-dev", 2)
    assert job.default_arguments["--db"] == "raw_d"
    assert job.default_arguments["--account"] == "⟦aws_account_id⟧"
    assert [action.job_name for trigger in found.triggers for action in trigger.actions] == ["lake-x-dev"]
    (told,) = [finding.message for finding in found.findings if finding.rule == "definition-defaults"]
    assert told == "the defaults of the service's variables were taken: env:DB=d, opt:stage=dev"


def test_what_only_a_deployment_knows_stays_open() -> None:
    service = SERVICE.replace("${opt:stage, 'dev'}", "${opt:stage}")
    (job,) = _read(**{"serverless.yml": service}).jobs
    assert job.name == "lake-x-⟦opt_stage⟧"
    assert "⟦" in str(job.number_of_workers)


def test_variables_of_a_service_that_is_not_in_the_source_stay_open() -> None:
    found = read_definitions({"resources/glue.yml": JOB, "jobs/x.py": ""})
    assert found.jobs[0].name == "⟦self_service⟧-x-⟦self_provider_stage⟧"
    assert found.jobs[0].place.line == 2


def test_a_variable_that_goes_round_in_a_circle_stays_open() -> None:
    service = SERVICE.replace("custom: {", "custom: {loop: '${self:custom.loop}', ")
    assert len(_read(**{"serverless.yml": service}).jobs) == 1


GLUE = """\
service: pipelines
provider: {name: aws, stage: prod}
Glue:
  bucketDeploy: art-${sls:stage}
  s3Prefix: scripts/
  tempDirBucket: tmp
  jobs:
    - name: batch-job
      scriptPath: glue/batch.py
      type: spark
      glueVersion: python3-4.0
      role: arn:aws:iam::1:role/glue
      MaxConcurrentRuns: 3
      WorkerType: G.1X
      NumberOfWorkers: 4
      Timeout: 120
      tempDir: true
      Connections: [db]
      DefaultArguments:
        jobBookmarkOption: job-bookmark-enable
        enableAutoScaling: "true"
        continuousLogLogGroup: g
        additionalPythonModules: requests
        customArguments: {source_db: raw, --target: t}
    - job: {name: shell, script: glue/shell.py, type: pythonshell, glueVersion: python3.9-3.0, role: r}
  triggers:
    - name: nightly
      schedule: 30 12 * * ? *
      StartOnCreation: true
      actions: [{name: batch-job, args: {--source_db: other}, timeout: 30}]
    - name: by-hand
      actions: [{name: shell}]
stepFunctions:
  stateMachines:
    flow:
      name: flow-${self:provider.stage}
      events:
        - schedule: {rate: cron(0 7 * * ? *), enabled: false, input: {a: 1}}
        - http: {path: x}
      definition:
        StartAt: Run
        States:
          Run: {Type: Task, Resource: "arn:aws:states:::glue:startJobRun.sync", Parameters: {JobName: batch-job}, End: true}
"""


def test_jobs_of_serverless_glue_are_read_as_the_plugin_makes_them() -> None:
    found = read_definitions({"serverless.yml": GLUE, "glue/batch.py": "", "glue/shell.py": ""})
    jobs: dict[str, Any] = {job.name: job for job in found.jobs}
    batch, shell = jobs["batch-job"], jobs["shell"]
    assert batch.command.script_location == "s3://art-prod/scripts/batch.py"
    assert (batch.glue_version, batch.command.python_version, batch.command.name) == ("4.0", "3", "glueetl")
    assert (batch.number_of_workers, batch.timeout, batch.execution_property.max_concurrent_runs) == (4, 120, 3)
    assert batch.default_arguments == {
        "--job-bookmark-option": "job-bookmark-enable", "--enable-auto-scaling": "true", "--continuous-log-logGroup": "g",
        "--additional-python-modules": "requests", "--job-language": "python", "--TempDir": "s3://tmp/batch-job",
        "--source_db": "raw", "--target": "t",
    }  # fmt: skip
    assert (shell.command.name, shell.command.python_version, shell.glue_version) == ("pythonshell", "3.9", "3.0")
    assert (batch.script, shell.script) == ("glue/batch.py", "glue/shell.py")
    assert batch.place.line == 8


def test_triggers_and_state_machines_of_the_plugins_are_read() -> None:
    found = read_definitions({"serverless.yml": GLUE, "glue/batch.py": "", "glue/shell.py": ""})
    triggers = {trigger.name: trigger for trigger in found.triggers}
    assert (triggers["nightly"].type, triggers["nightly"].schedule) == ("SCHEDULED", "cron(30 12 * * ? *)")
    assert triggers["nightly"].actions[0].arguments == {"--source_db": "other"}
    assert triggers["by-hand"].type == "ON_DEMAND"
    (chain,) = found.chains
    assert (chain.name, chain.schedule) == ("flow-prod", "cron(0 7 * * ? *)")
    assert [step.job_name for step in chain.steps] == ["batch-job"]
    told = [finding.rule for finding in found.findings if finding.severity is not Severity.INFO]
    assert told == ["trigger-event"]
