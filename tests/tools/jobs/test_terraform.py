"""Terraform: variables with defaults, locals, count, for_each, dynamic blocks and modules; the rest stays open."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs import read_definitions
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.fields import Outcome, account

VARIABLES = """\
variable "env" {
  type    = string
  default = "dev"
}
variable "bucket" {}
variable "db_password" { sensitive = true }
"""


def read(main: str) -> Definitions:
    return read_definitions({"infra/main.tf": VARIABLES + main, "jobs/load.py": ""})


JOB = """
locals {
  name   = "load-${var.env}"
  common = { "--env" = var.env }
}
resource "aws_s3_bucket" "code" { bucket = "code-${var.env}" }
resource "aws_glue_job" "load" {
  name         = local.name
  role_arn     = aws_iam_role.glue.arn
  glue_version = "4.0"
  timeout      = var.env == "prod" ? 600 : 60
  command {
    script_location = "s3://${aws_s3_bucket.code.bucket}/jobs/load.py"
  }
  default_arguments = merge(local.common, {
    "--source"  = format("s3://%s/%s", var.bucket, lower("IN"))
    "--tables"  = join(",", [for t in ["a", "b", "c"] : upper(t) if t != "b"])
    "--secret"  = var.db_password
    "--text"    = <<-EOT
      line ${var.env}
    EOT
  })
  execution_property { max_concurrent_runs = 3 }
}
"""


def test_expressions_are_evaluated_with_the_defaults() -> None:
    (job,) = read(JOB).jobs
    assert (job.name, job.timeout, job.execution_property.max_concurrent_runs) == ("load-dev", 60, 3)
    assert job.command.script_location == "s3://code-dev/jobs/load.py"
    assert job.default_arguments == {
        "--env": "dev", "--source": "s3://⟦var_bucket⟧/in", "--tables": "A,C", "--secret": "⟦var_db_password⟧", "--text": "line dev\n",
    }  # fmt: skip
    assert job.role == "⟦aws_iam_role_glue_arn⟧"
    assert job.script == "jobs/load.py"


def test_open_variables_are_remembered_and_secret_ones_marked() -> None:
    references = read(JOB).references
    assert references["var_bucket"].text == "var.bucket"
    assert references["var_db_password"].secret


def test_lines_are_those_of_the_file() -> None:
    (job,) = read(JOB).jobs
    assert (VARIABLES + JOB).splitlines()[job.at("Timeout") - 1].lstrip().startswith("timeout")


def test_tfvars_win_over_defaults() -> None:
    found = read_definitions(
        {"infra/main.tf": VARIABLES + JOB, "infra/terraform.tfvars": 'env = "prod"\n', "jobs/load.py": ""}
    )
    assert (found.jobs[0].name, found.jobs[0].timeout) == ("load-prod", 600)


def test_count_and_for_each_make_one_definition_each() -> None:
    found = read("""
resource "aws_glue_job" "n" {
  count    = 2
  name     = "n-${count.index}"
  role_arn = "r"
  command { script_location = "s3://c/jobs/load.py" }
}
resource "aws_glue_trigger" "t" {
  for_each = { a = "cron(0 1 * * ? *)", b = "cron(0 2 * * ? *)" }
  name     = "t-${each.key}"
  type     = "SCHEDULED"
  schedule = each.value
  enabled  = each.key == "a"
  actions { job_name = aws_glue_job.n[0].name }
}
""")
    assert [job.name for job in found.jobs] == ["n-0", "n-1"]
    assert [(trigger.name, trigger.schedule, trigger.active) for trigger in found.triggers] == [
        ("t-a", "cron(0 1 * * ? *)", True), ("t-b", "cron(0 2 * * ? *)", False),
    ]  # fmt: skip
    assert found.triggers[1].actions[0].job_name == "n-0"
    assert found.findings == []


def test_dynamic_blocks_are_expanded() -> None:
    found = read("""
