"""Runs of jobs and workflows through boto3: started, watched and stopped as runs of the Databricks jobs in their place.

AWS: Glue.Client start_job_run, get_job_run, start_workflow_run, stop_workflow_run, get_workflow_runs, get_ and
put_workflow_run_properties.
Left as they are, these calls reach the old Glue jobs, which would run again beside the migrated ones, or nothing at all.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.analyses.caught import may_be_caught
from glue2lakehouse.tools.rewrite.aws.around import catches_glue
from glue2lakehouse.tools.rewrite.code import Code, Piece, code, joined
from glue2lakehouse.tools.rewrite.compute import shown
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use
from glue2lakehouse.tools.rewrite.sql.views import views_of

_PROPERTIES = "the run properties are files below {root}; the identity of the job may write to that volume"
_BY_NAME = "one Databricks job has the Glue job's name, takes these arguments as parameters and has a run to spare; the job's identity may run it"
_OWN_RUN = (
    "the run is one of Databricks (WORKFLOW_RUN_ID as the bundle passes it), and the job's identity may manage it"
)
_LISTED = (
    "the job has the workflow's name, and the code asks for ids, states, times, properties and statistics of runs only, newest first, "
    "in one page where it names no size"
)
_EARLIER = (
    "save those from before the migration once: aws glue get-workflow-runs --name NAME > {root}/workflow=NAME/earlier_runs.json "
    "(in names, what is no letter, digit or _.-~ is percent-encoded); Databricks keeps a run for 60 days"
)
_STARTED = "the run was started by start_job_run, and the code asks for its state and its error message only"


_SIZES = frozenset(
    "WorkerType NumberOfWorkers MaxCapacity AllocatedCapacity ExecutionClass Timeout NotificationProperty".split()
)


@dataclass(frozen=True, slots=True)
class _Helper:
    """A helper of `glue_compat` that answers for an operation: its parameters by boto3's names, and when it is exact."""

    wanted: dict[str, str]
    optional: dict[str, str]
    condition: str
    in_volume: bool = False
    left: str = ""
    """A keyword that may be left out where it is written out as False."""
    sizes: frozenset[str] = frozenset()
    """Keywords that say what the run takes and not what it gives; the job's definition says so for every run."""


_WORKFLOW = {"Name": "name", "RunId": "run_id"}
_HELPERS = {
    "get_workflow_run_properties": _Helper(_WORKFLOW, {}, _PROPERTIES, in_volume=True),
    "put_workflow_run_properties": _Helper(
        {**_WORKFLOW, "RunProperties": "run_properties"}, {}, _PROPERTIES, in_volume=True
    ),
    "get_workflow_runs": _Helper(
        {"Name": "name"},
        {"NextToken": "next_token", "MaxResults": "max_results"},
        _LISTED,
        in_volume=True,
        left="IncludeGraph",
    ),
    "stop_workflow_run": _Helper(_WORKFLOW, {}, _OWN_RUN),
    "start_workflow_run": _Helper({"Name": "name"}, {"RunProperties": "run_properties"}, _BY_NAME),
    "start_job_run": _Helper({"JobName": "job_name"}, {"Arguments": "arguments"}, _BY_NAME, sizes=_SIZES),
    "get_job_run": _Helper({"JobName": "job_name", "RunId": "run_id"}, {}, _STARTED),
}


