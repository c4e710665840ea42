"""Shorter ways to read, change and write frames."""

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import RenameField


class Reader:
    def __init__(self, glue_context):
        self.glue_context = glue_context

    def table(self, name):
        database, table = name.split(".")
        return self.glue_context.create_dynamic_frame.from_catalog(database=database, table_name=table)


class Writer:
    def __init__(self, frame):
        self.frame = frame
        self.keys = []

    def partitions(self, *keys):
        self.keys = list(keys)
        return self

    def parquet(self, path):
        self.frame.toDF().write.mode("append").partitionBy(*self.keys).parquet(path)


def extend(cls):
    def add(function):
        setattr(cls, function.__name__, function)
        return function

    return add


@extend(DynamicFrame)
def only(self, status):
    return self.filter(lambda row: row["status"] == status)


@extend(DynamicFrame)
def renamed(self, **names):
    for old, new in names.items():
        self = RenameField.apply(self, old, new)
    return self


@property
def write(self):
    return Writer(self)


DynamicFrame.without = lambda self, name: self.drop_fields([name])
setattr(DynamicFrame, "write", write)
setattr(GlueContext, "read", property(lambda self: Reader(self)))