resource "aws_glue_trigger" "t" {
  name = "t"
  type = "CONDITIONAL"
  dynamic "actions" {
    for_each = ["x", "y"]
    content { job_name = actions.value }
  }
  predicate {
    logical = "ANY"
    conditions {
      job_name = "a"
      state    = "SUCCEEDED"
    }
  }
}
""")
    (trigger,) = found.triggers
    assert [action.job_name for action in trigger.actions] == ["x", "y"]
    assert (trigger.predicate.logical, trigger.predicate.conditions[0].state) == ("ANY", "SUCCEEDED")


MODULE = """
variable "name" {}
variable "workers" { default = 4 }
resource "aws_glue_job" "this" {
  name              = var.name
  role_arn          = "r"
  number_of_workers = var.workers
  command { script_location = "s3://c/jobs/load.py" }
}
output "job" { value = aws_glue_job.this.name }
"""


def test_a_local_module_is_read_once_for_each_call_and_its_outputs_are_known() -> None:
    found = read_definitions(
        {
            "modules/job/main.tf": MODULE,
            "live/main.tf": """
module "a" {
  source = "../modules/job"
  name   = "a"
}
module "many" {
  for_each = toset(["b", "c"])
  source   = "../modules/job"
  name     = each.value
  workers  = 9
}
resource "aws_glue_trigger" "t" {
  name = "t"
  type = "ON_DEMAND"
  actions { job_name = module.a.job }
  actions { job_name = module.many["c"].job }
}
""",
            "jobs/load.py": "",
        }
    )
    assert [(job.name, job.number_of_workers) for job in found.jobs] == [("a", 4), ("b", 9), ("c", 9)]
    assert [action.job_name for action in found.triggers[0].actions] == ["a", "c"]


def test_what_cannot_be_expanded_is_read_once_with_a_finding() -> None:
    found = read("""
variable "jobs" {}
resource "aws_glue_job" "each" {
  for_each = var.jobs
  name     = each.key
  role_arn = "r"
  command { script_location = "s3://c/jobs/load.py" }
}
module "far" {
  source = "git::https://example.com/glue-job.git"
}
""")
    assert [job.name for job in found.jobs] == ["⟦each_key⟧"]
    assert {finding.rule for finding in found.findings} == {"terraform-expansion", "terraform-module"}


def test_crawlers_connections_classifiers_and_tables_keep_their_blocks() -> None:
    found = read("""
