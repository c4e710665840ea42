"""Leave out Lake Formation transactions around one write of a table, which Delta makes atomic by itself.

Glue: aws-glue-api-crawler-pyspark-extensions-glue-context (start_transaction, commit_transaction, cancel_transaction; older
versions: begin_transaction, abort_transaction).
"""

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.compute import shown
from glue2lakehouse.tools.rewrite.io.transactions import CANCELS, COMMITS, STARTS, transaction_at
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use

_WHY = "Lake Formation transactions do not exist on Databricks"
_ACTION = "drop it: each Delta write is atomic by itself; several tables are not written as one"


class Transactions(Rule):
    """Start, commit and cancel go where one write stands right before the commit; others are handed off."""

    name = "transactions"
    glue = (*STARTS, *COMMITS, *CANCELS)
    example = Example(
        before="from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
        "tx = glueContext.start_transaction(read_only=False)\n"
        'frame = glueContext.create_dynamic_frame.from_catalog("sales", "orders", additional_options={"transactionId": tx})\n'
        'glueContext.write_dynamic_frame.from_catalog(frame, "sales", "copy", additional_options={"transactionId": tx})\n'
        "glueContext.commit_transaction(tx)\n",
        after="from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        'frame = spark.read.table("main.sales.orders")\n'
        'frame.write.mode("append").saveAsTable("main.sales.copy")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """A cancel may stand in a handler of the `try` that writes: what failed has written nothing."""
        call.drop_everything()
        transaction = transaction_at(call)
        if transaction is None or transaction.problem:
            why = transaction.problem if transaction is not None else "its start is not seen here"
            return call.blocker(f"`{call.leaf}`: {_WHY}: {why}", _ACTION)
        note = call.info(f"`{shown(call)}` goes: the one write of its transaction is atomic by itself", "")
        return Rewrite(
            remove=True,
            certainty=Certainty.CONDITIONAL,
            condition="the table that is written is a Delta table, and no other job changes what is read meanwhile",
            findings=(note,),
        )

    def refer(self, use: Use) -> Answer:
        """A method that is handed on."""
        return use.blocker(f"`{use.leaf}`: {_WHY}", _ACTION)