class JobRuns(Rule):
    """A helper that answers in the shape of Glue's client; run properties are kept in a volume."""

    name = "job-runs"
    glue = (*(f"boto3.glue.{name}" for name in _HELPERS), "boto3.glue.pages.get_workflow_runs.paginate")
    example = Example(
        before="import sys\n\nimport boto3\nfrom awsglue.utils import getResolvedOptions\n\n"
        'args = getResolvedOptions(sys.argv, ["WORKFLOW_NAME", "WORKFLOW_RUN_ID"])\n'
        'glue = boto3.client("glue")\n'
        'run = {"Name": args["WORKFLOW_NAME"], "RunId": args["WORKFLOW_RUN_ID"]}\n'
        'props = glue.get_workflow_run_properties(Name=run["Name"], RunId=run["RunId"])["RunProperties"]\n'
        'glue.start_job_run(JobName="load", Arguments={"--day": props["day"]})\n',
        after="import boto3\nimport argparse\n"
        "from glue_compat import get_workflow_run_properties, start_job_run\n\n"
        "parser = argparse.ArgumentParser()\n"
        'parser.add_argument("--WORKFLOW_NAME", required=True)\n'
        'parser.add_argument("--WORKFLOW_RUN_ID", required=True)\n'
        "args = vars(parser.parse_known_args()[0])\n"
        'run = {"Name": args["WORKFLOW_NAME"], "RunId": args["WORKFLOW_RUN_ID"]}\n'
        'props = get_workflow_run_properties("/Volumes/main/default/glue2lakehouse/workflow_runs", '
        'name=run["Name"], run_id=run["RunId"])["RunProperties"]\n'
        'start_job_run(job_name="load", arguments={"--day": props["day"]})\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Arguments that cannot be seen, or that a Databricks run does not have, and errors of Glue's that are caught are handed off."""
        call.drop_everything()
        if not views_of(call.place.world).uses_glue:
            return ()
        paged = call.leaf == "paginate"
        name = call.name.split(".")[3] if paged else call.leaf
        helper = _HELPERS[name]
        sizes = [each for each in call.node.keywords if each.arg in helper.sizes and _does_nothing(each.value)]
        keywords = [each for each in call.node.keywords if each not in sizes and not _says_nothing(call, helper, each)]
        given = {keyword.arg for keyword in keywords}
        known = helper.wanted if paged else {**helper.wanted, **helper.optional}
        if call.node.args or not helper.wanted.keys() <= given <= known.keys():
            odd = ", ".join(sorted(str(name or "**") for name in given - known.keys()))
            return call.blocker(
                f"`{name}` of the AWS service glue is called with {odd or 'other arguments than it takes'}, which a run of a Databricks job does not take",
                f"call {name} with {', '.join(known)} only; the rest belongs into the job's definition",
            )
        if catches_glue(call):
            return call.blocker(
                f"an error of `{name}` of the AWS service glue is told from others by a `try` around it",
                "catch what the Jobs API of Databricks raises (databricks.sdk.errors), or Exception, then convert again",
            )
        root = call.settings.workflow_runs_folder
        pieces: list[Piece] = [quoted(root)] if helper.in_volume else []
        pieces += [_named(known[str(keyword.arg)], keyword.value) for keyword in keywords]
        return Rewrite(
            code("[{name}({pieces})]" if paged else "{name}({pieces})", name=name, pieces=joined(", ", pieces)),
            certainty=Certainty.CONDITIONAL,
            condition=helper.condition.format(root=root),
            imports=(f"from glue_compat import {name}",),
            compat=(name,),
            findings=(_told(call, helper), *_sized(call, sizes)),
        )

    def refer(self, use: Use) -> Answer:
        """A method that is handed on stays one of the old Glue job."""
        if use.leaf == "paginate" or not views_of(use.place.world).uses_glue:
            return ()
        return use.blocker(f"`{use.leaf}` of the AWS service glue is handed on", "call it here, then convert again")


def _named(name: str, value: object) -> Code:
    return code("{name}={value}", name=name, value=value)  # type: ignore[arg-type]


def _does_nothing(value: ast.expr) -> bool:
    """Whether an expression may go with what it was given for: it calls nothing but plain conversions."""
    plain = {"int", "str", "float", "len", "min", "max"}
    calls = (node for node in ast.walk(value) if isinstance(node, ast.Call | ast.Await | ast.NamedExpr))
    return all(
        isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in plain for each in calls
    )


def _sized(call: GlueCall, sizes: list[ast.keyword]) -> Iterator[Finding]:
    """Yield a warning for what a run was given and the job has now."""
    if sizes:
        given = ", ".join(f"{each.arg}={ast.unparse(each.value)}" for each in sizes)
        yield call.warning(
            f"the run was given {given}; a run of the Databricks job has what the job's definition says",
            "give the job in the bundle that compute and that timeout, or a second job where runs differ",
        )


def _says_nothing(call: GlueCall, helper: _Helper, keyword: ast.keyword) -> bool:
    """Whether a keyword asks for what a call without it gives: no graph, pages of some size."""
    if keyword.arg == "PaginationConfig":
        config = call.literal(keyword.value)
        return call.leaf == "paginate" and isinstance(config, dict) and config.keys() <= {"PageSize"}
    return keyword.arg is not None and keyword.arg == helper.left and call.literal(keyword.value) is False


def _told(call: GlueCall, helper: _Helper) -> Finding:
    if helper.condition == _LISTED:
        earlier = _EARLIER.format(root=call.settings.workflow_runs_folder)
        caught = may_be_caught(call.place.world, call.node, call.place.parents)
        hidden = (
            "; an error is caught: a job that is missing, or that it may not see, may pass for no runs"
            if caught
            else ""
        )
        return call.warning(
            f"`{shown(call)}` lists runs of Databricks: none from before the migration{hidden}", earlier
        )
    told = "is kept in a volume now" if helper.in_volume else "is about runs of Databricks jobs now"
    return call.info(f"`{shown(call)}` {told}", _to_do(call, helper))


def _to_do(call: GlueCall, helper: _Helper) -> str:
    if not helper.in_volume:
        return "let the identity of the job manage runs of that job"
    parts = call.settings.workflow_runs_folder.split("/")
    if parts[:2] != ["", "Volumes"] or len(parts) < 5:
        return ""
    return f"make the volume once: CREATE VOLUME IF NOT EXISTS {'.'.join(parts[2:5])}"
