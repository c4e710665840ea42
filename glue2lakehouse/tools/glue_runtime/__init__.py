"""A clean-room local `awsglue` on plain PySpark: the oracle that unmodified Glue scripts run on.

Written from documented facts (`glue/semantics.md`, `surface.csv`); every undocumented point is a switch in `assumptions`.
Callers: `runner.run_script`, or `python -m glue2lakehouse.tools.glue_runtime REQUEST.json`. Plain Spark code gets the same
paths, tables and databases through `plain_spark` and `recording`.
"""
