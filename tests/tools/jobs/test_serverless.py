"""The Serverless Framework: variables, resources in files of their own, and what its plugins make of jobs and state machines."""

from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs import Definitions, facts_for_script, read_definitions

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


CONFIG = """\
stages: {dev: {workers: 7}}
bucket: b-${self:provider.stage}
""" + "".join(f"k{number}: v-${{self:custom.bucket}}\n" for number in range(20))


def test_a_file_that_asks_for_itself_is_read_once() -> None:
    service = SERVICE.replace("{stages: {dev: {workers: 2}, prod: {workers: 10}}}", "${file(config.yml)}")
    (job,) = _read(**{"serverless.yml": service, "config.yml": CONFIG}).jobs
    assert (job.name, job.number_of_workers) == ("lake-x-dev", 7)


def test_variables_that_go_round_in_two_circles_stay_open() -> None:
    loop = "custom: {stage: '${self:custom.stage}-${self:custom.stage}', "
    service = SERVICE.replace("${opt:stage, 'dev'}", "${self:custom.stage}").replace("custom: {", loop)
    (job,) = _read(**{"serverless.yml": service}).jobs
    assert job.name == "lake-x-⟦self_custom_stage⟧-⟦self_custom_stage⟧"


@pytest.mark.parametrize("custom", ["${file(config.js)}", "${file(missing.yml)}", "${ssm:/lake/custom}"])
def test_a_default_is_not_taken_where_code_or_a_missing_file_may_say_otherwise(custom: str) -> None:
    service = SERVICE.replace("{stages: {dev: {workers: 2}, prod: {workers: 10}}}", custom)
    made = JOB.replace("${self:custom.stages.${self:provider.stage}.workers}", "${self:custom.workers, 3}")
    (job,) = _read(**{"serverless.yml": service, "resources/glue.yml": made, "config.js": "module.exports = {}"}).jobs
    assert job.number_of_workers == "⟦self_custom_workers_3⟧"


def test_a_default_is_not_taken_where_the_service_is_not_in_the_source() -> None:
    found = read_definitions({"glue.yml": JOB.replace("${self:service}", "${self:service, 'mine'}"), "jobs/x.py": ""})
    assert found.jobs[0].name.startswith("⟦self_service_mine⟧")


def test_the_stage_of_the_command_line_is_told_where_its_default_is_taken() -> None:
    found = _read(**{"serverless.yml": SERVICE.replace("${opt:stage, 'dev'}", "prod"),
                     "resources/glue.yml": JOB.replace("x-${self:provider.stage}", "x-${sls:stage}")})  # fmt: skip
    assert found.jobs[0].name == "lake-x-prod"
    assert any("opt:stage=prod" in finding.message for finding in found.findings)


def test_all_resources_may_be_one_file() -> None:
    service = SERVICE[: SERVICE.index("resources:")] + "resources: ${file(resources/glue.yml)}\n"
    (job,) = _read(**{"serverless.yml": service}).jobs
    assert (job.name, job.number_of_workers) == ("lake-x-dev", 2)


def test_a_later_part_adds_to_a_resource_of_an_earlier_one() -> None:
    more = "  - Resources: {XJob: {Properties: {NumberOfWorkers: 5}}}\n"
    (job,) = _read(**{"serverless.yml": SERVICE + more}).jobs
    assert (job.name, job.number_of_workers) == ("lake-x-dev", 5)


@pytest.mark.parametrize(
    ("service", "told"),
    [
        ("Glue: ${file(glue.js)}", "Glue is ${file(glue.js)}"),
        ("Glue: {jobs: ['${file(a.js)}']}", "Glue.jobs.0 is ${file(a.js)}"),
        ("Glue: {jobs: '${file(a.js)}'}", "Glue.jobs.0 is ${file(a.js)}"),
        ("stepFunctions: {stateMachines: {m: {definition: '${file(m.js)}'}}}", "stepFunctions.stateMachines.m is ${file(m.js)}"),
        ("stepFunctions: {stateMachines: {m: {definition: {States: '${file(m.js)}'}}}}", "stepFunctions.stateMachines.m.States is ${file(m.js)}"),
        ("resources: ['${file(infra.js)}']", "resources.0 is ${file(infra.js)}"),
        ("resources: {Resources: '${file(infra.js):all}'}", "resources is ${file(infra.js):all}"),
    ],
)  # fmt: skip
def test_what_code_makes_is_told(service: str, told: str) -> None:
    found = read_definitions({"serverless.yml": f"service: lake\n{service}\n", "jobs/x.py": ""})
    assert [f"{told}, which the source does not say; what it defines was left out"] == [
        f.message for f in found.findings
    ]


def test_a_machine_whose_definition_is_a_text_is_read() -> None:
    definition = '{"StartAt": "R", "States": {"R": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "x"}, "End": true}}}'
    service = f"service: lake\nstepFunctions: {{stateMachines: {{m: {{definition: '{definition}'}}}}}}\n"
    (chain,) = read_definitions({"serverless.yml": service, "jobs/x.py": ""}).chains
    assert [step.key for step in chain.steps] == ["r"]


@pytest.mark.parametrize(
    "arguments",
    ["'${file(a.js)}'", "{customArguments: '${file(a.js)}'}", "{jobBookmarkOption: '${ssm:/x}'}",
     "{'--job-bookmark-option': job-bookmark-enable}"],
)  # fmt: skip
def test_arguments_that_may_enable_bookmarks_count_as_such(arguments: str) -> None:
    service = f"""
service: lake
Glue:
  bucketDeploy: b
  jobs: [{{name: j, scriptPath: jobs/x.py, type: spark, glueVersion: python3-4.0, role: r, DefaultArguments: {arguments}}}]
"""
    found = read_definitions({"serverless.yml": service, "jobs/x.py": ""})
    assert facts_for_script(found, "jobs/x.py").bookmarks_enabled is True


@pytest.mark.parametrize("actions", ["'${file(a.js)}'", "['${file(a.js)}']"])
def test_what_a_trigger_starts_is_told_where_code_makes_it(actions: str) -> None:
    service = f"service: lake\nGlue: {{triggers: [{{name: t, schedule: '0 1 * * ? *', actions: {actions}}}]}}\n"
    found = read_definitions({"serverless.yml": service, "jobs/x.py": ""})
    assert any("is ${file(a.js)}, which the source does not say" in finding.message for finding in found.findings)
