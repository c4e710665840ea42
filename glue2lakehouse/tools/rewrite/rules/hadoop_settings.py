"""Do without Hadoop settings that a job makes through the JVM: `sc._jsc.hadoopConfiguration().set(key, value)`.

Databricks: limitations of standard access mode. Unity Catalog reaches files through external locations and their storage
credentials, so keys and file system classes set by the job have no effect; how files are committed is Databricks' own.
"""

import re

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.compute import shown, without_context
from glue2lakehouse.tools.rewrite.kinds.stubs import HADOOP
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use

_OWN_WAY = re.compile(
    r"mapreduce\.fileoutputcommitter\.|mapred\.output\.committer|mapreduce\.outputcommitter|parquet\.enable\.summary"
    r"|parquet\.summary\.metadata|fs\.s3[an]?\.(impl$|committer\.|consistent|multipart|fast\.upload|connection\."
    r"|maxConnections|buffer\.dir|threads\.|block\.size|path\.style\.access|experimental\.|maxRetries|retry|attempts\."
    r"|max\.total\.tasks|socket\.)|fs\.AbstractFileSystem\.s3|parquet\.(block|page|dictionary\.page)\.size|dfs\.block",
    re.IGNORECASE,
)
"""How files are found, fetched and committed, which Databricks has its own way for; no row depends on it."""
_REACH = re.compile(
    r"fs\.s3[an]?\.(?:bucket\.[^.]+\.)?(access\.?key|secret\.?key|session\.token|awsAccessKeyId|awsSecretAccessKey"
    r"|aws\.credentials\.provider|assumed\.role\.|stsAssumeRole\.|credentialsType|customAWSCredentialsProvider"
    r"|endpoint|canned\.acl|acl\.default|server-side-encryption|enableServerSideEncryption|serverSideEncryption|encryption"
    r"|requester)",
    re.IGNORECASE,
)
"""With whose rights, and with which encryption and ownership, objects are read and written."""


class HadoopSettings(Rule):
    """Settings of the committer and of the file system go with a word; what rows may depend on is handed off."""

    name = "hadoop-settings"
    glue = (f"{HADOOP}.set",)
    example = Example(
        before="from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n"
        "sc = SparkContext.getOrCreate()\nspark = GlueContext(sc).spark_session\n"
        "hadoop = sc._jsc.hadoopConfiguration()\n"
        'hadoop.set("fs.s3.impl", "org.apache.hadoop.fs.s3a.S3AFileSystem")\nspark.sql("select 1").show()\n',
        after="from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        'spark.sql("select 1").show()\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """On classic compute the JVM can be reached, so that nothing changes."""
        call.drop_everything()
        if not without_context(call):
            return ()
        key = call.literal(call.node.args[0]) if len(call.node.args) == 2 else None
        if not call.stands_alone or not isinstance(key, str):
            return self._stays(call, "a Hadoop setting")
        line = shown(call)
        if _OWN_WAY.match(key):
            note = call.info(f"`{line}` goes", "Databricks finds, fetches and commits files its own way")
            return Rewrite(remove=True, findings=(note,))
        if _REACH.match(key):
            return Rewrite(
                remove=True,
                certainty=Certainty.JUDGEMENT,
                findings=(
                    call.warning(
                        f"`{line}` goes: Unity Catalog decides how objects are reached and owned",
                        "give the bucket an external location whose storage credential may read and write it",
                    ),
                ),
            )
        return self._stays(call, key)

    def _stays(self, call: GlueCall, what: str) -> Answer:
        call.place.memory["context needed"] = True
        return call.blocker(
            f"{what} is set through the JVM, which {call.settings.compute} compute does not let Python reach",
            "set it in the compute's Spark config as spark.hadoop.<key>, or as an option of the reader or writer",
        )

    def refer(self, use: Use) -> Answer:
        """A method that is handed on stays; the check on compute reports it."""
        return ()
