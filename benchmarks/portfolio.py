"""The page over many projects: seconds to make it, its size, and how long a browser takes to show it.

    python benchmarks/portfolio.py [--projects 100] [--entities 1000]

The reports are generated: each project has its entities, files and findings. `benchmarks/store.py` has the figures of the tables.
The browser is /usr/bin/chromium, started anew for each of five loads; without it only the size is printed.
"""

import argparse
import pathlib
import resource
import statistics
import tempfile
import time
from datetime import UTC, datetime

from glue2lakehouse.domain import ConversionType, EntityType, Evidence, Severity, Status, stable_id
from glue2lakehouse.tools.report import FileReport, Report, ReportEntity, ReportFinding, build_report
from glue2lakehouse.tools.report.portfolio import summary_of, write_portfolio

CHROMIUM = pathlib.Path("/usr/bin/chromium")
RULES = ("from-jdbc", "resolve-choice", "bookmark", "unknown-frame", "stream", "dynamic-sql", "handoff")


def report(project: str, entities: int) -> Report:
    files, found = [], []
    for number in range(entities // 4):
        path, waits = f"jobs/file_{number}.py", number % 5 == 0
        status = Status.NEEDS_REVIEW if waits else Status.CONVERTED
        rule = RULES[(number + len(project)) % len(RULES)]
        message, action = f"{rule}: what this asks at `{path}`", f"decide {rule}"
        finding = ReportFinding(rule=rule, severity=Severity.BLOCKER, line=number, message=message, action=action)
        evidence, findings = Evidence.RESOLVED, (finding,) if waits else ()
        files.append(FileReport(path=path, status=status, evidence=evidence, confidence=0.5, findings=findings))
        found += [
            ReportEntity(
                id=stable_id(project, path, str(nth)), type=EntityType.FUNCTION, name=f"f{nth}", path=path, line_start=1, line_end=9,
                status=status, conversion_type=ConversionType.AUTOMATIC, evidence=evidence, confidence=0.5,
            )
            for nth in range(4)
        ]  # fmt: skip
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return build_report(
        project=project, source=f"/src/{project}", started_at=now, seconds=12.5, file_types={"py": len(files)}, files=files,
        entities=found, model_calls=0, cost_usd=0.0,
    )  # fmt: skip


def load_seconds(page: pathlib.Path) -> list[float]:
    from playwright.sync_api import sync_playwright

    spent = []
    with sync_playwright() as playwright:
        for _ in range(5):
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
            tab = browser.new_page()
            started = time.perf_counter()
            tab.goto(page.as_uri(), wait_until="load")
            tab.locator("tfoot").wait_for()
            spent.append(time.perf_counter() - started)
            browser.close()
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=100)
    parser.add_argument("--entities", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="g2l-portfolio-") as scratch:
        page = pathlib.Path(scratch) / "portfolio.html"
        names = [f"project-{number:03}" for number in range(options.projects)]
        summaries, spent = [], 0.0
        for name in names:
            made = report(name, options.entities)
            started = time.perf_counter()
            summaries.append(summary_of(made, name, f"{name}/report.html"))
            spent += time.perf_counter() - started
        started = time.perf_counter()
        write_portfolio("estate", summaries, page)
        written = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{options.projects} projects of {options.entities} entities")
        print(
            f"summaries {spent:.2f} s, page {written:.2f} s, {page.stat().st_size / 1024:.0f} kB, peak memory {peak:.0f} MB"
        )
        if CHROMIUM.exists():
            loads = load_seconds(page)
            print(f"opens in {statistics.median(loads):.2f} s (median of {len(loads)}, slowest {max(loads):.2f} s)")


if __name__ == "__main__":
    main()
