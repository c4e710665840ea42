"""Names of tables before those of columns follow the tables, by the query that they stand in; hints stay."""

import pytest

from glue2lakehouse.settings import Settings

HEAD = "from awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
RENAMED = Settings(schemas={"sales": "gold"}, tables={"sales.old": "archive.hist.old2"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("select sales.orders.addr.zip from sales.orders", "select gold.orders.addr.zip from main.gold.orders"),
        ("select old.addr.zip from sales.old", "select old2.addr.zip from archive.hist.old2"),
        ("select sales.old.a.b.c from sales.old", "select hist.old2.a.b.c from archive.hist.old2"),
        ("with old as (select old.a from sales.old) select old.a from old",
         "with old as (select old2.a from archive.hist.old2) select old.a from old"),
        ("select old.a from sales.old where b in (select old.b from main.x.t old)",
         "select old2.a from archive.hist.old2 where b in (select old.b from main.x.t old)"),
        ("select o.a from main.x.t o where exists (select 1 from sales.old where old.a = o.a)",
         "select o.a from main.x.t o where exists (select 1 from archive.hist.old2 where old2.a = o.a)"),
        ("select old.a from sales.old where exists (select 1 from main.x.t o where o.a = old.a)",
         "select old2.a from archive.hist.old2 where exists (select 1 from main.x.t o where o.a = old2.a)"),
        ("select old.a from old join sales.old s on s.a = old.a", "select old.a from old join archive.hist.old2 s on s.a = old.a"),
        ("select old.a from (select a from sales.old) old", "select old.a from (select a from archive.hist.old2) old"),
        ("select old.a from sales.old union all select sales.old.b from sales.old",
         "select old2.a from archive.hist.old2 union all select hist.old2.b from archive.hist.old2"),
        ("select t.old.a from sales.old t", "select t.old.a from archive.hist.old2 t"),
        ("select i.x from sales.old lateral view explode(old.items) i as x",
         "select i.x from archive.hist.old2 lateral view explode(old2.items) i as x"),
        ("merge into sales.old using main.x.s on old.a = s.a when matched then update set old.b = s.b",
         "merge into archive.hist.old2 using main.x.s on old2.a = s.a when matched then update set old2.b = s.b"),
        ("select /*+ broadcast(sales.old, o) */ o.a from main.x.o join sales.old using (a)",
         "select /*+ broadcast(sales.old, o) */ o.a from main.x.o join archive.hist.old2 using (a)"),
    ],
)  # fmt: skip
def test_what_stands_before_a_column_is_the_table_of_its_query(convert, before: str, after: str) -> None:
    view = 'spark.range(1).createOrReplaceTempView("old")\n'
    done = convert(f'{HEAD}{view}spark.sql("{before}")\n', settings=RENAMED)
    assert f'spark.sql("{after}")\n' in done.after
    assert {each.rule for each in done.findings} <= {"ansi-mode"}


def test_a_function_of_the_session_is_no_table(convert) -> None:
    assert convert(f"{HEAD}spark.sql(\"CREATE TEMPORARY FUNCTION f AS 'com.x.F'\")\n").findings == ()
