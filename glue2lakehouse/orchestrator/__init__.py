"""The phases over one or many projects, for the command line, the SDK and the dashboard alike."""

from glue2lakehouse.orchestrator.reading import Progress
from glue2lakehouse.orchestrator.run import Run, assess, migrate, settings_beside

__all__ = ["Progress", "Run", "assess", "migrate", "settings_beside"]
