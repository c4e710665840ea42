"""What teams' own frameworks hand frames and contexts through: tables of functions, enumerations, methods that make their class."""

from collections.abc import Callable

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, convert_project

Convert = Callable[..., Conversion]
HEAD = "from awsglue.context import GlueContext\n\nglue = GlueContext()\n"
STEPS = "".join(
    f"\n\ndef step_{name}(frame, n):\n    return frame.toDF().limit(n).select('{name}')\n" for name in "abcdef"
)


def rules(conversion: Conversion) -> list[str]:
    return [found.rule for found in conversion.findings if found.severity is Severity.BLOCKER]


def test_a_step_out_of_many_gets_the_frame_that_each_may_get(convert: Convert) -> None:
    table = "".join(f"'{name}': step_{name}, " for name in "abcdef")
    source = (
        HEAD
        + STEPS
        + (
            f"\n\nSTEPS = {{{table}}}\nframe = glue.create_dynamic_frame.from_catalog('d', 't')\nfor name in open('steps'):\n"
            "    STEPS[name.strip()](frame, 1).show()\n"
        )
    )
    made = convert(source)
    assert rules(made) == []
    assert ".toDF()" not in made.after


def test_more_functions_than_are_followed_are_not_guessed_at(convert: Convert) -> None:
    names = [f"n{number}" for number in range(30)]
    steps = "".join(f"\n\ndef {name}(frame):\n    return frame.toDF()\n" for name in names)
    source = (
        HEAD
        + steps
        + (
            f"\n\nframe = glue.create_dynamic_frame.from_catalog('d', 't')\nfor step in [{', '.join(names)}]:\n    step(frame).show()\n"
        )
    )
    assert set(rules(convert(source))) == {"unknown-frame"}


TABLES = (
    "from enum import Enum\n\n\nclass Table(Enum):\n    A = ('d', 'a')\n    B = ('d', 'b')\n\n    @property\n    def database(self):\n"
    "        return self.value[0]\n\n    def read(self, glue, **options):\n        return glue.create_dynamic_frame.from_catalog(\n"
    "            database=self.database, table_name=self.value[1], **options)\n"
)


def test_a_member_of_an_enumeration_has_its_methods(convert: Convert) -> None:
    source = "from tables import Table\n" + HEAD + "Table.A.read(glue, transformation_ctx='a').toDF().show()\n"
    source += "for table in Table:\n    table.read(glue).toDF().show()\nTable['A'].read(glue)\n"
    made = convert(source, tables=TABLES)
    assert rules(made) == []
    assert ".toDF()" not in made.after


def test_a_value_of_an_enumeration_is_what_stands_there(convert: Convert) -> None:
    source = "from enum import Enum\n" + HEAD + "\n\nclass Reader(Enum):\n    CATALOG = glue.create_dynamic_frame\n\n\n"
    source += "print(Reader.CATALOG.value.from_catalog('d', 't').toDF())\nprint(Reader.CATALOG.union(1))\n"
    assert "print(glue.read" not in convert(source).after


def test_a_class_that_a_method_of_its_own_makes_is_known_by_its_name(convert: Convert) -> None:
    source = HEAD + (
        "\n\nclass Job:\n    def __init__(self, glue):\n        self.glue = glue\n\n    @classmethod\n    def create(cls) -> 'Job':\n"
        "        return cls(glue)\n\n\ndef load(frame):\n    df = frame.toDF()\n    if df.rdd.isEmpty():\n        return 0\n"
        "    return df.count()\n\n\njob = Job.create()\nprint(load(job.glue.create_dynamic_frame.from_catalog('d', 't')))\n"
    )
    made = convert(source)
    assert rules(made) == []
    assert "if df.isEmpty():" in made.after


STEP = "from awsglue.transforms import ApplyMapping\n" + HEAD + "\n\ndef step(frame, ctx):\n"


def test_what_a_transform_is_given_is_a_frame(convert: Convert) -> None:
    source = STEP + (
        "    cols = [(f.name, 'string', f.name.lower(), 'string') for f in frame.schema().fields]\n"
        "    return ApplyMapping.apply(frame=frame, mappings=cols)\n"
    )
    made = convert(source)
    assert rules(made) == []
    assert "in frame.schema.fields]" in made.after


def test_a_name_that_is_bound_anew_tells_nothing_of_what_was_given(convert: Convert) -> None:
    source = (
        STEP
        + "    names = frame.schema()\n    frame = wrap(frame, ctx)\n    return ApplyMapping.apply(frame=frame, mappings=names)\n"
    )
    assert rules(convert(source)) == ["unknown-frame"]


def test_what_makes_a_dynamic_frame_is_given_the_context(convert: Convert) -> None:
    source = (
        "from awsglue.dynamicframe import DynamicFrame\n"
        + STEP
        + ("    spark = ctx.spark_session\n    return DynamicFrame.fromDF(spark.sql('select 1'), ctx, 'n')\n")
    )
    made = convert(source)
    assert rules(made) == []
    assert "    return spark.sql('select 1')\n" in made.after
    assert ".spark_session" not in made.after


def test_a_schema_that_is_called_on_what_is_not_known_is_handed_off(convert: Convert) -> None:
    assert rules(convert(STEP + "    return frame.schema().fields\n")) == ["unknown-frame"]


def test_a_method_of_the_logger_is_called_through_what_it_is_kept_in(convert: Convert) -> None:
    source = (
        HEAD
        + "logger = glue.get_logger()\nsay = {'info': logger.info, 'warn': logger.warn}\nsay['warn']('x')\nput = logger.error\nput('y')\n"
    )
    made = convert(source)
    assert rules(made) == []
    assert made.after.endswith(
        "say = {'info': logger.info, 'warn': logger.warning}\nsay['warn']('x')\nput = logger.error\nput('y')\n"
    )


