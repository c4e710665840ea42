"""Drop the job's life cycle: `Job(glueContext)`, `job.init`, `job.commit`.

Glue: aws-glue-programming-python-glue-bookmarks. They load and save bookmarks; with bookmarks disabled, which is Glue's
default, they do nothing. Where the job's definition or the script says that bookmarks are on, the project's policy decides:
`incremental` keeps them in a Delta table, `full_read` drops them and warns, `review` and `autoloader` hand the job to a person.
"""

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.io import bookmarks
from glue2lakehouse.tools.rewrite.options import quoted
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
        enabled = bookmarks.enabled(call)
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
        if call.settings.bookmarks == "incremental":
            return _kept(call)
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
            "set `bookmarks: incremental` to keep them in a Delta table, or `full_read`; or read the sources with Auto Loader",
        )


def _kept(call: GlueCall) -> Answer:
    """Load and save the bookmarks with helpers that keep them in a Delta table."""
    if bookmarks.serves_both(call):
        return call.blocker(
            f"`Job.{call.leaf}` of this module serves jobs with bookmarks and jobs without",
            "start the bookmarks in the scripts of the jobs that have them, or set `bookmarks_enabled`",
        )
    if call.place.facts.bookmarks_paused:
        return call.blocker(
            "the job runs with a paused bookmark: it reads what came since the last run, or between two runs, and remembers nothing",
            "name the files to read, or enable bookmarks in its definition",
        )
    if call.leaf == "commit":
        return Rewrite(
            code("commit_bookmarks()"),
            certainty=Certainty.CONDITIONAL,
            condition=bookmarks.CONDITION,
            imports=("from glue_compat import commit_bookmarks",),
            compat=("commit_bookmarks",),
        )
    name, arguments = call.argument("job_name"), call.argument("args")
    if name is None or arguments is None:
        return call.blocker(
            "the job starts its bookmarks without its arguments, and Glue does not document whether they are on then",
            "pass the job's name and arguments: job.init(args['JOB_NAME'], args)",
        )
    since = call.settings.bookmarks_since
    table = call.settings.bookmarks_kept_in
    told = call.warning(
        f"the job runs with bookmarks; the table {table} keeps them, and the first run reads everything",
        "set `bookmarks_since` to the start of Glue's last run, if the target has its rows",
    )
    start = code(", since={since}", since=quoted(since.isoformat())) if since else code("")
    return Rewrite(
        code("start_bookmarks({table}, {name}{start})", table=quoted(table), name=name, start=start),
        certainty=Certainty.CONDITIONAL,
        condition=bookmarks.CONDITION,
        imports=("from glue_compat import start_bookmarks",),
        compat=("start_bookmarks",),
        findings=() if since else (told,),
    )


def _ask(call: GlueCall) -> Finding:
    return call.info(
        "nothing says whether this job runs with bookmarks; taken as disabled, which is Glue's default",
        "if it does, add its definition to the source or set `bookmarks_enabled: true` in glue2lakehouse.yaml",
    )
