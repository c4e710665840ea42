"""The helpers that converted code may import from `glue_compat`: plain PySpark, no Glue, no RDD, no JVM access."""