resource "aws_glue_crawler" "c" {
  name          = "c"
  role          = "r"
  database_name = "db"
  schedule      = "cron(0 1 * * ? *)"
  s3_target { path = "s3://a/" }
  s3_target { path = "s3://b/" }
  schema_change_policy { delete_behavior = "LOG" }
}
resource "aws_glue_connection" "p" {
  name                  = "p"
  connection_properties = { JDBC_CONNECTION_URL = "jdbc:x", PASSWORD = "hunter2" }
}
resource "aws_glue_classifier" "k" {
  name = "k"
  csv_classifier { delimiter = "|" }
}
resource "aws_glue_catalog_database" "d" { name = "db" }
resource "aws_glue_catalog_table" "t" {
  name          = "t"
  database_name = aws_glue_catalog_database.d.name
}
resource "aws_glue_registry" "r" { registry_name = "r" }
""")
    crawler, connection, classifier, _, table = found.items
    assert crawler.fields()["Targets"] == {"S3Targets": [{"Path": "s3://a/"}, {"Path": "s3://b/"}]}
    assert crawler.fields()["SchemaChangePolicy"] == {"DeleteBehavior": "LOG"}
    assert connection.fields()["ConnectionProperties"]["PASSWORD"] == "(masked)"
    assert classifier.fields()["CsvClassifier"] == {"Delimiter": "|"}
    assert table.fields()["DatabaseName"] == "db"
    assert [finding.rule for finding in found.findings] == ["definition-kind"]


def test_a_file_that_does_not_parse_is_a_finding_and_the_others_are_read() -> None:
    found = read_definitions(
        {"a/main.tf": 'resource "aws_glue_job" {{{', "b/main.tf": VARIABLES + JOB, "jobs/load.py": ""}
    )
    assert [f.rule for f in found.findings if f.rule != "definition-defaults"] == ["definition-unreadable"]
    assert [job.name for job in found.jobs] == ["load-dev"]


EVENTS = """
resource "aws_sfn_state_machine" "night" {
  name       = "night"
  definition = jsonencode({
    StartAt = "A"
    States  = { A = { Type = "Task", Resource = "arn:aws:states:::glue:startJobRun.sync", Parameters = { JobName = "load" }, End = true } }
  })
}
resource "aws_glue_workflow" "flow" { name = "flow" }
resource "aws_glue_trigger" "go" {
  name          = "go"
  type          = "EVENT"
  workflow_name = aws_glue_workflow.flow.name
  actions { job_name = "load" }
}
resource "aws_cloudwatch_event_rule" "daily" { schedule_expression = "rate(1 day)" }
resource "aws_cloudwatch_event_rule" "files" {
  event_pattern = jsonencode({ source = ["aws.s3"], detail = { bucket = { name = ["landing"] }, object = { key = [{ prefix = "in/" }] } } })
}
resource "aws_cloudwatch_event_target" "a" {
  rule = aws_cloudwatch_event_rule.daily.name
  arn  = aws_sfn_state_machine.night.arn
}
resource "aws_cloudwatch_event_target" "b" {
  rule = aws_cloudwatch_event_rule.files.name
  arn  = aws_glue_workflow.flow.arn
}
"""


def test_event_rules_give_state_machines_their_schedule_and_event_triggers_their_folder() -> None:
    found = read(EVENTS)
    assert (found.chains[0].schedule, found.chains[0].active) == ("rate(1 day)", True)
    assert found.triggers[0].arrival_url == "s3://landing/in/"
    assert found.findings == []


def test_a_rule_that_waits_for_something_else_is_told() -> None:
    found = read(EVENTS.replace('name = ["landing"]', 'name = ["landing", "other"]'))
    assert [finding.rule for finding in found.findings] == ["trigger-event"]


def job_of(arguments: str, before: str = "") -> dict[str, str]:
    text = f"""{before}
resource "aws_glue_job" "j" {{
  name = "j"
  role_arn = "r"
  command {{ script_location = "s3://c/jobs/load.py" }}
  default_arguments = {arguments}
}}
"""
    (job,) = read_definitions({"main.tf": text, "jobs/load.py": ""}).jobs
    return job.default_arguments


def test_try_falls_back_where_terraform_would_and_not_where_only_we_do_not_know() -> None:
    before = 'variable "given" {}\nvariable "held" { default = { a = 1 } }'
    found = job_of(
        '{ "--a" = try(var.given, "x"), "--b" = try(var.held.b, "x"), "--c" = tostring(can(var.held.b)) }', before
    )
    assert found == {"--a": "⟦var_given⟧", "--b": "x", "--c": "false"}


def test_a_map_that_is_not_known_does_not_take_those_that_are_merged_with_it() -> None:
    found = job_of('merge({ "--a" = "1" }, var.more)', 'variable "more" {}')
    assert found == {"--a": "1", "⟦var_more⟧": "⟦var_more⟧"}


def test_optional_attributes_of_a_variables_type_have_their_defaults() -> None:
    before = """
variable "held" {
  type    = map(object({ name = string, size = optional(string, "G.2X"), more = optional(object({ n = optional(number, 3) }), {}) }))
  default = { one = { name = "x" }, two = { name = "y", size = "G.1X" } }
}"""
    found = job_of(
        '{ "--a" = var.held["one"].size, "--b" = var.held["two"].size, "--n" = tostring(var.held["one"].more.n) }',
        before,
    )
    assert found == {"--a": "G.2X", "--b": "G.1X", "--n": "3"}


JSON_SYNTAX = """\
{"//": {"comment": 1}, "variable": {"env": {"default": "dev"}}, "locals": {"p": "pre-${var.env}"},
 "resource": {"aws_glue_job": {
   "etl": {"name": "${local.p}-etl", "role_arn": "r", "number_of_workers": 3,
     "command": {"name": "glueetl", "script_location": "s3://c/jobs/load.py"}, "default_arguments": {"--a": "${var.env}"},
     "dynamic": {"execution_property": {"for_each": [4], "content": {"max_concurrent_runs": "${execution_property.value}"}}}}},
  "aws_glue_trigger": {"t": [{"name": "t", "type": "ON_DEMAND", "actions": [{"job_name": "${aws_glue_job.etl.name}"}]}]}}}
