"""How many Glue definitions of public repositories are read, and how many with every field accounted for.

    python benchmarks/jobs.py /tmp/dev > benchmarks/jobs.md

The argument is a folder with one checkout for each repository. What has to be read is counted by a text search that
shares no code with the readers: each `AWS::Glue::<kind>` of a template, each `resource "aws_glue_<kind>"` of Terraform.
"""

import re
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.jobs import Definitions, Outcome, account, check_bundle, read_definitions, write_bundle

CLOUDFORMATION = re.compile(r"""^\s*"?Type"?\s*:\s*["']?AWS::Glue::(\w+)""")
TERRAFORM = re.compile(r"""^\s*resource\s+"(aws_glue_\w+)"\s""")
KINDS = {
    "Job": "job", "Trigger": "trigger", "Workflow": "workflow", "Crawler": "crawler", "Connection": "connection",
    "Classifier": "classifier", "SecurityConfiguration": "security configuration", "Table": "table", "Database": "database",
    "aws_glue_job": "job", "aws_glue_trigger": "trigger", "aws_glue_workflow": "workflow", "aws_glue_crawler": "crawler",
    "aws_glue_connection": "connection", "aws_glue_classifier": "classifier",
    "aws_glue_security_configuration": "security configuration", "aws_glue_catalog_table": "table",
    "aws_glue_catalog_database": "database",
}  # fmt: skip
IN_CODE = re.compile(r"\bCfnJob\b|glue_alpha|\.create_job\(|glue create-job")


@dataclass
class Repository:
    """What one checkout holds, and what was made of it."""

    name: str
    declared: list[tuple[str, int, str]] = field(default_factory=list)
    missed: list[tuple[str, int, str]] = field(default_factory=list)
    definitions: Definitions = field(default_factory=Definitions)
    in_code: int = 0
    problems: int = 0


def declared_in(files: dict[str, Path]) -> list[tuple[str, int, str]]:
    """Return path, line and kind of each definition that a text search finds."""
    found = []
    for path, file in sorted(files.items()):
        pattern = TERRAFORM if path.endswith(".tf") else CLOUDFORMATION
        if not path.endswith((".tf", ".yaml", ".yml", ".json", ".template")):
            continue
        for number, row in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            match = pattern.match(row)
            if match and match[1] in KINDS:
                found.append((path, number, KINDS[match[1]]))
    return found


def was_read(declared: tuple[str, int, str], definitions: Definitions) -> bool:
    """Say whether a definition of that kind, or a copy of another, stands at this place: a template's `Type` follows its logical id."""
    path, line, kind = declared
    before = [item for item in definitions.items if item.place.path == path and item.place.line <= line]
    nearest = max(before, key=lambda item: item.place.line, default=None)
    copied = any(place.path == path and 0 <= line - place.line <= 3 for place in definitions.copies)
    return copied or (nearest is not None and nearest.kind == kind and line - nearest.place.line <= 3)


def measure(folder: Path) -> Repository:
    """Read one checkout, write its bundle and check it."""
    files = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }
    found = Repository(folder.name.replace("+", "/"), declared_in(files), definitions=read_definitions(files))
    found.missed = [item for item in found.declared if not was_read(item, found.definitions)]
    texts = (
        path.read_text(encoding="utf-8", errors="replace")
        for name, path in files.items()
        if name.endswith((".py", ".sh", ".ts"))
    )
    found.in_code = sum(1 for text in texts if IN_CODE.search(text))
    with tempfile.TemporaryDirectory() as out:
        for path in files:
            if path.endswith((".py", ".ipynb")):
                target = Path(out, "src", path).with_suffix(".py")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.touch()
        write_bundle(found.definitions, Path(out), Settings(), files=files)
        found.problems = len(check_bundle(Path(out), command=None))
    return found


def table_of_repositories(repositories: list[Repository]) -> list[str]:
    rows = [
        "| repository | declared | read | definitions | every field accounted | faults of the bundle |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for each in repositories:
        items = each.definitions.items
        whole = sum(is_whole(item) for item in items)
        rows.append(
            f"| {each.name} | {len(each.declared)} | {len(each.declared) - len(each.missed)} | {len(items)} | {whole} | {each.problems} |"
        )
    return rows


def is_whole(item: object) -> bool:
    """Say whether each field of a definition is mapped, dropped with its reason, or a finding that says what to do."""
    return all(row.outcome is not Outcome.UNKNOWN for row in account(item))  # type: ignore[arg-type]


def table_of_kinds(repositories: list[Repository]) -> list[str]:
    rows = [
        "| kind | definitions | fields | mapped | dropped | asked | unknown |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    items = [item for each in repositories for item in each.definitions.items]
    for kind in dict.fromkeys(item.kind for item in items):
        outcomes = Counter(row.outcome for item in items if item.kind == kind for row in account(item))
        counts = " | ".join(str(outcomes[outcome]) for outcome in Outcome)
        rows.append(f"| {kind} | {sum(item.kind == kind for item in items)} | {outcomes.total()} | {counts} |")
    return rows


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f}%)" if whole else "none"


def main() -> None:
    """Measure every checkout in the folder and print the page."""
    started = time.perf_counter()
    measured = [measure(folder) for folder in sorted(Path(sys.argv[1]).iterdir()) if folder.is_dir()]
    seconds = time.perf_counter() - started
    holding = [each for each in measured if each.declared or each.definitions.items]
    declared = sum(len(each.declared) for each in holding)
    read = declared - sum(len(each.missed) for each in holding)
    items = [item for each in holding for item in each.definitions.items]
    jobs = [job for each in holding for job in each.definitions.jobs]
    lines = [
        "# Glue definitions of public repositories",
        "",
        "Written by `python benchmarks/jobs.py /tmp/dev > benchmarks/jobs.md`, over the public repositories that development may look at.",
        "",
        f"- repositories: {len(measured)}, with definitions: {len(holding)}",
        f"- definitions declared in templates and Terraform, by text search: {declared}; read: {share(read, declared)}",
        f"- definitions after expansion (modules, count, for_each, DAGs, state machines): {len(items)}; "
        f"every field accounted for: {share(sum(map(is_whole, items)), len(items))}",
        f"- jobs whose script was found in the source: {share(sum(bool(job.script) for job in jobs), len(jobs))}",
        f"- bundles without a fault: {share(sum(not each.problems for each in holding), len(holding))}",
        f"- seconds for all of it, on one core: {seconds:.0f}",
        "",
        "*Accounted for*: each field is mapped, dropped with a reason, or a finding that says what to do. A field that the tool does",
        "not know is a finding, too, but counts as not accounted for. *Declared* counts a block once; *definitions* counts what it expands to.",
        "",
        *table_of_repositories(holding),
        "",
        *table_of_kinds(holding),
        "",
        f"Not read: definitions that only code makes. {sum(each.in_code for each in measured)} Python, TypeScript and shell files call the CDK, "
        "boto3 or the AWS command line for jobs; synthesise or export those.",
    ]
    missed = [f"- {each.name}: {path}:{line}, a {kind}" for each in holding for path, line, kind in each.missed]
    lines += ["", "Declared and not read:", "", *missed] if missed else []
    print("\n".join(lines))


if __name__ == "__main__":
    main()
