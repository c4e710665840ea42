"""What a read or write of a catalog table is given besides its name, and what has to be said where it goes.

Glue: aws-glue-api-crawler-pyspark-extensions-dynamic-frame-reader and -writer (from_catalog), run-jdbc-parallel-read-job.
"""

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.options import Options
from glue2lakehouse.tools.rewrite.rule import GlueCall

TUNING = (
    "hashfield", "hashexpression", "hashpartitions", "groupFiles", "groupSize", "useS3ListImplementation",
    "useSparkDataSource", "useCatalogSchema", "boundedExecution", "aws_iam_role",
)  # fmt: skip
"""Options that say how a table is read and with whose rights, never which rows come out."""


def left_out(call: GlueCall, options: Options) -> tuple[Finding, ...]:
    """Name the tuning options that go."""
    known = {name.lower() for name in TUNING}
    names = [key for key in options.values if key.lower() in known]
    verb = "goes" if len(names) == 1 else "go"
    return (call.info(f"{', '.join(names)} {verb}: Unity Catalog knows how the table is read", ""),) if names else ()


def staged_in_redshift(call: GlueCall, what: str = "read from") -> tuple[Finding, ...]:
    """Say that a staging folder tells of a table in Redshift, whose rows are not in a table of Unity Catalog by themselves."""
    staged = call.argument("redshift_tmp_dir")
    if staged is None or call.literal(staged) in ("", None):
        return ()
    return (
        call.warning(
            f"redshift_tmp_dir={call.text(staged)} tells that the table may be one of Redshift; here it is {what} Unity Catalog",
            _ADVICE[what],
        ),
    )


_ADVICE = {
    "read from": "if it is, make it a foreign table (Lakehouse Federation) of this name, or load it first",
    "written to": 'if Redshift has to have the rows, write them there: df.write.format("redshift")',
}