"""


def test_terraform_in_json_syntax_is_read_as_hcl_is() -> None:
    found = read_definitions({"cdk.tf.json": JSON_SYNTAX, "jobs/load.py": ""})
    (job,) = found.jobs
    assert (job.name, job.number_of_workers, job.default_arguments, job.script, job.place.line) == (
        "pre-dev-etl", 3, {"--a": "dev"}, "jobs/load.py", 3,
    )  # fmt: skip
    assert job.execution_property.max_concurrent_runs == 4
    assert found.triggers[0].actions[0].job_name == "pre-dev-etl"


def test_a_state_machine_of_a_template_file_is_read_and_one_with_an_unknown_loop_is_told() -> None:
    task = '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "%s"}, "End": true}}}'
    code = """
variable "jobs" { type = list(string) }
resource "aws_sfn_state_machine" "a" {
  name       = "a"
  definition = templatefile("${path.module}/a.json.tftpl", { job = "load" })
}
resource "aws_sfn_state_machine" "b" {
  name       = "b"
  definition = templatefile("${path.module}/b.tftpl", { jobs = var.jobs })
}
"""
    found = read_definitions(
        {"main.tf": code, "a.json.tftpl": task % "${job}", "b.tftpl": task % "%{ for j in jobs }${j}%{ endfor }"}
    )
    assert [step.job_name for step in found.chains[0].steps] == ["load"]
    assert len(found.chains) == 1
    assert ["aws_sfn_state_machine.b" in finding.message for finding in found.findings] == [True]


def test_a_remote_module_is_told_where_it_takes_what_glue_jobs_take() -> None:
    code = """
resource "aws_glue_workflow" "w" { name = "w" }
module "network" {
  source = "terraform-aws-modules/vpc/aws"
  cidr   = "10.0.0.0/16"
}
module "etl" {
  source          = "git::https://example.com/modules.git//etl"
  script_location = "s3://c/x.py"
}
"""
    findings = read_definitions({"main.tf": code}).findings
    assert [f.message.split(":")[0] for f in findings if f.rule == "terraform-module"] == ["module.etl"]


def test_a_module_of_a_registry_is_told_where_no_file_names_a_resource_of_glue() -> None:
    code = 'module "job" {\n  source      = "cloudposse/glue/aws//modules/glue-job"\n  worker_type = "G.1X"\n}\n'
    assert [(f.rule, f.severity) for f in read_definitions({"main.tf": code}).findings] == [
        ("terraform-module", Severity.BLOCKER)
    ]
    other = 'module "net" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n# no glue here\n'
    assert read_definitions({"main.tf": other}).findings == []


def test_a_block_for_no_element_is_no_block_and_an_iterator_has_its_own_name() -> None:
    code = """
resource "aws_glue_job" "j" {
  name     = "j"
  role_arn = "r"
  command { script_location = "s3://c/jobs/load.py" }
  dynamic "notification_property" {
    for_each = []
    content { notify_delay_after = 5 }
  }
  dynamic "execution_property" {
    for_each = [3]
    iterator = run
    content { max_concurrent_runs = run.value }
  }
}
"""
    (job,) = read_definitions({"main.tf": code, "jobs/load.py": ""}).jobs
    assert "NotificationProperty" not in job.fields()
    assert not job.set_aside
    assert job.execution_property.max_concurrent_runs == 3


def test_tags_of_the_provider_are_on_every_job_and_its_own_ones_win() -> None:
    code = """
