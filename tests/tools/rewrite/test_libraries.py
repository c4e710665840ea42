"""A Glue object that goes to a library which is not in the source is said: nobody has seen what the library does with it."""

from collections.abc import Callable

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, convert_project

Convert = Callable[..., Conversion]
RULE = "library-not-seen"
HEAD = (
    "import functools\nimport logging\nfrom awsglue.context import GlueContext\nfrom awsglue.dynamicframe import DynamicFrame\n"
    "{imported}\n\nglueContext = GlueContext()\nframe = glueContext.create_dynamic_frame.from_catalog('d', 't')\n"
)
HANDED = {
    "a thread": ("import company, threading", "threading.Thread(target=company.clean, args=(frame,)).start()\n", "a DataFrame"),
    "a table of functions": ("import company", "company.STEPS['clean'](frame)\n", "a DataFrame"),
    "a function by its name": ("import company", "getattr(company, 'clean')(frame)\n", "a DataFrame"),
    "a list of its object": ("import company", "batch = company.Batch()\nbatch.frames.append(frame)\n", "a DataFrame"),
    "a dict of its object": ("import company", "batch = company.Batch()\nbatch.frames['x'] = frame\n", "a DataFrame"),
    "a function": ("from company.frames import clean", "out = clean(frame)\n", "a DataFrame"),
    "under another name": ("from company.frames import clean as tidy", "tidy(frame)\n", "a DataFrame"),
    "of a module": ("import company.frames", "company.frames.clean(frame)\n", "a DataFrame"),
    "by keyword": ("import company as c", "c.clean(x=1, frame=frame)\n", "a DataFrame"),
    "the context": ("from company import Lake", "lake = Lake(glueContext)\n", "the SparkSession"),
    "a method of an object": ("from company import Lake", "lake = Lake('x')\nlake.save(frame)\n", "a DataFrame"),
    "in a list": ("from company import join_all", "join_all([frame, frame])\n", "a DataFrame"),
    "in a dict": ("from company import save", "save({'a': frame})\n", "a DataFrame"),
    "by a star import": ("from company import *", "clean(frame)\n", "a DataFrame"),
    "a package beside, which is missing": ("from .shared import clean", "clean(frame)\n", "a DataFrame"),
    "a base's constructor": ("from company import Base", "class My(Base):\n    pass\n\n\nMy(glueContext).run()\n", "the SparkSession"),
    "super": (
        "from company import Base",
        "class My(Base):\n    def __init__(self):\n        super().__init__(glueContext)\n\n\nMy().run()\n",
        "the SparkSession",
    ),
    "an object that it makes": ("import company", "lake = company.open()\nlake.put(frame=frame)\n", "a DataFrame"),
    "in a with": ("import company", "with company.open() as lake:\n    lake.put(frame)\n", "a DataFrame"),
    "an attribute of what it makes": ("import company", "company.open().frame = frame\n", "a DataFrame"),
    "its global": ("import company", "company.CONTEXT = glueContext\n", "the SparkSession"),
    "a function that map calls": ("import company", "list(map(company.save, [frame]))\n", "a DataFrame"),
    "a part of a function": (
        "from company import save",
        "put = functools.partial(save, mode='append')\nput(frame)\n",
        "a DataFrame",
    ),
    "where it may be missing": ("try:\n    from company import save\nexcept ImportError:\n    save = None", "save(frame)\n", "a DataFrame"),
    "a base's method": (
        "from company import Base",
        "class My(Base):\n    def run(self):\n        return self.publish(frame)\n\n\nMy().run()\n",
        "a DataFrame",
    ),
    "a base's attribute": (
        "from company import Base",
        "class My(Base):\n    def run(self):\n        return self.ctx.create_dynamic_frame.from_catalog('d', 't')\n\n\nMy().run()\n",
        "the SparkSession",
    ),
}  # fmt: skip
UNTOUCHED = {
    "what is Spark's stays so": ("from company.frames import clean", "clean(frame.toDF())\n"),
    "the session stays the session": ("import company", "company.start(glueContext.spark_session)\n"),
    "Python's own": ("import company", "print(frame)\nlogging.info('%s', frame)\nisinstance(frame, DynamicFrame)\n"),
    "nothing is handed over": ("from company import greet", "greet('x')\n"),
    "a class of the file with a base from there": (
        "from company import Base",
        "class My(Base):\n    def __init__(self, context):\n        self.context = context\n\n    def run(self):\n"
        "        return self.context.create_dynamic_frame.from_catalog('d', 't')\n\n\nMy(glueContext).run()\n",
    ),
    "one's own method under a base from there": (
        "from company import Base",
        "class My(Base):\n    def publish(self, f):\n        return f\n\n    def run(self):\n        return self.publish(frame)\n\n\nMy().run()\n",
    ),
    "a function of the file that map calls": (
        "import company",
        "def clean(f):\n    return f\n\n\nlist(map(clean, [frame]))\n",
    ),
    "a frame from there that is made into Glue's": (
        "import company",
        "df = company.read()\nframe = DynamicFrame.fromDF(df, glueContext, 'x')\n",
    ),
    "a function of the file hides it": ("import company", "def clean(f):\n    return f\n\n\nclean(frame)\n"),
}


@pytest.mark.parametrize(("imported", "lines", "now"), HANDED.values(), ids=HANDED)
def test_a_library_that_nobody_has_seen_is_a_blocker_where_it_is_given_glue(
    convert: Convert, imported: str, lines: str, now: str
) -> None:
    findings = [f for f in convert(HEAD.format(imported=imported) + lines).findings if f.rule == RULE]
    assert [f.severity for f in findings] == [Severity.BLOCKER]
    assert now in findings[0].message
    assert "not in the source" in findings[0].message


@pytest.mark.parametrize(("imported", "lines"), UNTOUCHED.values(), ids=UNTOUCHED)
def test_a_library_that_is_given_nothing_of_glue_is_no_matter(convert: Convert, imported: str, lines: str) -> None:
    assert RULE not in {f.rule for f in convert(HEAD.format(imported=imported) + lines).findings}


def test_a_library_in_the_source_is_followed_instead() -> None:
    job = HEAD.format(imported="from company.frames import clean") + "clean(frame).show()\n"
    files = {
        "job.py": job,
        "lib/company/__init__.py": "",
        "lib/company/frames.py": "def clean(f):\n    return f.toDF()\n",
    }
    converted = {c.path: c for c in convert_project(files, Settings())}
    assert RULE not in {f.rule for f in converted["job.py"].findings}
    assert ".toDF()" not in converted["lib/company/frames.py"].after
