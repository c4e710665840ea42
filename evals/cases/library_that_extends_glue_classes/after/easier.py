"""Shorter ways to read, change and write frames."""

from glue_compat import drop_fields, filter_records, rename_field


class Reader:
    def __init__(self, glue_context):
        self.glue_context = glue_context

    def table(self, name):
        database, table = name.split(".")
        return self.glue_context.read.table(f"main.{database}.{table}")


class Writer:
    def __init__(self, frame):
        self.frame = frame
        self.keys = []

    def partitions(self, *keys):
        self.keys = list(keys)
        return self

    def parquet(self, path):
        self.frame.write.mode("append").partitionBy(*self.keys).parquet(path)


def extend(cls):
    def add(function):
        return function

    return add


def only(self, status):
    return filter_records(self, lambda row: row["status"] == status)


def renamed(self, **names):
    for old, new in names.items():
        self = rename_field(self, old, new)
    return self


def write(self):
    return Writer(self)


without = lambda self, name: drop_fields(self, [name])
read = lambda self: Reader(self)
