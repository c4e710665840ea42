"""Local Spark with Delta: the one place that finds Java, fetches Delta's jars and makes a session."""

from glue2lakehouse.tools.spark.jars import avro_jars, delta_jars
from glue2lakehouse.tools.spark.java import java_home
from glue2lakehouse.tools.spark.session import check_pyspark, launch_variables, local_session, session_settings

__all__ = [
    "avro_jars",
    "check_pyspark",
    "delta_jars",
    "java_home",
    "launch_variables",
    "local_session",
    "session_settings",
]
