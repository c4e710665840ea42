"""Move AWS Glue estates to Databricks; nothing changes its meaning silently."""

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glue2lakehouse.orchestrator.sdk import Glue2LakehouseOrchestrator

# A chain of five hundred calls nests a thousand levels, and analysis takes several frames for each; `tools/source` refuses deeper code.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 30_000))

__all__ = ["Glue2LakehouseOrchestrator"]


def __getattr__(name: str) -> Any:
    """Import the public face when it is asked for, so that `glue2lakehouse --help` stays quick."""
    if name == "Glue2LakehouseOrchestrator":
        from glue2lakehouse.orchestrator.sdk import Glue2LakehouseOrchestrator

        return Glue2LakehouseOrchestrator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
