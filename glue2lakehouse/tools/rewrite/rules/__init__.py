"""The rules, in one place and in order; a test compares this tuple with the folder."""

from functools import cache

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite.rule import Rule
from glue2lakehouse.tools.rewrite.rules.arguments import JobArguments
from glue2lakehouse.tools.rewrite.rules.context import Context, ContextMembers, GlueNames
from glue2lakehouse.tools.rewrite.rules.job import JobLifecycle
from glue2lakehouse.tools.rewrite.rules.logger import GlueLogger
from glue2lakehouse.tools.rewrite.rules.to_df import FromDF, ToDF

RULES: tuple[type[Rule], ...] = (
    Context,
    ContextMembers,
    GlueNames,
    JobArguments,
    JobLifecycle,
    GlueLogger,
    ToDF,
    FromDF,
)


@cache
def _table(plugins: tuple[str, ...]) -> dict[str, Rule]:
    return {name: rule for rule in (kind() for kind in RULES) for name in rule.glue}


def rules_by_name(settings: Settings) -> dict[str, Rule]:
    """Return the rule that answers for each qualified name."""
    return _table(settings.plugins)
