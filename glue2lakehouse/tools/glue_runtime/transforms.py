"""`awsglue.transforms`: the class forms, `X.apply(frame=...)` and `X()(...)`, of the frames' methods."""

# ruff: noqa: D102 - the class says what a call does
from typing import Any

from glue2lakehouse.tools.glue_runtime import field_operations as operations
from glue2lakehouse.tools.glue_runtime.run import present


class GlueTransform:
    """Root of the transform classes."""

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Make the transform and call it."""
        return cls()(*args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no __call__")

    @classmethod
    def name(cls) -> str:
        """Return the class's name."""
        return cls.__name__

    @classmethod
    def describeArgs(cls) -> list[dict[str, Any]]:
        """Describe the arguments."""
        names = cls.__call__.__code__.co_varnames[1 : cls.__call__.__code__.co_argcount]
        return [
            {"name": name, "type": "", "description": "", "optional": False, "defaultValue": None} for name in names
        ]

    @classmethod
    def describeReturn(cls) -> dict[str, str]:
        """Describe the result."""
        return {"type": "DynamicFrame", "description": cls.__doc__ or ""}

    @classmethod
    def describeTransform(cls) -> str:
        """Describe the transform."""
        return cls.__doc__ or ""

    @classmethod
    def describeErrors(cls) -> list[dict[str, str]]:
        """Describe the errors."""
        return []

    @classmethod
    def describe(cls) -> dict[str, Any]:
        """Return all descriptions."""
        transform = {"name": cls.name(), "args": cls.describeArgs(), "returns": cls.describeReturn()}
        return {"transform": {**transform, "description": cls.describeTransform(), "raises": cls.describeErrors()}}


