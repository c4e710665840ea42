"""A team's own rules from a folder: they come first, and a broken one is one clear line."""

from pathlib import Path

import pytest

from glue2lakehouse.errors import PluginError
from glue2lakehouse.settings import Settings, load_settings

SOURCE = (
    "from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
    'frame = glueContext.create_dynamic_frame.from_catalog("sales", "orders")\n'
)
RULE = '''
from glue2lakehouse.tools.rewrite import Rewrite, Rule
from glue2lakehouse.tools.rewrite.code import code


class Ours(Rule):
    """Read through the team's own function."""

    name = "team-read"
    glue = ("awsglue.dynamicframe.DynamicFrameReader.from_catalog",)

    def rewrite(self, call):
        table = call.argument("table_name")
        call.drop("database")
        return Rewrite(code("team_read({table})", table=table), imports=("from team import team_read",))
'''


def _settings(folder: Path, text: str) -> Settings:
    (folder / "rules.py").write_text(text, encoding="utf-8")
    return Settings(plugins=(str(folder),))


def test_a_rule_of_the_team_comes_before_ours(convert, tmp_path: Path) -> None:
    conversion = convert(SOURCE, settings=_settings(tmp_path, RULE))
    assert 'frame = team_read("orders")' in conversion.after
    assert "from team import team_read" in conversion.after
    assert "team-read" in {edit.rule for edit in conversion.edits}


def test_the_rule_of_the_documentation_does_what_it_says(convert, blockers, tmp_path: Path) -> None:
    page = Path(__file__).parents[3] / "docs" / "own_rules.md"
    settings = _settings(tmp_path, page.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0])
    assert 'frame = team_read("orders")' in convert(SOURCE, settings=settings).after
    assert "from team.audit import team_read" in convert(SOURCE, settings=settings).after
    unnamed = SOURCE.replace('("sales", "orders")', '(database="sales")')
    assert "the table is not named" in blockers(unnamed, settings=settings)[0]


def test_an_argument_that_the_teams_rule_forgets_is_a_blocker(blockers, tmp_path: Path) -> None:
    found = blockers(SOURCE, settings=_settings(tmp_path, RULE.replace('        call.drop("database")\n', "")))
    assert "database" in found[0]


@pytest.mark.parametrize(
    ("mistake", "text", "message"),
    [
        ("a syntax error", "def", "rules.py: cannot be loaded: SyntaxError"),
        ("a missing import", "import no_such_module_of_ours", "No module named"),
        ("no name", RULE.replace('name = "team-read"', ""), "needs a `name`"),
        ("no callables", RULE.replace("glue = (", "grue = ("), "needs `glue`"),
        ("a mistake while it runs", RULE.replace('"table_name")', '"table_name").nothing'), "failed on job.py:4"),
        (
            "a text for an answer",
            RULE.replace("return Rewrite", "return 'team_read()'  # "),
            "answered job.py:4 with 'team_read()'; it has to be a Rewrite",
        ),
        ("no answer", RULE.replace("return Rewrite", "Rewrite"), "answered job.py:4 with None; it has to be a Rewrite"),
        (
            "a text for a tuple",
            RULE.replace('("from team import team_read",)', '"from team import team_read"'),
            "with a Rewrite whose `imports` is no tuple; write (import,)",
        ),
        ("an exit", RULE.replace("table = ", "raise SystemExit(4)  # "), "failed on job.py:4: SystemExit: 4"),
        ("no method", RULE.replace("def rewrite", "def rewrit"), "needs a method `rewrite(self, call)`"),
        (
            "a callable that Glue does not have",
            RULE.replace("Reader.from_catalog", "Reader.from_catalogue"),
            "Glue does not have; is awsglue.dynamicframe.DynamicFrameReader.from_catalog meant?",
        ),
        (
            "two rules for one callable",
            RULE + RULE.replace("Ours", "Other").replace("team-read", "other"),
            "does already",
        ),
    ],
)
def test_a_broken_plugin_is_told_in_one_line(convert, tmp_path: Path, mistake: str, text: str, message: str) -> None:
    with pytest.raises(PluginError) as raised:
        convert(SOURCE, settings=_settings(tmp_path, text))
    assert message in str(raised.value), mistake
    assert "\n" not in str(raised.value)


def test_a_folder_that_is_not_there_is_told(convert, tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="no such folder"):
        convert(SOURCE, settings=Settings(plugins=(str(tmp_path / "none"),)))


def test_converted_lines_end_with_the_rules_name_where_asked_for(convert) -> None:
    source = SOURCE + 'text = """\n{}\n""".format(frame.toDF().count())  # rows\nprint(frame.toDF().count(), \\\n  1)\n'
    settings = Settings(annotate=True)
    after = convert(source, settings=settings).after
    assert 'frame = spark.read.table("main.sales.orders")  # glue2lakehouse: from-catalog\n' in after
    assert '""".format(frame.count())  # rows  # glue2lakehouse: to-df\n' in after
    assert "print(frame.count(), \\\n  1)  # glue2lakehouse: to-df\n" in after
    assert convert(after, settings=settings).after == after


def test_a_folder_named_in_the_configuration_starts_at_that_file(convert, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "ours.py").write_text(RULE, encoding="utf-8")
    file = tmp_path / "glue2lakehouse.yaml"
    file.write_text("plugins: [rules]\n", encoding="utf-8")
    assert 'team_read("orders")' in convert(SOURCE, settings=load_settings(file, {})).after
