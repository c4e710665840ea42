"""What holds for all rules at once."""

import ast
import importlib
import pkgutil
import re

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools import facts
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import Conversion, Rule, convert_project, render_compat
from glue2lakehouse.tools.rewrite import rules as folder
from glue2lakehouse.tools.rewrite.compat import helper_names
from glue2lakehouse.tools.rewrite.rules import RULES

WITH_EXAMPLE = [rule for rule in RULES if rule.example is not None]


def _defined() -> set[type[Rule]]:
    found: set[type[Rule]] = set()
    for module in pkgutil.iter_modules(folder.__path__):
        loaded = importlib.import_module(f"{folder.__name__}.{module.name}")
        found |= {
            item
            for item in vars(loaded).values()
            if isinstance(item, type)
            and issubclass(item, Rule)
            and item is not Rule
            and item.__module__ == loaded.__name__
        }
    return found


def test_every_rule_of_the_folder_is_in_the_tuple() -> None:
    assert set(RULES) == _defined()


def test_rule_names_are_unique_and_no_callable_has_two_rules() -> None:
    names = [rule.name for rule in RULES]
    claimed = [name for rule in RULES for name in rule.glue]
    assert len(set(names)) == len(names)
    assert len(set(claimed)) == len(claimed)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_is_documented(rule: type[Rule]) -> None:
    assert rule.__doc__
    assert importlib.import_module(rule.__module__).__doc__


@pytest.mark.parametrize("rule", WITH_EXAMPLE, ids=lambda rule: rule.name)
def test_the_example_of_a_rule_holds(rule: type[Rule]) -> None:
    assert rule.example is not None
    (conversion,) = convert_project({"job.py": rule.example.before}, Settings())
    assert conversion.after == rule.example.after
    assert lost(conversion) == []
    assert [str(found) for found in conversion.findings if found.severity is Severity.BLOCKER] == []
    assert rule.name in {edit.rule for edit in conversion.edits}


def lost(conversion: Conversion) -> list[str]:
    """Return what the check takes for lost, which a rule has to say or to keep."""
    before, after = conversion.before, conversion.after
    found = check(before, after, "job.py", {"job.py": before}, {"job.py": after}, conversion.findings, Settings())
    return [str(each) for each in found.findings if each.rule == "check-vanished" and each.severity != Severity.INFO]


@pytest.mark.parametrize(
    "line",
    [
        "f.show(num_rows=5)",
        "f.show(num_rows=n)",
        "f = f.repartition(num_partitions=2)",
        "f = f.coalesce(num_partitions=1, shuffle=True)",
        "f = f.coalesce(2, True)",
        'f = g.create_dynamic_frame_from_rdd(sc.parallelize([(1, "a")]), "n", schema=None)',
        'f = g.create_dynamic_frame_from_rdd(data=sc.parallelize([(1, "a")], 2), name="n", schema=["x", "y"])',
        'f = g.create_dynamic_frame.from_rdd([{"a": 1}], "n")',
        "f = f.rename_field(oldName='a', newName='b').drop_fields(paths=['c']).select_fields(paths=['b', 'd'])",
        "f = f.split_rows(comparison_dict={'a': {'>': 1}}, name1='h', name2='l').select('h')",
        "f = f.apply_mapping(mappings=[('a', 'b'), ('`c d`', 'string', '`(right) c`', 'int')], case_sensitive=False)",
        "f = f.mergeDynamicFrame(stage_dynamic_frame=f, primary_keys=['a']).union(other_frame=f)",
        "f = f.filter(f=lambda x: len(x['a'].strip()) > 1)",
        'f = g.create_dynamic_frame.from_options("documentdb", {"uri": "mongodb://h", "database": "d", "collection": "c", '
        '"username": "u", "password": "p", "ssl": "true", "ssl.domain_match": "false"})',
    ],
)
def test_what_a_call_is_given_is_kept_or_told(line: str) -> None:
    head = "from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\nn = 3\n"
    head += "sc = SparkContext()\ng = GlueContext(sc)\n"
    head += 'f = g.create_dynamic_frame.from_options("s3", {"paths": ["s3://b/"]}, "parquet")\n'
    (conversion,) = convert_project({"job.py": f"{head}{line}\n"}, Settings())
    assert [str(found) for found in conversion.findings if found.severity is Severity.BLOCKER] == []
    assert lost(conversion) == []


@pytest.mark.parametrize("rule", WITH_EXAMPLE, ids=lambda rule: rule.name)
def test_converting_the_output_again_changes_nothing(rule: type[Rule]) -> None:
    assert rule.example is not None
    (again,) = convert_project({"job.py": rule.example.after}, Settings())
    assert again.after == rule.example.after


@pytest.mark.parametrize("name", sorted(helper_names()))
def test_each_helper_can_be_written_out_by_itself(name: str) -> None:
    text = render_compat([name])
    tree = ast.parse(text)
    compile(tree, "glue_compat.py", "exec")
    assert name in {getattr(node, "name", None) for node in tree.body}
    assert "awsglue" not in re.sub(r'""".*?"""', "", text, flags=re.DOTALL)


def test_the_facts_are_read_whole() -> None:
    assert len(facts.callables()) == 214
    assert len(facts.options()) == 339


@pytest.mark.parametrize("second", ["a", "A"])
def test_two_specs_of_one_column_are_handed_off(blockers, second: str) -> None:
    source = (
        "from awsglue.context import GlueContext\nfrom awsglue.transforms import *\n"
        'frame = GlueContext().create_dynamic_frame.from_catalog(database="s", table_name="o")\n'
        f'x = ResolveChoice.apply(frame, specs=[("a", "cast:int"), ("{second}", "cast:string")])\n'
    )
    assert any("two specs" in found for found in blockers(source))
    assert blockers(source.replace(f'("{second}", "cast:string")', '("b", "cast:int")')) == []
