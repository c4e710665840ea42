"""Glue's Job is None once it is converted: code that asks for it takes the other way, which is handed off."""

from collections.abc import Callable

import pytest

HEAD = (
    "from awsglue.context import GlueContext\nfrom awsglue.job import Job\n\nglueContext = GlueContext()\n"
    "frame = glueContext.create_dynamic_frame.from_catalog('d', 't').toDF()\n"
)
MADE = "job = Job(glueContext)\njob.init('x', {})\n"
OTHERWISE = {
    "is it there": f"{MADE}if job:\n    frame.write.saveAsTable('d.o')\n    job.commit()\n",
    "is it not None": f"{MADE}if job is not None and frame:\n    frame.write.saveAsTable('d.o')\n",
    "is it None": f"{MADE}if job is None:\n    frame.show()\n",
    "else": f"{MADE}if job:\n    job.commit()\nelse:\n    frame.show()\n",
    "in a try": f"{MADE}if job:\n    try:\n        job.commit()\n    except NameError:\n        frame.show()\n",
    "kept for later": f"{MADE}in_glue = job is not None\nif in_glue:\n    frame.show()\n",
    "None first": f"{MADE}if None is not job:\n    frame.show()\n",
    "by bool": f"{MADE}in_glue = bool(job)\n",
    "and": f"{MADE}limit = job and 10\n",
    "in a table": f"{MADE}state = {{'job': job}}\nif state['job']:\n    frame.show()\n",
    "of a comprehension": f"{MADE}rows = [each for each in (1, 2) if job]\n",
    "an assertion": f"{MADE}assert job\n",
    "an early end": f"{MADE}\n\ndef end(job):\n    if not job:\n        return\n    frame.show()\n\n\nend(job)\n",
    "a choice": f"{MADE}mode = 'append' if job else 'overwrite'\n",
    "only in Glue": f"job = None\nif frame:\n    {MADE.splitlines()[0]}\nif not job:\n    frame = frame.limit(10)\n",
    "of a function": f"{MADE}\n\ndef end(job):\n    if job:\n        frame.write.saveAsTable('d.o')\n\n\nend(job)\n",
    "of an object": (
        "class Run:\n    def __init__(self):\n        self.job = Job(glueContext)\n\n    def end(self):\n"
        "        if self.job:\n            frame.write.saveAsTable('d.o')\n\n\nRun().end()\n"
    ),
}
SAME = {
    "only its own calls": f"{MADE}if job:\n    job.commit()\n",
    "a log beside them": f"{MADE}if job is not None:\n    print('the end')\n    job.commit()\n",
    "in a try": f"{MADE}if job:\n    try:\n        job.commit()\n    except NameError:\n        print('no')\n",
    "made where it is missing": "job = None\nif job is None:\n    job = Job(glueContext)\njob.init('x', {})\n",
    "made unless it is there": "job = None\njob = job or Job(glueContext)\njob.init('x', {})\n",
    "another object": f"{MADE}other = frame.count()\nif other:\n    frame.show()\n",
}


@pytest.mark.parametrize("code", OTHERWISE.values(), ids=OTHERWISE)
def test_what_hangs_on_a_job_that_is_none_now_is_handed_off(blockers: Callable[..., list[str]], code: str) -> None:
    assert [each for each in blockers(HEAD + code) if "[job-test]" in each] == blockers(HEAD + code) != []


@pytest.mark.parametrize("code", SAME.values(), ids=SAME)
def test_nothing_changes_where_only_the_job_hangs_on_it(blockers: Callable[..., list[str]], code: str) -> None:
    assert blockers(HEAD + code) == []
