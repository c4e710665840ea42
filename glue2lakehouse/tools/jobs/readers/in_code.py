"""What only code makes or starts (CDK, Pulumi, boto3, the AWS command line): definitions and orders that are not read, but told.

AWS: CDK aws_glue, in any of its languages; Pulumi aws.glue; CDK for Terraform; boto3 Glue.Client.create_job, start_job_run; aws glue
create-job, start-job-run. Terragrunt's inputs and the modules of Ansible define jobs as well.
"""

import posixpath
import re

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.readers.spellings import CODE, calls, commands

MADE = "definition-in-code"
_CDK = re.compile(
    r"\b(?:New)?(?:CfnJob|CfnTrigger|CfnWorkflow|CfnCrawler)(?:\.Builder\.create)?\s*\("
    r"|\b(?:aws)?glue(?:Cfn|_alpha|Alpha|alpha)?\.(?:New)?\w*Job\w*\(|\bnew (?:Py|Scala)Spark\w+Job\("
)
_CDK_TABLES = re.compile(
    r"\b\w*[Gg]lue\w*\.(?:New)?(?:Cfn)?(?:S3|External)?(?:Table|Database|Partition|DataQualityRuleset)(?:\.Builder\.create)?\s*\("
    r"|\bnew (?:S3|External)Table\s*\("
)
_OF_CDK = re.compile(r"aws[_-]?glue|awscdk\.services\.glue|CDK\.AWS\.Glue")
_PULUMI = re.compile(
    r"\bglue\.(?:New)?(?:Job|Trigger|Workflow|Crawler)\s*\(|\bGlue(?:Job|Trigger|Workflow|Crawler)\s*\("
    r"|\btype:\s*[\"']?aws:glue[:/]\w*:?(?:Job|Trigger|Workflow|Crawler)\b"
)
_PULUMI_TABLES = re.compile(
    r"\bglue\.(?:New)?Catalog(?:Table|Database)\s*\(|\bGlueCatalog(?:Table|Database)\s*\(|\btype:\s*[\"']?aws:glue[:/]\w*:?Catalog\w+"
)
_OF_PULUMI = re.compile(r"pulumi|cdktf|^runtime:", re.IGNORECASE | re.MULTILINE)
_ANSIBLE = re.compile(r"\bcommunity\.aws\.(?:aws_)?glue_\w+:|^[ \t-]*(?:aws_)?glue_job:[ \t]*$", re.MULTILINE)
_OF_ANSIBLE = re.compile(r"community\.aws\.|command_script_location")
_TERRAGRUNT = re.compile(r"script_location|glue|\"?--job-", re.IGNORECASE)
_MAKES = calls("create_job create_trigger create_workflow update_job")
_STARTS = calls("start_job_run start_workflow_run start_trigger")
CLIENT = re.compile(
    r"""(?:client|resource)\(\s*(?:service_name\s*=\s*)?["']glue["']|client-glue|new (?:AWS\.)?Glue\(|hook\(|\bglue\w*\.start_"""
    r"""|service/glue\b|Amazon\.?Glue|AWSGlue|\bGlueClient\b|aws-sdk-glue|Aws::Glue|aws_sdk_glue""",
    re.IGNORECASE,
)
_CLI = commands(
    "glue",
    " ".join(f"{verb}_{what}" for verb in ("create", "update") for what in ("job", "trigger", "workflow", "crawler")),
)
_CLI_STARTS = commands("glue", "start_job_run start_workflow_run start_trigger")
_EXPORT = "export what it made with `aws glue get-jobs`, or `glue2lakehouse scan-jobs`"
_EXPORT_TABLES = "list what it made with `glue2lakehouse scan`, and migrate again with --dump"
_SYNTH = "run `cdk synth` and add cdk.out to the source"
_JOBS = "Glue definitions are made here in code, which is not read; the bundle lacks them"
_TABLES = "tables or databases of the Glue catalog are made here in code, which is not read; the DDL lacks them"


def may_hold_code(path: str, start: str) -> bool:
    """Whether a file may call AWS by its name, or by the first line of one that has no ending; `start` is how it begins."""
    return path.endswith(CODE) or ("." not in posixpath.basename(path) and start.startswith("#!"))


def made_in_code(path: str, text: str) -> list[Finding]:
    """Return a finding at the first line that makes Glue jobs or triggers in code, one for tables, and one at the first that starts them.

    A Glue script that starts another one is told by the rules that convert it.
    """
    if path.endswith(".hcl"):
        return _terragrunt(path, text)
    found: list[Finding] = []
    of_cdk, of_pulumi = _OF_CDK.search(text), _OF_PULUMI.search(text)
    cdk = _CDK.search(text) if of_cdk else None
    pulumi = _PULUMI.search(text) if of_pulumi else None
    ansible = _ANSIBLE.search(text) if _OF_ANSIBLE.search(text) else None
    client = CLIENT.search(text)
    made = cdk or pulumi or ansible or (_MAKES.search(text) if client else None) or _CLI.search(text)
    if made is not None:
        found.append(_finding(MADE, path, text, made, _JOBS, _SYNTH if made is cdk else _EXPORT))
    tables = _CDK_TABLES.search(text) if of_cdk else None
    if tables is not None or (of_pulumi and (tables := _PULUMI_TABLES.search(text))):
        found.append(_finding("tables-in-code", path, text, tables, _TABLES, _SYNTH if of_cdk else _EXPORT_TABLES))
    starts = (_STARTS.search(text) if client and "awsglue" not in text else None) or _CLI_STARTS.search(text)
    if starts is not None:
        message = "Glue jobs are started here, from outside of all definitions; what orders and schedules them is not in the bundle"
        action = "start the Databricks job instead: WorkspaceClient().jobs.run_now, or `databricks jobs run-now`"
        found.append(_finding("start-in-code", path, text, starts, message, action))
    return found


def _terragrunt(path: str, text: str) -> list[Finding]:
    """Terragrunt gives a module of Terraform its values; without them its jobs have other arguments, or none."""
    inputs = re.search(r"^[ \t]*inputs\s*=", text, re.MULTILINE)
    if inputs is None or not _TERRAGRUNT.search(text):
        return []
    message = "Terragrunt gives a module of Terraform its inputs here, which are not read; the bundle lacks them"
    return [_finding(MADE, path, text, inputs, message, _EXPORT)]


def _finding(rule: str, path: str, text: str, match: re.Match[str], message: str, action: str) -> Finding:
    line = text.count("\n", 0, match.start()) + 1
    return Finding(rule=rule, severity=Severity.WARNING, path=path, line=line, message=message, action=action)
