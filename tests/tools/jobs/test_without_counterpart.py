"""Resources of Glue and Lake Formation that a bundle has nothing for: each is told with what a person can do about it."""

import json

import pytest

from glue2lakehouse.tools.jobs import read_definitions


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("aws_lakeformation_permissions", "GRANT in Unity Catalog what it grants"),
        ("aws_lakeformation_data_cells_filter", "row filters and column masks"),
        ("aws_lakeformation_lf_tag", "tag in Unity Catalog"),
        ("aws_lakeformation_resource", "external location"),
        ("aws_glue_resource_policy", "GRANT in Unity Catalog what it grants"),
        ("aws_glue_data_quality_ruleset", "EvaluateDataQuality"),
        ("aws_glue_schema", "keeps its schemas there"),
        ("aws_glue_ml_transform", "library such as Splink"),
        ("aws_glue_data_catalog_encryption_settings", "workspace and the buckets"),
        ("aws_glue_catalog_table_optimizer", "predictive optimization"),
        ("aws_glue_of_tomorrow", "nothing in the bundle takes its place"),
    ],
)
def test_a_resource_of_terraform_says_what_takes_its_place(kind: str, action: str) -> None:
    [finding] = read_definitions({"m.tf": f'resource "{kind}" "it" {{\n}}\n'}).findings
    assert (finding.rule, finding.line, finding.message) == (
        "definition-kind",
        1,
        f"{kind} 'it' has no counterpart in an Asset Bundle",
    )
    assert action in finding.action


def test_a_template_of_lake_formations_alone_is_told() -> None:
    template = {"Resources": {"Given": {"Type": "AWS::LakeFormation::PrincipalPermissions", "Properties": {}}}}
    [finding] = read_definitions({"t.json": json.dumps(template)}).findings
    assert finding.message == "AWS::LakeFormation::PrincipalPermissions 'Given' has no counterpart in an Asset Bundle"


@pytest.mark.parametrize("kind", ["aws_s3_bucket", "aws_glueless", "aws_iam_role"])
def test_what_is_none_of_theirs_is_not_told(kind: str) -> None:
    assert read_definitions({"m.tf": f'resource "{kind}" "it" {{\n}}\n'}).findings == []
