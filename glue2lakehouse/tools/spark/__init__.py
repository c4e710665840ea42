"""Local Spark with Delta: the one place that finds Java, fetches Delta's jars and makes a session."""

from glue2lakehouse.tools.spark.jars import delta_jars
from glue2lakehouse.tools.spark.java import java_home
from glue2lakehouse.tools.spark.session import local_session

__all__ = ["delta_jars", "java_home", "local_session"]
