"""Convert and check real Glue repositories, and write what became of their files as Markdown.

    python benchmarks/corpus.py FOLDER [--compute classic|standard|serverless] > benchmarks/corpus.md

FOLDER holds one checked-out repository a sub-folder. A Glue file is a Python file or notebook that uses Glue by the meaning of
its names. It counts as resolved when the rules leave no blocker and the independent checks (`tools/checks`) reach the evidence
`resolved`; as handed off when a blocker names the reason; as silent when the checks miss something that no finding names.
"""

import argparse
import pathlib
import sys
import time
from collections import Counter, defaultdict

from glue2lakehouse.domain import Compute, Evidence, Finding, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import Conversion, convert_project, render_compat
from glue2lakehouse.tools.source import open_source, read_all_units

PACKAGES = ("awsglue", "awsgluedq", "awsglueml")


def convert(repository: pathlib.Path, settings: Settings) -> list[tuple[Conversion, Evidence, list[Finding]]]:
    """Return each Glue file's conversion, evidence and blockers."""
    files: dict[str, str] = {}
    unread: list[Finding] = []
    with open_source(str(repository)) as tree:
        for unit in read_all_units(tree.files):
            if isinstance(unit, Finding):
                unread.append(unit)
            else:
                files[unit.path] = unit.code
    conversions = list(convert_project(files, settings))
    after = {conversion.path: conversion.after for conversion in conversions}
    after["glue_compat.py"] = render_compat(frozenset().union(*(c.compat for c in conversions)))
    found = []
    for conversion in conversions:
        if not conversion.uses_glue:
            continue
        checked = check(
            conversion.before, conversion.after, conversion.path, files, after, conversion.findings, settings
        )
        every = [*conversion.findings, *checked.findings]
        found.append((conversion, checked.evidence, [f for f in every if f.severity is Severity.BLOCKER]))
    for finding in unread:
        text = (repository / finding.path).read_bytes().decode("utf-8", "replace") if finding.path else ""
        if finding.severity is Severity.BLOCKER and any(package in text for package in PACKAGES):
            found.append((Conversion(finding.path, text, text, uses_glue=True), Evidence.NONE, [finding]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--compute", type=Compute, default=Compute.CLASSIC)
    options = parser.parse_args()
    settings = Settings(compute=options.compute)
    start = time.perf_counter()
    rows: list[tuple[str, Counter[str]]] = []
    reasons: dict[tuple[str, str], set[str]] = defaultdict(set)
    actions: dict[tuple[str, str], str] = {}
    for repository in sorted(path for path in options.folder.iterdir() if path.is_dir()):
        print(repository.name, file=sys.stderr)
        counts: Counter[str] = Counter()
        for conversion, evidence, blockers in convert(repository, settings):
            resolved = not blockers and evidence.level >= Evidence.RESOLVED.level
            lost = any(f.rule in ("check-vanished", "check-appeared") for f in blockers)
            counts["files"] += 1
            counts["resolved" if resolved else "review"] += 1
            counts["caught"] += lost
            for finding in blockers:
                key = (finding.rule, " ".join(finding.action.split()))
                reasons[key].add(f"{repository.name}/{conversion.path}")
                actions[key] = finding.message
        if counts:
            rows.append((repository.name, counts))
    report(rows, reasons, actions, options.compute, time.perf_counter() - start)


def report(
    rows: list[tuple[str, Counter[str]]],
    reasons: dict[tuple[str, str], set[str]],
    examples: dict[tuple[str, str], str],
    compute: Compute,
    seconds: float,
) -> None:
    """Print the tables."""
    total: Counter[str] = sum((counts for _, counts in rows), Counter())
    share = total["resolved"] / total["files"]
    print("# What becomes of real Glue repositories\n")
    print("Made by `python benchmarks/corpus.py FOLDER --compute " + compute.value + " > benchmarks/corpus.md` over")
    print("checkouts of the development repositories (`git clone` each beside the others).\n")
    print(
        f"{total['files']} Glue files in {len(rows)} repositories: {total['resolved']} ({share:.0%}) converted with evidence"
    )
    print(
        f"`resolved`, {total['review']} handed off with a blocker that names the reason. In {total['caught']} of those the"
    )
    print("independent checks refused a conversion that the rules had thought complete.")
    print(f"{seconds:.0f} s on one core, checks included.\n")
    print("| repository | Glue files | resolved | handed off | of these, by the checks |\n|---|---:|---:|---:|---:|")
    for name, counts in rows:
        print(f"| {name} | {counts['files']} | {counts['resolved']} | {counts['review']} | {counts['caught']} |")
    print(f"| **all** | {total['files']} | {total['resolved']} | {total['review']} | {total['caught']} |\n")
    print("## The most common reasons for a hand-off\n")
    print("| files | rule | for instance | what would remove it |\n|---:|---|---|---|")
    ranked = sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0]))
    for (rule, action), paths in ranked[:20]:
        example = " ".join(examples[rule, action].split()).replace("|", "\\|")
        print(f"| {len(paths)} | {rule} | {example[:90]} | {action.replace('|', chr(92) + '|')} |")


if __name__ == "__main__":
    main()
