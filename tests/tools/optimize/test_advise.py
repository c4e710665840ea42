"""What is advised for which table, and above all what is not."""

import re

import pytest

from glue2lakehouse.tools.optimize import Advice, TableFacts, TableUses, advise, recommend, uses_of

BIG = 50 * 1024**3
COLUMNS = {"customer_id": "bigint", "status": "string", "day": "date", "tags": "array<string>", "amount": "double"}


def facts(**more: object) -> TableFacts:
    return TableFacts(**({"name": "raw.t", "format": "parquet", "columns": COLUMNS, "bytes": BIG} | more))  # type: ignore[arg-type]


def found(facts: TableFacts, uses: TableUses | None = None) -> dict[str, Advice]:
    return {advice.type: advice for advice in advise(facts, uses)}


def test_a_low_cardinality_partition_column_is_never_taken_over_as_a_clustering_key() -> None:
    uses = TableUses(filters={"day": ("a.py", "b.py"), "customer_id": ("c.py",)}, readers=("a.py", "b.py", "c.py"))
    partitioned = facts(partition_columns=("day",), distinct={"day": 30, "customer_id": 90_000})
    advice = found(partitioned, uses)["LIQUID_CLUSTERING"]
    assert advice.columns == ("customer_id",)
    assert "left out day: 30 different values" in advice.reason
    unknown = found(facts(partition_columns=("day",)), uses)["LIQUID_CLUSTERING"]
    assert unknown.columns == ("customer_id",)
    assert "left out partition column day: how many values it has is not known" in unknown.reason


def test_a_partition_column_with_many_values_may_be_a_key() -> None:
    uses = TableUses(filters={"day": ("a.py",)}, readers=("a.py",))
    assert found(facts(partition_columns=("day",), partitions=4000), uses)["LIQUID_CLUSTERING"].columns == ("day",)


def test_without_a_use_in_code_nothing_is_clustered() -> None:
    assert "LIQUID_CLUSTERING" not in found(facts(partition_columns=("day",), distinct={"customer_id": 10**6}))


def test_a_small_table_is_not_clustered() -> None:
    uses = TableUses(filters={"customer_id": ("a.py",)})
    assert "LIQUID_CLUSTERING" not in found(facts(bytes=10_000_000), uses)


def test_a_table_of_few_rows_is_small_although_nobody_knows_its_bytes() -> None:
    uses = TableUses(filters={"customer_id": ("a.py",)})
    few, many = (facts(bytes=None, rows=rows, partition_columns=("day",)) for rows in (10_000, 10_000_000))
    assert "LIQUID_CLUSTERING" not in found(few, uses)
    assert "10000 rows" in found(few, uses)["DO_NOT_PARTITION"].reason
    assert "LIQUID_CLUSTERING" in found(many, uses)
    assert "DO_NOT_PARTITION" not in found(many, uses)


def test_types_that_have_no_order_are_no_keys_and_two_keys_are_enough() -> None:
    uses = TableUses(filters=dict.fromkeys(COLUMNS, ("a.py",)), joins={"customer_id": ("a.py",)})
    assert found(facts(), uses)["LIQUID_CLUSTERING"].columns == ("customer_id", "amount")
    assert "LIQUID_CLUSTERING" not in found(facts(), TableUses(filters={"tags": ("a.py",)}))


def test_advice_on_guessed_figures_has_low_priority() -> None:
    uses = TableUses(filters={"customer_id": ("a.py",)})
    assert found(facts(), uses)["LIQUID_CLUSTERING"].priority == "low"
    assert found(facts(distinct={"customer_id": 10**6}), uses)["LIQUID_CLUSTERING"].priority == "medium"


@pytest.mark.parametrize(
    ("table", "advised"),
    [
        (facts(partition_columns=("day",), partitions=5000), True),
        (facts(partition_columns=("day",), partitions=20), False),
        (facts(partition_columns=("day",), bytes=1000), True),
        (facts(partition_columns=("day",), bytes=None), False),
        (facts(partitions=5000), False),
    ],
)
def test_partitions_are_dissuaded_from_only_where_they_are_known_to_be_small(table: TableFacts, advised: bool) -> None:
    uses = TableUses(filters={"day": ("a.py",)}, readers=("a.py",))
    assert ("DO_NOT_PARTITION" in found(table, uses)) is advised


def test_conversion_is_urgent_where_rows_are_changed_or_several_jobs_write() -> None:
    assert found(facts())["CONVERT_TO_DELTA"].priority == "medium"
    assert found(facts(), TableUses(writers=("a.py", "b.py")))["CONVERT_TO_DELTA"].priority == "high"
    assert found(facts(format="csv"))["CONVERT_TO_DELTA"].priority == "high"
    assert "CONVERT_TO_DELTA" not in found(facts(format="delta"))
    assert "CONVERT_TO_DELTA" not in found(facts(format="iceberg"))


def test_photon_needs_joins_and_python_on_rows_makes_it_doubtful() -> None:
    joins = {"customer_id": ("a.py",)}
    assert "ENABLE_PHOTON" not in found(facts(), TableUses(readers=("a.py",)))
    assert found(facts(), TableUses(joins=joins))["ENABLE_PHOTON"].priority == "medium"
    slow = found(facts(), TableUses(joins=joins, python_functions=("a.py",)))["ENABLE_PHOTON"]
    assert (slow.priority, "a.py run Python on rows" in slow.reason) == ("low", True)


