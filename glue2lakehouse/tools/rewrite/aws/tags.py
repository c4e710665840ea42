"""Tags of jobs through boto3: those of a definition are tags of the Databricks job, those that runs keep state in stay in AWS.

AWS: Glue.Client get_tags, tag_resource, untag_resource; arn:aws:glue:region:account:job/name. A bundle writes the tags of its jobs
anew whenever it is deployed, so that a run cannot keep anything there.
"""

import ast

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.tools.rewrite.aws.around import catches_glue
from glue2lakehouse.tools.rewrite.compute import shown
from glue2lakehouse.tools.rewrite.rule import GlueCall, Rewrite, code

_TAGS = ("boto3.glue.get_tags", "boto3.glue.tag_resource", "boto3.glue.untag_resource")
_STATE = (
    "keep that job, without its triggers, while runs keep state in its tags, and do not run it beside this one; "
    "better, keep the state in a table"
)


def job_tags(call: GlueCall) -> Rewrite | Finding | None:
    """Return what becomes of a call about the tags of a job; None for those of tables, crawlers and what is not known."""
    given = {keyword.arg: keyword.value for keyword in call.node.keywords}
    if call.name not in _TAGS or call.node.args or ":job/" not in _written(call, given.get("ResourceArn")):
        return None
    if call.leaf != "get_tags" or any("tag_resource" in each.source for each in call.place.world.modules.values()):
        message = f"`{call.leaf}` is about tags of the Glue job in AWS, which stay there"
        return call.place.finding(call.node, Severity.WARNING, message, _STATE)
    if given.keys() != {"ResourceArn"} or catches_glue(call):
        return None
    return Rewrite(
        code("get_job_tags({arn})", arn=given["ResourceArn"]),
        certainty=Certainty.CONDITIONAL,
        condition="the Databricks job has the Glue job's name, and the tags of its definition",
        imports=("from glue_compat import get_job_tags",),
        compat=("get_job_tags",),
        findings=(
            call.info(
                f"`{shown(call)}` is about tags of the Databricks job now", "let the job's identity see that job"
            ),
        ),
    )


def _written(call: GlueCall, node: ast.expr | None) -> str:
    """Return the texts that an expression is put together of, as far as they are written out."""
    held = call.value_of(node)
    parts = ast.walk(held) if held is not None else ()
    return "".join(each.value for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str))
