"""XML as Glue reads it: an element that occurs once is a value, more than once an array, so a column may be a choice."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from typing import Any

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import ErrorRecord
from glue2lakehouse.tools.glue_runtime.formats.csv_text import truth
from glue2lakehouse.tools.glue_runtime.formats.json_text import apply_type
from glue2lakehouse.tools.glue_runtime.records import NULL, Cell, Record, array_cell, from_python, struct_cell

_STRING = t.StringType()


def read_xml(
    text: str, options: Mapping[str, Any], columns: Mapping[str, t.DataType] | None = None
) -> tuple[list[Record], list[ErrorRecord]]:
    """Return one record per `rowTag` element of a file; ValueError without rowTag."""
    tag = str(options.get("rowTag") or options.get("rowtag") or "")
    if not tag:
        raise ValueError("format xml: format_options needs rowTag, the name of the record element")
    try:
        root = ElementTree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text.removeprefix("\ufeff")))
    except ElementTree.ParseError as error:
        return [], [ErrorRecord("XML", str(error), input=text[:200], source="file")]
    rows = [element for element in root.iter() if _name(element) == tag and (len(element) or element.attrib or element.text)]  # fmt: skip
    records = []
    for element in rows:
        cell = _element(element, options)
        record = cell.value if isinstance(cell.value, dict) else {str(options.get("valueTag", "_VALUE")): cell}
        kinds = columns or {}
        records.append(
            {name: apply_type(part, kinds[name]) if name in kinds else part for name, part in record.items()}
        )
    return records, []


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _element(element: ElementTree.Element, options: Mapping[str, Any]) -> Cell:
    members: dict[str, list[Cell]] = {}
    if not truth(options.get("excludeAttribute", False)):
        prefix = str(options.get("attributePrefix", "_"))
        members = {prefix + key.rpartition("}")[2]: [_text(value, options)] for key, value in element.attrib.items()}
    for child in element:
        members.setdefault(_name(child), []).append(_element(child, options))
    if not members:
        return _text(element.text or "", options)
    if (element.text or "").strip() and not len(element):
        members[str(options.get("valueTag", "_VALUE"))] = [_text(element.text or "", options)]
    return struct_cell({name: cells[0] if len(cells) == 1 else array_cell(cells) for name, cells in members.items()})


def _text(text: str, options: Mapping[str, Any]) -> Cell:
    if truth(options.get("treatEmptyValuesAsNulls", False)) and not text.strip():
        return NULL
    if truth(options.get("ignoreSurroundingSpaces", False)):
        text = text.strip()
    bare = text.strip()
    if assume("xml_value_types") == "inferred":
        if re.fullmatch(r"[+-]?\d{1,18}", bare):
            return from_python(int(bare))
        if re.fullmatch(r"[+-]?\d*\.\d+([eE][+-]?\d+)?", bare):
            return from_python(float(bare))
        if bare in ("true", "false"):
            return from_python(bare == "true")
    return Cell(_STRING, text)
