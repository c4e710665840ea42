"""Let Spark judge the converted statements: its own parser reads each, and what can run here is run, on Delta.

Running needs a file converted for the local catalog (`Settings(catalog="spark_catalog")`); S3 places go to a scratch folder.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from glue2lakehouse.domain import Evidence, Finding, Severity, Status
from glue2lakehouse.tools.ddl.lexer import VARIABLE
from glue2lakehouse.tools.ddl.model import DdlConversion, StatementResult

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NAME = "spark-refuses"
# What local Spark says when something is missing here that the statement itself is not to blame for.
_MISSING_HERE = re.compile(
    r"TABLE_OR_VIEW_NOT_FOUND|SCHEMA_NOT_FOUND|DATA_SOURCE_NOT_FOUND|AVRO|UNABLE_TO_INFER_SCHEMA|PATH_NOT_FOUND"
    r"|partition metadata is not stored|Hive support is required|NOT_SUPPORTED_COMMAND_WITHOUT_HIVE|VIEW_NOT_FOUND"
    r"|NOT_SUPPORTED_COMMAND_FOR_V2_TABLE|UNSUPPORTED_FEATURE\.(TABLE_OPERATION|CATALOG_OPERATION)|DELTA_UNSUPPORTED|CONSTRAINT|TABLE_OR_VIEW_ALREADY_EXISTS"
    r"|not allowed on .* since its partition metadata|NoSuchTable|NoSuchDatabase|FUNCTION_NOT_FOUND|UNSUPPORTED_VIEW_OPERATION"
)


def parsed(conversion: DdlConversion, spark: "SparkSession") -> DdlConversion:
    """Return the conversion with the statements that Spark's parser refuses turned into findings."""
    parser = spark._jsparkSession.sessionState().sqlParser()
    results = tuple(_parsed(result, conversion.path, parser) for result in conversion.statements)
    return _with(conversion, results)


def executed(conversion: DdlConversion, spark: "SparkSession", scratch: Path) -> DdlConversion:
    """Run what can run; the statements that ran get the evidence `executed`, those that Spark refuses a finding."""
    return _with(conversion, tuple(_execute(conversion, spark, scratch)))


def _with(conversion: DdlConversion, results: tuple[StatementResult, ...]) -> DdlConversion:
    of_file = tuple(finding for finding in conversion.findings if finding.line == 0)
    findings = of_file + tuple(finding for result in results for finding in result.findings)
    refused = any(f.rule == NAME for f in findings)
    return replace(
        conversion, statements=results, findings=findings, status=Status.NEEDS_REVIEW if refused else conversion.status
    )


def _parsed(result: StatementResult, path: str, parser: object) -> StatementResult:
    from pyspark.errors import ParseException

    if not result.output:
        return result
    try:
        for text in filter(None, (result.around[0], result.output, result.around[1])):
            parser.parsePlan(_filled(text))  # type: ignore[attr-defined]
    except ParseException as error:
        return _refused(result, path, f"Spark's parser refuses the statement: {_first_line(str(error))}")
    return replace(result, evidence=Evidence.PARSED)


def _execute(conversion: DdlConversion, spark: "SparkSession", scratch: Path) -> Iterator[StatementResult]:
    from pyspark.errors import PySparkException

    for result in conversion.statements:
        if not result.output or result.kind == "query" or VARIABLE.search(result.output):
            yield result
            continue
        before, behind = result.around
        try:
            for text in filter(None, (before, result.output, behind)):
                spark.sql(_local(text, scratch))
        except PySparkException as error:
            said = str(error)
            blame = not _MISSING_HERE.search(said)
            yield (
                _refused(result, conversion.path, f"Spark refuses to run it: {_first_line(said)}") if blame else result
            )
        else:
            yield replace(result, evidence=Evidence.EXECUTED)


def _refused(result: StatementResult, path: str, message: str) -> StatementResult:
    action = "look at the statement; it is in the output as it stands"
    finding = Finding(
        rule=NAME, severity=Severity.BLOCKER, path=path, line=result.source_line, message=message, action=action
    )
    findings = (*result.findings, finding)
    return replace(result, findings=findings, status=Status.NEEDS_REVIEW, evidence=Evidence.NONE)


def _first_line(text: str) -> str:
    return next((line.strip()[:200] for line in text.splitlines() if line.strip()), "no reason given")


def _filled(text: str) -> str:
    return VARIABLE.sub("variable", text)


def _local(text: str, scratch: Path) -> str:
    return re.sub(r"(?<=')(s3[an]?|hdfs|file)://?([^']*)", lambda m: f"file:{scratch}/{m[2].lstrip('/')}", text)
