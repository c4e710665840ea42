"""The published JSON Schema of report.json; `python -m glue2lakehouse.tools.report.schema` writes it anew."""

import json
from pathlib import Path

from glue2lakehouse.tools.report.model import Report

SCHEMA_FILE = Path(__file__).with_name("report.schema.json")


def schema_text() -> str:
    """Return the JSON Schema (draft 2020-12) of `Report`, as the file has it."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Report.model_json_schema(mode="serialization"),
        "title": "Glue2Lakehouse report.json, version 1",
    }
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
