"""Events, metrics and logs of Glue that something waits for: nothing sends them after a migration, so each is told."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs.read import read_definitions


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("t.yaml", "Type: AWS::Events::Rule\nEventPattern: {source: [aws.glue], detail: {state: [FAILED]}}\n"),
        ("t.yaml", "Source:\n  - 'aws.glue'\n"),
        ("e.tf", 'resource "aws_cloudwatch_event_rule" "failed" {\n  event_pattern = jsonencode({ source = ["aws.glue"] })\n}\n'),
        ("f.py", "def handler(event, context):\n    if event['detail-type'] == 'Glue Job State Change': print(event)\n"),
        ("a.tf", 'resource "aws_cloudwatch_metric_alarm" "late" {\n  namespace = "Glue"\n}\n'),
        ("a.ts", "new cloudwatch.Alarm(this, 'a', {\n  metricName: 'glue.driver.aggregate.numFailedTasks' });\n"),
        ("l.tf", 'resource "aws_cloudwatch_log_subscription_filter" "f" {\n  log_group_name = "/aws-glue/jobs/error"\n}\n'),
    ],
)  # fmt: skip
def test_what_waits_for_glue_is_told_at_its_line(path: str, text: str) -> None:
    [finding] = [each for each in read_definitions({path: text}).findings if each.rule == "glue-watched"]
    assert (finding.line, finding.severity) == (2, Severity.WARNING)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        # Pulumi's module, a service's principal and address, another namespace, a group that is only kept.
        ("i.ts", 'const j = new aws.glue.Job("j");\n'),
        ("r.tf", 'identifiers = ["glue.amazonaws.com"]\nendpoint = "com.amazonaws.eu-west-1.glue"\n'),
        ("a.tf", 'resource "aws_cloudwatch_metric_alarm" "late" {\n  namespace = "GlueDQ/Custom"\n}\n'),
        ("l.tf", 'resource "aws_cloudwatch_log_group" "g" {\n  name = "/aws-glue/jobs/output"\n}\n'),
        ("k.yaml", "namespace: Glue\nkind: Deployment\n"),
        ("f.py", "# deployed by aws.glue.v2\n"),
    ],
)
def test_what_only_names_glue_is_not_told(path: str, text: str) -> None:
    assert [each for each in read_definitions({path: text}).findings if each.rule == "glue-watched"] == []
