"""Spark's own readers and writers during a run: JDBC goes to the local databases, writes are noted in the manifest."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from glue2lakehouse.tools.glue_runtime.environment import Manifest, RuntimeEnvironment, Written
from glue2lakehouse.tools.glue_runtime.local_databases import JDBC_TYPES, LocalDatabase

_PATH_FORMATS = ("parquet", "json", "csv", "orc", "text", "xml")


def _remember(kind: type, name: str, note: Callable[[dict[str, Any], tuple[Any, ...], dict[str, Any]], None]) -> Any:
    original = getattr(kind, name)

    @functools.wraps(original)
    def remembered(self: Any, *args: Any, **kwargs: Any) -> Any:
        note(self.__dict__.setdefault("_g2l", {}), args, kwargs)
        return original(self, *args, **kwargs)

    return remembered


def _note_option(state: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    key = str(args[0] if args else kwargs["key"]).lower()
    state[key] = args[1] if len(args) > 1 else kwargs["value"]


def _note_options(state: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    state.update({key.lower(): value for key, value in kwargs.items()})


def _note_as(key: str) -> Callable[[dict[str, Any], tuple[Any, ...], dict[str, Any]], None]:
    def note(state: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        first = args[0] if args else next(iter(kwargs.values()), None)
        if first is None:
            return
        state[key] = list(args) if key == "#partitions" and not isinstance(first, list) else first

    return note


@contextmanager
def spark_io(environment: RuntimeEnvironment, manifest: Manifest) -> Iterator[None]:
    """Redirect and record the session's DataFrameReader and DataFrameWriter until the block ends."""
    from pyspark.sql.readwriter import DataFrameReader, DataFrameWriter

    saved: list[tuple[type, str, Any]] = []

    def patch(kind: type, name: str, replacement: Any) -> None:
        saved.append((kind, name, kind.__dict__[name]))
        setattr(kind, name, replacement)

    for kind in (DataFrameReader, DataFrameWriter):
        patch(kind, "format", _remember(kind, "format", _note_as("#format")))
        patch(kind, "option", _remember(kind, "option", _note_option))
        patch(kind, "options", _remember(kind, "options", _note_options))
    patch(DataFrameWriter, "mode", _remember(DataFrameWriter, "mode", _note_as("#mode")))
    patch(DataFrameWriter, "partitionBy", _remember(DataFrameWriter, "partitionBy", _note_as("#partitions")))
    patch(DataFrameReader, "load", _load(DataFrameReader.load, environment))
    patch(DataFrameReader, "jdbc", _read_jdbc(environment))
    patch(DataFrameWriter, "save", _save(DataFrameWriter.save, environment, manifest))
    patch(DataFrameWriter, "jdbc", _write_jdbc(environment, manifest))
    for name in ("saveAsTable", "insertInto"):
        patch(DataFrameWriter, name, _to_table(getattr(DataFrameWriter, name), manifest))
    for name in _PATH_FORMATS:
        if hasattr(DataFrameWriter, name):
            patch(DataFrameWriter, name, _to_path(getattr(DataFrameWriter, name), name, manifest))
    try:
        yield
    finally:
        for kind, name, original in reversed(saved):
            setattr(kind, name, original)


def _state(thing: Any) -> dict[str, Any]:
    return dict(thing.__dict__.get("_g2l", {}))


def _is_jdbc(state: dict[str, Any]) -> bool:
    return str(state.get("#format", "")).lower() in JDBC_TYPES


def _load(original: Callable[..., Any], environment: RuntimeEnvironment) -> Callable[..., Any]:
    @functools.wraps(original)
    def load(self: Any, path: Any = None, format: Any = None, schema: Any = None, **options: Any) -> Any:
        state = {**_state(self), **{key.lower(): value for key, value in options.items()}}
        if format:
            state["#format"] = format
        if _is_jdbc(state):
            return LocalDatabase(self._spark, environment, state).read()
        return original(self, path, format, schema, **options)

    return load


def _read_jdbc(environment: RuntimeEnvironment) -> Callable[..., Any]:
    def jdbc(self: Any, url: str, table: str, *args: Any, **kwargs: Any) -> Any:
        return LocalDatabase(self._spark, environment, {"url": url, "dbtable": table}).read()

    return jdbc


def _noted(self: Any, kind: Any, target: str, **more: Any) -> Written:
    state = _state(self)
    values = {"format": str(state.get("#format", "")), "mode": str(state.get("#mode") or "error"), **more}
    partitions = more.get("partition_keys") or state.get("#partitions") or []
    values["partition_keys"] = [partitions] if isinstance(partitions, str) else list(partitions)
    options = {key: value for key, value in state.items() if not key.startswith("#") and "password" not in key}
    return Written(kind=kind, target=target, columns=self._df.columns, options=options, via="spark", **values)


def _save(original: Callable[..., Any], environment: RuntimeEnvironment, manifest: Manifest) -> Callable[..., Any]:
    @functools.wraps(original)
    def save(self: Any, path: Any = None, format: Any = None, mode: Any = None, partitionBy: Any = None, **options: Any) -> Any:  # fmt: skip
        state = {**_state(self), **{key.lower(): value for key, value in options.items()}}
        if format:
            state["#format"] = format
        if mode:
            state["#mode"] = mode
        self.__dict__["_g2l"] = state
        if _is_jdbc(state):
            with manifest.glue_sink():
                target = LocalDatabase(self._spark, environment, state).write(
                    self._df, str(state.get("#mode") or "error")
                )
            manifest.add(_noted(self, "jdbc", target))
            return
        original(self, path, format, mode, partitionBy, **options)
        manifest.add(_noted(self, "path", str(path or state.get("path", "")), partition_keys=partitionBy))

    return save


def _write_jdbc(environment: RuntimeEnvironment, manifest: Manifest) -> Callable[..., Any]:
    def jdbc(self: Any, url: str, table: str, mode: Any = None, properties: Any = None) -> None:
        state = {**_state(self), "url": url, "dbtable": table}
        chosen = str(mode or state.get("#mode") or "error")
        with manifest.glue_sink():
            target = LocalDatabase(self._spark, environment, state).write(self._df, chosen)
        manifest.add(_noted(self, "jdbc", target, mode=chosen, format="jdbc"))

    return jdbc


def _to_table(original: Callable[..., Any], manifest: Manifest) -> Callable[..., Any]:
    @functools.wraps(original)
    def write(self: Any, name: str, *args: Any, **kwargs: Any) -> None:
        original(self, name, *args, **kwargs)
        more = {key: kwargs[key] for key in ("mode", "format") if kwargs.get(key)}
        if original.__name__ == "insertInto":
            overwrite = kwargs.get("overwrite", args[0] if args else None)
            more["mode"] = "overwrite" if overwrite else str(_state(self).get("#mode") or "append")
        manifest.add(_noted(self, "table", name, **more))

    return write


def _to_path(original: Callable[..., Any], format: str, manifest: Manifest) -> Callable[..., Any]:
    @functools.wraps(original)
    def write(self: Any, path: str, *args: Any, **kwargs: Any) -> None:
        original(self, path, *args, **kwargs)
        chosen = kwargs.get("mode") or (args[0] if args and format != "text" else None)
        more = {"mode": chosen} if chosen else {}
        manifest.add(_noted(self, "path", path, format=format, **more))

    return write
