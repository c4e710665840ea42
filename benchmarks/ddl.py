"""Measure the DDL converter over real files and write benchmarks/ddl.md.

    python benchmarks/ddl.py --dev /tmp/dev --laid-out /tmp/ddl [--execute-every 10]

`--dev` holds checkouts of the development repositories, `--laid-out` what lay_out_ddl.py made of the public Hive and Athena
files. Every statement that comes out is read by Spark's own parser; every n-th file is also run on local Spark with Delta.
"""

import argparse
import logging
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from glue2lakehouse.domain import Evidence, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.ddl import DdlConversion, StatementResult, convert_ddl
from glue2lakehouse.tools.ddl.evidence import executed, parsed
from glue2lakehouse.tools.spark import local_session

SUFFIXES = {".sql", ".hql", ".ddl", ".q", ".hive"}
DATA_DEFINITION = (
    "create-",
    "drop-",
    "alter-",
    "change-data",
    "repair",
    "analyze",
    "truncate",
    "optimize",
    "vacuum",
    "unload",
)
OUTCOMES = ("converted", "confirm", "dropped", "handed_off")


def main() -> None:
    arguments = _arguments()
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    scratch = Path(tempfile.mkdtemp())
    spark = local_session("ddl-benchmark", warehouse=scratch / "warehouse")
    spark.sparkContext.setLogLevel("OFF")
    logging.disable(logging.ERROR)
    groups: dict[str, list[DdlConversion]] = {}
    started = time.monotonic()
    for group, path, name in _files(arguments.dev, arguments.laid_out):
        text = path.read_text(encoding="utf-8", errors="replace")
        groups.setdefault(group, []).append(parsed(convert_ddl(text, name, Settings()), spark))
    seconds = time.monotonic() - started
    runs = list(_run(arguments, spark, scratch))
    arguments.out.write_text("\n".join(_report(groups, seconds, runs, arguments)) + "\n", encoding="utf-8")
    print(arguments.out.read_text(encoding="utf-8"))
    spark.stop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--laid-out", type=Path, required=True)
    parser.add_argument("--execute-every", type=int, default=10)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    return parser.parse_args()


def _files(dev: Path, laid_out: Path) -> Iterator[tuple[str, Path, str]]:
    for path in sorted(dev.rglob("*")):
        if path.suffix.lower() in SUFFIXES and path.is_file():
            yield "development repositories", path, str(path.relative_to(dev))
    for path in sorted(laid_out.rglob("*.sql")):
        dialect = path.relative_to(laid_out).parts[0]
        yield f"public {dialect} files", path, str(path.relative_to(laid_out))


def _run(arguments: argparse.Namespace, spark: object, scratch: Path) -> Iterator[StatementResult]:
    """Run every n-th file in an empty schema of its own on local Spark."""
    for _, path, name in list(_files(arguments.dev, arguments.laid_out))[:: arguments.execute_every]:
        spark.sql("CREATE DATABASE IF NOT EXISTS scratch")  # type: ignore[attr-defined]
        spark.sql("USE scratch")  # type: ignore[attr-defined]
        text = path.read_text(encoding="utf-8", errors="replace")
        conversion = convert_ddl(text, name, Settings(catalog="spark_catalog"))
        yield from executed(conversion, spark, scratch).statements  # type: ignore[arg-type]
        spark.sql("DROP DATABASE IF EXISTS scratch CASCADE")  # type: ignore[attr-defined]


def _report(
    groups: dict[str, list[DdlConversion]], seconds: float, runs: list[StatementResult], arguments: argparse.Namespace
) -> Iterator[str]:
    everything = [conversion for conversions in groups.values() for conversion in conversions]
    statements = [s for conversion in everything for s in conversion.statements]
    yield "# DDL conversion, measured\n"
    yield "Made by `python benchmarks/ddl.py --dev /tmp/dev --laid-out /tmp/ddl" + (
        f" --execute-every {arguments.execute_every}`: {len(everything)} files, {len(statements)} statements, converted and"
        f" read by Spark 4.2's parser in {seconds:.0f} s on one core.\n"
    )
    yield from _files_table(groups)
    yield "\n## Statements\n"
    yield "A statement is *converted* when every part of it is accounted for by a rule and Spark's parser accepts the output;"
    yield "*to confirm* when it is converted and a warning names what to check in the data first; *left out* when nothing has to"
    yield "run in its place, with the reason (SET, EXPLAIN, partitions of Delta tables); *handed off* when it stays in the file as"
    yield "a comment under its finding; *refused* when Spark's parser does not take the output (a blocker is added).\n"
    yield from _statements_table(groups)
    yield "\n## By kind of statement\n"
    yield from _kinds_table(statements)
    yield f"\nStatements that came out as unchecked text: {_unchecked(statements)}.\n"
    yield from _run_table(runs)
    yield "\n## What is handed off most\n"
    yield from _findings_table(everything)


