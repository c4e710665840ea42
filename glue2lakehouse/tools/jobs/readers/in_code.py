"""What only code makes or starts (CDK, Pulumi, boto3, the AWS command line): definitions and orders that are not read, but told.

AWS: CDK aws_glue, in any of its languages; Pulumi aws.glue; CDK for Terraform; boto3 Glue.Client.create_job, start_job_run; aws glue create-job, start-job-run.
"""

import re

from glue2lakehouse.domain import Finding, Severity

IN_CODE = (
    ".py",
    ".ts",
    ".js",
    ".mjs",
    ".java",
    ".kt",
    ".go",
    ".cs",
    ".sh",
    ".bash",
    ".ps1",
    ".yml",
    ".yaml",
    "Makefile",
    "Jenkinsfile",
)
MADE = "definition-in-code"
_CDK = re.compile(
    r"\b(?:New)?(?:CfnJob|CfnTrigger|CfnWorkflow|CfnCrawler)(?:\.Builder\.create)?\s*\("
    r"|\b(?:aws)?glue(?:Cfn|_alpha|alpha)?\.(?:New)?\w*Job\w*\(|\bnew (?:Py|Scala)Spark\w+Job\("
)
_OF_CDK = re.compile(r"aws[_-]?glue|awscdk\.services\.glue|CDK\.AWS\.Glue")
_PULUMI = re.compile(
    r"\bglue\.(?:New)?(?:Job|Trigger|Workflow|Crawler)\s*\(|\bGlue(?:Job|Trigger|Workflow|Crawler)\s*\("
)
_OF_PULUMI = re.compile(r"pulumi|cdktf", re.IGNORECASE)
_MAKES = re.compile(
    r"\.(create_job|create_trigger|create_workflow|update_job)\s*\(|\bnew Create(?:Job|Trigger|Workflow)Command\("
)
_STARTS = re.compile(
    r"\.(start_job_run|start_workflow_run|start_trigger)\s*\(|\.(startJobRun|startWorkflowRun)\(|\bnew Start(?:Job|Workflow)RunCommand\("
)
_CLIENT = re.compile(
    r"""(?:client|resource)\(\s*(?:service_name\s*=\s*)?["']glue["']|client-glue|new (?:AWS\.)?Glue\(|hook\(|\bglue\w*\.start_""",
    re.IGNORECASE,
)
_CLI = re.compile(r"\baws\s+(?:--\S+\s+\S+\s+)*glue\s+(?:create|update)-(job|trigger|workflow|crawler)\b")
_CLI_STARTS = re.compile(r"\baws\s+(?:--\S+\s+\S+\s+)*glue\s+start-(job-run|workflow-run|trigger)\b")


def made_in_code(path: str, text: str) -> list[Finding]:
    """Return a finding at the first line that makes Glue jobs or triggers in code, and one at the first that starts them.

    A Glue script that starts another one is told by the rules that convert it.
    """
    found: list[Finding] = []
    cdk = _CDK.search(text) if _OF_CDK.search(text) else None
    pulumi = _PULUMI.search(text) if _OF_PULUMI.search(text) else None
    client = _CLIENT.search(text)
    made = cdk or pulumi or (_MAKES.search(text) if client else None) or _CLI.search(text)
    if made is not None:
        action = (
            "run `cdk synth` and add cdk.out to the source"
            if made is cdk
            else "export what it made with `aws glue get-jobs`, or `glue2lakehouse scan-jobs`"
        )
        message = "Glue definitions are made here in code, which is not read; the bundle lacks them"
        found.append(_finding(MADE, path, text, made, message, action))
    starts = (_STARTS.search(text) if client and "awsglue" not in text else None) or _CLI_STARTS.search(text)
    if starts is not None:
        message = "Glue jobs are started here, from outside of all definitions; what orders and schedules them is not in the bundle"
        action = "start the Databricks job instead: WorkspaceClient().jobs.run_now, or `databricks jobs run-now`"
        found.append(_finding("start-in-code", path, text, starts, message, action))
    return found


def _finding(rule: str, path: str, text: str, match: re.Match[str], message: str, action: str) -> Finding:
    line = text.count("\n", 0, match.start()) + 1
    return Finding(rule=rule, severity=Severity.WARNING, path=path, line=line, message=message, action=action)
