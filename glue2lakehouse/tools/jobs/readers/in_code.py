"""Definitions that only code makes (CDK, boto3, the AWS command line): not read, but told.

AWS: CDK aws_glue; boto3 Glue.Client.create_job; aws glue create-job.
"""

import re

from glue2lakehouse.domain import Finding, Severity

IN_CODE = (".py", ".ts", ".js", ".sh")
_CDK = re.compile(
    r"\b(CfnJob|CfnTrigger|CfnWorkflow|CfnCrawler)\s*\(|\bglue(?:Cfn)?\.\w*Job\w*\(|\bglue_alpha\.\w*Job\w*\("
)
_BOTO = re.compile(r"\.(create_job|create_trigger|create_workflow|update_job)\s*\(")
_CLIENT = re.compile(r"""client\(\s*(?:service_name\s*=\s*)?["']glue["']""")
_CLI = re.compile(r"\baws\s+glue\s+(?:create|update)-(job|trigger|workflow|crawler)\b")


def made_in_code(path: str, text: str) -> list[Finding]:
    """Return a finding at the first line of a file that makes Glue jobs or triggers in code."""
    cdk = _CDK.search(text) if "aws_glue" in text or "aws-glue" in text else None
    found = cdk or (_BOTO.search(text) if _CLIENT.search(text) else None) or _CLI.search(text)
    if found is None:
        return []
    synthesise = "run `cdk synth` and add cdk.out to the source"
    return [
        Finding(
            rule="definition-in-code",
            severity=Severity.WARNING,
            path=path,
            line=text.count("\n", 0, found.start()) + 1,
            message="Glue definitions are made here in code, which is not read",
            action=synthesise if found is cdk else "export what it made with `aws glue get-jobs`",
        )
    ]
