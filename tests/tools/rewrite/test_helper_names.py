"""A helper and a name of the module's own never take each other's place."""

import ast
import re

import pytest

HEAD = (
    "from awsglue.context import GlueContext\nfrom awsglue.transforms import *\nglueContext = GlueContext()\n"
    'x = glueContext.create_dynamic_frame.from_catalog(database="d", table_name="t")\n'
)


def calls(text: str, name: str) -> int:
    return sum(
        isinstance(node, ast.Call) and getattr(node.func, "id", "") == name for node in ast.walk(ast.parse(text))
    )


@pytest.mark.parametrize(
    "own",
    [
        "unnest = x.unnest()\nother = unnest.unnest()\n",
        "def unnest(frame):\n    return frame.unnest()\n\n\nunnest(x)\nother = x.unnest()\n",
        "def run(unnest):\n    return unnest\n\n\nrun(x.unnest())\n\n\nother = x.unnest()\n",
        "from mine import unnest\nunnest(1)\nother = x.unnest()\n",
    ],
)
def test_a_helper_is_called_by_another_name_where_the_module_has_its_own(convert, own: str) -> None:
    text = convert(HEAD + own).after
    assert "from glue_compat import unnest as glue_unnest" in text
    assert calls(text, "glue_unnest") == own.count(".unnest()")
    assert calls(text, "unnest") == own.count("\nunnest(")


def test_what_a_star_import_of_the_project_brings_is_the_modules_own(convert) -> None:
    text = convert(
        "from mine import *\n" + HEAD + "other = x.unnest()\n", mine="def unnest(frame):\n    return frame\n"
    ).after
    assert "other = glue_unnest(x)" in text


def test_the_clients_method_becomes_the_helper_and_not_the_function_around_it(convert) -> None:
    own = 'import boto3\n\nclient = boto3.client("glue")\n\n\ndef get_tables(name):\n    return client.get_tables(DatabaseName=name)\n\n\nget_tables("d")\n'
    text = convert(HEAD + own).after
    assert re.search(r"return glue_get_tables\(", text)
    assert '\nget_tables("d")' in text


@pytest.mark.parametrize(
    "own",
    [
        "class Loader:\n    def unnest(self):\n        return x.unnest()\n",
        "from awsglue.transforms import UnnestFrame\nother = UnnestFrame.apply(frame=x)\n",
    ],
)
def test_a_method_or_an_import_of_glue_is_no_such_name(convert, own: str) -> None:
    text = convert(HEAD + own).after
    assert "from glue_compat import unnest\n" in text


def test_a_text_that_reads_like_a_call_stays(convert) -> None:
    own = 'unnest = x.unnest()\nother = unnest.unnest().toDF().selectExpr("unnest(a) AS b")\n'
    assert '"unnest(a) AS b"' in convert(HEAD + own).after
