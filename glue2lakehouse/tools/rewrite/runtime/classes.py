"""Spark's classes on compute that has Spark Connect."""

import importlib

_CONNECT = {"DataFrame": "dataframe", "Column": "column", "SparkSession": "session", "GroupedData": "group"}


def classes_of(*classes):
    """Return the classes, and those that Spark Connect has in their place: before Spark 4 they derive from none of them."""
    found = list(classes)
    for each in classes:
        if each.__module__.startswith("pyspark.sql") and each.__name__ in _CONNECT:
            try:
                module = importlib.import_module(f"pyspark.sql.connect.{_CONNECT[each.__name__]}")
            except ImportError:
                continue
            found.append(getattr(module, each.__name__))
    return tuple(found)