def test_a_method_that_names_tables_and_is_handed_on_is_told(convert: Convert) -> None:
    head = "from retry import call\n" + HEAD + "spark = glue.spark_session\n"
    for method in ("spark.sql", "spark.table", "spark.read.table", "spark.table('d.t').write.saveAsTable"):
        told = [found.rule for found in convert(head + f"call({method}, 'd.t')\n").findings]
        assert [rule for rule in told if rule in ("sql-names", "table-names")], method
    assert convert(head + "query = spark.sql\nquery('select * from d.t')\n").findings == ()


def test_a_frame_that_is_turned_into_a_data_frame_elsewhere_is_handed_off(convert: Convert) -> None:
    source = "from retry import call\n" + HEAD + "\n\ndef f(frame):\n    return call(frame.toDF)\n"
    assert rules(convert(source)) == ["unknown-frame"]


def test_what_a_write_gives_back_is_not_missed_where_threads_and_lists_run_it(convert: Convert) -> None:
    write = "glue.write_dynamic_frame.from_options(frame, 's3', {'path': p}, 'json')"
    head = HEAD + "frame = glue.create_dynamic_frame.from_catalog('d', 't')\n"
    assert rules(convert(head + f"pool.map(lambda p: {write}, paths)\n")) == []
    assert rules(convert(head + f"[{write} for p in paths]\n")) == []
    assert rules(convert(head + f"print([{write} for p in paths])\n")) == ["write-options"]
    assert rules(convert(head + f"print({write}.count())\n")) == ["write-options"]


def test_the_rest_of_a_list_of_frames_is_a_list_of_frames(convert: Convert) -> None:
    source = (
        HEAD + "first, *rest = [glue.create_dynamic_frame.from_catalog('d', t) for t in 'ab']\nrest[0].toDF().show()\n"
    )
    made = convert(source)
    assert rules(made) == []
    assert made.after.endswith("\nrest[0].show()\n")


def test_a_method_that_is_called_by_its_name_is_handed_off(convert: Convert) -> None:
    head = "from operator import methodcaller\n" + HEAD
    assert rules(convert(head + "glue.get_logger()\nframes = map(methodcaller('toDF'), frames)\n")) == [
        "called-through-value"
    ]
    assert rules(convert(head + "glue.get_logger()\nnames = map(methodcaller('lower'), names)\n")) == []


CONFTEST = (
    "import pytest\nfrom awsglue.context import GlueContext\n\n\n@pytest.fixture(scope='session')\ndef context():\n    made = GlueContext()\n"
    "    yield made\n    print('done')\n\n\n@pytest.fixture\ndef orders(context):\n    return context.create_dynamic_frame.from_catalog('d', 't')\n"
)


def test_a_test_is_given_what_the_fixture_of_that_name_makes() -> None:
    test = "def test_it(context, orders):\n    spark = context.spark_session\n    assert orders.toDF().count() == spark.sql('select 1').count()\n"
    files = {
        "tests/conftest.py": CONFTEST,
        "tests/unit/test_it.py": test,
        "tests/unit/plain.py": test,
        "other/test_it.py": test,
    }
    made = {each.path: each.after for each in convert_project(files, Settings())}
    assert made["tests/unit/test_it.py"] == (
        "def test_it(context, orders):\n    spark = context\n    assert orders.count() == spark.sql('select 1').count()\n"
    )
    assert made["tests/unit/plain.py"] == made["other/test_it.py"] == test


@pytest.mark.parametrize(
    "test",
    [
        "@pytest.mark.parametrize('orders', [1, 2])\ndef test_it(orders):\n    assert orders.union(2)\n",
        "class TestIt:\n    @pytest.fixture\n    def orders(self, context):\n        return context.spark_session.range(3)\n\n"
        "    def test_it(self, orders):\n        assert orders.union(orders)\n",
        "@pytest.fixture(name='orders')\ndef made(context):\n    return context.spark_session.range(3)\n\n\n"
        "def test_it(orders):\n    assert orders.union(orders)\n",
        "@pytest.fixture(name='others')\ndef orders(context):\n    return 1\n\n\ndef test_it(others):\n    assert others.union(orders)\n",
    ],
)
def test_the_fixture_that_a_test_does_not_get_is_not_followed(test: str) -> None:
    files = {"conftest.py": CONFTEST, "test_it.py": f"import pytest\n\n\n{test}"}
    made = {each.path: each.after for each in convert_project(files, Settings())}
    assert "unionByName" not in made["test_it.py"]


def test_a_method_of_the_context_that_is_got_by_its_name_is_handed_off_in_one_piece(convert: Convert) -> None:
    made = convert(
        HEAD + "name = 'create_dynamic_frame_from_catalog'\nframe = getattr(glue, name)(database='d', table_name='t')\n"
    )
    assert rules(made) == ["called-through-value"]
    assert "(database='d', table_name='t')" in made.after


def test_what_the_tests_put_in_place_of_glue_does_not_count_for_the_jobs() -> None:
    patched = CONFTEST + "\n\nGlueContext.purge_s3_path = print\n"
    test = "import job\n\n\ndef test_it(context):\n    job.run(context)\n"
    job = HEAD + "\n\ndef run(context):\n    context.purge_s3_path('s3://b/x/', {'retentionPeriod': 0})\n"
    for conftest in (CONFTEST, patched):
        files = {"conftest.py": conftest, "test_job.py": test, "job.py": job}
        made = {each.path: each for each in convert_project(files, Settings())}
        assert rules(made["job.py"]) == []
