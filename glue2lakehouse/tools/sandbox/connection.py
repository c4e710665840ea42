"""Join a task's Python process to the JVM that its host already runs."""

import functools
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def join_spark(conf: dict[str, str] | None = None, python_path: tuple[str, ...] = ()) -> "SparkSession":
    """Return a new session (own settings, views and functions) on the host's Spark; it is the process's default.

    `python_path` holds the folders whose modules Spark's Python workers have to find. A script that makes a context, stops
    it or stops the session gets the shared one, as on Databricks.
    """
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    SparkContext._ensure_initialized()
    jvm: Any = SparkContext._jvm
    java_context = jvm.org.apache.spark.SparkContext.getOrCreate()
    context = SparkContext(
        gateway=SparkContext._gateway,
        jsc=jvm.JavaSparkContext.fromSparkContext(java_context),
        conf=_conf(jvm, java_context),
    )
    context.environment["PYTHONPATH"] = os.pathsep.join(python_path)
    # Spark keeps Python workers for each environment: a new one, lest they hold modules of the task before.
    context.environment["GLUE2LAKEHOUSE_TASK"] = uuid.uuid4().hex
    default = jvm.org.apache.spark.sql.classic.SparkSession.builder().getOrCreate()
    session = SparkSession(context, default.newSession())
    jvm.SparkSession.setActiveSession(session._jsparkSession)
    for name, value in (conf or {}).items():
        session.conf.set(name, value)
    _share(context, session)
    return session


def _conf(jvm: Any, java_context: Any) -> Any:
    from pyspark import SparkConf

    return SparkConf(_jvm=jvm, _jconf=java_context.conf())


def _share(context: Any, session: Any) -> None:
    """Hand the running context to whoever makes a new one, and let nobody stop it."""
    context_type: Any = type(context)
    session_type: Any = type(session)
    real_init = context_type.__init__

    def make(cls: type, *arguments: Any, **options: Any) -> Any:
        return context

    def begin(self: Any, *arguments: Any, **options: Any) -> None:
        if self is not context:
            real_init(self, *arguments, **options)

    context_type.__new__ = make
    context_type.__init__ = begin
    context_type.stop = lambda self: None
    session_type.stop = lambda self: None
    session_type._instantiatedSession = session


def alias_catalogs(session: "SparkSession", names: tuple[str, ...]) -> None:
    """Make three-level names work: each catalog name leads to the session's own catalog.

    Delta's catalog may carry any name; given the session catalog as its delegate it answers with that catalog's tables, so
    `main.db.t` and `db.t` are one table.
    """
    manager = session._jsparkSession.sessionState().catalogManager()
    jvm: Any = session._jvm
    for name in names:
        session.conf.set(f"spark.sql.catalog.{name}", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        jvm.SparkSession.setActiveSession(session._jsparkSession)
        manager.catalog(name).setDelegateCatalog(manager.v2SessionCatalog())


@contextmanager
def catalogs_in_batches(names: tuple[str, ...]) -> Iterator[None]:
    """Do the same for the session of each batch of a stream, a copy of the query's, which makes its catalogs anew."""
    from pyspark.sql.streaming.readwriter import DataStreamWriter

    original = DataStreamWriter.foreachBatch

    @functools.wraps(original)
    def for_each_batch(self: Any, func: Callable[[Any, int], None]) -> Any:
        def run(frame: Any, batch_id: int) -> None:
            alias_catalogs(frame.sparkSession, names)
            func(frame, batch_id)

        return original(self, run)

    DataStreamWriter.foreachBatch = for_each_batch  # type: ignore[method-assign]
    try:
        yield
    finally:
        DataStreamWriter.foreachBatch = original  # type: ignore[method-assign]
