"""Streams in plain Spark code whose connector is another one on Databricks: Kinesis, and Kafka with classes for logging in.

Source: aws-glue-programming-etl-connect-kinesis-home; docs.databricks.com (connect/streaming/kinesis, connect/streaming/kafka/authentication).
"""

import re

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.rule import GlueCall

_CLASSES = re.compile(r"(?<![\w.])(?:software\.amazon\.msk\.auth|org\.apache\.kafka\.common\.security)\.[\w.]+")


def raw_stream(call: GlueCall, form: str) -> tuple[Finding, ...]:
    """Return what is to be said of `format("kinesis")` and `format("kafka")`; nothing of other formats."""
    if form in ("kinesis", "aws-kinesis"):
        return (
            call.blocker(
                "Databricks' Kinesis reader has other options and columns than Glue's, and passes over those that it does not know",
                "name streamName, region and initialPosition (startingPosition in Glue); the column streamName is called stream",
            ),
        )
    named = _CLASSES.search(call.place.module.source) if form == "kafka" else None
    if named is None:
        return ()
    shaded = "shadedmskiam." if named[0].startswith("software") else "kafkashaded."
    return (
        call.warning(
            f"the class {named[0]} has another name on Databricks, and the stream stops without it",
            f"write {shaded}{named[0]}, or log in by a service credential (databricks.serviceCredential)",
        ),
    )