def test_predictive_optimization_is_for_managed_tables_and_auto_optimize_for_external_ones() -> None:
    streams = TableUses(streams=("s.py",))
    external = found(facts(format="delta"), streams)
    assert ("AUTO_OPTIMIZE" in external, "PREDICTIVE_OPTIMIZATION" in external) == (True, False)
    managed = found(facts(format="delta", managed=True), streams)
    assert ("AUTO_OPTIMIZE" in managed, "PREDICTIVE_OPTIMIZATION" in managed) == (False, True)


def test_small_files_are_told_with_the_tables_own_figures() -> None:
    advice = found(facts(files=51_200))["FILE_SIZE"]
    assert advice.reason == "51200 files of 1.0 MiB on average"
    assert "FILE_SIZE" not in found(facts(files=50))


def test_the_change_feed_is_for_tables_that_one_job_changes_and_another_reads() -> None:
    assert "CHANGE_DATA_FEED" in found(facts(), TableUses(merges=("m.py",), readers=("r.py",)))
    assert "CHANGE_DATA_FEED" not in found(facts(), TableUses(merges=("m.py",), readers=("m.py",), writers=("m.py",)))


def test_no_figure_is_promised_and_each_advice_has_a_reason_and_a_source() -> None:
    uses = TableUses(
        filters={"customer_id": ("a.py",)},
        joins={"customer_id": ("a.py",)},
        readers=("a.py",),
        writers=("b.py", "c.py"),
        merges=("b.py",),
        streams=("s.py",),
    )
    tables = [facts(partition_columns=("day",), partitions=9000, files=51_200), facts(format="delta")]
    given = [advice for table in tables for advice in advise(table, uses)]
    assert {advice.type for advice in given} >= {"CONVERT_TO_DELTA", "LIQUID_CLUSTERING", "AUTO_OPTIMIZE", "FILE_SIZE"}
    for advice in given:
        assert advice.estimated_improvement is None
        assert advice.reason
        assert advice.source.startswith("https://docs.databricks.com/")
        assert not re.search(r"\d+(\.\d+)?\s*(x\b|%|times)", advice.benefit + advice.reason)


def test_uses_are_found_in_the_code_of_jobs() -> None:
    report = """
from awsglue.context import GlueContext
orders = glueContext.create_dynamic_frame.from_catalog(database="raw", table_name="orders")
people = glueContext.create_dynamic_frame.from_catalog(database="raw", table_name="people")
paid = Filter.apply(frame=orders, f=lambda row: row["status"] == "PAID")
both = Join.apply(paid, people, "buyer", "id")
glueContext.write_dynamic_frame.from_catalog(frame=both, database="marts", table_name="sales")
"""
    merge = "spark.sql('MERGE INTO main.raw.orders t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *')"
    uses = uses_of({"report.py": report, "merge.py": merge, "broken.py": "def ("})
    assert uses["raw.orders"].filters == {"status": ("report.py",)}
    assert uses["raw.orders"].joins == {"buyer": ("report.py",)}
    assert uses["raw.orders"].merges == ("merge.py",)
    assert uses["raw.people"].joins == {"id": ("report.py",)}
    assert uses["marts.sales"].writers == ("report.py",)


QUERIES = [
    "SELECT * FROM prod.raw.customers WHERE customer_id = 7 AND year = 2024",
    "SELECT c.* FROM raw.customers c JOIN prod.raw.orders o ON c.customer_id = o.buyer WHERE o.total > 5",
    "MERGE INTO prod.raw.customers t USING s ON t.customer_id = s.id WHEN MATCHED THEN UPDATE SET *",
    "SELECT * FROM prod.raw.others WHERE customer_id = 1",
    "not sql at all (",
]


def test_the_agents_input_is_enough_for_advice_and_partitions_do_not_become_keys() -> None:
    given = recommend(
        "prod.raw.customers",
        "parquet",
        row_count=10_000_000,
        partition_columns=["year", "month"],
        query_patterns=QUERIES,
    )
    by_type = {advice.type: advice for advice in given}
    clustering = by_type["LIQUID_CLUSTERING"]
    assert clustering.columns == ("customer_id",)
    assert "filtered in query 1 and joined in query 2, query 3" in clustering.reason
    # Delta refuses ALTER TABLE … CLUSTER BY on a partitioned table.
    anew = "CREATE TABLE prod.raw.customers_clustered CLUSTER BY (customer_id) AS SELECT * FROM prod.raw.customers"
    assert clustering.sql == anew
    (plain,) = [item for item in recommend("raw.customers", "parquet", query_patterns=QUERIES) if item.columns]
    assert plain.sql == "ALTER TABLE raw.customers CLUSTER BY (customer_id, year)"
    assert "no filter on month" in by_type["DO_NOT_PARTITION"].reason
    assert by_type["CHANGE_DATA_FEED"].reason.startswith("query 3 change rows")


def test_columns_of_other_tables_in_a_query_are_not_taken_for_this_ones() -> None:
    given = recommend("prod.raw.customers", "parquet", query_patterns=[QUERIES[1]])
    assert next(item for item in given if item.type == "LIQUID_CLUSTERING").columns == ("customer_id",)
    assert not [item for item in recommend("prod.raw.customers", "parquet", query_patterns=QUERIES[3:]) if item.columns]
