"""What Terraform's functions make of values, and of values that are not known: never the value that went in."""

from pathlib import Path

import pytest
import yaml

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.jobs import read_definitions, write_bundle

HEAD = """
variable "env" { type = string }
variable "names" { type = list(string) }
"""


def argument(expression: str, more: str = "") -> str:
    """What the argument of a job is, given as this expression."""
    return arguments(f'"--x" = {expression}', more)["--x"]


def arguments(lines: str, more: str = "") -> dict[str, str]:
    job = f"""
resource "aws_glue_job" "j" {{
  name     = "j"
  role_arn = "r"
  command {{ script_location = "s3://c/j.py" }}
  default_arguments = {{
    {lines}
  }}
}}
"""
    return read_definitions({"main.tf": HEAD + more + job}).jobs[0].default_arguments


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1.0", "1"), ("10 / 4", "2.5"), ("4 / 2", "2"), ("sum([1, 2])", "3"), ('format("%s-%03d", "a", 7)', "a-007"),
        ('jsonencode({ b = 1, a = [true, null] })', '{"a":[true,null],"b":1}'), ('jsonencode("<é&")', '"\\u003cé\\u0026"'),
        ('jsonencode(setproduct(["a"], ["b", "c"]))', '[["a","b"],["a","c"]]'), ('jsonencode(slice(["a", "b"], 1, 2))', '["b"]'),
        ('jsonencode(chunklist([1, 2, 3], 2))', "[[1,2],[3]]"), ('index(["a", "b"], "b")', "1"), ('parseint("ff", 16)', "255"),
        ("alltrue([true, false])", "false"), ("anytrue([true, false])", "true"), ('strrev("abc")', "cba"),
        ('base64decode(base64encode("abc"))', "abc"), ('md5("abc")', "900150983cd24fb0d6963f7d28e17f72"),
        ('dirname("s3://b/a/x.py")', "s3://b/a"), ('urlencode("a b")', "a+b"), ('strcontains("abc", "b")', "true"),
        ('join(",", setsubtract(["a", "b"], ["a"]))', "b"), ("pow(2, 3)", "8"), ("signum(-4)", "-1"),
    ],
)  # fmt: skip
def test_known_values_are_what_terraform_makes_of_them(expression: str, value: str) -> None:
    assert argument(expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        "lower(var.env)", "upper(var.env)", 'replace(var.env, "_", "-")', 'replace("${var.env}-a", "-", "_")', "substr(var.env, 0, 3)",
        "trimspace(var.env)", "dirname(var.env)", 'basename("a/${var.env}")', "length(var.names)", "element(var.names, 0)",
        '!contains(["a"], var.env)', "-tonumber(var.env)", 'format("%03d", var.env)', "jsonencode(var.names)", "title(var.env)",
        'lookup({ a = 1 }, var.env)', 'join(",", var.names)', 'var.env == "prod" ? "a" : "b"', "tonumber(var.env) + 1",
        '"%{ if var.env == "prod" }P%{ endif }"', '[for x in var.names : upper(x)][0]', "nobody_knows(var.env)",
    ],
)  # fmt: skip
def test_what_is_made_of_an_unknown_value_is_another_unknown(expression: str) -> None:
    found = argument(expression)
    assert found.startswith("⟦")
    assert found not in ("⟦var_env⟧", "⟦var_names⟧")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('var.env == "prod" ? "a" : "b"', 'var.env == "prod" ? "c" : "d"'),
        ('join(",", var.names)', 'join("-", var.names)'),
        ('lookup({ a = 1 }, var.env)', 'lookup({ a = 2 }, var.env)'),
        ("lower(var.env)", "upper(var.env)"),
        ('replace(var.env, "a", "b")', 'replace(var.env, "a", "c")'),
        ("tonumber(var.env) + 1", "tonumber(var.env) - 1"),
        ('"%{ if var.env == "a" }A%{ endif }"', '"%{ if var.env == "a" }B%{ endif }"'),
    ],
)  # fmt: skip
def test_two_unknown_values_do_not_share_a_variable(one: str, other: str) -> None:
    found = arguments(f'"--x" = {one}\n"--y" = {other}\n"--z" = {one}')
    assert found["--x"] != found["--y"]
    assert ("%{" in one) or found["--x"] == found["--z"]


def test_parts_that_are_known_stay_and_each_element_has_its_own_unknown() -> None:
    assert argument('format("%s-%03d", var.env, 7)') == "⟦var_env⟧-007"
    assert argument('basename("s3://${var.env}/x.py")') == "x.py"
    each = """
resource "aws_glue_job" "j" {
  for_each = toset(["a", "b"])
  name     = each.key
  role_arn = "r"
  command { script_location = "s3://c/j.py" }
  default_arguments = { "--x" = "%{ if var.env == each.key }A%{ endif }" }
}
"""
    jobs = read_definitions({"main.tf": HEAD + each}).jobs
    assert len({job.default_arguments["--x"] for job in jobs}) == 2


