"""What an argument does when it is evaluated does not vanish with the argument."""

from collections.abc import Callable

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.rewrite import Conversion

Convert = Callable[..., Conversion]
HEAD = (
    "from awsglue.context import GlueContext\nfrom awsglue.job import Job\nfrom awsglue.transforms import *\n\n"
    "glueContext = GlueContext()\nframe = glueContext.create_dynamic_frame.from_catalog('d', 't')\njob = Job(glueContext)\n"
)

DOING = {
    "an iterator moves": "DropFields.apply(frame, ['a'], transformation_ctx=next(names))\n",
    "a name is bound": "DropFields.apply(frame, ['a'], transformation_ctx=(ctx := 'c'))\nprint(ctx)\n",
    "a list grows": "DropFields.apply(frame, ['a'], info=log.append('dropped'))\n",
    "a dict shrinks": "job.init(args.pop('JOB_NAME'), args)\n",
    "something is printed": "job.init('a', print('started') or {})\n",
    "inside tuning options": "glueContext.create_dynamic_frame.from_options('s3', {'paths': ['s3://a'], 'groupSize': next(sizes)}, 'orc')\n",
    "inside a value that goes": "DropFields.apply(frame, ['a'], transformation_ctx=f'c{next(numbers)}')\n",
}


@pytest.mark.parametrize("line", DOING.values(), ids=DOING)
def test_a_call_whose_argument_does_something_stays_with_a_blocker(convert: Convert, line: str) -> None:
    converted = convert(HEAD + line)
    assert any(f.severity is Severity.BLOCKER and "when it is evaluated" in f.message for f in converted.findings)
    assert line.split("(")[0].split(".")[-1] in converted.after


def test_a_function_of_the_project_that_is_called_no_more_is_said(convert: Convert) -> None:
    converted = convert(
        HEAD + "DropFields.apply(frame, ['a'], transformation_ctx=name_of('a'))\n",
    )
    assert [f.message for f in converted.findings if f.severity is Severity.WARNING] == [
        "`name_of('a')` is called no more: what it is passed for has no counterpart"
    ]
    assert "frame.drop(" in converted.after


SILENT = (
    "DropFields.apply(frame, ['a'], transformation_ctx='c' + str(1) + name.strip().lower())\n",
    "job.init(args.get('JOB_NAME', 'x'), args)\n",
    "Filter.apply(frame, f=lambda r: r['a'] == 1, transformation_ctx='_'.join(['a', name]))\n",
)


@pytest.mark.parametrize("line", SILENT)
def test_a_value_that_is_only_computed_may_go(convert: Convert, line: str) -> None:
    assert all("called no more" not in f.message for f in convert(HEAD + line).findings)