def _share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.1%})" if whole else "0"


def _files_table(groups: dict[str, list[DdlConversion]]) -> Iterator[str]:
    yield "## Files\n"
    yield "| source | files | all converted | something to review | nothing to convert, or another product's | failed |"
    yield "|---|---|---|---|---|---|"
    for group, conversions in groups.items():
        count = Counter(conversion.status.value for conversion in conversions)
        cells = [_share(count[key], len(conversions)) for key in ("converted", "needs_review", "unchanged", "failed")]
        yield f"| {group} | {len(conversions)} | " + " | ".join(cells) + " |"


def _accepted(statements: Iterable[StatementResult]) -> Counter[str]:
    return Counter("refused" if s.output and s.evidence is Evidence.NONE else s.outcome for s in statements)


def _statements_table(groups: dict[str, list[DdlConversion]]) -> Iterator[str]:
    yield "| source | statements | converted, accepted by Spark | to confirm | left out | handed off | refused |"
    yield "|---|---|---|---|---|---|---|"
    for group, conversions in groups.items():
        statements = [s for conversion in conversions for s in conversion.statements]
        yield _row(group, statements)
        definitions = [s for s in statements if s.kind.startswith(DATA_DEFINITION)]
        yield _row(f"{group}: tables, views, changes of data only", definitions)


def _row(title: str, statements: list[StatementResult]) -> str:
    count = _accepted(statements)
    cells = [_share(count[key], len(statements)) for key in (*OUTCOMES, "refused")]
    return f"| {title} | {len(statements)} | " + " | ".join(cells) + " |"


def _kinds_table(statements: list[StatementResult]) -> Iterator[str]:
    yield "| rule | statements | converted, accepted by Spark | to confirm | left out | handed off | refused |"
    yield "|---|---|---|---|---|---|---|"
    for kind, _ in Counter(s.kind for s in statements).most_common():
        yield _row(kind, [s for s in statements if s.kind == kind])


def _unchecked(statements: list[StatementResult]) -> int:
    """Count the statements that came out without Spark's assent and without a finding that says so."""
    return sum(1 for s in statements if s.output and s.evidence is Evidence.NONE and not s.findings)


def _run_table(runs: list[StatementResult]) -> Iterator[str]:
    ran = [s for s in runs if s.output and s.kind != "query"]
    count = Counter(s.evidence for s in ran)
    yield "## Run on local Spark with Delta\n"
    yield f"Of {len(ran)} converted statements of the sample, {_share(count[Evidence.EXECUTED], len(ran))} ran;"
    yield f"{_share(count[Evidence.PARSED], len(ran))} need something that is not there (a table of another file, data, a"
    yield f"feature that only Databricks has); {_share(count[Evidence.NONE], len(ran))} were refused:\n"
    reasons = Counter(s.findings[-1].message[:110] for s in ran if s.evidence is Evidence.NONE)
    yield from (f"- {number} × {reason}" for reason, number in reasons.most_common(8))


def _findings_table(conversions: list[DdlConversion]) -> Iterator[str]:
    yield "| statements | rule | reason |"
    yield "|---|---|---|"
    count: Counter[tuple[str, str]] = Counter()
    for conversion in conversions:
        for statement in conversion.statements:
            blockers = [f for f in statement.findings if f.severity is Severity.BLOCKER]
            count.update({(f.rule, f.message[:90].replace("|", "\\|")) for f in blockers})
    yield from (f"| {number} | {rule} | {message} |" for (rule, message), number in count.most_common(25))


if __name__ == "__main__":
    main()
