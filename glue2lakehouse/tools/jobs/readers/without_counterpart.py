"""Definitions of Glue and Lake Formation that an Asset Bundle has nothing for: told, each with what takes its place."""

import re

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.model import Place

_RIGHTS = "GRANT in Unity Catalog what it grants, with row filters and column masks where it limits rows or columns"
_ACTIONS: tuple[tuple[str, str], ...] = (
    (r"lakeformation.*tag$", "tag in Unity Catalog what it tags, and let policies ask for the tag: ALTER TABLE … SET TAGS"),
    (r"lakeformation.*(resource|settings)$", "make an external location of the place, and GRANT on it"),
    (r"lakeformation|resourcepolicy", _RIGHTS),
    (r"dataqualityruleset", "write its rules at a job's EvaluateDataQuality and migrate again, or as expectations of a pipeline"),
    (r"registry|schema", "nothing for what keeps its schemas there; a job that reads or writes by it is told in its script"),
    (r"mltransform", "match records in code of your own, with a library such as Splink or Zingg"),
    (r"devendpoint", "nothing: notebooks run on the workspace's compute"),
    (r"encryption", "encrypt in the workspace and the buckets: neither is a part of a bundle"),
    (r"userdefinedfunction", "CREATE FUNCTION in Unity Catalog, and call it by its name of three levels"),
    (r"optimizer", "enable predictive optimization for the catalog"),
    (r"partition$", "nothing for a table that goes to Delta; ALTER TABLE … ADD PARTITION where its files stay"),
)  # fmt: skip
_OTHERWISE = "see what it is there for: nothing in the bundle takes its place"


def is_told(kind: str) -> bool:
    """Whether a type of resource is one of Glue's or Lake Formation's: `aws_glue_registry`, `AWS::LakeFormation::Tag`."""
    return kind.startswith(("aws_glue_", "aws_lakeformation_", "AWS::Glue::", "AWS::LakeFormation::"))


def without_counterpart(place: Place, kind: str, name: str) -> Finding:
    """Return the finding for a resource of a kind that nothing in a bundle stands for."""
    plain = re.sub(r"[^a-z]", "", kind.lower())
    return Finding(
        rule="definition-kind",
        severity=Severity.WARNING,
        path=place.path,
        line=place.line,
        message=f"{kind} '{name}' has no counterpart in an Asset Bundle",
        action=next((action for pattern, action in _ACTIONS if re.search(pattern, plain)), _OTHERWISE),
    )
