"""The output folder: written file by file, atomically, and never at the cost of what somebody else put there."""

from glue2lakehouse.tools.output.folder import MANIFEST, OutputFolder, opened_folder

__all__ = ["MANIFEST", "OutputFolder", "opened_folder"]
