"""Drop the job's life cycle: `Job(glueContext)`, `job.init`, `job.commit`.

Glue: aws-glue-programming-python-glue-bookmarks. They load and save bookmarks; with bookmarks disabled, which is Glue's
default, they do nothing. Where the job's definition or the script says that bookmarks are on, the project's policy decides:
`full_read` drops them and warns, `review` and `autoloader` hand the job to a person, because the sources become streams.
"""

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, code

JOB = "awsglue.job.Job"


class JobLifecycle(Rule):
    """`init` and `commit` go where bookmarks are off; where they are on it is the policy's word."""

    name = "job-lifecycle"
    glue = tuple(
        f"{JOB}.{name}"
        for name in (
            "init commit isInitialized continuation_options job_bookmark_options job_bookmark_range_options id_params"
            " encryption_type_options data_lineage_options"
        ).split()
    )
    example = Example(
        before="from awsglue.context import GlueContext\nfrom awsglue.job import Job\n\n"
        "glueContext = GlueContext()\njob = Job(glueContext)\n"
        'job.init("daily")\nspark = glueContext.spark_session\nspark.sql("select 1").show()\njob.commit()\n',
        after="from pyspark.sql import SparkSession\n\n"
        'spark = SparkSession.builder.getOrCreate()\nspark.sql("select 1").show()\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """See the module's page."""
        call.drop_everything()
        if call.leaf == "isInitialized":
            return Rewrite(code("True"))
        if call.leaf not in ("init", "commit"):
            return call.blocker(
                f"`Job.{call.leaf}` lists Glue's own arguments", "drop this line; Databricks has no such arguments"
            )
        enabled = call.place.facts.bookmarks_enabled
        if enabled is None:
            enabled = call.settings.bookmarks_enabled
        removed = Rewrite(remove=True) if call.stands_alone else Rewrite(code("None"))
        if enabled is False:
            return removed
        if enabled is None:
            return Rewrite(
                code=removed.code,
                remove=removed.remove,
                certainty=Certainty.CONDITIONAL,
                condition="job bookmarks are disabled (Glue's default); no job definition says otherwise",
                findings=(_ask(call),) if call.leaf == "commit" else (),
            )
        if call.leaf == "init":
            return removed
        if call.settings.bookmarks == "full_read":
            return Rewrite(
                code=removed.code,
                remove=removed.remove,
                certainty=Certainty.JUDGEMENT,
                condition="the policy `bookmarks: full_read` was chosen: each run reads everything again",
                findings=(
                    call.warning(
                        "the job runs with bookmarks, and the policy `full_read` makes each run read everything",
                        "make the writes overwrite or merge, or rows come in twice",
                    ),
                ),
            )
        return call.blocker(
            "the job runs with bookmarks: each run reads only what came since the last commit",
            "read the sources with Auto Loader (trigger availableNow) or a watermark table, or set `bookmarks: full_read`",
        )


def _ask(call: GlueCall) -> Finding:
    return call.info(
        "nothing says whether this job runs with bookmarks; taken as disabled, which is Glue's default",
        "if it does, add its definition to the source or set `bookmarks_enabled: true` in glue2lakehouse.yaml",
    )
