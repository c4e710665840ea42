"""Put `awsglue`, `awsgluedq`, `awsglueml` and the `gs_*` modules into `sys.modules`, and take them out again."""

import json
import sys
from types import ModuleType
from typing import Any

from glue2lakehouse.tools.glue_runtime import arguments, gluetypes, transforms
from glue2lakehouse.tools.glue_runtime import collection as collections
from glue2lakehouse.tools.glue_runtime import control_plane as control
from glue2lakehouse.tools.glue_runtime import machine_learning as learning
from glue2lakehouse.tools.glue_runtime.columns import ApplyMapping, explodeWithIndex, namedStruct, replaceArrayElement
from glue2lakehouse.tools.glue_runtime.frame import STREAM_COLUMNS, DynamicFrame, ResolveOption
from glue2lakehouse.tools.glue_runtime.job import Job
from glue2lakehouse.tools.glue_runtime.quality import evaluation
from glue2lakehouse.tools.glue_runtime.readers import (
    DataFrameReader,
    DataFrameWriter,
    DataSink,
    DataSource,
    DynamicFrameReader,
    DynamicFrameWriter,
    StreamingDataSource,
)
from glue2lakehouse.tools.glue_runtime.studio import HELPERS, attach

_PREFIXES = ("awsglue", "awsgluedq", "awsglueml")
_SCRIPTS = ("crawler_undo", "crawler_redo_from_backup", "scripts_utils", "activate_etl_connector",
            "connector_activation_util")  # fmt: skip
_TRANSFORM_MODULES = {
    "transform": ("GlueTransform",), "apply_mapping": ("ApplyMapping",), "coalesce": ("Coalesce",),
    "collection_transforms": ("FlatMap", "MapToCollection", "SelectFromCollection"),
    "drop_nulls": ("DropNullFields",), "dynamicframe_filter": ("Filter",), "dynamicframe_map": ("Map",),
    "errors_as_dynamicframe": ("ErrorsAsDynamicFrame",), "field_transforms": ("DropFields", "RenameField", "SelectFields", "SplitFields", "SplitRows", "Join", "Spigot"),
    "relationalize": ("Relationalize",), "repartition": ("Repartition",), "resolve_choice": ("ResolveChoice",),
    "unbox": ("Unbox",), "union": ("Union",), "unnest_frame": ("UnnestFrame",),
}  # fmt: skip


def _names(module: Any) -> dict[str, Any]:
    own = module.__name__
    return {
        name: thing
        for name, thing in vars(module).items()
        if not name.startswith("_") and getattr(thing, "__module__", own) == own
    }


def _contents() -> dict[str, dict[str, Any]]:
    """Return what each fake module holds."""
    from glue2lakehouse.tools.glue_runtime import context

    frames = {"DynamicFrame": DynamicFrame, "ResolveOption": ResolveOption, "DynamicFrameReader": DynamicFrameReader,
              "DynamicFrameWriter": DynamicFrameWriter, "DynamicFrameCollection": collections.DynamicFrameCollection,
              "STREAM_COLUMNS": STREAM_COLUMNS}  # fmt: skip
    star = {**_names(transforms), "json": json}
    blueprint = {"workflow": control.Workflow, "job": control.Job, "crawler": control.Crawler}
    found: dict[str, dict[str, Any]] = {
        "awsglue": {"DynamicFrame": DynamicFrame, "DynamicFrameCollection": collections.DynamicFrameCollection},
        "awsglue.context": {"GlueContext": context.GlueContext, "register": context.register,
                            "DynamicFrame": DynamicFrame, "DataSource": DataSource, "DataSink": DataSink},
        "awsglue.dynamicframe": frames,
        "awsglue.dataframereader": {"DataFrameReader": DataFrameReader},
        "awsglue.dataframewriter": {"DataFrameWriter": DataFrameWriter},
        "awsglue.data_source": {"DataSource": DataSource},
        "awsglue.streaming_data_source": {"StreamingDataSource": StreamingDataSource},
        "awsglue.data_sink": {"DataSink": DataSink},
        "awsglue.job": {"Job": Job},
        "awsglue.utils": _names(arguments),
        "awsglue.gluetypes": _names(gluetypes),
        "awsglue.functions": {"replaceArrayElement": replaceArrayElement, "namedStruct": namedStruct,
                              "explodeWithIndex": explodeWithIndex},
        "awsglue.dataframe_transforms": {},
        "awsglue.dataframe_transforms.apply_mapping": {"ApplyMapping": ApplyMapping},
        "awsglue.transforms": star,
        "awsglue.devutils": {name: getattr(control, name) for name in
                             ("GlueJobUtils", "Job", "Command", "Connections", "ExecutionProperty")},
        "awsglue.scripts": {},
        "awsglue.blueprint": {},
        "awsgluedq": {},
        "awsgluedq.transforms": {"EvaluateDataQuality": evaluation.EvaluateDataQuality},
        "awsglueml": {},
        "awsglueml.transforms": {name: getattr(learning, name) for name in
                                 ("EntityDetector", "FindMatches", "FindIncrementalMatches", "FillMissingValues")},
    }  # fmt: skip
    found |= {f"awsglue.transforms.{module}": {name: star[name] for name in names} for module, names in _TRANSFORM_MODULES.items()}  # fmt: skip
    found |= {f"awsglue.blueprint.{name}": {kind.__name__: kind} for name, kind in blueprint.items()}
    found["awsglue.blueprint.workflow"]["Entities"] = control.Entities
    found |= {f"awsglue.scripts.{name}": {} for name in _SCRIPTS}
    return found | {name: {name: helper} for name, helper in HELPERS.items()}


def install() -> None:
    """Make the fake packages importable in this process; a real `awsglue` that was imported before is replaced."""
    made: dict[str, ModuleType] = {}
    for name, contents in _contents().items():
        module = ModuleType(name, f"Local stand-in for `{name}` by glue2lakehouse.")
        module.__dict__.update(contents)
        module.__path__ = []
        if name == "awsglue.transforms":
            module.__dict__["__all__"] = [key for key in contents if not key.startswith("_")]
        made[name] = module
    for name, module in made.items():
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(made[parent], child, module)
    uninstall()
    sys.modules.update(made)
    attach()


def uninstall() -> None:
    """Take the fake packages out of `sys.modules`."""
    for name in list(sys.modules):
        if name.split(".")[0] in _PREFIXES or name in HELPERS:
            del sys.modules[name]