provider "aws" {
  default_tags { tags = { team = "data", env = "dev" } }
}
resource "aws_glue_job" "j" {
  name     = "j"
  role_arn = "r"
  command { script_location = "s3://c/jobs/load.py" }
  tags = { env = "prod" }
}
"""
    (job,) = read_definitions({"main.tf": code, "jobs/load.py": ""}).jobs
    assert job.tags == {"team": "data", "env": "prod"}


def test_variables_that_nothing_loads_by_itself_are_told() -> None:
    files = {"tf/main.tf": VARIABLES + JOB, "tf/env/prod.tfvars": 'env = "prod"', "jobs/load.py": ""}
    assert any(
        f.rule == "terraform-variables" and "tf/env/prod.tfvars" in f.message for f in read_definitions(files).findings
    )


def test_the_script_of_a_job_is_the_file_that_terraform_uploads_under_its_key() -> None:
    code = """
resource "aws_s3_object" "script" {
  bucket = "c"
  key    = "deployed/job.py"
  source = "${path.module}/../src/main_etl.py"
}
resource "aws_glue_job" "j" {
  name     = "j"
  role_arn = "r"
  command { script_location = "s3://c/${aws_s3_object.script.key}" }
}
"""
    (job,) = read_definitions({"tf/main.tf": code, "src/main_etl.py": ""}).jobs
    assert job.script == "src/main_etl.py"


def test_a_schedule_of_eventbridge_that_starts_a_job_is_its_trigger() -> None:
    code = (
        JOB
        + """
resource "aws_scheduler_schedule" "nightly" {
  name                         = "nightly"
  schedule_expression          = "cron(0 2 * * ? *)"
  schedule_expression_timezone = "Europe/Berlin"
  target {
    arn   = "arn:aws:scheduler:::aws-sdk:glue:startJobRun"
    input = jsonencode({ JobName = "load", Arguments = { "--a" = "1" } })
  }
}
"""
    )
    (trigger,) = read_definitions({"main.tf": VARIABLES + code, "jobs/load.py": ""}).triggers
    assert (trigger.name, trigger.actions[0].arguments, trigger.timezone) == ("nightly", {"--a": "1"}, "Europe/Berlin")


def test_a_file_that_does_not_parse_is_told_where_its_folder_is_of_glue() -> None:
    files = {"main.tf": VARIABLES + JOB, "more.tf": "tags {{{", "batch/main.tf": "tags {{{", "jobs/load.py": ""}
    told = [f.path for f in read_definitions(files).findings if f.rule == "definition-unreadable"]
    assert told == ["more.tf"]


def test_what_a_default_leaves_out_is_told() -> None:
    code = JOB.replace("name         = local.name", "count = var.on ? 1 : 0\n  name = local.name")
    child = {"jobs/main.tf": VARIABLES + JOB, "main.tf": 'module "m" {\n  source = "./jobs"\n  for_each = {}\n}\n'}
    for files, what in (
        ({"main.tf": VARIABLES + 'variable "on" { default = false }\n' + code}, "aws_glue_job.load"),
        (child, "module.m"),
    ):
        found = read_definitions({**files, "jobs/load.py": ""})
        assert found.jobs == []
        assert any(f.message.startswith(f"{what} is left out") for f in found.findings)


@pytest.mark.parametrize(
    ("enabled", "active"), [("true", True), ("false", False), ('var.stage == "prod"', None), ("var.on", None)]
)
def test_a_trigger_whose_enabling_is_open_is_neither_active_nor_inactive(enabled: str, active: bool | None) -> None:
    text = f"""
variable "stage" {{}}
variable "on" {{}}
resource "aws_glue_trigger" "t" {{
  name              = "t"
  type              = "SCHEDULED"
  schedule          = "cron(0 3 * * ? *)"
  enabled           = {enabled}
  start_on_creation = true
  actions {{ job_name = "a" }}
}}
"""
    found = read_definitions({"main.tf": text})
    (trigger,) = found.triggers
    assert (trigger.active, [row.path for row in account(trigger) if row.outcome is Outcome.UNKNOWN]) == (active, [])