class ApplyMapping(GlueTransform):
    """Keep, rename, cast and nest the mapped fields."""

    def __call__(self, frame: Any, mappings: Any, case_sensitive: bool = False, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> Any:  # fmt: skip
        return frame.apply_mapping(mappings, case_sensitive, transformation_ctx, info, stageThreshold, totalThreshold)


class Coalesce(GlueTransform):
    """Make fewer partitions."""

    def __call__(self, frame: Any, num_partitions: int, shuffle: bool = False, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> Any:  # fmt: skip
        return frame.coalesce(num_partitions, shuffle, transformation_ctx, info, stageThreshold, totalThreshold)


class DropFields(GlueTransform):
    """Remove fields."""

    def __call__(self, frame: Any, paths: Any, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> Any:  # fmt: skip
        return frame.drop_fields(paths, transformation_ctx, info, stageThreshold, totalThreshold)


class DropNullFields(GlueTransform):
    """Remove the fields whose type is null."""

    def __call__(self, frame: Any, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> Any:  # fmt: skip
        paths = [operations.path_text(path) for path in operations.null_paths(frame.schema())]
        print(f"null_fields {paths}")
        return frame.drop_fields(paths, transformation_ctx, info, stageThreshold, totalThreshold) if paths else frame


class ErrorsAsDynamicFrame(GlueTransform):
    """Return the error records."""

    def __call__(self, frame: Any) -> Any:
        return frame.errorsAsDynamicFrame()


class Filter(GlueTransform):
    """Keep the records for which f is true."""

    def __call__(self, frame: Any, f: Any, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> Any:  # fmt: skip
        return frame.filter(f, transformation_ctx, info, stageThreshold, totalThreshold)


class FlatMap(GlueTransform):
    """Apply a transform to every frame of a collection."""

    def __call__(self, dfc: Any, BaseTransform: Any, frame_name: str, transformation_ctx: str = "", **base_kwargs: Any) -> Any:  # fmt: skip
        def on_frame(frame: Any, context: str) -> Any:
            return BaseTransform.apply(**{**base_kwargs, frame_name: frame, "transformation_ctx": context})

        return dfc.flatmap(on_frame, transformation_ctx)


class Join(GlueTransform):
    """Join two frames where the keys are equal."""

    def __call__(self, frame1: Any, frame2: Any, keys1: Any, keys2: Any, transformation_ctx: str = "") -> Any:
        return frame1.join(keys1, keys2, frame2)

    @classmethod
    def describeArgs(cls) -> list[dict[str, Any]]:
        """Raise NameError: the defect of the published library."""
        raise NameError("name 'arg1' is not defined")


class Map(GlueTransform):
    """Replace each record by f(record)."""

    def __call__(self, frame: Any, f: Any, preservesPartitioning: bool = False, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> Any:  # fmt: skip
        return frame.map(f, preservesPartitioning, transformation_ctx, info, stageThreshold, totalThreshold)


class MapToCollection(GlueTransform):
    """Call a function on every frame of a collection."""

    def __call__(self, dfc: Any, callable: Any, transformation_ctx: str = "") -> Any:
        return dfc.map(callable, transformation_ctx)


class Relationalize(GlueTransform):
    """Flatten structs and make a table of every array."""

    def __call__(self, frame: Any, staging_path: Any = None, name: str = "roottable", options: Any = None, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> Any:  # fmt: skip
        if staging_path is None:
            run = present()
            if not run.arguments_parsed:
                raise RuntimeError("No staging_path and no resolved options: pass staging_path or call getResolvedOptions")  # fmt: skip
            if run.temp_dir is None:
                raise KeyError("TempDir")
            staging_path = run.temp_dir
        return frame.relationalize(name, staging_path, options or {}, transformation_ctx, info, stageThreshold, totalThreshold)  # fmt: skip


class RenameField(GlueTransform):
    """Rename a field."""

    def __call__(self, frame: Any, old_name: str, new_name: str, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> Any:  # fmt: skip
        return frame.rename_field(old_name, new_name, transformation_ctx, info, stageThreshold, totalThreshold)


class Repartition(GlueTransform):
    """Change the number of partitions."""

    def __call__(self, frame: Any, num_partitions: int, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> Any:  # fmt: skip
        return frame.repartition(num_partitions, transformation_ctx, info, stageThreshold, totalThreshold)


class ResolveChoice(GlueTransform):
    """Resolve choices."""

    def __call__(self, frame: Any, specs: Any = None, choice: str = "", database: Any = None, table_name: Any = None, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0, catalog_id: Any = None) -> Any:  # fmt: skip
        return frame.resolveChoice(specs, choice, database, table_name, transformation_ctx, info, stageThreshold, totalThreshold, catalog_id)  # fmt: skip


class SelectFields(GlueTransform):
    """Keep the listed fields."""

    def __call__(self, frame: Any, paths: Any, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> Any:  # fmt: skip
        return frame.select_fields(paths, transformation_ctx, info, stageThreshold, totalThreshold)


class SelectFromCollection(GlueTransform):
    """Take one frame out of a collection."""

    def __call__(self, dfc: Any, key: str, transformation_ctx: str = "") -> Any:
        return dfc.select(key, transformation_ctx)


class Spigot(GlueTransform):
    """Write a sample on the way."""

    def __call__(self, frame: Any, path: str, options: Any, transformation_ctx: str = "") -> Any:
        return frame.spigot(path, options, transformation_ctx)


class SplitFields(GlueTransform):
    """Split the fields into two frames."""

    def __call__(self, frame: Any, paths: Any, name1: Any = None, name2: Any = None, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> Any:  # fmt: skip
        base = frame.name or "frame"
        return frame.split_fields(paths, name1 or base + "1", name2 or base + "2", transformation_ctx, info, stageThreshold, totalThreshold)  # fmt: skip


class SplitRows(GlueTransform):
    """Split the rows into two frames."""

    def __call__(self, frame: Any, comparison_dict: Any, name1: str = "frame1", name2: str = "frame2", transformation_ctx: str = "", info: Any = None, stageThreshold: int = 0, totalThreshold: int = 0) -> Any:  # fmt: skip
        return frame.split_rows(comparison_dict, name1, name2, transformation_ctx, info or "", stageThreshold, totalThreshold)  # fmt: skip


class Unbox(GlueTransform):
    """Parse a text field in place."""

    def __call__(self, frame: Any, path: str, format: str, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0, **options: Any) -> Any:  # fmt: skip
        return frame.unbox(path, format, transformation_ctx, info, stageThreshold, totalThreshold, **options)


class Union(GlueTransform):
    """Raise NameError: the class is broken in every published version; the method works."""

    def __call__(self, frame1: Any, frame2: Any, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> Any:  # fmt: skip
        raise NameError("name 'mappings' is not defined")


class UnnestFrame(GlueTransform):
    """Flatten structs to dotted names."""

    def __call__(self, frame: Any, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> Any:  # fmt: skip
        return frame.unnest(transformation_ctx, info, stageThreshold, totalThreshold)


def get_transforms() -> set[type[GlueTransform]]:
    """Return all transform classes."""
    return set(GlueTransform.__subclasses__())


def get_transform(name: str) -> type[GlueTransform]:
    """Return the transform of a name, whatever its case; KeyError for an unknown one."""
    return {transform.name().lower(): transform for transform in get_transforms()}[name.lower()]


def describe_transform(name: str) -> dict[str, Any]:
    """Describe the transform of a name."""
    return get_transform(name).describe()
