"""SQL that is put together with `+` gets the names of the target where they are written; what cannot be is told."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import convert_project, render_compat

HEAD = (
    "import sys\nfrom awsglue.context import GlueContext\nspark = GlueContext().spark_session\n"
    'db = "sales"\nt = sys.argv[1]\nfull = "sales.old"\nlake = "glue_catalog.sales.old"\nfmt = "parquet"\n'
)
RENAMED = Settings(schemas={"sales": "gold"}, tables={"sales.old": "archive.hist.old2"})


def last_line(line: str, settings: Settings) -> str:
    """Convert, see that the checks find nothing lost, and return what became of the line."""
    (made,) = convert_project({"job.py": f"{HEAD}{line}\n"}, settings)
    assert [each for each in made.findings if each.severity is not Severity.INFO] == []
    helpers = {"glue_compat.py": render_compat(made.compat, settings)}
    checked = check(made.before, made.after, "job.py", {"job.py": made.before}, helpers, made.findings, settings)
    assert checked.findings == ()
    return made.after.splitlines()[-1]


@pytest.mark.parametrize(
    ("before", "plain", "renamed"),
    [
        ('"select * from " + db + ".old"', '"select * from main." + db + ".old"', '"select * from " + uc_name(db, "old")'),
        ('"select * from sales.old where x = \'" + t + "\'"', '"select * from main.sales.old where x = \'" + t + "\'"',
         '"select * from archive.hist.old2 where x = \'" + t + "\'"'),
        ('"insert into sales.old " + "select 1"', '"insert into main.sales.old " + "select 1"',
         '"insert into archive.hist.old2 " + "select 1"'),
        ('"select * from sales." + t', '"select * from main.sales." + t', '"select * from " + uc_name("sales", t)'),
        ('"select * from other.x_" + t + " where a = 1"', '"select * from main.other.x_" + t + " where a = 1"',
         '"select * from main.other.x_" + t + " where a = 1"'),
        ('"select * from sales.x_" + t + " where a = 1"', '"select * from main.sales.x_" + t + " where a = 1"',
         '"select * from " + uc_name("sales", "x_" + t) + " where a = 1"'),
        ("'select * from ' + t + '.' + t + ' x'", "'select * from main.' + t + '.' + t + ' x'",
         "'select * from ' + uc_name(t, t) + ' x'"),
        ('"select * from " + full + " x"', '"select * from main." + full + " x"', '"select * from " + uc_name(full) + " x"'),
        ('"select * from " + lake', '"select * from " + uc_name(lake)', '"select * from " + uc_name(lake)'),
        ('f"select * from {t}.a " + "where b = " + str(5)', 'f"select * from main.{t}.a " + "where b = " + str(5)', None),
        ('"select * from other.a " + (" where x" if t else "")', '"select * from main.other.a " + (" where x" if t else "")',
         '"select * from main.other.a " + (" where x" if t else "")'),
        ('"use " + db', '"use main." + db', '"use " + uc_schema(db)'),
        ('("select * from other.a "\n    "where b = " + t)', None, None),
        ('"select * from " + (t if db else full) + ".old"', '"select * from main." + (t if db else full) + ".old"',
         '"select * from " + uc_name((t if db else full), "old")'),
        ('"select * from " + (t + ".old")', '"select * from main." + (t + ".old")', None),
        ('"select * from " + fmt + ".`s3://b/x/`"', '"select * from " + fmt + ".`s3://b/x/`"', '"select * from " + fmt + ".`s3://b/x/`"'),
    ],
)  # fmt: skip
def test_names_change_where_they_are_written(before: str, plain: str | None, renamed: str | None) -> None:
    if plain is not None:
        assert last_line(f"spark.sql({before})", Settings()) == f"spark.sql({plain})"
    if renamed is not None:
        assert last_line(f"spark.sql({before})", RENAMED) == f"spark.sql({renamed})"


def test_a_sum_over_lines_keeps_its_lines(convert) -> None:
    body = 'spark.sql(\n    "select a "  # all\n    + "from other.t where b = \'" + t + "\'"\n)\n'
    assert body.replace("other.t", "main.other.t") in convert(HEAD + body).after


def test_a_variable_that_holds_nothing_but_sql_changes_where_it_stands(convert) -> None:
    assert (
        'q = "select * from main." + db + ".t"\n'
        in convert(f'{HEAD}q = "select * from " + db + ".t"\nspark.sql(q)\n').after
    )


@pytest.mark.parametrize(
    "line",
    [
        'spark.sql(t + " from sales.old")',
        'spark.sql("select * from sales." + "old")',
        'spark.sql("select * from \\u00e9.t where a = " + t)',
        'spark.sql(("select * from {}.old " + t).format(db))',
        'spark.sql("create external table sales.x (a int) stored as parquet location \'s3://b/" + t + "\'")',
        'q = "select * from " + db + ".t"\nspark.sql(q)\nsend(q)',
        'spark.sql(f"select * from {db}.old " + t)',
        'spark.sql("select * from " + (db + ".old"))',
        'spark.sql("select * from "\n    + db  # which one\n    + ".old")',
        'sub = "(select * from sales.old)"\nspark.sql("select * from " + sub + " x")',
    ],
)
def test_what_cannot_be_changed_is_told(convert, line: str) -> None:
    done = convert(f"{HEAD}{line}\n", settings=RENAMED)
    assert Severity.WARNING in {each.severity for each in done.findings}


@pytest.mark.parametrize(
    "line",
    [
        'spark.sql("select * from other.a " + piece)', 'spark.sql(f"select * from other.a {piece}")',
        'spark.sql("select * from other.a {}".format(piece))', 'spark.sql("select * from other.a %s" % piece)',
        'Q = "select * from other.a {p}"\nspark.sql(Q.format(p=piece))',
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("piece", "told"),
    [("where b in (select b from sales.old)", True), ("JOIN `sales`.`old` USING (b)", True), ("where b = 'from'", False),
     ("where b in (select b from main.sales.old)", False)],
)  # fmt: skip
def test_sql_that_is_put_into_other_sql_is_told_if_it_names_a_table(convert, line: str, piece: str, told: bool) -> None:
    done = convert(f'{HEAD}piece = "{piece}"\n{line}\n')
    assert f'piece = "{piece}"' in done.after
    assert "main.other.a" in done.after
    assert any("the SQL that piece holds" in each.message for each in done.findings) == told


def test_a_path_in_a_sum_is_mapped_where_it_is_written(convert) -> None:
    settings = Settings(paths={"s3://raw": "s3://new"})
    line = 'spark.sql("create table a.b using parquet location \'s3://raw/x/" + t + "\'")'
    done = convert(f"{HEAD}{line}\n", settings=settings)
    assert done.after.splitlines()[-1] == line.replace("a.b", "main.a.b").replace("s3://raw", "s3://new")
    assert [each.message for each in done.findings] == []


@pytest.mark.parametrize("end", ["", " + t", " + t + ' limit 5'"])
def test_a_place_in_a_sum_that_is_no_path_of_the_statement_is_told(convert, end: str) -> None:
    line = f"spark.sql(\"insert into a.b select 's3://raw/x' from a.c \"{end})"
    done = convert(f"{HEAD}{line}\n", settings=Settings(paths={"s3://raw": "s3://new"}))
    assert "main.a.b" in done.after
    assert any("s3://raw stays as it is" in each.message for each in done.findings)


def test_a_lost_piece_of_a_sum_is_a_loss() -> None:
    line = 'spark.sql("select * from " + db + ".old where a = \'" + t + "\'")'
    (made,) = convert_project({"job.py": f"{HEAD}{line}\n"}, RENAMED)
    helpers = {"glue_compat.py": render_compat(made.compat, RENAMED)}
    for old, new in (('"old"', '"other"'), ("where a", "where b")):
        lost = made.after.replace(old, new)
        assert lost != made.after
        assert check(made.before, lost, "job.py", {"job.py": made.before}, helpers, made.findings, RENAMED).findings


@pytest.mark.parametrize(
    ("before", "plain", "renamed"),
    [
        ('spark.sql("select * from {} where a = {}".format(full, 1))', 'spark.sql("select * from main.{} where a = {}".format(full, 1))',
         'spark.sql("select * from {} where a = {}".format(uc_name(full), 1))'),
        ('spark.sql("select * from %s where a = %s" % (full, 1))', 'spark.sql("select * from main.%s where a = %s" % (full, 1))',
         'spark.sql("select * from %s where a = %s" % (uc_name(full), 1))'),
        ('spark.sql("select * from {t} where a = {v}".format(t=full, v=1))',
         'spark.sql("select * from main.{t} where a = {v}".format(t=full, v=1))',
         'spark.sql("select * from {t} where a = {v}".format(t=uc_name(full), v=1))'),
        ('Q = "select * from {db}.x where a = {v}"\nspark.sql(Q.format(db=t, v=1))', 'spark.sql(Q.format(db=t, v=1))', None),
        ('Q = "select * from {c}.d.x"\nspark.sql(Q.format(c="glue_catalog"))', 'spark.sql(Q.format(c="main"))', None),
        ('Q = "select * from %s where a = %s"\nspark.sql(Q % (full, 1))', 'spark.sql(Q % (full, 1))', 'spark.sql(Q % (uc_name(full), 1))'),
    ],
)  # fmt: skip
def test_what_is_filled_in_keeps_its_holes(before: str, plain: str, renamed: str | None) -> None:
    assert last_line(before, Settings()) == plain
    if renamed is not None:
        assert last_line(before, RENAMED) == renamed


def test_a_template_changes_where_it_is_written(convert) -> None:
    body = 'Q = "select * from {db}.x"\nspark.sql(Q.format(db=db))\nspark.sql(Q.format(db=t))\n'
    assert 'Q = "select * from main.{db}.x"\n' in convert(HEAD + body).after
    assert body in convert(HEAD + body + "print(Q)\n").after


@pytest.mark.parametrize(
    ("end", "after"),
    [("'\")", '\'" + mapped_path(out) + "\'")'), ("/x'\")", '\'" + mapped_path(out) + "/x\'")'), ("x'\")", None)],
)
def test_a_path_that_begins_with_a_variable_is_looked_up(convert, end: str, after: str | None) -> None:
    line = 'spark.sql("create table a.b using parquet location \'" + out + "' + end
    done = convert(f"{HEAD}out = t\n{line}\n", settings=Settings(paths={"s3://raw": "s3://new"}))
    blocked = any(each.severity is Severity.BLOCKER for each in done.findings)
    assert done.after.splitlines()[-1].endswith(after) if after is not None else blocked
