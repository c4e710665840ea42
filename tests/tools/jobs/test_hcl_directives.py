"""Directives of Terraform's templates: loops, conditions and the blanks that `~` takes away; what is not known stays unknown."""

import json

import pytest

from glue2lakehouse.tools.jobs import read_definitions

HEAD = 'variable "env" { type = string }\nvariable "all" {\n  type    = list(string)\n  default = ["a", "b"]\n}\n'


def _argument(template: str) -> str:
    job = """
resource "aws_glue_job" "j" {
  name     = "j"
  role_arn = "r"
  command { script_location = "s3://c/j.py" }
  default_arguments = {
    "--x" = templatefile("${path.module}/t.tftpl", { all = var.all, env = var.env, m = { q = 1, p = 2 }, on = true })
  }
}
"""
    found = read_definitions({"main.tf": HEAD + job, "t.tftpl": template})
    return found.jobs[0].default_arguments["--x"]


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("%{ for t in all }${t},%{ endfor }", "a,b,"),
        ("%{ for i, t in all }${i}=${t};%{ endfor }", "0=a;1=b;"),
        ("%{ for k, v in m }${k}${v} %{ endfor }", "p2 q1 "),
        ("x\n%{ for t in all ~}\n  ${t}\n%{ endfor ~}\ny", "x\na\nb\ny"),
        ("%{ if on }yes%{ else }no%{ endif }", "yes"),
        ("%{ if length(all) > 5 }yes%{ else }no%{ endif }", "no"),
        ("%{ if length(all) > 5 }yes%{ endif }.", "."),
        ("[%{ for i, t in all }\"${t}\"%{ if i < length(all) - 1 },%{ endif }%{ endfor }]", '["a","b"]'),
        ("a  %{~ if on ~}  b  %{~ endif ~}  c", "abc"),
        ("%%{ if x } $${y} ${upper(\"}\")}%{ if on }!%{ endif }", "%{ if x } ${y} }!"),
    ],
)  # fmt: skip
def test_loops_and_conditions_are_followed(template: str, value: str) -> None:
    assert _argument(template) == value


@pytest.mark.parametrize(
    "template",
    [
        '%{ if env == "prod" }a%{ else }b%{ endif }',
        "%{ for t in env }${t}%{ endfor }",
        "%{ for t in all }${t}",
        "%{ endif }",
        "%{ if on }a%{ endfor }",
        "%{ if on }a%{ else }b%{ else }c%{ endif }",
        "%{ while on }a%{ endwhile }",
    ],
)
def test_what_is_not_known_or_does_not_close_stays_open(template: str) -> None:
    assert _argument(template).startswith("⟦")


def test_a_state_machine_of_a_template_with_a_loop_is_read() -> None:
    task = '"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "${s}"}, "End": true'
    branch = f'{{"StartAt": "R_${{s}}", "States": {{"R_${{s}}": {{{task}}}}}}}'
    loop = f"%{{ for i, s in all ~}}{branch}%{{ if i < length(all) - 1 }},%{{ endif }}%{{ endfor ~}}"
    flow = f'{{"StartAt": "P", "States": {{"P": {{"Type": "Parallel", "Branches": [{loop}], "End": true}}}}}}'
    machine = """
resource "aws_sfn_state_machine" "m" {
  name       = "m"
  definition = templatefile("${path.module}/flow.tftpl", { all = var.all })
}
"""
    found = read_definitions({"main.tf": HEAD + machine, "flow.tftpl": flow})
    assert [step.job_name for chain in found.chains for step in chain.steps] == ["a", "b"]
    assert json.loads(flow.replace(loop, branch))["StartAt"] == "P"
