"""Open a source, list every file of it by type, read its Python and notebooks, and find the entities in them."""

from glue2lakehouse.tools.source.archives import unread_archives
from glue2lakehouse.tools.source.beside import files_beside, goes_along, told_beside
from glue2lakehouse.tools.source.entities import ProjectModules, extract_entities, extract_from_unit, survey
from glue2lakehouse.tools.source.facts import JobFacts
from glue2lakehouse.tools.source.opening import open_source
from glue2lakehouse.tools.source.python import parse_python, read_bytes, read_python, read_text
from glue2lakehouse.tools.source.text import NotText, Text, decode_any, decode_python
from glue2lakehouse.tools.source.tree import SourceFile, SourceTree
from glue2lakehouse.tools.source.units import PythonUnit, read_all_units, read_units
from glue2lakehouse.tools.source.unread import unread_glue

__all__ = [
    "JobFacts",
    "NotText",
    "ProjectModules",
    "PythonUnit",
    "SourceFile",
    "SourceTree",
    "Text",
    "decode_any",
    "decode_python",
    "extract_entities",
    "extract_from_unit",
    "files_beside",
    "goes_along",
    "open_source",
    "parse_python",
    "read_all_units",
    "read_bytes",
    "read_python",
    "read_text",
    "read_units",
    "survey",
    "told_beside",
    "unread_archives",
    "unread_glue",
]
