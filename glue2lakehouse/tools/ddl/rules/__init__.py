"""The rules in the order in which they are asked: the first whose opening matches answers."""

from glue2lakehouse.tools.ddl.context import Rule
from glue2lakehouse.tools.ddl.lexer import Statement
from glue2lakehouse.tools.ddl.rules import (
    alter_table,
    change_data,
    create_as,
    create_schema,
    create_table,
    create_view,
    drop_table,
    hand_off,
    inspect,
    load_data,
    maintenance,
    prepared,
    session,
)

RULES: tuple[Rule, ...] = (
    create_schema.CREATE_RULE,
    create_schema.DROP_RULE,
    create_schema.ALTER_RULE,
    create_as.AS_RULE,
    create_as.LIKE_RULE,
    create_table.RULE,
    create_view.RULE,
    create_view.DROP_RULE,
    drop_table.RULE,
    drop_table.TRUNCATE_RULE,
    alter_table.RULE,
    change_data.CHANGE_RULE,
    change_data.QUERY_RULE,
    load_data.RULE,
    change_data.EXPLAIN_RULE,
    session.USE_RULE,
    session.SET_RULE,
    inspect.RULE,
    maintenance.ANALYZE_RULE,
    maintenance.REPAIR_RULE,
    maintenance.OPTIMIZE_RULE,
    maintenance.VACUUM_RULE,
    maintenance.UNLOAD_RULE,
    prepared.RULE,
    hand_off.RULE,
)


def rule_for(statement: Statement) -> Rule:
    """Return the rule that answers for a statement; the three forms of CREATE TABLE are told apart by AS and LIKE."""
    if create_table.RULE.matches(statement):
        return _form(statement)
    return next(rule for rule in RULES if rule.matches(statement))


def _form(statement: Statement) -> Rule:
    depth = 0
    for index, token in enumerate(statement.tokens):
        depth += token.says("(") - token.says(")")
        if depth == 0 and token.says("LIKE"):
            return create_as.LIKE_RULE
        format_follows = index > 0 and statement.tokens[index - 1].says("STORED", "DEFINED")
        if depth == 0 and (token.says("SELECT") or (token.says("AS") and not format_follows)):
            return create_as.AS_RULE
    return create_table.RULE