def test_every_unknown_is_a_variable_of_the_bundle_that_says_what_it_stands_for(tmp_path: Path) -> None:
    code = """
resource "aws_glue_job" "j" {
  name     = "j"
  role_arn = "r"
  command { script_location = "s3://c/j.py" }
  default_arguments = { "--x" = "a-${upper(var.env)}" }
}
"""
    files = {"main.tf": HEAD + code, "j.py": ""}
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "j.py").write_text("")
    write_bundle(read_definitions(files), tmp_path, Settings(), files=files)
    (job,) = yaml.safe_load((tmp_path / "resources" / "j.yml").read_text())["resources"]["jobs"].values()
    (parameter,) = job["parameters"]
    name = parameter["default"].removeprefix("a-${var.").removesuffix("}")
    variable = yaml.safe_load((tmp_path / "databricks.yml").read_text())["variables"][name]
    assert "upper var.env" in variable["description"]
    assert "default" not in variable


OPEN_MAP = 'variable "more" { type = map(string) }\n'


@pytest.mark.parametrize(
    "expression",
    [
        'length("a-${var.env}") > 4 ? "long" : "short"',
        'length(flatten([var.names])) > 1 ? "many" : "one"',
        'length(merge({ a = "1" }, var.more)) > 1 ? "many" : "one"',
        'merge({ a = "1" }, var.more)["a"]',
        'lookup(merge({ a = "1" }, var.more), "a", "2")',
    ],
)
def test_what_hangs_on_an_open_value_is_open(expression: str) -> None:
    assert argument(expression, OPEN_MAP).startswith("⟦")


def test_what_stands_after_an_open_map_counts_over_it() -> None:
    assert argument('merge({ a = "1" }, var.more, { a = "3" })["a"]', OPEN_MAP) == "3"


def test_a_path_into_a_variable_has_not_the_name_of_another_variable() -> None:
    given = arguments('"--a" = var.role.arn\n"--b" = var.role_arn\n"--c" = var.role-arn\n"--d" = var.roleArn')
    assert len(set(given.values())) == 4
    assert given["--b"] == "⟦var_role_arn⟧"


def test_the_name_of_an_open_value_is_the_same_at_each_run() -> None:
    expression = 'var.env ? join(",", [var.names, "k"]) : lookup({ a = var.names }, var.env)'
    assert argument(expression) == argument(expression)
    assert argument("var.env ? [var.names] : []") == argument("var.env ? [var.names] : []")


@pytest.mark.parametrize(("expression", "value"), [('"a\\u002db"', "a-b"), ("-7 % 3", "-1"), ("7 % 3", "1")])
def test_escapes_and_remainders_are_those_of_terraform(expression: str, value: str) -> None:
    assert argument(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('"false" && true', "false"), ('"false" || "true"', "true"), ("true && true", "true"), ("false || false", "false"),
        ("true == 1", "false"), ("1 != true", "true"), ('1 == "1"', "false"), ("1 == 1.0", "true"),
    ],
)  # fmt: skip
def test_comparisons_and_logic_know_texts_and_numbers_as_terraform_does(expression: str, value: str) -> None:
    assert argument(f"{expression}") == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("08", "8"), ("010", "10"), ("0o10", "8"), ("0x1F", "31"), ("12:30", "12:30"), ("1_000", "1_000"), ("1e3", "1000"),
        ("1.10", "1.1"), ("'1.10'", "1.10"), ("yes", "true"), ("y", "true"), ("off", "false"), ("'yes'", "yes"), ("2.0", "2"),
        ("2024-01-01", "2024-01-01T00:00:00Z"), ("2024-1-2 3:04:05", "2024-01-02T03:04:05Z"), ("2024-13-01", "2024-13-01"),
        ("2024-01-02T03:04:05+02:00", "2024-01-02T03:04:05+02:00"), ("0 2 L * ? *", "0 2 L * ? *"),
    ],
)  # fmt: skip
def test_yaml_is_read_as_terraform_reads_it(written: str, value: str) -> None:
    assert argument(f'yamldecode("a: {written}")["a"]') == value


def test_yaml_keeps_lists_maps_nulls_and_merges() -> None:
    text = r'"a: &a {x: 1, q: [b, ~], 7: 8, on: 9}\nb:\n  <<: *a\n  z: 2"'
    assert (
        argument(f"jsonencode(yamldecode({text}))")
        == '{"a":{"7":8,"q":["b",null],"true":9,"x":1},"b":{"7":8,"q":["b",null],"true":9,"x":1,"z":2}}'
    )


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('title("my_job of day1st-run")', "My_job Of Day1st-Run"), ('title("it ALL")', "It ALL"),
        ('substr("hello", -3, 3)', "llo"), ('substr("hello", -3, 2)', "ll"), ('substr("hello", 1, -1)', "ello"),
    ],
)  # fmt: skip
def test_titles_and_parts_of_texts_are_terraforms(expression: str, value: str) -> None:
    assert argument(expression) == value
