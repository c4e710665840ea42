"""Differential trials: made-up chains of DynamicFrame code, run as they are on the Glue runtime and converted on Spark.

A case is known by a seed and a number. `tables` makes its frames, `functions` its record functions, `chains` its program,
`trial` runs and compares, `shrinking` makes a failing case small. The command is `benchmarks/differential.py`.
"""
